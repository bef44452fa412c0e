/* SPDX-License-Identifier: MIT */
/*
 * info_store.c - what a store holds, as text or JSON.
 */
#include "cli/info_store.h"

#include <inttypes.h>
#include <string.h>

#include <statslice/store.h>

#include "cli/info_write.h"
#include "cli/out.h"

static const char *const level_names[] = { "raw", "1 min", "10 min", "1 h", "1 d" };
#define LEVEL_COUNT (sizeof(level_names) / sizeof(*level_names))

/* All series of one service; they stand side by side. */
struct service {
    const char *name;
    uint64_t n_profiles;
    size_t series_count;
    int64_t first_ns, last_ns;
};

static const char *level_name(unsigned level)
{
    return level < LEVEL_COUNT ? level_names[level] : "?";
}

int cli_info_tally_store(const struct sts_store_list *list, struct cli_tally *labels,
                         struct sts_error *err)
{
    size_t count;
    const struct sts_store_series *series = sts_store_list_series(list, &count);
    int r = 0;

    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < series[i].label_count && r >= 0; k++)
            r = cli_tally_add(labels, series[i].label_keys[k], series[i].label_values[k],
                              series[i].n_profiles, err);
    return r;
}

/* The service whose first series is the i-th. */
static struct service service_at(const struct sts_store_series *series, size_t count, size_t i)
{
    struct service service = { series[i].service, 0, 0, series[i].first_ns, series[i].last_ns };

    for (; i < count && strcmp(series[i].service, service.name) == 0; i++) {
        service.n_profiles += series[i].n_profiles;
        service.series_count++;
        if (series[i].first_ns < service.first_ns)
            service.first_ns = series[i].first_ns;
        if (series[i].last_ns > service.last_ns)
            service.last_ns = series[i].last_ns;
    }
    return service;
}

/* All services as one. */
static struct service sum_of(const struct sts_store_series *series, size_t count)
{
    struct service sum = { "", 0, 0, 0, 0 };

    for (size_t i = 0; i < count; i += service_at(series, count, i).series_count) {
        struct service service = service_at(series, count, i);
        if (i == 0 || service.first_ns < sum.first_ns)
            sum.first_ns = service.first_ns;
        if (i == 0 || service.last_ns > sum.last_ns)
            sum.last_ns = service.last_ns;
        sum.n_profiles += service.n_profiles;
        sum.series_count += service.series_count;
    }
    return sum;
}

/* --- text --- */

static void put_count(struct sts_sink *sink, const char *name, uint64_t value, const char *unit)
{
    char text[CLI_TIME_TEXT_BYTES];

    cli_group_digits(text, value);
    cli_put_format(sink, "  %-10s  %s%s\n", name, text, unit);
}

static void put_span(struct sts_sink *sink, int64_t first_ns, int64_t last_ns)
{
    char first[CLI_TIME_TEXT_BYTES], last[CLI_TIME_TEXT_BYTES];

    cli_time_text(first, first_ns);
    cli_time_text(last, last_ns);
    cli_put_format(sink, "%s to %s", first, last);
}

static void put_services(const struct sts_store_series *series, size_t count, struct sts_sink *sink)
{
    for (size_t i = 0; i < count;) {
        struct service service = service_at(series, count, i);
        char profiles[CLI_TIME_TEXT_BYTES];
        cli_group_digits(profiles, service.n_profiles);
        cli_put_format(sink, "  %-10s  ", i == 0 ? "services" : "");
        cli_put_shown(sink, service.name[0] != '\0' ? service.name : "(none)");
        cli_put_format(sink, ": %s %s, %zu series, ", profiles,
                       service.n_profiles == 1 ? "profile" : "profiles", service.series_count);
        put_span(sink, service.first_ns, service.last_ns);
        cli_put(sink, "\n");
        i += service.series_count;
    }
}

static void put_levels(const struct sts_store_list *list, struct sts_sink *sink)
{
    size_t count;
    const struct sts_store_level *levels = sts_store_list_levels(list, &count);
    bool first = true;

    for (unsigned level = 0; level < LEVEL_COUNT; level++) {
        struct sts_store_level sum = { .level = level };
        char profiles[CLI_TIME_TEXT_BYTES], rows[CLI_TIME_TEXT_BYTES], bytes[CLI_TIME_TEXT_BYTES];
        for (size_t i = 0; i < count; i++) {
            if (levels[i].level != level)
                continue;
            sum.n_profiles += levels[i].n_profiles;
            sum.n_rows += levels[i].n_rows;
            sum.n_bytes += levels[i].n_bytes;
        }
        if (sum.n_profiles == 0)
            continue;
        cli_group_digits(profiles, sum.n_profiles);
        cli_group_digits(rows, sum.n_rows);
        cli_group_digits(bytes, sum.n_bytes);
        cli_put_format(sink, "  %-10s  %s: %s profiles, %s rows, %s bytes\n", first ? "levels" : "",
                       level_name(level), profiles, rows, bytes);
        first = false;
    }
}

void cli_info_store_text(const struct sts_store_list *list, const struct cli_tally *labels,
                         struct sts_sink *sink)
{
    size_t count;
    const struct sts_store_series *series = sts_store_list_series(list, &count);
    struct service sum = sum_of(series, count);

    cli_put_format(sink, "  %-10s  %s\n", "format", "store");
    put_count(sink, "size", sts_store_list_bytes(list), " bytes");
    put_count(sink, "profiles", sum.n_profiles, "");
    if (count > 0) {
        cli_put_format(sink, "  %-10s  ", "span");
        put_span(sink, sum.first_ns, sum.last_ns);
        cli_put(sink, "\n");
    }
    put_count(sink, "functions", sts_store_list_functions(list), "");
    put_services(series, count, sink);
    cli_info_labels_text(labels, sink);
    put_levels(list, sink);
}

/* --- JSON --- */

static void put_span_json(struct sts_sink *sink, const struct service *service)
{
    char first[CLI_TIME_TEXT_BYTES], last[CLI_TIME_TEXT_BYTES];

    cli_time_text(first, service->first_ns);
    cli_time_text(last, service->last_ns);
    if (service->series_count == 0)
        cli_put(sink, "\"begin\": null, \"end\": null");
    else
        cli_put_format(sink, "\"begin\": \"%s\", \"end\": \"%s\"", first, last);
}

static void put_services_json(const struct sts_store_series *series, size_t count,
                              struct sts_sink *sink)
{
    cli_put(sink, ", \"services\": [");
    for (size_t i = 0; i < count;) {
        struct service service = service_at(series, count, i);
        cli_put(sink, i == 0 ? "{\"service\": " : ", {\"service\": ");
        cli_put_json(sink, service.name);
        cli_put_format(sink, ", \"profiles\": %" PRIu64 ", \"series\": %zu, ", service.n_profiles,
                       service.series_count);
        put_span_json(sink, &service);
        cli_put(sink, "}");
        i += service.series_count;
    }
    cli_put(sink, "]");
}

static void put_levels_json(const struct sts_store_list *list, struct sts_sink *sink)
{
    size_t count;
    const struct sts_store_level *levels = sts_store_list_levels(list, &count);

    cli_put(sink, ", \"levels\": [");
    for (size_t i = 0; i < count; i++) {
        const struct sts_store_level *level = &levels[i];
        cli_put(sink, i == 0 ? "{\"service\": " : ", {\"service\": ");
        cli_put_json(sink, level->service);
        cli_put_format(sink,
                       ", \"level\": \"%s\", \"chunks\": %" PRIu64 ", \"profiles\": %" PRIu64
                       ", \"rows\": %" PRIu64 ", \"edges\": %" PRIu64 ", \"bytes\": %" PRIu64 "}",
                       level_name(level->level), level->n_chunks, level->n_profiles, level->n_rows,
                       level->n_edges, level->n_bytes);
    }
    cli_put(sink, "]");
}

void cli_info_store_json(const struct sts_store_list *list, const struct cli_tally *labels,
                         struct sts_sink *sink)
{
    size_t count;
    const struct sts_store_series *series = sts_store_list_series(list, &count);
    struct service sum = sum_of(series, count);

    cli_put_format(sink,
                   ", \"format\": \"store\", \"bytes\": %" PRIu64 ", \"profiles\": %" PRIu64
                   ", \"functions\": %" PRIu64 ", ",
                   sts_store_list_bytes(list), sum.n_profiles, sts_store_list_functions(list));
    put_span_json(sink, &sum);
    cli_info_labels_json(labels, sink);
    put_services_json(series, count, sink);
    put_levels_json(list, sink);
}
