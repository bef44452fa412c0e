/* SPDX-License-Identifier: MIT */
/*
 * frames.h - the engine `frames`: Python functions, by the frame evaluation hook (PEP 523).
 *
 * In:   every frame that the main interpreter runs, in any thread.
 * Out:  calls and times in the process's one recorder.
 * Why:  a call through the hook costs a tenth of one that is told to a profile function.
 * Note: every call is made with the GIL held.
 */
#ifndef STS_COLLECTOR_FRAMES_H
#define STS_COLLECTOR_FRAMES_H

#include "collector/compat.h"
#include "record/recorder.h"

/*
 * sts__frames_take - the recorder is the caller's until sts__frames_give.
 *
 * Returns: -1 with an exception set (RuntimeError) when somebody has it, or in a sub-interpreter.
 */
int sts__frames_take(void);
void sts__frames_give(void);

/* sts__frames_timeline - the process's clock. */
struct sts__timeline *sts__frames_timeline(void);

/* sts__frames_recorder - the process's one; whoever records has it to himself. */
struct sts__recorder *sts__frames_recorder(void);

/*
 * sts__frames_install - frames are seen from here on; the recorder has begun.
 *
 * one_thread: only the calling thread's.   What is running is put on the stacks.
 */
void sts__frames_install(bool one_thread);

/* sts__frames_uninstall - the hook that was there before is there again; the recorder can end. */
void sts__frames_uninstall(void);

/*
 * sts__frames_pause, sts__frames_resume - without and with the hook; for the budget.
 *
 * sts__frames_pause: also from within the hook.   begin_ticks: as sts__recorder_resume has it;
 * what runs now ran since then.   length_ticks: of the window.
 */
void sts__frames_pause(void);
void sts__frames_resume(int64_t begin_ticks, int64_t length_ticks);

/* sts__frames_at_window_end - whom the hook tells, NULL: nobody, when the first event behind the
 * end of the recorder's window comes by. It pauses, or plans another end. */
void sts__frames_at_window_end(void (*tell)(void));

/* sts__frames_look - see which activations that were running before have ended; before a cut. */
void sts__frames_look(void);

/* sts__frames_clock_changed - the recorder's ticks are another clock's now. */
void sts__frames_clock_changed(void);

/* sts__frames_ignore_begin, _end - nothing that the calling thread, which is not the program's,
 * runs in between is seen; nor is it looked for. One thread at a time. */
void sts__frames_ignore_begin(void);
void sts__frames_ignore_end(void);

/* sts__frames_fork_child - nothing is recorded in a forked child, until it begins anew. */
void sts__frames_fork_child(void);

/* sts__frames_track - of the calling thread; NULL when nothing of it is recorded. */
struct sts__track *sts__frames_track(void);

/* sts__frames_labels_changed - the context's labels are to be looked at again. */
void sts__frames_labels_changed(void);

#endif
