/* SPDX-License-Identifier: MIT */
/*
 * secret.h - tokens: how they are made, and what is kept of them.
 */
#ifndef STS_SERVE_SECRET_H
#define STS_SERVE_SECRET_H

#include <statslice/store.h>

#define STS__SECRET_BYTES 48 /* a token's text with its NUL */

/* sts__secret_make - a new one: "sts_" and 43 characters, of 256 random bits.   Errors: STS_E_IO.
 */
STS_MUST_CHECK int sts__secret_make(char ret_secret[STS__SECRET_BYTES], struct sts_error *err);

/*
 * sts__secret_hash - what is kept: SHA-256. A slow hash is for what people think of themselves;
 * 256 random bits cannot be guessed.
 */
void sts__secret_hash(const char *secret, uint8_t ret_hash[STS_TOKEN_HASH_BYTES]);

/* sts__secret_equal - two hashes, in a time that does not tell where they differ. */
bool sts__secret_equal(const uint8_t a[STS_TOKEN_HASH_BYTES],
                       const uint8_t b[STS_TOKEN_HASH_BYTES]);

#endif
