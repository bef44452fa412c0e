/* SPDX-License-Identifier: MIT */
/*
 * negotiate.c - how an answer is compressed, and whether the client has it already.
 *
 * Source: RFC 9110, 8.8.3, 12.5.3 and 13.1.2.
 */
#include "serve/negotiate.h"

#include <string.h>
#include <strings.h>

#define WEIGHT_MAX 1000

/* "0.8" as 800; what is no weight counts as 0. */
static int read_weight(const char *at, size_t len)
{
    int weight = 0, unit = WEIGHT_MAX;

    if (len == 0 || (at[0] != '0' && at[0] != '1') || (len > 1 && at[1] != '.'))
        return 0;
    weight = (at[0] - '0') * WEIGHT_MAX;
    for (size_t i = 2; i < len && unit > 1; i++) {
        if (at[i] < '0' || at[i] > '9')
            return 0;
        unit /= 10;
        weight += (at[i] - '0') * unit;
    }
    return weight < WEIGHT_MAX ? weight : WEIGHT_MAX;
}

/* The weight that ";q=" gives, of parameters that end at len. */
static int weight_of(const char *at, size_t len)
{
    for (size_t i = 0; i + 2 < len; i++)
        if ((at[i] == 'q' || at[i] == 'Q') && at[i + 1] == '=') {
            size_t digits = strcspn(at + i + 2, "; \t,");
            return read_weight(at + i + 2, digits < len - i - 2 ? digits : len - i - 2);
        }
    return WEIGHT_MAX;
}

/* How much a client wants a coding; otherwise where it does not say. */
static int wanted(const char *accept, const char *coding, int otherwise)
{
    size_t coding_len = strlen(coding);

    while (*accept != '\0') {
        size_t len, name_len;
        accept += strspn(accept, ", \t");
        len = strcspn(accept, ",");
        name_len = strcspn(accept, ",; \t");
        if (name_len == coding_len && strncasecmp(accept, coding, name_len) == 0)
            return weight_of(accept + name_len, len - name_len);
        accept += len;
    }
    return otherwise;
}

const char *sts__negotiate_encoding(const char *accept)
{
    static const char *const codings[] = { "zstd", "gzip" };
    const char *best = NULL;
    int best_weight, any;

    if (accept == NULL)
        return NULL;
    any = wanted(accept, "*", 0);
    best_weight = wanted(accept, "identity", 1) - 1; /* the same: the compressed one */
    for (size_t i = 0; i < sizeof(codings) / sizeof(*codings); i++) {
        int weight = wanted(accept, codings[i], any);
        if (weight > 0 && weight > best_weight) {
            best = codings[i];
            best_weight = weight;
        }
    }
    return best;
}

bool sts__negotiate_takes(const char *accept, const char *coding)
{
    return accept != NULL && wanted(accept, coding, wanted(accept, "*", 0)) > 0;
}

bool sts__etag_matches(const char *if_none_match, const char *etag)
{
    const char *opaque = strncmp(etag, "W/", 2) == 0 ? etag + 2 : etag;
    size_t len = strlen(opaque);
    const char *at = if_none_match;

    if (at == NULL)
        return false;
    while (*at != '\0') {
        at += strspn(at, ", \t");
        if (*at == '*')
            return true;
        if (strncmp(at, "W/", 2) == 0)
            at += 2;
        if (strncmp(at, opaque, len) == 0)
            return true;
        if (*at == '"') { /* a tag may hold commas */
            const char *end = strchr(at + 1, '"');
            if (end == NULL)
                return false;
            at = end + 1;
        } else {
            at += strcspn(at, ",");
        }
    }
    return false;
}
