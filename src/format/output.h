/* SPDX-License-Identifier: MIT */
/*
 * output.h - what a format that can be written does: one row of the tables in output.c.
 */
#ifndef STS_FORMAT_OUTPUT_H
#define STS_FORMAT_OUTPUT_H

#include <statslice/format.h>
#include <statslice/profile.h>

#include "format/row_keys.h"

struct sts_output {
    const struct sts__output_format *format;
    struct sts_sink *sink; /* borrowed */
    uint64_t count;        /* profiles written */
    struct sts__row_keys keys;
};

struct sts__output_format {
    void (*begin)(struct sts_output *output); /* NULL: nothing stands before the first profile */
    int (*write)(struct sts_output *output, const struct sts_profile *profile,
                 struct sts_error *err);
    void (*end)(struct sts_output *output); /* NULL: nothing stands behind the last profile */
};

extern const struct sts__output_format sts__output_ndjson;
extern const struct sts__output_format sts__output_ndjson_flat;
extern const struct sts__output_format sts__output_csv;
extern const struct sts__output_format sts__output_json;

/* sts__put_time - a time as RFC 3339 in UTC, without quotes. */
void sts__put_time(struct sts_sink *sink, int64_t time_ns);

/* sts__per_call - ns per call, rounded half to even; calls > 0. */
int64_t sts__per_call(int64_t ns, uint64_t calls);

/* Members of a JSON object, without braces, shared by the formats that have them. */
void sts__put_figures(struct sts_sink *sink, const struct sts_figures *figures);
void sts__put_function(struct sts_sink *sink, const struct sts_function *function);

/* sts__put_coro - members that follow others, of those figures that are not 0. */
void sts__put_coro(struct sts_sink *sink, const struct sts_coro *coro);

/* sts__put_labels - a whole object. */
void sts__put_labels(struct sts_sink *sink, const struct sts_profile *profile);

#endif
