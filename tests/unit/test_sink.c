/* SPDX-License-Identifier: MIT */
/*
 * test_sink.c - base/sink.c: whole files or none, one sticky error.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <statslice/sink.h>

static char folder[64];

static const char *path_of(const char *name)
{
    static char path[128];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/test_sink-XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path_of("out"));
    return rmdir(folder); /* fails where a part of a file was left */
}

static void assert_holds(const char *expected)
{
    FILE *file = fopen(path_of("out"), "rb");
    char text[64] = "";

    assert_non_null(file);
    (void)fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    assert_string_equal(text, expected);
}

static struct sts_sink *open_out(void)
{
    struct sts_sink *sink;

    assert_int_equal(sts_sink_open_path(path_of("out"), &sink, NULL), 0);
    return sink;
}

static void test_sink_path__is_there_whole_or_not_at_all(void **state)
{
    struct sts_sink *sink = open_out();

    (void)state;
    sts_sink_write(sink, "one", 3);
    assert_int_not_equal(access(path_of("out"), F_OK), 0);
    assert_int_equal(sts_sink_close(sink, NULL), 0);
    assert_holds("one");
    sink = open_out();
    sts_sink_write(sink, "two", 3);
    assert_holds("one");
    sts_sink_abandon(sink);
    assert_holds("one");
    sink = open_out();
    assert_int_equal(sts_sink_close(sink, NULL), 0);
    assert_holds("");
}

static void test_sink_path__two_at_once_do_not_mix(void **state)
{
    struct sts_sink *first = open_out(), *second = open_out();

    (void)state;
    sts_sink_write(first, "first", 5);
    sts_sink_write(second, "second", 6);
    assert_int_equal(sts_sink_close(second, NULL), 0);
    assert_holds("second");
    assert_int_equal(sts_sink_close(first, NULL), 0);
    assert_holds("first");
}

static void test_sink_path__a_folder_that_is_missing_is_named(void **state)
{
    struct sts_error err = { 0 };
    struct sts_sink *sink = NULL;

    (void)state;
    assert_int_equal(sts_sink_open_path("/nowhere/at/all", &sink, &err), STS_E_IO);
    assert_null(sink);
    assert_int_equal(err.sys_errno, ENOENT);
    assert_non_null(strstr(err.text, "\"/nowhere/at/all\""));
}

static void test_sink_path__a_device_is_written_straight(void **state)
{
    struct sts_sink *sink;
    struct sts_error err = { 0 };

    (void)state;
    assert_int_equal(sts_sink_open_path("/dev/full", &sink, NULL), 0);
    sts_sink_write(sink, "x", 1);
    assert_int_equal(sts_sink_close(sink, &err), STS_E_IO);
    assert_int_equal(err.sys_errno, ENOSPC);
}

static void test_sink_memory__is_limited(void **state)
{
    struct sts_sink *sink;
    size_t len;

    (void)state;
    assert_int_equal(sts_sink_open_memory(4, &sink, NULL), 0);
    assert_string_equal(sts_sink_memory(sink, &len), "");
    assert_int_equal(len, 0);
    sts_sink_write(sink, "abcd", 4);
    assert_int_equal(sts_sink_status(sink), 0);
    sts_sink_write(sink, "e", 1);
    assert_int_equal(sts_sink_status(sink), STS_E_LIMIT);
    assert_string_equal(sts_sink_memory(sink, &len), "abcd");
    assert_int_equal(sts_sink_close(sink, NULL), STS_E_LIMIT);
}

struct got {
    size_t bytes, calls;
    size_t refuse_at;
};

static int take(void *context, const void *data, size_t len)
{
    struct got *got = context;

    (void)data;
    got->calls++;
    if (got->bytes + len > got->refuse_at)
        return STS_E_CANCELLED;
    got->bytes += len;
    return 1; /* any value from 0 on is success */
}

static void test_sink_callback__gets_all_bytes_in_few_calls(void **state)
{
    static const char large[200000];
    struct got got = { .refuse_at = SIZE_MAX };
    struct sts_sink *sink;

    (void)state;
    assert_int_equal(sts_sink_open_callback(take, &got, &sink, NULL), 0);
    for (int i = 0; i < 100000; i++)
        sts_sink_write(sink, "0123456789", 10);
    sts_sink_write(sink, large, sizeof(large));
    sts_sink_write(sink, "end", 3);
    assert_int_equal(sts_sink_close(sink, NULL), 0);
    assert_int_equal(got.bytes, 1000000 + sizeof(large) + 3);
    assert_true(got.calls < 100);
}

static void test_sink_callback__that_refuses_is_not_called_again(void **state)
{
    struct got got = { .refuse_at = 0 };
    struct sts_error err = { 0 };
    struct sts_sink *sink;

    (void)state;
    assert_int_equal(sts_sink_open_callback(take, &got, &sink, NULL), 0);
    for (int i = 0; i < 100000; i++)
        sts_sink_write(sink, "0123456789", 10);
    assert_int_equal(sts_sink_status(sink), STS_E_CANCELLED);
    assert_int_equal(sts_sink_close(sink, &err), STS_E_CANCELLED);
    assert_int_equal(err.status, STS_E_CANCELLED);
    assert_int_equal(got.calls, 1);
}

static void test_sink_fd__stays_open(void **state)
{
    struct sts_sink *sink;
    int ends[2];
    char text[8] = "";

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(sts_sink_open_fd(ends[1], "pipe", &sink, NULL), 0);
    sts_sink_write(sink, "abc", 3);
    assert_int_equal(sts_sink_close(sink, NULL), 0);
    assert_int_equal(write(ends[1], "d", 1), 1);
    assert_int_equal(read(ends[0], text, sizeof(text)), 4);
    assert_string_equal(text, "abcd");
    close(ends[0]);
    close(ends[1]);
}

static void test_sink_close__of_nothing_is_fine(void **state)
{
    (void)state;
    assert_int_equal(sts_sink_close(NULL, NULL), 0);
    sts_sink_abandon(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sink_path__is_there_whole_or_not_at_all),
        cmocka_unit_test(test_sink_path__two_at_once_do_not_mix),
        cmocka_unit_test(test_sink_path__a_folder_that_is_missing_is_named),
        cmocka_unit_test(test_sink_path__a_device_is_written_straight),
        cmocka_unit_test(test_sink_memory__is_limited),
        cmocka_unit_test(test_sink_callback__gets_all_bytes_in_few_calls),
        cmocka_unit_test(test_sink_callback__that_refuses_is_not_called_again),
        cmocka_unit_test(test_sink_fd__stays_open),
        cmocka_unit_test(test_sink_close__of_nothing_is_fine),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
