/* SPDX-License-Identifier: MIT */
/*
 * scan.h - many chunks, summed by several threads: what a scan does once it knows its chunks.
 */
#ifndef STS_STORE_SCAN_H
#define STS_STORE_SCAN_H

#include "store/reduce.h"

/* Where the parts of chunks come from. Readers work side by side, each in one thread. */
struct sts__scan_source {
    void *context;
    int (*open)(void *context, void **ret_reader, struct sts_error *err);
    /*
     * Parts of a chunk, as bits 1 << part, into those of ret_parts; others are left alone. Bytes
     * are borrowed until the reader's next chunk, or its close.
     */
    int (*load)(void *reader, int64_t chunk_id, uint32_t parts,
                struct sts__part_bytes ret_parts[STS__PART_COUNT], struct sts_error *err);
    void (*close)(void *reader);
};

struct sts__scan_chunks {
    const struct sts_scan *scan;
    const struct sts__intervals *intervals;
    const struct sts__chunk_about *chunks; /* those that intervals ask for */
    size_t chunk_count;
    struct sts__wanted wanted;
    struct sts__wanted own;
    unsigned threads;   /* at most */
    size_t direct_sums; /* as of struct sts__reduce; 0: as it is there */
};

/* Bits by function id; owned. */
struct sts__function_bits {
    uint64_t *words;
    size_t word_count;
};
void sts__function_bits_deinit(struct sts__function_bits *bits);

/*
 * sts__scan_chunks - hand over blocks of all that the chunks hold of what is asked for.
 *
 * ret_unwanted: zeroed; functions with a row that the scan does not want; deinit also after a
 *               failure.
 * Errors: those of the source and of visit; STS_E_FORMAT with the chunk's number; STS_E_LIMIT;
 *         STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__scan_chunks(const struct sts__scan_chunks *chunks,
                                    const struct sts__scan_source *source, sts_scan_visit_fn visit,
                                    void *context, struct sts__function_bits *ret_unwanted,
                                    struct sts_error *err);

#endif
