/* SPDX-License-Identifier: MIT */
/*
 * cmd_delete.c - statslice delete: take a service out of a store.
 */
#include "cli/command.h"
#include "cli/report.h"
#include "cli/store_verb.h"
#include "cli/verbs.h"

static struct {
    const char *service;
} opts;

static const struct cli_option options[] = {
    {
        .name = "service",
        .kind = CLI_TEXT,
        .argument = "NAME",
        .help = "all profiles whose label service is NAME; \"\" for those without that label",
        .target = &opts.service,
    },
};

static const struct cli_example examples[] = {
    { "statslice delete profiles.db --service shop", "Nothing of the shop's profiles stays." },
};

static int run(const struct cli_context *context, struct sts_error *err)
{
    struct sts_store *store = NULL;
    int r;

    if (opts.service == NULL)
        return cli_fail(err, STS_E_USAGE, "which service? say --service NAME");
    r = cli_store_open(context, true, &store, err);
    if (r >= 0)
        r = sts_store_delete_service(store, opts.service, err);
    sts_store_close(store);
    return r;
}

const struct cli_command cmd_delete = {
    .name = "delete",
    .summary = "take a service out of a store",
    .operands = "STORE --service NAME",
    .description =
        "Deletes all profiles of one service, at every level, and gives the space back. Names of "
        "functions stay in the store's table of names, which services share.",
    .options = options,
    .option_count = sizeof(options) / sizeof(*options),
    .examples = examples,
    .example_count = sizeof(examples) / sizeof(*examples),
    .run = run,
};
