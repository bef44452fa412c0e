/* SPDX-License-Identifier: MIT */
/*
 * frame.h - one picture of the screen: heading, chart, table, last line.
 */
#ifndef STS_CLI_TOP_FRAME_H
#define STS_CLI_TOP_FRAME_H

#include <statslice/chart.h>

#include "cli/top/answer.h"
#include "cli/top/grid.h"
#include "cli/top/state.h"

/* Which rows of the screen hold what. Counts of 0: not shown. */
struct top_places {
    size_t heading_rows;
    size_t chart, chart_rows;
    size_t table, table_rows; /* with its heading */
    size_t last_rows;         /* the line of keys and messages */
};

struct top_frame {
    struct top_state *state;
    const struct top_answer *answer; /* NULL: there is none yet */
    const struct top_feeds *feeds;
    int64_t now_ns;
    enum sts_color color;             /* of the chart */
    bool alone;                       /* a picture that nobody types at: no line of keys */
    size_t cursor_row, cursor_column; /* out: where one types; row SIZE_MAX: nowhere */
};

struct top_places top_places_of(const struct top_view *view, size_t rows, bool alone);

/* top_frame_bars - how many bars a chart of so many columns has room for. */
size_t top_frame_bars(size_t columns);

/*
 * top_frame_draw - all of it, on a blank grid.
 *
 * Sets state->row_count and rows_shown.   Errors: STS_E_NOMEM.
 */
STS_MUST_CHECK int top_frame_draw(struct top_frame *frame, struct top_grid *grid,
                                  struct sts_error *err);

/* --- table.c --- */

/* top_table_draw - the rows from the view's first one on, in so many lines. */
STS_MUST_CHECK int top_table_draw(const struct top_frame *frame, struct top_grid *grid, size_t row,
                                  size_t rows, struct sts_error *err);

/* top_chart_text - the chart's text of a part, in a memory sink of the caller's.  */
STS_MUST_CHECK int top_chart_text(const struct top_frame *frame, enum sts_chart_part part,
                                  size_t rows, const struct top_grid *grid,
                                  struct sts_sink **ret_sink, const char **ret_text,
                                  struct sts_error *err);

#endif
