/* SPDX-License-Identifier: MIT */
/*
 * opt.h - options as tables: the parser, --help, the man pages and the shell's
 * completion all read the same ones.
 */
#ifndef STS_CLI_OPT_H
#define STS_CLI_OPT_H

#include <statslice/error.h>

#include "cli/list.h"

#define CLI_WORD_TEXT_BYTES ((size_t)200)

enum cli_option_kind {
    CLI_SWITCH,  /* target: bool, becomes true */
    CLI_TEXT,    /* target: const char * */
    CLI_CHOICE,  /* the same, and it must be one of the values */
    CLI_NUMBER,  /* target: uint32_t, min .. max */
    CLI_LIST,    /* target: struct cli_list; given again it adds */
    CLI_SETTING, /* target: struct cli_list of names and values, in turn; "on" for a switch */
};

struct cli_option {
    const char *name; /* long, without the dashes */
    char letter;      /* short; 0: none */
    enum cli_option_kind kind;
    const char *argument;              /* "FILE"; NULL: takes none */
    const char *values;                /* known words with a space between, or NULL */
    const char *(*value_at)(size_t i); /* known words from a table; NULL behind the last */
    void (*describe_at)(size_t i, char text[CLI_WORD_TEXT_BYTES]); /* what such a word means */
    const char *help; /* one sentence without a full stop */
    uint32_t min, max;
    bool repeatable; /* CLI_SETTING: given again it adds */
    void *target;
};

struct cli_option_group {
    const char *title;
    const struct cli_option *options;
    size_t count;
};

#define CLI_GROUPS_MAX ((size_t)4)

struct cli_option_set {
    struct cli_option_group groups[CLI_GROUPS_MAX];
    size_t count;
    bool operands_end_options; /* behind the first operand all are operands */
};

/* What stood on the command line beside the options. */
struct cli_operands {
    struct cli_list list;
    size_t before_dashes; /* how many stand before "--"; list.count where there is none */
};

/* One of the words that an option knows. */
struct cli_word {
    const char *text;
    size_t len;
};

/* cli_option_word - the i-th word that an option knows. Returns: false behind the last. */
bool cli_option_word(const struct cli_option *option, size_t i, struct cli_word *ret_word);

/* cli_option_repeats - whether it may be given several times, and adds. */
bool cli_option_repeats(const struct cli_option *option);

/*
 * cli_opt_parse - fill the targets of a set of options.
 *
 * Understands --name VALUE, --name=VALUE, -n VALUE, -nVALUE, switches of one letter together
 * (-ab), operands between options (or behind them alone), and "--". argv: without the program's and
 * the verb's name; its texts are borrowed. Errors: STS_E_USAGE, with the nearest name where one is
 * near; STS_E_NOMEM.
 */
STS_MUST_CHECK int cli_opt_parse(const struct cli_option_set *set, int argc,
                                 const char *const *argv, struct cli_operands *operands,
                                 struct sts_error *err);

#endif
