/* SPDX-License-Identifier: MIT */
/*
 * varint.h - small numbers in few bytes: seven bits a byte, low ones first, the top bit says
 * "more".
 */
#ifndef STS_STORE_VARINT_H
#define STS_STORE_VARINT_H

#include <statslice/error.h>

#include "base/bytes.h"

void sts__varint_append(struct sts__bytes *out, uint64_t value);

/* sts__varint_append_signed - zigzag: numbers near 0 of either sign are short. */
void sts__varint_append_signed(struct sts__bytes *out, int64_t value);

/* Keeps the first failure and gives zeros after it. */
struct sts__varint_reader {
    const uint8_t *at, *end; /* borrowed bytes */
    int status;
};

void sts__varint_reader_init(struct sts__varint_reader *reader, const uint8_t *data, size_t len);
uint64_t sts__varint_read(struct sts__varint_reader *reader);
int64_t sts__varint_read_signed(struct sts__varint_reader *reader);
uint8_t sts__varint_read_byte(struct sts__varint_reader *reader);

/* sts__varint_read_count - a number that must not be over max. */
uint32_t sts__varint_read_count(struct sts__varint_reader *reader, size_t max);

/* sts__varint_skip - Returns: where len bytes stand, or NULL where there are not as many. */
const uint8_t *sts__varint_skip(struct sts__varint_reader *reader, size_t len);

#endif
