/* SPDX-License-Identifier: MIT */
/*
 * frames_block.h - the type statslice._collector.Frames: the engine `frames` for a block of code.
 */
#ifndef STS_COLLECTOR_FRAMES_BLOCK_H
#define STS_COLLECTOR_FRAMES_BLOCK_H

#include "collector/compat.h"

/* sts__frames_type - new reference, or NULL with an exception set. */
PyTypeObject *sts__frames_type(void);

#endif
