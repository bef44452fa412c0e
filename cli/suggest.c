/* SPDX-License-Identifier: MIT */
/*
 * suggest.c - the nearest known word, by the number of edits.
 *
 * How:  edit distance with swapped neighbours counted as one edit (optimal
 *       string alignment), three rows of the table at a time. A word is near
 *       enough if at most a third of it, and one letter at least, is wrong, or
 *       if it begins with what was typed.
 */
#include "cli/suggest.h"

#include <string.h>

#define WORD_BYTES_MAX ((size_t)63)

static size_t least(size_t a, size_t b, size_t c)
{
    size_t low = a < b ? a : b;
    return low < c ? low : c;
}

/* Both at most WORD_BYTES_MAX long. */
static size_t edit_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t rows[3][WORD_BYTES_MAX + 1];
    size_t *before = rows[0], *last = rows[1], *row = rows[2];

    for (size_t j = 0; j <= b_len; j++)
        last[j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        size_t *oldest = before;
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t change = last[j - 1] + (a[i - 1] != b[j - 1]);
            row[j] = least(last[j] + 1, row[j - 1] + 1, change);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                before[j - 2] + 1 < row[j])
                row[j] = before[j - 2] + 1;
        }
        before = last;
        last = row;
        row = oldest;
    }
    return last[b_len];
}

void cli_suggestion_init(struct cli_suggestion *suggestion, const char *asked, size_t len)
{
    *suggestion = (struct cli_suggestion){ .asked = asked, .asked_len = len };
}

void cli_suggestion_offer(struct cli_suggestion *suggestion, const char *word, size_t len)
{
    size_t distance, limit = len / 3 > 1 ? len / 3 : 1;

    if (len > WORD_BYTES_MAX || suggestion->asked_len > WORD_BYTES_MAX ||
        suggestion->asked_len == 0)
        return;
    distance = edit_distance(suggestion->asked, suggestion->asked_len, word, len);
    if (suggestion->asked_len >= 2 && suggestion->asked_len < len &&
        memcmp(word, suggestion->asked, suggestion->asked_len) == 0)
        distance = 1;
    if (distance > limit || (suggestion->nearest[0] != '\0' && distance >= suggestion->distance))
        return;
    memcpy(suggestion->nearest, word, len);
    suggestion->nearest[len] = '\0';
    suggestion->distance = distance;
}
