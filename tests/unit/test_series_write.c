/* SPDX-License-Identifier: MIT */
/*
 * test_series_write.c - report/series_write.c: a small series, in each format, by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <statslice/statslice.h>

#include "base/zone.h"
#include "model/series.h"

#define SECOND INT64_C(1000000000)
#define BEGIN  (INT64_C(1582000000) * SECOND) /* 2020-02-18T04:26:40Z */

static struct sts_series *new_series(enum sts_metric metric, const char *zone_name,
                                     size_t slice_count, int64_t begin_ns, int64_t width_ns)
{
    struct sts__zone *zone = NULL;
    struct sts_series *series;

    assert_int_equal(sts__zone_new(zone_name, &zone, NULL), 0);
    series = sts__series_new(slice_count, 2, metric, zone, "function");
    assert_non_null(series);
    assert_int_equal(sts__series_set_column(series, 0, "/srv/shop.py:Cart.add", "shop.py:Cart.add"),
                     0);
    assert_int_equal(sts__series_set_column(series, 1, "/srv/db.py:que\"ry,", "db.py:que\"ry,"), 0);
    series->width_ns = width_ns;
    series->group_count = 5;
    series->has_other = true;
    for (size_t i = 0; i < slice_count; i++) {
        struct sts_slice *slice = &series->slices[i];
        slice->begin_ns = begin_ns + (int64_t)i * width_ns;
        slice->end_ns = slice->begin_ns + width_ns;
        slice->coverage = 1.0;
        slice->profile_count = 1;
        slice->complete = true;
    }
    return series;
}

static void set_cells(struct sts_series *series, size_t slice, int64_t first, int64_t second,
                      int64_t other)
{
    series->sums[sts__series_cell(series, slice, 0)] = first;
    series->sums[sts__series_cell(series, slice, 1)] = second;
    series->sums[sts__series_cell(series, slice, STS_COLUMN_OTHER)] = other;
    series->sums[sts__series_cell(series, slice, STS_COLUMN_TOTAL)] = first + second + other;
}

/* Three slices of 10 s; the first one is cut by the data's beginning, the second one is empty. */
static struct sts_series *shop_series(enum sts_metric metric, enum sts__fill fill)
{
    struct sts_series *series = new_series(metric, "UTC", 3, BEGIN, 10 * SECOND);

    series->fill = fill;
    set_cells(series, 0, 1500000001, 250000000, 5);
    set_cells(series, 2, 3 * SECOND, 0, 1);
    series->slices[0].coverage = 0.5;
    series->slices[0].complete = false;
    series->slices[1].coverage = 0.0;
    series->slices[1].profile_count = 0;
    series->slices[2].profile_count = 7;
    series->counts.profiles_in = 8;
    return series;
}

static void assert_writes(struct sts_series *take_series, const char *format, uint32_t columns,
                          bool color, const char *expected)
{
    struct sts_series_write_options options = STS_SERIES_WRITE_OPTIONS_INIT;
    struct sts_sink *sink;
    size_t len;

    options.columns = columns;
    options.color = color;
    assert_int_equal(sts_sink_open_memory(1 << 20, &sink, NULL), 0);
    assert_int_equal(sts_series_write(take_series, format, &options, sink, NULL), 0);
    assert_string_equal(sts_sink_memory(sink, &len), expected);
    assert_int_equal(sts_sink_close(sink, NULL), 0);
    sts_series_free(take_series);
}

static void test_csv__times_are_exact_and_fields_quoted(void **state)
{
    (void)state;
    assert_writes(shop_series(STS_METRIC_TOTTIME, STS__FILL_ZERO), "csv", 0, false,
                  "slice_begin,slice_end,coverage,complete,/srv/shop.py:Cart.add,"
                  "\"/srv/db.py:que\"\"ry,\",other,total\r\n"
                  "2020-02-18T04:26:40Z,2020-02-18T04:26:50Z,0.5,false,1.500000001,0.25,"
                  "0.000000005,1.750000006\r\n"
                  "2020-02-18T04:26:50Z,2020-02-18T04:27:00Z,0,true,0.0,0.0,0.0,0.0\r\n"
                  "2020-02-18T04:27:00Z,2020-02-18T04:27:10Z,1,true,3.0,0.0,0.000000001,"
                  "3.000000001\r\n");
}

static void test_csv__no_figure_is_an_empty_field(void **state)
{
    struct sts_series *series = shop_series(STS_METRIC_TOTTIME, STS__FILL_NULL);

    (void)state;
    series->slices[2].profile_count = 0;
    assert_writes(series, "csv", 0, false,
                  "slice_begin,slice_end,coverage,complete,/srv/shop.py:Cart.add,"
                  "\"/srv/db.py:que\"\"ry,\",other,total\r\n"
                  "2020-02-18T04:26:40Z,2020-02-18T04:26:50Z,0.5,false,1.500000001,0.25,"
                  "0.000000005,1.750000006\r\n"
                  "2020-02-18T04:26:50Z,2020-02-18T04:27:00Z,0,true,,,,\r\n"
                  "2020-02-18T04:27:00Z,2020-02-18T04:27:10Z,1,true,,,,\r\n");
}

static void test_csv__fill_previous_repeats_the_last_figures(void **state)
{
    (void)state;
    assert_writes(shop_series(STS_METRIC_NCALLS, STS__FILL_PREVIOUS), "csv", 0, false,
                  "slice_begin,slice_end,coverage,complete,/srv/shop.py:Cart.add,"
                  "\"/srv/db.py:que\"\"ry,\",other,total\r\n"
                  "2020-02-18T04:26:40Z,2020-02-18T04:26:50Z,0.5,false,1500000001,250000000,5,"
                  "1750000006\r\n"
                  "2020-02-18T04:26:50Z,2020-02-18T04:27:00Z,0,true,1500000001,250000000,5,"
                  "1750000006\r\n"
                  "2020-02-18T04:27:00Z,2020-02-18T04:27:10Z,1,true,3000000000,0,1,3000000001\r\n");
}

static void test_json__one_document(void **state)
{
    (void)state;
    assert_writes(
        shop_series(STS_METRIC_TOTTIME, STS__FILL_NULL), "json", 0, false,
        "{\"metric\": \"tottime\", \"scale\": \"total\", \"unit\": \"s\", \"by\": \"function\", "
        "\"zone\": \"UTC\", \"width\": 10.0, \"nested\": false,\n"
        " \"profiles_in\": 8, \"profiles_out\": 0, \"functions_out\": 0, \"group_count\": 5,\n"
        " \"columns\": [\n"
        "  {\"name\": \"/srv/shop.py:Cart.add\", \"label\": \"shop.py:Cart.add\", "
        "\"value\": 4.500000001},\n"
        "  {\"name\": \"/srv/db.py:que\\\"ry,\", \"label\": \"db.py:que\\\"ry,\", "
        "\"value\": 0.25}],\n"
        " \"other\": 0.000000006, \"total\": 4.750000007,\n"
        " \"slices\": [\n"
        "  {\"begin\": \"2020-02-18T04:26:40Z\", \"end\": \"2020-02-18T04:26:50Z\", "
        "\"coverage\": 0.5, \"complete\": false, \"profile_count\": 1, "
        "\"values\": [1.500000001, 0.25], \"other\": 0.000000005, \"total\": 1.750000006},\n"
        "  {\"begin\": \"2020-02-18T04:26:50Z\", \"end\": \"2020-02-18T04:27:00Z\", "
        "\"coverage\": 0, \"complete\": true, \"profile_count\": 0, "
        "\"values\": [null, null], \"other\": null, \"total\": null},\n"
        "  {\"begin\": \"2020-02-18T04:27:00Z\", \"end\": \"2020-02-18T04:27:10Z\", "
        "\"coverage\": 1, \"complete\": true, \"profile_count\": 7, "
        "\"values\": [3.0, 0.0], \"other\": 0.000000001, \"total\": 3.000000001}]}\n");
}

static void test_ndjson__a_line_per_slice_and_group(void **state)
{
    struct sts_series *series = new_series(STS_METRIC_NCALLS, "UTC", 1, BEGIN, 60 * SECOND);

    (void)state;
    series->scale = STS_SCALE_RATE;
    set_cells(series, 0, 30, 15, 3); /* calls in a minute */
#define SLICE                                                                                      \
    "{\"begin\": \"2020-02-18T04:26:40Z\", \"end\": \"2020-02-18T04:27:40Z\", \"coverage\": 1, "   \
    "\"complete\": true, \"profile_count\": 1, \"metric\": \"ncalls\", \"scale\": \"rate\", "      \
    "\"unit\": \"calls/s\", "
    assert_writes(series, "ndjson", 0, false,
                  SLICE "\"kind\": \"group\", \"group\": \"/srv/shop.py:Cart.add\", "
                        "\"label\": \"shop.py:Cart.add\", \"value\": 0.5, \"total\": 0.8}\n" SLICE
                        "\"kind\": \"group\", \"group\": \"/srv/db.py:que\\\"ry,\", "
                        "\"label\": \"db.py:que\\\"ry,\", \"value\": 0.25, \"total\": 0.8}\n" SLICE
                        "\"kind\": \"other\", \"group\": \"other\", \"label\": \"other\", "
                        "\"value\": 0.05, \"total\": 0.8}\n");
#undef SLICE
}

static void test_table__units_gaps_and_notes(void **state)
{
    (void)state;
    assert_writes(shop_series(STS_METRIC_TOTTIME, STS__FILL_NULL), "table", 0, false,
                  "tottime in s by function, slices of 10 s, UTC, top 2 of 5\n"
                  "\n"
                  "                      shop.py:Cart.add  db.py:que\"ry,  other  total\n"
                  "2020-02-18 04:26:40*             1.500          0.250  0.000  1.750\n"
                  "           04:26:50                  -              -      -      -\n"
                  "           04:27:00              3.000          0.000  0.000  3.000\n"
                  "all                              4.500          0.250  0.000  4.750\n"
                  "* the data begins or ends inside this slice\n"
                  "- there is no figure\n");
}

static void test_table__labels_lose_their_beginning_before_groups_go(void **state)
{
    (void)state;
    assert_writes(shop_series(STS_METRIC_NCALLS, STS__FILL_ZERO), "table", 67, false,
                  "ncalls in calls by function, slices of 10 s, UTC, top 2 of 5\n"
                  "\n"
                  "                      \xe2\x80\xa6py:Cart.add  \xe2\x80\xa6.py:que\"ry,  other"
                  "       total\n"
                  "2020-02-18 04:26:40*    1500000001     250000000      5  1750000006\n"
                  "           04:26:50              0             0      0           0\n"
                  "           04:27:00     3000000000             0      1  3000000001\n"
                  "all                     4500000001     250000000      6  4750000007\n"
                  "* the data begins or ends inside this slice\n");
    assert_writes(shop_series(STS_METRIC_NCALLS, STS__FILL_ZERO), "table", 50, false,
                  "ncalls in calls by function, slices of 10 s, UTC, top 2 of 5\n"
                  "\n"
                  "                      \xe2\x80\xa6:Cart.add  other       total\n"
                  "2020-02-18 04:26:40*  1500000001      5  1750000006\n"
                  "           04:26:50            0      0           0\n"
                  "           04:27:00   3000000000      1  3000000001\n"
                  "all                   4500000001      6  4750000007\n"
                  "* the data begins or ends inside this slice\n"
                  "1 more group does not fit into 50 columns of text\n");
}

static void test_table__small_times_take_a_smaller_unit(void **state)
{
    struct sts_series *series = new_series(STS_METRIC_PERCALL, "UTC", 1, BEGIN, SECOND / 4);

    (void)state;
    series->has_other = false;
    set_cells(series, 0, 30000, 15000, 0);
    series->calls[sts__series_cell(series, 0, 0)] = 20;
    series->calls[sts__series_cell(series, 0, STS_COLUMN_TOTAL)] = 30;
    assert_writes(series, "table", 0, false,
                  "percall in us by function, slices of 250 ms, UTC, top 2 of 5\n"
                  "\n"
                  "                      shop.py:Cart.add  db.py:que\"ry,  total\n"
                  "2020-02-18 04:26:40              1.500              -  1.500\n"
                  "all                              1.500              -  1.500\n"
                  "- there is no figure\n");
}

static void test_table__midnights_need_no_time_and_shares_are_percent(void **state)
{
    struct sts_series *series =
        new_series(STS_METRIC_CUMTIME, "UTC", 2, INT64_C(1582070400) * SECOND, 86400 * SECOND);

    (void)state;
    series->scale = STS_SCALE_SHARE;
    series->has_other = false;
    series->group_count = 2;
    set_cells(series, 0, 1, 3, 0);
    set_cells(series, 1, 2, 2, 0);
    assert_writes(series, "table", 0, false,
                  "cumtime share in % by function, slices of 1 d, UTC\n"
                  "\n"
                  "             shop.py:Cart.add  db.py:que\"ry,  total\n"
                  "2020-02-19               25.0           75.0  100.0\n"
                  "2020-02-20               50.0           50.0  100.0\n"
                  "all                      37.5           62.5  100.0\n"
                  "time of callees is also their callers': columns overlap\n");
}

/* Berlin, 2020-10-25: 02:00+02:00, then 02:00+01:00, one hour later. */
static void test_table__zone_and_its_offset_where_that_changes(void **state)
{
    struct sts_series *series = new_series(STS_METRIC_NCALLS, "Europe/Berlin", 2,
                                           INT64_C(1603584000) * SECOND, 3600 * SECOND);

    (void)state;
    series->has_other = false;
    series->group_count = 2;
    set_cells(series, 0, 1, 3, 0);
    assert_writes(series, "table", 0, true,
                  "ncalls in calls by function, slices of 1 h, Europe/Berlin\n"
                  "\n"
                  "\x1b[1m                         shop.py:Cart.add  db.py:que\"ry,  total\x1b[0m\n"
                  "2020-10-25 02:00+02:00                  1              3      4\n"
                  "           02:00+01:00                  0              0      0\n"
                  "\x1b[1m"
                  "all                                     1              3      4\x1b[0m\n");
}

static void test_table__no_slices_says_so(void **state)
{
    struct sts_series *series = new_series(STS_METRIC_NCALLS, "UTC", 0, BEGIN, SECOND);

    (void)state;
    assert_writes(series, "table", 80, false, "no profile lies in the range\n");
}

static void test_series_write__unknown_format_is_not_found(void **state)
{
    struct sts_series *series = new_series(STS_METRIC_NCALLS, "UTC", 0, BEGIN, SECOND);
    struct sts_error err = { 0 };
    struct sts_sink *sink;

    (void)state;
    assert_int_equal(sts_sink_open_memory(1 << 20, &sink, NULL), 0);
    assert_int_equal(sts_series_write(series, "xml", NULL, sink, &err), STS_E_NOTFOUND);
    assert_non_null(strstr(err.text, "\"xml\""));
    assert_int_equal(sts_sink_close(sink, NULL), 0);
    sts_series_free(series);
}

static void test_series_write__sink_that_is_full_is_an_error(void **state)
{
    static const char *const formats[] = { "table", "csv", "json", "ndjson" };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct sts_series *series = shop_series(STS_METRIC_TOTTIME, STS__FILL_ZERO);
        struct sts_sink *sink;

        assert_int_equal(sts_sink_open_memory(64, &sink, NULL), 0);
        assert_int_equal(sts_series_write(series, formats[i], NULL, sink, NULL), STS_E_LIMIT);
        assert_int_equal(sts_sink_close(sink, NULL), STS_E_LIMIT);
        sts_series_free(series);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv__times_are_exact_and_fields_quoted),
        cmocka_unit_test(test_csv__no_figure_is_an_empty_field),
        cmocka_unit_test(test_csv__fill_previous_repeats_the_last_figures),
        cmocka_unit_test(test_json__one_document),
        cmocka_unit_test(test_ndjson__a_line_per_slice_and_group),
        cmocka_unit_test(test_table__units_gaps_and_notes),
        cmocka_unit_test(test_table__labels_lose_their_beginning_before_groups_go),
        cmocka_unit_test(test_table__small_times_take_a_smaller_unit),
        cmocka_unit_test(test_table__midnights_need_no_time_and_shares_are_percent),
        cmocka_unit_test(test_table__zone_and_its_offset_where_that_changes),
        cmocka_unit_test(test_table__no_slices_says_so),
        cmocka_unit_test(test_series_write__unknown_format_is_not_found),
        cmocka_unit_test(test_series_write__sink_that_is_full_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
