/* SPDX-License-Identifier: MIT */
/*
 * test_top_view.c - what top looks at, and how keys change it (cli/top/view.c, state.c, keys.c).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/about.h"
#include "cli/top/keys.h"
#include "cli/top/state.h"

#define S INT64_C(1000000000)

/* Data from second 1000 to 2003. */
static const struct top_facts facts = { .any = true,
                                        .first_ns = 1000 * S,
                                        .newest_ns = 2003 * S,
                                        .labels = { "service", "pid" },
                                        .label_count = 2 };
static const struct cli_list no_settings;

static struct top_state begin(void)
{
    struct top_state state = { .settings = &no_settings, .facts = &facts };

    top_view_init(&state.view);
    state.span = top_view_span(&state.view, &facts, 72);
    return state;
}

static void press(struct top_state *state, uint32_t key)
{
    state->asks = state->sorts = false;
    top_state_key(state, key);
    state->span = top_view_span(&state->view, &facts, 72);
}

static void type(struct top_state *state, const char *text)
{
    for (; *text != '\0'; text++)
        press(state, (uint32_t)*text);
    press(state, TOP_KEY_ENTER);
}

static void check_span(const struct top_state *state, int64_t from_s, int64_t to_s, int64_t slice_s)
{
    assert_int_equal(state->span.from_ns, from_s * S);
    assert_int_equal(state->span.to_ns, to_s * S);
    assert_int_equal(state->span.slice_ns, slice_s * S);
}

static void test_span__ends_with_the_slice_of_the_newest_data(void **state)
{
    struct top_state top = begin();

    (void)state;
    check_span(&top, 1410, 2010, 10);
    top.view.slice_ns = 7 * S;
    top.span = top_view_span(&top.view, &facts, 72);
    check_span(&top, 2009 - 602, 2009, 7);
}

static void test_span__has_no_more_slices_than_room(void **state)
{
    struct top_state top = begin();

    (void)state;
    top.span = top_view_span(&top.view, &facts, 20);
    check_span(&top, 1410, 2010, 30);
    top.span = top_view_span(&top.view, &facts, 1);
    check_span(&top, 1500, 2100, 300);
}

static void test_span__of_times_at_the_end_of_what_can_be_told(void **state)
{
    struct top_facts far = facts;
    struct top_state top = begin();

    (void)state;
    far.newest_ns = INT64_MAX;
    top.view.window_ns = INT64_C(366) * 86400 * S;
    top.span = top_view_span(&top.view, &far, 72);
    assert_true(top.span.from_ns < top.span.to_ns);
    far.newest_ns = INT64_MIN;
    top.span = top_view_span(&top.view, &far, 72);
    assert_true(top.span.from_ns < top.span.to_ns);
}

static void test_span__before_1970(void **state)
{
    struct top_facts early = facts;
    struct top_state top = begin();

    (void)state;
    early.newest_ns = -25 * S;
    top.span = top_view_span(&top.view, &early, 72);
    check_span(&top, -620, -20, 10);
}

static void test_zoom__changes_window_and_width(void **state)
{
    struct top_state top = begin();

    (void)state;
    press(&top, '+');
    check_span(&top, 1705, 2005, 5);
    press(&top, '-');
    press(&top, '-');
    check_span(&top, 1110, 2010, 15);
    for (int i = 0; i < 50; i++)
        press(&top, '-');
    assert_int_equal(top.view.window_ns, INT64_C(366) * 86400 * S);
    for (int i = 0; i < 50; i++)
        press(&top, '+');
    assert_int_equal(top.view.window_ns, S);
    assert_true(top.asks);
}

static void test_width__of_slices_stays_within_the_window(void **state)
{
    struct top_state top = begin();

    (void)state;
    press(&top, 'w');
    assert_int_equal(top.span.slice_ns, 15 * S);
    for (int i = 0; i < 50; i++)
        press(&top, 'w');
    assert_int_equal(top.span.slice_ns, 600 * S);
    for (int i = 0; i < 50; i++)
        press(&top, 'W');
    assert_int_equal(top.span.slice_ns, S / 10);
    press(&top, 'a');
    assert_int_equal(top.span.slice_ns, 10 * S);
}

static void test_left__stands_still_and_right_is_live_again(void **state)
{
    struct top_state top = begin();

    (void)state;
    press(&top, TOP_KEY_LEFT);
    assert_true(top.view.frozen);
    check_span(&top, 1260, 1860, 10);
    press(&top, '<');
    check_span(&top, 660, 1260, 10);
    press(&top, '<');
    check_span(&top, 400, 1000, 10); /* not before the first profile */
    press(&top, 'n');
    assert_false(top.view.frozen);
    press(&top, TOP_KEY_LEFT);
    press(&top, TOP_KEY_RIGHT);
    assert_false(top.view.frozen);
}

static void test_pause__keeps_the_window_where_it_is(void **state)
{
    struct top_facts later = facts;
    struct top_state top = begin();

    (void)state;
    press(&top, ' ');
    later.newest_ns = 2500 * S;
    top.span = top_view_span(&top.view, &later, 72);
    check_span(&top, 1410, 2010, 10);
    press(&top, 'p');
    assert_false(top.view.frozen);
}

static void test_metric__goes_round_both_ways(void **state)
{
    struct top_state top = begin();

    (void)state;
    press(&top, 'M');
    assert_int_equal(top.view.metric, STS_METRIC_AWAITTIME);
    press(&top, 'm');
    press(&top, 'm');
    assert_int_equal(top.view.metric, STS_METRIC_CUMTIME);
    for (int i = 0; i < 3; i++)
        press(&top, 'm');
    press(&top, 'v');
    assert_int_equal(top.view.metric, STS_METRIC_PERCALL);
    assert_int_equal(top.view.scale, STS_SCALE_RATE);
    assert_int_equal(top_view_scale(&top.view), STS_SCALE_TOTAL); /* per call has no rate */
    press(&top, 'M');
    assert_int_equal(top_view_scale(&top.view), STS_SCALE_RATE);
}

static void test_group__offers_labels_and_what_was_asked(void **state)
{
    static const char *const round[] = {
        "name",          "file",      "module",         "package",
        "label:service", "label:pid", "label:a,module", "function"
    };
    struct top_state top = begin();

    (void)state;
    strcpy(top.view.asked_by, "label:a,module");
    for (size_t i = 0; i < sizeof(round) / sizeof(*round); i++) {
        press(&top, 'g');
        assert_string_equal(top.view.by, round[i]);
    }
    press(&top, 'G');
    assert_string_equal(top.view.by, "label:a,module");
}

static void test_sort__needs_no_new_answer(void **state)
{
    struct top_state top = begin();

    (void)state;
    press(&top, 'r');
    assert_true(top.view.reversed);
    press(&top, 's');
    assert_int_equal(top.view.sort, TOP_SORT_PERCALL);
    assert_false(top.view.reversed);
    assert_true(top.sorts);
    assert_false(top.asks);
    for (int i = 0; i < TOP_SORT_COUNT; i++)
        press(&top, 'S');
    assert_int_equal(top.view.sort, TOP_SORT_PERCALL);
}

static void test_scroll__ends_with_the_last_row(void **state)
{
    struct top_state top = begin();

    (void)state;
    top.row_count = 25;
    top.rows_shown = 10;
    press(&top, TOP_KEY_UP);
    assert_int_equal(top.view.scroll, 0);
    press(&top, TOP_KEY_PAGE_DOWN);
    assert_int_equal(top.view.scroll, 9);
    press(&top, TOP_KEY_END);
    assert_int_equal(top.view.scroll, 15);
    press(&top, 'j');
    assert_int_equal(top.view.scroll, 15);
    press(&top, 'k');
    assert_int_equal(top.view.scroll, 14);
    top_view_scroll(&top.view, 0, 12, 10); /* fewer functions now */
    assert_int_equal(top.view.scroll, 2);
    top_view_scroll(&top.view, 0, 3, 10);
    assert_int_equal(top.view.scroll, 0);
}

static void test_filter__is_taken_when_it_can_be_asked(void **state)
{
    struct top_state top = begin();

    (void)state;
    press(&top, '/');
    type(&top, "shop|(");
    assert_int_equal(top.prompt, TOP_PROMPT_MATCH);
    assert_string_equal(top.view.match, "");
    assert_non_null(strstr(top.message, "parenthesis"));
    press(&top, TOP_KEY_BACKSPACE);
    assert_string_equal(top.message, "");
    type(&top, "qm");
    assert_int_equal(top.prompt, TOP_PROMPT_NONE);
    assert_string_equal(top.view.match, "shop|qm");
    assert_true(top.asks);
    press(&top, 'f'); /* begins with what it was */
    press(&top, TOP_KEY_ESCAPE);
    assert_string_equal(top.view.match, "shop|qm");
}

static void test_labels__are_conditions_with_spaces_between(void **state)
{
    struct top_state top = begin();

    (void)state;
    press(&top, 'l');
    type(&top, "  service=a\\ b  host!~^web ");
    assert_int_equal(top.prompt, TOP_PROMPT_NONE);
    press(&top, 'l');
    type(&top, " service");
    assert_int_equal(top.prompt, TOP_PROMPT_WHERE);
    assert_true(top.message[0] != '\0');
}

static void test_time__is_gone_to(void **state)
{
    struct top_state top = begin();

    (void)state;
    press(&top, 't');
    type(&top, "1970-01-01 00:20:00");
    check_span(&top, 600, 1200, 10);
    press(&top, 't');
    type(&top, "some day");
    assert_int_equal(top.prompt, TOP_PROMPT_TIME);
    press(&top, TOP_KEY_ESCAPE);
    press(&top, 't');
    press(&top, TOP_KEY_ENTER); /* nothing typed, nothing done */
    assert_int_equal(top.prompt, TOP_PROMPT_NONE);
    check_span(&top, 600, 1200, 10);
}

static void test_help__is_left_by_any_key_that_does_not_scroll(void **state)
{
    struct top_state top = begin();

    (void)state;
    press(&top, '?');
    press(&top, TOP_KEY_DOWN);
    press(&top, TOP_KEY_RESIZE);
    assert_true(top.helps);
    press(&top, 'q');
    assert_false(top.helps);
    assert_false(top.quits);
    press(&top, 'q');
    assert_true(top.quits);
}

static void test_keys__are_given_to_one_thing_each(void **state)
{
    size_t count;
    const struct top_key *keys = top_keys(&count);
    struct cli_term_text term;

    (void)state;
    for (size_t i = 0; i < count; i++)
        for (size_t k = i + 1; k < count; k++)
            for (size_t c = 0; c < 4; c++)
                assert_true(keys[i].codes[c / 2] == 0 ||
                            keys[i].codes[c / 2] != keys[k].codes[c % 2]);
    assert_true(top_key_term(0, &term));
    assert_string_equal(term.term, "m M");
    assert_false(top_key_term(count, &term));
}

static void test_hangup__ends(void **state)
{
    struct top_state top = begin();

    (void)state;
    press(&top, TOP_KEY_HANGUP);
    assert_true(top.quits);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_span__ends_with_the_slice_of_the_newest_data),
        cmocka_unit_test(test_span__has_no_more_slices_than_room),
        cmocka_unit_test(test_span__of_times_at_the_end_of_what_can_be_told),
        cmocka_unit_test(test_span__before_1970),
        cmocka_unit_test(test_zoom__changes_window_and_width),
        cmocka_unit_test(test_width__of_slices_stays_within_the_window),
        cmocka_unit_test(test_left__stands_still_and_right_is_live_again),
        cmocka_unit_test(test_pause__keeps_the_window_where_it_is),
        cmocka_unit_test(test_metric__goes_round_both_ways),
        cmocka_unit_test(test_group__offers_labels_and_what_was_asked),
        cmocka_unit_test(test_sort__needs_no_new_answer),
        cmocka_unit_test(test_scroll__ends_with_the_last_row),
        cmocka_unit_test(test_filter__is_taken_when_it_can_be_asked),
        cmocka_unit_test(test_labels__are_conditions_with_spaces_between),
        cmocka_unit_test(test_time__is_gone_to),
        cmocka_unit_test(test_help__is_left_by_any_key_that_does_not_scroll),
        cmocka_unit_test(test_keys__are_given_to_one_thing_each),
        cmocka_unit_test(test_hangup__ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
