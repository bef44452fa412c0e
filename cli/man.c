/* SPDX-License-Identifier: MIT */
/*
 * man.c - manual pages in man(7), from the tables of options.
 */
#include "cli/man.h"

#include <ctype.h>
#include <string.h>

#include <statslice/statslice.h>

#include "cli/about.h"
#include "cli/command.h"
#include "cli/out.h"

#define SOURCE_COLUMNS ((size_t)72)

/* What troff would take for its own is escaped. */
static void put_char(struct sts_sink *sink, const char *at)
{
    if (*at == '\\')
        cli_put(sink, "\\e");
    else if (*at == '-')
        cli_put(sink, "\\-");
    else if (*at == '\'')
        cli_put(sink, "\\(aq");
    else
        sts_sink_write(sink, at, 1);
}

/* One run of text; long lines of the source are broken. A "." that begins one is not a request. */
static void put_text(struct sts_sink *sink, const char *text, size_t len)
{
    size_t column = 0;

    for (size_t i = 0; i < len; i++) {
        size_t word_len = strcspn(text + i + 1, " ");
        if (text[i] == ' ' && column + word_len > SOURCE_COLUMNS) {
            cli_put(sink, text[i + 1] == '.' ? "\n\\&" : "\n");
            column = 0;
        } else {
            put_char(sink, text + i);
            column++;
        }
    }
}

/* Paragraphs with an empty line between, each on one line of source. */
static void put_paragraphs(struct sts_sink *sink, const char *text)
{
    for (;;) {
        const char *end = strstr(text, "\n\n");
        size_t len = end == NULL ? strlen(text) : (size_t)(end - text);
        if (len > 0 && text[0] == '.')
            cli_put(sink, "\\&");
        put_text(sink, text, len);
        cli_put(sink, "\n");
        if (end == NULL)
            return;
        cli_put(sink, ".PP\n");
        text = end + 2;
    }
}

static void put_section(struct sts_sink *sink, const char *name, const char *text)
{
    cli_put_format(sink, ".SH %s\n", name);
    put_paragraphs(sink, text);
}

static void put_term(struct sts_sink *sink, const struct cli_term_text *term)
{
    cli_put(sink, ".TP\n.B ");
    put_text(sink, term->term, strlen(term->term));
    cli_put(sink, "\n");
    put_paragraphs(sink, term->text);
}

static void put_terms(struct sts_sink *sink, const char *name, const struct cli_term_text *terms)
{
    cli_put_format(sink, ".SH %s\n", name);
    for (; terms->term != NULL; terms++)
        put_term(sink, terms);
}

static void put_title(struct sts_sink *sink, const struct cli_command *command, const char *date)
{
    cli_put(sink, ".\\\" Made from the tables of options in cli/; changes belong there.\n"
                  ".TH STATSLICE");
    for (const char *at = command == NULL ? "" : command->name; *at != '\0'; at++)
        cli_put_format(sink, "%s%c", command->name == at ? "\\-" : "", toupper((unsigned char)*at));
    cli_put_format(sink, " 1 %s \"statslice %s\" \"User Commands\"\n.SH NAME\nstatslice", date,
                   sts_version());
    if (command != NULL)
        cli_put_format(sink, "\\-%s", command->name);
    cli_put(sink, " \\- ");
    put_paragraphs(sink, command == NULL ? cli_about_summary : command->summary);
}

/* --- one command --- */

/* Each word with what it means, as a list of its own. */
static void put_meanings(struct sts_sink *sink, const struct cli_option *option)
{
    char meaning[CLI_WORD_TEXT_BYTES];
    struct cli_word word;

    cli_put(sink, ".RS\n");
    for (size_t i = 0; cli_option_word(option, i, &word); i++) {
        cli_put(sink, ".TP\n.B ");
        put_text(sink, word.text, word.len);
        cli_put(sink, "\n");
        option->describe_at(i, meaning);
        put_text(sink, meaning, strlen(meaning));
        cli_put(sink, "\n");
    }
    cli_put(sink, ".RE\n");
}

/* Each word on a line of the source, so that none grows too long. */
static void put_words(struct sts_sink *sink, const struct cli_option *option)
{
    struct cli_word word;
    const char *before = "One of:\n";

    for (size_t i = 0; cli_option_word(option, i, &word); i++) {
        cli_put(sink, before);
        put_text(sink, word.text, word.len);
        before = ",\n";
    }
    if (before[0] == ',')
        cli_put(sink, ".\n");
}

static void put_option(struct sts_sink *sink, const struct cli_option *option)
{
    cli_put(sink, ".TP\n");
    if (option->letter != 0)
        cli_put_format(sink, "\\fB\\-%c\\fR, ", option->letter);
    cli_put(sink, "\\fB\\-\\-");
    put_text(sink, option->name, strlen(option->name));
    cli_put(sink, "\\fR");
    if (option->argument != NULL) {
        cli_put(sink, " \\fI");
        put_text(sink, option->argument, strlen(option->argument));
        cli_put(sink, "\\fR");
    }
    cli_put(sink, "\n");
    if (option->help[0] == '.')
        cli_put(sink, "\\&");
    put_text(sink, option->help, strlen(option->help));
    cli_put(sink, ".\n");
    if (option->describe_at == NULL)
        put_words(sink, option);
    if (cli_option_repeats(option))
        cli_put(sink, "May be repeated.\n");
    if (option->describe_at != NULL)
        put_meanings(sink, option);
}

static void put_options(struct sts_sink *sink, const struct cli_command *command)
{
    struct cli_context context = { .help = false };
    struct cli_command_options options;

    cli_command_options_init(&options, command, &context);
    cli_put(sink, ".SH OPTIONS\n");
    for (size_t g = 0; g < options.set.count; g++) {
        const struct cli_option_group *group = &options.set.groups[g];
        cli_put_format(sink, ".SS %s\n", group->title);
        for (size_t i = 0; i < group->count; i++)
            put_option(sink, &group->options[i]);
    }
}

static void put_examples(struct sts_sink *sink, const struct cli_command *command)
{
    if (command->example_count == 0)
        return;
    cli_put(sink, ".SH EXAMPLES\n");
    for (size_t i = 0; i < command->example_count; i++) {
        cli_put(sink, ".TP\n.B ");
        put_text(sink, command->examples[i].command, strlen(command->examples[i].command));
        cli_put(sink, "\n");
        put_paragraphs(sink, command->examples[i].text);
    }
}

static void put_own_terms(struct sts_sink *sink, const struct cli_command *command)
{
    struct cli_term_text term;

    if (command->term_at == NULL)
        return;
    cli_put(sink, ".SH ");
    for (const char *at = command->terms_title; *at != '\0'; at++)
        cli_put_format(sink, "%c", toupper((unsigned char)*at));
    cli_put(sink, "\n");
    for (size_t i = 0; command->term_at(i, &term); i++)
        put_term(sink, &term);
}

static void put_command_body(struct sts_sink *sink, const struct cli_command *command)
{
    cli_put_format(sink, ".SH SYNOPSIS\n.B statslice %s\n[\\fIOPTION\\fR]... %s\n", command->name,
                   command->operands);
    put_section(sink, "DESCRIPTION", command->description);
    put_options(sink, command);
    if (command->reads_inputs)
        put_section(sink, "INPUTS", cli_about_inputs);
    put_own_terms(sink, command);
    put_examples(sink, command);
}

/* --- the program --- */

static void put_program_body(struct sts_sink *sink)
{
    size_t count;
    const struct cli_command *const *commands = cli_commands(&count);

    cli_put(sink, ".SH SYNOPSIS\n.B statslice\n\\fICOMMAND\\fR [\\fIOPTION\\fR]... "
                  "[\\fIARGUMENT\\fR]...\n");
    put_section(sink, "DESCRIPTION", cli_about_description);
    cli_put(sink, ".SH COMMANDS\n");
    for (size_t i = 0; i < count; i++) {
        cli_put_format(sink, ".TP\n\\fBstatslice\\-%s\\fR(1)\n", commands[i]->name);
        put_text(sink, commands[i]->summary, strlen(commands[i]->summary));
        cli_put(sink, ".\n");
    }
    cli_put(sink, ".SH OPTIONS\n"
                  ".TP\n\\fB\\-h\\fR, \\fB\\-\\-help\\fR\nshow the commands; behind a command: its "
                  "options.\n"
                  ".TP\n\\fB\\-\\-version\\fR\nshow the version.\n");
    put_section(sink, "INPUTS", cli_about_inputs);
    put_terms(sink, "ENVIRONMENT", cli_about_environment);
}

static void put_see_also(struct sts_sink *sink, const struct cli_command *command)
{
    size_t count;
    const struct cli_command *const *commands = cli_commands(&count);
    const char *comma = "";

    cli_put(sink, ".SH SEE ALSO\n");
    if (command != NULL) {
        cli_put(sink, "\\fBstatslice\\fR(1)");
        comma = ",\n";
    }
    for (size_t i = 0; i < count; i++) {
        if (commands[i] == command)
            continue;
        cli_put_format(sink, "%s\\fBstatslice\\-%s\\fR(1)", comma, commands[i]->name);
        comma = ",\n";
    }
    cli_put(sink, "\n");
}

void cli_man_write(const struct cli_command *command, const char *date, struct sts_sink *sink)
{
    put_title(sink, command, date);
    if (command != NULL)
        put_command_body(sink, command);
    else
        put_program_body(sink);
    put_terms(sink, "EXIT STATUS", cli_about_exit);
    put_see_also(sink, command);
}
