/* SPDX-License-Identifier: MIT */
/*
 * test_log_find.c - where in a line the key of a profile stands.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/log_find.h"

static struct sts__mark find(const char *text)
{
    return sts__log_find_mark(text, strlen(text));
}

static void assert_mark(const char *text, enum sts__mark_kind kind, bool embedded, size_t at)
{
    struct sts__mark mark = find(text);

    assert_int_equal(mark.kind, kind);
    assert_int_equal(mark.embedded, embedded);
    assert_int_equal(mark.quote - text, at);
}

static void test_log_find__keys_are_found_wherever_they_stand(void **state)
{
    (void)state;
    assert_mark("{\"statslice\":1", STS__MARK_VERSION, false, 1);
    assert_mark("{ \"statslice\" : 1}", STS__MARK_VERSION, false, 2);
    assert_mark("xx{\"a\":2,\"func_profiles\": {", STS__MARK_ROWS, false, 9);
    assert_mark("{\\\"statslice\\\":1", STS__MARK_VERSION, true, 2);
    assert_mark("{\\\\\\\"statslice\\\\\\\":1", STS__MARK_VERSION, true, 4);
    assert_mark("{\"statslice\":x \"statslice\":1", STS__MARK_VERSION, false, 15);
    assert_mark("{\"func_prof\":1,\"func_profiles\":{", STS__MARK_ROWS, false, 15);
}

static void test_log_find__at_every_distance_from_the_brace(void **state)
{
    char text[128];

    (void)state;
    for (size_t gap = 0; gap < 40; gap++) {
        for (char filler = 'a'; filler <= 'z'; filler++) {
            text[0] = '{';
            memset(text + 1, filler, gap);
            strcpy(text + 1 + gap, "\"statslice\":1");
            assert_mark(text, STS__MARK_VERSION, false, 1 + gap);
            strcpy(text + 1 + gap, "\"func_profiles\":{}");
            assert_mark(text, STS__MARK_ROWS, false, 1 + gap);
        }
    }
}

static void test_log_find__what_only_looks_like_one_is_none(void **state)
{
    static const char *const texts[] = {
        "",
        "{",
        "{\"statslice\"",
        "{\"statslice\":",
        "{\"statslice\":\"1\"",
        "{statslice\":1",
        "{\"statslice:1",
        "{\"astatslice\":1",
        "{\"statslices\":1",
        "\"statslice\":1", /* no object begins before it */
        "{\"func_profiles\":1",
        "{\"func_profile\":{",
        "{\\\"statslice\":1",
        "{\"statslice\\\":1",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        assert_int_equal(find(texts[i]).kind, STS__MARK_NONE);
}

static void test_log_object_of__only_of_a_first_key(void **state)
{
    const char *first = "ab { \"statslice\":1}", *second = "{\"a\":1,\"statslice\":1}";
    struct sts__mark mark = find(first);

    (void)state;
    assert_ptr_equal(sts__log_object_of(first, &mark), first + 3);
    mark = find(second);
    assert_null(sts__log_object_of(second, &mark));
}

static void test_log_next_object__is_a_brace_before_a_text(void **state)
{
    const char *text = "{1} {x} { \"a\"";

    (void)state;
    assert_ptr_equal(sts__log_next_object(text, text + strlen(text)), text + 8);
    assert_null(sts__log_next_object(text, text + 8));
}

static void test_log_text_of__is_the_outermost_text(void **state)
{
    const char *text = "{\"a\":\"b\",\"log\":\"x {\\\"statslice\\\":1";
    struct sts__mark mark = find(text);

    (void)state;
    assert_ptr_equal(sts__log_text_of(text, &mark), text + 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_log_find__keys_are_found_wherever_they_stand),
        cmocka_unit_test(test_log_find__at_every_distance_from_the_brace),
        cmocka_unit_test(test_log_find__what_only_looks_like_one_is_none),
        cmocka_unit_test(test_log_object_of__only_of_a_first_key),
        cmocka_unit_test(test_log_next_object__is_a_brace_before_a_text),
        cmocka_unit_test(test_log_text_of__is_the_outermost_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
