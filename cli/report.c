/* SPDX-License-Identifier: MIT */
/*
 * report.c - errors and warnings on standard error, statuses to exit codes.
 *
 * Why:  one line is one write, so that lines of several processes do not mix;
 *       names of files come from outside and must not steer the terminal.
 */
#include "cli/report.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/signals.h"

#define TEXT_BYTES_MAX 1024

static void fill(struct sts_error *err, enum sts_status status, int sys_errno, const char *format,
                 va_list args)
{
    if (err == NULL)
        return;
    err->status = status;
    err->sys_errno = sys_errno;
    vsnprintf(err->text, sizeof(err->text), format, args);
}

int cli_fail(struct sts_error *err, enum sts_status status, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fill(err, status, 0, format, args);
    va_end(args);
    return (int)status;
}

int cli_fail_errno(struct sts_error *err, int sys_errno, const char *format, ...)
{
    char reason[96];
    size_t len;
    va_list args;

    if (err == NULL)
        return STS_E_IO;
    va_start(args, format);
    fill(err, STS_E_IO, sys_errno, format, args);
    va_end(args);
    if (strerror_r(sys_errno, reason, sizeof(reason)) != 0)
        snprintf(reason, sizeof(reason), "error %d", sys_errno);
    if (reason[0] >= 'A' && reason[0] <= 'Z')
        reason[0] = (char)(reason[0] - 'A' + 'a');
    len = strlen(err->text);
    snprintf(err->text + len, sizeof(err->text) - len, ": %s", reason);
    return STS_E_IO;
}

int cli_fail_nomem(struct sts_error *err)
{
    return cli_fail(err, STS_E_NOMEM, "out of memory");
}

static void say_line(const char *kind, const char *text)
{
    char line[TEXT_BYTES_MAX + 64];
    ssize_t wrote;
    size_t len;

    snprintf(line, sizeof(line) - 1, "statslice: %s%s", kind, text);
    len = strlen(line);
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7F)
            line[i] = '?';
    }
    line[len++] = '\n';
    wrote = write(STDERR_FILENO, line, len);
    (void)wrote; /* nobody is left to be told */
}

void cli_warn(const char *format, ...)
{
    char text[TEXT_BYTES_MAX];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    say_line("warning: ", text);
}

int cli_exit_of(int status, const struct sts_error *err, const char *verb)
{
    char hint[128];

    if (status >= 0)
        return CLI_EXIT_OK;
    if (err->sys_errno == EPIPE)
        return CLI_EXIT_SIGNAL + SIGPIPE;
    if (status == STS_E_CANCELLED && cli_signals_stopped_by() != 0) {
        say_line("", err->text);
        return CLI_EXIT_SIGNAL + cli_signals_stopped_by();
    }
    say_line("error: ", err->text[0] != '\0' ? err->text : sts_status_text(status));
    if (status != STS_E_USAGE)
        return CLI_EXIT_FAILED;
    if (verb != NULL)
        snprintf(hint, sizeof(hint), "try \"statslice %s --help\"", verb);
    else
        snprintf(hint, sizeof(hint), "try \"statslice --help\"");
    say_line("", hint);
    return CLI_EXIT_USAGE;
}
