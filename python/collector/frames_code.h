/* SPDX-License-Identifier: MIT */
/*
 * frames_code.h - from code objects to the recorder's functions, without holding them.
 */
#ifndef STS_COLLECTOR_FRAMES_CODE_H
#define STS_COLLECTOR_FRAMES_CODE_H

#include "collector/compat.h"
#include "record/recorder.h"

/* sts__frames_code_init - once a process. Returns: -1 with an exception set. */
int sts__frames_code_init(struct sts__recorder *recorder);

/* sts__frames_code - the record of a code object. Never NULL. Keeps an exception that is set. */
struct sts__code *sts__frames_code(PyCodeObject *code);

enum sts__code_kind sts__frames_code_kind(const PyCodeObject *code);

#endif
