/* SPDX-License-Identifier: MIT */
/*
 * common.h - what every public header needs: how a symbol is exported, how a
 * result that must be looked at is marked.
 */
#ifndef STATSLICE_COMMON_H
#define STATSLICE_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define STS_API                        __attribute__((visibility("default")))
#define STS_MUST_CHECK                 __attribute__((warn_unused_result))
#define STS_PRINTF(format_at, args_at) __attribute__((format(printf, format_at, args_at)))
#else
#define STS_API
#define STS_MUST_CHECK
#define STS_PRINTF(format_at, args_at)
#endif

#endif
