/* SPDX-License-Identifier: MIT */
/*
 * budget.c - see budget.h.
 */
#include "collector/budget.h"

#include "base/clock.h"
#include "collector/frames.h"
#include "record/governor.h"

#include <stdatomic.h>
#include <unistd.h>

#define HANDOVER_NS                                                                                \
    INT64_C(30000) /* that a thread loses when another one takes the lock, and back */

enum { CALLS = 5000, ROUNDS = 5 };

static struct sts__governor governor;
static atomic_llong due_mono_ns = INT64_MAX;
static uint64_t n_calls_seen;
static int64_t switching_ns;

static const char loop_source[] = "def call(): pass\n"
                                  "def loop(n):\n"
                                  "    for _ in range(n): call()\n";

/* --- what a call costs --- */

static int64_t timed_loop(PyObject *loop)
{
    int64_t begin_ns = sts__clock_mono_ns();
    PyObject *done = PyObject_CallFunction(loop, "i", (int)CALLS);

    if (done == NULL)
        return -1;
    Py_DECREF(done);
    return sts__clock_mono_ns() - begin_ns;
}

/* The same under the hook, into slices that nobody sees. */
static int64_t timed_loop_recorded(PyObject *loop)
{
    const struct sts__recorder_options options = { .n_label_sets_max = STS__LABEL_SETS_MAX };
    struct sts__recorder *recorder = sts__frames_recorder();
    struct sts__slice *slice;
    int64_t took_ns;

    if (sts__recorder_begin(recorder, sts__frames_timeline(), &options) < 0) {
        PyErr_NoMemory();
        return -1;
    }
    sts__frames_install(true);
    took_ns = timed_loop(loop);
    sts__frames_uninstall();
    sts__recorder_end(recorder);
    while ((slice = sts__recorder_take(recorder)) != NULL)
        sts__recorder_release(recorder, slice);
    return took_ns;
}

static double cost_of(PyObject *loop)
{
    int64_t plain_ns = INT64_MAX, recorded_ns = INT64_MAX;
    int i;

    for (i = 0; i < ROUNDS; i++) {
        int64_t one_ns = timed_loop(loop), other_ns = one_ns < 0 ? -1 : timed_loop_recorded(loop);

        if (other_ns < 0)
            return -1.0;
        plain_ns = one_ns < plain_ns ? one_ns : plain_ns;
        recorded_ns = other_ns < recorded_ns ? other_ns : recorded_ns;
    }
    return recorded_ns > plain_ns ? (double)(recorded_ns - plain_ns) / CALLS : 1.0;
}

double sts__budget_call_cost_ns(void)
{
    PyObject *globals = PyDict_New(), *builtins = PyEval_GetBuiltins(), *done = NULL, *loop = NULL;
    double cost_ns = -1.0;

    if (globals != NULL && PyDict_SetItemString(globals, "__builtins__", builtins) == 0)
        done = PyRun_String(loop_source, Py_file_input, globals, globals);
    if (done != NULL)
        loop = PyDict_GetItemString(globals, "loop");
    if (loop != NULL)
        cost_ns = cost_of(loop);
    Py_XDECREF(done);
    Py_XDECREF(globals);
    return cost_ns;
}

/* --- on and off --- */

void sts__budget_begin(double budget_percent, double call_cost_ns)
{
    int64_t now_ns = sts__clock_mono_ns();

    sts__governor_begin(&governor, budget_percent / 100.0, call_cost_ns, now_ns,
                        (uint64_t)now_ns ^ ((uint64_t)getpid() << 40));
    n_calls_seen = 0;
    switching_ns = 0;
    atomic_store(&due_mono_ns, governor.switch_mono_ns);
}

int64_t sts__budget_due_ns(void)
{
    return atomic_load(&due_mono_ns);
}

void sts__budget_step(void)
{
    struct sts__recorder *recorder = sts__frames_recorder();
    int64_t now_ns = sts__clock_mono_ns();
    bool was_collecting = governor.collecting;
    uint64_t n_calls;

    if (now_ns < governor.switch_mono_ns)
        return;
    n_calls = was_collecting ? sts__recorder_calls(recorder) : n_calls_seen;
    if (sts__governor_step(&governor, now_ns, n_calls - n_calls_seen, switching_ns) !=
        was_collecting) {
        if (was_collecting)
            sts__frames_pause();
        else
            sts__frames_resume();
    }
    n_calls_seen = n_calls;
    switching_ns = sts__clock_mono_ns() - now_ns + HANDOVER_NS;
    atomic_store(&due_mono_ns, governor.switch_mono_ns);
}

double sts__budget_overhead_percent(void)
{
    return 100.0 * sts__governor_overhead(&governor, sts__clock_mono_ns());
}
