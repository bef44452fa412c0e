/* SPDX-License-Identifier: MIT */
/*
 * test_store_keep.c - compaction, retention, deletion and check: counts by hand.
 */
#include "store_helper.h"

#include <fcntl.h>

#define PROFILES  400 /* of 10 s: 4,000 s */
#define FUNCTIONS 3
#define DAY       (INT64_C(86400) * SECOND)

static void fill(struct sts_store *store, const char *service, int first, int count)
{
    for (int n = first; n < first + count; n++) {
        add(store, service, n, FUNCTIONS);
        if (n % 7 == 0)
            commit(store);
    }
    commit(store);
}

static void compact(struct sts_store *store)
{
    struct sts_error err = { .text = "" };

    if (sts_store_compact(store, NULL, NULL, &err) < 0)
        fail_msg("%s", err.text);
}

/* What a level of a service holds; zeros where it is not there. */
static struct sts_store_level level_of(struct sts_store *store, const char *service, unsigned level)
{
    struct sts_store_level found = { .level = level };
    struct sts_store_list *list;
    size_t count;
    const struct sts_store_level *levels;

    assert_int_equal(sts_store_list_open(store, &list, NULL), 0);
    levels = sts_store_list_levels(list, &count);
    for (size_t i = 0; i < count; i++)
        if (levels[i].level == level && strcmp(levels[i].service, service) == 0)
            found = levels[i];
    found.service = NULL;
    sts_store_list_close(list);
    return found;
}

static void assert_level(struct sts_store *store, unsigned level, uint64_t n_chunks,
                         uint64_t n_profiles)
{
    struct sts_store_level found = level_of(store, "shop", level);

    assert_int_equal(found.n_chunks, n_chunks);
    assert_int_equal(found.n_profiles, n_profiles);
    assert_int_equal(found.n_rows, n_profiles * FUNCTIONS);
    assert_int_equal(found.n_edges, n_profiles * (FUNCTIONS - 1));
}

static void assert_whole(struct sts_store *store)
{
    struct sts_store_check found;
    struct sts_error err = { .text = "" };

    if (sts_store_check(store, NULL, NULL, NULL, &found, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(found.n_damaged, 0);
    assert_true(found.n_chunks > 0);
}

static void test_compact__levels_hold_a_sum_a_bucket(void **state)
{
    struct sts_store *store = open_store(true);

    (void)state;
    fill(store, "shop", 0, PROFILES);
    assert_level(store, 1, 0, 0);
    for (int again = 0; again < 2; again++) {
        compact(store);
        assert_level(store, 0, 2, PROFILES); /* two hours are touched */
        assert_level(store, 1, 1, 67);       /* 4,000 s in minutes */
        assert_level(store, 2, 1, 7);
        assert_level(store, 3, 1, 2);
        assert_level(store, 4, 1, 1);
        assert_whole(store);
    }
    sts_store_close(store);
}

static void test_compact__late_profiles_join(void **state)
{
    struct sts_store *store = open_store(true);

    (void)state;
    fill(store, "shop", 200, 200);
    compact(store);
    fill(store, "shop", 0, 200);
    compact(store);
    assert_level(store, 0, 2, PROFILES);
    assert_level(store, 1, 1, 67);
    assert_level(store, 4, 1, 1);
    assert_whole(store);
    sts_store_close(store);
}

static int stop(void *context, double done)
{
    (void)context;
    assert_true(done >= 0.0 && done <= 1.0);
    return -1;
}

static void test_compact__can_be_stopped(void **state)
{
    struct sts_store *store = open_store(true);
    struct sts_error err;

    (void)state;
    fill(store, "shop", 0, PROFILES);
    assert_int_equal(sts_store_compact(store, stop, NULL, &err), STS_E_CANCELLED);
    assert_whole(store);
    compact(store);
    assert_level(store, 0, 2, PROFILES);
    assert_level(store, 1, 1, 67);
    sts_store_close(store);
}

/* Somebody else's chunks come where those stood that the compaction has listed. */
static int put_others_there(void *context, double done)
{
    struct sts_store *other = *(struct sts_store **)context;

    (void)done;
    if (other == NULL)
        return 0;
    assert_int_equal(sts_store_delete_service(other, "shop", NULL), 0);
    fill(other, "till", 0, PROFILES);
    *(struct sts_store **)context = NULL;
    return 0;
}

static void test_compact__the_number_of_a_chunk_is_not_used_again(void **state)
{
    struct sts_store *store = open_store(true), *other = open_store(true), *waiting = other;

    (void)state;
    fill(store, "shop", 0, PROFILES);
    assert_int_equal(sts_store_compact(store, put_others_there, &waiting, NULL), 0);
    assert_null(waiting);
    assert_level(store, 0, 0, 0);
    assert_int_equal(level_of(store, "till", 0).n_profiles, PROFILES);
    assert_whole(store);
    compact(other);
    assert_int_equal(level_of(store, "till", 1).n_profiles, 67);
    assert_whole(store);
    sts_store_close(other);
    sts_store_close(store);
}

static void test_commit__small_chunks_are_merged_on_the_way(void **state)
{
    struct sts_store *store = open_store(true);

    (void)state;
    for (int n = 0; n < 200; n++) {
        add(store, "shop", n, FUNCTIONS);
        commit(store);
    }
    assert_int_equal(level_of(store, "shop", 0).n_profiles, 200);
    assert_true(level_of(store, "shop", 0).n_chunks < 80);
    assert_true(level_of(store, "shop", 1).n_profiles >= 32); /* of 192 profiles */
    assert_whole(store);
    compact(store);
    assert_level(store, 0, 1, 200);
    assert_level(store, 1, 1, 34);
    sts_store_close(store);
}

static void retain(struct sts_store *store, const struct sts_store_retention *retention)
{
    struct sts_store_retention kept;
    struct sts_error err = { .text = "" };
    size_t gone;

    if (sts_store_set_retention(store, retention, &err) < 0 ||
        sts_store_retain(store, &gone, &err) < 0 || sts_store_retention(store, &kept, &err) < 0)
        fail_msg("%s", err.text);
    assert_memory_equal(&kept, retention, sizeof(kept));
}

/* Profiles of 1970 are older than any day behind now. */
static void test_retain__old_profiles_leave_their_sums(void **state)
{
    struct sts_store *store = open_store(true);
    const struct sts_store_retention week = { .ages_ns = { 7 * DAY, 30 * DAY } };
    size_t count;

    (void)state;
    fill(store, "shop", 0, PROFILES);
    retain(store, &week);
    assert_level(store, 0, 0, 0);
    assert_level(store, 1, 0, 0);
    assert_level(store, 2, 1, 7);
    assert_level(store, 3, 1, 2);
    assert_whole(store);
    sts_store_new_source(store);
    add(store, "shop", 3, FUNCTIONS); /* it is in the sums already */
    commit(store);
    assert_int_equal(sts_store_states(store, &count)[0], STS_STORE_EXPIRED);
    assert_level(store, 0, 0, 0);
    sts_store_close(store);
}

/* A profile of 100 s lies across an edge of minutes: what minutes answer needs it as it is. */
static void test_retain__what_no_bucket_holds_is_kept_with_its_level(void **state)
{
    struct sts_store *store = open_store(true);
    struct sts_store_retention retention = { .ages_ns = { 7 * DAY } };
    struct sts_profile *profile = make_profile(NULL, "shop", 0, FUNCTIONS);

    (void)state;
    sts_profile_set_span(profile, 0, 100 * SECOND);
    assert_int_equal(sts_store_add(store, profile, NULL), 0);
    fill(store, "shop", 0, 1);
    retain(store, &retention);
    assert_level(store, 0, 1, 1);
    assert_level(store, 1, 1, 1); /* the other one's */
    assert_level(store, 2, 1, 1); /* of both */
    retention.ages_ns[1] = 8 * DAY;
    retain(store, &retention);
    assert_level(store, 0, 0, 0);
    assert_level(store, 2, 1, 1);
    sts_profile_free(profile);
    sts_store_close(store);
}

static uint64_t bytes_of(struct sts_store *store)
{
    struct sts_store_list *list;
    uint64_t bytes;

    assert_int_equal(sts_store_list_open(store, &list, NULL), 0);
    bytes = sts_store_list_bytes(list);
    sts_store_list_close(list);
    return bytes;
}

static void test_retain__the_file_stays_under_its_size(void **state)
{
    struct sts_store *store = open_store(true);
    struct sts_store_retention retention = { .bytes_max = 1000000 };

    (void)state;
    for (int n = 0; n < 600; n++) {
        add(store, "shop", n * 6, 2000);
        if (n % 100 == 99)
            commit(store);
    }
    compact(store);
    assert_true(bytes_of(store) > 2 * retention.bytes_max);
    retain(store, &retention);
    assert_true(bytes_of(store) <= retention.bytes_max);
    assert_true(level_of(store, "shop", 4).n_profiles > 0); /* the finest went first */
    assert_whole(store);
    sts_store_close(store);
}

static void test_delete__one_service_goes(void **state)
{
    struct sts_store *store = open_store(true);
    struct sts_error err;

    (void)state;
    fill(store, "shop", 0, 20);
    fill(store, "till", 0, 20);
    compact(store);
    assert_int_equal(sts_store_delete_service(store, "shop", &err), 0);
    assert_int_equal(sts_store_delete_service(store, "shop", &err), STS_E_NOTFOUND);
    for (unsigned level = 0; level < STS_STORE_LEVELS; level++) {
        assert_level(store, level, 0, 0);
        assert_true(level_of(store, "till", level).n_profiles > 0);
    }
    assert_whole(store);
    sts_store_new_source(store);
    fill(store, "shop", 0, 20); /* nothing of it is known any more */
    assert_int_equal(level_of(store, "shop", 0).n_profiles, 20);
    sts_store_close(store);
}

static int note(void *context, const struct sts_store_damage *damage)
{
    assert_true(strlen(damage->text) > 0);
    *(bool *)context = true;
    return 0;
}

static void test_check__a_flipped_bit_is_told(void **state)
{
    struct sts_store *store = open_store(true);
    struct sts_store_check found;
    struct sts_error err;
    bool told = false;
    uint64_t bytes;
    uint8_t byte;
    int fd;

    (void)state;
    fill(store, "shop", 0, 100);
    compact(store);
    bytes = bytes_of(store);
    sts_store_close(store);
    fd = open(store_path, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(pread(fd, &byte, 1, (off_t)bytes - 20), 1); /* of the last page */
    byte ^= 4;
    assert_int_equal(pwrite(fd, &byte, 1, (off_t)bytes - 20), 1);
    close(fd);
    store = open_store(false);
    assert_int_equal(sts_store_check(store, note, NULL, &told, &found, &err), 0);
    assert_true(told);
    assert_true(found.n_damaged > 0);
    sts_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_compact__levels_hold_a_sum_a_bucket, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(test_compact__late_profiles_join, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(test_compact__can_be_stopped, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_compact__the_number_of_a_chunk_is_not_used_again,
                                        make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_commit__small_chunks_are_merged_on_the_way,
                                        make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_retain__old_profiles_leave_their_sums, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(test_retain__what_no_bucket_holds_is_kept_with_its_level,
                                        make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_retain__the_file_stays_under_its_size, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(test_delete__one_service_goes, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_check__a_flipped_bit_is_told, make_folder,
                                        remove_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
