/* SPDX-License-Identifier: MIT */
/*
 * media.c - the formats that answers are written in, as the web names them.
 */
#include "serve/media.h"

#include <string.h>

static const struct sts__medium media[] = {
    { "json", "application/json", NULL },
    { "ndjson", "application/x-ndjson", NULL },
    { "ndjson-flat", "application/x-ndjson", NULL },
    { "csv", "text/csv; charset=utf-8", NULL },
    { "table", "text/plain; charset=utf-8", NULL },
    { "terminal", "text/plain; charset=utf-8", NULL },
    { "svg", "image/svg+xml", NULL },
    { "png", "image/png", NULL },
    { "pdf", "application/pdf", NULL },
    { "pstats", "application/octet-stream", "profile.prof" },
    { "", "application/octet-stream", NULL },
};

#define COUNT (sizeof(media) / sizeof(*media))

const struct sts__medium *sts__medium_of(const char *format)
{
    for (size_t i = 0; i < COUNT; i++)
        if (strcmp(media[i].format, format) == 0)
            return &media[i];
    return &media[COUNT - 1];
}
