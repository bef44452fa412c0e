/* SPDX-License-Identifier: MIT */
/*
 * test_log_coros.c - "resumes", "awaittime" and "dropped" in a profile's line: in any place, left
 * out where they are 0, and back again. Lines and figures by hand.
 */
#include "log_help.h"

#define HEAD "{\"statslice\":1,\"begin\":\"2024-05-05T12:00:00Z\",\"end\":\"2024-05-05T12:00:10Z\","
#define ROW(fields)                                                                                \
    HEAD "\"func_profiles\":{\"f\":{\"ncalls\":1,\"tottime\":1,\"cumtime\":1,"                     \
         "\"file_name\":\"a.py\",\"line_number\":1,\"name\":\"f\"," fields "}}}"

static void assert_coro(const struct sts_profile *profile, size_t row, uint64_t n_resumes,
                        int64_t awaittime_ns)
{
    struct sts_coro coro = sts_profile_coro(profile, row);

    assert_int_equal(coro.n_resumes, n_resumes);
    assert_int_equal(coro.awaittime_ns, awaittime_ns);
}

static void test_log_coros__are_read_in_any_place(void **state)
{
    static const char *const lines[] = {
        HEAD "\"dropped\":3,\"func_profiles\":{"
             "\"p\":{\"ncalls\":1,\"tottime\":0,\"cumtime\":0,\"file_name\":\"a.py\","
             "\"line_number\":1},"
             "\"f\":{\"ncalls\":2,\"pcalls\":2,\"tottime\":0.25,\"cumtime\":0.25,\"resumes\":7,"
             "\"awaittime\":1.000000001,\"file_name\":\"a.py\",\"line_number\":2}}}",
        HEAD "\"func_profiles\":{"
             "\"p\":{\"ncalls\":1,\"tottime\":0,\"cumtime\":0,\"file_name\":\"a.py\","
             "\"line_number\":1},"
             "\"f\":{\"awaittime\":1.000000001,\"line_number\":2,\"file_name\":\"a.py\","
             "\"cumtime\":0.25,\"tottime\":0.25,\"ncalls\":2,\"callers\":{\"p\":[1,1,0,0]},"
             "\"resumes\":7}},\"dropped\":3}",
    };
    (void)state;

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct sts_profile *profile = read_line(lines[i]);
        assert_int_equal(sts_profile_dropped(profile), 3);
        assert_coro(profile, 0, 0, 0);
        assert_coro(profile, 1, 7, INT64_C(1000000001));
        assert_figures(sts_profile_figures(profile, 1), 2, 2, 250000000, 250000000);
        sts_profile_free(profile);
    }
}

static void test_log_coros__two_keys_of_one_function_are_summed(void **state)
{
    struct sts_profile *profile = read_line(
        HEAD "\"func_profiles\":{"
             "\"f\":{\"ncalls\":1,\"tottime\":0,\"cumtime\":0,\"resumes\":2,\"awaittime\":0.5,"
             "\"file_name\":\"a.py\",\"line_number\":1,\"name\":\"f\"},"
             "\"g\":{\"ncalls\":1,\"tottime\":0,\"cumtime\":0,\"resumes\":3,\"awaittime\":0.25,"
             "\"file_name\":\"a.py\",\"line_number\":1,\"name\":\"f\"}}}");
    (void)state;

    assert_int_equal(sts_profile_function_count(profile), 1);
    assert_coro(profile, 0, 5, 750000000);
    sts_profile_free(profile);
}

static void test_log_coros__lines_that_were_lost_are_summed_over_a_log(void **state)
{
    struct sts_input *input = open_bytes(
        HEAD "\"dropped\":3,\"func_profiles\":{}}\n" HEAD "\"func_profiles\":{}}\n" HEAD
             "\"dropped\":4,\"func_profiles\":{}}\n",
        3 * strlen(HEAD "\"func_profiles\":{}}\n") + 2 * strlen("\"dropped\":3,"), &spans_only);
    struct sts_profile *profile = sts_profile_new(NULL), *sum = sts_profile_new(NULL);
    struct sts_error err;
    (void)state;

    while (sts_input_next(input, profile, &err) > 0)
        assert_int_equal(sts_profile_merge(sum, profile, &err), 0);
    assert_int_equal(sts_input_counts(input)->profiles, 3);
    assert_int_equal(sts_profile_dropped(sum), 7);
    sts_input_close(input);
    sts_profile_free(profile);
    sts_profile_free(sum);
}

static struct sts_sink *write_log(const char *format, const struct sts_profile *profile)
{
    struct sts_output *output;
    struct sts_sink *sink;

    assert_int_equal(sts_sink_open_memory(1 << 20, &sink, NULL), 0);
    assert_int_equal(sts_output_open(format, sink, &output, NULL), 0);
    assert_int_equal(sts_output_write(output, profile, NULL), 0);
    assert_int_equal(sts_output_close(output, NULL), 0);
    return sink;
}

static void assert_holds(const char *format, const struct sts_profile *profile, const char *part,
                         bool expected)
{
    struct sts_sink *sink = write_log(format, profile);
    size_t len;

    if ((strstr(sts_sink_memory(sink, &len), part) != NULL) != expected)
        fail_msg("%s: %s", format, sts_sink_memory(sink, &len));
    sts_sink_close(sink, NULL);
}

static void test_log_coros__come_back(void **state)
{
    static const char *const formats[] = { "ndjson", "json" };
    struct sts_profile *profile =
        read_line(ROW("\"resumes\":9223372036854775807,\"awaittime\":0.000000003"));
    (void)state;

    sts_profile_set_dropped(profile, INT64_MAX);
    for (size_t i = 0; i < 2; i++) {
        struct sts_sink *sink = write_log(formats[i], profile);
        size_t len;
        const char *text = sts_sink_memory(sink, &len);
        struct sts_profile *again = sts_profile_new(NULL);
        assert_int_equal(read_bytes(text, len, again, &lenient).profiles, 1);
        assert_int_equal(sts_profile_dropped(again), INT64_MAX);
        assert_coro(again, 0, INT64_MAX, 3);
        sts_profile_free(again);
        sts_sink_close(sink, NULL);
    }
    sts_profile_free(profile);
}

static void test_log_coros__are_written_where_they_are_not_0(void **state)
{
    struct sts_profile *both = read_line(ROW("\"resumes\":7,\"awaittime\":2.5"));
    struct sts_profile *none = read_line(ROW("\"resumes\":0,\"awaittime\":0"));
    (void)state;

    assert_holds("ndjson", both, "\"percall_cumtime\":1.0,\"resumes\":7,\"awaittime\":2.5,", true);
    assert_holds("ndjson-flat", both, "\"resumes\":7,\"awaittime\":2.5}\n", true);
    assert_holds("csv", both, ",7,2.5\n", true);
    assert_holds("csv", none, ",,\n", true);
    assert_holds("ndjson", none, "resumes", false);
    assert_holds("ndjson", none, "awaittime", false);
    assert_holds("ndjson", none, "dropped", false);
    assert_holds("ndjson-flat", none, "resumes", false);
    sts_profile_set_dropped(none, 12);
    assert_holds("ndjson", none, "\"coverage\":1,\"dropped\":12,\"labels\"", true);
    sts_profile_free(both);
    sts_profile_free(none);
}

static void test_log_coros__what_is_no_count_or_time_is_refused(void **state)
{
    static const char *const lines[] = {
        ROW("\"resumes\":-1"),
        ROW("\"resumes\":1.5"),
        ROW("\"resumes\":9223372036854775808"),
        ROW("\"resumes\":\"7\""),
        ROW("\"awaittime\":-0.5"),
        ROW("\"awaittime\":1e300"),
        ROW("\"awaittime\":null"),
        HEAD "\"dropped\":-1,\"func_profiles\":{}}",
        HEAD "\"dropped\":0.5,\"func_profiles\":{}}",
        HEAD "\"dropped\":9223372036854775808,\"func_profiles\":{}}",
    };
    (void)state;

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct sts_profile *profile = sts_profile_new(NULL);
        struct sts_input_counts counts = read_text(lines[i], profile, &lenient);
        if (counts.lines_broken != 1 || counts.profiles != 0)
            fail_msg("%s", lines[i]);
        sts_profile_free(profile);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_log_coros__are_read_in_any_place),
        cmocka_unit_test(test_log_coros__two_keys_of_one_function_are_summed),
        cmocka_unit_test(test_log_coros__lines_that_were_lost_are_summed_over_a_log),
        cmocka_unit_test(test_log_coros__come_back),
        cmocka_unit_test(test_log_coros__are_written_where_they_are_not_0),
        cmocka_unit_test(test_log_coros__what_is_no_count_or_time_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
