/* SPDX-License-Identifier: MIT */
/*
 * table_functions.c - the table functions: what each function of a service did in a span of time.
 *
 * In:   blocks of a scan with one slice, the span. A profile across its ends counts in proportion,
 *       as in the profile of a span that stats shows.
 */
#include <stdlib.h>

#include <statslice/total.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/zone.h"
#include "query/axis.h"
#include "query/moment.h"
#include "sqlext/figure_columns.h"
#include "store/checksum.h"

SQLITE_EXTENSION_INIT3

enum { SERVICE, FIRST_FIGURE };

static const struct sts__table_column columns[] = {
    [SERVICE] = { "service", "TEXT", STS__COLUMN_SERVICE },
    STS__FIGURE_COLUMNS,
    { "from_time", "TEXT", STS__COLUMN_FROM },
    { "to_time", "TEXT", STS__COLUMN_TO },
    { "store", "TEXT", STS__COLUMN_STORE },
};

struct functions {
    struct sts_store *store;
    const struct sts__ask *ask; /* while they are read */
    struct sts_store_list *list;
    struct sts__lanes lanes;
    struct sts_total *total;
    struct sts_profile *part; /* of a profile across an end */
    struct sts__figure_rows rows;
};

static void close_rows(void *context)
{
    struct functions *functions = context;

    sts_store_list_close(functions->list);
    sts__lanes_deinit(&functions->lanes);
    sts_total_free(functions->total);
    sts_profile_free(functions->part);
    sts__figure_rows_deinit(&functions->rows);
    free(functions);
}

/* --- blocks --- */

static int add_row(struct functions *functions, uint32_t lane, uint32_t function_id,
                   struct sts__figure_row **ret_row, struct sts_error *err)
{
    return sts__figure_rows_add(&functions->rows, 0, lane, function_id, ret_row, err);
}

static int64_t value_of(const struct sts_scan_block *block, enum sts_figure figure, size_t i)
{
    return block->values[figure] == NULL ? 0 : block->values[figure][i];
}

static int add_to_part(struct functions *functions, const struct sts_scan_block *block, size_t i,
                       struct sts_error *err)
{
    const struct sts_figures figures = {
        .ncalls = (uint64_t)value_of(block, STS_FIGURE_NCALLS, i),
        .pcalls = (uint64_t)value_of(block, STS_FIGURE_PCALLS, i),
        .tottime_ns = value_of(block, STS_FIGURE_TOTTIME, i),
        .cumtime_ns = value_of(block, STS_FIGURE_CUMTIME, i),
    };
    const struct sts_coro coro = {
        .n_resumes = (uint64_t)value_of(block, STS_FIGURE_RESUMES, i),
        .awaittime_ns = value_of(block, STS_FIGURE_AWAITTIME, i),
    };
    int r = sts_profile_add(functions->part, block->function_ids[i], &figures, err);

    return r < 0 ? r : sts_profile_add_coro(functions->part, block->function_ids[i], &coro, err);
}

static int take_part(struct functions *functions, uint32_t lane, struct sts_error *err)
{
    size_t count = sts_profile_function_count(functions->part);
    int r = 0;

    for (size_t i = 0; r == 0 && i < count; i++) {
        const struct sts_figures *figures = sts_profile_figures(functions->part, i);
        struct sts_coro coro = sts_profile_coro(functions->part, i);
        struct sts__figure_row *row;
        r = add_row(functions, lane, sts_profile_function_id(functions->part, i), &row, err);
        if (r < 0)
            return r;
        row->values[STS_FIGURE_NCALLS] = (int64_t)figures->ncalls;
        row->values[STS_FIGURE_PCALLS] = (int64_t)figures->pcalls;
        row->values[STS_FIGURE_TOTTIME] = figures->tottime_ns;
        row->values[STS_FIGURE_CUMTIME] = figures->cumtime_ns;
        row->values[STS_FIGURE_RESUMES] = (int64_t)coro.n_resumes;
        row->values[STS_FIGURE_AWAITTIME] = coro.awaittime_ns;
    }
    return r;
}

static int take_alone(struct functions *functions, const struct sts_scan_block *block,
                      struct sts_error *err)
{
    int r = 0;

    if (functions->part == NULL)
        functions->part = sts_profile_new(sts_store_symbols(functions->store));
    if (functions->part == NULL)
        return sts__fail_nomem(err);
    sts_profile_clear(functions->part);
    sts_profile_set_span(functions->part, block->alone.begin_ns, block->alone.end_ns);
    for (size_t i = 0; r == 0 && i < block->function_count; i++)
        r = add_to_part(functions, block, i, err);
    if (r == 0)
        r = sts_total_cut(functions->total, functions->part, err);
    return r <= 0 ? r : take_part(functions, block->lane, err);
}

static int take_block(void *context, const struct sts_scan_block *block, struct sts_error *err)
{
    struct functions *functions = context;
    const struct sts_symbols *symbols = sts_store_symbols(functions->store);
    int r = 0;

    if (block->slice == STS_SCAN_ALONE)
        return take_alone(functions, block, err);
    for (size_t i = 0; r == 0 && i < block->function_count; i++)
        if (sts__function_is_asked(functions->ask, symbols, block->function_ids[i]))
            r = sts__figure_rows_add_sums(&functions->rows, block, i, err);
    return r;
}

/* --- the table --- */

static int read_moment(struct sts_total *total, const char *option, const char *text,
                       const struct sts__zone *zone, int64_t *ret_ns, struct sts_error *err)
{
    int r;

    if (text == NULL)
        return 0;
    r = sts_total_set(total, option, text, err);
    return r < 0 ? r : sts__moment_parse(text, zone, sts__clock_wall_ns(), ret_ns);
}

static int read_span(struct functions *functions, int64_t edges_ns[2], struct sts_error *err)
{
    struct sts__zone *zone = NULL;
    int64_t now_ns = sts__clock_wall_ns();
    int r = sts_total_new(NULL, &functions->total, err);

    if (r == 0)
        r = sts__zone_new("UTC", &zone, err);
    if (r < 0)
        return r;
    sts_total_set_now_ns(functions->total, now_ns);
    edges_ns[0] = STS__TIME_MIN_NS;
    edges_ns[1] = STS__TIME_MAX_NS;
    r = read_moment(functions->total, "from", functions->ask->from_text, zone, &edges_ns[0], err);
    if (r == 0)
        r = read_moment(functions->total, "to", functions->ask->to_text, zone, &edges_ns[1], err);
    if (r == 0 && edges_ns[0] >= edges_ns[1])
        r = sts__fail(err, STS_E_USAGE, "from_time must be before to_time");
    sts__zone_free(zone);
    return r;
}

static int read_all(struct functions *functions, struct sts_error *err)
{
    struct sts_scan scan = { .by = STS_SCAN_BY_SPAN, .figures = STS__FIGURES_OF_ROW };
    int64_t edges_ns[2];
    int r = read_span(functions, edges_ns, err);

    if (r == 0)
        r = sts_store_list_open(functions->store, &functions->list, err);
    if (r == 0)
        r = sts__lanes_choose(&functions->lanes, functions->list, functions->ask->service, -1, true,
                              err);
    if (r < 0 || functions->lanes.first_ns > functions->lanes.last_ns)
        return r;
    scan.edges_ns = edges_ns;
    scan.edge_count = 2;
    scan.from_ns = edges_ns[0];
    scan.to_ns = edges_ns[1];
    scan.lanes = functions->lanes.by_series;
    scan.series_count = functions->lanes.count;
    r = sts_store_scan(functions->store, &scan, take_block, functions, NULL, err);
    return r < 0 ? r : sts__figure_rows_settle(&functions->rows, err);
}

static int open_rows(struct sts_store *store, const struct sts__ask *ask, void **ret_rows,
                     size_t *ret_count, struct sts_error *err)
{
    struct functions *functions = calloc(1, sizeof(*functions));
    int r;

    if (functions == NULL)
        return sts__fail_nomem(err);
    functions->store = store;
    functions->ask = ask;
    r = read_all(functions, err);
    functions->ask = NULL;
    if (r < 0) {
        close_rows(functions);
        return r;
    }
    *ret_rows = functions;
    *ret_count = functions->rows.count;
    return 0;
}

static void put_value(void *context, size_t i, int column, sqlite3_context *result)
{
    const struct functions *functions = context;
    const struct sts__figure_row *row = &functions->rows.items[i];
    size_t count;

    if (column == SERVICE)
        sqlite3_result_text(result,
                            sts_store_list_series(functions->list, &count)[row->lane].service, -1,
                            SQLITE_TRANSIENT);
    else
        sts__figure_column_put(row, sts_store_symbols(functions->store),
                               (enum sts__figure_column)(column - FIRST_FIGURE), result);
}

static uint64_t id_of(void *context, size_t i)
{
    const struct functions *functions = context;
    const struct sts__figure_row *row = &functions->rows.items[i];
    size_t count; /* the lane: the first series of the service */
    const uint64_t key[] = {
        sts_store_list_series(functions->list, &count)[row->lane].id,
        sts_store_order(functions->store, row->function_id),
    };

    return sts__checksum(key, sizeof(key), 0);
}

const struct sts__table_kind sts__table_functions = {
    .name = "functions",
    .columns = columns,
    .column_count = sizeof(columns) / sizeof(columns[0]),
    .open = open_rows,
    .value = put_value,
    .id = id_of,
    .close = close_rows,
};
