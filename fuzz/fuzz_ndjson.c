/* SPDX-License-Identifier: MIT */
/*
 * fuzz_ndjson.c - any bytes as a log: refused or read; and what was read is written and read again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <statslice/format.h>
#include <statslice/profile.h>
#include <statslice/sink.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* A profile that was read can be written, and comes back as one profile with as many rows. */
static void write_and_read(const struct sts_profile *profile)
{
    static const struct sts_input_options strict = { .strict = true };
    struct sts_profile *again = sts_profile_new(NULL);
    struct sts_output *output;
    struct sts_input *input;
    struct sts_sink *sink;
    const char *text;
    size_t len;

    if (again == NULL || sts_sink_open_memory((size_t)1 << 28, &sink, NULL) < 0 ||
        sts_output_open("ndjson", sink, &output, NULL) < 0)
        abort();
    if (sts_output_write(output, profile, NULL) < 0 || sts_output_close(output, NULL) < 0)
        abort();
    text = sts_sink_memory(sink, &len);
    if (sts_input_open_memory(text, len, "again", &strict, &input, NULL) < 0)
        abort();
    if (sts_input_next(input, again, NULL) != 1 ||
        sts_profile_function_count(again) != sts_profile_function_count(profile) ||
        sts_profile_edge_count(again) != sts_profile_edge_count(profile) ||
        sts_profile_end_ns(again) != sts_profile_end_ns(profile))
        abort();
    sts_input_close(input);
    sts_sink_close(sink, NULL);
    sts_profile_free(again);
}

static void read_all(const uint8_t *data, size_t len, const struct sts_input_options *options)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_input *input;
    struct sts_error err;

    if (profile == NULL)
        abort();
    if (sts_input_open_memory(data, len, "fuzz", options, &input, &err) == 0) {
        while (sts_input_next(input, profile, &err) == 1)
            if (!options->spans_only && strcmp(sts_input_format(input), "ndjson") == 0)
                write_and_read(profile);
        sts_input_close(input);
    }
    sts_profile_free(profile);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const struct sts_input_options whole = { .spans_only = false };
    static const struct sts_input_options spans_only = { .spans_only = true };

    read_all(data, len, &whole);
    read_all(data, len, &spans_only);
    return 0;
}
