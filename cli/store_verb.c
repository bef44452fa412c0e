/* SPDX-License-Identifier: MIT */
/*
 * store_verb.c - what verbs share that work on stores: opening one, counting, a bar of how far they
 * are.
 */
#include "cli/store_verb.h"

#include "cli/command.h"
#include "cli/out.h"
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

int cli_store_count(struct sts_store *store, uint64_t *ret_profiles, struct sts_error *err)
{
    struct sts_store_list *list;
    const struct sts_store_series *series;
    size_t count;
    int r = sts_store_list_open(store, &list, err);

    if (r < 0)
        return r;
    *ret_profiles = 0;
    series = sts_store_list_series(list, &count);
    for (size_t i = 0; i < count; i++)
        *ret_profiles += series[i].n_profiles;
    sts_store_list_close(list);
    return 0;
}

void cli_store_warn_of_sums(const char *shown_name, uint64_t n_stored, uint64_t n_read)
{
    char number[CLI_TIME_TEXT_BYTES];

    if (n_stored <= n_read)
        return;
    cli_group_digits(number, n_stored - n_read);
    cli_warn("%s: %s of its profiles are kept as sums alone, and left out", shown_name, number);
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
