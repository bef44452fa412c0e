/* SPDX-License-Identifier: MIT */
/*
 * naming.c - the texts of groups: whole and unique, or short enough for a legend.
 *
 * Built-ins have no file; their names are what CPython's profilers make of them:
 * "<built-in method builtins.len>", "<method 'append' of 'list' objects>".
 */
#include "query/naming.h"

#include <string.h>

#include <statslice/profile.h>

#include "base/bytes.h"
#include "base/num.h"

bool sts__name_is_builtin(const struct sts_function *function)
{
    return strcmp(function->file_name, "~") == 0;
}

static size_t address_len(const char *at)
{
    static const char start[] = " at 0x";

    if (strncmp(at, start, strlen(start)) != 0)
        return 0;
    return strlen(start) + strspn(at + strlen(start), "0123456789abcdefABCDEF");
}

void sts__name_without_address(const char *name, struct sts__bytes *bytes)
{
    const char *at = name;

    while (*at != '\0') {
        size_t skip = address_len(at);
        size_t len = skip > 0 ? 0 : 1 + strcspn(at + 1, " ");
        sts__bytes_append(bytes, at, len);
        at += skip + len;
    }
}

static void append_line(int32_t line_number, struct sts__bytes *bytes)
{
    char number[STS_NUM_TEXT_BYTES];

    sts__bytes_append(bytes, number, sts__num_i64(number, line_number));
}

/* "<...>" is shown as "{...}" */
static void append_braced(const char *name, struct sts__bytes *bytes)
{
    size_t start = bytes->len;

    sts__name_without_address(name, bytes);
    if (bytes->status < 0 || bytes->len - start < 2 || bytes->data[start] != '<' ||
        bytes->data[bytes->len - 1] != '>')
        return;
    bytes->data[start] = '{';
    bytes->data[bytes->len - 1] = '}';
}

static void append_place(const struct sts_function *function, const char *name,
                         struct sts__bytes *bytes)
{
    sts__bytes_append_text(bytes, function->file_name);
    sts__bytes_append_text(bytes, ":");
    append_line(function->line_number, bytes);
    sts__bytes_append_text(bytes, "(");
    sts__bytes_append_text(bytes, name);
    sts__bytes_append_text(bytes, ")");
}

void sts__name_pstats(const struct sts_function *function, struct sts__bytes *bytes)
{
    if (sts__name_is_builtin(function))
        append_braced(function->name, bytes);
    else
        append_place(function, function->qualname != NULL ? function->qualname : function->name,
                     bytes);
}

void sts__name_function(const struct sts_function *function, struct sts__bytes *bytes)
{
    if (sts__name_is_builtin(function)) {
        append_braced(function->name, bytes);
    } else if (function->qualname == NULL) {
        append_place(function, function->name, bytes);
    } else {
        sts__bytes_append_text(bytes, function->file_name);
        sts__bytes_append_text(bytes, ":");
        sts__bytes_append_text(bytes, function->qualname);
    }
}

/* A part of a text, borrowed. */
struct part {
    const char *text;
    size_t len;
};

static struct part part_until(const char *at, const char *stops)
{
    return (struct part){ at, strcspn(at, stops) };
}

/* What a built-in's name tells: whose method it is, and its own name. Either may be empty. */
static void take_builtin(const char *name, struct part *ret_owner, struct part *ret_name)
{
    static const char method[] = "<method '", of[] = "' of '", builtin[] = "<built-in method ";
    const char *at;

    *ret_owner = *ret_name = (struct part){ "", 0 };
    if (strncmp(name, method, strlen(method)) == 0) {
        *ret_name = part_until(name + strlen(method), "'");
        at = ret_name->text + ret_name->len;
        if (strncmp(at, of, strlen(of)) == 0)
            *ret_owner = part_until(at + strlen(of), "'");
    } else if (strncmp(name, builtin, strlen(builtin)) == 0) {
        struct part whole = part_until(name + strlen(builtin), " >");
        size_t dot = whole.len;
        while (dot > 0 && whole.text[dot - 1] != '.')
            dot--;
        *ret_name = (struct part){ whole.text + dot, whole.len - dot };
        *ret_owner = (struct part){ whole.text, dot > 0 ? dot - 1 : 0 };
        at = whole.text + whole.len;
        if (dot == 0 && strncmp(at, " of ", 4) == 0)
            *ret_owner = part_until(at + 4, " >");
    }
}

void sts__name_bare(const struct sts_function *function, struct sts__bytes *bytes)
{
    struct part owner, name;

    if (function->qualname != NULL) {
        sts__bytes_append_text(bytes, function->qualname);
        return;
    }
    take_builtin(function->name, &owner, &name);
    if (name.len == 0) {
        sts__name_without_address(function->name, bytes);
        return;
    }
    sts__bytes_append(bytes, owner.text, owner.len);
    if (owner.len > 0)
        sts__bytes_append_text(bytes, ".");
    sts__bytes_append(bytes, name.text, name.len);
}

/* "_thread" for "_thread.lock", the type of a method; "time" for "time", which has the function. */
static void append_builtin_module(const char *name, struct sts__bytes *bytes)
{
    bool is_method = strncmp(name, "<method", strlen("<method")) == 0;
    struct part owner, own_name;
    size_t len;

    take_builtin(name, &owner, &own_name);
    len = owner.len;
    if (is_method || strstr(name, " of ") != NULL) {
        while (len > 0 && owner.text[len - 1] != '.')
            len--;
        len -= len > 0;
    }
    if (len == 0)
        sts__bytes_append_text(bytes, "builtins");
    else
        sts__bytes_append(bytes, owner.text, len);
}

static bool is_separator(char c)
{
    return c == '/' || c == '\\';
}

/* Folders whose content is imported by its path from there: "site-packages", "python3.12". */
static bool holds_modules(const char *folder, size_t len)
{
    static const char python[] = "python";
    const size_t python_len = sizeof(python) - 1;

    if (len == strlen("site-packages"))
        return memcmp(folder, "site-packages", len) == 0 ||
               memcmp(folder, "dist-packages", len) == 0;
    return len > python_len && memcmp(folder, python, python_len) == 0 &&
           strspn(folder + python_len, "0123456789.") == len - python_len;
}

/* Where the part of a path begins that is a module's, or NULL where that cannot be told. */
static const char *module_start(const char *path)
{
    const char *start = NULL;
    size_t len;

    for (const char *at = path; at[len = strcspn(at, "/\\")] != '\0'; at += len + 1)
        if (holds_modules(at, len))
            start = at + len + 1;
    return start;
}

void sts__name_module(const struct sts_function *function, struct sts__bytes *bytes)
{
    static const char frozen[] = "<frozen ", init[] = "__init__";
    const char *path = function->file_name;
    const char *start, *end, *dot;

    if (sts__name_is_builtin(function)) {
        append_builtin_module(function->name, bytes);
        return;
    }
    if (strncmp(path, frozen, strlen(frozen)) == 0) {
        struct part name = part_until(path + strlen(frozen), ">");
        sts__bytes_append(bytes, name.text, name.len);
        return;
    }
    start = module_start(path);
    end = path + strlen(path);
    dot = strrchr(path, '.');
    if (dot != NULL && strncmp(dot, ".py", 3) == 0 && dot > path && !is_separator(dot[-1]))
        end = dot;
    if ((size_t)(end - path) > strlen(init) && is_separator(end[-(ptrdiff_t)strlen(init) - 1]) &&
        memcmp(end - strlen(init), init, strlen(init)) == 0)
        end -= strlen(init) + 1;
    if (start == NULL || start >= end)
        for (start = end; start > path && !is_separator(start[-1]);)
            start--;
    for (; start < end; start++)
        sts__bytes_append(bytes, is_separator(*start) ? "." : start, 1);
}

void sts__name_tail(const char *path, size_t folders, struct sts__bytes *bytes)
{
    const char *at = path + strlen(path);

    for (;; folders--) {
        while (at > path && !is_separator(at[-1]))
            at--;
        if (at == path || folders == 0)
            break;
        at--;
    }
    sts__bytes_append_text(bytes, *at == '\0' ? path : at);
}
