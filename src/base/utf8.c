/* SPDX-License-Identifier: MIT */
/*
 * utf8.c - UTF-8, with the lone surrogates that Python's texts may hold.
 *
 * Source: RFC 3629; the surrogates D800..DFFF are let through as Python's
 * "surrogatepass" writes them, three bytes each.
 */
#include "base/utf8.h"

#include <string.h>

/* Bytes behind the first one, and the first code point that may be written that long. */
static int tail_len(unsigned char lead, int32_t *ret_bits, int32_t *ret_least)
{
    if (lead >= 0xC2 && lead <= 0xDF) {
        *ret_bits = lead & 0x1F;
        *ret_least = 0x80;
        return 1;
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
        *ret_bits = lead & 0x0F;
        *ret_least = 0x800;
        return 2;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        *ret_bits = lead & 0x07;
        *ret_least = 0x10000;
        return 3;
    }
    return -1;
}

int32_t sts__utf8_next(const char **at, const char *end)
{
    const unsigned char *bytes = (const unsigned char *)*at;
    int32_t code_point, least;
    int tail;

    (*at)++;
    if (bytes[0] < 0x80)
        return bytes[0];
    tail = tail_len(bytes[0], &code_point, &least);
    if (tail < 0 || end - *at < tail)
        return -1;
    for (int i = 1; i <= tail; i++) {
        if ((bytes[i] & 0xC0) != 0x80)
            return -1;
        code_point = code_point << 6 | (bytes[i] & 0x3F);
    }
    if (code_point < least || code_point > 0x10FFFF)
        return -1;
    *at += tail;
    return code_point;
}

size_t sts__utf8_put(char bytes[4], uint32_t code_point)
{
    if (code_point < 0x80) {
        bytes[0] = (char)code_point;
        return 1;
    }
    if (code_point < 0x800) {
        bytes[0] = (char)(0xC0 | code_point >> 6);
        bytes[1] = (char)(0x80 | (code_point & 0x3F));
        return 2;
    }
    if (code_point < 0x10000) {
        bytes[0] = (char)(0xE0 | code_point >> 12);
        bytes[1] = (char)(0x80 | (code_point >> 6 & 0x3F));
        bytes[2] = (char)(0x80 | (code_point & 0x3F));
        return 3;
    }
    bytes[0] = (char)(0xF0 | code_point >> 18);
    bytes[1] = (char)(0x80 | (code_point >> 12 & 0x3F));
    bytes[2] = (char)(0x80 | (code_point >> 6 & 0x3F));
    bytes[3] = (char)(0x80 | (code_point & 0x3F));
    return 4;
}

/* Most texts are ASCII: eight bytes are looked at in one step. */
static size_t ascii_len(const char *text, size_t len)
{
    size_t i = 0;
    uint64_t word;

    for (; i + 8 <= len; i += 8) {
        memcpy(&word, text + i, 8);
        if ((word & UINT64_C(0x8080808080808080)) != 0)
            break;
    }
    while (i < len && (unsigned char)text[i] < 0x80)
        i++;
    return i;
}

bool sts__utf8_valid(const char *text, size_t len)
{
    const char *at = text + ascii_len(text, len);
    const char *end = text + len;

    while (at < end)
        if (sts__utf8_next(&at, end) < 0)
            return false;
    return true;
}

struct range {
    int32_t first, last;
};

/* Wide and full-width blocks and emoji. Source: Unicode 15 EastAsianWidth, W and F, rounded to
 * blocks. */
static const struct range wide_ranges[] = {
    { 0x1100, 0x115F },   { 0x2E80, 0x303E },   { 0x3041, 0x33FF },   { 0x3400, 0x4DBF },
    { 0x4E00, 0x9FFF },   { 0xA000, 0xA4CF },   { 0xA960, 0xA97F },   { 0xAC00, 0xD7A3 },
    { 0xF900, 0xFAFF },   { 0xFE30, 0xFE6F },   { 0xFF00, 0xFF60 },   { 0xFFE0, 0xFFE6 },
    { 0x1F300, 0x1F64F }, { 0x1F680, 0x1F6FF }, { 0x1F900, 0x1F9FF }, { 0x20000, 0x3FFFD },
};

/* Combining marks, joiners and direction marks. Source: Unicode 15 general category Mn, Me, Cf, the
 * common blocks. */
static const struct range zero_ranges[] = {
    { 0x0000, 0x001F }, { 0x007F, 0x009F }, { 0x0300, 0x036F }, { 0x0483, 0x0489 },
    { 0x0591, 0x05BD }, { 0x0610, 0x061A }, { 0x064B, 0x065F }, { 0x1AB0, 0x1AFF },
    { 0x1DC0, 0x1DFF }, { 0x200B, 0x200F }, { 0x202A, 0x202E }, { 0x2060, 0x2064 },
    { 0x20D0, 0x20FF }, { 0xFE00, 0xFE0F }, { 0xFE20, 0xFE2F }, { 0xFEFF, 0xFEFF },
};

static bool in_ranges(int32_t code_point, const struct range *ranges, size_t range_count)
{
    for (size_t i = 0; i < range_count; i++)
        if (code_point >= ranges[i].first && code_point <= ranges[i].last)
            return true;
    return false;
}

size_t sts__utf8_cells(const char *text, size_t len)
{
    const char *at = text, *end = text + len;
    size_t cells = 0;

    while (at < end) {
        int32_t code_point = sts__utf8_next(&at, end);
        if (in_ranges(code_point, zero_ranges, sizeof(zero_ranges) / sizeof(zero_ranges[0])))
            continue;
        cells +=
            1 + in_ranges(code_point, wide_ranges, sizeof(wide_ranges) / sizeof(wide_ranges[0]));
    }
    return cells;
}
