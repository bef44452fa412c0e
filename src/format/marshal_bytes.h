/* SPDX-License-Identifier: MIT */
/*
 * marshal_bytes.h - numbers out of bytes, lowest first, on any machine.
 */
#ifndef STS_FORMAT_MARSHAL_BYTES_H
#define STS_FORMAT_MARSHAL_BYTES_H

#include <statslice/common.h>

#include <string.h>

static inline uint32_t sts__load_u32(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static inline uint64_t sts__load_u64(const uint8_t *at)
{
    return (uint64_t)sts__load_u32(at) | (uint64_t)sts__load_u32(at + 4) << 32;
}

static inline double sts__load_double(const uint8_t *at)
{
    const uint64_t bits = sts__load_u64(at);
    double value;

    memcpy(&value, &bits, sizeof(value));
    return value;
}

#endif
