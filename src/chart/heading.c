/* SPDX-License-Identifier: MIT */
/*
 * heading.c - a chart's title, and the note under it: span, zone, width of the slices.
 */
#include "chart/heading.h"

#include "base/timetext.h"
#include "chart/plan.h"
#include "chart/text_width.h"

#define BOLD           1.06   /* letters of the title are wider */
#define TITLE_ROOM_PX  4000.0 /* of the title that a screen reader is told */
#define WORDS_MAX      ((size_t)1 << 24)
#define ROOM_BELOW     24.0 /* for the axis' unit */
#define LINES_APART_PX 7.0

static const char *figure_name(const struct sts_series *series)
{
    static const char *const names[] = {
        [STS_METRIC_TOTTIME] = "Own time",
        [STS_METRIC_CUMTIME] = "Cumulative time",
        [STS_METRIC_NCALLS] = "Calls",
        [STS_METRIC_PCALLS] = "Primitive calls",
        [STS_METRIC_PERCALL] = "Own time per call",
        [STS_METRIC_PERCALL_CUM] = "Cumulative time per call",
        [STS_METRIC_RESUMES] = "Resumes",
        [STS_METRIC_AWAITTIME] = "Time from start to end of coroutines",
    };
    return names[sts_series_metric(series)];
}

void sts__heading_title(const struct sts_series *series, const char *title, struct sts__bytes *text)
{
    static const char *const scales[] = {
        [STS_SCALE_TOTAL] = "", [STS_SCALE_RATE] = " per second", [STS_SCALE_SHARE] = ", share"
    };

    if (title != NULL) {
        sts__bytes_append_text(text, title);
        return;
    }
    sts__bytes_append_text(text, figure_name(series));
    sts__bytes_append_text(text, scales[sts_series_scale(series)]);
    sts__bytes_append_text(text, " by ");
    sts__bytes_append_text(text, sts_series_by(series));
    if (sts_series_of(series)[0] != '\0') {
        sts__bytes_append_text(text, ", ");
        sts__bytes_append_text(text, sts_series_of(series));
    }
}

void sts__heading_note(const struct sts__bars *bars, struct sts__bytes *text)
{
    const struct sts_series *series = bars->series;
    size_t n = sts_series_slice_count(series);
    char words[STS_NUM_TEXT_BYTES];

    sts__span_text(series, sts_series_slice(series, 0)->begin_ns,
                   sts_series_slice(series, n - 1)->end_ns, words);
    sts__bytes_append_text(text, words);
    sts__bytes_append_text(text, " ");
    sts__bytes_append_text(text, sts_series_zone(series));
    if (sts_series_width_ns(series) > 0) {
        sts__duration_text(words, sts_series_width_ns(series));
        sts__bytes_append_text(text, ", slices of ");
        sts__bytes_append_text(text, words);
    }
    if (bars->slices_per_bar > 1) {
        sts__num_u64(words, bars->slices_per_bar);
        sts__bytes_append_text(text, ", each bar the mean of ");
        sts__bytes_append_text(text, words);
    }
    if (sts_series_is_estimated(series))
        sts__bytes_append_text(text, "; estimated from the part that was profiled");
    if (sts_series_is_nested(series))
        sts__bytes_append_text(text, "; nested time is counted at every level");
}

void sts__heading_put(struct sts__plan *plan, const char *title)
{
    static const struct sts__type title_type = { STS__TEXT_TITLE, STS__ANCHOR_START,
                                                 STS__INK_TEXT };
    static const struct sts__type note_type = { STS__TEXT_NOTE, STS__ANCHOR_START, STS__INK_MUTED };
    struct sts__layout *layout = plan->layout;
    double room = layout->width - 2 * STS__MARGIN;
    double y = STS__MARGIN + STS__TITLE_PX - 2;
    struct sts__bytes words;

    sts__bytes_init(&words, WORDS_MAX);
    sts__heading_title(layout->series, title, &words);
    if (words.status == 0) {
        layout->title = layout->texts.len;
        sts__text_fit(&layout->texts, words.data == NULL ? "" : words.data, STS__TITLE_PX,
                      TITLE_ROOM_PX);
        sts__bytes_append(&layout->texts, "", 1);
        sts__plan_fitted(layout, STS__MARGIN, y, words.data == NULL ? "" : words.data,
                         STS__TITLE_PX * BOLD, room, title_type);
    }
    y += STS__NOTE_PX + LINES_APART_PX + 2;
    sts__bytes_clear(&words);
    if (plan->bars.count > 0)
        sts__heading_note(&plan->bars, &words);
    if (words.status == 0 && words.data != NULL)
        sts__plan_fitted(layout, STS__MARGIN, y, words.data, STS__NOTE_PX, room, note_type);
    if (words.status < 0 && layout->status == 0)
        layout->status = words.status;
    plan->top = y + STS__NOTE_PX + ROOM_BELOW;
    sts__bytes_deinit(&words);
}
