/* SPDX-License-Identifier: MIT */
/*
 * tip.c - what a pointer on a shape is told: whose it is, when, how much, and what is not known.
 */
#include "chart/bars.h"
#include "chart/figure_text.h"
#include "chart/layout.h"

#define COVERAGE_SHOWN 0.9995 /* what is at least this is shown as 100.0 %, so it is not told */

/* How a shape's slices are covered, as a whole. */
struct cover {
    uint64_t profile_count;
    double coverage; /* share of their time */
    bool complete, estimated;
};

static struct cover cover_of(const struct sts_series *series, const struct sts__shape *shape)
{
    struct cover cover = { .complete = true };
    double width_ns = 0;

    for (size_t i = shape->slice; i < shape->slice_end; i++) {
        const struct sts_slice *slice = sts_series_slice(series, i);
        double slice_ns = (double)(slice->end_ns - slice->begin_ns);
        cover.profile_count += slice->profile_count;
        cover.coverage += slice->coverage * slice_ns;
        cover.estimated = cover.estimated || slice->estimated;
        cover.complete = cover.complete && slice->complete;
        width_ns += slice_ns;
    }
    cover.coverage /= width_ns;
    return cover;
}

static void append_cover(const struct sts_series *series, const struct sts__shape *shape,
                         struct sts__bytes *text)
{
    struct cover cover = cover_of(series, shape);
    char share[STS_NUM_TEXT_BYTES];

    if (cover.profile_count == 0) {
        sts__bytes_append_text(text, "\nno profile");
        return;
    }
    if (!cover.complete)
        sts__bytes_append_text(text, "\nincomplete: the data begins or ends in it");
    if (cover.coverage < COVERAGE_SHOWN) {
        sts__share_text(cover.coverage, 1, share);
        sts__bytes_append_text(text, "\ncovered: ");
        sts__bytes_append_text(text, share);
    }
    if (cover.estimated)
        sts__bytes_append_text(text, "\nestimated: scaled to the whole time");
}

static void append_figure(const struct sts__layout *layout, const struct sts__shape *shape,
                          struct sts__bytes *text)
{
    const struct sts_series *series = layout->series;
    struct sts__bars bars = { series, layout->slices_per_bar, 0 };
    char words[STS_NUM_TEXT_BYTES];
    double total;

    sts__figure_text(sts_series_unit(series), shape->value, words);
    sts__bytes_append_text(text, "\n");
    sts__bytes_append_text(text, words);
    if (!sts__bars_stacks(series) || sts_series_unit(series) == STS_UNIT_RATIO ||
        !sts__bars_value(&bars, shape->slice / bars.slices_per_bar, STS_COLUMN_TOTAL, &total))
        return;
    sts__share_text(shape->value, total, words);
    sts__bytes_append_text(text, ", ");
    sts__bytes_append_text(text, words);
}

void sts__layout_tip(const struct sts__layout *layout, const struct sts__shape *shape,
                     struct sts__bytes *text)
{
    const struct sts_series *series = layout->series;
    char span[STS__SPAN_TEXT_BYTES];
    bool is_band = shape->column == STS_COLUMN_TOTAL;

    if (layout->diff != NULL) {
        sts__layout_tip_diff(layout, shape, text);
        return;
    }
    if (!is_band) {
        sts__bytes_append_text(text, layout->texts.data + sts__layout_name(layout, shape->column));
        sts__bytes_append_text(text, "\n");
    }
    sts__span_text(series, sts_series_slice(series, shape->slice)->begin_ns,
                   sts_series_slice(series, shape->slice_end - 1)->end_ns, span);
    sts__bytes_append_text(text, span);
    if (!is_band)
        append_figure(layout, shape, text);
    append_cover(series, shape, text);
}
