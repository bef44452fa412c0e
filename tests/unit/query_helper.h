/* SPDX-License-Identifier: MIT */
/*
 * query_helper.h - short ways to make profiles and ask queries, for the tests of query/.
 *
 * Included behind cmocka.h. Times are in seconds as text, so that a case reads as arithmetic.
 */
#ifndef STS_TESTS_QUERY_HELPER_H
#define STS_TESTS_QUERY_HELPER_H

#include <string.h>

#include <statslice/profile.h>
#include <statslice/query.h>
#include <statslice/series.h>

#define SECOND INT64_C(1000000000)

static inline struct sts_profile *helper_profile(struct sts_symbols *symbols, int64_t begin_ns,
                                                 int64_t end_ns)
{
    struct sts_profile *profile = sts_profile_new(symbols);

    assert_non_null(profile);
    sts_profile_set_span(profile, begin_ns, end_ns);
    return profile;
}

static inline void helper_row(struct sts_profile *profile, const struct sts_function *function,
                              struct sts_figures figures)
{
    uint32_t id = 0;

    assert_int_equal(sts_symbols_add_function(sts_profile_symbols(profile), function, &id, NULL),
                     0);
    assert_int_equal(sts_profile_add(profile, id, &figures, NULL), 0);
}

/* A function of "shop.py", with the same number for time (ns) and calls. */
static inline void helper_named(struct sts_profile *profile, const char *name, int64_t tottime_ns,
                                uint64_t ncalls)
{
    struct sts_function function = { .file_name = "shop.py", .name = name, .line_number = 1 };

    helper_row(profile, &function,
               (struct sts_figures){ .ncalls = ncalls,
                                     .pcalls = ncalls,
                                     .tottime_ns = tottime_ns,
                                     .cumtime_ns = 2 * tottime_ns });
}

/* Options as "name=value" texts, ended by NULL. */
static inline struct sts_query *helper_query(const char *const *options)
{
    struct sts_query *query = NULL;
    struct sts_error err = { 0 };

    assert_int_equal(sts_query_new(&query, NULL), 0);
    for (; *options != NULL; options++) {
        char name[32] = "";
        size_t len = strcspn(*options, "=");
        assert_true(len < sizeof(name));
        memcpy(name, *options, len);
        if (sts_query_set(query, name, *options + len + 1, &err) != 0)
            fail_msg("%s: %s", *options, err.text);
    }
    return query;
}

/* Both passes over profiles, and the answer. */
static inline struct sts_series *helper_ask(const char *const *options,
                                            struct sts_profile *const *profiles, size_t count)
{
    struct sts_query *query = helper_query(options);
    struct sts_series *series = NULL;
    struct sts_error err = { 0 };
    int r = 0;

    for (size_t i = 0; r == 0 && sts_query_needs_range(query) && i < count; i++)
        r = sts_query_scan(query, profiles[i], &err);
    for (size_t i = 0; r == 0 && i < count; i++)
        r = sts_query_add(query, profiles[i], &err);
    if (r == 0)
        r = sts_query_finish(query, &series, &err);
    if (r != 0)
        fail_msg("%s", err.text);
    sts_query_free(query);
    return series;
}

#define ASK(profiles, count, ...)                                                                  \
    helper_ask((const char *const[]){ __VA_ARGS__, NULL }, profiles, count)

static inline size_t helper_column(const struct sts_series *series, const char *name)
{
    for (size_t i = 0; i < sts_series_column_count(series); i++)
        if (strcmp(sts_series_column_name(series, i), name) == 0)
            return i;
    fail_msg("no column \"%s\"", name);
    return 0;
}

#endif
