/* SPDX-License-Identifier: MIT */
/*
 * frame.h - the interpreter's own frames, as the frame evaluation hook of PEP 523 meets them.
 *
 * Why:  they differ with every version; each has its file, and gives the same few calls:
 *
 *   STS_HOOK_PARAMETERS, STS_HOOK_ARGUMENTS   of a frame evaluator
 *   STS_HOOK_STATE                            the thread state in it
 *   STS_FRAME               the type of a frame
 *   sts__frame_code_of      the code object, borrowed
 *   sts__frame_globals_of   the globals, borrowed
 *   sts__frame_run          of a generator's or coroutine's code: what this evaluation is
 *   sts__frame_is_done      the same, afterwards: it will not run again
 *   sts__frame_caller       what runs when the hook is called with a new frame; NULL: nothing
 *   sts__frame_running      the frame that a thread runs now; NULL: none
 *   sts__frame_back         who called a running frame; NULL: nobody
 *   sts__hook_get, sts__hook_set   the interpreter's evaluator
 */
#ifndef STS_COLLECTOR_FRAME_H
#define STS_COLLECTOR_FRAME_H

#ifndef Py_BUILD_CORE
#define Py_BUILD_CORE 1 /* the layout of frames is in the internal headers */
#endif
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <frameobject.h>
#include <stdbool.h>

enum sts__frame_run {
    STS__FRAME_MAKES,   /* it only makes the generator: no code of the function runs */
    STS__FRAME_STARTS,  /* the generator's first run */
    STS__FRAME_RESUMES, /* a later one */
};

#if PY_VERSION_HEX >= 0x030E0000
#include "collector/frame_py314.h"
#elif PY_VERSION_HEX >= 0x030D0000
#include "collector/frame_py313.h"
#elif PY_VERSION_HEX >= 0x030C0000
#include "collector/frame_py312.h"
#elif PY_VERSION_HEX >= 0x030B0000
#include "collector/frame_py311.h"
#elif PY_VERSION_HEX >= 0x030A0000
#include "collector/frame_py310.h"
#elif PY_VERSION_HEX >= 0x03090000
#include "collector/frame_py309.h"
#else
#include "collector/frame_py308.h"
#endif

/*
 * 3.12 and 3.13 let C recurse so many times, whatever the stack, and count their evaluator as two
 * (PY_EVAL_C_STACK_UNITS): Python calls are none of C's without a hook, so they are given back.
 */
#define STS_C_RECURSION_UNITS 2
#if PY_VERSION_HEX >= 0x030C0000 && PY_VERSION_HEX < 0x030E0000
#define STS_C_RECURSION_GIVE(state) ((state)->c_recursion_remaining += STS_C_RECURSION_UNITS)
#define STS_C_RECURSION_TAKE(state) ((state)->c_recursion_remaining -= STS_C_RECURSION_UNITS)
#else
#define STS_C_RECURSION_GIVE(state) ((void)(state))
#define STS_C_RECURSION_TAKE(state) ((void)(state))
#endif

/*
 * Whether the interpreter refused to run a frame whose evaluation failed with RecursionError: its
 * depth is the limit's already. 3.12 and newer have let go of the frame by then.
 */
#if PY_VERSION_HEX >= 0x030C0000
#define STS_FRAME_WAS_REFUSED(frame)                                                               \
    ((void)(frame), PyThreadState_Get()->py_recursion_remaining <= 0)
#elif PY_VERSION_HEX >= 0x030B0000
#define STS_FRAME_WAS_REFUSED(frame) ((void)(frame), PyThreadState_Get()->recursion_remaining <= 0)
#else
#define STS_FRAME_WAS_REFUSED(frame) ((frame)->f_lasti < 0)
#endif

/* Those of newer versions may look different: nobody has looked. */
#define STS_FRAMES_ARE_KNOWN (PY_VERSION_HEX < 0x03100000)

#if PY_VERSION_HEX >= 0x030C0000
#define STS_CODE_EXTRA_REQUEST PyUnstable_Eval_RequestCodeExtraIndex
#define STS_CODE_EXTRA_GET     PyUnstable_Code_GetExtra
#define STS_CODE_EXTRA_SET     PyUnstable_Code_SetExtra
#else
#define STS_CODE_EXTRA_REQUEST _PyEval_RequestCodeExtraIndex
#define STS_CODE_EXTRA_GET     _PyCode_GetExtra
#define STS_CODE_EXTRA_SET     _PyCode_SetExtra
#endif

#endif
