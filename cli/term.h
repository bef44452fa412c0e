/* SPDX-License-Identifier: MIT */
/*
 * term.h - what the terminal behind a descriptor can show.
 */
#ifndef STS_CLI_TERM_H
#define STS_CLI_TERM_H

#include <statslice/chart.h>

struct cli_term {
    bool is_terminal;
    bool can_move; /* the cursor can be moved: a bar can be redrawn in its place */
    bool unicode;
    enum sts_color color;
    uint32_t columns; /* COLUMNS, the terminal's, or 80 */
    uint32_t rows;    /* LINES, the terminal's, or 24 */
};

struct cli_term cli_term_of(int fd);

#endif
