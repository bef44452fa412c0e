/* SPDX-License-Identifier: MIT */
/*
 * signals.c - end at a signal without leaving a part of a file behind.
 *
 * Why:  the handler does all of it itself, with calls that are safe there, and
 *       leaves: a flag would only be looked at between two profiles, and a
 *       read from a pipe can wait for ever. Only work that looks often, and has an end worth
 *       waiting for, asks for the flag.
 */
#include "cli/signals.h"

#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cli/report.h"

static const int ending_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
#define SIGNAL_COUNT (sizeof(ending_signals) / sizeof(*ending_signals))

/* What else ends a program, and leaves a terminal behind that cannot be used. */
static const int crash_signals[] = { SIGQUIT, SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL };
#define CRASH_COUNT (sizeof(crash_signals) / sizeof(*crash_signals))

/* What the handler needs; it runs in between, so nothing else can hand it over. */
static char guarded_path[PATH_MAX + 64];
static atomic_bool guarded;
static atomic_bool line_drawn;
static atomic_bool deferred;
static atomic_int stopped_by; /* 0: by none */
static atomic_bool drawn_on;  /* the terminal of standard output, whose state was: */
static struct termios terminal_before;
static char terminal_leave[256];
static size_t terminal_leave_len;
/* How signals were handled when the program began; set once, before there is anything else. */
static struct sigaction inherited[SIGNAL_COUNT];

static void restore_terminal(void)
{
    ssize_t wrote;

    if (!atomic_exchange(&drawn_on, false))
        return;
    wrote = write(STDOUT_FILENO, terminal_leave, terminal_leave_len);
    (void)wrote;
    tcsetattr(STDOUT_FILENO, TCSANOW, &terminal_before);
}

static void crash(int signal_number)
{
    restore_terminal();
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

static void end(int signal_number)
{
    static const char erase[] = "\r\033[K";
    ssize_t wrote = 0;

    if (signal_number != SIGPIPE && atomic_load(&deferred) && atomic_load(&stopped_by) == 0) {
        atomic_store(&stopped_by, signal_number);
        return;
    }
    if (atomic_load(&guarded))
        unlink(guarded_path);
    restore_terminal();
    if (atomic_load(&line_drawn) && signal_number != SIGPIPE)
        wrote = write(STDERR_FILENO, erase, sizeof(erase) - 1);
    (void)wrote;
    _exit(CLI_EXIT_SIGNAL + signal_number);
}

void cli_signals_init(void)
{
    struct sigaction action = { .sa_handler = end };

    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < SIGNAL_COUNT; i++) {
        int number = ending_signals[i];
        if (sigaction(number, NULL, &inherited[i]) != 0)
            continue;
        if (inherited[i].sa_handler != SIG_IGN || number == SIGPIPE)
            sigaction(number, &action, NULL);
    }
}

void cli_signals_restore(void)
{
    for (size_t i = 0; i < SIGNAL_COUNT; i++)
        sigaction(ending_signals[i], &inherited[i], NULL);
}

bool cli_signals_guard(const char *path)
{
    atomic_store(&guarded, false);
    if (path == NULL)
        return true;
    if (strlen(path) >= sizeof(guarded_path))
        return false;
    memcpy(guarded_path, path, strlen(path) + 1);
    atomic_store(&guarded, true);
    return true;
}

void cli_signals_defer(bool defer)
{
    atomic_store(&deferred, defer);
}

int cli_signals_stopped_by(void)
{
    return atomic_load(&stopped_by);
}

void cli_signals_clear_line(bool clear)
{
    atomic_store(&line_drawn, clear);
}

void cli_signals_guard_terminal(const struct termios *before, const char *leave, size_t len)
{
    struct sigaction action = { .sa_handler = before == NULL ? SIG_DFL : crash };

    atomic_store(&drawn_on, false);
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < CRASH_COUNT; i++)
        sigaction(crash_signals[i], &action, NULL);
    if (before == NULL)
        return;
    terminal_before = *before;
    terminal_leave_len = len < sizeof(terminal_leave) ? len : sizeof(terminal_leave);
    memcpy(terminal_leave, leave, terminal_leave_len);
    atomic_store(&drawn_on, true);
}
