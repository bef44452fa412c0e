/* SPDX-License-Identifier: MIT */
/*
 * search_body.h - the body of a search while it is read: shared by its two readers.
 */
#ifndef STS_SERVE_SEARCH_BODY_H
#define STS_SERVE_SEARCH_BODY_H

#include "base/bytes.h"
#include "format/json_read.h"
#include "serve/date_math.h"
#include "serve/search.h"

/* Keeps the first failure, as the JSON reader does: what comes after it gives empty values. */
struct sts__body {
    struct sts__json json;
    struct sts__strtab *texts; /* where what is kept is */
    struct sts__search *search; /* for dates, zones and fields */
    struct sts__bytes scratch;
    int status;
    struct sts_error *err;
};

/* sts__body_fail - of the search, not of the JSON text. */
void sts__body_fail(struct sts__body *body, enum sts_status status, const char *format, ...)
    STS_PRINTF(3, 4);
bool sts__body_failed(const struct sts__body *body);

/* sts__body_key - the next member's name, kept. Returns: NULL behind the last, or on a failure. */
const char *sts__body_key(struct sts__body *body);

/* sts__body_text - a text; also a number or a truth value, as it is written. "" on a failure. */
const char *sts__body_text(struct sts__body *body);
const char *sts__body_keep(struct sts__body *body, const char *text, size_t len);
uint64_t sts__body_u64(struct sts__body *body, uint64_t max, const char *name);
bool sts__body_bool(struct sts__body *body, const char *name);

/* sts__body_date - a text or milliseconds, in a zone. */
struct sts__date sts__body_date(struct sts__body *body, const struct sts__zone *zone);
struct sts__date sts__body_date_of(struct sts__body *body, const char *text,
                                   const struct sts__zone *zone);

/* sts__body_zone - "Europe/Berlin", "+02:00", "Z"; kept. Returns: NULL on a failure. */
const struct sts__zone *sts__body_zone(struct sts__body *body, const char *name);

/* sts__body_field - what a name stands for. */
struct sts__field sts__body_field(struct sts__body *body, const char *name);

/* sts__search_conditions - one query of the query language, at which the reader stands. */
void sts__search_conditions(struct sts__body *body, bool negated);

#endif
