/* SPDX-License-Identifier: MIT */
/*
 * test_store_plugin.c - python/store/store_plugin.c: lines that a store takes, and one that none
 * can.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <statslice/statslice.h>

#include "writer/store_plugin.h"

extern const struct sts__store_plugin sts_store_plugin;

static char folder[64], path[96];

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/statslice-test-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return 1;
    snprintf(path, sizeof(path), "%s/profiles.db", folder);
    return 0;
}

static int tear_down(void **state)
{
    char command[96];

    (void)state;
    snprintf(command, sizeof(command), "rm -r '%s'", folder);
    return system(command);
}

/* A profile that ends so many seconds after 1582000000. */
static int write_profile(void *store, int number, struct sts_error *err)
{
    char line[400];
    int len = snprintf(line, sizeof(line),
                       "{\"timestamp\": %d, \"stats_profile\": {\"total_tt\": 1.0, "
                       "\"func_profiles\": {\"f\": {\"ncalls\": \"3\", \"tottime\": 1.0, "
                       "\"percall_tottime\": 0.333, \"cumtime\": 1.0, \"percall_cumtime\": 0.333, "
                       "\"file_name\": \"app.py\", \"line_number\": 7}}}}\n",
                       1582000000 + number);

    return sts_store_plugin.write(store, line, (size_t)len, err);
}

static size_t count_profiles(void)
{
    struct sts_input *input;
    struct sts_profile *profile = sts_profile_new(NULL);
    size_t count = 0;

    assert_int_equal(sts_input_open(path, NULL, &input, NULL), 0);
    while (sts_input_next(input, profile, NULL) > 0)
        count++;
    sts_input_close(input);
    sts_profile_free(profile);
    return count;
}

static void test_store_plugin__a_line_that_no_store_can_take_is_told_apart(void **state)
{
    static const char *const lines[] = { "no profile\n", "{\"stats_profile\": {\"total_tt\"\n" };
    struct sts_error err = { 0 };
    void *store;

    (void)state;
    assert_int_equal(sts_store_plugin.open(path, &store, &err), 0);
    assert_int_equal(write_profile(store, 0, &err), 0);
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        int r = sts_store_plugin.write(store, lines[i], strlen(lines[i]), &err);
        assert_true(r == STS_E_FORMAT || r == STS_E_LIMIT);
        assert_int_not_equal(err.text[0], '\0');
        sts_store_plugin.close(store);
        assert_int_equal(sts_store_plugin.open(path, &store, &err), 0);
    }
    assert_int_equal(write_profile(store, 10, &err), 0);
    sts_store_plugin.close(store);
    assert_int_equal(count_profiles(), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            test_store_plugin__a_line_that_no_store_can_take_is_told_apart, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
