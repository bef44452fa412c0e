/* SPDX-License-Identifier: MIT */
/*
 * service_fork.c - the always-on collector around a fork.
 *
 * Before:  the threads of ours end, so that the process forks with the program's own alone.
 * Parent:  they begin again.
 * Child:   it starts empty, with a label of its own and a writer of its own on the same target.
 *          A child that subprocess makes to run another program has nothing to start for.
 */
#include "collector/compat.h"

#include "collector/service.h"

#include "collector/frames.h"
#include "collector/sigterm.h"

#include <sys/syscall.h>
#include <unistd.h>

static struct sts__service *const service = &sts__service;

#define END_NS          INT64_C(500000000) /* a sink that hangs may hold up a fork so long */
#define SLEEPING_END_NS INT64_C(5000000)

/* --- a child of a thread that is not the main one --- */

/*
 * Such a child ends when that thread does: there is no main program in it that would end the
 * interpreter. Our threads would keep it alive; so they are told, and end too.
 */
static pthread_key_t leader_end_key;
static bool has_leader_end_key;

static bool is_leader(void)
{
    return getpid() == (pid_t)syscall(SYS_gettid);
}

static void leader_ends(void *ticker)
{
    atomic_store(&service->leader_has_ended, true);
    sts__wake_all(&((struct sts__ticker *)ticker)->wake);
}

static void watch_leader(void)
{
    if (!has_leader_end_key)
        has_leader_end_key = pthread_key_create(&leader_end_key, leader_ends) == 0;
    if (has_leader_end_key)
        (void)pthread_setspecific(leader_end_key, &service->ticker);
    /* 3.11 and 3.12 end the process when a thread asks for the lock of an interpreter that no
     * thread is known to any more; this one is only there to be known. */
    (void)PyThreadState_New(PyInterpreterState_Main());
}

/* --- the hooks --- */

/*
 * Without letting the interpreter's lock go: threads that sleep end in a fraction of a millisecond,
 * and a main thread that is about to end would get on. In 3.12 a child of a thread could not start
 * threads then: the interpreter's end has begun in it.
 */
static bool end_sleeping_threads(struct sts__writer *writer)
{
    struct sts__writer_counts counts;

    if (!sts__ticker_end(&service->ticker, SLEEPING_END_NS))
        return false;
    sts__writer_counts(writer, &counts);
    return counts.n_slices_waiting == 0 && sts__writer_fork_before(writer, SLEEPING_END_NS);
}

PyObject *sts__service_fork_before(PyObject *module, PyObject *unused)
{
    struct sts__writer *writer = service->writer;
    PyThreadState *state;

    (void)module;
    (void)unused;
    if (service->state != STS__SERVICE_RUNNING)
        Py_RETURN_NONE;
    service->n_forking++;
    if (!is_leader())
        service->is_off_thread = true;
    if (end_sleeping_threads(writer))
        Py_RETURN_NONE;
    service->n_users++;
    state = PyEval_SaveThread();
    (void)sts__ticker_end(&service->ticker, END_NS);
    (void)sts__writer_fork_before(writer, END_NS);
    PyEval_RestoreThread(state);
    service->n_users--;
    Py_RETURN_NONE;
}

static int begin_threads(void *unused)
{
    (void)unused;
    if (service->state == STS__SERVICE_RUNNING && service->n_forking == 0)
        (void)!sts__service_begin_threads(NULL); /* what fails is tried again by the next fork */
    return 0;
}

/*
 * From 3.12 on os.fork() counts the threads of the process and warns where it finds more than
 * one; 3.13 does so after this. What is pending is called when os.fork() has returned.
 */
static void begin_threads_soon(void)
{
#if PY_VERSION_HEX >= 0x030C0000
    if (getpid() == (pid_t)syscall(SYS_gettid) && Py_AddPendingCall(begin_threads, NULL) == 0)
        return;
#endif
    (void)begin_threads(NULL);
}

PyObject *sts__service_fork_parent(PyObject *module, PyObject *unused)
{
    (void)module;
    (void)unused;
    if (service->n_forking > 0)
        service->n_forking--;
    service->is_off_thread = service->is_child_off_thread;
    begin_threads_soon();
    Py_RETURN_NONE;
}

/* Whether the process was forked by subprocess, which calls a preexec_fn and then exec(). */
static bool is_subprocess(void)
{
    PyFrameObject *frame = PyEval_GetFrame();
    PyCodeObject *code;

    if (frame == NULL)
        return false;
    code = (PyCodeObject *)sts__frame_code(frame);
    return PyUnicode_CompareWithASCIIString(code->co_name, "_execute_child") == 0;
}

static void drop_writer(void)
{
    struct sts__writer *writer = service->writer;

    service->writer = NULL;
    if (writer != NULL) {
        sts__writer_fork_child(writer);
        sts__writer_free(writer);
    }
}

static void give_up(void)
{
    service->options.engine->uninstall();
    sts__recorder_end(service->recorder);
    sts__frames_give();
    service->state = STS__SERVICE_STOPPED;
}

static void begin_again(void)
{
    drop_writer();
    sts__frames_fork_child();
    if (sts__service_open_writer(false) < 0 || sts__service_begin_recording() < 0 ||
        sts__service_begin_threads(NULL) < 0) {
        PyErr_Clear(); /* no memory for it: the program goes on without */
        give_up();
        return;
    }
    sts__sigterm_install(&service->ticker);
}

PyObject *sts__service_fork_child(PyObject *module, PyObject *unused)
{
    (void)module;
    (void)unused;
    service->n_forking = 0;
    service->n_users = 0;
    sts__ticker_fork_child(&service->ticker);
    atomic_store(&service->leader_has_ended, false);
    service->is_child_off_thread = service->is_off_thread;
    if (service->is_off_thread)
        watch_leader();
    if (service->state == STS__SERVICE_STOPPED ||
        !sts__service_options_set_pid(&service->options) || is_subprocess())
        Py_RETURN_NONE;
    if (service->state == STS__SERVICE_RUNNING)
        begin_again();
    else if (service->state == STS__SERVICE_STOPPING)
        give_up(); /* the thread that was stopping it does not exist here */
    Py_RETURN_NONE;
}
