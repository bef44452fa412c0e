/* SPDX-License-Identifier: MIT */
/*
 * percent.c - characters that a URL writes as %XX.
 *
 * Source: RFC 3986, 2.1.
 */
#include "serve/percent.h"

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

size_t sts__percent_decode(char *text)
{
    size_t len = 0;

    for (const char *at = text; *at != '\0'; at++) {
        int high = at[0] == '%' ? digit(at[1]) : -1;
        int low = high >= 0 ? digit(at[2]) : -1;
        if (low >= 0 && high + low > 0) {
            text[len++] = (char)(high << 4 | low);
            at += 2;
        } else {
            text[len++] = *at;
        }
    }
    text[len] = '\0';
    return len;
}
