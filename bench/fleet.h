/* SPDX-License-Identifier: MIT */
/*
 * fleet.h - profiles of a fleet that never ran: what a store of months would hold.
 *
 * How:  each function has a level of calls (Zipf's law over the ranks), of time per call, of time
 *       below it, all of them log-uniform, and swings around them: with the hour of the day, with
 *       its process's load, by deploys that make some functions slower or faster, by chance.
 *       Half of the functions are leaves and 4 % are recursive, as cProfile shows them in a
 *       program of the standard library. Seldom called ones are not in each slice.
 *       The hard fleet has none of this: each figure is log-uniform over six orders by itself.
 *
 * All of it follows from the seed: the same figures each time and in any order of asking.
 */
#ifndef STS_BENCH_FLEET_H
#define STS_BENCH_FLEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fleet_options {
    uint64_t seed;
    uint32_t process_count;
    uint32_t function_count; /* of a service; each has its own */
    uint32_t service_count;  /* process p is of service p % service_count */
    uint32_t slice_count;    /* of 10 s, from 2026-03-02 00:00 UTC on */
    bool hard;
};

#define FLEET_SLICE_S 10
#define FLEET_BEGIN_S 1772409600

struct fleet_row {
    uint32_t function; /* service * function_count + number, ascending */
    uint64_t ncalls, pcalls;
    int64_t tottime_ns, cumtime_ns;
};

/* One process in one slice. */
struct fleet_profile {
    uint32_t process;
    int64_t begin_s;
    uint32_t row_count;
    struct fleet_row *rows; /* owned; room for function_count */
};

struct fleet;

/* fleet_new - Returns: NULL when out of memory. */
struct fleet *fleet_new(const struct fleet_options *options);
void fleet_free(struct fleet *fleet);

/* fleet_next - the next profile, in the order of time. Returns: false at the end. */
bool fleet_next(struct fleet *fleet, struct fleet_profile *profile);

#endif
