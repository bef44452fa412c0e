/* SPDX-License-Identifier: MIT */
/*
 * symbols.c - texts and function identities, stored once, each with a small number.
 *
 * Why:  profiles then hold numbers alone, and a name that a log repeats in
 *       every line is hashed but never copied again.
 */
#include "model/symbols.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/hash.h"
#include "base/mem.h"

#define FIRST_SLOTS 64
#define GROWTH      4
#define TAG         UINT64_C(0xFFFFFFFF00000000) /* of a slot: the half of the hash that is kept */

struct sts_symbols {
    size_t ref_count;
    struct sts__strtab texts;
    struct sts__function_key *functions; /* by id */
    size_t function_count, function_cap;
    uint64_t *slots; /* open addressing: hash's upper half, id + 1; 0 is free */
    size_t slot_count;
};

struct sts_symbols *sts_symbols_new(void)
{
    struct sts_symbols *symbols = calloc(1, sizeof(*symbols));

    if (symbols == NULL)
        return NULL;
    symbols->ref_count = 1;
    sts__strtab_init(&symbols->texts);
    return symbols;
}

struct sts_symbols *sts_symbols_ref(struct sts_symbols *symbols)
{
    symbols->ref_count++;
    return symbols;
}

void sts_symbols_free(struct sts_symbols *symbols)
{
    if (symbols == NULL || --symbols->ref_count > 0)
        return;
    sts__strtab_deinit(&symbols->texts);
    free(symbols->functions);
    free(symbols->slots);
    free(symbols);
}

size_t sts_symbols_function_count(const struct sts_symbols *symbols)
{
    return symbols->function_count;
}

size_t sts_symbols_bytes(const struct sts_symbols *symbols)
{
    return sizeof(*symbols) + symbols->texts.bytes +
           symbols->function_cap * sizeof(*symbols->functions) +
           symbols->slot_count * sizeof(*symbols->slots);
}

int sts__symbols_text(struct sts_symbols *symbols, const char *text, size_t len,
                      uint32_t *ret_text_id, struct sts_error *err)
{
    int r;

    assert(memchr(text, '\0', len) == NULL);
    r = sts__strtab_add(&symbols->texts, text, len, ret_text_id);
    if (r == STS_E_LIMIT)
        return sts__fail(err, STS_E_LIMIT,
                         "a name of %zu bytes, too many names, or names made so that their hashes "
                         "fall together",
                         len);
    if (r < 0)
        return sts__fail_nomem(err);
    return 0;
}

const char *sts__symbols_text_of(const struct sts_symbols *symbols, uint32_t text_id)
{
    return sts__strtab_text(&symbols->texts, text_id);
}

static uint64_t key_hash(const struct sts__function_key *key)
{
    uint64_t file_and_name = (uint64_t)key->file_id << 32 | key->name_id;
    uint64_t line_and_qualname = (uint64_t)(uint32_t)key->line_number << 32 | key->qualname_id;

    return sts__hash_u64(file_and_name ^ sts__hash_u64(line_and_qualname));
}

static bool key_equal(const struct sts__function_key *a, const struct sts__function_key *b)
{
    return a->file_id == b->file_id && a->name_id == b->name_id &&
           a->qualname_id == b->qualname_id && a->line_number == b->line_number;
}

/* The slot of a key, or the free one where it belongs; NULL where too many lie before it. */
static uint64_t *find(const struct sts_symbols *symbols, uint64_t hash,
                      const struct sts__function_key *key)
{
    uint64_t *slots = symbols->slots;
    size_t mask = symbols->slot_count - 1;
    size_t i = (size_t)(hash >> 32) & mask;

    for (unsigned probes = 0; probes < STS_HASH_PROBES_MAX; probes++, i = (i + 1) & mask)
        if (slots[i] == 0 || (((slots[i] ^ hash) & TAG) == 0 &&
                              key_equal(&symbols->functions[(uint32_t)slots[i] - 1], key)))
            return &slots[i];
    return NULL;
}

/* The free slot for a key that is known to be in none; NULL where too many lie before it. */
static uint64_t *find_free(uint64_t *slots, size_t slot_count, uint64_t hash)
{
    size_t mask = slot_count - 1;
    size_t i = (size_t)(hash >> 32) & mask;

    for (unsigned probes = 0; probes < STS_HASH_PROBES_MAX; probes++, i = (i + 1) & mask)
        if (slots[i] == 0)
            return &slots[i];
    return NULL;
}

static int fail_collisions(struct sts_error *err)
{
    return sts__fail(err, STS_E_LIMIT, "functions made so that their hashes fall together");
}

static int rehash(struct sts_symbols *symbols, struct sts_error *err)
{
    size_t slot_count = symbols->slot_count == 0 ? FIRST_SLOTS : symbols->slot_count * GROWTH;
    uint64_t *slots = sts__alloc_array(slot_count, sizeof(*slots));

    if (slots == NULL)
        return sts__fail_nomem(err);
    for (size_t i = 0; i < symbols->slot_count; i++) {
        uint64_t *slot;
        if (symbols->slots[i] == 0)
            continue;
        slot = find_free(slots, slot_count, symbols->slots[i]);
        if (slot == NULL) {
            free(slots);
            return fail_collisions(err);
        }
        *slot = symbols->slots[i];
    }
    free(symbols->slots);
    symbols->slots = slots;
    symbols->slot_count = slot_count;
    return 0;
}

int sts__symbols_key(struct sts_symbols *symbols, const struct sts__function_key *key,
                     uint32_t *ret_function_id, struct sts_error *err)
{
    uint64_t hash = key_hash(key);
    uint64_t *slot;
    int r = 0;

    if ((symbols->function_count + 1) * 2 > symbols->slot_count)
        r = rehash(symbols, err);
    if (r < 0)
        return r;
    slot = find(symbols, hash, key);
    if (slot == NULL)
        return fail_collisions(err);
    if (*slot == 0) {
        r = sts__grow(&symbols->functions, &symbols->function_cap, symbols->function_count + 1,
                      sizeof(*symbols->functions), STS_FUNCTIONS_MAX);
        if (r == STS_E_LIMIT)
            return sts__fail(err, STS_E_LIMIT, "more than %zu functions", STS_FUNCTIONS_MAX);
        if (r < 0)
            return sts__fail_nomem(err);
        symbols->functions[symbols->function_count] = *key;
        *slot = (hash & TAG) | ++symbols->function_count;
    }
    *ret_function_id = (uint32_t)*slot - 1;
    return 0;
}

const struct sts__function_key *sts__symbols_key_of(const struct sts_symbols *symbols,
                                                    uint32_t function_id)
{
    assert(function_id < symbols->function_count);
    return &symbols->functions[function_id];
}

int sts_symbols_add_function(struct sts_symbols *symbols, const struct sts_function *function,
                             uint32_t *ret_function_id, struct sts_error *err)
{
    struct sts__function_key key = { .line_number = function->line_number,
                                     .qualname_id = STS__NO_TEXT };
    int r;

    r = sts__symbols_text(symbols, function->file_name, strlen(function->file_name), &key.file_id,
                          err);
    if (r < 0)
        return r;
    r = sts__symbols_text(symbols, function->name, strlen(function->name), &key.name_id, err);
    if (r < 0)
        return r;
    if (function->qualname != NULL) {
        r = sts__symbols_text(symbols, function->qualname, strlen(function->qualname),
                              &key.qualname_id, err);
        if (r < 0)
            return r;
    }
    return sts__symbols_key(symbols, &key, ret_function_id, err);
}

struct sts_function sts_symbols_function(const struct sts_symbols *symbols, uint32_t function_id)
{
    const struct sts__function_key *key = sts__symbols_key_of(symbols, function_id);

    return (struct sts_function){
        .file_name = sts__symbols_text_of(symbols, key->file_id),
        .name = sts__symbols_text_of(symbols, key->name_id),
        .qualname = key->qualname_id == STS__NO_TEXT
                        ? NULL
                        : sts__symbols_text_of(symbols, key->qualname_id),
        .line_number = key->line_number,
    };
}
