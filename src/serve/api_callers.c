/* SPDX-License-Identifier: MIT */
/*
 * api_callers.c - GET /api/v1/callers: who called a function in a span of time, and whom it called.
 */
#include <stdlib.h>
#include <string.h>

#include <statslice/profile.h>
#include <statslice/total.h>

#include "base/bytes.h"
#include "base/fail.h"
#include "base/mem.h"
#include "query/naming.h"
#include "serve/api.h"
#include "serve/put.h"
#include "serve/respond.h"

static const struct sts__argument own[] = {
    { "function", STS__ARGUMENT_TEXT, NULL, 0, 0, true,
      "name of the function: that of its column in a series, or file:line(name)" },
};

const struct sts__form sts__form_callers = {
    .path = "/api/v1/callers",
    .summary = "Callers and callees of a function",
    .gives = "Callers",
    .options = sts_total_options,
    .own = own,
    .own_count = sizeof(own) / sizeof(*own),
};

struct asking {
    const struct sts_profile *profile;
    struct sts_symbols *symbols;
    const char *name;
    struct sts__bytes text;
    struct sts_sink *sink;
};

static const char *text_of(const struct sts__bytes *bytes)
{
    return bytes->data == NULL ? "" : bytes->data;
}

static const char *name_of(struct asking *asking, uint32_t function_id)
{
    struct sts_function function = sts_symbols_function(asking->symbols, function_id);

    sts__bytes_clear(&asking->text);
    sts__name_function(&function, &asking->text);
    return text_of(&asking->text);
}

static const char *pstats_of(struct asking *asking, uint32_t function_id)
{
    struct sts_function function = sts_symbols_function(asking->symbols, function_id);

    sts__bytes_clear(&asking->text);
    sts__name_pstats(&function, &asking->text);
    return text_of(&asking->text);
}

/* A function that was moved by an edit is several, of one name. */
static bool is_it(struct asking *asking, uint32_t function_id)
{
    return strcmp(name_of(asking, function_id), asking->name) == 0 ||
           strcmp(pstats_of(asking, function_id), asking->name) == 0;
}

static void put_figures(struct sts__put *put, const struct sts_figures *figures)
{
    sts__put_u64_member(put, "ncalls", figures->ncalls);
    sts__put_u64_member(put, "pcalls", figures->pcalls);
    sts__put_i64_member(put, "tottime_ns", figures->tottime_ns);
    sts__put_i64_member(put, "cumtime_ns", figures->cumtime_ns);
}

static void put_other(struct asking *asking, struct sts__put *rows, uint32_t function_id,
                      const struct sts_figures *figures)
{
    struct sts_function function = sts_symbols_function(asking->symbols, function_id);
    struct sts__put put;

    sts__put_item(rows);
    sts__put_open(&put, asking->sink, "{");
    sts__put_text_member(&put, "name", name_of(asking, function_id));
    sts__bytes_clear(&asking->text);
    sts__name_bare(&function, &asking->text);
    sts__put_text_member(&put, "label", text_of(&asking->text));
    sts__put_text_member(&put, "file", function.file_name);
    sts__put_i64_member(&put, "line", function.line_number);
    put_figures(&put, figures);
    sts__put_close(&put, "}");
}

/* Edges whose one end is the function, as rows of the other end. */
static void put_edges(struct asking *asking, const bool *is_asked, bool callers)
{
    struct sts__put rows;

    sts__put_open(&rows, asking->sink, "[");
    for (size_t i = 0; i < sts_profile_edge_count(asking->profile); i++) {
        const struct sts_edge *edge = sts_profile_edge(asking->profile, i);
        uint32_t here = callers ? edge->callee_id : edge->caller_id;
        uint32_t there = callers ? edge->caller_id : edge->callee_id;
        if (is_asked[here])
            put_other(asking, &rows, there, &edge->figures);
    }
    sts__put_close(&rows, "]");
}

static int64_t add_up(int64_t sum, int64_t value)
{
    return value > INT64_MAX - sum ? INT64_MAX : sum + value;
}

static void add_figures(struct sts_figures *sum, const struct sts_figures *figures)
{
    sum->ncalls += figures->ncalls; /* each below 2^63, their sum in the profile too */
    sum->pcalls += figures->pcalls;
    sum->tottime_ns += figures->tottime_ns;
    sum->cumtime_ns = add_up(sum->cumtime_ns, figures->cumtime_ns);
}

static bool *find_asked(struct asking *asking)
{
    size_t count = sts_symbols_function_count(asking->symbols);
    bool *is_asked = sts__alloc_array(count + 1, sizeof(*is_asked));

    for (size_t id = 0; is_asked != NULL && id < count; id++)
        is_asked[id] = is_it(asking, (uint32_t)id);
    return is_asked;
}

static struct sts_figures sum_own(const struct asking *asking, const bool *is_asked)
{
    struct sts_figures sum = { 0 };

    for (size_t i = 0; i < sts_profile_function_count(asking->profile); i++)
        if (is_asked[sts_profile_function_id(asking->profile, i)])
            add_figures(&sum, sts_profile_figures(asking->profile, i));
    return sum;
}

static int put_document(struct asking *asking, const struct sts__question *question,
                        const struct sts_total *total, struct sts_error *err)
{
    bool *is_asked = find_asked(asking);
    struct sts__span span;
    struct sts_figures sum;
    struct sts__put put;
    int r = is_asked == NULL ? sts__fail_nomem(err) : sts__span_of(question, total, &span, err);

    if (r == 0) {
        sum = sum_own(asking, is_asked);
        sts__put_open(&put, asking->sink, "{");
        sts__put_span(&put, &span);
        sts__put_text_member(&put, "function", asking->name);
        put_figures(&put, &sum);
        sts__put_name(&put, "callers");
        put_edges(asking, is_asked, true);
        sts__put_name(&put, "callees");
        put_edges(asking, is_asked, false);
        sts__put_close(&put, "}\n");
        r = sts__bytes_check(&asking->text, "the name of a function", err);
    }
    free(is_asked);
    return r;
}

static int make(struct sts__question *question, struct sts_sink *sink, struct sts_error *err)
{
    struct asking asking = { .name = sts__asked_text(question->asked, "function"), .sink = sink };
    struct sts_total *total = NULL;
    int r = sts__ask_total(question, &total, err);

    if (r < 0)
        return r;
    asking.profile = sts_total_profile(total);
    asking.symbols = sts_profile_symbols(asking.profile);
    sts__bytes_init(&asking.text, STS__NAME_BYTES_MAX);
    r = put_document(&asking, question, total, err);
    sts__bytes_deinit(&asking.text);
    sts_total_free(total);
    return r;
}

int sts__api_callers(struct sts__desk *desk, struct sts__exchange *exchange)
{
    return sts__respond_to(desk, exchange, &sts__form_callers, NULL, make);
}
