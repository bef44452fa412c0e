/* SPDX-License-Identifier: MIT */
/*
 * view.h - what is looked at: figure, groups, order, time, filters. No terminal, no data.
 */
#ifndef STS_CLI_TOP_VIEW_H
#define STS_CLI_TOP_VIEW_H

#include <statslice/error.h>
#include <statslice/series.h>

#include "cli/top/editor.h"

#define TOP_BY_BYTES   ((size_t)128)
#define TOP_LABELS_MAX ((size_t)16) /* label keys that are offered as groups */

enum top_sort {
    TOP_SORT_NCALLS,
    TOP_SORT_TOTTIME,
    TOP_SORT_PERCALL,
    TOP_SORT_CUMTIME,
    TOP_SORT_PERCALL_CUM,
    TOP_SORT_NAME,
    TOP_SORT_COUNT
};

enum top_layout { TOP_CHART_AND_TABLE, TOP_TABLE_ALONE, TOP_CHART_ALONE, TOP_LAYOUT_COUNT };

/* What is known of the data, for those who change the view. */
struct top_facts {
    bool any;                                  /* there is a profile */
    int64_t first_ns, newest_ns;               /* begin of the first profile, end of the last */
    char labels[TOP_LABELS_MAX][TOP_BY_BYTES]; /* keys, as they were met */
    size_t label_count;
};

struct top_view {
    enum sts_metric metric;
    enum sts_scale scale;
    char by[TOP_BY_BYTES], asked_by[TOP_BY_BYTES]; /* asked_by: on the command line, "" for none */
    enum top_sort sort;
    bool reversed;
    int64_t window_ns;
    int64_t slice_ns; /* 0: chosen by window and width */
    bool frozen;
    int64_t frozen_ns; /* the moment that the window ends with, where frozen */
    char match[TOP_TEXT_BYTES], where[TOP_TEXT_BYTES];
    enum top_layout layout;
    size_t scroll; /* rows of the table above the first one shown */
};

/* What of time is asked for. */
struct top_span {
    int64_t from_ns, to_ns, slice_ns; /* on edges of slices */
};

extern const char *const top_sort_names[TOP_SORT_COUNT];

void top_view_init(struct top_view *view);

/* top_view_span - the window, ending with the slice that holds the newest data or the frozen
 * moment. bars_max: so many slices have room, where the width is not fixed. */
struct top_span top_view_span(const struct top_view *view, const struct top_facts *facts,
                              size_t bars_max);

/* top_view_scale - as asked for, unless the figure has no such scale. */
enum sts_scale top_view_scale(const struct top_view *view);

/* --- changes; steps are +1 or -1 --- */

void top_view_step_metric(struct top_view *view, int step);
void top_view_step_scale(struct top_view *view);
void top_view_step_by(struct top_view *view, const struct top_facts *facts, int step);
void top_view_step_sort(struct top_view *view, int step);
void top_view_step_layout(struct top_view *view);
void top_view_zoom(struct top_view *view, int step); /* +1: a longer window */
void top_view_step_slice(struct top_view *view, const struct top_span *span, int step);
void top_view_pause(struct top_view *view, const struct top_facts *facts); /* and go on */

/* top_view_move - by quarters of the window; live again where the newest data is reached. */
void top_view_move(struct top_view *view, const struct top_facts *facts,
                   const struct top_span *span, int quarters);
void top_view_freeze(struct top_view *view, const struct top_facts *facts, int64_t time_ns);

/* top_view_scroll - by rows of the table, of which shown fit. */
void top_view_scroll(struct top_view *view, int64_t by, size_t row_count, size_t shown);

#endif
