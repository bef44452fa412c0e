/* SPDX-License-Identifier: MIT */
/*
 * ingest_own.h - an ingest from within: its queues, and the store that is written.
 */
#ifndef STS_SERVE_INGEST_OWN_H
#define STS_SERVE_INGEST_OWN_H

#include <pthread.h>

#include <statslice/store.h>

#include "serve/allowance.h"
#include "serve/ingest.h"

/* Requests in order. */
struct sts__ingest_list {
    struct sts__ingest_request *first, *last; /* last has no meaning where there is no first */
};

/* What one who sends has in the queues. */
struct sts__ingest_share {
    size_t requests, bytes;
};

struct sts__ingest {
    char *path;
    struct sts__ingest_limits limits;
    pthread_t writer, preparer;
    /* the writer's */
    struct sts_store *store; /* NULL after a failure, until it is needed again */
    struct sts__decoder decoder;
    bool out_of_order; /* profiles were committed since the store was put in order */
    /* guarded by the lock */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct sts__ingest_list ready, unprepared;
    struct sts__ingest_counts counts;
    struct sts__ingest_share shares[STS__ALLOWANCE_ASKERS];
    uint64_t n_bytes_before; /* that had come when memory was given back last */
    size_t preparing;        /* requests that are unprepared or being prepared */
    bool stops, stopped;
};

/* ingest.c: */
void sts__ingest_append(struct sts__ingest_list *list, struct sts__ingest_request *request);

/* sts__ingest_take - the next one that is ready; NULL: none. It counts as queued until it is
 * answered. */
struct sts__ingest_request *sts__ingest_take(struct sts__ingest *ingest);
void sts__ingest_answer(struct sts__ingest *ingest, struct sts__ingest_request *request);
bool sts__ingest_has_work(struct sts__ingest *ingest);

/* sts__ingest_fail - the result is why nothing of a request is stored. */
void sts__ingest_fail(struct sts__ingest_request *request, int status,
                      const struct sts_error *failure);

/* ingest_group.c, by the writer's thread: */
STS_MUST_CHECK int sts__ingest_open_store(struct sts__ingest *ingest, bool creates,
                                          struct sts_error *err);

/* sts__ingest_run_group - all that wait now, and those that come while they are read. */
void sts__ingest_run_group(struct sts__ingest *ingest);

/* sts__ingest_put_in_order - merge and sum what came last, and let go of what is too old. */
void sts__ingest_put_in_order(struct sts__ingest *ingest);

#endif
