/* SPDX-License-Identifier: MIT */
/*
 * compare.c - the change of one group's time, and what of it comes of calls and what of their
 * length.
 *
 * In:   calls and time of both spans, and how long each of them was.
 * Out:  time per second of each, their difference, and its two parts.
 * Why:  with n calls a second of c ns each, time is n * c. The change of it is
 *           (n1 - n0) * (c0 + c1) / 2  +  (c1 - c0) * (n0 + n1) / 2
 *       to the last bit: more calls at the mean length, longer calls at the mean number. What both
 *       did together is shared out evenly, so that swapping the spans negates each part. The first
 *       part is rounded once, exactly; the second is what is left, so that they add up.
 */
#include "query/diff.h"

#include "base/fail.h"
#include "base/timetext.h"
#include "base/wide.h"

static int fail_size(struct sts_error *err)
{
    return sts__fail(err, STS_E_LIMIT,
                     "the change of a group's time does not fit 63 bits: too little time was "
                     "profiled for so much of it");
}

/* time_ns per second of seconds_ns, rounded half away from zero. */
static int find_amount(struct sts_diff_figures *figures, int64_t seconds_ns, struct sts_error *err)
{
    bool is_negative = figures->time_ns < 0;
    uint64_t size =
        is_negative ? UINT64_C(0) - (uint64_t)figures->time_ns : (uint64_t)figures->time_ns;
    struct sts__wide value = sts__wide_times(sts__wide_of(size), (uint64_t)STS_NS_PER_S);
    struct sts__wide divisor = sts__wide_of((uint64_t)seconds_ns);

    if (sts__wide_divide(&value, &divisor, &figures->amount_ns) < 0)
        return fail_size(err);
    if (is_negative)
        figures->amount_ns = -figures->amount_ns;
    return 0;
}

static bool is_nothing(const struct sts_diff_figures *figures)
{
    return figures->calls == 0 && figures->time_ns == 0;
}

/*
 * (n1/s1 - n0/s0) * (t0/n0 + t1/n1) / 2, per second, as one fraction:
 * (n1 s0 - n0 s1) * (t0 n1 + t1 n0) * 1e9 / (2 s0 s1 n0 n1)
 */
static int find_more_often(const struct sts_diff_row *row, const int64_t seconds_ns[2],
                           int64_t *ret_ns, struct sts_error *err)
{
    uint64_t s0 = (uint64_t)seconds_ns[0], s1 = (uint64_t)seconds_ns[1];
    uint64_t n0 = (uint64_t)row->of[0].calls, n1 = (uint64_t)row->of[1].calls;
    struct sts__wide left = sts__wide_times(sts__wide_of(n1), s0);
    struct sts__wide right = sts__wide_times(sts__wide_of(n0), s1);
    struct sts__wide value, times, divisor;
    int sign = sts__wide_distance(&left, &right, &value);

    left = sts__wide_times(sts__wide_of((uint64_t)row->of[0].time_ns), n1);
    right = sts__wide_times(sts__wide_of((uint64_t)row->of[1].time_ns), n0);
    times = sts__wide_sum(&left, &right);
    value = sts__wide_product(&value, &times);
    value = sts__wide_times(value, (uint64_t)STS_NS_PER_S);
    divisor = sts__wide_times(sts__wide_times(sts__wide_of(2 * s0), s1), n0);
    divisor = sts__wide_times(divisor, n1);
    if (sts__wide_divide(&value, &divisor, ret_ns) < 0)
        return fail_size(err);
    *ret_ns *= sign;
    return 0;
}

/*
 * A group that did nothing in one of the spans has no length of calls there: it is called more, or
 * less, often. Time without any call (of one that had begun before the span) cannot have come of
 * calls; nor can negative time, which only a broken profile has.
 */
static bool is_by_calls_alone(const struct sts_diff_row *row)
{
    return (is_nothing(&row->of[0]) && row->of[1].calls > 0) ||
           (is_nothing(&row->of[1]) && row->of[0].calls > 0);
}

static bool has_lengths(const struct sts_diff_row *row)
{
    return row->of[0].calls > 0 && row->of[1].calls > 0 && row->of[0].time_ns >= 0 &&
           row->of[1].time_ns >= 0;
}

int sts__diff_compare(struct sts_diff_row *row, const int64_t seconds_ns[2], struct sts_error *err)
{
    int r = find_amount(&row->of[0], seconds_ns[0], err);

    if (r == 0)
        r = find_amount(&row->of[1], seconds_ns[1], err);
    if (r < 0)
        return r;
    row->state = is_nothing(&row->of[0])   ? STS_DIFF_ADDED
                 : is_nothing(&row->of[1]) ? STS_DIFF_GONE
                                           : STS_DIFF_BOTH;
    if ((row->of[0].amount_ns < 0) != (row->of[1].amount_ns < 0) &&
        (row->of[0].amount_ns < -INT64_MAX / 2 || row->of[0].amount_ns > INT64_MAX / 2 ||
         row->of[1].amount_ns < -INT64_MAX / 2 || row->of[1].amount_ns > INT64_MAX / 2))
        return fail_size(err);
    row->change_ns = row->of[1].amount_ns - row->of[0].amount_ns;
    row->more_often_ns = 0;
    if (is_by_calls_alone(row))
        row->more_often_ns = row->change_ns;
    else if (has_lengths(row))
        r = find_more_often(row, seconds_ns, &row->more_often_ns, err);
    if (r < 0)
        return r;
    if (row->more_often_ns > 0 ? row->change_ns < -INT64_MAX + row->more_often_ns
                               : row->change_ns > INT64_MAX + row->more_often_ns)
        return fail_size(err);
    row->slower_ns = row->change_ns - row->more_often_ns;
    return 0;
}
