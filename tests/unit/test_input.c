/* SPDX-License-Identifier: MIT */
/*
 * test_input.c - what an input is, told from its bytes; compression; lines; files and pipes.
 */
#include "log_help.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/lines.h"
#include "format/source.h"

#define LINE                                                                                       \
    "{\"statslice\":1,\"begin\":\"2024-05-05T12:00:00Z\",\"end\":\"2024-05-05T12:00:10Z\","        \
    "\"labels\":{},\"func_profiles\":{\"f\":{\"ncalls\":1,\"tottime\":1,\"cumtime\":1,"            \
    "\"file_name\":\"f.py\",\"line_number\":1}}}"

static int append_to(void *context, const void *data, size_t len)
{
    sts_sink_write(context, data, len);
    return 0;
}

/* A sink that compresses onto the end of a memory sink. */
static struct sts_sink *compress_onto(struct sts_sink *memory, const char *method)
{
    struct sts_sink *sink;
    struct sts_error err;

    assert_int_equal(sts_sink_open_callback(append_to, memory, &sink, &err), 0);
    assert_int_equal(sts_sink_open_compressed(method, sink, &sink, &err), 0);
    return sink;
}

/* What a method makes of a text, as many times as asked, one stream behind the other. */
static struct sts_sink *compressed(const char *method, const char *text, int times)
{
    struct sts_sink *memory, *sink;
    struct sts_error err;

    assert_int_equal(sts_sink_open_memory(1 << 20, &memory, &err), 0);
    for (int i = 0; i < times; i++) {
        sink = compress_onto(memory, method);
        sts_sink_write(sink, text, strlen(text));
        assert_int_equal(sts_sink_close(sink, &err), 0);
    }
    return memory;
}

static struct sts_input_counts read_compressed(const char *method, const char *text, int times)
{
    struct sts_sink *sink = compressed(method, text, times);
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_input_counts counts;
    struct sts_input *input;
    const char *data;
    size_t len;

    data = sts_sink_memory(sink, &len);
    input = open_bytes(data, len, &strict);
    assert_string_equal(sts_input_compression(input), method);
    assert_string_equal(sts_input_format(input), "ndjson");
    sts_input_close(input);
    counts = read_bytes(data, len, profile, &strict);
    assert_int_equal(counts.bytes, len);
    assert_int_equal(counts.bytes_total, len);
    sts_profile_free(profile);
    sts_sink_close(sink, NULL);
    return counts;
}

static void test_input__gzip_and_zstd_are_undone(void **state)
{
    (void)state;
    assert_int_equal(read_compressed("gzip", LINE "\n", 1).profiles, 1);
    assert_int_equal(read_compressed("zstd", LINE "\n", 1).profiles, 1);
}

static void test_input__several_streams_behind_each_other_are_one(void **state)
{
    (void)state;
    assert_int_equal(read_compressed("gzip", LINE "\n", 3).profiles, 3);
    assert_int_equal(read_compressed("zstd", LINE "\n", 3).profiles, 3);
}

static void test_input__an_empty_stream_holds_nothing(void **state)
{
    (void)state;
    assert_int_equal(read_compressed("gzip", "", 1).lines, 0);
    assert_int_equal(read_compressed("zstd", "", 2).lines, 0);
}

/* Opens and reads to the end. Returns: 0 or the failure. */
static int read_to_the_end(const void *data, size_t len, struct sts_error *err)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_input *input = NULL;
    int r = sts_input_open_memory(data, len, "x.log", NULL, &input, err);

    while (r >= 0 && (r = sts_input_next(input, profile, err)) > 0)
        ;
    sts_input_close(input);
    sts_profile_free(profile);
    return r;
}

static void assert_cut_off_is_told(const char *method)
{
    struct sts_sink *sink = compressed(method, LINE "\n" LINE "\n", 1);
    struct sts_error err;
    const char *data;
    size_t len;

    data = sts_sink_memory(sink, &len);
    for (size_t cut = 4; cut < len; cut++) {
        assert_int_equal(read_to_the_end(data, cut, &err), STS_E_FORMAT);
        assert_non_null(strstr(err.text, "\"x.log\": cut off, the end is missing at byte "));
        assert_non_null(strstr(err.text, method));
    }
    sts_sink_close(sink, NULL);
}

static void test_input__a_stream_that_is_cut_off_is_an_error(void **state)
{
    (void)state;
    assert_cut_off_is_told("gzip");
    assert_cut_off_is_told("zstd");
}

static void assert_flipped_is_refused(const char *method)
{
    struct sts_sink *sink = compressed(method, LINE "\n" LINE "\n", 1);
    char *copy;
    const char *data;
    size_t len, refused = 0;

    data = sts_sink_memory(sink, &len);
    copy = malloc(len);
    memcpy(copy, data, len);
    copy[len - 5] ^= 1; /* in the checksum or in what it is about */
    refused += read_to_the_end(copy, len, NULL) == STS_E_FORMAT;
    copy[len - 5] ^= 1;
    copy[len / 2] ^= 0x40;
    refused += read_to_the_end(copy, len, NULL) == STS_E_FORMAT;
    assert_int_equal(refused, 2);
    free(copy);
    sts_sink_close(sink, NULL);
}

static void test_input__a_flipped_bit_in_a_stream_is_an_error(void **state)
{
    (void)state;
    assert_flipped_is_refused("gzip");
    assert_flipped_is_refused("zstd");
}

static void test_input__gzip_may_be_padded_with_zeros_and_nothing_else(void **state)
{
    struct sts_sink *sink = compressed("gzip", LINE "\n", 1);
    struct sts_error err;
    const char *data;
    size_t len;

    (void)state;
    sts_sink_write(sink, "\0\0\0\0", 4);
    data = sts_sink_memory(sink, &len);
    assert_int_equal(read_to_the_end(data, len, &err), 0);
    sts_sink_write(sink, "x", 1);
    data = sts_sink_memory(sink, &len);
    assert_int_equal(read_to_the_end(data, len, &err), STS_E_FORMAT);
    assert_non_null(strstr(err.text, "something that is no gzip"));
    sts_sink_close(sink, NULL);
}

static void test_input__an_empty_input_is_a_log_without_lines(void **state)
{
    struct sts_error err;

    (void)state;
    assert_int_equal(read_to_the_end("", 0, &err), 0);
}

static void test_input__bytes_of_no_known_kind_are_refused(void **state)
{
    struct sts_error err;

    (void)state;
    assert_int_equal(read_to_the_end("\x7F"
                                     "ELF\x02\x01\x01\0\0\0",
                                     10, &err),
                     STS_E_FORMAT);
    assert_string_equal(err.text, "\"x.log\" is neither a pstats file nor a log");
    assert_int_equal(read_to_the_end("SQLite format 3\0", 16, &err), STS_E_FORMAT);
    assert_int_equal(read_to_the_end("\xFF\xFE{\0", 4, &err), STS_E_FORMAT); /* UTF-16 */
    assert_int_equal(read_to_the_end("\x1F\x8B\x08", 3, &err), STS_E_FORMAT);
}

static void test_input__bytes_that_are_no_text_do_not_hide_a_log(void **state)
{
    static const char hole[5000] = { 0 };
    static const char noise[] = "got \0\1\2\x1F\x7F\xFF\xFE from a peer\n" LINE "\n\0\n" LINE "\n";
    struct sts_sink *sink;
    struct sts_error err;
    const char *data;
    size_t len;

    (void)state;
    assert_int_equal(sts_sink_open_memory(1 << 20, &sink, &err), 0);
    assert_int_equal(read_to_the_end(noise, sizeof(noise) - 1, &err), 0);
    sts_sink_write(sink, hole, sizeof(hole));
    sts_sink_write(sink, noise, sizeof(noise) - 1);
    data = sts_sink_memory(sink, &len);
    assert_int_equal(read_to_the_end(data, len, &err), 0);
    sts_sink_close(sink, NULL);
}

static void test_input__a_missing_file_is_told_by_name(void **state)
{
    struct sts_input *input;
    struct sts_error err;

    (void)state;
    assert_int_equal(sts_input_open("no/such.log", NULL, &input, &err), STS_E_IO);
    assert_string_equal(err.text, "could not open \"no/such.log\": no such file or directory");
    assert_int_equal(sts_input_open(".", NULL, &input, &err), STS_E_IO);
}

static void test_input__counts_tell_what_was_read(void **state)
{
    static const char text[] = "hello\r\n" LINE "\r\n\r\n{\"statslice\":1\n" LINE;
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_input_counts counts = read_text(text, profile, &lenient);

    (void)state;
    assert_int_equal(counts.lines, 5);
    assert_int_equal(counts.profiles, 2);
    assert_int_equal(counts.lines_passed, 2);
    assert_int_equal(counts.lines_broken, 1);
    assert_string_equal(counts.first_broken, "line 4: the line ends early at byte 14");
    assert_int_equal(counts.bytes, sizeof(text) - 1);
    sts_profile_free(profile);
}

static void test_input__a_pipe_is_read_like_a_file(void **state)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_input *input;
    struct sts_error err;
    int ends[2], saved = dup(STDIN_FILENO);

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], LINE "\n", sizeof(LINE)), sizeof(LINE));
    close(ends[1]);
    dup2(ends[0], STDIN_FILENO);
    assert_int_equal(sts_input_open("-", NULL, &input, &err), 0);
    assert_int_equal(sts_input_next(input, profile, &err), 1);
    assert_int_equal(sts_input_next(input, profile, &err), 0);
    assert_int_equal(sts_input_next(input, profile, &err), 0);
    assert_int_equal(sts_input_counts(input)->bytes_total, 0);
    assert_int_equal(sts_profile_function_count(profile), 0);
    sts_input_close(input);
    dup2(saved, STDIN_FILENO);
    close(saved);
    close(ends[0]);
    sts_profile_free(profile);
}

static void test_input__a_pstats_file_ends_when_it_was_written(void **state)
{
    /* marshal.dumps({("a.py", 1, "f"): (1, 1, 0.25, 0.25, {})}, 2) of CPython */
    static const char bytes[] = "{(\x03\0\0\0s\x04\0\0\0a.pyi\x01\0\0\0s\x01\0\0\0f(\x05\0\0\0"
                                "i\x01\0\0\0i\x01\0\0\0g\0\0\0\0\0\0\xD0?g\0\0\0\0\0\0\xD0?{00";
    struct timespec times[2] = { { 1582000000, 500 }, { 1582000000, 500 } };
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_input *input;
    struct sts_error err;
    FILE *file = fopen("test_input.prof", "wb");

    (void)state;
    fwrite(bytes, 1, sizeof(bytes) - 1, file);
    fclose(file);
    assert_int_equal(utimensat(AT_FDCWD, "test_input.prof", times, 0), 0);
    assert_int_equal(sts_input_open("test_input.prof", NULL, &input, &err), 0);
    assert_string_equal(sts_input_format(input), "pstats");
    assert_int_equal(sts_input_next(input, profile, &err), 1);
    assert_int_equal(sts_profile_end_ns(profile), INT64_C(1582000000000000500));
    assert_int_equal(sts_profile_begin_ns(profile), INT64_C(1581999999750000500));
    assert_int_equal(sts_profile_engine(profile), STS_ENGINE_IMPORT);
    assert_int_equal(sts_input_next(input, profile, &err), 0);
    sts_input_close(input);
    unlink("test_input.prof");
    sts_profile_free(profile);
}

static void test_input__a_line_over_the_limit_is_broken_and_passed_over(void **state)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_sink *memory = compressed("zstd", "", 0), *sink = compress_onto(memory, "zstd");
    struct sts_input_counts counts;
    char chunk[4096];
    const char *data;
    size_t len;

    (void)state;
    memset(chunk, 'x', sizeof(chunk));
    for (size_t written = 0; written <= STS_LOG_LINE_BYTES_MAX; written += sizeof(chunk))
        sts_sink_write(sink, chunk, sizeof(chunk));
    sts_sink_write(sink, "\n" LINE "\n", sizeof(LINE) + 1);
    assert_int_equal(sts_sink_close(sink, NULL), 0);
    data = sts_sink_memory(memory, &len);
    counts = read_bytes(data, len, profile, &lenient);
    assert_int_equal(counts.lines, 2);
    assert_int_equal(counts.lines_broken, 1);
    assert_int_equal(counts.profiles, 1);
    assert_string_equal(counts.first_broken, "line 1: longer than 268435456 bytes");
    sts_profile_free(profile);
    sts_sink_close(memory, NULL);
}

/* Lines of at most max bytes, joined by "|"; "!" for one that is too long. */
static void join_lines(const char *text, size_t max, char *ret)
{
    struct sts__source *source;
    struct sts__lines lines;
    struct sts__line line;

    assert_int_equal(sts__source_open_memory(text, strlen(text), "x", &source, NULL), 0);
    sts__lines_init(&lines, source, max);
    while (sts__lines_next(&lines, &line, NULL) == 1) {
        if (line.too_long)
            *ret++ = '!';
        for (size_t i = 0; i < line.len; i++)
            *ret++ = line.text[i];
        *ret++ = '|';
    }
    *ret = '\0';
    sts__lines_deinit(&lines);
    sts__source_close(source);
}

static void test_lines__end_at_newlines_and_at_the_end(void **state)
{
    char joined[64];

    (void)state;
    join_lines("", 5, joined);
    assert_string_equal(joined, "");
    join_lines("\n", 5, joined);
    assert_string_equal(joined, "|");
    join_lines("a\n\nbc", 5, joined);
    assert_string_equal(joined, "a||bc|");
    join_lines("12345\n123456\n12\n1234567", 5, joined);
    assert_string_equal(joined, "12345|!|12|!|");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_input__gzip_and_zstd_are_undone),
        cmocka_unit_test(test_input__several_streams_behind_each_other_are_one),
        cmocka_unit_test(test_input__an_empty_stream_holds_nothing),
        cmocka_unit_test(test_input__a_stream_that_is_cut_off_is_an_error),
        cmocka_unit_test(test_input__a_flipped_bit_in_a_stream_is_an_error),
        cmocka_unit_test(test_input__gzip_may_be_padded_with_zeros_and_nothing_else),
        cmocka_unit_test(test_input__an_empty_input_is_a_log_without_lines),
        cmocka_unit_test(test_input__bytes_of_no_known_kind_are_refused),
        cmocka_unit_test(test_input__bytes_that_are_no_text_do_not_hide_a_log),
        cmocka_unit_test(test_input__a_missing_file_is_told_by_name),
        cmocka_unit_test(test_input__counts_tell_what_was_read),
        cmocka_unit_test(test_input__a_pipe_is_read_like_a_file),
        cmocka_unit_test(test_input__a_pstats_file_ends_when_it_was_written),
        cmocka_unit_test(test_input__a_line_over_the_limit_is_broken_and_passed_over),
        cmocka_unit_test(test_lines__end_at_newlines_and_at_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
