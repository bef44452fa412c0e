/* SPDX-License-Identifier: MIT */
/*
 * log_path.c - the log that a program is to append to: a path that can be, from the root on.
 */
#include "cli/log_path.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/outfile.h"
#include "cli/report.h"

/* Why a file cannot be appended to, or made; 0 where nothing speaks against it. */
static int find_hindrance(const char *path)
{
    char folder[PATH_MAX];
    struct stat info;
    const char *slash = strrchr(path, '/');
    size_t len = slash == path ? 1 : (size_t)(slash - path);

    if (stat(path, &info) == 0) {
        if (S_ISDIR(info.st_mode))
            return EISDIR;
        return access(path, W_OK) == 0 ? 0 : errno;
    }
    memcpy(folder, path, len);
    folder[len] = '\0';
    if (stat(folder, &info) != 0)
        return errno;
    if (!S_ISDIR(info.st_mode))
        return ENOTDIR;
    return access(folder, W_OK | X_OK) == 0 ? 0 : errno;
}

/* Now, as later only the program's standard error could be told. */
static int check_writable(const char *path, struct sts_error *err)
{
    int reason = find_hindrance(path);

    if (reason == 0)
        return 0;
    cli_fail_errno(err, reason, "--output: could not write \"%.140s\"", path);
    return err->status = STS_E_USAGE;
}

/* Whether a path names a log, by its text alone. */
static int check_form(const char *path, struct sts_error *err)
{
    static const char one_profile[] =
        "a pstats file holds one profile; write a log, and convert it";
    static const struct {
        const char *ending, *reason;
    } no_logs[] = {
        { ".prof", one_profile },
        { ".pstats", one_profile },
    };

    if (strstr(path, "://") != NULL)
        return cli_fail(err, STS_E_USAGE,
                        "--output: profiles are sent to http:// and https:// alone: \"%.80s\"",
                        path);
    if (path[0] == '\0' || path[strlen(path) - 1] == '/')
        return cli_fail(err, STS_E_USAGE, "--output: \"%.80s\" is not the path of a file", path);
    for (size_t i = 0; i < sizeof(no_logs) / sizeof(*no_logs); i++) {
        if (cli_outfile_ends_with(path, no_logs[i].ending))
            return cli_fail(err, STS_E_USAGE, "--output: \"%.80s\": %s", path, no_logs[i].reason);
    }
    return 0;
}

bool cli_log_path_is_url(const char *path)
{
    return strncasecmp(path, "http://", 7) == 0 || strncasecmp(path, "https://", 8) == 0;
}

static int take_url(const char *url, char ret_path[PATH_MAX], struct sts_error *err)
{
    if (strlen(url) >= PATH_MAX || strchr(url, '@') != NULL || strpbrk(url, " ?#") != NULL ||
        strspn(strstr(url, "://") + 3, ":/") > 0 || strstr(url, "://")[3] == '\0')
        return cli_fail(err, STS_E_USAGE,
                        "--output: \"%.80s\" is not the URL of a server, as http://host:8521", url);
    strcpy(ret_path, url);
    return 0;
}

int cli_log_path(const char *path, char ret_path[PATH_MAX], struct sts_error *err)
{
    size_t len = 0, path_len = strlen(path);
    int r;

    if (strcmp(path, "-") == 0) {
        memcpy(ret_path, path, 2);
        return 0;
    }
    if (cli_log_path_is_url(path))
        return take_url(path, ret_path, err);
    r = check_form(path, err);
    if (r < 0)
        return r;
    if (path[0] != '/') {
        if (getcwd(ret_path, PATH_MAX - 1) == NULL)
            return cli_fail_errno(err, errno, "could not tell the working folder");
        len = strlen(ret_path);
        if (ret_path[len - 1] != '/')
            ret_path[len++] = '/';
    }
    if (len + path_len >= PATH_MAX)
        return cli_fail(err, STS_E_USAGE, "--output: the path is too long");
    memcpy(ret_path + len, path, path_len + 1);
    return check_writable(ret_path, err);
}
