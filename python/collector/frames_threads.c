/* SPDX-License-Identifier: MIT */
/*
 * frames_threads.c - see frames.h: the threads that the hook meets, and what they were running
 * before; the hook on and off.
 */
#include "collector/frames_bypass.h"
#include "collector/frames_code.h"
#include "collector/frames_labels.h"
#include "collector/frames_state.h"

#include <sys/syscall.h>
#include <unistd.h>

enum {
    STS_STACK_SPARE_BYTES = 128 * 1024
}; /* for C code between one call of the hook and the next */

/* Neither of them is in a slice; no call matches their guess. */
static struct sts__arc blank = { .first = &blank, .successor = &blank };
static struct sts__arc *blank_cell = &blank;
static struct sts__activation base = { .cell = &blank_cell, .arc = &blank };
static struct sts__track ignored_track = { .top = &base, .last = &base, .edge_ticks = INT64_MAX };

struct sts__track sts__frames_stranger = { .top = &base, .last = &base, .edge_ticks = INT64_MAX };
STS_THREAD_LOCAL struct sts__track *sts__frames_current = &sts__frames_stranger;
struct sts__frames_state sts__frames;

static pthread_key_t thread_end_key;

struct sts__recorder *sts__frames_recorder(void)
{
    return &sts__frames.recorder;
}

/* Runs in the thread that ends, without the GIL. */
static void thread_ends(void *track)
{
    sts__frames_current = &sts__frames_stranger;
    atomic_store_explicit(&((struct sts__track *)track)->dead, true, memory_order_release);
}

struct sts__timeline *sts__frames_timeline(void)
{
    return &sts__frames.timeline;
}

/* Once a process. Returns: -1 with an exception set. */
static int get_ready(void)
{
    if (sts__frames.is_ready)
        return 0;
    sts__recorder_init(&sts__frames.recorder);
    if (sts__frames_code_init(&sts__frames.recorder) < 0)
        return -1;
    if (pthread_key_create(&thread_end_key, thread_ends) != 0) {
        PyErr_SetString(PyExc_RuntimeError, "too many users of thread-specific data");
        return -1;
    }
    sts__timeline_init(&sts__frames.timeline);
    sts__frames.interpreter = PyInterpreterState_Main();
    sts__frames.is_ready = true;
    return 0;
}

int sts__frames_take(void)
{
    if (PyThreadState_Get()->interp != PyInterpreterState_Main()) {
        PyErr_SetString(PyExc_RuntimeError,
                        "statslice records the main interpreter, not a sub-interpreter");
        return -1;
    }
    if (!STS_FRAMES_ARE_KNOWN) {
        PyErr_SetString(PyExc_RuntimeError,
                        "the frames engine knows CPython 3.8 to 3.15; this is " PY_VERSION);
        return -1;
    }
    if (sts__frames.is_taken) {
        PyErr_SetString(PyExc_RuntimeError,
                        "this process is being recorded already, by statslice.start() or "
                        "statslice.Profile(engine=\"frames\")");
        return -1;
    }
    if (get_ready() < 0)
        return -1;
    sts__frames.is_taken = true;
    return 0;
}

void sts__frames_give(void)
{
    sts__frames.is_taken = false;
}

/* --- threads --- */

static int64_t kernel_thread_id(void)
{
    return (int64_t)syscall(SYS_gettid);
}

/* The lowest address at which the thread's C stack may be when a call begins. */
static uintptr_t stack_limit(void)
{
    pthread_attr_t attributes;
    void *lowest = NULL;
    size_t bytes = 0;

    if (pthread_getattr_np(pthread_self(), &attributes) != 0)
        return 0;
    if (pthread_attr_getstack(&attributes, &lowest, &bytes) != 0)
        bytes = 0;
    (void)pthread_attr_destroy(&attributes);
    if (bytes < 2 * STS_STACK_SPARE_BYTES)
        return (uintptr_t)lowest + bytes / 2;
    return (uintptr_t)lowest + STS_STACK_SPARE_BYTES;
}

static bool is_of(const struct sts__track *track, const PyThreadState *state)
{
    return track->host == state && !atomic_load_explicit(&track->dead, memory_order_acquire);
}

/* near: where to look first, or NULL; tracks and the interpreter's threads are in much the same
 * order. */
static struct sts__track *track_near(struct sts__track *near, const PyThreadState *state)
{
    struct sts__track *track;

    for (track = near; track != NULL; track = track->next) {
        if (is_of(track, state))
            return track;
    }
    for (track = sts__frames.recorder.tracks; track != near; track = track->next) {
        if (is_of(track, state))
            return track;
    }
    return NULL;
}

struct sts__track *sts__frames_track_of(const PyThreadState *state)
{
    return track_near(NULL, state);
}

static bool is_recorded(void)
{
    return sts__frames.recorder.recording && !sts__frames.recorder.paused &&
           (!sts__frames.one_thread || pthread_equal(sts__frames.thread, pthread_self()));
}

static struct sts__track *meet(PyThreadState *state)
{
    struct sts__track *track;

    track = track_near(NULL, state);
    if (track == NULL)
        track = sts__recorder_track(&sts__frames.recorder, kernel_thread_id());
    if (track == NULL || pthread_setspecific(thread_end_key, track) != 0)
        return NULL; /* out of memory: the thread goes unseen */
    track->thread_id = kernel_thread_id();
    track->host = state;
    track->host_is_told = true;
    track->stack_limit = stack_limit();
    track->has_cpu_clock = pthread_getcpuclockid(pthread_self(), &track->cpu_clock) == 0;
    track->host_version = 0;
    sts__frames_current = track;
    return track;
}

struct sts__track *sts__frames_meet(PyThreadState *state)
{
    struct sts__recorder *recorder = &sts__frames.recorder;
    struct sts__track *track;
    int64_t begin_ticks;

    if (!is_recorded())
        return NULL;
    begin_ticks = sts__timeline_ticks(recorder->timeline);
    track = meet(state);
    recorder->slow_ticks += sts__timeline_ticks(recorder->timeline) - begin_ticks;
    return track;
}

struct sts__track *sts__frames_track(void)
{
    struct sts__track *track = sts__frames_current;

    if (track == &sts__frames_stranger)
        track = sts__frames_meet(PyThreadState_Get());
    return track != NULL && track->slice != NULL && !sts__frames.recorder.paused ? track : NULL;
}

void sts__frames_ignore_begin(void)
{
    if (sts__frames_current == &sts__frames_stranger)
        sts__frames_current = &ignored_track;
    sts__frames.ignored = PyThreadState_Get();
}

void sts__frames_ignore_end(void)
{
    if (sts__frames.ignored == PyThreadState_Get())
        sts__frames.ignored = NULL;
}

/* A track whose thread never came by is told dead when the interpreter has none such any more. */
static void bury_unseen(uint64_t seen)
{
    struct sts__track *track;

    for (track = sts__frames.recorder.tracks; track != NULL; track = track->next) {
        if (track->host != NULL && !track->host_is_told && track->seen != seen)
            atomic_store_explicit(&track->dead, true, memory_order_release);
    }
}

/* do_thread: what is to be done with each thread of the interpreter; track: NULL when it is not
 * known. Returns: its track. */
static void each_thread(struct sts__track *(*do_thread)(PyThreadState *state,
                                                        struct sts__track *track,
                                                        sts__frames_found found, int64_t ticks),
                        sts__frames_found found, int64_t ticks)
{
    static uint64_t seen;
    PyThreadState *state = PyInterpreterState_ThreadHead(sts__frames.interpreter);
    struct sts__track *track = NULL;

    seen++;
    for (; state != NULL; state = PyThreadState_Next(state)) {
        track = do_thread(state, track_near(track, state), found, ticks);
        if (track != NULL)
            track->seen = seen;
    }
    bury_unseen(seen);
}

/* --- what was running before --- */

static bool runs(const PyThreadState *state, const void *frame)
{
    const STS_FRAME *running = sts__frame_running(state);

    while (running != NULL && running != frame)
        running = sts__frame_back(running);
    return running != NULL;
}

void sts__frames_look_back(struct sts__track *track, const PyThreadState *state, const void *caller)
{
    while (track->top != track->base && track->top->kind == STS__ACTIVATION_FOUND) {
        int64_t now_ticks = sts__recorder_ticks(track->recorder);

        if (track->top->frame == caller || runs(state, track->top->frame))
            return;
        if (track->slice != NULL) /* what passed before an edge is not charged behind it */
            sts__track_pass_edges(track, now_ticks);
        sts__track_drop_above(track, sts__track_depth(track) - 1, now_ticks);
    }
}

static struct sts__track *look_at(PyThreadState *state, struct sts__track *track,
                                  sts__frames_found Py_UNUSED(found), int64_t Py_UNUSED(ticks))
{
    if (track != NULL)
        sts__frames_look_back(track, state, NULL);
    return track;
}

void sts__frames_look(void)
{
    each_thread(look_at, NULL, 0);
}

enum { STS_FOUND_DEPTH_MAX = 2000 }; /* of frames found running; those below are not told */

/* The package's own frames are no part of the program. */
static bool is_own(const STS_FRAME *frame)
{
    PyObject *globals = sts__frame_globals_of(frame), *name;
    const char *text;

    name =
        globals != NULL && PyDict_Check(globals) ? PyDict_GetItemString(globals, "__name__") : NULL;
    text = name != NULL && PyUnicode_Check(name) ? PyUnicode_AsUTF8(name) : NULL;
    if (text == NULL)
        PyErr_Clear();
    return text != NULL && strncmp(text, "statslice.", strlen("statslice.")) == 0;
}

/* Its end is looked for. */
static void watch_found(struct sts__track *track, const STS_FRAME *frame, int64_t begin_ticks)
{
    sts__track_find(track, sts__frames_code(sts__frame_code_of(frame)), frame, begin_ticks);
}

/* From the oldest to the one that called what runs now. */
static void find_callers(struct sts__track *track, const STS_FRAME *frame, sts__frames_found found,
                         int64_t begin_ticks, size_t depth)
{
    if (frame == NULL || depth == 0)
        return;
    find_callers(track, sts__frame_back(frame), found, begin_ticks, depth - 1);
    if (!is_own(frame))
        found(track, frame, begin_ticks);
}

/* What has yet to begin was not running before: its caller was, in C code that calls it. */
static void find_frames(struct sts__track *track, const STS_FRAME *frame, sts__frames_found found,
                        int64_t begin_ticks)
{
    find_callers(track, sts__frame_back(frame), found, begin_ticks, STS_FOUND_DEPTH_MAX);
    if (!is_own(frame))
        found(track, frame,
              sts__frame_is_fresh(frame) ? sts__recorder_ticks(track->recorder) : begin_ticks);
}

/* The kernel's id of a thread that has not come by yet; 0: not known. */
static int64_t thread_id_of(const PyThreadState *state)
{
#if PY_VERSION_HEX >= 0x030B0000
    return (int64_t)state->native_thread_id;
#else
    PyObject *name = PyUnicode_FromString("threading"), *key, *thread;
    PyObject *module = name == NULL ? NULL : PyImport_GetModule(name), *id = NULL;
    PyObject *active = module == NULL ? NULL : PyObject_GetAttrString(module, "_active");
    long long thread_id = 0;

    key = PyLong_FromUnsignedLong(state->thread_id);
    if (active != NULL && PyDict_Check(active) && key != NULL) {
        thread = PyDict_GetItemWithError(active, key);
        id = thread == NULL ? NULL : PyObject_GetAttrString(thread, "_native_id");
    }
    if (id != NULL && PyLong_Check(id))
        thread_id = PyLong_AsLongLong(id);
    PyErr_Clear();
    Py_XDECREF(name);
    Py_XDECREF(module);
    Py_XDECREF(active);
    Py_XDECREF(key);
    Py_XDECREF(id);
    return thread_id > 0 ? (int64_t)thread_id : 0;
#endif
}

static struct sts__track *find_thread(PyThreadState *state, struct sts__track *track,
                                      sts__frames_found found, int64_t ticks)
{
    const STS_FRAME *frame = sts__frame_running(state);

    if (frame == NULL || state == sts__frames.ignored ||
        (sts__frames.one_thread && state != PyThreadState_Get()))
        return track;
    if (track == NULL) {
        track = sts__recorder_track(&sts__frames.recorder, thread_id_of(state));
        if (track == NULL)
            return NULL;
        track->host = state;
    }
    if (sts__track_depth(track) != 0)
        return track;
    sts__track_pass_edges(track, ticks);
    find_frames(track, frame, found, ticks);
    return track;
}

void sts__frames_find_thread(PyThreadState *state, sts__frames_found found, int64_t begin_ticks)
{
    (void)find_thread(state, sts__frames_track_of(state), found, begin_ticks);
}

void sts__frames_find_threads(sts__frames_found found)
{
    sts__recorder_reap(&sts__frames.recorder);
    /* The lock was ours since the recorder began: what runs has run since then. */
    each_thread(find_thread, found, sts__frames.recorder.current->begin_ticks);
}

/* --- on and off --- */

static bool is_ours(_PyFrameEvalFunction evaluator)
{
    return evaluator == sts__frames_evaluator(STS__FRAMES_TSC) ||
           evaluator == sts__frames_evaluator(STS__FRAMES_MONO) ||
           evaluator == sts__frames_evaluator(STS__FRAMES_CPU);
}

static enum sts__frames_clock clock_of(const struct sts__recorder *recorder)
{
    if (recorder->options.cpu_clock)
        return STS__FRAMES_CPU;
    return recorder->timeline->tsc ? STS__FRAMES_TSC : STS__FRAMES_MONO;
}

static void put_hook(void)
{
    _PyFrameEvalFunction found = sts__hook_get(sts__frames.interpreter);

    sts__frames.is_put = true;
    if (is_ours(found) || (sts__frames.is_behind && found != _PyEval_EvalFrameDefault))
        return; /* ours is behind another one, which calls it */
    sts__frames.next = found;
    sts__hook_set(sts__frames.interpreter, sts__frames_evaluator(clock_of(&sts__frames.recorder)));
}

void sts__frames_clock_changed(void)
{
    if (is_ours(sts__hook_get(sts__frames.interpreter)))
        sts__hook_set(sts__frames.interpreter,
                      sts__frames_evaluator(clock_of(&sts__frames.recorder)));
}

/* Where another one was put before ours, ours stays behind it and passes everything on. */
static void take_hook(void)
{
    if (!sts__frames.is_put)
        return;
    sts__frames.is_put = false;
    sts__frames.is_behind = !is_ours(sts__hook_get(sts__frames.interpreter));
    if (!sts__frames.is_behind)
        sts__hook_set(sts__frames.interpreter, sts__frames.next);
}

void sts__frames_install(bool one_thread)
{
    struct sts__track *track;

    sts__frames.one_thread = one_thread;
    sts__frames.thread = pthread_self();
    sts__frames.is_installed = true;
    track = sts__frames_track();
    sts__frames_find_threads(watch_found);
    if (track != NULL)
        sts__frames_labels_look(track, PyThreadState_Get());
    put_hook();
    sts__bypass_close();
}

void sts__frames_uninstall(void)
{
    if (!sts__frames.is_installed)
        return;
    sts__bypass_open();
    take_hook();
    sts__frames.is_installed = false;
}

void sts__frames_pause(void)
{
    take_hook();
    sts__recorder_pause(&sts__frames.recorder);
}

void sts__frames_resume(int64_t begin_ticks, int64_t length_ticks)
{
    struct sts__recorder *recorder = &sts__frames.recorder;

    begin_ticks = sts__recorder_resume(recorder, begin_ticks);
    sts__recorder_plan_off(recorder, begin_ticks + length_ticks);
    each_thread(find_thread, watch_found, begin_ticks);
    put_hook();
}

void sts__frames_at_window_end(void (*tell)(void))
{
    sts__frames.at_window_end = tell;
}

void sts__frames_fork_child(void)
{
    struct sts__track *track = sts__frames_current;

    take_hook();
    sts__frames.is_installed = false;
    sts__frames.thread = pthread_self();
    if (track == &sts__frames_stranger || track == &ignored_track)
        track = NULL;
    sts__recorder_fork(&sts__frames.recorder, track);
    if (track != NULL)
        track->thread_id = kernel_thread_id();
}
