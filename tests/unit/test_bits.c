/* SPDX-License-Identifier: MIT */
/*
 * test_bits.c - store/bits.c: numbers side by side in bytes, read by every kernel.
 */
#include "store/bits.h"

#include "chunk_helper.h"
#include "store/load.h"

#define VALUES_MAX 300

static const size_t counts[] = { 0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 31, 60, 127, 128, 129, 300 };
#define COUNT_COUNT (sizeof(counts) / sizeof(counts[0]))

/* The kernels that this machine runs. */
static size_t list_kernels(const struct sts__bits_kernel *kernels[2])
{
    size_t n = 0;

    kernels[n++] = &sts__bits_plain;
    if (sts__bits_avx2() != NULL)
        kernels[n++] = sts__bits_avx2();
    return n;
}

/* Values [first, first + count) by one kernel, against the values that were packed. */
static void check_range(const struct sts__bits_kernel *kernel, const uint8_t *packed,
                        const uint64_t *values, size_t first, size_t count, unsigned width)
{
    int64_t got[VALUES_MAX + 1];
    uint64_t base = UINT64_C(0xfffffffffffff123), sum = 0;

    got[count] = 77; /* must stay */
    kernel->unpack(packed, first, count, width, base, got);
    for (size_t i = 0; i < count; i++) {
        assert_true((uint64_t)got[i] == base + values[first + i]);
        sum += values[first + i];
    }
    assert_int_equal(got[count], 77);
    assert_true(kernel->sum(packed, first, count, width) == sum);
}

static void check_width(unsigned width, size_t count, uint64_t seed)
{
    const struct sts__bits_kernel *kernels[2];
    size_t len = sts__bits_bytes(count, width), kernel_count = list_kernels(kernels);
    uint8_t *room = malloc(len + STS__BITS_SLACK), *packed = malloc(len + STS__BITS_SLACK);
    uint64_t values[VALUES_MAX] = { 0 };

    assert_non_null(room);
    assert_non_null(packed);
    for (size_t i = 0; i < count; i++)
        values[i] = next_random(&seed) & sts__low_bits(width);
    sts__bits_pack(values, count, width, room);
    memcpy(packed, room, len);
    memset(packed + len, 0xa5, STS__BITS_SLACK); /* whatever is behind does not show */
    for (size_t k = 0; k < kernel_count; k++)
        for (size_t first = 0; first <= count; first += first < 20 ? 1 : 13)
            for (size_t n = count - first;; n /= 2) {
                check_range(kernels[k], packed, values, first, n, width);
                if (n == 0)
                    break;
            }
    free(room);
    free(packed);
}

static void test_bits__every_kernel_reads_every_width(void **state)
{
    (void)state;
    for (unsigned width = 0; width <= 64; width++)
        for (size_t i = 0; i < COUNT_COUNT; i++)
            check_width(width, counts[i], width * 100 + i);
}

static void test_bits__lie_where_the_format_says(void **state)
{
    /* 3 bits each, by hand: 5 = 101, 2 = 010, 7 = 111 -> 111 010 101 from the top */
    const uint64_t values[] = { 5, 2, 7 };
    uint8_t out[2 + STS__BITS_SLACK];

    (void)state;
    sts__bits_pack(values, 3, 3, out);
    assert_int_equal(out[0], 0xd5); /* 11 010 101 */
    assert_int_equal(out[1], 0x01);
}

/* Numbers of random lengths, from 1 bit to longest ones. */
static void check_lengths(size_t count, unsigned shortest, unsigned longest, uint64_t seed)
{
    const struct sts__bits_kernel *kernels[2];
    unsigned width = sts__width_of(longest - shortest);
    uint64_t values[STS__LENGTHS_VALUES_MAX], codes[STS__LENGTHS_VALUES_MAX];
    uint8_t code_room[STS__LENGTHS_VALUES_MAX + STS__BITS_SLACK] = { 0 };
    uint8_t rest_room[STS__LENGTHS_VALUES_MAX * 8 + STS__BITS_SLACK] = { 0 };
    struct sts__lengths lengths = { code_room, rest_room, 0, width, shortest - 1, count };
    int64_t got[STS__LENGTHS_VALUES_MAX];
    size_t kernel_count = list_kernels(kernels);

    for (size_t i = 0; i < count; i++) {
        unsigned n = shortest + (unsigned)random_below(&seed, longest - shortest + 1);
        values[i] = (next_random(&seed) | UINT64_C(1) << 63) >> (64 - n);
        codes[i] = n - shortest;
    }
    sts__bits_pack(codes, count, width, code_room);
    lengths.rest_len = sts__rest_pack(values, count, rest_room);
    for (size_t k = 0; k < kernel_count; k++) {
        assert_true(kernels[k]->unpack_lengths(&lengths, 5, got));
        for (size_t i = 0; i < count; i++)
            assert_true((uint64_t)got[i] == values[i] + 5);
        lengths.rest_len += 1;
        assert_false(kernels[k]->unpack_lengths(&lengths, 5, got));
        lengths.rest_len -= 1;
    }
}

static void test_bits__every_kernel_reads_lengths(void **state)
{
    (void)state;
    for (size_t count = 1; count <= STS__LENGTHS_VALUES_MAX; count++)
        for (unsigned shortest = 1; shortest <= 58; shortest += 3)
            check_lengths(count, shortest,
                          shortest + (unsigned)((count * 7 + shortest) % (59 - shortest)), count);
}

static void test_bits__lengths_over_the_maximum_are_refused(void **state)
{
    const struct sts__bits_kernel *kernels[2];
    uint8_t room[STS__LENGTHS_VALUES_MAX * 8 + STS__BITS_SLACK] = { 0 };
    struct sts__lengths lengths = { room, room + 64, 58, 0, 58, 8 };
    int64_t got[STS__LENGTHS_VALUES_MAX];
    size_t kernel_count = list_kernels(kernels);

    (void)state;
    for (size_t k = 0; k < kernel_count; k++) {
        lengths.shortest = 58;
        lengths.rest_len = 58;
        assert_false(kernels[k]->unpack_lengths(&lengths, 0, got));
        lengths.shortest = 57;
        lengths.rest_len = 57;
        assert_true(kernels[k]->unpack_lengths(&lengths, 0, got));
        assert_int_equal(got[7], INT64_C(1) << 57);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bits__every_kernel_reads_every_width),
        cmocka_unit_test(test_bits__lie_where_the_format_says),
        cmocka_unit_test(test_bits__every_kernel_reads_lengths),
        cmocka_unit_test(test_bits__lengths_over_the_maximum_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
