/* SPDX-License-Identifier: MIT */
/*
 * start_arguments.c - what the collector is to be started with, checked, as JSON.
 *
 * Why:  checked here, as the program that collects has nobody to tell.
 */
#include "cli/start_arguments.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <statslice/amount.h>
#include <statslice/sink.h>

#include "cli/log_path.h"
#include "cli/out.h"
#include "cli/report.h"

#define KEY_BYTES_MAX   ((size_t)255)
#define NS_PER_S        INT64_C(1000000000)
#define SLICE_NS_MIN    (NS_PER_S / 100)
#define SLICE_NS_MAX    (86400 * NS_PER_S)
#define SPOOL_BYTES_MIN ((uint64_t)64 << 10)
#define SPOOL_BYTES_MAX ((uint64_t)1 << 40)

/*
 * Bytes beyond ASCII stay as they are: the reader takes the variable by the same encoding as it
 * takes its command line, so that a path of any bytes comes through.
 */
static void put_string(struct sts_sink *sink, const char *text)
{
    cli_put(sink, "\"");
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte < 0x20 || byte == '"' || byte == '\\')
            cli_put_format(sink, "\\u%04x", byte);
        else
            sts_sink_write(sink, text, 1);
    }
    cli_put(sink, "\"");
}

static void put_name(struct sts_sink *sink, const char *name)
{
    cli_put_format(sink, ",\"%s\":", name);
}

static void put_text(struct sts_sink *sink, const char *name, const char *text)
{
    if (text == NULL)
        return;
    put_name(sink, name);
    put_string(sink, text);
}

static void put_number(struct sts_sink *sink, const char *name, uint64_t number)
{
    if (number == 0)
        return;
    put_name(sink, name);
    cli_put_format(sink, "%llu", (unsigned long long)number);
}

static int fail_option(const char *option, struct sts_error *err)
{
    struct sts_error reason = *err;

    return cli_fail(err, reason.status, "--%s: %.180s", option, reason.text);
}

/* A duration in seconds. */
static int put_duration(struct sts_sink *sink, const char *option, const char *name,
                        const char *text, int64_t min_ns, int64_t max_ns, struct sts_error *err)
{
    char seconds[CLI_TIME_TEXT_BYTES];
    int64_t ns;

    if (text == NULL)
        return 0;
    if (sts_duration_parse(text, &ns, err) < 0)
        return fail_option(option, err);
    if (ns < min_ns || ns > max_ns)
        return cli_fail(err, STS_E_USAGE, "--%s: \"%.40s\" is too %s", option, text,
                        ns < min_ns ? "short" : "long");
    cli_seconds_text(seconds, ns);
    put_name(sink, name);
    cli_put(sink, seconds);
    return 0;
}

static int put_size(struct sts_sink *sink, const char *option, const char *name, const char *text,
                    uint64_t min, uint64_t max, struct sts_error *err)
{
    uint64_t bytes;

    if (text == NULL)
        return 0;
    if (sts_size_parse(text, &bytes, err) < 0)
        return fail_option(option, err);
    if (bytes < min || bytes > max)
        return cli_fail(err, STS_E_USAGE, "--%s: \"%.40s\" is out of range", option, text);
    put_number(sink, name, bytes);
    return 0;
}

/* A path from the root on, as the program may go to another folder. */
static int put_path(struct sts_sink *sink, const char *option, const char *name, const char *path,
                    bool is_read, struct sts_error *err)
{
    char folder[PATH_MAX], whole[2 * PATH_MAX];

    if (path == NULL)
        return 0;
    if (is_read && access(path, R_OK) != 0) {
        cli_fail_errno(err, errno, "--%s: could not read \"%.140s\"", option, path);
        return err->status = STS_E_USAGE;
    }
    if (path[0] == '\0' || strlen(path) >= PATH_MAX || getcwd(folder, sizeof(folder)) == NULL)
        return cli_fail(err, STS_E_USAGE, "--%s: \"%.80s\" is not a path", option, path);
    snprintf(whole, sizeof(whole), "%s%s%s", path[0] == '/' ? "" : folder,
             path[0] == '/' ? "" : "/", path);
    put_text(sink, name, whole);
    return 0;
}

/* What a server needs, and nothing else does. */
static int put_server(const struct cli_start_arguments *start, struct sts_sink *sink,
                      struct sts_error *err)
{
    bool is_given = start->token_file != NULL || start->ca != NULL || start->spool != NULL ||
                    start->spool_max != NULL;
    int r;

    if (is_given && !cli_log_path_is_url(start->target))
        return cli_fail(err, STS_E_USAGE,
                        "--token-file, --ca, --spool and --spool-max are for a server: "
                        "--output http://host:8521");
    r = put_path(sink, "token-file", "token_file", start->token_file, true, err);
    if (r >= 0)
        r = put_path(sink, "ca", "ca", start->ca, true, err);
    if (r >= 0)
        r = put_path(sink, "spool", "spool", start->spool, false, err);
    if (r >= 0)
        r = put_size(sink, "spool-max", "spool_max", start->spool_max, SPOOL_BYTES_MIN,
                     SPOOL_BYTES_MAX, err);
    return r;
}

/* Per cent, as decimal digits: they go on as they are. */
static int put_budget(struct sts_sink *sink, const char *text, struct sts_error *err)
{
    size_t whole, len;

    if (text == NULL)
        return 0;
    len = whole = strspn(text, "0123456789");
    if (text[len] == '.')
        len += 1 + strspn(text + len + 1, "0123456789");
    if (whole == 0 || text[len] != '\0' || text[len - 1] == '.' || len > 16 || atof(text) > 100 ||
        text[strspn(text, "0.")] == '\0')
        return cli_fail(err, STS_E_USAGE,
                        "--budget: \"%.40s\" is not per cent, as 1 or 0.5 (at most 100)", text);
    put_name(sink, "budget");
    cli_put(sink, text + strspn(text, "0") - (text[strspn(text, "0")] == '.' ? 1 : 0));
    return 0;
}

/* Events are told or not; going on and off costs more than it saves. */
static int check_budget(const struct cli_start_arguments *start, struct sts_error *err)
{
    if (start->budget != NULL && start->engine != NULL && strcmp(start->engine, "events") == 0)
        return cli_fail(err, STS_E_USAGE, "--budget: --engine events keeps none");
    return 0;
}

/* Keys that the collector sets itself, and those that its start() takes for something else. */
static int check_key(const char *key, struct sts_error *err)
{
    static const char *const taken[] = {
        "target",      "slice",      "engine", "clock",          "budget",    "thread_label",
        "rotate_size", "rotate_age", "keep",   "label_sets_max", "queue_max", "token",
        "token_file",  "ca",         "spool",  "spool_max",
    };

    if (strcmp(key, "pid") == 0)
        return cli_fail(err, STS_E_USAGE, "--label: pid is each process's own");
    for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++) {
        if (strcmp(key, taken[i]) == 0)
            return cli_fail(err, STS_E_USAGE,
                            "--label: \"%s\" cannot be a label; it is an option of "
                            "its own",
                            key);
    }
    return 0;
}

static int put_labels(struct sts_sink *sink, const struct cli_list *labels, struct sts_error *err)
{
    put_name(sink, "labels");
    cli_put(sink, "{");
    for (size_t i = 0; i < labels->count; i++) {
        const char *text = labels->items[i], *value = strchr(text, '=');
        char key[KEY_BYTES_MAX + 1];
        size_t key_len = value == NULL ? 0 : (size_t)(value - text);
        if (key_len == 0 || key_len >= sizeof(key))
            return cli_fail(err, STS_E_USAGE, "--label: \"%.80s\" is not KEY=VALUE", text);
        memcpy(key, text, key_len);
        key[key_len] = '\0';
        if (check_key(key, err) < 0)
            return err->status;
        cli_put(sink, i == 0 ? "" : ",");
        put_string(sink, key);
        cli_put(sink, ":");
        put_string(sink, value + 1);
    }
    cli_put(sink, "}");
    return 0;
}

int cli_start_arguments_put(const struct cli_start_arguments *start, struct sts_sink *sink,
                            struct sts_error *err)
{
    int r;

    if ((strcmp(start->target, "-") == 0 || cli_log_path_is_url(start->target)) &&
        (start->rotate_size != NULL || start->rotate_age != NULL))
        return cli_fail(err, STS_E_USAGE,
                        "--rotate-size and --rotate-age: only a file can be rotated");
    if (check_budget(start, err) < 0)
        return err->status;
    cli_put(sink, "{\"target\":");
    put_string(sink, start->target);
    put_text(sink, "engine", start->engine);
    put_text(sink, "clock", start->clock);
    put_number(sink, "keep", start->keep);
    put_number(sink, "label_sets_max", start->label_sets_max);
    if (start->thread_label)
        cli_put(sink, ",\"thread_label\":true");
    r = put_duration(sink, "slice", "slice", start->slice, SLICE_NS_MIN, SLICE_NS_MAX, err);
    if (r >= 0)
        r = put_duration(sink, "rotate-age", "rotate_age", start->rotate_age, NS_PER_S, INT64_MAX,
                         err);
    if (r >= 0)
        r = put_size(sink, "rotate-size", "rotate_size", start->rotate_size, 1, INT64_MAX, err);
    if (r >= 0)
        r = put_server(start, sink, err);
    if (r >= 0)
        r = put_budget(sink, start->budget, err);
    if (r >= 0)
        r = put_labels(sink, &start->labels, err);
    cli_put(sink, "}");
    return r;
}
