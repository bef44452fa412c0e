/* SPDX-License-Identifier: MIT */
/*
 * suggest.h - which known word somebody may have meant.
 */
#ifndef STS_CLI_SUGGEST_H
#define STS_CLI_SUGGEST_H

#include <statslice/common.h>

/* The nearest of the words that were offered so far. */
struct cli_suggestion {
    const char *asked; /* what was typed */
    size_t asked_len;
    char nearest[64]; /* "" where none is near enough */
    size_t distance;
};

void cli_suggestion_init(struct cli_suggestion *suggestion, const char *asked, size_t len);

/* cli_suggestion_offer - remember a word if it is the nearest yet. Longer than 63 bytes: never. */
void cli_suggestion_offer(struct cli_suggestion *suggestion, const char *word, size_t len);

#endif
