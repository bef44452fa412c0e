/* SPDX-License-Identifier: MIT */
/*
 * cut.c - see cut.h.
 *
 * A thread in which nothing was called since the last edge has figures in the arcs of its
 * running activations alone; only those are looked at then, so that hundreds of idle threads
 * cost little.
 */
#include "record/cut.h"

#include "record/recorder.h"

#include <stdlib.h>
#include <string.h>

enum { STS_IDLE_CUTS_MAX = 3 }; /* the table of a label set that is not used any more goes then */

/* Cumulative time, to the oldest activation of each function and of each arc. */
static void charge_cumulative(struct sts__track *track, int64_t now_ticks)
{
    size_t n = sts__track_depth(track), i;
    uint32_t mark = ++track->mark;

    for (i = 1; i <= n; i++) {
        struct sts__activation *activation = &track->base[i];
        struct sts__arc *arc = activation->arc;
        int64_t elapsed_ticks = now_ticks - activation->begin_ticks;

        if (arc->level->mark != mark)
            arc->cum_ticks += elapsed_ticks;
        else if (arc->mark != mark)
            arc->recursive_cum_ticks += elapsed_ticks;
        arc->level->mark = mark;
        arc->mark = mark;
        if (activation->first_run && arc->callee->kind == STS__CODE_COROUTINE)
            arc->await_ticks += elapsed_ticks;
    }
}

static void charge_own(struct sts__track *track, int64_t now_ticks)
{
    int64_t callee_ticks = 0;
    struct sts__activation *activation;

    for (activation = track->top; activation != track->base; activation--) {
        int64_t elapsed_ticks = now_ticks - activation->begin_ticks;

        activation->arc->own_ticks += elapsed_ticks - activation->callees_ticks - callee_ticks;
        activation->begin_ticks = now_ticks;
        activation->callees_ticks = 0;
        callee_ticks = elapsed_ticks;
    }
    track->base[0].begin_ticks = now_ticks;
    track->base[0].callees_ticks = 0;
}

void sts__track_charge(struct sts__track *track, int64_t now_ticks)
{
    int64_t time = sts__track_time(track, now_ticks);

    charge_cumulative(track, time);
    charge_own(track, time);
}

static bool has_figures(const struct sts__arc *arc)
{
    return (arc->n_calls | arc->n_resumes | (uint64_t)arc->own_ticks | (uint64_t)arc->cum_ticks |
            (uint64_t)arc->recursive_cum_ticks | (uint64_t)arc->await_ticks) != 0;
}

static void take_row(struct sts__arc *arc, struct sts__cut_row *row)
{
    row->caller = arc->caller;
    row->callee = arc->callee;
    row->n_calls = arc->n_calls;
    row->n_recursive = arc->n_recursive;
    row->n_arc_recursive = arc->n_arc_recursive;
    row->n_resumes = arc->n_resumes;
    row->own_ticks = arc->own_ticks;
    row->cum_ticks = arc->cum_ticks;
    row->arc_cum_ticks = arc->cum_ticks + arc->recursive_cum_ticks;
    row->await_ticks = arc->await_ticks;
    sts__arc_clear(arc);
}

/* Into the slice, or lost. */
static void give(struct sts__track *track, struct sts__cut *take_cut, struct sts__labels *labels)
{
    if (take_cut->n_rows == 0) {
        free(take_cut);
        return;
    }
    take_cut->thread_id = track->thread_id;
    take_cut->labels = labels;
    if (labels != NULL)
        labels->last_serial = track->slice->serial;
    take_cut->next = track->slice->cuts;
    track->slice->cuts = take_cut;
}

/* In parts of a size that malloc keeps at hand: larger ones would be mapped anew each time. */
enum { STS_ROWS_OF_CUT = 256 };

static void cut_table(struct sts__track *track, struct sts__arcs *table)
{
    size_t n_rows = table->n_arcs < STS_ROWS_OF_CUT ? table->n_arcs : STS_ROWS_OF_CUT;
    struct sts__cut *cut = NULL;
    struct sts__arc *arc;
    bool has_any = false;

    for (arc = table->first; arc != NULL; arc = arc->next) {
        if (!has_figures(arc))
            continue;
        has_any = true;
        if (cut != NULL && cut->n_rows == STS_ROWS_OF_CUT) {
            give(track, cut, table->labels);
            cut = NULL;
        }
        if (cut == NULL)
            cut = sts__cut_new(n_rows);
        if (cut == NULL) { /* the figures stay, and go into the next slice */
            track->slice->n_lost++;
            break;
        }
        take_row(arc, &cut->rows[cut->n_rows++]);
    }
    if (cut != NULL)
        give(track, cut, table->labels);
    table->idle_cuts = has_any ? 0 : table->idle_cuts + 1;
}

static void cut_running(struct sts__track *track)
{
    size_t n = sts__track_depth(track), i;
    struct sts__cut *cut = n != 0 ? sts__cut_new(n) : NULL;

    for (i = 1; i <= n && cut != NULL; i++) {
        if (has_figures(track->base[i].arc)) /* not of an arc that was met before */
            take_row(track->base[i].arc, &cut->rows[cut->n_rows++]);
    }
    if (cut != NULL)
        give(track, cut, track->table->labels);
}

/* Nothing was called and nothing returned since the last edge; labels did not change. */
static bool was_idle(const struct sts__track *track)
{
    return track->coroutines == NULL && track->tables->next == NULL &&
           track->top->begin_ticks == track->slice->begin_ticks && track->top->callees_ticks == 0;
}

/* What is running keeps its arcs. */
static void mark_running(struct sts__track *track)
{
    struct sts__activation *activation;

    track->mark++;
    for (activation = track->top; activation != track->base; activation--)
        activation->arc->mark = track->mark;
}

static bool table_is_needed(const struct sts__track *track, const struct sts__arcs *table)
{
    const struct sts__arc *arc;

    if (table == track->table || table->idle_cuts <= STS_IDLE_CUTS_MAX)
        return true;
    for (arc = table->first; arc != NULL; arc = arc->next) {
        if (arc->mark == track->mark || arc->n_coroutines != 0)
            return true;
    }
    return false;
}

static size_t free_idle_tables(struct sts__track *track)
{
    struct sts__arcs **link = &track->tables, *table;
    size_t n_freed = 0;

    while ((table = *link) != NULL) {
        if (table_is_needed(track, table)) {
            link = &table->next;
            continue;
        }
        *link = table->next;
        sts__arcs_deinit(table, &track->recorder->codes);
        sts__labels_drop(table->labels);
        free(table);
        n_freed++;
    }
    return n_freed;
}

/* No activation guesses by an arc that may be gone. */
static void forget_guesses(struct sts__track *track)
{
    struct sts__activation *activation;

    track->nobody.first = track->nobody.successor = &track->blank;
    for (activation = track->base; activation <= track->top; activation++) {
        if (activation->cell != &track->blank_cell)
            activation->cell = &activation->arc->first;
    }
}

static void sweep(struct sts__track *track)
{
    struct sts__arcs *table;
    size_t n_freed;

    mark_running(track);
    n_freed = free_idle_tables(track);
    for (table = track->tables; table != NULL; table = table->next) {
        if (table->n_dead != 0)
            n_freed += sts__arcs_sweep(table, &track->recorder->codes, &track->blank, track->mark);
    }
    if (n_freed == 0)
        return;
    forget_guesses(track);
    sts__levels_sweep(&track->levels);
}

void sts__track_cut(struct sts__track *track, int64_t edge_ticks)
{
    int64_t begin_ticks = sts__timeline_ticks(track->recorder->timeline), took_ticks;
    bool idle = was_idle(track);
    struct sts__arcs *table;

    sts__track_charge(track, edge_ticks);
    sts__coroutines_charge(track->coroutines, edge_ticks);
    if (idle)
        cut_running(track);
    else {
        for (table = track->tables; table != NULL; table = table->next)
            cut_table(track, table);
    }
    sweep(track);
    took_ticks = sts__timeline_ticks(track->recorder->timeline) - begin_ticks;
    track->recorder->slow_ticks += took_ticks;
    if (took_ticks > track->recorder->cut_ticks_max)
        track->recorder->cut_ticks_max = took_ticks;
}
