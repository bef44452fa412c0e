/* SPDX-License-Identifier: MIT */
/*
 * test_chunk.c - src/store: profiles to a chunk and back.
 */
#include "chunk_helper.h"
#include "store/builder.h"

static const struct chunk_kind kinds[] = {
    { .profiles = 0, .functions = 0, .series = 1 },
    { .profiles = 1, .functions = 1, .present = 100, .value_bits = 30, .series = 1 },
    { .profiles = 1,
      .functions = 900,
      .edges = 900,
      .present = 100,
      .value_bits = 30,
      .series = 1,
      .leaves = true },
    { .profiles = 300,
      .functions = 20,
      .edges = 9,
      .present = 100,
      .value_bits = 30,
      .series = 1,
      .leaves = true,
      .coros = true,
      .recursion = true },
    { .profiles = 300,
      .functions = 40,
      .edges = 40,
      .present = 60,
      .value_bits = 40,
      .series = 7,
      .leaves = true,
      .coros = true,
      .recursion = true },
    { .profiles = 50,
      .functions = 200,
      .edges = 100,
      .present = 3,
      .value_bits = 20,
      .series = 50 },
    { .profiles = 40,
      .functions = 30,
      .edges = 30,
      .present = 90,
      .value_bits = 64,
      .series = 2,
      .leaves = true,
      .recursion = true },
    { .profiles = 40, .functions = 30, .edges = 30, .present = 90, .value_bits = 0, .series = 2 },
};

#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))
#define ROUNDS     12

/* Build, read, compare; then the chunk into another builder, and compare again. */
static void check_round(uint64_t seed, const struct chunk_kind *kind)
{
    struct sts__chunk_builder builder, again;
    struct sts__chunk_parts parts, parts_again;
    struct flat_rows expected = { 0 }, got = { 0 };
    struct loaded_parts loaded;
    struct sts__chunk chunk;

    sts__chunk_builder_init(&builder, 0);
    sts__chunk_builder_init(&again, 0);
    sts__chunk_parts_init(&parts);
    sts__chunk_parts_init(&parts_again);
    fill_builder(&seed, kind, &builder, &expected);
    assert_int_equal(sts__chunk_build(&builder, &parts, NULL), 0);
    if (parts.profile_count > 0) {
        load_parts(&parts, &loaded);
        assert_int_equal(sts__chunk_open(&chunk, loaded.parts, 0, NULL), 0);
        assert_int_equal(chunk.profile_count, parts.profile_count);
        flat_add_table(&got, &chunk, &chunk.functions);
        assert_int_equal(got.count, parts.row_count);
        flat_add_table(&got, &chunk, &chunk.edges);
        assert_int_equal(got.count, parts.row_count + parts.edge_count);
        flat_sort(&got);
        flat_assert_equal(&expected, &got);
        assert_int_equal(sts__chunk_builder_chunk(&again, &chunk, NULL), 0);
        assert_int_equal(sts__chunk_build(&again, &parts_again, NULL), 0);
        for (int i = 0; i < STS__PART_COUNT; i++) {
            assert_int_equal(parts.bytes[i].len, parts_again.bytes[i].len);
            if (parts.bytes[i].len > 0)
                assert_memory_equal(parts.bytes[i].data, parts_again.bytes[i].data,
                                    parts.bytes[i].len);
        }
        sts__chunk_deinit(&chunk);
        unload_parts(&loaded);
    }
    free(expected.rows);
    free(got.rows);
    sts__chunk_parts_deinit(&parts);
    sts__chunk_parts_deinit(&parts_again);
    sts__chunk_builder_deinit(&builder);
    sts__chunk_builder_deinit(&again);
}

static void test_chunk__reads_back_what_was_built(void **state)
{
    (void)state;
    for (size_t i = 0; i < KIND_COUNT; i++)
        for (uint64_t round = 0; round < ROUNDS; round++)
            check_round(i * 1000 + round, &kinds[i]);
}

/* --- sums --- */

/* Runs of profiles, with gaps between them. */
static size_t make_runs(uint64_t *seed, uint32_t profile_count, struct sts__run *runs)
{
    uint32_t at = 0;
    size_t n = 0;

    while (at < profile_count) {
        uint32_t first = at + (uint32_t)random_below(seed, 2) * (uint32_t)random_below(seed, 9);
        uint32_t end = first + (uint32_t)random_below(seed, 70);

        if (first > profile_count || end > profile_count)
            break;
        runs[n++] = (struct sts__run){ first, end };
        at = end + 1;
    }
    return n;
}

/* One group's rows by hand: figure by figure from sts__table_figure, run by run. */
static void check_group(const struct sts__chunk_table *table, uint32_t group,
                        enum sts__figure figure, const struct sts__run *runs, size_t run_count,
                        const int64_t *sums, const uint32_t *counts)
{
    const uint32_t *positions = sts__table_positions(table, group);
    uint32_t first = table->first_rows[group];
    uint32_t count = table->first_rows[group + 1] - first;

    for (size_t i = 0; i < run_count; i++) {
        int64_t expected = 0;
        uint32_t rows = 0;

        for (uint32_t k = 0; k < count; k++) {
            uint32_t profile = positions == NULL ? k : positions[k];
            int64_t value;

            if (profile < runs[i].first || profile >= runs[i].end)
                continue;
            assert_int_equal(sts__table_figure(table, figure, first + k, 1, &value, NULL), 0);
            expected += value;
            rows++;
        }
        assert_int_equal(sums[i], expected);
        assert_int_equal(counts[i], rows);
    }
}

static void check_sums(uint64_t *seed, const struct sts__chunk_table *table)
{
    struct sts__run *runs = malloc((table->profile_count + 1) * sizeof(*runs));
    size_t run_count, sum_count;
    uint32_t *counts;
    int64_t *sums;

    assert_non_null(runs);
    run_count = make_runs(seed, table->profile_count, runs);
    sum_count = table->group_count * run_count + 1;
    sums = malloc(sum_count * sizeof(*sums));
    counts = malloc(sum_count * sizeof(*counts));
    assert_non_null(sums);
    assert_non_null(counts);
    sts__table_counts(table, 0, table->group_count, runs, run_count, counts);
    for (unsigned figure = 0; figure < STS__FIGURE_COUNT; figure++) {
        assert_int_equal(sts__table_sums(table, (enum sts__figure)figure, 0, table->group_count,
                                         runs, run_count, sums, NULL),
                         0);
        for (uint32_t group = 0; group < table->group_count; group++)
            check_group(table, group, (enum sts__figure)figure, runs, run_count,
                        sums + group * run_count, counts + group * run_count);
    }
    free(runs);
    free(sums);
    free(counts);
}

static void open_built(struct sts__chunk_builder *builder, unsigned level,
                       struct loaded_parts *loaded, struct sts__chunk *chunk)
{
    struct sts__chunk_parts parts;

    sts__chunk_parts_init(&parts);
    assert_int_equal(sts__chunk_build(builder, &parts, NULL), 0);
    load_parts(&parts, loaded);
    assert_int_equal(sts__chunk_open(chunk, loaded->parts, level, NULL), 0);
    sts__chunk_parts_deinit(&parts);
}

static void test_chunk__sums_of_runs_are_sums_of_rows(void **state)
{
    (void)state;
    for (size_t i = 1; i < KIND_COUNT; i++)
        for (uint64_t seed = 1; seed <= 4; seed++) {
            struct flat_rows flat = { 0 };
            struct sts__chunk_builder builder;
            struct loaded_parts loaded;
            struct sts__chunk chunk;
            uint64_t random = seed * 77 + i;

            if (kinds[i].value_bits == 64)
                continue; /* their sums do not fit */
            sts__chunk_builder_init(&builder, 0);
            fill_builder(&random, &kinds[i], &builder, &flat);
            if (builder.profile_count > 0) {
                open_built(&builder, 0, &loaded, &chunk);
                check_sums(&random, &chunk.functions);
                check_sums(&random, &chunk.edges);
                sts__chunk_deinit(&chunk);
                unload_parts(&loaded);
            }
            sts__chunk_builder_deinit(&builder);
            free(flat.rows);
        }
}

/* --- rollups --- */

static const int64_t widths_ns[] = { INT64_C(60000000000), INT64_C(600000000000),
                                     INT64_C(3600000000000), INT64_C(86400000000000) };

/* What a rollup must hold: each row in its bucket, then summed. */
static void flat_roll(struct flat_rows *flat, int64_t width_ns)
{
    for (size_t i = 0; i < flat->count; i++) {
        flat->rows[i].begin_ns -= flat->rows[i].begin_ns % width_ns; /* after 1970 */
        flat->rows[i].end_ns = flat->rows[i].begin_ns + width_ns;
    }
    flat_sort(flat);
    flat_sum(flat);
}

static void check_rolled(struct sts__chunk_builder *builder, unsigned level,
                         const struct flat_rows *expected, size_t raw_count)
{
    struct flat_rows got = { 0 };
    struct loaded_parts loaded;
    struct sts__chunk chunk;
    size_t span_count = 0;

    open_built(builder, level, &loaded, &chunk);
    flat_add_table(&got, &chunk, &chunk.functions);
    flat_add_table(&got, &chunk, &chunk.edges);
    flat_sort(&got);
    flat_assert_equal(expected, &got);
    for (uint32_t i = 0; i < chunk.profile_count; i++) {
        struct sts__chunk_profile profile = sts__chunk_profile(&chunk, i);

        span_count += profile.span_count;
        for (size_t k = 0; k < profile.span_count; k++) {
            assert_true(profile.spans[k].begin_ns >= profile.begin_ns);
            assert_true(profile.spans[k].begin_ns < profile.end_ns);
            assert_true(profile.spans[k].end_ns - profile.spans[k].begin_ns == 10000000000);
        }
    }
    assert_int_equal(span_count, raw_count);
    free(got.rows);
    sts__chunk_deinit(&chunk);
    unload_parts(&loaded);
}

static void test_chunk__rollups_are_sums_by_bucket(void **state)
{
    (void)state;
    for (size_t i = 1; i < KIND_COUNT; i++)
        for (uint64_t seed = 1; seed <= 4; seed++) {
            struct sts__chunk_builder builders[5];
            struct flat_rows flat = { 0 };
            uint64_t random = seed * 31 + i;

            if (kinds[i].value_bits == 64)
                continue; /* their sums do not fit */
            for (unsigned level = 0; level < 5; level++)
                sts__chunk_builder_init(&builders[level], level);
            fill_builder(&random, &kinds[i], &builders[0], &flat);
            for (unsigned level = 1; level < 5 && builders[0].profile_count > 0; level++) {
                assert_int_equal(
                    sts__rollup(&builders[level - 1], widths_ns[level - 1], &builders[level], NULL),
                    0);
                flat_roll(&flat, widths_ns[level - 1]);
                check_rolled(&builders[level], level, &flat, builders[0].profile_count);
            }
            for (unsigned level = 0; level < 5; level++)
                sts__chunk_builder_deinit(&builders[level]);
            free(flat.rows);
        }
}

static void test_chunk__a_rollup_counts_what_was_lost_and_where(void **state)
{
    /* by hand: two profiles of series 4 in the minute from 60 s, one of series 5; before 1970 too
     */
    static const struct {
        uint32_t series_id;
        int64_t begin_s;
        double coverage;
        uint64_t n_dropped;
    } raw[] = { { 5, 60, 1, 0 }, { 4, 119, 0.5, 2 }, { 4, 61, 1, 1 }, { 4, -1, 1, 0 } };
    struct sts__chunk_builder builder, minutes;
    struct loaded_parts loaded;
    struct sts__chunk chunk;

    (void)state;
    sts__chunk_builder_init(&builder, 0);
    sts__chunk_builder_init(&minutes, 1);
    for (size_t i = 0; i < 4; i++) {
        struct sts__chunk_profile profile = { .series_id = raw[i].series_id,
                                              .begin_ns = raw[i].begin_s * 1000000000,
                                              .end_ns = raw[i].begin_s * 1000000000 + 5,
                                              .coverage = raw[i].coverage,
                                              .n_dropped = raw[i].n_dropped };
        assert_int_equal(sts__chunk_builder_profile(&builder, &profile, NULL), i);
    }
    assert_int_equal(sts__rollup(&builder, 60000000000, &minutes, NULL), 0);
    open_built(&minutes, 1, &loaded, &chunk);
    assert_int_equal(chunk.profile_count, 3);
    assert_true(chunk.begin_ns[0] == -60000000000 && chunk.end_ns[0] == 0);
    assert_int_equal(chunk.series_ids[0], 4);
    assert_int_equal(chunk.begin_ns[1], 60000000000);
    assert_int_equal(chunk.n_dropped[1], 3);
    assert_int_equal(chunk.first_spans[2] - chunk.first_spans[1], 2);
    assert_true(chunk.spans[chunk.first_spans[1]].begin_ns == 61000000000);
    assert_true(chunk.spans[chunk.first_spans[1] + 1].end_ns == 119000000005);
    assert_true(chunk.spans[chunk.first_spans[1] + 1].coverage == 0.5);
    assert_int_equal(chunk.series_ids[2], 5);
    sts__chunk_deinit(&chunk);
    unload_parts(&loaded);
    sts__chunk_builder_deinit(&builder);
    sts__chunk_builder_deinit(&minutes);
}

/* --- merges --- */

#define MERGED 4

/* The parts of MERGED chunks, merged in the order of a permutation. */
static void merge_in_order(const struct loaded_parts loaded[MERGED], unsigned level, unsigned first,
                           bool backwards, struct sts__chunk_parts *ret_parts)
{
    struct sts__chunk_builder builder;

    sts__chunk_builder_init(&builder, level);
    for (unsigned i = 0; i < MERGED; i++) {
        unsigned which = (first + (backwards ? MERGED - i : i)) % MERGED;
        struct sts__chunk chunk;

        if (loaded[which].parts[STS__PART_PROFILES].data == NULL)
            continue;
        assert_int_equal(sts__chunk_open(&chunk, loaded[which].parts, level, NULL), 0);
        assert_int_equal(sts__chunk_builder_chunk(&builder, &chunk, NULL), 0);
        sts__chunk_deinit(&chunk);
    }
    assert_int_equal(sts__chunk_build(&builder, ret_parts, NULL), 0);
    sts__chunk_builder_deinit(&builder);
}

static void check_merge(const struct chunk_kind *kind, unsigned level, uint64_t seed)
{
    struct sts__chunk_parts first, other, parts;
    struct loaded_parts loaded[MERGED];

    sts__chunk_parts_init(&first);
    sts__chunk_parts_init(&other);
    sts__chunk_parts_init(&parts);
    for (unsigned i = 0; i < MERGED; i++) {
        struct sts__chunk_builder raw, rolled;
        struct flat_rows flat = { 0 };

        sts__chunk_builder_init(&raw, 0);
        sts__chunk_builder_init(&rolled, 2);
        fill_builder(&seed, kind, &raw, &flat);
        /* equal spans keep the order of adding at level 0: each chunk gets series of its own */
        for (size_t k = 0; k < raw.profile_count && level == 0; k++)
            raw.profiles[k].series_id += i * 1000;
        if (level > 0)
            assert_int_equal(sts__rollup(&raw, widths_ns[1], &rolled, NULL), 0);
        assert_int_equal(sts__chunk_build(level > 0 ? &rolled : &raw, &parts, NULL), 0);
        load_parts(&parts, &loaded[i]);
        sts__chunk_builder_deinit(&raw);
        sts__chunk_builder_deinit(&rolled);
        free(flat.rows);
    }
    merge_in_order(loaded, level, 0, false, &first);
    for (unsigned i = 1; i < 2 * MERGED; i++) {
        merge_in_order(loaded, level, i % MERGED, i >= MERGED, &other);
        for (int k = 0; k < STS__PART_COUNT; k++) {
            assert_int_equal(first.bytes[k].len, other.bytes[k].len);
            if (first.bytes[k].len > 0)
                assert_memory_equal(first.bytes[k].data, other.bytes[k].data, first.bytes[k].len);
        }
    }
    for (unsigned i = 0; i < MERGED; i++)
        unload_parts(&loaded[i]);
    sts__chunk_parts_deinit(&first);
    sts__chunk_parts_deinit(&other);
    sts__chunk_parts_deinit(&parts);
}

static void test_chunk__merges_are_equal_in_any_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < KIND_COUNT; i++)
        for (uint64_t seed = 1; seed <= 3; seed++) {
            check_merge(&kinds[i], 0, seed * 13 + i);
            if (kinds[i].value_bits < 64)
                check_merge(&kinds[i], 2, seed * 13 + i);
        }
}

/* --- odd ones --- */

static void test_chunk__rows_given_twice_are_summed(void **state)
{
    struct sts__chunk_profile profile = { .series_id = 1, .end_ns = 10, .coverage = 1 };
    struct sts__chunk_row row = { 0, 7, { 2, 1, 30, 40 }, { 5, 60 } };
    struct sts__chunk_edge edge = { 0, 7, 8, { 3, 3, 1, 2 } };
    struct sts__chunk_builder builder;
    struct flat_rows got = { 0 };
    struct loaded_parts loaded;
    struct sts__chunk chunk;

    (void)state;
    sts__chunk_builder_init(&builder, 0);
    assert_int_equal(sts__chunk_builder_profile(&builder, &profile, NULL), 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(sts__chunk_builder_row(&builder, &row, NULL), 0);
        assert_int_equal(sts__chunk_builder_edge(&builder, &edge, NULL), 0);
        row.coro.n_resumes = 0;
        row.coro.awaittime_ns = 0;
    }
    open_built(&builder, 0, &loaded, &chunk);
    flat_add_table(&got, &chunk, &chunk.functions);
    flat_add_table(&got, &chunk, &chunk.edges);
    assert_int_equal(got.count, 2);
    assert_int_equal(got.rows[0].figures.ncalls, 6);
    assert_int_equal(got.rows[0].figures.pcalls, 3);
    assert_int_equal(got.rows[0].figures.tottime_ns, 90);
    assert_int_equal(got.rows[0].figures.cumtime_ns, 120);
    assert_int_equal(got.rows[0].coro.n_resumes, 5);
    assert_int_equal(got.rows[0].coro.awaittime_ns, 60);
    assert_int_equal(got.rows[1].caller_id, 7);
    assert_int_equal(got.rows[1].figures.ncalls, 9);
    /* one more that does not fit: the builder stays as it was, and may be built again without it */
    row.figures.tottime_ns = INT64_MAX;
    assert_int_equal(sts__chunk_builder_row(&builder, &row, NULL), 0);
    {
        struct sts__chunk_parts parts;
        sts__chunk_parts_init(&parts);
        assert_int_equal(sts__chunk_build(&builder, &parts, NULL), STS_E_LIMIT);
        assert_int_equal(builder.functions.count, 2);
        sts__chunk_parts_deinit(&parts);
    }
    free(got.rows);
    sts__chunk_deinit(&chunk);
    unload_parts(&loaded);
    sts__chunk_builder_deinit(&builder);
}

static void test_chunk__holds_what_it_may_at_most(void **state)
{
    struct sts__chunk_builder builder;
    struct sts__chunk_parts parts;
    struct loaded_parts loaded;
    struct sts__chunk chunk;
    int64_t values[4];

    (void)state;
    sts__chunk_builder_init(&builder, 0);
    sts__chunk_parts_init(&parts);
    for (uint32_t i = 0; i < STS__CHUNK_PROFILES_MAX; i++) {
        struct sts__chunk_profile profile = { .series_id = UINT32_MAX - i % 2,
                                              .begin_ns = INT64_MIN,
                                              .end_ns = INT64_MAX,
                                              .coverage = 1e-300,
                                              .n_dropped = INT64_MAX };
        struct sts__chunk_row row = { i, UINT32_MAX, { i, i, INT64_MIN, INT64_MAX }, { 0, 0 } };

        assert_int_equal(sts__chunk_builder_profile(&builder, &profile, NULL), i);
        assert_int_equal(sts__chunk_builder_row(&builder, &row, NULL), 0);
    }
    assert_int_equal(sts__chunk_build(&builder, &parts, NULL), 0);
    assert_false(parts.exact);
    assert_true(parts.begin_ns == INT64_MIN && parts.end_ns == INT64_MAX);
    load_parts(&parts, &loaded);
    assert_int_equal(sts__chunk_open(&chunk, loaded.parts, 0, NULL), 0);
    assert_int_equal(chunk.profile_count, STS__CHUNK_PROFILES_MAX);
    assert_true(chunk.begin_ns[4095] == INT64_MIN && chunk.end_ns[4095] == INT64_MAX);
    assert_true(chunk.coverages[4095] == 1e-300);
    assert_true(chunk.n_dropped[4095] == INT64_MAX);
    assert_true(chunk.functions.ids[0] == UINT32_MAX);
    assert_int_equal(
        sts__table_figure(&chunk.functions, STS__FIGURE_TOTTIME, 4000, 2, values, NULL), 0);
    assert_true(values[0] == INT64_MIN && values[1] == INT64_MIN);
    sts__chunk_deinit(&chunk);
    unload_parts(&loaded);
    sts__chunk_parts_deinit(&parts);
    sts__chunk_builder_deinit(&builder);
}

static void test_chunk__refuses_a_profile_that_is_not_in_order(void **state)
{
    static const struct sts__span span = { 0, 1, 1 }, bad_span = { 1, 0, 1 };
    const struct sts__chunk_profile raw[] = {
        { .begin_ns = 2, .end_ns = 1, .coverage = 1 },
        { .coverage = 0 },
        { .coverage = 1.5 },
        { .coverage = 1, .n_dropped = UINT64_MAX },
        { .coverage = 1, .spans = &span, .span_count = 1 },
    };
    const struct sts__chunk_profile rolled[] = {
        { .coverage = 1 },
        { .coverage = 1, .spans = &bad_span, .span_count = 1 },
    };
    struct sts__chunk_builder builder;

    (void)state;
    sts__chunk_builder_init(&builder, 0);
    for (size_t i = 0; i < sizeof(raw) / sizeof(raw[0]); i++)
        assert_int_equal(sts__chunk_builder_profile(&builder, &raw[i], NULL), STS_E_FORMAT);
    sts__chunk_builder_deinit(&builder);
    sts__chunk_builder_init(&builder, 1);
    for (size_t i = 0; i < sizeof(rolled) / sizeof(rolled[0]); i++)
        assert_int_equal(sts__chunk_builder_profile(&builder, &rolled[i], NULL), STS_E_FORMAT);
    sts__chunk_builder_deinit(&builder);
}

static void test_chunk__loads_the_parts_that_are_asked_for_alone(void **state)
{
    struct chunk_kind kind = kinds[4];
    struct sts__chunk_builder builder;
    struct flat_rows flat = { 0 };
    struct loaded_parts loaded;
    struct sts__chunk whole, some;
    uint64_t seed = 3;

    (void)state;
    sts__chunk_builder_init(&builder, 0);
    fill_builder(&seed, &kind, &builder, &flat);
    open_built(&builder, 0, &loaded, &whole);
    for (unsigned figure = 0; figure < STS__FIGURE_COUNT; figure++)
        for (int of_edges = 0; of_edges < 2; of_edges++) {
            uint32_t want = sts__figure_parts((enum sts__figure)figure, of_edges);
            const struct sts__chunk_table *all = of_edges ? &whole.edges : &whole.functions;
            const struct sts__chunk_table *few = of_edges ? &some.edges : &some.functions;
            struct sts__part_bytes parts[STS__PART_COUNT] = { { NULL, 0 } };
            uint32_t rows = sts__table_row_count(all);
            int64_t *a = malloc((rows + 1) * sizeof(*a)), *b = malloc((rows + 1) * sizeof(*b));

            assert_non_null(a);
            assert_non_null(b);
            for (int i = 0; i < STS__PART_COUNT; i++)
                if ((want >> i & 1) != 0)
                    parts[i] = loaded.parts[i];
            assert_int_equal(sts__chunk_open(&some, parts, 0, NULL), 0);
            assert_int_equal(sts__table_row_count(few), rows);
            assert_int_equal(sts__table_figure(all, (enum sts__figure)figure, 0, rows, a, NULL), 0);
            assert_int_equal(sts__table_figure(few, (enum sts__figure)figure, 0, rows, b, NULL), 0);
            assert_memory_equal(a, b, rows * sizeof(*a));
            sts__chunk_deinit(&some);
            free(a);
            free(b);
        }
    sts__chunk_deinit(&whole);
    unload_parts(&loaded);
    sts__chunk_builder_deinit(&builder);
    free(flat.rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chunk__reads_back_what_was_built),
        cmocka_unit_test(test_chunk__sums_of_runs_are_sums_of_rows),
        cmocka_unit_test(test_chunk__rollups_are_sums_by_bucket),
        cmocka_unit_test(test_chunk__a_rollup_counts_what_was_lost_and_where),
        cmocka_unit_test(test_chunk__merges_are_equal_in_any_order),
        cmocka_unit_test(test_chunk__rows_given_twice_are_summed),
        cmocka_unit_test(test_chunk__holds_what_it_may_at_most),
        cmocka_unit_test(test_chunk__refuses_a_profile_that_is_not_in_order),
        cmocka_unit_test(test_chunk__loads_the_parts_that_are_asked_for_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
