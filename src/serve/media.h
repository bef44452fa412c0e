/* SPDX-License-Identifier: MIT */
/*
 * media.h - the formats that answers are written in, as the web names them.
 */
#ifndef STS_SERVE_MEDIA_H
#define STS_SERVE_MEDIA_H

#include <stddef.h>

struct sts__medium {
    const char *format;    /* "csv" */
    const char *type;      /* for Content-Type */
    const char *file_name; /* where it is meant to be saved, else NULL */
};

/* sts__medium_of - a format by its name. Returns: static; bytes of no kind for another name. */
const struct sts__medium *sts__medium_of(const char *format);

#endif
