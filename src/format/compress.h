/* SPDX-License-Identifier: MIT */
/*
 * compress.h - gzip and zstd, as layers over a source and over a sink.
 */
#ifndef STS_FORMAT_COMPRESS_H
#define STS_FORMAT_COMPRESS_H

#include <statslice/error.h>

struct sts__source;
struct sts_sink;

/* One method; zlib and libzstd are each seen by one file. */
struct sts__compression {
    const char *name;
    const char *ending; /* of file names */
    bool (*sniff)(const uint8_t *data, size_t len);
    /* what the source holds, uncompressed; source is borrowed until the new one's close */
    int (*open_source)(struct sts__source *source, struct sts__source **ret_source,
                       struct sts_error *err);
    /* take_sink: closed by the new one's close, also on failure */
    int (*open_sink)(struct sts_sink *take_sink, struct sts_sink **ret_sink, struct sts_error *err);
};

extern const struct sts__compression sts__gzip;
extern const struct sts__compression sts__zstd;

/* sts__compressions - the table of methods, NULL behind the last. */
extern const struct sts__compression *const sts__compressions[];

#define STS__SNIFF_BYTES 4 /* what a sniff wants to see */

#endif
