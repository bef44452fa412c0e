/* SPDX-License-Identifier: MIT */
/*
 * compress.c - the table of compression methods.
 */
#include "format/compress.h"

#include <string.h>

#include <statslice/format.h>
#include <statslice/sink.h>

#include "base/fail.h"

const struct sts__compression *const sts__compressions[] = { &sts__gzip, &sts__zstd, NULL };

int sts_sink_open_compressed(const char *method, struct sts_sink *take_sink,
                             struct sts_sink **ret_sink, struct sts_error *err)
{
    for (size_t i = 0; sts__compressions[i] != NULL; i++)
        if (strcmp(method, sts__compressions[i]->name) == 0)
            return sts__compressions[i]->open_sink(take_sink, ret_sink, err);
    sts_sink_abandon(take_sink);
    return sts__fail(err, STS_E_NOTFOUND, "no compression \"%s\" (known: gzip, zstd)", method);
}
