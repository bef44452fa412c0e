/* SPDX-License-Identifier: MIT */
/*
 * bench_column.c - what packing, unpacking and summing cost, and how small the columns are.
 *
 *   bench_column [PROFILES [FUNCTIONS]]
 *
 * Out:  for each width and form, ns a value; for generated days, rows a second of building,
 *       bits a row, and ns a row of summing cumtime by slices of 60 profiles.
 * Data: level   each function has a level of its own, log-uniform over six decimal orders, around
 *               which its figures vary log-normally (calls by 30 %, time a call by 20 %);
 *               half of the functions are leaves.
 *       random  every figure is log-uniform over six decimal orders, by itself; no leaves.
 *       sparse  as level, but a function is in a profile with a chance of its own.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/bits.h"
#include "store/chunk.h"

#define CHUNK_PROFILES 360 /* an hour of 10 s */
#define SLICE_PROFILES 60

static uint64_t next_random(uint64_t *state)
{
    uint64_t word = *state += UINT64_C(0x9e3779b97f4a7c15);
    word = (word ^ (word >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    word = (word ^ (word >> 27)) * UINT64_C(0x94d049bb133111eb);
    return word ^ (word >> 31);
}

static double uniform(uint64_t *state)
{
    return (double)(next_random(state) >> 11) * 0x1p-53;
}

static double normal(uint64_t *state)
{
    return sqrt(-2 * log(1 - uniform(state))) * cos(6.283185307179586 * uniform(state));
}

/* 1 .. 10^decades */
static double log_uniform(uint64_t *state, double decades)
{
    return pow(10, decades * uniform(state));
}

static double seconds_since(int64_t start_ns)
{
    return (double)(sts__clock_mono_ns() - start_ns) * 1e-9;
}

static void stop(const struct sts_error *err)
{
    fprintf(stderr, "bench_column: %s\n", err->text);
    exit(1);
}

/* --- columns --- */

#define COLUMN_VALUES ((size_t)1 << 16)
#define COLUMN_ROUNDS 30

struct column_bench {
    const int64_t *values;
    int64_t *unpacked;
    struct sts__bytes bytes;
    struct sts__column column;
    int64_t sum;
};

static void pack_once(struct column_bench *bench)
{
    sts__bytes_clear(&bench->bytes);
    sts__column_append(&bench->bytes, bench->values, COLUMN_VALUES, NULL, 0);
}

static void unpack_once(struct column_bench *bench)
{
    struct sts_error err;

    if (sts__column_unpack(&bench->column, 0, COLUMN_VALUES, bench->unpacked, &err) < 0)
        stop(&err);
}

static void sum_once(struct column_bench *bench)
{
    struct sts__column_cursor cursor;
    struct sts_error err;

    sts__column_cursor_init(&cursor, &bench->column);
    for (size_t at = 0; at + SLICE_PROFILES <= COLUMN_VALUES; at += SLICE_PROFILES) {
        int64_t part;
        if (sts__column_sum(&cursor, at, SLICE_PROFILES, &part, &err) < 0)
            stop(&err);
        bench->sum += part;
    }
}

/* The fastest of many rounds, ns a value: the machine may be doing something else besides. */
static double fastest(void (*run)(struct column_bench *), struct column_bench *bench)
{
    double best = 1e9;

    for (int i = 0; i < COLUMN_ROUNDS; i++) {
        int64_t start_ns = sts__clock_mono_ns();
        double s;

        run(bench);
        s = seconds_since(start_ns);
        best = s < best ? s : best;
    }
    return best * 1e9 / COLUMN_VALUES;
}

static void time_column(const char *name, const int64_t *values)
{
    static int64_t unpacked[COLUMN_VALUES];
    struct column_bench bench = { .values = values, .unpacked = unpacked };
    struct sts__varint_reader reader;
    struct sts_error err;
    double pack_ns, unpack_ns, sum_ns;

    sts__bytes_init(&bench.bytes, STS__PART_BYTES_MAX);
    pack_ns = fastest(pack_once, &bench);
    sts__varint_reader_init(&reader, (const uint8_t *)bench.bytes.data, bench.bytes.len);
    if (sts__column_open(&bench.column, &reader, COLUMN_VALUES, &err) < 0)
        stop(&err);
    unpack_ns = fastest(unpack_once, &bench);
    sum_ns = fastest(sum_once, &bench);
    if (memcmp(unpacked, values, sizeof(unpacked)) != 0 || bench.sum == 1)
        exit(1);
    printf("%-12s %6.2f bits  pack %6.2f  unpack %5.2f  sum of 60s %5.2f ns a value\n", name,
           (double)bench.bytes.len * 8 / COLUMN_VALUES, pack_ns, unpack_ns, sum_ns);
    sts__column_deinit(&bench.column);
    sts__bytes_deinit(&bench.bytes);
}

static void time_columns(void)
{
    static const unsigned widths[] = { 0, 1, 4, 8, 12, 16, 20, 24, 28, 32, 40, 48, 57, 64 };
    static int64_t values[COLUMN_VALUES];
    uint64_t state = 1;
    char name[32];

    for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
        for (size_t k = 0; k < COLUMN_VALUES; k++)
            values[k] = widths[i] == 0 ? 7 : (int64_t)(next_random(&state) >> (64 - widths[i]));
        if (widths[i] == 64) /* sums must fit */
            for (size_t k = 0; k < COLUMN_VALUES; k++)
                values[k] >>= 8;
        snprintf(name, sizeof(name), "fixed %u", widths[i]);
        time_column(name, values);
    }
    for (int decades = 3; decades <= 9; decades += 3) {
        for (size_t k = 0; k < COLUMN_VALUES; k++)
            values[k] = (int64_t)log_uniform(&state, decades);
        snprintf(name, sizeof(name), "decades %d", decades);
        time_column(name, values);
    }
    for (size_t k = 0; k < COLUMN_VALUES; k++)
        values[k] = (int64_t)(1e5 * exp(0.3 * normal(&state))) * (k % 50 == 0 ? 100 : 1);
    time_column("outliers", values);
}

/* --- chunks --- */

enum kind { LEVEL, RANDOM, SPARSE };
static const char *const kind_names[] = { "level", "random", "sparse" };

struct function {
    double calls, ns_a_call, nested, present;
};

static struct function *make_functions(unsigned count)
{
    struct function *functions = malloc(count * sizeof(*functions));
    uint64_t state = 7;

    if (functions == NULL)
        exit(1);
    for (unsigned i = 0; i < count; i++) {
        functions[i].calls = log_uniform(&state, 4);
        functions[i].ns_a_call = 100 * log_uniform(&state, 3);
        functions[i].nested = uniform(&state) < 0.5 ? 0 : log_uniform(&state, 2);
        functions[i].present = uniform(&state);
    }
    return functions;
}

static void make_row(enum kind kind, const struct function *function, uint64_t *state,
                     struct sts__chunk_row *row)
{
    double ns;

    if (kind == RANDOM) {
        row->figures.ncalls = (uint64_t)log_uniform(state, 6);
        row->figures.tottime_ns = (int64_t)(1e3 * log_uniform(state, 6));
        row->figures.cumtime_ns = (int64_t)(1e3 * log_uniform(state, 6));
    } else {
        row->figures.ncalls = 1 + (uint64_t)(function->calls * exp(0.3 * normal(state)));
        ns = (double)row->figures.ncalls * function->ns_a_call;
        row->figures.tottime_ns = (int64_t)(ns * exp(0.2 * normal(state)));
        row->figures.cumtime_ns =
            row->figures.tottime_ns + (int64_t)(ns * function->nested * exp(0.2 * normal(state)));
    }
    row->figures.pcalls = row->figures.ncalls;
}

/* Times are those of the best chunk, ns a row. */
struct figures_of_kind {
    double bytes[STS__PART_COUNT], rows;
    double one_bytes; /* of chunks of one profile */
    double build_ns, one_ns, merge_ns, rollup_ns, open_ns, sum_ns, unpack_ns;
};

static void keep_best(double *best_ns, double seconds, size_t rows)
{
    double ns = seconds * 1e9 / (double)rows;
    *best_ns = *best_ns == 0 || ns < *best_ns ? ns : *best_ns;
}

static void sum_chunk(const struct sts__chunk_parts *parts, struct figures_of_kind *figures)
{
    struct sts__part_bytes loaded[STS__PART_COUNT] = { { 0 } };
    struct sts__run runs[CHUNK_PROFILES / SLICE_PROFILES];
    struct sts__chunk chunk;
    struct sts_error err;
    int64_t start_ns, *sums;
    uint32_t want = sts__figure_parts(STS__FIGURE_CUMTIME, false);
    size_t run_count = 0;
    static int64_t values[CHUNK_PROFILES];

    for (int i = 0; i < STS__PART_COUNT; i++)
        if (parts->bytes[i].len > 0 && (want >> i & 1) != 0)
            loaded[i] = (struct sts__part_bytes){ (const uint8_t *)parts->bytes[i].data,
                                                  parts->bytes[i].len };
    start_ns = sts__clock_mono_ns();
    if (sts__chunk_open(&chunk, loaded, 0, &err) < 0)
        stop(&err);
    keep_best(&figures->open_ns, seconds_since(start_ns), parts->row_count);
    for (uint32_t at = 0; at < chunk.profile_count; at += SLICE_PROFILES)
        runs[run_count++] = (struct sts__run){ at, at + SLICE_PROFILES < chunk.profile_count
                                                       ? at + SLICE_PROFILES
                                                       : chunk.profile_count };
    sums = malloc(chunk.functions.group_count * run_count * sizeof(*sums));
    start_ns = sts__clock_mono_ns();
    if (sums == NULL ||
        sts__table_sums(&chunk.functions, STS__FIGURE_CUMTIME, 0, chunk.functions.group_count, runs,
                        run_count, sums, &err) < 0)
        stop(&err);
    keep_best(&figures->sum_ns, seconds_since(start_ns), parts->row_count);
    start_ns = sts__clock_mono_ns();
    for (uint32_t i = 0; i < chunk.functions.group_count; i++) {
        uint32_t first = chunk.functions.first_rows[i];
        if (sts__table_figure(&chunk.functions, STS__FIGURE_CUMTIME, first,
                              chunk.functions.first_rows[i + 1] - first, values, &err) < 0)
            stop(&err);
    }
    keep_best(&figures->unpack_ns, seconds_since(start_ns), parts->row_count);
    free(sums);
    sts__chunk_deinit(&chunk);
}

/* Two chunks become one: what compaction does. */
static void merge_chunks(const struct sts__chunk_parts *parts, struct sts__chunk_builder *builder,
                         struct figures_of_kind *figures)
{
    struct sts__part_bytes loaded[STS__PART_COUNT] = { { 0 } };
    struct sts__chunk_parts merged;
    struct sts__chunk chunk;
    struct sts_error err;
    int64_t start_ns = sts__clock_mono_ns();

    for (int i = 0; i < STS__PART_COUNT; i++)
        if (parts->bytes[i].len > 0)
            loaded[i] = (struct sts__part_bytes){ (const uint8_t *)parts->bytes[i].data,
                                                  parts->bytes[i].len };
    sts__chunk_parts_init(&merged);
    sts__chunk_builder_clear(builder);
    if (sts__chunk_open(&chunk, loaded, 0, &err) < 0 ||
        sts__chunk_builder_chunk(builder, &chunk, &err) < 0 ||
        sts__chunk_build(builder, &merged, &err) < 0)
        stop(&err);
    sts__chunk_deinit(&chunk);
    sts__chunk_parts_deinit(&merged);
    keep_best(&figures->merge_ns, seconds_since(start_ns), parts->row_count);
}

static void roll_up(struct sts__chunk_builder *builder, struct figures_of_kind *figures)
{
    struct sts__chunk_builder minutes;
    struct sts__chunk_parts parts;
    struct sts_error err;
    int64_t start_ns = sts__clock_mono_ns();

    sts__chunk_builder_init(&minutes, 1);
    sts__chunk_parts_init(&parts);
    if (sts__rollup(builder, INT64_C(60000000000), &minutes, &err) < 0 ||
        sts__chunk_build(&minutes, &parts, &err) < 0)
        stop(&err);
    sts__chunk_builder_deinit(&minutes);
    sts__chunk_parts_deinit(&parts);
    keep_best(&figures->rollup_ns, seconds_since(start_ns), builder->functions.count);
}

static size_t make_rows(enum kind kind, unsigned profiles, unsigned function_count,
                        const struct function *functions, uint64_t *state,
                        struct sts__chunk_row *rows)
{
    size_t count = 0;

    for (unsigned p = 0; p < profiles; p++)
        for (unsigned f = 0; f < function_count; f++) {
            if (kind == SPARSE && uniform(state) > functions[f].present)
                continue;
            memset(&rows[count], 0, sizeof(rows[count]));
            rows[count].profile = p;
            rows[count].function_id = (uint32_t)((f * UINT64_C(7919)) % function_count);
            make_row(kind, &functions[f], state, &rows[count++]);
        }
    return count;
}

/* Rows into a builder, and built. Returns: seconds. */
static double build(const struct sts__chunk_row *rows, size_t count, unsigned profiles,
                    struct sts__chunk_builder *builder, struct sts__chunk_parts *parts)
{
    int64_t start_ns = sts__clock_mono_ns();
    struct sts_error err;

    sts__chunk_builder_clear(builder);
    for (unsigned p = 0; p < profiles; p++) {
        struct sts__chunk_profile profile = { .begin_ns = p * INT64_C(10000000000),
                                              .end_ns = (p + 1) * INT64_C(10000000000),
                                              .coverage = 1 };
        if (sts__chunk_builder_profile(builder, &profile, &err) < 0)
            stop(&err);
    }
    for (size_t i = 0; i < count; i++)
        if (sts__chunk_builder_row(builder, &rows[i], &err) < 0)
            stop(&err);
    if (sts__chunk_build(builder, parts, &err) < 0)
        stop(&err);
    return seconds_since(start_ns);
}

static double parts_bytes(const struct sts__chunk_parts *parts)
{
    double bytes = 0;

    for (int i = 0; i < STS__PART_COUNT; i++)
        bytes += (double)parts->bytes[i].len;
    return bytes;
}

static void time_chunk(enum kind kind, unsigned profiles, unsigned function_count,
                       const struct function *functions, uint64_t *state,
                       struct sts__chunk_row *rows, struct figures_of_kind *figures)
{
    size_t count = make_rows(kind, profiles, function_count, functions, state, rows);
    struct sts__chunk_builder builder;
    struct sts__chunk_parts parts;

    sts__chunk_builder_init(&builder, 0);
    sts__chunk_parts_init(&parts);
    keep_best(&figures->build_ns, build(rows, count, profiles, &builder, &parts), count);
    figures->rows += (double)count;
    for (int i = 0; i < STS__PART_COUNT; i++)
        figures->bytes[i] += (double)parts.bytes[i].len;
    sum_chunk(&parts, figures);
    roll_up(&builder, figures);
    merge_chunks(&parts, &builder, figures);
    for (size_t i = 0, end; i < count; i = end) {
        uint32_t profile = rows[i].profile;

        for (end = i; end < count && rows[end].profile == profile; end++)
            rows[end].profile = 0;
        keep_best(&figures->one_ns, build(rows + i, end - i, 1, &builder, &parts), end - i);
        figures->one_bytes += parts_bytes(&parts);
    }
    sts__chunk_builder_deinit(&builder);
    sts__chunk_parts_deinit(&parts);
}

static void time_kind(enum kind kind, unsigned profiles, unsigned function_count)
{
    struct function *functions = make_functions(function_count);
    struct sts__chunk_row *rows = malloc((size_t)CHUNK_PROFILES * function_count * sizeof(*rows));
    struct figures_of_kind f = { 0 };
    double bytes = 0;
    uint64_t state = 3;

    if (rows == NULL)
        exit(1);
    for (unsigned at = 0; at < profiles; at += CHUNK_PROFILES)
        time_chunk(kind, profiles - at < CHUNK_PROFILES ? profiles - at : CHUNK_PROFILES,
                   function_count, functions, &state, rows, &f);
    for (int i = 0; i < STS__PART_COUNT; i++)
        bytes += f.bytes[i];
    printf("%-7s %.0f rows: %.2f bits a row (alone %.2f); rows/s: build %.2fM, alone %.2fM, "
           "merge %.2fM, roll up %.2fM\n",
           kind_names[kind], f.rows, bytes * 8 / f.rows, f.one_bytes * 8 / f.rows, 1e3 / f.build_ns,
           1e3 / f.one_ns, 1e3 / f.merge_ns, 1e3 / f.rollup_ns);
    printf("        ns a row of cumtime: open %.3f, sums %.3f, unpack %.3f; bits by part:",
           f.open_ns, f.sum_ns, f.unpack_ns);
    for (int i = 0; i < STS__PART_COUNT; i++)
        if (f.bytes[i] > 0)
            printf(" %d: %.2f", i, f.bytes[i] * 8 / f.rows);
    printf("\n");
    free(rows);
    free(functions);
}

int main(int argc, char **argv)
{
    unsigned profiles = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1080;
    unsigned functions = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 2300;

    printf("kernel: %s\n", sts__bits_kernel()->name);
    time_columns();
    time_kind(LEVEL, profiles, functions);
    time_kind(RANDOM, profiles, functions);
    time_kind(SPARSE, profiles, functions);
    return 0;
}
