/* SPDX-License-Identifier: MIT */
/*
 * diff_table.c - a comparison as a table for people: a line for each group.
 *
 * In:   a comparison, and how many cells the terminal is wide.
 * Out:  what is compared, a line for each row, other and total, and notes.
 * Why:  changes are lined up in one unit, which the largest of them chooses; the time of a call has
 *       the unit that suits it. Where the terminal is narrow, columns go until the names have room,
 *       those that tell least first.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/num.h"
#include "base/timetext.h"
#include "report/diff_write.h"
#include "report/series_edge.h"

#define GAP_CELLS       2  /* between two columns */
#define LABEL_CELLS_MIN 24 /* columns go until labels have so many */
#define DATE_LEN        10 /* "2024-05-05" */
#define CELL_BYTES      STS_NUM_TEXT_BYTES

#define BOLD  "\x1b[1m"
#define DIM   "\x1b[2m"
#define RED   "\x1b[31m"
#define GREEN "\x1b[32m"
#define PLAIN "\x1b[0m"

struct shown_unit {
    double factor_ns; /* taken where the largest figure is at least this */
    const char *of_sums, *of_rates;
};

static const struct shown_unit shown_units[] = {
    { 1e9, "s", "s/s" }, { 1e6, "ms", "ms/s" }, { 1e3, "us", "us/s" }, { 0, "ns", "ns/s" }
};

enum column {
    COLUMN_CHANGE,
    COLUMN_PERCENT,
    COLUMN_MORE_OFTEN,
    COLUMN_SLOWER,
    COLUMN_BASE,
    COLUMN_NEW,
    COLUMN_BASE_CALLS,
    COLUMN_NEW_CALLS,
    COLUMN_BASE_CALL,
    COLUMN_NEW_CALL,
    COLUMN_COUNT,
};

/* What tells least goes first. */
static const enum column leaving[][2] = {
    { COLUMN_BASE, COLUMN_NEW },
    { COLUMN_BASE_CALLS, COLUMN_NEW_CALLS },
    { COLUMN_BASE_CALL, COLUMN_NEW_CALL },
    { COLUMN_PERCENT, COLUMN_PERCENT },
};

struct table {
    const struct sts_diff *diff;
    const struct sts_series_write_options *options;
    struct sts_sink *sink;
    struct shown_unit unit;
    bool shown[COLUMN_COUNT];
    size_t widths[COLUMN_COUNT];
    unsigned call_decimals;
};

/* --- cells --- */

static const char *heading(const struct table *table, enum column column)
{
    static const char *const headings[COLUMN_COUNT] = {
        [COLUMN_CHANGE] = "change",
        [COLUMN_PERCENT] = "%",
        [COLUMN_MORE_OFTEN] = "more often",
        [COLUMN_SLOWER] = "slower",
        [COLUMN_BASE] = "base",
        [COLUMN_NEW] = "new",
        [COLUMN_BASE_CALLS] = "calls/s",
        [COLUMN_NEW_CALLS] = "new",
        [COLUMN_BASE_CALL] = "per call",
        [COLUMN_NEW_CALL] = "new",
    };

    if (column == COLUMN_BASE_CALLS && sts_diff_per(table->diff) == STS_DIFF_PER_TOTAL)
        return "calls";
    return headings[column];
}

static size_t signed_text(const struct table *table, int64_t ns, char text[CELL_BYTES])
{
    double factor_ns = table->unit.factor_ns > 0 ? table->unit.factor_ns : 1;
    size_t len = ns > 0;

    text[0] = '+';
    return len + sts__num_fixed(text + len, (double)ns / factor_ns, factor_ns > 1 ? 3 : 0);
}

static size_t amount_text(const struct table *table, int64_t ns, char text[CELL_BYTES])
{
    double factor_ns = table->unit.factor_ns > 0 ? table->unit.factor_ns : 1;

    return sts__num_fixed(text, (double)ns / factor_ns, factor_ns > 1 ? 3 : 0);
}

/* The change as a share of what was before; in its place, that there was nothing before or behind.
 */
static size_t percent_text(const struct sts_diff_row *row, char text[CELL_BYTES])
{
    const int64_t base_ns = row->of[STS_DIFF_BASE].amount_ns;
    double percent;
    size_t len;

    if (row->state != STS_DIFF_BOTH)
        return (size_t)snprintf(text, CELL_BYTES, "%s", sts_diff_state_name(row->state));
    if (base_ns == 0)
        return (size_t)snprintf(text, CELL_BYTES, "-");
    percent = 100.0 * (double)row->change_ns / (double)base_ns;
    if (fabs(percent) < 0.05)
        percent = 0; /* no sign of nothing */
    len = percent > 0;
    text[0] = '+';
    return len + sts__num_fixed(text + len, percent, fabs(percent) < 99.95 ? 1 : 0);
}

/* Three digits that count, in the unit that suits them: "12.4 ms". */
static size_t per_call_text(const struct sts_diff_figures *figures, char text[CELL_BYTES])
{
    const struct shown_unit *unit = shown_units;
    double ns, shown;
    size_t len;

    if (!sts_diff_per_call(figures, &ns))
        return (size_t)snprintf(text, CELL_BYTES, "-");
    while (unit->factor_ns > 0 && ns < unit->factor_ns * 0.9995)
        unit++;
    shown = unit->factor_ns > 0 ? ns / unit->factor_ns : ns;
    len = sts__num_fixed(text, shown, shown >= 99.95 ? 0 : shown >= 9.995 ? 1 : 2);
    return len + (size_t)snprintf(text + len, CELL_BYTES - len, " %s", unit->of_sums);
}

static size_t cell_text(const struct table *table, enum column column,
                        const struct sts_diff_row *row, char text[CELL_BYTES])
{
    enum sts_diff_side side =
        column == COLUMN_NEW || column == COLUMN_NEW_CALLS || column == COLUMN_NEW_CALL
            ? STS_DIFF_NEW
            : STS_DIFF_BASE;

    switch (column) {
    case COLUMN_CHANGE:
        return signed_text(table, row->change_ns, text);
    case COLUMN_PERCENT:
        return percent_text(row, text);
    case COLUMN_MORE_OFTEN:
        return signed_text(table, row->more_often_ns, text);
    case COLUMN_SLOWER:
        return signed_text(table, row->slower_ns, text);
    case COLUMN_BASE:
    case COLUMN_NEW:
        return amount_text(table, row->of[side].amount_ns, text);
    case COLUMN_BASE_CALLS:
    case COLUMN_NEW_CALLS:
        return sts__num_fixed(text, sts_diff_calls(table->diff, row, side), table->call_decimals);
    case COLUMN_BASE_CALL:
    case COLUMN_NEW_CALL:
    case COLUMN_COUNT:
    default:
        return per_call_text(&row->of[side], text);
    }
}

/* --- layout --- */

static struct shown_unit choose_unit(const struct sts_diff *diff)
{
    const struct shown_unit *unit = shown_units;
    const struct sts_diff_row *row;
    const char *kind;
    double largest = 0;

    for (size_t i = 0; (row = sts__diff_line(diff, i, &kind)) != NULL; i++)
        for (int side = 0; side < 2; side++)
            largest = fmax(largest, fabs((double)row->of[side].amount_ns));
    while (largest < unit->factor_ns)
        unit++;
    return *unit;
}

static size_t table_width(const struct table *table)
{
    size_t width = 0;

    for (int column = 0; column < COLUMN_COUNT; column++)
        width += table->shown[column] ? table->widths[column] + GAP_CELLS : 0;
    return width;
}

static void lay_out(struct table *table)
{
    char text[CELL_BYTES];
    const struct sts_diff_row *row;
    const char *kind;

    table->unit = choose_unit(table->diff);
    table->call_decimals = sts_diff_per(table->diff) == STS_DIFF_PER_TOTAL ? 0 : 2;
    for (int column = 0; column < COLUMN_COUNT; column++) {
        table->shown[column] = true;
        table->widths[column] = strlen(heading(table, (enum column)column));
        for (size_t i = 0; (row = sts__diff_line(table->diff, i, &kind)) != NULL; i++) {
            size_t len = cell_text(table, (enum column)column, row, text);
            table->widths[column] = len > table->widths[column] ? len : table->widths[column];
        }
    }
    for (size_t i = 0; table->options->columns > 0 && i < sizeof(leaving) / sizeof(leaving[0]) &&
                       table_width(table) + LABEL_CELLS_MIN > table->options->columns;
         i++)
        table->shown[leaving[i][0]] = table->shown[leaving[i][1]] = false;
}

/* --- output --- */

static void put_style(const struct table *table, const char *style)
{
    if (table->options->color)
        sts__put_text(table->sink, style);
}

static void put_title(const struct table *table)
{
    static const char *const pers[] = {
        [STS_DIFF_PER_PROFILED] = " per second profiled",
        [STS_DIFF_PER_SPAN] = " per second",
        [STS_DIFF_PER_TOTAL] = "",
    };
    const struct sts_diff *diff = table->diff;
    bool is_sum = sts_diff_per(diff) == STS_DIFF_PER_TOTAL;
    uint64_t group_count = sts_diff_group_count(diff);

    sts__put_text(table->sink, "change of ");
    sts__put_text(table->sink, sts_metric_name(sts_diff_metric(diff)));
    sts__put_text(table->sink, pers[sts_diff_per(diff)]);
    sts__put_text(table->sink, " in ");
    sts__put_text(table->sink, is_sum ? table->unit.of_sums : table->unit.of_rates);
    sts__put_text(table->sink, " by ");
    sts__put_terminal(table->sink, sts_diff_by(diff));
    if (group_count > sts_diff_row_count(diff)) {
        sts__put_text(table->sink, ", ");
        sts__put_u64(table->sink, sts_diff_row_count(diff));
        sts__put_text(table->sink, " of ");
        sts__put_u64(table->sink, group_count);
    }
    sts__put_text(table->sink, "\n");
}

/* "2024-05-05 14:00:00": RFC 3339 without its "T" and its offset. */
static void time_text(const struct table *table, int64_t time_ns, char text[STS_TIME_TEXT_BYTES])
{
    int32_t offset_s = sts_diff_utc_offset_s(table->diff, time_ns);
    size_t len = sts__time_rfc3339(text, time_ns, offset_s);

    text[offset_s == 0 ? len - 1 : len - 6] = '\0';
    text[10] = ' ';
}

static void put_span(const struct table *table, const char *name, enum sts_diff_side side)
{
    const struct sts_diff_span *span = sts_diff_span(table->diff, side);
    char begin[STS_TIME_TEXT_BYTES], end[STS_TIME_TEXT_BYTES];

    time_text(table, span->begin_ns, begin);
    time_text(table, span->end_ns, end);
    sts__series_put_left(table->sink, name, 6);
    sts__put_text(table->sink, begin);
    sts__put_text(table->sink, " - ");
    sts__put_text(table->sink, strncmp(begin, end, DATE_LEN) == 0 ? end + DATE_LEN + 1 : end);
    sts__put_text(table->sink, " ");
    sts__put_terminal(table->sink, sts_diff_zone(table->diff));
    sts__put_text(table->sink, ", ");
    sts__put_fixed(table->sink, 100 * span->coverage, 1);
    sts__put_text(table->sink, " % profiled, ");
    sts__put_u64(table->sink, span->profile_count);
    sts__put_text(table->sink, span->profile_count == 1 ? " profile\n" : " profiles\n");
}

static void put_headings(const struct table *table)
{
    put_style(table, BOLD);
    for (int column = 0; column < COLUMN_COUNT; column++) {
        if (!table->shown[column])
            continue;
        sts__series_put_right(table->sink, heading(table, (enum column)column),
                              table->widths[column]);
        sts__put_text(table->sink, "  ");
    }
    put_style(table, PLAIN);
    sts__put_text(table->sink, "\n");
}

static void put_label(const struct table *table, const char *label)
{
    size_t used = table_width(table), columns = table->options->columns;
    size_t cells = sts__series_label_cells(label);

    if (columns > used && cells > columns - used)
        cells = columns - used;
    sts__series_put_label(table->sink, label, cells);
}

static void put_row(const struct table *table, const struct sts_diff_row *row, bool is_sum)
{
    char text[CELL_BYTES];

    for (int column = 0; column < COLUMN_COUNT; column++) {
        bool is_change = column == COLUMN_CHANGE && row->change_ns != 0;
        if (!table->shown[column])
            continue;
        cell_text(table, (enum column)column, row, text);
        if (is_change)
            put_style(table, row->change_ns > 0 ? RED : GREEN);
        else if (is_sum)
            put_style(table, BOLD);
        sts__series_put_right(table->sink, text, table->widths[column]);
        if (is_change || is_sum)
            put_style(table, PLAIN);
        sts__put_text(table->sink, "  ");
    }
    if (is_sum)
        put_style(table, BOLD);
    put_label(table, row->label);
    if (is_sum)
        put_style(table, PLAIN);
    sts__put_text(table->sink, "\n");
}

static void put_note(const struct table *table, const char *text)
{
    put_style(table, DIM);
    sts__put_text(table->sink, text);
    put_style(table, PLAIN);
    sts__put_text(table->sink, "\n");
}

void sts__diff_write_table(const struct sts_diff *diff,
                           const struct sts_series_write_options *options, struct sts_sink *sink)
{
    struct table table = { .diff = diff, .options = options, .sink = sink };
    const struct sts_diff_row *row;
    const char *kind;

    lay_out(&table);
    put_title(&table);
    put_span(&table, "base", STS_DIFF_BASE);
    put_span(&table, "new", STS_DIFF_NEW);
    sts__put_text(sink, "\n");
    put_headings(&table);
    for (size_t i = 0; (row = sts__diff_line(diff, i, &kind)) != NULL; i++)
        put_row(&table, row, i >= sts_diff_row_count(diff));
    if (sts_diff_is_nested(diff))
        put_note(&table, "time of callees is also their callers': rows overlap");
}
