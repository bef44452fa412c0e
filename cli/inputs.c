/* SPDX-License-Identifier: MIT */
/*
 * inputs.c - the inputs of a command line, read profile by profile, once or twice.
 *
 * In:   paths, "-" for standard input.
 * Out:  each profile handed to a callback; what was counted, for warnings.
 * Why:  one profile is filled again and again, so that memory does not grow
 *       with the length of a log.
 */
#include "cli/inputs.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <statslice/profile.h>

#include "cli/command.h"
#include "cli/out.h"
#include "cli/remote.h"
#include "cli/report.h"
#include "cli/store_verb.h"

static const char *shown_name(const struct cli_input *input)
{
    return strcmp(input->path, "-") == 0 ? "standard input" : input->path;
}

/* Size of all inputs together; 0 where one of them does not tell. */
static uint64_t total_bytes(const struct cli_inputs *inputs)
{
    uint64_t total = 0;

    for (size_t i = 0; i < inputs->count; i++) {
        const struct cli_input *input = &inputs->items[i];
        struct stat info;
        if (input->spool.data != NULL)
            total += input->spool.len;
        else if (stat(input->path, &info) == 0 && S_ISREG(info.st_mode))
            total += (uint64_t)info.st_size;
        else
            return 0;
    }
    return total;
}

static int spool_pipes(struct cli_inputs *inputs, struct sts_error *err)
{
    for (size_t i = 0; i < inputs->count; i++) {
        struct cli_input *input = &inputs->items[i];
        int r = 0;
        if (cli_spool_is_needed(input->path))
            r = cli_spool_open(&input->spool, input->path, &inputs->progress, err);
        if (r < 0)
            return r;
    }
    return 0;
}

const char *cli_inputs_current(const struct cli_inputs *inputs)
{
    return shown_name(&inputs->items[inputs->current]);
}

int cli_inputs_check_paths(const char *const *paths, size_t count, struct sts_error *err)
{
    size_t stdin_count = 0;

    for (size_t i = 0; i < count; i++) {
        stdin_count += strcmp(paths[i], "-") == 0;
        if (count > 1 && cli_is_url(paths[i]))
            return cli_fail(err, STS_E_USAGE, "a server is asked alone: \"%.80s\"", paths[i]);
    }
    if (count == 0)
        return cli_fail(err, STS_E_USAGE,
                        "no input is given (a file, or \"-\" for standard input)");
    if (stdin_count > 1)
        return cli_fail(err, STS_E_USAGE, "standard input (\"-\") can be given only once");
    return 0;
}

int cli_inputs_open(struct cli_inputs *inputs, const struct cli_context *context,
                    const char *const *paths, size_t count, unsigned passes, struct sts_error *err)
{
    int r = cli_inputs_check_paths(paths, count, err);

    *inputs = (struct cli_inputs){ .strict = context->strict, .quiet = context->quiet };
    if (r < 0)
        return r;
    inputs->profile = sts_profile_new(NULL);
    inputs->items = calloc(count, sizeof(*inputs->items));
    if (inputs->profile == NULL || inputs->items == NULL)
        return cli_fail_nomem(err);
    inputs->count = count;
    for (size_t i = 0; i < count; i++)
        inputs->items[i].path = paths[i];
    if (context->asks_servers) { /* it is alone, by the time that anything is opened */
        r = cli_is_url(paths[0]) ? cli_spool_fetch(&inputs->items[0].spool, context, err) : 0;
        if (r < 0)
            return r;
    }
    if (passes > 1) {
        cli_progress_init(&inputs->progress, context->quiet, 0);
        r = spool_pipes(inputs, err);
        cli_progress_end(&inputs->progress);
    }
    cli_progress_init(&inputs->progress, context->quiet, total_bytes(inputs) * passes);
    return r;
}

static int open_one(const struct cli_inputs *inputs, const struct cli_input *input, bool spans_only,
                    struct sts_input **ret_open, struct sts_error *err)
{
    struct sts_input_options options = STS_INPUT_OPTIONS_INIT;

    options.spans_only = spans_only;
    options.strict = inputs->strict;
    if (input->spool.data != NULL)
        return sts_input_open_memory(input->spool.data, input->spool.len, shown_name(input),
                                     &options, ret_open, err);
    return sts_input_open(input->path, &options, ret_open, err);
}

/* One pass over one input. */
struct pass {
    struct cli_inputs *inputs;
    struct cli_input *input;
    bool spans_only;
    cli_visit_fn visit;
    cli_visit_store_fn visit_store;
    void *context;
};

/* A store without a profile is as empty as a log without one. */
static int read_whole(const struct pass *pass, struct sts_store *store, struct sts_error *err)
{
    int r = cli_store_count(store, &pass->input->counts.profiles, err);

    return r < 0 ? r : pass->visit_store(pass->context, store, err);
}

static int read_each(const struct pass *pass, struct sts_input *open, struct sts_error *err)
{
    struct cli_inputs *inputs = pass->inputs;
    int r;

    for (;;) {
        r = sts_input_next(open, inputs->profile, err);
        if (r <= 0)
            return r;
        r = pass->visit(pass->context, inputs->profile, err);
        if (r < 0)
            return r;
        cli_progress_show(&inputs->progress, shown_name(pass->input),
                          inputs->done_bytes + sts_input_counts(open)->bytes);
    }
}

static int read_one(const struct pass *pass, struct sts_error *err)
{
    struct cli_input *input = pass->input;
    struct sts_input *open = NULL;
    int r = open_one(pass->inputs, input, pass->spans_only, &open, err);

    if (r < 0)
        return r;
    input->format = sts_input_format(open);
    input->compression = sts_input_compression(open);
    input->counts = *sts_input_counts(open);
    if (pass->visit_store != NULL && sts_input_store(open) != NULL) {
        r = read_whole(pass, sts_input_store(open), err);
        input->counts.bytes = input->counts.bytes_total;
    } else {
        r = read_each(pass, open, err);
        input->counts = *sts_input_counts(open);
    }
    pass->inputs->done_bytes += input->counts.bytes;
    sts_input_close(open);
    return r;
}

int cli_inputs_each(struct cli_inputs *inputs, bool spans_only, cli_visit_fn visit,
                    cli_visit_store_fn visit_store, void *visit_context, struct sts_error *err)
{
    int r = 0;

    for (size_t i = 0; i < inputs->count && r == 0; i++) {
        struct pass pass = { inputs, &inputs->items[i], spans_only,
                             visit,  visit_store,       visit_context };
        inputs->current = i;
        r = read_one(&pass, err);
    }
    cli_progress_end(&inputs->progress);
    return r;
}

int cli_inputs_check(const struct cli_inputs *inputs, struct sts_error *err)
{
    char lines_text[CLI_TIME_TEXT_BYTES];
    uint64_t profiles = 0, lines = 0, broken = 0;

    for (size_t i = 0; i < inputs->count; i++) {
        profiles += inputs->items[i].counts.profiles;
        lines += inputs->items[i].counts.lines_passed;
        broken += inputs->items[i].counts.lines_broken;
    }
    if (profiles > 0)
        return 0;
    cli_inputs_warn(inputs);
    cli_group_digits(lines_text, lines + broken);
    if (inputs->count > 1)
        return cli_fail(err, STS_E_FORMAT, "no profiles found in %zu inputs (%s %s passed over)",
                        inputs->count, lines_text, lines + broken == 1 ? "line" : "lines");
    return cli_fail(err, STS_E_FORMAT, "%.120s: no profiles found (%s %s passed over)",
                    shown_name(&inputs->items[0]), lines_text,
                    lines + broken == 1 ? "line" : "lines");
}

void cli_inputs_warn(const struct cli_inputs *inputs)
{
    if (inputs->quiet)
        return;
    for (size_t i = 0; i < inputs->count; i++) {
        const struct cli_input *input = &inputs->items[i];
        char count_text[CLI_TIME_TEXT_BYTES];
        cli_group_digits(count_text, input->counts.lines_broken);
        if (input->counts.lines_broken == 1)
            cli_warn("%s: a line looks like a profile but is broken: %s", shown_name(input),
                     input->counts.first_broken);
        else if (input->counts.lines_broken > 1)
            cli_warn("%s: %s lines look like a profile but are broken; the first: %s",
                     shown_name(input), count_text, input->counts.first_broken);
    }
}

void cli_inputs_close(struct cli_inputs *inputs)
{
    for (size_t i = 0; i < inputs->count; i++)
        cli_spool_close(&inputs->items[i].spool);
    free(inputs->items);
    sts_profile_free(inputs->profile);
    *inputs = (struct cli_inputs){ .items = NULL };
}
