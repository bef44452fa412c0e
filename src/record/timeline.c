/* SPDX-License-Identifier: MIT */
/*
 * timeline.c - see timeline.h.
 */
#include "record/timeline.h"

#include <string.h>

enum {
    STS_CALIBRATION_NS_MIN = 4000000, /* two readings 20 ns off are 10 in a million */
    STS_LOOK_TRIES = 5,
    STS_JUMPS_MAX = 3, /* so many may have a reason that is not known */
};

#define STS_NS_PER_S INT64_C(1000000000)
#define STS_SCALE_NS STS_NS_PER_S /* measured over so much it is good enough to keep */
#define STS_OFF_NS   INT64_C(2000000)
/* The steady clock may be steered by 500 in a million (adjtimex(2)); twice that is no jump. */
#define STS_OFF_PER_NS 1000

/* --- the clocks --- */

int64_t sts__timeline_ticks(const struct sts__timeline *timeline)
{
    if (timeline->clocks != NULL)
        return timeline->tsc
                   ? timeline->clocks->ticks(timeline->clocks->context)
                   : STS__MONO_TICKS_BEGIN + timeline->clocks->mono_ns(timeline->clocks->context);
    return timeline->tsc ? sts__tsc_read() : STS__MONO_TICKS_BEGIN + sts__ticks_mono_ns();
}

static int64_t read_mono(const struct sts__timeline *timeline)
{
    if (timeline->clocks != NULL)
        return timeline->clocks->mono_ns(timeline->clocks->context);
    return sts__ticks_mono_ns();
}

static int64_t faster(const struct sts__timeline *timeline, int64_t ns)
{
    return timeline->speed == 1.0 ? ns : (int64_t)((double)ns * timeline->speed);
}

static int64_t read_wall(const struct sts__timeline *timeline)
{
    int64_t wall_ns = timeline->clocks != NULL
                          ? timeline->clocks->wall_ns(timeline->clocks->context)
                          : sts__ticks_wall_ns();

    return timeline->born_wall_ns + faster(timeline, wall_ns - timeline->born_wall_ns);
}

/* All three, as near to each other as a few tries give: a thread may lose the processor
 * between one and the next. */
static struct sts__moment read_moment(const struct sts__timeline *timeline)
{
    struct sts__moment best = { 0, 0, 0 };
    int64_t best_gap = INT64_MAX;

    for (int i = 0; i < STS_LOOK_TRIES; i++) {
        int64_t before = sts__timeline_ticks(timeline);
        int64_t mono_ns = read_mono(timeline);
        int64_t wall_ns = read_wall(timeline);
        int64_t gap = sts__timeline_ticks(timeline) - before;

        if (gap < 0 || (i > 0 && gap >= best_gap))
            continue;
        best_gap = gap;
        best.ticks = timeline->tsc ? before + gap / 2 : STS__MONO_TICKS_BEGIN + mono_ns;
        best.mono_ns = mono_ns;
        best.wall_ns = wall_ns;
    }
    if (best_gap == INT64_MAX) { /* the counter goes backwards all the time */
        best.mono_ns = read_mono(timeline);
        best.wall_ns = read_wall(timeline);
        best.ticks = sts__timeline_ticks(timeline);
    }
    return best;
}

/* --- from one to another --- */

static double ns_per_tick(const struct sts__timeline *timeline)
{
    return (double)timeline->scale.ns_per_tick_q32 / 4294967296.0;
}

static int64_t rounded(double number)
{
    if (!(number > -9.2e18 && number < 9.2e18))
        return number > 0 ? INT64_MAX / 2 : INT64_MIN / 2;
    return (int64_t)(number < 0 ? number - 0.5 : number + 0.5);
}

int64_t sts__timeline_edge_after(int64_t wall_ns, int64_t width_ns)
{
    int64_t over_ns = wall_ns % width_ns;

    return wall_ns - (over_ns < 0 ? over_ns + width_ns : over_ns) + width_ns;
}

int64_t sts__timeline_ticks_at(const struct sts__timeline *timeline, int64_t wall_ns)
{
    double ns = (double)(wall_ns - timeline->latest.wall_ns) / timeline->speed;

    return timeline->latest.ticks + rounded(ns / ns_per_tick(timeline));
}

int64_t sts__timeline_mono_at(const struct sts__timeline *timeline, int64_t ticks)
{
    return timeline->latest.mono_ns +
           rounded((double)(ticks - timeline->latest.ticks) * ns_per_tick(timeline));
}

int64_t sts__timeline_wall_at(const struct sts__timeline *timeline, int64_t mono_ns)
{
    return timeline->latest.wall_ns + faster(timeline, mono_ns - timeline->latest.mono_ns);
}

int64_t sts__timeline_span(const struct sts__timeline *timeline, int64_t ns)
{
    return rounded((double)ns / ns_per_tick(timeline));
}

/* --- what they should tell --- */

static bool is_off(int64_t difference_ns, int64_t passed_ns)
{
    int64_t allowed_ns = STS_OFF_NS + (passed_ns > 0 ? passed_ns / STS_OFF_PER_NS : 0);

    return difference_ns > allowed_ns || difference_ns < -allowed_ns;
}

struct sts__clock_change sts__timeline_look(const struct sts__timeline *timeline)
{
    struct sts__clock_change change = { read_moment(timeline), 0, 0 };
    int64_t passed_ns = change.now.mono_ns - timeline->latest.mono_ns;
    int64_t by_counter_ns = sts__timeline_mono_at(timeline, change.now.ticks) - change.now.mono_ns;
    int64_t step_ns = change.now.wall_ns - sts__timeline_wall_at(timeline, change.now.mono_ns);

    if (timeline->tsc && is_off(by_counter_ns, passed_ns))
        change.jump_ticks = rounded((double)by_counter_ns / ns_per_tick(timeline));
    if (is_off((int64_t)((double)step_ns / timeline->speed), 0))
        change.step_ns = step_ns;
    return change;
}

bool sts__timeline_is_off(const struct sts__timeline *timeline)
{
    struct sts__clock_change change = sts__timeline_look(timeline);

    return change.jump_ticks != 0 || change.step_ns != 0;
}

/* A counter that went on in a suspended system did its duty; one that went back did not. */
static void note_jump(struct sts__timeline *timeline, const struct sts__clock_change *change)
{
    if (change->jump_ticks > 0 && change->step_ns > 0)
        return;
    timeline->n_jumps++;
    if (change->jump_ticks < 0 || timeline->n_jumps > STS_JUMPS_MAX)
        timeline->is_distrusted = true;
}

void sts__timeline_adopt(struct sts__timeline *timeline, const struct sts__clock_change *change)
{
    struct sts__tick_pair pair = { change->now.ticks, change->now.mono_ns };
    int64_t base_ns;

    timeline->latest = change->now;
    if (!timeline->tsc)
        return;
    if (change->jump_ticks != 0) {
        note_jump(timeline, change);
        timeline->born = pair;
        return;
    }
    base_ns = pair.mono_ns - timeline->born.mono_ns;
    if ((base_ns >= timeline->scale_base_ns || base_ns >= STS_SCALE_NS) &&
        sts__tick_scale_between(timeline->born, pair, &timeline->scale))
        timeline->scale_base_ns = base_ns;
}

struct sts__moment sts__timeline_now(struct sts__timeline *timeline)
{
    struct sts__clock_change change = sts__timeline_look(timeline);

    sts__timeline_adopt(timeline, &change);
    return change.now;
}

int64_t sts__timeline_drop_tsc(struct sts__timeline *timeline)
{
    int64_t ticks = STS__MONO_TICKS_BEGIN + timeline->latest.mono_ns;
    int64_t shift = ticks - timeline->latest.ticks;

    timeline->tsc = false;
    timeline->is_distrusted = false;
    timeline->scale = STS__TICK_SCALE_NS;
    timeline->latest.ticks = ticks;
    return shift;
}

/* --- the beginning --- */

static void begin(struct sts__timeline *timeline)
{
    timeline->speed = 1.0;
    timeline->scale = STS__TICK_SCALE_NS;
    timeline->latest = read_moment(timeline);
    timeline->born.ticks = timeline->latest.ticks;
    timeline->born.mono_ns = timeline->latest.mono_ns;
}

static void calibrate(struct sts__timeline *timeline)
{
    struct sts__tick_pair pair;

    do {
        timeline->latest = read_moment(timeline);
        pair.ticks = timeline->latest.ticks;
        pair.mono_ns = timeline->latest.mono_ns;
    } while (pair.mono_ns - timeline->born.mono_ns < STS_CALIBRATION_NS_MIN);
    timeline->scale_base_ns = pair.mono_ns - timeline->born.mono_ns;
    if (!sts__tick_scale_between(timeline->born, pair, &timeline->scale))
        (void)sts__timeline_drop_tsc(timeline);
}

void sts__timeline_init_clocks(struct sts__timeline *timeline, const struct sts__clocks *clocks,
                               bool tsc)
{
    memset(timeline, 0, sizeof(*timeline));
    timeline->clocks = clocks;
    timeline->tsc = tsc;
    begin(timeline);
    if (tsc)
        calibrate(timeline);
}

void sts__timeline_init(struct sts__timeline *timeline)
{
    sts__timeline_init_clocks(timeline, NULL, sts__ticks_from_tsc());
}

void sts__timeline_set_speed(struct sts__timeline *timeline, double speed)
{
    (void)sts__timeline_now(timeline);
    timeline->born_wall_ns = timeline->latest.wall_ns;
    timeline->speed = speed;
}
