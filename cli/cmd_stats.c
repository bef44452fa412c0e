/* SPDX-License-Identifier: MIT */
/*
 * cmd_stats.c - statslice stats: the tables that Python's pstats prints.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <statslice/format.h>
#include <statslice/profile.h>
#include <statslice/report.h>

#include "cli/asked_span.h"
#include "cli/command.h"
#include "cli/inputs.h"
#include "cli/outfile.h"
#include "cli/remote.h"
#include "cli/report.h"
#include "cli/verbs.h"

#define DATE_TEXT_BYTES 64

static struct {
    struct cli_list sort_keys;
    struct cli_list restrictions;
    const char *path;
    bool callers, callees, strip_dirs, reverse;
} opts;

static const char *sort_key(size_t i)
{
    size_t count;
    const char *const *keys = sts_stats_sort_keys(&count);

    return i < count ? keys[i] : NULL;
}

static const struct cli_option options[] = {
    {
        .name = "sort",
        .letter = 's',
        .kind = CLI_LIST,
        .argument = "KEY",
        .value_at = sort_key,
        .help = "what to sort by, or the beginning of it; further keys decide between equals "
                "(default: the order in the file)",
        .target = &opts.sort_keys,
    },
    {
        .name = "reverse",
        .letter = 'r',
        .kind = CLI_SWITCH,
        .help = "the other way round",
        .target = &opts.reverse,
    },
    {
        .name = "callers",
        .kind = CLI_SWITCH,
        .help = "who called each function",
        .target = &opts.callers,
    },
    {
        .name = "callees",
        .kind = CLI_SWITCH,
        .help = "whom each function called",
        .target = &opts.callees,
    },
    {
        .name = "strip-dirs",
        .kind = CLI_SWITCH,
        .help = "file names without folders; functions that become equal are summed",
        .target = &opts.strip_dirs,
    },
    {
        .name = "restrict",
        .kind = CLI_LIST,
        .argument = "RESTRICTION",
        .help = "as a RESTRICTION among the operands, and applied after those",
        .target = &opts.restrictions,
    },
    {
        .name = "output",
        .letter = 'o',
        .kind = CLI_TEXT,
        .argument = "FILE",
        .help = "write to a file, which is replaced only when all went well; .gz and .zst compress",
        .target = &opts.path,
    },
};

static const struct cli_example examples[] = {
    { "statslice stats --sort tottime app.prof 20", "The 20 functions with the most own time." },
    { "statslice stats --sort cumulative --callers app.prof 'shop\\.py' 0.5",
      "Who called the functions of shop.py, the upper half of them." },
    { "statslice stats --strip-dirs monday.prof tuesday.prof", "Two files added up." },
    { "statslice stats --from '2024-05-05 14:00' --to '2024-05-05 15:00' app.log",
      "One hour of a log." },
};

/* --- what is an input, what a restriction --- */

static bool is_input(const char *text)
{
    struct stat info;

    return strcmp(text, "-") == 0 || cli_is_url(text) || stat(text, &info) == 0;
}

/* Inputs stand first. The first operand is one in any case, so that a file that is missing is
 * said to be missing. */
static size_t count_inputs(const struct cli_operands *operands)
{
    size_t count = 0;

    while (count < operands->before_dashes && (count == 0 || is_input(operands->list.items[count])))
        count++;
    return count;
}

/* A wrong name among the inputs would be a regex that matches nothing; that helps nobody. */
static int check_restrictions(const struct cli_operands *operands, size_t input_count,
                              struct sts_error *err)
{
    for (size_t i = input_count; i < operands->before_dashes; i++) {
        const char *text = operands->list.items[i];
        if (is_input(text))
            return cli_fail(err, STS_E_USAGE,
                            "the file \"%.80s\" stands behind a restriction; inputs come first",
                            text);
        if (sts_output_format_of(text) != NULL)
            return cli_fail(err, STS_E_USAGE,
                            "there is no file \"%.80s\"; if it is a restriction, say --restrict",
                            text);
    }
    return 0;
}

static int collect_restrictions(const struct cli_operands *operands, size_t input_count,
                                struct cli_list *all, struct sts_error *err)
{
    int r = check_restrictions(operands, input_count, err);

    for (size_t i = input_count; i < operands->list.count && r >= 0; i++)
        r = cli_list_add(all, operands->list.items[i], err);
    for (size_t i = 0; i < opts.restrictions.count && r >= 0; i++)
        r = cli_list_add(all, opts.restrictions.items[i], err);
    return r;
}

/* pstats.Stats(a, b, c) adds c before b; the order of rows and of the heading follows from it. */
static int collect_inputs(const struct cli_operands *operands, size_t input_count,
                          struct cli_list *paths, struct sts_error *err)
{
    int r = 0;

    for (size_t i = 0; i < input_count && r >= 0; i++)
        r = cli_list_add(paths, operands->list.items[i == 0 ? 0 : input_count - i], err);
    return r;
}

/* --- the heading --- */

/* As Python's time.ctime writes the time of a file's last change; no date for a log or a pipe. */
static const char *date_of(const struct cli_input *input, char text[DATE_TEXT_BYTES])
{
    struct stat info;
    struct tm tm;

    if (strcmp(input->format, "pstats") != 0 || stat(input->path, &info) != 0 ||
        localtime_r(&info.st_mtime, &tm) == NULL ||
        strftime(text, DATE_TEXT_BYTES, "%a %b %e %H:%M:%S %Y", &tm) == 0)
        return NULL;
    return text;
}

struct heading {
    struct cli_list names, dates;
    char (*texts)[DATE_TEXT_BYTES];
};

static int make_heading(struct heading *heading, const struct cli_inputs *inputs,
                        struct sts_error *err)
{
    int r = 0;

    /* one more than inputs: calloc(0, ...) may give NULL without being out of memory */
    heading->texts = calloc(inputs->count + 1, sizeof(*heading->texts));
    if (heading->texts == NULL)
        return cli_fail_nomem(err);
    for (size_t i = 0; i < inputs->count && r >= 0; i++) {
        const struct cli_input *input = &inputs->items[i];
        r = cli_list_add(&heading->names, input->path, err);
        if (r >= 0)
            r = cli_list_add(&heading->dates, date_of(input, heading->texts[i]), err);
    }
    return r;
}

/* --- the table --- */

/*
 * The profiles of each input, added up. pstats adds files as floats, whose last bits decide about
 * functions that are equal to the nanosecond; so the inputs stay apart until they are printed.
 */
struct sums {
    struct cli_inputs inputs;
    struct sts_profile **items; /* one an input */
    struct sts_total *span;     /* what of each profile counts */
};

static int print(const struct sums *sums, const struct cli_list *restrictions,
                 struct sts_error *err)
{
    struct sts_stats_options stats = STS_STATS_OPTIONS_INIT;
    struct heading heading = { .texts = NULL };
    struct sts_sink *sink = NULL;
    int r = make_heading(&heading, &sums->inputs, err);

    if (opts.callers || opts.callees)
        stats.table = opts.callers ? STS_STATS_TABLE_CALLERS : STS_STATS_TABLE_CALLEES;
    stats.sort_keys = opts.sort_keys.items;
    stats.sort_key_count = opts.sort_keys.count;
    stats.restrictions = restrictions->items;
    stats.restriction_count = restrictions->count;
    stats.reverse = opts.reverse;
    stats.strip_dirs = opts.strip_dirs;
    stats.names = heading.names.items;
    stats.dates = heading.dates.items;
    stats.name_count = heading.names.count;
    if (r >= 0)
        r = cli_outfile_open(opts.path, &sink, err);
    if (r >= 0)
        r = sts_stats_print((const struct sts_profile *const *)sums->items, sums->inputs.count,
                            &stats, sink, err);
    r = cli_outfile_close(sink, r, err);
    cli_list_deinit(&heading.names);
    cli_list_deinit(&heading.dates);
    free(heading.texts);
    return r;
}

static int take(void *context, struct sts_profile *profile, struct sts_error *err)
{
    struct sums *sums = context;
    int r = sts_total_cut(sums->span, profile, err);

    return r <= 0 ? r : sts_profile_merge(sums->items[sums->inputs.current], profile, err);
}

static int take_store(void *context, struct sts_store *store, struct sts_error *err)
{
    struct sums *sums = context;

    return sts_total_merge_store(sums->span, store, sums->items[sums->inputs.current], err);
}

static int make_items(struct sums *sums, struct sts_error *err)
{
    struct sts_symbols *symbols = sts_profile_symbols(sums->inputs.profile);

    sums->items = calloc(sums->inputs.count, sizeof(struct sts_profile *));
    for (size_t i = 0; sums->items != NULL && i < sums->inputs.count; i++) {
        sums->items[i] = sts_profile_new(symbols);
        if (sums->items[i] == NULL)
            return cli_fail_nomem(err);
    }
    return sums->items != NULL ? 0 : cli_fail_nomem(err);
}

static int read_and_print(const struct cli_context *context, const struct cli_list *paths,
                          const struct cli_list *restrictions, struct sts_error *err)
{
    struct sums sums = { .items = NULL };
    int r = cli_span_open(context, &sums.span, err);

    if (r >= 0)
        r = cli_inputs_open(&sums.inputs, context, paths->items, paths->count, 1, err);
    if (r >= 0)
        r = make_items(&sums, err);
    if (r >= 0)
        r = cli_inputs_each(&sums.inputs, false, take, take_store, &sums, err);
    if (r >= 0)
        r = cli_inputs_check(&sums.inputs, err);
    for (size_t i = 0; i < sums.inputs.count && r >= 0; i++)
        r = sts_profile_drop_qualnames(sums.items[i], err);
    if (r >= 0)
        r = print(&sums, restrictions, err);
    if (r >= 0) {
        cli_inputs_warn(&sums.inputs);
        cli_span_warn(context, sums.span);
    }
    for (size_t i = 0; sums.items != NULL && i < sums.inputs.count; i++)
        sts_profile_free(sums.items[i]);
    free(sums.items);
    sts_total_free(sums.span);
    cli_inputs_close(&sums.inputs);
    return r;
}

static int run(const struct cli_context *context, struct sts_error *err)
{
    size_t input_count = count_inputs(&context->operands);
    struct cli_list paths = { NULL, 0 }, restrictions = { NULL, 0 };
    int r;

    if (opts.callers && opts.callees)
        r = cli_fail(err, STS_E_USAGE, "--callers and --callees cannot be asked for together");
    else
        r = collect_restrictions(&context->operands, input_count, &restrictions, err);
    if (r >= 0)
        r = collect_inputs(&context->operands, input_count, &paths, err);
    if (r >= 0)
        r = read_and_print(context, &paths, &restrictions, err);
    cli_list_deinit(&paths);
    cli_list_deinit(&restrictions);
    cli_list_deinit(&opts.sort_keys);
    cli_list_deinit(&opts.restrictions);
    return r;
}

const struct cli_command cmd_stats = {
    .name = "stats",
    .summary = "the tables that Python's pstats prints",
    .operands = "INPUT... [RESTRICTION...]",
    .description =
        "Adds up the profiles of all inputs and prints what print_stats, print_callers or "
        "print_callees of Python's pstats prints for them, byte for byte.\n\n"
        "Inputs come first. An operand that is the name of a file is an INPUT (\"-\" is standard "
        "input, and the first operand is always an INPUT); from the first one on that is not, "
        "and behind \"--\", all are RESTRICTIONs. A RESTRICTION is a number of lines (20), a share "
        "of the lines (0.1), or a regular expression that is searched in \"file:line(function)\"; "
        "each narrows what the one before it has left.\n\n"
        "--from, --to and --where choose a span and labels out of logs. A profile across an end of "
        "the span counts in proportion to time.\n\n"
        "In place of inputs, a server (statslice serve) can be asked by its URL.",
    .options = options,
    .option_count = sizeof(options) / sizeof(*options),
    .examples = examples,
    .example_count = sizeof(examples) / sizeof(*examples),
    .reads_inputs = true,
    .asks_servers = true,
    .query_options = sts_total_options,
    .query_title = "Span",
    .run = run,
};
