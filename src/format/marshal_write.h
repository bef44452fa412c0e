/* SPDX-License-Identifier: MIT */
/*
 * marshal_write.h - items of Python's marshal, version 4, to a sink.
 *
 * An item that may come again is flagged as it is written; the number that the
 * call returns stands for it from then on.
 * Source: docs/formats/pstats.md.
 */
#ifndef STS_FORMAT_MARSHAL_WRITE_H
#define STS_FORMAT_MARSHAL_WRITE_H

#include <statslice/common.h>

struct sts_sink;

struct sts__marshal_writer {
    struct sts_sink *sink; /* borrowed; keeps the first failure */
    uint32_t ref_count;    /* items flagged so far */
};

void sts__marshal_put_dict(struct sts__marshal_writer *out); /* keys and values follow ... */
void sts__marshal_put_end(struct sts__marshal_writer *out);  /* ... up to this */
void sts__marshal_put_tuple(struct sts__marshal_writer *out, uint8_t item_count);
void sts__marshal_put_int(struct sts__marshal_writer *out, int64_t value);
void sts__marshal_put_float(struct sts__marshal_writer *out, double value);

/* Flagged. Return: what sts__marshal_put_ref wants. text: UTF-8, lone surrogates allowed. */
uint32_t sts__marshal_put_shared_tuple(struct sts__marshal_writer *out, uint8_t item_count);
uint32_t sts__marshal_put_shared_text(struct sts__marshal_writer *out, const char *text,
                                      size_t len);

void sts__marshal_put_ref(struct sts__marshal_writer *out, uint32_t ref);

#endif
