/* SPDX-License-Identifier: MIT */
/*
 * log_find.h - where in a line of a log a profile stands.
 */
#ifndef STS_FORMAT_LOG_FIND_H
#define STS_FORMAT_LOG_FIND_H

#include <statslice/error.h>

struct sts__bytes;

enum sts__mark_kind {
    STS__MARK_NONE,
    STS__MARK_VERSION, /* "statslice": and a digit */
    STS__MARK_ROWS,    /* "func_profiles": and an opening brace */
};

struct sts__mark {
    enum sts__mark_kind kind;
    bool embedded;     /* its quotes are escaped: it stands in a JSON text */
    const char *quote; /* the quote that opens the key */
};

/* sts__log_find_mark - the first mark of a profile in a text; kind is STS__MARK_NONE for none. */
struct sts__mark sts__log_find_mark(const char *text, size_t len);

/*
 * sts__log_object_of - the brace of the object whose first key stands at a mark.
 *
 * Returns: NULL where the key is not the first one.
 */
const char *sts__log_object_of(const char *text, const struct sts__mark *mark);

/*
 * sts__log_next_object - the first brace from at on that a key follows, as in `{"`.
 *
 * Returns: NULL where there is none before end.
 */
const char *sts__log_next_object(const char *at, const char *end);

/* sts__log_text_of - where the JSON text begins that an embedded mark stands in: its quote; NULL.
 */
const char *sts__log_text_of(const char *text, const struct sts__mark *mark);

#endif
