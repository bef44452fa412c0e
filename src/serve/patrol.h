/* SPDX-License-Identifier: MIT */
/*
 * patrol.h - ends connections that take too long over a step, one byte at a time or not at all.
 *
 * A limit on silence alone does not hold those who send a byte now and then.
 */
#ifndef STS_SERVE_PATROL_H
#define STS_SERVE_PATROL_H

#include <statslice/error.h>

#define STS__PATROL_CROWDED_NS INT64_C(3000000000)

enum sts__step {
    STS__STEP_READING, /* its request comes in, or is waited for */
    STS__STEP_WORKING, /* it waits for us: never too long */
    STS__STEP_SENDING, /* our answer goes out */
    STS__STEPS
};

struct sts__patrol;
struct sts__watched;

/*
 * sts__patrol_new - limits_ns: by step; 0: none. crowd: with more connections than so many, a
 * request is not waited for longer than STS__PATROL_CROWDED_NS; 0: there is never a crowd.
 */
STS_MUST_CHECK int sts__patrol_new(const int64_t limits_ns[STS__STEPS], size_t crowd,
                                   struct sts__patrol **ret_patrol, struct sts_error *err);
void sts__patrol_free(struct sts__patrol *patrol); /* no connection is watched any more */

/* From any thread. sts__patrol_come - Returns: NULL when out of memory. */
struct sts__watched *sts__patrol_come(struct sts__patrol *patrol, int fd);
void sts__patrol_step(struct sts__patrol *patrol, struct sts__watched *watched,
                      enum sts__step step);
void sts__patrol_go(struct sts__patrol *patrol,
                    struct sts__watched *watched); /* before fd is closed */

/* sts__patrol_count - connections that are there; ended: those that were sent away so far. */
size_t sts__patrol_count(struct sts__patrol *patrol, uint64_t *ret_ended);

#endif
