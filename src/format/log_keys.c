/* SPDX-License-Identifier: MIT */
/*
 * log_keys.c - which key of a log's line means which function.
 */
#include "format/log_keys.h"

#include <stdlib.h>
#include <string.h>

#include <statslice/format.h>

#include "base/fail.h"
#include "base/mem.h"
#include "model/symbols.h"

/* Memory of remembered keys; with more, all are forgotten and learnt anew. */
#define KEYS_BYTES_MAX ((size_t)1 << 26)

struct sts__log_key {
    uint32_t function_id;    /* what it meant last; valid where profile_number is not 0 */
    uint64_t profile_number; /* the profile in which it meant that */
    uint64_t row_number;     /* the row in whose callers it was last seen */
};

void sts__log_keys_init(struct sts__log_keys *keys)
{
    memset(keys, 0, sizeof(*keys));
    sts__strtab_init(&keys->texts);
    sts__bytes_init(&keys->scratch, STS_LOG_LINE_BYTES_MAX);
}

static void forget(struct sts__log_keys *keys)
{
    sts__strtab_deinit(&keys->texts);
    free(keys->states);
    keys->states = NULL;
    keys->cap = 0;
}

void sts__log_keys_deinit(struct sts__log_keys *keys)
{
    forget(keys);
    sts__bytes_deinit(&keys->scratch);
    sts_symbols_free(keys->symbols);
}

void sts__log_keys_begin(struct sts__log_keys *keys, struct sts_symbols *symbols)
{
    if (keys->symbols != symbols || keys->texts.bytes > KEYS_BYTES_MAX) {
        forget(keys);
        sts_symbols_ref(symbols);
        sts_symbols_free(keys->symbols);
        keys->symbols = symbols;
    }
    keys->profile_number++;
}

static bool fits(struct sts__json *json, size_t len)
{
    if (len <= STS_TEXT_BYTES_MAX)
        return true;
    sts__json_fail(json, "a name of more than 1 MiB");
    return false;
}

int sts__log_keys_id(struct sts__log_keys *keys, struct sts__json *json,
                     const struct sts__json_text *key, uint32_t *ret_key_id, struct sts_error *err)
{
    size_t old_cap = keys->cap, len = key->len;
    const char *text = key->at;
    int r;

    if (key->escaped) {
        r = sts__json_decode(json, key, &keys->scratch, &text, &len);
        if (r < 0)
            return r;
    }
    if (!fits(json, len))
        return STS_E_FORMAT;
    r = sts__strtab_add(&keys->texts, text, len, ret_key_id);
    if (r == 0)
        r = sts__grow(&keys->states, &keys->cap, keys->texts.entry_count, sizeof(*keys->states),
                      STS_STRTAB_ENTRIES_MAX);
    if (r < 0)
        return sts__fail(err, (enum sts_status)r, "could not keep %zu keys of functions",
                         keys->texts.entry_count);
    if (keys->cap > old_cap)
        memset(keys->states + old_cap, 0, (keys->cap - old_cap) * sizeof(*keys->states));
    return 0;
}

/* --- who a function is --- */

static bool same_text(const struct sts_symbols *symbols, uint32_t text_id,
                      const struct sts__json_text *text)
{
    const char *known = sts__symbols_text_of(symbols, text_id);

    return !text->escaped && strncmp(known, text->at, text->len) == 0 && known[text->len] == '\0';
}

/* Whether a function is the one that its key meant before. */
static bool is_function(const struct sts_symbols *symbols, uint32_t function_id,
                        const struct sts__log_function *function)
{
    const struct sts__function_key *known = sts__symbols_key_of(symbols, function_id);

    return known->line_number == function->line_number &&
           function->has_qualname == (known->qualname_id != STS__NO_TEXT) &&
           same_text(symbols, known->file_id, &function->file_name) &&
           same_text(symbols, known->name_id, &function->name) &&
           (!function->has_qualname || same_text(symbols, known->qualname_id, &function->qualname));
}

static int intern(struct sts__log_keys *keys, struct sts__json *json,
                  const struct sts__json_text *text, uint32_t *ret_id, struct sts_error *err)
{
    const char *decoded;
    size_t len;
    int r = sts__json_decode(json, text, &keys->scratch, &decoded, &len);

    if (r < 0)
        return r;
    if (!fits(json, len))
        return STS_E_FORMAT;
    return sts__symbols_text(keys->symbols, decoded, len, ret_id, err);
}

static int make_function(struct sts__log_keys *keys, struct sts__json *json,
                         const struct sts__log_function *function, uint32_t *ret_id,
                         struct sts_error *err)
{
    struct sts__function_key key = { .line_number = function->line_number,
                                     .qualname_id = STS__NO_TEXT };
    int r = intern(keys, json, &function->file_name, &key.file_id, err);

    if (r == 0)
        r = intern(keys, json, &function->name, &key.name_id, err);
    if (r == 0 && function->has_qualname)
        r = intern(keys, json, &function->qualname, &key.qualname_id, err);
    return r < 0 ? r : sts__symbols_key(keys->symbols, &key, ret_id, err);
}

int sts__log_keys_bind(struct sts__log_keys *keys, struct sts__json *json,
                       const struct sts__log_function *function, uint32_t *ret_function_id,
                       struct sts_error *err)
{
    struct sts__log_key *state;
    uint32_t key_id;
    int r = sts__log_keys_id(keys, json, &function->key, &key_id, err);

    if (r < 0)
        return r;
    state = &keys->states[key_id];
    if (state->profile_number == keys->profile_number) {
        sts__json_fail_at(json, function->at, "two functions of one key");
        return STS_E_FORMAT;
    }
    if (state->profile_number == 0 || !is_function(keys->symbols, state->function_id, function)) {
        r = make_function(keys, json, function, &state->function_id, err);
        if (r < 0)
            return r;
    }
    state->profile_number = keys->profile_number;
    *ret_function_id = state->function_id;
    return 0;
}

bool sts__log_keys_function(const struct sts__log_keys *keys, uint32_t key_id,
                            uint32_t *ret_function_id)
{
    *ret_function_id = keys->states[key_id].function_id;
    return keys->states[key_id].profile_number == keys->profile_number;
}

bool sts__log_keys_once(struct sts__log_keys *keys, uint32_t key_id, uint64_t row_number)
{
    bool first = keys->states[key_id].row_number != row_number;

    keys->states[key_id].row_number = row_number;
    return first;
}
