/* SPDX-License-Identifier: MIT */
/*
 * total_spans.c - what a sum of profiles is about: span, coverage, labels, engine and clock.
 *
 * Why:  the coverage of a sum depends on the order in which profiles are merged. Here they come in
 *       any order, and are joined in that of time, as a reader gives them; but for stores of many
 *       millions of profiles, which are put in order some millions at a time.
 */
#include "query/total_spans.h"

#include <stdlib.h>

#include <statslice/profile.h>
#include <statslice/store.h>

#include "base/fail.h"
#include "base/mem.h"
#include "model/profile.h"

#define PARTS_AT_ONCE ((size_t)1 << 22) /* profiles that are put in order together */

int sts__total_parts_init(struct sts__total_parts *parts, const struct sts__store_lanes *lanes,
                          struct sts_profile *sum, struct sts_error *err)
{
    *parts = (struct sts__total_parts){ .lanes = lanes, .sum = sum };
    parts->seen = sts__alloc_array(lanes->listed_count, sizeof(*parts->seen));
    parts->about = sts_profile_new(sts_profile_symbols(sum));
    return parts->seen == NULL || parts->about == NULL ? sts__fail_nomem(err) : 0;
}

void sts__total_parts_deinit(struct sts__total_parts *parts)
{
    free(parts->items);
    free(parts->seen);
    sts_profile_free(parts->about);
}

static int compare_parts(const void *left, const void *right)
{
    const struct sts__total_part *a = left, *b = right;

    if (a->whole.begin_ns != b->whole.begin_ns)
        return a->whole.begin_ns < b->whole.begin_ns ? -1 : 1;
    if (a->whole.end_ns != b->whole.end_ns)
        return a->whole.end_ns < b->whole.end_ns ? -1 : 1;
    if (a->series != b->series)
        return a->series < b->series ? -1 : 1;
    return a->coverage < b->coverage ? -1 : a->coverage > b->coverage;
}

/* The first profile of a series tells its labels, engine and clock, too. */
static int join_first(struct sts__total_parts *parts, const struct sts_store_series *series,
                      struct sts_error *err)
{
    struct sts_profile *about = parts->about;
    int r = 0;

    sts_profile_set_engine(about, series->engine);
    sts_profile_set_clock(about, series->clock);
    for (size_t i = sts_profile_label_count(about); i-- > 0;)
        sts__profile_remove_label(about, i);
    for (size_t i = 0; r == 0 && i < series->label_count; i++)
        r = sts_profile_set_label(about, series->label_keys[i], series->label_values[i], err);
    return r < 0 ? r : sts__profile_merge_about(parts->sum, about, !parts->any, err);
}

static int join_part(struct sts__total_parts *parts, const struct sts__total_part *part,
                     struct sts_error *err)
{
    int r = 0;

    sts_profile_set_span(parts->about, part->span.begin_ns, part->span.end_ns);
    sts_profile_set_coverage(parts->about, part->coverage);
    if (parts->seen[part->series] == 0)
        r = join_first(parts, &parts->lanes->series[part->series], err);
    else
        sts__profile_join_spans(parts->sum, parts->about);
    parts->seen[part->series] = 1;
    parts->any = true;
    return r;
}

int sts__total_parts_join(struct sts__total_parts *parts, struct sts_error *err)
{
    int r = 0;

    if (parts->count > 0)
        qsort(parts->items, parts->count, sizeof(*parts->items), compare_parts);
    for (size_t i = 0; r == 0 && i < parts->count; i++)
        r = join_part(parts, &parts->items[i], err);
    parts->count = 0;
    return r;
}

int sts__total_parts_add(struct sts__total_parts *parts, const struct sts__total_part *part,
                         struct sts_error *err)
{
    if (parts->count == PARTS_AT_ONCE) {
        int r = sts__total_parts_join(parts, err);
        if (r < 0)
            return r;
    }
    if (sts__grow(&parts->items, &parts->cap, parts->count + 1, sizeof(*parts->items),
                  PARTS_AT_ONCE) < 0)
        return sts__fail_nomem(err);
    parts->items[parts->count++] = *part;
    return 0;
}
