/* SPDX-License-Identifier: MIT */
/*
 * term.c - what the terminal behind a descriptor can show.
 *
 * In:   the descriptor, and NO_COLOR, CLICOLOR_FORCE, COLORTERM, TERM, COLUMNS,
 *       LINES, LC_ALL, LC_CTYPE, LANG.
 * Why:  the locale is read from the environment and never set, so that numbers
 *       keep their "." everywhere.
 * Source: https://no-color.org, https://bixense.com/clicolors
 */
#include <sys/ioctl.h>

#include "cli/term.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <termios.h>
#include <unistd.h>

/* Looked for in TERM, the first that is found decides. */
static const struct {
    const char *part;
    enum sts_color color;
} term_colors[] = {
    { "direct", STS_COLOR_TRUE },  { "truecolor", STS_COLOR_TRUE }, { "256", STS_COLOR_256 },
    { "kitty", STS_COLOR_TRUE },   { "alacritty", STS_COLOR_TRUE }, { "foot", STS_COLOR_TRUE },
    { "wezterm", STS_COLOR_TRUE }, { "ghostty", STS_COLOR_TRUE },   { "xterm", STS_COLOR_256 },
    { "screen", STS_COLOR_256 },   { "tmux", STS_COLOR_256 },       { "rxvt", STS_COLOR_256 },
    { "vte", STS_COLOR_256 },
};

static const char *env(const char *name)
{
    const char *value = getenv(name);
    return value == NULL ? "" : value;
}

static enum sts_color depth_of(const char *colorterm, const char *term)
{
    if (strcmp(colorterm, "truecolor") == 0 || strcmp(colorterm, "24bit") == 0)
        return STS_COLOR_TRUE;
    for (size_t i = 0; i < sizeof(term_colors) / sizeof(*term_colors); i++) {
        if (strstr(term, term_colors[i].part) != NULL)
            return term_colors[i].color;
    }
    return STS_COLOR_NONE;
}

static enum sts_color color_of(bool is_terminal)
{
    const char *force = env("CLICOLOR_FORCE"), *term = env("TERM");
    bool forced = force[0] != '\0' && strcmp(force, "0") != 0;
    enum sts_color depth;

    if (env("NO_COLOR")[0] != '\0')
        return STS_COLOR_NONE;
    if (!forced && (!is_terminal || strcmp(term, "dumb") == 0))
        return STS_COLOR_NONE;
    depth = depth_of(env("COLORTERM"), term);
    return forced && depth == STS_COLOR_NONE ? STS_COLOR_256 : depth;
}

/* What the locale says, by the first of its three variables that is set. */
static bool locale_is_utf8(void)
{
    static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        const char *value = env(names[i]), *charset = strchr(value, '.');
        if (value[0] == '\0')
            continue;
        return charset != NULL &&
               (strncasecmp(charset, ".utf-8", 6) == 0 || strncasecmp(charset, ".utf8", 5) == 0);
    }
    return false;
}

/* 0: not set, or not a size. */
static uint32_t size_from_env(const char *name)
{
    uint32_t size = 0;
    const char *at = env(name);

    for (; *at >= '0' && *at <= '9' && size <= STS_CHART_CELLS_MAX; at++)
        size = size * 10 + (uint32_t)(*at - '0');
    return *at == '\0' && size <= STS_CHART_CELLS_MAX ? size : 0;
}

static uint32_t choose_size(uint32_t asked, uint32_t real, uint32_t usual)
{
    if (asked > 0)
        return asked;
    if (real > 0)
        return real <= STS_CHART_CELLS_MAX ? real : STS_CHART_CELLS_MAX;
    return usual;
}

struct cli_term cli_term_of(int fd)
{
    struct cli_term term = { .is_terminal = isatty(fd) == 1 };
    struct winsize size = { 0, 0, 0, 0 };

    if (term.is_terminal && ioctl(fd, TIOCGWINSZ, &size) != 0)
        size.ws_col = size.ws_row = 0;
    term.columns = choose_size(size_from_env("COLUMNS"), size.ws_col, 80);
    term.rows = choose_size(size_from_env("LINES"), size.ws_row, 24);
    term.can_move = term.is_terminal && env("TERM")[0] != '\0' && strcmp(env("TERM"), "dumb") != 0;
    term.unicode = locale_is_utf8();
    term.color = color_of(term.is_terminal);
    return term;
}
