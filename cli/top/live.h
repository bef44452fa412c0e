/* SPDX-License-Identifier: MIT */
/*
 * live.h - the view that goes on, until somebody ends it; or one picture of it.
 */
#ifndef STS_CLI_TOP_LIVE_H
#define STS_CLI_TOP_LIVE_H

#include "cli/list.h"
#include "cli/top/feed.h"
#include "cli/top/view.h"

struct top_options {
    const struct top_view *view;     /* to begin with */
    const struct cli_list *settings; /* of the queries */
    int64_t interval_ns;
};

/* top_live - draw, wait, read keys. feeds: refreshed once already. */
STS_MUST_CHECK int top_live(const struct top_options *options, struct top_feeds *feeds,
                            struct sts_error *err);

/* top_once - one picture to standard output. */
STS_MUST_CHECK int top_once(const struct top_options *options, struct top_feeds *feeds,
                            struct sts_error *err);

#endif
