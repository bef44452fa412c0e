/* SPDX-License-Identifier: MIT */
/*
 * store_helper.h - a folder of a test's own, and profiles with figures made by hand, for stores.
 */
#ifndef STS_TESTS_STORE_HELPER_H
#define STS_TESTS_STORE_HELPER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <statslice/store.h>

#define SECOND INT64_C(1000000000)

static char folder[64];
static char store_path[128];

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/statslice-test-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(store_path, sizeof(store_path), "%s/s.db", folder);
    return 0;
}

static int remove_folder(void **state)
{
    static const char *const endings[] = { "", "-wal", "-shm", "-journal" };
    char path[256];

    (void)state;
    for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
        snprintf(path, sizeof(path), "%s%s", store_path, endings[i]);
        unlink(path);
    }
    return rmdir(folder);
}

static struct sts_store *open_store(bool creates)
{
    struct sts_store_options options = STS_STORE_OPTIONS_INIT;
    struct sts_store *store = NULL;
    struct sts_error err = { .text = "" };

    options.creates = creates;
    if (sts_store_open(store_path, &options, &store, &err) < 0)
        fail_msg("%s", err.text);
    return store;
}

/* The n-th of a series: 10 s long, functions 0 .. count - 1, each called n + 1 + its number times.
 */
static struct sts_profile *make_profile(struct sts_symbols *symbols, const char *service, int n,
                                        int count)
{
    struct sts_profile *profile = sts_profile_new(symbols);

    assert_non_null(profile);
    sts_profile_set_span(profile, n * 10 * SECOND, (n + 1) * 10 * SECOND);
    sts_profile_set_engine(profile, STS_ENGINE_FRAMES);
    assert_int_equal(sts_profile_set_label(profile, "service", service, NULL), 0);
    for (int i = 0; i < count; i++) {
        char name[32];
        struct sts_function function = { "app.py", name, name, i + 1 };
        uint64_t calls = (uint64_t)(n + 1 + i);
        const struct sts_figures figures = { calls, calls, 5 + i, 9 + 2 * i };
        uint32_t id;
        snprintf(name, sizeof(name), "f%d", i);
        assert_int_equal(
            sts_symbols_add_function(sts_profile_symbols(profile), &function, &id, NULL), 0);
        assert_int_equal(sts_profile_add(profile, id, &figures, NULL), 0);
        if (i > 0)
            assert_int_equal(sts_profile_add_edge(profile, id - 1, id, &figures, NULL), 0);
    }
    return profile;
}

static void add(struct sts_store *store, const char *service, int n, int count)
{
    struct sts_profile *profile = make_profile(NULL, service, n, count);
    struct sts_error err = { .text = "" };

    if (sts_store_add(store, profile, &err) < 0)
        fail_msg("%s", err.text);
    sts_profile_free(profile);
}

static void commit(struct sts_store *store)
{
    struct sts_error err = { .text = "" };

    if (sts_store_commit(store, &err) < 0)
        fail_msg("%s", err.text);
}

#endif
