/* SPDX-License-Identifier: MIT */
/*
 * amount.c - durations and sizes as people write them: the public form.
 */
#include <statslice/amount.h>

#include <string.h>

#include "base/fail.h"
#include "base/timetext.h"

static const struct {
    const char *name;
    uint64_t bytes;
} units[] = {
    { "", 1 },
    { "B", 1 },
    { "k", UINT64_C(1000) },
    { "K", UINT64_C(1000) },
    { "M", UINT64_C(1000000) },
    { "G", UINT64_C(1000000000) },
    { "T", UINT64_C(1000000000000) },
    { "kB", UINT64_C(1000) },
    { "KB", UINT64_C(1000) },
    { "MB", UINT64_C(1000000) },
    { "GB", UINT64_C(1000000000) },
    { "TB", UINT64_C(1000000000000) },
    { "KiB", UINT64_C(1) << 10 },
    { "MiB", UINT64_C(1) << 20 },
    { "GiB", UINT64_C(1) << 30 },
    { "TiB", UINT64_C(1) << 40 },
};

int sts_duration_parse(const char *text, int64_t *ret_ns, struct sts_error *err)
{
    int r = sts__duration_parse(text, strlen(text), ret_ns);

    if (r < 0)
        return sts__fail(err, STS_E_USAGE, "\"%.40s\" is no duration; say 10s, 250ms or 1h30m",
                         text);
    return 0;
}

/* 0 where there is no such unit. */
static uint64_t unit_bytes(const char *name)
{
    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
        if (strcmp(units[i].name, name) == 0)
            return units[i].bytes;
    }
    return 0;
}

int sts_size_parse(const char *text, uint64_t *ret_bytes, struct sts_error *err)
{
    const char *at = text;
    uint64_t number = 0, unit;

    for (; *at >= '0' && *at <= '9'; at++) {
        uint64_t digit = (uint64_t)(*at - '0');
        if (number > (UINT64_MAX - digit) / 10)
            break; /* and a digit is no unit */
        number = number * 10 + digit;
    }
    unit = unit_bytes(at);
    if (at == text || unit == 0 || number > UINT64_MAX / unit)
        return sts__fail(err, STS_E_USAGE, "\"%.40s\" is no size; say 4096, 64MB or 1GiB", text);
    *ret_bytes = number * unit;
    return 0;
}
