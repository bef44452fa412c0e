/* SPDX-License-Identifier: MIT */
/*
 * openapi.h - parts of the description of the API that are no tables elsewhere.
 */
#ifndef STS_SERVE_OPENAPI_H
#define STS_SERVE_OPENAPI_H

#include "serve/asked.h"

extern const struct sts__form sts__form_openapi;

/* Shapes, as JSON schemas. */
struct sts__schema {
    const char *name, *shape;
};
extern const struct sts__schema sts__openapi_schemas[];
extern const size_t sts__openapi_schema_count;

/* Members of "paths" behind others, each with a comma before it. */
extern const char *const sts__openapi_other_paths[]; /* NULL behind the last */

#endif
