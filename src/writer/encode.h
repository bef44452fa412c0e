/* SPDX-License-Identifier: MIT */
/*
 * encode.h - a complete slice -> lines of the profile log, in memory.
 *
 * Why:  once its lines are made the slice can go, and with it what only it names, however long
 *       the lines wait for their sink.
 */
#ifndef STS_WRITER_ENCODE_H
#define STS_WRITER_ENCODE_H

#include "base/bytes.h"
#include "format/output.h"
#include "writer/gather.h"

#define STS__LINES_BYTES_MAX ((size_t)1 << 28) /* of one slice; profiles over it are dropped */

struct sts__encoder {
    struct sts__gather gather;
    struct sts_output output; /* the format's own scratch */
    struct sts__bytes lines;  /* each with its newline */
    size_t n_lines;
    size_t n_dropped; /* profiles of the slice that found no room */
};

void sts__encoder_init(struct sts__encoder *encoder, const struct sts__gather_options *options);
void sts__encoder_deinit(struct sts__encoder *encoder);

/*
 * sts__encoder_put - fill encoder->lines with the slice's.
 *
 * On failure those that were made so far are there, and n_dropped counts the others.
 */
STS_MUST_CHECK int sts__encoder_put(struct sts__encoder *encoder, const struct sts__slice *slice,
                                    uint64_t n_dropped, struct sts_error *err);

#endif
