/* SPDX-License-Identifier: MIT */
/*
 * events_setprofile.c - calls and returns through PyEval_SetProfile, CPython 3.8 to 3.11.
 *
 * In:   call, return, c_call, c_return and c_exception of every thread that is hooked.
 * Out:  sts__shadow_enter and sts__shadow_leave on that thread's shadow.
 * Why:  the interpreter hands the hook an object that each thread has its own of, so finding the
 *       shadow costs nothing: the profiler itself in the thread that enabled it (as with cProfile,
 *       sys.getprofile() gives it), a ThreadHook in the others.
 * Not:  threads that neither exist at enable() nor are started through `threading`: nothing
 *       tells of their birth.
 */
#include "collector/engine.h"

#if !STS_HAS_MONITORING

struct thread_hook {
    PyObject_HEAD struct sts__profiler *profiler; /* owned */
    struct sts__shadow *shadow;                   /* borrowed from the profiler */
};

static inline int receive(const struct sts__profiler *profiler, struct sts__shadow *shadow,
                          PyFrameObject *frame, int what, PyObject *arg)
{
    PyObject *code;

    switch (what) {
    case PyTrace_CALL:
        code = sts__frame_code(frame);
        sts__shadow_enter(shadow, code, code, NULL);
        break;
    case PyTrace_RETURN: /* also when it yields or raises */
        sts__shadow_leave(shadow, sts__frame_code(frame));
        break;
    case PyTrace_C_CALL:
        if (profiler->builtins && PyCFunction_Check(arg))
            sts__shadow_enter(shadow, ((PyCFunctionObject *)arg)->m_ml, arg, NULL);
        break;
    case PyTrace_C_RETURN:
    case PyTrace_C_EXCEPTION:
        if (profiler->builtins && PyCFunction_Check(arg))
            sts__shadow_leave(shadow, ((PyCFunctionObject *)arg)->m_ml);
        break;
    default:
        break;
    }
    return 0;
}

static int on_event_of_owner(PyObject *self, PyFrameObject *frame, int what, PyObject *arg)
{
    struct sts__profiler *profiler = (struct sts__profiler *)self;

    return receive(profiler, profiler->active, frame, what, arg);
}

static int on_event_of_thread(PyObject *self, PyFrameObject *frame, int what, PyObject *arg)
{
    struct thread_hook *hook = (struct thread_hook *)self;

    return receive(hook->profiler, hook->shadow, frame, what, arg);
}

static void thread_hook_dealloc(PyObject *self)
{
    struct thread_hook *hook = (struct thread_hook *)self;
    PyTypeObject *type = Py_TYPE(self);

    hook->shadow->in_use = false; /* the thread has ended, or is hooked no more */
    Py_DECREF(hook->profiler);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyType_Slot thread_hook_slots[] = {
    { Py_tp_dealloc, thread_hook_dealloc },
    { 0, NULL },
};

static PyType_Spec thread_hook_spec = {
    .name = "statslice._collector.ThreadHook",
    .basicsize = sizeof(struct thread_hook),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = thread_hook_slots,
};

PyTypeObject *sts__engine_hook_type(void)
{
    PyTypeObject *type = (PyTypeObject *)PyType_FromSpec(&thread_hook_spec);

    if (type != NULL)
        type->tp_new = NULL; /* none is made from Python */
    return type;
}

/* Set the profile function of a thread, which may be another one: it waits for the GIL. */
static int set_profile(PyThreadState *thread, Py_tracefunc function, PyObject *hook)
{
#if PY_VERSION_HEX >= 0x03090000
    return _PyEval_SetProfile(thread, function, hook);
#else
    PyObject *old = thread->c_profileobj;

    Py_XINCREF(hook);
    thread->c_profilefunc = function;
    thread->c_profileobj = hook;
    thread->use_tracing = thread->c_tracefunc != NULL || function != NULL;
    Py_XDECREF(old); /* last: this may run any code */
    return 0;
#endif
}

static bool is_hooked(const PyThreadState *thread, const struct sts__profiler *profiler)
{
    if (thread->c_profilefunc == on_event_of_owner)
        return thread->c_profileobj == (const PyObject *)profiler;
    if (thread->c_profilefunc == on_event_of_thread)
        return ((struct thread_hook *)thread->c_profileobj)->profiler == profiler;
    return false;
}

static int hook_thread(PyThreadState *thread, struct sts__profiler *profiler)
{
    PyTypeObject *type = profiler->shared->hook_type;
    struct thread_hook *hook;
    int r;

    hook = (struct thread_hook *)type->tp_alloc(type, 0);
    if (hook == NULL)
        return -1;
    hook->shadow = sts__profiler_shadow(profiler);
    if (hook->shadow == NULL) {
        type->tp_free(hook);
        Py_DECREF(type);
        PyErr_NoMemory();
        return -1;
    }
    Py_INCREF(profiler);
    hook->profiler = profiler;
    r = set_profile(thread, on_event_of_thread, (PyObject *)hook);
    Py_DECREF(hook);
    return r;
}

/* A thread of this interpreter that is hooked, or is not, as asked; NULL: none. */
static PyThreadState *find_thread(const struct sts__profiler *profiler, bool hooked)
{
    PyThreadState *thread = PyInterpreterState_ThreadHead(PyThreadState_Get()->interp);

    while (thread != NULL && is_hooked(thread, profiler) != hooked)
        thread = PyThreadState_Next(thread);
    return thread;
}

/* Setting a hook may run code that ends threads: look for the next one from the start. */
static int hook_living_threads(struct sts__profiler *profiler)
{
    PyThreadState *thread;

    while ((thread = find_thread(profiler, false)) != NULL) {
        if (hook_thread(thread, profiler) < 0)
            return -1;
    }
    return 0;
}

static int unhook_all_threads(struct sts__profiler *profiler)
{
    PyThreadState *thread;

    while ((thread = find_thread(profiler, true)) != NULL) {
        if (set_profile(thread, NULL, NULL) < 0)
            return -1;
    }
    return 0;
}

/* Have threads that `threading` starts call profiler._adopt_thread first. */
static int hook_births(struct sts__profiler *profiler)
{
    PyObject *threading = PyImport_ImportModule("threading"), *adopt = NULL, *result = NULL;

    if (threading == NULL)
        return -1;
    Py_XSETREF(profiler->thread_hook, PyObject_GetAttrString(threading, "_profile_hook"));
    if (profiler->thread_hook != NULL)
        adopt = PyObject_GetAttrString((PyObject *)profiler, "_adopt_thread");
    if (adopt != NULL)
        result = PyObject_CallMethod(threading, "setprofile", "O", adopt);
    if (result == NULL)
        Py_CLEAR(profiler->thread_hook);
    Py_XDECREF(result);
    Py_XDECREF(adopt);
    Py_DECREF(threading);
    return profiler->thread_hook == NULL ? -1 : 0;
}

/* Give threading's hook back, unless someone else has taken it since. */
static int restore_birth_hook(PyObject *threading, struct sts__profiler *profiler, PyObject *old)
{
    PyObject *current = PyObject_GetAttrString(threading, "_profile_hook"), *result = NULL;
    PyObject *adopt = PyObject_GetAttrString((PyObject *)profiler, "_adopt_thread");
    int ours = -1, r = -1;

    if (current != NULL && adopt != NULL)
        ours = PyObject_RichCompareBool(current, adopt, Py_EQ);
    if (ours > 0)
        result = PyObject_CallMethod(threading, "setprofile", "O", old);
    if (ours == 0 || result != NULL)
        r = 0;
    Py_XDECREF(result);
    Py_XDECREF(adopt);
    Py_XDECREF(current);
    return r;
}

static int unhook_births(struct sts__profiler *profiler)
{
    PyObject *old = profiler->thread_hook, *threading;
    int r = -1;

    if (old == NULL)
        return 0;
    profiler->thread_hook = NULL;
    threading = PyImport_ImportModule("threading");
    if (threading != NULL)
        r = restore_birth_hook(threading, profiler, old);
    Py_XDECREF(threading);
    Py_DECREF(old);
    return r;
}

/* The profile function of a new thread until its first event, which it sees. */
static PyObject *adopt_thread(PyObject *self, PyObject *const *args, Py_ssize_t n_args)
{
    struct sts__profiler *profiler = (struct sts__profiler *)self;
    PyThreadState *thread = PyThreadState_Get();

    if (n_args != 3 || !PyFrame_Check(args[0]) || !PyUnicode_Check(args[1])) {
        PyErr_SetString(PyExc_TypeError, "expected a frame, an event and its argument");
        return NULL;
    }
    if (!profiler->enabled || !profiler->threads) {
        if (set_profile(thread, NULL, NULL) < 0)
            return NULL;
        Py_RETURN_NONE;
    }
    if (hook_thread(thread, profiler) < 0)
        return NULL;
    if (PyUnicode_CompareWithASCIIString(args[1], "call") == 0)
        (void)on_event_of_thread(thread->c_profileobj, (PyFrameObject *)args[0], PyTrace_CALL,
                                 Py_None);
    Py_RETURN_NONE;
}

PyMethodDef sts__engine_methods[] = {
    { "_adopt_thread", (PyCFunction)(void (*)(void))adopt_thread, METH_FASTCALL,
      "_adopt_thread(frame, event, arg)\n--\n\nHook the thread that has just begun." },
    { NULL, NULL, 0, NULL },
};

int sts__engine_init(struct sts__profiler *profiler)
{
    (void)profiler;
    return 0;
}

/* The thread that enables first owns profiler->active; enabled again elsewhere, that one is added.
 */
static int hook_this_thread(struct sts__profiler *profiler)
{
    PyThreadState *thread = PyThreadState_Get();

    if (profiler->enabled && !pthread_equal(profiler->active_thread, pthread_self()))
        return is_hooked(thread, profiler) ? 0 : hook_thread(thread, profiler);
    if (!profiler->enabled) {
        profiler->active_thread = pthread_self();
        profiler->active = sts__profiler_shadow(profiler);
    }
    if (profiler->active == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    return set_profile(thread, on_event_of_owner, (PyObject *)profiler);
}

int sts__engine_start(struct sts__profiler *profiler)
{
    int r = 0;

    if (profiler->threads && profiler->thread_hook == NULL)
        r = hook_births(profiler); /* first: it runs Python code, which is none of the program's */
    if (r == 0)
        r = hook_this_thread(profiler);
    if (r == 0 && profiler->threads)
        r = hook_living_threads(profiler);
    if (r < 0) {
        struct sts__raised raised = sts__raised_save();

        if (sts__engine_stop(profiler) < 0)
            PyErr_Clear();
        sts__raised_restore(raised);
    }
    return r;
}

int sts__engine_stop(struct sts__profiler *profiler)
{
    /* This thread's hook goes whosever it is, as with cProfile. */
    if (set_profile(PyThreadState_Get(), NULL, NULL) < 0)
        return -1;
    if (unhook_all_threads(profiler) < 0)
        return -1;
    return unhook_births(profiler);
}

#endif
