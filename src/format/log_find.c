/* SPDX-License-Identifier: MIT */
/*
 * log_find.c - where in a line of a log a profile stands.
 *
 * In:   one line: a profile alone, behind a prefix, inside of another JSON
 *       object, or inside of a JSON text (escaped); or something else.
 * Out:  the place of the key that tells it.
 * Why:  most lines of a log are something else. A line without a brace costs
 *       one memchr; in the others two words are looked for in steps of up to
 *       nine bytes (Horspool 1980, for two words of one length).
 */
#include "format/log_find.h"

#include <string.h>

#define WORD_LEN 9 /* both words are cut to the same length */

static const char version_key[] = "statslice";
static const char rows_key[] = "func_profiles";

/*
 * How far the window of nine bytes may move when c is its last byte: the distance from the
 * rightmost c in either word to the word's end.
 */
static size_t shift_of(unsigned char c)
{
    switch (c) {
    case 'e':
    case 'f': /* "statslicE", "func_proF" */
        return 0;
    case 'c':
    case 'o':
        return 1;
    case 'i':
    case 'r':
        return 2;
    case 'l':
    case 'p':
        return 3;
    case 's':
    case '_':
        return 4;
    case 't':
        return 5;
    case 'a':
    case 'n':
        return 6;
    case 'u':
        return 7;
    default:
        return WORD_LEN;
    }
}

/* A JSON text may be of many lines: as an item of an array, or inside of a text. */
static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static const char *skip_spaces(const char *at, const char *end)
{
    while (at < end && is_space(*at))
        at++;
    return at;
}

/* Whether the key's end is as it must be: as many backslashes as before it, a quote, a colon. */
static const char *behind_key(const char *at, const char *end, size_t backslashes)
{
    for (; backslashes > 0; backslashes--)
        if (at == end || *at++ != '\\')
            return NULL;
    if (at == end || *at++ != '"')
        return NULL;
    at = skip_spaces(at, end);
    if (at == end || *at++ != ':')
        return NULL;
    return skip_spaces(at, end);
}

static struct sts__mark mark_at(const char *text, const char *word, const char *end)
{
    struct sts__mark mark = { .kind = STS__MARK_NONE };
    bool rows = *word == rows_key[0];
    size_t key_len = rows ? sizeof(rows_key) - 1 : sizeof(version_key) - 1;
    const char *quote = word - 1, *at;
    size_t backslashes = 0;

    if (word == text || *quote != '"' || (size_t)(end - word) < key_len ||
        memcmp(word, rows ? rows_key : version_key, key_len) != 0)
        return mark;
    while (quote - backslashes > text && quote[-1 - (ptrdiff_t)backslashes] == '\\')
        backslashes++;
    at = behind_key(word + key_len, end, backslashes);
    if (at == NULL || at == end)
        return mark;
    if (rows ? *at != '{' : *at < '0' || *at > '9')
        return mark;
    mark.kind = rows ? STS__MARK_ROWS : STS__MARK_VERSION;
    mark.embedded = backslashes > 0;
    mark.quote = quote;
    return mark;
}

struct sts__mark sts__log_find_mark(const char *text, size_t len)
{
    struct sts__mark mark = { .kind = STS__MARK_NONE };
    const char *brace = memchr(text, '{', len);
    size_t i = brace == NULL ? len : (size_t)(brace - text) + WORD_LEN - 1;

    while (i < len && mark.kind == STS__MARK_NONE) {
        size_t shift = shift_of((unsigned char)text[i]);
        if (shift == 0) {
            const char *word = text + i - (WORD_LEN - 1);
            if (memcmp(word, version_key, WORD_LEN) == 0 || memcmp(word, rows_key, WORD_LEN) == 0)
                mark = mark_at(text, word, text + len);
            shift = 1;
        }
        i += shift;
    }
    return mark;
}

const char *sts__log_object_of(const char *text, const struct sts__mark *mark)
{
    const char *at = mark->quote;

    while (at > text && is_space(at[-1]))
        at--;
    return at > text && at[-1] == '{' ? at - 1 : NULL;
}

const char *sts__log_next_object(const char *at, const char *end)
{
    while (at < end && (at = memchr(at, '{', (size_t)(end - at))) != NULL) {
        const char *key = skip_spaces(at + 1, end);
        if (key < end && *key == '"')
            return at;
        at++;
    }
    return NULL;
}

const char *sts__log_text_of(const char *text, const struct sts__mark *mark)
{
    for (const char *at = mark->quote - 1; at > text; at--)
        if (*at == '"' && at[-1] != '\\')
            return at;
    return *text == '"' ? text : NULL;
}
