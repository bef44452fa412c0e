/* SPDX-License-Identifier: MIT */
/*
 * gzip.c - gzip by zlib, as a layer over a source and over a sink.
 *
 * A file may hold several members one behind the other, and zeros behind the
 * last (tapes and some rotators pad). A member without its end is an error.
 * Source: RFC 1952. Not: zlib's own and raw deflate streams.
 */
#define ZLIB_CONST /* zlib's input is const */
#include <stdlib.h>

#include <zlib.h>

#include <statslice/sink.h>

#include "base/fail.h"
#include "base/sink.h"
#include "format/compress.h"
#include "format/source.h"

#define BUFFER_BYTES ((size_t)1 << 16)
#define GZIP_BITS    (15 + 16) /* largest window; zlib's way to ask for gzip's header */
#define LEVEL        6
#define MEMORY       8

static bool sniff(const uint8_t *data, size_t len)
{
    return len >= 3 && data[0] == 0x1F && data[1] == 0x8B && data[2] == 8;
}

/* --- reading --- */

struct gunzip {
    struct sts__source *source; /* borrowed */
    z_stream stream;
    bool in_member;
    uint8_t buffer[BUFFER_BYTES];
};

static int fail_gunzip(const struct gunzip *gunzip, const char *reason, struct sts_error *err)
{
    return sts__fail(
        err, STS_E_FORMAT, "\"%s\": %s at byte %llu of the gzip stream",
        sts__source_name(gunzip->source), reason,
        (unsigned long long)(sts__source_bytes_read(gunzip->source) - gunzip->stream.avail_in));
}

/* Have input, unless the source is at its end. */
static int refill(struct gunzip *gunzip, struct sts_error *err)
{
    int64_t got;

    if (gunzip->stream.avail_in > 0)
        return 0;
    got = sts__source_read(gunzip->source, gunzip->buffer, sizeof(gunzip->buffer), err);
    if (got < 0)
        return (int)got;
    gunzip->stream.next_in = gunzip->buffer;
    gunzip->stream.avail_in = (uInt)got;
    return 0;
}

/* Between members: padding is passed over. Returns: 1 at another member, 0 at the end. */
static int next_member(struct gunzip *gunzip, struct sts_error *err)
{
    for (;;) {
        int r = refill(gunzip, err);
        if (r < 0)
            return r;
        if (gunzip->stream.avail_in == 0)
            return 0;
        if (*gunzip->stream.next_in != 0)
            break;
        gunzip->stream.next_in++;
        gunzip->stream.avail_in--;
    }
    if (*gunzip->stream.next_in != 0x1F)
        return fail_gunzip(gunzip, "something that is no gzip", err);
    gunzip->in_member = true;
    return inflateReset(&gunzip->stream) == Z_OK ? 1 : fail_gunzip(gunzip, "a bad state", err);
}

static int64_t read_gunzip(void *context, void *data, size_t len, struct sts_error *err)
{
    struct gunzip *gunzip = context;
    uInt room = len > BUFFER_BYTES * 16 ? (uInt)BUFFER_BYTES * 16 : (uInt)len;

    gunzip->stream.next_out = data;
    gunzip->stream.avail_out = room;
    while (gunzip->stream.avail_out == room) {
        int r = gunzip->in_member ? refill(gunzip, err) : next_member(gunzip, err);
        if (r < 0 || (r == 0 && !gunzip->in_member))
            return r;
        if (gunzip->stream.avail_in == 0)
            return fail_gunzip(gunzip, "cut off, the end is missing", err);
        r = inflate(&gunzip->stream, Z_NO_FLUSH);
        if (r == Z_MEM_ERROR)
            return sts__fail_nomem(err);
        if (r == Z_STREAM_END)
            gunzip->in_member = false;
        else if (r != Z_OK)
            return fail_gunzip(
                gunzip, gunzip->stream.msg != NULL ? gunzip->stream.msg : "broken data", err);
    }
    return (int64_t)(room - gunzip->stream.avail_out);
}

static void close_gunzip(void *context)
{
    struct gunzip *gunzip = context;

    inflateEnd(&gunzip->stream);
    free(gunzip);
}

static int open_source(struct sts__source *source, struct sts__source **ret_source,
                       struct sts_error *err)
{
    static const struct sts__source_kind kind = { .read = read_gunzip, .close = close_gunzip };
    struct gunzip *gunzip = calloc(1, sizeof(*gunzip));

    if (gunzip == NULL)
        return sts__fail_nomem(err);
    gunzip->source = source;
    gunzip->in_member = true;
    if (inflateInit2(&gunzip->stream, GZIP_BITS) != Z_OK) {
        free(gunzip);
        return sts__fail_nomem(err);
    }
    return sts__source_new(&kind, gunzip, sts__source_name(source), ret_source, err);
}

/* --- writing --- */

struct gzip {
    struct sts_sink *sink; /* owned */
    z_stream stream;
    uint8_t buffer[BUFFER_BYTES];
};

/* Compress what there is; with Z_FINISH up to the end. */
static void deflate_all(struct gzip *gzip, int flush)
{
    do {
        gzip->stream.next_out = gzip->buffer;
        gzip->stream.avail_out = sizeof(gzip->buffer);
        (void)deflate(&gzip->stream, flush); /* fails on misuse alone: there is always room */
        sts_sink_write(gzip->sink, gzip->buffer, sizeof(gzip->buffer) - gzip->stream.avail_out);
    } while (gzip->stream.avail_out == 0);
}

static int write_gzip(void *context, const void *data, size_t len, struct sts_error *err)
{
    struct gzip *gzip = context;
    const uint8_t *at = data;

    (void)err; /* the sink below keeps its reason, and finish tells it */
    while (len > 0) {
        size_t n = len < BUFFER_BYTES ? len : BUFFER_BYTES;
        gzip->stream.next_in = at;
        gzip->stream.avail_in = (uInt)n;
        deflate_all(gzip, Z_NO_FLUSH);
        at += n;
        len -= n;
    }
    return 0;
}

static int finish_gzip(void *context, int status, struct sts_error *err)
{
    struct gzip *gzip = context;
    int r = 0;

    gzip->stream.avail_in = 0;
    if (status < 0) {
        sts_sink_abandon(gzip->sink);
    } else {
        deflate_all(gzip, Z_FINISH);
        r = sts_sink_close(gzip->sink, err);
    }
    deflateEnd(&gzip->stream);
    free(gzip);
    return r;
}

static int open_sink(struct sts_sink *take_sink, struct sts_sink **ret_sink, struct sts_error *err)
{
    static const struct sts__sink_layer layer = { .write = write_gzip, .finish = finish_gzip };
    struct gzip *gzip = calloc(1, sizeof(*gzip));

    if (gzip == NULL || deflateInit2(&gzip->stream, LEVEL, Z_DEFLATED, GZIP_BITS, MEMORY,
                                     Z_DEFAULT_STRATEGY) != Z_OK) {
        free(gzip);
        sts_sink_abandon(take_sink);
        return sts__fail_nomem(err);
    }
    gzip->sink = take_sink;
    return sts__sink_open_layer(&layer, gzip, ret_sink, err);
}

const struct sts__compression sts__gzip = {
    .name = "gzip",
    .ending = ".gz",
    .sniff = sniff,
    .open_source = open_source,
    .open_sink = open_sink,
};
