/* SPDX-License-Identifier: MIT */
/*
 * core.h - what the files of the extension statslice._core share: the module's state, and one
 * function per file that adds the file's types or functions to the module.
 *
 * Why:  all objects hang on the module's state (no C globals), so that the module can be loaded
 *       once per interpreter.
 */
#ifndef STS_BINDING_CORE_H
#define STS_BINDING_CORE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <statslice/statslice.h>

#include <stdbool.h>

#if PY_VERSION_HEX < 0x030A0000
static inline PyObject *Py_NewRef(PyObject *object)
{
    Py_INCREF(object);
    return object;
}
#endif

/* The fields of FunctionProfile, in order. */
enum core_field {
    CORE_FIELD_NCALLS,
    CORE_FIELD_TOTTIME,
    CORE_FIELD_PERCALL_TOTTIME,
    CORE_FIELD_CUMTIME,
    CORE_FIELD_PERCALL_CUMTIME,
    CORE_FIELD_FILE_NAME,
    CORE_FIELD_LINE_NUMBER,
    CORE_FIELD_COUNT,
};

/* All owned by the module. */
struct core_state {
    PyObject *errors;                   /* the module statslice._errors */
    PyObject *fields[CORE_FIELD_COUNT]; /* names, interned */
    PyObject *empty_tuple;
    PyObject *builtin_file; /* "~" */
    PyObject *top_caller;   /* ("jprofile", 0, "profiler") */
    PyTypeObject *profile_type;
    PyTypeObject *reader_type;
    PyTypeObject *query_type;
    PyTypeObject *series_type;
    PyTypeObject *diff_query_type;
    PyTypeObject *diff_type;
};

/* core_state_of - the state of the module that a type, or a subclass of it, was made by. */
struct core_state *core_state_of(PyObject *module);

/* Each adds its types or functions. Returns: 0, or -1 with an exception. */
int core_add_profile_type(PyObject *module);
int core_add_reader_type(PyObject *module);
int core_add_query_type(PyObject *module);
int core_add_series_type(PyObject *module);
int core_add_diff_query_type(PyObject *module);
int core_add_diff_type(PyObject *module);

/* query_options() -> [(name, argument or None, repeatable, help)] */
PyObject *core_query_options(PyObject *module, PyObject *none);

/* diff_options(): the same of a comparison */
PyObject *core_diff_options(PyObject *module, PyObject *none);

/* render_chart(series or diff, format, **options) -> bytes */
PyObject *core_render_chart(PyObject *module, PyObject *args, PyObject *names);

/* --- core_errors.c --- */

/*
 * core_raise - raise what a status of the library says.
 *
 * file_name: of the input or output at hand, for OSError.filename; may be NULL.
 * Returns:   NULL, so that "return core_raise(...)" reads in one line.
 */
PyObject *core_raise(const struct core_state *state, int status, const struct sts_error *err,
                     PyObject *file_name);

/* --- core_text.c --- */

/* core_text_new - UTF-8, lone surrogates allowed, to str. NULL gives None. */
PyObject *core_text_new(const char *text);

/*
 * A str as NUL-ended UTF-8, lone surrogates kept.
 */
struct core_text {
    const char *text; /* borrowed from the str, or from holder */
    PyObject *holder; /* owned; NULL where it was not needed */
};

/* core_text_init - Returns: 0, or -1 with TypeError (no str) or ValueError (a NUL inside). */
int core_text_init(struct core_text *text, PyObject *str);
void core_text_deinit(struct core_text *text);

#endif
