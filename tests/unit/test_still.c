/* SPDX-License-Identifier: MIT */
/*
 * test_still.c - tests src/store/still.c: files in folders that may not be written.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/still.h"

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void test_still__is_a_file_that_nobody_changed(void **state)
{
    char path[] = "/tmp/statslice-still-XXXXXX", other[sizeof(path) + 8];
    struct sts__still still = { .is_still = true };
    struct sts_error err = { 0 };
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    write_file(path, "one");
    assert_int_equal(stat(path, &still.seen), 0);
    assert_int_equal(sts__still_check(&still, path, &err), 0);
    write_file(path, "three"); /* longer */
    assert_int_equal(sts__still_check(&still, path, &err), STS_E_IO);
    assert_non_null(strstr(err.text, "was written while it was read"));
    assert_int_equal(stat(path, &still.seen), 0);
    snprintf(other, sizeof(other), "%s-new", path); /* another file of the same length */
    write_file(other, "seven");
    assert_int_equal(rename(other, path), 0);
    assert_int_equal(sts__still_check(&still, path, &err), STS_E_IO);
    still.is_still = false;
    assert_int_equal(sts__still_check(&still, path, &err), 0);
    unlink(path);
    assert_int_equal(sts__still_check(&still, path, &err), 0);
    still.is_still = true;
    assert_int_equal(sts__still_check(&still, path, &err), STS_E_IO);
}

static void test_still__a_folder_that_may_be_written_needs_no_care(void **state)
{
    char path[] = "/tmp/statslice-still-XXXXXX";
    struct sts__still still = { .is_still = true };
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(sts__still_begin(&still, path, NULL), 0);
    assert_false(still.is_still || still.may_be);
    unlink(path);
}

static void test_name__escapes_what_has_a_meaning(void **state)
{
    static const struct {
        const char *path, *name;
    } cases[] = {
        { "/srv/p.db", "file:/srv/p.db?immutable=1" },
        { "p.db", "file:./p.db?immutable=1" },
        { "/a%41/b c/d?e#f", "file:/a%2541/b c/d%3Fe%23f?immutable=1" },
        { "/\xc3\xa4.db", "file:/\xc3\xa4.db?immutable=1" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char *name = sts__still_name(cases[i].path);
        assert_string_equal(name, cases[i].name);
        free(name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_still__is_a_file_that_nobody_changed),
        cmocka_unit_test(test_still__a_folder_that_may_be_written_needs_no_care),
        cmocka_unit_test(test_name__escapes_what_has_a_meaning),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
