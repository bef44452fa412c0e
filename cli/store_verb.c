/* SPDX-License-Identifier: MIT */
/*
 * store_verb.c - what verbs share that work on one store: opening it, a bar of how far they are.
 */
#include "cli/store_verb.h"

#include "cli/command.h"
#include "cli/report.h"

int cli_store_open(const struct cli_context *context, bool writes, struct sts_store **ret_store,
                   struct sts_error *err)
{
    const struct sts_store_options options = { .writes = writes };

    if (context->operands.list.count != 1)
        return cli_fail(err, STS_E_USAGE, "one store is needed, %zu are given",
                        context->operands.list.count);
    return sts_store_open(context->operands.list.items[0], &options, ret_store, err);
}

void cli_store_bar_init(struct cli_store_bar *bar, const char *name, bool quiet)
{
    bar->name = name;
    cli_progress_init_share(&bar->progress, quiet);
}

int cli_store_bar_step(void *context, double done)
{
    struct cli_store_bar *bar = context;

    cli_progress_show(&bar->progress, bar->name, (uint64_t)(done * (double)CLI_PROGRESS_WHOLE));
    return 0;
}
