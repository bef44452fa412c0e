/* SPDX-License-Identifier: MIT */
/*
 * core_module.c - the extension statslice._core: the library's nouns as Python types, and the work
 * behind statslice.pstats.
 */
#include "binding/core.h"
#include "binding/pystats.h"

static const char *const field_names[CORE_FIELD_COUNT] = {
    [CORE_FIELD_NCALLS] = "ncalls",
    [CORE_FIELD_TOTTIME] = "tottime",
    [CORE_FIELD_PERCALL_TOTTIME] = "percall_tottime",
    [CORE_FIELD_CUMTIME] = "cumtime",
    [CORE_FIELD_PERCALL_CUMTIME] = "percall_cumtime",
    [CORE_FIELD_FILE_NAME] = "file_name",
    [CORE_FIELD_LINE_NUMBER] = "line_number",
};

struct core_state *core_state_of(PyObject *module)
{
    return PyModule_GetState(module);
}

static PyObject *core_is_plain(PyObject *module, PyObject *bytes)
{
    int r;

    if (!PyBytes_Check(bytes)) {
        PyErr_SetString(PyExc_TypeError, "bytes are needed");
        return NULL;
    }
    r = stats_plain_check(bytes, core_state_of(module));
    return r < 0 ? NULL : PyBool_FromLong(r);
}

static PyMethodDef methods[] = {
    { "is_plain_stats", core_is_plain, METH_O,
      "is_plain_stats(bytes)\n--\n\nWhether marshalled stats can be used as they are." },
    { "stats_totals", stats_totals, METH_O,
      "stats_totals(source)\n--\n\nCalls, primitive calls, seconds, longest label, top level." },
    { "stats_func_profiles", stats_func_profiles, METH_VARARGS,
      "stats_func_profiles(source, order, cls)\n--\n\nA FunctionProfile per function's name." },
    { "stats_round", stats_round, METH_O,
      "stats_round(number)\n--\n\nThe number rounded to three decimals, as \"%8.3f\" rounds." },
    { "stats_add", stats_add, METH_VARARGS,
      "stats_add(target, source)\n--\n\nSum one dict of stats into another." },
    { "add_func_stats", stats_add_func_stats, METH_VARARGS,
      "add_func_stats(target, source)\n--\n\nThe sum of two functions' entries." },
    { "add_callers", stats_add_callers, METH_VARARGS,
      "add_callers(target, source)\n--\n\nThe sum of two dicts of callers." },
    { "render_chart", (PyCFunction)(void (*)(void))core_render_chart, METH_VARARGS | METH_KEYWORDS,
      "render_chart(series, format, **options)\n--\n\nA series drawn, as bytes." },
    { "query_options", core_query_options, METH_NOARGS,
      "query_options()\n--\n\n[(name, argument or None, repeatable, help)]" },
    { "diff_options", core_diff_options, METH_NOARGS,
      "diff_options()\n--\n\nOptions of a DiffQuery, in the same form." },
    { NULL, NULL, 0, NULL },
};

static int init_constants(struct core_state *state)
{
    int i;

    for (i = 0; i < CORE_FIELD_COUNT; i++) {
        state->fields[i] = PyUnicode_InternFromString(field_names[i]);
        if (state->fields[i] == NULL)
            return -1;
    }
    state->empty_tuple = PyTuple_New(0);
    state->builtin_file = PyUnicode_InternFromString("~");
    state->top_caller = Py_BuildValue("(sis)", "jprofile", 0, "profiler");
    state->errors = PyImport_ImportModule("statslice._errors");
    if (state->empty_tuple == NULL || state->builtin_file == NULL || state->top_caller == NULL ||
        state->errors == NULL)
        return -1;
    return 0;
}

static int core_exec(PyObject *module)
{
    if (init_constants(core_state_of(module)) < 0 || core_add_profile_type(module) < 0 ||
        core_add_reader_type(module) < 0 || core_add_query_type(module) < 0 ||
        core_add_series_type(module) < 0 || core_add_diff_query_type(module) < 0 ||
        core_add_diff_type(module) < 0)
        return -1;
    return PyModule_AddStringConstant(module, "library_version", sts_version());
}

static int core_traverse(PyObject *module, visitproc visit, void *arg)
{
    struct core_state *state = core_state_of(module);

    if (state == NULL)
        return 0;
    Py_VISIT(state->errors);
    Py_VISIT(state->top_caller);
    Py_VISIT(state->profile_type);
    Py_VISIT(state->reader_type);
    Py_VISIT(state->query_type);
    Py_VISIT(state->series_type);
    Py_VISIT(state->diff_query_type);
    Py_VISIT(state->diff_type);
    return 0;
}

static int core_clear(PyObject *module)
{
    struct core_state *state = core_state_of(module);
    int i;

    if (state == NULL)
        return 0;
    for (i = 0; i < CORE_FIELD_COUNT; i++)
        Py_CLEAR(state->fields[i]);
    Py_CLEAR(state->errors);
    Py_CLEAR(state->empty_tuple);
    Py_CLEAR(state->builtin_file);
    Py_CLEAR(state->top_caller);
    Py_CLEAR(state->profile_type);
    Py_CLEAR(state->reader_type);
    Py_CLEAR(state->query_type);
    Py_CLEAR(state->series_type);
    Py_CLEAR(state->diff_query_type);
    Py_CLEAR(state->diff_type);
    return 0;
}

static void core_free(void *module)
{
    core_clear(module);
}

static PyModuleDef_Slot slots[] = {
    { Py_mod_exec, core_exec },
#if PY_VERSION_HEX >= 0x030C0000
    { Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED },
#endif
    { 0, NULL },
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "statslice._core",
    .m_doc = "The library behind the package: see statslice for what to use.",
    .m_size = sizeof(struct core_state),
    .m_methods = methods,
    .m_slots = slots,
    .m_traverse = core_traverse,
    .m_clear = core_clear,
    .m_free = core_free,
};

/* Python's own declaration leaves it hidden in 3.8. */
STS_API PyMODINIT_FUNC PyInit__core(void);

PyMODINIT_FUNC PyInit__core(void)
{
    return PyModuleDef_Init(&definition);
}
