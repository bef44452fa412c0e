/* SPDX-License-Identifier: MIT */
/*
 * short_figures.h - times and counts in a few cells.
 */
#ifndef STS_CLI_TOP_SHORT_FIGURES_H
#define STS_CLI_TOP_SHORT_FIGURES_H

#include <statslice/common.h>

#define TOP_FIGURE_BYTES 32
#define TOP_TIME_CELLS   8 /* at most; "999.9 ms" */
#define TOP_CALLS_CELLS  9

/* top_time_text - "851 ns", "12.35 ms", "1.234 s ", "123.4 h ": four digits, and a unit as wide as
 * any other, so that figures stand below each other. */
void top_time_text(char text[TOP_FIGURE_BYTES], double ns, bool ascii);

/* top_calls_text - "2300/23" where some are recursive and there is room, "1234567", "1234.6 M". */
void top_calls_text(char text[TOP_FIGURE_BYTES], uint64_t ncalls, uint64_t pcalls);

/* top_share_text - "12.3%" of part in whole; "" without a whole. */
void top_share_text(char text[TOP_FIGURE_BYTES], double part, double whole);

/* top_age_text - "3 s", "12 min", "5 h", "3 d": how long, roughly. */
void top_age_text(char text[TOP_FIGURE_BYTES], int64_t ns);

/* top_duration_text - "10s", "1h30m", "250ms": as an option takes it, exactly. */
void top_duration_text(char text[TOP_FIGURE_BYTES], int64_t ns);

#endif
