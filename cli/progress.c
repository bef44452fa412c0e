/* SPDX-License-Identifier: MIT */
/*
 * progress.c - a bar on standard error while inputs are read.
 *
 * Out:  "app.log  [#####-----]  45%  150 MB/s  0:03 left", on one line that is
 *       redrawn in place and erased at the end.
 * Why:  it must cost nothing when the work is short or nobody looks.
 */
#include "cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/signals.h"
#include "cli/term.h"

#define FIRST_DRAW_NS  INT64_C(500000000)
#define REDRAW_NS      INT64_C(100000000)
#define NS_PER_S       INT64_C(1000000000)
#define BAR_CELLS_MAX  40
#define NAME_CELLS_MAX 24
#define LINE_BYTES_MAX 512

static int64_t mono_ns(void)
{
    struct timespec now;

    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
        return 0;
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* "150 MB/s" */
static void rate_text(char *text, size_t text_bytes, uint64_t bytes, int64_t elapsed_ns)
{
    static const char *const units[] = { "B/s", "kB/s", "MB/s", "GB/s" };
    double rate = (double)bytes * (double)NS_PER_S / (double)elapsed_ns;
    size_t unit = 0;

    while (rate >= 9999.5 && unit + 1 < sizeof(units) / sizeof(*units)) {
        rate /= 1000;
        unit++;
    }
    snprintf(text, text_bytes, "%" PRIu64 " %s", (uint64_t)(rate + 0.5), units[unit]);
}

/* "0:03 left" */
static void left_text(char *text, size_t text_bytes, double share, int64_t elapsed_ns)
{
    double left_s = (double)elapsed_ns / (double)NS_PER_S * (1 - share) / share;
    uint64_t seconds = left_s < 359999 ? (uint64_t)(left_s + 0.5) : 359999;

    snprintf(text, text_bytes, "%" PRIu64 ":%02" PRIu64 " left", seconds / 60, seconds % 60);
}

/* The end of a name says more than its beginning. Control characters must not reach the terminal.
 */
static void name_text(char *text, size_t text_bytes, const char *name)
{
    size_t len = strlen(name);

    if (len > NAME_CELLS_MAX)
        snprintf(text, text_bytes, "...%s", name + len - (NAME_CELLS_MAX - 3));
    else
        snprintf(text, text_bytes, "%s", name);
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < 0x20 || (unsigned char)*text >= 0x7F)
            *text = '?';
    }
}

static void draw_bar(char *text, size_t cells, double share)
{
    size_t full = (size_t)(share * (double)cells + 0.5);

    memset(text, '-', cells);
    memset(text, '#', full < cells ? full : cells);
    text[cells] = '\0';
}

static void draw(struct cli_progress *progress, uint64_t done_bytes, int64_t elapsed_ns)
{
    char line[LINE_BYTES_MAX], name[NAME_CELLS_MAX + 1], rate[40] = "", left[40] = "", bar[64] = "";
    uint32_t columns = cli_term_of(STDERR_FILENO).columns;
    double share = 0;
    size_t used;
    ssize_t wrote;

    name_text(name, sizeof(name), progress->name);
    if (!progress->is_share)
        rate_text(rate, sizeof(rate), done_bytes, elapsed_ns);
    if (progress->total_bytes > 0 && done_bytes > 0) {
        share = (double)done_bytes / (double)progress->total_bytes;
        share = share > 1 ? 1 : share;
        left_text(left, sizeof(left), share, elapsed_ns);
        used = strlen(name) + strlen(rate) + strlen(left) + 16;
        if (columns > used + 8)
            draw_bar(bar, columns - used < BAR_CELLS_MAX ? columns - used : BAR_CELLS_MAX, share);
        snprintf(line, sizeof(line), "\r\033[K%s  [%s]  %3d%%  %s  %s", name, bar,
                 (int)(share * 100), rate, left);
    } else {
        snprintf(line, sizeof(line), "\r\033[K%s  %" PRIu64 " MB  %s", name, done_bytes / 1000000,
                 rate);
    }
    if (strlen(line) > columns + 3)
        line[columns + 3] = '\0';
    cli_signals_clear_line(true);
    wrote = write(STDERR_FILENO, line, strlen(line));
    (void)wrote;
    progress->drawn = true;
}

void cli_progress_init(struct cli_progress *progress, bool quiet, uint64_t total_bytes)
{
    *progress = (struct cli_progress){
        .enabled = !quiet && cli_term_of(STDERR_FILENO).can_move,
        .name = "",
        .total_bytes = total_bytes,
    };
    progress->begin_mono_ns = mono_ns();
}

void cli_progress_init_share(struct cli_progress *progress, bool quiet)
{
    cli_progress_init(progress, quiet, CLI_PROGRESS_WHOLE);
    progress->is_share = true;
}

void cli_progress_show(struct cli_progress *progress, const char *name, uint64_t done_bytes)
{
    int64_t now_ns;

    if (!progress->enabled)
        return;
    now_ns = mono_ns();
    if (now_ns - progress->begin_mono_ns < FIRST_DRAW_NS ||
        now_ns - progress->drawn_mono_ns < REDRAW_NS)
        return;
    progress->name = name;
    progress->drawn_mono_ns = now_ns;
    draw(progress, done_bytes, now_ns - progress->begin_mono_ns);
}

void cli_progress_end(struct cli_progress *progress)
{
    ssize_t wrote = 0;

    if (progress->drawn)
        wrote = write(STDERR_FILENO, "\r\033[K", 4);
    (void)wrote;
    progress->drawn = false;
    cli_signals_clear_line(false);
}
