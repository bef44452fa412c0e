/* SPDX-License-Identifier: MIT */
/*
 * profiler.c - see profiler.h.
 */
#include "collector/profiler.h"

#include "collector/engine.h"
#include "collector/figures.h"

#define STS_SHARED_ATTRIBUTE "_shared"

struct sts__shadow *sts__profiler_shadow(struct sts__profiler *profiler)
{
    struct sts__shadow *shadow;

    for (shadow = profiler->shadows; shadow != NULL && shadow->in_use; shadow = shadow->next)
        ;
    if (shadow == NULL) {
        shadow = sts__shadow_new(&profiler->session);
        if (shadow == NULL)
            return NULL;
        shadow->next = profiler->shadows;
        profiler->shadows = shadow;
    }
    shadow->in_use = true;
    shadow->thread = pthread_self();
    return shadow;
}

static struct sts__time_unit time_unit(const struct sts__profiler *profiler)
{
    struct sts__time_unit unit = { 0.0, STS__TICK_SCALE_NS };

    if (profiler->session.timer != NULL)
        unit.seconds_per_tick = profiler->session.timer_unit;
    else
        unit.scale = sts__spans_scale(&profiler->spans, &profiler->shared->clock);
    return unit;
}

/* The hook could only note it; now it can be told. */
static int report_lost_calls(struct sts__profiler *profiler)
{
    if (!profiler->session.lost_calls)
        return 0;
    profiler->session.lost_calls = false;
    PyErr_SetString(PyExc_MemoryError, "memory was exhausted while profiling");
    return -1;
}

static int refuse_in_call_out(const struct sts__profiler *profiler, const char *what)
{
    if (!sts__session_calls_out(&profiler->session))
        return 0;
    PyErr_Format(PyExc_RuntimeError, "cannot %s profiler in external timer", what);
    return -1;
}

static void set_subcalls(struct sts__profiler *profiler, bool subcalls)
{
    struct sts__shadow *shadow;

    if (subcalls == profiler->session.subcalls)
        return;
    profiler->session.subcalls = subcalls;
    for (shadow = profiler->shadows; shadow != NULL; shadow = shadow->next)
        sts__shadow_forget_guesses(shadow);
}

/* A switch of enable(): -1 is "as it was". */
static bool switched(int value, bool was)
{
    return value < 0 ? was : value != 0;
}

static PyObject *profiler_enable(PyObject *self, PyObject *args, PyObject *names)
{
    static char *keywords[] = { "subcalls", "builtins", "threads", NULL };
    struct sts__profiler *profiler = (struct sts__profiler *)self;
    int subcalls = -1, builtins = -1, threads = -1;

    if (!PyArg_ParseTupleAndKeywords(args, names, "|ppp:enable", keywords, &subcalls, &builtins,
                                     &threads))
        return NULL;
    set_subcalls(profiler, switched(subcalls, profiler->session.subcalls));
    profiler->builtins = switched(builtins, profiler->builtins);
    profiler->threads = switched(threads, profiler->threads);
    if (!profiler->enabled)
        sts__spans_begin(&profiler->spans, &profiler->shared->clock);
    if (sts__engine_start(profiler) < 0)
        return NULL;
    profiler->enabled = true;
    Py_RETURN_NONE;
}

static PyObject *profiler_disable(PyObject *self, PyObject *Py_UNUSED(none))
{
    struct sts__profiler *profiler = (struct sts__profiler *)self;
    struct sts__shadow *shadow;

    if (refuse_in_call_out(profiler, "disable") < 0 || sts__engine_stop(profiler) < 0)
        return NULL;
    if (profiler->enabled)
        sts__spans_end(&profiler->spans, &profiler->shared->clock);
    profiler->enabled = false;
    for (shadow = profiler->shadows; shadow != NULL; shadow = shadow->next) {
        sts__shadow_flush(shadow);
        shadow->in_use = false;
    }
    if (report_lost_calls(profiler) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *profiler_clear(PyObject *self, PyObject *Py_UNUSED(none))
{
    struct sts__profiler *profiler = (struct sts__profiler *)self;
    struct sts__shadow *shadow;

    if (refuse_in_call_out(profiler, "clear") < 0)
        return NULL;
    for (shadow = profiler->shadows; shadow != NULL; shadow = shadow->next)
        sts__shadow_clear(shadow);
    memset(&profiler->spans, 0, sizeof(profiler->spans));
    if (profiler->enabled)
        sts__spans_begin(&profiler->spans, &profiler->shared->clock);
    Py_RETURN_NONE;
}

static PyObject *profiler_span(PyObject *self, PyObject *Py_UNUSED(none))
{
    struct sts__profiler *profiler = (struct sts__profiler *)self;
    const struct sts__spans *spans = &profiler->spans;
    int64_t end_ns = profiler->enabled ? sts__ticks_wall_ns() : spans->last_wall_ns;

    if (spans->first_wall_ns == 0)
        Py_RETURN_NONE;
    if (end_ns < spans->first_wall_ns) /* the clock was set back */
        end_ns = spans->first_wall_ns;
    return Py_BuildValue(
        "(LLL)", (long long)spans->first_wall_ns, (long long)end_ns,
        (long long)sts__spans_profiled_ns(spans, &profiler->shared->clock, profiler->enabled));
}

static int take_snapshot(struct sts__profiler *profiler, struct sts__snapshot *ret_snapshot)
{
    if (report_lost_calls(profiler) < 0)
        return -1;
    return sts__snapshot_take(profiler->shadows, ret_snapshot);
}

static PyObject *profiler_getstats(PyObject *self, PyObject *Py_UNUSED(none))
{
    struct sts__profiler *profiler = (struct sts__profiler *)self;
    bool one_thread = profiler->shadows == NULL || profiler->shadows->next == NULL;
    struct sts__snapshot snapshot;
    PyObject *entries;

    if (take_snapshot(profiler, &snapshot) < 0)
        return NULL;
    entries = sts__figures_entries(&snapshot, time_unit(profiler), one_thread,
                                   profiler->shared->entry_type, profiler->shared->subentry_type);
    sts__snapshot_deinit(&snapshot);
    return entries;
}

static PyObject *profiler_stats_dict(PyObject *self, PyObject *Py_UNUSED(none))
{
    struct sts__profiler *profiler = (struct sts__profiler *)self;
    struct sts__snapshot snapshot;
    PyObject *dict;

    if (take_snapshot(profiler, &snapshot) < 0)
        return NULL;
    dict = sts__figures_dict(&snapshot, time_unit(profiler));
    sts__snapshot_deinit(&snapshot);
    return dict;
}

static PyObject *profiler_rows(PyObject *self, PyObject *Py_UNUSED(none))
{
    struct sts__profiler *profiler = (struct sts__profiler *)self;
    struct sts__snapshot snapshot;
    PyObject *rows;

    if (take_snapshot(profiler, &snapshot) < 0)
        return NULL;
    rows = sts__figures_rows(&snapshot, time_unit(profiler));
    sts__snapshot_deinit(&snapshot);
    return rows;
}

/* The capsule of the module's state: up to 3.8 nothing leads from a type to its module. */
static int find_shared(struct sts__profiler *profiler)
{
    profiler->capsule = PyObject_GetAttrString((PyObject *)Py_TYPE(profiler), STS_SHARED_ATTRIBUTE);
    if (profiler->capsule == NULL)
        return -1;
    profiler->shared = PyCapsule_GetPointer(profiler->capsule, STS__SHARED_CAPSULE);
    return profiler->shared == NULL ? -1 : 0;
}

static PyObject *profiler_new(PyTypeObject *type, PyObject *Py_UNUSED(args),
                              PyObject *Py_UNUSED(names))
{
    struct sts__profiler *profiler = (struct sts__profiler *)type->tp_alloc(type, 0);

    if (profiler == NULL)
        return NULL;
    profiler->session.owner = (PyObject *)profiler;
    profiler->session.subcalls = true;
    profiler->builtins = true;
    if (find_shared(profiler) < 0) {
        Py_DECREF(profiler);
        return NULL;
    }
    profiler->session.tsc = profiler->shared->clock.tsc;
    return (PyObject *)profiler;
}

static int profiler_init(PyObject *self, PyObject *args, PyObject *names)
{
    static char *keywords[] = { "timer", "timeunit", "subcalls", "builtins", "threads", NULL };
    struct sts__profiler *profiler = (struct sts__profiler *)self;
    int subcalls = 1, builtins = 1, threads = 0;
    PyObject *timer = Py_None;
    double timer_unit = 0.0;

    if (!PyArg_ParseTupleAndKeywords(args, names, "|Odppp:Profiler", keywords, &timer, &timer_unit,
                                     &subcalls, &builtins, &threads))
        return -1;
    if (profiler->enabled) {
        PyErr_SetString(PyExc_RuntimeError, "cannot initialize a profiler that is enabled");
        return -1;
    }
    set_subcalls(profiler, subcalls);
    profiler->builtins = builtins;
    profiler->threads = threads;
    profiler->session.timer_unit = timer_unit;
    profiler->session.tsc = timer == Py_None && profiler->shared->clock.tsc;
    if (timer != Py_None)
        Py_INCREF(timer);
    Py_XSETREF(profiler->session.timer, timer != Py_None ? timer : NULL);
    return sts__engine_init(profiler);
}

static int profiler_traverse(PyObject *self, visitproc visit, void *arg)
{
    struct sts__profiler *profiler = (struct sts__profiler *)self;

#if STS_VISIT_TYPE
    Py_VISIT(Py_TYPE(self));
#endif
    Py_VISIT(profiler->session.timer);
    Py_VISIT(profiler->thread_hook);
    return 0;
}

static int profiler_clear_references(PyObject *self)
{
    struct sts__profiler *profiler = (struct sts__profiler *)self;

    Py_CLEAR(profiler->session.timer);
    Py_CLEAR(profiler->thread_hook);
    return 0;
}

/* Never while enabled: then the interpreter holds a reference, through what receives the events. */
static void profiler_dealloc(PyObject *self)
{
    struct sts__profiler *profiler = (struct sts__profiler *)self;
    PyTypeObject *type = Py_TYPE(self);
    struct sts__shadow *shadow;

    PyObject_GC_UnTrack(self);
    while ((shadow = profiler->shadows) != NULL) {
        profiler->shadows = shadow->next;
        sts__shadow_free(shadow);
    }
    (void)profiler_clear_references(self);
    Py_XDECREF(profiler->missing);
    Py_XDECREF(profiler->capsule);
    type->tp_free(self);
    Py_DECREF(type);
}

PyDoc_STRVAR(profiler_doc,
             "Profiler(timer=None, timeunit=0.0, subcalls=True, builtins=True, threads=False)\n\n"
             "Counts and times calls, by function and by caller.\n\n"
             "timer: a callable that gives the time, instead of the steady clock;\n"
             "    seconds, or integers of `timeunit` seconds when that is not 0.\n"
             "subcalls: also keep the figures of each function by its caller.\n"
             "builtins: count C functions too.\n"
             "threads: profile all threads of the process, each with a stack of its own;\n"
             "    without it the thread that calls enable().\n");

PyDoc_STRVAR(enable_doc, "enable(subcalls=True, builtins=True, threads=False)\n\n"
                         "Start profiling. What is not given stays as the profiler was made.");

PyDoc_STRVAR(disable_doc, "disable()\n\n"
                          "Stop profiling. Calls still running are counted as if they ended now.");

PyDoc_STRVAR(clear_doc, "clear()\n\nForget all that was counted.");

PyDoc_STRVAR(getstats_doc,
             "getstats() -> list of profiler_entry\n\n"
             "One entry a function: code (a code object, or a str for a C function),\n"
             "callcount, reccallcount, totaltime, inlinetime, and calls: None or a list of\n"
             "profiler_subentry, with the same fields but calls, one for each callee.");

PyDoc_STRVAR(stats_dict_doc, "stats_dict() -> dict\n\n"
                             "The figures as pstats keeps them: {(file, line, name):\n"
                             "(primitive calls, calls, own time, cumulative time, callers)}.\n"
                             "Functions of equal file, line and name are summed.");

PyDoc_STRVAR(rows_doc, "rows() -> (functions, edges)\n\n"
                       "functions: (file, line, name, qualname or None, calls, primitive calls,\n"
                       "own ns, cumulative ns); edges: (index of caller, index of callee, and\n"
                       "the same four figures). Times are whole nanoseconds.");

PyDoc_STRVAR(span_doc, "span() -> (begin, end, profiled) or None\n\n"
                       "When profiling first began and last ended (now, while it is enabled), in\n"
                       "ns since 1970 UTC, and how many ns of it were profiled.");

static PyMethodDef profiler_methods[] = {
    { "getstats", profiler_getstats, METH_NOARGS, getstats_doc },
    { "stats_dict", profiler_stats_dict, METH_NOARGS, stats_dict_doc },
    { "rows", profiler_rows, METH_NOARGS, rows_doc },
    { "span", profiler_span, METH_NOARGS, span_doc },
    { "enable", (PyCFunction)(void (*)(void))profiler_enable, METH_VARARGS | METH_KEYWORDS,
      enable_doc },
    { "disable", profiler_disable, METH_NOARGS, disable_doc },
    { "clear", profiler_clear, METH_NOARGS, clear_doc },
    { NULL, NULL, 0, NULL },
};

static PyType_Slot profiler_slots[] = {
    { Py_tp_doc, (void *)(uintptr_t)profiler_doc },
    { Py_tp_methods, profiler_methods },
    { Py_tp_new, profiler_new },
    { Py_tp_init, profiler_init },
    { Py_tp_traverse, profiler_traverse },
    { Py_tp_clear, profiler_clear_references },
    { Py_tp_dealloc, profiler_dealloc },
    { 0, NULL },
};

/* disable() is profiled itself, as "<method 'disable' of '...' objects>": under this name the line
 * is the one of cProfile, which people filter out and whose width the columns of tables depend on.
 */
static PyType_Spec profiler_spec = {
    .name = "_lsprof.Profiler",
    .basicsize = sizeof(struct sts__profiler),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = profiler_slots,
};

/* The methods of the type and those that its engine brings. */
static int add_engine_methods(PyTypeObject *type)
{
    PyMethodDef *method;

    for (method = sts__engine_methods; method->ml_name != NULL; method++) {
        PyObject *descriptor = PyDescr_NewMethod(type, method);
        int r = -1;

        if (descriptor != NULL)
            r = PyObject_SetAttrString((PyObject *)type, method->ml_name, descriptor);
        Py_XDECREF(descriptor);
        if (r < 0)
            return -1;
    }
    return 0;
}

PyTypeObject *sts__profiler_type(PyObject *module, PyObject *capsule)
{
    PyObject *type = PyType_FromSpec(&profiler_spec), *name = PyModule_GetNameObject(module);

    if (type == NULL || name == NULL || PyObject_SetAttrString(type, "__module__", name) < 0 ||
        PyObject_SetAttrString(type, STS_SHARED_ATTRIBUTE, capsule) < 0 ||
        add_engine_methods((PyTypeObject *)type) < 0)
        Py_CLEAR(type);
    Py_XDECREF(name);
    return (PyTypeObject *)type;
}
