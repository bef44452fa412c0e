/* SPDX-License-Identifier: MIT */
/*
 * sliced_events.c - see sliced_events.h: from what is told to the recorder.
 *
 * An activation is told by its function, as no event tells more: a return ends the youngest
 * activation of its function, and with it those above whose ends were not told.
 */
#include "collector/sliced_events.h"

#include "collector/c_functions.h"
#include "collector/frames_code.h"
#include "collector/frames_labels.h"
#include "record/hot.h"

/* Who is called. */
struct callee {
    PyCodeObject *code; /* NULL: it is a C function: */
    const PyMethodDef *method;
    PyObject *subject, *self_arg;
};

static STS_INLINE const void *code_key(const PyCodeObject *code)
{
    const int suspended = CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR;

    return (code->co_flags & suspended) == 0 ? (const char *)code : (const char *)code + 1;
}

static int64_t clock_now(const struct sts__track *track)
{
    return sts__timeline_ticks(track->recorder->timeline);
}

/* No edge has passed, labels are the same, and ticks are what activations are timed by. */
static STS_INLINE bool is_usual(const struct sts__track *track, int64_t now_ticks)
{
    return now_ticks < track->edge_ticks &&
           track->host_version == PyThreadState_Get()->context_ver &&
           !track->recorder->options.cpu_clock;
}

/* The calling thread's track. NULL: nothing of it is recorded. */
static struct sts__track *track_now(void)
{
    struct sts__track *track = sts__frames_current;

    if (track == &sts__frames_stranger)
        track = sts__frames_meet(PyThreadState_Get());
    return track != NULL && track->slice != NULL ? track : NULL;
}

static void look_at_labels(struct sts__track *track)
{
    const PyThreadState *state = PyThreadState_Get();

    if (track->host_version != state->context_ver)
        sts__frames_labels_look(track, state);
}

/* --- calls --- */

static STS_INLINE void push(struct sts__track *track, struct sts__arc *arc, const void *key,
                            uint64_t n_calls, int64_t time)
{
    sts__hot_count(track, arc, n_calls);
    sts__hot_push(track, arc, key, time);
    track->top->first_run = false; /* awaiting is not told by events */
}

/* Asking a C function's name may run Python code, and let other threads run. */
static struct sts__arc *new_arc(struct sts__track *track, const struct callee *callee)
{
    struct sts__code *code;

    if (callee->code != NULL)
        code = sts__frames_code(callee->code);
    else
        code = sts__c_function_code(track->recorder, callee->method, callee->subject,
                                    callee->self_arg);
    if (track->slice == NULL) /* recording ended meanwhile */
        return NULL;
    if (code != NULL)
        return sts__track_new_arc(track, code);
    track->slice->n_lost++;
    return NULL;
}

static STS_COLD void enter_slowly(const void *key, const struct callee *callee)
{
    struct sts__track *track = track_now();
    struct sts__arc *arc;
    int64_t now_ticks;

    if (track == NULL)
        return;
    look_at_labels(track);
    arc = sts__track_arc(track, key);
    if (arc == NULL)
        arc = new_arc(track, callee);
    if (arc == NULL || sts__track_make_room(track) < 0)
        return;
    now_ticks = clock_now(track);
    sts__track_pass_edges(track, now_ticks);
    push(track, arc, key, 1, sts__track_time(track, now_ticks));
}

static STS_INLINE void enter(const void *key, const struct callee *callee)
{
    struct sts__track *track = sts__frames_current;
    struct sts__arc *arc = *track->top->cell;
    int64_t now_ticks;

    if (STS_UNLIKELY(arc->key != key) || STS_UNLIKELY(track->top >= track->last)) {
        enter_slowly(key, callee);
        return;
    }
    now_ticks = clock_now(track);
    if (is_usual(track, now_ticks))
        push(track, arc, key, 1, now_ticks);
    else
        enter_slowly(key, callee);
}

static STS_COLD void leave_slowly(const void *key)
{
    struct sts__track *track = track_now();
    int64_t now_ticks;

    if (track == NULL)
        return;
    now_ticks = clock_now(track);
    sts__track_pass_edges(track, now_ticks);
    sts__track_leave(track, key, now_ticks);
    look_at_labels(track);
}

static STS_INLINE void leave(const void *key)
{
    struct sts__track *track = sts__frames_current;
    int64_t now_ticks;

    if (STS_UNLIKELY(track->top->frame != key)) {
        leave_slowly(key);
        return;
    }
    now_ticks = clock_now(track);
    if (is_usual(track, now_ticks))
        sts__hot_pop(track, now_ticks);
    else
        leave_slowly(key);
}

STS_HOT void sts__sliced_enter(PyCodeObject *code)
{
    const struct callee callee = { .code = code };

    enter(code_key(code), &callee);
}

STS_HOT void sts__sliced_leave(PyCodeObject *code)
{
    leave(code_key(code));
}

STS_HOT void sts__sliced_enter_c(const PyMethodDef *method, PyObject *subject, PyObject *self_arg)
{
    const struct callee callee = { .method = method, .subject = subject, .self_arg = self_arg };

    enter(sts__c_function_key(method), &callee);
}

STS_HOT void sts__sliced_leave_c(const PyMethodDef *method)
{
    leave(sts__c_function_key(method));
}

void sts__sliced_begin_thread(void)
{
    struct sts__track *track = sts__frames_track();

    if (track != NULL)
        sts__frames_labels_look(track, PyThreadState_Get());
}

void sts__sliced_found(struct sts__track *track, const STS_FRAME *frame, int64_t now_ticks)
{
    PyCodeObject *code = sts__frame_code_of(frame);
    struct sts__arc *arc = sts__track_new_arc(track, sts__frames_code(code));

    if (arc != NULL && sts__track_make_room(track) == 0)
        push(track, arc, code_key(code), 0, sts__track_time(track, now_ticks));
}
