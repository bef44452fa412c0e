/* SPDX-License-Identifier: MIT */
/*
 * rate.c - how many requests a second each one who asks may make.
 *
 * How: a bucket that fills with time, chosen by the name's hash. The table is of one size: two
 * names may share one, and are held to the rate together.
 */
#include "serve/rate.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/hash.h"

#define BUCKETS  1024
#define NS_PER_S INT64_C(1000000000)

struct sts__rate {
    pthread_mutex_t lock;          /* of the buckets */
    int64_t request_ns;            /* that a request takes out */
    int64_t full_mono_ns[BUCKETS]; /* when it will be full again; the past: it is */
};

int sts__rate_new(uint32_t per_s, struct sts__rate **ret_rate, struct sts_error *err)
{
    struct sts__rate *rate = calloc(1, sizeof(*rate));

    if (rate == NULL)
        return sts__fail_nomem(err);
    pthread_mutex_init(&rate->lock, NULL);
    rate->request_ns = NS_PER_S / per_s;
    *ret_rate = rate;
    return 0;
}

void sts__rate_free(struct sts__rate *rate)
{
    if (rate == NULL)
        return;
    pthread_mutex_destroy(&rate->lock);
    free(rate);
}

bool sts__rate_take(struct sts__rate *rate, const char *name, int64_t now_mono_ns)
{
    int64_t *full_mono_ns = &rate->full_mono_ns[sts__hash_bytes(name, strlen(name)) % BUCKETS];
    bool has;

    pthread_mutex_lock(&rate->lock);
    if (*full_mono_ns < now_mono_ns)
        *full_mono_ns = now_mono_ns;
    has = *full_mono_ns + rate->request_ns - now_mono_ns <= NS_PER_S;
    if (has)
        *full_mono_ns += rate->request_ns;
    pthread_mutex_unlock(&rate->lock);
    return has;
}
