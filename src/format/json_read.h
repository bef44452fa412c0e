/* SPDX-License-Identifier: MIT */
/*
 * json_read.h - pull values out of a JSON text, one after the other, without a tree.
 *
 * The reader keeps its first failure: every call after it does nothing and
 * gives nothing, so that parse code stays straight and checks once.
 */
#ifndef STS_FORMAT_JSON_READ_H
#define STS_FORMAT_JSON_READ_H

#include <statslice/error.h>

struct sts__bytes;

#define STS__JSON_DEPTH_MAX 64 /* objects and arrays inside each other */

struct sts__json {
    const char *begin, *at, *end; /* borrowed */
    const char *reason;           /* of the first failure; static; NULL: none yet */
    const char *reason_at;        /* where it was seen, in begin..end */
    unsigned depth;
    bool fresh; /* the object or array was just entered: no comma yet */
};

/* A text between its quotes, as it was written. */
struct sts__json_text {
    const char *at;
    size_t len;
    bool escaped; /* holds a backslash: sts__json_decode makes the text of it */
};

enum sts__json_kind {
    STS__JSON_NONE, /* the end, a failure, or no JSON */
    STS__JSON_OBJECT,
    STS__JSON_ARRAY,
    STS__JSON_TEXT,
    STS__JSON_NUMBER,
    STS__JSON_TRUE,
    STS__JSON_FALSE,
    STS__JSON_NULL,
};

void sts__json_init(struct sts__json *json, const char *text, size_t len);

/* sts__json_fail - keep a reason, if it is the first, for the place where the reader stands. */
void sts__json_fail(struct sts__json *json, const char *reason);
void sts__json_fail_at(struct sts__json *json, const char *at, const char *reason);
bool sts__json_failed(const struct sts__json *json);

/* sts__json_peek - what comes next; the reader goes over white space up to it. */
enum sts__json_kind sts__json_peek(struct sts__json *json);

/*
 * sts__json_enter_object, sts__json_next_key - go through an object:
 *
 *     sts__json_enter_object(json);
 *     while (sts__json_next_key(json, &key))
 *         ... read or skip exactly one value ...
 *
 * next_key returns false behind the closing brace and on a failure.
 */
void sts__json_enter_object(struct sts__json *json);
bool sts__json_next_key(struct sts__json *json, struct sts__json_text *ret_key);

/* The same for an array. */
void sts__json_enter_array(struct sts__json *json);
bool sts__json_next_item(struct sts__json *json);

/* Each reads one value of its kind; another kind is a failure. */
struct sts__json_text sts__json_text(struct sts__json *json);
struct sts__json_text sts__json_number(struct sts__json *json); /* as written, grammar checked */
uint64_t sts__json_u64(struct sts__json *json);                 /* 0 .. 2^63 - 1 */
int32_t sts__json_i32(struct sts__json *json);
int64_t sts__json_ns(struct sts__json *json); /* seconds to ns, as sts__num_parse_ns does */
double sts__json_double(struct sts__json *json);

/* sts__json_skip - go over one value of any kind, which is checked all the same. */
void sts__json_skip(struct sts__json *json);

/*
 * sts__json_decode - the text that was meant: escapes resolved, UTF-8 checked, no NUL inside.
 *
 * scratch: cleared, and holds the text where it has escapes.
 * ret:     borrowed from the JSON text or from scratch; not NUL-ended.
 * Returns: 0; STS_E_FORMAT after a failure, which json keeps; STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__json_decode(struct sts__json *json, const struct sts__json_text *text,
                                    struct sts__bytes *scratch, const char **ret, size_t *ret_len);

/* sts__json_is - whether a key is this word, which holds nothing that is escaped. */
bool sts__json_is(const struct sts__json_text *text, const char *word, size_t word_len);

#endif
