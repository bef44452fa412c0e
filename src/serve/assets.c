/* SPDX-License-Identifier: MIT */
/*
 * assets.c - look a file of the page up by its path.
 */
#include "serve/assets.h"

#include <string.h>

const struct sts__asset *sts__asset_find(const char *path)
{
    for (size_t i = 0; i < sts__asset_count; i++)
        if (strcmp(sts__assets[i].path, path) == 0)
            return &sts__assets[i];
    return NULL;
}
