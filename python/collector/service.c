/* SPDX-License-Identifier: MIT */
/*
 * service.c - see service.h: start, stop and flush, and what the ticker does.
 */
#include "collector/compat.h"

#include "collector/service.h"

#include "base/clock.h"
#include "collector/budget.h"
#include "collector/callback_lines.h"
#include "collector/frames.h"
#include "collector/sigterm.h"
#include "record/clocks.h"
#include "writer/fd_lines.h"
#include "writer/http_lines.h"
#include "writer/store_lines.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#define NS_PER_S      INT64_C(1000000000)
#define NS_PER_MS     INT64_C(1000000)
#define WATCH_NS      NS_PER_S /* how often the clocks are looked at */
#define STUCK_NS      (10 * NS_PER_MS)
#define TERMINATE_NS  (2 * NS_PER_S) /* what SIGTERM may be held up */
#define EXIT_S        5.0            /* what the end of the interpreter may */
#define SERVER_NS     (2 * NS_PER_S) /* and with a server, as the rest is kept on the disk */
#define TICKER_END_NS NS_PER_S
#define WRITER_END_NS (NS_PER_S / 5)
#define N_OWN_THREADS 2 /* the ticker and the writer */
#define TIMEOUT_S_MAX 1e8

struct sts__service sts__service;

static struct sts__service *const service = &sts__service;

/* --- the ticker's work --- */

static void end_with_leader(void);

static bool is_due(void *context, int64_t *ret_sleep_ns)
{
    int64_t due_ns = atomic_load(&service->edge_mono_ns), switch_ns = sts__budget_due_ns();
    int64_t left_ns = (switch_ns < due_ns ? switch_ns : due_ns) - sts__clock_mono_ns();

    (void)context;
    if (atomic_load(&service->leader_has_ended))
        end_with_leader();
    *ret_sleep_ns = left_ns < WATCH_NS ? left_ns : WATCH_NS;
    return left_ns <= 0 || sts__timeline_is_off(&service->watched);
}

static void plan_edge(void)
{
    int64_t now_ns = sts__clock_mono_ns(), edge_ns;

    service->watched = *service->recorder->timeline;
    edge_ns = sts__timeline_mono_at(&service->watched, service->recorder->current->end_ticks);
    atomic_store(&service->edge_mono_ns, edge_ns > now_ns ? edge_ns : now_ns + STUCK_NS);
}

static bool is_edge_due(void)
{
    return sts__clock_mono_ns() >= atomic_load(&service->edge_mono_ns);
}

static void ask(void *context)
{
    (void)context;
    sts__budget_ask();
}

static void granted(void *context)
{
    (void)context;
    sts__budget_granted();
}

static void tick(void *context)
{
    (void)context;
    if (service->state != STS__SERVICE_RUNNING)
        return;
    sts__budget_step();
    if (!is_edge_due() && !sts__timeline_is_off(&service->watched))
        return;
    service->options.engine->look();
    sts__recorder_advance(service->recorder);
    if (service->recorder->timeline->is_distrusted) {
        sts__recorder_drop_counter(service->recorder);
        service->options.engine->clock_changed();
    }
    sts__service_pump();
    plan_edge();
}

/* How long somebody waits for the slices that are written now. */
struct patience {
    int64_t ns;
    bool is_patient; /* also while a server does not take them, which they are kept for */
};

static bool flush_writer(struct sts__writer_mark since, struct patience patience)
{
    struct sts__writer *writer = service->writer;
    PyThreadState *state;
    bool is_written;

    service->n_users++;
    state = PyEval_SaveThread();
    is_written = sts__writer_flush(writer, since, patience.ns, patience.is_patient);
    PyEval_RestoreThread(state);
    service->n_users--;
    return is_written;
}

static bool flush_slice(struct patience patience)
{
    struct sts__writer_mark mark = sts__writer_mark(service->writer);
    bool is_written;

    service->options.engine->look();
    sts__recorder_split(service->recorder);
    sts__service_pump();
    is_written = flush_writer(mark, patience);
    if (service->state == STS__SERVICE_RUNNING)
        sts__service_pump();
    return is_written;
}

/* All that there is to write, within a time limit that somebody else enforces. */
static void write_all(void)
{
    PyGILState_STATE state;

    if (sts__is_python_ending())
        return;
    state = PyGILState_Ensure();
    if (service->state == STS__SERVICE_RUNNING)
        (void)flush_slice((struct patience){ TERMINATE_NS, false });
    PyGILState_Release(state);
}

static void wait_step(void)
{
    struct timespec step = { 0, NS_PER_MS };

    (void)nanosleep(&step, NULL);
}

static void terminate(void *context)
{
    (void)context;
    sts__sigterm_die_later(TERMINATE_NS);
    write_all();
    while (service->state == STS__SERVICE_STOPPING && !atomic_load(&service->is_written_out))
        wait_step(); /* the program was at its end anyway */
    sts__sigterm_die();
    sts__sigterm_install(&service->ticker); /* the process is one that does not die of it */
}

static int count_threads(void)
{
    DIR *folder = opendir("/proc/self/task");
    const struct dirent *entry;
    int count = 0;

    if (folder == NULL)
        return 0;
    while ((entry = readdir(folder)) != NULL)
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

/* The process is over when no thread is left but ours, and the one that is on its way out. */
static void end_with_leader(void)
{
    struct sts__writer *writer = service->writer;

    if (count_threads() > N_OWN_THREADS + 1) {
        wait_step();
        return;
    }
    atomic_store(&service->leader_has_ended, false);
    write_all();
    if (writer != NULL)
        (void)sts__writer_end(writer, WRITER_END_NS);
    atomic_store(&service->ticker.ending, true);
}

static const struct sts__ticker_work ticker_work = {
    .is_due = is_due,
    .ask = ask,
    .granted = granted,
    .tick = tick,
    .terminate = terminate,
};

/* --- slices to the writer --- */

static double coverage_of(const struct sts__slice *slice)
{
    double width = (double)(slice->end_ticks - slice->begin_ticks - slice->jump_ticks);

    return width > 0.0 ? 1.0 - (double)slice->paused_ticks / width : 1.0;
}

void sts__service_pump(void)
{
    struct sts__slice *first = NULL, **last = &first, *slice;

    while ((slice = sts__recorder_take(service->recorder)) != NULL) {
        service->coverage = coverage_of(slice);
        *last = slice;
        last = &slice->next;
        *last = NULL;
    }
    if (first != NULL)
        sts__writer_put(service->writer, first);
    slice = sts__writer_take_done(service->writer);
    while (slice != NULL) {
        struct sts__slice *next = slice->next;

        sts__recorder_release(service->recorder, slice);
        slice = next;
    }
    sts__recorder_reap(service->recorder);
}

/* --- start --- */

static bool is_main_interpreter(void)
{
    return PyThreadState_Get()->interp == PyInterpreterState_Main();
}

static int raise_error(const struct sts_error *err)
{
    if (err->status == STS_E_NOMEM && err->sys_errno == 0) {
        PyErr_NoMemory();
    } else if (err->status == STS_E_IO && err->sys_errno == 0) {
        PyErr_SetString(PyExc_OSError, err->text);
    } else if (err->status == STS_E_USAGE) {
        PyErr_SetString(PyExc_ValueError, err->text);
    } else if (err->status == STS_E_IO && service->options.spool != NULL) {
        errno = err->sys_errno;
        PyErr_SetFromErrnoWithFilename(PyExc_OSError, service->options.spool);
    } else if (err->status == STS_E_IO && service->options.path != NULL) {
        errno = err->sys_errno;
        PyErr_SetFromErrnoWithFilename(PyExc_OSError, service->options.path);
    } else if (err->status == STS_E_IO) {
        errno = err->sys_errno;
        PyErr_SetFromErrno(PyExc_OSError);
    } else {
        PyErr_SetString(PyExc_RuntimeError, err->text);
    }
    return -1;
}

static const char *service_label(const struct sts__service_options *options)
{
    for (size_t i = 0; i < options->n_labels; i++) {
        if (strcmp(options->labels[i].key, "service") == 0)
            return options->labels[i].value;
    }
    return NULL;
}

static int open_http(bool opens_spool, struct sts__line_sink *ret_sink, struct sts_error *err)
{
    const struct sts__service_options *options = &service->options;
    const struct sts__http_options http = {
        .url = options->url,
        .token = options->token,
        .ca = options->ca,
        .proxy = options->proxy,
        .no_proxy = options->no_proxy,
        .service = service_label(options),
        .spool = options->spool,
        .spool_bytes_max = options->spool_bytes_max,
    };

    return sts__http_lines_open(options->plugin, &http, opens_spool, ret_sink, err);
}

/* A child opens its file when it has something to write, so that a fork does not fail. */
static int open_sink(bool opens_file, struct sts__line_sink *ret_sink)
{
    const struct sts__service_options *options = &service->options;
    struct sts_error err = { 0 };
    int r;

    if (options->callback != NULL)
        return sts__callback_lines_open(options->callback, ret_sink);
    if (options->url != NULL)
        r = open_http(opens_file, ret_sink, &err);
    else if (options->path == NULL)
        r = sts__fd_lines_open(options->fd, ret_sink, &err);
    else if (options->plugin != NULL)
        r = sts__store_lines_open(options->plugin, options->path, opens_file, ret_sink, &err);
    else if (opens_file)
        r = sts__log_file_open(options->path, &options->log, ret_sink, &err);
    else
        r = sts__log_file_new(options->path, &options->log, ret_sink, &err);
    return r < 0 ? raise_error(&err) : 0;
}

int sts__service_open_writer(bool opens_file)
{
    const struct sts__service_options *options = &service->options;
    struct sts__writer_options writer_options = {
        .gather = {
            .labels = options->labels,
            .n_labels = options->n_labels + 1,
            .by_thread = options->thread_label,
            .engine = options->engine->engine,
            .clock = options->cpu_clock ? STS_CLOCK_CPU : STS_CLOCK_WALL,
        },
        .n_profiles_max = options->queue_max,
        .n_bytes_max = STS__WRITER_BYTES_MAX,
    };
    struct sts__line_sink sink;
    struct sts_error err = { 0 };

    if (open_sink(opens_file, &sink) < 0)
        return -1;
    return sts__writer_new(&writer_options, sink, &service->writer, &err) < 0 ? raise_error(&err)
                                                                              : 0;
}

int sts__service_begin_threads(struct sts_error *err)
{
    int r;

    plan_edge();
    r = sts__writer_begin(service->writer, err);
    return r < 0 ? r : sts__ticker_begin(&service->ticker, err);
}

/* Slices that are not written go the way of those that are. */
static void drop_rest(void)
{
    sts__writer_drop_waiting(service->writer);
    sts__service_pump();
    sts__writer_counts(service->writer, &service->last_counts);
}

/* Everything that stands after start() failed half way, or after stop(). */
static void tear_down(void)
{
    struct sts__writer *writer = service->writer;
    PyThreadState *state;

    service->n_users++;
    state = PyEval_SaveThread();
    if (!sts__ticker_end(&service->ticker, TICKER_END_NS)) {
        while (!sts__budget_close())
            wait_step();
    }
    if (atomic_exchange(&service->ticker.terminating, false)) /* it ended before it saw that */
        sts__sigterm_die();
    if (writer != NULL)
        (void)sts__writer_end(writer, WRITER_END_NS);
    PyEval_RestoreThread(state);
    if (writer != NULL)
        drop_rest();
    service->writer = NULL;
    state = PyEval_SaveThread();
    sts__writer_free(writer);
    PyEval_RestoreThread(state);
    service->n_users--;
    sts__frames_give();
    sts__service_options_deinit(&service->options);
    service->state = STS__SERVICE_STOPPED;
}

int sts__service_begin_recording(void)
{
    const struct sts__recorder_options options = {
        .width_ns = service->options.slice_ns,
        .n_label_sets_max = service->options.label_sets_max,
        .by_thread = service->options.thread_label,
        .cpu_clock = service->options.cpu_clock,
    };
    struct sts__timeline *timeline = sts__frames_timeline();

    if (timeline->speed != service->options.clock_speed)
        sts__timeline_set_speed(timeline, service->options.clock_speed);
    if (sts__recorder_begin(service->recorder, timeline, &options) < 0) {
        PyErr_NoMemory();
        return -1;
    }
    if (service->options.engine->install() < 0) {
        sts__recorder_end(service->recorder);
        return -1;
    }
    sts__budget_begin(service->options.budget, service->call_cost_ns);
    return 0;
}

/* What a call costs is asked when there is a budget to keep; a forked child's are as dear. */
static int learn_cost(void)
{
    service->call_cost_ns = 0.0;
    if (service->options.budget > 0.0)
        service->call_cost_ns = sts__budget_call_cost_ns();
    return service->call_cost_ns < 0.0 ? -1 : 0;
}

static int begin_all(void)
{
    struct sts_error err = { 0 };

    if (sts__service_open_writer(true) < 0 || learn_cost() < 0 ||
        sts__service_begin_recording() < 0)
        return -1;
    if (sts__service_begin_threads(&err) < 0) {
        service->options.engine->uninstall();
        sts__recorder_end(service->recorder);
        return raise_error(&err);
    }
    sts__sigterm_install(&service->ticker);
    return 0;
}

/* Once a process: what Python calls when it ends, and around a fork. */
static int call_with_own(PyObject *module, const char *of_module, const char *name, PyObject *args,
                         PyObject *keywords)
{
    PyObject *other = PyImport_ImportModule(of_module), *callable = NULL, *result = NULL;

    (void)module;
    if (other != NULL)
        callable = PyObject_GetAttrString(other, name);
    if (callable != NULL && args != NULL)
        result = PyObject_Call(callable, args, keywords);
    Py_XDECREF(callable);
    Py_XDECREF(other);
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}

static PyObject *fork_hooks(PyObject *module)
{
    static const char *const names[][2] = {
        { "before", "fork_before" },
        { "after_in_parent", "fork_parent" },
        { "after_in_child", "fork_child" },
    };
    PyObject *hooks = PyDict_New();

    for (size_t i = 0; hooks != NULL && i < sizeof(names) / sizeof(names[0]); i++) {
        PyObject *hook = PyObject_GetAttrString(module, names[i][1]);

        if (hook == NULL || PyDict_SetItemString(hooks, names[i][0], hook) < 0)
            Py_CLEAR(hooks);
        Py_XDECREF(hook);
    }
    return hooks;
}

static int register_once(PyObject *module)
{
    static bool is_registered;
    PyObject *hooks, *none, *stop, *args;
    int r = -1;

    if (is_registered)
        return 0;
    hooks = fork_hooks(module);
    none = PyTuple_New(0);
    stop = PyObject_GetAttrString(module, "stop");
    args = stop == NULL ? NULL : Py_BuildValue("(OdO)", stop, EXIT_S, Py_False);
    if (hooks != NULL && none != NULL && args != NULL &&
        call_with_own(module, "os", "register_at_fork", none, hooks) == 0)
        r = call_with_own(module, "atexit", "register", args, NULL);
    is_registered = r == 0;
    Py_XDECREF(args);
    Py_XDECREF(stop);
    Py_XDECREF(none);
    Py_XDECREF(hooks);
    return r;
}

static PyObject *service_start(PyObject *module, PyObject *options)
{
    if (!PyDict_Check(options)) {
        PyErr_SetString(PyExc_TypeError, "the options must be a dict");
        return NULL;
    }
    if (!is_main_interpreter()) {
        PyErr_SetString(PyExc_RuntimeError, "statslice profiles the main interpreter alone, and "
                                            "cannot start in a sub-interpreter");
        return NULL;
    }
    if (service->state != STS__SERVICE_STOPPED || service->n_users > 0) {
        PyErr_SetString(PyExc_RuntimeError, "statslice is running already");
        return NULL;
    }
    if (register_once(module) < 0 || sts__service_options_init(&service->options, options) < 0)
        return NULL;
    if (sts__frames_take() < 0) {
        sts__service_options_deinit(&service->options);
        return NULL;
    }
    service->recorder = sts__frames_recorder();
    sts__ticker_init(&service->ticker, &ticker_work, NULL);
    service->coverage = 1.0;
    service->state = STS__SERVICE_STOPPING; /* others keep out, should the lock be let go */
    if (begin_all() < 0) {
        PyObject *type, *value, *traceback;

        PyErr_Fetch(&type, &value, &traceback);
        tear_down();
        PyErr_Restore(type, value, traceback);
        return NULL;
    }
    service->state = STS__SERVICE_RUNNING;
    Py_RETURN_NONE;
}

/* --- flush and stop --- */

/* (seconds, whether also while a server is away) */
static int read_patience(PyObject *args, struct patience *ret_patience)
{
    double seconds;
    int is_patient = 1;

    if (!PyArg_ParseTuple(args, "d|p", &seconds, &is_patient))
        return -1;
    if (!(seconds > 0.0))
        seconds = 0.0;
    if (seconds > TIMEOUT_S_MAX)
        seconds = TIMEOUT_S_MAX;
    ret_patience->ns = (int64_t)(seconds * (double)NS_PER_S);
    ret_patience->is_patient = is_patient != 0;
    if (!is_patient && service->options.url != NULL && ret_patience->ns > SERVER_NS)
        ret_patience->ns = SERVER_NS;
    return 0;
}

static PyObject *service_flush(PyObject *module, PyObject *args)
{
    struct patience patience;

    (void)module;
    if (read_patience(args, &patience) < 0)
        return NULL;
    if (!is_main_interpreter())
        Py_RETURN_TRUE;
    return PyBool_FromLong(service->state != STS__SERVICE_RUNNING || flush_slice(patience));
}

/* Until those have left who use it without the interpreter's lock: they are woken, and on their
 * way. */
static void wait_for_users(void)
{
    while (service->n_users > 0) {
        PyThreadState *state = PyEval_SaveThread();
        wait_step();
        PyEval_RestoreThread(state);
    }
}

static bool write_rest(struct patience patience)
{
    struct sts__writer_mark mark = sts__writer_mark(service->writer);
    bool is_written;

    sts__service_pump();
    is_written = sts__writer_begin(service->writer, NULL) == 0 && flush_writer(mark, patience);
    atomic_store(&service->is_written_out, true);
    sts__writer_close(service->writer);
    wait_for_users();
    return is_written;
}

static bool stop_all(struct patience patience)
{
    int64_t until_ns = sts__clock_mono_ns() + patience.ns;
    bool is_written;

    atomic_store(&service->is_written_out, false);
    service->state = STS__SERVICE_STOPPING;
    service->options.engine->uninstall();
    sts__recorder_end(service->recorder);
    patience.ns = until_ns - sts__clock_mono_ns();
    is_written = write_rest(patience);
    sts__sigterm_uninstall();
    tear_down();
    return is_written;
}

/* Another thread is at it. */
static bool wait_for_stop(int64_t timeout_ns)
{
    int64_t until_ns = sts__clock_mono_ns() + timeout_ns;

    while (service->state == STS__SERVICE_STOPPING && sts__clock_mono_ns() < until_ns) {
        PyThreadState *state = PyEval_SaveThread();
        wait_step();
        PyEval_RestoreThread(state);
    }
    return service->state == STS__SERVICE_STOPPED;
}

static PyObject *service_stop(PyObject *module, PyObject *args)
{
    struct patience patience;

    (void)module;
    if (read_patience(args, &patience) < 0)
        return NULL;
    if (!is_main_interpreter())
        Py_RETURN_TRUE;
    if (service->state == STS__SERVICE_RUNNING)
        return PyBool_FromLong(stop_all(patience));
    return PyBool_FromLong(wait_for_stop(patience.ns));
}

PyMethodDef sts__service_methods[] = {
    { "start", service_start, METH_O, "start(options): profile this process from now on" },
    { "stop", service_stop, METH_VARARGS,
      "stop(timeout, patient=True): end it; whether all was written in that many seconds" },
    { "flush", service_flush, METH_VARARGS,
      "flush(timeout, patient=True): end the slice now; whether it was written in that many "
      "seconds" },
    { "status", sts__service_status, METH_NOARGS, "status(): how it is, as a dict" },
    { "fork_before", sts__service_fork_before, METH_NOARGS, "for os.register_at_fork" },
    { "fork_parent", sts__service_fork_parent, METH_NOARGS, "for os.register_at_fork" },
    { "fork_child", sts__service_fork_child, METH_NOARGS, "for os.register_at_fork" },
    { NULL, NULL, 0, NULL },
};
