/* SPDX-License-Identifier: MIT */
/*
 * core_object.c - see core_object.h.
 */
#include "binding/core_object.h"

#define MODULE_ATTRIBUTE "_module" /* of a type: the module that made it */

struct core_state *core_object_state(const void *self)
{
    return core_state_of(((const struct core_object *)self)->module);
}

PyObject *core_object_new(PyTypeObject *type)
{
    PyObject *module = PyObject_GetAttrString((PyObject *)type, MODULE_ATTRIBUTE), *self;

    if (module == NULL)
        return NULL;
    self = type->tp_alloc(type, 0);
    if (self == NULL)
        Py_DECREF(module);
    else
        ((struct core_object *)self)->module = module;
    return self;
}

void core_object_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);

    Py_CLEAR(((struct core_object *)self)->module);
    type->tp_free(self);
    Py_DECREF(type);
}

int core_object_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((struct core_object *)self)->module);
#if PY_VERSION_HEX >= 0x03090000
    Py_VISIT(Py_TYPE(self));
#endif
    return 0;
}

int core_add_type(PyObject *module, PyType_Spec *spec, const char *name, PyTypeObject **ret_type)
{
    PyObject *type = PyType_FromSpec(spec);

    if (type == NULL)
        return -1;
    *ret_type = (PyTypeObject *)type; /* the state owns it from here */
    if (PyObject_SetAttrString(type, MODULE_ATTRIBUTE, module) < 0)
        return -1;
    return PyObject_SetAttrString(module, name, type);
}
