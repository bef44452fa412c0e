/* SPDX-License-Identifier: MIT */
/*
 * test_cairo.c - chart/cairo.c: images of the asked size, whatever is drawn.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "chart_helper.h"

static uint32_t big_endian(const char *at)
{
    const unsigned char *bytes = (const unsigned char *)at;

    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void test_png__has_the_asked_size(void **state)
{
    struct sts_chart_options options = STS_CHART_OPTIONS_INIT;
    struct sts_series *series = helper_full_series(30, 3);
    size_t len;

    (void)state;
    options.width_px = 640;
    options.height_px = 400;
    char *png = helper_chart(series, "png", &options, &len);
    assert_memory_equal(png, "\x89PNG\r\n\x1a\n", 8);
    assert_memory_equal(png + 12, "IHDR", 4);
    assert_int_equal(big_endian(png + 16), 640);
    assert_int_equal(big_endian(png + 20), 400);
    assert_memory_equal(png + len - 8, "IEND", 4);
    free(png);
    sts_series_free(series);
}

static void test_pdf__is_one_page_of_the_asked_size(void **state)
{
    struct sts_chart_options options = STS_CHART_OPTIONS_INIT;
    struct sts_series *series = helper_full_series(30, 3);
    size_t len;

    (void)state;
    options.width_px = 800;
    options.height_px = 600;
    char *pdf = helper_chart(series, "pdf", &options, &len);
    assert_memory_equal(pdf, "%PDF-", 5);
    assert_memory_equal(pdf + len - 6, "%%EOF\n", 6);
    free(pdf);
    sts_series_free(series);
}

static void test_png__is_the_same_every_time(void **state)
{
    struct sts_series *series = helper_full_series(30, 3);
    size_t one_len, two_len;
    char *one = helper_chart(series, "png", NULL, &one_len);
    char *two = helper_chart(series, "png", NULL, &two_len);

    (void)state;
    assert_int_equal(one_len, two_len);
    assert_memory_equal(one, two, one_len);
    free(one);
    free(two);
    sts_series_free(series);
}

static void test_images__of_hostile_names_and_of_nothing(void **state)
{
    static const char *const formats[] = { "png", "pdf" };

    (void)state;
    for (size_t format = 0; format < 2; format++) {
        for (size_t i = 0; helper_hostile_names[i] != NULL; i++) {
            struct sts_chart_options options = STS_CHART_OPTIONS_INIT;
            struct sts_series *series = helper_full_series(3, 2);
            helper_rename(series, 1, helper_hostile_names[i]);
            options.title = helper_hostile_names[i];
            free(helper_chart(series, formats[format], &options, NULL));
            sts_series_free(series);
        }
        struct sts_series *empty = helper_series(STS_METRIC_TOTTIME, 0, 0);
        free(helper_chart(empty, formats[format], NULL, NULL));
        sts_series_free(empty);
    }
}

static void test_images__a_full_disk_is_told(void **state)
{
    static const char *const formats[] = { "png", "pdf" };
    struct sts_series *series = helper_full_series(30, 3);

    (void)state;
    for (size_t format = 0; format < 2; format++)
        for (size_t room = 0; room < 4000; room += 1000) {
            struct sts_error err = { 0 };
            struct sts_sink *sink = NULL;
            size_t left = room;
            assert_int_equal(sts_sink_open_callback(helper_full_disk, &left, &sink, NULL), 0);
            int r = sts_chart_render(series, formats[format], NULL, sink, &err);
            int closed = sts_sink_close(sink, NULL);
            assert_true(r == STS_E_IO || closed == STS_E_IO);
        }
    sts_series_free(series);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_png__has_the_asked_size),
        cmocka_unit_test(test_pdf__is_one_page_of_the_asked_size),
        cmocka_unit_test(test_png__is_the_same_every_time),
        cmocka_unit_test(test_images__of_hostile_names_and_of_nothing),
        cmocka_unit_test(test_images__a_full_disk_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
