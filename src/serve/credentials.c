/* SPDX-License-Identifier: MIT */
/*
 * credentials.c - the token that a header "Authorization" shows.
 *
 * Why:  shippers of logs know the ways of Elasticsearch alone; Fluent Bit and rsyslog send a user's
 *       name and a password, so a token may be the password of any user; and Elastic's own clients
 *       an API key, which is an id and a key in base64, so a token may be the key of any id.
 * Source: RFC 6750, RFC 7617, RFC 4648; Elasticsearch's reference, "Create API key".
 */
#include "serve/credentials.h"

#include <string.h>
#include <strings.h>

static int digit_of(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c == '\0' ? NULL : strchr(digits, c);

    return at == NULL ? -1 : (int)(at - digits);
}

/* Returns: whether all of it is base64 and fits; room is NUL-ended then. */
static bool unpack(const char *text, char *room)
{
    unsigned bits = 0, n_bits = 0;
    size_t len = 0;

    for (; *text != '\0' && *text != '='; text++) {
        int digit = digit_of(*text);
        if (digit < 0 || len == STS__CREDENTIALS_BYTES - 1)
            return false;
        bits = (bits << 6 | (unsigned)digit) & 0xFFFF;
        n_bits += 6;
        if (n_bits < 8)
            continue;
        n_bits -= 8;
        room[len++] = (char)(bits >> n_bits & 0xFF);
    }
    room[len] = '\0';
    return strspn(text, "=") == strlen(text) && strlen(room) == len;
}

/* Behind the name of a scheme, which is in any case; NULL for another one. */
static const char *behind(const char *authorization, const char *scheme)
{
    size_t len = strlen(scheme);

    if (strncasecmp(authorization, scheme, len) != 0 || authorization[len] != ' ')
        return NULL;
    return authorization + len + strspn(authorization + len, " ");
}

const char *sts__credentials_token(const char *authorization, char *room)
{
    const char *token = behind(authorization, "Bearer"), *key, *colon;

    if (token != NULL)
        return token;
    key = behind(authorization, "ApiKey");
    token = key == NULL ? behind(authorization, "Basic") : key;
    colon = token != NULL && unpack(token, room) ? strchr(room, ':') : NULL;
    return colon == NULL ? key : colon + 1;
}
