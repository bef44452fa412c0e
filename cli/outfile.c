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

static const struct {
    const char *ending;
    const char *method;
} compressions[] = { { ".gz", "gzip" }, { ".zst", "zstd" } };

static bool ends_at(const char *path, size_t path_len, const char *ending)
{
    size_t len = strlen(ending);

    return path_len > len && memcmp(path + path_len - len, ending, len) == 0;
}

/* NULL: none. *ret_len: of the path without the ending that asks for it. */
static const char *compression_of(const char *path, size_t *ret_len)
{
    size_t len = strlen(path);

    *ret_len = len;
    for (size_t i = 0; i < sizeof(compressions) / sizeof(*compressions); i++) {
        if (!ends_at(path, len, compressions[i].ending))
            continue;
        *ret_len = len - strlen(compressions[i].ending);
        return compressions[i].method;
    }
    return NULL;
}

bool cli_outfile_is_stdout(const char *path)
{
    return path == NULL || strcmp(path, "-") == 0;
}

bool cli_outfile_ends_with(const char *path, const char *ending)
{
    size_t len;

    compression_of(path, &len);
    return ends_at(path, len, ending);
}

int cli_outfile_open(const char *path, struct sts_sink **ret_sink, struct sts_error *err)
{
    struct sts_sink *sink = NULL;
    const char *method;
    size_t len;
    int r;

    if (cli_outfile_is_stdout(path))
        return sts_sink_open_fd(STDOUT_FILENO, "standard output", ret_sink, err);
    r = sts_sink_open_path(path, &sink, err);
    if (r < 0)
        return r;
    if (!cli_signals_guard(sts_sink_part_path(sink))) {
        sts_sink_abandon(sink);
        return cli_fail(err, STS_E_LIMIT, "the path of the output is too long");
    }
    method = compression_of(path, &len);
    if (method != NULL)
        return sts_sink_open_compressed(method, sink, ret_sink, err);
    *ret_sink = sink;
    return 0;
}

int cli_outfile_close(struct sts_sink *sink, int status, struct sts_error *err)
{
    int r = 0;

    bool sink_failed = sink != NULL && sts_sink_status(sink) < 0;

    if (status < 0 && !sink_failed)
        sts_sink_abandon(sink);
    else
        r = sts_sink_close(sink, err); /* which knows best why it failed */
    cli_signals_guard(NULL);
    return r < 0 ? r : status;
}
