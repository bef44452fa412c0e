/* SPDX-License-Identifier: MIT */
/*
 * list.c - a list of borrowed texts.
 *
 * Why:  what stands on a command line is short and lives as long as the
 *       process; one realloc an item is enough.
 */
#include "cli/list.h"

#include <stdlib.h>

#include "cli/report.h"

int cli_list_add(struct cli_list *list, const char *item, struct sts_error *err)
{
    const char **items = realloc(list->items, (list->count + 1) * sizeof(*items));

    if (items == NULL)
        return cli_fail_nomem(err);
    items[list->count++] = item;
    list->items = items;
    return 0;
}

void cli_list_deinit(struct cli_list *list)
{
    free(list->items);
    *list = (struct cli_list){ NULL, 0 };
}
