/* SPDX-License-Identifier: MIT */
/*
 * cmd_add.c - statslice add: profiles into a store.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <statslice/format.h>
#include <statslice/profile.h>
#include <statslice/store.h>

#include "cli/command.h"
#include "cli/expand.h"
#include "cli/inputs.h"
#include "cli/label_option.h"
#include "cli/out.h"
#include "cli/outfile.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/signals.h"
#include "cli/store_verb.h"
#include "cli/verbs.h"

#define BATCH_ROWS     ((size_t)1 << 18)
#define BATCH_PROFILES ((size_t)1 << 12)
#define BATCH_NS       INT64_C(1000000000)

static struct {
    struct cli_list labels;
    bool no_compact;
} opts;

static const struct cli_option options[] = {
    {
        .name = "label",
        .kind = CLI_LIST,
        .argument = "KEY=VALUE",
        .help = "set a label on every profile; an empty VALUE removes it",
        .target = &opts.labels,
    },
    {
        .name = "no-compact",
        .help = "leave packing and summing by minute, hour and day to a later compact",
        .target = &opts.no_compact,
    },
};

static const struct cli_example examples[] = {
    { "statslice add profiles.db app.log",
      "A log's profiles into a store, which is made if need be." },
    { "statslice add profiles.db --label service=shop prof/ 'old/*.prof'",
      "All files of a folder, and what a pattern matches, each profile with a label." },
    { "tail -F app.log | statslice add profiles.db -", "A log as it grows." },
    { "statslice add all.db monday.db tuesday.db", "The profiles of several stores in one." },
};

struct adding {
    const struct cli_context *context;
    const char *path; /* of the store */
    struct sts_store *store;
    struct sts_profile *profile;
    struct cli_files files;
    struct cli_progress progress;
    uint64_t done_bytes; /* of the files before */
    int64_t committed_mono_ns;
    uint64_t n_read, n_lines, n_broken, n_files_passed, n_files_failed;
};

static int64_t mono_ns(void)
{
    struct timespec now = { 0, 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static bool is_pipe(const char *path)
{
    struct stat info;

    if (strcmp(path, "-") == 0)
        return fstat(STDIN_FILENO, &info) == 0 && !S_ISREG(info.st_mode);
    return false;
}

/* Whether a read from standard input would wait now. */
static bool would_wait(void)
{
    struct pollfd waited = { .fd = STDIN_FILENO, .events = POLLIN };

    return poll(&waited, 1, 0) == 0;
}

static bool is_full(const struct adding *adding)
{
    return sts_store_batch_rows(adding->store) >= BATCH_ROWS ||
           sts_store_batch_profiles(adding->store) >= BATCH_PROFILES ||
           mono_ns() - adding->committed_mono_ns >= BATCH_NS;
}

static int take(struct adding *adding, bool from_pipe, struct sts_error *err)
{
    int r = cli_labels_set(&opts.labels, adding->profile, err);

    if (r >= 0)
        r = sts_store_add(adding->store, adding->profile, err);
    if (r < 0)
        return r;
    adding->n_read++;
    if (from_pipe && would_wait()) /* for the next one, which may come in an hour */
        r = sts_store_commit(adding->store, err);
    else if (is_full(adding))
        r = sts_store_commit_begin(adding->store, err);
    else
        return 0;
    adding->committed_mono_ns = mono_ns();
    return r;
}

static void count(struct adding *adding, const char *path, const struct sts_input_counts *counts)
{
    adding->done_bytes += counts->bytes;
    adding->n_lines += counts->lines_passed;
    adding->n_broken += counts->lines_broken;
    if (counts->lines_broken > 0 && !adding->context->quiet)
        cli_warn("%s: %" PRIu64 " %s like a profile but %s broken; the first: %s", path,
                 counts->lines_broken, counts->lines_broken == 1 ? "line looks" : "lines look",
                 counts->lines_broken == 1 ? "is" : "are", counts->first_broken);
}

/* Returns: 0; STS_E_CANCELLED where a signal asked to stop. *ret_ours: a failure of the store. */
static int read_all(struct adding *adding, struct sts_input *input, const char *path,
                    bool *ret_ours, struct sts_error *err)
{
    bool from_pipe = is_pipe(path);
    int r;

    cli_signals_defer(!from_pipe);
    while ((r = sts_input_next(input, adding->profile, err)) > 0) {
        r = take(adding, from_pipe, err);
        *ret_ours = r < 0;
        if (r == 0 && cli_signals_stopped_by() != 0)
            r = STS_E_CANCELLED;
        if (r < 0)
            break;
        cli_progress_show(&adding->progress, path,
                          adding->done_bytes + sts_input_counts(input)->bytes);
    }
    return r;
}

static bool is_same_file(const char *path, const char *other)
{
    struct stat info, other_info;

    return stat(path, &info) == 0 && stat(other, &other_info) == 0 &&
           info.st_dev == other_info.st_dev && info.st_ino == other_info.st_ino;
}

/* A file of a folder that holds something else is passed over. */
static int add_file(struct adding *adding, const struct cli_file *file, bool *ret_ours,
                    struct sts_error *err)
{
    const struct sts_input_options how = { .strict = adding->context->strict };
    const char *shown = strcmp(file->path, "-") == 0 ? "standard input" : file->path;
    uint64_t read_before = adding->n_read, stored = 0;
    struct sts_input *input = NULL;
    int r = 0;

    if (file->found && sts_store_is(file->path)) {
        adding->n_files_passed++;
        return 0;
    }
    if (is_same_file(file->path, adding->path))
        return cli_fail(err, STS_E_USAGE, "\"%.120s\" cannot be added to itself", file->path);
    sts_store_new_source(adding->store);
    r = sts_input_open(file->path, &how, &input, err);
    if (r == STS_E_FORMAT && file->found) {
        adding->n_files_passed++;
        return 0;
    }
    if (r < 0)
        return r;
    if (sts_input_store(input) != NULL)
        r = cli_store_count(sts_input_store(input), &stored, err);
    if (r == 0)
        r = read_all(adding, input, file->path, ret_ours, err);
    cli_progress_end(&adding->progress);
    count(adding, shown, sts_input_counts(input));
    if (r == 0 && !adding->context->quiet)
        cli_store_warn_of_sums(shown, stored, adding->n_read - read_before);
    sts_input_close(input);
    return r;
}

/* A file that cannot be read does not keep the others out; a store that cannot be written does. */
static int add_files(struct adding *adding, struct sts_error *err)
{
    int first_failure = 0;

    for (size_t i = 0; i < adding->files.count; i++) {
        struct sts_error failure = { .text = "" };
        bool ours = false;
        int r = add_file(adding, &adding->files.items[i], &ours, &failure);
        if (r >= 0)
            continue;
        if (r != STS_E_CANCELLED)
            adding->n_files_failed++;
        if (first_failure == 0 || ours) {
            first_failure = r;
            *err = failure;
        } else if (!adding->context->quiet && r != STS_E_CANCELLED) {
            cli_warn("%s", failure.text);
        }
        if (ours || r == STS_E_CANCELLED || adding->context->strict)
            break;
    }
    return first_failure;
}

static uint64_t total_bytes(const struct cli_files *files)
{
    uint64_t total = 0;

    for (size_t i = 0; i < files->count; i++) {
        struct stat info;
        if (stat(files->items[i].path, &info) != 0 || !S_ISREG(info.st_mode))
            return 0;
        total += (uint64_t)info.st_size;
    }
    return total;
}

static void put_count(struct sts_sink *sink, const char *before, uint64_t n, const char *one,
                      const char *many)
{
    char text[CLI_TIME_TEXT_BYTES];

    cli_group_digits(text, n);
    cli_put_format(sink, "%s%s %s", before, text, n == 1 ? one : many);
}

static int summarize(const struct adding *adding, const char *path, struct sts_error *err)
{
    struct sts_store_tally tally = sts_store_tally(adding->store);
    struct sts_sink *sink = NULL;
    int r = cli_outfile_open(NULL, &sink, err);

    if (r >= 0) {
        cli_put_shown(sink, path);
        put_count(sink, ": ", tally.n_new, "new profile", "new profiles");
        put_count(sink, ", ", tally.n_known, "known", "known");
        put_count(sink, ", ", tally.n_expired, "expired", "expired");
        put_count(sink, ", ", adding->n_broken, "broken line", "broken lines");
        if (adding->n_files_passed > 0)
            put_count(sink, ", ", adding->n_files_passed, "file passed over", "files passed over");
        cli_put(sink, "\n");
    }
    return cli_outfile_close(sink, r, err);
}

static int check_found(const struct adding *adding, struct sts_error *err)
{
    char lines[CLI_TIME_TEXT_BYTES];

    if (adding->n_read > 0)
        return 0;
    cli_group_digits(lines, adding->n_lines + adding->n_broken);
    return cli_fail(err, STS_E_FORMAT, "no profiles found in %zu %s (%s lines passed over)",
                    adding->files.count, adding->files.count == 1 ? "input" : "inputs", lines);
}

/* So that questions are answered from sums at once. It can be stopped at any moment. */
static int compact(struct adding *adding, struct sts_error *err)
{
    struct cli_store_bar bar;
    int r;

    if (opts.no_compact || sts_store_tally(adding->store).n_new == 0)
        return 0;
    cli_store_bar_init(&bar, "compacting", adding->context->quiet);
    r = sts_store_compact(adding->store, cli_store_bar_step, &bar, err);
    cli_progress_end(&bar.progress);
    return r;
}

/* What was read is kept, also after a failure to read more. */
static int add_all(struct adding *adding, const char *path, struct sts_error *err)
{
    struct sts_error failure = { .text = "" };
    int r, committed;

    adding->committed_mono_ns = mono_ns();
    r = add_files(adding, &failure);
    committed = sts_store_commit(adding->store, r >= 0 || r == STS_E_CANCELLED ? &failure : NULL);
    cli_progress_end(&adding->progress);
    cli_signals_defer(false);
    if (r >= 0 || r == STS_E_CANCELLED)
        r = committed < 0 ? committed : r;
    if (r >= 0)
        r = compact(adding, &failure);
    if (r >= 0)
        r = check_found(adding, &failure);
    if (adding->n_read > 0 && summarize(adding, path, r >= 0 ? &failure : NULL) < 0 && r >= 0)
        r = failure.status;
    if (r == STS_E_CANCELLED)
        return cli_fail(err, STS_E_CANCELLED,
                        "stopped; what was read until then is stored, run it again to go on");
    if (r < 0)
        *err = failure;
    return r;
}

static int open_all(struct adding *adding, const struct cli_list *operands, struct sts_error *err)
{
    const struct sts_store_options how = { .writes = true, .creates = true };
    int r = cli_labels_check(&opts.labels, err);

    if (r >= 0 && operands->count == 0)
        r = cli_fail(err, STS_E_USAGE, "no store is given");
    if (r >= 0)
        r = cli_inputs_check_paths(operands->items + 1, operands->count - 1, err);
    for (size_t i = 1; i < operands->count && r >= 0; i++)
        r = cli_expand(&adding->files, operands->items[i], err);
    if (r >= 0)
        r = sts_store_open(operands->items[0], &how, &adding->store, err);
    if (r < 0)
        return r;
    adding->profile = sts_profile_new(NULL);
    if (adding->profile == NULL)
        return cli_fail_nomem(err);
    cli_progress_init(&adding->progress, adding->context->quiet, total_bytes(&adding->files));
    return 0;
}

static int run(const struct cli_context *context, struct sts_error *err)
{
    const struct cli_list *operands = &context->operands.list;
    struct adding adding = { .context = context };
    int r;

    if (operands->count > 0)
        adding.path = operands->items[0];
    r = open_all(&adding, operands, err);

    if (r >= 0)
        r = add_all(&adding, operands->items[0], err);
    sts_profile_free(adding.profile);
    sts_store_close(adding.store);
    cli_files_deinit(&adding.files);
    cli_list_deinit(&opts.labels);
    return r;
}

const struct cli_command cmd_add = {
    .name = "add",
    .summary = "profiles into a store",
    .operands = "STORE INPUT...",
    .description =
        "Reads the profiles of all inputs into a store, one file that keeps months of them; it is "
        "made where there is none. An input is a file, a folder with all files below it, a "
        "pattern in quotes, or \"-\" for standard input.\n\n"
        "A profile that is there already is not stored again: the same command can be run once "
        "more, after it was stopped or when a log has grown. Several may write one store at "
        "once. What was stored stays, whatever happens to the process or the machine.\n\n"
        "An INPUT may be another store: its profiles are added; where retention has let go of "
        "some, "
        "their sums stay behind. In a folder, stores and files that hold no profiles are passed "
        "over.",
    .options = options,
    .option_count = sizeof(options) / sizeof(*options),
    .examples = examples,
    .example_count = sizeof(examples) / sizeof(*examples),
    .reads_inputs = true,
    .run = run,
};
