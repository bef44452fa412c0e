/* SPDX-License-Identifier: MIT */
/*
 * bytes.c - a growing run of bytes that is born with its maximum.
 */
#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

void sts__bytes_init(struct sts__bytes *bytes, size_t max)
{
    memset(bytes, 0, sizeof(*bytes));
    bytes->max = max;
}

void sts__bytes_deinit(struct sts__bytes *bytes)
{
    free(bytes->data);
    sts__bytes_init(bytes, bytes->max);
}

void sts__bytes_clear(struct sts__bytes *bytes)
{
    bytes->len = 0;
    bytes->status = 0;
    if (bytes->data != NULL)
        bytes->data[0] = '\0';
}

char *sts__bytes_reserve(struct sts__bytes *bytes, size_t len)
{
    if (bytes->status < 0)
        return NULL;
    if (len > bytes->max || bytes->len > bytes->max - len || bytes->max == SIZE_MAX) {
        bytes->status = STS_E_LIMIT;
        return NULL;
    }
    bytes->status = sts__grow(&bytes->data, &bytes->cap, bytes->len + len + 1, 1, bytes->max + 1);
    return bytes->status < 0 ? NULL : bytes->data + bytes->len;
}

void sts__bytes_append(struct sts__bytes *bytes, const void *data, size_t len)
{
    char *at = sts__bytes_reserve(bytes, len);
    if (at == NULL)
        return;
    if (len > 0)
        memcpy(at, data, len);
    at[len] = '\0';
    bytes->len += len;
}

void sts__bytes_append_text(struct sts__bytes *bytes, const char *text)
{
    sts__bytes_append(bytes, text, strlen(text));
}

int sts__bytes_check(const struct sts__bytes *bytes, const char *name, struct sts_error *err)
{
    if (bytes->status == STS_E_LIMIT)
        return sts__fail(err, STS_E_LIMIT, "%s is larger than the limit of %zu bytes", name,
                         bytes->max);
    if (bytes->status < 0)
        return sts__fail_nomem(err);
    return 0;
}
