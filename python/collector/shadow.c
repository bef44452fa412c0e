/* SPDX-License-Identifier: MIT */
/*
 * shadow.c - see shadow.h.
 *
 * The usual call costs one comparison to find its edge: each edge remembers the edge of the call
 * made last from it, and most callers call the same function again.
 */
#include "collector/shadow.h"

#include "collector/subject.h"

enum {
    STS_FRAMES_FIRST = 256,
    STS_FRAMES_SPARE = 2, /* a call's, and one to mark lost calls above it */
};

struct sts__shadow *sts__shadow_new(struct sts__session *session)
{
    struct sts__shadow *shadow = PyMem_Calloc(1, sizeof(*shadow));

    if (shadow == NULL)
        return NULL;
    shadow->frames = PyMem_Calloc(STS_FRAMES_FIRST, sizeof(*shadow->frames));
    if (shadow->frames == NULL) {
        PyMem_Free(shadow);
        return NULL;
    }
    shadow->session = session;
    shadow->root_edge.callee = &shadow->root;
    shadow->root_edge.latest = &shadow->root_edge;
    shadow->lost_edge.callee = &shadow->root;
    shadow->lost_edge.latest = &shadow->root_edge;
    shadow->frames[0].edge = &shadow->root_edge;
    shadow->top = shadow->frames;
    shadow->end = shadow->frames + STS_FRAMES_FIRST - 1;
    return shadow;
}

void sts__shadow_free(struct sts__shadow *shadow)
{
    if (shadow == NULL)
        return;
    sts__calltable_deinit(&shadow->table);
    PyMem_Free(shadow->frames);
    PyMem_Free(shadow);
}

static STS_COLD int grow_frames(struct sts__shadow *shadow)
{
    size_t depth = (size_t)(shadow->top - shadow->frames);
    size_t n_frames = (size_t)(shadow->end - shadow->frames) + 1;
    struct sts__frame *frames;

    if (n_frames >= STS__DEPTH_MAX)
        return -1;
    frames = PyMem_Realloc(shadow->frames, 2 * n_frames * sizeof(*frames));
    if (frames == NULL)
        return -1;
    shadow->frames = frames;
    shadow->top = frames + depth;
    shadow->end = frames + 2 * n_frames - 1;
    return 0;
}

/* The call cannot be put on the stack: count it, so that its return is known for what it is. */
static STS_COLD void lose_call(struct sts__shadow *shadow)
{
    shadow->session->lost_calls = true;
    if (shadow->top->edge != &shadow->lost_edge) {
        shadow->top++; /* STS_FRAMES_SPARE left a frame for it */
        shadow->top->edge = &shadow->lost_edge;
        shadow->n_lost = 0;
    }
    shadow->n_lost++;
}

static STS_COLD struct sts__function *add_function(struct sts__shadow *shadow, const void *key,
                                                   PyObject *subject, PyObject *self_arg)
{
    struct sts__session *session = shadow->session;
    struct sts__call_out call_out;
    unsigned epoch = shadow->epoch;
    PyObject *described;

    sts__session_call_out_begin(session, &call_out);
    described = sts__subject_describe(subject, self_arg);
    if (described == NULL)
        PyErr_Clear();
    if (described != NULL && shadow->epoch != epoch)
        Py_CLEAR(described);
    sts__session_call_out_end(session, &call_out);
    if (described == NULL)
        return NULL;
    return sts__calltable_add_function(&shadow->table, key, described);
}

/* The caller to which a call made now is booked. */
static inline struct sts__function *caller_now(struct sts__shadow *shadow)
{
    return shadow->session->subcalls ? shadow->top->edge->callee : &shadow->root;
}

/* The edge of a call that was made before, but not last from where the thread is; or NULL. */
static struct sts__edge *known_edge(struct sts__shadow *shadow, const void *key)
{
    struct sts__edge *from = shadow->top->edge, *edge;

    if (from == &shadow->lost_edge)
        return NULL;
    edge = sts__calltable_edge(&shadow->table, caller_now(shadow), key);
    if (edge != NULL)
        from->latest = edge;
    return edge;
}

/* The edge of a first call. NULL: out of memory, or the shadow was flushed meanwhile. */
static struct sts__edge *add_edge(struct sts__shadow *shadow, const void *key, PyObject *subject,
                                  PyObject *self_arg)
{
    struct sts__function *callee;

    callee = sts__calltable_function(&shadow->table, key);
    if (callee == NULL)
        callee = add_function(shadow, key, subject, self_arg);
    if (callee == NULL)
        return NULL;
    return sts__calltable_add_edge(&shadow->table, caller_now(shadow), callee, &shadow->root_edge);
}

static inline ptrdiff_t frames_left(const struct sts__shadow *shadow)
{
    return shadow->end - shadow->top;
}

/* The time by the clock of ticks.h, when there is no timer. */
static inline int64_t clock_ticks(const struct sts__session *session)
{
    return session->tsc ? sts__tsc_read() : sts__ticks_mono_ns();
}

static inline void push(struct sts__shadow *shadow, struct sts__edge *edge, int64_t now_ticks)
{
    struct sts__frame *frame = ++shadow->top;

    edge->level++;
    edge->callee->level++;
    frame->edge = edge;
    frame->callees_ticks = 0;
    frame->begin_ticks = now_ticks;
}

/* Take the top frame off; it is neither the root nor the lost one. */
static inline void pop(struct sts__shadow *shadow, int64_t now_ticks)
{
    struct sts__frame *frame = shadow->top;
    struct sts__edge *edge = frame->edge;
    struct sts__function *function = edge->callee;
    int64_t elapsed_ticks = now_ticks - frame->begin_ticks;

    shadow->top = frame - 1;
    frame[-1].callees_ticks += elapsed_ticks;
    edge->n_calls++;
    edge->own_ticks += elapsed_ticks - frame->callees_ticks;
    if (--edge->level == 0)
        edge->cum_ticks += elapsed_ticks;
    else
        edge->n_recursive++;
    if (--function->level == 0)
        function->cum_ticks += elapsed_ticks;
    else
        function->n_recursive++;
}

static void enter_calling_out(struct sts__shadow *shadow, const void *key, PyObject *subject,
                              PyObject *self_arg)
{
    unsigned epoch = shadow->epoch;
    struct sts__edge *edge;
    int64_t now_ticks;

    edge = known_edge(shadow, key);
    if (edge == NULL && shadow->top->edge != &shadow->lost_edge)
        edge = add_edge(shadow, key, subject, self_arg);
    if (shadow->epoch != epoch)
        return;
    if (edge == NULL || (frames_left(shadow) < STS_FRAMES_SPARE && grow_frames(shadow) < 0)) {
        lose_call(shadow);
        return;
    }
    now_ticks = sts__session_ticks(shadow->session);
    if (shadow->epoch == epoch)
        push(shadow, edge, now_ticks);
}

static STS_COLD void enter_slowly(struct sts__shadow *shadow, const void *key, PyObject *subject,
                                  PyObject *self_arg)
{
    PyObject *owner = shadow->session->owner;
    struct sts__raised raised = sts__raised_save();

    Py_INCREF(owner);
    enter_calling_out(shadow, key, subject, self_arg);
    Py_DECREF(owner);
    sts__raised_restore(raised);
}

STS_HOT void sts__shadow_enter(struct sts__shadow *shadow, const void *key, PyObject *subject,
                               PyObject *self_arg)
{
    struct sts__edge *edge = shadow->top->edge->latest;

    if (edge->key != key)
        edge = known_edge(shadow, key);
    if (edge != NULL && frames_left(shadow) >= STS_FRAMES_SPARE && shadow->session->timer == NULL)
        push(shadow, edge, clock_ticks(shadow->session));
    else
        enter_slowly(shadow, key, subject, self_arg);
}

/* Leave `key` although something else is on top: its callees on top of it are left with it. */
static STS_COLD void leave_below(struct sts__shadow *shadow, const void *key, int64_t now_ticks)
{
    const struct sts__function *function;

    if (shadow->top->edge == &shadow->lost_edge) {
        if (--shadow->n_lost == 0)
            shadow->top--;
        return;
    }
    function = sts__calltable_function(&shadow->table, key);
    if (function == NULL || function->level == 0)
        return;
    while (shadow->top->edge->key != key)
        pop(shadow, now_ticks);
    pop(shadow, now_ticks);
}

static void leave_calling_out(struct sts__shadow *shadow, const void *key)
{
    unsigned epoch = shadow->epoch;
    int64_t now_ticks;

    if (shadow->top == shadow->frames)
        return; /* without asking the timer, as cProfile does */
    now_ticks = sts__session_ticks(shadow->session);
    if (shadow->epoch != epoch)
        return;
    if (shadow->top->edge->key == key)
        pop(shadow, now_ticks);
    else
        leave_below(shadow, key, now_ticks);
}

static STS_COLD void leave_slowly(struct sts__shadow *shadow, const void *key)
{
    PyObject *owner = shadow->session->owner;
    struct sts__raised raised = sts__raised_save();

    Py_INCREF(owner);
    leave_calling_out(shadow, key);
    Py_DECREF(owner);
    sts__raised_restore(raised);
}

STS_HOT void sts__shadow_leave(struct sts__shadow *shadow, const void *key)
{
    if (shadow->session->timer == NULL && shadow->top->edge->key == key)
        pop(shadow, clock_ticks(shadow->session));
    else
        leave_slowly(shadow, key);
}

void sts__shadow_flush(struct sts__shadow *shadow)
{
    shadow->epoch++;
    if (shadow->top->edge == &shadow->lost_edge)
        shadow->top--;
    while (shadow->top != shadow->frames) {
        int64_t now_ticks = sts__session_ticks(shadow->session);

        if (shadow->top != shadow->frames) /* the timer may have let another thread flush */
            pop(shadow, now_ticks);
    }
}

void sts__shadow_clear(struct sts__shadow *shadow)
{
    shadow->epoch++;
    shadow->top = shadow->frames;
    shadow->root_edge.latest = &shadow->root_edge;
    sts__calltable_deinit(&shadow->table);
}

void sts__shadow_forget_guesses(struct sts__shadow *shadow)
{
    struct sts__edge *edge;

    shadow->root_edge.latest = &shadow->root_edge;
    for (edge = shadow->table.first_edge; edge != NULL; edge = edge->next)
        edge->latest = &shadow->root_edge;
}
