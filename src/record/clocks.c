/* SPDX-License-Identifier: MIT */
/*
 * clocks.c - see clocks.h.
 */
#include "record/clocks.h"

#include "record/cut.h"

/* --- a jump of the counter --- */

static int64_t awake_ticks(const struct sts__slice *slice)
{
    return slice->end_ticks - slice->begin_ticks - slice->jump_ticks;
}

static int64_t thread_own_ticks(const struct sts__slice *slice, int64_t thread_id)
{
    int64_t sum = 0;

    for (const struct sts__cut *cut = slice->cuts; cut != NULL; cut = cut->next) {
        for (size_t i = 0; cut->thread_id == thread_id && i < cut->n_rows; i++)
            sum += cut->rows[i].own_ticks;
    }
    return sum;
}

static int64_t excess(int64_t ticks, int64_t jump_ticks)
{
    return jump_ticks > 0 ? ticks : -ticks;
}

/* Of all functions one was running when the counter jumped: the one that it shows most in. */
static struct sts__cut_row *sleeper_of(const struct sts__slice *slice, int64_t thread_id)
{
    struct sts__cut_row *sleeper = NULL;

    for (struct sts__cut *cut = slice->cuts; cut != NULL; cut = cut->next) {
        for (size_t i = 0; cut->thread_id == thread_id && i < cut->n_rows; i++) {
            struct sts__cut_row *row = &cut->rows[i];

            if (sleeper == NULL || excess(row->own_ticks, slice->jump_ticks) >
                                       excess(sleeper->own_ticks, slice->jump_ticks))
                sleeper = row;
        }
    }
    return sleeper;
}

static bool has_jump(const struct sts__slice *slice, int64_t ticks)
{
    return slice->jump_ticks > 0 ? ticks > awake_ticks(slice) : ticks < 0;
}

static void take_out(const struct sts__slice *slice, int64_t *ticks)
{
    if (has_jump(slice, *ticks))
        *ticks -= slice->jump_ticks;
}

/* Several coroutines of one function may have waited through it. */
static void take_out_awaits(const struct sts__slice *slice, struct sts__cut_row *row)
{
    int64_t n_waits = row->await_ticks / slice->jump_ticks;

    if (n_waits > 0)
        row->await_ticks -= n_waits * slice->jump_ticks;
    if (row->await_ticks < 0)
        row->await_ticks = 0;
}

/* The time asleep is taken out of all figures of a slice that every thread has just left. */
static void take_jump_out(struct sts__slice *slice)
{
    for (struct sts__cut *cut = slice->cuts; cut != NULL; cut = cut->next) {
        struct sts__cut_row *sleeper = sleeper_of(slice, cut->thread_id);

        if (has_jump(slice, thread_own_ticks(slice, cut->thread_id)) && sleeper != NULL)
            sleeper->own_ticks -= slice->jump_ticks; /* once: then the thread has none */
        for (size_t i = 0; i < cut->n_rows; i++) {
            take_out(slice, &cut->rows[i].cum_ticks);
            take_out(slice, &cut->rows[i].arc_cum_ticks);
            take_out_awaits(slice, &cut->rows[i]);
        }
    }
}

/* --- the slice in progress --- */

/* Its end by the clocks as they are known now, but not before what was booked already. */
static void plan_anew(struct sts__recorder *recorder)
{
    struct sts__slice *slice = recorder->current;
    int64_t now_ticks = recorder->timeline->latest.ticks, end_ticks;
    struct sts__track *track;

    if (recorder->options.width_ns == 0 || slice->end_ticks <= now_ticks)
        return;
    end_ticks = sts__timeline_ticks_at(recorder->timeline, slice->end_ns);
    slice->end_ticks = end_ticks > now_ticks ? end_ticks : now_ticks + 1;
    for (track = recorder->tracks; track != NULL; track = track->next)
        sts__track_plan(track);
}

static void move_tracks(struct sts__recorder *recorder, const struct sts__slice *to)
{
    struct sts__track *track;

    for (track = recorder->tracks; track != NULL; track = track->next) {
        while (track->slice != NULL && track->slice != to)
            sts__track_move(track, track->slice->end_ticks, track->slice->next);
    }
}

/* The clocks changed at some time since they were looked at last: all at once now. */
static void break_off(struct sts__recorder *recorder, const struct sts__clock_change *change)
{
    struct sts__timeline *timeline = recorder->timeline, before = *timeline;
    struct sts__slice *slice = recorder->current, *next;
    bool is_over = change->jump_ticks == 0 && slice->end_ticks <= change->now.ticks;
    int64_t end_ns = sts__timeline_wall_at(timeline, change->now.mono_ns), begin_ns;
    int64_t end_ticks = is_over ? slice->end_ticks : change->now.ticks;

    sts__timeline_adopt(timeline, change);
    begin_ns = sts__timeline_wall_at(timeline, sts__timeline_mono_at(timeline, end_ticks));
    next = sts__recorder_add_slice(recorder, end_ticks, begin_ns);
    if (next == NULL) { /* out of memory: tried again at the next look */
        *timeline = before;
        return;
    }
    if (!is_over) {
        slice->end_ticks = end_ticks;
        slice->end_ns = end_ns > slice->begin_ns ? end_ns : slice->begin_ns;
        slice->jump_ticks += change->jump_ticks;
    }
    move_tracks(recorder, next);
    if (slice->jump_ticks != 0)
        take_jump_out(slice);
}

bool sts__recorder_follow_clocks(struct sts__recorder *recorder)
{
    struct sts__clock_change change = sts__timeline_look(recorder->timeline);

    if (recorder->options.width_ns == 0 || (change.jump_ticks == 0 && change.step_ns == 0)) {
        sts__timeline_adopt(recorder->timeline, &change);
        plan_anew(recorder);
        return false;
    }
    if (recorder->off_ticks < change.now.ticks) /* nothing was booked since */
        recorder->off_ticks = change.now.ticks;
    break_off(recorder, &change);
    return true;
}

/* --- another kind of ticks --- */

static void shift_track(struct sts__track *track, int64_t shift)
{
    struct sts__activation *activation;
    struct sts__coroutine *coroutine;

    for (activation = track->base; activation <= track->top; activation++)
        activation->begin_ticks += shift;
    for (coroutine = track->coroutines; coroutine != NULL; coroutine = coroutine->next)
        coroutine->begin_ticks += shift;
    sts__track_plan(track);
}

void sts__recorder_drop_counter(struct sts__recorder *recorder)
{
    struct sts__slice *slice = recorder->current;
    struct sts__track *track;
    int64_t shift;

    if (!recorder->timeline->is_distrusted || slice == NULL || recorder->options.width_ns == 0)
        return;
    for (track = recorder->tracks; track != NULL; track = track->next) {
        if (track->slice != NULL && track->slice != slice)
            return; /* it is behind: at the next look */
    }
    shift = sts__timeline_drop_tsc(recorder->timeline);
    slice->begin_ticks += shift;
    slice->end_ticks = sts__timeline_ticks_at(recorder->timeline, slice->end_ns);
    if (slice->end_ticks <= slice->begin_ticks)
        slice->end_ticks = slice->begin_ticks + 1;
    recorder->paused_at_ticks += shift;
    if (recorder->off_ticks != INT64_MAX)
        recorder->off_ticks += shift;
    for (track = recorder->tracks; track != NULL; track = track->next)
        shift_track(track, shift);
}
