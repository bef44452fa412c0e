/* SPDX-License-Identifier: MIT */
/*
 * making.c - answers that are being made, and who else waits for them.
 *
 * How: one list of what is being made. It is as long as there are desks, so it is searched.
 */
#include "serve/making.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "serve/exchange_wire.h"

struct sts__making {
    struct sts__makings *makings;
    struct sts__making *next;
    struct sts__exchange *maker;          /* whose thread makes it */
    struct sts__exchange *first, **place; /* who waits; where the next one goes */
    int64_t until_mono_ns;                /* 0: for ever */
    atomic_bool is_given_up;
    size_t key_len;
    char key[];
};

struct sts__makings {
    pthread_mutex_t lock; /* of the list, of who waits, of the counts */
    struct sts__making *first;
    struct sts__makings_counts counts;
};

int sts__makings_new(struct sts__makings **ret_makings, struct sts_error *err)
{
    struct sts__makings *makings = calloc(1, sizeof(*makings));

    if (makings == NULL)
        return sts__fail_nomem(err);
    if (pthread_mutex_init(&makings->lock, NULL) != 0) {
        free(makings);
        return sts__fail_nomem(err);
    }
    *ret_makings = makings;
    return 0;
}

void sts__makings_free(struct sts__makings *makings)
{
    if (makings == NULL)
        return;
    pthread_mutex_destroy(&makings->lock);
    free(makings);
}

/* Whoever came late has his whole time before him, but what he waits for began earlier. */
static int64_t time_limit(const struct sts__exchange *exchange)
{
    if (exchange->deadline_mono_ns == 0)
        return 0;
    return sts__clock_mono_ns() + (exchange->deadline_mono_ns - exchange->begin_mono_ns);
}

static struct sts__making *new_making(struct sts__makings *makings, const char *key, size_t key_len,
                                      struct sts__exchange *exchange)
{
    struct sts__making *making = malloc(sizeof(*making) + key_len);

    if (making == NULL)
        return NULL;
    *making = (struct sts__making){ .makings = makings,
                                    .maker = exchange,
                                    .until_mono_ns = time_limit(exchange),
                                    .key_len = key_len };
    making->place = &making->first;
    memcpy(making->key, key, key_len);
    return making;
}

static struct sts__making *find(struct sts__makings *makings, const char *key, size_t key_len)
{
    struct sts__making *making = makings->first;

    while (making != NULL && (making->key_len != key_len || memcmp(making->key, key, key_len) != 0))
        making = making->next;
    return making;
}

int sts__making_begin(struct sts__makings *makings, const char *key, size_t key_len,
                      struct sts__exchange *exchange, struct sts__making **ret_making,
                      struct sts_error *err)
{
    struct sts__making *fresh = new_making(makings, key, key_len, exchange), *known;

    if (fresh == NULL)
        return sts__fail_nomem(err);
    pthread_mutex_lock(&makings->lock);
    known = find(makings, key, key_len);
    if (known == NULL) {
        fresh->next = makings->first;
        makings->first = fresh;
    } else {
        exchange->next = NULL;
        *known->place = exchange;
        known->place = &exchange->next;
        makings->counts.joined++;
    }
    pthread_mutex_unlock(&makings->lock);
    if (known != NULL) {
        free(fresh);
        return 1;
    }
    *ret_making = fresh;
    return 0;
}

static bool is_late(const struct sts__making *making)
{
    return making->until_mono_ns != 0 && sts__clock_mono_ns() > making->until_mono_ns;
}

static bool has_others(const struct sts__making *making)
{
    const struct sts__exchange *exchange = making->first;

    while (exchange != NULL && sts__exchange_gone(exchange))
        exchange = exchange->next;
    return exchange != NULL;
}

/* One that was given up is not in the list any more. */
static void unlist(struct sts__making *making)
{
    struct sts__making **place = &making->makings->first;

    while (*place != NULL && *place != making)
        place = &(*place)->next;
    if (*place != NULL)
        *place = making->next;
}

bool sts__making_is_given_up(struct sts__making *making)
{
    struct sts__makings *makings = making->makings;

    if (atomic_load(&making->is_given_up))
        return true;
    if (!sts__exchange_gone(making->maker) && !is_late(making))
        return false;
    pthread_mutex_lock(&makings->lock);
    if (is_late(making) || !has_others(making)) {
        unlist(making);
        atomic_store(&making->is_given_up, true);
    }
    pthread_mutex_unlock(&makings->lock);
    return atomic_load(&making->is_given_up);
}

struct sts__exchange *sts__making_end(struct sts__making *making)
{
    struct sts__makings *makings = making->makings;
    struct sts__exchange *first;

    pthread_mutex_lock(&makings->lock);
    unlist(making);
    first = making->first;
    makings->counts.made++;
    pthread_mutex_unlock(&makings->lock);
    free(making);
    return first;
}

struct sts__makings_counts sts__makings_counts(struct sts__makings *makings)
{
    struct sts__makings_counts counts;

    pthread_mutex_lock(&makings->lock);
    counts = makings->counts;
    pthread_mutex_unlock(&makings->lock);
    return counts;
}
