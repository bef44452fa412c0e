/* SPDX-License-Identifier: MIT */
/*
 * test_store_write.c - what is committed to a store is there, once, and as it was.
 */
#include "store_helper.h"

#include <sys/wait.h>

#include "store/chunk.h"
#include "store/part.h"
#include "store/sqlite.h"
#include "store/store.h"

static void assert_tally(struct sts_store *store, uint64_t n_new, uint64_t n_known)
{
    struct sts_store_tally tally = sts_store_tally(store);

    assert_int_equal(tally.n_new, n_new);
    assert_int_equal(tally.n_known, n_known);
}

static void test_store__the_same_profile_is_stored_once(void **state)
{
    struct sts_store *store = open_store(true);
    size_t count;

    (void)state;
    for (int n = 0; n < 5; n++)
        add(store, "shop", n, 3);
    commit(store);
    assert_tally(store, 5, 0);
    sts_store_new_source(store);
    for (int n = 3; n < 8; n++)
        add(store, "shop", n, 3);
    commit(store);
    assert_tally(store, 8, 2);
    assert_int_equal(sts_store_states(store, &count)[0], STS_STORE_KNOWN);
    assert_int_equal(sts_store_states(store, &count)[2], STS_STORE_NEW);
    assert_int_equal(count, 5);
    sts_store_close(store);
    store = open_store(false);
    sts_store_close(store);
}

static void test_store__two_equal_profiles_of_one_source_are_two(void **state)
{
    struct sts_store *store = open_store(true);

    (void)state;
    for (int again = 0; again < 2; again++) {
        sts_store_new_source(store);
        add(store, "shop", 1, 3);
        add(store, "shop", 1, 3);
        commit(store);
    }
    assert_tally(store, 2, 2);
    sts_store_new_source(store); /* two sources in one batch */
    add(store, "till", 1, 3);
    sts_store_new_source(store);
    add(store, "till", 1, 3);
    commit(store);
    assert_tally(store, 3, 3);
    sts_store_close(store);
}

static void test_store__another_order_of_rows_is_the_same_profile(void **state)
{
    struct sts_store *store = open_store(true);
    const struct sts_function functions[] = { { "a.py", "f", NULL, 1 }, { "a.py", "f", "f", 1 } };

    (void)state;
    for (uint32_t first = 0; first < 2; first++) {
        struct sts_profile *profile = sts_profile_new(NULL);
        for (uint32_t i = 0; i < 2; i++) {
            const uint32_t which = (first + i) % 2;
            const struct sts_figures figures = { which + 1, 1, 1, 1 };
            uint32_t id;
            assert_int_equal(sts_symbols_add_function(sts_profile_symbols(profile),
                                                      &functions[which], &id, NULL),
                             0);
            assert_int_equal(sts_profile_add(profile, id, &figures, NULL), 0);
        }
        sts_store_new_source(store);
        assert_int_equal(sts_store_add(store, profile, NULL), 0);
        sts_profile_free(profile);
    }
    commit(store);
    assert_tally(store, 1, 1);
    sts_store_close(store);
}

/* Load all parts of a chunk, and open it. */
static void load(struct sts_store *store, int64_t chunk_id,
                 struct sts__bytes bytes[STS__PART_COUNT], struct sts__chunk *chunk)
{
    struct sts__part_bytes parts[STS__PART_COUNT];
    struct sts_error err = { .text = "" };

    for (unsigned part = 0; part < STS__PART_COUNT; part++) {
        int r;
        sts__bytes_init(&bytes[part], STS__PART_BYTES_MAX);
        r = sts__part_read(store->db, chunk_id, part, &bytes[part], &err);
        if (r < 0)
            fail_msg("%s", err.text);
        parts[part].data = r > 0 ? (const uint8_t *)bytes[part].data : NULL;
        parts[part].len = bytes[part].len;
    }
    assert_int_equal(sts__chunk_open(chunk, parts, 0, NULL), 0);
}

static void test_store__rows_come_back_as_they_were(void **state)
{
    struct sts_store *store = open_store(true);
    struct sts__bytes bytes[STS__PART_COUNT];
    struct sts__chunk chunk;
    int64_t calls[12];

    (void)state;
    for (int n = 3; n >= 0; n--)
        add(store, "shop", n, 3);
    commit(store);
    sts_store_close(store);
    store = open_store(false);
    load(store, 1, bytes, &chunk);
    assert_int_equal(chunk.profile_count, 4);
    assert_int_equal(chunk.begin_ns[2], 20 * SECOND);
    assert_int_equal(chunk.end_ns[3], 40 * SECOND);
    assert_int_equal(chunk.functions.group_count, 3);
    assert_int_equal(chunk.edges.group_count, 2);
    assert_int_equal(sts__table_figure(&chunk.functions, STS__FIGURE_NCALLS, 0, 12, calls, NULL),
                     0);
    for (uint32_t group = 0; group < 3; group++) {
        struct sts_function function;
        assert_int_equal(sts__store_function(store, chunk.functions.ids[group], &function, NULL),
                         0);
        assert_string_equal(function.file_name, "app.py");
        for (int n = 0; n < 4; n++) /* f<i> has the line i + 1 and n + 1 + i calls */
            assert_int_equal(calls[chunk.functions.first_rows[group] + (uint32_t)n],
                             n + function.line_number);
    }
    sts__chunk_deinit(&chunk);
    for (unsigned part = 0; part < STS__PART_COUNT; part++)
        sts__bytes_deinit(&bytes[part]);
    sts_store_close(store);
}

static int64_t ask(struct sts_store *store, const char *sql)
{
    struct sts__stmt *stmt;
    int64_t value;

    assert_int_equal(sts__db_stmt(store->db, sql, &stmt, NULL), 0);
    assert_int_equal(sts__stmt_step(stmt, NULL), 1);
    value = sts__stmt_i64(stmt, 0);
    sts__stmt_reset(stmt);
    return value;
}

static void test_store__a_chunk_is_of_one_service_one_class_and_one_hour(void **state)
{
    struct sts_store *store = open_store(true);

    (void)state;
    add(store, "shop", 0, 2);
    add(store, "shop", 359, 2); /* ends with the hour */
    add(store, "shop", 360, 2);
    add(store, "till", 1, 2);
    commit(store);
    assert_int_equal(ask(store, "SELECT count(*) FROM chunk"), 3);
    assert_int_equal(ask(store, "SELECT count(*) FROM chunk WHERE span_class = 1"), 3);
    assert_int_equal(ask(store, "SELECT max(profile_count) FROM chunk"), 2);
    assert_int_equal(ask(store, "SELECT value FROM meta WHERE name = 'longest.0'"), 3600 * SECOND);
    sts_store_close(store);
}

static void test_store__a_commit_goes_on_beside_the_next_batch(void **state)
{
    struct sts_store *store = open_store(true);

    (void)state;
    for (int n = 0; n < 40; n++) {
        add(store, "shop", n, 20 + n);
        if (n % 4 == 3)
            assert_int_equal(sts_store_commit_begin(store, NULL), 0);
    }
    commit(store);
    assert_tally(store, 40, 0);
    assert_int_equal(ask(store, "SELECT sum(profile_count) FROM chunk"), 40);
    assert_int_equal(ask(store, "SELECT sum(row_count) FROM chunk"), 40 * 20 + 39 * 40 / 2);
    assert_int_equal(ask(store, "SELECT sum(count) FROM names"), 59);
    sts_store_close(store);
}

static void test_store_list__tells_series_services_and_levels(void **state)
{
    struct sts_store *store = open_store(true);
    struct sts_store_list *list;
    const struct sts_store_series *series;
    const struct sts_store_level *levels;
    size_t count;

    (void)state;
    add(store, "till", 7, 2);
    add(store, "shop", 3, 2);
    add(store, "shop", 1, 2);
    commit(store);
    assert_int_equal(sts_store_list_open(store, &list, NULL), 0);
    series = sts_store_list_series(list, &count);
    assert_int_equal(count, 2);
    assert_string_equal(series[0].service, "shop");
    assert_int_equal(series[0].first_ns, 10 * SECOND);
    assert_int_equal(series[0].last_ns, 40 * SECOND);
    assert_int_equal(series[0].n_profiles, 2);
    assert_int_equal(series[0].engine, STS_ENGINE_FRAMES);
    assert_int_equal(series[0].label_count, 1);
    assert_string_equal(series[0].label_keys[0], "service");
    assert_string_equal(series[0].label_values[0], "shop");
    levels = sts_store_list_levels(list, &count);
    assert_int_equal(count, 2);
    assert_string_equal(levels[1].service, "till");
    assert_int_equal(levels[0].n_rows, 4);
    assert_int_equal(levels[0].n_edges, 2);
    assert_int_equal(sts_store_list_functions(list), 2);
    sts_store_list_close(list);
    sts_store_close(store);
}

static void test_store__a_forked_process_is_refused(void **state)
{
    struct sts_store *store = open_store(true);
    struct sts_profile *profile = make_profile(NULL, "shop", 1, 2);
    int status;
    pid_t child;

    (void)state;
    child = fork();
    if (child == 0) {
        int r = sts_store_add(store, profile, NULL);
        sts_store_close(store);
        _exit(r == STS_E_USAGE ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(sts_store_add(store, profile, NULL), 0);
    commit(store);
    sts_profile_free(profile);
    sts_store_close(store);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        CASE(test_store__the_same_profile_is_stored_once),
        CASE(test_store__two_equal_profiles_of_one_source_are_two),
        CASE(test_store__another_order_of_rows_is_the_same_profile),
        CASE(test_store__rows_come_back_as_they_were),
        CASE(test_store__a_chunk_is_of_one_service_one_class_and_one_hour),
        CASE(test_store__a_commit_goes_on_beside_the_next_batch),
        CASE(test_store_list__tells_series_services_and_levels),
        CASE(test_store__a_forked_process_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
