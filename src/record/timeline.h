/* SPDX-License-Identifier: MIT */
/*
 * timeline.h - ticks of the hook's clock <-> wall time, and where the edges of slices lie.
 *
 * In:   the tick counter, the steady clock and the wall clock, read together now and then.
 * Out:  for an edge in wall time (a multiple of the width since 1970 UTC) its tick; word when
 *       the clocks no longer agree with each other.
 * Why:  every process cuts at the same instant, and the hook compares ticks alone.
 *
 * The steady clock is the one that is believed: it stands still while the system is suspended,
 * it is never set, and it is steered together with the wall clock. So what the wall clock is
 * ahead of it changes when the wall clock is set or the system was suspended, and else never.
 */
#ifndef STS_RECORD_TIMELINE_H
#define STS_RECORD_TIMELINE_H

#include "record/ticks.h"

/* The same moment on three clocks. */
struct sts__moment {
    int64_t ticks;
    int64_t mono_ns;
    int64_t wall_ns; /* since 1970 UTC */
};

/* Where the time comes from; tests bring a table of their own. */
struct sts__clocks {
    int64_t (*ticks)(void *context);
    int64_t (*mono_ns)(void *context);
    int64_t (*wall_ns)(void *context);
    void *context;
};

struct sts__timeline {
    const struct sts__clocks *clocks; /* borrowed; NULL: the system's */
    bool tsc;                     /* ticks are the time stamp counter's, else the steady clock's */
    bool is_distrusted;           /* the counter did what it must not */
    unsigned n_jumps;             /* of the counter, that no suspension explains */
    double speed;                 /* of the wall clock: 1, or more in a simulation */
    int64_t born_wall_ns;         /* when the simulation began */
    struct sts__tick_pair born;   /* the calibration's far end */
    int64_t scale_base_ns;        /* what the scale was measured over */
    struct sts__tick_scale scale; /* of the steady clock, as measured so far */
    struct sts__moment latest;    /* what edges are reckoned from */
};

/* What was found when the clocks were looked at. */
struct sts__clock_change {
    struct sts__moment now;
    int64_t jump_ticks; /* by which the counter went on (or back) while no time passed */
    int64_t step_ns;    /* by which the wall clock went on (or back), likewise */
};

/* sts__timeline_init - calibrates for some ms where there is a time stamp counter to trust. */
void sts__timeline_init(struct sts__timeline *timeline);

/* sts__timeline_init_clocks - by clocks that are not the system's; tsc: ticks are not ns. */
void sts__timeline_init_clocks(struct sts__timeline *timeline, const struct sts__clocks *clocks,
                               bool tsc);

/* sts__timeline_set_speed - from now on the wall clock runs faster, for a simulation. */
void sts__timeline_set_speed(struct sts__timeline *timeline, double speed);

/* sts__timeline_look - read the clocks and compare them with what they should tell. */
struct sts__clock_change sts__timeline_look(const struct sts__timeline *timeline);

/* sts__timeline_is_off - whether they jumped or were set. */
bool sts__timeline_is_off(const struct sts__timeline *timeline);

/* sts__timeline_adopt - reckon from what was found; the scale is corrected. */
void sts__timeline_adopt(struct sts__timeline *timeline, const struct sts__clock_change *change);

/* sts__timeline_now - look and adopt, whatever is found. */
struct sts__moment sts__timeline_now(struct sts__timeline *timeline);

/*
 * sts__timeline_drop_tsc - ticks are ns of the steady clock from now on.
 *
 * Returns: what has to be added to the ticks of the latest moment.
 */
int64_t sts__timeline_drop_tsc(struct sts__timeline *timeline);

int64_t sts__timeline_ticks(const struct sts__timeline *timeline);

/* sts__timeline_span - how many ticks a time lasts. */
int64_t sts__timeline_span(const struct sts__timeline *timeline, int64_t ns);

/* sts__timeline_edge_after - the first multiple of width_ns after a moment in wall time. */
int64_t sts__timeline_edge_after(int64_t wall_ns, int64_t width_ns);

/* Other clocks' times of one, reckoned from the latest moment. */
int64_t sts__timeline_ticks_at(const struct sts__timeline *timeline, int64_t wall_ns);
int64_t sts__timeline_mono_at(const struct sts__timeline *timeline, int64_t ticks);
int64_t sts__timeline_wall_at(const struct sts__timeline *timeline, int64_t mono_ns);

#endif
