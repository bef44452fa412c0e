/* SPDX-License-Identifier: MIT */
/*
 * test_bulk.c - what an Elasticsearch client sends in bulk is told apart as Elasticsearch does it,
 * and a body's documents are its lines or the items of its array.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "serve/bulk.h"
#include "serve/documents.h"

/* --- bulk --- */

static struct sts__bulk bulk;
static struct sts__bulk_item item;
static struct sts_error err;

static void begin(const char *body)
{
    sts__bulk_init(&bulk, body, strlen(body));
}

static int next(void)
{
    err.text[0] = '\0';
    return sts__bulk_next(&bulk, &item, &err);
}

static void assert_text(const struct sts__json_text *text, const char *expected)
{
    if (expected == NULL) {
        assert_null(text->at);
        return;
    }
    assert_int_equal(text->len, strlen(expected));
    assert_memory_equal(text->at, expected, text->len);
}

static void assert_item(enum sts__bulk_action action, const char *index, const char *id,
                        const char *source, uint64_t number)
{
    assert_int_equal(next(), 1);
    assert_int_equal(item.action, action);
    assert_text(&item.index, index);
    assert_text(&item.id, id);
    assert_int_equal(item.number, number);
    if (source == NULL) {
        assert_null(item.source);
        return;
    }
    assert_int_equal(item.source_len, strlen(source));
    assert_memory_equal(item.source, source, item.source_len);
}

/* The example of Elasticsearch's reference, "Bulk API". */
static void test_bulk__all_four_actions(void **state)
{
    (void)state;
    begin("{ \"index\" : { \"_index\" : \"test\", \"_id\" : \"1\" } }\n"
          "{ \"field1\" : \"value1\" }\n"
          "{ \"delete\" : { \"_index\" : \"test\", \"_id\" : \"2\" } }\n"
          "{ \"create\" : { \"_index\" : \"test\", \"_id\" : \"3\" } }\n"
          "{ \"field1\" : \"value3\" }\n"
          "{ \"update\" : {\"_id\" : \"1\", \"_index\" : \"test\"} }\n"
          "{ \"doc\" : {\"field2\" : \"value2\"} }\n");
    assert_item(STS__BULK_INDEX, "test", "1", "{ \"field1\" : \"value1\" }", 2);
    assert_item(STS__BULK_DELETE, "test", "2", NULL, 3);
    assert_item(STS__BULK_CREATE, "test", "3", "{ \"field1\" : \"value3\" }", 5);
    assert_item(STS__BULK_UPDATE, "test", "1", "{ \"doc\" : {\"field2\" : \"value2\"} }", 7);
    assert_int_equal(next(), 0);
}

static void test_bulk__fields_that_are_not_known_are_passed_over(void **state)
{
    (void)state;
    begin("{\"create\":{\"_type\":\"_doc\",\"pipeline\":\"p\",\"dynamic_templates\":{\"a\":[1]},"
          "\"_index\":\"logs\\u0041\",\"_id\":null,\"require_alias\":false}}\n{}\n");
    assert_item(STS__BULK_CREATE, "logs\\u0041", NULL, "{}", 2);
    assert_true(item.index.escaped);
    assert_int_equal(next(), 0);
}

static void test_bulk__numbers_are_texts_as_they_are_written(void **state)
{
    (void)state;
    begin("{\"delete\":{\"_index\":2024,\"_id\":-7.50}}\n");
    assert_item(STS__BULK_DELETE, "2024", "-7.50", NULL, 1);
    assert_int_equal(next(), 0);
}

static void test_bulk__carriage_returns_blank_lines_and_no_last_newline(void **state)
{
    (void)state;
    begin("\r\n\n{\"index\":{}}\r\n{\"a\":1}\r\n  \n{\"create\":{}}\n\n{\"index\":{}}\nlast");
    assert_item(STS__BULK_INDEX, NULL, NULL, "{\"a\":1}\r", 4);
    assert_item(STS__BULK_CREATE, NULL, NULL, "", 7); /* a document that is empty is one */
    assert_item(STS__BULK_INDEX, NULL, NULL, "last", 9);
    assert_int_equal(next(), 0);
    begin("");
    assert_int_equal(next(), 0);
}

static void test_bulk__what_is_no_action_is_told_with_its_line(void **state)
{
    static const struct {
        const char *body, *reason;
    } cases[] = {
        { "{\"index\":{}}\n{}\n\"text\"\n{}\n", "line 3: no action: not an object at byte 0" },
        { "{\"put\":{}}\n{}\n",
          "line 1: no action: not one of index, create, update and delete at byte 2" },
        { "{\"index\":{},\"create\":{}}\n{}\n", "line 1: no action: not one of" },
        { "{}\n{}\n", "line 1: no action: nothing to do" },
        { "{\"index\":[]}\n{}\n", "line 1: no action: not an object at byte 9" },
        { "{\"index\":{\"_id\":[7]}}\n{}\n",
          "line 1: no action: \"_index\" or \"_id\" is no text" },
        { "{\"index\":{}} {}\n", "line 1: no action: something stands behind the action" },
        { "{\"index\":{}\n{}\n", "line 1: no action: the line ends early" },
        { "{\"index\":{}}", "line 1: no document behind the action" },
        { "{\"index\":{}}\n", "line 1: no document behind the action" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        int r;
        size_t count = 77;
        begin(cases[i].body);
        while ((r = next()) > 0) {
        }
        assert_int_equal(r, STS_E_FORMAT);
        if (strncmp(err.text, cases[i].reason, strlen(cases[i].reason)) != 0)
            fail_msg("\"%s\" is not \"%s\"", err.text, cases[i].reason);
        assert_int_equal(sts__bulk_check(cases[i].body, strlen(cases[i].body), 10, &count, &err),
                         STS_E_FORMAT);
        assert_int_equal(count, 77);
    }
}

static void test_bulk__a_check_counts_up_to_one_too_many(void **state)
{
    static const char body[] = "{\"index\":{}}\n{}\n{\"index\":{}}\n{}\n{\"index\":{}}\n{}\n";
    size_t count;

    (void)state;
    assert_int_equal(sts__bulk_check(body, strlen(body), 5, &count, NULL), 0);
    assert_int_equal(count, 3);
    assert_int_equal(sts__bulk_check(body, strlen(body), 1, &count, NULL), 0);
    assert_int_equal(count, 2);
}

/* --- documents --- */

/* The documents of a body behind each other, with a bar between and their numbers; "!" and why. */
static const char *documents_of(const char *body)
{
    static char all[512];
    struct sts__documents documents;
    struct sts__document document;
    size_t len = 0;
    int r;

    all[0] = '\0';
    sts__documents_init(&documents, body, strlen(body));
    while ((r = sts__documents_next(&documents, &document, &err)) > 0)
        len += (size_t)snprintf(all + len, sizeof(all) - len, "%u=%.*s|", (unsigned)document.number,
                                (int)document.len, document.text);
    if (r < 0)
        snprintf(all + len, sizeof(all) - len, "!%u %s", (unsigned)documents.number, err.text);
    return all;
}

static void test_documents__lines(void **state)
{
    (void)state;
    assert_string_equal(documents_of("a\nb"), "1=a|2=b|");
    assert_string_equal(documents_of("a\n\n \r\nb\r\n"), "1=a|4=b\r|");
    assert_string_equal(documents_of("\n\n"), "");
    assert_string_equal(documents_of(""), "");
    assert_string_equal(documents_of("[2024-05-05] INFO {}\n[1]"), "1=[2024-05-05] INFO {}|2=[1]|");
}

static void test_documents__items_of_an_array(void **state)
{
    (void)state;
    assert_string_equal(documents_of("[]"), "");
    assert_string_equal(documents_of(" [ {\"a\":1} ,{\n} ]\n"), "1={\"a\":1}|2={\n}|");
    assert_string_equal(documents_of("[\n{\"a\":[{}]},\n\"b\",7\n]\n"),
                        "1={\"a\":[{}]}|2=\"b\"|3=7|");
}

static void test_documents__a_broken_array_is_told_behind_its_whole_items(void **state)
{
    (void)state;
    assert_string_equal(documents_of("[{},{\"a\"]"),
                        "1={}|!2 no colon behind a key at byte 8 of the body");
    assert_string_equal(documents_of("[{}"), "1={}|!2 the line ends early at byte 3 of the body");
    assert_string_equal(documents_of("[{}]x"),
                        "1={}|!2 something stands behind the array at byte 4 of the body");
}

static void test_documents__are_counted(void **state)
{
    (void)state;
    assert_int_equal(sts__documents_count("a\nb\n\nc\n", 7, 10), 3);
    assert_int_equal(sts__documents_count("a\nb\n\nc\n", 7, 2), 3);
    assert_int_equal(sts__documents_count("a\nb\n\nc\n", 7, 1), 2);
    assert_int_equal(sts__documents_count("[{},{}]", 7, 10), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bulk__all_four_actions),
        cmocka_unit_test(test_bulk__fields_that_are_not_known_are_passed_over),
        cmocka_unit_test(test_bulk__numbers_are_texts_as_they_are_written),
        cmocka_unit_test(test_bulk__carriage_returns_blank_lines_and_no_last_newline),
        cmocka_unit_test(test_bulk__what_is_no_action_is_told_with_its_line),
        cmocka_unit_test(test_bulk__a_check_counts_up_to_one_too_many),
        cmocka_unit_test(test_documents__lines),
        cmocka_unit_test(test_documents__items_of_an_array),
        cmocka_unit_test(test_documents__a_broken_array_is_told_behind_its_whole_items),
        cmocka_unit_test(test_documents__are_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
