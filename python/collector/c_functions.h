/* SPDX-License-Identifier: MIT */
/*
 * c_functions.h - functions of C among the recorder's functions.
 *
 * In:   the definition of a C function or method, and what is called.
 * Out:  a record with the name that cProfile gives it, as file "~" and line 0.
 * Why:  a definition is what calls have in common: bound methods are made anew for each.
 *       It is told from code objects by an address that none of them has. Nobody tells of
 *       its end, so a record stays for the process's life; there are STS__CODES_MAX in all.
 */
#ifndef STS_COLLECTOR_C_FUNCTIONS_H
#define STS_COLLECTOR_C_FUNCTIONS_H

#include "collector/compat.h"
#include "record/recorder.h"

/* sts__c_function_key - what calls of it are told by. Code objects' keys are even or odd by 1. */
static inline const void *sts__c_function_key(const PyMethodDef *method)
{
    return (const char *)method + 2;
}

/*
 * sts__c_function_code - its record, made if it is new.
 *
 * subject, self_arg: as of sts__subject_describe, which may run Python code: whatever was looked
 * up before may have changed.   Returns: NULL when out of memory; no exception is set.
 */
struct sts__code *sts__c_function_code(struct sts__recorder *recorder, const PyMethodDef *method,
                                       PyObject *subject, PyObject *self_arg);

#endif
