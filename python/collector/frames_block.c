/* SPDX-License-Identifier: MIT */
/*
 * frames_block.c - see frames_block.h.
 *
 * Each enable() to disable() is one slice of the process's recorder, whose rows become a
 * snapshot's: identities in place of code objects, which may be gone by then.
 */
#include "collector/frames_block.h"

#include "collector/figures.h"
#include "collector/frames.h"

struct frames {
    PyObject_HEAD struct sts__snapshot rows; /* of the spans that have ended; in ns */
    bool threads;
    bool enabled;
    int64_t begin_ns, end_ns, profiled_ns;
};

/* --- rows --- */

static PyObject *text_new(const char *text)
{
    if (text == NULL)
        Py_RETURN_NONE;
    return PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "surrogatepass");
}

static PyObject *identity_new(const struct sts__code *code)
{
    const struct sts__code_names *names = &code->names;

    return Py_BuildValue("(NiNN)", text_new(names->file_name), (int)names->line_number,
                         text_new(names->name), text_new(names->qualname));
}

/* The index of a function in the snapshot, which is made. -1 with an exception set. */
static Py_ssize_t function_index(struct sts__snapshot *snapshot, PyObject *indices,
                                 const struct sts__code *code)
{
    PyObject *key = PyLong_FromVoidPtr((void *)(uintptr_t)code), *index;
    Py_ssize_t n = (Py_ssize_t)snapshot->n_functions;

    if (key == NULL)
        return -1;
    index = PyDict_GetItemWithError(indices, key);
    if (index != NULL) {
        n = PyLong_AsSsize_t(index);
        goto done;
    }
    index = PyLong_FromSsize_t(n);
    snapshot->functions[n].subject = identity_new(code);
    if (index == NULL || snapshot->functions[n].subject == NULL ||
        PyDict_SetItem(indices, key, index) < 0)
        n = -1;
    snapshot->n_functions++;
    Py_XDECREF(index);
done:
    Py_DECREF(key);
    return n;
}

static int add_row(struct sts__snapshot *snapshot, PyObject *indices,
                   const struct sts__cut_row *row, struct sts__tick_scale scale)
{
    Py_ssize_t callee = function_index(snapshot, indices, row->callee), caller = -1;
    struct sts__counts *counts;
    struct sts__edge_row *edge;

    if (callee < 0)
        return -1;
    counts = &snapshot->functions[callee].counts;
    counts->n_calls += row->n_calls;
    counts->n_recursive += row->n_recursive;
    counts->n_resumes += row->n_resumes;
    counts->own_ticks += sts__ticks_to_ns(row->own_ticks, scale);
    counts->cum_ticks += sts__ticks_to_ns(row->cum_ticks, scale);
    counts->await_ticks += sts__ticks_to_ns(row->await_ticks, scale);
    if (row->caller == NULL)
        return 0;
    caller = function_index(snapshot, indices, row->caller);
    if (caller < 0)
        return -1;
    edge = &snapshot->edges[snapshot->n_edges++];
    edge->caller = (size_t)caller;
    edge->callee = (size_t)callee;
    edge->counts.n_calls = row->n_calls;
    edge->counts.n_recursive = row->n_arc_recursive;
    edge->counts.n_resumes = row->n_resumes;
    edge->counts.own_ticks = sts__ticks_to_ns(row->own_ticks, scale);
    edge->counts.cum_ticks = sts__ticks_to_ns(row->arc_cum_ticks, scale);
    edge->counts.await_ticks = sts__ticks_to_ns(row->await_ticks, scale);
    return 0;
}

static int snapshot_of(const struct sts__slice *slice, struct sts__tick_scale scale,
                       struct sts__snapshot *ret_snapshot)
{
    struct sts__snapshot snapshot = { NULL, 0, NULL, 0 };
    PyObject *indices = PyDict_New();
    const struct sts__cut *cut;
    size_t n_rows = 0, i;
    int r = -1;

    for (cut = slice->cuts; cut != NULL; cut = cut->next)
        n_rows += cut->n_rows;
    snapshot.functions = PyMem_Calloc(2 * n_rows + 1, sizeof(*snapshot.functions));
    snapshot.edges = PyMem_Calloc(n_rows + 1, sizeof(*snapshot.edges));
    if (snapshot.functions == NULL || snapshot.edges == NULL)
        PyErr_NoMemory();
    else if (indices != NULL)
        r = 0;
    for (cut = slice->cuts; cut != NULL; cut = cut->next) {
        for (i = 0; i < cut->n_rows && r == 0; i++)
            r = add_row(&snapshot, indices, &cut->rows[i], scale);
    }
    Py_XDECREF(indices);
    if (r < 0)
        sts__snapshot_deinit(&snapshot);
    else
        *ret_snapshot = snapshot;
    return r;
}

/* Add what one slice holds. */
static int add_slice(struct frames *frames, const struct sts__slice *slice)
{
    struct sts__snapshot snapshot;
    int r;

    if (slice->n_lost != 0) {
        PyErr_SetString(PyExc_MemoryError, "memory was exhausted while profiling");
        return -1;
    }
    if (snapshot_of(slice, sts__frames_timeline()->scale, &snapshot) < 0)
        return -1;
    r = sts__snapshot_append(&frames->rows, &snapshot);
    sts__snapshot_deinit(&snapshot);
    return r;
}

/* --- methods --- */

static PyObject *frames_enable(PyObject *self, PyObject *args, PyObject *names)
{
    static char *keywords[] = { "threads", NULL };
    const struct sts__recorder_options options = { .n_label_sets_max = STS__LABEL_SETS_MAX };
    struct frames *frames = (struct frames *)self;
    int threads = frames->threads;

    if (!PyArg_ParseTupleAndKeywords(args, names, "|p:enable", keywords, &threads))
        return NULL;
    if (frames->enabled)
        Py_RETURN_NONE;
    if (sts__frames_take() < 0)
        return NULL;
    if (sts__recorder_begin(sts__frames_recorder(), sts__frames_timeline(), &options) < 0) {
        sts__frames_give();
        return PyErr_NoMemory();
    }
    frames->threads = threads;
    frames->enabled = true;
    if (frames->begin_ns == 0)
        frames->begin_ns = sts__frames_timeline()->latest.wall_ns;
    sts__frames_install(!threads);
    Py_RETURN_NONE;
}

static int finish(struct frames *frames)
{
    struct sts__recorder *recorder = sts__frames_recorder();
    struct sts__slice *slice;
    int r = 0;

    sts__frames_look();
    sts__frames_uninstall();
    sts__recorder_end(recorder);
    frames->enabled = false;
    while ((slice = sts__recorder_take(recorder)) != NULL) {
        frames->end_ns = slice->end_ns;
        frames->profiled_ns +=
            sts__ticks_to_ns(slice->end_ticks - slice->begin_ticks, sts__frames_timeline()->scale);
        if (r == 0)
            r = add_slice(frames, slice);
        sts__recorder_release(recorder, slice);
    }
    sts__frames_give();
    return r;
}

static PyObject *frames_disable(PyObject *self, PyObject *Py_UNUSED(none))
{
    struct frames *frames = (struct frames *)self;

    if (frames->enabled && finish(frames) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *frames_clear(PyObject *self, PyObject *Py_UNUSED(none))
{
    struct frames *frames = (struct frames *)self;
    bool enabled = frames->enabled;
    PyObject *done;

    if (enabled && finish(frames) < 0)
        PyErr_Clear();
    sts__snapshot_deinit(&frames->rows);
    frames->begin_ns = frames->end_ns = frames->profiled_ns = 0;
    if (!enabled)
        Py_RETURN_NONE;
    done = PyObject_CallMethod(self, "enable", NULL);
    return done;
}

/* A copy of the rows, with those up to now when it is running. */
static int copy_rows(PyObject *self, struct sts__snapshot *ret_rows)
{
    struct frames *frames = (struct frames *)self;
    struct sts__snapshot rows = { NULL, 0, NULL, 0 };
    bool enabled = frames->enabled;
    PyObject *done;
    int r;

    if (enabled && finish(frames) < 0)
        return -1;
    r = sts__snapshot_append(&rows, &frames->rows);
    if (enabled) {
        done = PyObject_CallMethod(self, "enable", NULL);
        r = done == NULL ? -1 : r;
        Py_XDECREF(done);
    }
    if (r < 0)
        sts__snapshot_deinit(&rows);
    else
        *ret_rows = rows;
    return r;
}

static const struct sts__time_unit nanosecond = { 0.0, STS__TICK_SCALE_NS_INIT };

static PyObject *frames_rows(PyObject *self, PyObject *Py_UNUSED(none))
{
    struct sts__snapshot rows;
    PyObject *result;

    if (copy_rows(self, &rows) < 0)
        return NULL;
    result = sts__figures_rows(&rows, nanosecond);
    sts__snapshot_deinit(&rows);
    return result;
}

static PyObject *frames_stats_dict(PyObject *self, PyObject *Py_UNUSED(none))
{
    struct sts__snapshot rows;
    PyObject *result;

    if (copy_rows(self, &rows) < 0)
        return NULL;
    result = sts__figures_dict(&rows, nanosecond);
    sts__snapshot_deinit(&rows);
    return result;
}

static PyObject *frames_span(PyObject *self, PyObject *Py_UNUSED(none))
{
    const struct frames *frames = (const struct frames *)self;
    int64_t end_ns = frames->end_ns, profiled_ns = frames->profiled_ns;

    if (frames->begin_ns == 0)
        Py_RETURN_NONE;
    if (frames->enabled) {
        const struct sts__slice *slice = sts__frames_recorder()->current;
        struct sts__moment now = sts__timeline_now(sts__frames_timeline());

        end_ns = now.wall_ns;
        profiled_ns +=
            sts__ticks_to_ns(now.ticks - slice->begin_ticks, sts__frames_timeline()->scale);
    }
    if (end_ns < frames->begin_ns) /* the clock was set back */
        end_ns = frames->begin_ns;
    return Py_BuildValue("(LLL)", (long long)frames->begin_ns, (long long)end_ns,
                         (long long)profiled_ns);
}

static PyObject *frames_new(PyTypeObject *type, PyObject *args, PyObject *names)
{
    static char *keywords[] = { "threads", NULL };
    struct frames *frames;
    int threads = 0;

    if (!PyArg_ParseTupleAndKeywords(args, names, "|p:Frames", keywords, &threads))
        return NULL;
    frames = (struct frames *)type->tp_alloc(type, 0);
    if (frames != NULL)
        frames->threads = threads;
    return (PyObject *)frames;
}

static void frames_dealloc(PyObject *self)
{
    struct frames *frames = (struct frames *)self;
    PyTypeObject *type = Py_TYPE(self);
    struct sts__raised raised = sts__raised_save();

    if (frames->enabled && finish(frames) < 0)
        PyErr_Clear();
    sts__raised_restore(raised);
    sts__snapshot_deinit(&frames->rows);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMethodDef frames_methods[] = {
    { "enable", (PyCFunction)(void (*)(void))frames_enable, METH_VARARGS | METH_KEYWORDS,
      "enable(threads=False)\n\nStart profiling. RuntimeError when the engine is in use." },
    { "disable", frames_disable, METH_NOARGS,
      "disable()\n\nStop profiling. What is running is charged up to now." },
    { "clear", frames_clear, METH_NOARGS, "clear()\n\nForget all that was counted." },
    { "rows", frames_rows, METH_NOARGS,
      "rows() -> (functions, edges)\n\n"
      "functions: (file, line, name, qualified name or None, calls, primitive calls, own ns,\n"
      "cumulative ns, resumes, await ns). edges: (index of the caller, of the callee, calls,\n"
      "primitive calls, own ns, cumulative ns)." },
    { "stats_dict", frames_stats_dict, METH_NOARGS, "The dict of pstats.Stats.stats." },
    { "span", frames_span, METH_NOARGS,
      "span() -> None, or (begin, end, profiled): ns since 1970 UTC, and ns." },
    { NULL, NULL, 0, NULL },
};

PyDoc_STRVAR(frames_doc,
             "Frames(threads=False)\n\n"
             "Counts and times calls of Python functions, by the frame evaluation hook.\n\n"
             "threads: of all threads; without it of the one that enables.");

static PyType_Slot frames_slots[] = {
    { Py_tp_new, frames_new },
    { Py_tp_dealloc, frames_dealloc },
    { Py_tp_methods, frames_methods },
    { Py_tp_doc, (void *)(uintptr_t)frames_doc },
    { 0, NULL },
};

static PyType_Spec frames_spec = {
    .name = "statslice._collector.Frames",
    .basicsize = sizeof(struct frames),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = frames_slots,
};

PyTypeObject *sts__frames_type(void)
{
    return (PyTypeObject *)PyType_FromSpec(&frames_spec);
}
