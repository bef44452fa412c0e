/* SPDX-License-Identifier: MIT */
/*
 * put.h - the members of JSON answers.
 *
 * Each member writes what stands before it: a comma where it is not the first of its object.
 */
#ifndef STS_SERVE_PUT_H
#define STS_SERVE_PUT_H

#include "base/escape.h"

/* An object or array that is being written. */
struct sts__put {
    struct sts_sink *sink;
    bool has_any; /* members: the next one needs a comma */
};

void sts__put_open(struct sts__put *put, struct sts_sink *sink, const char *mark); /* "{", "[" */
void sts__put_close(struct sts__put *put, const char *mark);

/* sts__put_item - what stands before a value in an array. */
void sts__put_item(struct sts__put *put);

/* sts__put_name - what stands before a member's value. */
void sts__put_name(struct sts__put *put, const char *name);

void sts__put_text_member(struct sts__put *put, const char *name, const char *value); /* or null */
void sts__put_u64_member(struct sts__put *put, const char *name, uint64_t value);
void sts__put_i64_member(struct sts__put *put, const char *name, int64_t value);
void sts__put_bool_member(struct sts__put *put, const char *name, bool value);
void sts__put_seconds_member(struct sts__put *put, const char *name, int64_t ns);
void sts__put_time_member(struct sts__put *put, const char *name, int64_t time_ns); /* UTC */
void sts__put_double_member(struct sts__put *put, const char *name, double value);

/* sts__put_double - the shortest decimal. */
void sts__put_double(struct sts_sink *sink, double value);

#endif
