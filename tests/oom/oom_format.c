/* SPDX-License-Identifier: MIT */
/*
 * oom_format.c - scenarios: each output format written, read back, and merged.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "oom.h"

static int write_profiles(const char *format, struct sts_sink *sink, struct sts_error *err)
{
    struct sts_profile *profile = make_profile(2, err);
    struct sts_output *output = NULL;
    int r = profile == NULL ? STS_E_NOMEM : 0;
    int closed;

    if (r >= 0)
        r = sts_output_open(format, sink, &output, err);
    if (r >= 0)
        r = sts_output_write(output, profile, err);
    closed = sts_output_close(output, r < 0 ? NULL : err);
    sts_profile_free(profile);
    return r < 0 ? r : closed;
}

static int read_profiles(struct sts_input *input, struct sts_error *err)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    int r = 1;

    if (profile == NULL) {
        err->status = STS_E_NOMEM;
        return STS_E_NOMEM;
    }
    while (r > 0)
        r = sts_input_next(input, profile, err);
    if (r >= 0 && (sts_input_counts(input)->profiles != 1 || sts_input_format(input) == NULL ||
                   sts_input_compression(input) == NULL)) {
        snprintf(err->text, sizeof(err->text), "%llu profiles came back",
                 (unsigned long long)sts_input_counts(input)->profiles);
        r = STS_E_FORMAT;
    }
    sts_profile_free(profile);
    return r;
}

/* Writes one format to memory and, where it can be read, reads it back. */
static int round_trip(const char *format, bool readable, struct sts_error *err)
{
    struct sts_input_options options = STS_INPUT_OPTIONS_INIT;
    struct sts_sink *sink;
    struct sts_input *input = NULL;
    const char *data;
    size_t len;
    int r = sts_sink_open_memory(1 << 24, &sink, err);

    if (r < 0)
        return r;
    options.strict = true;
    r = write_profiles(format, sink, err);
    data = sts_sink_memory(sink, &len);
    if (r >= 0 && readable)
        r = sts_input_open_memory(data, len, "memory", &options, &input, err);
    if (r >= 0 && readable)
        r = read_profiles(input, err);
    sts_input_close(input);
    if (sts_sink_close(sink, r < 0 ? NULL : err) < 0 && r >= 0)
        r = STS_E_NOMEM;
    return r;
}

static int run_pstats(struct sts_error *err)
{
    return round_trip("pstats", true, err);
}

static int run_ndjson(struct sts_error *err)
{
    return round_trip("ndjson", true, err);
}

static int run_flat(struct sts_error *err)
{
    return round_trip("ndjson-flat", false, err);
}

static int run_csv(struct sts_error *err)
{
    return round_trip("csv", false, err);
}

static int run_json(struct sts_error *err)
{
    return round_trip("json", false, err);
}

static int write_file(const char *path, const char *format, const char *method,
                      struct sts_error *err)
{
    struct sts_sink *sink;
    int r = sts_sink_open_path(path, &sink, err);

    if (r >= 0 && method != NULL)
        r = sts_sink_open_compressed(method, sink, &sink, err);
    if (r < 0)
        return r;
    r = write_profiles(format, sink, err);
    if (r < 0) {
        sts_sink_abandon(sink);
        return r;
    }
    return sts_sink_close(sink, err);
}

static int run_files(struct sts_error *err)
{
    char path[64];
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_input *input = NULL;
    int r = profile == NULL ? STS_E_NOMEM : 0;

    err->status = STS_E_NOMEM;
    snprintf(path, sizeof(path), "/tmp/statslice-oom-%ld", (long)getpid());
    if (r >= 0)
        r = write_file(path, "pstats", NULL, err);
    if (r >= 0)
        r = sts_pstats_merge_file(path, profile, err);
    if (r >= 0)
        r = sts_input_open(path, NULL, &input, err);
    if (r >= 0)
        r = read_profiles(input, err);
    sts_input_close(input);
    sts_profile_free(profile);
    unlink(path);
    return r;
}

static int run_compressed_file(const char *method, struct sts_error *err)
{
    char path[64];
    struct sts_input *input = NULL;
    int r;

    snprintf(path, sizeof(path), "/tmp/statslice-oom-%ld", (long)getpid());
    r = write_file(path, "ndjson", method, err);
    if (r >= 0)
        r = sts_input_open(path, NULL, &input, err);
    if (r >= 0)
        r = read_profiles(input, err);
    sts_input_close(input);
    unlink(path);
    return r;
}

static int run_gzip_file(struct sts_error *err)
{
    return run_compressed_file("gzip", err);
}

static int run_zstd_file(struct sts_error *err)
{
    return run_compressed_file("zstd", err);
}

static int read_one(const char *text, struct sts_error *err)
{
    struct sts_input *input;
    int r = sts_input_open_memory(text, strlen(text), "memory", NULL, &input, err);

    if (r < 0)
        return r;
    r = read_profiles(input, err);
    sts_input_close(input);
    return r;
}

/* A line in a JSON text in a JSON text, with escapes, a label, and a caller without a row. */
static int run_embedded(struct sts_error *err)
{
    return read_one(
        "{\"log\":\"{\\\"message\\\":\\\"{\\\\\\\"statslice\\\\\\\":1,"
        "\\\\\\\"begin\\\\\\\":\\\\\\\"2024-05-05T12:00:00Z\\\\\\\","
        "\\\\\\\"end\\\\\\\":\\\\\\\"2024-05-05T12:00:10Z\\\\\\\","
        "\\\\\\\"labels\\\\\\\":{\\\\\\\"a\\\\\\\\tb\\\\\\\":1},"
        "\\\\\\\"other_callers\\\\\\\":{\\\\\\\"o\\\\\\\":{\\\\\\\"file_name\\\\\\\":"
        "\\\\\\\"f\\\\\\\",\\\\\\\"line_number\\\\\\\":1}},\\\\\\\"func_profiles\\\\\\\":"
        "{\\\\\\\"k\\\\\\\":{\\\\\\\"ncalls\\\\\\\":1,\\\\\\\"tottime\\\\\\\":0,"
        "\\\\\\\"cumtime\\\\\\\":0,\\\\\\\"file_name\\\\\\\":\\\\\\\"c:\\\\\\\\\\\\\\\\f\\\\\\\","
        "\\\\\\\"line_number\\\\\\\":1,\\\\\\\"callers\\\\\\\":{\\\\\\\"o\\\\\\\":[1,1,0,0]}}}}"
        "\\\"}\\n\"}\n",
        err);
}

static int run_article(struct sts_error *err)
{
    static const char line[] =
        "INFO {\"timestamp\": 1582000000, \"stats_profile\": {\"total_tt\": 1.2, "
        "\"func_profiles\": "
        "{\"sleep1\": {\"ncalls\": \"3/1\", \"tottime\": 0.0, \"percall_tottime\": 0.0, "
        "\"cumtime\": "
        "1.2, \"percall_cumtime\": 1.2, \"file_name\": \"a.py\", \"line_number\": 4}}}}\n";
    return read_one(line, err);
}

static int run_tables(struct sts_error *err)
{
    size_t count;
    (void)err;

    return sts_output_formats(&count) == NULL || sts_output_format_of("a.prof") == NULL
               ? STS_E_NOTFOUND
               : 0;
}

const struct scenario format_scenarios[] = {
    { "pstats there and back", run_pstats },
    { "ndjson there and back", run_ndjson },
    { "ndjson-flat", run_flat },
    { "csv", run_csv },
    { "json", run_json },
    { "pstats file", run_files },
    { "gzip log", run_gzip_file },
    { "zstd log", run_zstd_file },
    { "the article's line", run_article },
    { "a line inside of texts", run_embedded },
    { "tables of formats", run_tables },
    { NULL, NULL },
};
