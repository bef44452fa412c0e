/* SPDX-License-Identifier: MIT */
/*
 * state.c - keys while a line is typed, while help is shown, and else.
 */
#include "cli/top/state.h"

#include <stdio.h>
#include <string.h>

#include "cli/top/answer.h"
#include "cli/top/keys.h"

void top_state_prompt(struct top_state *state, enum top_prompt prompt)
{
    const char *text = prompt == TOP_PROMPT_MATCH   ? state->view.match
                       : prompt == TOP_PROMPT_WHERE ? state->view.where
                                                    : "";

    state->prompt = prompt;
    top_editor_begin(&state->editor, text);
}

/* A text that cannot be asked leaves the view as it was, and the line to be mended. */
static void take_text(struct top_state *state)
{
    struct sts_error err = { .text = "" };
    struct top_view changed = state->view;
    int64_t time_ns = 0;
    int r;

    if (state->prompt == TOP_PROMPT_TIME) {
        r = top_answer_time(state->settings, state->editor.text, &time_ns, &err);
        if (r >= 0)
            top_view_freeze(&changed, state->facts, time_ns);
    } else {
        char *text = state->prompt == TOP_PROMPT_MATCH ? changed.match : changed.where;
        memcpy(text, state->editor.text, TOP_TEXT_BYTES);
        r = top_answer_check(&changed, state->settings, &err);
    }
    if (r < 0) {
        snprintf(state->message, sizeof(state->message), "%s", err.text);
        return;
    }
    state->view = changed;
    state->view.scroll = 0;
    state->asks = true;
    state->prompt = TOP_PROMPT_NONE;
}

static void key_of_prompt(struct top_state *state, uint32_t key)
{
    switch (top_editor_key(&state->editor, key)) {
    case TOP_EDIT_DONE:
        if (state->prompt == TOP_PROMPT_TIME && state->editor.len == 0)
            state->prompt = TOP_PROMPT_NONE;
        else
            take_text(state);
        break;
    case TOP_EDIT_CANCELLED:
        state->prompt = TOP_PROMPT_NONE;
        break;
    case TOP_EDIT_GOES_ON:
        break;
    }
}

/* Help is read with the keys that scroll; any other one ends it. */
static void key_of_help(struct top_state *state, uint32_t key)
{
    if (key == TOP_KEY_DOWN || key == TOP_KEY_PAGE_DOWN || key == 'j')
        state->help_scroll++;
    else if (key == TOP_KEY_UP || key == TOP_KEY_PAGE_UP || key == 'k')
        state->help_scroll -= state->help_scroll > 0;
    else if (key != TOP_KEY_RESIZE)
        state->helps = false;
}

void top_state_key(struct top_state *state, uint32_t key)
{
    size_t count;
    const struct top_key *keys = top_keys(&count);

    if (key == TOP_KEY_HANGUP)
        state->quits = true;
    if (key != TOP_KEY_RESIZE)
        state->message[0] = '\0';
    if (state->prompt != TOP_PROMPT_NONE) {
        key_of_prompt(state, key);
        return;
    }
    if (state->helps) {
        key_of_help(state, key);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (key != 0 && key == keys[i].codes[0])
            keys[i].act(state, 1);
        else if (key != 0 && key == keys[i].codes[1])
            keys[i].act(state, -1);
    }
}
