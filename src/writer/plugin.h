/* SPDX-License-Identifier: MIT */
/*
 * plugin.h - a shared object that brings what needs libraries.
 *
 * Why: the collector is loaded into services and needs libc alone.
 */
#ifndef STS_WRITER_PLUGIN_H
#define STS_WRITER_PLUGIN_H

#include <statslice/error.h>

/*
 * sts__plugin_load - what the object has under a symbol. It stays loaded: a thread may be in it.
 *
 * what: for messages: "stores cannot be written".   version: which begins what the symbol names.
 * Errors: STS_E_UNSUPPORTED.
 */
STS_MUST_CHECK int sts__plugin_load(const char *path, const char *symbol, int version,
                                    const char *what, const void **ret_plugin,
                                    struct sts_error *err);

#endif
