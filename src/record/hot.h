/* SPDX-License-Identifier: MIT */
/*
 * hot.h - the two steps that every call takes.
 *
 * Why:  they are all that a profiled program pays for, so each engine compiles them into its
 *       hook: the one place where code stands in a header.
 */
#ifndef STS_RECORD_HOT_H
#define STS_RECORD_HOT_H

#include "record/track.h"

/* Book that the callee is running once more; resumes of generators are no calls. */
static inline void sts__hot_count(struct sts__arc *arc, bool resumes)
{
    struct sts__level *level = arc->level;
    uint32_t n_running = level->n_running, n_arc_running = arc->n_running;

    level->n_running = n_running + 1;
    arc->n_running = n_arc_running + 1;
    if (resumes) {
        arc->n_resumes++;
        return;
    }
    arc->n_calls++;
    if (n_running != 0) {
        arc->n_recursive++;
        arc->n_arc_recursive += n_arc_running != 0;
    }
}

/* There is room: top < last. */
static inline void sts__hot_push(struct sts__track *track, struct sts__arc *arc, const void *frame,
                                 int64_t now_ticks)
{
    struct sts__activation *caller = track->top, *activation = caller + 1;

    caller->cell = &arc->successor;
    activation->frame = frame;
    activation->cell = &arc->first;
    activation->arc = arc;
    activation->begin_ticks = now_ticks;
    activation->callees_ticks = 0;
    activation->kind = STS__ACTIVATION_WATCHED;
    track->top = activation;
}

/* The top ends; it is not base[0]. */
static inline void sts__hot_pop(struct sts__track *track, int64_t now_ticks)
{
    struct sts__activation *activation = track->top;
    struct sts__arc *arc = activation->arc;
    int64_t elapsed_ticks = now_ticks - activation->begin_ticks;
    uint32_t n_running = --arc->level->n_running, n_arc_running = --arc->n_running;

    track->top = activation - 1;
    activation[-1].callees_ticks += elapsed_ticks;
    arc->own_ticks += elapsed_ticks - activation->callees_ticks;
    if (n_running == 0)
        arc->cum_ticks += elapsed_ticks;
    else if (n_arc_running == 0)
        arc->recursive_cum_ticks += elapsed_ticks;
}

#endif
