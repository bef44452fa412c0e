/* SPDX-License-Identifier: MIT */
/*
 * package.c - find the Python package by the place of the executable.
 *
 * Why:  by the executable's own place, so that a build and an installation can
 *       be moved; nothing is compiled in but how the folders lie to each other.
 */
#define _XOPEN_SOURCE 700 /* realpath */

#include "cli/package.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/report.h"

#define BOOTSTRAP "statslice/_bootstrap"

/* From the executable's folder to the one that holds the package. */
static const char *const places[] = { "python", "../" CLI_LIBDIR "/statslice/python" };

/* Whether the package is in folder; then *ret_folder is its bootstrap, without links. */
static bool found_in(const char *folder, char ret_folder[PATH_MAX])
{
    char path[PATH_MAX], resolved[PATH_MAX];
    int len = snprintf(path, sizeof(path), "%s/" BOOTSTRAP "/sitecustomize.py", folder);

    if (len < 0 || (size_t)len >= sizeof(path) || access(path, R_OK) != 0)
        return false;
    if (realpath(path, resolved) == NULL)
        return false;
    *strrchr(resolved, '/') = '\0';
    memcpy(ret_folder, resolved, strlen(resolved) + 1);
    return true;
}

static bool executable_folder(char folder[PATH_MAX])
{
    ssize_t len = readlink("/proc/self/exe", folder, PATH_MAX - 1);
    char *slash;

    if (len <= 0)
        return false;
    folder[len] = '\0';
    slash = strrchr(folder, '/');
    if (slash == NULL)
        return false;
    *slash = '\0';
    return true;
}

static int find(char ret_folder[PATH_MAX], struct sts_error *err)
{
    const char *named = getenv(CLI_PACKAGE_VARIABLE);
    char own[PATH_MAX], folder[2 * PATH_MAX];

    if (named != NULL && named[0] != '\0') {
        if (found_in(named, ret_folder))
            return 0;
        return cli_fail(err, STS_E_NOTFOUND,
                        "there is no Python package in \"%.120s\" (" CLI_PACKAGE_VARIABLE ")",
                        named);
    }
    if (!executable_folder(own))
        return cli_fail(err, STS_E_NOTFOUND,
                        "could not tell where this program is; set " CLI_PACKAGE_VARIABLE
                        " to the folder that holds the Python package");
    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
        snprintf(folder, sizeof(folder), "%s/%s", own, places[i]);
        if (found_in(folder, ret_folder))
            return 0;
    }
    return cli_fail(
        err, STS_E_NOTFOUND,
        "could not find the Python package beside \"%.60s\" or in \"%s\"; set " CLI_PACKAGE_VARIABLE
        " to the folder that holds it",
        own, places[1]);
}

int cli_package_bootstrap(char ret_folder[PATH_MAX], struct sts_error *err)
{
    int r = find(ret_folder, err);

    if (r >= 0 && strchr(ret_folder, ':') != NULL)
        return cli_fail(err, STS_E_LIMIT,
                        "PYTHONPATH cannot hold a folder with a colon: \"%.120s\"", ret_folder);
    return r;
}
