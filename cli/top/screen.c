/* SPDX-License-Identifier: MIT */
/*
 * screen.c - the terminal, by ncurses.
 *
 * Why:  what a terminal understands, and which bytes its keys send, is ncurses' to know; it sends
 *       what differs from what is shown, so that nothing flickers and little goes over a slow line.
 */
#define NCURSES_WIDECHAR 1
#define NCURSES_NOMACROS 1
#include <curses.h>

#include "cli/top/screen.h"

#include <dlfcn.h>
#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "cli/report.h"
#include "cli/signals.h"
#include "cli/top/keys.h"

#define PAIRS_MAX     1024
#define ESCAPE_MS     25 /* a key that begins with Esc sends the rest of it within that */
#define LEAVE_BYTES   256
#define POLL_MS_MAX   INT64_C(60000)
#define NS_PER_MS     INT64_C(1000000)
#define COLORS_NEEDED 256

/* Of ncurses, what is used here. It is loaded when a terminal is drawn on, and by no other command.
 */
#define CALLS(X)                                                                                   \
    X(int, cbreak, (void))                                                                         \
    X(int, curs_set, (int))                                                                        \
    X(void, delscreen, (SCREEN *))                                                                 \
    X(int, doupdate, (void))                                                                       \
    X(int, endwin, (void))                                                                         \
    X(int, init_pair, (short, short, short))                                                       \
    X(int, getmaxx, (const WINDOW *))                                                              \
    X(int, getmaxy, (const WINDOW *))                                                              \
    X(int, keypad, (WINDOW *, bool))                                                               \
    X(SCREEN *, newterm, (const char *, FILE *, FILE *))                                           \
    X(int, nodelay, (WINDOW *, bool))                                                              \
    X(int, noecho, (void))                                                                         \
    X(int, nonl, (void))                                                                           \
    X(int, set_escdelay, (int))                                                                    \
    X(int, start_color, (void))                                                                    \
    X(char *, tigetstr, (const char *))                                                            \
    X(int, use_default_colors, (void))                                                             \
    X(int, waddnstr, (WINDOW *, const char *, int))                                                \
    X(int, wattr_set, (WINDOW *, attr_t, short, void *))                                           \
    X(int, werase, (WINDOW *))                                                                     \
    X(int, wget_wch, (WINDOW *, wint_t *))                                                         \
    X(int, wmove, (WINDOW *, int, int))                                                            \
    X(int, wnoutrefresh, (WINDOW *))

#define FIELD(type, name, arguments) type(*name) arguments;
struct calls {
    CALLS(FIELD)
};

#define CHECK(type, name, arguments)                                                               \
    _Static_assert(_Generic(&name, type(*) arguments : 1), "as curses.h declares it");
CALLS(CHECK)

#define NAME(type, name, arguments) { #name, offsetof(struct calls, name) },
static const struct {
    const char *name;
    size_t offset;
} names[] = { CALLS(NAME) };

struct top_screen {
    void *library; /* stays loaded: it may have handlers of signals */
    struct calls curses;
    SCREEN *terminal;
    WINDOW *window; /* the whole screen; the library's own */
    bool ascii;
    struct {
        int16_t front, back;
    } pairs[PAIRS_MAX]; /* colour pairs given away; the first is the terminal's own */
    size_t pair_count, pairs_max;
};

/* --- the library --- */

static int load(struct top_screen *screen, struct sts_error *err)
{
    screen->library = dlopen("libncursesw.so.6", RTLD_NOW | RTLD_LOCAL);
    if (screen->library == NULL)
        return cli_fail(err, STS_E_UNSUPPORTED,
                        "top needs ncurses, which could not be loaded: %.150s", dlerror());
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        void *call = dlsym(screen->library, names[i].name);
        if (call == NULL)
            return cli_fail(err, STS_E_UNSUPPORTED, "ncurses has no \"%s\"", names[i].name);
        memcpy((char *)&screen->curses + names[i].offset, &call, sizeof(call));
    }
    return 0;
}

/* A variable of ncurses: COLORS, COLOR_PAIRS. */
static int number_of(const struct top_screen *screen, const char *name)
{
    const int *number = dlsym(screen->library, name);

    return number == NULL ? 0 : *number;
}

/* ncurses writes the characters that the locale of characters has; no other part of it is set. */
static bool set_characters(bool unicode)
{
    if (!unicode)
        return setlocale(LC_CTYPE, "C") == NULL;
    return setlocale(LC_CTYPE, "") != NULL && MB_CUR_MAX > 1
               ? true
               : setlocale(LC_CTYPE, "C.UTF-8") != NULL;
}

/* --- open --- */

/* What gives the terminal back, without what asks for delays. */
static size_t leave_text(const struct top_screen *screen, char text[LEAVE_BYTES])
{
    static const char *const capabilities[] = { "op", "sgr0", "rmkx", "cnorm", "rmcup" };
    size_t len = 0;

    for (size_t i = 0; i < sizeof(capabilities) / sizeof(*capabilities); i++) {
        const char *at = screen->curses.tigetstr((char *)(uintptr_t)capabilities[i]);
        if (at == NULL || at == (char *)-1)
            continue;
        while (*at != '\0' && len < LEAVE_BYTES) {
            if (at[0] == '$' && at[1] == '<' && strchr(at, '>') != NULL)
                at = strchr(at, '>') + 1;
            else
                text[len++] = *at++;
        }
    }
    return len;
}

static void set_up(struct top_screen *screen, bool colors)
{
    screen->pairs_max = 1;
    screen->pair_count = 1;
    screen->pairs[0].front = screen->pairs[0].back = TOP_NO_COLOR;
    screen->curses.cbreak();
    screen->curses.noecho();
    screen->curses.nonl();
    screen->curses.keypad(screen->window, true);
    screen->curses.nodelay(screen->window, true);
    screen->curses.set_escdelay(ESCAPE_MS);
    screen->curses.curs_set(0);
    if (!colors || screen->curses.start_color() != OK ||
        number_of(screen, "COLORS") < COLORS_NEEDED || screen->curses.use_default_colors() != OK)
        return;
    screen->pairs_max = (size_t)number_of(screen, "COLOR_PAIRS");
    if (screen->pairs_max > PAIRS_MAX)
        screen->pairs_max = PAIRS_MAX;
}

static int take_terminal(struct top_screen *screen, const struct cli_term *term,
                         struct sts_error *err)
{
    const char *name = getenv("TERM");
    struct termios before;
    char leave[LEAVE_BYTES];
    WINDOW **window;

    screen->ascii = !set_characters(term->unicode);
    if (tcgetattr(STDOUT_FILENO, &before) != 0)
        return cli_fail_errno(err, errno, "could not ask how the terminal is set");
    screen->terminal = screen->curses.newterm(NULL, stdout, stdin);
    window = dlsym(screen->library, "stdscr");
    if (screen->terminal == NULL || window == NULL || *window == NULL)
        return cli_fail(err, STS_E_UNSUPPORTED, "cannot draw in a terminal of the kind \"%.40s\"",
                        name == NULL ? "" : name);
    screen->window = *window;
    cli_signals_guard_terminal(&before, leave, leave_text(screen, leave));
    set_up(screen, term->color != STS_COLOR_NONE);
    return 0;
}

int top_screen_open(const struct cli_term *term, struct top_screen **ret_screen,
                    struct sts_error *err)
{
    struct top_screen *screen = calloc(1, sizeof(*screen));
    int r;

    if (screen == NULL)
        return cli_fail_nomem(err);
    r = load(screen, err);
    if (r >= 0)
        r = take_terminal(screen, term, err);
    if (r < 0) {
        top_screen_close(screen);
        return r;
    }
    *ret_screen = screen;
    return 0;
}

void top_screen_close(struct top_screen *screen)
{
    if (screen == NULL)
        return;
    if (screen->window != NULL)
        screen->curses.endwin();
    cli_signals_guard_terminal(NULL, NULL, 0);
    if (screen->terminal != NULL)
        screen->curses.delscreen(screen->terminal);
    free(screen);
}

/* --- what it can show --- */

void top_screen_size(const struct top_screen *screen, size_t *ret_rows, size_t *ret_columns)
{
    int rows = screen->curses.getmaxy(screen->window);
    int columns = screen->curses.getmaxx(screen->window);

    *ret_rows = rows > 0 ? (size_t)rows : 1;
    *ret_columns = columns > 0 ? (size_t)columns : 1;
}

bool top_screen_has_colors(const struct top_screen *screen)
{
    return screen->pairs_max > 1;
}

bool top_screen_is_ascii(const struct top_screen *screen)
{
    return screen->ascii;
}

/* --- drawing --- */

/* Pairs are few on old terminals: where they are used up, the terminal's own colours do. */
static short pair_of(struct top_screen *screen, struct top_ink ink)
{
    size_t i = 0;

    while (i < screen->pair_count &&
           (screen->pairs[i].front != ink.front || screen->pairs[i].back != ink.back))
        i++;
    if (i < screen->pair_count)
        return (short)i;
    if (i >= screen->pairs_max || screen->curses.init_pair((short)i, ink.front, ink.back) != OK)
        return 0;
    screen->pairs[i].front = ink.front;
    screen->pairs[i].back = ink.back;
    screen->pair_count++;
    return (short)i;
}

static attr_t attributes_of(struct top_ink ink)
{
    return ((ink.style & TOP_BOLD) != 0 ? A_BOLD : 0) | ((ink.style & TOP_DIM) != 0 ? A_DIM : 0) |
           ((ink.style & TOP_REVERSE) != 0 ? A_REVERSE : 0);
}

static void show_line(struct top_screen *screen, const struct top_cell *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (cells[i].text[0] == '\0')
            continue;
        screen->curses.wattr_set(screen->window, attributes_of(cells[i].ink),
                                 pair_of(screen, cells[i].ink), NULL);
        screen->curses.waddnstr(screen->window, cells[i].text, -1);
    }
}

void top_screen_show(struct top_screen *screen, const struct top_grid *grid, size_t cursor_row,
                     size_t cursor_column)
{
    bool typed = cursor_row < grid->rows;

    screen->curses.werase(screen->window);
    for (size_t row = 0; row < grid->rows; row++) {
        screen->curses.wmove(screen->window, (int)row, 0);
        show_line(screen, &grid->cells[row * grid->columns], grid->columns);
    }
    screen->curses.curs_set(typed ? 1 : 0);
    if (typed)
        screen->curses.wmove(screen->window, (int)cursor_row, (int)cursor_column);
    screen->curses.wnoutrefresh(screen->window);
    screen->curses.doupdate();
}

/* --- keys --- */

static const struct {
    wint_t code;
    uint32_t key;
} known_keys[] = {
    { KEY_UP, TOP_KEY_UP },         { KEY_DOWN, TOP_KEY_DOWN },
    { KEY_LEFT, TOP_KEY_LEFT },     { KEY_RIGHT, TOP_KEY_RIGHT },
    { KEY_PPAGE, TOP_KEY_PAGE_UP }, { KEY_NPAGE, TOP_KEY_PAGE_DOWN },
    { KEY_HOME, TOP_KEY_HOME },     { KEY_END, TOP_KEY_END },
    { KEY_ENTER, TOP_KEY_ENTER },   { KEY_BACKSPACE, TOP_KEY_BACKSPACE },
    { KEY_DC, TOP_KEY_DELETE },     { KEY_RESIZE, TOP_KEY_RESIZE },
};

static uint32_t key_of(wint_t code)
{
    for (size_t i = 0; i < sizeof(known_keys) / sizeof(*known_keys); i++)
        if (known_keys[i].code == code)
            return known_keys[i].key;
    return 0;
}

static uint32_t key_of_character(wint_t character)
{
    switch (character) {
    case '\r':
    case '\n':
        return TOP_KEY_ENTER;
    case 0x1B:
        return TOP_KEY_ESCAPE;
    case 0x08:
    case 0x7F:
        return TOP_KEY_BACKSPACE;
    default:
        return (uint32_t)character;
    }
}

/* Returns: 0: none is there. */
static uint32_t next_key(struct top_screen *screen)
{
    wint_t code = 0;
    int kind = screen->curses.wget_wch(screen->window, &code);

    if (kind == KEY_CODE_YES)
        return key_of(code);
    return kind == OK ? key_of_character(code) : 0;
}

uint32_t top_screen_key(struct top_screen *screen, int64_t wait_ns)
{
    struct pollfd wanted = { .fd = STDIN_FILENO, .events = POLLIN };
    int64_t wait_ms = wait_ns <= 0 ? 0 : wait_ns / NS_PER_MS + 1;
    uint32_t key = next_key(screen);

    if (key != 0)
        return key;
    if (poll(&wanted, 1, (int)(wait_ms < POLL_MS_MAX ? wait_ms : POLL_MS_MAX)) > 0 &&
        (wanted.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0)
        return TOP_KEY_HANGUP;
    return next_key(screen);
}
