/* SPDX-License-Identifier: MIT */
/*
 * oom_chunk.c - chunks: built, rolled up, opened, merged.
 */
#include "oom.h"
#include "store/chunk.h"

/* A few profiles with functions, coroutines and edges; not all in all of them. */
static int fill(struct sts__chunk_builder *builder, struct sts_error *err)
{
    int r = 0;

    for (uint32_t p = 0; p < 40 && r >= 0; p++) {
        struct sts__chunk_profile profile = { .begin_ns = p * INT64_C(10000000000),
                                              .end_ns = (p + 1) * INT64_C(10000000000),
                                              .coverage = p == 3 ? 0.5 : 1 };

        r = sts__chunk_builder_profile(builder, &profile, err);
        for (uint32_t f = 0; f < 4 && r >= 0; f++) {
            struct sts__chunk_row row = { p, 9 - f, { p, p, f, 7 }, { f, p } };
            struct sts__chunk_edge edge = { p, f, 1, { 1, 1, p, f } };

            if (p % (f * 5 + 1) > 0)
                continue;
            r = sts__chunk_builder_row(builder, &row, err);
            if (r == 0)
                r = sts__chunk_builder_edge(builder, &edge, err);
        }
    }
    return r < 0 ? r : 0;
}

static void load(const struct sts__chunk_parts *parts, struct sts__part_bytes *loaded)
{
    for (int i = 0; i < STS__PART_COUNT; i++) {
        loaded[i].data = parts->bytes[i].len == 0 ? NULL : (const uint8_t *)parts->bytes[i].data;
        loaded[i].len = parts->bytes[i].len;
    }
}

/* What a failed build leaves can be built again. */
static int build(struct sts__chunk_builder *builder, struct sts__chunk_parts *parts,
                 struct sts_error *err)
{
    size_t rows = builder->functions.count, profiles = builder->profile_count;
    int r = sts__chunk_build(builder, parts, err);

    if (r == STS_E_NOMEM &&
        (builder->functions.count != rows || builder->profile_count != profiles ||
         sts__chunk_build(builder, parts, err) < 0))
        r = STS_E_FORMAT;
    return r;
}

static int build_and_roll_up(struct sts_error *err)
{
    struct sts__chunk_builder raw, minutes;
    struct sts__chunk_parts parts;
    int r;

    sts__chunk_builder_init(&raw, 0);
    sts__chunk_builder_init(&minutes, 1);
    sts__chunk_parts_init(&parts);
    r = fill(&raw, err);
    if (r == 0)
        r = build(&raw, &parts, err);
    if (r == 0)
        r = sts__rollup(&raw, INT64_C(60000000000), &minutes, err);
    if (r == 0)
        r = build(&minutes, &parts, err);
    sts__chunk_parts_deinit(&parts);
    sts__chunk_builder_deinit(&raw);
    sts__chunk_builder_deinit(&minutes);
    return r;
}

static int open_and_merge(struct sts_error *err)
{
    struct sts__part_bytes loaded[STS__PART_COUNT];
    struct sts__chunk_builder builder, merged;
    struct sts__chunk_parts parts;
    struct sts__chunk chunk = { 0 };
    int r;

    sts__chunk_builder_init(&builder, 0);
    sts__chunk_builder_init(&merged, 0);
    sts__chunk_parts_init(&parts);
    r = fill(&builder, err);
    if (r == 0)
        r = sts__chunk_build(&builder, &parts, err);
    if (r == 0) {
        load(&parts, loaded);
        r = sts__chunk_open(&chunk, loaded, 0, err);
    }
    if (r == 0)
        r = sts__chunk_builder_chunk(&merged, &chunk, err);
    if (r == 0)
        r = build(&merged, &parts, err);
    sts__chunk_deinit(&chunk);
    sts__chunk_parts_deinit(&parts);
    sts__chunk_builder_deinit(&builder);
    sts__chunk_builder_deinit(&merged);
    return r;
}

const struct scenario chunk_scenarios[] = {
    { "build a chunk and roll it up", build_and_roll_up },
    { "open a chunk and merge it", open_and_merge },
    { NULL, NULL },
};
