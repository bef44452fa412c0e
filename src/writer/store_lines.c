/* SPDX-License-Identifier: MIT */
/*
 * store_lines.c - see store_lines.h.
 *
 * Forks: SQLite notes the locks of a file for the whole process. A child with a connection of its
 *        parent's takes these locks for its own, and others take the file away beneath it. So the
 *        store is closed before a fork, and where it could not be, the child does not open it.
 * Daemons: a program that closes all descriptors has closed SQLite's, which would write into the
 *        files that got their numbers, and has no way to be told. From then on the store is left
 *        as it is, neither written nor closed, by this process and by those that it forks.
 */
#include "writer/store_lines.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/mem.h"
#include "writer/held_files.h"
#include "writer/plugin.h"
#include "writer/store_plugin.h"

struct store_lines {
    const struct sts__store_plugin *plugin;
    char *path;                          /* owned */
    void *store;                         /* the plugin's; NULL until it is opened */
    bool is_written;                     /* all files of the store are open */
    struct sts__held_files before, held; /* descriptors of the store's files: others', SQLite's */
};

static int load(const char *path, const struct sts__store_plugin **ret_plugin,
                struct sts_error *err)
{
    const void *found;
    int r = sts__plugin_load(path, STS__STORE_PLUGIN_SYMBOL, STS__STORE_PLUGIN_VERSION,
                             "stores cannot be written", &found, err);

    if (r == 0)
        *ret_plugin = found;
    return r;
}

static atomic_int n_open; /* stores, of this process or of the one that it was forked from */
static atomic_long opener_pid;
static atomic_bool is_lost; /* SQLite's descriptors were closed */
static const char *const endings[] = { "", "-wal", "-shm", NULL };

static int fail_lost(const struct store_lines *lines, struct sts_error *err)
{
    return sts__fail(err, STS_E_UNSUPPORTED,
                     "\"%.120s\" is not written any more: the program closed its descriptors",
                     lines->path);
}

static int open_store(struct store_lines *lines, struct sts_error *err)
{
    int r;

    if (atomic_load(&n_open) > 0 && atomic_load(&opener_pid) != (long)getpid())
        return sts__fail(err, STS_E_UNSUPPORTED,
                         "\"%.120s\" was being written when the process was forked", lines->path);
    if (atomic_load(&is_lost))
        return fail_lost(lines, err);
    sts__held_files_find(&lines->before, lines->path, endings, NULL);
    r = lines->plugin->open(lines->path, &lines->store, err);
    lines->is_written = false;
    if (r == 0) {
        sts__held_files_find(&lines->held, lines->path, endings, &lines->before);
        atomic_store(&opener_pid, (long)getpid());
        atomic_fetch_add(&n_open, 1);
    }
    return r;
}

/* Whether the store had to be given up. */
static bool check_lost(struct store_lines *lines)
{
    if (lines->store == NULL || !sts__held_files_are_lost(&lines->held))
        return false;
    atomic_store(&is_lost, true);
    lines->store = NULL;
    return true;
}

static void close_store(void *context)
{
    struct store_lines *lines = context;

    if (lines->store == NULL || check_lost(lines))
        return;
    lines->plugin->close(lines->store);
    lines->store = NULL;
    if (atomic_load(&opener_pid) == (long)getpid())
        atomic_fetch_sub(&n_open, 1);
}

static int write_line(void *context, const char *line, size_t len, const atomic_bool *give_up,
                      struct sts_error *err)
{
    struct store_lines *lines = context;
    int r = 0;

    (void)give_up; /* a commit waits for others a moment at most */
    (void)check_lost(lines);
    if (lines->store == NULL)
        r = open_store(lines, err);
    if (r < 0) /* that is not the line's fault, whatever it is */
        return STS_E_IO;
    r = lines->plugin->write(lines->store, line, len, err);
    if (!lines->is_written) {
        sts__held_files_find(&lines->held, lines->path, endings, &lines->before);
        lines->is_written = true;
    }
    if (r == STS_E_FORMAT || r == STS_E_LIMIT)
        close_store(lines); /* and what it has of the line goes with it */
    return r;
}

static void close_lines(void *context)
{
    struct store_lines *lines = context;

    close_store(lines);
    free(lines->path);
    free(lines);
}

static const struct sts__line_sink_kind store_kind = {
    .name = "store",
    .keeps_line = true,
    .write = write_line,
    .close = close_lines,
    .before_fork = close_store,
};

int sts__store_lines_open(const char *plugin_path, const char *path, bool opens,
                          struct sts__line_sink *ret_sink, struct sts_error *err)
{
    struct store_lines *lines = calloc(1, sizeof(*lines));
    int r = 0;

    if (lines != NULL)
        lines->path = sts__copy_text(path, strlen(path));
    if (lines == NULL || lines->path == NULL)
        r = sts__fail_nomem(err);
    if (r == 0)
        r = load(plugin_path, &lines->plugin, err);
    if (r == 0 && opens)
        r = open_store(lines, err);
    if (r < 0) {
        if (lines != NULL)
            close_lines(lines);
        return r;
    }
    *ret_sink = (struct sts__line_sink){ &store_kind, lines };
    return 0;
}
