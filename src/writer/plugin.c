/* SPDX-License-Identifier: MIT */
/*
 * plugin.c - see plugin.h.
 */
#include "writer/plugin.h"

#include <dlfcn.h>

#include "base/fail.h"

int sts__plugin_load(const char *path, const char *symbol, int version, const char *what,
                     const void **ret_plugin, struct sts_error *err)
{
    void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    const int *plugin = object == NULL ? NULL : dlsym(object, symbol);

    if (plugin == NULL) {
        const char *reason = dlerror();
        return sts__fail(err, STS_E_UNSUPPORTED, "%s: %.160s", what,
                         reason == NULL ? "the plugin is not one" : reason);
    }
    if (*plugin != version)
        return sts__fail(err, STS_E_UNSUPPORTED, "%s: \"%.120s\" is of another version", what,
                         path);
    *ret_plugin = plugin;
    return 0;
}
