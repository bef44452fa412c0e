/* SPDX-License-Identifier: MIT */
/*
 * core_chart.c - a series, or a comparison, drawn, as bytes.
 */
#include "binding/core_object.h"

#include <string.h>

/* The place of a word in a list that ends with NULL; -1 with ValueError. */
static int word_index(const char *what, const char *word, const char *const *words)
{
    int i;

    for (i = 0; words[i] != NULL; i++)
        if (strcmp(word, words[i]) == 0)
            return i;
    PyErr_Format(PyExc_ValueError, "%s: no such value: \"%s\"", what, word);
    return -1;
}

static int read_arguments(const struct core_state *state, PyObject *args, PyObject *names,
                          PyObject **ret_subject, const char **ret_format,
                          struct sts_chart_options *options)
{
    static const char *const themes[] = { "auto", "light", "dark", NULL };
    static const char *const colors[] = { "none", "256", "true", NULL };
    static char *keywords[] = { "series",  "format", "title", "width_px", "height_px", "theme",
                                "columns", "rows",   "color", "ascii",    NULL };
    const char *theme = "auto", *color = "none";
    int ascii = 0, theme_index, color_index;

    if (!PyArg_ParseTupleAndKeywords(args, names, "Os|$zIIsIIsp:render_chart", keywords,
                                     ret_subject, ret_format, &options->title, &options->width_px,
                                     &options->height_px, &theme, &options->columns, &options->rows,
                                     &color, &ascii))
        return -1;
    if (!PyObject_TypeCheck(*ret_subject, state->series_type) &&
        !PyObject_TypeCheck(*ret_subject, state->diff_type)) {
        PyErr_SetString(PyExc_TypeError, "a Series or a Diff is needed");
        return -1;
    }
    theme_index = word_index("theme", theme, themes);
    color_index = theme_index < 0 ? -1 : word_index("color", color, colors);
    if (color_index < 0)
        return -1;
    options->theme = (enum sts_theme)theme_index;
    options->color = (enum sts_color)color_index;
    options->ascii = ascii != 0;
    return 0;
}

PyObject *core_render_chart(PyObject *module, PyObject *args, PyObject *names)
{
    const struct core_state *state = core_state_of(module);
    struct sts_chart_options options = STS_CHART_OPTIONS_INIT;
    struct sts_sink *sink = NULL;
    struct sts_error err = { 0 };
    PyThreadState *thread;
    PyObject *subject;
    bool is_series;
    const char *format;
    int r;

    if (read_arguments(state, args, names, &subject, &format, &options) < 0)
        return NULL;
    r = sts_sink_open_memory(CORE_MEMORY_BYTES_MAX, &sink, &err);
    if (r < 0)
        return core_raise(state, r, &err, NULL);
    is_series = PyObject_TypeCheck(subject, state->series_type);
    thread = PyEval_SaveThread();
    r = is_series ? sts_chart_render(((struct core_series *)subject)->series, format, &options,
                                     sink, &err)
                  : sts_chart_render_diff(((struct core_diff *)subject)->diff, format, &options,
                                          sink, &err);
    PyEval_RestoreThread(thread);
    return core_bytes_of_sink(state, sink, r, &err);
}
