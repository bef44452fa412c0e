/* SPDX-License-Identifier: MIT */
/*
 * pystats_profile.c - what get_stats_profile() holds: a FunctionProfile per name.
 *
 * Why:  equal to the standard library's: times rounded as "%8.3f" rounds, the last function of
 *       a name wins.
 */
#include "binding/pystats.h"

#include <math.h>

#define ROUND_EXACT_MAX 1e9  /* below, x * 1000 is off by less than ROUND_TIE */
#define ROUND_TIE       1e-3 /* thousandths this near to a half are left to the decimal way */

struct builder {
    PyObject *profiles;  /* owned dict */
    PyTypeObject *class; /* borrowed: FunctionProfile */
    PyObject *no_calls;  /* owned: the -1 of a per-call figure without calls */
    const struct core_state *state;
};

/* To three decimals by way of text, right for any number. */
static PyObject *round_slowly(double value)
{
    char *text = PyOS_double_to_string(value, 'f', 3, 0, NULL);
    double rounded;

    if (text == NULL)
        return NULL;
    rounded = PyOS_string_to_double(text, NULL, NULL);
    PyMem_Free(text);
    if (rounded == -1.0 && PyErr_Occurred())
        return NULL;
    return PyFloat_FromDouble(rounded);
}

static PyObject *round_double(double value)
{
    double thousandths = value * 1000.0, whole = nearbyint(thousandths);

    if (!(fabs(thousandths) < ROUND_EXACT_MAX) || fabs(fabs(thousandths - whole) - 0.5) < ROUND_TIE)
        return round_slowly(value);
    return PyFloat_FromDouble(whole / 1000.0); /* the double nearest to the decimal text */
}

static PyObject *round_number(PyObject *number)
{
    double value = PyFloat_AsDouble(number);

    if (value == -1.0 && PyErr_Occurred())
        return NULL;
    return round_double(value);
}

PyObject *stats_round(PyObject *module, PyObject *number)
{
    return round_number(number);
}

/* time / calls, rounded; -1 without calls. */
static PyObject *per_call(const struct builder *builder, PyObject *time, PyObject *calls)
{
    PyObject *quotient, *rounded;
    int any = PyObject_IsTrue(calls);

    if (any < 0)
        return NULL;
    if (!any) {
        Py_INCREF(builder->no_calls);
        return builder->no_calls;
    }
    quotient = PyNumber_TrueDivide(time, calls);
    if (quotient == NULL)
        return NULL;
    rounded = round_number(quotient);
    Py_DECREF(quotient);
    return rounded;
}

/* "23", or "23/3" where some calls were recursive. */
static PyObject *calls_text(const struct stats_row *row)
{
    int equal = PyObject_RichCompareBool(row->calls, row->primitive_calls, Py_EQ);

    if (equal < 0)
        return NULL;
    if (equal)
        return PyObject_Str(row->calls);
    return PyUnicode_FromFormat("%S/%S", row->calls, row->primitive_calls);
}

/* The values of the fields. Returns: 0, or -1 with an exception and some of them set. */
static int field_values(const struct builder *builder, const struct stats_row *row,
                        PyObject *values[CORE_FIELD_COUNT])
{
    values[CORE_FIELD_NCALLS] = calls_text(row);
    if (values[CORE_FIELD_NCALLS] == NULL)
        return -1;
    values[CORE_FIELD_TOTTIME] = round_number(row->own_time);
    if (values[CORE_FIELD_TOTTIME] == NULL)
        return -1;
    values[CORE_FIELD_PERCALL_TOTTIME] = per_call(builder, row->own_time, row->calls);
    if (values[CORE_FIELD_PERCALL_TOTTIME] == NULL)
        return -1;
    values[CORE_FIELD_CUMTIME] = round_number(row->cumulative_time);
    if (values[CORE_FIELD_CUMTIME] == NULL)
        return -1;
    values[CORE_FIELD_PERCALL_CUMTIME] =
        per_call(builder, row->cumulative_time, row->primitive_calls);
    if (values[CORE_FIELD_PERCALL_CUMTIME] == NULL)
        return -1;
    values[CORE_FIELD_FILE_NAME] = PySequence_GetItem(row->function, 0);
    values[CORE_FIELD_LINE_NUMBER] = PySequence_GetItem(row->function, 1);
    return values[CORE_FIELD_FILE_NAME] == NULL || values[CORE_FIELD_LINE_NUMBER] == NULL ? -1 : 0;
}

/* An instance with these fields. Returns: a new reference, or NULL with an exception. */
static PyObject *function_profile(const struct builder *builder,
                                  PyObject *const values[CORE_FIELD_COUNT])
{
    PyObject *profile = builder->class->tp_new(builder->class, builder->state->empty_tuple, NULL);
    int i, r = 0;

    if (profile == NULL)
        return NULL;
    for (i = 0; i < CORE_FIELD_COUNT && r == 0; i++)
        r = PyObject_SetAttr(profile, builder->state->fields[i], values[i]);
    if (r == 0)
        return profile;
    Py_DECREF(profile);
    return NULL;
}

static int add_profile(void *context, const struct stats_row *row)
{
    const struct builder *builder = context;
    PyObject *values[CORE_FIELD_COUNT] = { NULL }, *profile = NULL, *name = NULL;
    int i, r = -1;

    if (field_values(builder, row, values) == 0)
        profile = function_profile(builder, values);
    if (profile != NULL)
        name = PySequence_GetItem(row->function, 2);
    if (name != NULL)
        r = PyDict_SetItem(builder->profiles, name, profile);
    for (i = 0; i < CORE_FIELD_COUNT; i++)
        Py_XDECREF(values[i]);
    Py_XDECREF(profile);
    Py_XDECREF(name);
    return r;
}

/* The functions of an order, looked up in a dict. Returns: 0, or -1 with an exception. */
static int add_in_order(struct builder *builder, PyObject *stats, PyObject *order)
{
    PyObject *functions = PySequence_List(order), *function, *entry;
    struct stats_row row;
    Py_ssize_t i;
    int r = functions == NULL ? -1 : 0;

    for (i = 0; r == 0 && i < PyList_GET_SIZE(functions); i++) {
        function = PyList_GET_ITEM(functions, i);
        entry = PyObject_GetItem(stats, function);
        r = entry == NULL ? -1 : stats_row_init(&row, function, entry, builder->state);
        if (r == 0)
            r = add_profile(builder, &row);
        Py_XDECREF(entry);
    }
    Py_XDECREF(functions);
    return r;
}

PyObject *stats_func_profiles(PyObject *module, PyObject *args)
{
    struct builder builder = { .state = core_state_of(module) };
    PyObject *source, *order, *class;
    int r = -1;

    if (!PyArg_ParseTuple(args, "OOO!:stats_func_profiles", &source, &order, &PyType_Type, &class))
        return NULL;
    builder.class = (PyTypeObject *)class;
    builder.no_calls = PyLong_FromLong(-1);
    builder.profiles = PyDict_New();
    if (builder.no_calls != NULL && builder.profiles != NULL)
        r = order == Py_None ? stats_rows_visit(source, builder.state, add_profile, &builder)
                             : add_in_order(&builder, source, order);
    Py_XDECREF(builder.no_calls);
    if (r < 0)
        Py_CLEAR(builder.profiles);
    return builder.profiles;
}
