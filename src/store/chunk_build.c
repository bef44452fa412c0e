/* SPDX-License-Identifier: MIT */
/*
 * chunk_build.c - pack what a builder holds into the parts of a chunk.
 *
 * In:   a settled builder.   Out: bytes, and what the database says of the chunk.
 * How:  values are gathered part by part into one array, then packed as a column.
 */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/builder.h"
#include "store/chunk_form.h"
#include "store/load.h"

void sts__chunk_parts_init(struct sts__chunk_parts *parts)
{
    memset(parts, 0, sizeof(*parts));
    for (int i = 0; i < STS__PART_COUNT; i++)
        sts__bytes_init(&parts->bytes[i], STS__PART_BYTES_MAX);
}

void sts__chunk_parts_deinit(struct sts__chunk_parts *parts)
{
    for (int i = 0; i < STS__PART_COUNT; i++)
        sts__bytes_deinit(&parts->bytes[i]);
}

/* --- profiles --- */

/* Values on their way into a column: room for whatever is longest. */
struct scratch {
    int64_t *values;
    uint32_t *group_starts;
};

enum profile_value { SERIES, BEGIN, DURATION, COVERAGE, DROPPED, SPAN_COUNT };

static int64_t difference(int64_t a, int64_t b)
{
    return sts__as_signed((uint64_t)a - (uint64_t)b);
}

static int64_t profile_value(const struct sts__builder_profile *profiles, size_t i,
                             enum profile_value which)
{
    static const struct sts__builder_profile zero;
    const struct sts__builder_profile *at = &profiles[i];
    const struct sts__builder_profile *before = i == 0 ? &zero : at - 1;

    switch (which) {
    case SERIES:
        return (int64_t)at->series_id - before->series_id;
    case BEGIN:
        return difference(at->begin_ns, before->begin_ns);
    case DURATION:
        return difference(at->end_ns, at->begin_ns);
    case COVERAGE:
        return sts__coverage_pack(at->coverage);
    case DROPPED:
        return sts__as_signed(at->n_dropped);
    case SPAN_COUNT:
        return at->span_count;
    }
    return 0;
}

static void append_profile_values(const struct sts__chunk_builder *builder, struct scratch *scratch,
                                  enum profile_value which, struct sts__bytes *out)
{
    for (size_t i = 0; i < builder->profile_count; i++)
        scratch->values[i] = profile_value(builder->profiles, i, which);
    sts__column_append(out, scratch->values, builder->profile_count, NULL, 0);
}

static void append_spans(const struct sts__chunk_builder *builder, struct scratch *scratch,
                         bool with_coverage, struct sts__bytes *out)
{
    const struct sts__span *spans = builder->spans;
    size_t count = builder->span_count, at = 0;

    for (size_t i = 0; i < builder->profile_count; i++)
        for (size_t k = 0; k < builder->profiles[i].span_count; k++, at++)
            scratch->values[at] =
                difference(spans[at].begin_ns,
                           k == 0 ? builder->profiles[i].begin_ns : spans[at - 1].begin_ns);
    sts__column_append(out, scratch->values, count, NULL, 0);
    for (size_t i = 0; i < count; i++)
        scratch->values[i] = difference(spans[i].end_ns, spans[i].begin_ns);
    sts__column_append(out, scratch->values, count, NULL, 0);
    if (!with_coverage)
        return;
    for (size_t i = 0; i < count; i++)
        scratch->values[i] = sts__coverage_pack(spans[i].coverage);
    sts__column_append(out, scratch->values, count, NULL, 0);
}

static unsigned profiles_flags(const struct sts__chunk_builder *builder)
{
    unsigned flags = builder->level > 0 ? STS__PROFILES_SPANS : 0;

    for (size_t i = 0; i < builder->profile_count; i++) {
        flags |= builder->profiles[i].coverage < 1 ? STS__PROFILES_COVERAGE : 0;
        flags |= builder->profiles[i].n_dropped > 0 ? STS__PROFILES_DROPPED : 0;
    }
    for (size_t i = 0; i < builder->span_count; i++)
        flags |= builder->spans[i].coverage < 1 ? STS__PROFILES_SPAN_COVERAGE : 0;
    return flags;
}

static void append_profiles(const struct sts__chunk_builder *builder, struct scratch *scratch,
                            unsigned flags, struct sts__bytes *out)
{
    uint8_t head[] = { STS__PROFILES_FORMAT, (uint8_t)flags };

    sts__bytes_append(out, head, sizeof(head));
    sts__varint_append(out, builder->profile_count);
    if ((flags & STS__PROFILES_SPANS) != 0)
        sts__varint_append(out, builder->span_count);
    append_profile_values(builder, scratch, SERIES, out);
    append_profile_values(builder, scratch, BEGIN, out);
    append_profile_values(builder, scratch, DURATION, out);
    if ((flags & STS__PROFILES_COVERAGE) != 0)
        append_profile_values(builder, scratch, COVERAGE, out);
    if ((flags & STS__PROFILES_DROPPED) != 0)
        append_profile_values(builder, scratch, DROPPED, out);
    if ((flags & STS__PROFILES_SPANS) == 0)
        return;
    append_profile_values(builder, scratch, SPAN_COUNT, out);
    append_spans(builder, scratch, (flags & STS__PROFILES_SPAN_COVERAGE) != 0, out);
}

static void say_what_it_holds(const struct sts__chunk_builder *builder, unsigned flags,
                              struct sts__chunk_parts *parts)
{
    const struct sts__builder_profile *profiles = builder->profiles;

    parts->profile_count = builder->profile_count;
    parts->row_count = builder->functions.count;
    parts->edge_count = builder->edges.count;
    parts->raw_count = builder->level == 0 ? builder->profile_count : builder->span_count;
    parts->exact = (flags & (STS__PROFILES_COVERAGE | STS__PROFILES_SPAN_COVERAGE)) == 0;
    parts->begin_ns = profiles[0].begin_ns;
    parts->last_begin_ns = profiles[0].begin_ns;
    parts->end_ns = profiles[0].end_ns;
    for (size_t i = 1; i < builder->profile_count; i++) {
        if (profiles[i].begin_ns < parts->begin_ns)
            parts->begin_ns = profiles[i].begin_ns;
        if (profiles[i].begin_ns > parts->last_begin_ns)
            parts->last_begin_ns = profiles[i].begin_ns;
        if (profiles[i].end_ns > parts->end_ns)
            parts->end_ns = profiles[i].end_ns;
    }
}

/* --- groups of rows --- */

struct group {
    uint64_t key;
    uint32_t first, count; /* rows of the settled table */
    bool is_leaf;
};

struct groups {
    struct group *all; /* leaves first */
    size_t count, leaf_count;
};

static bool rows_are_leaf(const struct sts__builder_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].figures.tottime_ns != rows[i].figures.cumtime_ns)
            return false;
    return true;
}

static size_t count_groups(const struct sts__builder_table *table)
{
    size_t count = 0;

    for (size_t i = 0; i < table->count; i++)
        count += i == 0 || table->rows[i].key != table->rows[i - 1].key;
    return count;
}

/* Leaves from the front, others behind them; both by key. */
static void place_groups(struct groups *groups, const struct group *found)
{
    size_t leaf = 0, other = groups->leaf_count;

    for (size_t i = 0; i < groups->count; i++)
        groups->all[found[i].is_leaf ? leaf++ : other++] = found[i];
}

static int find_groups(const struct sts__builder_table *table, struct groups *groups,
                       struct sts_error *err)
{
    const struct sts__builder_row *rows = table->rows;
    size_t at = 0;
    struct group *found;

    groups->count = count_groups(table);
    groups->all = sts__alloc_array(groups->count, sizeof(*groups->all));
    found = sts__alloc_array(groups->count, sizeof(*found));
    if (groups->all == NULL || found == NULL) {
        free(found);
        return sts__fail_nomem(err);
    }
    for (size_t i = 0; i < groups->count; i++) {
        size_t end = at;
        while (end < table->count && rows[end].key == rows[at].key)
            end++;
        found[i] = (struct group){ rows[at].key, (uint32_t)at, (uint32_t)(end - at),
                                   rows_are_leaf(rows + at, end - at) };
        groups->leaf_count += found[i].is_leaf;
        at = end;
    }
    place_groups(groups, found);
    free(found);
    return 0;
}

/* An id is told by how far it is behind the one before it. */
static int64_t id_gap(const struct groups *groups, size_t i)
{
    bool is_first = i == 0 || i == groups->leaf_count;
    int64_t id = (uint32_t)groups->all[i].key;

    return is_first ? id : id - (uint32_t)groups->all[i - 1].key - 1;
}

static int64_t caller_gap(const struct groups *groups, size_t i)
{
    bool is_first = i == 0 || i == groups->leaf_count;
    int64_t caller = (int64_t)(groups->all[i].key >> 32);

    return is_first ? caller : caller - (int64_t)(groups->all[i - 1].key >> 32);
}

static int64_t callee_gap(const struct groups *groups, size_t i)
{
    bool is_first = i == 0 || i == groups->leaf_count || caller_gap(groups, i) != 0;
    int64_t callee = (uint32_t)groups->all[i].key;

    return is_first ? callee : callee - (uint32_t)groups->all[i - 1].key - 1;
}

static void append_groups(const struct groups *groups, size_t profile_count, bool of_edges,
                          struct scratch *scratch, struct sts__bytes *out)
{
    size_t count = groups->count;

    sts__varint_append(out, count);
    sts__varint_append(out, groups->leaf_count);
    if (of_edges) {
        for (size_t i = 0; i < count; i++)
            scratch->values[i] = caller_gap(groups, i);
        sts__column_append(out, scratch->values, count, NULL, 0);
    }
    for (size_t i = 0; i < count; i++)
        scratch->values[i] = of_edges ? callee_gap(groups, i) : id_gap(groups, i);
    sts__column_append(out, scratch->values, count, NULL, 0);
    for (size_t i = 0; i < count; i++)
        scratch->values[i] = (int64_t)(profile_count - groups->all[i].count);
    sts__column_append(out, scratch->values, count, NULL, 0);
}

/* Which profiles a group is in, a bit each, from the lowest bit of the first byte. */
static void append_bitmap(const struct sts__builder_table *table, const struct group *group,
                          size_t profile_count, struct sts__bytes *out)
{
    size_t len = (profile_count + 7) / 8;
    char *room = sts__bytes_reserve(out, len);

    if (room == NULL)
        return;
    memset(room, 0, len);
    for (size_t i = 0; i < group->count; i++) {
        uint32_t position = table->rows[group->first + i].profile;
        room[position / 8] = (char)(room[position / 8] | 1 << position % 8);
    }
    out->len += len;
}

static size_t gather_gaps(const struct sts__builder_table *table, const struct group *group,
                          int64_t *gaps)
{
    int64_t last = -1;

    for (size_t i = 0; i < group->count; i++) {
        int64_t position = table->rows[group->first + i].profile;
        gaps[i] = position - last - 1;
        last = position;
    }
    return group->count;
}

/* Gaps of all groups that have them, then the others' bitmaps. */
static void append_positions(const struct sts__builder_table *table, const struct groups *groups,
                             size_t profile_count, struct scratch *scratch, struct sts__bytes *out)
{
    static const uint8_t slack[STS__BITMAP_SLACK];
    size_t count = 0, gap_groups = 0, dense_groups = 0;

    for (size_t i = 0; i < groups->count; i++) {
        const struct group *group = &groups->all[i];

        dense_groups += group->count == profile_count;
        if (group->count == profile_count || sts__has_bitmap(group->count, profile_count))
            continue;
        scratch->group_starts[gap_groups++] = (uint32_t)count;
        count += gather_gaps(table, group, scratch->values + count);
    }
    if (dense_groups == groups->count)
        return;
    sts__column_append(out, scratch->values, count, scratch->group_starts, gap_groups);
    for (size_t i = 0; i < groups->count; i++)
        if (sts__has_bitmap(groups->all[i].count, profile_count))
            append_bitmap(table, &groups->all[i], profile_count, out);
    sts__bytes_append(out, slack, sizeof(slack));
}

static void append_figures(const struct sts__builder_table *table, const struct groups *groups,
                           const struct sts__figure_part *part, struct scratch *scratch,
                           struct sts__bytes *out)
{
    size_t first = part->rows == STS__ROWS_OTHERS ? groups->leaf_count : 0;
    size_t end = part->rows == STS__ROWS_LEAVES ? groups->leaf_count : groups->count;
    size_t count = 0;
    uint64_t any = 0;

    for (size_t i = first; i < end; i++) {
        const struct group *group = &groups->all[i];

        scratch->group_starts[i - first] = (uint32_t)count;
        for (size_t k = 0; k < group->count; k++) {
            const struct sts__builder_row *row = &table->rows[group->first + k];
            struct sts_coro coro = sts__builder_coro(table, row);
            int64_t value = part->value(&row->figures, &coro);
            any |= (uint64_t)value;
            scratch->values[count++] = value;
        }
    }
    if (any != 0)
        sts__column_append(out, scratch->values, count, scratch->group_starts, end - first);
}

static int build_table(const struct sts__builder_table *table, size_t profile_count, bool of_edges,
                       struct scratch *scratch, struct sts__chunk_parts *parts,
                       struct sts_error *err)
{
    const struct sts__figure_part *figures = of_edges ? sts__edge_figures : sts__function_figures;
    size_t figure_count = of_edges ? STS__EDGE_FIGURES : STS__FUNCTION_FIGURES;
    struct groups groups = { 0 };
    int r;

    if (table->count == 0)
        return 0;
    r = find_groups(table, &groups, err);
    if (r < 0)
        goto done;
    append_groups(&groups, profile_count, of_edges, scratch,
                  &parts->bytes[of_edges ? STS__PART_EDGES : STS__PART_FUNCTIONS]);
    append_positions(table, &groups, profile_count, scratch,
                     &parts->bytes[of_edges ? STS__PART_EDGE_POSITIONS : STS__PART_POSITIONS]);
    for (size_t i = 0; i < figure_count; i++)
        append_figures(table, &groups, &figures[i], scratch, &parts->bytes[figures[i].part]);
done:
    free(groups.all);
    return r;
}

/* --- all of it --- */

static size_t longest(const struct sts__chunk_builder *builder)
{
    size_t counts[] = { builder->profile_count, builder->span_count, builder->functions.count,
                        builder->edges.count };
    size_t most = 0;

    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
        most = counts[i] > most ? counts[i] : most;
    return most;
}

static int build_parts(const struct sts__chunk_builder *builder, struct scratch *scratch,
                       struct sts__chunk_parts *parts, struct sts_error *err)
{
    unsigned flags = profiles_flags(builder);
    int r;

    append_profiles(builder, scratch, flags, &parts->bytes[STS__PART_PROFILES]);
    say_what_it_holds(builder, flags, parts);
    r = build_table(&builder->functions, builder->profile_count, false, scratch, parts, err);
    if (r == 0)
        r = build_table(&builder->edges, builder->profile_count, true, scratch, parts, err);
    for (int i = 0; i < STS__PART_COUNT && r == 0; i++)
        r = sts__bytes_check(&parts->bytes[i], "a part of a chunk", err);
    return r;
}

static void clear_parts(struct sts__chunk_parts *parts)
{
    struct sts__bytes kept[STS__PART_COUNT];

    for (int i = 0; i < STS__PART_COUNT; i++)
        sts__bytes_clear(&parts->bytes[i]);
    memcpy(kept, parts->bytes, sizeof(kept));
    memset(parts, 0, sizeof(*parts));
    memcpy(parts->bytes, kept, sizeof(kept));
}

int sts__chunk_build(struct sts__chunk_builder *builder, struct sts__chunk_parts *parts,
                     struct sts_error *err)
{
    struct scratch scratch = { NULL, NULL };
    int r;

    clear_parts(parts);
    r = sts__builder_settle(builder, err);
    if (r < 0 || builder->profile_count == 0)
        return r;
    scratch.values = malloc(longest(builder) * sizeof(*scratch.values));
    scratch.group_starts = malloc(longest(builder) * sizeof(*scratch.group_starts));
    if (scratch.values == NULL || scratch.group_starts == NULL)
        r = sts__fail_nomem(err);
    else
        r = build_parts(builder, &scratch, parts, err);
    free(scratch.values);
    free(scratch.group_starts);
    return r;
}
