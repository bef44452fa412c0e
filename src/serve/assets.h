/* SPDX-License-Identifier: MIT */
/*
 * assets.h - the files of the page, which the program carries in itself.
 */
#ifndef STS_SERVE_ASSETS_H
#define STS_SERVE_ASSETS_H

#include <stddef.h>

struct sts__asset {
    const char *path; /* of the URL: "/", "/assets/app.js" */
    const char *type; /* for Content-Type */
    const char *etag; /* with its quotes; weak: of the bytes below however they are sent */
    const unsigned char *bytes;
    size_t len;
    const unsigned char *gzip; /* the same, compressed */
    size_t gzip_len;
};

/* All of them; made by tools/embed_assets.py. Where the page was not built, "/" is a text. */
extern const struct sts__asset sts__assets[];
extern const size_t sts__asset_count;

/* sts__asset_find - Returns: borrowed, lives on; NULL where there is none of that path. */
const struct sts__asset *sts__asset_find(const char *path);

#endif
