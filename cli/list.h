/* SPDX-License-Identifier: MIT */
/*
 * list.h - a list of borrowed texts.
 */
#ifndef STS_CLI_LIST_H
#define STS_CLI_LIST_H

#include <statslice/error.h>

struct cli_list {
    const char **items;
    size_t count;
};

/* cli_list_add - append a text, which is borrowed. A zeroed list is an empty one. */
STS_MUST_CHECK int cli_list_add(struct cli_list *list, const char *item, struct sts_error *err);

void cli_list_deinit(struct cli_list *list);

#endif
