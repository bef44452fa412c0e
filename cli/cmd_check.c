/* SPDX-License-Identifier: MIT */
/*
 * cmd_check.c - statslice check: whether a store is whole.
 */
#include <unistd.h>

#include "cli/command.h"
#include "cli/out.h"
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
    { "statslice check profiles.db", "Read all of it, and tell each thing that is damaged." },
};

static const char *const level_names[STS_STORE_LEVELS] = { "raw", "1m", "10m", "1h", "1d" };

struct checking {
    struct cli_store_bar bar;
    struct sts_sink *sink;
};

static int tell(void *context, const struct sts_store_damage *damage)
{
    struct checking *checking = context;
    char begin[CLI_TIME_TEXT_BYTES], end[CLI_TIME_TEXT_BYTES];

    cli_progress_end(&checking->bar.progress);
    cli_put(checking->sink, "damaged: ");
    cli_put_shown(checking->sink, damage->text);
    if (damage->chunk_id != 0) {
        cli_time_text(begin, damage->begin_ns);
        cli_time_text(end, damage->end_ns);
        cli_put(checking->sink, "\n  service \"");
        cli_put_shown(checking->sink, damage->service);
        cli_put_format(checking->sink, "\", level %s, %s to %s",
                       damage->level < STS_STORE_LEVELS ? level_names[damage->level] : "?", begin,
                       end);
    }
    cli_put(checking->sink, "\n");
    return sts_sink_status(checking->sink);
}

static int step(void *context, double done)
{
    struct checking *checking = context;

    return cli_store_bar_step(&checking->bar, done);
}

static int check(struct sts_store *store, const char *path, struct checking *checking,
                 struct sts_error *err)
{
    char chunks[CLI_TIME_TEXT_BYTES], rows[CLI_TIME_TEXT_BYTES];
    struct sts_store_check found;
    int r;

    cli_store_bar_init(&checking->bar, "checking", opts.quiet);
    r = sts_store_check(store, tell, step, checking, &found, err);
    cli_progress_end(&checking->bar.progress);
    if (r < 0)
        return r;
    if (found.n_damaged > 0)
        return cli_fail(err, STS_E_FORMAT,
                        "\"%.120s\" is damaged in %llu places; what lies beside "
                        "them can still be read",
                        path, (unsigned long long)found.n_damaged);
    cli_group_digits(chunks, found.n_chunks);
    cli_group_digits(rows, found.n_rows);
    cli_put_format(checking->sink, "whole: %s chunks, %s rows\n", chunks, rows);
    return 0;
}

static int run(const struct cli_context *context, struct sts_error *err)
{
    struct checking checking = { .sink = NULL };
    struct sts_store *store = NULL;
    int closed, r = cli_store_open(context, false, &store, err);

    if (r < 0)
        return r;
    r = sts_sink_open_fd(STDOUT_FILENO, "standard output", &checking.sink, err);
    if (r == 0) {
        r = check(store, context->operands.list.items[0], &checking, err);
        closed = sts_sink_close(checking.sink, r < 0 ? NULL : err);
        r = r < 0 ? r : closed;
    }
    sts_store_close(store);
    return r;
}

const struct cli_command cmd_check = {
    .name = "check",
    .summary = "whether a store is whole",
    .operands = "STORE",
    .description =
        "Reads every page and every figure of a store, compares them with their checksums and with "
        "each other, and names what is damaged: the service, the level and the time that it "
        "held. What lies beside can still be read. Exit status 1 where something is damaged.",
    .options = options,
    .option_count = sizeof(options) / sizeof(*options),
    .examples = examples,
    .example_count = sizeof(examples) / sizeof(*examples),
    .run = run,
};
