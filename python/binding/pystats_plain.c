/* SPDX-License-Identifier: MIT */
/*
 * pystats_plain.c - read marshalled stats of the plain shape without building their dict.
 *
 * In:   bytes of a file that cProfile, profile or this package dumped.
 * Out:  one visit per function. Callers are read over; nothing of them is built.
 * Why:  marshal.load builds a dict and some tuples per function, most of which a StatsProfile
 *       never looks at.
 * Not:  other shapes: the caller then lets marshal itself load, with its own errors.
 */
#include "binding/pystats_rows.h"

enum { FIRST_REFS = 1024, REF_FLAG = 0x80, FUNCTION_FIELDS = 3, FIGURES = 4, FLOAT_BYTES = 9 };

/* What marshal's type codes mean, as far as plain stats use them. */
enum {
    CODE_NULL = '0',
    CODE_INT = 'i',
    CODE_FLOAT = 'g',
    CODE_REF = 'r',
    CODE_SMALL_TUPLE = ')',
    CODE_TUPLE = '(',
    CODE_DICT = '{',
    CODE_TEXT = 'u',
    CODE_TEXT_INTERNED = 't',
    CODE_ASCII = 'a',
    CODE_ASCII_INTERNED = 'A',
    CODE_SHORT_ASCII = 'z',
    CODE_SHORT_ASCII_INTERNED = 'Z',
};

struct plain {
    const unsigned char *at, *end;
    PyObject **refs; /* owned objects; NULL for one that nothing plain can refer to */
    size_t ref_count, ref_cap;
    bool bad; /* another shape: sticks */
    const struct core_state *state;
};

static bool has(struct plain *plain, size_t len)
{
    if ((size_t)(plain->end - plain->at) < len)
        plain->bad = true;
    return !plain->bad;
}

static unsigned read_byte(struct plain *plain)
{
    return has(plain, 1) ? *plain->at++ : 0;
}

static int32_t read_i32(struct plain *plain)
{
    uint32_t value;

    if (!has(plain, 4))
        return 0;
    value = (uint32_t)plain->at[0] | (uint32_t)plain->at[1] << 8 | (uint32_t)plain->at[2] << 16 |
            (uint32_t)plain->at[3] << 24;
    plain->at += 4;
    return (int32_t)value;
}

static PyObject *refuse(struct plain *plain)
{
    plain->bad = true;
    return NULL;
}

/* Keep a place for an object that has the flag. Returns: its place, or -1 where it has none. */
static Py_ssize_t reserve_ref(struct plain *plain, unsigned code)
{
    size_t cap = plain->ref_cap == 0 ? FIRST_REFS : 2 * plain->ref_cap;
    PyObject **refs;

    if (!(code & REF_FLAG))
        return -1;
    if (plain->ref_count == plain->ref_cap) {
        refs = PyMem_Realloc(plain->refs, cap * sizeof(*refs));
        if (refs == NULL) {
            PyErr_NoMemory();
            plain->bad = true;
            return -1;
        }
        plain->refs = refs;
        plain->ref_cap = cap;
    }
    plain->refs[plain->ref_count] = NULL;
    return (Py_ssize_t)plain->ref_count++;
}

static PyObject *keep_ref(struct plain *plain, Py_ssize_t place, PyObject *object)
{
    if (place >= 0 && object != NULL) {
        Py_INCREF(object);
        plain->refs[place] = object;
    }
    return object;
}

static PyObject *read_ref(struct plain *plain)
{
    int32_t place = read_i32(plain);

    if (plain->bad || place < 0 || (size_t)place >= plain->ref_count || plain->refs[place] == NULL)
        return refuse(plain);
    Py_INCREF(plain->refs[place]);
    return plain->refs[place];
}

static PyObject *read_text_of(struct plain *plain, int32_t len, bool ascii)
{
    const char *text = (const char *)plain->at;
    PyObject *object;

    if (len < 0 || !has(plain, (size_t)len))
        return refuse(plain);
    plain->at += len;
    if (ascii)
        return PyUnicode_FromKindAndData(PyUnicode_1BYTE_KIND, text, len);
    object = PyUnicode_DecodeUTF8(text, len, "surrogatepass");
    if (object != NULL || !PyErr_ExceptionMatches(PyExc_UnicodeDecodeError))
        return object;
    PyErr_Clear();
    return refuse(plain);
}

static PyObject *read_float(struct plain *plain)
{
    double value;

    if (!has(plain, 8))
        return NULL;
#if PY_VERSION_HEX >= 0x030B0000
    value = PyFloat_Unpack8((const char *)plain->at, 1);
#else
    value = _PyFloat_Unpack8(plain->at, 1);
#endif
    if (value == -1.0 && PyErr_Occurred())
        return refuse(plain);
    plain->at += 8;
    return PyFloat_FromDouble(value);
}

/* A str, int or float. Returns: a new reference; NULL where plain->bad, or with an exception. */
static PyObject *read_scalar(struct plain *plain)
{
    unsigned code = read_byte(plain);
    Py_ssize_t place;

    if (code == CODE_REF)
        return read_ref(plain);
    place = reserve_ref(plain, code);
    if (plain->bad)
        return NULL;
    switch (code & ~(unsigned)REF_FLAG) {
    case CODE_INT:
        return keep_ref(plain, place, PyLong_FromLong(read_i32(plain)));
    case CODE_FLOAT:
        return keep_ref(plain, place, read_float(plain));
    case CODE_SHORT_ASCII:
    case CODE_SHORT_ASCII_INTERNED:
        return keep_ref(plain, place, read_text_of(plain, (int32_t)read_byte(plain), true));
    case CODE_ASCII:
    case CODE_ASCII_INTERNED:
        return keep_ref(plain, place, read_text_of(plain, read_i32(plain), true));
    case CODE_TEXT:
    case CODE_TEXT_INTERNED:
        return keep_ref(plain, place, read_text_of(plain, read_i32(plain), false));
    default:
        return refuse(plain);
    }
}

/* The head of a tuple of so many elements. */
static void read_tuple_head(struct plain *plain, unsigned code, int32_t len)
{
    code &= ~(unsigned)REF_FLAG;
    if (code == CODE_SMALL_TUPLE)
        plain->bad |= (int32_t)read_byte(plain) != len;
    else if (code == CODE_TUPLE)
        plain->bad |= read_i32(plain) != len;
    else
        plain->bad = true;
}

/* (file name, line number, name), or NULL as read_scalar; *ret_end at the end of a dict. */
static PyObject *read_function(struct plain *plain, bool *ret_end)
{
    unsigned code = read_byte(plain);
    PyObject *file_name, *line, *name, *function = NULL;
    Py_ssize_t place;

    *ret_end = !plain->bad && code == CODE_NULL;
    if (*ret_end)
        return NULL;
    if (code == CODE_REF) {
        function = read_ref(plain);
        if (function == NULL || PyTuple_CheckExact(function))
            return function;
        Py_DECREF(function);
        return refuse(plain);
    }
    place = reserve_ref(plain, code);
    read_tuple_head(plain, code, FUNCTION_FIELDS);
    if (plain->bad)
        return NULL;
    file_name = read_scalar(plain);
    line = file_name == NULL ? NULL : read_scalar(plain);
    name = line == NULL ? NULL : read_scalar(plain);
    if (name != NULL && PyUnicode_Check(file_name) && PyLong_Check(line) && PyUnicode_Check(name))
        function = keep_ref(plain, place, PyTuple_Pack(FUNCTION_FIELDS, file_name, line, name));
    else if (!PyErr_Occurred())
        plain->bad = true;
    Py_XDECREF(file_name);
    Py_XDECREF(line);
    Py_XDECREF(name);
    return function;
}

/* Over a number; one with the flag is kept, as later ones may refer to it. */
static void skip_number(struct plain *plain)
{
    PyObject *number;

    if (plain->end - plain->at >= FLOAT_BYTES && *plain->at == CODE_FLOAT) {
        plain->at += FLOAT_BYTES;
        return;
    }
    number = read_scalar(plain);
    if (number != NULL && !PyLong_Check(number) && !PyFloat_Check(number))
        plain->bad = true;
    Py_XDECREF(number);
}

/* Over what a caller did: a number (profile), or a tuple of four (cProfile). */
static void skip_caller_figures(struct plain *plain)
{
    unsigned code = has(plain, 1) ? *plain->at & ~(unsigned)REF_FLAG : 0;
    int i;

    if (code != CODE_SMALL_TUPLE && code != CODE_TUPLE) {
        skip_number(plain); /* refuses what is something else, a reference to a tuple too */
        return;
    }
    code = read_byte(plain);
    reserve_ref(plain, code);
    read_tuple_head(plain, code, FIGURES);
    for (i = 0; i < FIGURES && !plain->bad; i++)
        skip_number(plain);
}

/* Returns: 0, also where plain->bad; -1 with an exception. */
static int skip_callers(struct plain *plain, bool *ret_top_level)
{
    unsigned code = read_byte(plain);
    bool at_end = false;
    PyObject *caller;
    int equal;

    *ret_top_level = false;
    reserve_ref(plain, code);
    if ((code & ~(unsigned)REF_FLAG) != CODE_DICT)
        plain->bad = true;
    while (!plain->bad) {
        caller = read_function(plain, &at_end);
        if (caller == NULL)
            break;
        equal = PyObject_RichCompareBool(caller, plain->state->top_caller, Py_EQ);
        Py_DECREF(caller);
        if (equal < 0)
            return -1;
        *ret_top_level |= equal > 0;
        skip_caller_figures(plain);
    }
    return PyErr_Occurred() ? -1 : 0;
}

/* The entry of a function, and its visit. Returns: 0, also where plain->bad; -1. */
static int read_entry(struct plain *plain, PyObject *function, stats_visit_fn visit, void *context)
{
    unsigned code = read_byte(plain);
    PyObject *figures[FIGURES] = { NULL, NULL, NULL, NULL };
    struct stats_row row = { .function = function };
    int i, r = 0;

    reserve_ref(plain, code);
    read_tuple_head(plain, code, FIGURES + 1);
    for (i = 0; i < FIGURES && !plain->bad; i++) {
        figures[i] = read_scalar(plain);
        if (figures[i] == NULL || PyUnicode_Check(figures[i]) || PyTuple_Check(figures[i]))
            plain->bad = true;
    }
    if (!plain->bad && (!PyLong_Check(figures[0]) || !PyLong_Check(figures[1])))
        plain->bad = true;
    if (!plain->bad)
        r = skip_callers(plain, &row.is_top_level);
    if (r == 0 && !plain->bad) {
        row.primitive_calls = figures[0];
        row.calls = figures[1];
        row.own_time = figures[2];
        row.cumulative_time = figures[3];
        r = visit(context, &row);
    }
    for (i = 0; i < FIGURES; i++)
        Py_XDECREF(figures[i]);
    return PyErr_Occurred() ? -1 : r;
}

static int visit_all(struct plain *plain, stats_visit_fn visit, void *context)
{
    unsigned code = read_byte(plain);
    bool at_end = false, any = false;
    PyObject *function;
    int r = 0;

    reserve_ref(plain, code);
    if ((code & ~(unsigned)REF_FLAG) != CODE_DICT)
        plain->bad = true;
    while (r == 0 && !plain->bad) {
        function = read_function(plain, &at_end);
        if (function == NULL)
            break;
        any = true;
        r = read_entry(plain, function, visit, context);
        Py_DECREF(function);
    }
    if (r < 0 || PyErr_Occurred())
        return -1;
    return !plain->bad && at_end && any;
}

int stats_plain_visit(PyObject *bytes, const struct core_state *state, stats_visit_fn visit,
                      void *context)
{
    struct plain plain = { .state = state };
    size_t i;
    int r;

    plain.at = (const unsigned char *)PyBytes_AS_STRING(bytes);
    plain.end = plain.at + PyBytes_GET_SIZE(bytes);
    r = visit_all(&plain, visit, context);
    for (i = 0; i < plain.ref_count; i++)
        Py_XDECREF(plain.refs[i]);
    PyMem_Free(plain.refs);
    return r;
}

struct seen {
    PyObject *functions; /* owned set */
    Py_ssize_t count;
};

static int note_seen(void *context, const struct stats_row *row)
{
    struct seen *seen = context;

    seen->count++;
    return PySet_Add(seen->functions, row->function);
}

int stats_plain_check(PyObject *bytes, const struct core_state *state)
{
    struct seen seen = { .functions = PySet_New(NULL) };
    int r;

    if (seen.functions == NULL)
        return -1;
    r = stats_plain_visit(bytes, state, note_seen, &seen);
    if (r > 0) /* of a key that comes twice a dict holds the last */
        r = PySet_GET_SIZE(seen.functions) == seen.count;
    Py_DECREF(seen.functions);
    return r;
}
