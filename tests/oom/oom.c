/* SPDX-License-Identifier: MIT */
/*
 * oom.c - every public call survives the failure of its n-th allocation, for every n.
 *
 * In:   tables of scenarios.   Out: a line a scenario; exit status 1 with the first fault.
 * How:  the linker sends the library's malloc, calloc, realloc and free here (--wrap). The n-th
 *       one fails; the scenario must then say "out of memory" or succeed without it, and all
 *       that was allocated must be freed again. n counts up until a run needs no further one.
 * Not:  allocations inside of cairo and of libc, which are not ours to fail.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oom.h"

#define N_MAX 200000 /* a scenario that needs more does not end */

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *old);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);
void __wrap_free(void *old);

static struct {
    unsigned long asked;   /* allocations since the scenario began */
    unsigned long fail_at; /* 0: none fails */
    long live;
} heap;

static int must_fail(void)
{
    return ++heap.asked == heap.fail_at;
}

static void *counted(void *made)
{
    if (made != NULL)
        heap.live++;
    return made;
}

void *__wrap_malloc(size_t size)
{
    return must_fail() ? NULL : counted(__real_malloc(size));
}

void *__wrap_calloc(size_t n, size_t size)
{
    return must_fail() ? NULL : counted(__real_calloc(n, size));
}

void *__wrap_realloc(void *old, size_t size)
{
    if (must_fail())
        return NULL;
    return old == NULL ? counted(__real_realloc(old, size)) : __real_realloc(old, size);
}

void __wrap_free(void *old)
{
    if (old != NULL)
        heap.live--;
    __real_free(old);
}

/* One run with the n-th allocation failing. Returns: 1 where it came to that, 0 where not, -1
 * fault. */
static int run_once(const struct scenario *scenario, unsigned long n)
{
    struct sts_error err = { 0 };
    int r;

    heap.asked = 0;
    heap.live = 0;
    heap.fail_at = n;
    r = scenario->run(&err);
    heap.fail_at = 0;
    if (heap.live != 0) {
        printf("not ok: %s leaks %ld blocks when allocation %lu fails\n", scenario->name, heap.live,
               n);
        return -1;
    }
    if (r < 0 && (r != STS_E_NOMEM || err.status != STS_E_NOMEM || heap.asked < n)) {
        printf("not ok: %s says %d \"%s\" when allocation %lu fails\n", scenario->name, r, err.text,
               n);
        return -1;
    }
    return heap.asked >= n;
}

static int run_scenario(const struct scenario *scenario)
{
    unsigned long n = 1;
    int r;

    if (run_once(scenario, 0) < 0) /* what a library keeps for good is made here */
        return -1;
    while ((r = run_once(scenario, n)) == 1 && n < N_MAX)
        n++;
    if (r != 0)
        return -1;
    printf("ok: %s, %lu allocations\n", scenario->name, n - 1);
    return 0;
}

static int run_table(const struct scenario *scenarios)
{
    int failed = 0;

    for (; scenarios->name != NULL; scenarios++)
        failed |= run_scenario(scenarios) < 0;
    return failed;
}

int main(void)
{
    int failed;

    setvbuf(stdout, NULL, _IOLBF, 0);
    failed = run_table(profile_scenarios);

    failed |= run_table(format_scenarios);
    failed |= run_table(query_scenarios);
    failed |= run_table(chunk_scenarios);
    failed |= run_table(diff_scenarios);
    failed |= run_table(writer_scenarios);
    failed |= run_table(post_scenarios);
    failed |= run_table(store_scenarios);
    return failed;
}
