/* SPDX-License-Identifier: MIT */
/*
 * secret.c - tokens, by Nettle's hash and comparison.
 */
#include "serve/secret.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include <nettle/base64.h>
#include <nettle/memops.h>
#include <nettle/sha2.h>

#include "base/fail.h"

#define PREFIX       "sts_" /* so that scanners of sources find one that was left there */
#define RANDOM_BYTES 32

int sts__secret_make(char ret_secret[STS__SECRET_BYTES], struct sts_error *err)
{
    uint8_t random[RANDOM_BYTES];
    char text[BASE64_ENCODE_RAW_LENGTH(RANDOM_BYTES)];

    if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
        return sts__fail_errno(err, STS_E_IO, errno, "asking the system for random bits");
    base64_encode_raw(text, sizeof(random), random);
    for (size_t i = 0; i < sizeof(text); i++) /* as RFC 4648, 5: fit for URLs and shells */
        text[i] = (char)(text[i] == '+' ? '-' : text[i] == '/' ? '_' : text[i]);
    memcpy(ret_secret, PREFIX, sizeof(PREFIX) - 1);
    memcpy(ret_secret + sizeof(PREFIX) - 1, text, sizeof(text) - 1); /* without its "=" */
    ret_secret[STS__SECRET_BYTES - 1] = '\0';
    return 0;
}

void sts__secret_hash(const char *secret, uint8_t ret_hash[STS_TOKEN_HASH_BYTES])
{
    struct sha256_ctx context;

    sha256_init(&context);
    sha256_update(&context, strlen(secret), (const uint8_t *)secret);
    sha256_digest(&context, STS_TOKEN_HASH_BYTES, ret_hash);
}

bool sts__secret_equal(const uint8_t a[STS_TOKEN_HASH_BYTES], const uint8_t b[STS_TOKEN_HASH_BYTES])
{
    return memeql_sec(a, b, STS_TOKEN_HASH_BYTES) != 0;
}
