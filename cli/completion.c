/* SPDX-License-Identifier: MIT */
/*
 * completion.c - the shell's completion, from the tables of options.
 *
 * Out:  a bash function that knows the verbs, the options of each, and the words
 *       that an option takes.
 * Why:  a "=" splits a word for bash (COMP_WORDBREAKS), so that --name=VALUE
 *       arrives as three; the function puts them together.
 */
#include <string.h>

#include "cli/command.h"
#include "cli/man.h"
#include "cli/out.h"

static const char head[] =
    "# bash completion of statslice; made from its tables of options.\n"
    "_statslice()\n"
    "{\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
    "    local verb=${COMP_WORDS[1]} options='' words='' files=''\n"
    "    COMPREPLY=()\n"
    "    if [[ $cur == '=' ]]; then\n"
    "        cur=''\n"
    "    elif [[ $prev == '=' ]]; then\n"
    "        prev=${COMP_WORDS[COMP_CWORD - 2]}\n"
    "    fi\n";

static const char tail[] = "    if [[ -n $files ]]; then\n"
                           "        local IFS=$'\\n'\n"
                           "        compopt -o filenames 2>/dev/null\n"
                           "        COMPREPLY=($(compgen -f -- \"$cur\"))\n"
                           "    else\n"
                           "        COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
                           "    fi\n"
                           "}\n"
                           "complete -F _statslice statslice\n";

static void put_verbs(struct sts_sink *sink)
{
    size_t count;
    const struct cli_command *const *commands = cli_commands(&count);

    for (size_t i = 0; i < count; i++)
        cli_put_format(sink, "%s%s", i == 0 ? "" : " ", commands[i]->name);
}

static void put_option_names(struct sts_sink *sink, const struct cli_option_set *set)
{
    for (size_t g = 0; g < set->count; g++) {
        for (size_t i = 0; i < set->groups[g].count; i++)
            cli_put_format(sink, "%s--%s", g + i == 0 ? "" : " ", set->groups[g].options[i].name);
    }
}

/* What follows an option that takes a value: known words, files, or nothing to offer. */
static void put_value_case(struct sts_sink *sink, const char *verb, const struct cli_option *option)
{
    struct cli_word word;

    if (option->argument == NULL)
        return;
    cli_put_format(sink, "    '%s --%s'", verb, option->name);
    if (option->letter != 0)
        cli_put_format(sink, " | '%s -%c'", verb, option->letter);
    cli_put(sink, ") ");
    if (strcmp(option->argument, "FILE") == 0)
        cli_put(sink, "files=1");
    else
        cli_put(sink, "words='");
    for (size_t i = 0; cli_option_word(option, i, &word); i++) {
        cli_put(sink, i == 0 ? "" : " ");
        sts_sink_write(sink, word.text, word.len);
    }
    cli_put(sink, strcmp(option->argument, "FILE") == 0 ? " ;;\n" : "' ;;\n");
}

static void put_values(struct sts_sink *sink, const struct cli_command *command)
{
    struct cli_context context = { .help = false };
    struct cli_command_options options;

    cli_command_options_init(&options, command, &context);
    for (size_t g = 0; g < options.set.count; g++) {
        for (size_t i = 0; i < options.set.groups[g].count; i++)
            put_value_case(sink, command->name, &options.set.groups[g].options[i]);
    }
}

static void put_operands(struct sts_sink *sink, const struct cli_command *command)
{
    struct cli_context context = { .help = false };
    struct cli_command_options options;

    cli_command_options_init(&options, command, &context);
    cli_put_format(sink, "        %s) options='", command->name);
    put_option_names(sink, &options.set);
    if (command->reads_inputs || command->takes_command) {
        cli_put(sink, "' files=1 ;;\n");
        return;
    }
    cli_put(sink, "' words='");
    put_verbs(sink);
    cli_put(sink, "' ;;\n");
}

void cli_completion_write(struct sts_sink *sink)
{
    size_t count;
    const struct cli_command *const *commands = cli_commands(&count);

    cli_put(sink, head);
    cli_put(sink, "    if ((COMP_CWORD == 1)); then\n        verb='' words='");
    put_verbs(sink);
    cli_put(sink, " --help --version'\n    fi\n    case \"$verb $prev\" in\n");
    for (size_t i = 0; i < count; i++)
        put_values(sink, commands[i]);
    cli_put(sink, "    *)\n        case $verb in\n");
    for (size_t i = 0; i < count; i++)
        put_operands(sink, commands[i]);
    cli_put(sink, "        esac\n"
                  "        [[ $cur == -* && -n $options ]] && files='' words=$options\n"
                  "        ;;\n    esac\n");
    cli_put(sink, tail);
}
