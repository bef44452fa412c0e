/* SPDX-License-Identifier: MIT */
/*
 * service_options.h - the options of start(), out of a dict, as a C copy of their own.
 *
 * Why:  a forked child starts anew with them, at a moment when little of Python can be asked.
 */
#ifndef STS_COLLECTOR_SERVICE_OPTIONS_H
#define STS_COLLECTOR_SERVICE_OPTIONS_H

#include "collector/service_engine.h"
#include "record/labels.h"
#include "writer/log_file.h"

#define STS__PID_LABEL "pid"

struct sts__service_options {
    char *path;                                  /* owned, absolute; or NULL */
    char *url;                                   /* owned; of a server, or NULL */
    char *token, *ca, *proxy, *no_proxy, *spool; /* owned, for it; or NULL */
    size_t spool_bytes_max;
    char *plugin;       /* owned; writes the store that path is, or sends to url; or NULL */
    int fd;             /* or -1 */
    PyObject *callback; /* owned; or NULL */
    const struct sts__service_engine *engine;
    int64_t slice_ns;
    bool cpu_clock;
    double budget;             /* per cent; 0: none */
    struct sts__label *labels; /* owned, texts too; room for one more, the pid's */
    size_t n_labels;
    bool thread_label;
    size_t label_sets_max;
    size_t queue_max;
    struct sts__log_file_options log;
    double clock_speed; /* 1; more: a clock for tests that runs faster */
    char pid[24];
};

/*
 * sts__service_options_init - from the dict. Returns: -1 with an exception set.
 *
 * A key that is not known is a TypeError, a value that cannot be a ValueError.
 */
int sts__service_options_init(struct sts__service_options *options, PyObject *dict);
void sts__service_options_deinit(struct sts__service_options *options);

/* sts__service_options_set_pid - the label of this process. Returns: whether it is a new one. */
bool sts__service_options_set_pid(struct sts__service_options *options);

#endif
