/* SPDX-License-Identifier: MIT */
/*
 * column_write.c - pack a run of signed numbers.
 *
 * How:  cut into blocks, mostly at the borders of groups; each block in the form that takes the
 *       fewest bytes, by a count of its values' lengths.
 */
#include <string.h>

#include "store/bits.h"
#include "store/column.h"
#include "store/column_form.h"
#include "store/load.h"

/* --- one block --- */

#define LENGTH_COUNTS 65 /* a number has 0 .. 64 bits */

/* How a block is written, and what it takes. */
struct plan {
    enum sts__form form;
    int64_t base;
    unsigned width;
    unsigned shortest;                    /* LENGTHS */
    unsigned exception_count, high_width; /* PATCHED */
    size_t bytes; /* of the payload, and of what the directory has besides */
};

/* How many of the values, each less base, have each length. */
static void count_lengths(const int64_t *values, size_t count, int64_t base,
                          unsigned counts[LENGTH_COUNTS])
{
    memset(counts, 0, LENGTH_COUNTS * sizeof(*counts));
    for (size_t i = 0; i < count; i++)
        counts[sts__width_of((uint64_t)values[i] - (uint64_t)base)]++;
}

static void find_range(const int64_t *values, size_t count, int64_t *ret_low, int64_t *ret_high)
{
    int64_t low = values[0], high = values[0];

    for (size_t i = 1; i < count; i++) {
        low = values[i] < low ? values[i] : low;
        high = values[i] > high ? values[i] : high;
    }
    *ret_low = low;
    *ret_high = high;
}

/* Every width below the widest: those values that need more become exceptions. */
static struct plan plan_patched(const unsigned counts[LENGTH_COUNTS], size_t count, int64_t base,
                                unsigned widest)
{
    struct plan best = { .form = STS__FORM_PATCHED, .bytes = SIZE_MAX };
    unsigned exceptions = 0;

    for (unsigned width = widest; width-- > 0;) {
        size_t bytes;

        exceptions += counts[width + 1];
        if (exceptions * 4 > count)
            break;
        if (width > STS__FORM_WIDTH_MAX || widest - width > STS__FORM_WIDTH_MAX)
            continue;
        bytes = sts__bits_bytes(count, width) + exceptions +
                sts__bits_bytes(exceptions, widest - width) + 2;
        if (bytes >= best.bytes)
            continue;
        best.bytes = bytes;
        best.width = width;
        best.exception_count = exceptions;
        best.high_width = widest - width;
    }
    best.base = base;
    return best;
}

/* base: below all values, so that each has a top bit. */
static struct plan plan_lengths(const unsigned counts[LENGTH_COUNTS], size_t count, int64_t base)
{
    struct plan plan = { .form = STS__FORM_LENGTHS, .base = base, .bytes = SIZE_MAX };
    unsigned longest = LENGTH_COUNTS - 1, shortest = 1;
    size_t bits = 0;

    while (counts[longest] == 0)
        longest--;
    while (counts[shortest] == 0)
        shortest++;
    if (longest - 1 > STS__REST_BITS_MAX)
        return plan;
    for (unsigned i = shortest; i <= longest; i++)
        bits += counts[i] * (size_t)(i - 1);
    plan.width = sts__width_of(longest - shortest);
    plan.shortest = shortest - 1;
    plan.bytes = sts__bits_bytes(count, plan.width) + (bits + 7) / 8 + 3;
    return plan;
}

/* Lengths are read at a third of the speed: they must save a tenth. */
static struct plan plan_block(const int64_t *values, size_t count)
{
    struct plan plan = { .form = STS__FORM_FIXED }, other;
    unsigned counts[LENGTH_COUNTS];
    unsigned widest;
    int64_t low, high, below;

    find_range(values, count, &low, &high);
    widest = sts__width_of((uint64_t)high - (uint64_t)low);
    plan.base = low;
    plan.width = sts__form_width(widest);
    plan.bytes = sts__bits_bytes(count, plan.width);
    if (widest < 2)
        return plan;
    count_lengths(values, count, low, counts);
    other = plan_patched(counts, count, low, widest);
    if (other.bytes < plan.bytes)
        plan = other;
    if (widest == 64) /* no room for a base below all values */
        return plan;
    below = low > 0 ? 0 : sts__as_signed((uint64_t)low - 1);
    count_lengths(values, count, below, counts);
    other = plan_lengths(counts, count, below);
    return other.bytes < plan.bytes - plan.bytes / 10 ? other : plan;
}

static size_t pack_fixed(const struct plan *plan, const uint64_t *values, size_t count,
                         uint8_t *out)
{
    sts__bits_pack(values, count, plan->width, out);
    return sts__bits_bytes(count, plan->width);
}

static size_t pack_lengths(const struct plan *plan, const uint64_t *values, size_t count,
                           uint8_t *out)
{
    uint64_t codes[STS__BLOCK_VALUES_MAX];
    size_t len = sts__bits_bytes(count, plan->width);

    for (size_t i = 0; i < count; i++)
        codes[i] = sts__width_of(values[i]) - 1 - plan->shortest;
    sts__bits_pack(codes, count, plan->width, out);
    return len + sts__rest_pack(values, count, out + len);
}

static size_t pack_patched(const struct plan *plan, const uint64_t *values, size_t count,
                           uint8_t *out)
{
    uint64_t high[STS__BLOCK_VALUES_MAX];
    size_t len = pack_fixed(plan, values, count, out), n = 0;

    for (size_t i = 0; i < count; i++) {
        if (values[i] >> plan->width == 0)
            continue;
        out[len + n] = (uint8_t)i;
        high[n++] = values[i] >> plan->width;
    }
    len += n;
    sts__bits_pack(high, n, plan->high_width, out + len);
    return len + sts__bits_bytes(n, plan->high_width);
}

/* What the forms may take at most: all bits, codes, places. */
#define BLOCK_BYTES_MAX (STS__BLOCK_VALUES_MAX * 10 + STS__BITS_SLACK)

static size_t pack_block(const struct plan *plan, const int64_t *values, size_t count, uint8_t *out)
{
    uint64_t offsets[STS__BLOCK_VALUES_MAX] = { 0 };

    for (size_t i = 0; i < count; i++)
        offsets[i] = (uint64_t)values[i] - (uint64_t)plan->base;
    switch (plan->form) {
    case STS__FORM_LENGTHS:
        return pack_lengths(plan, offsets, count, out);
    case STS__FORM_PATCHED:
        return pack_patched(plan, offsets, count, out);
    case STS__FORM_FIXED:
    case STS__FORM_COUNT:
        break;
    }
    return pack_fixed(plan, offsets, count, out);
}

static void append_byte(struct sts__bytes *out, size_t value)
{
    uint8_t byte = (uint8_t)value;
    sts__bytes_append(out, &byte, 1);
}

/* --- blocks --- */

/* A column on its way: entries and payloads are put together when all blocks are done. */
struct writer {
    struct sts__bytes directory, payload;
    size_t block_count;
};

static void append_block(struct writer *writer, const int64_t *values, size_t count)
{
    struct plan plan = plan_block(values, count);
    char *room = sts__bytes_reserve(&writer->payload, BLOCK_BYTES_MAX);
    size_t len;

    if (room == NULL)
        return;
    len = pack_block(&plan, values, count, (uint8_t *)room);
    writer->payload.len += len;
    writer->block_count++;
    append_byte(&writer->directory, count - 1);
    append_byte(&writer->directory, sts__form_byte(plan.form, plan.width));
    sts__varint_append_signed(&writer->directory, plan.base);
    if (plan.form == STS__FORM_LENGTHS) {
        append_byte(&writer->directory, plan.shortest);
        sts__varint_append(&writer->directory, len - sts__bits_bytes(count, plan.width));
    } else if (plan.form == STS__FORM_PATCHED) {
        append_byte(&writer->directory, plan.exception_count);
        append_byte(&writer->directory, plan.high_width);
    }
}

/* So many blocks as are needed, all of about one size. */
static void append_blocks(struct writer *writer, const int64_t *values, size_t count)
{
    size_t left = (count + STS__BLOCK_VALUES_MAX - 1) / STS__BLOCK_VALUES_MAX;

    for (; left > 0; left--) {
        size_t n = (count + left - 1) / left;

        append_block(writer, values, n);
        values += n;
        count -= n;
    }
}

/* --- where to cut --- */

#define ALONE_VALUES_MIN 64 /* a group of so many does not share a block */
#define LOOSE_VALUES_MAX 7  /* so few go in with whatever is before them */
#define ENTRY_BITS       40 /* about what one more block takes in the directory */

/* What is to be known of values to guess what they would take; two of these make one. */
struct guess {
    size_t count;
    int64_t low, high;
    unsigned shortest, longest; /* lengths of the values, where none is below 0 */
    size_t length_sum;
};

static struct guess guess_of(const int64_t *values, size_t count)
{
    struct guess guess = { .count = count };

    find_range(values, count, &guess.low, &guess.high);
    if (guess.low < 0)
        return guess;
    guess.shortest = sts__width_of((uint64_t)guess.low);
    guess.longest = sts__width_of((uint64_t)guess.high);
    for (size_t i = 0; i < count; i++)
        guess.length_sum += sts__width_of((uint64_t)values[i]);
    return guess;
}

static struct guess guess_both(const struct guess *a, const struct guess *b)
{
    return (struct guess){
        .count = a->count + b->count,
        .low = a->low < b->low ? a->low : b->low,
        .high = a->high > b->high ? a->high : b->high,
        .shortest = a->shortest < b->shortest ? a->shortest : b->shortest,
        .longest = a->longest > b->longest ? a->longest : b->longest,
        .length_sum = a->length_sum + b->length_sum,
    };
}

static size_t guess_bits(const struct guess *guess)
{
    size_t fixed = guess->count * sts__width_of((uint64_t)guess->high - (uint64_t)guess->low);
    size_t lengths =
        guess->length_sum + guess->count * sts__width_of(guess->longest - guess->shortest);

    return guess->low < 0 || fixed < lengths ? fixed : lengths;
}

/* Values not yet in a block: one group or several small ones. */
struct pending {
    const int64_t *values;
    size_t count;
    struct guess guess;
};

static void flush(struct writer *writer, struct pending *pending)
{
    append_blocks(writer, pending->values, pending->count);
    pending->values += pending->count;
    pending->count = 0;
}

static bool joins(const struct pending *pending, const struct guess *group, struct guess *ret_both)
{
    if (pending->count == 0 || pending->count + group->count > STS__BLOCK_VALUES_MAX)
        return false;
    *ret_both = guess_both(&pending->guess, group);
    return group->count <= LOOSE_VALUES_MAX ||
           guess_bits(ret_both) <= guess_bits(&pending->guess) + guess_bits(group) + ENTRY_BITS;
}

static void append_group(struct writer *writer, struct pending *pending, size_t count)
{
    const int64_t *values = pending->values + pending->count;
    struct guess group, both;

    if (count >= ALONE_VALUES_MIN) {
        flush(writer, pending);
        pending->count = count;
        flush(writer, pending);
        return;
    }
    group = guess_of(values, count);
    if (joins(pending, &group, &both)) {
        pending->guess = both;
        pending->count += count;
        return;
    }
    flush(writer, pending);
    pending->count = count;
    pending->guess = group;
}

static void append_groups(struct writer *writer, const int64_t *values, size_t count,
                          const uint32_t *group_starts, size_t group_count)
{
    struct pending pending = { .values = values };

    for (size_t i = 0; i < group_count; i++) {
        size_t end = i + 1 < group_count ? group_starts[i + 1] : count;
        if (end > group_starts[i])
            append_group(writer, &pending, end - group_starts[i]);
    }
    flush(writer, &pending);
}

void sts__column_append(struct sts__bytes *out, const int64_t *values, size_t count,
                        const uint32_t *group_starts, size_t group_count)
{
    struct writer writer = { .block_count = 0 };

    sts__bytes_init(&writer.directory, out->max);
    sts__bytes_init(&writer.payload, out->max);
    if (group_count == 0)
        append_blocks(&writer, values, count);
    else
        append_groups(&writer, values, count, group_starts, group_count);
    sts__varint_append(out, writer.block_count);
    sts__bytes_append(out, writer.directory.data, writer.directory.len);
    sts__bytes_append(out, writer.payload.data, writer.payload.len);
    if (out->status == 0)
        out->status = writer.directory.status < 0 ? writer.directory.status : writer.payload.status;
    sts__bytes_deinit(&writer.directory);
    sts__bytes_deinit(&writer.payload);
}
