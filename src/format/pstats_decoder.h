/* SPDX-License-Identifier: MIT */
/*
 * pstats_decoder.h - what the parts of the pstats reader share: names (pstats_names.c) and rows
 * (pstats_read.c).
 */
#ifndef STS_FORMAT_PSTATS_DECODER_H
#define STS_FORMAT_PSTATS_DECODER_H

#include "base/bytes.h"
#include "format/marshal_read.h"
#include "format/pstats_edges.h"

struct sts_profile;
struct sts_symbols;

struct sts__pstats_decoder {
    struct sts__marshal in;
    struct sts_profile *profile;
    struct sts_symbols *symbols;
    struct sts__pstats_edges edges;
    struct sts__bytes text; /* a text of Python 2 made into UTF-8 */
};

/* sts__pstats_fail - a call on the model failed: its reason, with the place in the file before it.
 */
void sts__pstats_fail(struct sts__pstats_decoder *decoder, int status);

/* sts__pstats_next_int - the next item, which must be an int; what: its name, for the refusal. */
int64_t sts__pstats_next_int(struct sts__pstats_decoder *decoder, const char *what);

/*
 * sts__pstats_take_function - whether the next item is a function in one of the two commonest
 * forms (a reference, a tuple that is not flagged), which is then given.
 */
bool sts__pstats_take_function(struct sts__pstats_decoder *decoder, uint32_t *ret_id);

/* sts__pstats_function - the id of a function in any form, of which item is the beginning. */
uint32_t sts__pstats_function(struct sts__pstats_decoder *decoder,
                              const struct sts__marshal_item *item);

#endif
