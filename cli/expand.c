/* SPDX-License-Identifier: MIT */
/*
 * expand.c - the files that operands stand for: folders with all below, patterns.
 */
#include "cli/expand.h"

#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/report.h"

#define DEPTH_MAX 64

static int add(struct cli_files *files, char *take_path, bool found, struct sts_error *err)
{
    if (files->count == CLI_EXPAND_FILES_MAX) {
        free(take_path);
        return cli_fail(err, STS_E_LIMIT, "more than %zu files", CLI_EXPAND_FILES_MAX);
    }
    if (files->count == files->cap) {
        size_t cap = files->cap == 0 ? 16 : files->cap * 2;
        struct cli_file *items = realloc(files->items, cap * sizeof(*items));
        if (items != NULL)
            files->items = items;
        if (items == NULL || take_path == NULL) {
            free(take_path);
            return cli_fail_nomem(err);
        }
        files->cap = cap;
    }
    if (take_path == NULL)
        return cli_fail_nomem(err);
    files->items[files->count++] = (struct cli_file){ take_path, found };
    return 0;
}

static char *join(const char *folder, const char *name)
{
    size_t len = strlen(folder), size = len + strlen(name) + 2;
    char *path = malloc(size);

    if (path != NULL)
        snprintf(path, size, "%s%s%s", folder, len > 0 && folder[len - 1] == '/' ? "" : "/", name);
    return path;
}

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int walk(struct cli_files *files, const char *folder, unsigned depth, struct sts_error *err);

static int take_entry(struct cli_files *files, const char *folder, const char *name, unsigned depth,
                      struct sts_error *err)
{
    char *path = join(folder, name);
    struct stat info;
    int r = 0;

    if (path == NULL)
        return cli_fail_nomem(err);
    if (lstat(path, &info) == 0 && S_ISDIR(info.st_mode))
        r = walk(files, path, depth + 1, err);
    else if (stat(path, &info) == 0 && S_ISREG(info.st_mode))
        return add(files, path, true, err);
    free(path);
    return r;
}

static int walk(struct cli_files *files, const char *folder, unsigned depth, struct sts_error *err)
{
    struct dirent **entries;
    int count, r = 0;

    if (depth > DEPTH_MAX)
        return cli_fail(err, STS_E_LIMIT, "\"%.100s\": folders deeper than %d", folder, DEPTH_MAX);
    count = scandir(folder, &entries, is_shown, alphasort);
    if (count < 0)
        return cli_fail_errno(err, errno, "could not read the folder \"%.120s\"", folder);
    for (int i = 0; i < count; i++) {
        if (r >= 0)
            r = take_entry(files, folder, entries[i]->d_name, depth, err);
        free(entries[i]);
    }
    free(entries);
    return r;
}

static int take_path(struct cli_files *files, const char *path, struct sts_error *err)
{
    struct stat info;

    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        return walk(files, path, 0, err);
    return add(files, strdup(path), false, err);
}

static int take_matches(struct cli_files *files, const char *pattern, struct sts_error *err)
{
    glob_t matches;
    int r = glob(pattern, 0, NULL, &matches);

    if (r == GLOB_NOMATCH)
        return cli_fail(err, STS_E_NOTFOUND, "no file matches \"%.120s\"", pattern);
    if (r != 0)
        return cli_fail_nomem(err);
    for (size_t i = 0; i < matches.gl_pathc && r >= 0; i++)
        r = take_path(files, matches.gl_pathv[i], err);
    globfree(&matches);
    return r;
}

int cli_expand(struct cli_files *files, const char *operand, struct sts_error *err)
{
    struct stat info;

    if (strpbrk(operand, "*?[") != NULL && stat(operand, &info) != 0)
        return take_matches(files, operand, err);
    return take_path(files, operand, err);
}

void cli_files_deinit(struct cli_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        free(files->items[i].path);
    free(files->items);
    *files = (struct cli_files){ .items = NULL };
}
