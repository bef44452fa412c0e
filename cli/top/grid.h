/* SPDX-License-Identifier: MIT */
/*
 * grid.h - a screen as cells, each with its character and colours: what is drawn, before it is.
 */
#ifndef STS_CLI_TOP_GRID_H
#define STS_CLI_TOP_GRID_H

#include <statslice/error.h>

struct sts_sink;

#define TOP_NO_COLOR ((int16_t)-1) /* the terminal's own */

enum top_style { TOP_BOLD = 1, TOP_DIM = 2, TOP_REVERSE = 4 };

/* Colours are numbers of xterm's 256. */
struct top_ink {
    int16_t front, back;
    uint8_t style; /* bits of enum top_style */
};

struct top_cell {
    char text[8]; /* one character; "" behind one that is two cells wide */
    struct top_ink ink;
};

struct top_grid {
    struct top_cell *cells; /* row after row; owned */
    size_t rows, columns;
    bool ascii; /* nothing else is shown */
};

extern const struct top_ink top_ink_plain, top_ink_bold, top_ink_dim, top_ink_reverse;

/* top_grid_init - all blank.   Errors: STS_E_NOMEM; deinit works after it. */
STS_MUST_CHECK int top_grid_init(struct top_grid *grid, size_t rows, size_t columns, bool ascii,
                                 struct sts_error *err);
void top_grid_deinit(struct top_grid *grid);

/* top_text_cells - how many cells a text takes. */
size_t top_text_cells(const struct top_grid *grid, const char *text);

/*
 * top_grid_put - a text in at most `width` cells, with an ellipsis where it is cut.
 *
 * Control characters, and what the grid cannot show, are "?". What lies outside is not drawn.
 * Returns: the cells used.
 */
size_t top_grid_put(struct top_grid *grid, size_t row, size_t column, size_t width,
                    struct top_ink ink, const char *text);

/* top_grid_put_right - the same, ending at the right of those cells. */
void top_grid_put_right(struct top_grid *grid, size_t row, size_t column, size_t width,
                        struct top_ink ink, const char *text);

/* top_grid_put_tail - the same as top_grid_put, but it is the beginning that is cut. */
size_t top_grid_put_tail(struct top_grid *grid, size_t row, size_t column, size_t width,
                         struct top_ink ink, const char *text);

/* top_grid_tint - another ink for cells that are there. */
void top_grid_tint(struct top_grid *grid, size_t row, size_t column, size_t width,
                   struct top_ink ink);

/* top_grid_put_chart - lines with the colour sequences of sts_chart_render, from a row on. */
void top_grid_put_chart(struct top_grid *grid, size_t row, size_t rows, const char *text);

/* top_grid_write - as text; lines lose the blanks at their ends. */
void top_grid_write(const struct top_grid *grid, bool color, struct sts_sink *sink);

#endif
