/* SPDX-License-Identifier: MIT */
/*
 * decode.h - documents that came over HTTP, each to a profile, within limits.
 */
#ifndef STS_SERVE_DECODE_H
#define STS_SERVE_DECODE_H

#include "format/log_read.h"

struct sts__decode_limits {
    size_t document_bytes;
    size_t functions, callers; /* rows of one profile; its edges */
    size_t labels;             /* of one profile */
};

/* What a request says of all its profiles. Texts are borrowed. */
struct sts__decode_about {
    const char *const *label_keys, *const *label_values;
    size_t label_count;
    bool has_begin, has_end; /* of a pstats file, which does not tell them */
    int64_t begin_ns, end_ns;
};

struct sts__decoder {
    struct sts__decode_limits limits;
    struct sts__log_reader log;
    struct sts_symbols *symbols;
    struct sts_profile *profile; /* the last one that was decoded */
};

STS_MUST_CHECK int sts__decoder_init(struct sts__decoder *decoder,
                                     const struct sts__decode_limits *limits,
                                     struct sts_error *err);
void sts__decoder_deinit(struct sts__decoder *decoder);

/* sts__decoder_renew - let go of names where they are many. Between requests. */
STS_MUST_CHECK int sts__decoder_renew(struct sts__decoder *decoder, struct sts_error *err);

/*
 * sts__decode_document - a line of a log, or an object in whose fields one stands.
 *
 * about:   may be NULL.
 * Returns: 1 with decoder->profile, 0 for something else.
 * Errors:  STS_E_FORMAT with the reason why it is refused; STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__decode_document(struct sts__decoder *decoder, const char *text, size_t len,
                                        const struct sts__decode_about *about,
                                        struct sts_error *err);

/* sts__decode_pstats - a pstats file. now_ns: when it ends where that is not told. Otherwise as
 * above, without the 0. */
STS_MUST_CHECK int sts__decode_pstats(struct sts__decoder *decoder, const char *data, size_t len,
                                      const struct sts__decode_about *about, int64_t now_ns,
                                      struct sts_error *err);

/* sts__decode_is_object - whether a text is one whole JSON object. */
bool sts__decode_is_object(const char *text, size_t len);

/* sts__decode_compression - "gzip", "zstd", or NULL: by which bytes that came are still compressed.
 */
const char *sts__decode_compression(const char *data, size_t len);

#endif
