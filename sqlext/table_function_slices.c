/* SPDX-License-Identifier: MIT */
/*
 * table_function_slices.c - the table function_slices: what each function did in each slice.
 *
 * In:   blocks of a scan. A profile that lies across an edge is divided as the slicer does it.
 * Out:  a row a slice, series and function that has a row in one of the profiles.
 */
#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"
#include "query/axis.h"
#include "query/slice.h"
#include "sqlext/figure_columns.h"
#include "store/checksum.h"

SQLITE_EXTENSION_INIT3

#define WIDTH_DEFAULT "10m"
#define SLICES_MAX    ((int64_t)1 << 20)

enum { BEGIN_NS, END_NS, SERIES_ID, SERVICE, FIRST_FIGURE };

static const struct sts__table_column columns[] = {
    [BEGIN_NS] = { "begin_ns", "INTEGER", STS__COLUMN_BEGIN },
    [END_NS] = { "end_ns", "INTEGER", STS__COLUMN_END },
    [SERIES_ID] = { "series_id", "INTEGER", STS__COLUMN_SERIES },
    [SERVICE] = { "service", "TEXT", STS__COLUMN_SERVICE },
    STS__FIGURE_COLUMNS,
    { "width", "TEXT", STS__COLUMN_WIDTH },
    { "store", "TEXT", STS__COLUMN_STORE },
};

struct slices {
    struct sts_store *store;
    const struct sts__ask *ask; /* while they are read */
    struct sts_store_list *list;
    struct sts__lanes lanes;
    struct sts__axis axis;
    struct sts__cut cut;
    int64_t first_slice; /* its number on the axis */
    int64_t *edges_ns;
    size_t edge_count;
    struct sts__figure_rows rows;
};

static void close_rows(void *context)
{
    struct slices *slices = context;

    sts_store_list_close(slices->list);
    sts__lanes_deinit(&slices->lanes);
    sts__cut_deinit(&slices->cut);
    free(slices->edges_ns);
    sts__figure_rows_deinit(&slices->rows);
    free(slices);
}

/* --- slices --- */

static int set_axis(struct slices *slices, const char *text, struct sts_error *err)
{
    struct sts__width width;

    if (text == NULL)
        text = WIDTH_DEFAULT;
    if (sts__width_parse(text, &width) < 0 || width.fixed_ns == 0)
        return sts__fail(err, STS_E_USAGE, "\"%.40s\" is no width of a slice; say 10s, 10m or 1h",
                         text);
    sts__axis_init(&slices->axis, &width, NULL, 0, 0);
    return 0;
}

static int64_t clamp(int64_t time_ns)
{
    if (time_ns < STS__TIME_MIN_NS)
        return STS__TIME_MIN_NS;
    return time_ns > STS__TIME_MAX_NS ? STS__TIME_MAX_NS : time_ns;
}

static int64_t max(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t min(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Whole slices alone: a row is the same, whatever else is asked for. */
static int set_edges(struct slices *slices, struct sts_error *err)
{
    const struct sts__ask *ask = slices->ask;
    int64_t width_ns = slices->axis.width.fixed_ns;
    int64_t last_ns = clamp(min(slices->lanes.last_ns, ask->begin_max_ns));
    int64_t first_ns, last;

    if (slices->lanes.first_ns > slices->lanes.last_ns)
        return 0;
    last = sts__axis_index(&slices->axis, clamp(slices->lanes.first_ns));
    first_ns = sts__axis_edge(&slices->axis, last); /* of the slice: begin_max_ns may be that */
    first_ns = max(first_ns, clamp(ask->begin_min_ns));
    first_ns = max(first_ns, clamp(ask->end_min_ns) - width_ns);
    last_ns = min(last_ns, clamp(ask->end_max_ns));
    if (first_ns > last_ns)
        return 0;
    slices->first_slice = sts__axis_index(&slices->axis, clamp(first_ns));
    last = sts__axis_index(&slices->axis, last_ns);
    if (last - slices->first_slice >= SLICES_MAX)
        return sts__fail(err, STS_E_LIMIT,
                         "more than %lld slices; ask for a wider one, or for less time",
                         (long long)SLICES_MAX);
    slices->edge_count = (size_t)(last - slices->first_slice) + 2;
    slices->edges_ns = sts__alloc_array(slices->edge_count, sizeof(*slices->edges_ns));
    if (slices->edges_ns == NULL)
        return sts__fail_nomem(err);
    for (size_t i = 0; i < slices->edge_count; i++)
        slices->edges_ns[i] = sts__axis_edge(&slices->axis, slices->first_slice + (int64_t)i);
    return 0;
}

/* --- blocks --- */

static int add_row(struct slices *slices, const struct sts_scan_block *block, size_t function,
                   uint32_t slice, struct sts__figure_row **ret_row, struct sts_error *err)
{
    return sts__figure_rows_add(&slices->rows, slice, block->lane, block->function_ids[function],
                                ret_row, err);
}

/* Which slices of a run are asked for: [first, end) of it. */
static void find_asked(const struct slices *slices, const struct sts__run *run, size_t *ret_first,
                       size_t *ret_end)
{
    int64_t first = max(slices->first_slice - run->slice, 0);
    int64_t end = slices->first_slice + (int64_t)slices->edge_count - 1 - run->slice;

    end = run->outside ? 0 : min(end, (int64_t)run->count);
    *ret_first = (size_t)first;
    *ret_end = (size_t)max(first, end);
}

/* A function's figures of a profile that was cut, among its pieces. */
static int add_pieces(struct slices *slices, const struct sts_scan_block *block, size_t function,
                      struct sts_error *err)
{
    struct sts__cut *cut = &slices->cut;
    size_t first = slices->rows.count, at, k, end;
    struct sts__figure_row *row;
    int r = 0;

    for (size_t i = 0; i < cut->run_count; i++)
        for (find_asked(slices, &cut->runs[i], &k, &end); k < end; k++) {
            int64_t slice = cut->runs[i].slice + (int64_t)k - slices->first_slice;
            r = add_row(slices, block, function, (uint32_t)slice, &row, err);
            if (r < 0)
                return r;
        }
    for (size_t figure = 0; figure < STS_FIGURE_COUNT; figure++) {
        if (block->values[figure] == NULL)
            continue;
        sts__cut_share(cut, block->values[figure][function]);
        at = first;
        for (size_t i = 0; i < cut->run_count; i++)
            for (find_asked(slices, &cut->runs[i], &k, &end); k < end; k++)
                slices->rows.items[at++].values[figure] = sts__cut_part(cut, &cut->runs[i], k);
    }
    return r;
}

/*
 * At all edges, so that what rounding leaves goes to the same slices whatever is asked for; where
 * they are too many, at those that are.
 */
static int cut_profile(struct slices *slices, const struct sts_scan_span *span,
                       struct sts_error *err)
{
    int64_t from_ns = slices->edges_ns[0], to_ns = slices->edges_ns[slices->edge_count - 1];
    int64_t begin_ns = span->begin_ns, end_ns = span->end_ns;
    int r;

    if (begin_ns >= end_ns)
        r = sts__cut_at(&slices->cut, &slices->axis, begin_ns);
    else
        r = sts__cut_span(&slices->cut, &slices->axis, begin_ns, end_ns, begin_ns, end_ns);
    if (r == STS_E_LIMIT)
        r = sts__cut_span(&slices->cut, &slices->axis, begin_ns, end_ns, from_ns, to_ns);
    return r == STS_E_LIMIT ? sts__fail(err, r, "a profile spans too many slices")
           : r < 0          ? sts__fail_nomem(err)
                            : 0;
}

static int take_block(void *context, const struct sts_scan_block *block, struct sts_error *err)
{
    struct slices *slices = context;
    const struct sts_symbols *symbols = sts_store_symbols(slices->store);
    bool alone = block->slice == STS_SCAN_ALONE;
    int r = alone ? cut_profile(slices, &block->alone, err) : 0;

    for (size_t i = 0; r == 0 && i < block->function_count; i++)
        if (sts__function_is_asked(slices->ask, symbols, block->function_ids[i]))
            r = alone ? add_pieces(slices, block, i, err)
                      : sts__figure_rows_add_sums(&slices->rows, block, i, err);
    return r;
}

/* --- the table --- */

static int read_all(struct slices *slices, struct sts_error *err)
{
    struct sts_scan scan = { .by = STS_SCAN_BY_SPAN, .figures = STS__FIGURES_OF_ROW };
    int r = set_axis(slices, slices->ask->width, err);

    if (r == 0)
        r = sts_store_list_open(slices->store, &slices->list, err);
    if (r == 0)
        r = sts__lanes_choose(&slices->lanes, slices->list, slices->ask->service,
                              slices->ask->series_id, false, err);
    if (r == 0)
        r = set_edges(slices, err);
    if (r < 0 || slices->edge_count == 0)
        return r;
    scan.edges_ns = slices->edges_ns;
    scan.edge_count = slices->edge_count;
    scan.from_ns = slices->edges_ns[0];
    scan.to_ns = slices->edges_ns[slices->edge_count - 1];
    scan.lanes = slices->lanes.by_series;
    scan.series_count = slices->lanes.count;
    r = sts_store_scan(slices->store, &scan, take_block, slices, NULL, err);
    return r < 0 ? r : sts__figure_rows_settle(&slices->rows, err);
}

static int open_rows(struct sts_store *store, const struct sts__ask *ask, void **ret_rows,
                     size_t *ret_count, struct sts_error *err)
{
    struct slices *slices = calloc(1, sizeof(*slices));
    int r;

    if (slices == NULL)
        return sts__fail_nomem(err);
    slices->store = store;
    slices->ask = ask;
    sts__cut_init(&slices->cut);
    r = read_all(slices, err);
    slices->ask = NULL;
    if (r < 0) {
        close_rows(slices);
        return r;
    }
    *ret_rows = slices;
    *ret_count = slices->rows.count;
    return 0;
}

static void put_value(void *context, size_t i, int column, sqlite3_context *result)
{
    const struct slices *slices = context;
    const struct sts__figure_row *row = &slices->rows.items[i];
    size_t count;
    const struct sts_store_series *series = sts_store_list_series(slices->list, &count);

    switch (column) {
    case BEGIN_NS:
        sqlite3_result_int64(result, slices->edges_ns[row->slice]);
        break;
    case END_NS:
        sqlite3_result_int64(result, slices->edges_ns[row->slice + 1]);
        break;
    case SERIES_ID:
        sqlite3_result_int64(result, series[row->lane].id);
        break;
    case SERVICE:
        sqlite3_result_text(result, series[row->lane].service, -1, SQLITE_TRANSIENT);
        break;
    default:
        sts__figure_column_put(row, sts_store_symbols(slices->store),
                               (enum sts__figure_column)(column - FIRST_FIGURE), result);
        break;
    }
}

static uint64_t id_of(void *context, size_t i)
{
    const struct slices *slices = context;
    const struct sts__figure_row *row = &slices->rows.items[i];
    size_t count;
    const uint64_t key[] = {
        (uint64_t)slices->edges_ns[row->slice],
        sts_store_list_series(slices->list, &count)[row->lane].id,
        sts_store_order(slices->store, row->function_id),
    };

    return sts__checksum(key, sizeof(key), 0);
}

const struct sts__table_kind sts__table_function_slices = {
    .name = "function_slices",
    .columns = columns,
    .column_count = sizeof(columns) / sizeof(columns[0]),
    .open = open_rows,
    .value = put_value,
    .id = id_of,
    .close = close_rows,
};
