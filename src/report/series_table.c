/* SPDX-License-Identifier: MIT */
/*
 * series_table.c - a series as a table for people: slices down, groups across.
 *
 * In:   a series, and how many cells the terminal is wide.
 * Out:  a heading that tells the unit, a row per slice, a row over all, and notes on what is not
 *       plain: incomplete slices, missing figures, groups that did not fit.
 * Why:  figures are lined up in one unit, which the largest of them chooses; labels are cut at
 *       their beginning first (their end tells more), then the smallest groups are left out.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <statslice/series.h>

#include "base/escape.h"
#include "base/fail.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/timetext.h"
#include "report/series_edge.h"
#include "report/series_write.h"

#define STS__LABEL_CELLS_MIN 10 /* labels are not cut shorter than this */
#define ALL_SLICES           SIZE_MAX
#define GAP_CELLS            2 /* between two columns */
#define MARK_CELLS           1 /* behind the time: incomplete */

#define BOLD  "\x1b[1m"
#define DIM   "\x1b[2m"
#define PLAIN "\x1b[0m"

/* How the figures are shown: value / divisor, with so many decimals. */
struct shown_unit {
    enum sts_unit unit;
    double divisor; /* taken where the largest figure is at least this */
    const char *name;
    unsigned decimals;
};

static const struct shown_unit shown_units[] = {
    { STS_UNIT_NS, 1e9, "s", 3 },
    { STS_UNIT_NS, 1e6, "ms", 3 },
    { STS_UNIT_NS, 1e3, "us", 3 },
    { STS_UNIT_NS, 0.0, "ns", 1 },
    { STS_UNIT_CALLS, 0.0, "calls", 0 },
    { STS_UNIT_SECONDS_PER_SECOND, 0.0, "s/s", 3 },
    { STS_UNIT_CALLS_PER_SECOND, 0.0, "calls/s", 1 },
    { STS_UNIT_RATIO, 0.01, "%", 1 },
};

struct table {
    const struct sts_series *series;
    const struct sts_series_write_options *options;
    struct sts_sink *sink;
    struct shown_unit unit;
    struct sts__series_clock clock;
    size_t time_cells;
    size_t *widths;     /* by place: the groups, other, total */
    size_t group_count; /* of the series */
    size_t shown_count; /* of those that fit */
    bool has_incomplete, has_none;
};

/* --- columns --- */

static size_t place_count(const struct table *table)
{
    return table->group_count + 2;
}

static size_t column_of(const struct table *table, size_t place)
{
    if (place == table->group_count)
        return STS_COLUMN_OTHER;
    return place > table->group_count ? STS_COLUMN_TOTAL : place;
}

static bool is_shown(const struct table *table, size_t place)
{
    if (place == table->group_count)
        return sts_series_has_other(table->series);
    return place > table->group_count || place < table->shown_count;
}

/* --- cells --- */

static bool cell_value(const struct table *table, size_t slice, size_t column, double *ret_value)
{
    if (slice == ALL_SLICES)
        return sts_series_column_value(table->series, column, ret_value);
    return sts_series_value(table->series, slice, column, ret_value);
}

static size_t cell_text(const struct table *table, size_t slice, size_t column,
                        char text[STS_NUM_TEXT_BYTES])
{
    double value;

    if (!cell_value(table, slice, column, &value)) {
        memcpy(text, "-", 2);
        return 1;
    }
    if (table->unit.divisor > 0.0)
        value /= table->unit.divisor;
    return sts__num_fixed(text, value, table->unit.decimals);
}

static double largest_value(const struct table *table)
{
    double largest = 0.0, value;

    for (size_t slice = 0; slice < sts_series_slice_count(table->series); slice++)
        for (size_t place = 0; place < place_count(table); place++)
            if (cell_value(table, slice, column_of(table, place), &value) && value > largest)
                largest = value;
    return largest;
}

static struct shown_unit choose_unit(const struct table *table)
{
    double largest = largest_value(table);
    const struct shown_unit *unit = shown_units;

    while (unit->unit != sts_series_unit(table->series) ||
           (unit->unit == STS_UNIT_NS && largest < unit->divisor))
        unit++;
    return *unit;
}

/* --- layout --- */

static size_t figures_width(struct table *table, size_t column)
{
    char text[STS_NUM_TEXT_BYTES];
    size_t width = cell_text(table, ALL_SLICES, column, text);

    for (size_t slice = 0; slice < sts_series_slice_count(table->series); slice++) {
        size_t len = cell_text(table, slice, column, text);
        if (len == 1 && text[0] == '-')
            table->has_none = true;
        if (len > width)
            width = len;
    }
    return width;
}

static size_t column_width(const struct table *table, size_t place, size_t label_cells_max)
{
    const char *label = sts_series_column_label(table->series, column_of(table, place));
    size_t cells = sts__series_label_cells(label);

    if (cells > label_cells_max)
        cells = label_cells_max;
    return cells > table->widths[place] ? cells : table->widths[place];
}

static size_t table_width(const struct table *table, size_t label_cells_max)
{
    size_t width = table->time_cells + MARK_CELLS;

    for (size_t place = 0; place < place_count(table); place++)
        if (is_shown(table, place))
            width += GAP_CELLS + column_width(table, place, label_cells_max);
    return width;
}

static size_t longest_label(const struct table *table)
{
    size_t longest = STS__LABEL_CELLS_MIN;

    for (size_t i = 0; i < table->group_count; i++) {
        size_t cells = sts__series_label_cells(sts_series_column_label(table->series, i));
        if (cells > longest)
            longest = cells;
    }
    return longest;
}

/* Cut labels until the table fits; then leave out the smallest groups, but for one. */
static void fit(struct table *table)
{
    size_t columns = table->options->columns;
    size_t label_cells = longest_label(table);

    table->shown_count = table->group_count;
    if (columns > 0) {
        while (label_cells > STS__LABEL_CELLS_MIN && table_width(table, label_cells) > columns)
            label_cells--;
        while (table->shown_count > 1 && table_width(table, label_cells) > columns)
            table->shown_count--;
    }
    for (size_t place = 0; place < place_count(table); place++)
        table->widths[place] = column_width(table, place, label_cells);
}

static int lay_out(struct table *table, struct sts_error *err)
{
    table->group_count = sts_series_column_count(table->series);
    table->unit = choose_unit(table);
    table->clock = sts__series_clock_of(table->series);
    table->time_cells = sts__series_clock_cells(&table->clock);
    table->widths = sts__alloc_array(place_count(table), sizeof(*table->widths));
    if (table->widths == NULL)
        return sts__fail_nomem(err);
    for (size_t place = 0; place < place_count(table); place++)
        table->widths[place] = figures_width(table, column_of(table, place));
    fit(table);
    for (size_t i = 0; i < sts_series_slice_count(table->series); i++)
        if (!sts_series_slice(table->series, i)->complete)
            table->has_incomplete = true;
    return 0;
}

/* --- output --- */

static void put_style(const struct table *table, const char *style)
{
    if (table->options->color)
        sts__put_text(table->sink, style);
}

static void put_title(const struct table *table)
{
    const struct sts_series *series = table->series;
    char width[STS_TIME_TEXT_BYTES];

    sts__put_text(table->sink, sts_metric_name(sts_series_metric(series)));
    if (sts_series_scale(series) != STS_SCALE_TOTAL) {
        sts__put_text(table->sink, " ");
        sts__put_text(table->sink, sts__series_scale_text(series));
    }
    if (sts_series_is_estimated(series))
        sts__put_text(table->sink, ", estimated,");
    sts__put_text(table->sink, " in ");
    sts__put_text(table->sink, table->unit.name);
    sts__put_text(table->sink, " by ");
    sts__put_terminal(table->sink, sts_series_by(series));
    if (sts_series_of(series)[0] != '\0') {
        sts__put_text(table->sink, ", ");
        sts__put_terminal(table->sink, sts_series_of(series));
    }
    if (sts_series_width_ns(series) > 0) {
        sts__duration_text(width, sts_series_width_ns(series));
        sts__put_text(table->sink, ", slices of ");
        sts__put_text(table->sink, width);
    }
    sts__put_text(table->sink, ", ");
    sts__put_terminal(table->sink, sts_series_zone(series));
    if (sts_series_group_count(series) > table->group_count) {
        sts__put_text(table->sink, ", top ");
        sts__put_u64(table->sink, table->group_count);
        sts__put_text(table->sink, " of ");
        sts__put_u64(table->sink, sts_series_group_count(series));
    }
    sts__put_text(table->sink, "\n\n");
}

static void put_labels(const struct table *table)
{
    put_style(table, BOLD);
    sts__series_put_right(table->sink, "", table->time_cells + MARK_CELLS);
    for (size_t place = 0; place < place_count(table); place++) {
        if (!is_shown(table, place))
            continue;
        sts__put_text(table->sink, "  ");
        sts__series_put_label(table->sink,
                              sts_series_column_label(table->series, column_of(table, place)),
                              table->widths[place]);
    }
    put_style(table, PLAIN);
    sts__put_text(table->sink, "\n");
}

static void put_cells(const struct table *table, size_t slice)
{
    char text[STS_NUM_TEXT_BYTES];

    for (size_t place = 0; place < place_count(table); place++) {
        if (!is_shown(table, place))
            continue;
        cell_text(table, slice, column_of(table, place), text);
        sts__put_text(table->sink, "  ");
        sts__series_put_right(table->sink, text, table->widths[place]);
    }
}

static void put_row(const struct table *table, size_t i)
{
    const struct sts_slice *slice = sts_series_slice(table->series, i);
    bool faint = !slice->complete || slice->profile_count == 0;

    if (faint)
        put_style(table, DIM);
    sts__series_put_clock(table->sink, &table->clock, table->series, i);
    sts__put_text(table->sink, !slice->complete ? "*" : slice->estimated ? "~" : " ");
    put_cells(table, i);
    if (faint)
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

static void put_notes(const struct table *table)
{
    size_t left_out = table->group_count - table->shown_count;
    char text[128];

    if (table->has_incomplete)
        put_note(table, "* the data begins or ends inside this slice");
    if (sts_series_is_estimated(table->series))
        put_note(table, "~ estimated: scaled from the part that was profiled to the whole time");
    if (table->has_none)
        put_note(table, "- there is no figure");
    if (left_out > 0) {
        snprintf(text, sizeof(text), "%zu more %s not fit into %u columns of text", left_out,
                 left_out == 1 ? "group does" : "groups do", (unsigned)table->options->columns);
        put_note(table, text);
    }
    if (sts_series_is_nested(table->series))
        put_note(table, "time of callees is also their callers': columns overlap");
}

static void put_table(const struct table *table)
{
    put_title(table);
    put_labels(table);
    for (size_t i = 0; i < sts_series_slice_count(table->series); i++)
        put_row(table, i);
    put_style(table, BOLD);
    sts__series_put_left(table->sink, "all", table->time_cells + MARK_CELLS);
    put_cells(table, ALL_SLICES);
    put_style(table, PLAIN);
    sts__put_text(table->sink, "\n");
    put_notes(table);
}

int sts__series_write_table(const struct sts_series *series,
                            const struct sts_series_write_options *options, struct sts_sink *sink,
                            struct sts_error *err)
{
    struct table table = { .series = series, .options = options, .sink = sink };
    int r;

    if (sts_series_slice_count(series) == 0) {
        sts__put_text(sink, "no profile lies in the range\n");
        return 0;
    }
    r = lay_out(&table, err);
    if (r == 0)
        put_table(&table);
    free(table.widths);
    return r;
}
