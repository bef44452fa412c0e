/* SPDX-License-Identifier: MIT */
/*
 * answer.h - what a view shows of its inputs: the chart's series, and a row for each group.
 */
#ifndef STS_CLI_TOP_ANSWER_H
#define STS_CLI_TOP_ANSWER_H

#include <statslice/series.h>

#include "cli/list.h"
#include "cli/top/feed.h"
#include "cli/top/view.h"

#define TOP_NO_PART SIZE_MAX

struct top_row {
    const char *name, *label; /* borrowed from the answer */
    uint64_t ncalls, pcalls;
    int64_t tottime_ns, cumtime_ns;
    size_t part; /* of the chart: a column, or its column count for other, or TOP_NO_PART */
};

struct top_answer {
    struct top_span span;
    struct sts_series *chart;
    struct sts_series *own, *cumulative; /* the whole window as one slice, all groups; owned */
    struct top_row *rows;                /* owned */
    size_t row_count;
    struct top_row total;
    double coverage; /* of the time from the window's begin to the newest data in it */
    uint64_t n_profiles;
    int64_t cost_ns; /* how long it took */
};

/* top_answer_check - whether the view's texts can be asked. Errors: STS_E_USAGE. */
STS_MUST_CHECK int top_answer_check(const struct top_view *view, const struct cli_list *settings,
                                    struct sts_error *err);

/*
 * top_answer_ask - settings: further options of the queries, name and value in turn.
 *
 * Memory: top_answer_deinit, also after a failure and of a zeroed one.
 */
STS_MUST_CHECK int top_answer_ask(struct top_answer *answer, const struct top_view *view,
                                  const struct cli_list *settings, const struct top_feeds *feeds,
                                  const struct top_span *span, struct sts_error *err);

/* top_answer_sort - the rows, as the view has it. */
void top_answer_sort(struct top_answer *answer, const struct top_view *view);

void top_answer_deinit(struct top_answer *answer);

/* top_answer_time - a moment as it is typed: as --to takes it, or "12:30" of today. */
STS_MUST_CHECK int top_answer_time(const struct cli_list *settings, const char *text,
                                   int64_t *ret_ns, struct sts_error *err);

#endif
