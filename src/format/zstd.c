/* SPDX-License-Identifier: MIT */
/*
 * zstd.c - zstd by libzstd, as a layer over a source and over a sink.
 *
 * A file may hold several frames one behind the other, and skippable ones
 * between. A frame without its end is an error.
 * Source: RFC 8878.
 */
#include <stdlib.h>

#include <zstd.h>
#include <zstd_errors.h>

#include <statslice/sink.h>

#include "base/fail.h"
#include "base/sink.h"
#include "format/compress.h"
#include "format/source.h"

#define BUFFER_BYTES ((size_t)1 << 17)
#define LEVEL        3

static bool sniff(const uint8_t *data, size_t len)
{
    if (len < 4)
        return false;
    if ((data[0] & 0xF0) == 0x50 && data[1] == 0x2A && data[2] == 0x4D && data[3] == 0x18)
        return true; /* a skippable frame */
    return data[0] == 0x28 && data[1] == 0xB5 && data[2] == 0x2F && data[3] == 0xFD;
}

/* --- reading --- */

struct unzstd {
    struct sts__source *source; /* borrowed */
    ZSTD_DStream *stream;
    ZSTD_inBuffer in;
    bool in_frame;
    uint8_t buffer[BUFFER_BYTES];
};

static int fail_unzstd(const struct unzstd *unzstd, const char *reason, struct sts_error *err)
{
    return sts__fail(err, STS_E_FORMAT, "\"%s\": %s at byte %llu of the zstd stream",
                     sts__source_name(unzstd->source), reason,
                     (unsigned long long)(sts__source_bytes_read(unzstd->source) -
                                          (unzstd->in.size - unzstd->in.pos)));
}

/* Have input. Returns: 1, 0 at the end of the source, below 0. */
static int refill(struct unzstd *unzstd, struct sts_error *err)
{
    int64_t got;

    if (unzstd->in.pos < unzstd->in.size)
        return 1;
    got = sts__source_read(unzstd->source, unzstd->buffer, sizeof(unzstd->buffer), err);
    if (got < 0)
        return (int)got;
    unzstd->in = (ZSTD_inBuffer){ .src = unzstd->buffer, .size = (size_t)got };
    return got > 0;
}

static int64_t read_unzstd(void *context, void *data, size_t len, struct sts_error *err)
{
    struct unzstd *unzstd = context;
    ZSTD_outBuffer out = { .dst = data, .size = len };

    while (out.pos == 0) {
        int r = refill(unzstd, err);
        size_t in_before = unzstd->in.pos, left;

        if (r < 0 || (r == 0 && !unzstd->in_frame))
            return r;
        /* at the end of the source there may still be output inside the decoder */
        left = ZSTD_decompressStream(unzstd->stream, &out, &unzstd->in);
        if (ZSTD_isError(left) && ZSTD_getErrorCode(left) == ZSTD_error_memory_allocation)
            return sts__fail_nomem(err);
        if (ZSTD_isError(left))
            return fail_unzstd(unzstd, ZSTD_getErrorName(left), err);
        unzstd->in_frame = left != 0;
        if (r == 0 && out.pos == 0 && unzstd->in.pos == in_before)
            return fail_unzstd(unzstd, "cut off, the end is missing", err);
    }
    return (int64_t)out.pos;
}

static void close_unzstd(void *context)
{
    struct unzstd *unzstd = context;

    ZSTD_freeDStream(unzstd->stream);
    free(unzstd);
}

static int open_source(struct sts__source *source, struct sts__source **ret_source,
                       struct sts_error *err)
{
    static const struct sts__source_kind kind = { .read = read_unzstd, .close = close_unzstd };
    struct unzstd *unzstd = calloc(1, sizeof(*unzstd));

    if (unzstd == NULL)
        return sts__fail_nomem(err);
    unzstd->source = source;
    unzstd->stream = ZSTD_createDStream();
    if (unzstd->stream == NULL) {
        free(unzstd);
        return sts__fail_nomem(err);
    }
    return sts__source_new(&kind, unzstd, sts__source_name(source), ret_source, err);
}

/* --- writing --- */

struct zstd {
    struct sts_sink *sink; /* owned */
    ZSTD_CCtx *stream;
    uint8_t buffer[BUFFER_BYTES];
};

/* Compress what there is; with ZSTD_e_end up to the end. */
static int compress_all(struct zstd *zstd, ZSTD_inBuffer *in, ZSTD_EndDirective mode,
                        struct sts_error *err)
{
    size_t left;

    do {
        ZSTD_outBuffer out = { .dst = zstd->buffer, .size = sizeof(zstd->buffer) };
        left = ZSTD_compressStream2(zstd->stream, &out, in, mode);
        if (ZSTD_isError(left))
            return sts__fail_nomem(err); /* the one way to fail that correct use leaves */
        sts_sink_write(zstd->sink, zstd->buffer, out.pos);
    } while (in->pos < in->size || (mode == ZSTD_e_end && left > 0));
    return 0;
}

static int write_zstd(void *context, const void *data, size_t len, struct sts_error *err)
{
    ZSTD_inBuffer in = { .src = data, .size = len };

    return compress_all(context, &in, ZSTD_e_continue, err);
}

static int finish_zstd(void *context, int status, struct sts_error *err)
{
    struct zstd *zstd = context;
    ZSTD_inBuffer in = { .src = NULL };

    if (status == 0)
        status = compress_all(zstd, &in, ZSTD_e_end, err);
    if (status < 0)
        sts_sink_abandon(zstd->sink);
    else
        status = sts_sink_close(zstd->sink, err);
    ZSTD_freeCCtx(zstd->stream);
    free(zstd);
    return status;
}

static int open_sink(struct sts_sink *take_sink, struct sts_sink **ret_sink, struct sts_error *err)
{
    static const struct sts__sink_layer layer = { .write = write_zstd, .finish = finish_zstd };
    struct zstd *zstd = calloc(1, sizeof(*zstd));

    if (zstd != NULL)
        zstd->stream = ZSTD_createCCtx();
    if (zstd == NULL || zstd->stream == NULL) {
        free(zstd);
        sts_sink_abandon(take_sink);
        return sts__fail_nomem(err);
    }
    (void)ZSTD_CCtx_setParameter(zstd->stream, ZSTD_c_compressionLevel, LEVEL);
    (void)ZSTD_CCtx_setParameter(zstd->stream, ZSTD_c_checksumFlag, 1);
    zstd->sink = take_sink;
    return sts__sink_open_layer(&layer, zstd, ret_sink, err);
}

const struct sts__compression sts__zstd = {
    .name = "zstd",
    .ending = ".zst",
    .sniff = sniff,
    .open_source = open_source,
    .open_sink = open_sink,
};
