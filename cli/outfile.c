/* SPDX-License-Identifier: MIT */
/*
 * outfile.c - where a command's result goes.
 *
 * Why:  a file is there whole or not at all, whatever ends the program.
 */
#include "cli/outfile.h"

#include <string.h>
#include <unistd.h>

#include <statslice/format.h>
#include <statslice/sink.h>

#include "cli/report.h"
#include "cli/signals.h"

static bool ends_with(const char *path, const char *ending)
{
    size_t path_len = strlen(path), ending_len = strlen(ending);

    return path_len > ending_len && strcmp(path + path_len - ending_len, ending) == 0;
}

static const char *compression_of(const char *path)
{
    if (ends_with(path, ".gz"))
        return "gzip";
    return ends_with(path, ".zst") ? "zstd" : NULL;
}

int cli_outfile_open(const char *path, struct sts_sink **ret_sink, struct sts_error *err)
{
    struct sts_sink *sink = NULL;
    int r;

    if (path == NULL || strcmp(path, "-") == 0)
        return sts_sink_open_fd(STDOUT_FILENO, "standard output", ret_sink, err);
    r = sts_sink_open_path(path, &sink, err);
    if (r < 0)
        return r;
    if (!cli_signals_guard(sts_sink_part_path(sink))) {
        sts_sink_abandon(sink);
        return cli_fail(err, STS_E_LIMIT, "the path of the output is too long");
    }
    if (compression_of(path) == NULL) {
        *ret_sink = sink;
        return 0;
    }
    return sts_sink_open_compressed(compression_of(path), sink, ret_sink, err);
}

int cli_outfile_close(struct sts_sink *sink, int status, struct sts_error *err)
{
    int r = 0;

    if (status < 0)
        sts_sink_abandon(sink);
    else
        r = sts_sink_close(sink, err);
    cli_signals_guard(NULL);
    return status < 0 ? status : r;
}
