/* SPDX-License-Identifier: MIT */
/*
 * progress.h - a bar on standard error while inputs are read.
 */
#ifndef STS_CLI_PROGRESS_H
#define STS_CLI_PROGRESS_H

#include <statslice/common.h>

struct cli_progress {
    bool enabled, drawn;
    const char *name;     /* borrowed; of what is read now */
    uint64_t total_bytes; /* of the whole work; 0: not known */
    bool is_share;        /* these are no bytes: no rate is told */
    int64_t begin_mono_ns, drawn_mono_ns;
};

/* cli_progress_init - nothing is drawn where standard error is no terminal, or when quiet. */
void cli_progress_init(struct cli_progress *progress, bool quiet, uint64_t total_bytes);

/* cli_progress_init_share - the same for work that is told as a share of CLI_PROGRESS_WHOLE. */
#define CLI_PROGRESS_WHOLE UINT64_C(10000)
void cli_progress_init_share(struct cli_progress *progress, bool quiet);

/* cli_progress_show - say how far the work is. Cheap: draws at most ten times a second, and not in
 * the first half second. */
void cli_progress_show(struct cli_progress *progress, const char *name, uint64_t done_bytes);

/* cli_progress_end - erase the bar. */
void cli_progress_end(struct cli_progress *progress);

#endif
