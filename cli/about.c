/* SPDX-License-Identifier: MIT */
/*
 * about.c - what help and the manual say of the program as a whole.
 */
#include "cli/about.h"

const char cli_about_summary[] = "which Python function took the time, slice by slice";

const char cli_about_description[] =
    "Reads Python profiles, aggregates them per slice of time and per function, and shows when a "
    "function began to take the time: as a table, as stacked bars, or as pstats prints one "
    "profile.";

const char cli_about_inputs[] =
    "An INPUT is a pstats file of any Python from 2.7 on (what cProfile, profile and yappi save), "
    "or a log with profile lines, among other lines or alone. Either may be compressed with gzip "
    "or zstd. What it is is read from its bytes, not from its name. \"-\" is standard input. A "
    "pstats file carries no time of its own: its profile ends when the file was last changed.";

const struct cli_term_text cli_about_environment[] = {
    { "NO_COLOR", "If it is set and not empty: no colours." },
    { "CLICOLOR_FORCE", "If it is set and not 0: colours also where standard output is no "
                        "terminal." },
    { "COLORTERM, TERM", "How many colours the terminal has." },
    { "COLUMNS, LINES", "The size of the terminal, instead of what it tells itself." },
    { "LC_ALL, LC_CTYPE, LANG", "Whether the terminal shows UTF-8. Numbers are the same in every "
                                "locale." },
    { "STATSLICE_PACKAGE", "The folder that holds the Python package, for run (default: beside the "
                           "program, or where it was installed)." },
    { "STATSLICE_DISABLE", "If it is 1: what run starts is not profiled." },
    { "TMPDIR", "Where a pipe that must be read twice is kept meanwhile (default: /tmp)." },
    { NULL, NULL },
};

const struct cli_term_text cli_about_exit[] = {
    { "0", "All went well." },
    { "1", "Something failed; standard error tells what." },
    { "2", "The command line is wrong; nothing was done." },
    { "126, 127", "What run was to start could not be started, or is not there. Else its exit "
                  "status is that of the command." },
    { "128 + N", "Signal N ended it (130: interrupted). No part of a file is left." },
    { NULL, NULL },
};
