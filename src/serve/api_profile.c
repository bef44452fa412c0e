/* SPDX-License-Identifier: MIT */
/*
 * api_profile.c - GET /api/v1/profile: the profile of a span of time.
 *
 * As JSON it stands in columns: ten thousand functions are then few texts to read, and numbers
 * that a page can sort without touching the rest.
 */
#include <string.h>

#include <statslice/format.h>
#include <statslice/profile.h>
#include <statslice/total.h>

#include "base/bytes.h"
#include "query/naming.h"
#include "serve/api.h"
#include "serve/put.h"
#include "serve/respond.h"

static const struct sts__argument own[] = {
    { "format", STS__ARGUMENT_WORD, "json pstats ndjson ndjson-flat csv", 0, 0, false,
      "how the profile is written; json is in columns, pstats a download that Python's pstats "
      "reads" },
};

const struct sts__form sts__form_profile = {
    .path = "/api/v1/profile",
    .summary = "The sum of all profiles of a span of time, function by function",
    .gives = "Profile",
    .options = sts_total_options,
    .own = own,
    .own_count = sizeof(own) / sizeof(*own),
};

/* --- columns --- */

struct columns {
    const struct sts_profile *profile;
    struct sts_sink *sink;
    struct sts__bytes name; /* of one function after the other */
};

typedef void (*put_cell_fn)(struct columns *columns, size_t i);

static void put_file(struct columns *columns, size_t i)
{
    sts__put_json_str(columns->sink, sts_profile_function(columns->profile, i).file_name);
}

static void put_line(struct columns *columns, size_t i)
{
    sts__put_i64(columns->sink, sts_profile_function(columns->profile, i).line_number);
}

static void put_name(struct columns *columns, size_t i)
{
    sts__put_json_str(columns->sink, sts_profile_function(columns->profile, i).name);
}

/* The column of a series that the function is in. */
static void put_function(struct columns *columns, size_t i)
{
    struct sts_function function = sts_profile_function(columns->profile, i);

    sts__bytes_clear(&columns->name);
    sts__name_function(&function, &columns->name);
    sts__put_json_str(columns->sink, columns->name.data == NULL ? "" : columns->name.data);
}

static void put_qualname(struct columns *columns, size_t i)
{
    const char *qualname = sts_profile_function(columns->profile, i).qualname;

    if (qualname == NULL)
        sts__put_text(columns->sink, "null");
    else
        sts__put_json_str(columns->sink, qualname);
}

static void put_ncalls(struct columns *columns, size_t i)
{
    sts__put_u64(columns->sink, sts_profile_figures(columns->profile, i)->ncalls);
}

static void put_pcalls(struct columns *columns, size_t i)
{
    sts__put_u64(columns->sink, sts_profile_figures(columns->profile, i)->pcalls);
}

static void put_tottime(struct columns *columns, size_t i)
{
    sts__put_i64(columns->sink, sts_profile_figures(columns->profile, i)->tottime_ns);
}

static void put_cumtime(struct columns *columns, size_t i)
{
    sts__put_i64(columns->sink, sts_profile_figures(columns->profile, i)->cumtime_ns);
}

static const struct {
    const char *name;
    put_cell_fn put;
} kinds[] = {
    { "file", put_file },         { "line", put_line },          { "name", put_name },
    { "qualname", put_qualname }, { "function", put_function },  { "ncalls", put_ncalls },
    { "pcalls", put_pcalls },     { "tottime_ns", put_tottime }, { "cumtime_ns", put_cumtime },
};

static void put_columns(struct columns *columns)
{
    struct sts__put put;

    sts__put_open(&put, columns->sink, "{");
    for (size_t kind = 0; kind < sizeof(kinds) / sizeof(*kinds); kind++) {
        struct sts__put column;
        sts__put_name(&put, kinds[kind].name);
        sts__put_open(&column, columns->sink, "[");
        for (size_t i = 0; i < sts_profile_function_count(columns->profile); i++) {
            sts__put_item(&column);
            kinds[kind].put(columns, i);
        }
        sts__put_close(&column, "]");
    }
    sts__put_close(&put, "}");
}

/* --- the document --- */

void sts__put_span(struct sts__put *put, const struct sts__span *span)
{
    if (span->from_ns == INT64_MIN)
        sts__put_text_member(put, "from", NULL);
    else
        sts__put_time_member(put, "from", span->from_ns);
    if (span->to_ns == INT64_MAX)
        sts__put_text_member(put, "to", NULL);
    else
        sts__put_time_member(put, "to", span->to_ns);
}

int sts__span_of(const struct sts__question *question, const struct sts_total *total,
                 struct sts__span *ret_span, struct sts_error *err)
{
    const struct sts_profile *profile = sts_total_profile(total);
    int r = sts__asked_range(question->asked, &ret_span->from_ns, &ret_span->to_ns, err);

    if (r < 0 || sts_total_counts(total).profiles_in == 0)
        return r;
    if (ret_span->from_ns == INT64_MIN)
        ret_span->from_ns = sts_profile_begin_ns(profile);
    if (ret_span->to_ns == INT64_MAX)
        ret_span->to_ns = sts_profile_end_ns(profile);
    return 0;
}

static int put_json(const struct sts__question *question, const struct sts_total *total,
                    struct sts_sink *sink, struct sts_error *err)
{
    const struct sts_profile *profile = sts_total_profile(total);
    struct sts_figures sums = sts_profile_totals(profile);
    struct columns columns = { .profile = profile, .sink = sink };
    struct sts__span span;
    struct sts__put put;
    int r = sts__span_of(question, total, &span, err);

    if (r < 0)
        return r;
    sts__put_open(&put, sink, "{");
    sts__put_span(&put, &span);
    sts__put_double_member(&put, "coverage", sts_profile_coverage(profile));
    sts__put_u64_member(&put, "profile_count", sts_total_counts(total).profiles_in);
    sts__put_u64_member(&put, "total_calls", sums.ncalls);
    sts__put_u64_member(&put, "prim_calls", sums.pcalls);
    sts__put_seconds_member(&put, "total_tt", sums.tottime_ns);
    sts__put_u64_member(&put, "function_count", sts_profile_function_count(profile));
    sts__put_name(&put, "functions");
    sts__bytes_init(&columns.name, STS__NAME_BYTES_MAX);
    put_columns(&columns);
    r = sts__bytes_check(&columns.name, "the name of a function", err);
    sts__bytes_deinit(&columns.name);
    sts__put_close(&put, "}\n");
    return r;
}

static int put_output(const char *format, const struct sts_profile *profile, struct sts_sink *sink,
                      struct sts_error *err)
{
    struct sts_output *output = NULL;
    int r = sts_output_open(format, sink, &output, err), closed;

    if (r < 0)
        return r;
    r = sts_output_write(output, profile, err);
    closed = sts_output_close(output, r < 0 ? NULL : err);
    return r < 0 ? r : closed;
}

static int make(struct sts__question *question, struct sts_sink *sink, struct sts_error *err)
{
    struct sts_total *total = NULL;
    int r = sts__ask_total(question, &total, err);

    if (r < 0)
        return r;
    if (strcmp(question->format, "json") == 0)
        r = put_json(question, total, sink, err);
    else
        r = put_output(question->format, sts_total_profile(total), sink, err);
    sts_total_free(total);
    return r;
}

int sts__api_profile(struct sts__desk *desk, struct sts__exchange *exchange)
{
    return sts__respond_to(desk, exchange, &sts__form_profile, NULL, make);
}
