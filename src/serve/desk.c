/* SPDX-License-Identifier: MIT */
/*
 * desk.c - threads that answer questions, each with the store open to read.
 */
#include "serve/desk.h"

#include <pthread.h>
#include <stdlib.h>

#include <statslice/store.h>

#include "base/fail.h"
#include "serve/exchange_wire.h"
#include "serve/route.h"

struct worker {
    struct sts__desks *desks;
    struct sts__desk desk;
    pthread_t thread;
};

struct sts__desks {
    pthread_mutex_t lock; /* of the queue */
    pthread_cond_t more;
    struct sts__exchange *first, *last;
    size_t waiting, waiting_max;
    bool ends;
    unsigned count; /* of threads that run */
    struct worker workers[STS__DESKS_MAX];
};

static struct sts__exchange *take(struct sts__desks *desks)
{
    struct sts__exchange *exchange;

    pthread_mutex_lock(&desks->lock);
    while (desks->first == NULL && !desks->ends)
        pthread_cond_wait(&desks->more, &desks->lock);
    exchange = desks->first;
    if (exchange != NULL) {
        desks->first = exchange->next;
        desks->waiting--;
    }
    pthread_mutex_unlock(&desks->lock);
    return exchange;
}

static void *work(void *context)
{
    struct worker *worker = context;
    struct sts__exchange *exchange;

    while ((exchange = take(worker->desks)) != NULL)
        if (sts__exchange_gone(exchange)) {
            sts__exchange_fail(exchange, 503, "time", "it took too long until it was its turn");
            sts__exchange_done(exchange);
        } else if (exchange->route->handle(&worker->desk, exchange) == 0) {
            sts__exchange_done(exchange);
        }
    return NULL;
}

static int start(struct sts__desks *desks, struct sts__server *server, const char *store_path,
                 struct sts_error *err)
{
    const struct sts_store_options options = { .threads = 1 };
    struct worker *worker = &desks->workers[desks->count];
    int r = sts_store_open(store_path, &options, &worker->desk.store, err);

    if (r < 0)
        return r;
    worker->desks = desks;
    worker->desk.server = server;
    r = pthread_create(&worker->thread, NULL, work, worker);
    if (r != 0) {
        sts_store_close(worker->desk.store);
        return sts__fail_errno(err, STS_E_IO, r, "starting a thread");
    }
    desks->count++;
    return 0;
}

int sts__desks_new(struct sts__server *server, const char *store_path, unsigned count,
                   size_t queue_max, struct sts__desks **ret_desks, struct sts_error *err)
{
    struct sts__desks *desks = calloc(1, sizeof(*desks));
    int r = 0;

    if (desks == NULL)
        return sts__fail_nomem(err);
    pthread_mutex_init(&desks->lock, NULL);
    pthread_cond_init(&desks->more, NULL);
    desks->waiting_max = queue_max;
    while (r >= 0 && desks->count < count && desks->count < STS__DESKS_MAX)
        r = start(desks, server, store_path, err);
    if (r < 0) {
        sts__desks_free(desks);
        return r;
    }
    *ret_desks = desks;
    return 0;
}

bool sts__desks_submit(struct sts__desks *desks, struct sts__exchange *exchange)
{
    bool has_room;

    exchange->next = NULL;
    pthread_mutex_lock(&desks->lock);
    has_room = desks->waiting < desks->waiting_max;
    if (has_room) {
        if (desks->first == NULL)
            desks->first = exchange;
        else
            desks->last->next = exchange;
        desks->last = exchange;
        desks->waiting++;
        pthread_cond_signal(&desks->more);
    }
    pthread_mutex_unlock(&desks->lock);
    return has_room;
}

void sts__desks_free(struct sts__desks *desks)
{
    if (desks == NULL)
        return;
    pthread_mutex_lock(&desks->lock);
    desks->ends = true;
    pthread_cond_broadcast(&desks->more);
    pthread_mutex_unlock(&desks->lock);
    for (unsigned i = 0; i < desks->count; i++) {
        pthread_join(desks->workers[i].thread, NULL);
        sts_store_close(desks->workers[i].desk.store);
    }
    pthread_cond_destroy(&desks->more);
    pthread_mutex_destroy(&desks->lock);
    free(desks);
}
