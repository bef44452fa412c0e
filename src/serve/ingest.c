/* SPDX-License-Identifier: MIT */
/*
 * ingest.c - profiles that came over HTTP, on their way to the store: queues, and two threads.
 *
 * How:  the writer takes requests one after the other into the store's batch until none waits or
 *       the batch is large, commits, and answers them (ingest_group.c). While it waits for the disk
 *       the next ones gather, so that many small requests cost few transactions.
 *       What has to be unpacked goes by the preparer first, so that neither who took it from the
 *       wire nor the writer is held up; it waits where what is unpacked already fills the queue.
 */
#include "serve/ingest_own.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"
#include "writer/quiet_thread.h"

#define PAUSE_NS    INT64_C(1000000000)  /* nothing came for so long: give memory back */
#define PAUSE_BYTES ((uint64_t)16 << 20) /* where so much came before */
#define IDLE_NS     INT64_C(30000000000) /* nothing came for so long: put the store in order */

/* --- lists --- */

void sts__ingest_append(struct sts__ingest_list *list, struct sts__ingest_request *request)
{
    request->next = NULL;
    if (list->first == NULL)
        list->first = request;
    else
        list->last->next = request;
    list->last = request;
}

static struct sts__ingest_request *take_first(struct sts__ingest_list *list)
{
    struct sts__ingest_request *request = list->first;

    if (request != NULL)
        list->first = request->next;
    return request;
}

struct sts__ingest_request *sts__ingest_take(struct sts__ingest *ingest)
{
    struct sts__ingest_request *request;

    pthread_mutex_lock(&ingest->lock);
    request = take_first(&ingest->ready);
    pthread_mutex_unlock(&ingest->lock);
    return request;
}

bool sts__ingest_has_work(struct sts__ingest *ingest)
{
    bool has;

    pthread_mutex_lock(&ingest->lock);
    has = ingest->ready.first != NULL || ingest->stops;
    pthread_mutex_unlock(&ingest->lock);
    return has;
}

/* --- shares --- */

static struct sts__ingest_share *share_of(struct sts__ingest *ingest,
                                          const struct sts__ingest_request *request)
{
    return &ingest->shares[request->asker % STS__ALLOWANCE_ASKERS];
}

static void change_bytes(struct sts__ingest *ingest, const struct sts__ingest_request *request,
                         int64_t change)
{
    ingest->counts.queued_bytes += (size_t)change;
    share_of(ingest, request)->bytes += (size_t)change;
}

/* --- answers --- */

void sts__ingest_fail(struct sts__ingest_request *request, int status,
                      const struct sts_error *failure)
{
    sts__ingest_result_deinit(&request->result);
    request->result.status = status;
    request->result.failure = *failure;
}

void sts__ingest_answer(struct sts__ingest *ingest, struct sts__ingest_request *request)
{
    struct sts__ingest_result *result = &request->result;
    struct sts__ingest_counts *counts = &ingest->counts;

    result->took_ns = sts__clock_mono_ns() - request->submitted_mono_ns;
    pthread_mutex_lock(&ingest->lock);
    counts->n_requests++;
    counts->n_bytes += request->len;
    counts->n_failed += result->status < 0 && !result->is_bad;
    for (size_t i = 0; i < STS__INGEST_OUTCOMES; i++)
        counts->documents[i] += result->counts[i];
    share_of(ingest, request)->requests--;
    counts->queued_requests--;
    change_bytes(ingest, request, -(int64_t)request->len);
    pthread_cond_broadcast(&ingest->changed);
    pthread_mutex_unlock(&ingest->lock);
    request->answer(request);
}

/* --- the writer --- */

enum work { WORK_REQUESTS, WORK_PAUSE, WORK_IDLE, WORK_END };

/* With the lock. */
static enum work work_of_pause(const struct sts__ingest *ingest)
{
    return ingest->counts.n_bytes - ingest->n_bytes_before > PAUSE_BYTES ? WORK_PAUSE : WORK_IDLE;
}

static enum work wait_for_work(struct sts__ingest *ingest)
{
    int64_t until_ns = sts__clock_mono_ns();
    enum work work = WORK_REQUESTS;

    pthread_mutex_lock(&ingest->lock);
    until_ns += work_of_pause(ingest) == WORK_PAUSE ? PAUSE_NS : IDLE_NS;
    while (ingest->ready.first == NULL && work == WORK_REQUESTS) {
        if (ingest->stops && ingest->preparing == 0)
            work = WORK_END;
        else if (!sts__quiet_cond_wait(&ingest->changed, &ingest->lock, until_ns))
            work = work_of_pause(ingest);
    }
    if (ingest->ready.first != NULL)
        work = WORK_REQUESTS;
    if (work == WORK_PAUSE)
        ingest->n_bytes_before = ingest->counts.n_bytes;
    pthread_mutex_unlock(&ingest->lock);
    return work;
}

static void *run_writer(void *context)
{
    struct sts__ingest *ingest = context;
    enum work work;

    while ((work = wait_for_work(ingest)) != WORK_END) {
        if (work == WORK_REQUESTS)
            sts__ingest_run_group(ingest);
        else if (work == WORK_PAUSE)
            sts__mem_give_back();
        else if (ingest->out_of_order)
            sts__ingest_put_in_order(ingest);
    }
    return NULL;
}

/* --- the preparer --- */

/* Whether there is room for what may come out of a request: the others take no more than they may,
 * or there are no others. */
static bool has_room(const struct sts__ingest *ingest)
{
    return ingest->counts.queued_bytes <= ingest->limits.queue_bytes ||
           ingest->counts.queued_requests == ingest->preparing;
}

static struct sts__ingest_request *wait_for_unprepared(struct sts__ingest *ingest)
{
    struct sts__ingest_request *request;

    pthread_mutex_lock(&ingest->lock);
    while (ingest->unprepared.first == NULL ? !ingest->stops : !has_room(ingest))
        pthread_cond_wait(&ingest->changed, &ingest->lock);
    request = take_first(&ingest->unprepared);
    pthread_mutex_unlock(&ingest->lock);
    return request;
}

static void prepare(struct sts__ingest *ingest, struct sts__ingest_request *request)
{
    struct sts_error failure = { .text = "" };
    size_t len = request->len;
    int r = request->prepare(request, &failure);

    if (r < 0) {
        sts__ingest_fail(request, r, &failure);
        request->result.is_bad = r != STS_E_NOMEM;
    }
    pthread_mutex_lock(&ingest->lock);
    change_bytes(ingest, request, (int64_t)request->len - (int64_t)len);
    ingest->preparing--;
    if (r == 0)
        sts__ingest_append(&ingest->ready, request);
    pthread_cond_broadcast(&ingest->changed);
    pthread_mutex_unlock(&ingest->lock);
    if (r < 0)
        sts__ingest_answer(ingest, request);
}

static void *run_preparer(void *context)
{
    struct sts__ingest *ingest = context;
    struct sts__ingest_request *request;

    while ((request = wait_for_unprepared(ingest)) != NULL)
        prepare(ingest, request);
    return NULL;
}

/* --- from other threads --- */

static size_t left(size_t max, size_t taken)
{
    return taken < max ? max - taken : 0;
}

static bool has_place(struct sts__ingest *ingest, const struct sts__ingest_request *request)
{
    const struct sts__ingest_counts *counts = &ingest->counts;
    const struct sts__ingest_limits *limits = &ingest->limits;
    const struct sts__ingest_share *share = share_of(ingest, request);

    if (counts->queued_requests == 0)
        return true;
    return sts__allowance_is_fair(share->requests, 1,
                                  left(limits->queue_requests, counts->queued_requests)) &&
           sts__allowance_is_fair(share->bytes, request->len,
                                  left(limits->queue_bytes, counts->queued_bytes));
}

static void enqueue(struct sts__ingest *ingest, struct sts__ingest_request *request)
{
    if (request->prepare == NULL) {
        sts__ingest_append(&ingest->ready, request);
    } else {
        sts__ingest_append(&ingest->unprepared, request);
        ingest->preparing++;
    }
    share_of(ingest, request)->requests++;
    ingest->counts.queued_requests++;
    change_bytes(ingest, request, (int64_t)request->len);
    pthread_cond_broadcast(&ingest->changed);
}

int sts__ingest_submit(struct sts__ingest *ingest, struct sts__ingest_request *request,
                       struct sts_error *err)
{
    int r = 0;

    memset(&request->result, 0, sizeof(request->result));
    request->submitted_mono_ns = sts__clock_mono_ns();
    pthread_mutex_lock(&ingest->lock);
    if (ingest->stops) {
        r = sts__fail(err, STS_E_CANCELLED, "the server is being stopped");
    } else if (!has_place(ingest, request)) {
        ingest->counts.n_full++;
        r = sts__fail(err, STS_E_LIMIT, "%zu requests of %zu bytes wait to be stored",
                      ingest->counts.queued_requests, ingest->counts.queued_bytes);
    } else {
        enqueue(ingest, request);
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

static void ask_to_stop(struct sts__ingest *ingest)
{
    pthread_mutex_lock(&ingest->lock);
    ingest->stops = true;
    pthread_cond_broadcast(&ingest->changed);
    pthread_mutex_unlock(&ingest->lock);
}

static int start_threads(struct sts__ingest *ingest, struct sts_error *err)
{
    int r = sts__quiet_thread_new(&ingest->writer, run_writer, ingest, err);

    if (r < 0)
        return r;
    r = sts__quiet_thread_new(&ingest->preparer, run_preparer, ingest, err);
    if (r < 0) {
        ask_to_stop(ingest);
        (void)pthread_join(ingest->writer, NULL);
    }
    return r;
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
    (void)pthread_mutex_init(&ingest->lock, NULL);
    sts__quiet_cond_init(&ingest->changed);
    ingest->path = sts__copy_text(path, strlen(path));
    if (ingest->path == NULL)
        r = sts__fail_nomem(err);
    if (r == 0)
        r = sts__decoder_init(&ingest->decoder, &ingest->limits.document, err);
    if (r == 0)
        r = sts__ingest_open_store(ingest, true, err);
    if (r == 0)
        r = start_threads(ingest, err);
    if (r < 0) {
        deinit(ingest);
        return r;
    }
    *ret_ingest = ingest;
    return 0;
}

void sts__ingest_stop(struct sts__ingest *ingest)
{
    ask_to_stop(ingest);
    if (ingest->stopped)
        return;
    ingest->stopped = true;
    (void)pthread_join(ingest->preparer, NULL);
    (void)pthread_join(ingest->writer, NULL);
}

void sts__ingest_free(struct sts__ingest *ingest)
{
    if (ingest == NULL)
        return;
    sts__ingest_stop(ingest);
    deinit(ingest);
}
