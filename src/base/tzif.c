/* SPDX-License-Identifier: MIT */
/*
 * tzif.c - time zone files: the changes of a zone's clock, as zic(8) compiles them.
 *
 * In:   a whole TZif file, version 1 to 4.
 * Out:  the changes, the offsets from then on, and the rule for the time after the last one.
 * Not:  leap seconds (files that count them are refused), the names of offsets ("CEST").
 *
 * Version 2 and later hold all of it twice: for 32-bit readers, then with 64-bit times and a
 * footer, which is the part that is read here.
 */
#include "base/tzif.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

#define HEADER_BYTES 44
#define TYPE_BYTES   6 /* i32 offset, u8 is daylight, u8 index of its name */

struct counts {
    size_t uts, standards, leaps, times, types, chars;
};

/* The parts of one block, in the file's order. */
struct block {
    const uint8_t *times, *time_types, *types;
    size_t bytes;
};

static uint32_t read_u32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | (uint32_t)at[3];
}

static int64_t read_time(const uint8_t *at, size_t time_bytes)
{
    if (time_bytes == 4)
        return (int32_t)read_u32(at);
    return (int64_t)((uint64_t)read_u32(at) << 32 | read_u32(at + 4));
}

static bool read_header(const uint8_t *data, size_t len, struct counts *ret)
{
    if (len < HEADER_BYTES || memcmp(data, "TZif", 4) != 0)
        return false;
    ret->uts = read_u32(data + 20);
    ret->standards = read_u32(data + 24);
    ret->leaps = read_u32(data + 28);
    ret->times = read_u32(data + 32);
    ret->types = read_u32(data + 36);
    ret->chars = read_u32(data + 40);
    return true;
}

/* Six counts of 32 bits: their sum fits a size_t of 64 bits, and is checked against len. */
static bool find_block(const uint8_t *data, size_t len, const struct counts *counts,
                       size_t time_bytes, struct block *ret)
{
    uint64_t bytes = (uint64_t)counts->times * (time_bytes + 1) +
                     (uint64_t)counts->types * TYPE_BYTES + counts->chars +
                     (uint64_t)counts->leaps * (time_bytes + 4) + counts->standards + counts->uts;

    if (bytes > len)
        return false;
    ret->bytes = (size_t)bytes;
    ret->times = data;
    ret->time_types = ret->times + counts->times * time_bytes;
    ret->types = ret->time_types + counts->times;
    return true;
}

static bool type_offset(const struct block *block, const struct counts *counts, size_t type,
                        int32_t *ret_offset_s)
{
    int32_t offset_s;

    if (type >= counts->types)
        return false;
    offset_s = (int32_t)read_u32(block->types + type * TYPE_BYTES);
    if (offset_s < -STS__TZIF_OFFSET_S_MAX || offset_s > STS__TZIF_OFFSET_S_MAX)
        return false;
    *ret_offset_s = offset_s;
    return true;
}

static int take_changes(const struct block *block, const struct counts *counts, size_t time_bytes,
                        struct sts__tzif *tzif)
{
    tzif->changes_s = sts__alloc_array(counts->times, sizeof(*tzif->changes_s));
    tzif->offsets_s = sts__alloc_array(counts->times, sizeof(*tzif->offsets_s));
    if (tzif->changes_s == NULL || tzif->offsets_s == NULL)
        return STS_E_NOMEM;
    if (!type_offset(block, counts, 0, &tzif->first_offset_s))
        return STS_E_FORMAT;
    for (size_t i = 0; i < counts->times; i++) {
        tzif->changes_s[i] = read_time(block->times + i * time_bytes, time_bytes);
        if ((i > 0 && tzif->changes_s[i] <= tzif->changes_s[i - 1]) ||
            !type_offset(block, counts, block->time_types[i], &tzif->offsets_s[i]))
            return STS_E_FORMAT;
    }
    tzif->change_count = counts->times;
    return 0;
}

/* "\n<rule>\n"; an empty rule says that nothing is known of later times. */
static bool take_footer(const uint8_t *data, size_t len, struct sts__tzif *tzif)
{
    const uint8_t *end = len > 1 ? memchr(data + 1, '\n', len - 1) : NULL;
    size_t rule_len;

    if (end == NULL || data[0] != '\n')
        return false;
    rule_len = (size_t)(end - data) - 1;
    tzif->has_rule = rule_len > 0;
    return rule_len == 0 || sts__tzrule_parse((const char *)data + 1, rule_len, &tzif->rule) == 0;
}

static int decode(const uint8_t *data, size_t len, struct sts__tzif *tzif)
{
    size_t time_bytes = 4, at = HEADER_BYTES;
    struct counts counts;
    struct block block;
    int r;

    if (!read_header(data, len, &counts) ||
        !find_block(data + at, len - at, &counts, time_bytes, &block))
        return STS_E_FORMAT;
    if (data[4] >= '2') {
        time_bytes = 8;
        at += block.bytes;
        if (!read_header(data + at, len - at, &counts))
            return STS_E_FORMAT;
        at += HEADER_BYTES;
        if (!find_block(data + at, len - at, &counts, time_bytes, &block))
            return STS_E_FORMAT;
    }
    if (counts.leaps > 0)
        return STS_E_UNSUPPORTED;
    r = take_changes(&block, &counts, time_bytes, tzif);
    if (r < 0)
        return r;
    at += block.bytes;
    return time_bytes == 4 || take_footer(data + at, len - at, tzif) ? 0 : STS_E_FORMAT;
}

int sts__tzif_decode(const uint8_t *data, size_t len, const char *name, struct sts__tzif *tzif,
                     struct sts_error *err)
{
    int r = decode(data, len, tzif);

    if (r == STS_E_UNSUPPORTED)
        return sts__fail(err, STS_E_UNSUPPORTED, "\"%s\" counts leap seconds", name);
    if (r == STS_E_FORMAT)
        return sts__fail(err, STS_E_FORMAT, "\"%s\" is not a time zone file, or is damaged", name);
    return r < 0 ? sts__fail_nomem(err) : 0;
}

void sts__tzif_deinit(struct sts__tzif *tzif)
{
    free(tzif->changes_s);
    free(tzif->offsets_s);
    memset(tzif, 0, sizeof(*tzif));
}

/* Changes at or before a time. */
static size_t changes_until(const struct sts__tzif *tzif, int64_t time_s)
{
    size_t low = 0, high = tzif->change_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (tzif->changes_s[middle] <= time_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int32_t sts__tzif_offset_s(const struct sts__tzif *tzif, int64_t time_s)
{
    size_t count = changes_until(tzif, time_s);

    if (count == tzif->change_count && tzif->has_rule)
        return sts__tzrule_offset_s(&tzif->rule, time_s);
    return count == 0 ? tzif->first_offset_s : tzif->offsets_s[count - 1];
}

bool sts__tzif_next(const struct sts__tzif *tzif, int64_t time_s, int64_t *ret_next_s)
{
    size_t count = changes_until(tzif, time_s);

    if (count < tzif->change_count) {
        *ret_next_s = tzif->changes_s[count];
        return true;
    }
    return tzif->has_rule && sts__tzrule_next(&tzif->rule, time_s, ret_next_s);
}
