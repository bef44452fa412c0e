/* SPDX-License-Identifier: MIT */
/*
 * frames_bypass.h - close the ways on which a call gets by the frame evaluation hook.
 *
 * Why:  two interpreters run some calls of Python functions inline although there is a hook, once
 *       they have specialised the instruction: __getitem__ in 3.11.0 to 3.11.3 (gh-104405), and
 *       __init__ in 3.13. Such calls would not be counted.
 * How:  each class gets a property for which the interpreter does not specialise, and which
 *       changes nothing else; classes made later get it when they are made.
 * Not:  functions that become a class's __getitem__ after it was made (3.11.0 to 3.11.3).
 */
#ifndef STS_COLLECTOR_FRAMES_BYPASS_H
#define STS_COLLECTOR_FRAMES_BYPASS_H

/*
 * sts__bypass_close, sts__bypass_open - while a hook is installed; no-ops where none is needed.
 *
 * With the GIL, in the main interpreter. No Python code runs. Errors: none; for want of memory
 * a way may stay open; what was closed is opened again.
 */
void sts__bypass_close(void);
void sts__bypass_open(void);

#endif
