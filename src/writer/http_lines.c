/* SPDX-License-Identifier: MIT */
/*
 * http_lines.c - see http_lines.h.
 */
#include "writer/http_lines.h"

#include "writer/plugin.h"

int sts__http_lines_open(const char *plugin_path, const struct sts__http_options *options,
                         bool opens, struct sts__line_sink *ret_sink, struct sts_error *err)
{
    const void *found;
    const struct sts__http_plugin *plugin;
    int r = sts__plugin_load(plugin_path, STS__HTTP_PLUGIN_SYMBOL, STS__HTTP_PLUGIN_VERSION,
                             "profiles cannot be sent", &found, err);

    if (r < 0)
        return r;
    plugin = found;
    return plugin->open(options, opens, ret_sink, err);
}
