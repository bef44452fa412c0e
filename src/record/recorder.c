/* SPDX-License-Identifier: MIT */
/*
 * recorder.c - see recorder.h.
 */
#include "record/recorder.h"

#include "record/clocks.h"
#include "record/cut.h"

#include <stdlib.h>
#include <string.h>

void sts__recorder_init(struct sts__recorder *recorder)
{
    memset(recorder, 0, sizeof(*recorder));
    recorder->next_serial = 1; /* 0: none was written */
    recorder->on_ticks = INT64_MIN;
    recorder->off_ticks = INT64_MAX;
    sts__codes_init(&recorder->codes);
    sts__label_sets_init(&recorder->label_sets, STS__LABEL_SETS_MAX);
}

static void free_slices(struct sts__recorder *recorder)
{
    struct sts__slice *slice;

    while ((slice = recorder->oldest) != NULL) {
        recorder->oldest = slice->next;
        sts__slice_free(slice);
    }
    recorder->current = NULL;
}

void sts__recorder_deinit(struct sts__recorder *recorder)
{
    struct sts__track *track;

    while ((track = recorder->tracks) != NULL) {
        recorder->tracks = track->next;
        sts__track_free(track);
    }
    free_slices(recorder);
    sts__coroutines_deinit(&recorder->coroutines);
    sts__codes_deinit(&recorder->codes);
    sts__label_sets_deinit(&recorder->label_sets);
}

/* --- slices --- */

/* The end of a slice that begins at a moment: the next edge, or never. */
static void plan_end(const struct sts__recorder *recorder, struct sts__slice *slice)
{
    int64_t width_ns = recorder->options.width_ns;

    if (width_ns == 0) {
        slice->end_ns = INT64_MAX;
        slice->end_ticks = INT64_MAX;
        return;
    }
    slice->end_ns = sts__timeline_edge_after(slice->begin_ns, width_ns);
    slice->end_ticks = sts__timeline_ticks_at(recorder->timeline, slice->end_ns);
    if (slice->end_ticks <= slice->begin_ticks) /* the wall clock was set */
        slice->end_ticks = slice->begin_ticks + 1;
}

struct sts__slice *sts__recorder_add_slice(struct sts__recorder *recorder, int64_t begin_ticks,
                                           int64_t begin_ns)
{
    struct sts__slice *slice = sts__slice_new(recorder->next_serial);

    if (slice == NULL)
        return NULL;
    recorder->next_serial++;
    recorder->codes.newest_serial = slice->serial;
    slice->begin_ticks = begin_ticks;
    slice->begin_ns = begin_ns;
    plan_end(recorder, slice);
    if (recorder->current != NULL)
        recorder->current->next = slice;
    else
        recorder->oldest = slice;
    recorder->current = slice;
    return slice;
}

/* A process that was stopped for long does not make up for every edge: the oldest are a gap. */
static void skip_missed(struct sts__recorder *recorder, struct sts__slice *slice)
{
    int64_t width_ns = recorder->options.width_ns;
    int64_t newest_ns;

    if (width_ns == 0)
        return;
    newest_ns = recorder->timeline->latest.wall_ns - STS__MISSED_EDGES_MAX * width_ns;
    if (newest_ns <= slice->end_ns)
        return;
    slice->is_gap = true;
    slice->end_ns = sts__timeline_edge_after(newest_ns, width_ns);
    slice->end_ticks = sts__timeline_ticks_at(recorder->timeline, slice->end_ns);
}

struct sts__slice *sts__recorder_next_slice(struct sts__recorder *recorder,
                                            struct sts__slice *slice)
{
    struct sts__slice *next;

    if (slice->next != NULL)
        return slice->next;
    if (sts__recorder_follow_clocks(recorder) && slice->next != NULL)
        return slice->next;
    next = sts__recorder_add_slice(recorder, slice->end_ticks, slice->end_ns);
    if (next != NULL)
        skip_missed(recorder, next);
    return next;
}

struct sts__slice *sts__recorder_take(struct sts__recorder *recorder)
{
    struct sts__slice *slice = recorder->oldest;

    if (slice == NULL || slice->n_tracks != 0 || slice == recorder->current)
        return NULL;
    recorder->oldest = slice->next;
    slice->next = NULL;
    if (slice->is_gap)
        sts__slice_empty(slice);
    recorder->n_taken++;
    return slice;
}

void sts__recorder_release(struct sts__recorder *recorder, struct sts__slice *take_slice)
{
    uint64_t serial = take_slice->serial;

    sts__slice_free(take_slice);
    recorder->n_taken--;
    sts__codes_sweep(&recorder->codes, serial);
    sts__label_sets_sweep(&recorder->label_sets, serial);
}

/* --- threads --- */

/* Into the slice that contains now, with nothing booked. */
static void enter_slice(struct sts__recorder *recorder, struct sts__track *track, int64_t now_ticks)
{
    track->slice = recorder->current;
    track->slice->n_tracks++;
    sts__track_plan(track);
    sts__track_forget(track, now_ticks);
    sts__track_pass_edges(track, now_ticks);
    sts__track_open(track);
}

static void leave_slice(struct sts__track *track)
{
    track->slice->n_tracks--;
    track->slice = NULL;
    sts__track_plan(track);
}

static struct sts__track *dead_track(struct sts__recorder *recorder)
{
    struct sts__track *track;

    for (track = recorder->tracks; track != NULL; track = track->next) {
        if (atomic_load_explicit(&track->dead, memory_order_acquire))
            return track;
    }
    return NULL;
}

struct sts__track *sts__recorder_track(struct sts__recorder *recorder, int64_t thread_id)
{
    int64_t now_ticks = sts__recorder_ticks(recorder);
    struct sts__track *track = dead_track(recorder);

    if (track != NULL) { /* its figures go on, where nobody tells threads apart */
        sts__track_pass_edges(track, now_ticks);
        sts__track_halt(track, now_ticks);
        if (recorder->options.by_thread)
            sts__track_cut(track, now_ticks);
        sts__track_set_labels(track, NULL, now_ticks);
        track->thread_id = thread_id;
        track->host = NULL;
        track->host_is_told = false;
        track->buried_serial = 0;
        track->has_cpu_clock = false;
        track->cpu_ns = 0;
        track->base[0].begin_ticks = sts__track_time(track, now_ticks);
        sts__track_open(track);
        atomic_store_explicit(&track->dead, false, memory_order_relaxed);
        return track;
    }
    track = sts__track_new(recorder, thread_id);
    if (track == NULL)
        return NULL;
    track->next = recorder->tracks;
    recorder->tracks = track;
    enter_slice(recorder, track, now_ticks);
    return track;
}

/* Charge what a dead thread still seems to run. */
static void bury(struct sts__recorder *recorder, struct sts__track *track)
{
    int64_t now_ticks = sts__recorder_ticks(recorder);

    if (track->slice != NULL) {
        sts__track_pass_edges(track, now_ticks);
        sts__track_halt(track, now_ticks);
    }
    track->has_cpu_clock = false; /* the kernel may give its id away */
    track->buried_serial = recorder->next_serial;
}

static void free_track(struct sts__recorder *recorder, struct sts__track *track)
{
    if (track->slice != NULL) {
        sts__track_cut(track, sts__recorder_ticks(recorder));
        leave_slice(track);
    }
    recorder->n_events_freed += track->n_events;
    sts__track_free(track);
}

void sts__recorder_reap(struct sts__recorder *recorder)
{
    struct sts__track **link = &recorder->tracks, *track;

    while ((track = *link) != NULL) {
        bool is_dead = atomic_load_explicit(&track->dead, memory_order_acquire);

        if (is_dead && track->buried_serial == 0)
            bury(recorder, track);
        if (!is_dead || recorder->next_serial <= track->buried_serial + 1) {
            link = &track->next;
            continue;
        }
        *link = track->next;
        free_track(recorder, track);
    }
}

uint64_t sts__recorder_events(const struct sts__recorder *recorder)
{
    uint64_t n_events = recorder->n_events_freed;
    const struct sts__track *track;

    for (track = recorder->tracks; track != NULL; track = track->next)
        n_events += track->n_events;
    return n_events;
}

/* --- on and off --- */

int sts__recorder_begin(struct sts__recorder *recorder, struct sts__timeline *timeline,
                        const struct sts__recorder_options *options)
{
    struct sts__moment now;
    struct sts__track *track;

    recorder->timeline = timeline;
    recorder->options = *options;
    recorder->label_sets.n_sets_max = options->n_label_sets_max;
    recorder->cut_ticks_max = 0;
    recorder->on_ticks = INT64_MIN;
    recorder->off_ticks = INT64_MAX;
    free_slices(recorder);
    now = sts__timeline_now(timeline);
    if (sts__recorder_add_slice(recorder, now.ticks, now.wall_ns) == NULL)
        return -1;
    recorder->recording = true;
    recorder->paused = false;
    recorder->generation++;
    for (track = recorder->tracks; track != NULL; track = track->next)
        enter_slice(recorder, track, now.ticks);
    return 0;
}

/* The pause may lie in several slices. */
static void book_pause(struct sts__recorder *recorder, int64_t end_ticks)
{
    int64_t begin_ticks = recorder->paused_at_ticks;
    struct sts__slice *slice;

    for (slice = recorder->oldest; slice != NULL; slice = slice->next) {
        int64_t from_ticks = slice->begin_ticks > begin_ticks ? slice->begin_ticks : begin_ticks;
        int64_t to_ticks = slice->end_ticks < end_ticks ? slice->end_ticks : end_ticks;

        if (to_ticks > from_ticks)
            slice->paused_ticks += to_ticks - from_ticks;
    }
    recorder->paused_at_ticks = end_ticks;
}

static void plan_tracks(struct sts__recorder *recorder)
{
    struct sts__track *track;

    for (track = recorder->tracks; track != NULL; track = track->next)
        sts__track_plan(track);
}

/* The window that was to begin begins now: nothing was booked yet. */
static void begin_sooner(struct sts__recorder *recorder, int64_t now_ticks)
{
    struct sts__activation *activation;
    struct sts__coroutine *coroutine;
    struct sts__track *track;

    recorder->current->paused_ticks -= recorder->on_ticks - now_ticks;
    for (track = recorder->tracks; track != NULL; track = track->next) {
        for (activation = track->base; activation <= track->top; activation++)
            activation->begin_ticks = now_ticks;
        for (coroutine = track->coroutines; coroutine != NULL; coroutine = coroutine->next)
            coroutine->begin_ticks = now_ticks;
    }
    recorder->on_ticks = now_ticks;
}

/* Whoever cuts cuts at now: a window that was to begin has begun; and as nothing was booked since
 * the end of one that nobody has ended yet, it goes on up to now. */
static void reach_now(struct sts__recorder *recorder)
{
    int64_t now_ticks = sts__timeline_ticks(recorder->timeline);

    if (recorder->on_ticks > now_ticks)
        begin_sooner(recorder, now_ticks);
    (void)sts__recorder_look(recorder);
    if (recorder->off_ticks < now_ticks)
        sts__recorder_plan_off(recorder, now_ticks);
}

void sts__recorder_advance(struct sts__recorder *recorder)
{
    struct sts__track *track;
    int64_t now_ticks;

    reach_now(recorder);
    (void)sts__recorder_follow_clocks(recorder);
    now_ticks = sts__timeline_ticks(recorder->timeline);
    for (track = recorder->tracks; track != NULL; track = track->next)
        sts__track_pass_edges(track, now_ticks);
    while (now_ticks >= recorder->current->end_ticks) { /* in a process without threads */
        if (sts__recorder_next_slice(recorder, recorder->current) == NULL)
            return;
    }
    if (recorder->paused)
        book_pause(recorder, now_ticks);
}

/* Every track is in the slice of the moment that is returned. */
static struct sts__moment advance_to_now(struct sts__recorder *recorder)
{
    struct sts__moment now;

    sts__recorder_advance(recorder);
    now = sts__timeline_now(recorder->timeline);
    if (now.ticks >= recorder->current->end_ticks) /* an edge came between */
        sts__recorder_advance(recorder);
    return now;
}

static void split_at(struct sts__recorder *recorder, struct sts__moment now)
{
    struct sts__slice *slice = recorder->current;

    if (now.ticks <= slice->begin_ticks)
        return;
    slice->end_ticks = now.ticks;
    slice->end_ns = now.wall_ns > slice->begin_ns ? now.wall_ns : slice->begin_ns;
    plan_tracks(recorder);
    sts__recorder_advance(recorder);
}

void sts__recorder_split(struct sts__recorder *recorder)
{
    split_at(recorder, advance_to_now(recorder));
}

/* The slice that has only just begun is nobody's. */
static void drop_current(struct sts__recorder *recorder)
{
    struct sts__slice **link = &recorder->oldest;

    while (*link != recorder->current)
        link = &(*link)->next;
    sts__slice_free(*link);
    *link = NULL;
    recorder->current = NULL;
}

static void halt_tracks(struct sts__recorder *recorder, int64_t now_ticks)
{
    struct sts__track *track;

    for (track = recorder->tracks; track != NULL; track = track->next)
        sts__track_halt(track, now_ticks);
}

/* What runs is charged up to the end of the last slice, not a moment less. */
void sts__recorder_end(struct sts__recorder *recorder)
{
    struct sts__track *track;
    struct sts__moment now;

    if (!recorder->recording)
        return;
    recorder->recording = false;
    if (recorder->paused)
        (void)sts__recorder_resume(recorder, INT64_MAX);
    sts__recorder_plan_off(recorder, INT64_MAX);
    now = advance_to_now(recorder);
    halt_tracks(recorder, now.ticks);
    split_at(recorder, now);
    for (track = recorder->tracks; track != NULL; track = track->next) {
        sts__track_halt(track, now.ticks);
        leave_slice(track);
    }
    drop_current(recorder);
}

void sts__recorder_plan_off(struct sts__recorder *recorder, int64_t off_ticks)
{
    recorder->off_ticks = off_ticks;
    plan_tracks(recorder);
}

int64_t sts__recorder_ticks(const struct sts__recorder *recorder)
{
    int64_t now_ticks = sts__timeline_ticks(recorder->timeline);

    if (now_ticks < recorder->on_ticks)
        return recorder->on_ticks;
    return now_ticks < recorder->off_ticks ? now_ticks : recorder->off_ticks;
}

bool sts__recorder_look(struct sts__recorder *recorder)
{
    if (recorder->on_ticks == INT64_MIN)
        return true;
    if (sts__timeline_ticks(recorder->timeline) < recorder->on_ticks)
        return false;
    recorder->on_ticks = INT64_MIN;
    plan_tracks(recorder);
    return true;
}

void sts__recorder_pause(struct sts__recorder *recorder)
{
    struct sts__track *track;
    int64_t off_ticks;

    (void)sts__recorder_look(recorder);
    for (track = recorder->tracks; track != NULL; track = track->next)
        sts__track_pass_edges(track, sts__recorder_ticks(recorder));
    off_ticks = sts__recorder_ticks(recorder); /* the clocks may have changed */
    recorder->paused = true;
    recorder->paused_at_ticks = off_ticks;
    halt_tracks(recorder, off_ticks);
    sts__recorder_plan_off(recorder, INT64_MAX);
}
/* All of the pause up to now is booked; what is taken back of it, or has yet to come, lies in the
 * slice in progress. */
static int64_t end_pause(struct sts__recorder *recorder, int64_t begin_ticks, int64_t from_ticks)
{
    struct sts__slice *slice = recorder->current;
    int64_t now_ticks = recorder->paused_at_ticks;

    if (begin_ticks < from_ticks)
        begin_ticks = from_ticks;
    if (begin_ticks < slice->begin_ticks)
        begin_ticks = slice->begin_ticks;
    if (begin_ticks >= slice->end_ticks || recorder->options.cpu_clock) /* it is another clock */
        begin_ticks = now_ticks;
    slice->paused_ticks += begin_ticks - now_ticks;
    if (begin_ticks > now_ticks)
        recorder->on_ticks = begin_ticks;
    return begin_ticks;
}

int64_t sts__recorder_resume(struct sts__recorder *recorder, int64_t begin_ticks)
{
    int64_t from_ticks = recorder->paused_at_ticks;
    struct sts__track *track;

    sts__recorder_advance(recorder);
    begin_ticks = end_pause(recorder, begin_ticks, from_ticks);
    recorder->paused = false;
    plan_tracks(recorder);
    for (track = recorder->tracks; track != NULL; track = track->next) {
        track->base[0].begin_ticks = begin_ticks;
        sts__track_open(track);
    }
    return begin_ticks;
}

/* --- others --- */

void sts__recorder_code_died(struct sts__recorder *recorder, struct sts__code *code)
{
    sts__code_die(&recorder->codes, code);
    if (recorder->oldest == NULL && recorder->n_taken == 0)
        sts__codes_sweep(&recorder->codes, UINT64_MAX);
}

void sts__recorder_fork(struct sts__recorder *recorder, struct sts__track *survivor)
{
    struct sts__track **link = &recorder->tracks, *track;

    recorder->recording = false;
    recorder->on_ticks = INT64_MIN;
    recorder->off_ticks = INT64_MAX;
    recorder->n_taken = 0;
    free_slices(recorder);
    while ((track = *link) != NULL) {
        if (track == survivor) {
            link = &track->next;
            continue;
        }
        *link = track->next;
        sts__track_free(track);
    }
}
