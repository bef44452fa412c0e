/* SPDX-License-Identifier: MIT */
/*
 * oom.h - run a scenario again and again, its n-th allocation failing, for every n.
 */
#ifndef STS_TESTS_OOM_H
#define STS_TESTS_OOM_H

#include <statslice/statslice.h>

/*
 * A scenario makes public calls and hands back the first failure (0 or above: none). It frees all
 * that it made, however far it came.
 */
struct scenario {
    const char *name;
    int (*run)(struct sts_error *err);
};

extern const struct scenario profile_scenarios[];
extern const struct scenario format_scenarios[];
extern const struct scenario writer_scenarios[];
extern const struct scenario post_scenarios[];
extern const struct scenario query_scenarios[];
extern const struct scenario chunk_scenarios[];
extern const struct scenario store_scenarios[];
extern const struct scenario diff_scenarios[];

/* A profile with functions, edges and labels, made from the n-th; NULL when out of memory. */
struct sts_profile *make_profile(int n, struct sts_error *err);

/* A series of a few profiles with one metric; a status below 0 on failure. */
int make_series(const char *metric, struct sts_series **ret_series, struct sts_error *err);

#endif
