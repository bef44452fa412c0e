/* SPDX-License-Identifier: MIT */
/*
 * memory.h - how the process takes memory from the system.
 */
#ifndef CLI_MEMORY_H
#define CLI_MEMORY_H

/* cli_memory_prepare - once, before there are threads. What the system can not do is left. */
void cli_memory_prepare(void);

#endif
