/* SPDX-License-Identifier: MIT */
/*
 * test_chunk.c - src/store: profiles to a chunk and back.
 */
#include "chunk_helper.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chunk__reads_back_what_was_built),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
