/* SPDX-License-Identifier: MIT */
/*
 * metrics.c - how much the server was asked, and how long it took.
 *
 * Source: prometheus.io, "Exposition formats", "Metric and label naming".
 */
#include "serve/metrics.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <statslice/query.h>
#include <statslice/series.h>
#include <statslice/sink.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/fail.h"
#include "serve/answers.h"
#include "serve/desk.h"
#include "serve/exchange_wire.h"
#include "serve/ingest.h"
#include "serve/making.h"
#include "serve/route.h"
#include "serve/server.h"

#define CLASSES       6 /* of status, by their first digit */
#define FUNCTION_SPAN "-5m"

/* Upper ends, in seconds; the last is open. */
static const double ends_s[] = { 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                 0.25,  0.5,    1,     2.5,  5,     10 };
#define ENDS (sizeof(ends_s) / sizeof(*ends_s))

struct of_route {
    atomic_uint_fast64_t by_class[CLASSES];
    atomic_uint_fast64_t by_end[ENDS + 1];
    atomic_uint_fast64_t sum_ns;
};

struct sts__metrics {
    unsigned functions;
    int64_t begin_wall_ns;
    atomic_uint_fast64_t cut, request_bytes, answer_bytes;
    size_t route_count;
    struct of_route *routes; /* by their place in the table; the last: no route */
};

int sts__metrics_new(unsigned functions, struct sts__metrics **ret_metrics, struct sts_error *err)
{
    struct sts__metrics *metrics = calloc(1, sizeof(*metrics));

    if (metrics == NULL)
        return sts__fail_nomem(err);
    metrics->functions = functions;
    metrics->begin_wall_ns = sts__clock_wall_ns();
    (void)sts__routes(&metrics->route_count);
    metrics->routes = calloc(metrics->route_count + 1, sizeof(*metrics->routes));
    if (metrics->routes == NULL) {
        free(metrics);
        return sts__fail_nomem(err);
    }
    *ret_metrics = metrics;
    return 0;
}

void sts__metrics_free(struct sts__metrics *metrics)
{
    if (metrics != NULL)
        free(metrics->routes);
    free(metrics);
}

static size_t end_of(int64_t ns)
{
    size_t i = 0;

    while (i < ENDS && (double)ns > ends_s[i] * 1e9)
        i++;
    return i;
}

void sts__metrics_count(struct sts__metrics *metrics, const struct sts__exchange *exchange,
                        bool complete)
{
    int64_t ns = sts__clock_mono_ns() - exchange->begin_mono_ns;
    size_t count, place, len;
    const struct sts__route *routes = sts__routes(&count);
    struct of_route *of_route;

    place = exchange->route == NULL ? count : (size_t)(exchange->route - routes);
    of_route = &metrics->routes[place];
    atomic_fetch_add(&of_route->by_class[exchange->status / 100 % CLASSES], 1);
    atomic_fetch_add(&of_route->by_end[end_of(ns)], 1);
    atomic_fetch_add(&of_route->sum_ns, (uint_fast64_t)ns);
    (void)sts__exchange_answer_body(exchange, &len);
    atomic_fetch_add(&metrics->request_bytes, exchange->request_bytes);
    atomic_fetch_add(&metrics->answer_bytes, len);
    if (!complete)
        atomic_fetch_add(&metrics->cut, 1);
}

/* --- as text --- */

static void put_head(struct sts_sink *sink, const char *name, const char *type, const char *help)
{
    sts__put_format(sink, "# HELP statslice_%s %s\n# TYPE statslice_%s %s\n", name, help, name,
                    type);
}

static void put_one(struct sts_sink *sink, const char *name, const char *type, const char *help,
                    double value, unsigned decimals)
{
    put_head(sink, name, type, help);
    sts__put_format(sink, "statslice_%s ", name);
    sts__put_fixed(sink, value, decimals);
    sts__put_text(sink, "\n");
}

/* A label's value: backslash, quote and newline are escaped. */
static void put_label(struct sts_sink *sink, const char *text)
{
    for (; *text != '\0'; text++)
        if (*text == '\n')
            sts__put_text(sink, "\\n");
        else {
            if (*text == '\\' || *text == '"')
                sts__put_text(sink, "\\");
            sts_sink_write(sink, text, 1);
        }
}

static const char *path_of(const struct sts__route *routes, size_t i, size_t count)
{
    return i == count ? "none" : routes[i].path;
}

static void put_requests(struct sts_sink *sink, const struct sts__metrics *metrics)
{
    size_t count;
    const struct sts__route *routes = sts__routes(&count);

    put_head(sink, "http_requests_total", "counter", "Requests by address and class of status.");
    for (size_t i = 0; i <= count; i++)
        for (size_t j = 1; j < CLASSES; j++) {
            uint64_t value = atomic_load(&metrics->routes[i].by_class[j]);
            if (value > 0)
                sts__put_format(sink,
                                "statslice_http_requests_total{method=\"%s\",path=\"%s\","
                                "code=\"%zuxx\"} %llu\n",
                                i == count ? "any" : routes[i].method, path_of(routes, i, count), j,
                                (unsigned long long)value);
        }
}

static void put_durations(struct sts_sink *sink, const struct sts__metrics *metrics)
{
    static const char name[] = "statslice_http_request_duration_seconds";
    size_t count;
    const struct sts__route *routes = sts__routes(&count);

    put_head(sink, "http_request_duration_seconds", "histogram",
             "From the head of a request to the end of its answer.");
    for (size_t i = 0; i < count; i++) {
        uint64_t sum = 0;
        for (size_t j = 0; j <= ENDS; j++)
            sum += atomic_load(&metrics->routes[i].by_end[j]);
        if (sum == 0)
            continue;
        sum = 0;
        for (size_t j = 0; j <= ENDS; j++) {
            sum += atomic_load(&metrics->routes[i].by_end[j]);
            sts__put_format(sink, "%s_bucket{method=\"%s\",path=\"%s\",le=\"", name,
                            routes[i].method, routes[i].path);
            if (j == ENDS)
                sts__put_text(sink, "+Inf");
            else
                sts__put_fixed(sink, ends_s[j], 4);
            sts__put_format(sink, "\"} %llu\n", (unsigned long long)sum);
        }
        sts__put_format(sink, "%s_sum{method=\"%s\",path=\"%s\"} ", name, routes[i].method,
                        routes[i].path);
        sts__put_seconds(sink, (int64_t)atomic_load(&metrics->routes[i].sum_ns));
        sts__put_format(sink, "\n%s_count{method=\"%s\",path=\"%s\"} %llu\n", name,
                        routes[i].method, routes[i].path, (unsigned long long)sum);
    }
}

static void put_ingest(struct sts_sink *sink, struct sts__server *server)
{
    static const char *const outcomes[STS__INGEST_OUTCOMES] = {
        [STS__INGEST_NEW] = "new",         [STS__INGEST_KNOWN] = "known",
        [STS__INGEST_EXPIRED] = "expired", [STS__INGEST_OTHER] = "passed",
        [STS__INGEST_REFUSED] = "refused",
    };
    struct sts__ingest_counts counts = sts__ingest_counts(sts__server_ingest(server));

    put_head(sink, "ingest_documents_total", "counter", "Documents by what became of them.");
    for (size_t i = 0; i < STS__INGEST_OUTCOMES; i++)
        if (outcomes[i] != NULL)
            sts__put_format(sink, "statslice_ingest_documents_total{outcome=\"%s\"} %llu\n",
                            outcomes[i], (unsigned long long)counts.documents[i]);
    put_one(sink, "ingest_requests_total", "counter", "Requests with documents.",
            (double)counts.n_requests, 0);
    put_one(sink, "ingest_rejected_total", "counter", "Of them, sent away as too many waited.",
            (double)counts.n_full, 0);
    put_one(sink, "ingest_failures_total", "counter", "Of them, that could not be stored.",
            (double)counts.n_failed, 0);
    put_one(sink, "ingest_commits_total", "counter", "Transactions.", (double)counts.n_commits, 0);
    put_one(sink, "ingest_commit_seconds_total", "counter", "Time in transactions.",
            (double)counts.commit_ns / 1e9, 6);
    put_one(sink, "ingest_queue_bytes", "gauge", "Of requests that wait or are under way.",
            (double)counts.queued_bytes, 0);
    put_one(sink, "ingest_queue_requests", "gauge", "Requests that wait or are under way.",
            (double)counts.queued_requests, 0);
}

static void put_answers(struct sts_sink *sink, struct sts__server *server)
{
    struct sts__answers_counts counts = sts__answers_counts(sts__server_answers(server));
    struct sts__makings_counts made = sts__makings_counts(sts__server_makings(server));

    put_one(sink, "answers_hits_total", "counter", "Questions answered as before.",
            (double)counts.hits, 0);
    put_one(sink, "answers_misses_total", "counter", "Questions answered anew.", (double)made.made,
            0);
    put_one(sink, "answers_joined_total", "counter",
            "Questions answered by the answer that another one was waiting for.",
            (double)made.joined, 0);
    put_one(sink, "answers_bytes", "gauge", "Answers that are kept.", (double)counts.bytes, 0);
    put_one(sink, "questions_waiting", "gauge", "Questions whose turn it is not yet.",
            (double)sts__server_waiting(server), 0);
}

static void put_connections(struct sts_sink *sink, struct sts__server *server)
{
    uint64_t ended;
    size_t count = sts__server_connections(server, &ended);

    put_one(sink, "http_connections", "gauge", "Connections that are there.", (double)count, 0);
    put_one(sink, "http_connections_late_total", "counter", "Connections ended as too slow.",
            (double)ended, 0);
}

/* Pages of this process, or 0. */
static uint64_t resident_pages(void)
{
    unsigned long long all = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");

    if (file == NULL)
        return 0;
    if (fscanf(file, "%llu %llu", &all, &resident) != 2)
        resident = 0;
    (void)fclose(file);
    return resident;
}

static void put_process(struct sts_sink *sink, const struct sts__metrics *metrics)
{
    struct rusage usage;
    double cpu_s = 0;

    if (getrusage(RUSAGE_SELF, &usage) == 0)
        cpu_s = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    sts__put_text(sink, "# HELP process_cpu_seconds_total User and system time.\n"
                        "# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total ");
    sts__put_fixed(sink, cpu_s, 3);
    sts__put_text(sink, "\n# HELP process_resident_memory_bytes Memory in use.\n"
                        "# TYPE process_resident_memory_bytes gauge\n"
                        "process_resident_memory_bytes ");
    sts__put_u64(sink, resident_pages() * (uint64_t)sysconf(_SC_PAGESIZE));
    sts__put_text(sink, "\n# HELP process_start_time_seconds Since 1970 UTC.\n"
                        "# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds ");
    sts__put_fixed(sink, (double)metrics->begin_wall_ns / 1e9, 3);
    sts__put_text(sink, "\n");
}

/* --- functions --- */

static int ask_functions(const struct sts__desk *desk, unsigned count,
                         struct sts_series **ret_series, struct sts_error *err)
{
    struct sts_query *query = NULL;
    char top[16];
    int r = sts_query_new(&query, err);

    snprintf(top, sizeof(top), "%u", count);
    if (r >= 0)
        r = sts_query_set(query, "from", FUNCTION_SPAN, err);
    if (r >= 0)
        r = sts_query_set(query, "slice", "5m", err);
    if (r >= 0)
        r = sts_query_set(query, "top", top, err);
    if (r >= 0)
        r = sts_query_add_store(query, desk->store, err);
    if (r >= 0)
        r = sts_query_finish(query, ret_series, err);
    sts_query_free(query);
    return r;
}

static int put_functions(struct sts_sink *sink, const struct sts__desk *desk, unsigned count,
                         struct sts_error *err)
{
    struct sts_series *series = NULL;
    int r = ask_functions(desk, count, &series, err);

    if (r < 0)
        return r;
    put_head(sink, "function_tottime_seconds", "gauge",
             "Own time within the last five minutes, of the functions with most of it.");
    for (size_t i = 0; i < sts_series_column_count(series); i++) {
        sts__put_text(sink, "statslice_function_tottime_seconds{function=\"");
        put_label(sink, sts_series_column_name(series, i));
        sts__put_text(sink, "\"} ");
        sts__put_seconds(sink, sts_series_column_sum(series, i));
        sts__put_text(sink, "\n");
    }
    sts_series_free(series);
    return 0;
}

int sts__metrics_route(struct sts__desk *desk, struct sts__exchange *exchange)
{
    const struct sts__metrics *metrics = sts__server_metrics(desk->server);
    struct sts_sink *sink = sts__exchange_sink(exchange);
    struct sts_error err;

    if (sink == NULL)
        return sts__exchange_fail(exchange, 503, "memory", "out of memory");
    put_requests(sink, metrics);
    put_durations(sink, metrics);
    put_one(sink, "http_request_bytes_total", "counter", "Bodies of requests.",
            (double)atomic_load(&metrics->request_bytes), 0);
    put_one(sink, "http_answer_bytes_total", "counter", "Bodies of answers.",
            (double)atomic_load(&metrics->answer_bytes), 0);
    put_one(sink, "http_answers_cut_total", "counter", "Answers that did not go out whole.",
            (double)atomic_load(&metrics->cut), 0);
    put_connections(sink, desk->server);
    put_ingest(sink, desk->server);
    put_answers(sink, desk->server);
    put_process(sink, metrics);
    if (metrics->functions > 0 && put_functions(sink, desk, metrics->functions, &err) < 0)
        return sts__exchange_fail_error(exchange, &err);
    sts__exchange_answer(exchange, 200, "text/plain; version=0.0.4; charset=utf-8");
    return 0;
}
