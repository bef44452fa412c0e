/* SPDX-License-Identifier: MIT */
/*
 * subject.h - what a profiled function is called.
 *
 * In:   a code object, a C function, or a method descriptor and what it is called on.
 * Out:  what identifies it without keeping anything of the program alive but code:
 *       the code object itself, or a text such as "<built-in method builtins.len>".
 * Why:  the texts are those of cProfile, so that both profilers' files match; without
 *       the addresses ("at 0x7f..."), so that two runs of a program match.
 */
#ifndef STS_COLLECTOR_SUBJECT_H
#define STS_COLLECTOR_SUBJECT_H

#include "collector/compat.h"

/* sts__subject_describe - new reference, or NULL with an exception set. May run Python code. */
PyObject *sts__subject_describe(PyObject *subject, PyObject *self_arg);

#endif
