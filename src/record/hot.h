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

/* Another activation of the callee is older. */
static inline bool sts__hot_recurs(const struct sts__level *level, const struct sts__arc *arc)
{
    return arc->n_recurring != 0 || level->outermost->arc == arc;
}

/* Book the activation that is about to be pushed. Resumes of generators are no calls. */
static inline void sts__hot_count(const struct sts__track *track, struct sts__arc *arc,
                                  uint64_t n_calls)
{
    struct sts__level *level = arc->level;

    arc->n_calls += n_calls;
    if (level->outermost == NULL) {
        level->outermost = track->top + 1;
        return;
    }
    arc->n_recursive += n_calls;
    arc->n_arc_recursive += sts__hot_recurs(level, arc) ? n_calls : 0;
    arc->n_recurring++;
}

/* What sts__hot_count has booked of the top, a call, was none. */
static inline void sts__hot_take_back(const struct sts__track *track)
{
    struct sts__arc *arc = track->top->arc;
    struct sts__level *level = arc->level;

    arc->n_calls--;
    if (level->outermost == track->top)
        return;
    arc->n_recursive--;
    arc->n_arc_recursive -= arc->n_recurring != 1 || level->outermost->arc == arc;
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
    track->n_events++;
}

/* The top ends; it is not base[0]. */
static inline void sts__hot_pop(struct sts__track *track, int64_t now_ticks)
{
    struct sts__activation *activation = track->top;
    struct sts__arc *arc = activation->arc;
    int64_t elapsed_ticks = now_ticks - activation->begin_ticks;
    struct sts__level *level = arc->level;

    track->top = activation - 1;
    activation[-1].callees_ticks += elapsed_ticks;
    arc->own_ticks += elapsed_ticks - activation->callees_ticks;
    if (level->outermost == activation) {
        level->outermost = NULL;
        arc->cum_ticks += elapsed_ticks;
        return;
    }
    arc->n_recurring--;
    if (!sts__hot_recurs(level, arc))
        arc->recursive_cum_ticks += elapsed_ticks;
}

#endif
