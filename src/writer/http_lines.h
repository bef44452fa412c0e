/* SPDX-License-Identifier: MIT */
/*
 * http_lines.h - profiles to a server, by the shared object that knows how.
 */
#ifndef STS_WRITER_HTTP_LINES_H
#define STS_WRITER_HTTP_LINES_H

#include "writer/http_plugin.h"

/*
 * sts__http_lines_open - a sink that sends to a server.
 *
 * plugin_path: of the shared object; it stays loaded.   opens: the spool, now.
 * Errors:      STS_E_UNSUPPORTED (the object cannot be loaded), those of sts__http_plugin's open.
 */
STS_MUST_CHECK int sts__http_lines_open(const char *plugin_path,
                                        const struct sts__http_options *options, bool opens,
                                        struct sts__line_sink *ret_sink, struct sts_error *err);

#endif
