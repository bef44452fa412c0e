/* SPDX-License-Identifier: MIT */
/*
 * test_ndjson.c - lines of the profile log: fields, callers, what is refused; and that what was
 * written comes back. Lines and figures by hand.
 */
#include "log_help.h"

#define S INT64_C(1000000000)
/* 2024-05-05T12:00:00Z is 1714910400, as date -u -d @1714910400 says */
#define NOON (1714910400 * S)

#define HEAD                                                                                       \
    "{\"statslice\":1,\"begin\":\"2024-05-05T12:00:00Z\",\"end\":\"2024-05-05T12:00:10Z\","        \
    "\"engine\":\"events\",\"clock\":\"cpu\",\"coverage\":0.75,"                                   \
    "\"labels\":{\"host\":\"a\",\"service\":\"shop\"},\"total_tt\":0.5,\"total_calls\":5,"         \
    "\"prim_calls\":4,"
#define ADD                                                                                        \
    "\"shop.py:7(Cart.add)\":{\"ncalls\":4,\"pcalls\":3,\"tottime\":0.25,"                         \
    "\"percall_tottime\":0.0625,\"cumtime\":0.250000001,\"percall_cumtime\":0.083333334,"          \
    "\"file_name\":\"shop.py\",\"line_number\":7,\"name\":\"add\",\"qualname\":\"Cart.add\","      \
    "\"callers\":{\"shop.py:1(main)\":[3,3,0.2,0.200000001],\"shop.py:7(Cart.add)\":[1,0,0.05,0]}" \
    "}"
#define MAIN                                                                                       \
    "\"shop.py:1(main)\":{\"ncalls\":1,\"pcalls\":1,\"tottime\":0.25,\"cumtime\":0.5,"             \
    "\"file_name\":\"shop.py\",\"line_number\":1,\"name\":\"main\"}"
#define LINE HEAD "\"func_profiles\":{" ADD "," MAIN "}}"

static void test_ndjson__a_line_is_read_field_by_field(void **state)
{
    struct sts_profile *profile = read_line(LINE "\n");
    struct sts_function add = sts_profile_function(profile, 0);

    (void)state;
    assert_int_equal(sts_profile_begin_ns(profile), NOON);
    assert_int_equal(sts_profile_end_ns(profile), NOON + 10 * S);
    assert_int_equal(sts_profile_engine(profile), STS_ENGINE_EVENTS);
    assert_int_equal(sts_profile_clock(profile), STS_CLOCK_CPU);
    assert_true(sts_profile_coverage(profile) == 0.75);
    assert_int_equal(sts_profile_label_count(profile), 2);
    assert_string_equal(sts_profile_label(profile, "service"), "shop");
    assert_int_equal(sts_profile_function_count(profile), 2);
    assert_string_equal(add.file_name, "shop.py");
    assert_int_equal(add.line_number, 7);
    assert_string_equal(add.qualname, "Cart.add");
    assert_figures(row_of(profile, "add"), 4, 3, 250000000, 250000001);
    assert_figures(row_of(profile, "main"), 1, 1, 250000000, 500000000);
    sts_profile_free(profile);
}

static void test_ndjson__callers_are_found_by_their_keys(void **state)
{
    struct sts_profile *profile = read_line(LINE);
    const struct sts_edge *edge;

    (void)state;
    assert_int_equal(sts_profile_edge_count(profile), 2);
    edge = sts_profile_edge(profile, 0);
    assert_int_equal(edge->caller_id, sts_profile_function_id(profile, 1));
    assert_int_equal(edge->callee_id, sts_profile_function_id(profile, 0));
    assert_figures(&edge->figures, 3, 3, 200000000, 200000001);
    edge = sts_profile_edge(profile, 1);
    assert_int_equal(edge->caller_id, edge->callee_id);
    assert_figures(&edge->figures, 1, 0, 50000000, 0);
    sts_profile_free(profile);
}

static void test_ndjson__a_caller_may_have_no_row(void **state)
{
    struct sts_profile *profile = read_line(
        HEAD "\"other_callers\":{\"k\":{\"file_name\":\"a.py\",\"line_number\":3,\"name\":\"go\"}},"
             "\"func_profiles\":{\"f\":{\"ncalls\":1,\"tottime\":0,\"cumtime\":0,"
             "\"file_name\":\"b.py\",\"line_number\":1,\"callers\":{\"k\":[1,1,0,0]}}}}");
    struct sts_function caller;

    (void)state;
    assert_int_equal(sts_profile_function_count(profile), 1);
    assert_int_equal(sts_profile_edge_count(profile), 1);
    caller =
        sts_symbols_function(sts_profile_symbols(profile), sts_profile_edge(profile, 0)->caller_id);
    assert_string_equal(caller.name, "go");
    assert_string_equal(caller.file_name, "a.py");
    sts_profile_free(profile);
}

static void test_ndjson__fields_may_stand_in_any_order(void **state)
{
    /* as a platform that sorts keys gives it back, with a field that is not known */
    struct sts_profile *profile = read_line(
        "{\"begin\":\"2024-05-05T12:00:00Z\",\"end\":\"2024-05-05T12:00:10Z\","
        "\"extra\":{\"a\":[1,{}]},\"func_profiles\":{\"k\":{\"callers\":{\"o\":[1,1,0,0]},"
        "\"cumtime\":2,\"extra\":[],\"file_name\":\"b.py\",\"line_number\":1,"
        "\"name\":\"f\",\"ncalls\":1,\"tottime\":1}},\"labels\":{\"a\":\"b\"},"
        "\"other_callers\":{\"o\":{\"file_name\":\"\",\"line_number\":0,\"name\":\"m\"}},"
        "\"statslice\":1}");

    (void)state;
    assert_figures(row_of(profile, "f"), 1, 1, S, 2 * S);
    assert_int_equal(sts_profile_edge_count(profile), 1);
    assert_string_equal(sts_profile_label(profile, "a"), "b");
    assert_int_equal(sts_profile_begin_ns(profile), NOON);
    sts_profile_free(profile);
}

static void test_ndjson__equal_identities_are_summed(void **state)
{
    struct sts_profile *profile =
        read_line(HEAD "\"func_profiles\":{"
                       "\"a\":{\"ncalls\":1,\"tottime\":1,\"cumtime\":1,\"file_name\":\"b.py\","
                       "\"line_number\":1,\"name\":\"f\",\"callers\":{\"a\":[1,1,1,1]}},"
                       "\"b\":{\"ncalls\":2,\"tottime\":2,\"cumtime\":2,\"file_name\":\"b.py\","
                       "\"line_number\":1,\"name\":\"f\",\"callers\":{\"a\":[2,2,2,2]}}}}");

    (void)state;
    assert_int_equal(sts_profile_function_count(profile), 1);
    assert_figures(row_of(profile, "f"), 3, 3, 3 * S, 3 * S);
    assert_int_equal(sts_profile_edge_count(profile), 1);
    assert_figures(&sts_profile_edge(profile, 0)->figures, 3, 3, 3 * S, 3 * S);
    sts_profile_free(profile);
}

static void test_ndjson__a_key_means_what_its_own_line_says(void **state)
{
    static const char text[] =
        HEAD "\"func_profiles\":{\"k\":{\"ncalls\":1,\"tottime\":1,\"cumtime\":1,"
             "\"file_name\":\"a.py\",\"line_number\":1,\"name\":\"f\"}}}\n" HEAD
             "\"func_profiles\":{\"k\":{\"ncalls\":1,\"tottime\":1,\"cumtime\":1,"
             "\"file_name\":\"a.py\",\"line_number\":1,\"name\":\"fg\"}}}\n" HEAD
             "\"func_profiles\":{\"k\":{\"ncalls\":1,\"tottime\":1,\"cumtime\":1,"
             "\"file_name\":\"a.py\",\"line_number\":1,\"name\":\"f\",\"qualname\":\"f\"}}}\n";
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_input_counts counts = read_text(text, profile, &strict);

    (void)state;
    assert_int_equal(counts.profiles, 3);
    assert_int_equal(sts_symbols_function_count(sts_profile_symbols(profile)), 3);
    assert_string_equal(sts_profile_function(profile, 0).qualname, "f");
    sts_profile_free(profile);
}

static void test_ndjson__a_caller_of_an_earlier_line_is_not_known(void **state)
{
    static const char text[] = LINE "\n" HEAD "\"func_profiles\":{" ADD "}}\n";
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_input_counts counts = read_text(text, profile, &lenient);

    (void)state;
    assert_int_equal(counts.profiles, 1);
    assert_int_equal(counts.lines_broken, 1);
    assert_memory_equal(counts.first_broken, "line 2: a caller that the line does not name", 44);
    sts_profile_free(profile);
}

static void test_ndjson__is_found_inside_of_other_logs(void **state)
{
    static const char *const lines[] = {
        "2024-05-05 12:00:00,123 INFO shop: " LINE,
        "  " LINE "  \r\n",
        "2024-05-05 12:00:00,123 INFO shop: " LINE " (shop.py:12)\n",
        "\xEF\xBB\xBF" LINE "\n",
        "{\"level\":\"info\",\"time\":\"noon\",\"profile\":" LINE ",\"stream\":\"stdout\"}\n",
        "{\"level\":\"info\",\"fields\":{\"profile\":" LINE "}}\n",
        "\xFF\xFE latin: \xE9 " LINE,
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct sts_profile *profile = read_line(lines[i]);
        assert_int_equal(sts_profile_function_count(profile), 2);
        assert_int_equal(sts_profile_begin_ns(profile), NOON);
        sts_profile_free(profile);
    }
}

/* A JSON text that holds a line, as a logger that knows texts alone writes it. */
static char *quoted(const char *text)
{
    char *quoted = malloc(2 * strlen(text) + 3), *at = quoted;

    *at++ = '"';
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            *at++ = '\\';
        *at++ = *text;
    }
    *at++ = '"';
    *at = '\0';
    return quoted;
}

static void test_ndjson__is_found_inside_of_texts_inside_of_texts(void **state)
{
    char *inner = quoted(LINE), line[8192], *outer;
    struct sts_profile *profile;

    (void)state;
    snprintf(line, sizeof(line), "{\"message\":%s,\"level\":\"INFO\"}", inner);
    profile = read_line(line);
    assert_int_equal(sts_profile_edge_count(profile), 2);
    sts_profile_free(profile);
    outer = quoted(line);
    snprintf(line, sizeof(line), "{\"log\":%s,\"stream\":\"stdout\"}\n", outer);
    profile = read_line(line);
    assert_int_equal(sts_profile_edge_count(profile), 2);
    sts_profile_free(profile);
    snprintf(line, sizeof(line), "time=12:00 level=info msg=%s", inner);
    profile = read_line(line);
    assert_int_equal(sts_profile_edge_count(profile), 2);
    sts_profile_free(profile);
    free(inner);
    free(outer);
}

static void test_ndjson__is_found_behind_seven_broken_objects_and_no_more(void **state)
{
    static const char sorted[] = "{\"begin\":\"2024-05-05T12:00:00Z\","
                                 "\"end\":\"2024-05-05T12:00:10Z\",\"func_profiles\":{}}";
    char line[512] = "";

    (void)state;
    for (int i = 0; i < 7; i++)
        strcat(line, "{\"a\"} {\"b\":1} ");
    strcat(line, sorted);
    sts_profile_free(read_line(line));
    memmove(line + 6, line, strlen(line) + 1);
    memcpy(line, "{\"a\"} ", 6);
    assert_broken(line, "no colon behind a key at byte 4");
}

static void test_ndjson__lines_of_something_else_are_passed_over(void **state)
{
    (void)state;
    assert_passed("", 0);
    assert_passed("\n\n", 2);
    assert_passed("INFO statslice started\nstatslice\n{\"statslice\"}\n", 3);
    assert_passed("{\"logger\":\"statslice\",\"func_profiles\":\"none\"}\n", 1);
    assert_passed("{\"statslice\":\"0.1.0\"}\n", 1);
    assert_passed("{\"statslice:1\n{statslice\":1}\n", 2);
    assert_passed("see \"func_profiles\": {} for more\n", 1);
    assert_passed("{'statslice': 1}\n", 1);
}

static void test_ndjson__broken_lines_are_told_with_byte_and_reason(void **state)
{
    (void)state;
    assert_broken("{\"statslice\":2}", "a version of the log that is not known (known: 1) at byte "
                                       "13");
    assert_broken("{\"statslice\":1}", "no func_profiles at byte 15");
    assert_broken(
        "{\"statslice\":1,\"func_profiles\":{}}",
        "no begin and end, and no timestamp (seconds since 1970, or RFC 3339) at byte 34");
    assert_broken("{\"statslice\":1,\"begin\":\"2024-05-05T12:00:00Z\",\"func_profiles\":{}}",
                  "a begin without an end, or an end without a begin at byte 65");
    assert_broken("{\"statslice\":1,\"begin\":\"noon\"}",
                  "not a time as RFC 3339 has it, with its offset at byte 23");
    assert_broken("{\"statslice\":1,\"begin\":\"2024-05-05T12:00:01Z\","
                  "\"end\":\"2024-05-05T12:00:00Z\",\"func_profiles\":{}}",
                  "begins after its end at byte 94");
    assert_broken("{\"statslice\":1,\"coverage\":1.5}",
                  "coverage is not over 0 and at most 1 at byte 26");
    assert_broken("{\"statslice\":1,\"clock\":\"sun\"}",
                  "a clock that is not known (known: wall, cpu) at byte 23");
    assert_broken("{\"statslice\":1,\"labels\":{\"a\":[]}}",
                  "a label that is not a text at byte 29");
    assert_broken("{\"statslice\":1,\"func_profiles\":{},\"func_profiles\":{}}",
                  "func_profiles twice at byte 50");
    assert_broken("{\"statslice\":1,\"func_profiles\":[]}", "not an object at byte 31");
}

static void test_ndjson__one_line_holds_one_profile(void **state)
{
    char reason[64];

    (void)state;
    snprintf(reason, sizeof(reason), "two profiles in one line at byte %zu", sizeof(LINE) - 1);
    assert_broken(LINE " " LINE, reason);
    assert_broken(LINE " {\"log\":\"{\\\"statslice\\\":1}\"} " LINE, reason);
    /* beside the line that it was read from, as shippers of logs keep it */
    sts_profile_free(read_line("{\"app\":" LINE ",\"message\":\"{\\\"statslice\\\":1}\"}"));
}

#define FIELDS "\"file_name\":\"f\",\"line_number\":1"

static void test_ndjson__broken_rows_are_told_with_byte_and_reason(void **state)
{
    (void)state;
    assert_broken("{\"statslice\":1,\"func_profiles\":{\"f\":{}}}",
                  "a function without file_name at byte 36");
    assert_broken("{\"statslice\":1,\"func_profiles\":{\"f\":{\"ncalls\":-1}}}",
                  "not a count from 0 to 2^63 - 1 at byte 46");
    assert_broken("{\"statslice\":1,\"func_profiles\":{\"f\":{\"tottime\": -1}}}",
                  "a negative time at byte 48");
    assert_broken("{\"statslice\":1,\"func_profiles\":{\"f\":{\"tottime\":1e300}}}",
                  "a time out of range at byte 47");
    assert_broken("{\"statslice\":1,\"func_profiles\":{\"f\":{\"tottime\":NaN}}}",
                  "not a number at byte 47");
    assert_broken("{\"statslice\":1,\"func_profiles\":{\"f\":{\"name\":7}}}",
                  "not a text at byte 44");
    assert_broken("{\"statslice\":1,\"func_profiles\":{\"f\":{\"line_number\":4294967296}}}",
                  "not a whole number of 32 bits at byte 51");
    assert_broken("{\"statslice\":1,\"func_profiles\":{"
                  "\"f\":{\"ncalls\":1,\"tottime\":0,\"cumtime\":0," FIELDS "},"
                  "\"f\":{\"ncalls\":1,\"tottime\":0,\"cumtime\":0," FIELDS "}}}",
                  "two functions of one key at byte 109");
    assert_broken("{\"statslice\":1,\"func_profiles\":{"
                  "\"f\":{\"ncalls\":1,\"tottime\":0,\"cumtime\":0,\"file_name\":\"\xFF\","
                  "\"line_number\":1}}}",
                  "a text that is not UTF-8 at byte 85");
    assert_broken("{\"statslice\":1,\"func_profiles\":{\"f\":{\"callers\":{\"g\":[1,1,0]}}}}",
                  "less than four figures of a caller at byte 59");
    assert_broken("{\"statslice\":1,\"func_profiles\":{\"f\":{\"callers\":{\"g\":[1,1,0,0],"
                  "\"g\":[1,1,0,0]}}}}",
                  "one caller twice at byte 66");
    assert_broken("{\"statslice\":1,\"func_profiles\":{\"f\":{\"callers\":{\"g\":[1,1,0,0,0]}}}}",
                  "more than four figures of a caller at byte 61");
}

static void test_ndjson__sums_over_63_bits_are_refused(void **state)
{
    (void)state;
    assert_broken("{\"statslice\":1,\"func_profiles\":{"
                  "\"a\":{\"ncalls\":9223372036854775807,\"tottime\":0,\"cumtime\":0," FIELDS ","
                  "\"name\":\"f\"},"
                  "\"b\":{\"ncalls\":1,\"tottime\":0,\"cumtime\":0," FIELDS ",\"name\":\"f\"}}}",
                  "a sum of more than 2^63 - 1 at byte 138");
}

static void test_ndjson__a_line_cut_off_anywhere_is_no_profile(void **state)
{
    char line[sizeof(LINE)];
    struct sts_profile *profile = sts_profile_new(NULL);

    (void)state;
    for (size_t len = 0; len < sizeof(LINE) - 1; len++) {
        struct sts_input_counts counts;

        memcpy(line, LINE, len);
        counts = read_bytes(line, len, profile, &lenient);
        assert_int_equal(counts.profiles, 0);
        assert_int_equal(counts.lines_broken, len >= sizeof("{\"statslice\":1") - 1);
    }
    sts_profile_free(profile);
}

static void test_ndjson__spans_only_leaves_rows_unread(void **state)
{
    static const char text[] = LINE "\n" HEAD "\"func_profiles\":{ anything }}\n";
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_input_counts counts = read_text(text, profile, &spans_only);

    (void)state;
    assert_int_equal(counts.profiles, 2);
    assert_int_equal(sts_profile_function_count(profile), 0);
    assert_int_equal(sts_profile_end_ns(profile), NOON + 10 * S);
    assert_string_equal(sts_profile_label(profile, "service"), "shop");
    sts_profile_free(profile);
}

static void test_ndjson__spans_only_reads_on_for_labels(void **state)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_input_counts counts =
        read_text("{\"statslice\":1,\"begin\":\"2024-05-05T12:00:00Z\","
                  "\"end\":\"2024-05-05T12:00:10Z\",\"func_profiles\":{\"f\":{}},"
                  "\"labels\":{\"a\":\"b\"}}",
                  profile, &spans_only);

    (void)state;
    assert_int_equal(counts.profiles, 1);
    assert_string_equal(sts_profile_label(profile, "a"), "b");
    sts_profile_free(profile);
}

static void test_ndjson__strict_stops_at_a_broken_line(void **state)
{
    static const char text[] = "hello\n{\"statslice\":1}\n";
    struct sts_input *input = open_bytes(text, sizeof(text) - 1, &strict);
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_error err;

    (void)state;
    assert_int_equal(sts_input_next(input, profile, &err), STS_E_FORMAT);
    assert_string_equal(err.text, "\"test.log\": line 2: no func_profiles at byte 15");
    assert_int_equal(err.status, STS_E_FORMAT);
    sts_input_close(input);
    sts_profile_free(profile);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ndjson__a_line_is_read_field_by_field),
        cmocka_unit_test(test_ndjson__callers_are_found_by_their_keys),
        cmocka_unit_test(test_ndjson__a_caller_may_have_no_row),
        cmocka_unit_test(test_ndjson__fields_may_stand_in_any_order),
        cmocka_unit_test(test_ndjson__equal_identities_are_summed),
        cmocka_unit_test(test_ndjson__a_key_means_what_its_own_line_says),
        cmocka_unit_test(test_ndjson__a_caller_of_an_earlier_line_is_not_known),
        cmocka_unit_test(test_ndjson__is_found_inside_of_other_logs),
        cmocka_unit_test(test_ndjson__is_found_inside_of_texts_inside_of_texts),
        cmocka_unit_test(test_ndjson__is_found_behind_seven_broken_objects_and_no_more),
        cmocka_unit_test(test_ndjson__lines_of_something_else_are_passed_over),
        cmocka_unit_test(test_ndjson__broken_lines_are_told_with_byte_and_reason),
        cmocka_unit_test(test_ndjson__one_line_holds_one_profile),
        cmocka_unit_test(test_ndjson__broken_rows_are_told_with_byte_and_reason),
        cmocka_unit_test(test_ndjson__sums_over_63_bits_are_refused),
        cmocka_unit_test(test_ndjson__a_line_cut_off_anywhere_is_no_profile),
        cmocka_unit_test(test_ndjson__spans_only_leaves_rows_unread),
        cmocka_unit_test(test_ndjson__spans_only_reads_on_for_labels),
        cmocka_unit_test(test_ndjson__strict_stops_at_a_broken_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
