/* SPDX-License-Identifier: MIT */
/*
 * store_lines.h - profiles into a store, by the shared object that knows how.
 */
#ifndef STS_WRITER_STORE_LINES_H
#define STS_WRITER_STORE_LINES_H

#include "writer/line_sink.h"

/*
 * sts__store_lines_open - a sink that writes a store.
 *
 * plugin_path: of the shared object (store_plugin.h); it stays loaded.
 * opens:       now; else when the first line is written.
 * Errors:      STS_E_UNSUPPORTED (the object cannot be loaded), those of sts_store_open,
 *              STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__store_lines_open(const char *plugin_path, const char *path, bool opens,
                                         struct sts__line_sink *ret_sink, struct sts_error *err);

#endif
