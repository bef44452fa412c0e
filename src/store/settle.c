/* SPDX-License-Identifier: MIT */
/*
 * settle.c - put what a builder collected in order, and sum what is one.
 *
 * How:  everything new is made beside the old, which is let go when nothing can fail any more.
 *       Rows are sorted by radix over the bytes that differ: profiles' ranks, then keys.
 */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/builder.h"
#include "store/load.h"

/* --- profiles --- */

struct settled_profiles {
    struct sts__builder_profile *profiles;
    struct sts__span *spans;
    size_t count;
    uint32_t *ranks; /* by old number */
};

struct profile_place {
    const struct sts__builder_profile *profile;
    uint32_t number;
};

static int compare_u64(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

static int compare_i64(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

static int compare_whom(const struct sts__builder_profile *a, const struct sts__builder_profile *b)
{
    int order = compare_u64(a->series_id, b->series_id);

    if (order == 0)
        order = compare_i64(a->begin_ns, b->begin_ns);
    return order != 0 ? order : compare_i64(a->end_ns, b->end_ns);
}

static int compare_places(const void *a, const void *b)
{
    const struct profile_place *left = a, *right = b;
    int order = compare_whom(left->profile, right->profile);

    return order != 0 ? order : compare_u64(left->number, right->number);
}

static int compare_spans(const void *a, const void *b)
{
    const struct sts__span *left = a, *right = b;
    int order = compare_i64(left->begin_ns, right->begin_ns);

    if (order == 0)
        order = compare_i64(left->end_ns, right->end_ns);
    if (order == 0)
        order = left->coverage < right->coverage ? -1 : left->coverage > right->coverage;
    return order;
}

/* A rolled-up profile that is already there: its spans stand behind the earlier one's. */
static int merge_profile(struct sts__builder_profile *into, const struct sts__builder_profile *from,
                         struct sts_error *err)
{
    if (from->n_dropped > INT64_MAX - into->n_dropped)
        return sts__fail(err, STS_E_LIMIT, "the number of lost profiles does not fit 63 bits");
    into->n_dropped += from->n_dropped;
    into->span_count += from->span_count;
    if (from->coverage > into->coverage)
        into->coverage = from->coverage;
    return 0;
}

static int place_profiles(const struct sts__chunk_builder *builder,
                          const struct profile_place *places, struct settled_profiles *settled,
                          struct sts_error *err)
{
    size_t span_count = 0;
    int r = 0;

    for (size_t i = 0; i < builder->profile_count && r == 0; i++) {
        const struct sts__builder_profile *from = places[i].profile;
        struct sts__builder_profile *last =
            settled->count == 0 ? NULL : &settled->profiles[settled->count - 1];

        if (builder->level > 0 && last != NULL && compare_whom(from, last) == 0) {
            r = merge_profile(last, from, err);
        } else {
            settled->profiles[settled->count] = *from;
            settled->profiles[settled->count++].first_span = (uint32_t)span_count;
        }
        if (from->span_count > 0)
            memcpy(settled->spans + span_count, builder->spans + from->first_span,
                   from->span_count * sizeof(*settled->spans));
        span_count += from->span_count;
        settled->ranks[places[i].number] = (uint32_t)settled->count - 1;
    }
    for (size_t i = 0; i < settled->count; i++)
        if (settled->profiles[i].span_count > 1)
            qsort(settled->spans + settled->profiles[i].first_span, settled->profiles[i].span_count,
                  sizeof(*settled->spans), compare_spans);
    return r;
}

static int settle_profiles(const struct sts__chunk_builder *builder,
                           struct settled_profiles *settled, struct sts_error *err)
{
    size_t count = builder->profile_count;
    struct profile_place *places = sts__alloc_array(count, sizeof(*places));
    int r;

    settled->profiles = sts__alloc_array(count, sizeof(*settled->profiles));
    settled->spans = sts__alloc_array(builder->span_count, sizeof(*settled->spans));
    settled->ranks = sts__alloc_array(count, sizeof(*settled->ranks));
    if (places == NULL || settled->profiles == NULL || settled->spans == NULL ||
        settled->ranks == NULL) {
        r = sts__fail_nomem(err);
        goto done;
    }
    for (uint32_t i = 0; i < count; i++)
        places[i] = (struct profile_place){ &builder->profiles[i], i };
    qsort(places, count, sizeof(*places), compare_places);
    r = place_profiles(builder, places, settled, err);
done:
    free(places);
    return r;
}

/* --- rows --- */

struct entry {
    uint64_t key;
    uint32_t rank, row;
};

static bool is_before(const struct entry *a, const struct entry *b)
{
    return a->key != b->key ? a->key < b->key : a->rank < b->rank;
}

/* Entries of all rows, and which bits of key and rank differ. Returns: whether all are in order. */
static bool fill_entries(const struct sts__builder_table *table, const uint32_t *ranks,
                         struct entry *entries, struct entry *ret_differ)
{
    struct entry differ = { 0, 0, 0 };
    bool ordered = true;

    for (uint32_t i = 0; i < table->count; i++) {
        entries[i] = (struct entry){ table->rows[i].key, ranks[table->rows[i].profile], i };
        differ.key |= entries[i].key ^ entries[0].key;
        differ.rank |= entries[i].rank ^ entries[0].rank;
        ordered = ordered && (i == 0 || !is_before(&entries[i], &entries[i - 1]));
    }
    *ret_differ = differ;
    return ordered;
}

/* One byte of the sort: stable. by_key: of the key, else of the rank. */
static void sort_byte(const struct entry *from, struct entry *to, size_t count, bool by_key,
                      unsigned shift)
{
    size_t starts[256] = { 0 };
    size_t at = 0;

#define BYTE_OF(entry) ((uint8_t)((by_key ? (entry).key : (entry).rank) >> shift))
    for (size_t i = 0; i < count; i++)
        starts[BYTE_OF(from[i])]++;
    for (size_t i = 0; i < 256; i++) {
        size_t n = starts[i];
        starts[i] = at;
        at += n;
    }
    for (size_t i = 0; i < count; i++)
        to[starts[BYTE_OF(from[i])]++] = from[i];
#undef BYTE_OF
}

/* Returns: which of the two arrays holds the sorted entries. */
static struct entry *sort_entries(struct entry *entries, struct entry *spare, size_t count,
                                  const struct entry *differ)
{
    for (unsigned step = 0; step < 12; step++) {
        bool by_key = step >= 4;
        unsigned shift = 8 * (by_key ? step - 4 : step);
        uint64_t bits = by_key ? differ->key : differ->rank;
        struct entry *swap = entries;

        if ((uint8_t)(bits >> shift) == 0)
            continue;
        sort_byte(entries, spare, count, by_key, shift);
        entries = spare;
        spare = swap;
    }
    return entries;
}

static int sum_row(const struct sts__builder_table *table, struct sts__builder_row *into,
                   const struct sts__builder_row *from, struct sts_error *err)
{
    struct sts_coro more = sts__builder_coro(table, from);
    bool fits = sts__figures_sum(&into->figures, &from->figures);

    if (from->coro != 0 && into->coro == 0)
        into->coro = from->coro;
    else if (from->coro != 0)
        fits = fits && sts__coro_sum(&table->coros[into->coro - 1], &more);
    return fits ? 0 : sts__fail(err, STS_E_LIMIT, "a sum does not fit 63 bits");
}

/* The rows in the entries' order; equal ones become one. Sums go to settled alone. */
static int gather_rows(const struct sts__builder_table *table, const struct entry *entries,
                       struct sts__builder_table *settled, struct sts_error *err)
{
    int r = 0;

    for (size_t i = 0; i < table->count && r == 0; i++) {
        const struct sts__builder_row *from = &table->rows[entries[i].row];
        struct sts__builder_row *last =
            settled->count == 0 ? NULL : &settled->rows[settled->count - 1];

        if (last != NULL && last->key == from->key && last->profile == entries[i].rank) {
            r = sum_row(settled, last, from, err);
        } else {
            settled->rows[settled->count] = *from;
            settled->rows[settled->count++].profile = entries[i].rank;
        }
    }
    return r;
}

static int settle_table(const struct sts__builder_table *table, const uint32_t *ranks,
                        struct sts__builder_table *settled, struct sts_error *err)
{
    size_t count = table->count;
    struct entry *entries = sts__alloc_array(count, sizeof(*entries));
    struct entry *spare = sts__alloc_array(count, sizeof(*spare));
    struct entry *sorted = entries;
    struct entry differ;
    int r;

    settled->rows = malloc((count == 0 ? 1 : count) * sizeof(*settled->rows));
    settled->coros =
        malloc((table->coro_count == 0 ? 1 : table->coro_count) * sizeof(*table->coros));
    if (entries == NULL || spare == NULL || settled->rows == NULL || settled->coros == NULL) {
        r = sts__fail_nomem(err);
        goto done;
    }
    settled->cap = count == 0 ? 1 : count;
    settled->coro_count = table->coro_count;
    settled->coro_cap = table->coro_count == 0 ? 1 : table->coro_count;
    if (table->coro_count > 0)
        memcpy(settled->coros, table->coros, table->coro_count * sizeof(*table->coros));
    if (!fill_entries(table, ranks, entries, &differ))
        sorted = sort_entries(entries, spare, count, &differ);
    r = gather_rows(table, sorted, settled, err);
done:
    free(entries);
    free(spare);
    return r;
}

/* --- all of it --- */

static void take_table(struct sts__builder_table *table, struct sts__builder_table *settled)
{
    free(table->rows);
    free(table->coros);
    *table = *settled;
    memset(settled, 0, sizeof(*settled));
}

static void take_all(struct sts__chunk_builder *builder, struct settled_profiles *profiles,
                     struct sts__builder_table *functions, struct sts__builder_table *edges)
{
    free(builder->profiles);
    free(builder->spans);
    builder->profile_cap = builder->profile_count == 0 ? 1 : builder->profile_count;
    builder->span_cap = builder->span_count == 0 ? 1 : builder->span_count;
    builder->profile_count = profiles->count;
    builder->profiles = profiles->profiles;
    builder->spans = profiles->spans;
    profiles->profiles = NULL;
    profiles->spans = NULL;
    take_table(&builder->functions, functions);
    take_table(&builder->edges, edges);
    builder->settled = true;
}

int sts__builder_settle(struct sts__chunk_builder *builder, struct sts_error *err)
{
    struct sts__builder_table functions = { 0 }, edges = { 0 };
    struct settled_profiles profiles = { 0 };
    int r;

    if (builder->settled)
        return 0;
    r = settle_profiles(builder, &profiles, err);
    if (r == 0)
        r = settle_table(&builder->functions, profiles.ranks, &functions, err);
    if (r == 0)
        r = settle_table(&builder->edges, profiles.ranks, &edges, err);
    if (r == 0)
        take_all(builder, &profiles, &functions, &edges);
    free(profiles.profiles);
    free(profiles.spans);
    free(profiles.ranks);
    free(functions.rows);
    free(functions.coros);
    free(edges.rows);
    free(edges.coros);
    return r;
}
