/* SPDX-License-Identifier: MIT */
/*
 * body.c - see body.h.
 */
#include "post/body.h"

#include <string.h>

#include <statslice/sink.h>

#include "base/bytes.h"
#include "format/compress.h"

const char *const sts__body_encodings[] = { "zstd", "gzip", "", NULL };

static int append_bytes(void *context, const void *data, size_t len)
{
    struct sts__bytes *bytes = context;

    sts__bytes_append(bytes, data, len);
    return bytes->status;
}

static const struct sts__compression *find(const char *encoding)
{
    for (size_t i = 0; sts__compressions[i] != NULL; i++) {
        if (strcmp(sts__compressions[i]->name, encoding) == 0)
            return sts__compressions[i];
    }
    return NULL;
}

int sts__body_make(const char *encoding, const struct sts__bytes *lines,
                   struct sts__bytes *ret_bytes, struct sts_error *err)
{
    const struct sts__compression *compression = find(encoding);
    struct sts_sink *below, *sink;
    int r;

    sts__bytes_clear(ret_bytes);
    if (compression == NULL) {
        sts__bytes_append(ret_bytes, lines->data, lines->len);
        return sts__bytes_check(ret_bytes, "a request", err);
    }
    r = sts_sink_open_callback(append_bytes, ret_bytes, &below, err);
    if (r == 0)
        r = compression->open_sink(below, &sink, err);
    if (r < 0)
        return r;
    sts_sink_write(sink, lines->data, lines->len);
    return sts_sink_close(sink, err);
}
