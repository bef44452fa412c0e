/* SPDX-License-Identifier: MIT */
/*
 * test_column.c - store/column_write.c, column_read.c: a run of signed numbers, packed.
 */
#include "store/column.h"

#include "chunk_helper.h"

#define VALUES_MAX 2000
#define BYTES_MAX  ((size_t)1 << 24)

/* A column in a block of its own, so that a sanitizer sees a read behind it. */
struct packed {
    uint8_t *data;
    size_t len;
    struct sts__column column;
};

static void pack(struct packed *packed, const int64_t *values, size_t count, const uint32_t *starts,
                 size_t start_count)
{
    struct sts__varint_reader reader;
    struct sts__bytes bytes;

    sts__bytes_init(&bytes, BYTES_MAX);
    sts__column_append(&bytes, values, count, starts, start_count);
    assert_int_equal(sts__bytes_check(&bytes, "column", NULL), 0);
    packed->len = bytes.len;
    packed->data = malloc(bytes.len);
    assert_non_null(packed->data);
    memcpy(packed->data, bytes.data, bytes.len);
    sts__bytes_deinit(&bytes);
    sts__varint_reader_init(&reader, packed->data, packed->len);
    assert_int_equal(sts__column_open(&packed->column, &reader, count, NULL), 0);
    assert_ptr_equal(reader.at, reader.end);
}

static void unpack_and_free(struct packed *packed)
{
    sts__column_deinit(&packed->column);
    free(packed->data);
}

/* Sum by hand; false where it leaves 63 bits on the way. */
static bool hand_sum(const int64_t *values, size_t count, int64_t *ret_sum)
{
    int64_t sum = 0;

    for (size_t i = 0; i < count; i++) {
        if (values[i] > 0 ? sum > INT64_MAX - values[i] : sum < INT64_MIN - values[i])
            return false;
        sum += values[i];
    }
    *ret_sum = sum;
    return true;
}

static void check_column(const int64_t *values, size_t count, const uint32_t *starts,
                         size_t start_count, uint64_t seed)
{
    static int64_t got[VALUES_MAX];
    struct sts__column_cursor cursor;
    struct packed packed;

    pack(&packed, values, count, starts, start_count);
    sts__column_cursor_init(&cursor, &packed.column);
    for (int round = 0; round < 20; round++) {
        size_t first = round == 0 ? 0 : (size_t)random_below(&seed, count + 1);
        size_t n = round == 0 ? count : (size_t)random_below(&seed, count - first + 1);
        int64_t expected = 0, sum;

        assert_int_equal(sts__column_unpack(&packed.column, first, n, got, NULL), 0);
        assert_memory_equal(got, values + first, n * sizeof(*got));
        if (hand_sum(values + first, n, &expected)) {
            int r = sts__column_sum(&cursor, first, n, &sum, NULL);
            /* blocks are summed apart: near the ends of 63 bits their sums may not fit each other
             */
            if (r == 0)
                assert_int_equal(sum, expected);
            else
                assert_int_equal(r, STS_E_LIMIT);
        }
    }
    unpack_and_free(&packed);
}

enum kind { SAME, SMALL, LEVELS, DECADES, OUTLIERS, NEGATIVE, ANY, EXTREMES, KIND_COUNT };

static int64_t make_value(uint64_t *seed, enum kind kind, size_t i)
{
    switch (kind) {
    case SAME:
        return -3;
    case SMALL:
        return (int64_t)random_below(seed, 3);
    case LEVELS:
        return ((int64_t)1 << (i / 50 % 40)) + (int64_t)random_below(seed, 1000);
    case DECADES:
        return (int64_t)(next_random(seed) >> (64 - random_below(seed, 50) - 1));
    case OUTLIERS:
        return random_below(seed, 40) == 0 ? INT64_C(1) << 50 : (int64_t)random_below(seed, 99);
    case NEGATIVE:
        return -(int64_t)(next_random(seed) >> (64 - random_below(seed, 50) - 1));
    case ANY:
        return (int64_t)next_random(seed);
    case EXTREMES:
        return random_below(seed, 2) == 0 ? INT64_MIN : INT64_MAX - (int64_t)random_below(seed, 2);
    case KIND_COUNT:
        break;
    }
    return 0;
}

static size_t make_starts(uint64_t *seed, size_t count, size_t longest, uint32_t *starts)
{
    size_t n = 0;

    for (size_t at = 0; at < count; at += 1 + (size_t)random_below(seed, longest))
        starts[n++] = (uint32_t)at;
    return n;
}

static void test_column__reads_back_and_sums(void **state)
{
    static const size_t counts[] = { 0, 1, 2, 127, 128, 129, 256, 500, VALUES_MAX };
    static int64_t values[VALUES_MAX];
    static uint32_t starts[VALUES_MAX];
    uint64_t seed = 5;

    (void)state;
    for (int kind = 0; kind < KIND_COUNT; kind++)
        for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
            for (size_t k = 0; k < counts[i]; k++)
                values[k] = make_value(&seed, (enum kind)kind, k);
            check_column(values, counts[i], NULL, 0, seed);
            for (size_t longest = 1; longest <= 300; longest = longest * 3 + 1)
                check_column(values, counts[i], starts,
                             make_starts(&seed, counts[i], longest, starts), seed);
        }
}

static size_t packed_len(const int64_t *values, size_t count, const uint32_t *starts,
                         size_t start_count)
{
    struct packed packed;
    size_t len;

    pack(&packed, values, count, starts, start_count);
    len = packed.len;
    unpack_and_free(&packed);
    return len;
}

/* Sizes by hand: what the format needs at least, and a little for the directory. */
static void test_column__is_small(void **state)
{
    static int64_t values[1280];
    static const uint32_t starts[] = { 0, 640 };
    uint64_t seed = 9;
    size_t bits = 0;

    (void)state;
    for (size_t i = 0; i < 1280; i++)
        values[i] = 1000000;
    assert_in_range(packed_len(values, 1280, NULL, 0), 1, 10 * 6 + 2); /* entries alone */

    for (size_t i = 0; i < 1280; i++) /* two functions of levels far apart: 10 bits a value */
        values[i] = (i < 640 ? 0 : INT64_C(1) << 40) + (int64_t)random_below(&seed, 1024);
    assert_in_range(packed_len(values, 1280, starts, 2), 1, 1280 * 10 / 8 + 10 * 10);

    for (size_t i = 0; i < 1280; i++) { /* of 1 .. 32 bits: 5 for the length, the rest */
        unsigned n = (unsigned)random_below(&seed, 32) + 1;
        values[i] = (int64_t)((next_random(&seed) | UINT64_C(1) << 63) >> (64 - n));
        bits += n - 1 + 5;
    }
    assert_in_range(packed_len(values, 1280, NULL, 0), 1, bits / 8 + 10 * 10);

    for (size_t i = 0; i < 1280; i++) /* one of a hundred is a million times as large */
        values[i] = (int64_t)random_below(&seed, 256) << (i % 100 == 0 ? 20 : 0);
    assert_in_range(packed_len(values, 1280, NULL, 0), 1, 1280 + 13 * 4 + 10 * 12);
}

static void test_column__says_when_a_sum_does_not_fit(void **state)
{
    const int64_t values[] = { INT64_MAX, 1, INT64_MIN, INT64_C(1) << 62, INT64_C(1) << 62 };
    struct sts__column_cursor cursor;
    struct packed packed;
    int64_t sum;

    (void)state;
    pack(&packed, values, 5, NULL, 0);
    sts__column_cursor_init(&cursor, &packed.column);
    assert_int_equal(sts__column_sum(&cursor, 0, 2, &sum, NULL), STS_E_LIMIT);
    assert_int_equal(sts__column_sum(&cursor, 3, 2, &sum, NULL), STS_E_LIMIT);
    assert_int_equal(sts__column_sum(&cursor, 1, 2, &sum, NULL), 0);
    assert_true(sum == INT64_MIN + 1);
    unpack_and_free(&packed);
}

static int open_bytes(const uint8_t *data, size_t len, size_t count)
{
    uint8_t *copy = malloc(len + 1);
    struct sts__varint_reader reader;
    struct sts__column column;
    static int64_t values[VALUES_MAX];
    int r;

    assert_non_null(copy);
    memcpy(copy + 1, data, len);
    sts__varint_reader_init(&reader, copy + 1, len);
    r = sts__column_open(&column, &reader, count, NULL);
    if (r == 0)
        r = sts__column_unpack(&column, 0, count, values, NULL);
    sts__column_deinit(&column);
    free(copy);
    return r;
}

static void test_column__refuses_what_no_writer_makes(void **state)
{
    static const struct {
        const char *what;
        uint8_t bytes[16];
        size_t len, count;
    } cases[] = {
        { "no bytes", { 0 }, 0, 1 },
        { "fewer values than asked for", { 1, 0, 0, 0 }, 4, 2 },
        { "more values than asked for", { 1, 2, 0, 0 }, 4, 2 },
        { "more blocks than bytes", { 9, 0, 0, 0 }, 4, 1 },
        { "a block of 129", { 1, 128, 0, 0 }, 4, 129 },
        { "a width of 58", { 1, 0, 58, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, 12, 1 },
        { "an unknown form", { 1, 0, 0xc0, 0 }, 4, 1 },
        { "a payload cut short", { 1, 0, 8, 0 }, 4, 1 },
        { "a base that does not end", { 1, 0, 0, 0x80, 0x80 }, 5, 1 },
        { "lengths that do not fill the rest", { 1, 0, 0x40, 0, 3, 2, 0, 0 }, 8, 1 },
        { "lengths of 7 bits", { 1, 0, 0x47, 0, 0, 0, 0 }, 7, 1 },
        { "lengths over 58", { 1, 0, 0x40, 0, 58, 8, 0, 0, 0, 0, 0, 0, 0, 0 }, 14, 1 },
        { "more exceptions than values", { 1, 0, 0x80, 0, 2, 1, 0, 1, 3 }, 9, 1 },
        { "an exception outside", { 1, 0, 0x80, 0, 1, 1, 1, 1 }, 8, 1 },
        { "exceptions not in order", { 1, 1, 0x80, 0, 2, 1, 1, 0, 3 }, 9, 2 },
        { "exceptions over 64 bits", { 1, 0, 0xb9, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0 }, 14, 1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (open_bytes(cases[i].bytes, cases[i].len, cases[i].count) != STS_E_FORMAT)
            fail_msg("not refused: %s", cases[i].what);
}

static void test_column__reads_the_bytes_of_the_format_page(void **state)
{
    /* one block of 3, fixed, 2 bits, base 100 (zigzag 200 = c8 01): 0, 1, 3 -> 11 01 00 */
    static const uint8_t fixed[] = { 1, 2, 0x02, 0xc8, 0x01, 0x34 };
    /* one block of 3, lengths in 3 bits, base 0, shortest 0, 1 byte of rest: 1 = code 0; 6 = code
     * 2, rest 10; 19 = code 4, rest 0011 -> codes 100 010 000, rest 0011 10 */
    static const uint8_t lengths[] = { 1, 2, 0x43, 0x00, 0, 1, 0x10, 0x01, 0x0e };
    /* one block of 3, patched, 2 bits, base 0, one exception of 3 bits at 1: 1, 2 + 5 * 4, 3 */
    static const uint8_t patched[] = { 1, 2, 0x82, 0x00, 1, 3, 0x39, 1, 5 };
    static const struct {
        const uint8_t *bytes;
        size_t len;
        int64_t values[3];
    } cases[] = {
        { fixed, sizeof(fixed), { 100, 101, 103 } },
        { lengths, sizeof(lengths), { 1, 6, 19 } },
        { patched, sizeof(patched), { 1, 22, 3 } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sts__varint_reader reader;
        struct sts__column column;
        int64_t values[3];

        sts__varint_reader_init(&reader, cases[i].bytes, cases[i].len);
        assert_int_equal(sts__column_open(&column, &reader, 3, NULL), 0);
        assert_int_equal(sts__column_unpack(&column, 0, 3, values, NULL), 0);
        assert_memory_equal(values, cases[i].values, sizeof(values));
        sts__column_deinit(&column);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_column__reads_back_and_sums),
        cmocka_unit_test(test_column__is_small),
        cmocka_unit_test(test_column__says_when_a_sum_does_not_fit),
        cmocka_unit_test(test_column__refuses_what_no_writer_makes),
        cmocka_unit_test(test_column__reads_the_bytes_of_the_format_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
