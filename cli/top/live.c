/* SPDX-License-Identifier: MIT */
/*
 * live.c - the view that goes on: look for new data, ask, draw, wait for a key.
 *
 * Why:  nothing is asked again unless the data or the view changed; and an answer that takes long
 *       is asked for the less often, so that a view of months does not take a whole core.
 */
#include "cli/top/live.h"

#include <locale.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include <statslice/sink.h>

#include "cli/outfile.h"
#include "cli/report.h"
#include "cli/term.h"
#include "cli/top/frame.h"
#include "cli/top/keys.h"
#include "cli/top/screen.h"

#define NS_PER_S      INT64_C(1000000000)
#define REST_PER_WORK 4 /* time without work after work */

struct live {
    const struct top_options *options;
    struct top_feeds *feeds;
    struct top_screen *screen;
    struct top_state state;
    struct top_answer answer;
    bool answered;
    bool is_lost;   /* the last look at the data failed, which the message tells */
    size_t columns; /* of the screen, at the last answer */
    int64_t due_ns; /* when the next look at the data is */
};

static int64_t clock_ns(clockid_t clock)
{
    struct timespec now;

    if (clock_gettime(clock, &now) != 0)
        return 0;
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

static void init_state(struct top_state *state, const struct top_options *options,
                       const struct top_feeds *feeds)
{
    *state = (struct top_state){
        .view = *options->view, .settings = options->settings, .facts = &feeds->facts, .asks = true
    };
    if (state->view.frozen)
        top_view_freeze(&state->view, &feeds->facts, state->view.frozen_ns);
}

/* --- data --- */

static int ask(struct live *live, size_t columns, struct sts_error *err)
{
    struct top_state *state = &live->state;
    struct top_answer fresh = { .chart = NULL };
    int r;

    live->columns = columns;
    state->asks = state->sorts = false;
    if (!live->feeds->facts.any)
        return 0;
    state->span = top_view_span(&state->view, &live->feeds->facts, top_frame_bars(columns));
    r = top_answer_ask(&fresh, &state->view, state->settings, live->feeds, &state->span, err);
    if (r < 0) {
        top_answer_deinit(&fresh);
        return r;
    }
    top_answer_deinit(&live->answer);
    live->answer = fresh;
    live->answered = true;
    return 0;
}

/* What fails may work the next time: it is told, and the view goes on. */
static void tell(struct live *live, const struct sts_error *err)
{
    snprintf(live->state.message, sizeof(live->state.message), "%s", err->text);
}

static void refresh(struct live *live, bool *ret_changed)
{
    struct sts_error err = { .text = "" };
    int r = top_feeds_refresh(live->feeds, NULL, ret_changed, &err);

    if (r < 0)
        tell(live, &err);
    else if (live->is_lost)
        live->state.message[0] = '\0';
    live->is_lost = r < 0;
}

static void look(struct live *live)
{
    struct sts_error err = { .text = "" };
    int64_t began_ns = clock_ns(CLOCK_MONOTONIC), now_ns;
    size_t rows, columns;
    bool changed = false;

    if (began_ns >= live->due_ns)
        refresh(live, &changed);
    top_screen_size(live->screen, &rows, &columns);
    if ((changed && !live->state.view.frozen) || columns != live->columns || !live->answered)
        live->state.asks = true;
    if (live->state.asks && ask(live, columns, &err) < 0)
        tell(live, &err);
    if (live->state.sorts && live->answered)
        top_answer_sort(&live->answer, &live->state.view);
    live->state.sorts = false;
    now_ns = clock_ns(CLOCK_MONOTONIC);
    if (began_ns >= live->due_ns) {
        int64_t rest_ns = (now_ns - began_ns) * REST_PER_WORK;
        live->due_ns =
            began_ns +
            (rest_ns > live->options->interval_ns ? rest_ns : live->options->interval_ns);
    }
}

/* --- screen --- */

static int draw(struct live *live, struct sts_error *err)
{
    struct top_frame frame = { .state = &live->state,
                               .answer = live->answered ? &live->answer : NULL,
                               .feeds = live->feeds,
                               .now_ns = clock_ns(CLOCK_REALTIME),
                               .color = top_screen_has_colors(live->screen) ? STS_COLOR_256
                                                                            : STS_COLOR_NONE };
    struct top_grid grid;
    size_t rows, columns;
    int r;

    top_screen_size(live->screen, &rows, &columns);
    r = top_grid_init(&grid, rows, columns, top_screen_is_ascii(live->screen), err);
    if (r >= 0)
        r = top_frame_draw(&frame, &grid, err);
    if (r >= 0)
        top_screen_show(live->screen, &grid, frame.cursor_row, frame.cursor_column);
    top_grid_deinit(&grid);
    return r;
}

/* All keys that are there, so that a key that is held down does not draw behind. */
static void read_keys(struct live *live)
{
    uint32_t key = top_screen_key(live->screen, live->due_ns - clock_ns(CLOCK_MONOTONIC));

    while (key != 0 && !live->state.quits) {
        top_state_key(&live->state, key);
        key = live->state.asks ? 0 : top_screen_key(live->screen, 0);
    }
}

int top_live(const struct top_options *options, struct top_feeds *feeds, struct sts_error *err)
{
    struct live live = { .options = options, .feeds = feeds };
    struct cli_term term = cli_term_of(STDOUT_FILENO);
    int r;

    if (!term.can_move || isatty(STDIN_FILENO) != 1)
        return cli_fail(err, STS_E_USAGE,
                        "top needs a terminal to draw in and to read keys from; --once writes one "
                        "picture as text");
    init_state(&live.state, options, feeds);
    r = top_screen_open(&term, &live.screen, err);
    while (r >= 0 && !live.state.quits) {
        look(&live);
        r = draw(&live, err);
        if (r >= 0)
            read_keys(&live);
    }
    top_screen_close(live.screen);
    top_answer_deinit(&live.answer);
    return r;
}

/* --- one picture --- */

int top_once(const struct top_options *options, struct top_feeds *feeds, struct sts_error *err)
{
    struct live live = { .options = options, .feeds = feeds };
    struct cli_term term = cli_term_of(STDOUT_FILENO);
    struct top_frame frame = { .state = &live.state,
                               .feeds = feeds,
                               .now_ns = clock_ns(CLOCK_REALTIME),
                               .color =
                                   term.color == STS_COLOR_NONE ? STS_COLOR_NONE : STS_COLOR_256,
                               .alone = true };
    bool ascii = !term.unicode || setlocale(LC_CTYPE, "C.UTF-8") == NULL;
    struct top_grid grid = { .cells = NULL };
    struct sts_sink *sink = NULL;
    int r;

    init_state(&live.state, options, feeds);
    r = ask(&live, term.columns, err);
    if (r >= 0)
        r = top_grid_init(&grid, term.rows, term.columns, ascii, err);
    frame.answer = live.answered ? &live.answer : NULL;
    if (r >= 0)
        r = top_frame_draw(&frame, &grid, err);
    if (r >= 0)
        r = cli_outfile_open(NULL, &sink, err);
    if (r >= 0)
        top_grid_write(&grid, term.color != STS_COLOR_NONE, sink);
    if (sink != NULL)
        r = cli_outfile_close(sink, r, err);
    top_grid_deinit(&grid);
    top_answer_deinit(&live.answer);
    return r;
}
