/* SPDX-License-Identifier: MIT */
/*
 * core_text.c - texts between Python (any code point) and the library (UTF-8, NUL-ended).
 *
 * Why:  a file name that os.fsdecode made may hold lone surrogates; they must come back the same.
 */
#include "binding/core.h"

#include <string.h>

PyObject *core_text_new(const char *text)
{
    if (text == NULL)
        Py_RETURN_NONE;
    return PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "surrogatepass");
}

int core_text_init(struct core_text *text, PyObject *str)
{
    Py_ssize_t len;

    text->holder = NULL;
    if (!PyUnicode_Check(str)) {
        PyErr_Format(PyExc_TypeError, "a str is needed, not %.100s", Py_TYPE(str)->tp_name);
        return -1;
    }
    text->text = PyUnicode_AsUTF8AndSize(str, &len);
    if (text->text == NULL) {
        PyErr_Clear();
        text->holder = PyUnicode_AsEncodedString(str, "utf-8", "surrogatepass");
        if (text->holder == NULL)
            return -1;
        text->text = PyBytes_AS_STRING(text->holder);
        len = PyBytes_GET_SIZE(text->holder);
    }
    if (strlen(text->text) == (size_t)len)
        return 0;
    PyErr_SetString(PyExc_ValueError, "embedded null character");
    core_text_deinit(text);
    return -1;
}

void core_text_deinit(struct core_text *text)
{
    Py_CLEAR(text->holder);
}
