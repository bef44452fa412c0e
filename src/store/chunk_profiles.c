/* SPDX-License-Identifier: MIT */
/*
 * chunk_profiles.c - the profiles of a chunk: series, spans, coverage, losses.
 */
#include "store/chunk_directory.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

/* All arrays of the profiles, in one piece of memory. */
struct profile_arrays {
    int64_t *begin_ns, *end_ns;
    double *coverages;
    uint64_t *n_dropped;
    struct sts__span *spans;
    uint32_t *series_ids, *first_spans;
    int64_t *values; /* of the column that is being read */
    size_t count, span_count;
};

static void *place_arrays(struct profile_arrays *arrays)
{
    size_t count = arrays->count, span_count = arrays->span_count;
    size_t longest = count > span_count ? count : span_count;
    /* the counts' maxima keep this far from SIZE_MAX */
    size_t words = 4 * count + longest + (2 * count + 2) / 2;
    uint64_t *memory =
        sts__alloc_array(words * sizeof(uint64_t) + span_count * sizeof(*arrays->spans), 1);

    if (memory == NULL)
        return NULL;
    arrays->begin_ns = (int64_t *)memory;
    arrays->end_ns = arrays->begin_ns + count;
    arrays->coverages = (double *)(arrays->end_ns + count);
    arrays->n_dropped = (uint64_t *)(arrays->coverages + count);
    arrays->values = (int64_t *)(arrays->n_dropped + count);
    arrays->series_ids = (uint32_t *)(arrays->values + longest);
    arrays->first_spans = arrays->series_ids + count;
    arrays->spans = (struct sts__span *)(memory + words);
    return memory;
}

static int read_series(struct sts__varint_reader *reader, const struct profile_arrays *arrays,
                       struct sts_error *err)
{
    int64_t *values = arrays->values;
    int64_t last = 0;
    int r = sts__directory_values(reader, arrays->count, values, err);

    for (size_t i = 0; i < arrays->count && r == 0; i++) {
        last = sts__directory_sum(last, values[i]);
        if (last < 0 || last > UINT32_MAX)
            r = sts__directory_bad(err, "profiles");
        arrays->series_ids[i] = (uint32_t)last;
    }
    return r;
}

static int read_times(struct sts__varint_reader *reader, const struct profile_arrays *arrays,
                      struct sts_error *err)
{
    int64_t *begins = arrays->begin_ns, *ends = arrays->end_ns;
    int r = sts__directory_values(reader, arrays->count, begins, err);

    if (r == 0)
        r = sts__directory_values(reader, arrays->count, ends, err);
    for (size_t i = 0; i < arrays->count && r == 0; i++) {
        begins[i] = sts__directory_sum(begins[i], i == 0 ? 0 : begins[i - 1]);
        ends[i] = sts__directory_sum(begins[i], ends[i]);
        if (ends[i] < begins[i])
            r = sts__directory_bad(err, "profiles");
    }
    return r;
}

static int read_coverage(struct sts__varint_reader *reader, const struct profile_arrays *arrays,
                         unsigned flags, struct sts_error *err)
{
    int r = 0;

    if ((flags & STS__PROFILES_COVERAGE) != 0)
        r = sts__directory_values(reader, arrays->count, arrays->values, err);
    for (size_t i = 0; i < arrays->count && r == 0; i++)
        if (!sts__coverage_unpack(arrays->values[i], &arrays->coverages[i]))
            r = sts__directory_bad(err, "profiles");
    return r;
}

static int read_dropped(struct sts__varint_reader *reader, const struct profile_arrays *arrays,
                        unsigned flags, struct sts_error *err)
{
    int r;

    if ((flags & STS__PROFILES_DROPPED) == 0)
        return 0;
    r = sts__directory_values(reader, arrays->count, arrays->values, err);
    for (size_t i = 0; i < arrays->count && r == 0; i++) {
        if (arrays->values[i] < 0)
            r = sts__directory_bad(err, "profiles");
        arrays->n_dropped[i] = (uint64_t)arrays->values[i];
    }
    return r;
}

static int read_span_counts(struct sts__varint_reader *reader, const struct profile_arrays *arrays,
                            struct sts_error *err)
{
    int r = sts__directory_values(reader, arrays->count, arrays->values, err);
    size_t first = 0;

    for (size_t i = 0; i < arrays->count && r == 0; i++) {
        if (arrays->values[i] < 1 || (uint64_t)arrays->values[i] > arrays->span_count - first)
            return sts__directory_bad(err, "profiles");
        first += (size_t)arrays->values[i];
        arrays->first_spans[i + 1] = (uint32_t)first;
    }
    return r == 0 && first != arrays->span_count ? sts__directory_bad(err, "profiles") : r;
}

static int read_spans(struct sts__varint_reader *reader, const struct profile_arrays *arrays,
                      unsigned flags, struct sts_error *err)
{
    struct sts__span *spans = arrays->spans;
    int64_t *values = arrays->values;
    int r = read_span_counts(reader, arrays, err);

    if (r == 0)
        r = sts__directory_values(reader, arrays->span_count, values, err);
    for (size_t i = 0; i < arrays->count && r == 0; i++) {
        int64_t last = arrays->begin_ns[i];
        for (uint32_t k = arrays->first_spans[i]; k < arrays->first_spans[i + 1]; k++)
            last = spans[k].begin_ns = sts__directory_sum(last, values[k]);
    }
    if (r == 0)
        r = sts__directory_values(reader, arrays->span_count, values, err);
    for (size_t i = 0; i < arrays->span_count && r == 0; i++) {
        spans[i].end_ns = sts__directory_sum(spans[i].begin_ns, values[i]);
        if (spans[i].end_ns < spans[i].begin_ns)
            r = sts__directory_bad(err, "profiles");
        values[i] = 0;
    }
    if (r == 0 && (flags & STS__PROFILES_SPAN_COVERAGE) != 0)
        r = sts__directory_values(reader, arrays->span_count, values, err);
    for (size_t i = 0; i < arrays->span_count && r == 0; i++)
        if (!sts__coverage_unpack(values[i], &spans[i].coverage))
            r = sts__directory_bad(err, "profiles");
    return r;
}

/* All but the spans. */
static int read_profile_arrays(struct sts__varint_reader *reader,
                               const struct profile_arrays *arrays, unsigned flags,
                               struct sts_error *err)
{
    int r = read_series(reader, arrays, err);

    if (r == 0)
        r = read_times(reader, arrays, err);
    memset(arrays->values, 0, arrays->count * sizeof(*arrays->values));
    if (r == 0)
        r = read_coverage(reader, arrays, flags, err);
    if (r == 0)
        r = read_dropped(reader, arrays, flags, err);
    return r;
}

/* Order is what readers of a slice of time rely on. */
static bool profiles_are_ordered(const struct profile_arrays *arrays)
{
    for (size_t i = 1; i < arrays->count; i++) {
        if (arrays->series_ids[i] < arrays->series_ids[i - 1])
            return false;
        if (arrays->series_ids[i] == arrays->series_ids[i - 1] &&
            arrays->begin_ns[i] < arrays->begin_ns[i - 1])
            return false;
    }
    return true;
}

int sts__directory_open_profiles(struct sts__chunk *chunk, const struct sts__part_bytes *part,
                                 bool without_spans, struct sts_error *err)
{
    struct profile_arrays arrays = { 0 };
    struct sts__varint_reader reader;
    unsigned format, flags;
    size_t span_count = 0;
    bool has_spans;
    int r;

    if (part->data == NULL)
        return sts__directory_bad(err, "profiles");
    sts__varint_reader_init(&reader, part->data, part->len);
    format = sts__varint_read_byte(&reader);
    flags = sts__varint_read_byte(&reader);
    arrays.count = sts__varint_read_count(&reader, STS__BUILDER_PROFILES_MAX);
    if ((flags & STS__PROFILES_SPANS) != 0)
        span_count = sts__varint_read_count(&reader, STS__BUILDER_SPANS_MAX);
    if (reader.status < 0 || format != STS__PROFILES_FORMAT ||
        (flags & ~STS__PROFILES_KNOWN) != 0 ||
        (chunk->level > 0) != ((flags & STS__PROFILES_SPANS) != 0) ||
        !sts__directory_could_hold(&reader, arrays.count) ||
        !sts__directory_could_hold(&reader, span_count))
        return sts__directory_bad(err, "profiles");
    has_spans = chunk->level > 0 && !without_spans;
    arrays.span_count = has_spans ? span_count : 0;
    chunk->memory = place_arrays(&arrays);
    if (chunk->memory == NULL)
        return sts__fail_nomem(err);
    r = read_profile_arrays(&reader, &arrays, flags, err);
    if (r == 0 && has_spans)
        r = read_spans(&reader, &arrays, flags, err);
    if (r == 0 && (has_spans || chunk->level == 0) &&
        (reader.status < 0 || reader.at != reader.end))
        r = sts__directory_bad(err, "profiles");
    if (r == 0 && !profiles_are_ordered(&arrays))
        r = sts__directory_bad(err, "profiles");
    chunk->profile_count = (uint32_t)arrays.count;
    chunk->series_ids = arrays.series_ids;
    chunk->begin_ns = arrays.begin_ns;
    chunk->end_ns = arrays.end_ns;
    chunk->coverages = arrays.coverages;
    chunk->n_dropped = arrays.n_dropped;
    chunk->first_spans = has_spans ? arrays.first_spans : NULL;
    chunk->spans = has_spans ? arrays.spans : NULL;
    return r;
}

struct sts__chunk_profile sts__chunk_profile(const struct sts__chunk *chunk, uint32_t i)
{
    struct sts__chunk_profile profile = {
        .series_id = chunk->series_ids[i],
        .begin_ns = chunk->begin_ns[i],
        .end_ns = chunk->end_ns[i],
        .coverage = chunk->coverages[i],
        .n_dropped = chunk->n_dropped[i],
    };

    if (chunk->first_spans != NULL) {
        profile.spans = chunk->spans + chunk->first_spans[i];
        profile.span_count = chunk->first_spans[i + 1] - chunk->first_spans[i];
    }
    return profile;
}
