/* SPDX-License-Identifier: MIT */
/*
 * keys.h - keys as numbers, and what each of them does.
 */
#ifndef STS_CLI_TOP_KEYS_H
#define STS_CLI_TOP_KEYS_H

#include <statslice/common.h>

struct cli_term_text;
struct top_state;

/* Characters are their code points; these stand behind all of them. */
enum top_key_code {
    TOP_KEY_FIRST = 0x110000,
    TOP_KEY_UP = TOP_KEY_FIRST,
    TOP_KEY_DOWN,
    TOP_KEY_LEFT,
    TOP_KEY_RIGHT,
    TOP_KEY_PAGE_UP,
    TOP_KEY_PAGE_DOWN,
    TOP_KEY_HOME,
    TOP_KEY_END,
    TOP_KEY_ENTER,
    TOP_KEY_ESCAPE,
    TOP_KEY_BACKSPACE,
    TOP_KEY_DELETE,
    TOP_KEY_RESIZE, /* the terminal has another size */
    TOP_KEY_HANGUP  /* the terminal is gone */
};

/* One line of the table: a key, or two that do opposite things. */
struct top_key {
    const char *shown;           /* "m M" */
    uint32_t codes[2];           /* 0: none */
    const char *hint_key, *hint; /* a key and a word for the last line, or NULL */
    const char *help;            /* a sentence without a full stop */
    void (*act)(struct top_state *state, int step); /* +1 for the first code, -1 for the second */
};

const struct top_key *top_keys(size_t *ret_count);

/* top_key_term - the i-th, for help and the manual. Returns: false behind the last. */
bool top_key_term(size_t i, struct cli_term_text *ret_term);

#endif
