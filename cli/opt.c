/* SPDX-License-Identifier: MIT */
/*
 * opt.c - parse a command line by tables of options.
 *
 * In:   option groups, the arguments.
 * Out:  the options' targets filled, the operands in order.
 * Why:  tables, because --help, the man pages and the completion are made from
 *       the same ones: what is parsed is what is documented.
 */
#include "cli/opt.h"

#include <string.h>

#include "cli/report.h"
#include "cli/suggest.h"

struct parser {
    const struct cli_option_set *set;
    const char *const *argv;
    int argc, at; /* the next argument */
    struct cli_operands *operands;
    struct sts_error *err;
};

bool cli_option_word(const struct cli_option *option, size_t i, struct cli_word *ret_word)
{
    const char *text = option->values;

    if (option->value_at != NULL) {
        ret_word->text = option->value_at(i);
        ret_word->len = ret_word->text == NULL ? 0 : strlen(ret_word->text);
        return ret_word->text != NULL;
    }
    if (text == NULL)
        return false;
    for (; i > 0 && *text != '\0'; i--) {
        text += strcspn(text, " ");
        text += strspn(text, " ");
    }
    ret_word->text = text;
    ret_word->len = strcspn(text, " ");
    return ret_word->len > 0;
}

bool cli_option_repeats(const struct cli_option *option)
{
    return option->kind == CLI_LIST || (option->kind == CLI_SETTING && option->repeatable);
}

/* --- finding --- */

static bool name_is(const struct cli_option *option, const char *name, size_t len)
{
    return strlen(option->name) == len && memcmp(option->name, name, len) == 0;
}

static int fail_unknown_name(const struct parser *parser, const char *name, size_t len)
{
    struct cli_suggestion near;

    cli_suggestion_init(&near, name, len);
    for (size_t g = 0; g < parser->set->count; g++) {
        const struct cli_option_group *group = &parser->set->groups[g];
        for (size_t i = 0; i < group->count; i++)
            cli_suggestion_offer(&near, group->options[i].name, strlen(group->options[i].name));
    }
    if (near.nearest[0] != '\0')
        return cli_fail(parser->err, STS_E_USAGE,
                        "unknown option \"--%.*s\"; did you mean \"--%s\"?", (int)len, name,
                        near.nearest);
    return cli_fail(parser->err, STS_E_USAGE, "unknown option \"--%.*s\"", (int)len, name);
}

static const struct cli_option *find_name(const struct parser *parser, const char *name, size_t len)
{
    for (size_t g = 0; g < parser->set->count; g++) {
        const struct cli_option_group *group = &parser->set->groups[g];
        for (size_t i = 0; i < group->count; i++) {
            if (name_is(&group->options[i], name, len))
                return &group->options[i];
        }
    }
    return NULL;
}

static const struct cli_option *find_letter(const struct parser *parser, char letter)
{
    for (size_t g = 0; g < parser->set->count; g++) {
        const struct cli_option_group *group = &parser->set->groups[g];
        for (size_t i = 0; i < group->count; i++) {
            if (group->options[i].letter == letter)
                return &group->options[i];
        }
    }
    return NULL;
}

/* --- values --- */

static int check_choice(const struct cli_option *option, const char *value, struct sts_error *err)
{
    struct cli_suggestion near;
    struct cli_word word;
    char known[160] = "";
    size_t known_len = 0;

    cli_suggestion_init(&near, value, strlen(value));
    for (size_t i = 0; cli_option_word(option, i, &word); i++) {
        if (strlen(value) == word.len && memcmp(value, word.text, word.len) == 0)
            return 0;
        cli_suggestion_offer(&near, word.text, word.len);
        if (known_len + word.len + 2 < sizeof(known)) {
            known[known_len] = ' ';
            memcpy(known + known_len + 1, word.text, word.len);
            known_len += word.len + 1;
            known[known_len] = '\0';
        }
    }
    if (near.nearest[0] != '\0')
        return cli_fail(err, STS_E_USAGE, "--%s: unknown %s \"%.40s\"; did you mean \"%s\"?",
                        option->name, option->argument, value, near.nearest);
    return cli_fail(err, STS_E_USAGE, "--%s: unknown %s \"%.40s\"; known are:%s", option->name,
                    option->argument, value, known);
}

static int set_number(const struct cli_option *option, const char *value, struct sts_error *err)
{
    uint64_t number = 0;
    const char *at = value;

    for (; *at >= '0' && *at <= '9' && number <= option->max; at++)
        number = number * 10 + (uint64_t)(*at - '0');
    if (at == value || *at != '\0' || number < option->min || number > option->max)
        return cli_fail(err, STS_E_USAGE, "--%s: \"%.40s\" is not a number from %lu to %lu",
                        option->name, value, (unsigned long)option->min,
                        (unsigned long)option->max);
    *(uint32_t *)option->target = (uint32_t)number;
    return 0;
}

static int add_setting(const struct cli_option *option, const char *value, struct sts_error *err)
{
    int r = cli_list_add(option->target, option->name, err);

    if (r < 0)
        return r;
    return cli_list_add(option->target, value == NULL ? "on" : value, err);
}

static int set_value(const struct cli_option *option, const char *value, struct sts_error *err)
{
    int r = 0;

    switch (option->kind) {
    case CLI_SWITCH:
        *(bool *)option->target = true;
        break;
    case CLI_CHOICE:
        r = check_choice(option, value, err);
        if (r < 0)
            break;
        *(const char **)option->target = value;
        break;
    case CLI_TEXT:
        *(const char **)option->target = value;
        break;
    case CLI_NUMBER:
        r = set_number(option, value, err);
        break;
    case CLI_LIST:
        r = cli_list_add(option->target, value, err);
        break;
    case CLI_SETTING:
        r = add_setting(option, value, err);
        break;
    }
    return r;
}

/* --- arguments --- */

/* The argument behind the option, where its value is not in the same one. */
static int take_next(struct parser *parser, const struct cli_option *option, const char **ret_value)
{
    if (parser->at >= parser->argc)
        return cli_fail(parser->err, STS_E_USAGE, "--%s needs a value (%s)", option->name,
                        option->argument);
    *ret_value = parser->argv[parser->at++];
    return 0;
}

static int parse_long(struct parser *parser, const char *text)
{
    size_t len = strcspn(text, "=");
    const char *value = text[len] == '=' ? text + len + 1 : NULL;
    const struct cli_option *option = find_name(parser, text, len);
    int r = 0;

    if (option == NULL)
        return fail_unknown_name(parser, text, len);
    if (option->argument == NULL && value != NULL)
        return cli_fail(parser->err, STS_E_USAGE, "--%s takes no value", option->name);
    if (option->argument != NULL && value == NULL)
        r = take_next(parser, option, &value);
    if (r < 0)
        return r;
    return set_value(option, value, parser->err);
}

static int parse_letters(struct parser *parser, const char *text)
{
    for (; *text != '\0'; text++) {
        const struct cli_option *option = find_letter(parser, *text);
        const char *value = NULL;
        int r = 0;

        if (option == NULL)
            return cli_fail(parser->err, STS_E_USAGE, "unknown option \"-%c\"", *text);
        if (option->argument != NULL && text[1] != '\0')
            value = text + 1;
        else if (option->argument != NULL)
            r = take_next(parser, option, &value);
        if (r == 0)
            r = set_value(option, value, parser->err);
        if (r < 0 || option->argument != NULL)
            return r;
    }
    return 0;
}

int cli_opt_parse(const struct cli_option_set *set, int argc, const char *const *argv,
                  struct cli_operands *operands, struct sts_error *err)
{
    struct parser parser = { set, argv, argc, 0, operands, err };
    bool dashes_seen = false, options_ended = false;
    int r = 0;

    while (parser.at < argc && r == 0) {
        const char *text = argv[parser.at++];
        if (options_ended || text[0] != '-' || text[1] == '\0') {
            r = cli_list_add(&operands->list, text, err);
            options_ended = options_ended || set->operands_end_options;
        } else if (text[1] != '-')
            r = parse_letters(&parser, text + 1);
        else if (text[2] != '\0')
            r = parse_long(&parser, text + 2);
        else
            dashes_seen = options_ended = true;
        if (!dashes_seen)
            operands->before_dashes = operands->list.count;
    }
    return r;
}
