/* SPDX-License-Identifier: MIT */
/*
 * fuzz_pstats.c - any bytes as a pstats file: refused, or read, written, read again and written
 * again as the very same bytes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <statslice/profile.h>
#include <statslice/sink.h>

#include "format/pstats.h"

#define WRITTEN_BYTES_MAX ((size_t)1 << 26)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void must(bool holds, const char *what, const struct sts_error *err)
{
    if (holds)
        return;
    fprintf(stderr, "fuzz_pstats: %s: %s\n", what, err->text);
    abort();
}

static struct sts_sink *write_profile(const struct sts_profile *profile)
{
    struct sts_error err = { 0 };
    struct sts_sink *sink;

    must(sts_sink_open_memory(WRITTEN_BYTES_MAX, &sink, &err) == 0, "sink", &err);
    must(sts__pstats_encode(profile, sink, &err) == 0, "encode", &err);
    must(sts_sink_status(sink) == 0, "write", &err);
    return sink;
}

/* What was written must be read, and written again as the same bytes. */
static void check_round_trip(const struct sts_profile *profile)
{
    struct sts_error err = { 0 };
    struct sts_sink *first = write_profile(profile), *second;
    struct sts_profile *back = sts_profile_new(NULL);
    size_t first_len, second_len;
    const char *first_bytes = sts_sink_memory(first, &first_len), *second_bytes;

    must(sts__pstats_decode((const uint8_t *)first_bytes, first_len, "written", back, &err) == 0,
         "decode of what was written", &err);
    second = write_profile(back);
    second_bytes = sts_sink_memory(second, &second_len);
    must(first_len == second_len && memcmp(first_bytes, second_bytes, first_len) == 0,
         "other bytes the second time", &err);
    sts_profile_free(back);
    sts_sink_close(first, NULL);
    sts_sink_close(second, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_error err = { 0 };
    int r = sts__pstats_decode(data, len, "input", profile, &err);

    sts__pstats_sniff(data, len);
    if (r == 0)
        check_round_trip(profile);
    else
        must(strncmp(err.text, "\"input\"", 7) == 0, "an error without the file's name", &err);
    sts_profile_free(profile);
    return 0;
}
