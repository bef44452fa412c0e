/* SPDX-License-Identifier: MIT */
/*
 * access_log.c - one line for each request that was answered.
 *
 * A line is one write to a file opened to append: lines of several threads do not mix, and a
 * program that rotates by copying and cutting off may do so. What cannot be written is lost: a full
 * disk must not end the answers.
 */
#include "serve/access_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <statslice/sink.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/fail.h"
#include "base/timetext.h"
#include "serve/exchange_wire.h"

#define LINE_BYTES_MAX ((size_t)128 << 10)
#define VALUE_BYTES    256 /* of one argument or header, that are written */
#define ARGUMENTS_MAX  32  /* that are written: a line is never lost for its length */
#define FILE_MODE      0640

struct sts__access_log {
    int fd;
    enum sts__access_format format;
};

int sts__access_log_new(const char *path, enum sts__access_format format,
                        struct sts__access_log **ret_log, struct sts_error *err)
{
    struct sts__access_log *log = calloc(1, sizeof(*log));
    bool is_stderr = strcmp(path, "-") == 0;

    if (log == NULL)
        return sts__fail_nomem(err);
    log->format = format;
    log->fd = is_stderr ? fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)
                        : open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, FILE_MODE);
    if (log->fd < 0) {
        int number = errno;
        free(log);
        return sts__fail_errno(err, STS_E_IO, number, "opening the access log \"%.120s\"", path);
    }
    *ret_log = log;
    return 0;
}

void sts__access_log_free(struct sts__access_log *log)
{
    if (log != NULL)
        (void)close(log->fd);
    free(log);
}

/* --- as text --- */

/* Printing characters but quotes and backslashes as they are; others as \xHH. */
static void put_plain(struct sts_sink *sink, const char *text)
{
    for (size_t i = 0; text[i] != '\0' && i < VALUE_BYTES; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte < 0x20 || byte >= 0x7F || byte == '"' || byte == '\\')
            sts__put_format(sink, "\\x%02x", byte);
        else
            sts_sink_write(sink, text + i, 1);
    }
}

static void put_query(struct sts_sink *sink, const struct sts__pairs *arguments)
{
    for (size_t i = 0; i < arguments->count && i < ARGUMENTS_MAX; i++) {
        sts__put_text(sink, i == 0 ? "?" : "&");
        put_plain(sink, arguments->items[i].key);
        sts__put_text(sink, "=");
        put_plain(sink, arguments->items[i].value);
    }
    if (arguments->count > ARGUMENTS_MAX)
        sts__put_text(sink, "&...");
}

static void put_text(struct sts_sink *sink, const struct sts__exchange *exchange, const char *when,
                     size_t len, double ms, bool complete)
{
    sts__put_format(sink, "%s %s ", when, exchange->peer[0] == '\0' ? "-" : exchange->peer);
    put_plain(sink, exchange->grant.name[0] == '\0' ? "-" : exchange->grant.name);
    sts__put_text(sink, " \"");
    put_plain(sink, exchange->method);
    sts__put_text(sink, " ");
    put_plain(sink, exchange->path);
    put_query(sink, &exchange->arguments);
    sts__put_format(sink, "\" %u %zu ", exchange->status, len);
    sts__put_fixed(sink, ms, 3);
    sts__put_text(sink, complete ? "ms\n" : "ms cut\n");
}

/* --- as JSON --- */

static void put_cut_json(struct sts_sink *sink, const char *text)
{
    char cut[VALUE_BYTES + 1];
    size_t len = strlen(text);

    if (len <= VALUE_BYTES) {
        sts__put_json_str(sink, text);
        return;
    }
    memcpy(cut, text, VALUE_BYTES);
    cut[VALUE_BYTES] = '\0';
    sts__put_json_str(sink, cut);
}

static void put_json(struct sts_sink *sink, const struct sts__exchange *exchange, const char *when,
                     size_t len, double ms, bool complete)
{
    const char *agent = sts__exchange_header(exchange, "User-Agent");

    sts__put_format(sink, "{\"time\":\"%s\",\"peer\":", when);
    sts__put_json_str(sink, exchange->peer);
    sts__put_text(sink, ",\"token\":");
    sts__put_json_str(sink, exchange->grant.name);
    sts__put_text(sink, ",\"method\":");
    put_cut_json(sink, exchange->method);
    sts__put_text(sink, ",\"path\":");
    put_cut_json(sink, exchange->path);
    sts__put_text(sink, ",\"arguments\":[");
    for (size_t i = 0; i < exchange->arguments.count && i < ARGUMENTS_MAX; i++) {
        sts__put_text(sink, i == 0 ? "[" : ",[");
        put_cut_json(sink, exchange->arguments.items[i].key);
        sts__put_text(sink, ",");
        put_cut_json(sink, exchange->arguments.items[i].value);
        sts__put_text(sink, "]");
    }
    sts__put_format(sink,
                    "],\"status\":%u,\"request_bytes\":%zu,\"answer_bytes\":%zu,"
                    "\"duration_ms\":",
                    exchange->status, exchange->request_bytes, len);
    sts__put_fixed(sink, ms, 3);
    sts__put_format(sink, ",\"complete\":%s,\"user_agent\":", complete ? "true" : "false");
    put_cut_json(sink, agent == NULL ? "" : agent);
    sts__put_text(sink, "}\n");
}

void sts__access_log_write(const struct sts__access_log *log, const struct sts__exchange *exchange,
                           bool complete)
{
    double ms = (double)(sts__clock_mono_ns() - exchange->begin_mono_ns) / 1e6;
    char when[STS_TIME_TEXT_BYTES];
    struct sts_sink *sink = NULL;
    const char *line;
    size_t len;

    if (log == NULL || sts_sink_open_memory(LINE_BYTES_MAX, &sink, NULL) < 0)
        return;
    sts__time_rfc3339(when, sts__clock_wall_ns() / 1000000 * 1000000, 0);
    (void)sts__exchange_answer_body(exchange, &len);
    (log->format == STS__ACCESS_JSON ? put_json : put_text)(sink, exchange, when, len, ms,
                                                            complete);
    line = sts_sink_memory(sink, &len);
    if (sts_sink_status(sink) == 0 && write(log->fd, line, len) < 0)
        errno = 0; /* told nowhere: see above */
    sts_sink_abandon(sink);
}
