/* SPDX-License-Identifier: MIT */
/*
 * column_form.h - the forms of a block, as the directory of a column tells them.
 */
#ifndef STS_STORE_COLUMN_FORM_H
#define STS_STORE_COLUMN_FORM_H

#include <statslice/common.h>

/* Stored: never changed. A block's value is its base plus what the form gives. */
enum sts__form {
    STS__FORM_FIXED,   /* width bits each */
    STS__FORM_LENGTHS, /* a length each, in width bits; then the bits below the top one */
    STS__FORM_PATCHED, /* the low width bits each; the few that need more have the rest apart */
    STS__FORM_COUNT
};

/* The second byte of a directory entry: form in the top two bits, width below them. Widths over 57
 * are stored as 64, whose code is 63: a value then lies in one word of 8 bytes wherever it begins.
 */
#define STS__FORM_WIDTH_MAX  57
#define STS__FORM_WIDTH_CODE 0x3f

static inline unsigned sts__form_width(unsigned width)
{
    return width > STS__FORM_WIDTH_MAX ? 64 : width;
}

static inline uint8_t sts__form_byte(enum sts__form form, unsigned width)
{
    return (uint8_t)((unsigned)form << 6 | (width == 64 ? STS__FORM_WIDTH_CODE : width));
}

#endif
