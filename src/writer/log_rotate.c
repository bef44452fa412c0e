/* SPDX-License-Identifier: MIT */
/*
 * log_rotate.c - see log_rotate.h.
 */
#include "writer/log_rotate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"

#define NUMBER_BYTES 16

/* How many old files stand in a row from NAME.1 on: those behind a gap need not be moved. */
static int count_old(const char *path, int keep, char *name, size_t name_bytes)
{
    int count = 0;

    while (count < keep) {
        snprintf(name, name_bytes, "%s.%d", path, count + 1);
        if (access(name, F_OK) != 0)
            break;
        count++;
    }
    return count;
}

static int shift(const char *path, int keep, char *from, char *to, size_t name_bytes,
                 struct sts_error *err)
{
    int count = count_old(path, keep, from, name_bytes);

    for (int i = count < keep ? count : keep - 1; i >= 0; i--) {
        if (i == 0)
            snprintf(from, name_bytes, "%s", path);
        else
            snprintf(from, name_bytes, "%s.%d", path, i);
        snprintf(to, name_bytes, "%s.%d", path, i + 1);
        if (rename(from, to) != 0)
            return sts__fail_errno(err, STS_E_IO, errno, "could not rename \"%s\"", from);
    }
    return 0;
}

int sts__log_rotate(const char *path, int keep, struct sts_error *err)
{
    size_t name_bytes = strlen(path) + NUMBER_BYTES;
    char *names;
    int r;

    if (keep <= 0) {
        if (unlink(path) != 0)
            return sts__fail_errno(err, STS_E_IO, errno, "could not remove \"%s\"", path);
        return 0;
    }
    names = malloc(2 * name_bytes);
    if (names == NULL)
        return sts__fail_nomem(err);
    r = shift(path, keep, names, names + name_bytes, name_bytes, err);
    free(names);
    return r;
}
