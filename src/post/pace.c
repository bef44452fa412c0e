/* SPDX-License-Identifier: MIT */
/*
 * pace.c - see pace.h.
 */
#include "post/pace.h"

#include <string.h>

#include "base/hash.h"

#define NS_PER_MS          INT64_C(1000000)
#define NS_PER_S           INT64_C(1000000000)
#define BETWEEN_NS         (100 * NS_PER_MS) /* requests that go well: what comes meanwhile is one */
#define RETRY_AFTER_NS_MAX (600 * NS_PER_S)

static const struct {
    int64_t first_ns, max_ns;
} spans[] = {
    [STS__PACE_SOON] = { NS_PER_S / 2, 30 * NS_PER_S },
    [STS__PACE_SLOWLY] = { 10 * NS_PER_S, 300 * NS_PER_S },
};

void sts__pace_init(struct sts__pace *pace, uint64_t random)
{
    memset(pace, 0, sizeof(*pace));
    pace->random = random;
}

static int64_t random_below(struct sts__pace *pace, int64_t limit_ns)
{
    pace->random = sts__hash_u64(pace->random + 1);
    return (int64_t)(pace->random % (uint64_t)limit_ns);
}

static int64_t span_of(const struct sts__pace *pace, enum sts__pace_kind kind)
{
    int64_t span_ns = spans[kind].first_ns;

    for (unsigned i = 1; i < pace->n_failures && span_ns < spans[kind].max_ns; i++)
        span_ns *= 2;
    return span_ns < spans[kind].max_ns ? span_ns : spans[kind].max_ns;
}

void sts__pace_failed(struct sts__pace *pace, enum sts__pace_kind kind, int64_t retry_after_ns,
                      int64_t now_ns)
{
    int64_t wait_ns;

    pace->n_failures++;
    pace->is_told = retry_after_ns > 0;
    if (retry_after_ns > RETRY_AFTER_NS_MAX)
        retry_after_ns = RETRY_AFTER_NS_MAX;
    wait_ns = random_below(pace, span_of(pace, kind));
    if (pace->is_told) /* not before, and not all at once */
        wait_ns = retry_after_ns + wait_ns / 4;
    pace->due_ns = now_ns + wait_ns;
}

void sts__pace_succeeded(struct sts__pace *pace, int64_t now_ns)
{
    pace->n_failures = 0;
    pace->is_told = false;
    pace->due_ns = now_ns + BETWEEN_NS;
}

void sts__pace_hurry(struct sts__pace *pace)
{
    pace->n_failures = 0;
    if (!pace->is_told)
        pace->due_ns = INT64_MIN;
}

int64_t sts__pace_left_ns(const struct sts__pace *pace, int64_t now_ns)
{
    return pace->due_ns > now_ns ? pace->due_ns - now_ns : 0;
}
