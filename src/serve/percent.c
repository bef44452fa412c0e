/* SPDX-License-Identifier: MIT */
/*
 * percent.c - characters that a URL writes as %XX.
 *
 * Source: RFC 3986, 2.1.
 */
#include "serve/percent.h"

#include "base/num.h"

size_t sts__percent_decode(char *text)
{
    size_t len = 0;

    for (const char *at = text; *at != '\0'; at++) {
        int high = at[0] == '%' ? sts__num_hex_digit(at[1]) : -1;
        int low = high >= 0 ? sts__num_hex_digit(at[2]) : -1;
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
