/* SPDX-License-Identifier: MIT */
/*
 * code.c - see code.h.
 *
 * A record is live (its code object leads to it), or dead with arcs (in the bucket of its
 * names), or dead without arcs (in the queue, until the slices that may name it are written).
 */
#include "record/code.h"

#include "base/hash.h"
#include "record/arcs.h"

#include <stdlib.h>
#include <string.h>

enum { STS_BUCKETS = 4096 };

static char overflow_file[] = "~", overflow_name[] = "<too many functions>";

void sts__codes_init(struct sts__codes *codes)
{
    memset(codes, 0, sizeof(*codes));
    codes->overflow.key = &codes->overflow; /* an address that no code object has */
    codes->overflow.names.file_name = overflow_file;
    codes->overflow.names.name = overflow_name;
}

static void free_queue(struct sts__code *code)
{
    struct sts__code *next;

    for (; code != NULL; code = next) {
        next = code->next;
        free(code);
    }
}

void sts__codes_deinit(struct sts__codes *codes)
{
    size_t i;

    for (i = 0; i < codes->n_buckets; i++)
        free_queue(codes->buckets[i]);
    free(codes->buckets);
    free_queue(codes->oldest_waiting);
    sts__codes_init(codes);
}

static bool same_text(const char *one, const char *other)
{
    return one == other || (one != NULL && other != NULL && strcmp(one, other) == 0);
}

static bool same_names(const struct sts__code_names *one, const struct sts__code_names *other)
{
    return one->line_number == other->line_number && same_text(one->name, other->name) &&
           same_text(one->qualname, other->qualname) && same_text(one->file_name, other->file_name);
}

static uint64_t hash_names(const struct sts__code_names *names)
{
    uint64_t hash = sts__hash_bytes(names->file_name, strlen(names->file_name));

    hash = sts__hash_u64(hash ^ sts__hash_bytes(names->name, strlen(names->name)));
    return sts__hash_u64(hash + (uint64_t)names->line_number);
}

static struct sts__code **bucket_of(struct sts__codes *codes, uint64_t hash)
{
    return &codes->buckets[hash & (codes->n_buckets - 1)];
}

/* A dead record of these names comes back to life. NULL: there is none. */
static struct sts__code *revive(struct sts__codes *codes, const void *key, enum sts__code_kind kind,
                                const struct sts__code_names *names, uint64_t hash)
{
    struct sts__code **link, *code;
    struct sts__arc *arc;

    if (codes->n_dead == 0)
        return NULL;
    for (link = bucket_of(codes, hash); (code = *link) != NULL; link = &code->next) {
        if (code->hash == hash && code->kind == kind && same_names(&code->names, names))
            break;
    }
    if (code == NULL)
        return NULL;
    *link = code->next;
    code->next = NULL;
    codes->n_dead--;
    code->key = key;
    for (arc = code->arcs; arc != NULL; arc = arc->next_to)
        sts__arcs_revive(arc);
    return code;
}

static const char *put_text(char **at, const char *text)
{
    size_t len = strlen(text) + 1;
    char *copy = *at;

    memcpy(copy, text, len);
    *at += len;
    return copy;
}

static struct sts__code *new_code(const struct sts__code_names *names)
{
    size_t len = strlen(names->file_name) + strlen(names->name) + 2;
    struct sts__code *code;
    char *at;

    if (names->qualname != NULL)
        len += strlen(names->qualname) + 1;
    code = calloc(1, sizeof(*code) + len);
    if (code == NULL)
        return NULL;
    at = (char *)(code + 1);
    code->names.file_name = put_text(&at, names->file_name);
    code->names.name = put_text(&at, names->name);
    if (names->qualname != NULL)
        code->names.qualname = put_text(&at, names->qualname);
    code->names.line_number = names->line_number;
    return code;
}

struct sts__code *sts__code_born(struct sts__codes *codes, const void *key,
                                 enum sts__code_kind kind, const struct sts__code_names *names)
{
    uint64_t hash = hash_names(names);
    struct sts__code *code = revive(codes, key, kind, names, hash);

    if (code != NULL)
        return code;
    if (codes->n_codes < STS__CODES_MAX)
        code = new_code(names);
    if (code == NULL)
        return &codes->overflow;
    code->key = key;
    code->kind = kind;
    code->hash = hash;
    codes->n_codes++;
    return code;
}

/* Nothing but slices may name it any more. */
static void wait_for_slices(struct sts__codes *codes, struct sts__code *code)
{
    code->next = NULL;
    code->last_serial = codes->newest_serial;
    if (codes->newest_waiting != NULL)
        codes->newest_waiting->next = code;
    else
        codes->oldest_waiting = code;
    codes->newest_waiting = code;
}

static bool have_buckets(struct sts__codes *codes)
{
    if (codes->buckets != NULL)
        return true;
    codes->buckets = calloc(STS_BUCKETS, sizeof(struct sts__code *));
    if (codes->buckets == NULL)
        return false;
    codes->n_buckets = STS_BUCKETS;
    return true;
}

void sts__code_die(struct sts__codes *codes, struct sts__code *code)
{
    struct sts__code **bucket;
    struct sts__arc *arc;

    code->key = NULL;
    for (arc = code->arcs; arc != NULL; arc = arc->next_to) {
        arc->key = NULL;
        arc->table->n_dead++;
    }
    if (code->n_arcs == 0) {
        wait_for_slices(codes, code);
        return;
    }
    if (!have_buckets(codes))
        return; /* its arcs know it; it goes with the last of them */
    bucket = bucket_of(codes, code->hash);
    code->next = *bucket;
    *bucket = code;
    codes->n_dead++;
}

void sts__code_hold(struct sts__code *code)
{
    code->n_arcs++;
}

static void leave_bucket(struct sts__codes *codes, struct sts__code *code)
{
    struct sts__code **link;

    if (codes->buckets == NULL)
        return;
    for (link = bucket_of(codes, code->hash); *link != NULL; link = &(*link)->next) {
        if (*link == code) {
            *link = code->next;
            codes->n_dead--;
            return;
        }
    }
}

void sts__code_drop(struct sts__codes *codes, struct sts__code *code)
{
    if (--code->n_arcs != 0 || code->key != NULL)
        return;
    leave_bucket(codes, code);
    wait_for_slices(codes, code);
}

void sts__codes_sweep(struct sts__codes *codes, uint64_t written_serial)
{
    struct sts__code *code;

    while ((code = codes->oldest_waiting) != NULL && code->last_serial <= written_serial) {
        codes->oldest_waiting = code->next;
        if (codes->oldest_waiting == NULL)
            codes->newest_waiting = NULL;
        codes->n_codes--;
        free(code);
    }
}
