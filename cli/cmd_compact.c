/* SPDX-License-Identifier: MIT */
/*
 * cmd_compact.c - statslice compact: make a store small and quick.
 */
#include "cli/command.h"
#include "cli/report.h"
#include "cli/store_verb.h"
#include "cli/verbs.h"

static struct {
    bool quiet;
} opts;

static const struct cli_option options[] = {
    {
        .name = "quiet",
        .letter = 'q',
        .help = "no progress bar",
        .target = &opts.quiet,
    },
};

static const struct cli_example examples[] = {
    { "statslice compact profiles.db", "Pack, roll up, and let go of what is too old." },
};

static int run(const struct cli_context *context, struct sts_error *err)
{
    struct sts_store *store = NULL;
    struct cli_store_bar bar;
    size_t gone;
    int r = cli_store_open(context, true, &store, err);

    if (r < 0)
        return r;
    cli_store_bar_init(&bar, "compacting", opts.quiet);
    r = sts_store_compact(store, cli_store_bar_step, &bar, err);
    cli_progress_end(&bar.progress);
    if (r >= 0)
        r = sts_store_retain(store, &gone, err);
    sts_store_close(store);
    return r;
}

const struct cli_command cmd_compact = {
    .name = "compact",
    .summary = "make a store small and quick",
    .operands = "STORE",
    .description =
        "Makes few large chunks of many small ones, sums profiles by minute, 10 minutes, hour and "
        "day so that long spans are answered at once, lets go of what the store's retention says "
        "is too old (see retain), and gives the space back.\n\n"
        "Writers do a part of this as they write. Others may write and read meanwhile; it can be "
        "stopped at any moment and run again.",
    .options = options,
    .option_count = sizeof(options) / sizeof(*options),
    .examples = examples,
    .example_count = sizeof(examples) / sizeof(*examples),
    .run = run,
};
