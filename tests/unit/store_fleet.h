/* SPDX-License-Identifier: MIT */
/*
 * store_fleet.h - random profiles of a fleet, and a store that is fed with them, for the tests of
 * what a store answers.
 *
 * Included behind cmocka.h.
 */
#ifndef STS_TESTS_STORE_FLEET_H
#define STS_TESTS_STORE_FLEET_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <statslice/profile.h>
#include <statslice/store.h>

#define SECOND   INT64_C(1000000000)
#define MINUTE   (60 * SECOND)
#define HOUR     (60 * MINUTE)
#define DAY      (24 * HOUR)
#define PROFILES 120

static uint64_t random_state;

static inline int64_t random_below(int64_t end)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)((random_state >> 20) % (uint64_t)end);
}

/* --- data --- */

static struct sts_profile *profiles[PROFILES];
static int64_t function_count;

static inline void set_label(struct sts_profile *profile, const char *key, const char *value)
{
    assert_int_equal(sts_profile_set_label(profile, key, value, NULL), 0);
}

static inline void add_labels(struct sts_profile *profile)
{
    static const char *const services[] = { "shop", "cart", "", "mail" };
    static const char *const hosts[] = { "a", "b", "c" };

    if (random_below(5) > 0)
        set_label(profile, "service", services[random_below(4)]);
    if (random_below(3) > 0)
        set_label(profile, "host", hosts[random_below(3)]);
}

static inline int64_t take(int64_t *left)
{
    int64_t part = random_below(*left + 1);

    *left -= part;
    return part;
}

/* Up to four callers share what a function did; the last one, at times nobody, has what is left. */
static inline void add_callers(struct sts_profile *profile, uint32_t callee,
                               struct sts_figures left)
{
    static const char *const names[] = { "f1", "f2", "caller", "m1" };
    int64_t ncalls = (int64_t)left.ncalls;
    size_t count = (size_t)random_below(5);

    for (size_t i = 0; i < count; i++) {
        struct sts_function function = { i < 3 ? "/srv/m1/f.py" : "~", names[i], NULL, 7 };
        struct sts_figures figures = left;
        uint32_t caller;
        if (i + 1 < count || random_below(2) == 0) {
            figures.ncalls = (uint64_t)take(&ncalls);
            figures.pcalls = figures.ncalls;
            figures.tottime_ns = take(&left.tottime_ns);
            figures.cumtime_ns = random_below(left.cumtime_ns + 1);
        } else {
            figures.ncalls = (uint64_t)ncalls;
        }
        assert_int_equal(
            sts_symbols_add_function(sts_profile_symbols(profile), &function, &caller, NULL), 0);
        assert_int_equal(sts_profile_add_edge(profile, caller, callee, &figures, NULL), 0);
    }
}

static inline void add_row(struct sts_profile *profile, int64_t number)
{
    char file[32], name[32];
    struct sts_function function = { file, name, NULL, (int32_t)(number * 10 + 1) };
    struct sts_figures figures = { 0 };
    uint32_t id;

    snprintf(file, sizeof(file), number % 5 == 4 ? "~" : "/srv/m%d/f.py", (int)(number % 3));
    snprintf(name, sizeof(name), "f%d", (int)(number % 17));
    if (number % 2 == 0)
        function.qualname = name;
    if (random_below(10) > 0) { /* else a row of zeros */
        figures.ncalls = (uint64_t)random_below(1 << random_below(20)) + 1;
        figures.pcalls = figures.ncalls - (uint64_t)(number % 4 == 0 ? random_below(2) : 0);
        figures.tottime_ns = random_below(INT64_C(1) << random_below(34));
        figures.cumtime_ns = figures.tottime_ns + (number % 3 == 0 ? random_below(HOUR) : 0);
    }
    assert_int_equal(sts_symbols_add_function(sts_profile_symbols(profile), &function, &id, NULL),
                     0);
    assert_int_equal(sts_profile_add(profile, id, &figures, NULL), 0);
    if (number % 7 == 1) {
        struct sts_coro coro = { (uint64_t)random_below(1000), random_below(HOUR) };
        assert_int_equal(sts_profile_add_coro(profile, id, &coro, NULL), 0);
    }
    add_callers(profile, id, figures);
}

/* Around New Year 2024, when clocks do not change, or around a day of 23 hours in Berlin. */
static inline struct sts_profile *make_profile(struct sts_symbols *symbols, int64_t base_ns)
{
    static const int64_t spans[] = { 0,           SECOND, 10 * SECOND, 59 * SECOND,
                                     13 * MINUTE, HOUR,   5 * HOUR,    30 * HOUR };
    struct sts_profile *profile = sts_profile_new(symbols);
    int64_t begin_ns = base_ns + random_below(2 * DAY / (10 * SECOND)) * 10 * SECOND;
    int64_t end_ns = begin_ns + spans[random_below(random_below(4) == 0 ? 8 : 4)];

    if (random_below(8) == 0)
        end_ns += random_below(SECOND);
    sts_profile_set_span(profile, begin_ns, end_ns);
    sts_profile_set_engine(profile, random_below(4) > 0 ? STS_ENGINE_EVENTS : STS_ENGINE_IMPORT);
    if (random_below(6) == 0)
        sts_profile_set_clock(profile, STS_CLOCK_CPU);
    sts_profile_set_dropped(profile, random_below(3) == 0 ? (uint64_t)random_below(9) : 0);
    if (random_below(4) == 0)
        sts_profile_set_coverage(profile, (double)(random_below(99) + 1) / 100);
    add_labels(profile);
    for (int64_t number = 0; number < function_count; number++)
        if (number < 3 || random_below(3) == 0)
            add_row(profile, number);
    return profile;
}

/* Many functions in every other round: their sums take another way than few ones. */
static inline void make_profiles(int round)
{
    static const int64_t bases[] = { INT64_C(1704000000), INT64_C(1711800000), INT64_C(-86400) };
    struct sts_symbols *symbols = sts_symbols_new();

    random_state = (uint64_t)round;
    function_count = round % 2 == 1 ? 300 : 25;
    for (size_t i = 0; i < PROFILES; i++)
        profiles[i] = make_profile(symbols, bases[round % 3] * SECOND);
    sts_symbols_free(symbols);
}

static inline void free_profiles(void)
{
    for (size_t i = 0; i < PROFILES; i++)
        sts_profile_free(profiles[i]);
}

/* --- the store --- */

static char store_path[] = "/tmp/statslice-from-store-XXXXXX";

static inline struct sts_store *open_store(bool creates, unsigned threads)
{
    struct sts_store_options options = STS_STORE_OPTIONS_INIT;
    struct sts_store *store = NULL;
    struct sts_error err = { .text = "" };

    options.creates = creates;
    options.threads = threads;
    if (sts_store_open(store_path, &options, &store, &err) < 0)
        fail_msg("%s", err.text);
    return store;
}

static inline void fill_store(size_t first, size_t end)
{
    struct sts_store *store = open_store(true, 0);
    struct sts_error err = { .text = "" };

    for (size_t i = first; i < end; i++) {
        if (sts_store_add(store, profiles[i], &err) < 0 ||
            (random_below(4) == 0 && sts_store_commit(store, &err) < 0))
            fail_msg("%s", err.text);
    }
    if (sts_store_commit(store, &err) < 0)
        fail_msg("%s", err.text);
    sts_store_close(store);
}

static inline void compact_store(void)
{
    struct sts_store_options options = STS_STORE_OPTIONS_INIT;
    struct sts_store *store = NULL;
    struct sts_error err = { .text = "" };

    options.writes = true;
    if (sts_store_open(store_path, &options, &store, &err) < 0 ||
        sts_store_compact(store, NULL, NULL, &err) < 0)
        fail_msg("%s", err.text);
    sts_store_close(store);
}

static inline void remove_store(void)
{
    static const char *const endings[] = { "", "-wal", "-shm" };
    char path[128];

    for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
        snprintf(path, sizeof(path), "%s%s", store_path, endings[i]);
        unlink(path);
    }
}

static inline void let_go_of_profiles(void)
{
    struct sts_store_retention retention = { .ages_ns = { DAY } };
    struct sts_store_options options = STS_STORE_OPTIONS_INIT;
    struct sts_store *store = NULL;
    size_t gone = 0;

    options.writes = true;
    assert_int_equal(sts_store_open(store_path, &options, &store, NULL), 0);
    assert_int_equal(sts_store_set_retention(store, &retention, NULL), 0);
    assert_int_equal(sts_store_retain(store, &gone, NULL), 0);
    assert_true(gone > 0);
    sts_store_close(store);
}

#endif
