/* SPDX-License-Identifier: MIT */
/*
 * print.c - by what a profile is known again, so that the same one is stored once.
 *
 * Why:  made from texts and figures alone, not from a store's numbers: it can be made before the
 *       store is asked, and is the same in every store.
 */
#include "store/print.h"

#include <string.h>

#include "store/checksum.h"

enum { SEED_ROW = 1, SEED_CORO, SEED_EDGE, SEED_ALL, SEED_AGAIN };

void sts__source_init(struct sts__source *source)
{
    sts__idmap_init(&source->seen);
}

void sts__source_deinit(struct sts__source *source)
{
    sts__idmap_deinit(&source->seen);
}

void sts__source_clear(struct sts__source *source)
{
    if (source->seen.count > 0)
        sts__idmap_clear(&source->seen);
}

uint64_t sts__print_row(uint64_t function_sum, const struct sts_figures *figures)
{
    const uint64_t words[] = { function_sum, figures->ncalls, figures->pcalls,
                               (uint64_t)figures->tottime_ns, (uint64_t)figures->cumtime_ns };

    return sts__checksum(words, sizeof(words), SEED_ROW);
}

uint64_t sts__print_coro(uint64_t function_sum, const struct sts_coro *coro)
{
    const uint64_t words[] = { function_sum, coro->n_resumes, (uint64_t)coro->awaittime_ns };

    return sts__checksum(words, sizeof(words), SEED_CORO);
}

uint64_t sts__print_edge(uint64_t caller_sum, uint64_t callee_sum,
                         const struct sts_figures *figures)
{
    const uint64_t words[] = { caller_sum,
                               callee_sum,
                               figures->ncalls,
                               figures->pcalls,
                               (uint64_t)figures->tottime_ns,
                               (uint64_t)figures->cumtime_ns };

    return sts__checksum(words, sizeof(words), SEED_EDGE);
}

/* Which of the equal profiles of this source it is: 0 for the first. */
static int occurrence(struct sts__source *source, uint64_t print, uint32_t *ret_n)
{
    uint32_t *seen;

    if (source->seen.count >= STS__SOURCE_PRINTS_MAX)
        sts__idmap_clear(&source->seen);
    seen = sts__idmap_at(&source->seen, print);
    if (seen == NULL)
        return STS_E_NOMEM;
    *seen = *seen == STS_IDMAP_NONE ? 0 : *seen + 1;
    *ret_n = *seen;
    return 0;
}

int sts__print_finish(struct sts__source *source, uint64_t about_sum,
                      const struct sts_profile *profile, uint64_t parts, uint64_t *ret_print)
{
    double coverage = sts_profile_coverage(profile);
    uint64_t coverage_bits, words[2];
    uint32_t n;
    int r;

    memcpy(&coverage_bits, &coverage, sizeof(coverage_bits));
    {
        const uint64_t all[] = { about_sum,
                                 (uint64_t)sts_profile_begin_ns(profile),
                                 (uint64_t)sts_profile_end_ns(profile),
                                 coverage_bits,
                                 sts_profile_dropped(profile),
                                 sts_profile_function_count(profile),
                                 sts_profile_edge_count(profile),
                                 parts };
        words[0] = sts__checksum(all, sizeof(all), SEED_ALL);
    }
    r = occurrence(source, words[0], &n);
    if (r < 0)
        return r;
    words[1] = n;
    *ret_print = n == 0 ? words[0] : sts__checksum(words, sizeof(words), SEED_AGAIN);
    return 0;
}
