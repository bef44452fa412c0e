/* SPDX-License-Identifier: MIT */
/*
 * test_slice_queue.c - writer/slice_queue.c: a limited queue; what is dropped is counted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "slice_helper.h"
#include "writer/slice_queue.h"

#define BYTES_MAX ((size_t)1 << 20)

static void put(struct sts__slice_queue *queue, uint64_t serial)
{
    struct sts__slice *slice = make_slice(serial, 0, 10, 10);

    sts__slice_queue_measure(slice, false);
    sts__slice_queue_put(queue, slice);
}

/* The serials of those that are done with, as text; they are freed. */
static const char *done_serials(struct sts__slice_queue *queue)
{
    static char text[64];
    struct sts__slice *slice = sts__slice_queue_take_done(queue), *next;

    text[0] = '\0';
    for (; slice != NULL; slice = next) {
        next = slice->next;
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "%d ", (int)slice->serial);
        sts__slice_free(slice);
    }
    return text;
}

static void test_slice_queue__gives_the_oldest_first(void **state)
{
    struct sts__slice_queue queue;

    (void)state;
    sts__slice_queue_init(&queue, 10, BYTES_MAX);
    put(&queue, 1);
    put(&queue, 2);
    assert_int_equal(sts__slice_queue_get(&queue)->serial, 1);
    sts__slice_queue_finish(&queue);
    assert_int_equal(sts__slice_queue_get(&queue)->serial, 2);
    sts__slice_queue_finish(&queue);
    assert_null(sts__slice_queue_get(&queue));
    assert_string_equal(done_serials(&queue), "1 2 ");
    sts__slice_queue_deinit(&queue);
}

static void test_slice_queue__drops_the_oldest_and_hands_them_back_in_order(void **state)
{
    struct sts__slice_queue queue;

    (void)state;
    sts__slice_queue_init(&queue, 2, BYTES_MAX);
    put(&queue, 1);
    (void)sts__slice_queue_get(&queue); /* is being encoded: it is not dropped */
    for (uint64_t serial = 2; serial <= 6; serial++)
        put(&queue, serial);
    assert_int_equal(queue.n_dropped, 3);
    assert_string_equal(done_serials(&queue), "");
    sts__slice_queue_finish(&queue);
    assert_string_equal(done_serials(&queue), "1 2 3 4 ");
    assert_int_equal(sts__slice_queue_get(&queue)->serial, 5);
    sts__slice_queue_finish(&queue);
    sts__slice_queue_deinit(&queue);
}

static void test_slice_queue__is_limited_in_bytes_too(void **state)
{
    static const struct sts__cut_row rows[100];
    struct sts__slice_queue queue;

    (void)state;
    sts__slice_queue_init(&queue, 1000, 30000);
    for (uint64_t serial = 1; serial <= 10; serial++) {
        struct sts__slice *slice = make_slice(serial, 0, 10, 10);

        add_cut(slice, 1, NULL, 100, rows);
        sts__slice_queue_measure(slice, false);
        assert_in_range(slice->n_bytes, 8000, 10000);
        sts__slice_queue_put(&queue, slice);
    }
    assert_int_equal(queue.n_waiting, 3);
    assert_int_equal(queue.n_dropped, 7);
    sts__slice_queue_deinit(&queue);
}

static void test_slice_queue__keeps_a_slice_that_is_over_the_limit_alone(void **state)
{
    static const struct sts__cut_row rows[100];
    struct sts__slice_queue queue;
    struct sts__slice *slice = make_slice(1, 0, 10, 10);

    (void)state;
    sts__slice_queue_init(&queue, 1000, 100);
    add_cut(slice, 1, NULL, 100, rows);
    sts__slice_queue_measure(slice, false);
    sts__slice_queue_put(&queue, slice);
    assert_int_equal(queue.n_dropped, 0);
    assert_ptr_equal(sts__slice_queue_get(&queue), slice);
    sts__slice_queue_deinit(&queue);
}

static void test_slice_queue__counts_a_profile_a_label_set(void **state)
{
    static const struct sts__cut_row rows[1];
    struct sts__labels a = { .n_labels = 0 }, b = { .n_labels = 0 };
    struct sts__slice *slice = make_slice(1, 0, 10, 10);

    (void)state;
    add_cut(slice, 1, &a, 1, rows);
    add_cut(slice, 1, NULL, 1, rows);
    add_cut(slice, 2, &b, 1, rows);
    add_cut(slice, 2, &a, 1, rows);
    sts__slice_queue_measure(slice, false);
    assert_int_equal(slice->n_profiles, 3);
    sts__slice_queue_measure(slice, true);
    assert_int_equal(slice->n_profiles, 4);
    sts__slice_free(slice);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slice_queue__gives_the_oldest_first),
        cmocka_unit_test(test_slice_queue__drops_the_oldest_and_hands_them_back_in_order),
        cmocka_unit_test(test_slice_queue__is_limited_in_bytes_too),
        cmocka_unit_test(test_slice_queue__keeps_a_slice_that_is_over_the_limit_alone),
        cmocka_unit_test(test_slice_queue__counts_a_profile_a_label_set),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
