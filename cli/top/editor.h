/* SPDX-License-Identifier: MIT */
/*
 * editor.h - one line of text that is typed.
 */
#ifndef STS_CLI_TOP_EDITOR_H
#define STS_CLI_TOP_EDITOR_H

#include <statslice/common.h>

#define TOP_TEXT_BYTES ((size_t)512) /* of what is typed, with its NUL */

enum top_edited { TOP_EDIT_GOES_ON, TOP_EDIT_DONE, TOP_EDIT_CANCELLED };

struct top_editor {
    char text[TOP_TEXT_BYTES]; /* UTF-8 */
    size_t len, at;            /* at: the cursor, in bytes */
};

/* top_editor_begin - with a text that is there already; the cursor stands behind it. */
void top_editor_begin(struct top_editor *editor, const char *text);

/* top_editor_key - one key (cli/top/keys.h). What has no meaning here is passed over. */
enum top_edited top_editor_key(struct top_editor *editor, uint32_t key);

#endif
