/* SPDX-License-Identifier: MIT */
/*
 * spool_name.c - see spool_name.h.
 */
#include "post/spool_name.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define READABLE_BYTES_MAX 40

/* FNV-1a: names are on disks, and stay what they are. */
static uint64_t add_text(uint64_t sum, const char *text)
{
    size_t len = strlen(text) + 1;

    for (size_t i = 0; i < len; i++)
        sum = (sum ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
    return sum;
}

static int is_plain(unsigned char byte)
{
    return byte < 0x80 && (isalnum(byte) || byte == '_' || byte == '.' || byte == '-');
}

void sts__spool_name(const char *service, const char *url, char ret_name[STS__SPOOL_NAME_BYTES])
{
    uint64_t sum = add_text(add_text(UINT64_C(0xcbf29ce484222325), service), url);
    char readable[READABLE_BYTES_MAX + 1];
    size_t len = strlen(service);

    if (len > READABLE_BYTES_MAX)
        len = READABLE_BYTES_MAX;
    for (size_t i = 0; i < len; i++)
        readable[i] = is_plain((unsigned char)service[i]) ? service[i] : '_';
    readable[len] = '\0';
    if (len == 0 || readable[0] == '.')
        snprintf(readable, sizeof(readable), "service");
    snprintf(ret_name, STS__SPOOL_NAME_BYTES, "%s-%016llx", readable, (unsigned long long)sum);
}
