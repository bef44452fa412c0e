/* SPDX-License-Identifier: MIT */
/*
 * slice_queue.h - complete slices that wait to be written, a limited number of them.
 *
 * In:   slices, oldest first.
 * Out:  the oldest one to be encoded; those that are done with, in the order they came in.
 * Why:  a sink that is slow or fails must not make the program's memory grow. When the queue is
 *       full the oldest slice is dropped and counted: the newest tell what is wrong now.
 * Not:  locks (writer.c).
 */
#ifndef STS_WRITER_SLICE_QUEUE_H
#define STS_WRITER_SLICE_QUEUE_H

#include "record/span.h"

struct sts__slice_list {
    struct sts__slice *first, *last;
};

struct sts__slice_queue {
    size_t n_profiles_max, n_bytes_max;
    struct sts__slice_list waiting; /* owned */
    struct sts__slice_list dropped; /* owned; behind the one that is out, before those waiting */
    struct sts__slice_list done;    /* owned */
    struct sts__slice *out;         /* borrowed by the encoder; owned */
    size_t n_waiting, n_profiles, n_bytes; /* of those waiting */
    uint64_t n_dropped;                    /* profiles that were dropped and are not told yet */
    uint64_t n_dropped_total;
    uint64_t end_serial; /* behind the newest that was put; they count from 0 */
};

void sts__slice_queue_init(struct sts__slice_queue *queue, size_t n_profiles_max,
                           size_t n_bytes_max);

/* sts__slice_queue_deinit - frees the slices that are in it. */
void sts__slice_queue_deinit(struct sts__slice_queue *queue);

/* sts__slice_queue_measure - how many profiles and bytes each of a list of slices is. */
void sts__slice_queue_measure(struct sts__slice *slice, bool by_thread);

/* sts__slice_queue_put - a list of slices that were measured. */
void sts__slice_queue_put(struct sts__slice_queue *queue, struct sts__slice *take_slice);

/* sts__slice_queue_get - the oldest that waits, until sts__slice_queue_finish; NULL: none. */
struct sts__slice *sts__slice_queue_get(struct sts__slice_queue *queue);
void sts__slice_queue_finish(struct sts__slice_queue *queue);

/* sts__slice_queue_drop_all - those that wait are dropped. */
void sts__slice_queue_drop_all(struct sts__slice_queue *queue);

/* sts__slice_queue_count_dropped - profiles that got lost on their way behind the queue. */
void sts__slice_queue_count_dropped(struct sts__slice_queue *queue, uint64_t n_profiles);

/* sts__slice_queue_take_done - a list in the order in which they were put, the caller's. */
struct sts__slice *sts__slice_queue_take_done(struct sts__slice_queue *queue);

#endif
