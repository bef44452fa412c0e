/* SPDX-License-Identifier: MIT */
/*
 * ndjson_write.c - a profile as one line of a log; and the same lines as one JSON document.
 *
 * Source: docs/formats/log.md. Times are exact: decimal text of the integer ns.
 * Why:    func_profiles is the last field, so that a reader which asks for the
 *         span and the labels alone need not go through the rows.
 */
#include <statslice/profile.h>
#include <statslice/sink.h>

#include "base/escape.h"
#include "base/fail.h"
#include "base/num.h"
#include "base/timetext.h"
#include "format/output.h"
#include "model/profile.h"

void sts__put_time(struct sts_sink *sink, int64_t time_ns)
{
    char text[STS_TIME_TEXT_BYTES];

    sts_sink_write(sink, text, sts__time_rfc3339(text, time_ns, 0));
}

int64_t sts__per_call(int64_t ns, uint64_t calls)
{
    uint64_t size = ns < 0 ? UINT64_C(0) - (uint64_t)ns : (uint64_t)ns;
    uint64_t quotient = size / calls, rest = size % calls;

    if (rest > calls - rest || (rest == calls - rest && quotient % 2 == 1))
        quotient++;
    return ns < 0 ? -(int64_t)quotient : (int64_t)quotient;
}

/* ,"name":value */
static void put_time(struct sts_sink *sink, const char *name, int64_t ns)
{
    sts__put_text(sink, name);
    sts__put_seconds(sink, ns);
}

static void put_count(struct sts_sink *sink, const char *name, uint64_t count)
{
    sts__put_text(sink, name);
    sts__put_u64(sink, count);
}

static void put_per_call(struct sts_sink *sink, const char *name, int64_t ns, uint64_t calls)
{
    if (calls > 0)
        put_time(sink, name, sts__per_call(ns, calls));
}

void sts__put_labels(struct sts_sink *sink, const struct sts_profile *profile)
{
    sts__put_text(sink, "{");
    for (size_t i = 0; i < sts_profile_label_count(profile); i++) {
        if (i > 0)
            sts__put_text(sink, ",");
        sts__put_json_str(sink, sts_profile_label_key(profile, i));
        sts__put_text(sink, ":");
        sts__put_json_str(sink, sts_profile_label_value(profile, i));
    }
    sts__put_text(sink, "}");
}

void sts__put_figures(struct sts_sink *sink, const struct sts_figures *figures)
{
    put_count(sink, "\"ncalls\":", figures->ncalls);
    put_count(sink, ",\"pcalls\":", figures->pcalls);
    put_time(sink, ",\"tottime\":", figures->tottime_ns);
    put_per_call(sink, ",\"percall_tottime\":", figures->tottime_ns, figures->ncalls);
    put_time(sink, ",\"cumtime\":", figures->cumtime_ns);
    put_per_call(sink, ",\"percall_cumtime\":", figures->cumtime_ns, figures->pcalls);
}

void sts__put_coro(struct sts_sink *sink, const struct sts_coro *coro)
{
    if (coro->n_resumes > 0)
        put_count(sink, ",\"resumes\":", coro->n_resumes);
    if (coro->awaittime_ns > 0)
        put_time(sink, ",\"awaittime\":", coro->awaittime_ns);
}

void sts__put_function(struct sts_sink *sink, const struct sts_function *function)
{
    sts__put_text(sink, "\"file_name\":");
    sts__put_json_str(sink, function->file_name);
    sts__put_text(sink, ",\"line_number\":");
    sts__put_i64(sink, function->line_number);
    sts__put_text(sink, ",\"name\":");
    sts__put_json_str(sink, function->name);
    if (function->qualname == NULL)
        return;
    sts__put_text(sink, ",\"qualname\":");
    sts__put_json_str(sink, function->qualname);
}

static void put_caller(struct sts_sink *sink, const struct sts__row_keys *keys,
                       const struct sts_edge *edge)
{
    sts__put_json_str(sink, sts__row_keys_of(keys, edge->caller_id));
    put_count(sink, ":[", edge->figures.ncalls);
    put_count(sink, ",", edge->figures.pcalls);
    put_time(sink, ",", edge->figures.tottime_ns);
    put_time(sink, ",", edge->figures.cumtime_ns);
    sts__put_text(sink, "]");
}

static void put_callers(struct sts_output *output, const struct sts_profile *profile, size_t row)
{
    const struct sts__row_keys *keys = &output->keys;
    size_t edge_count;
    const struct sts_edge *edges = sts__profile_edges(profile, &edge_count);
    uint32_t edge = keys->first_edges[row];

    if (edge == STS__NO_EDGE)
        return;
    sts__put_text(output->sink, ",\"callers\":{");
    for (; edge != STS__NO_EDGE; edge = keys->next_edges[edge]) {
        put_caller(output->sink, keys, &edges[edge]);
        if (keys->next_edges[edge] != STS__NO_EDGE)
            sts__put_text(output->sink, ",");
    }
    sts__put_text(output->sink, "}");
}

static void put_other_callers(struct sts_output *output, const struct sts_profile *profile)
{
    const struct sts__row_keys *keys = &output->keys;

    if (keys->caller_count == 0)
        return;
    for (size_t i = 0; i < keys->caller_count; i++) {
        struct sts_function function =
            sts_symbols_function(sts_profile_symbols(profile), keys->callers[i]);

        sts__put_text(output->sink, i == 0 ? ",\"other_callers\":{" : ",");
        sts__put_json_str(output->sink, sts__row_keys_of(keys, keys->callers[i]));
        sts__put_text(output->sink, ":{");
        sts__put_function(output->sink, &function);
        sts__put_text(output->sink, "}");
    }
    sts__put_text(output->sink, "}");
}

static void put_head(struct sts_sink *sink, const struct sts_profile *profile)
{
    struct sts_figures totals = sts_profile_totals(profile);
    char coverage[STS_NUM_TEXT_BYTES];

    sts__num_double(coverage, sts_profile_coverage(profile));
    sts__put_text(sink, "{\"statslice\":1,\"begin\":\"");
    sts__put_time(sink, sts_profile_begin_ns(profile));
    sts__put_text(sink, "\",\"end\":\"");
    sts__put_time(sink, sts_profile_end_ns(profile));
    sts__put_text(sink, "\",\"engine\":\"");
    sts__put_text(sink, sts_engine_name(sts_profile_engine(profile)));
    sts__put_text(sink, "\",\"clock\":\"");
    sts__put_text(sink, sts_clock_name(sts_profile_clock(profile)));
    sts__put_text(sink, "\",\"coverage\":");
    sts__put_text(sink, coverage);
    if (sts_profile_dropped(profile) > 0)
        put_count(sink, ",\"dropped\":", sts_profile_dropped(profile));
    sts__put_text(sink, ",\"labels\":");
    sts__put_labels(sink, profile);
    put_time(sink, ",\"total_tt\":", totals.tottime_ns);
    put_count(sink, ",\"total_calls\":", totals.ncalls);
    put_count(sink, ",\"prim_calls\":", totals.pcalls);
}

/* What the log's reader would refuse is not written: better told now than missed later. */
static int check_rows(const struct sts_profile *profile, struct sts_error *err)
{
    size_t row_count, edge_count;
    const struct sts__row *rows = sts__profile_rows(profile, &row_count);
    const struct sts_edge *edges = sts__profile_edges(profile, &edge_count);
    uint32_t culprit = UINT32_MAX;

    for (size_t i = 0; i < row_count; i++)
        if (rows[i].figures.tottime_ns < 0 || rows[i].figures.cumtime_ns < 0 ||
            rows[i].figures.pcalls > rows[i].figures.ncalls ||
            sts_profile_coro(profile, i).awaittime_ns < 0)
            culprit = rows[i].function_id;
    for (size_t i = 0; i < edge_count; i++)
        if (edges[i].figures.tottime_ns < 0 || edges[i].figures.cumtime_ns < 0)
            culprit = edges[i].callee_id;
    if (culprit == UINT32_MAX)
        return 0;
    return sts__fail(err, STS_E_UNSUPPORTED,
                     "the log cannot hold a negative time or more primitive calls than calls, as "
                     "\"%.100s\" has",
                     sts_symbols_function(sts_profile_symbols(profile), culprit).name);
}

static int put_profile(struct sts_output *output, const struct sts_profile *profile,
                       struct sts_error *err)
{
    struct sts_sink *sink = output->sink;
    int r = check_rows(profile, err);

    if (r == 0)
        r = sts__row_keys_set(&output->keys, profile, err);
    if (r < 0)
        return r;
    put_head(sink, profile);
    put_other_callers(output, profile);
    sts__put_text(sink, ",\"func_profiles\":{");
    for (size_t row = 0; row < sts_profile_function_count(profile); row++) {
        struct sts_function function = sts_profile_function(profile, row);
        struct sts_coro coro = sts_profile_coro(profile, row);

        if (row > 0)
            sts__put_text(sink, ",");
        sts__put_json_str(sink,
                          sts__row_keys_of(&output->keys, sts_profile_function_id(profile, row)));
        sts__put_text(sink, ":{");
        sts__put_figures(sink, sts_profile_figures(profile, row));
        sts__put_coro(sink, &coro);
        sts__put_text(sink, ",");
        sts__put_function(sink, &function);
        put_callers(output, profile, row);
        sts__put_text(sink, "}");
    }
    sts__put_text(sink, "}}");
    return 0;
}

static int write_line(struct sts_output *output, const struct sts_profile *profile,
                      struct sts_error *err)
{
    int r = put_profile(output, profile, err);

    if (r == 0)
        sts__put_text(output->sink, "\n");
    return r;
}

const struct sts__output_format sts__output_ndjson = {
    .write = write_line,
};

/* --- one document: an array, a line for each profile, so that the log's reader reads it too --- */

static void begin_array(struct sts_output *output)
{
    sts__put_text(output->sink, "[");
}

static int write_item(struct sts_output *output, const struct sts_profile *profile,
                      struct sts_error *err)
{
    sts__put_text(output->sink, output->count == 0 ? "\n" : ",\n");
    return put_profile(output, profile, err);
}

static void end_array(struct sts_output *output)
{
    sts__put_text(output->sink, "\n]\n");
}

const struct sts__output_format sts__output_json = {
    .begin = begin_array,
    .write = write_item,
    .end = end_array,
};
