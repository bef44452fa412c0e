/* SPDX-License-Identifier: MIT */
/*
 * desk.c - threads that answer questions, each with the store open to read.
 *
 * Why:  there are more of them than cores, so that whoever asks little is not kept waiting by who
 *       asks much: no asker has more than there are cores, and none has the last one who has
 *       another.
 */
#include "serve/desk.h"

#include <pthread.h>
#include <stdlib.h>

#include <statslice/store.h>

#include "base/fail.h"
#include "serve/exchange_wire.h"
#include "serve/route.h"
#include "serve/turns.h"

struct worker {
    struct sts__desks *desks;
    struct sts__desk desk;
    pthread_t thread;
    pthread_cond_t more;
    bool is_called; /* and has not looked yet */
    bool is_busy;
    uint64_t asker;   /* of what it is busy with */
    unsigned threads; /* that it may use for it */
};

struct sts__desks {
    pthread_mutex_t lock; /* of the queue, and of who is busy */
    struct sts__desks_options options;
    struct sts__turns turns;
    bool ends;
    unsigned count; /* of threads that run */
    unsigned busy;
    struct worker workers[STS__DESKS_MAX];
};

/* Whether one who asks may have one more desk. */
static bool may(const void *context, uint64_t asker)
{
    const struct sts__desks *desks = context;
    unsigned count = 0;

    for (unsigned i = 0; i < desks->count; i++)
        count += desks->workers[i].is_busy && desks->workers[i].asker == asker;
    return count == 0 || (count < desks->options.share && desks->busy + 1 < desks->count);
}

/* Cores that nobody is busy on are for whoever comes alone. */
static unsigned share_of_cores(const struct sts__desks *desks)
{
    return desks->busy < desks->options.share ? desks->options.share - desks->busy : 1;
}

static struct sts__exchange *take(struct worker *worker)
{
    struct sts__desks *desks = worker->desks;
    struct sts__exchange *exchange;

    pthread_mutex_lock(&desks->lock);
    for (;;) {
        worker->is_called = false; /* also where the call came before it waited */
        exchange = sts__turns_take(&desks->turns, may, desks);
        if (exchange != NULL || (desks->ends && desks->turns.count == 0))
            break;
        pthread_cond_wait(&worker->more, &desks->lock);
    }
    if (exchange != NULL) {
        worker->is_busy = true;
        worker->asker = exchange->asker;
        worker->threads = share_of_cores(desks);
        desks->busy++;
    }
    pthread_mutex_unlock(&desks->lock);
    return exchange;
}

/* The first that is idle: the first ones have read what they need of the store. */
static void call_one(struct sts__desks *desks)
{
    for (unsigned i = 0; i < desks->count; i++)
        if (!desks->workers[i].is_busy && !desks->workers[i].is_called) {
            desks->workers[i].is_called = true;
            pthread_cond_signal(&desks->workers[i].more);
            return;
        }
}

static void call_all(struct sts__desks *desks)
{
    for (unsigned i = 0; i < desks->count; i++)
        pthread_cond_signal(&desks->workers[i].more);
}

/* If there is one that may be answered now, this worker comes back for it. */
static void put_down(struct worker *worker)
{
    struct sts__desks *desks = worker->desks;

    pthread_mutex_lock(&desks->lock);
    worker->is_busy = false;
    desks->busy--;
    if (desks->ends)
        call_all(desks);
    pthread_mutex_unlock(&desks->lock);
}

static int open_store(struct worker *worker, struct sts_error *err)
{
    const struct sts_store_options options = { .threads = 1 };

    if (worker->desk.store != NULL)
        return sts_store_check_place(worker->desk.store, err);
    return sts_store_open(worker->desks->options.store_path, &options, &worker->desk.store, err);
}

static int answer(struct worker *worker, struct sts__exchange *exchange)
{
    sts_store_set_threads(worker->desk.store, worker->threads);
    return exchange->route->handle(&worker->desk, exchange);
}

static void handle(struct worker *worker, struct sts__exchange *exchange)
{
    struct sts_error err;
    int r = 0;

    if (sts__exchange_gone(exchange))
        sts__exchange_fail(exchange, 503, "time", "it took too long until it was its turn");
    else if (open_store(worker, &err) < 0)
        sts__exchange_fail(exchange, 503, "store", "%s", err.text);
    else
        r = answer(worker, exchange);
    if (r == 0)
        sts__exchange_done(exchange);
}

static void *work(void *context)
{
    struct worker *worker = context;
    struct sts__exchange *exchange;

    while ((exchange = take(worker)) != NULL) {
        handle(worker, exchange);
        put_down(worker);
    }
    return NULL;
}

/* Called with the lock: a thread that runs looks at the count. */
static int start(struct sts__desks *desks, struct sts__server *server, struct sts_error *err)
{
    struct worker *worker = &desks->workers[desks->count];
    int r = 0;

    worker->desks = desks;
    worker->desk.server = server;
    if (desks->count < desks->options.share)
        r = open_store(worker, err);
    if (r < 0)
        return r;
    pthread_cond_init(&worker->more, NULL);
    r = pthread_create(&worker->thread, NULL, work, worker);
    if (r != 0) {
        pthread_cond_destroy(&worker->more);
        sts_store_close(worker->desk.store);
        return sts__fail_errno(err, STS_E_IO, r, "starting a thread");
    }
    desks->count++;
    return 0;
}

int sts__desks_new(struct sts__server *server, const struct sts__desks_options *options,
                   struct sts__desks **ret_desks, struct sts_error *err)
{
    struct sts__desks *desks = calloc(1, sizeof(*desks));
    int r = 0;

    if (desks == NULL)
        return sts__fail_nomem(err);
    pthread_mutex_init(&desks->lock, NULL);
    desks->options = *options;
    desks->turns.max = options->queue_max;
    pthread_mutex_lock(&desks->lock);
    while (r >= 0 && desks->count < options->count && desks->count < STS__DESKS_MAX)
        r = start(desks, server, err);
    pthread_mutex_unlock(&desks->lock);
    if (r < 0) {
        sts__desks_free(desks);
        return r;
    }
    *ret_desks = desks;
    return 0;
}

struct sts__exchange *sts__desks_submit(struct sts__desks *desks, struct sts__exchange *exchange)
{
    uint64_t asker = exchange->asker;
    struct sts__exchange *without_room;

    pthread_mutex_lock(&desks->lock);
    without_room = sts__turns_add(&desks->turns, exchange);
    if (may(desks, asker))
        call_one(desks);
    pthread_mutex_unlock(&desks->lock);
    return without_room;
}

size_t sts__desks_waiting(struct sts__desks *desks)
{
    size_t count;

    pthread_mutex_lock(&desks->lock);
    count = desks->turns.count;
    pthread_mutex_unlock(&desks->lock);
    return count;
}

void sts__desks_free(struct sts__desks *desks)
{
    if (desks == NULL)
        return;
    pthread_mutex_lock(&desks->lock);
    desks->ends = true;
    call_all(desks);
    pthread_mutex_unlock(&desks->lock);
    for (unsigned i = 0; i < desks->count; i++) /* all: the last ones call the first ones */
        pthread_join(desks->workers[i].thread, NULL);
    for (unsigned i = 0; i < desks->count; i++) {
        sts_store_close(desks->workers[i].desk.store);
        pthread_cond_destroy(&desks->workers[i].more);
    }
    pthread_mutex_destroy(&desks->lock);
    free(desks);
}
