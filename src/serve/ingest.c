/* SPDX-License-Identifier: MIT */
/*
 * ingest.c - profiles that came over HTTP, into the store: a queue, and the thread that empties it.
 *
 * How:  the thread takes requests one after the other into the store's batch until none waits or
 *       the batch is large, commits, and answers them. While it waits for the disk the next ones
 *       gather, so that many small requests cost few transactions.
 * Failures: a commit that fails for want of disk or memory fails all that were in it, and leaves
 *       nothing behind: the store is closed, and opened again for the next one. One that fails for
 *       what it holds is tried again request by request, so that one harms no other.
 */
#include "serve/ingest.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"
#include "serve/ingest_read.h"
#include "writer/quiet_thread.h"

#define GROUP_ROWS     ((size_t)1 << 20) /* a transaction with so many is committed */
#define GROUP_PROFILES ((size_t)1 << 15)
#define GROUP_NS       INT64_C(200000000)   /* the first of a group waits no longer for others */
#define IDLE_NS        INT64_C(30000000000) /* nothing came for so long: put the store in order */

struct sts__ingest {
    char *path;
    struct sts__ingest_limits limits;
    /* the thread's */
    pthread_t thread;
    struct sts_store *store; /* NULL after a failure, until it is needed again */
    struct sts__decoder decoder;
    bool out_of_order; /* profiles were committed since the store was put in order */
    /* guarded by the lock */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct sts__ingest_request *first, **last;
    struct sts__ingest_counts counts;
    bool stops, stopped;
};

/* Requests of one transaction, in order. */
struct group {
    struct sts__ingest_request *first, **last;
};

/* --- the store --- */

static int open_store(struct sts__ingest *ingest, struct sts_error *err)
{
    const struct sts_store_options options = { .writes = true, .creates = true };

    return sts_store_open(ingest->path, &options, &ingest->store, err);
}

/* What is in the batch is forgotten. */
static void drop_store(struct sts__ingest *ingest)
{
    sts_store_close(ingest->store);
    ingest->store = NULL;
}

static int commit(struct sts__ingest *ingest, struct sts_error *err)
{
    int64_t begin_ns = sts__clock_mono_ns();
    bool empty = sts_store_batch_profiles(ingest->store) == 0;
    int r = sts_store_commit(ingest->store, err);

    if (r == 0 && !empty)
        ingest->out_of_order = true;
    pthread_mutex_lock(&ingest->lock);
    ingest->counts.n_commits += r == 0 && !empty;
    ingest->counts.n_commit_failures += r < 0;
    ingest->counts.commit_ns += sts__clock_mono_ns() - begin_ns;
    pthread_mutex_unlock(&ingest->lock);
    if (r < 0)
        drop_store(ingest);
    return r;
}

/* --- requests --- */

static void append(struct sts__ingest_request *request, struct sts__ingest_request ***last)
{
    request->next = NULL;
    **last = request;
    *last = &request->next;
}

/* The next one that waits; NULL: none. It counts as queued until it is answered. */
static struct sts__ingest_request *take_next(struct sts__ingest *ingest)
{
    struct sts__ingest_request *request;

    pthread_mutex_lock(&ingest->lock);
    request = ingest->first;
    if (request != NULL) {
        ingest->first = request->next;
        if (ingest->first == NULL)
            ingest->last = &ingest->first;
    }
    pthread_mutex_unlock(&ingest->lock);
    return request;
}

static void fail_request(struct sts__ingest_request *request, int status,
                         const struct sts_error *failure)
{
    sts__ingest_result_deinit(&request->result);
    request->result.status = status;
    request->result.failure = *failure;
}

static void answer(struct sts__ingest *ingest, struct sts__ingest_request *request)
{
    struct sts__ingest_result *result = &request->result;

    result->took_ns = sts__clock_mono_ns() - request->submitted_mono_ns;
    pthread_mutex_lock(&ingest->lock);
    ingest->counts.n_requests++;
    ingest->counts.n_bytes += request->len;
    ingest->counts.n_failed += result->status < 0 && !result->is_bad;
    for (size_t i = 0; i < STS__INGEST_OUTCOMES; i++)
        ingest->counts.documents[i] += result->counts[i];
    ingest->counts.queued_requests--;
    ingest->counts.queued_bytes -= request->len;
    pthread_mutex_unlock(&ingest->lock);
    request->answer(request);
}

static void answer_all(struct sts__ingest *ingest, struct group *group)
{
    struct sts__ingest_request *request = group->first, *next;

    for (; request != NULL; request = next) {
        next = request->next;
        answer(ingest, request);
    }
}

static void read_request(struct sts__ingest *ingest, struct sts__ingest_request *request)
{
    struct sts_error failure = { .text = "" };
    int r = ingest->store == NULL ? open_store(ingest, &failure) : 0;

    if (r < 0) {
        fail_request(request, r, &failure);
        return;
    }
    r = sts__ingest_read(&ingest->decoder, ingest->store, ingest->limits.documents, request,
                         &failure);
    if (r < 0)
        fail_request(request, r, &failure);
    request->result.is_bad = r == STS_E_FORMAT || r == STS_E_LIMIT;
}

/* --- groups --- */

static bool is_large(const struct sts__ingest *ingest)
{
    return ingest->store != NULL && (sts_store_batch_rows(ingest->store) >= GROUP_ROWS ||
                                     sts_store_batch_profiles(ingest->store) >= GROUP_PROFILES);
}

static void settle_all(struct sts__ingest *ingest, struct group *group)
{
    for (struct sts__ingest_request *request = group->first; request != NULL;
         request = request->next)
        if (request->result.status == 0)
            sts__ingest_settle(request, ingest->store);
}

static void fail_all(struct group *group, int status, const struct sts_error *failure)
{
    for (struct sts__ingest_request *request = group->first; request != NULL;
         request = request->next)
        if (request->result.status == 0)
            fail_request(request, status, failure);
}

/* Each by itself, from its beginning. */
static void store_one_by_one(struct sts__ingest *ingest, struct group *group)
{
    for (struct sts__ingest_request *request = group->first; request != NULL;
         request = request->next) {
        struct sts_error failure = { .text = "" };
        int r;
        if (request->result.status < 0)
            continue;
        sts__ingest_result_deinit(&request->result);
        read_request(ingest, request);
        if (request->result.status < 0)
            continue;
        r = commit(ingest, &failure);
        if (r < 0)
            fail_request(request, r, &failure);
        else
            sts__ingest_settle(request, ingest->store);
    }
}

static void store_group(struct sts__ingest *ingest, struct group *group)
{
    struct sts_error failure = { .text = "" };
    int r = ingest->store == NULL ? 0 : commit(ingest, &failure);

    if (r == 0)
        settle_all(ingest, group);
    else if (r == STS_E_IO || r == STS_E_NOMEM || group->first->next == NULL)
        fail_all(group, r, &failure);
    else
        store_one_by_one(ingest, group);
    answer_all(ingest, group);
}

/* All that wait now, and those that come while they are read. */
static void run_group(struct sts__ingest *ingest)
{
    int64_t until_ns = sts__clock_mono_ns() + GROUP_NS;
    struct sts__ingest_request *request;
    struct group group = { NULL, &group.first };

    while (!is_large(ingest) && (group.first == NULL || sts__clock_mono_ns() < until_ns) &&
           (request = take_next(ingest)) != NULL) {
        append(request, &group.last);
        read_request(ingest, request);
    }
    if (group.first != NULL)
        store_group(ingest, &group);
}

/* --- order --- */

static bool has_work(struct sts__ingest *ingest)
{
    bool has;

    pthread_mutex_lock(&ingest->lock);
    has = ingest->first != NULL || ingest->stops;
    pthread_mutex_unlock(&ingest->lock);
    return has;
}

static int on_step(void *context, double done)
{
    (void)done;
    return has_work(context) ? STS_E_CANCELLED : 0;
}

/* Merge and sum what came last, and let go of what is too old. What fails is tried another time. */
static void put_in_order(struct sts__ingest *ingest)
{
    size_t gone;

    ingest->out_of_order = false;
    if (ingest->store == NULL)
        return;
    if (sts_store_compact(ingest->store, on_step, ingest, NULL) < 0)
        ingest->out_of_order = true;
    else if (sts_store_retain(ingest->store, &gone, NULL) < 0)
        ingest->out_of_order = true;
}

/* --- the thread --- */

enum work { WORK_REQUESTS, WORK_IDLE, WORK_END };

static enum work wait_for_work(struct sts__ingest *ingest)
{
    int64_t until_ns = sts__clock_mono_ns() + IDLE_NS;
    enum work work = WORK_REQUESTS;

    pthread_mutex_lock(&ingest->lock);
    while (ingest->first == NULL && !ingest->stops && work == WORK_REQUESTS)
        if (!sts__quiet_cond_wait(&ingest->changed, &ingest->lock, until_ns))
            work = WORK_IDLE;
    if (ingest->first != NULL)
        work = WORK_REQUESTS;
    else if (ingest->stops)
        work = WORK_END;
    pthread_mutex_unlock(&ingest->lock);
    return work;
}

static void *run_thread(void *context)
{
    struct sts__ingest *ingest = context;
    enum work work;

    while ((work = wait_for_work(ingest)) != WORK_END) {
        if (work == WORK_REQUESTS)
            run_group(ingest);
        else if (ingest->out_of_order)
            put_in_order(ingest);
    }
    return NULL;
}

/* --- from other threads --- */

int sts__ingest_submit(struct sts__ingest *ingest, struct sts__ingest_request *request,
                       struct sts_error *err)
{
    struct sts__ingest_counts *counts = &ingest->counts;
    const struct sts__ingest_limits *limits = &ingest->limits;
    int r = 0;

    memset(&request->result, 0, sizeof(request->result));
    request->submitted_mono_ns = sts__clock_mono_ns();
    pthread_mutex_lock(&ingest->lock);
    if (ingest->stops) {
        r = sts__fail(err, STS_E_CANCELLED, "the server is being stopped");
    } else if (counts->queued_requests > 0 &&
               (counts->queued_requests >= limits->queue_requests ||
                request->len > limits->queue_bytes ||
                counts->queued_bytes > limits->queue_bytes - request->len)) {
        counts->n_full++;
        r = sts__fail(err, STS_E_LIMIT, "%zu requests of %zu bytes wait to be stored",
                      counts->queued_requests, counts->queued_bytes);
    } else {
        append(request, &ingest->last);
        counts->queued_requests++;
        counts->queued_bytes += request->len;
        pthread_cond_signal(&ingest->changed);
    }
    pthread_mutex_unlock(&ingest->lock);
    return r;
}

struct sts__ingest_counts sts__ingest_counts(struct sts__ingest *ingest)
{
    struct sts__ingest_counts counts;

    pthread_mutex_lock(&ingest->lock);
    counts = ingest->counts;
    pthread_mutex_unlock(&ingest->lock);
    return counts;
}

/* --- life --- */

static void deinit(struct sts__ingest *ingest)
{
    sts_store_close(ingest->store);
    sts__decoder_deinit(&ingest->decoder);
    (void)pthread_cond_destroy(&ingest->changed);
    (void)pthread_mutex_destroy(&ingest->lock);
    free(ingest->path);
    free(ingest);
}

int sts__ingest_new(const char *path, const struct sts__ingest_limits *limits,
                    struct sts__ingest **ret_ingest, struct sts_error *err)
{
    static const struct sts__ingest_limits defaults = STS__INGEST_LIMITS_INIT;
    struct sts__ingest *ingest = calloc(1, sizeof(*ingest));
    int r = 0;

    if (ingest == NULL)
        return sts__fail_nomem(err);
    ingest->limits = limits == NULL ? defaults : *limits;
    ingest->last = &ingest->first;
    (void)pthread_mutex_init(&ingest->lock, NULL);
    sts__quiet_cond_init(&ingest->changed);
    ingest->path = sts__copy_text(path, strlen(path));
    if (ingest->path == NULL)
        r = sts__fail_nomem(err);
    if (r == 0)
        r = sts__decoder_init(&ingest->decoder, &ingest->limits.document, err);
    if (r == 0)
        r = open_store(ingest, err);
    if (r == 0)
        r = sts__quiet_thread_new(&ingest->thread, run_thread, ingest, err);
    if (r < 0) {
        deinit(ingest);
        return r;
    }
    *ret_ingest = ingest;
    return 0;
}

void sts__ingest_stop(struct sts__ingest *ingest)
{
    bool joins;

    pthread_mutex_lock(&ingest->lock);
    joins = !ingest->stopped;
    ingest->stops = ingest->stopped = true;
    pthread_cond_broadcast(&ingest->changed);
    pthread_mutex_unlock(&ingest->lock);
    if (joins)
        (void)pthread_join(ingest->thread, NULL);
}

void sts__ingest_free(struct sts__ingest *ingest)
{
    if (ingest == NULL)
        return;
    sts__ingest_stop(ingest);
    deinit(ingest);
}
