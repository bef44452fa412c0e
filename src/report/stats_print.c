/* SPDX-License-Identifier: MIT */
/*
 * stats_print.c - the tables of pstats: print_stats, print_callers, print_callees.
 *
 * In:   a profile and what to show of it.
 * Out:  what CPython's pstats prints (3.8 to 3.13 print the same), byte for byte.
 * Not:  the list of top-level functions that pstats keeps for files of "jprofile".
 */
#include <stdlib.h>
#include <string.h>

#include <statslice/report.h>

#include "base/escape.h"
#include "base/fail.h"
#include "base/mem.h"
#include "base/num.h"
#include "report/stats.h"

#define STS__RESTRICTIONS_MAX ((size_t)1024)

/* One table on its way out. */
struct table {
    const struct sts_stats_options *options;
    struct sts__stats stats;
    struct sts__order order;
    struct sts__restriction *restrictions;
    uint32_t *list; /* rows that are shown */
    size_t list_count;
    size_t width; /* of the column of names, for callers and callees */
    struct sts_sink *sink;
};

/* --- pieces --- */

static void put_spaces(struct sts_sink *sink, size_t count)
{
    static const char spaces[] = "                                                                ";
    for (size_t n; count > 0; count -= n) {
        n = count < sizeof(spaces) - 1 ? count : sizeof(spaces) - 1;
        sts_sink_write(sink, spaces, n);
    }
}

static void put_right(struct sts_sink *sink, const char *text, size_t len, size_t width)
{
    if (len < width)
        put_spaces(sink, width - len);
    sts_sink_write(sink, text, len);
}

/* "%8.3f" */
static void put_f8(struct sts_sink *sink, double value)
{
    char text[STS_NUM_TEXT_BYTES];
    put_right(sink, text, sts__num_fixed(text, value, 3), 8);
}

/* "23", or "23/3" where some calls were recursive. */
static void put_calls(struct sts_sink *sink, const struct sts__stats_figures *figures, size_t width)
{
    char text[2 * STS_NUM_TEXT_BYTES];
    size_t len = sts__num_u64(text, figures->ncalls);

    if (figures->ncalls != figures->pcalls) {
        text[len++] = '/';
        len += sts__num_u64(text + len, figures->pcalls);
    }
    put_right(sink, text, len, width);
}

static void put_function(const struct table *table, uint32_t function)
{
    sts_sink_write(table->sink, sts__stats_text(&table->stats, function),
                   table->stats.functions[function].text_len);
}

/* Blank where nothing was called. */
static void put_per_call(struct sts_sink *sink, double seconds, uint64_t calls)
{
    if (calls == 0)
        put_spaces(sink, 8);
    else
        put_f8(sink, seconds / (double)calls);
}

/* --- headings --- */

static void put_names(const struct sts_stats_options *options, struct sts_sink *sink)
{
    for (size_t i = 0; i < options->name_count; i++) {
        const char *date = options->dates == NULL ? NULL : options->dates[i];
        if (date != NULL) {
            sts__put_text(sink, date);
            sts__put_text(sink, "    ");
        }
        sts__put_text(sink, options->names[i]);
        sts__put_text(sink, "\n");
    }
    if (options->name_count > 0)
        sts__put_text(sink, "\n");
}

static void put_totals(const struct sts__stats_figures *totals, struct sts_sink *sink)
{
    put_spaces(sink, 9);
    sts__put_u64(sink, totals->ncalls);
    sts__put_text(sink, " function calls ");
    if (totals->ncalls != totals->pcalls) {
        sts__put_text(sink, "(");
        sts__put_u64(sink, totals->pcalls);
        sts__put_text(sink, " primitive calls) ");
    }
    sts__put_text(sink, "in ");
    sts__put_fixed(sink, totals->tottime_s, 3);
    sts__put_text(sink, " seconds\n\n");
}

static int put_order(const struct table *table, struct sts_error *err)
{
    struct sts_sink *sink = table->sink;

    if (table->order.key_count == 0) {
        sts__put_text(sink, "   Random listing order was used\n");
    } else {
        sts__put_text(sink, "   Ordered by: ");
        for (size_t i = 0; i < table->order.key_count; i++) {
            sts__put_text(sink, i == 0 ? "" : ", ");
            sts__put_text(sink, sts__order_title(&table->order, i));
        }
        sts__put_text(sink, "\n");
    }
    for (size_t i = 0; i < table->options->restriction_count; i++) {
        int r = sts__restriction_put(&table->restrictions[i], sink, err);
        if (r < 0)
            return r;
    }
    sts__put_text(sink, "\n");
    return 0;
}

/* --- print_stats --- */

static void put_row(const struct table *table, const struct sts__stats_row *row)
{
    const struct sts__stats_figures *figures = &row->figures;
    struct sts_sink *sink = table->sink;

    put_calls(sink, figures, 9);
    sts__put_text(sink, " ");
    put_f8(sink, figures->tottime_s);
    sts__put_text(sink, " ");
    put_per_call(sink, figures->tottime_s, figures->ncalls);
    sts__put_text(sink, " ");
    put_f8(sink, figures->cumtime_s);
    sts__put_text(sink, " ");
    put_per_call(sink, figures->cumtime_s, figures->pcalls);
    sts__put_text(sink, " ");
    put_function(table, row->function);
    sts__put_text(sink, "\n");
}

static int put_stats(struct table *table, struct sts_error *err)
{
    (void)err;
    sts__put_text(table->sink, "   ncalls  tottime  percall  cumtime  percall "
                               "filename:lineno(function)\n");
    for (size_t i = 0; i < table->list_count; i++)
        put_row(table, &table->stats.rows[table->list[i]]);
    return 0;
}

/* --- print_callers, print_callees --- */

/* One line of a function's list of callers or callees. */
struct relation {
    const struct sts__stats *stats;
    uint32_t function; /* whose list it is in */
    uint32_t other;    /* the caller, or the callee */
    uint32_t edge;
};

static int compare_relations(const void *left, const void *right)
{
    const struct relation *l = left, *r = right;

    if (l->function != r->function)
        return l->function < r->function ? -1 : 1;
    return sts__stats_compare_functions(l->stats, l->other, r->other);
}

/* As `profile` stores it: how often it called. The time is all that the other one took. */
static void put_count(const struct table *table, const struct relation *relation)
{
    const struct sts__stats *stats = &table->stats;
    uint32_t row = stats->functions[relation->other].row;

    put_function(table, relation->other);
    sts__put_text(table->sink, "(");
    sts__put_u64(table->sink, stats->edges[relation->edge].figures.ncalls);
    sts__put_text(table->sink, ") ");
    put_f8(table->sink, row == STS__STATS_NO_ROW ? 0.0 : stats->rows[row].figures.cumtime_s);
}

static void put_figures(const struct table *table, const struct relation *relation,
                        size_t calls_width)
{
    const struct sts__stats_figures *figures = &table->stats.edges[relation->edge].figures;

    put_calls(table->sink, figures, calls_width);
    sts__put_text(table->sink, " ");
    put_f8(table->sink, figures->tottime_s);
    sts__put_text(table->sink, " ");
    put_f8(table->sink, figures->cumtime_s);
    sts__put_text(table->sink, "  ");
    put_function(table, relation->other);
}

static void put_relations(const struct table *table, uint32_t function, const char *arrow,
                          const struct relation *relations, size_t count)
{
    const struct sts__stats_function *source = &table->stats.functions[function];
    bool counts_only = table->stats.counts_only;

    put_function(table, function);
    put_spaces(table->sink,
               table->width > source->text_points ? table->width - source->text_points : 0);
    sts__put_text(table->sink, arrow);
    sts__put_text(table->sink, " ");
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            put_spaces(table->sink, table->width + (counts_only ? 3 : 1));
        if (counts_only)
            put_count(table, &relations[i]);
        else
            put_figures(table, &relations[i], i == 0 ? 7 : 9);
        sts__put_text(table->sink, "\n");
    }
    if (count == 0)
        sts__put_text(table->sink, "\n");
}

static struct relation *sorted_relations(const struct sts__stats *stats, bool callers)
{
    struct relation *relations = sts__alloc_array(stats->edge_count, sizeof(*relations));

    if (relations == NULL)
        return NULL;
    for (size_t i = 0; i < stats->edge_count; i++) {
        const struct sts__stats_edge *edge = &stats->edges[i];
        relations[i] = (struct relation){ stats, callers ? edge->callee : edge->caller,
                                          callers ? edge->caller : edge->callee, (uint32_t)i };
    }
    qsort(relations, stats->edge_count, sizeof(*relations), compare_relations);
    return relations;
}

/* The first relation of a function or of one behind it: a binary search. */
static size_t first_relation(const struct relation *relations, size_t count, uint32_t function)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (relations[middle].function < function)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int put_calls_table(struct table *table, const char *title, const char *arrow,
                           struct sts_error *err)
{
    bool callers = table->options->table == STS_STATS_TABLE_CALLERS;
    const struct sts__stats *stats = &table->stats;
    struct relation *relations = sorted_relations(stats, callers);

    if (relations == NULL)
        return sts__fail_nomem(err);
    sts__put_text(table->sink, "Function ");
    put_spaces(table->sink, table->width > 9 ? table->width - 9 : 0);
    sts__put_text(table->sink, title);
    sts__put_text(table->sink, "\n");
    if (stats->edge_count > 0 && !stats->counts_only) {
        put_spaces(table->sink, table->width);
        sts__put_text(table->sink, "    ncalls  tottime  cumtime\n");
    }
    for (size_t i = 0; i < table->list_count; i++) {
        uint32_t function = stats->rows[table->list[i]].function;
        size_t first = first_relation(relations, stats->edge_count, function);
        size_t behind = first_relation(relations, stats->edge_count, function + 1);
        put_relations(table, function, arrow, relations + first, behind - first);
    }
    free(relations);
    return 0;
}

static int put_callers(struct table *table, struct sts_error *err)
{
    return put_calls_table(table, "was called by...", "<-", err);
}

static int put_callees(struct table *table, struct sts_error *err)
{
    return put_calls_table(table, "called...", "->", err);
}

static int (*const put_tables[])(struct table *table, struct sts_error *err) = {
    [STS_STATS_TABLE_STATS] = put_stats,
    [STS_STATS_TABLE_CALLERS] = put_callers,
    [STS_STATS_TABLE_CALLEES] = put_callees,
};

/* --- the list --- */

static int make_list(struct table *table, struct sts_error *err)
{
    const struct sts_stats_options *options = table->options;
    int r;

    table->list = sts__alloc_array(table->stats.row_count, sizeof(*table->list));
    if (table->list == NULL)
        return sts__fail_nomem(err);
    r = sts__order_sort(&table->order, &table->stats, options->reverse, table->list, err);
    table->list_count = table->stats.row_count;
    for (size_t i = 0; i < options->restriction_count && r == 0; i++)
        r = sts__restriction_apply(&table->restrictions[i], &table->stats, table->list,
                                   &table->list_count, err);
    for (size_t i = 0; i < table->list_count; i++) {
        uint32_t function = table->stats.rows[table->list[i]].function;
        size_t points = table->stats.functions[function].text_points;
        table->width = points > table->width ? points : table->width;
    }
    table->width += 2;
    return r;
}

static int read_options(struct table *table, struct sts_error *err)
{
    const struct sts_stats_options *options = table->options;
    int r = sts__order_init(&table->order, options->sort_keys, options->sort_key_count, err);

    if (r == 0 && options->restriction_count > STS__RESTRICTIONS_MAX)
        r = sts__fail(err, STS_E_LIMIT, "%zu restrictions, at most %zu", options->restriction_count,
                      STS__RESTRICTIONS_MAX);
    if (r < 0)
        return r;
    table->restrictions =
        sts__alloc_array(options->restriction_count, sizeof(*table->restrictions));
    if (table->restrictions == NULL)
        return sts__fail_nomem(err);
    for (size_t i = 0; i < options->restriction_count && r == 0; i++)
        r = sts__restriction_init(&table->restrictions[i], options->restrictions[i], err);
    return r;
}

static int print(struct table *table, struct sts_error *err)
{
    int r;

    if (table->options->table == STS_STATS_TABLE_STATS) {
        put_names(table->options, table->sink);
        put_totals(&table->stats.totals, table->sink);
    }
    if (table->list_count == 0)
        return 0;
    r = put_order(table, err);
    if (r == 0)
        r = put_tables[table->options->table](table, err);
    sts__put_text(table->sink, "\n\n");
    return r;
}

int sts_stats_print(const struct sts_profile *const *profiles, size_t profile_count,
                    const struct sts_stats_options *options, struct sts_sink *sink,
                    struct sts_error *err)
{
    struct table table = { .options = options, .sink = sink };
    int r = read_options(&table, err);

    if (r == 0)
        r = sts__stats_load(&table.stats, profiles, profile_count, options->strip_dirs, err);
    if (r == 0)
        r = make_list(&table, err);
    if (r == 0)
        r = print(&table, err);
    if (r == 0 && sts_sink_status(sink) < 0)
        r = sts__fail(err, (enum sts_status)sts_sink_status(sink), "could not write the table");
    for (size_t i = 0; table.restrictions != NULL && i < options->restriction_count; i++)
        sts__restriction_deinit(&table.restrictions[i]);
    free(table.restrictions);
    free(table.list);
    sts__stats_deinit(&table.stats);
    return r;
}
