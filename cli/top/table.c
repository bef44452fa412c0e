/* SPDX-License-Identifier: MIT */
/*
 * table.c - the table under the chart: pstats' columns, with the chart's colours before them.
 *
 * Why:  columns go one by one where the screen is narrow, the one that is sorted by last of all.
 */
#include <stdio.h>
#include <string.h>

#include <statslice/sink.h>

#include "cli/out.h"
#include "cli/top/frame.h"
#include "cli/top/short_figures.h"

#define MARK_CELLS     2
#define NAME_CELLS_MIN 20
#define TOTAL_ROWS_MIN 6 /* lines of the table, for one of sums */
#define MARK_BYTES     64

enum column { NCALLS, TOTTIME, SHARE, PERCALL, CUMTIME, PERCALL_CUM, COLUMN_COUNT };

struct columns {
    bool shown[COLUMN_COUNT];
    size_t name_cells;
};

struct table {
    const struct top_frame *frame;
    struct top_grid *grid;
    struct columns columns;
    const char *marks; /* the chart's, one a line; NULL where there is none */
};

static const struct {
    const char *title;
    size_t cells;       /* with the gap before it */
    enum top_sort sort; /* TOP_SORT_COUNT: none */
} known[COLUMN_COUNT] = {
    [NCALLS] = { "ncalls", TOP_CALLS_CELLS + 1, TOP_SORT_NCALLS },
    [TOTTIME] = { "tottime", TOP_TIME_CELLS + 1, TOP_SORT_TOTTIME },
    [SHARE] = { "share", 7, TOP_SORT_COUNT },
    [PERCALL] = { "percall", TOP_TIME_CELLS + 1, TOP_SORT_PERCALL },
    [CUMTIME] = { "cumtime", TOP_TIME_CELLS + 1, TOP_SORT_CUMTIME },
    [PERCALL_CUM] = { "percall", TOP_TIME_CELLS + 1, TOP_SORT_PERCALL_CUM },
};

/* The first to go is the first. */
static const enum column leaving[] = { SHARE, PERCALL_CUM, PERCALL, NCALLS, CUMTIME, TOTTIME };

/* --- layout --- */

static size_t figures_cells(const struct columns *columns)
{
    size_t cells = MARK_CELLS;

    for (size_t i = 0; i < COLUMN_COUNT; i++)
        cells += columns->shown[i] ? known[i].cells : 0;
    return cells;
}

static struct columns choose_columns(size_t width, enum top_sort sort)
{
    struct columns columns = { .shown = { true, true, true, true, true, true } };

    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        if (figures_cells(&columns) + 1 + NAME_CELLS_MIN <= width)
            break;
        columns.shown[leaving[i]] = known[leaving[i]].sort == sort;
    }
    columns.name_cells = width - figures_cells(&columns) - 1;
    return columns;
}

/* --- cells --- */

static void per_call_text(char text[TOP_FIGURE_BYTES], int64_t ns, uint64_t calls, bool ascii)
{
    if (calls == 0)
        snprintf(text, TOP_FIGURE_BYTES, "-  ");
    else
        top_time_text(text, (double)ns / (double)calls, ascii);
}

static void cell_text(const struct table *table, const struct top_row *row, enum column column,
                      char text[TOP_FIGURE_BYTES])
{
    bool ascii = table->grid->ascii;

    switch (column) {
    case NCALLS:
        top_calls_text(text, row->ncalls, row->pcalls);
        break;
    case TOTTIME:
        top_time_text(text, (double)row->tottime_ns, ascii);
        break;
    case SHARE:
        top_share_text(text, (double)row->tottime_ns,
                       (double)table->frame->answer->total.tottime_ns);
        break;
    case PERCALL:
        per_call_text(text, row->tottime_ns, row->ncalls, ascii);
        break;
    case CUMTIME:
        top_time_text(text, (double)row->cumtime_ns, ascii);
        break;
    case PERCALL_CUM:
        per_call_text(text, row->cumtime_ns, row->pcalls, ascii);
        break;
    case COLUMN_COUNT:
        break;
    }
}

static void put_mark(const struct table *table, size_t line, size_t part)
{
    const char *mark = table->marks, *end;
    char text[MARK_BYTES];

    while (mark != NULL && part-- > 0) {
        mark = strchr(mark, '\n');
        mark = mark == NULL ? NULL : mark + 1;
    }
    if (mark == NULL)
        return;
    end = strchr(mark, '\n');
    if (end == NULL || (size_t)(end - mark) >= sizeof(text))
        return;
    memcpy(text, mark, (size_t)(end - mark));
    text[end - mark] = '\0';
    top_grid_put_chart(table->grid, line, 1, text);
}

/* Sums over nested times would say nothing: of all rows together there is none. */
static bool is_of_total(enum column column)
{
    return column == NCALLS || column == TOTTIME || column == PERCALL;
}

static void put_row(const struct table *table, size_t line, const struct top_row *row,
                    const char *label, struct top_ink ink)
{
    const struct top_row *total = &table->frame->answer->total;
    char text[TOP_FIGURE_BYTES];
    size_t at = MARK_CELLS;

    if (row->part != TOP_NO_PART)
        put_mark(table, line, row->part);
    for (enum column column = NCALLS; column < COLUMN_COUNT; column++) {
        if (!table->columns.shown[column])
            continue;
        cell_text(table, row, column, text);
        if (row != total || is_of_total(column))
            top_grid_put_right(table->grid, line, at, known[column].cells, ink, text);
        at += known[column].cells;
    }
    top_grid_put_tail(table->grid, line, at + 1, table->columns.name_cells, ink, label);
}

/* --- lines --- */

static const char *arrow(const struct table *table)
{
    bool rising =
        table->frame->state->view.reversed != (table->frame->state->view.sort == TOP_SORT_NAME);

    if (table->grid->ascii)
        return rising ? "^" : "*";
    return rising ? "\xE2\x96\xB2" : "\xE2\x96\xBC";
}

static void put_title(const struct table *table, size_t line, size_t at, size_t cells,
                      enum top_sort sort, const char *title)
{
    bool sorted = sort == table->frame->state->view.sort;
    char text[TOP_BY_BYTES + 8];

    snprintf(text, sizeof(text), "%s%s", title, sorted ? arrow(table) : "");
    if (sort == TOP_SORT_NAME)
        top_grid_put(table->grid, line, at, cells, sorted ? top_ink_bold : top_ink_dim, text);
    else
        top_grid_put_right(table->grid, line, at, cells, sorted ? top_ink_bold : top_ink_dim, text);
}

static void put_titles(const struct table *table, size_t line, size_t shown)
{
    const struct top_state *state = table->frame->state;
    size_t at = MARK_CELLS;
    char text[64];

    for (enum column column = NCALLS; column < COLUMN_COUNT; column++) {
        if (!table->columns.shown[column])
            continue;
        put_title(table, line, at, known[column].cells, known[column].sort, known[column].title);
        at += known[column].cells;
    }
    put_title(table, line, at + 1, table->columns.name_cells, TOP_SORT_NAME, state->view.by);
    if (shown >= state->row_count)
        return;
    snprintf(text, sizeof(text), "%zu-%zu of %zu", state->view.scroll + 1,
             state->view.scroll + shown, state->row_count);
    if (top_text_cells(table->grid, text) + strlen(state->view.by) + 3 <= table->columns.name_cells)
        top_grid_put_right(table->grid, line, at + 1, table->columns.name_cells, top_ink_dim, text);
}

static void put_total(const struct table *table, size_t line)
{
    char label[64], count[CLI_TIME_TEXT_BYTES];

    cli_group_digits(count, table->frame->state->row_count);
    snprintf(label, sizeof(label), "all %s", count);
    put_row(table, line, &table->frame->answer->total, label, top_ink_dim);
}

static void put_all(const struct table *table, size_t line, size_t lines)
{
    const struct top_answer *answer = table->frame->answer;
    struct top_state *state = table->frame->state;
    size_t sums = lines >= TOTAL_ROWS_MIN ? 1 : 0;

    state->row_count = answer->row_count;
    state->rows_shown = lines - 1 - sums;
    top_view_scroll(&state->view, 0, state->row_count, state->rows_shown);
    put_titles(table, line++, state->rows_shown);
    if (sums > 0)
        put_total(table, line++);
    for (size_t i = 0; i < state->rows_shown && state->view.scroll + i < answer->row_count; i++) {
        const struct top_row *row = &answer->rows[state->view.scroll + i];
        put_row(table, line + i, row, row->label, top_ink_plain);
    }
}

int top_table_draw(const struct top_frame *frame, struct top_grid *grid, size_t row, size_t rows,
                   struct sts_error *err)
{
    struct table table = { frame, grid, choose_columns(grid->columns, frame->state->view.sort),
                           NULL };
    struct sts_sink *sink = NULL;
    int r = top_chart_text(frame, STS_CHART_MARKS, 1, grid, &sink, &table.marks, err);

    if (r < 0)
        return r;
    put_all(&table, row, rows);
    return sts_sink_close(sink, err);
}
