/* SPDX-License-Identifier: MIT */
/*
 * help.c - --help, from the tables of options.
 */
#include "cli/help.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <statslice/sink.h>

#include "cli/about.h"
#include "cli/command.h"
#include "cli/opt.h"
#include "cli/out.h"
#include "cli/outfile.h"
#include "cli/term.h"

#define COLUMNS_MIN   ((size_t)50)
#define COLUMNS_MAX   ((size_t)100)
#define OPTION_INDENT ((size_t)2)
#define TEXT_INDENT   ((size_t)28)
#define TERM_INDENT   ((size_t)14)

void cli_option_usage(char text[CLI_OPTION_TEXT_BYTES], const struct cli_option *option)
{
    char letter[8] = "    ";

    if (option->letter != 0)
        snprintf(letter, sizeof(letter), "-%c, ", option->letter);
    snprintf(text, CLI_OPTION_TEXT_BYTES, "%s--%s%s%s", letter, option->name,
             option->argument == NULL ? "" : " ", option->argument == NULL ? "" : option->argument);
}

/* The words that an option knows, each with what it means, on lines of their own. */
static void write_words(const struct cli_option *option, struct sts_sink *sink, size_t columns)
{
    char meaning[CLI_WORD_TEXT_BYTES], text[CLI_WORD_TEXT_BYTES + 64];
    struct cli_word word;

    for (size_t i = 0; cli_option_word(option, i, &word); i++) {
        option->describe_at(i, meaning);
        snprintf(text, sizeof(text), "%.*s - %s", (int)word.len, word.text, meaning);
        cli_put_spaces(sink, TEXT_INDENT);
        cli_put_wrapped(sink, text, TEXT_INDENT, TEXT_INDENT + 2, columns);
    }
}

/* "help text; one of: a, b; repeatable" */
static void write_option_text(const struct cli_option *option, struct sts_sink *sink,
                              size_t columns)
{
    char text[1024];
    struct cli_word word;
    bool listed = option->describe_at != NULL;
    size_t len = (size_t)snprintf(text, sizeof(text), "%s%s", option->help, listed ? ":" : "");

    for (size_t i = 0; !listed && cli_option_word(option, i, &word) && len < sizeof(text); i++)
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%.*s",
                                i == 0 ? "; one of: " : ", ", (int)word.len, word.text);
    if (cli_option_repeats(option) && len < sizeof(text))
        snprintf(text + len, sizeof(text) - len, "; may be repeated");
    cli_put_wrapped(sink, text, TEXT_INDENT, TEXT_INDENT, columns);
    if (listed)
        write_words(option, sink, columns);
}

static void write_option(const struct cli_option *option, struct sts_sink *sink, size_t columns)
{
    char usage[CLI_OPTION_TEXT_BYTES];

    cli_option_usage(usage, option);
    cli_put_spaces(sink, OPTION_INDENT);
    cli_put(sink, usage);
    if (OPTION_INDENT + strlen(usage) + 2 <= TEXT_INDENT) {
        cli_put_spaces(sink, TEXT_INDENT - OPTION_INDENT - strlen(usage));
    } else {
        cli_put(sink, "\n");
        cli_put_spaces(sink, TEXT_INDENT);
    }
    write_option_text(option, sink, columns);
}

static void write_groups(const struct cli_option_set *set, struct sts_sink *sink, size_t columns)
{
    for (size_t g = 0; g < set->count; g++) {
        cli_put_format(sink, "\n%s:\n", set->groups[g].title);
        for (size_t i = 0; i < set->groups[g].count; i++)
            write_option(&set->groups[g].options[i], sink, columns);
    }
}

static void write_terms(const struct cli_command *command, struct sts_sink *sink, size_t columns)
{
    struct cli_term_text term;

    if (command->term_at == NULL)
        return;
    cli_put_format(sink, "\n%s:\n", command->terms_title);
    for (size_t i = 0; command->term_at(i, &term); i++) {
        cli_put_format(sink, "  %-12s", term.term);
        cli_put_wrapped(sink, term.text, TERM_INDENT, TERM_INDENT, columns);
    }
}

static void write_examples(const struct cli_command *command, struct sts_sink *sink, size_t columns)
{
    if (command->example_count > 0)
        cli_put(sink, "\nExamples:\n");
    for (size_t i = 0; i < command->example_count; i++) {
        cli_put_format(sink, "  %s\n      ", command->examples[i].command);
        cli_put_wrapped(sink, command->examples[i].text, 6, 6, columns);
    }
}

static void write_command(const struct cli_command *command, struct sts_sink *sink, size_t columns)
{
    struct cli_context context = { .help = false };
    struct cli_command_options options;

    cli_put_format(sink, "Usage: statslice %s [OPTION]... %s\n\n", command->name,
                   command->operands);
    cli_put_wrapped(sink, command->description, 0, 0, columns);
    cli_command_options_init(&options, command, &context);
    write_groups(&options.set, sink, columns);
    if (command->reads_inputs) {
        cli_put(sink, "\nInputs:\n  ");
        cli_put_wrapped(sink, cli_about_inputs, 2, 2, columns);
    }
    write_terms(command, sink, columns);
    write_examples(command, sink, columns);
}

static void write_program(struct sts_sink *sink, size_t columns)
{
    size_t count;
    const struct cli_command *const *commands = cli_commands(&count);

    cli_put(sink, "Usage: statslice COMMAND [OPTION]... [ARGUMENT]...\n\n");
    cli_put_wrapped(sink, cli_about_description, 0, 0, columns);
    cli_put(sink, "\nCommands:\n");
    for (size_t i = 0; i < count; i++) {
        cli_put_format(sink, "  %-10s  ", commands[i]->name);
        cli_put_wrapped(sink, commands[i]->summary, 14, 14, columns);
    }
    cli_put(sink, "\nOptions:\n"
                  "  -h, --help  show this text\n"
                  "  --version   show the version\n\n");
    cli_put(sink, "\"statslice COMMAND --help\" tells more.\n");
}

void cli_help_write(const struct cli_command *command, struct sts_sink *sink, size_t columns)
{
    if (command == NULL)
        write_program(sink, columns);
    else
        write_command(command, sink, columns);
}

int cli_help_print(const struct cli_command *command, struct sts_error *err)
{
    size_t columns = cli_term_of(STDOUT_FILENO).columns;
    struct sts_sink *sink = NULL;
    int r = cli_outfile_open(NULL, &sink, err);

    columns = columns < COLUMNS_MIN ? COLUMNS_MIN : columns;
    columns = columns > COLUMNS_MAX ? COLUMNS_MAX : columns;
    if (r >= 0)
        cli_help_write(command, sink, columns);
    return cli_outfile_close(sink, r, err);
}
