/* SPDX-License-Identifier: MIT */
/*
 * test_svg.c - chart/svg.c: well-formed, escaped, the same every time, alone in its page.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "chart_helper.h"

#define DEPTH_MAX 16

/* Every tag is closed in its order, every "&" begins an entity, nothing stands behind the root. */
static void check_balance(const char *svg)
{
    char open[DEPTH_MAX][16];
    size_t depth = 0;

    for (const char *at = svg; *at != '\0'; at++) {
        if (*at == '&')
            assert_true(strcspn(at, ";") < 8);
        assert_true(*at != '>');
        if (*at != '<')
            continue;
        const char *end = at + 1;
        char quote = '\0';
        for (; *end != '\0' && (quote != '\0' || *end != '>'); end++) {
            if (*end == '"')
                quote = quote == '"' ? '\0' : '"';
            assert_true(*end != '<');
        }
        assert_true(*end == '>');
        if (at[1] == '/') {
            assert_true(depth > 0);
            size_t len = strlen(open[--depth]);
            assert_true(strncmp(at + 2, open[depth], len) == 0 && at[2 + len] == '>');
        } else if (end[-1] != '/') {
            size_t len = strcspn(at + 1, " >");
            assert_true(depth < DEPTH_MAX && len < sizeof(open[0]));
            snprintf(open[depth++], sizeof(open[0]), "%.*s", (int)len, at + 1);
        }
        at = end;
        assert_true(depth > 0 || strcmp(at + 1, "\n") == 0);
    }
    assert_int_equal(depth, 0);
}

static void check_characters(const char *svg, size_t len)
{
    assert_true(sts__utf8_valid(svg, len));
    for (size_t i = 0; i < len; i++)
        assert_true((unsigned char)svg[i] >= 0x20 || svg[i] == '\n');
    assert_int_equal(strlen(svg), len);
}

static void test_svg__every_part_is_a_rect_with_a_tip(void **state)
{
    struct sts_series *series = helper_full_series(30, 4);
    char *svg = helper_chart(series, "svg", NULL, NULL);

    (void)state;
    check_balance(svg);
    assert_int_equal(helper_count(svg, "<title>"), 120);
    assert_int_equal(helper_count(svg, "</title></rect>"), 120);
    assert_int_equal(helper_count(svg, "<rect "), 120 + 4 + 1); /* legend, paper */
    assert_null(strstr(svg, "<script"));
    assert_null(strstr(svg, "http://www.w3.org/2000/svg\" xlink"));
    free(svg);
    sts_series_free(series);
}

static void test_svg__hostile_names_are_text(void **state)
{
    (void)state;
    for (size_t i = 0; helper_hostile_names[i] != NULL; i++) {
        struct sts_series *series = helper_full_series(3, 2);
        struct sts_chart_options options = STS_CHART_OPTIONS_INIT;
        size_t len;
        helper_rename(series, 1, helper_hostile_names[i]);
        options.title = helper_hostile_names[i];
        char *svg = helper_chart(series, "svg", &options, &len);
        check_balance(svg);
        check_characters(svg, len);
        free(svg);
        sts_series_free(series);
    }
}

static void test_svg__an_endless_name_is_cut(void **state)
{
    size_t name_len = (size_t)1 << 20, len;
    char *name = malloc(name_len + 1);
    struct sts_series *series = helper_full_series(100, 2);
    struct sts_chart_options options = STS_CHART_OPTIONS_INIT;

    (void)state;
    assert_non_null(name);
    memset(name, '<', name_len);
    name[name_len] = '\0';
    helper_rename(series, 0, name);
    char *svg = helper_chart(series, "svg", &options, &len);
    check_balance(svg);
    assert_true(len < 500000);
    free(svg);
    options.title = name;
    svg = helper_chart(series, "svg", &options, &len);
    assert_true(len < 500000);
    free(svg);
    free(name);
    sts_series_free(series);
}

static void test_svg__is_the_same_every_time(void **state)
{
    struct sts_series *series = helper_full_series(50, 12);
    char *one = helper_chart(series, "svg", NULL, NULL);
    char *two = helper_chart(series, "svg", NULL, NULL);

    (void)state;
    assert_string_equal(one, two);
    free(one);
    free(two);
    sts_series_free(series);
}

/* The class of the drawing, which is in front of every rule of its style. */
static void scope_of(const char *svg, char scope[16])
{
    const char *at = strstr(svg, "class=\"s");

    assert_non_null(at);
    snprintf(scope, 16, ".%.9s ", at + 7);
}

static void test_svg__two_in_one_page_do_not_touch_each_other(void **state)
{
    struct sts_chart_options dark = STS_CHART_OPTIONS_INIT, light = STS_CHART_OPTIONS_INIT;
    struct sts_series *series = helper_full_series(3, 3), *other = helper_full_series(3, 3);
    char scopes[3][16];

    (void)state;
    dark.theme = STS_THEME_DARK;
    light.theme = STS_THEME_LIGHT;
    helper_set(other, 2, 1, 1000000);
    char *svgs[] = { helper_chart(series, "svg", &light, NULL),
                     helper_chart(series, "svg", &dark, NULL),
                     helper_chart(other, "svg", &light, NULL) };
    for (size_t i = 0; i < 3; i++) {
        const char *style = strstr(svgs[i], "<style>\n") + 8;
        scope_of(svgs[i], scopes[i]);
        for (; strncmp(style, "</style>", 8) != 0; style = strchr(style, '\n') + 1)
            assert_memory_equal(style, scopes[i], strlen(scopes[i]));
        assert_null(strstr(svgs[i], " id="));
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(scopes[i], scopes[j]);
    }
    for (size_t i = 0; i < 3; i++)
        free(svgs[i]);
    sts_series_free(series);
    sts_series_free(other);
}

static void test_svg__follows_the_readers_theme_unless_told(void **state)
{
    struct sts_chart_options options = STS_CHART_OPTIONS_INIT;
    struct sts_series *series = helper_full_series(3, 3);

    (void)state;
    for (int theme = STS_THEME_AUTO; theme <= STS_THEME_DARK; theme++) {
        options.theme = (enum sts_theme)theme;
        char *svg = helper_chart(series, "svg", &options, NULL);
        assert_int_equal(helper_count(svg, "prefers-color-scheme:dark"), theme == STS_THEME_AUTO);
        free(svg);
    }
    sts_series_free(series);
}

static void test_svg__a_full_disk_is_told(void **state)
{
    struct sts_series *series = helper_full_series(300, 10);

    (void)state;
    for (size_t room = 0; room < 300000; room = room * 2 + 1000) {
        struct sts_error err = { 0 };
        struct sts_sink *sink = NULL;
        size_t left = room;
        assert_int_equal(sts_sink_open_callback(helper_full_disk, &left, &sink, NULL), 0);
        int r = sts_chart_render(series, "svg", NULL, sink, &err);
        int closed = sts_sink_close(sink, NULL);
        assert_true(r == STS_E_IO || closed == STS_E_IO);
        assert_true(r == 0 || strstr(err.text, "could not write the chart") != NULL);
    }
    sts_series_free(series);
}

static void test_options__out_of_range_are_refused(void **state)
{
    struct sts_chart_options options = STS_CHART_OPTIONS_INIT;
    struct sts_series *series = helper_full_series(1, 1);
    struct sts_sink *sink = NULL;

    (void)state;
    assert_int_equal(sts_sink_open_memory(1000000, &sink, NULL), 0);
    options.width_px = STS_CHART_PX_MIN - 1;
    assert_int_equal(sts_chart_render(series, "svg", &options, sink, NULL), STS_E_USAGE);
    options.width_px = STS_CHART_PX_MAX + 1;
    assert_int_equal(sts_chart_render(series, "svg", &options, sink, NULL), STS_E_USAGE);
    options.width_px = 0;
    options.columns = STS_CHART_CELLS_MAX + 1;
    assert_int_equal(sts_chart_render(series, "svg", &options, sink, NULL), STS_E_USAGE);
    assert_int_equal(sts_chart_render(series, "gif", NULL, sink, NULL), STS_E_NOTFOUND);
    assert_int_equal(sts_sink_close(sink, NULL), 0);
    sts_series_free(series);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_svg__every_part_is_a_rect_with_a_tip),
        cmocka_unit_test(test_svg__hostile_names_are_text),
        cmocka_unit_test(test_svg__an_endless_name_is_cut),
        cmocka_unit_test(test_svg__is_the_same_every_time),
        cmocka_unit_test(test_svg__two_in_one_page_do_not_touch_each_other),
        cmocka_unit_test(test_svg__follows_the_readers_theme_unless_told),
        cmocka_unit_test(test_svg__a_full_disk_is_told),
        cmocka_unit_test(test_options__out_of_range_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
