/* SPDX-License-Identifier: MIT */
/*
 * make_chunks.c - write the corpus of fuzz_chunk.c: small chunks of each kind.
 *
 *   make_chunks FOLDER
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/chunk.h"

struct kind {
    const char *name;
    unsigned profiles, functions, edges;
    unsigned skip; /* every so manieth row is not there; 0: all are */
    unsigned level;
    int64_t value, spread; /* value + spread * (0 .. 7), doubled again and again where spread < 0 */
};

static const struct kind kinds[] = {
    { "one", 1, 1, 0, 0, 0, 5, 0 },          { "zeros", 2, 2, 1, 0, 0, 0, 0 },
    { "alone", 1, 40, 20, 0, 0, 1000, -1 },  { "day", 30, 4, 3, 0, 0, 100000, 13 },
    { "sparse", 12, 6, 6, 3, 0, 70, 1 },     { "minutes", 20, 3, 2, 4, 1, 100, 7 },
    { "hours", 9, 2, 2, 0, 3, 1 << 20, -1 }, { "huge", 3, 2, 1, 0, 0, INT64_MIN, 1 },
    { "outliers", 40, 2, 0, 0, 0, 3, -2 },
};

static int64_t make_value(const struct kind *kind, unsigned profile, unsigned function)
{
    unsigned mix = (profile * 7 + function * 3) % 8;

    if (kind->spread == -1)
        return kind->value << (profile + function) % 20;
    if (kind->spread == -2)
        return profile == 17 ? 1 << 20 : mix;
    return kind->value + kind->spread * mix;
}

static void fill(const struct kind *kind, struct sts__chunk_builder *builder)
{
    for (unsigned p = 0; p < kind->profiles; p++) {
        struct sts__chunk_profile profile = { .series_id = p % 2,
                                              .begin_ns = p * INT64_C(30000000000),
                                              .end_ns = (p + 1) * INT64_C(30000000000),
                                              .coverage = p % 5 == 0 ? 0.5 : 1,
                                              .n_dropped = p % 7 == 0 };
        if (sts__chunk_builder_profile(builder, &profile, NULL) < 0)
            exit(1);
        for (unsigned f = 0; f < kind->functions + kind->edges; f++) {
            int64_t value = make_value(kind, p, f);
            struct sts_figures figures = { (uint64_t)value, (uint64_t)value - p % 2, value,
                                           f % 2 == 0 ? value : value / 2 };
            struct sts__chunk_row row = { p, f, figures, { f % 3 == 0 ? p : 0, f % 3 } };
            struct sts__chunk_edge edge = { p, f % 3, f, figures };

            if (kind->skip > 0 && (p + f) % kind->skip == 0)
                continue;
            if (f < kind->functions ? sts__chunk_builder_row(builder, &row, NULL) < 0
                                    : sts__chunk_builder_edge(builder, &edge, NULL) < 0)
                exit(1);
        }
    }
}

static void write_chunk(const char *folder, const struct kind *kind,
                        const struct sts__chunk_parts *parts)
{
    char path[4096];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", folder, kind->name);
    file = fopen(path, "wb");
    if (file == NULL)
        exit(1);
    fputc((int)kind->level, file);
    for (int i = 0; i < STS__PART_COUNT; i++) {
        size_t len = parts->bytes[i].len;

        if (len == 0)
            continue;
        fputc(i, file);
        fputc((int)(len % 256), file);
        fputc((int)(len / 256), file);
        fwrite(parts->bytes[i].data, 1, len, file);
    }
    if (fclose(file) != 0)
        exit(1);
}

static void make(const char *folder, const struct kind *kind)
{
    struct sts__chunk_builder raw, rolled;
    struct sts__chunk_parts parts;

    sts__chunk_builder_init(&raw, 0);
    sts__chunk_builder_init(&rolled, kind->level);
    sts__chunk_parts_init(&parts);
    fill(kind, &raw);
    if (kind->level > 0 && sts__rollup(&raw, INT64_C(60000000000), &rolled, NULL) < 0)
        exit(1);
    if (sts__chunk_build(kind->level > 0 ? &rolled : &raw, &parts, NULL) < 0)
        exit(1);
    write_chunk(folder, kind, &parts);
    sts__chunk_parts_deinit(&parts);
    sts__chunk_builder_deinit(&raw);
    sts__chunk_builder_deinit(&rolled);
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        make(argv[1], &kinds[i]);
    return 0;
}
