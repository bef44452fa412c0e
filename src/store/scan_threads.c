/* SPDX-License-Identifier: MIT */
/*
 * scan_threads.c - jobs for worker threads, whose blocks are visited in the caller's thread.
 *
 * How:  a worker takes the next job until there is none. Its blocks go through a queue of bounded
 *       size: a worker that is ahead of the caller waits.
 * Why:  what the blocks are added to then needs no locks, and memory does not grow with the store.
 */
#include "store/scan_threads.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

#define QUEUE_BYTES_MAX ((size_t)32 << 20)

struct pool {
    const struct sts__scan_work *work;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t changed;
    struct sts__block *first, **end; /* the queue */
    size_t queue_bytes;
    size_t next_job;
    unsigned busy; /* workers that may put more */
    int status;    /* of the first failure */
    struct sts_error failure;
};

static void fail(struct pool *pool, int status, const struct sts_error *failure)
{
    pthread_mutex_lock(&pool->lock);
    if (pool->status == 0) {
        pool->status = status;
        pool->failure = *failure;
    }
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
}

/* --- in a worker's thread --- */

static int enqueue(void *context, struct sts__block *take_block, struct sts_error *err)
{
    struct pool *pool = context;
    int status;

    pthread_mutex_lock(&pool->lock);
    while (pool->status == 0 && pool->queue_bytes > QUEUE_BYTES_MAX)
        pthread_cond_wait(&pool->changed, &pool->lock);
    status = pool->status;
    if (status == 0) {
        take_block->next = NULL;
        *pool->end = take_block;
        pool->end = &take_block->next;
        pool->queue_bytes += take_block->bytes;
        pthread_cond_broadcast(&pool->changed);
    }
    pthread_mutex_unlock(&pool->lock);
    if (status == 0)
        return 0;
    sts__block_free(take_block);
    return sts__fail(err, STS_E_CANCELLED, "another thread has failed");
}

/* Returns: false where there is none left, or something has failed. */
static bool take_job(struct pool *pool, size_t *ret_job)
{
    bool is_one;

    pthread_mutex_lock(&pool->lock);
    is_one = pool->status == 0 && pool->next_job < pool->work->job_count;
    if (is_one)
        *ret_job = pool->next_job++;
    pthread_mutex_unlock(&pool->lock);
    return is_one;
}

static void *work_on(void *context)
{
    struct pool *pool = context;
    const struct sts__scan_work *work = pool->work;
    struct sts_error failure = { .text = "" };
    void *worker = NULL;
    size_t job;
    int r = work->open(work->context, enqueue, pool, &worker, &failure);

    if (r == 0) {
        while (r == 0 && take_job(pool, &job))
            r = work->run(worker, job, &failure);
        if (r == 0)
            r = work->finish(worker, &failure);
        work->close(worker);
    }
    if (r < 0)
        fail(pool, r, &failure);
    pthread_mutex_lock(&pool->lock);
    pool->busy--;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* --- in the caller's thread --- */

/* All blocks that are there. Returns: false where no more will come. */
static bool take_blocks(struct pool *pool, struct sts__block **ret_blocks)
{
    bool more;

    pthread_mutex_lock(&pool->lock);
    while (pool->status == 0 && pool->first == NULL && pool->busy > 0)
        pthread_cond_wait(&pool->changed, &pool->lock);
    *ret_blocks = pool->first;
    pool->first = NULL;
    pool->end = &pool->first;
    pool->queue_bytes = 0;
    more = pool->status == 0 && (*ret_blocks != NULL || pool->busy > 0);
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
    return more;
}

static void visit_blocks(struct pool *pool, struct sts__block *take_blocks_,
                         sts_scan_visit_fn visit, void *visit_context)
{
    struct sts_error failure = { .text = "" };
    struct sts__block *next;
    int r = 0;

    for (struct sts__block *block = take_blocks_; block != NULL; block = next) {
        next = block->next;
        if (r == 0)
            r = visit(visit_context, &block->view, &failure);
        sts__block_free(block);
    }
    if (r < 0)
        fail(pool, r, &failure);
}

/* Signals are the caller's threads' to take. */
static unsigned start(struct pool *pool, pthread_t *threads, unsigned count)
{
    sigset_t all, old;
    unsigned started = 0;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    pthread_mutex_lock(&pool->lock); /* so that busy is right before the first ends */
    while (started < count && pthread_create(&threads[started], NULL, work_on, pool) == 0)
        started++;
    pool->busy = started;
    pthread_mutex_unlock(&pool->lock);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return started;
}

static int run_pool(struct pool *pool, unsigned count, sts_scan_visit_fn visit, void *visit_context,
                    struct sts_error *err)
{
    pthread_t threads[STS__SCAN_THREADS_MAX];
    unsigned started = start(pool, threads, count);
    struct sts__block *blocks;

    if (started == 0)
        return sts__fail(err, STS_E_NOMEM, "could not start a thread");
    while (take_blocks(pool, &blocks))
        visit_blocks(pool, blocks, visit, visit_context);
    visit_blocks(pool, blocks, visit, visit_context);
    for (unsigned i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    for (blocks = pool->first; blocks != NULL; blocks = pool->first) {
        pool->first = blocks->next;
        sts__block_free(blocks);
    }
    if (pool->status < 0 && err != NULL)
        *err = pool->failure;
    return pool->status;
}

/* --- without threads --- */

struct direct {
    sts_scan_visit_fn visit;
    void *context;
};

static int visit_now(void *context, struct sts__block *take_block, struct sts_error *err)
{
    struct direct *direct = context;
    int r = direct->visit(direct->context, &take_block->view, err);

    sts__block_free(take_block);
    return r;
}

static int run_here(const struct sts__scan_work *work, struct direct *direct, struct sts_error *err)
{
    void *worker = NULL;
    int r = work->open(work->context, visit_now, direct, &worker, err);

    assert(r <= 0); /* there is no other worker */
    if (r != 0)
        return r;
    for (size_t job = 0; r == 0 && job < work->job_count; job++)
        r = work->run(worker, job, err);
    if (r == 0)
        r = work->finish(worker, err);
    work->close(worker);
    return r;
}

int sts__scan_threads_run(const struct sts__scan_work *work, unsigned threads,
                          sts_scan_visit_fn visit, void *visit_context, struct sts_error *err)
{
    struct direct direct = { visit, visit_context };
    struct pool pool = { .work = work };
    unsigned count = threads < STS__SCAN_THREADS_MAX ? threads : STS__SCAN_THREADS_MAX;
    int r;

    if (count > work->job_count)
        count = (unsigned)work->job_count;
    if (count <= 1)
        return run_here(work, &direct, err);
    pool.end = &pool.first;
    if (pthread_mutex_init(&pool.lock, NULL) != 0)
        return sts__fail_nomem(err);
    if (pthread_cond_init(&pool.changed, NULL) != 0) {
        pthread_mutex_destroy(&pool.lock);
        return sts__fail_nomem(err);
    }
    r = run_pool(&pool, count, visit, visit_context, err);
    pthread_cond_destroy(&pool.changed);
    pthread_mutex_destroy(&pool.lock);
    return r;
}
