/* SPDX-License-Identifier: MIT */
/*
 * view.c - what is looked at, and how keys change it.
 */
#include "cli/top/view.h"

#include <stdio.h>
#include <string.h>

#define NS_PER_S      INT64_C(1000000000)
#define WINDOW_NS     (600 * NS_PER_S)
#define BARS_MAX      ((size_t)60) /* unless a width is asked for */
#define BARS_MIN      ((size_t)4)
#define SLICES_MAX    10000
#define TIME_MAX_NS   (INT64_MAX / 4 * 3) /* leaves room for a window on either side */
#define METRIC_COUNT  ((int)STS_METRIC_AWAITTIME + 1)
#define WINDOW_MAX_NS (INT64_C(366) * 86400 * NS_PER_S)

const char *const top_sort_names[TOP_SORT_COUNT] = { "ncalls",  "tottime",     "percall",
                                                     "cumtime", "percall-cum", "name" };

static const int64_t widths_ns[] = {
    NS_PER_S / 1000,  NS_PER_S / 500,   NS_PER_S / 200,    NS_PER_S / 100,    NS_PER_S / 50,
    NS_PER_S / 20,    NS_PER_S / 10,    NS_PER_S / 5,      NS_PER_S / 2,      NS_PER_S,
    2 * NS_PER_S,     5 * NS_PER_S,     10 * NS_PER_S,     15 * NS_PER_S,     30 * NS_PER_S,
    60 * NS_PER_S,    120 * NS_PER_S,   300 * NS_PER_S,    600 * NS_PER_S,    900 * NS_PER_S,
    1800 * NS_PER_S,  3600 * NS_PER_S,  7200 * NS_PER_S,   10800 * NS_PER_S,  21600 * NS_PER_S,
    43200 * NS_PER_S, 86400 * NS_PER_S, 172800 * NS_PER_S, 604800 * NS_PER_S,
};

static const int64_t windows_ns[] = {
    NS_PER_S,          5 * NS_PER_S,       10 * NS_PER_S,      30 * NS_PER_S,
    60 * NS_PER_S,     120 * NS_PER_S,     300 * NS_PER_S,     600 * NS_PER_S,
    900 * NS_PER_S,    1800 * NS_PER_S,    3600 * NS_PER_S,    10800 * NS_PER_S,
    21600 * NS_PER_S,  43200 * NS_PER_S,   86400 * NS_PER_S,   172800 * NS_PER_S,
    604800 * NS_PER_S, 1209600 * NS_PER_S, 2592000 * NS_PER_S, 7776000 * NS_PER_S,
    WINDOW_MAX_NS,
};

#define WIDTH_COUNT  (sizeof(widths_ns) / sizeof(*widths_ns))
#define WINDOW_COUNT (sizeof(windows_ns) / sizeof(*windows_ns))

static const char *const groupings[] = { "function", "name", "file", "module", "package" };
#define GROUPING_COUNT (sizeof(groupings) / sizeof(*groupings))

void top_view_init(struct top_view *view)
{
    *view = (struct top_view){ .metric = STS_METRIC_TOTTIME,
                               .sort = TOP_SORT_TOTTIME,
                               .window_ns = WINDOW_NS };
    snprintf(view->by, sizeof(view->by), "%s", groupings[0]);
}

/* --- time --- */

/* The next of a rising ladder above or below a value; the end of the ladder where there is none. */
static int64_t next_of(const int64_t *ladder, size_t count, int64_t value, int step)
{
    if (step > 0) {
        for (size_t i = 0; i < count; i++)
            if (ladder[i] > value)
                return ladder[i];
        return value > ladder[count - 1] ? value : ladder[count - 1];
    }
    for (size_t i = count; i-- > 0;)
        if (ladder[i] < value)
            return ladder[i];
    return value < ladder[0] ? value : ladder[0];
}

static int64_t pleasant_width(int64_t at_least_ns)
{
    for (size_t i = 0; i < WIDTH_COUNT; i++)
        if (widths_ns[i] >= at_least_ns)
            return widths_ns[i];
    return widths_ns[WIDTH_COUNT - 1];
}

static int64_t divide_up(int64_t value, int64_t by)
{
    return value / by + (value % by > 0);
}

static int64_t width_of(const struct top_view *view, size_t bars_max)
{
    size_t bars = bars_max < BARS_MAX ? bars_max : BARS_MAX;
    int64_t least_ns = divide_up(view->window_ns, SLICES_MAX);

    if (view->slice_ns > 0)
        return view->slice_ns > least_ns ? view->slice_ns : pleasant_width(least_ns);
    return pleasant_width(divide_up(view->window_ns, (int64_t)(bars < BARS_MIN ? BARS_MIN : bars)));
}

struct top_span top_view_span(const struct top_view *view, const struct top_facts *facts,
                              size_t bars_max)
{
    int64_t end_ns = view->frozen ? view->frozen_ns : facts->newest_ns;
    int64_t width_ns = width_of(view, bars_max);
    struct top_span span = { .slice_ns = width_ns };

    end_ns = end_ns > TIME_MAX_NS ? TIME_MAX_NS : end_ns < -TIME_MAX_NS ? -TIME_MAX_NS : end_ns;
    span.to_ns = divide_up(end_ns, width_ns) * width_ns;
    span.from_ns = span.to_ns - divide_up(view->window_ns, width_ns) * width_ns;
    return span;
}

void top_view_zoom(struct top_view *view, int step)
{
    view->window_ns = next_of(windows_ns, WINDOW_COUNT, view->window_ns, step);
}

void top_view_step_slice(struct top_view *view, const struct top_span *span, int step)
{
    int64_t width_ns = next_of(widths_ns, WIDTH_COUNT, span->slice_ns, step);

    if (divide_up(view->window_ns, width_ns) <= SLICES_MAX && width_ns <= view->window_ns)
        view->slice_ns = width_ns;
}

void top_view_pause(struct top_view *view, const struct top_facts *facts)
{
    view->frozen = !view->frozen;
    view->frozen_ns = facts->newest_ns;
}

void top_view_freeze(struct top_view *view, const struct top_facts *facts, int64_t time_ns)
{
    view->frozen = time_ns < facts->newest_ns;
    view->frozen_ns = time_ns;
    if (view->frozen && time_ns < facts->first_ns)
        view->frozen_ns = facts->first_ns;
}

void top_view_move(struct top_view *view, const struct top_facts *facts,
                   const struct top_span *span, int quarters)
{
    int64_t length_ns = span->to_ns - span->from_ns;
    int64_t step_ns = length_ns / 4 / span->slice_ns * span->slice_ns;

    if (!facts->any)
        return;
    step_ns = step_ns < span->slice_ns ? span->slice_ns : step_ns;
    top_view_freeze(view, facts, span->to_ns + step_ns * quarters);
}

/* --- figures and groups --- */

static bool is_per_call(enum sts_metric metric)
{
    return metric == STS_METRIC_PERCALL || metric == STS_METRIC_PERCALL_CUM;
}

enum sts_scale top_view_scale(const struct top_view *view)
{
    return is_per_call(view->metric) ? STS_SCALE_TOTAL : view->scale;
}

void top_view_step_metric(struct top_view *view, int step)
{
    view->metric = (enum sts_metric)(((int)view->metric + step + METRIC_COUNT) % METRIC_COUNT);
}

void top_view_step_scale(struct top_view *view)
{
    view->scale = view->scale == STS_SCALE_SHARE ? STS_SCALE_TOTAL : view->scale + 1;
}

/* The i-th way of grouping: the usual ones, by each label, what the command line asked for. */
static bool grouping_at(const struct top_view *view, const struct top_facts *facts, size_t i,
                        char text[TOP_BY_BYTES])
{
    if (i < GROUPING_COUNT)
        return snprintf(text, TOP_BY_BYTES, "%s", groupings[i]) > 0;
    i -= GROUPING_COUNT;
    if (i < facts->label_count)
        return snprintf(text, TOP_BY_BYTES, "label:%s", facts->labels[i]) > 0;
    if (i > facts->label_count || view->asked_by[0] == '\0')
        return false;
    return snprintf(text, TOP_BY_BYTES, "%s", view->asked_by) > 0;
}

void top_view_step_by(struct top_view *view, const struct top_facts *facts, int step)
{
    char text[TOP_BY_BYTES];
    size_t count = 0, at = 0;

    for (; grouping_at(view, facts, count, text); count++)
        if (strcmp(text, view->by) == 0)
            at = count;
    at = (at + (step > 0 ? 1 : count - 1)) % count;
    if (grouping_at(view, facts, at, text))
        memcpy(view->by, text, sizeof(text));
    view->scroll = 0;
}

void top_view_step_sort(struct top_view *view, int step)
{
    view->sort = (enum top_sort)(((int)view->sort + step + TOP_SORT_COUNT) % TOP_SORT_COUNT);
    view->reversed = false;
    view->scroll = 0;
}

void top_view_step_layout(struct top_view *view)
{
    view->layout = (enum top_layout)((view->layout + 1) % TOP_LAYOUT_COUNT);
}

void top_view_scroll(struct top_view *view, int64_t by, size_t row_count, size_t shown)
{
    int64_t last = row_count > shown ? (int64_t)(row_count - shown) : 0;
    int64_t at = (int64_t)view->scroll < last ? (int64_t)view->scroll : last;

    if (by >= 0)
        at = by > last - at ? last : at + by;
    else
        at = -by > at ? 0 : at + by;
    view->scroll = (size_t)at;
}
