/* SPDX-License-Identifier: MIT */
/*
 * stats_load.c - profiles to rows and callers as pstats.Stats would have loaded them.
 *
 * In:   profiles, their rows in the order of their files.   Out: struct sts__stats.
 * Why:  the tables are Python's byte for byte, so the floats are Python's, and strip_dirs loses
 *       what Python's loses (see strip_edges).
 */
#include "report/stats.h"

#include <stdlib.h>
#include <string.h>

#include <statslice/profile.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/num.h"

/*
 * cProfile multiplies a count of ns by 1e-9, which is not always the double nearest to the
 * quotient; the last bit shows where a figure lies half way between two that are printed. Figures
 * that are all whole microseconds come from decimals or from a coarser clock: the nearest double.
 */
static bool has_fine_clock(const struct sts_profile *profile)
{
    for (size_t i = 0; i < sts_profile_function_count(profile); i++) {
        const struct sts_figures *figures = sts_profile_figures(profile, i);
        if (figures->tottime_ns % 1000 != 0 || figures->cumtime_ns % 1000 != 0)
            return true;
    }
    return false;
}

static struct sts__stats_figures as_floats(const struct sts_figures *figures, bool fine_clock)
{
    struct sts__stats_figures floats = { .ncalls = figures->ncalls, .pcalls = figures->pcalls };

    if (fine_clock) {
        floats.tottime_s = (double)figures->tottime_ns * 1e-9;
        floats.cumtime_s = (double)figures->cumtime_ns * 1e-9;
    } else {
        floats.tottime_s = sts__num_seconds_of_ns(figures->tottime_ns);
        floats.cumtime_s = sts__num_seconds_of_ns(figures->cumtime_ns);
    }
    return floats;
}

static int find_function_of(struct sts__stats *stats, struct sts_function function,
                            uint32_t *ret_function, struct sts_error *err)
{
    return sts__stats_find_function(stats, function.file_name, function.name, function.line_number,
                                    ret_function, err);
}

static int load_rows(struct sts__stats *stats, const struct sts_profile *profile, bool fine_clock,
                     struct sts_error *err)
{
    struct sts__stats_figures totals = { .ncalls = 0 };

    for (size_t i = 0; i < sts_profile_function_count(profile); i++) {
        struct sts__stats_figures figures = as_floats(sts_profile_figures(profile, i), fine_clock);
        uint32_t function;
        int r = find_function_of(stats, sts_profile_function(profile, i), &function, err);
        if (r == 0)
            r = sts__stats_add_row(stats, function, &figures, err);
        if (r < 0)
            return r;
        sts__stats_figures_add(&totals, &figures);
    }
    sts__stats_figures_add(&stats->totals, &totals);
    return 0;
}

static int load_edges(struct sts__stats *stats, const struct sts_profile *profile, bool fine_clock,
                      struct sts_error *err)
{
    const struct sts_symbols *symbols = sts_profile_symbols(profile);

    for (size_t i = 0; i < sts_profile_edge_count(profile); i++) {
        const struct sts_edge *edge = sts_profile_edge(profile, i);
        struct sts__stats_figures figures = as_floats(&edge->figures, fine_clock);
        uint32_t caller, callee;
        int r =
            find_function_of(stats, sts_symbols_function(symbols, edge->caller_id), &caller, err);
        if (r == 0)
            r = find_function_of(stats, sts_symbols_function(symbols, edge->callee_id), &callee,
                                 err);
        if (r == 0)
            r = sts__stats_add_edge(stats, caller, callee, &figures, err);
        if (r < 0)
            return r;
        if (edge->figures.pcalls != 0 || edge->figures.cumtime_ns != 0)
            stats->counts_only = false;
    }
    return 0;
}

/* --- strip_dirs --- */

/* os.path.basename of POSIX. */
static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/*
 * Two callers of one function that become equal: pstats.strip_dirs builds a new dict of callers, in
 * which the later one takes the earlier one's place. Only what two functions that become equal
 * have in callers is added.
 */
static int strip_edges(struct sts__stats *stats, struct sts__stats *old, const uint32_t *new_ids,
                       struct sts_error *err)
{
    struct sts__idmap latest;
    int r = 0;

    sts__idmap_init(&latest);
    for (size_t i = 0; i < old->edge_count; i++) {
        struct sts__stats_edge *edge = &old->edges[i];
        uint32_t *slot =
            sts__idmap_at(&latest, sts__stats_pair_key(edge->callee, new_ids[edge->caller]));
        if (slot == NULL) {
            r = sts__fail_nomem(err);
            goto done;
        }
        if (*slot == STS_IDMAP_NONE)
            *slot = (uint32_t)i;
        else
            old->edges[*slot].figures = edge->figures;
    }
    for (size_t i = 0; i < old->edge_count && r == 0; i++) {
        const struct sts__stats_edge *edge = &old->edges[i];
        if (sts__idmap_get(&latest, sts__stats_pair_key(edge->callee, new_ids[edge->caller])) == i)
            r = sts__stats_add_edge(stats, new_ids[edge->caller], new_ids[edge->callee],
                                    &edge->figures, err);
    }
done:
    sts__idmap_deinit(&latest);
    return r;
}

static int strip_rows(struct sts__stats *stats, const struct sts__stats *old,
                      const uint32_t *new_ids, struct sts_error *err)
{
    for (size_t i = 0; i < old->row_count; i++) {
        int r =
            sts__stats_add_row(stats, new_ids[old->rows[i].function], &old->rows[i].figures, err);
        if (r < 0)
            return r;
    }
    return 0;
}

static int strip(struct sts__stats *stats, struct sts_error *err)
{
    struct sts__stats old = *stats;
    uint32_t *new_ids = sts__alloc_array(old.function_count, sizeof(*new_ids));
    int r = 0;

    sts__stats_init(stats);
    stats->totals = old.totals;
    stats->counts_only = old.counts_only;
    if (new_ids == NULL) {
        r = sts__fail_nomem(err);
        goto done;
    }
    for (size_t i = 0; i < old.function_count && r == 0; i++) {
        const struct sts__stats_function *function = &old.functions[i];
        r = sts__stats_find_function(stats, base_name(function->file_name), function->name,
                                     function->line_number, &new_ids[i], err);
    }
    if (r == 0)
        r = strip_rows(stats, &old, new_ids, err);
    if (r == 0)
        r = strip_edges(stats, &old, new_ids, err);
done:
    free(new_ids);
    sts__stats_deinit(&old);
    return r;
}

static int load_one(struct sts__stats *stats, const struct sts_profile *profile,
                    struct sts_error *err)
{
    bool fine_clock = has_fine_clock(profile);
    int r = load_rows(stats, profile, fine_clock, err);

    return r < 0 ? r : load_edges(stats, profile, fine_clock, err);
}

int sts__stats_load(struct sts__stats *stats, const struct sts_profile *const *profiles,
                    size_t profile_count, bool strip_dirs, struct sts_error *err)
{
    int r = 0;

    sts__stats_init(stats);
    stats->counts_only = true;
    for (size_t i = 0; i < profile_count && r == 0; i++)
        r = load_one(stats, profiles[i], err);
    if (r == 0 && strip_dirs)
        r = strip(stats, err);
    if (r == 0)
        r = sts__stats_name_functions(stats, err);
    if (r < 0)
        sts__stats_deinit(stats);
    return r;
}
