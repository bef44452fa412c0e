/* SPDX-License-Identifier: MIT */
/*
 * asked_span.c - the span of time and the labels that a command line asks for: shared by stats and
 * convert.
 */
#include "cli/asked_span.h"

#include "cli/command.h"
#include "cli/remote.h"
#include "cli/report.h"

int cli_span_open(const struct cli_context *context, struct sts_total **ret_total,
                  struct sts_error *err)
{
    static const struct cli_list none = { NULL, 0 };
    const struct cli_list *operands = &context->operands.list;
    bool is_remote = operands->count > 0 && cli_is_url(operands->items[0]);
    const struct cli_list *settings = is_remote ? &none : &context->settings; /* the server's */
    struct sts_total *total = NULL;
    int r = sts_total_new(NULL, &total, err);

    for (size_t i = 0; i < settings->count && r >= 0; i += 2)
        r = sts_total_set(total, settings->items[i], settings->items[i + 1], err);
    if (r < 0) {
        sts_total_free(total);
        return r;
    }
    *ret_total = total;
    return 0;
}

/* An answer of nothing must not look like a service that did nothing. */
void cli_span_warn(const struct cli_context *context, const struct sts_total *total)
{
    struct sts_total_counts counts = sts_total_counts(total);

    if (!context->quiet && counts.profiles_in == 0 && counts.profiles_out > 0)
        cli_warn("all %llu profiles are outside of the range or do not match the labels asked for",
                 (unsigned long long)counts.profiles_out);
}
