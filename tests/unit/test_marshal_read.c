/* SPDX-License-Identifier: MIT */
/*
 * test_marshal_read.c - items out of bytes that CPython's marshal.dumps wrote (the version beside
 * each), and bytes that it would never write.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/marshal_read.h"

/* A reader over a string literal, without its NUL. */
#define OPEN(in, literal)                                                                          \
    sts__marshal_init(in, (const uint8_t *)(literal), sizeof(literal) - 1, "x.prof", &error)

static struct sts_error error;

static struct sts__marshal_item next(struct sts__marshal *in)
{
    struct sts__marshal_item item;

    sts__marshal_next(in, &item);
    return item;
}

static void assert_int(struct sts__marshal *in, int64_t value)
{
    struct sts__marshal_item item = next(in);

    assert_int_equal(item.kind, STS__MARSHAL_INT);
    assert_true(item.u.integer == value);
}

static void assert_text(struct sts__marshal *in, const char *text)
{
    struct sts__marshal_item item = next(in);

    assert_int_equal(item.kind, STS__MARSHAL_TEXT);
    assert_int_equal(item.len, strlen(text));
    assert_memory_equal(item.u.bytes, text, item.len);
}

static void assert_refused(struct sts__marshal *in, const char *text)
{
    struct sts__marshal_item item = next(in);

    sts__marshal_skip(in, &item);
    assert_true(in->status < 0);
    assert_int_equal(next(in).kind, STS__MARSHAL_END);
    assert_string_equal(error.text, text);
    sts__marshal_deinit(in);
}

static void test_marshal_next__ints_of_every_tag(void **state)
{
    struct sts__marshal in;
    (void)state;

    OPEN(&in, "i\x2a\0\0\0"
              "i\xff\xff\xff\xff"
              "I\0\0\0\0\1\0\0\0"                             /* 2.7: 1 << 32 */
              "l\3\0\0\0\0\0\0\0\4\0"                         /* 1 << 32 */
              "l\xfd\xff\xff\xff\0\0\0\0\4\0"                 /* -(1 << 32) */
              "l\5\0\0\0\xff\x7f\xff\x7f\xff\x7f\xff\x7f\7\0" /* 2**63 - 1 */
              "l\0\0\0\0");
    assert_int(&in, 42);
    assert_int(&in, -1);
    assert_int(&in, INT64_C(1) << 32);
    assert_int(&in, INT64_C(1) << 32);
    assert_int(&in, -(INT64_C(1) << 32));
    assert_int(&in, INT64_MAX);
    assert_int(&in, 0);
    assert_int_equal(in.status, 0);
    sts__marshal_deinit(&in);
}

static void test_marshal_next__floats_as_text_and_as_bytes(void **state)
{
    struct sts__marshal in;
    struct sts__marshal_item item;
    (void)state;

    OPEN(&in, "f\x13"
              "0.10000000000000001"
              "g\x9a\x99\x99\x99\x99\x99\xb9\x3f");
    item = next(&in);
    assert_int_equal(item.kind, STS__MARSHAL_FLOAT);
    assert_true(item.u.real == 0.1);
    item = next(&in);
    assert_true(item.u.real == 0.1);
    sts__marshal_deinit(&in);
}

static void test_marshal_next__texts_of_every_tag(void **state)
{
    struct sts__marshal in;
    (void)state;

    OPEN(&in, "z\2ab"
              "Z\2ab"
              "a\2\0\0\0ab"
              "A\2\0\0\0ab"
              "u\2\0\0\0\xc3\xa4"
              "s\2\0\0\0ab"
              "t\2\0\0\0ab"
              "R\0\0\0\0"
              "z\0");
    for (int i = 0; i < 4; i++)
        assert_text(&in, "ab");
    assert_text(&in, "\xc3\xa4");
    for (int i = 0; i < 3; i++)
        assert_text(&in, "ab");
    assert_text(&in, "");
    assert_int_equal(in.status, 0);
    sts__marshal_deinit(&in);
}

static void test_marshal_next__references_count_in_order_of_beginning(void **state)
{
    struct sts__marshal in;
    struct sts__marshal_item tuple, item;
    const uint8_t *entered;
    (void)state;

    /* marshal.dumps of (t, t, i) with t = ("ab", 1): outer 0, t 1, "ab" 2 */
    OPEN(&in, "\xa9\3\xa9\2\xda\2"
              "abi\1\0\0\0r\1\0\0\0r\2\0\0\0");
    tuple = next(&in);
    assert_int_equal(tuple.kind, STS__MARSHAL_TUPLE);
    assert_int_equal(tuple.len, 3);
    entered = sts__marshal_enter(&in, &tuple);
    item = next(&in);
    sts__marshal_skip(&in, &item);
    assert_int_equal(item.ref, 1);
    item = next(&in);
    assert_int_equal(item.kind, STS__MARSHAL_TUPLE);
    assert_true(item.is_again);
    const uint8_t *again = sts__marshal_enter(&in, &item);
    assert_text(&in, "ab");
    assert_int(&in, 1);
    sts__marshal_leave(&in, &item, again);
    assert_text(&in, "ab");
    sts__marshal_leave(&in, &tuple, entered);
    assert_true(in.at == in.end);
    sts__marshal_deinit(&in);
}

static void test_marshal_bind__a_reference_gives_the_id_back(void **state)
{
    struct sts__marshal in;
    struct sts__marshal_item item;
    (void)state;

    OPEN(&in, "\xda\1ar\0\0\0\0");
    item = next(&in);
    sts__marshal_bind(&in, &item, 77);
    item = next(&in);
    assert_int_equal(item.kind, STS__MARSHAL_TEXT_ID);
    assert_int_equal(item.len, 77);
    sts__marshal_deinit(&in);
}

static void test_marshal_skip__passes_over_what_is_not_asked_for(void **state)
{
    struct sts__marshal in;
    struct sts__marshal_item item;
    (void)state;

    /* [None, {"a": (True, 1j)}, {2, 3}, ...], then 9 */
    OPEN(&in, "[\4\0\0\0N{z\1a)\2Ty\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xf0\x3f"
              "0<\2\0\0\0i\2\0\0\0i\3\0\0\0."
              "i\x9\0\0\0");
    item = next(&in);
    sts__marshal_skip(&in, &item);
    assert_int(&in, 9);
    sts__marshal_deinit(&in);
}

static void test_marshal_next__refuses_what_no_dumper_writes(void **state)
{
    struct sts__marshal in;
    (void)state;

    OPEN(&in, "");
    assert_refused(&in, "\"x.prof\": the input ends inside of an item at byte 0");
    OPEN(&in, "\x7f");
    assert_refused(&in, "\"x.prof\": bad tag 0x7f at byte 0");
    OPEN(&in, ")\2i\1\0\0\0i\1\0\0");
    assert_refused(&in, "\"x.prof\": the input ends inside of an item at byte 7");
    OPEN(&in, "(\xff\xff\xff\x7f");
    assert_refused(&in,
                   "\"x.prof\": a count of 2147483647, more than the input can hold, at byte 0");
    OPEN(&in, "u\xff\xff\xff\xff");
    assert_refused(&in,
                   "\"x.prof\": a count of 4294967295, more than the input can hold, at byte 0");
    OPEN(&in, "r\5\0\0\0");
    assert_refused(&in, "\"x.prof\": a reference to item 5 of 0 at byte 0");
    OPEN(&in, "l\6\0\0\0\1\0\1\0\1\0\1\0\1\0\1\0");
    assert_refused(&in, "\"x.prof\": an int of more than 64 bits at byte 0");
    OPEN(&in, "l\5\0\0\0\0\0\0\0\0\0\0\0\x8\0"); /* 1 << 63 */
    assert_refused(&in, "\"x.prof\": an int of more than 64 bits at byte 0");
    OPEN(&in, "l\1\0\0\0\0\x80");
    assert_refused(&in, "\"x.prof\": an int with a digit of more than 15 bits at byte 0");
    OPEN(&in, "f\3nan");
    assert_refused(&in, "\"x.prof\": a float that is no finite number at byte 0");
    OPEN(&in, ")\1"
              "0");
    assert_refused(&in, "\"x.prof\": nothing where an item should be at byte 2");
    OPEN(&in, "\xa9\1r\0\0\0\0");
    assert_refused(&in, "\"x.prof\": a container that holds itself at byte 2");
    OPEN(&in, "c\0\0\0\0");
    assert_refused(&in, "\"x.prof\": a code object of no known layout at byte 0");
}

static void test_marshal_skip__refuses_deep_nesting(void **state)
{
    struct sts__marshal in;
    char bytes[2 * 5000];
    (void)state;

    for (size_t i = 0; i < sizeof(bytes); i += 2)
        memcpy(bytes + i, ")\1", 2);
    sts__marshal_init(&in, (const uint8_t *)bytes, sizeof(bytes), "x.prof", &error);
    assert_refused(&in, "\"x.prof\": more than 100 containers in each other at byte 200");
}

static void test_marshal_leave__refuses_endless_repetition(void **state)
{
    struct sts__marshal in;
    struct sts__marshal_item big, item;
    const uint8_t *entered;
    char bytes[2000] = "\xa9\xc8"; /* a tuple of 200 None, then references to it */
    (void)state;

    memset(bytes + 2, 'N', 200);
    for (size_t i = 202; i + 5 <= sizeof(bytes); i += 5)
        memcpy(bytes + i, "r\0\0\0\0", 5);
    sts__marshal_init(&in, (const uint8_t *)bytes, sizeof(bytes), "x.prof", &error);
    big = next(&in);
    sts__marshal_skip(&in, &big);
    for (int i = 0; i < 300 && in.status >= 0; i++) {
        item = next(&in);
        entered = sts__marshal_enter(&in, &item);
        for (int k = 0; k < 200; k++)
            next(&in);
        sts__marshal_leave(&in, &item, entered);
    }
    assert_int_equal(in.status, STS_E_LIMIT);
    sts__marshal_deinit(&in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_marshal_next__ints_of_every_tag),
        cmocka_unit_test(test_marshal_next__floats_as_text_and_as_bytes),
        cmocka_unit_test(test_marshal_next__texts_of_every_tag),
        cmocka_unit_test(test_marshal_next__references_count_in_order_of_beginning),
        cmocka_unit_test(test_marshal_bind__a_reference_gives_the_id_back),
        cmocka_unit_test(test_marshal_skip__passes_over_what_is_not_asked_for),
        cmocka_unit_test(test_marshal_next__refuses_what_no_dumper_writes),
        cmocka_unit_test(test_marshal_skip__refuses_deep_nesting),
        cmocka_unit_test(test_marshal_leave__refuses_endless_repetition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
