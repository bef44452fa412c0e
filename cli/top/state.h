/* SPDX-License-Identifier: MIT */
/*
 * state.h - the view, and what of the screen keys work on: the line that is typed, help, messages.
 */
#ifndef STS_CLI_TOP_STATE_H
#define STS_CLI_TOP_STATE_H

#include "cli/list.h"
#include "cli/top/editor.h"
#include "cli/top/view.h"

enum top_prompt { TOP_PROMPT_NONE, TOP_PROMPT_MATCH, TOP_PROMPT_WHERE, TOP_PROMPT_TIME };

struct top_state {
    struct top_view view;
    const struct cli_list *settings; /* of the queries; borrowed */
    const struct top_facts *facts;   /* borrowed */
    struct top_span span;            /* that is shown */
    size_t row_count, rows_shown;    /* of the table, as it was drawn */
    enum top_prompt prompt;
    struct top_editor editor; /* where there is a prompt */
    char message[240];        /* "" for none */
    bool helps;               /* the keys are shown */
    size_t help_scroll;
    bool quits;
    bool asks;  /* the answer is not the view's any more */
    bool sorts; /* its rows are not */
};

/* top_state_key - what one key does. */
void top_state_key(struct top_state *state, uint32_t key);

/* top_state_prompt - begin to type. */
void top_state_prompt(struct top_state *state, enum top_prompt prompt);

#endif
