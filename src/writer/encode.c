/* SPDX-License-Identifier: MIT */
/*
 * encode.c - see encode.h.
 */
#include "writer/encode.h"

#include <string.h>

#include <statslice/sink.h>

#include "base/fail.h"

void sts__encoder_init(struct sts__encoder *encoder, const struct sts__gather_options *options)
{
    memset(encoder, 0, sizeof(*encoder));
    sts__gather_init(&encoder->gather, options);
    encoder->output.format = &sts__output_ndjson;
    sts__row_keys_init(&encoder->output.keys);
    sts__bytes_init(&encoder->lines, STS__LINES_BYTES_MAX);
}

void sts__encoder_deinit(struct sts__encoder *encoder)
{
    sts__gather_deinit(&encoder->gather);
    sts__row_keys_deinit(&encoder->output.keys);
    sts__bytes_deinit(&encoder->lines);
}

static int append_bytes(void *context, const void *data, size_t len)
{
    struct sts__bytes *lines = context;

    sts__bytes_append(lines, data, len);
    return lines->status;
}

/* One line, or none: what was written of one that failed is taken back. */
static int put_line(void *context, const struct sts_profile *profile, struct sts_error *err)
{
    struct sts__encoder *encoder = context;
    struct sts__bytes *lines = &encoder->lines;
    size_t begin = lines->len;
    struct sts_sink *sink;
    int r = sts_sink_open_callback(append_bytes, lines, &sink, err);

    if (r == 0) {
        encoder->output.sink = sink;
        r = encoder->output.format->write(&encoder->output, profile, err);
        if (r < 0)
            sts_sink_abandon(sink);
        else
            r = sts_sink_close(sink, err);
    }
    if (r < 0) {
        lines->len = begin;
        lines->status = 0;
        return r;
    }
    encoder->n_lines++;
    return 0;
}

int sts__encoder_put(struct sts__encoder *encoder, const struct sts__slice *slice,
                     uint64_t n_dropped, struct sts_error *err)
{
    size_t count = 0;
    int r;

    sts__bytes_clear(&encoder->lines);
    encoder->n_lines = 0;
    r = sts__gather_count(&encoder->gather, slice, &count, err);
    if (r == 0)
        r = sts__gather_slice(&encoder->gather, slice, n_dropped, put_line, encoder, err);
    encoder->n_dropped = count > encoder->n_lines ? count - encoder->n_lines : 0;
    if (r < 0 && count == 0)
        encoder->n_dropped = 1;
    return r;
}
