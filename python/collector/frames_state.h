/* SPDX-License-Identifier: MIT */
/*
 * frames_state.h - what the files of the engine `frames` share.
 *
 * Why:  the interpreter hands the hook no pointer of the engine's own, so the state is static:
 *       one a process. The GIL guards it; `current` is each thread's own.
 */
#ifndef STS_COLLECTOR_FRAMES_STATE_H
#define STS_COLLECTOR_FRAMES_STATE_H

#include "collector/frames.h"

#include "collector/frame.h"

#include <pthread.h>

#if defined(__GNUC__)
/* One load instead of a call: the module needs a few bytes of what the loader keeps ready. */
#define STS_THREAD_LOCAL __thread __attribute__((tls_model("initial-exec")))
#define STS_UNLIKELY(x)  __builtin_expect((x) != 0, 0)
#define STS_INLINE       inline __attribute__((always_inline))
#define STS_STACK_HERE() ((uintptr_t)__builtin_frame_address(0))
#else
#define STS_THREAD_LOCAL _Thread_local
#define STS_UNLIKELY(x)  (x)
#define STS_INLINE       inline
#define STS_STACK_HERE() UINTPTR_MAX
#endif

enum sts__frames_clock { STS__FRAMES_TSC, STS__FRAMES_MONO, STS__FRAMES_CPU };

struct sts__frames_state {
    struct sts__recorder recorder;
    struct sts__timeline timeline;
    bool is_taken;
    PyInterpreterState *interpreter; /* the main one */
    _PyFrameEvalFunction next;       /* the evaluator that was there before */
    bool is_ready, is_installed;
    bool is_put;    /* frames come by */
    bool is_behind; /* another hook was put before ours, and calls it */
    void (*at_window_end)(void);
    bool one_thread; /* only `thread` is recorded */
    pthread_t thread;
    const PyThreadState *ignored; /* runs what is none of the program's */
};

extern struct sts__frames_state sts__frames;

/* The calling thread's track; the stranger's until its first call. */
extern STS_THREAD_LOCAL struct sts__track *sts__frames_current;
extern struct sts__track sts__frames_stranger;

/* sts__frames_evaluator - the hook for a clock. */
_PyFrameEvalFunction sts__frames_evaluator(enum sts__frames_clock clock);

/* sts__frames_meet - the track of a thread at its first call. NULL: nothing of it is recorded. */
struct sts__track *sts__frames_meet(PyThreadState *state);

/* sts__frames_track_of - the track of a living thread; NULL: it has none. */
struct sts__track *sts__frames_track_of(const PyThreadState *state);

/* What is done with a frame that was running before, oldest first. */
typedef void (*sts__frames_found)(struct sts__track *track, const STS_FRAME *frame,
                                  int64_t begin_ticks);

/* sts__frames_find_thread, _threads - what a thread has been running since begin_ticks, or each
 * since the recorder's begin, unless that is known. */
void sts__frames_find_thread(PyThreadState *state, sts__frames_found found, int64_t begin_ticks);
void sts__frames_find_threads(sts__frames_found found);

/* sts__frames_look_back - activations that were running before, and have ended, go.
 * caller: what runs now, or NULL. */
void sts__frames_look_back(struct sts__track *track, const PyThreadState *state,
                           const void *caller);

#endif
