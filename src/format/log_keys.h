/* SPDX-License-Identifier: MIT */
/*
 * log_keys.h - which key of a log's line means which function.
 *
 * A key holds for one profile. From profile to profile it is remembered as a
 * guess, so that a function which a log names in every line is looked up by one
 * hash and compared.
 */
#ifndef STS_FORMAT_LOG_KEYS_H
#define STS_FORMAT_LOG_KEYS_H

#include <statslice/profile.h>

#include "base/bytes.h"
#include "base/strtab.h"
#include "format/json_read.h"

struct sts__log_keys {
    struct sts_symbols *symbols; /* a reference */
    struct sts__strtab texts;
    struct sts__log_key *states; /* by id of the text */
    size_t cap;
    uint64_t profile_number; /* counted up over all lines */
    struct sts__bytes scratch;
};

/* Who a key is about, as the line tells it. */
struct sts__log_function {
    struct sts__json_text key, file_name, name, qualname;
    int32_t line_number;
    bool has_qualname;
    const char *at; /* where it stands, for messages */
};

void sts__log_keys_init(struct sts__log_keys *keys);
void sts__log_keys_deinit(struct sts__log_keys *keys);

/* sts__log_keys_begin - a new profile, in which no key means anything yet. */
void sts__log_keys_begin(struct sts__log_keys *keys, struct sts_symbols *symbols);

/*
 * sts__log_keys_id - the number of a key, which is kept if it is new.
 *
 * Errors: STS_E_FORMAT after a failure, which json keeps; STS_E_NOMEM; STS_E_LIMIT.
 */
STS_MUST_CHECK int sts__log_keys_id(struct sts__log_keys *keys, struct sts__json *json,
                                    const struct sts__json_text *key, uint32_t *ret_key_id,
                                    struct sts_error *err);

/* sts__log_keys_bind - find or make the function, and let its key mean it. Errors: as above. */
STS_MUST_CHECK int sts__log_keys_bind(struct sts__log_keys *keys, struct sts__json *json,
                                      const struct sts__log_function *function,
                                      uint32_t *ret_function_id, struct sts_error *err);

/* sts__log_keys_function - what a key means in this profile. Returns: false for nothing. */
bool sts__log_keys_function(const struct sts__log_keys *keys, uint32_t key_id,
                            uint32_t *ret_function_id);

/* sts__log_keys_once - whether this is the first time that a row (its number, over all lines) is
 * seen to name a key. */
bool sts__log_keys_once(struct sts__log_keys *keys, uint32_t key_id, uint64_t row_number);

#endif
