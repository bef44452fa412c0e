/* SPDX-License-Identifier: MIT */
/*
 * pem.h - a certificate or key, read from its file.
 */
#ifndef STS_SERVE_PEM_H
#define STS_SERVE_PEM_H

#include <statslice/error.h>

#define STS__PEM_BYTES_MAX ((size_t)1 << 20)

/* sts__pem_read - Errors: STS_E_IO, STS_E_FORMAT (no PEM), STS_E_LIMIT. Memory: the caller's. */
STS_MUST_CHECK int sts__pem_read(const char *path, char **ret_text, struct sts_error *err);

/* sts__pem_forget - overwrite what it was, and free. NULL is fine. */
void sts__pem_forget(char *text);

#endif
