/* SPDX-License-Identifier: MIT */
/*
 * frames_hook.c - see frames.h: the hook itself.
 *
 * It has two ways. The usual call is guessed right, is no generator's, and passes no edge: it
 * takes the steps of hot.h and no other. Whatever is not so (a thread's first call, a
 * generator, labels that changed, a wrong guess, nothing being recorded) makes one of a few
 * comparisons fail, and takes evaluate_slowly() or leave_slowly().
 */
#include "collector/frames_code.h"
#include "collector/frames_labels.h"
#include "collector/frames_state.h"
#include "record/cut.h"
#include "record/hot.h"

static STS_INLINE int64_t read_clock(bool tsc)
{
    return tsc ? sts__tsc_read() : STS__MONO_TICKS_BEGIN + sts__ticks_mono_ns();
}

static int64_t clock_now(const struct sts__track *track)
{
    return sts__recorder_ticks(track->recorder);
}

/* The evaluator behind the hook, which counts each call of it as one of C; a call of Python
 * without a hook is none, and the C stack is looked at here. */
static STS_INLINE PyObject *evaluate_next(STS_HOOK_PARAMETERS)
{
    PyThreadState *thread_state = STS_HOOK_STATE;
    PyObject *result;

    STS_C_RECURSION_GIVE(thread_state);
    result = sts__frames.next(STS_HOOK_ARGUMENTS);
    STS_C_RECURSION_TAKE(thread_state);
    return result;
}

/* --- the slow way --- */

/* Whether nothing is collected: the window may have begun or ended, of which this is the first to
 * know. */
static bool is_paused(void)
{
    struct sts__recorder *recorder = &sts__frames.recorder;

    (void)sts__recorder_look(recorder);
    if (recorder->off_ticks != INT64_MAX && sts__frames.at_window_end != NULL &&
        sts__timeline_ticks(recorder->timeline) >= recorder->off_ticks)
        sts__frames.at_window_end();
    return recorder->paused;
}

/* The clock is read again: it may not be the one any more that the call began by. */
static STS_COLD void leave_slowly(struct sts__track *track, const STS_FRAME *frame)
{
    int64_t now_ticks;

    if (track->slice == NULL || is_paused())
        return;
    now_ticks = clock_now(track);
    sts__track_pass_edges(track, now_ticks);
    sts__track_leave(track, frame, now_ticks);
}

/* Nothing came back. A call that the recursion limit refused is none. */
static STS_COLD void look_at_failure(const struct sts__track *track, const STS_FRAME *frame)
{
    if (track->slice == NULL || track->top->frame != frame || track->top->arc->n_calls == 0 ||
        !PyErr_ExceptionMatches(PyExc_RecursionError) || !STS_FRAME_WAS_REFUSED(frame))
        return;
    if (!is_paused())
        sts__hot_take_back(track);
}

/* The C stack is at its end: raise, by letting the frame fail in the interpreter's own way. */
static STS_COLD PyObject *refuse(STS_HOOK_PARAMETERS)
{
    if (!throws)
        PyErr_SetString(PyExc_RecursionError,
                        "maximum recursion depth exceeded: the C stack is at its end");
    throws = 1;
    return _PyEval_EvalFrameDefault(STS_HOOK_ARGUMENTS);
}

static STS_COLD struct sts__arc *new_arc(struct sts__track *track, PyCodeObject *code)
{
    int64_t begin_ticks = sts__timeline_ticks(track->recorder->timeline);
    struct sts__arc *arc = sts__track_new_arc(track, sts__frames_code(code));

    track->recorder->slow_ticks += sts__timeline_ticks(track->recorder->timeline) - begin_ticks;
    return arc;
}

/* The arc of this call, and the activations in order above it. NULL: it cannot be booked. */
static struct sts__arc *arc_of(struct sts__track *track, const PyThreadState *state,
                               const STS_FRAME *frame, PyCodeObject *code, enum sts__code_kind kind)
{
    const void *key = kind == STS__CODE_PLAIN ? (const void *)code : (const char *)code + 1;
    struct sts__arc *arc;

    if (track->top->kind == STS__ACTIVATION_FOUND)
        sts__frames_look_back(track, state, sts__frame_caller(state, frame));
    arc = *track->top->cell;
    if (arc->key != key)
        arc = sts__track_arc(track, key);
    if (arc == NULL)
        arc = new_arc(track, code);
    return arc != NULL && sts__track_make_room(track) == 0 ? arc : NULL;
}

/* A coroutine's run has ended. */
static void end_run(struct sts__track *track, const STS_FRAME *frame, bool first_run,
                    int64_t begin_ticks, struct sts__arc *arc, int64_t now_ticks)
{
    struct sts__coroutines *coroutines = &track->recorder->coroutines;
    bool done = sts__frame_is_done(frame);

    if (!first_run) {
        if (done)
            sts__coroutine_end(coroutines, frame, now_ticks);
        return;
    }
    arc->await_ticks += now_ticks - begin_ticks;
    if (!done)
        sts__coroutine_begin(coroutines, &track->coroutines, frame, arc, now_ticks);
}

static void leave_generator(struct sts__track *track, const STS_FRAME *frame)
{
    struct sts__activation *top;
    int64_t now_ticks;

    if (track->slice == NULL || is_paused())
        return;
    now_ticks = clock_now(track);
    top = track->top;
    sts__track_pass_edges(track, now_ticks);
    if (top->frame == frame && top->arc->callee->kind == STS__CODE_COROUTINE &&
        !track->recorder->options.cpu_clock) /* awaiting takes wall time */
        end_run(track, frame, top->first_run, top->begin_ticks, top->arc, now_ticks);
    sts__track_leave(track, frame, now_ticks);
}

/* Not before the window has begun. */
static bool calls_count(const struct sts__track *track)
{
    return track->recorder->on_ticks == INT64_MIN;
}

/* Past edges, onto the stack. */
static void push(struct sts__track *track, struct sts__arc *arc, const STS_FRAME *frame,
                 uint64_t n_calls)
{
    int64_t now_ticks = clock_now(track);

    sts__track_pass_edges(track, now_ticks);
    sts__hot_count(track, arc, calls_count(track) ? n_calls : 0);
    sts__hot_push(track, arc, frame, sts__track_time(track, now_ticks));
}

/* A generator's or coroutine's first run is the call; the others are resumes. */
static PyObject *evaluate_generator(struct sts__track *track, STS_HOOK_PARAMETERS)
{
    PyCodeObject *code = sts__frame_code_of(frame);
    enum sts__frame_run run = sts__frame_run(frame, code);
    struct sts__arc *arc;
    PyObject *result;

    if (run == STS__FRAME_MAKES)
        return evaluate_next(STS_HOOK_ARGUMENTS);
    arc = arc_of(track, STS_HOOK_STATE, frame, code, sts__frames_code_kind(code));
    if (arc == NULL)
        return evaluate_next(STS_HOOK_ARGUMENTS);
    push(track, arc, frame, run == STS__FRAME_STARTS);
    arc->n_resumes += run == STS__FRAME_RESUMES && calls_count(track);
    track->top->first_run = run == STS__FRAME_STARTS && !track->recorder->options.cpu_clock;
    result = evaluate_next(STS_HOOK_ARGUMENTS);
    if (result == NULL && run == STS__FRAME_STARTS)
        look_at_failure(track, frame);
    leave_generator(track, frame);
    return result;
}

static PyObject *evaluate_plain(struct sts__track *track, STS_HOOK_PARAMETERS)
{
    struct sts__arc *arc;
    PyObject *result;

    arc = arc_of(track, STS_HOOK_STATE, frame, sts__frame_code_of(frame), STS__CODE_PLAIN);
    if (arc == NULL)
        return evaluate_next(STS_HOOK_ARGUMENTS);
    push(track, arc, frame, 1);
    result = evaluate_next(STS_HOOK_ARGUMENTS);
    if (result == NULL)
        look_at_failure(track, frame);
    leave_slowly(track, frame);
    return result;
}

static PyObject *evaluate_booked(struct sts__track *track, STS_HOOK_PARAMETERS)
{
    if (sts__frames_code_kind(sts__frame_code_of(frame)) == STS__CODE_PLAIN)
        return evaluate_plain(track, STS_HOOK_ARGUMENTS);
    return evaluate_generator(track, STS_HOOK_ARGUMENTS);
}

/* The context has changed: this call may run under other labels than its caller. */
static STS_COLD PyObject *evaluate_in_context(struct sts__track *track, STS_HOOK_PARAMETERS)
{
    struct sts__labels *labels = track->table->labels;
    PyObject *result;

    sts__frames_labels_hold(labels);
    sts__frames_labels_look(track, STS_HOOK_STATE);
    result = evaluate_booked(track, STS_HOOK_ARGUMENTS);
    if (track->slice != NULL && track->table->labels != labels) {
        sts__track_set_labels(track, labels, clock_now(track));
        track->host_version = 0; /* the context may still be the callee's */
    }
    sts__labels_drop(labels);
    return result;
}

static STS_COLD PyObject *evaluate_slowly(STS_HOOK_PARAMETERS)
{
    PyThreadState *thread_state = STS_HOOK_STATE;
    struct sts__track *track = sts__frames_current;

    if (is_paused())
        return evaluate_next(STS_HOOK_ARGUMENTS);
    if (track == &sts__frames_stranger)
        track = sts__frames_meet(thread_state);
    if (track == NULL || track->slice == NULL)
        return evaluate_next(STS_HOOK_ARGUMENTS);
    if (STS_STACK_HERE() < track->stack_limit)
        return refuse(STS_HOOK_ARGUMENTS);
    if (track->host_version != thread_state->context_ver)
        return evaluate_in_context(track, STS_HOOK_ARGUMENTS);
    return evaluate_booked(track, STS_HOOK_ARGUMENTS);
}

/* --- the usual way --- */

/* The frame ends. */
static STS_INLINE void leave(bool tsc, struct sts__track *track, const STS_FRAME *frame)
{
    int64_t now_ticks = read_clock(tsc);

    if (STS_UNLIKELY(track->top->frame != frame) || STS_UNLIKELY(now_ticks >= track->edge_ticks))
        leave_slowly(track, frame);
    else
        sts__hot_pop(track, now_ticks);
}

/* Whether the call, whose arc was guessed right, is one for the slow way all the same. */
static STS_INLINE bool is_odd(const struct sts__track *track, const PyThreadState *state)
{
    return STS_UNLIKELY(track->host_version != state->context_ver) ||
           STS_UNLIKELY(STS_STACK_HERE() < track->stack_limit) ||
           STS_UNLIKELY(track->top >= track->last);
}

/* A generator that was met before: as a function, but for what counts as a call. */
static STS_INLINE PyObject *evaluate_known(bool tsc, struct sts__track *track, struct sts__arc *arc,
                                           STS_HOOK_PARAMETERS)
{
    enum sts__frame_run run = sts__frame_run(frame, sts__frame_code_of(frame));
    int64_t now_ticks;
    PyObject *result;

    if (run == STS__FRAME_MAKES)
        return evaluate_next(STS_HOOK_ARGUMENTS);
    now_ticks = read_clock(tsc);
    if (STS_UNLIKELY(now_ticks >= track->edge_ticks))
        return evaluate_slowly(STS_HOOK_ARGUMENTS);
    sts__hot_count(track, arc, run == STS__FRAME_STARTS);
    arc->n_resumes += run == STS__FRAME_RESUMES;
    sts__hot_push(track, arc, frame, now_ticks);
    result = evaluate_next(STS_HOOK_ARGUMENTS);
    if (STS_UNLIKELY(result == NULL) && run == STS__FRAME_STARTS)
        look_at_failure(track, frame);
    leave(tsc, track, frame);
    return result;
}

static PyObject *evaluate_known_by_tsc(struct sts__track *track, struct sts__arc *arc,
                                       STS_HOOK_PARAMETERS)
{
    return evaluate_known(true, track, arc, STS_HOOK_ARGUMENTS);
}

static PyObject *evaluate_known_by_mono(struct sts__track *track, struct sts__arc *arc,
                                        STS_HOOK_PARAMETERS)
{
    return evaluate_known(false, track, arc, STS_HOOK_ARGUMENTS);
}

/* The guess is not the function itself: a generator's arc, or another one's. */
static STS_INLINE PyObject *evaluate_other(bool tsc, struct sts__track *track, struct sts__arc *arc,
                                           STS_HOOK_PARAMETERS)
{
    if (arc->key != (const char *)sts__frame_code_of(frame) + 1 ||
        arc->callee->kind != STS__CODE_GENERATOR || is_odd(track, STS_HOOK_STATE))
        return evaluate_slowly(STS_HOOK_ARGUMENTS);
    return tsc ? evaluate_known_by_tsc(track, arc, STS_HOOK_ARGUMENTS)
               : evaluate_known_by_mono(track, arc, STS_HOOK_ARGUMENTS);
}

static STS_INLINE PyObject *evaluate(bool tsc, STS_HOOK_PARAMETERS)
{
    struct sts__track *track = sts__frames_current;
    struct sts__arc *arc = *track->top->cell;
    int64_t now_ticks;
    PyObject *result;

    if (STS_UNLIKELY(arc->key != sts__frame_code_of(frame)))
        return evaluate_other(tsc, track, arc, STS_HOOK_ARGUMENTS);
    if (is_odd(track, STS_HOOK_STATE))
        return evaluate_slowly(STS_HOOK_ARGUMENTS);
    now_ticks = read_clock(tsc);
    if (STS_UNLIKELY(now_ticks >= track->edge_ticks))
        return evaluate_slowly(STS_HOOK_ARGUMENTS);
    sts__hot_count(track, arc, 1);
    sts__hot_push(track, arc, frame, now_ticks);
    result = evaluate_next(STS_HOOK_ARGUMENTS);
    if (STS_UNLIKELY(result == NULL))
        look_at_failure(track, frame);
    leave(tsc, track, frame);
    return result;
}

static STS_HOT PyObject *evaluate_by_tsc(STS_HOOK_PARAMETERS)
{
    return evaluate(true, STS_HOOK_ARGUMENTS);
}

static STS_HOT PyObject *evaluate_by_mono(STS_HOOK_PARAMETERS)
{
    return evaluate(false, STS_HOOK_ARGUMENTS);
}

/* A thread's processor time costs a system call: the slow way is none in comparison. */
static PyObject *evaluate_by_cpu(STS_HOOK_PARAMETERS)
{
    return evaluate_slowly(STS_HOOK_ARGUMENTS);
}

_PyFrameEvalFunction sts__frames_evaluator(enum sts__frames_clock clock)
{
    static const _PyFrameEvalFunction evaluators[] = {
        [STS__FRAMES_TSC] = evaluate_by_tsc,
        [STS__FRAMES_MONO] = evaluate_by_mono,
        [STS__FRAMES_CPU] = evaluate_by_cpu,
    };

    return evaluators[clock];
}
