/* SPDX-License-Identifier: MIT */
/*
 * remote.c - a server in place of inputs: what it is asked, and its answer.
 */
#include "cli/remote.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <statslice/chart.h>

#include "cli/command.h"
#include "cli/http_get.h"
#include "cli/outfile.h"
#include "cli/report.h"
#include "cli/term.h"

#define URL_BYTES_MAX   ((size_t)256 << 10)
#define TOKEN_BYTES_MAX 512

bool cli_is_url(const char *text)
{
    return strncmp(text, "http://", 7) == 0 || strncmp(text, "https://", 8) == 0;
}

int cli_remote_is_asked(const struct cli_list *operands, struct sts_error *err)
{
    for (size_t i = 0; i < operands->count; i++)
        if (cli_is_url(operands->items[i]))
            return operands->count == 1
                       ? 1
                       : cli_fail(err, STS_E_USAGE,
                                  "a server is asked alone: \"%.80s\" cannot stand beside other "
                                  "inputs",
                                  operands->items[i]);
    return 0;
}

/* --- the address --- */

struct address {
    char *text; /* owned */
    size_t len, cap;
    bool has_arguments;
    bool failed;
};

static void append(struct address *address, const char *text, size_t len)
{
    if (address->failed || address->len + len >= URL_BYTES_MAX) {
        address->failed = true;
        return;
    }
    if (address->len + len >= address->cap) {
        size_t cap = 2 * (address->len + len + 256);
        char *grown = realloc(address->text, cap);
        if (grown == NULL) {
            address->failed = true;
            return;
        }
        address->text = grown;
        address->cap = cap;
    }
    memcpy(address->text + address->len, text, len);
    address->len += len;
    address->text[address->len] = '\0';
}

static void append_escaped(struct address *address, const char *text)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    for (; *text != '\0'; text++) {
        char escaped[4];
        if (strchr(plain, *text) != NULL) {
            append(address, text, 1);
            continue;
        }
        snprintf(escaped, sizeof(escaped), "%%%02X", (unsigned)(unsigned char)*text);
        append(address, escaped, 3);
    }
}

/* The zone of this machine, not of the server's. */
static int local_zone(char text[PATH_MAX], struct sts_error *err)
{
    const char *zone = getenv("TZ"), *at;
    ssize_t len;

    if (zone != NULL && zone[0] != '\0') {
        snprintf(text, PATH_MAX, "%s", zone[0] == ':' ? zone + 1 : zone);
        return 0;
    }
    len = readlink("/etc/localtime", text, PATH_MAX - 1);
    text[len < 0 ? 0 : len] = '\0';
    at = strstr(text, "zoneinfo/");
    if (at == NULL)
        return cli_fail(err, STS_E_USAGE, "the local zone has no name here: say it with --zone");
    memmove(text, at + strlen("zoneinfo/"), strlen(at + strlen("zoneinfo/")) + 1);
    return 0;
}

static int append_argument(struct address *address, const char *name, const char *value,
                           struct sts_error *err)
{
    char zone[PATH_MAX];
    int r = 0;

    if (strcmp(name, "zone") == 0 && strcmp(value, "local") == 0) {
        r = local_zone(zone, err);
        value = zone;
    }
    append(address, address->has_arguments ? "&" : "?", 1);
    address->has_arguments = true;
    append_escaped(address, name);
    append(address, "=", 1);
    append_escaped(address, r < 0 ? "" : value);
    return r;
}

static int append_list(struct address *address, const struct cli_list *list, struct sts_error *err)
{
    int r = 0;

    for (size_t i = 0; list != NULL && i + 1 < list->count && r >= 0; i += 2)
        r = append_argument(address, list->items[i], list->items[i + 1], err);
    return r;
}

static int make_address(const struct cli_context *context, const char *path,
                        const struct cli_list *more, struct address *address, struct sts_error *err)
{
    const char *server = context->operands.list.items[0];
    size_t len = strcspn(server, "?#");
    int r;

    while (len > 0 && server[len - 1] == '/')
        len--;
    append(address, server, len);
    append(address, path, strlen(path));
    r = append_list(address, &context->settings, err);
    if (r >= 0)
        r = append_list(address, more, err);
    if (r >= 0 && address->failed)
        r = cli_fail(err, STS_E_LIMIT, "the options are too long for an address");
    return r;
}

/* --- the token --- */

/* Of a file, its first line; else of the environment, which others cannot see as they can options.
 */
static int find_token(const struct cli_context *context, char text[TOKEN_BYTES_MAX],
                      const char **ret_token, struct sts_error *err)
{
    const char *of_environment = getenv("STATSLICE_TOKEN");
    FILE *file;

    *ret_token = of_environment != NULL && of_environment[0] != '\0' ? of_environment : NULL;
    if (context->token_file == NULL)
        return 0;
    file = fopen(context->token_file, "re");
    if (file == NULL || fgets(text, TOKEN_BYTES_MAX, file) == NULL) {
        if (file != NULL)
            (void)fclose(file);
        return cli_fail(err, STS_E_IO, "could not read a token from \"%.120s\"",
                        context->token_file);
    }
    (void)fclose(file);
    text[strcspn(text, "\r\n")] = '\0';
    *ret_token = text;
    return 0;
}

/* --- the answer --- */

/* The message of {"error":{"status":400,"reason":"usage","message":"..."}}, as far as it is plain.
 */
static void find_message(const char *body, char text[200])
{
    static const char name[] = "\"message\":\"";
    const char *at = strstr(body, name);
    size_t len = 0;

    for (at = at == NULL ? "" : at + strlen(name); *at != '\0' && *at != '"' && len < 199; at++) {
        if (*at == '\\' && at[1] != '\0')
            at++;
        text[len++] = *at;
    }
    text[len] = '\0';
}

static int tell_refusal(const struct cli_http *http, struct sts_error *err)
{
    enum sts_status status = http->status == 400   ? STS_E_USAGE
                             : http->status == 404 ? STS_E_NOTFOUND
                             : http->status == 422 ? STS_E_LIMIT
                                                   : STS_E_IO;
    char message[200];

    find_message(http->refused, message);
    if (http->status == 401 || http->status == 403)
        return cli_fail(err, STS_E_IO,
                        "the server wants a token that may ask (STATSLICE_TOKEN, --token-file): %s",
                        message[0] == '\0' ? "refused" : message);
    if (message[0] == '\0')
        return cli_fail(err, STS_E_IO, "the server answered %ld, and not as statslice does",
                        http->status);
    return cli_fail(err, status, "%s", message);
}

int cli_remote_get(const struct cli_context *context, const char *path, const struct cli_list *more,
                   struct sts_sink *sink, struct sts_error *err)
{
    struct address address = { .text = NULL };
    struct cli_http http = { .sink = sink, .ca_file = context->ca_file };
    char token[TOKEN_BYTES_MAX];
    int r = make_address(context, path, more, &address, err);

    if (r >= 0)
        r = find_token(context, token, &http.token, err);
    http.url = address.text;
    if (r >= 0)
        r = cli_http_get(&http, err);
    if (r >= 0 && http.status != 200)
        r = tell_refusal(&http, err);
    free(address.text);
    return r;
}

int cli_remote_answer(const struct cli_context *context, const char *path,
                      const struct cli_list *more, const char *out_path, struct sts_error *err)
{
    struct sts_sink *sink = NULL;
    int r = cli_outfile_open(out_path, &sink, err);

    if (r >= 0)
        r = cli_remote_get(context, path, more, sink, err);
    return cli_outfile_close(sink, r, err);
}

/* --- what a terminal or a picture adds --- */

static int add(struct cli_list *more, const char *name, const char *value, struct sts_error *err)
{
    int r = cli_list_add(more, name, err);

    return r < 0 ? r : cli_list_add(more, value, err);
}

static int add_number(struct cli_list *more, const char *name, uint32_t value,
                      char number[CLI_REMOTE_NUMBER_BYTES], struct sts_error *err)
{
    snprintf(number, CLI_REMOTE_NUMBER_BYTES, "%u", value);
    return add(more, name, number, err);
}

int cli_remote_add_text(struct cli_list *more, const char *out_path,
                        char (*numbers)[CLI_REMOTE_NUMBER_BYTES], struct sts_error *err)
{
    struct cli_term term = cli_term_of(STDOUT_FILENO);
    int r;

    if (!cli_outfile_is_stdout(out_path))
        return 0;
    r = add_number(more, "columns", term.is_terminal ? term.columns : 0, numbers[0], err);
    if (r >= 0 && term.color != STS_COLOR_NONE)
        r = add(more, "color", "on", err);
    return r;
}

static int add_terminal(struct cli_list *more, const struct sts_chart_options *chart,
                        char (*numbers)[CLI_REMOTE_NUMBER_BYTES], struct sts_error *err)
{
    static const char *const colors[] = {
        [STS_COLOR_NONE] = "none", [STS_COLOR_256] = "256", [STS_COLOR_TRUE] = "true"
    };
    int r = add_number(more, "columns", chart->columns, numbers[0], err);

    if (r >= 0)
        r = add_number(more, "rows", chart->rows, numbers[1], err);
    if (r >= 0)
        r = add(more, "color", colors[chart->color], err);
    return r < 0 ? r : add(more, "ascii", chart->ascii ? "on" : "off", err);
}

static int add_size(struct cli_list *more, const struct sts_chart_options *chart,
                    char (*numbers)[CLI_REMOTE_NUMBER_BYTES], struct sts_error *err)
{
    static const char *const themes[] = {
        [STS_THEME_AUTO] = "auto", [STS_THEME_LIGHT] = "light", [STS_THEME_DARK] = "dark"
    };
    int r = add(more, "theme", themes[chart->theme], err);

    if (r >= 0 && chart->width_px > 0)
        r = add_number(more, "width", chart->width_px, numbers[2], err);
    if (r >= 0 && chart->height_px > 0)
        r = add_number(more, "height", chart->height_px, numbers[3], err);
    return r;
}

int cli_remote_add_picture(struct cli_list *more, const char *format,
                           const struct sts_chart_options *chart,
                           char (*numbers)[CLI_REMOTE_NUMBER_BYTES], const char **ret_ending,
                           struct sts_error *err)
{
    size_t count;
    const struct sts_chart_format *formats = sts_chart_formats(&count);
    int r = 0;

    *ret_ending = ".txt";
    for (size_t i = 0; i < count; i++)
        if (strcmp(formats[i].name, format) == 0 && formats[i].extension[0] != '\0')
            *ret_ending = formats[i].extension;
    if (chart->title != NULL)
        r = add(more, "title", chart->title, err);
    if (r < 0)
        return r;
    return strcmp(*ret_ending, ".txt") == 0 ? add_terminal(more, chart, numbers, err)
                                            : add_size(more, chart, numbers, err);
}
