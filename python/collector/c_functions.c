/* SPDX-License-Identifier: MIT */
/*
 * c_functions.c - see c_functions.h.
 */
#include "collector/c_functions.h"

#include "base/hash.h"
#include "collector/subject.h"

#include <stdlib.h>

enum { STS_C_SLOTS_FIRST = 256 };

/* One recorder a process; guarded by the GIL. A power of two, at most half full. */
static struct sts__code **slots;
static size_t n_slots, n_used;

/* The slot of a key: where it is, or where it belongs. There is a free one. */
static struct sts__code **slot_of(const void *key)
{
    size_t i = (size_t)sts__hash_u64((uint64_t)(uintptr_t)key) & (n_slots - 1);

    while (slots[i] != NULL && slots[i]->key != key)
        i = (i + 1) & (n_slots - 1);
    return &slots[i];
}

static int make_room(void)
{
    size_t n_old = n_slots, i;
    struct sts__code **old = slots, **larger;

    if (2 * (n_used + 1) <= n_slots)
        return 0;
    larger = calloc(n_old != 0 ? 2 * n_old : STS_C_SLOTS_FIRST, sizeof(struct sts__code *));
    if (larger == NULL)
        return -1;
    slots = larger;
    n_slots = n_old != 0 ? 2 * n_old : STS_C_SLOTS_FIRST;
    for (i = 0; i < n_old; i++) {
        if (old[i] != NULL)
            *slot_of(old[i]->key) = old[i];
    }
    free(old);
    return 0;
}

static struct sts__code *born(struct sts__recorder *recorder, const void *key, const char *text)
{
    const struct sts__code_names names = { "~", text, NULL, 0 };
    struct sts__code *code;

    if (make_room() < 0)
        return NULL;
    if (*slot_of(key) != NULL) /* while its name was being asked */
        return *slot_of(key);
    code = sts__code_born(&recorder->codes, key, STS__CODE_PLAIN, &names);
    if (code->key == key) {
        *slot_of(key) = code;
        n_used++;
    }
    return code;
}

static struct sts__code *describe(struct sts__recorder *recorder, const void *key,
                                  PyObject *subject, PyObject *self_arg)
{
    PyObject *text = sts__subject_describe(subject, self_arg), *bytes = NULL;
    struct sts__code *code = NULL;

    if (text != NULL)
        bytes = PyUnicode_AsEncodedString(text, "utf-8", "surrogatepass");
    if (bytes != NULL)
        code = born(recorder, key, PyBytes_AS_STRING(bytes));
    Py_XDECREF(bytes);
    Py_XDECREF(text);
    PyErr_Clear();
    return code;
}

struct sts__code *sts__c_function_code(struct sts__recorder *recorder, const PyMethodDef *method,
                                       PyObject *subject, PyObject *self_arg)
{
    const void *key = sts__c_function_key(method);
    struct sts__raised raised;
    struct sts__code *code = n_slots != 0 ? *slot_of(key) : NULL;

    if (code != NULL)
        return code;
    raised = sts__raised_save();
    code = describe(recorder, key, subject, self_arg);
    sts__raised_restore(raised);
    return code;
}
