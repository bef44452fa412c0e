/* SPDX-License-Identifier: MIT */
/*
 * answers.c - answers that were given, for those who ask the same again.
 *
 * How: a hash of lists, and one list of all by when they were last asked for. An answer that is
 *      being sent while it goes is freed by whoever holds it last.
 */
#include "serve/answers.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/hash.h"

#define BUCKETS     ((size_t)4096)
#define SHARE_MAX   8 /* an answer takes at most this part of all bytes */
#define ENTRY_BYTES (sizeof(struct entry))

struct entry {
    struct sts__answer view; /* the first: sts__answer_release gets at the entry by it */
    uint64_t hash;
    struct entry *next;          /* in the bucket */
    struct entry *newer, *older; /* of all */
    unsigned holders;            /* the table is one of them */
    char bytes[];
};

struct sts__answers {
    pthread_mutex_t lock; /* of all below */
    struct entry *buckets[BUCKETS];
    struct entry *newest, *oldest;
    size_t bytes_max;
    uint64_t salt;
    struct sts__answers_counts counts;
};

int sts__answers_new(size_t bytes_max, struct sts__answers **ret_answers, struct sts_error *err)
{
    struct sts__answers *answers = calloc(1, sizeof(*answers));

    if (answers == NULL)
        return sts__fail_nomem(err);
    if (pthread_mutex_init(&answers->lock, NULL) != 0) {
        free(answers);
        return sts__fail_nomem(err);
    }
    answers->bytes_max = bytes_max;
    answers->salt = sts__hash_u64((uint64_t)sts__clock_wall_ns());
    *ret_answers = answers;
    return 0;
}

static size_t entry_bytes(const struct entry *entry)
{
    return ENTRY_BYTES + entry->view.key_len + entry->view.len;
}

static void release(struct entry *entry)
{
    if (--entry->holders == 0)
        free(entry);
}

/* --- the list of all --- */

static void unlink_entry(struct sts__answers *answers, struct entry *entry)
{
    *(entry->newer == NULL ? &answers->newest : &entry->newer->older) = entry->older;
    *(entry->older == NULL ? &answers->oldest : &entry->older->newer) = entry->newer;
}

static void link_newest(struct sts__answers *answers, struct entry *entry)
{
    entry->newer = NULL;
    entry->older = answers->newest;
    *(answers->newest == NULL ? &answers->oldest : &answers->newest->newer) = entry;
    answers->newest = entry;
}

static void drop(struct sts__answers *answers, struct entry *entry)
{
    struct entry **place = &answers->buckets[entry->hash % BUCKETS];

    while (*place != entry)
        place = &(*place)->next;
    *place = entry->next;
    unlink_entry(answers, entry);
    answers->counts.bytes -= entry_bytes(entry);
    answers->counts.count--;
    release(entry);
}

static struct entry *look_up(struct sts__answers *answers, uint64_t hash, const char *key,
                             size_t key_len)
{
    struct entry *entry = answers->buckets[hash % BUCKETS];

    while (entry != NULL && (entry->hash != hash || entry->view.key_len != key_len ||
                             memcmp(entry->view.key, key, key_len) != 0))
        entry = entry->next;
    return entry;
}

/* --- what others call --- */

void sts__answers_free(struct sts__answers *answers)
{
    if (answers == NULL)
        return;
    while (answers->oldest != NULL)
        drop(answers, answers->oldest);
    pthread_mutex_destroy(&answers->lock);
    free(answers);
}

const struct sts__answer *sts__answers_find(struct sts__answers *answers, const char *key,
                                            size_t key_len)
{
    uint64_t hash = sts__hash_bytes(key, key_len);
    struct entry *entry;

    if (answers == NULL)
        return NULL;
    pthread_mutex_lock(&answers->lock);
    entry = look_up(answers, hash, key, key_len);
    if (entry != NULL) {
        unlink_entry(answers, entry);
        link_newest(answers, entry);
        entry->holders++;
        answers->counts.hits++;
    }
    pthread_mutex_unlock(&answers->lock);
    return entry == NULL ? NULL : &entry->view;
}

void sts__answer_release(struct sts__answers *answers, const struct sts__answer *answer)
{
    struct entry *entry = (struct entry *)(uintptr_t)answer;

    if (answer == NULL)
        return;
    pthread_mutex_lock(&answers->lock);
    release(entry);
    pthread_mutex_unlock(&answers->lock);
}

static struct entry *new_entry(const struct sts__answer *answer)
{
    struct entry *entry = malloc(ENTRY_BYTES + answer->key_len + answer->len);

    if (entry == NULL)
        return NULL;
    *entry = (struct entry){ .holders = 1, .hash = sts__hash_bytes(answer->key, answer->key_len) };
    memcpy(entry->bytes, answer->key, answer->key_len);
    memcpy(entry->bytes + answer->key_len, answer->data, answer->len);
    entry->view = (struct sts__answer){ entry->bytes, answer->key_len,
                                        entry->bytes + answer->key_len, answer->len };
    return entry;
}

void sts__answers_put(struct sts__answers *answers, const struct sts__answer *answer)
{
    struct entry *entry, *old;

    if (answers == NULL || answer->len > answers->bytes_max / SHARE_MAX ||
        answer->key_len > answers->bytes_max / SHARE_MAX)
        return;
    entry = new_entry(answer);
    if (entry == NULL)
        return;
    pthread_mutex_lock(&answers->lock);
    old = look_up(answers, entry->hash, answer->key, answer->key_len);
    if (old != NULL)
        drop(answers, old);
    entry->next = answers->buckets[entry->hash % BUCKETS];
    answers->buckets[entry->hash % BUCKETS] = entry;
    link_newest(answers, entry);
    answers->counts.bytes += entry_bytes(entry);
    answers->counts.count++;
    while (answers->counts.bytes > answers->bytes_max)
        drop(answers, answers->oldest);
    pthread_mutex_unlock(&answers->lock);
}

uint64_t sts__answers_salt(const struct sts__answers *answers)
{
    return answers == NULL ? 0 : answers->salt;
}

struct sts__answers_counts sts__answers_counts(struct sts__answers *answers)
{
    struct sts__answers_counts counts = { 0 };

    if (answers == NULL)
        return counts;
    pthread_mutex_lock(&answers->lock);
    counts = answers->counts;
    pthread_mutex_unlock(&answers->lock);
    return counts;
}
