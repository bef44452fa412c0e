/* SPDX-License-Identifier: MIT */
/*
 * layout.h - a series, or a comparison, as shapes on paper, in px, from the top left.
 *
 * Renderers draw the shapes and decide nothing; the paper's size is part of the layout.
 */
#ifndef STS_CHART_LAYOUT_H
#define STS_CHART_LAYOUT_H

#include <statslice/chart.h>
#include <statslice/diff.h>
#include <statslice/series.h>

#include "base/bytes.h"
#include "chart/palette.h"

enum sts__shape_kind { STS__SHAPE_RECT, STS__SHAPE_LINE, STS__SHAPE_DOT, STS__SHAPE_TEXT };
enum sts__text_style { STS__TEXT_TITLE, STS__TEXT_NOTE, STS__TEXT_TICK, STS__TEXT_LEGEND };
enum sts__anchor { STS__ANCHOR_START, STS__ANCHOR_MIDDLE, STS__ANCHOR_END };

#define STS__NO_COLOR UINT8_MAX
#define STS__NO_SLICE SIZE_MAX

struct sts__shape {
    enum sts__shape_kind kind;
    double x, y; /* rect: top left; line: one end; dot: middle; text: the anchor on its base line */
    double w, h; /* rect: size; line: from one end to the other; dot: w is the radius */
    enum sts__ink ink; /* where color is STS__NO_COLOR */
    uint8_t color;     /* of the palette */
    bool faded;        /* of a slice that is not complete */
    enum sts__text_style style;
    enum sts__anchor anchor;
    size_t text; /* where its text begins in layout.texts */
    double seam; /* rect: px at its lower edge that stay paper, so that parts part */
    size_t slice, slice_end, column; /* what a pointer on it asks for; STS__NO_SLICE: nothing */
    double value;                    /* the column's figure in those slices */
};

struct sts__layout {
    const struct sts_series *series; /* borrowed; NULL of a comparison, ... */
    const struct sts_diff *diff;     /* ... which is this, else NULL */
    double width, height;
    struct sts__shape *shapes;
    size_t shape_count, shape_cap;
    struct sts__bytes texts;
    size_t slices_per_bar; /* over 1 where there are more slices than the paper has room for */
    uint8_t *colors;       /* by column; of a comparison, of its two parts */
    size_t color_count;
    size_t title;  /* in texts */
    size_t *names; /* in texts, by column, other last */
    int status;    /* first failure sticks */
};

/* sts__layout_init - make all shapes. Errors: STS_E_NOMEM, STS_E_LIMIT. deinit works after both. */
STS_MUST_CHECK int sts__layout_init(struct sts__layout *layout, const struct sts_series *series,
                                    const struct sts_chart_options *options, struct sts_error *err);
void sts__layout_deinit(struct sts__layout *layout);

/* sts__layout_name - where the name of a column, or of other, begins in texts. */
size_t sts__layout_name(const struct sts__layout *layout, size_t column);

/*
 * sts__layout_init_diff - the same of a comparison. A shape's slice is a row, its column a part:
 * 0 called more often, 1 slower.
 */
STS_MUST_CHECK int sts__layout_init_diff(struct sts__layout *layout, const struct sts_diff *diff,
                                         const struct sts_chart_options *options,
                                         struct sts_error *err);

/* sts__layout_tip - what a pointer on a shape is told, lines by "\n". */
void sts__layout_tip(const struct sts__layout *layout, const struct sts__shape *shape,
                     struct sts__bytes *text);
void sts__layout_tip_diff(const struct sts__layout *layout, const struct sts__shape *shape,
                          struct sts__bytes *text);

#endif
