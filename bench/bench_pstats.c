/* SPDX-License-Identifier: MIT */
/*
 * bench_pstats.c - the C side of bench_pstats.py.
 *
 *   bench_pstats load ROUNDS FILE      FILE to a StatsProfile, ROUNDS times
 *   bench_pstats merge ROUNDS FILE...  all FILEs into one profile, ROUNDS times
 *
 * Out:  a line with the seconds of each round, and a line with what came out, by which the
 *       Python side sees that both did the same work: functions, edges, calls, ns.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <statslice/format.h>
#include <statslice/profile.h>

#include "base/clock.h"

/* What Python's StatsProfile holds of a function, not rounded to milliseconds. */
struct function_profile {
    struct sts_function function;
    uint64_t ncalls, pcalls;
    double tottime, percall_tottime, cumtime, percall_cumtime;
};

static double percall(double seconds, uint64_t calls)
{
    return calls == 0 ? -1.0 : seconds / (double)calls;
}

static struct function_profile *stats_profile(const struct sts_profile *profile)
{
    size_t count = sts_profile_function_count(profile);
    struct function_profile *functions = malloc((count + 1) * sizeof(*functions));

    for (size_t i = 0; functions != NULL && i < count; i++) {
        const struct sts_figures *figures = sts_profile_figures(profile, i);
        double tottime = (double)figures->tottime_ns / 1e9;
        double cumtime = (double)figures->cumtime_ns / 1e9;

        functions[i] = (struct function_profile){
            .function = sts_profile_function(profile, i),
            .ncalls = figures->ncalls,
            .pcalls = figures->pcalls,
            .tottime = tottime,
            .percall_tottime = percall(tottime, figures->ncalls),
            .cumtime = cumtime,
            .percall_cumtime = percall(cumtime, figures->pcalls),
        };
    }
    return functions;
}

/* One round: from nothing to a profile and, where it is asked for, its StatsProfile. */
static struct sts_profile *run(char **paths, int path_count, bool with_stats_profile,
                               struct sts_error *err)
{
    struct sts_profile *profile = sts_profile_new(NULL);

    if (profile == NULL)
        exit(1);
    for (int i = 0; i < path_count; i++) {
        if (sts_pstats_merge_file(paths[i], profile, err) < 0) {
            fprintf(stderr, "bench_pstats: %s\n", err->text);
            exit(1);
        }
    }
    if (with_stats_profile)
        free(stats_profile(profile));
    return profile;
}

static void print_profile(const struct sts_profile *profile)
{
    struct sts_figures totals = sts_profile_totals(profile);

    printf("%zu %zu %" PRIu64 " %" PRId64 "\n", sts_profile_function_count(profile),
           sts_profile_edge_count(profile), totals.ncalls, totals.tottime_ns);
}

int main(int argc, char **argv)
{
    struct sts_error err = { 0 };
    struct sts_profile *profile = NULL;
    int rounds = argc > 3 ? atoi(argv[2]) : 0;

    if (rounds < 1) {
        fprintf(stderr, "usage: bench_pstats load|merge ROUNDS FILE...\n");
        return 2;
    }
    for (int i = 0; i < rounds; i++) {
        int64_t begin_ns = sts__clock_mono_ns();
        struct sts_profile *next = run(argv + 3, argc - 3, strcmp(argv[1], "load") == 0, &err);

        sts_profile_free(profile); /* as Python does: the old one goes when the new one is there */
        profile = next;
        printf("%.9f ", (double)(sts__clock_mono_ns() - begin_ns) / 1e9);
    }
    printf("\n");
    print_profile(profile);
    sts_profile_free(profile);
    return 0;
}
