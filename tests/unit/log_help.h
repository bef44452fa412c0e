/* SPDX-License-Identifier: MIT */
/*
 * log_help.h - for the tests of inputs: a text in memory, read whole; a function's row by its name.
 */
#ifndef STS_TESTS_LOG_HELP_H
#define STS_TESTS_LOG_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <statslice/format.h>
#include <statslice/profile.h>
#include <statslice/sink.h>

static const struct sts_input_options lenient = { false, false };
static const struct sts_input_options strict = { false, true };
static const struct sts_input_options spans_only = { true, false };

static inline struct sts_input *open_bytes(const void *data, size_t len,
                                           const struct sts_input_options *options)
{
    struct sts_input *input;
    struct sts_error err;

    if (sts_input_open_memory(data, len, "test.log", options, &input, &err) < 0)
        fail_msg("%s", err.text);
    return input;
}

/* The counts of a whole text; the last profile stays in profile. */
static inline struct sts_input_counts read_bytes(const void *data, size_t len,
                                                 struct sts_profile *profile,
                                                 const struct sts_input_options *options)
{
    struct sts_input *input = open_bytes(data, len, options);
    struct sts_profile *last = sts_profile_new(sts_profile_symbols(profile));
    struct sts_input_counts counts;
    struct sts_error err;
    int r;

    while ((r = sts_input_next(input, last, &err)) > 0) {
        sts_profile_clear(profile);
        assert_int_equal(sts_profile_merge(profile, last, &err), 0);
        sts_profile_set_engine(profile, sts_profile_engine(last));
        sts_profile_set_clock(profile, sts_profile_clock(last));
        sts_profile_set_coverage(profile, sts_profile_coverage(last));
    }
    if (r < 0)
        fail_msg("%s", err.text);
    counts = *sts_input_counts(input);
    sts_profile_free(last);
    sts_input_close(input);
    return counts;
}

static inline struct sts_input_counts read_text(const char *text, struct sts_profile *profile,
                                                const struct sts_input_options *options)
{
    return read_bytes(text, strlen(text), profile, options);
}

/* The one profile of one line. The caller frees it. */
static inline struct sts_profile *read_line(const char *line)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_input_counts counts = read_text(line, profile, &lenient);

    if (counts.profiles != 1)
        fail_msg("no profile: %s", counts.first_broken);
    return profile;
}

static inline const struct sts_figures *row_of(const struct sts_profile *profile, const char *name)
{
    for (size_t i = 0; i < sts_profile_function_count(profile); i++)
        if (strcmp(sts_profile_function(profile, i).name, name) == 0)
            return sts_profile_figures(profile, i);
    fail_msg("no function \"%s\"", name);
    return NULL;
}

static inline void assert_figures(const struct sts_figures *figures, uint64_t ncalls,
                                  uint64_t pcalls, int64_t tottime_ns, int64_t cumtime_ns)
{
    assert_int_equal(figures->ncalls, ncalls);
    assert_int_equal(figures->pcalls, pcalls);
    assert_int_equal(figures->tottime_ns, tottime_ns);
    assert_int_equal(figures->cumtime_ns, cumtime_ns);
}

/* Why a line is refused: without "line 1: ". */
static inline void assert_broken(const char *line, const char *reason)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_input_counts counts = read_text(line, profile, &lenient);

    assert_int_equal(counts.profiles, 0);
    assert_int_equal(counts.lines_broken, 1);
    assert_memory_equal(counts.first_broken, "line 1: ", 8);
    assert_string_equal(counts.first_broken + 8, reason);
    sts_profile_free(profile);
}

static inline void assert_passed(const char *text, uint64_t lines)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_input_counts counts = read_text(text, profile, &lenient);

    assert_int_equal(counts.profiles, 0);
    assert_int_equal(counts.lines_broken, 0);
    assert_int_equal(counts.lines_passed, lines);
    sts_profile_free(profile);
}

#endif
