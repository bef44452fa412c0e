/* SPDX-License-Identifier: MIT */
/*
 * diff_text.c - the texts of a comparison's chart: heading, figures, names of the parts.
 */
#include "chart/diff_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/timetext.h"
#include "chart/figure_text.h"

#define BLUE  6
#define AMBER 2

const uint8_t sts__diff_colors[STS__DIFF_COUNT] = {
    [STS__DIFF_MORE_OFTEN] = BLUE, [STS__DIFF_SLOWER] = AMBER
};

const char *sts__diff_part_name(enum sts__diff_part part)
{
    static const char *const names[] = {
        [STS__DIFF_MORE_OFTEN] = "called more often (left: less)",
        [STS__DIFF_SLOWER] = "got slower (left: faster)",
    };
    return names[part];
}

int64_t sts__diff_part_ns(const struct sts_diff_row *row, enum sts__diff_part part)
{
    return part == STS__DIFF_MORE_OFTEN ? row->more_often_ns : row->slower_ns;
}

enum sts_unit sts__diff_unit(const struct sts_diff *diff)
{
    return sts_diff_per(diff) == STS_DIFF_PER_TOTAL ? STS_UNIT_NS : STS_UNIT_SECONDS_PER_SECOND;
}

double sts__diff_value(const struct sts_diff *diff, int64_t ns)
{
    return sts_diff_per(diff) == STS_DIFF_PER_TOTAL ? (double)ns : (double)ns / 1e9;
}

size_t sts__diff_bars(const struct sts_diff *diff)
{
    size_t count = sts_diff_row_count(diff);

    return count + (sts_diff_group_count(diff) > count);
}

const struct sts_diff_row *sts__diff_bar(const struct sts_diff *diff, size_t i)
{
    return i < sts_diff_row_count(diff) ? sts_diff_row(diff, i) : sts_diff_other(diff);
}

void sts__diff_reach(const struct sts_diff *diff, double *ret_left, double *ret_right)
{
    *ret_left = *ret_right = 0;
    for (size_t i = 0; i < sts__diff_bars(diff); i++) {
        double sides[2] = { 0, 0 };
        for (int part = 0; part < STS__DIFF_COUNT; part++) {
            double value = sts__diff_value(
                diff, sts__diff_part_ns(sts__diff_bar(diff, i), (enum sts__diff_part)part));
            sides[value > 0] += value;
        }
        *ret_left = fmin(*ret_left, sides[0]);
        *ret_right = fmax(*ret_right, sides[1]);
    }
}

size_t sts__diff_change_text(const struct sts_diff *diff, int64_t ns, char text[STS_NUM_TEXT_BYTES])
{
    size_t sign = ns > 0;

    text[0] = '+';
    return sign + sts__figure_text(sts__diff_unit(diff), sts__diff_value(diff, ns), text + sign);
}

size_t sts__diff_percent_text(const struct sts_diff_row *row, char text[STS_NUM_TEXT_BYTES])
{
    int64_t base_ns = row->of[STS_DIFF_BASE].amount_ns;
    double percent;
    size_t len;

    if (row->state != STS_DIFF_BOTH)
        return (size_t)snprintf(text, STS_NUM_TEXT_BYTES, "%s", sts_diff_state_name(row->state));
    if (base_ns == 0)
        return (size_t)snprintf(text, STS_NUM_TEXT_BYTES, "-");
    percent = 100.0 * (double)row->change_ns / (double)base_ns;
    if (fabs(percent) < 0.05)
        percent = 0; /* no sign of nothing */
    len = percent > 0;
    text[0] = '+';
    len += sts__num_fixed(text + len, percent, fabs(percent) < 99.95 ? 1 : 0);
    return len + (size_t)snprintf(text + len, STS_NUM_TEXT_BYTES - len, " %%");
}

void sts__diff_title(const struct sts_diff *diff, const char *title, struct sts__bytes *text)
{
    static const char *const pers[] = {
        [STS_DIFF_PER_PROFILED] = " per second profiled",
        [STS_DIFF_PER_SPAN] = " per second",
        [STS_DIFF_PER_TOTAL] = "",
    };

    if (title != NULL) {
        sts__bytes_append_text(text, title);
        return;
    }
    sts__bytes_append_text(text, sts_diff_is_nested(diff) ? "Change of cumulative time"
                                                          : "Change of own time");
    sts__bytes_append_text(text, pers[sts_diff_per(diff)]);
    sts__bytes_append_text(text, " by ");
    sts__bytes_append_text(text, sts_diff_by(diff));
}

/* "2020-02-18 04:26:40.5": RFC 3339 without its "T" and its offset. */
static void put_time(const struct sts_diff *diff, int64_t time_ns, char text[STS_TIME_TEXT_BYTES])
{
    int32_t offset_s = sts_diff_utc_offset_s(diff, time_ns);
    size_t len = sts__time_rfc3339(text, time_ns, offset_s);

    text[offset_s == 0 ? len - 1 : len - 6] = '\0';
    text[10] = ' ';
}

/* The date of the end only where it is another one. */
static void append_times(const struct sts_diff *diff, const struct sts_diff_span *span,
                         struct sts__bytes *text)
{
    char begin[STS_TIME_TEXT_BYTES], end[STS_TIME_TEXT_BYTES];

    put_time(diff, span->begin_ns, begin);
    put_time(diff, span->end_ns, end);
    sts__bytes_append_text(text, begin);
    sts__bytes_append_text(text, " \xE2\x80\x93 ");
    sts__bytes_append_text(text, strncmp(begin, end, 10) == 0 ? end + 11 : end);
}

void sts__diff_note(const struct sts_diff *diff, enum sts_diff_side side, struct sts__bytes *text)
{
    const struct sts_diff_span *span = sts_diff_span(diff, side);
    char words[STS_NUM_TEXT_BYTES];

    sts__bytes_append_text(text, side == STS_DIFF_BASE ? "base " : "new ");
    append_times(diff, span, text);
    sts__bytes_append_text(text, " ");
    sts__bytes_append_text(text, sts_diff_zone(diff));
    sts__bytes_append_text(text, ", ");
    sts__share_text(span->coverage, 1, words);
    sts__bytes_append_text(text, words);
    sts__bytes_append_text(text, " profiled: ");
    sts__figure_text(sts__diff_unit(diff),
                     sts__diff_value(diff, sts_diff_total(diff)->of[side].amount_ns), words);
    sts__bytes_append_text(text, words);
    if (side == STS_DIFF_BASE)
        return;
    sts__bytes_append_text(text, ", ");
    sts__diff_percent_text(sts_diff_total(diff), words);
    sts__bytes_append_text(text, words);
    if (sts_diff_is_nested(diff))
        sts__bytes_append_text(text, "; nested time is counted at every level");
}
