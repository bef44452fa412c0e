/* SPDX-License-Identifier: MIT */
/*
 * test_opt.c - a command line by tables of options (cli/opt.c).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/opt.h"

static struct {
    bool all, brief;
    const char *file, *color;
    uint32_t size;
    struct cli_list names, settings;
} got;

static const struct cli_option options[] = {
    { .name = "all", .letter = 'a', .help = "x", .target = &got.all },
    { .name = "brief", .letter = 'b', .help = "x", .target = &got.brief },
    { .name = "file", .letter = 'f', .kind = CLI_TEXT, .argument = "FILE", .target = &got.file },
    { .name = "color",
      .kind = CLI_CHOICE,
      .argument = "COLOR",
      .values = "red  green",
      .target = &got.color },
    { .name = "size",
      .kind = CLI_NUMBER,
      .argument = "N",
      .min = 3,
      .max = UINT32_MAX,
      .target = &got.size },
    { .name = "name", .letter = 'n', .kind = CLI_LIST, .argument = "NAME", .target = &got.names },
    { .name = "rate", .kind = CLI_SETTING, .target = &got.settings },
    { .name = "top", .kind = CLI_SETTING, .argument = "N", .target = &got.settings },
};

static struct cli_operands operands;
static struct sts_error error;

static int parse(const char *const *argv)
{
    static const struct cli_option_set set = {
        .groups = { { "Options", options, 3 }, { "More", options + 3, 5 } },
        .count = 2,
    };
    int argc = 0;

    cli_list_deinit(&got.names);
    cli_list_deinit(&got.settings);
    cli_list_deinit(&operands.list);
    memset(&got, 0, sizeof(got));
    memset(&operands, 0, sizeof(operands));
    error.text[0] = '\0';
    while (argv[argc] != NULL)
        argc++;
    return cli_opt_parse(&set, argc, argv, &operands, &error);
}

#define PARSE(...) parse((const char *const[]){ __VA_ARGS__, NULL })

static void expect_usage(int status, const char *part)
{
    assert_int_equal(status, STS_E_USAGE);
    if (strstr(error.text, part) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", part, error.text);
}

static void test_parse__long_options_take_a_value_in_both_spellings(void **state)
{
    (void)state;
    assert_int_equal(PARSE("--file", "a", "--size=3"), 0);
    assert_string_equal(got.file, "a");
    assert_int_equal(got.size, 3);
    assert_int_equal(PARSE("--file=--all", "--size", "4294967295"), 0);
    assert_string_equal(got.file, "--all");
    assert_int_equal(got.size, UINT32_MAX);
    assert_int_equal(PARSE("--file="), 0);
    assert_string_equal(got.file, "");
}

static void test_parse__a_value_may_look_like_an_option(void **state)
{
    (void)state;
    assert_int_equal(PARSE("--file", "-1h", "-f", "--"), 0);
    assert_string_equal(got.file, "--");
}

static void test_parse__letters_stand_together_and_the_last_takes_the_rest(void **state)
{
    (void)state;
    assert_int_equal(PARSE("-abfx", "y"), 0);
    assert_true(got.all && got.brief);
    assert_string_equal(got.file, "x");
    assert_string_equal(operands.list.items[0], "y");
    assert_int_equal(PARSE("-af", "x"), 0);
    assert_string_equal(got.file, "x");
}

static void test_parse__operands_stand_anywhere(void **state)
{
    (void)state;
    assert_int_equal(PARSE("one", "-a", "-", "--", "-b", "--"), 0);
    assert_true(got.all && !got.brief);
    assert_int_equal(operands.list.count, 4);
    assert_int_equal(operands.before_dashes, 2);
    assert_string_equal(operands.list.items[1], "-");
    assert_string_equal(operands.list.items[2], "-b");
    assert_string_equal(operands.list.items[3], "--");
}

static void test_parse__operands_may_end_the_options(void **state)
{
    static const struct cli_option_set set = {
        .groups = { { "Options", options, 3 } },
        .count = 1,
        .operands_end_options = true,
    };
    static const char *const argv[] = { "-a", "one", "-b", "--", "--nothing" };

    (void)state;
    assert_int_equal(PARSE("--all"), 0);
    assert_int_equal(cli_opt_parse(&set, 5, argv, &operands, &error), 0);
    assert_false(got.brief);
    assert_int_equal(operands.list.count, 4);
    assert_string_equal(operands.list.items[2], "--");
    cli_list_deinit(&operands.list);
    assert_int_equal(cli_opt_parse(&set, 2, argv + 3, &operands, &error), 0);
    assert_int_equal(operands.list.count, 1);
    assert_string_equal(operands.list.items[0], "--nothing");
}

static void test_parse__lists_and_settings_keep_their_order(void **state)
{
    static const char *const wanted[] = { "top", "5", "rate", "on", "top", "" };

    (void)state;
    assert_int_equal(PARSE("-n", "b", "--name=a", "--top", "5", "--rate", "--top="), 0);
    assert_int_equal(got.names.count, 2);
    assert_string_equal(got.names.items[0], "b");
    assert_string_equal(got.names.items[1], "a");
    assert_int_equal(got.settings.count, 6);
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(got.settings.items[i], wanted[i]);
}

static void test_parse__only_known_words_and_numbers_in_range(void **state)
{
    (void)state;
    assert_int_equal(PARSE("--color", "green"), 0);
    assert_string_equal(got.color, "green");
    expect_usage(PARSE("--color", "gren"), "did you mean \"green\"?");
    expect_usage(PARSE("--color", "blue"), "known are: red green");
    expect_usage(PARSE("--color", ""), "known are: red green");
    expect_usage(PARSE("--size", "2"), "from 3 to 4294967295");
    expect_usage(PARSE("--size", "4294967296"), "from 3 to 4294967295");
    expect_usage(PARSE("--size", "99999999999999999999999"), "from 3 to");
    expect_usage(PARSE("--size", "0x10"), "\"0x10\"");
    expect_usage(PARSE("--size", " 10"), "\" 10\"");
}

static void test_parse__what_is_wrong_is_named(void **state)
{
    (void)state;
    expect_usage(PARSE("--fiel", "x"), "unknown option \"--fiel\"; did you mean \"--file\"?");
    expect_usage(PARSE("--fi=x"), "did you mean \"--file\"?");
    expect_usage(PARSE("--wholly-else"), "unknown option \"--wholly-else\"");
    expect_usage(PARSE("--=x"), "unknown option \"--\"");
    expect_usage(PARSE("-ax"), "unknown option \"-x\"");
    expect_usage(PARSE("--file"), "--file needs a value (FILE)");
    expect_usage(PARSE("-af"), "--file needs a value (FILE)");
    expect_usage(PARSE("--all=yes"), "--all takes no value");
    expect_usage(PARSE("--rate=on"), "--rate takes no value");
}

static void test_word__splits_at_any_number_of_spaces(void **state)
{
    struct cli_word word;

    (void)state;
    assert_true(cli_option_word(&options[3], 0, &word));
    assert_int_equal(word.len, 3);
    assert_true(cli_option_word(&options[3], 1, &word));
    assert_int_equal(word.len, 5);
    assert_memory_equal(word.text, "green", 5);
    assert_false(cli_option_word(&options[3], 2, &word));
    assert_false(cli_option_word(&options[0], 0, &word));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse__long_options_take_a_value_in_both_spellings),
        cmocka_unit_test(test_parse__a_value_may_look_like_an_option),
        cmocka_unit_test(test_parse__letters_stand_together_and_the_last_takes_the_rest),
        cmocka_unit_test(test_parse__operands_stand_anywhere),
        cmocka_unit_test(test_parse__operands_may_end_the_options),
        cmocka_unit_test(test_parse__lists_and_settings_keep_their_order),
        cmocka_unit_test(test_parse__only_known_words_and_numbers_in_range),
        cmocka_unit_test(test_parse__what_is_wrong_is_named),
        cmocka_unit_test(test_word__splits_at_any_number_of_spaces),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    cli_list_deinit(&got.names);
    cli_list_deinit(&got.settings);
    cli_list_deinit(&operands.list);
    return failed;
}
