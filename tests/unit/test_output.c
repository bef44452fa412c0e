/* SPDX-License-Identifier: MIT */
/*
 * test_output.c - profiles written in each format, and read back. Expected lines by hand.
 */
#include "log_help.h"

#include <unistd.h>

#define S INT64_C(1000000000)

static uint32_t function_id(struct sts_profile *profile, const char *file, int32_t line,
                            const char *name, const char *qualname)
{
    struct sts_function function = { file, name, qualname, line };
    uint32_t id;

    assert_int_equal(sts_symbols_add_function(sts_profile_symbols(profile), &function, &id, NULL),
                     0);
    return id;
}

static void add(struct sts_profile *profile, uint32_t id, struct sts_figures figures)
{
    assert_int_equal(sts_profile_add(profile, id, &figures, NULL), 0);
}

static void add_edge(struct sts_profile *profile, uint32_t caller, uint32_t callee,
                     struct sts_figures figures)
{
    assert_int_equal(sts_profile_add_edge(profile, caller, callee, &figures, NULL), 0);
}

/* main calls Cart.add three times; a function of no row calls main. */
static struct sts_profile *make_profile(void)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    uint32_t add_id = function_id(profile, "shop.py", 7, "add", "Cart.add");
    uint32_t main_id = function_id(profile, "shop.py", 1, "main", NULL);
    uint32_t exec_id = function_id(profile, "~", 0, "<built-in method builtins.exec>", NULL);

    sts_profile_set_span(profile, 1714910400 * S, 1714910410 * S + 5);
    sts_profile_set_engine(profile, STS_ENGINE_EVENTS);
    assert_int_equal(sts_profile_set_label(profile, "service", "shop", NULL), 0);
    add(profile, add_id, (struct sts_figures){ 3, 2, 1, S });
    add(profile, main_id, (struct sts_figures){ 0, 0, 0, 2 * S });
    add_edge(profile, exec_id, main_id, (struct sts_figures){ 1, 1, 0, 2 * S });
    add_edge(profile, main_id, add_id, (struct sts_figures){ 3, 2, 1, S });
    return profile;
}

static struct sts_sink *write_all(const char *format, const struct sts_profile *const *profiles,
                                  size_t count)
{
    struct sts_output *output;
    struct sts_sink *sink;
    struct sts_error err;

    assert_int_equal(sts_sink_open_memory(1 << 26, &sink, &err), 0);
    assert_int_equal(sts_output_open(format, sink, &output, &err), 0);
    for (size_t i = 0; i < count; i++)
        if (sts_output_write(output, profiles[i], &err) < 0)
            fail_msg("%s", err.text);
    assert_int_equal(sts_output_close(output, &err), 0);
    return sink;
}

static void assert_written(const char *format, size_t count, const char *expected)
{
    struct sts_profile *profile = make_profile();
    const struct sts_profile *profiles[2] = { profile, profile };
    struct sts_sink *sink = write_all(format, profiles, count);
    size_t len;

    assert_string_equal(sts_sink_memory(sink, &len), expected);
    sts_sink_close(sink, NULL);
    sts_profile_free(profile);
}

#define OBJECT                                                                                     \
    "{\"statslice\":1,\"begin\":\"2024-05-05T12:00:00Z\","                                         \
    "\"end\":\"2024-05-05T12:00:10.000000005Z\",\"engine\":\"events\",\"clock\":\"wall\","         \
    "\"coverage\":1,\"labels\":{\"service\":\"shop\"},\"total_tt\":0.000000001,"                   \
    "\"total_calls\":3,\"prim_calls\":2,\"other_callers\":{"                                       \
    "\"~:0(<built-in method builtins.exec>)\":{\"file_name\":\"~\",\"line_number\":0,"             \
    "\"name\":\"<built-in method builtins.exec>\"}},\"func_profiles\":{"                           \
    "\"shop.py:7(Cart.add)\":{\"ncalls\":3,\"pcalls\":2,\"tottime\":0.000000001,"                  \
    "\"percall_tottime\":0.0,\"cumtime\":1.0,\"percall_cumtime\":0.5,"                             \
    "\"file_name\":\"shop.py\",\"line_number\":7,\"name\":\"add\",\"qualname\":\"Cart.add\","      \
    "\"callers\":{\"shop.py:1(main)\":[3,2,0.000000001,1.0]}},"                                    \
    "\"shop.py:1(main)\":{\"ncalls\":0,\"pcalls\":0,\"tottime\":0.0,\"cumtime\":2.0,"              \
    "\"file_name\":\"shop.py\",\"line_number\":1,\"name\":\"main\","                               \
    "\"callers\":{\"~:0(<built-in method builtins.exec>)\":[1,1,0.0,2.0]}}}}"

static void test_output_ndjson__one_object_a_line(void **state)
{
    (void)state;
    assert_written("ndjson", 0, "");
    assert_written("ndjson", 2, OBJECT "\n" OBJECT "\n");
}

static void test_output_json__one_array_of_the_same_objects(void **state)
{
    (void)state;
    assert_written("json", 0, "[\n]\n");
    assert_written("json", 2, "[\n" OBJECT ",\n" OBJECT "\n]\n");
}

#define FLAT_HEAD                                                                                  \
    "{\"@timestamp\":\"2024-05-05T12:00:00Z\",\"begin\":\"2024-05-05T12:00:00Z\","                 \
    "\"end\":\"2024-05-05T12:00:10.000000005Z\",\"engine\":\"events\",\"clock\":\"wall\","         \
    "\"label.service\":\"shop\",\"function\":"

static void test_output_flat__one_line_a_function_without_callers(void **state)
{
    (void)state;
    assert_written("ndjson-flat", 1,
                   FLAT_HEAD "\"shop.py:7(Cart.add)\",\"file_name\":\"shop.py\",\"line_number\":7,"
                             "\"name\":\"add\",\"qualname\":\"Cart.add\",\"ncalls\":3,\"pcalls\":2,"
                             "\"tottime\":0.000000001,\"percall_tottime\":0.0,\"cumtime\":1.0,"
                             "\"percall_cumtime\":0.5}\n" FLAT_HEAD
                             "\"shop.py:1(main)\",\"file_name\":\"shop.py\",\"line_number\":1,"
                             "\"name\":\"main\",\"ncalls\":0,\"pcalls\":0,\"tottime\":0.0,"
                             "\"cumtime\":2.0}\n");
}

static void test_output_csv__one_row_a_function_under_a_head(void **state)
{
    (void)state;
    assert_written("csv", 1,
                   "begin,end,labels,file_name,line_number,name,qualname,ncalls,pcalls,tottime,"
                   "percall_tottime,cumtime,percall_cumtime,resumes,awaittime\n"
                   "2024-05-05T12:00:00Z,2024-05-05T12:00:10.000000005Z,"
                   "\"{\"\"service\"\":\"\"shop\"\"}\",shop.py,7,add,Cart.add,3,2,0.000000001,0.0,"
                   "1.0,0.5,,\n"
                   "2024-05-05T12:00:00Z,2024-05-05T12:00:10.000000005Z,"
                   "\"{\"\"service\"\":\"\"shop\"\"}\",shop.py,1,main,,0,0,0.0,,2.0,,,\n");
}

static void test_output_pstats__holds_one_profile(void **state)
{
    struct sts_profile *profile = make_profile();
    struct sts_output *output;
    struct sts_sink *sink;
    struct sts_error err;

    (void)state;
    assert_int_equal(sts_sink_open_memory(1 << 20, &sink, &err), 0);
    assert_int_equal(sts_output_open("pstats", sink, &output, &err), 0);
    assert_int_equal(sts_output_write(output, profile, &err), 0);
    assert_int_equal(sts_output_write(output, profile, &err), STS_E_USAGE);
    assert_int_equal(sts_output_close(output, &err), 0);
    sts_sink_close(sink, NULL);
    sts_profile_free(profile);
}

static void test_output_open__an_unknown_format_is_told(void **state)
{
    struct sts_output *output;
    struct sts_sink *sink;
    struct sts_error err;

    (void)state;
    assert_int_equal(sts_sink_open_memory(1, &sink, &err), 0);
    assert_int_equal(sts_output_open("xml", sink, &output, &err), STS_E_NOTFOUND);
    assert_string_equal(err.text, "no format \"xml\" to write");
    sts_sink_close(sink, NULL);
}

static void assert_format_of(const char *path, const char *name)
{
    const struct sts_format_info *info = sts_output_format_of(path);

    if (name == NULL)
        assert_null(info);
    else
        assert_string_equal(info->name, name);
}

static void test_output_format_of__goes_by_the_ending(void **state)
{
    (void)state;
    assert_format_of("a.prof", "pstats");
    assert_format_of("dir.csv/a.ndjson", "ndjson");
    assert_format_of("a.log.gz", "ndjson");
    assert_format_of("a.flat.ndjson.zst", "ndjson-flat");
    assert_format_of("a.csv", "csv");
    assert_format_of("a.json", "json");
    assert_format_of(".json", NULL);
    assert_format_of("json", NULL);
    assert_format_of("a.gz", NULL);
    assert_format_of("a.svg", NULL);
    assert_format_of("", NULL);
}

static void test_output_ndjson__what_could_not_be_read_again_is_refused(void **state)
{
    static const struct sts_figures figures[] = { { 1, 1, -1, 0 },
                                                  { 1, 1, 0, -1 },
                                                  { 1, 2, 0, 0 } };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct sts_profile *profile = make_profile();
        struct sts_output *output;
        struct sts_sink *sink;
        struct sts_error err;
        size_t len;

        add(profile, function_id(profile, "f.py", 1, "bad", NULL), figures[i]);
        assert_int_equal(sts_sink_open_memory(1 << 20, &sink, &err), 0);
        assert_int_equal(sts_output_open("ndjson", sink, &output, &err), 0);
        assert_int_equal(sts_output_write(output, profile, &err), STS_E_UNSUPPORTED);
        assert_non_null(strstr(err.text, "\"bad\""));
        assert_int_equal(sts_output_close(output, &err), 0);
        assert_string_equal(sts_sink_memory(sink, &len), "");
        sts_sink_close(sink, NULL);
        sts_profile_free(profile);
    }
}

static int refuse(void *context, const void *data, size_t len)
{
    (void)context, (void)data, (void)len;
    return STS_E_IO;
}

static void test_output__a_failing_sink_is_told(void **state)
{
    static const char *const methods[] = { NULL, "gzip", "zstd" };
    struct sts_profile *profile = make_profile();

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct sts_output *output;
        struct sts_sink *sink;
        struct sts_error err;

        assert_int_equal(sts_sink_open_callback(refuse, NULL, &sink, &err), 0);
        if (methods[i] != NULL)
            assert_int_equal(sts_sink_open_compressed(methods[i], sink, &sink, &err), 0);
        assert_int_equal(sts_output_open("ndjson", sink, &output, &err), 0);
        assert_int_equal(sts_output_write(output, profile, &err), 0); /* still in a buffer */
        assert_int_equal(sts_output_close(output, &err), 0);
        assert_int_equal(sts_sink_close(sink, &err), STS_E_IO);
        assert_int_equal(err.status, STS_E_IO);
    }
    sts_profile_free(profile);
}

static void test_sink_compressed__a_file_that_is_abandoned_is_not_put_in_place(void **state)
{
    struct sts_sink *sink;
    struct sts_error err;

    (void)state;
    unlink("test_output.gz");
    assert_int_equal(sts_sink_open_path("test_output.gz", &sink, &err), 0);
    assert_int_equal(sts_sink_open_compressed("gzip", sink, &sink, &err), 0);
    sts_sink_write(sink, "x", 1);
    sts_sink_abandon(sink);
    assert_int_equal(access("test_output.gz", F_OK), -1);
    assert_int_equal(sts_sink_open_path("test_output.gz", &sink, &err), 0);
    assert_int_equal(sts_sink_open_compressed("rar", sink, &sink, &err), STS_E_NOTFOUND);
    assert_int_equal(access("test_output.gz", F_OK), -1);
}

/* --- what was written comes back --- */

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed >> 33;
}

static const char *const weird_texts[] = {
    "",
    "plain",
    "<lambda>",
    "~",
    "a\"b\\c/d",
    "tab\tline\nend\r\x01\x1F\x7F",
    "caf\xC3\xA9",
    "\xF0\x9F\x98\x80",
    "\xED\xA0\x80"
    "x",
    "\xED\xBF\xBF",
    "a:1(b)",
    "#1",
    "\xE2\x80\xA8",
    "{\"statslice\":1}",
    "C:\\shop\\cart.py",
};

#define WEIRD_COUNT (sizeof(weird_texts) / sizeof(weird_texts[0]))

static const char *random_text(uint64_t *seed)
{
    static char long_text[5000];

    if (next_random(seed) % 20 != 0)
        return weird_texts[next_random(seed) % WEIRD_COUNT];
    memset(long_text, 'x', sizeof(long_text) - 1);
    return long_text;
}

static struct sts_figures random_figures(uint64_t *seed)
{
    struct sts_figures figures;

    figures.ncalls = next_random(seed) % 1000;
    figures.pcalls = figures.ncalls == 0 ? 0 : next_random(seed) % (figures.ncalls + 1);
    figures.tottime_ns = (int64_t)(next_random(seed) >> next_random(seed) % 32);
    figures.cumtime_ns = (int64_t)(next_random(seed) * (next_random(seed) >> 6));
    return figures;
}

static struct sts_profile *random_profile(uint64_t *seed)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    uint32_t ids[40];
    size_t count = next_random(seed) % 40;

    sts_profile_set_span(profile, -(int64_t)next_random(seed) * S, (int64_t)next_random(seed));
    sts_profile_set_engine(profile, (enum sts_engine)(next_random(seed) % 4));
    sts_profile_set_clock(profile, (enum sts_clock)(next_random(seed) % 2));
    sts_profile_set_coverage(profile, 1.0 / (double)(1 + next_random(seed) % 1000));
    for (size_t i = next_random(seed) % 5; i > 0; i--)
        assert_int_equal(sts_profile_set_label(profile, random_text(seed), random_text(seed), NULL),
                         0);
    for (size_t i = 0; i < count; i++) {
        const char *qualname = next_random(seed) % 2 == 0 ? NULL : random_text(seed);
        ids[i] = function_id(profile, random_text(seed), (int32_t)(next_random(seed) % 3),
                             random_text(seed), qualname);
        if (i == 0 || next_random(seed) % 4 != 0)
            add(profile, ids[i], random_figures(seed));
        for (size_t edges = next_random(seed) % 4; edges > 0; edges--) {
            uint32_t callee = sts_profile_function_id(
                profile, next_random(seed) % sts_profile_function_count(profile));
            add_edge(profile, ids[next_random(seed) % (i + 1)], callee, random_figures(seed));
        }
    }
    return profile;
}

/* The function of another profile's symbols that is the same one. */
static uint32_t same_function(const struct sts_profile *from, uint32_t id, struct sts_profile *to)
{
    struct sts_function function = sts_symbols_function(sts_profile_symbols(from), id);
    size_t before = sts_symbols_function_count(sts_profile_symbols(to));
    uint32_t same;

    assert_int_equal(sts_symbols_add_function(sts_profile_symbols(to), &function, &same, NULL), 0);
    assert_int_equal(sts_symbols_function_count(sts_profile_symbols(to)), before);
    return same;
}

static const struct sts_figures *edge_of(const struct sts_profile *profile, uint32_t caller_id,
                                         uint32_t callee_id)
{
    for (size_t i = 0; i < sts_profile_edge_count(profile); i++) {
        const struct sts_edge *edge = sts_profile_edge(profile, i);
        if (edge->caller_id == caller_id && edge->callee_id == callee_id)
            return &edge->figures;
    }
    fail_msg("an edge is lost");
    return NULL;
}

static void assert_same_figures(const struct sts_figures *a, const struct sts_figures *b)
{
    assert_non_null(b);
    assert_figures(b, a->ncalls, a->pcalls, a->tottime_ns, a->cumtime_ns);
}

static void assert_same_rows(const struct sts_profile *a, struct sts_profile *b)
{
    assert_int_equal(sts_profile_function_count(a), sts_profile_function_count(b));
    for (size_t i = 0; i < sts_profile_function_count(a); i++) {
        uint32_t id = same_function(a, sts_profile_function_id(a, i), b);
        assert_int_equal(id, sts_profile_function_id(b, i)); /* in the same order */
        assert_same_figures(sts_profile_figures(a, i), sts_profile_figures(b, i));
    }
    assert_int_equal(sts_profile_edge_count(a), sts_profile_edge_count(b));
    for (size_t i = 0; i < sts_profile_edge_count(a); i++) {
        const struct sts_edge *edge = sts_profile_edge(a, i);
        uint32_t caller = same_function(a, edge->caller_id, b);
        uint32_t callee = same_function(a, edge->callee_id, b);
        assert_same_figures(&edge->figures, edge_of(b, caller, callee));
    }
}

static void assert_same(const struct sts_profile *a, struct sts_profile *b)
{
    assert_int_equal(sts_profile_begin_ns(a), sts_profile_begin_ns(b));
    assert_int_equal(sts_profile_end_ns(a), sts_profile_end_ns(b));
    assert_int_equal(sts_profile_engine(a), sts_profile_engine(b));
    assert_int_equal(sts_profile_clock(a), sts_profile_clock(b));
    assert_true(sts_profile_coverage(a) == sts_profile_coverage(b));
    assert_int_equal(sts_profile_label_count(a), sts_profile_label_count(b));
    for (size_t i = 0; i < sts_profile_label_count(a); i++) {
        assert_string_equal(sts_profile_label_key(a, i), sts_profile_label_key(b, i));
        assert_string_equal(sts_profile_label_value(a, i), sts_profile_label_value(b, i));
    }
    assert_same_rows(a, b);
}

static void assert_comes_back(const char *format, uint64_t seed)
{
    struct sts_profile *profiles[20], *profile = sts_profile_new(NULL);
    struct sts_sink *sink;
    struct sts_input *input;
    struct sts_error err;
    const char *data;
    size_t len;

    for (size_t i = 0; i < 20; i++)
        profiles[i] = random_profile(&seed);
    sink = write_all(format, (const struct sts_profile *const *)profiles, 20);
    data = sts_sink_memory(sink, &len);
    input = open_bytes(data, len, &strict);
    for (size_t i = 0; i < 20; i++) {
        if (sts_input_next(input, profile, &err) != 1)
            fail_msg("%s", err.text);
        assert_same(profiles[i], profile);
        sts_profile_free(profiles[i]);
    }
    assert_int_equal(sts_input_next(input, profile, &err), 0);
    sts_input_close(input);
    sts_sink_close(sink, NULL);
    sts_profile_free(profile);
}

static void test_output__what_was_written_comes_back(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 50; seed++) {
        assert_comes_back("ndjson", seed);
        assert_comes_back("json", seed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_output_ndjson__one_object_a_line),
        cmocka_unit_test(test_output_json__one_array_of_the_same_objects),
        cmocka_unit_test(test_output_flat__one_line_a_function_without_callers),
        cmocka_unit_test(test_output_csv__one_row_a_function_under_a_head),
        cmocka_unit_test(test_output_ndjson__what_could_not_be_read_again_is_refused),
        cmocka_unit_test(test_output_pstats__holds_one_profile),
        cmocka_unit_test(test_output_open__an_unknown_format_is_told),
        cmocka_unit_test(test_output_format_of__goes_by_the_ending),
        cmocka_unit_test(test_output__a_failing_sink_is_told),
        cmocka_unit_test(test_sink_compressed__a_file_that_is_abandoned_is_not_put_in_place),
        cmocka_unit_test(test_output__what_was_written_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
