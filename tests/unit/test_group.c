/* SPDX-License-Identifier: MIT */
/*
 * test_group.c - which column a function belongs to, and what the column is called.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "query_helper.h"

#include "base/bytes.h"
#include "query/naming.h"

#define LEN(array) (sizeof(array) / sizeof((array)[0]))

static void expect_text(void (*write)(const struct sts_function *, struct sts__bytes *),
                        const struct sts_function *function, const char *expected)
{
    struct sts__bytes bytes;

    sts__bytes_init(&bytes, 4096);
    write(function, &bytes);
    assert_int_equal(bytes.status, 0);
    assert_string_equal(bytes.data == NULL ? "" : bytes.data, expected);
    sts__bytes_deinit(&bytes);
}

static const struct {
    const char *file_name;
    const char *module;
} modules[] = {
    { "/srv/shop/cart.py", "cart" },
    { "cart.py", "cart" },
    { "/srv/shop/__init__.py", "shop" },
    { "__init__.py", "__init__" },
    { "/usr/lib/python3.11/json/decoder.py", "json.decoder" },
    { "/usr/lib/python3.11/json/__init__.py", "json" },
    { "/usr/lib/python3.11/site-packages/requests/sessions.py", "requests.sessions" },
    { "/usr/lib/python3/dist-packages/yaml/__init__.py", "yaml" },
    { "C:\\Python\\Lib\\site-packages\\flask\\app.py", "flask.app" },
    { "/opt/site-packages/", "" },
    { "/opt/site-packages", "site-packages" },
    { "/srv/pythonic/x.py", "x" },
    { "<frozen importlib._bootstrap>", "importlib._bootstrap" },
    { "<string>", "<string>" },
    { "/srv/.py", ".py" },
    { "/srv/run", "run" },
    { "", "" },
};

static void test_module__is_guessed_from_the_file(void **state)
{
    (void)state;
    for (size_t i = 0; i < LEN(modules); i++)
        expect_text(sts__name_module,
                    &(struct sts_function){ .file_name = modules[i].file_name, .name = "f" },
                    modules[i].module);
}

static const struct {
    const char *name;
    const char *shown, *bare, *module;
} builtins[] = {
    { "<built-in method builtins.len>", "{built-in method builtins.len}", "builtins.len",
      "builtins" },
    { "<built-in method time.sleep>", "{built-in method time.sleep}", "time.sleep", "time" },
    { "<built-in method len>", "{built-in method len}", "len", "builtins" },
    { "<method 'append' of 'list' objects>", "{method 'append' of 'list' objects}", "list.append",
      "builtins" },
    { "<method 'acquire' of '_thread.lock' objects>",
      "{method 'acquire' of '_thread.lock' objects}", "_thread.lock.acquire", "_thread" },
    { "<built-in method __new__ of type object at 0x7f12ABcd>",
      "{built-in method __new__ of type object}", "type.__new__", "builtins" },
    { "<built-in method xml.parsers.expat.create>", "{built-in method xml.parsers.expat.create}",
      "xml.parsers.expat.create", "xml.parsers.expat" },
    { "<method 'x", "<method 'x", "x", "builtins" },
    { "odd", "odd", "odd", "builtins" },
    { "", "", "", "builtins" },
};

static void test_builtin__says_in_its_name_whose_it_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < LEN(builtins); i++) {
        struct sts_function function = { .file_name = "~", .name = builtins[i].name };
        expect_text(sts__name_function, &function, builtins[i].shown);
        expect_text(sts__name_pstats, &function, builtins[i].shown);
        expect_text(sts__name_bare, &function, builtins[i].bare);
        expect_text(sts__name_module, &function, builtins[i].module);
    }
}

static void test_function__moves_without_becoming_another_where_its_qualname_is_known(void **state)
{
    struct sts_function function = { .file_name = "a/shop.py", .name = "add", .line_number = 12 };

    (void)state;
    expect_text(sts__name_function, &function, "a/shop.py:12(add)");
    expect_text(sts__name_pstats, &function, "a/shop.py:12(add)");
    function.qualname = "Cart.add";
    expect_text(sts__name_function, &function, "a/shop.py:Cart.add");
    expect_text(sts__name_pstats, &function, "a/shop.py:12(Cart.add)");
}

/* One profile of ten seconds with some functions, each of one call more than the one before. */
static struct sts_profile *profile_of(const struct sts_function *functions, size_t count)
{
    struct sts_profile *profile = helper_profile(NULL, 0, 10 * SECOND);

    for (size_t i = 0; i < count; i++)
        helper_row(profile, &functions[i],
                   (struct sts_figures){ .ncalls = 1 + i, .pcalls = 1, .tottime_ns = 100 });
    return profile;
}

static const struct sts_function shop[] = {
    { .file_name = "/srv/a/cart.py", .name = "add", .qualname = "Cart.add", .line_number = 3 },
    { .file_name = "/srv/a/cart.py", .name = "add", .qualname = "Cart.add", .line_number = 9 },
    { .file_name = "/srv/a/cart.py", .name = "add", .qualname = "Basket.add", .line_number = 30 },
    { .file_name = "/srv/b/cart.py", .name = "add", .qualname = "Cart.add", .line_number = 3 },
    { .file_name = "/srv/b/cart.py", .name = "run", .line_number = 5 },
    { .file_name = "/srv/b/cart.py", .name = "run", .line_number = 7 },
    { .file_name = "~", .name = "<built-in method time.sleep>" },
    { .file_name = "~", .name = "<built-in method __new__ of type object at 0x1>" },
    { .file_name = "~", .name = "<built-in method __new__ of type object at 0x2>" },
};

static const struct {
    const char *by;
    struct {
        const char *name, *label;
        int64_t ncalls;
    } columns[8];
} groupings[] = {
    { "function",
      { { "{built-in method __new__ of type object}", "type.__new__", 8 + 9 },
        { "{built-in method time.sleep}", "time.sleep", 7 },
        { "/srv/b/cart.py:7(run)", "cart.py:7(run)", 6 },
        { "/srv/b/cart.py:5(run)", "cart.py:5(run)", 5 },
        { "/srv/b/cart.py:Cart.add", "b/cart.py:Cart.add", 4 },
        { "/srv/a/cart.py:Basket.add", "cart.py:Basket.add", 3 },
        { "/srv/a/cart.py:Cart.add", "a/cart.py:Cart.add", 1 + 2 } } },
    { "name",
      { { "<built-in method __new__ of type object>", "type.__new__", 8 + 9 },
        { "run", "run", 5 + 6 },
        { "add", "add", 1 + 2 + 3 + 4 },
        { "<built-in method time.sleep>", "time.sleep", 7 } } },
    { "file",
      { { "(built-in)", "(built-in)", 7 + 8 + 9 },
        { "/srv/b/cart.py", "b/cart.py", 4 + 5 + 6 },
        { "/srv/a/cart.py", "a/cart.py", 1 + 2 + 3 } } },
    { "module", { { "cart", "cart", 21 }, { "builtins", "builtins", 17 }, { "time", "time", 7 } } },
    { "package",
      { { "cart", "cart", 21 }, { "builtins", "builtins", 17 }, { "time", "time", 7 } } },
    { "label:service", { { "checkout", "checkout", 45 } } },
    { "label:nothing", { { "(none)", "(none)", 45 } } },
    { "label:service,module",
      { { "checkout, cart", "checkout, cart", 21 },
        { "checkout, builtins", "checkout, builtins", 17 },
        { "checkout, time", "checkout, time", 7 } } },
    { "file,label:service",
      { { "(built-in), checkout", "(built-in), checkout", 24 },
        { "/srv/b/cart.py, checkout", "b/cart.py, checkout", 15 },
        { "/srv/a/cart.py, checkout", "a/cart.py, checkout", 6 } } },
    { "module,name",
      { { "builtins, <built-in method __new__ of type object>", "builtins, type.__new__", 17 },
        { "cart, run", "cart, run", 11 },
        { "cart, add", "cart, add", 10 },
        { "time, <built-in method time.sleep>", "time, time.sleep", 7 } } },
    { "label:service,label:host", { { "checkout, (none)", "checkout, (none)", 45 } } },
};

static void test_by__columns_are_named_and_summed(void **state)
{
    struct sts_profile *profile = profile_of(shop, LEN(shop));

    (void)state;
    assert_int_equal(sts_profile_set_label(profile, "service", "checkout", NULL), 0);
    for (size_t g = 0; g < LEN(groupings); g++) {
        char by[64] = "by=";
        struct sts_series *series;
        size_t count = 0;
        strcat(by, groupings[g].by);
        series = ASK(&profile, 1, by, "metric=ncalls", "slice=10s");
        assert_string_equal(sts_series_by(series), groupings[g].by);
        while (groupings[g].columns[count].name != NULL)
            count++;
        assert_int_equal(sts_series_column_count(series), count);
        assert_int_equal(sts_series_group_count(series), count);
        for (size_t i = 0; i < count; i++) {
            assert_string_equal(sts_series_column_name(series, i), groupings[g].columns[i].name);
            assert_string_equal(sts_series_column_label(series, i), groupings[g].columns[i].label);
            assert_int_equal(sts_series_sum(series, 0, i), groupings[g].columns[i].ncalls);
        }
        sts_series_free(series);
    }
    sts_profile_free(profile);
}

static void test_package__is_the_first_part_of_the_module(void **state)
{
    const struct sts_function functions[] = {
        { .file_name = "/usr/lib/python3.11/json/decoder.py", .name = "a" },
        { .file_name = "/usr/lib/python3.11/json/encoder.py", .name = "b" },
    };
    struct sts_profile *profile = profile_of(functions, LEN(functions));
    struct sts_series *series = ASK(&profile, 1, "by=package", "slice=10s");

    (void)state;
    assert_int_equal(sts_series_column_count(series), 1);
    assert_string_equal(sts_series_column_name(series, 0), "json");
    sts_series_free(series);
    sts_profile_free(profile);
}

static void test_names__that_read_alike_are_told_apart(void **state)
{
    static const char *const values[][2] = { { "a, b", "c" }, { "a", "b, c" } };
    struct sts_profile *profiles[2];
    struct sts_series *series;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        profiles[i] = profile_of(shop, 1);
        assert_int_equal(sts_profile_set_label(profiles[i], "x", values[i][0], NULL), 0);
        assert_int_equal(sts_profile_set_label(profiles[i], "y", values[i][1], NULL), 0);
    }
    series = ASK(profiles, 2, "by=label:x,label:y", "slice=10s");
    assert_int_equal(sts_series_column_count(series), 2);
    assert_string_equal(sts_series_column_name(series, 0), "a, b, c");
    assert_string_equal(sts_series_column_name(series, 1), "a, b, c #2");
    assert_string_equal(sts_series_column_label(series, 1), "a, b, c #2");
    sts_series_free(series);
    sts_profile_free(profiles[0]);
    sts_profile_free(profiles[1]);
}

static void test_groups__are_the_same_through_any_number_of_symbol_tables(void **state)
{
    enum { COUNT = 20 };
    struct sts_profile *profiles[COUNT];
    struct sts_series *series;

    (void)state;
    for (size_t i = 0; i < COUNT; i++)
        profiles[i] = profile_of(shop + i % 3, LEN(shop) - i % 3);
    series = ASK(profiles, COUNT, "metric=ncalls", "slice=10s", "top=0");
    assert_int_equal(sts_series_column_count(series), 7);
    sts_series_free(series);
    for (size_t i = 0; i < COUNT; i++)
        sts_profile_free(profiles[i]);
}

static void test_where__all_conditions_must_hold(void **state)
{
    static const struct {
        const char *conditions[3];
        int64_t ncalls; /* of "web" 1, "api" 10, and one without label 100 */
    } cases[] = {
        { { "service=web" }, 1 },
        { { "service!=web" }, 110 },
        { { "service=" }, 100 },
        { { "service~^a" }, 10 },
        { { "service!~^a" }, 101 },
        { { "service~[ab]", "service!=api" }, 1 },
        { { "service=web", "service=api" }, 0 },
        { { "host!=x" }, 111 },
    };
    static const char *const services[] = { "web", "api", NULL };
    static const uint64_t calls[] = { 1, 10, 100 };
    struct sts_profile *profiles[3];

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        profiles[i] = helper_profile(NULL, 0, SECOND);
        helper_named(profiles[i], "f", 5, calls[i]);
        assert_int_equal(sts_profile_set_label(profiles[i], "service", services[i], NULL), 0);
    }
    for (size_t c = 0; c < LEN(cases); c++) {
        char first[64] = "where=", second[64] = "where=";
        struct sts_series *series;
        strcat(first, cases[c].conditions[0]);
        strcat(second,
               cases[c].conditions[1] != NULL ? cases[c].conditions[1] : cases[c].conditions[0]);
        series = ASK(profiles, 3, first, second, "metric=ncalls");
        if (sts_series_column_sum(series, STS_COLUMN_TOTAL) != cases[c].ncalls)
            fail_msg("%s %s", first, second);
        sts_series_free(series);
    }
    for (size_t i = 0; i < 3; i++)
        sts_profile_free(profiles[i]);
}

static void test_match__any_regex_may_hold(void **state)
{
    static const struct {
        const char *first, *second;
        int64_t ncalls;
    } cases[] = {
        { "match=Cart\\.add", "match=Cart\\.add", 1 + 2 + 4 },
        { "match=^/srv/b/", "match=time", 4 + 5 + 6 + 7 },
        { "match=:7\\(run\\)", "match=nothing", 6 },
        { "match=\\{built-in", "match=xxx", 7 + 8 + 9 },
    };
    struct sts_profile *profile = profile_of(shop, LEN(shop));

    (void)state;
    for (size_t c = 0; c < LEN(cases); c++) {
        struct sts_series *series =
            ASK(&profile, 1, cases[c].first, cases[c].second, "metric=ncalls", "slice=10s");
        if (sts_series_column_sum(series, STS_COLUMN_TOTAL) != cases[c].ncalls)
            fail_msg("%s %s", cases[c].first, cases[c].second);
        sts_series_free(series);
    }
    sts_profile_free(profile);
}

static void test_function__is_named_as_its_column(void **state)
{
    static const struct {
        const char *first, *second;
        int64_t ncalls;
    } cases[] = {
        { "function=/srv/a/cart.py:Cart.add", "by=module", 1 + 2 },
        { "function=/srv/a/cart.py:Cart.add", "function=/srv/b/cart.py:7(run)", 1 + 2 + 6 },
        { "function={built-in method __new__ of type object}", "by=name", 8 + 9 },
        { "function=Cart.add", "function=cart.py:Cart.add", 0 },
        { "function=/srv/a/cart.py:Cart.add", "match=:9\\(", 2 },
    };
    struct sts_profile *profile = profile_of(shop, LEN(shop));

    (void)state;
    for (size_t c = 0; c < LEN(cases); c++) {
        struct sts_series *series =
            ASK(&profile, 1, cases[c].first, cases[c].second, "metric=ncalls", "slice=10s");
        if (sts_series_column_sum(series, STS_COLUMN_TOTAL) != cases[c].ncalls)
            fail_msg("%s %s", cases[c].first, cases[c].second);
        sts_series_free(series);
    }
    sts_profile_free(profile);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_module__is_guessed_from_the_file),
        cmocka_unit_test(test_builtin__says_in_its_name_whose_it_is),
        cmocka_unit_test(test_function__moves_without_becoming_another_where_its_qualname_is_known),
        cmocka_unit_test(test_by__columns_are_named_and_summed),
        cmocka_unit_test(test_package__is_the_first_part_of_the_module),
        cmocka_unit_test(test_names__that_read_alike_are_told_apart),
        cmocka_unit_test(test_groups__are_the_same_through_any_number_of_symbol_tables),
        cmocka_unit_test(test_where__all_conditions_must_hold),
        cmocka_unit_test(test_match__any_regex_may_hold),
        cmocka_unit_test(test_function__is_named_as_its_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
