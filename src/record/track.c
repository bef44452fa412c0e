/* SPDX-License-Identifier: MIT */
/*
 * track.c - see track.h.
 */
#include "record/track.h"

#include "record/cut.h"
#include "record/hot.h"
#include "record/recorder.h"

#include <stdlib.h>
#include <string.h>

enum { STS_ACTIVATIONS_FIRST = 256 };

struct sts__track *sts__track_new(struct sts__recorder *recorder, int64_t thread_id)
{
    struct sts__track *track = calloc(1, sizeof(*track));

    if (track == NULL)
        return NULL;
    track->base = calloc(STS_ACTIVATIONS_FIRST, sizeof(*track->base));
    track->table = calloc(1, sizeof(*track->table));
    if (track->base == NULL || track->table == NULL) {
        free(track->base);
        free(track->table);
        free(track);
        return NULL;
    }
    track->tables = track->table;
    track->recorder = recorder;
    track->thread_id = thread_id;
    track->edge_ticks = INT64_MAX;
    track->blank_cell = &track->blank;
    track->blank.first = track->blank.successor = &track->blank;
    track->nobody.first = track->nobody.successor = &track->blank;
    track->base[0].arc = &track->nobody;
    track->base[0].cell = &track->blank_cell;
    track->top = track->base;
    track->last = track->base + STS_ACTIVATIONS_FIRST - 1;
    return track;
}

void sts__track_free(struct sts__track *track)
{
    struct sts__arcs *table;

    if (track == NULL)
        return;
    sts__coroutines_forget(&track->recorder->coroutines, &track->coroutines);
    while ((table = track->tables) != NULL) {
        track->tables = table->next;
        sts__arcs_deinit(table, &track->recorder->codes);
        sts__labels_drop(table->labels);
        free(table);
    }
    sts__levels_deinit(&track->levels);
    free(track->base);
    free(track);
}

/* A thread that has ended, or has not come by yet, has no clock: its time stands still. */
static int64_t cpu_time(struct sts__track *track)
{
    struct timespec now;
    int64_t cpu_ns;

    if (!track->has_cpu_clock || clock_gettime(track->cpu_clock, &now) != 0)
        return track->cpu_ns;
    cpu_ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
    if (cpu_ns > track->cpu_ns)
        track->cpu_ns = cpu_ns;
    return track->cpu_ns;
}

int64_t sts__track_time(struct sts__track *track, int64_t now_ticks)
{
    return track->recorder->options.cpu_clock ? cpu_time(track) : now_ticks;
}

/* --- arcs --- */

static void guess(struct sts__track *track, struct sts__arc *arc)
{
    if (track->top->cell != &track->blank_cell)
        *track->top->cell = arc;
}

struct sts__arc *sts__track_arc(struct sts__track *track, const void *key)
{
    struct sts__arc *arc = sts__arcs_find(track->table, track->top->arc->callee, key);

    if (arc != NULL)
        guess(track, arc);
    return arc;
}

static struct sts__arc *arc_to(struct sts__track *track, struct sts__code *caller,
                               struct sts__code *callee)
{
    struct sts__arc *arc = sts__arcs_find(track->table, caller, sts__arc_key(callee));
    struct sts__level *level;

    if (arc != NULL)
        return arc;
    level = sts__levels_of(&track->levels, callee);
    if (level == NULL)
        return NULL;
    return sts__arcs_add(track->table, caller, callee, level, &track->blank);
}

struct sts__arc *sts__track_new_arc(struct sts__track *track, struct sts__code *code)
{
    struct sts__arc *arc = arc_to(track, track->top->arc->callee, code);

    if (arc != NULL)
        guess(track, arc);
    else
        track->slice->n_lost++;
    return arc;
}

/* --- the stack --- */

int sts__track_make_room(struct sts__track *track)
{
    size_t depth = sts__track_depth(track);
    size_t n_activations = (size_t)(track->last - track->base) + 1, i;
    struct sts__activation *base;

    if (track->top < track->last)
        return 0;
    if (n_activations >= STS__ACTIVATIONS_MAX)
        return -1;
    base = calloc(2 * n_activations, sizeof(*base));
    if (base == NULL)
        return -1;
    memcpy(base, track->base, (depth + 1) * sizeof(*base));
    for (i = 1; i <= depth; i++) {
        if (base[i].arc->level->outermost == &track->base[i])
            base[i].arc->level->outermost = &base[i];
    }
    free(track->base);
    track->base = base;
    track->top = base + depth;
    track->last = base + 2 * n_activations - 1;
    return 0;
}

void sts__track_drop_above(struct sts__track *track, size_t depth, int64_t now_ticks)
{
    int64_t time = sts__track_time(track, now_ticks);

    while (sts__track_depth(track) > depth)
        sts__hot_pop(track, time);
}

void sts__track_leave(struct sts__track *track, const void *frame, int64_t now_ticks)
{
    size_t depth = sts__track_depth(track);

    while (depth > 0 && track->base[depth].frame != frame)
        depth--;
    if (depth > 0)
        sts__track_drop_above(track, depth - 1, now_ticks);
}

void sts__track_find(struct sts__track *track, struct sts__code *code, const void *frame,
                     int64_t now_ticks)
{
    struct sts__arc *arc = sts__track_new_arc(track, code);

    if (arc == NULL || sts__track_make_room(track) < 0)
        return;
    sts__hot_count(track, arc, 0);
    sts__hot_push(track, arc, frame, sts__track_time(track, now_ticks));
    track->top->kind = STS__ACTIVATION_FOUND;
    track->top->first_run = false;
    track->top->cell = &track->blank_cell; /* so that each call from it is looked at */
}

/* --- slices --- */

void sts__track_plan(struct sts__track *track)
{
    const struct sts__recorder *recorder = track->recorder;

    if (track->slice == NULL)
        track->edge_ticks = INT64_MAX;
    else if (recorder->on_ticks != INT64_MIN)
        track->edge_ticks = INT64_MIN;
    else
        track->edge_ticks = recorder->off_ticks < track->slice->end_ticks ? recorder->off_ticks
                                                                          : track->slice->end_ticks;
}

void sts__track_move(struct sts__track *track, int64_t edge_ticks, struct sts__slice *next)
{
    sts__track_cut(track, edge_ticks);
    track->slice->n_tracks--;
    next->n_tracks++;
    track->slice = next;
    sts__track_plan(track);
}

void sts__track_pass_edges(struct sts__track *track, int64_t now_ticks)
{
    while (now_ticks >= track->slice->end_ticks) {
        struct sts__slice *slice = track->slice;
        struct sts__slice *next = sts__recorder_next_slice(track->recorder, slice);

        if (track->slice != slice) /* the clocks had changed: it was moved */
            continue;
        if (next == NULL) { /* tried again at the next event */
            track->slice->n_lost++;
            return;
        }
        sts__track_move(track, slice->end_ticks, next);
    }
}

/* --- labels --- */

static struct sts__arcs *table_of(struct sts__track *track, struct sts__labels *labels)
{
    struct sts__arcs *table;

    for (table = track->tables; table != NULL && table->labels != labels; table = table->next)
        ;
    if (table != NULL)
        return table;
    table = calloc(1, sizeof(*table));
    if (table == NULL)
        return NULL;
    table->labels = labels;
    if (labels != NULL)
        labels->n_uses++;
    table->next = track->tables;
    track->tables = table;
    return table;
}

/* Each activation goes on under the arc of the same call in the table of now. */
static void move_activations(struct sts__track *track)
{
    size_t n = sts__track_depth(track), i;

    for (i = 1; i <= n; i++) {
        struct sts__activation *activation = &track->base[i];
        struct sts__arc *arc = arc_to(track, activation[-1].arc->callee, activation->arc->callee);

        if (arc == NULL) { /* it stays where it was */
            track->slice->n_lost++;
            continue;
        }
        if (arc->level->outermost != activation) {
            activation->arc->n_recurring--;
            arc->n_recurring++;
        }
        activation->arc = arc;
        if (activation->cell != &track->blank_cell)
            activation->cell = &arc->first;
    }
}

void sts__track_set_labels(struct sts__track *track, struct sts__labels *labels, int64_t now_ticks)
{
    struct sts__arcs *table;

    if (track->table->labels == labels)
        return;
    sts__track_pass_edges(track, now_ticks);
    table = table_of(track, labels);
    if (table == NULL) {
        track->slice->n_lost++;
        return;
    }
    sts__track_charge(track, now_ticks);
    track->table = table;
    track->nobody.first = &track->blank;
    move_activations(track);
}

/* --- on and off --- */

void sts__track_halt(struct sts__track *track, int64_t now_ticks)
{
    sts__track_drop_above(track, 0, now_ticks);
    sts__coroutines_charge(track->coroutines, now_ticks);
    sts__coroutines_forget(&track->recorder->coroutines, &track->coroutines);
    track->base[0].cell = &track->blank_cell;
}

void sts__track_forget(struct sts__track *track, int64_t now_ticks)
{
    struct sts__arcs *table;
    struct sts__arc *arc;

    sts__track_charge(track, now_ticks);
    for (table = track->tables; table != NULL; table = table->next) {
        for (arc = table->first; arc != NULL; arc = arc->next)
            sts__arc_clear(arc);
    }
}

void sts__track_open(struct sts__track *track)
{
    track->base[0].cell = &track->nobody.first;
}
