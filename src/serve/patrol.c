/* SPDX-License-Identifier: MIT */
/*
 * patrol.c - ends connections that take too long over a step.
 *
 * How: a thread looks at all of them now and then, and shuts the socket of one that is late; who
 *      reads from it finds it ended.
 */
#include "serve/patrol.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"
#include "base/fail.h"

#define ROUND_NS INT64_C(500000000)

struct sts__watched {
    struct sts__watched *next, *previous;
    int fd;
    enum sts__step step;
    int64_t since_mono_ns;
    bool is_hung_up; /* as the round before found */
    bool is_ended;
};

struct sts__patrol {
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t wake;
    bool ends;
    int64_t limits_ns[STS__STEPS];
    size_t crowd; /* 0: never */
    struct sts__watched *first;
    size_t count;
    uint64_t ended;
    pthread_t thread;
};

/* Whoever comes finds a place: one that waits to be asked, or is asked slowly, makes it. */
static int64_t limit_of(const struct sts__patrol *patrol, enum sts__step step)
{
    bool is_crowded = patrol->crowd != 0 && patrol->count > patrol->crowd;

    return is_crowded && step == STS__STEP_READING ? STS__PATROL_CROWDED_NS
                                                   : patrol->limits_ns[step];
}

static bool is_late(const struct sts__patrol *patrol, const struct sts__watched *watched,
                    int64_t now_ns)
{
    int64_t limit_ns = limit_of(patrol, watched->step);

    return limit_ns != 0 && !watched->is_ended && now_ns - watched->since_mono_ns > limit_ns;
}

/*
 * Whether the other side says no more, and all that it said was read. libmicrohttpd does not notice
 * where the end comes with the last bytes, and would hold the connection until it is idle for long.
 */
static bool is_hung_up(const struct sts__watched *watched)
{
    char byte;

    return watched->step == STS__STEP_READING && !watched->is_ended &&
           recv(watched->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/* Twice in a row: a request that is whole, and is being looked at, is answered all the same. */
static bool is_left(struct sts__watched *watched)
{
    bool was = watched->is_hung_up;

    watched->is_hung_up = is_hung_up(watched);
    return was && watched->is_hung_up;
}

static void end(struct sts__watched *watched)
{
    (void)shutdown(watched->fd, SHUT_RDWR);
    watched->is_ended = true;
}

static void look(struct sts__patrol *patrol)
{
    int64_t now_ns = sts__clock_mono_ns();

    for (struct sts__watched *watched = patrol->first; watched != NULL; watched = watched->next)
        if (is_late(patrol, watched, now_ns)) {
            end(watched);
            patrol->ended++;
        } else if (is_left(watched)) {
            end(watched);
        }
}

static void *walk(void *context)
{
    struct sts__patrol *patrol = context;

    pthread_mutex_lock(&patrol->lock);
    while (!patrol->ends) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += ROUND_NS;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        (void)pthread_cond_timedwait(&patrol->wake, &patrol->lock, &until);
        look(patrol);
    }
    pthread_mutex_unlock(&patrol->lock);
    return NULL;
}

int sts__patrol_new(const int64_t limits_ns[STS__STEPS], size_t crowd,
                    struct sts__patrol **ret_patrol, struct sts_error *err)
{
    struct sts__patrol *patrol = calloc(1, sizeof(*patrol));
    pthread_condattr_t steady;
    int r;

    if (patrol == NULL)
        return sts__fail_nomem(err);
    for (size_t i = 0; i < STS__STEPS; i++)
        patrol->limits_ns[i] = limits_ns[i];
    patrol->crowd = crowd;
    pthread_mutex_init(&patrol->lock, NULL);
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&patrol->wake, &steady);
    pthread_condattr_destroy(&steady);
    r = pthread_create(&patrol->thread, NULL, walk, patrol);
    if (r != 0) {
        pthread_cond_destroy(&patrol->wake);
        pthread_mutex_destroy(&patrol->lock);
        free(patrol);
        return sts__fail_errno(err, STS_E_IO, r, "starting a thread");
    }
    *ret_patrol = patrol;
    return 0;
}

void sts__patrol_free(struct sts__patrol *patrol)
{
    if (patrol == NULL)
        return;
    pthread_mutex_lock(&patrol->lock);
    patrol->ends = true;
    pthread_cond_signal(&patrol->wake);
    pthread_mutex_unlock(&patrol->lock);
    pthread_join(patrol->thread, NULL);
    pthread_cond_destroy(&patrol->wake);
    pthread_mutex_destroy(&patrol->lock);
    free(patrol);
}

struct sts__watched *sts__patrol_come(struct sts__patrol *patrol, int fd)
{
    struct sts__watched *watched = calloc(1, sizeof(*watched));

    if (watched == NULL)
        return NULL;
    watched->fd = fd;
    watched->since_mono_ns = sts__clock_mono_ns();
    pthread_mutex_lock(&patrol->lock);
    watched->next = patrol->first;
    if (patrol->first != NULL)
        patrol->first->previous = watched;
    patrol->first = watched;
    patrol->count++;
    pthread_mutex_unlock(&patrol->lock);
    return watched;
}

void sts__patrol_step(struct sts__patrol *patrol, struct sts__watched *watched, enum sts__step step)
{
    int64_t now_ns = sts__clock_mono_ns();

    if (watched == NULL)
        return;
    pthread_mutex_lock(&patrol->lock);
    watched->step = step;
    watched->is_hung_up = false;
    watched->since_mono_ns = now_ns;
    pthread_mutex_unlock(&patrol->lock);
}

void sts__patrol_go(struct sts__patrol *patrol, struct sts__watched *watched)
{
    if (watched == NULL)
        return;
    pthread_mutex_lock(&patrol->lock);
    if (watched->previous == NULL)
        patrol->first = watched->next;
    else
        watched->previous->next = watched->next;
    if (watched->next != NULL)
        watched->next->previous = watched->previous;
    patrol->count--;
    pthread_mutex_unlock(&patrol->lock);
    free(watched);
}

size_t sts__patrol_count(struct sts__patrol *patrol, uint64_t *ret_ended)
{
    size_t count;

    pthread_mutex_lock(&patrol->lock);
    count = patrol->count;
    *ret_ended = patrol->ended;
    pthread_mutex_unlock(&patrol->lock);
    return count;
}
