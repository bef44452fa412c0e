/* SPDX-License-Identifier: MIT */
/*
 * keys.c - the table of keys: the last line, the help, the manual and the program read the same
 * one.
 */
#include "cli/top/keys.h"

#include "cli/about.h"
#include "cli/top/state.h"

static void act_metric(struct top_state *state, int step)
{
    top_view_step_metric(&state->view, step);
    state->asks = true;
}

static void act_scale(struct top_state *state, int step)
{
    (void)step;
    top_view_step_scale(&state->view);
    state->asks = true;
}

static void act_by(struct top_state *state, int step)
{
    top_view_step_by(&state->view, state->facts, step);
    state->asks = true;
}

static void act_sort(struct top_state *state, int step)
{
    top_view_step_sort(&state->view, step);
    state->sorts = true;
}

static void act_reverse(struct top_state *state, int step)
{
    (void)step;
    state->view.reversed = !state->view.reversed;
    state->sorts = true;
}

static void act_zoom(struct top_state *state, int step)
{
    top_view_zoom(&state->view, -step);
    state->asks = true;
}

static void act_slice(struct top_state *state, int step)
{
    top_view_step_slice(&state->view, &state->span, step);
    state->asks = true;
}

static void act_slice_auto(struct top_state *state, int step)
{
    (void)step;
    state->view.slice_ns = 0;
    state->asks = true;
}

static void act_match(struct top_state *state, int step)
{
    (void)step;
    top_state_prompt(state, TOP_PROMPT_MATCH);
}

static void act_where(struct top_state *state, int step)
{
    (void)step;
    top_state_prompt(state, TOP_PROMPT_WHERE);
}

static void act_pause(struct top_state *state, int step)
{
    (void)step;
    top_view_pause(&state->view, state->facts);
    state->asks = true;
}

static void act_time(struct top_state *state, int step)
{
    (void)step;
    top_state_prompt(state, TOP_PROMPT_TIME);
}

static void act_move(struct top_state *state, int step)
{
    top_view_move(&state->view, state->facts, &state->span, -step);
    state->asks = true;
}

static void act_move_far(struct top_state *state, int step)
{
    top_view_move(&state->view, state->facts, &state->span, -4 * step);
    state->asks = true;
}

static void act_live(struct top_state *state, int step)
{
    (void)step;
    state->view.frozen = false;
    state->asks = true;
}

static void act_scroll(struct top_state *state, int step)
{
    top_view_scroll(&state->view, -step, state->row_count, state->rows_shown);
}

static void act_page(struct top_state *state, int step)
{
    int64_t page = state->rows_shown > 1 ? (int64_t)state->rows_shown - 1 : 1;

    top_view_scroll(&state->view, -step * page, state->row_count, state->rows_shown);
}

static void act_end(struct top_state *state, int step)
{
    top_view_scroll(&state->view, step > 0 ? -INT64_MAX : INT64_MAX, state->row_count,
                    state->rows_shown);
}

static void act_layout(struct top_state *state, int step)
{
    (void)step;
    top_view_step_layout(&state->view);
    state->asks = true;
}

static void act_help(struct top_state *state, int step)
{
    (void)step;
    state->helps = true;
    state->help_scroll = 0;
}

static void act_quit(struct top_state *state, int step)
{
    (void)step;
    state->quits = true;
}

static const struct top_key keys[] = {
    { "m M",
      { 'm', 'M' },
      "m",
      "metric",
      "the figure in the chart: the next, the one before",
      act_metric },
    { "g G",
      { 'g', 'G' },
      "g",
      "group",
      "what has a row and a colour: function, name, file, module, package, or a label",
      act_by },
    { "s S", { 's', 'S' }, "s", "sort", "the column that the table is sorted by", act_sort },
    { "r", { 'r', 0 }, NULL, NULL, "the table the other way round", act_reverse },
    { "+ -", { '+', '-' }, "+-", "zoom", "a shorter, a longer window", act_zoom },
    { "w W", { 'w', 'W' }, "w", "width", "wider, narrower slices", act_slice },
    { "a", { 'a', 0 }, NULL, NULL, "the width of slices by the window again", act_slice_auto },
    { "v", { 'v', 0 }, NULL, NULL, "the chart's figure: total, per second, share", act_scale },
    { "f /",
      { 'f', '/' },
      "f",
      "filter",
      "functions: type a regular expression for \"file:line(name)\"",
      act_match },
    { "l",
      { 'l', 0 },
      "l",
      "labels",
      "profiles: type conditions, such as service=shop host~^web",
      act_where },
    { "space p", { ' ', 'p' }, "space", "pause", "stand still, go on", act_pause },
    { "left right",
      { TOP_KEY_LEFT, TOP_KEY_RIGHT },
      NULL,
      NULL,
      "a quarter of the window back, forward",
      act_move },
    { "< >", { '<', '>' }, "<", "back", "a whole window back, forward", act_move_far },
    { "t",
      { 't', 0 },
      "t",
      "time",
      "stand still at a time that is typed: 12:30, yesterday 14:00, -1h",
      act_time },
    { "n", { 'n', 0 }, NULL, NULL, "now: back to the newest data", act_live },
    { "up down",
      { TOP_KEY_UP, TOP_KEY_DOWN },
      NULL,
      NULL,
      "scroll the table (also: k j)",
      act_scroll },
    { "k j", { 'k', 'j' }, NULL, NULL, NULL, act_scroll },
    { "PgUp PgDn",
      { TOP_KEY_PAGE_UP, TOP_KEY_PAGE_DOWN },
      NULL,
      NULL,
      "scroll by pages",
      act_page },
    { "Home End",
      { TOP_KEY_HOME, TOP_KEY_END },
      NULL,
      NULL,
      "the table's beginning, its end",
      act_end },
    { "z",
      { 'z', 0 },
      NULL,
      NULL,
      "chart and table, the table alone, the chart alone",
      act_layout },
    { "? h", { '?', 'h' }, "?", "help", "these keys", act_help },
    { "q", { 'q', 'Q' }, "q", "quit", "end (also: Ctrl-C)", act_quit },
};

#define KEY_COUNT (sizeof(keys) / sizeof(*keys))

const struct top_key *top_keys(size_t *ret_count)
{
    *ret_count = KEY_COUNT;
    return keys;
}

bool top_key_term(size_t i, struct cli_term_text *ret_term)
{
    for (size_t k = 0; k < KEY_COUNT; k++) {
        if (keys[k].help == NULL)
            continue;
        if (i-- == 0) {
            *ret_term = (struct cli_term_text){ keys[k].shown, keys[k].help };
            return true;
        }
    }
    return false;
}
