/* SPDX-License-Identifier: MIT */
/*
 * symbols.h - texts and function identities, stored once, each with a small number.
 */
#ifndef STS_MODEL_SYMBOLS_H
#define STS_MODEL_SYMBOLS_H

#include <statslice/profile.h>

#include "base/strtab.h"

#define STS__NO_TEXT UINT32_MAX /* a qualname that is not known */

struct sts__function_key {
    uint32_t file_id;
    uint32_t name_id;
    uint32_t qualname_id; /* STS__NO_TEXT where not known */
    int32_t line_number;
};

/* sts__symbols_text - the id of a text. Errors: STS_E_NOMEM, STS_E_LIMIT; no NUL inside (asserted).
 */
STS_MUST_CHECK int sts__symbols_text(struct sts_symbols *symbols, const char *text, size_t len,
                                     uint32_t *ret_text_id, struct sts_error *err);

/* sts__symbols_text_of - borrowed as long as the symbols live. */
const char *sts__symbols_text_of(const struct sts_symbols *symbols, uint32_t text_id);

/* sts__symbols_key - the function id of an identity given by text ids: the fast way in for readers.
 */
STS_MUST_CHECK int sts__symbols_key(struct sts_symbols *symbols,
                                    const struct sts__function_key *key, uint32_t *ret_function_id,
                                    struct sts_error *err);

const struct sts__function_key *sts__symbols_key_of(const struct sts_symbols *symbols,
                                                    uint32_t function_id);

#endif
