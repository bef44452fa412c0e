/* SPDX-License-Identifier: MIT */
/*
 * bits_avx2.c - numbers side by side in bytes, four at a time, on machines that have AVX2 and BMI2.
 *
 * How:  eight values are width bytes, so the places of eight values within their bytes come again
 *       and again: they are worked out once a call. Two values of at most 57 bits, and the 7 bits
 *       before them, lie in 16 bytes: a lane. A shuffle brings each value's 8 bytes into its word,
 *       a shift and a mask cut it out.
 */
#include "store/bits.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

#include "store/bits_lengths.h"
#include "store/load.h"

#define TARGET         __attribute__((target("avx2,bmi2")))
#define LANE_WIDTH_MAX 57

/* Where four values that follow each other stand. */
struct four {
    size_t low_at, high_at; /* bytes of the lanes */
    __m256i shuffle, shift;
};

TARGET static inline struct four place_four(size_t bit, unsigned width)
{
    const uint64_t bytes = UINT64_C(0x0706050403020100), each = UINT64_C(0x0101010101010101);
    size_t bits[4] = { bit, bit + width, bit + 2 * width, bit + 3 * width };
    struct four four;

    four.low_at = bits[0] / 8;
    four.high_at = bits[2] / 8;
    four.shuffle = _mm256_set_epi64x(
        sts__as_signed(bytes + (bits[3] / 8 - four.high_at) * each), sts__as_signed(bytes),
        sts__as_signed(bytes + (bits[1] / 8 - four.low_at) * each), sts__as_signed(bytes));
    four.shift = _mm256_set_epi64x((int64_t)(bits[3] % 8), (int64_t)(bits[2] % 8),
                                   (int64_t)(bits[1] % 8), (int64_t)(bits[0] % 8));
    return four;
}

TARGET static inline __m256i load_four(const uint8_t *in, const struct four *four, __m256i mask)
{
    __m128i low = _mm_loadu_si128((const __m128i *)(const void *)(in + four->low_at));
    __m128i high = _mm_loadu_si128((const __m128i *)(const void *)(in + four->high_at));
    __m256i words = _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);

    words = _mm256_shuffle_epi8(words, four->shuffle);
    return _mm256_and_si256(_mm256_srlv_epi64(words, four->shift), mask);
}

TARGET static void unpack_avx2(const uint8_t *in, size_t first, size_t count, unsigned width,
                               uint64_t base, int64_t *ret_values)
{
    __m256i mask, bases;
    struct four left, right;
    size_t i = 0;

    if (width > LANE_WIDTH_MAX || width == 0 || count < 8) {
        sts__bits_plain.unpack(in, first, count, width, base, ret_values);
        return;
    }
    mask = _mm256_set1_epi64x(sts__as_signed(sts__low_bits(width)));
    bases = _mm256_set1_epi64x(sts__as_signed(base));
    left = place_four(first * width, width);
    right = place_four((first + 4) * width, width);
    for (; i + 8 <= count; i += 8, in += width) {
        __m256i a = _mm256_add_epi64(load_four(in, &left, mask), bases);
        __m256i b = _mm256_add_epi64(load_four(in, &right, mask), bases);
        _mm256_storeu_si256((__m256i *)(void *)(ret_values + i), a);
        _mm256_storeu_si256((__m256i *)(void *)(ret_values + i + 4), b);
    }
    if (i < count)
        sts__bits_plain.unpack(in, first, count - i, width, base, ret_values + i);
}

/* Words below number. */
TARGET static inline __m256i first_words(int64_t number)
{
    return _mm256_cmpgt_epi64(_mm256_set1_epi64x(number), _mm256_set_epi64x(3, 2, 1, 0));
}

TARGET static inline uint64_t sum_words(__m256i words)
{
    __m128i two = _mm_add_epi64(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    return (uint64_t)_mm_cvtsi128_si64(two) + (uint64_t)_mm_extract_epi64(two, 1);
}

TARGET static uint64_t sum_avx2(const uint8_t *in, size_t first, size_t count, unsigned width)
{
    __m256i mask, sums;
    struct four left, right;

    if (width > LANE_WIDTH_MAX || width == 0)
        return sts__bits_plain.sum(in, first, count, width);
    mask = _mm256_set1_epi64x(sts__as_signed(sts__low_bits(width)));
    left = place_four(first * width, width);
    right = place_four((first + 4) * width, width);
    sums = _mm256_setzero_si256();
    for (; count >= 8; count -= 8, in += width) {
        sums = _mm256_add_epi64(sums, load_four(in, &left, mask));
        sums = _mm256_add_epi64(sums, load_four(in, &right, mask));
    }
    if (count > 0) { /* what is behind the last value is masked; it may be any readable byte */
        __m256i keep = _mm256_and_si256(mask, first_words((int64_t)count));
        sums = _mm256_add_epi64(sums, load_four(in, &left, keep));
    }
    if (count > 4) {
        __m256i keep = _mm256_and_si256(mask, first_words((int64_t)count - 4));
        sums = _mm256_add_epi64(sums, load_four(in, &right, keep));
    }
    return sum_words(sums);
}

/* Eight codes are width bytes: each goes into a byte of its own. Zeros behind the last one. */
TARGET static inline void unpack_codes(const struct sts__lengths *lengths, uint8_t *ret_bits)
{
    const uint64_t each = UINT64_C(0x0101010101010101);
    uint64_t places = sts__low_bits(lengths->width) * each;
    const uint8_t *in = lengths->codes;
    size_t count = lengths->count, i = 0;

    for (; i < count; i += 8, in += lengths->width)
        sts__store_u64(ret_bits + i,
                       _pdep_u64(sts__load_u64(in), places) + lengths->shortest * each);
    if (count % 8 > 0) {
        uint64_t last = sts__load_u64(ret_bits + i - 8) & sts__low_bits(8 * (unsigned)(count % 8));
        sts__store_u64(ret_bits + i - 8, last);
    }
    for (; i < STS__LENGTHS_VALUES_MAX; i += 8)
        sts__store_u64(ret_bits + i, 0);
}

/* Returns: the sum of the bits; SIZE_MAX where one of them is over its maximum. */
TARGET static inline size_t sum_bits(const uint8_t *bits)
{
    const __m256i most = _mm256_set1_epi8(STS__REST_BITS_MAX);
    __m256i sums = _mm256_setzero_si256(), over = _mm256_setzero_si256();

    for (size_t i = 0; i < STS__LENGTHS_VALUES_MAX; i += 32) {
        __m256i some = _mm256_loadu_si256((const __m256i *)(const void *)(bits + i));
        sums = _mm256_add_epi64(sums, _mm256_sad_epu8(some, _mm256_setzero_si256()));
        over = _mm256_or_si256(over, _mm256_subs_epu8(some, most));
    }
    return _mm256_testz_si256(over, over) ? (size_t)sum_words(sums) : SIZE_MAX;
}

/* The bits of four numbers, a byte each, as words. */
TARGET static inline __m256i words_of_bytes(uint32_t bytes)
{
    return _mm256_cvtepu8_epi64(_mm_cvtsi32_si128((int32_t)bytes));
}

/* Four numbers, the first one's rest at bit at. A product of the four counts holds their sums: 57
 * of each fit a byte. */
TARGET static inline __m256i rest_of_four(const uint8_t *rest, size_t at, uint32_t bits)
{
    const __m256i one = _mm256_set1_epi64x(1);
    __m256i before = words_of_bytes((bits * UINT32_C(0x01010101)) << 8);
    __m256i places = _mm256_add_epi64(_mm256_set1_epi64x((int64_t)at), before);
    __m256i words = _mm256_i64gather_epi64((const long long *)(const void *)rest,
                                           _mm256_srli_epi64(places, 3), 1);
    __m256i tops = _mm256_sllv_epi64(one, words_of_bytes(bits));

    words = _mm256_srlv_epi64(words, _mm256_and_si256(places, _mm256_set1_epi64x(7)));
    return _mm256_or_si256(tops, _mm256_and_si256(words, _mm256_sub_epi64(tops, one)));
}

TARGET static void unpack_rest(const struct sts__lengths *lengths, const uint8_t *bits,
                               uint64_t base, int64_t *ret_values)
{
    const __m256i bases = _mm256_set1_epi64x(sts__as_signed(base));
    size_t at = 0, i = 0;

    for (; i + 4 <= lengths->count; i += 4) {
        uint32_t four;
        __m256i values;

        memcpy(&four, bits + i, sizeof(four));
        values = _mm256_add_epi64(rest_of_four(lengths->rest, at, four), bases);
        _mm256_storeu_si256((__m256i *)(void *)(ret_values + i), values);
        at += four * UINT32_C(0x01010101) >> 24;
    }
    lengths_unpack_rest(lengths->rest, at, bits + i, lengths->count - i, base, ret_values + i);
}

TARGET static bool unpack_lengths_avx2(const struct sts__lengths *lengths, uint64_t base,
                                       int64_t *ret_values)
{
    uint8_t bits[STS__LENGTHS_VALUES_MAX];
    size_t all_bits;

    unpack_codes(lengths, bits);
    all_bits = sum_bits(bits);
    if (all_bits == SIZE_MAX || (all_bits + 7) / 8 != lengths->rest_len)
        return false;
    unpack_rest(lengths, bits, base, ret_values);
    return true;
}

static const struct sts__bits_kernel avx2 = {
    .name = "avx2",
    .unpack = unpack_avx2,
    .sum = sum_avx2,
    .unpack_lengths = unpack_lengths_avx2,
};

const struct sts__bits_kernel *sts__bits_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") ? &avx2 : NULL;
}

#else

const struct sts__bits_kernel *sts__bits_avx2(void)
{
    return NULL;
}

#endif
