/* SPDX-License-Identifier: MIT */
/*
 * pem.c - a certificate or key, read from its file.
 */
#define _DEFAULT_SOURCE /* explicit_bzero */
#include "serve/pem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

int sts__pem_read(const char *path, char **ret_text, struct sts_error *err)
{
    FILE *file = fopen(path, "re");
    char *text = NULL;
    size_t len;
    int r = 0;

    if (file == NULL)
        return sts__fail_errno(err, STS_E_IO, errno, "reading \"%.120s\"", path);
    text = calloc(1, STS__PEM_BYTES_MAX + 1);
    if (text == NULL) {
        r = sts__fail_nomem(err);
        goto done;
    }
    len = fread(text, 1, STS__PEM_BYTES_MAX, file);
    if (ferror(file))
        r = sts__fail_errno(err, STS_E_IO, errno, "reading \"%.120s\"", path);
    else if (len == STS__PEM_BYTES_MAX)
        r = sts__fail(err, STS_E_LIMIT, "\"%.120s\" is over %zu bytes", path, STS__PEM_BYTES_MAX);
    else if (strstr(text, "-----BEGIN ") == NULL)
        r = sts__fail(err, STS_E_FORMAT, "\"%.120s\" is no PEM file", path);
done:
    (void)fclose(file);
    if (r < 0)
        sts__pem_forget(text);
    else
        *ret_text = text;
    return r;
}

void sts__pem_forget(char *text)
{
    if (text != NULL)
        explicit_bzero(text, strlen(text));
    free(text);
}
