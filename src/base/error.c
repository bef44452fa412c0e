/* SPDX-License-Identifier: MIT */
/*
 * error.c - fill a struct sts_error, and the words for each status.
 *
 * In:   a status and what happened.   Out: err filled, the status handed back.
 * Why:  the lowest layer that knows the reason writes it, without any allocation.
 */
#include "base/fail.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <statslice/statslice.h>

const char *sts_version(void)
{
    return STS_VERSION;
}

const char *sts_status_text(int status)
{
    if (status >= 0)
        return "success";
    switch (status) {
#define STS_STATUS_CASE(name, value, text)                                                         \
    case value:                                                                                    \
        return text;
        STS_STATUS_MAP(STS_STATUS_CASE)
#undef STS_STATUS_CASE
    default:
        return "unknown status";
    }
}

/* A text that was cut inside of a UTF-8 sequence loses that sequence's beginning too. */
static void cut_at_character(char *text, size_t cap)
{
    size_t len = strlen(text);
    if (len + 1 < cap)
        return;
    while (len > 0 && ((unsigned char)text[len - 1] & 0xC0) == 0x80)
        len--;
    if (len > 0 && (unsigned char)text[len - 1] >= 0xC0)
        len--;
    text[len] = '\0';
}

static void fill(struct sts_error *err, enum sts_status status, int sys_errno, const char *format,
                 va_list args)
{
    if (err == NULL)
        return;
    err->status = status;
    err->sys_errno = sys_errno;
    vsnprintf(err->text, sizeof(err->text), format, args);
    cut_at_character(err->text, sizeof(err->text));
}

int sts__fail(struct sts_error *err, enum sts_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fill(err, status, 0, format, args);
    va_end(args);
    return (int)status;
}

int sts__fail_errno(struct sts_error *err, enum sts_status status, int sys_errno,
                    const char *format, ...)
{
    char reason[96];
    size_t len;
    va_list args;

    if (err == NULL)
        return (int)status;
    va_start(args, format);
    fill(err, status, sys_errno, format, args);
    va_end(args);
    if (strerror_r(sys_errno, reason, sizeof(reason)) != 0)
        snprintf(reason, sizeof(reason), "error %d", sys_errno);
    if (reason[0] >= 'A' && reason[0] <= 'Z')
        reason[0] = (char)(reason[0] - 'A' + 'a');
    len = strlen(err->text);
    snprintf(err->text + len, sizeof(err->text) - len, ": %s", reason);
    return (int)status;
}

int sts__fail_nomem(struct sts_error *err)
{
    return sts__fail(err, STS_E_NOMEM, "out of memory");
}

void sts__fail_prefix(struct sts_error *err, const char *format, ...)
{
    char old[sizeof(err->text)];
    size_t len;
    va_list args;

    if (err == NULL)
        return;
    memcpy(old, err->text, sizeof(old));
    va_start(args, format);
    vsnprintf(err->text, sizeof(err->text), format, args);
    va_end(args);
    len = strlen(err->text);
    snprintf(err->text + len, sizeof(err->text) - len, ": %s", old);
    cut_at_character(err->text, sizeof(err->text));
}
