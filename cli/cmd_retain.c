/* SPDX-License-Identifier: MIT */
/*
 * cmd_retain.c - statslice retain: how long a store keeps what, and how large it may be.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <statslice/amount.h>

#include "cli/command.h"
#include "cli/out.h"
#include "cli/report.h"
#include "cli/store_verb.h"
#include "cli/verbs.h"

#define YEAR_NS   (INT64_C(365) * 86400 * 1000000000)
#define YEARS_MAX 250
#define FOREVER   "forever"

static struct {
    const char *ages[STS_STORE_LEVELS];
    const char *max_size;
} opts;

#define AGE_OPTION(level, word, what)                                                              \
    {                                                                                              \
        .name = word, .kind = CLI_TEXT, .argument = "AGE",                                         \
        .help = "keep " what " that long: 7d, 12h, 2y, or " FOREVER, .target = &opts.ages[level],  \
    }

static const struct cli_option options[] = {
    AGE_OPTION(0, "raw", "profiles as they came"),
    AGE_OPTION(1, "1m", "sums of a minute"),
    AGE_OPTION(2, "10m", "sums of ten minutes"),
    AGE_OPTION(3, "1h", "sums of an hour"),
    AGE_OPTION(4, "1d", "sums of a day"),
    {
        .name = "max-size",
        .kind = CLI_TEXT,
        .argument = "SIZE",
        .help = "let the oldest of the finest go where the file is larger: 10G, 500M, or " FOREVER,
        .target = &opts.max_size,
    },
};

static const struct cli_example examples[] = {
    { "statslice retain profiles.db", "Say what the store keeps." },
    { "statslice retain profiles.db --raw 7d --10m 90d --1h 2y --max-size 10G",
      "Keep that from now on; writers and compact see to it." },
};

static const char *const level_names[STS_STORE_LEVELS] = { "raw", "1m", "10m", "1h", "1d" };

/* Years have no place in durations elsewhere, where they are the calendar's. */
static int parse_years(const char *text, int64_t *ret_ns)
{
    char *end;
    long years = strtol(text, &end, 10);

    if (end == text || strcmp(end, "y") != 0 || years < 1 || years > YEARS_MAX)
        return 0;
    *ret_ns = years * YEAR_NS;
    return 1;
}

static int parse_age(const char *name, const char *text, int64_t *ret_ns, struct sts_error *err)
{
    int r;

    *ret_ns = 0;
    if (strcmp(text, FOREVER) == 0 || parse_years(text, ret_ns) > 0)
        return 0;
    r = sts_duration_parse(text, ret_ns, err);
    if (r == 0 && *ret_ns <= 0)
        r = cli_fail(err, STS_E_USAGE, "--%s \"%.40s\" is no age; say 7d, 2y or " FOREVER, name,
                     text);
    return r;
}

/* Returns: 1 where something is changed. */
static int change(struct sts_store_retention *retention, struct sts_error *err)
{
    int r = 0, changed = 0;

    for (size_t i = 0; r == 0 && i < STS_STORE_LEVELS; i++)
        if (opts.ages[i] != NULL) {
            r = parse_age(level_names[i], opts.ages[i], &retention->ages_ns[i], err);
            changed = 1;
        }
    if (r == 0 && opts.max_size != NULL) {
        changed = 1;
        retention->bytes_max = 0;
        if (strcmp(opts.max_size, FOREVER) != 0)
            r = sts_size_parse(opts.max_size, &retention->bytes_max, err);
    }
    return r < 0 ? r : changed;
}

static void put_age(struct sts_sink *sink, int64_t age_ns)
{
    static const struct {
        const char *name;
        int64_t ns;
    } units[] = { { "y", YEAR_NS },
                  { "d", INT64_C(86400000000000) },
                  { "h", INT64_C(3600000000000) },
                  { "m", INT64_C(60000000000) },
                  { "s", INT64_C(1000000000) },
                  { "ns", 1 } };
    size_t i = 0;

    if (age_ns == 0) {
        cli_put(sink, FOREVER);
        return;
    }
    while (age_ns % units[i].ns != 0)
        i++;
    cli_put_format(sink, "%lld%s", (long long)(age_ns / units[i].ns), units[i].name);
}

static int show(const struct sts_store_retention *retention, struct sts_error *err)
{
    char bytes[CLI_TIME_TEXT_BYTES];
    struct sts_sink *sink = NULL;
    int r = sts_sink_open_fd(STDOUT_FILENO, "standard output", &sink, err);

    if (r < 0)
        return r;
    for (size_t i = 0; i < STS_STORE_LEVELS; i++) {
        cli_put_format(sink, "%-9s ", level_names[i]);
        put_age(sink, retention->ages_ns[i]);
        cli_put(sink, "\n");
    }
    cli_put(sink, "max-size  ");
    cli_group_digits(bytes, retention->bytes_max);
    cli_put(sink, retention->bytes_max == 0 ? FOREVER : bytes);
    cli_put(sink, retention->bytes_max == 0 ? "\n" : " bytes\n");
    return sts_sink_close(sink, err);
}

static int run(const struct cli_context *context, struct sts_error *err)
{
    struct sts_store_retention asked = { .bytes_max = 0 }, retention;
    struct sts_store *store = NULL;
    size_t gone;
    int changed = change(&asked, err), r;

    if (changed < 0)
        return changed;
    r = cli_store_open(context, changed > 0, &store, err);
    if (r < 0)
        return r;
    r = sts_store_retention(store, &retention, err);
    if (r == 0 && changed > 0) {
        changed = change(&retention, err);
        r = changed < 0 ? changed : sts_store_set_retention(store, &retention, err);
        if (r == 0)
            r = sts_store_retain(store, &gone, err);
    }
    if (r == 0)
        r = show(&retention, err);
    sts_store_close(store);
    return r;
}

const struct cli_command cmd_retain = {
    .name = "retain",
    .summary = "how long a store keeps what",
    .operands = "STORE",
    .description =
        "Sets how long profiles and each level of sums are kept behind now, and how large the file "
        "may become; without options it says what holds. It is kept in the store, applied at once, "
        "and from then on by those who write to it and by compact. A level that is not named stays "
        "as it was; at first all are kept for ever.\n\n"
        "Before profiles go, their sums are made. Profiles that come later than they would be kept "
        "are refused.",
    .options = options,
    .option_count = sizeof(options) / sizeof(*options),
    .examples = examples,
    .example_count = sizeof(examples) / sizeof(*examples),
    .run = run,
};
