/* SPDX-License-Identifier: MIT */
/*
 * slice_queue.c - see slice_queue.h.
 */
#include "writer/slice_queue.h"

#include <stdlib.h>
#include <string.h>

/* --- lists --- */

static void append(struct sts__slice_list *list, struct sts__slice *slice)
{
    slice->next = NULL;
    if (list->last == NULL)
        list->first = slice;
    else
        list->last->next = slice;
    list->last = slice;
}

static struct sts__slice *take_first(struct sts__slice_list *list)
{
    struct sts__slice *slice = list->first;

    if (slice == NULL)
        return NULL;
    list->first = slice->next;
    if (list->first == NULL)
        list->last = NULL;
    slice->next = NULL;
    return slice;
}

static void move_all(struct sts__slice_list *to, struct sts__slice_list *from)
{
    struct sts__slice *slice;

    while ((slice = take_first(from)) != NULL)
        append(to, slice);
}

static void free_all(struct sts__slice_list *list)
{
    struct sts__slice *slice;

    while ((slice = take_first(list)) != NULL)
        sts__slice_free(slice);
}

/* --- sizes --- */

static size_t bytes_of(const struct sts__slice *slice)
{
    size_t n_bytes = sizeof(*slice);

    for (const struct sts__cut *cut = slice->cuts; cut != NULL; cut = cut->next)
        n_bytes += sizeof(*cut) + cut->n_rows * sizeof(cut->rows[0]);
    return n_bytes;
}

/* Whether an earlier cut of the slice goes into the same profile. */
static bool has_earlier(const struct sts__slice *slice, const struct sts__cut *cut)
{
    const struct sts__cut *earlier = slice->cuts;

    while (earlier != cut && earlier->labels != cut->labels)
        earlier = earlier->next;
    return earlier != cut;
}

/* A profile a label set, or a profile a cut where threads are told apart; at least one. */
static size_t profiles_of(const struct sts__slice *slice, bool by_thread)
{
    size_t n_profiles = 0;

    for (const struct sts__cut *cut = slice->cuts; cut != NULL; cut = cut->next)
        n_profiles += by_thread || !has_earlier(slice, cut);
    return n_profiles > 0 ? n_profiles : 1;
}

/* --- the queue --- */

void sts__slice_queue_init(struct sts__slice_queue *queue, size_t n_profiles_max,
                           size_t n_bytes_max)
{
    memset(queue, 0, sizeof(*queue));
    queue->n_profiles_max = n_profiles_max;
    queue->n_bytes_max = n_bytes_max;
}

void sts__slice_queue_deinit(struct sts__slice_queue *queue)
{
    free_all(&queue->waiting);
    free_all(&queue->dropped);
    free_all(&queue->done);
    sts__slice_free(queue->out);
    queue->out = NULL;
}

static struct sts__slice *take_waiting(struct sts__slice_queue *queue)
{
    struct sts__slice *slice = take_first(&queue->waiting);

    if (slice == NULL)
        return NULL;
    queue->n_waiting--;
    queue->n_profiles -= slice->n_profiles;
    queue->n_bytes -= slice->n_bytes;
    return slice;
}

/* The figures go at once; the slice itself has to wait for its turn to be handed back. */
static void drop_oldest(struct sts__slice_queue *queue)
{
    struct sts__slice *slice = take_waiting(queue);

    sts__slice_queue_count_dropped(queue, slice->n_profiles);
    while (slice->cuts != NULL) {
        struct sts__cut *cut = slice->cuts;

        slice->cuts = cut->next;
        free(cut);
    }
    append(queue->out == NULL ? &queue->done : &queue->dropped, slice);
}

static void put_one(struct sts__slice_queue *queue, struct sts__slice *take_slice)
{
    queue->end_serial = take_slice->serial + 1;
    queue->n_waiting++;
    queue->n_profiles += take_slice->n_profiles;
    queue->n_bytes += take_slice->n_bytes;
    append(&queue->waiting, take_slice);
    while (queue->n_waiting > 1 &&
           (queue->n_profiles > queue->n_profiles_max || queue->n_bytes > queue->n_bytes_max))
        drop_oldest(queue);
}

void sts__slice_queue_measure(struct sts__slice *slice, bool by_thread)
{
    for (; slice != NULL; slice = slice->next) {
        slice->n_profiles = profiles_of(slice, by_thread);
        slice->n_bytes = bytes_of(slice);
    }
}

void sts__slice_queue_put(struct sts__slice_queue *queue, struct sts__slice *take_slice)
{
    while (take_slice != NULL) {
        struct sts__slice *next = take_slice->next;

        put_one(queue, take_slice);
        take_slice = next;
    }
}

struct sts__slice *sts__slice_queue_get(struct sts__slice_queue *queue)
{
    queue->out = take_waiting(queue);
    return queue->out;
}

void sts__slice_queue_finish(struct sts__slice_queue *queue)
{
    append(&queue->done, queue->out);
    queue->out = NULL;
    move_all(&queue->done, &queue->dropped);
}

void sts__slice_queue_drop_all(struct sts__slice_queue *queue)
{
    while (queue->n_waiting > 0)
        drop_oldest(queue);
}

void sts__slice_queue_count_dropped(struct sts__slice_queue *queue, uint64_t n_profiles)
{
    queue->n_dropped += n_profiles;
    queue->n_dropped_total += n_profiles;
}

struct sts__slice *sts__slice_queue_take_done(struct sts__slice_queue *queue)
{
    struct sts__slice *first = queue->done.first;

    queue->done.first = queue->done.last = NULL;
    return first;
}
