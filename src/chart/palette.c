/* SPDX-License-Identifier: MIT */
/*
 * palette.c - colours that the colour-blind tell apart, stable per function.
 *
 * The light set was searched for: of all colours of middling lightness and chroma in OKLCH, the
 * ten whose least distance is greatest, to full vision and under protanopia, deuteranopia and
 * tritanopia (Machado, Oliveira and Fernandes, 2009), away from the grey of other; then ten more
 * beside them. The least distance in CIE Lab is 30 among the first ten, 16 without red or green
 * cones, and 15 and 8 among all twenty. The dark set is the same hues, a little lighter.
 */
#include "chart/palette.h"

#include <string.h>

#include "base/hash.h"

static const struct sts__rgb colors_light[STS__PALETTE_SIZE] = {
    { 0xE1, 0x7C, 0x7D }, { 0x80, 0x48, 0x10 }, { 0xEB, 0xAD, 0x2E }, { 0x8F, 0x86, 0x11 },
    { 0x93, 0xDD, 0xAD }, { 0x42, 0xAE, 0xC0 }, { 0x43, 0x79, 0xD3 }, { 0x66, 0x3E, 0x9E },
    { 0xD8, 0xB9, 0xFE }, { 0xB0, 0x44, 0x75 }, { 0x9C, 0x6A, 0x59 }, { 0x9B, 0xA6, 0x42 },
    { 0x5D, 0x79, 0x16 }, { 0x85, 0xC5, 0x77 }, { 0x55, 0x9E, 0x59 }, { 0x1B, 0x68, 0x3E },
    { 0x23, 0x6D, 0x99 }, { 0x88, 0x85, 0xC9 }, { 0xBF, 0x8F, 0xF4 }, { 0xB3, 0x72, 0x9E },
};

static const struct sts__rgb colors_dark[STS__PALETTE_SIZE] = {
    { 0xEE, 0x88, 0x89 }, { 0x8E, 0x55, 0x20 }, { 0xF7, 0xB8, 0x3E }, { 0x9B, 0x93, 0x26 },
    { 0x9E, 0xE8, 0xB8 }, { 0x50, 0xBB, 0xCC }, { 0x4F, 0x86, 0xE1 }, { 0x73, 0x4B, 0xAC },
    { 0xE0, 0xC8, 0xFD }, { 0xBF, 0x51, 0x82 }, { 0xA9, 0x76, 0x65 }, { 0xA7, 0xB3, 0x4F },
    { 0x69, 0x86, 0x27 }, { 0x91, 0xD1, 0x83 }, { 0x62, 0xAB, 0x65 }, { 0x2B, 0x75, 0x4B },
    { 0x32, 0x7A, 0xA7 }, { 0x94, 0x92, 0xD6 }, { 0xCA, 0x9D, 0xFD }, { 0xC0, 0x7E, 0xAA },
};

static const struct sts__rgb inks[2][STS__INK_COUNT] = {
    {
        [STS__INK_PAPER] = { 0xFF, 0xFF, 0xFF },
        [STS__INK_TEXT] = { 0x1F, 0x24, 0x2B },
        [STS__INK_MUTED] = { 0x5D, 0x66, 0x70 },
        [STS__INK_GRID] = { 0xE3, 0xE7, 0xEB },
        [STS__INK_GAP] = { 0xF1, 0xF2, 0xF4 },
        [STS__INK_OTHER] = { 0xB4, 0xBA, 0xC1 },
    },
    {
        [STS__INK_PAPER] = { 0x16, 0x1A, 0x1F },
        [STS__INK_TEXT] = { 0xE8, 0xEA, 0xED },
        [STS__INK_MUTED] = { 0x9F, 0xA8, 0xB2 },
        [STS__INK_GRID] = { 0x2D, 0x33, 0x3B },
        [STS__INK_GAP] = { 0x20, 0x25, 0x2B },
        [STS__INK_OTHER] = { 0x5C, 0x62, 0x69 },
    },
};

struct sts__rgb sts__palette_color(size_t color, bool dark)
{
    return dark ? colors_dark[color] : colors_light[color];
}

struct sts__rgb sts__palette_ink(enum sts__ink ink, bool dark)
{
    return inks[dark][ink];
}

void sts__palette_assign(const struct sts_series *series, uint8_t *colors)
{
    bool taken[STS__PALETTE_FIRST] = { false };

    for (size_t column = 0; column < sts_series_column_count(series); column++) {
        const char *name = sts_series_column_name(series, column);
        size_t place = (size_t)(sts__hash_bytes(name, strlen(name)) % STS__PALETTE_FIRST);
        if (column % STS__PALETTE_FIRST == 0)
            memset(taken, 0, sizeof(taken));
        while (taken[place])
            place = (place + 1) % STS__PALETTE_FIRST;
        taken[place] = true;
        /* place + 0 for the largest ten, place + 10 for the next ten, and again */
        colors[column] = (uint8_t)((place + column / STS__PALETTE_FIRST * STS__PALETTE_FIRST) %
                                   STS__PALETTE_SIZE);
    }
}
