/* SPDX-License-Identifier: MIT */
/*
 * test_article.c - lines that hold dataclasses.asdict(StatsProfile) beside a timestamp. The lines
 * are what Python's json.dumps writes; figures by hand.
 */
#include "log_help.h"

#define SLEEP1                                                                                     \
    "{\"ncalls\": \"3/1\", \"tottime\": 0.0, \"percall_tottime\": 0.0, \"cumtime\": 1.2, "         \
    "\"percall_cumtime\": 1.2, \"file_name\": \"article.py\", \"line_number\": 4}"
#define STATS "{\"total_tt\": 1.2, \"func_profiles\": {\"sleep1\": " SLEEP1 "}}"
#define S     INT64_C(1000000000)

static void test_article__ends_at_its_timestamp_and_is_as_long_as_total_tt(void **state)
{
    struct sts_profile *profile =
        read_line("{\"timestamp\": 1582000000, \"stats_profile\": " STATS "}\n");

    (void)state;
    assert_int_equal(sts_profile_end_ns(profile), 1582000000 * S);
    assert_int_equal(sts_profile_begin_ns(profile), 1582000000 * S - 1200000000);
    assert_int_equal(sts_profile_engine(profile), STS_ENGINE_IMPORT);
    assert_int_equal(sts_profile_edge_count(profile), 0);
    sts_profile_free(profile);
}

static void test_article__a_key_is_the_name(void **state)
{
    struct sts_profile *profile =
        read_line("{\"timestamp\": 1582000000, \"stats_profile\": " STATS "}\n");
    struct sts_function function = sts_profile_function(profile, 0);

    (void)state;
    assert_int_equal(sts_profile_function_count(profile), 1);
    assert_string_equal(function.file_name, "article.py");
    assert_int_equal(function.line_number, 4);
    assert_string_equal(function.name, "sleep1");
    assert_null(function.qualname);
    sts_profile_free(profile);
}

static void test_article__ncalls_is_all_and_primitive(void **state)
{
    struct sts_profile *profile =
        read_line("{\"timestamp\": 1582000000, \"stats_profile\": {\"total_tt\": 0.3, "
                  "\"func_profiles\": {\"f\": " SLEEP1 ", "
                  "\"g\": {\"ncalls\": \"7\", \"tottime\": 0.1, \"percall_tottime\": 0.014, "
                  "\"cumtime\": 1e-05, \"percall_cumtime\": -1, \"file_name\": \"~\", "
                  "\"line_number\": 0}, "
                  "\"h\": {\"ncalls\": 5, \"tottime\": 2, \"cumtime\": 2.5, \"file_name\": \"h\", "
                  "\"line_number\": 1}}}}");

    (void)state;
    assert_figures(row_of(profile, "f"), 3, 1, 0, 1200000000);
    assert_figures(row_of(profile, "g"), 7, 7, 100000000, 10000);
    assert_figures(row_of(profile, "h"), 5, 5, 2 * S, 2500000000);
    sts_profile_free(profile);
}

static void assert_end(const char *line, int64_t end_ns)
{
    struct sts_profile *profile = read_line(line);

    assert_int_equal(sts_profile_end_ns(profile), end_ns);
    assert_int_equal(sts_profile_begin_ns(profile), end_ns - 1200000000);
    sts_profile_free(profile);
}

static void test_article__timestamps_are_seconds_or_rfc_3339(void **state)
{
    (void)state;
    assert_end("{\"timestamp\": 1582000000.25, \"stats_profile\": " STATS "}",
               1582000000 * S + 250000000);
    /* 2020-02-18T04:26:40Z is 1582000000, as date -u -d @1582000000 says */
    assert_end("{\"timestamp\": \"2020-02-18T04:26:40Z\", \"stats_profile\": " STATS "}",
               1582000000 * S);
    assert_end("{\"@timestamp\": \"2020-02-18T05:26:40.5+01:00\", \"stats_profile\": " STATS "}",
               1582000000 * S + 500000000);
    assert_end("{\"time\": 7, \"p\": " STATS "}", 7 * S);
    assert_end("{\"ts\": 7, \"p\": " STATS "}", 7 * S);
}

static void test_article__the_nearest_timestamp_holds(void **state)
{
    (void)state;
    assert_end("{\"time\": 1, \"log\": {\"timestamp\": 7, \"stats_profile\": " STATS "}}", 7 * S);
    assert_end("{\"log\": {\"stats_profile\": " STATS ", \"timestamp\": 7}, \"time\": 1}", 7 * S);
    assert_end("{\"stats_profile\": " STATS ", \"other\": {\"timestamp\": 1}, \"timestamp\": 7}",
               7 * S);
    assert_end("{\"other\": {\"timestamp\": 1}, \"timestamp\": 7, \"stats_profile\": " STATS "}",
               7 * S);
    assert_end("{\"time\": \"noon\", \"log\": {\"timestamp\": 7, \"stats_profile\": " STATS "}}",
               7 * S);
    assert_end("{\"timestamp\": 7, \"total_tt\": 1.2, \"func_profiles\": {\"sleep1\": " SLEEP1 "}}",
               7 * S);
    assert_end("{\"time\": 1, \"log\": {\"stats_profile\": " STATS ", \"timestamp\": 7}}", 7 * S);
}

/* What Filebeat, Vector and Fluent Bit add for when they read the line is not when it was logged.
 */
static void test_article__the_time_of_a_shipper_of_logs_comes_last(void **state)
{
#define SHIPPED "\"@timestamp\": \"2026-11-23T10:00:00Z\""
    (void)state;
    assert_end("{" SHIPPED ", \"timestamp\": 7, \"stats_profile\": " STATS "}", 7 * S);
    assert_end("{" SHIPPED ", \"stats_profile\": " STATS ", \"timestamp\": 7}", 7 * S);
    assert_end("{\"timestamp\": 7, " SHIPPED ", \"stats_profile\": " STATS "}", 7 * S);
    assert_end("{\"stats_profile\": " STATS ", \"timestamp\": 7, " SHIPPED "}", 7 * S);
    assert_end("{" SHIPPED ", \"json\": {\"stats_profile\": " STATS ", \"timestamp\": 7}}", 7 * S);
    assert_end("{\"json\": {\"timestamp\": 7, \"stats_profile\": " STATS "}, " SHIPPED "}", 7 * S);
    assert_end("{" SHIPPED ", \"json\": {\"stats_profile\": " STATS "}}", 1795428000 * S);
#undef SHIPPED
}

static void test_article__is_found_behind_a_prefix_and_inside_of_texts(void **state)
{
    (void)state;
    assert_end("2020-02-18 04:26:40,123 INFO shop {id=3}: {\"timestamp\": 7, "
               "\"stats_profile\": " STATS "}\n",
               7 * S);
    assert_end("INFO {\"request\": 5} {\"timestamp\": 7, \"stats_profile\": " STATS "} (shop.py)\n",
               7 * S);
    assert_end("INFO {\"broken\" {\"timestamp\": 7, \"stats_profile\": " STATS "}\n", 7 * S);
    assert_end("{\"log\":\"{\\\"timestamp\\\": 7, \\\"stats_profile\\\": {\\\"total_tt\\\": 1.2, "
               "\\\"func_profiles\\\": {}}}\\n\",\"stream\":\"stdout\"}\n",
               7 * S);
}

static void test_article__labels_of_the_line_are_taken(void **state)
{
    struct sts_profile *profile =
        read_line("{\"timestamp\": 7, \"labels\": {\"service\": \"shop\", \"pid\": 12, "
                  "\"debug\": true, \"none\": null}, \"stats_profile\": " STATS "}");

    (void)state;
    assert_int_equal(sts_profile_label_count(profile), 3);
    assert_string_equal(sts_profile_label(profile, "service"), "shop");
    assert_string_equal(sts_profile_label(profile, "pid"), "12");
    assert_string_equal(sts_profile_label(profile, "debug"), "true");
    sts_profile_free(profile);
}

static void test_article__what_is_missing_is_told(void **state)
{
    (void)state;
    assert_broken("{\"stats_profile\": {\"total_tt\": 1.2, \"func_profiles\": {}}}",
                  "no begin and end, and no timestamp (seconds since 1970, or RFC 3339) at byte "
                  "57");
    assert_broken("{\"timestamp\": 7, \"stats_profile\": {\"func_profiles\": {}}}",
                  "no total_tt at byte 56");
    assert_broken("{\"timestamp\": 7, \"stats_profile\": {\"total_tt\": 1.2, \"func_profiles\": "
                  "{\"f\": {\"ncalls\": \"3-1\"}}}}",
                  "ncalls is not \"calls\" or \"calls/primitive\" at byte 86");
    assert_broken("{\"timestamp\": 7, \"stats_profile\": {\"total_tt\": 1.2, \"func_profiles\": "
                  "{\"f\": {\"ncalls\": \"1/3\", \"tottime\": 0, \"cumtime\": 0, \"file_name\": "
                  "\"\", \"line_number\": 1}}}}",
                  "more primitive calls than calls at byte 75");
    assert_broken("{\"timestamp\": 1e10, \"stats_profile\": " STATS "}",
                  "a time out of range at byte 14");
}

static void test_article__spans_only_gives_the_same_spans(void **state)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_input_counts counts =
        read_text("{\"stats_profile\": " STATS ", \"timestamp\": 7}\n", profile, &spans_only);

    (void)state;
    assert_int_equal(counts.profiles, 1);
    assert_int_equal(sts_profile_end_ns(profile), 7 * S);
    assert_int_equal(sts_profile_begin_ns(profile), 5800000000);
    assert_int_equal(sts_profile_function_count(profile), 0);
    sts_profile_free(profile);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_article__ends_at_its_timestamp_and_is_as_long_as_total_tt),
        cmocka_unit_test(test_article__a_key_is_the_name),
        cmocka_unit_test(test_article__ncalls_is_all_and_primitive),
        cmocka_unit_test(test_article__timestamps_are_seconds_or_rfc_3339),
        cmocka_unit_test(test_article__the_nearest_timestamp_holds),
        cmocka_unit_test(test_article__the_time_of_a_shipper_of_logs_comes_last),
        cmocka_unit_test(test_article__is_found_behind_a_prefix_and_inside_of_texts),
        cmocka_unit_test(test_article__labels_of_the_line_are_taken),
        cmocka_unit_test(test_article__what_is_missing_is_told),
        cmocka_unit_test(test_article__spans_only_gives_the_same_spans),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
