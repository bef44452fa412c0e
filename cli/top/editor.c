/* SPDX-License-Identifier: MIT */
/*
 * editor.c - one line of text that is typed, with the keys that shells have for it.
 */
#include "cli/top/editor.h"

#include <string.h>

#include "cli/top/keys.h"

#define CONTROL(letter) ((uint32_t)(letter)&0x1F)

void top_editor_begin(struct top_editor *editor, const char *text)
{
    size_t len = strnlen(text, TOP_TEXT_BYTES - 1);

    memcpy(editor->text, text, len);
    editor->text[len] = '\0';
    editor->len = editor->at = len;
}

static bool continues(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

static size_t before(const struct top_editor *editor, size_t at)
{
    while (at > 0 && continues(editor->text[at - 1]))
        at--;
    return at > 0 ? at - 1 : 0;
}

static size_t behind(const struct top_editor *editor, size_t at)
{
    if (at < editor->len)
        at++;
    while (at < editor->len && continues(editor->text[at]))
        at++;
    return at;
}

static void remove_span(struct top_editor *editor, size_t begin, size_t end)
{
    memmove(editor->text + begin, editor->text + end, editor->len - end + 1);
    editor->len -= end - begin;
    editor->at = begin;
}

static size_t word_begin(const struct top_editor *editor)
{
    size_t at = editor->at;

    while (at > 0 && editor->text[at - 1] == ' ')
        at--;
    while (at > 0 && editor->text[at - 1] != ' ')
        at--;
    return at;
}

static size_t encode(uint32_t value, char bytes[4])
{
    if (value < 0x80) {
        bytes[0] = (char)value;
        return 1;
    }
    if (value < 0x800) {
        bytes[0] = (char)(0xC0 | value >> 6);
        bytes[1] = (char)(0x80 | (value & 0x3F));
        return 2;
    }
    if (value < 0x10000) {
        bytes[0] = (char)(0xE0 | value >> 12);
        bytes[1] = (char)(0x80 | (value >> 6 & 0x3F));
        bytes[2] = (char)(0x80 | (value & 0x3F));
        return 3;
    }
    bytes[0] = (char)(0xF0 | value >> 18);
    bytes[1] = (char)(0x80 | (value >> 12 & 0x3F));
    bytes[2] = (char)(0x80 | (value >> 6 & 0x3F));
    bytes[3] = (char)(0x80 | (value & 0x3F));
    return 4;
}

static void insert(struct top_editor *editor, uint32_t value)
{
    char bytes[4];
    size_t len = encode(value, bytes);

    if (editor->len + len >= TOP_TEXT_BYTES)
        return;
    memmove(editor->text + editor->at + len, editor->text + editor->at,
            editor->len - editor->at + 1);
    memcpy(editor->text + editor->at, bytes, len);
    editor->len += len;
    editor->at += len;
}

enum top_edited top_editor_key(struct top_editor *editor, uint32_t key)
{
    switch (key) {
    case TOP_KEY_ENTER:
        return TOP_EDIT_DONE;
    case TOP_KEY_ESCAPE:
    case CONTROL('G'):
        return TOP_EDIT_CANCELLED;
    case TOP_KEY_LEFT:
    case CONTROL('B'):
        editor->at = before(editor, editor->at);
        break;
    case TOP_KEY_RIGHT:
    case CONTROL('F'):
        editor->at = behind(editor, editor->at);
        break;
    case TOP_KEY_HOME:
    case CONTROL('A'):
        editor->at = 0;
        break;
    case TOP_KEY_END:
    case CONTROL('E'):
        editor->at = editor->len;
        break;
    case TOP_KEY_BACKSPACE:
        remove_span(editor, before(editor, editor->at), editor->at);
        break;
    case TOP_KEY_DELETE:
    case CONTROL('D'):
        remove_span(editor, editor->at, behind(editor, editor->at));
        break;
    case CONTROL('U'):
        remove_span(editor, 0, editor->at);
        break;
    case CONTROL('K'):
        remove_span(editor, editor->at, editor->len);
        break;
    case CONTROL('W'):
        remove_span(editor, word_begin(editor), editor->at);
        break;
    default:
        if (key >= 0x20 && key != 0x7F && key < TOP_KEY_FIRST)
            insert(editor, key);
    }
    return TOP_EDIT_GOES_ON;
}
