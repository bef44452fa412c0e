/* SPDX-License-Identifier: MIT */
/*
 * coroutine.c - see coroutine.h.
 */
#include "record/coroutine.h"

#include "base/hash.h"

#include <stdlib.h>

enum { STS_COROUTINE_BUCKETS_FIRST = 256 };

static struct sts__coroutine **bucket_of(const struct sts__coroutines *coroutines,
                                         const void *frame)
{
    uint64_t hash = sts__hash_u64((uint64_t)(uintptr_t)frame);

    return &coroutines->buckets[hash & (coroutines->n_buckets - 1)];
}

/* Where the bucket holds it, or the bucket's end. */
static struct sts__coroutine **find(const struct sts__coroutines *coroutines, const void *frame)
{
    struct sts__coroutine **link = bucket_of(coroutines, frame);

    while (*link != NULL && (*link)->frame != frame)
        link = &(*link)->next_in_bucket;
    return link;
}

/* As many buckets as coroutines. Returns: -1 when there are none and memory is out. */
static int widen(struct sts__coroutines *coroutines)
{
    struct sts__coroutines wider = { NULL, STS_COROUTINE_BUCKETS_FIRST, coroutines->n_coroutines };
    size_t i;

    if (coroutines->n_coroutines < coroutines->n_buckets)
        return 0;
    while (wider.n_buckets <= coroutines->n_buckets)
        wider.n_buckets *= 2;
    wider.buckets = calloc(wider.n_buckets, sizeof(struct sts__coroutine *));
    if (wider.buckets == NULL)
        return coroutines->n_buckets != 0 ? 0 : -1;
    for (i = 0; i < coroutines->n_buckets; i++) {
        struct sts__coroutine *coroutine;

        while ((coroutine = coroutines->buckets[i]) != NULL) {
            struct sts__coroutine **bucket = bucket_of(&wider, coroutine->frame);

            coroutines->buckets[i] = coroutine->next_in_bucket;
            coroutine->next_in_bucket = *bucket;
            *bucket = coroutine;
        }
    }
    free(coroutines->buckets);
    *coroutines = wider;
    return 0;
}

static void leave_track(struct sts__coroutine *coroutine)
{
    *coroutine->link = coroutine->next;
    if (coroutine->next != NULL)
        coroutine->next->link = coroutine->link;
}

static void enter_track(struct sts__coroutine **of_track, struct sts__coroutine *coroutine)
{
    coroutine->link = of_track;
    coroutine->next = *of_track;
    if (coroutine->next != NULL)
        coroutine->next->link = &coroutine->next;
    *of_track = coroutine;
}

/* Take it out of its bucket, where `link` holds it, and free it. */
static void forget(struct sts__coroutines *coroutines, struct sts__coroutine **link)
{
    struct sts__coroutine *coroutine = *link;

    *link = coroutine->next_in_bucket;
    leave_track(coroutine);
    coroutine->arc->n_coroutines--;
    coroutines->n_coroutines--;
    free(coroutine);
}

void sts__coroutine_begin(struct sts__coroutines *coroutines, struct sts__coroutine **of_track,
                          const void *frame, struct sts__arc *arc, int64_t now_ticks)
{
    struct sts__coroutine **link, *coroutine;

    if (widen(coroutines) < 0)
        return;
    link = find(coroutines, frame);
    if (*link != NULL) /* another one was there before, whose end was not told */
        forget(coroutines, link);
    if (coroutines->n_coroutines >= STS__COROUTINES_MAX)
        return;
    coroutine = calloc(1, sizeof(*coroutine));
    if (coroutine == NULL)
        return;
    coroutine->frame = frame;
    coroutine->arc = arc;
    coroutine->begin_ticks = now_ticks;
    arc->n_coroutines++;
    link = bucket_of(coroutines, frame);
    coroutine->next_in_bucket = *link;
    *link = coroutine;
    coroutines->n_coroutines++;
    enter_track(of_track, coroutine);
}

void sts__coroutine_end(struct sts__coroutines *coroutines, const void *frame, int64_t now_ticks)
{
    struct sts__coroutine **link;

    if (coroutines->n_coroutines == 0)
        return;
    link = find(coroutines, frame);
    if (*link == NULL)
        return;
    if (now_ticks > (*link)->begin_ticks) /* less when its first thread has passed an edge since */
        (*link)->arc->await_ticks += now_ticks - (*link)->begin_ticks;
    forget(coroutines, link);
}

void sts__coroutines_charge(struct sts__coroutine *of_track, int64_t edge_ticks)
{
    for (; of_track != NULL; of_track = of_track->next) {
        if (edge_ticks <= of_track->begin_ticks)
            continue;
        of_track->arc->await_ticks += edge_ticks - of_track->begin_ticks;
        of_track->begin_ticks = edge_ticks;
    }
}

void sts__coroutines_forget(struct sts__coroutines *coroutines, struct sts__coroutine **of_track)
{
    while (*of_track != NULL)
        forget(coroutines, find(coroutines, (*of_track)->frame));
}

void sts__coroutines_deinit(struct sts__coroutines *coroutines)
{
    free(coroutines->buckets);
    coroutines->buckets = NULL;
    coroutines->n_buckets = coroutines->n_coroutines = 0;
}
