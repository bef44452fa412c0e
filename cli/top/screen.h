/* SPDX-License-Identifier: MIT */
/*
 * screen.h - the terminal that a grid is shown in, and its keys.
 */
#ifndef STS_CLI_TOP_SCREEN_H
#define STS_CLI_TOP_SCREEN_H

#include <statslice/error.h>

#include "cli/term.h"
#include "cli/top/grid.h"

struct top_screen;

/*
 * top_screen_open - take the terminal of standard input and output over.
 *
 * Whatever ends the program gives it back as it was. Errors: STS_E_UNSUPPORTED, STS_E_NOMEM.
 */
STS_MUST_CHECK int top_screen_open(const struct cli_term *term, struct top_screen **ret_screen,
                                   struct sts_error *err);

/* top_screen_close - give it back. NULL is fine. */
void top_screen_close(struct top_screen *screen);

/* What it can show. */
void top_screen_size(const struct top_screen *screen, size_t *ret_rows, size_t *ret_columns);
bool top_screen_has_colors(const struct top_screen *screen); /* 256 of them */
bool top_screen_is_ascii(const struct top_screen *screen);

/* top_screen_show - send what differs. The cursor is seen where cursor_row is on the screen. */
void top_screen_show(struct top_screen *screen, const struct top_grid *grid, size_t cursor_row,
                     size_t cursor_column);

/* top_screen_key - wait for a key (cli/top/keys.h), at most so long. Returns: 0: there was none. */
uint32_t top_screen_key(struct top_screen *screen, int64_t wait_ns);

#endif
