/* SPDX-License-Identifier: MIT */
/*
 * palette.c - colours that the colour-blind tell apart, stable per function.
 *
 * Sources of the light set: Okabe and Ito, "Color Universal Design" (2002), and Paul Tol's
 * "muted" and "bright" schemes (SRON technical note 09-002); lightened or darkened in steps where
 * the two meet. The dark set is the same hues, lighter, for contrast on dark paper.
 */
#include "chart/palette.h"

#include <string.h>

#include "base/hash.h"

static const struct sts__rgb colors_light[STS__PALETTE_SIZE] = {
    { 0x33, 0x6F, 0xB5 }, { 0xE6, 0x9F, 0x00 }, { 0x00, 0x9E, 0x73 }, { 0xCC, 0x66, 0x77 },
    { 0x56, 0xB4, 0xE9 }, { 0x88, 0x22, 0x55 }, { 0xDD, 0xCC, 0x77 }, { 0x33, 0x22, 0x88 },
    { 0xD5, 0x5E, 0x00 }, { 0x44, 0xAA, 0x99 }, { 0xAA, 0x44, 0x99 }, { 0x99, 0x99, 0x33 },
    { 0x11, 0x77, 0x33 }, { 0xEE, 0x99, 0xAA }, { 0x66, 0x66, 0xCC }, { 0xA6, 0x61, 0x1A },
    { 0x99, 0xDD, 0xFF }, { 0x80, 0xA8, 0x2E }, { 0xCC, 0x79, 0xD9 }, { 0x00, 0x60, 0x70 },
};

static const struct sts__rgb colors_dark[STS__PALETTE_SIZE] = {
    { 0x5B, 0x9B, 0xE0 }, { 0xF0, 0xB0, 0x30 }, { 0x2C, 0xBF, 0x93 }, { 0xE0, 0x80, 0x90 },
    { 0x7C, 0xC8, 0xF2 }, { 0xB8, 0x4C, 0x82 }, { 0xE6, 0xD8, 0x90 }, { 0x77, 0x66, 0xD0 },
    { 0xEE, 0x7D, 0x2B }, { 0x66, 0xC6, 0xB6 }, { 0xCB, 0x6C, 0xBB }, { 0xBB, 0xBB, 0x58 },
    { 0x40, 0xA4, 0x64 }, { 0xF5, 0xB0, 0xBE }, { 0x90, 0x90, 0xEA }, { 0xC9, 0x86, 0x45 },
    { 0xB4, 0xE6, 0xFF }, { 0x9F, 0xC8, 0x50 }, { 0xDD, 0x9A, 0xE8 }, { 0x2E, 0x92, 0xA4 },
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
        [STS__INK_OTHER] = { 0x6B, 0x73, 0x7C },
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
