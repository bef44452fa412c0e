/* SPDX-License-Identifier: MIT */
/*
 * output.c - the table of formats that can be written, and the calls over it.
 */
#include "format/output.h"

#include <stdlib.h>
#include <string.h>

#include <statslice/sink.h>

#include "base/fail.h"
#include "format/compress.h"
#include "format/pstats.h"

static int write_pstats(struct sts_output *output, const struct sts_profile *profile,
                        struct sts_error *err)
{
    if (output->count > 0)
        return sts__fail(err, STS_E_USAGE, "a pstats file holds one profile");
    return sts__pstats_encode(profile, output->sink, err);
}

/* The sink keeps the reason, and tells it at its own close. */
static int sink_status(const struct sts_sink *sink, struct sts_error *err)
{
    int status = sts_sink_status(sink);

    return status < 0 ? sts__fail(err, (enum sts_status)status, "%s", sts_status_text(status)) : 0;
}

static const struct sts__output_format output_pstats = { .write = write_pstats };

enum { PSTATS, NDJSON, NDJSON_FLAT, CSV, JSON, FORMAT_COUNT };

static const struct sts_format_info infos[FORMAT_COUNT] = {
    [PSTATS] = { "pstats", ".prof .pstats .pstat .cprof",
                 "a file as cProfile dumps it, for pstats, snakeviz and others", true },
    [NDJSON] = { "ndjson", ".ndjson .jsonl .log",
                 "the profile log: one JSON object a line, with callers", false },
    [NDJSON_FLAT] = { "ndjson-flat", ".flat.ndjson .flat.jsonl",
                      "one JSON object a function and profile, for log platforms; no callers",
                      false },
    [CSV] = { "csv", ".csv", "one row a function and profile; no callers", false },
    [JSON] = { "json", ".json", "one JSON document: an array of the log's objects", false },
};

static const struct sts__output_format *const formats[FORMAT_COUNT] = {
    [PSTATS] = &output_pstats,
    [NDJSON] = &sts__output_ndjson,
    [NDJSON_FLAT] = &sts__output_ndjson_flat,
    [CSV] = &sts__output_csv,
    [JSON] = &sts__output_json,
};

const struct sts_format_info *sts_output_formats(size_t *ret_count)
{
    *ret_count = FORMAT_COUNT;
    return infos;
}

/* Length of the longest of the endings (with a space between) that a path has; 0 for none. */
static size_t matching_ending(const char *endings, const char *path, size_t path_len)
{
    size_t longest = 0;

    while (*endings != '\0') {
        size_t len = strcspn(endings, " ");
        if (len > longest && len < path_len && memcmp(path + path_len - len, endings, len) == 0)
            longest = len;
        endings += len + strspn(endings + len, " ");
    }
    return longest;
}

const struct sts_format_info *sts_output_format_of(const char *path)
{
    const struct sts_format_info *best = NULL;
    size_t path_len = strlen(path), longest = 0;

    for (size_t i = 0; sts__compressions[i] != NULL; i++) {
        size_t len = matching_ending(sts__compressions[i]->ending, path, path_len);
        if (len > 0) {
            path_len -= len;
            break;
        }
    }
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        size_t len = matching_ending(infos[i].extensions, path, path_len);
        if (len > longest) {
            longest = len;
            best = &infos[i];
        }
    }
    return best;
}

int sts_output_open(const char *format, struct sts_sink *sink, struct sts_output **ret_output,
                    struct sts_error *err)
{
    struct sts_output *output;
    size_t i = 0;

    while (i < FORMAT_COUNT && strcmp(format, infos[i].name) != 0)
        i++;
    if (i == FORMAT_COUNT)
        return sts__fail(err, STS_E_NOTFOUND, "no format \"%s\" to write", format);
    output = calloc(1, sizeof(*output));
    if (output == NULL)
        return sts__fail_nomem(err);
    output->format = formats[i];
    output->sink = sink;
    sts__row_keys_init(&output->keys);
    if (output->format->begin != NULL)
        output->format->begin(output);
    *ret_output = output;
    return 0;
}

int sts_output_write(struct sts_output *output, const struct sts_profile *profile,
                     struct sts_error *err)
{
    int r = output->format->write(output, profile, err);

    if (r == 0)
        r = sink_status(output->sink, err);
    if (r == 0)
        output->count++;
    return r;
}

int sts_output_close(struct sts_output *output, struct sts_error *err)
{
    int r;

    if (output == NULL)
        return 0;
    if (output->format->end != NULL)
        output->format->end(output);
    r = sink_status(output->sink, err);
    sts__row_keys_deinit(&output->keys);
    free(output);
    return r;
}
