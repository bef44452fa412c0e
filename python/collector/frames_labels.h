/* SPDX-License-Identifier: MIT */
/*
 * frames_labels.h - the labels of what runs: a context variable's value.
 *
 * Out:  statslice._collector.label(**labels), a context manager.
 * Why:  contextvars give what is wanted: labels of a thread and of a task, inherited by what
 *       they start. The hook looks at them only when the interpreter's context has changed.
 */
#ifndef STS_COLLECTOR_FRAMES_LABELS_H
#define STS_COLLECTOR_FRAMES_LABELS_H

#include "collector/compat.h"
#include "record/track.h"

/* sts__label_type - new reference, or NULL with an exception set. */
PyTypeObject *sts__label_type(void);

/* sts__frames_labels_look - the labels of the current context become the track's. */
void sts__frames_labels_look(struct sts__track *track, const PyThreadState *state);

void sts__frames_labels_hold(struct sts__labels *labels);

#endif
