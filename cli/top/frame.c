/* SPDX-License-Identifier: MIT */
/*
 * frame.c - one picture of the screen.
 *
 * In:   the state, the answer, and how large the screen is.
 * Out:  cells. Nothing is drawn here, so that a test and --once see what a terminal shows.
 */
#include "cli/top/frame.h"

#include <stdio.h>
#include <string.h>

#include <statslice/sink.h>

#include "cli/about.h"
#include "cli/out.h"
#include "cli/report.h"
#include "cli/top/keys.h"
#include "cli/top/short_figures.h"

#define NS_PER_S         INT64_C(1000000000)
#define STALE_NS         (30 * NS_PER_S)
#define LINE_BYTES       ((size_t)2048)
#define CHART_BYTES_MAX  ((size_t)1 << 22)
#define SEPARATOR_CELLS  3 /* between two parts of the heading */
#define AXIS_CELLS       8 /* left of the bars, about */
#define CHART_ROWS_MIN   5
#define TABLE_ROWS_MIN   3
#define ROWS_MIN         4
#define COLUMNS_MIN      20
#define HEADING_ROWS_MIN 14  /* of the screen, for a heading of two lines */
#define KEY_COLUMNS      11  /* of the names of keys in help */
#define HELP_COLUMNS_MIN 100 /* for two columns of help */

static const struct top_ink ink_good = { 71, TOP_NO_COLOR, TOP_BOLD };
static const struct top_ink ink_warn = { 178, TOP_NO_COLOR, TOP_BOLD };

static struct top_ink tinted(const struct top_frame *frame, struct top_ink ink)
{
    if (frame->color == STS_COLOR_NONE)
        ink.front = ink.back = TOP_NO_COLOR;
    return ink;
}

/* --- places --- */

struct top_places top_places_of(const struct top_view *view, size_t rows, bool alone)
{
    struct top_places places = { .heading_rows = rows >= HEADING_ROWS_MIN ? 2 : 1,
                                 .last_rows = alone ? 0 : 1 };
    size_t body = rows - places.heading_rows - places.last_rows;

    places.chart = places.heading_rows;
    if (view->layout == TOP_CHART_ALONE)
        places.chart_rows = body;
    else if (view->layout == TOP_CHART_AND_TABLE && body >= CHART_ROWS_MIN + TABLE_ROWS_MIN)
        places.chart_rows = body * 9 / 20 > CHART_ROWS_MIN ? body * 9 / 20 : CHART_ROWS_MIN;
    places.table = places.chart + places.chart_rows;
    places.table_rows = body - places.chart_rows;
    return places;
}

size_t top_frame_bars(size_t columns)
{
    return columns > AXIS_CELLS ? columns - AXIS_CELLS : 1;
}

/* --- heading --- */

/* " 12:03:10" or, with its date, "2026-11-23 12:03:10"; by the zone's clock. */
static void clock_text(char text[CLI_TIME_TEXT_BYTES], const struct sts_series *series,
                       int64_t time_ns, bool dated)
{
    char whole[CLI_TIME_TEXT_BYTES];

    cli_time_text(whole, time_ns + sts_series_utc_offset_s(series, time_ns) * NS_PER_S);
    whole[10] = ' ';
    whole[19] = '\0';
    snprintf(text, CLI_TIME_TEXT_BYTES, "%s", dated ? whole : whole + 11);
}

static void add_text(char line[LINE_BYTES], const struct top_grid *grid, const char *text)
{
    size_t len = strlen(line);

    if (len > 0)
        len += (size_t)snprintf(line + len, LINE_BYTES - len, "%s",
                                grid->ascii ? " | " : " \xC2\xB7 ");
    if (len < LINE_BYTES)
        snprintf(line + len, LINE_BYTES - len, "%s", text);
}

static void add_times(char line[LINE_BYTES], const struct top_frame *frame,
                      const struct top_grid *grid)
{
    const struct top_answer *answer = frame->answer;
    char from[CLI_TIME_TEXT_BYTES], to[CLI_TIME_TEXT_BYTES], text[256];
    bool dated = answer->span.to_ns - answer->span.from_ns > INT64_C(86400) * NS_PER_S ||
                 frame->now_ns - answer->span.to_ns > INT64_C(43200) * NS_PER_S;

    clock_text(from, answer->chart, answer->span.from_ns, dated);
    clock_text(to, answer->chart, answer->span.to_ns,
               dated && answer->span.to_ns - answer->span.from_ns > INT64_C(86400) * NS_PER_S);
    snprintf(text, sizeof(text), "%s-%s %.100s", from, to, sts_series_zone(answer->chart));
    add_text(line, grid, text);
}

static void add_filters(char line[LINE_BYTES], const struct top_frame *frame,
                        const struct top_grid *grid)
{
    char text[TOP_TEXT_BYTES + 16];

    if (frame->state->view.match[0] != '\0') {
        snprintf(text, sizeof(text), "/%s/", frame->state->view.match);
        add_text(line, grid, text);
    }
    if (frame->state->view.where[0] != '\0')
        add_text(line, grid, frame->state->view.where);
}

static void describe(char line[LINE_BYTES], const struct top_frame *frame,
                     const struct top_grid *grid)
{
    static const char *const scales[] = { "", "/s", " share" };
    const struct top_view *view = &frame->state->view;
    const struct top_answer *answer = frame->answer;
    char text[256], slice[TOP_FIGURE_BYTES], window[TOP_FIGURE_BYTES];

    line[0] = '\0';
    snprintf(text, sizeof(text), "%s%s by %s", sts_metric_name(view->metric),
             scales[top_view_scale(view)], view->by);
    add_text(line, grid, text);
    add_filters(line, frame, grid);
    if (answer == NULL)
        return;
    top_duration_text(slice, answer->span.slice_ns);
    top_duration_text(window, answer->span.to_ns - answer->span.from_ns);
    snprintf(text, sizeof(text), "%s of %s", slice, window);
    add_text(line, grid, text);
    add_times(line, frame, grid);
    snprintf(text, sizeof(text), "%u%% covered", (unsigned)(answer->coverage * 100));
    add_text(line, grid, text);
    snprintf(text, sizeof(text), "%llu profile%s", (unsigned long long)answer->n_profiles,
             answer->n_profiles == 1 ? "" : "s");
    if (top_text_cells(grid, line) + strlen(text) + SEPARATOR_CELLS <= grid->columns)
        add_text(line, grid, text);
}

/* How fresh what is shown is. Returns: its ink. */
static struct top_ink freshness(char text[LINE_BYTES], const struct top_frame *frame)
{
    const struct top_view *view = &frame->state->view;
    const struct top_facts *facts = &frame->feeds->facts;
    char age[TOP_FIGURE_BYTES], at[CLI_TIME_TEXT_BYTES];
    int64_t age_ns = frame->now_ns - facts->newest_ns;

    if (!facts->any) {
        snprintf(text, LINE_BYTES, "waiting for profiles");
        return ink_warn;
    }
    if (view->frozen && frame->answer != NULL) {
        clock_text(at, frame->answer->chart, view->frozen_ns,
                   frame->now_ns - view->frozen_ns > INT64_C(43200) * NS_PER_S);
        top_age_text(age, facts->newest_ns - view->frozen_ns);
        snprintf(text, LINE_BYTES, "paused at %s, data goes on for %s", at, age);
        if (facts->newest_ns <= view->frozen_ns)
            snprintf(text, LINE_BYTES, "paused at %s", at);
        return ink_warn;
    }
    top_age_text(age, age_ns);
    if (age_ns <= STALE_NS || age_ns <= 3 * frame->state->span.slice_ns) {
        snprintf(text, LINE_BYTES, "live, %s old", age);
        return ink_good;
    }
    snprintf(text, LINE_BYTES, "no new data for %s", age);
    return ink_warn;
}

static void put_heading(const struct top_frame *frame, struct top_grid *grid, size_t rows)
{
    const struct top_feeds *feeds = frame->feeds;
    char line[LINE_BYTES], fresh[LINE_BYTES];
    struct top_ink ink = tinted(frame, freshness(fresh, frame));
    size_t room, used, fresh_cells = top_text_cells(grid, fresh);

    fresh_cells = fresh_cells < grid->columns ? fresh_cells : grid->columns;
    room = grid->columns - fresh_cells;
    top_grid_put_right(grid, 0, room, fresh_cells, ink, fresh);
    room = room > 2 ? room - 2 : 0;
    snprintf(line, sizeof(line), "%s", feeds->count > 0 ? feeds->items[0].state.path : "");
    if (feeds->count > 1)
        snprintf(line + strlen(line), sizeof(line) - strlen(line), " +%zu", feeds->count - 1);
    if (feeds->broken_lines > 0 && strlen(line) + 64 < sizeof(line))
        snprintf(line + strlen(line), 64, " (%llu broken line%s)",
                 (unsigned long long)feeds->broken_lines, feeds->broken_lines == 1 ? "" : "s");
    if (rows == 1) {
        describe(line, frame, grid);
        top_grid_put(grid, 0, 0, room, top_ink_bold, line);
        return;
    }
    used = top_grid_put(grid, 0, 0, room, top_ink_bold, "statslice top  ");
    top_grid_put_tail(grid, 0, used, room - used, top_ink_plain, line);
    describe(line, frame, grid);
    top_grid_put(grid, 1, 0, grid->columns, top_ink_plain, line);
}

/* --- chart --- */

int top_chart_text(const struct top_frame *frame, enum sts_chart_part part, size_t rows,
                   const struct top_grid *grid, struct sts_sink **ret_sink, const char **ret_text,
                   struct sts_error *err)
{
    struct sts_chart_options options = STS_CHART_OPTIONS_INIT;
    struct sts_sink *sink;
    size_t len;
    int r = sts_sink_open_memory(CHART_BYTES_MAX, &sink, err);

    if (r < 0)
        return r;
    options.part = part;
    options.columns =
        (uint32_t)(grid->columns < STS_CHART_CELLS_MAX ? grid->columns : STS_CHART_CELLS_MAX);
    options.rows = (uint32_t)(rows < STS_CHART_CELLS_MAX ? rows : STS_CHART_CELLS_MAX);
    options.color = frame->color;
    options.ascii = grid->ascii;
    r = sts_chart_render(frame->answer->chart, "terminal", &options, sink, err);
    if (r < 0) {
        int closed = sts_sink_close(sink, NULL);
        (void)closed; /* memory */
        return r;
    }
    *ret_text = sts_sink_memory(sink, &len);
    *ret_sink = sink;
    return 0;
}

static void put_middle(struct top_grid *grid, size_t row, const char *text)
{
    size_t cells = top_text_cells(grid, text);

    top_grid_put(grid, row, cells < grid->columns ? (grid->columns - cells) / 2 : 0, grid->columns,
                 top_ink_plain, text);
}

static int put_chart(const struct top_frame *frame, struct top_grid *grid,
                     const struct top_places *places, struct sts_error *err)
{
    struct sts_sink *sink = NULL;
    const char *text;
    int r;

    if (places->chart_rows == 0)
        return 0;
    if (frame->answer->n_profiles == 0) {
        put_middle(grid, places->chart + places->chart_rows / 2,
                   "no profile in this time, or none with these labels");
        return 0;
    }
    r = top_chart_text(frame, STS_CHART_PLOT, places->chart_rows, grid, &sink, &text, err);
    if (r < 0)
        return r;
    top_grid_put_chart(grid, places->chart, places->chart_rows, text);
    return sts_sink_close(sink, err);
}

/* --- last line --- */

static const char *prompt_text(enum top_prompt prompt)
{
    static const char *const texts[] = { "", "functions (regex): ", "labels (key=value ...): ",
                                         "time: " };

    return texts[prompt];
}

/* The end of the text, where it is longer than the line; the cursor is always seen. */
static void put_prompt(struct top_frame *frame, struct top_grid *grid, size_t row)
{
    const struct top_editor *editor = &frame->state->editor;
    size_t used =
        top_grid_put(grid, row, 0, grid->columns, top_ink_bold, prompt_text(frame->state->prompt));
    size_t room = grid->columns > used + 1 ? grid->columns - used - 1 : 0;
    char front[TOP_TEXT_BYTES];
    size_t front_cells;

    memcpy(front, editor->text, editor->at);
    front[editor->at] = '\0';
    front_cells = top_grid_put_tail(grid, row, used, room, top_ink_plain, front);
    top_grid_put(grid, row, used + front_cells, room - front_cells, top_ink_plain,
                 editor->text + editor->at);
    frame->cursor_row = row;
    frame->cursor_column = used + front_cells;
}

static size_t hint_cells(const struct top_key *key)
{
    return key->hint == NULL ? 0 : strlen(key->hint_key) + 1 + strlen(key->hint) + 2;
}

/* What fits; the last two, help and quit, before all others. */
static void put_hints(struct top_grid *grid, size_t row)
{
    size_t count, at = 0;
    const struct top_key *keys = top_keys(&count);
    size_t kept = hint_cells(&keys[count - 2]) + hint_cells(&keys[count - 1]);

    for (size_t i = 0; i < count; i++) {
        size_t cells = hint_cells(&keys[i]);
        kept -= i >= count - 2 ? cells : 0;
        if (cells == 0 || at + cells + kept > grid->columns + 2)
            continue;
        top_grid_put(grid, row, at, grid->columns, top_ink_bold, keys[i].hint_key);
        top_grid_put(grid, row, at + strlen(keys[i].hint_key) + 1, grid->columns, top_ink_dim,
                     keys[i].hint);
        at += cells;
    }
}

static void put_last(struct top_frame *frame, struct top_grid *grid, size_t row)
{
    const struct top_state *state = frame->state;

    if (state->message[0] != '\0')
        top_grid_put(grid, row, 0, grid->columns, tinted(frame, ink_warn), state->message);
    else if (state->prompt != TOP_PROMPT_NONE)
        put_prompt(frame, grid, row);
    else
        put_hints(grid, row);
}

/* --- help --- */

static void put_help(const struct top_frame *frame, struct top_grid *grid, size_t row, size_t rows)
{
    struct top_state *state = frame->state;
    size_t columns = grid->columns >= HELP_COLUMNS_MIN ? 2 : 1, count = 0, lines;
    size_t width = grid->columns / columns;
    struct cli_term_text term;

    while (top_key_term(count, &term))
        count++;
    lines = (count + columns - 1) / columns;
    if (state->help_scroll + rows > lines)
        state->help_scroll = lines > rows ? lines - rows : 0;
    for (size_t i = 0; i < count; i++) {
        size_t line = i % lines, column = i / lines * width;
        if (line < state->help_scroll || line - state->help_scroll >= rows)
            continue;
        top_key_term(i, &term);
        line = row + line - state->help_scroll;
        top_grid_put(grid, line, column, KEY_COLUMNS - 1, top_ink_bold, term.term);
        top_grid_put(grid, line, column + KEY_COLUMNS, width - KEY_COLUMNS - 1, top_ink_plain,
                     term.text);
    }
}

/* --- all --- */

int top_frame_draw(struct top_frame *frame, struct top_grid *grid, struct sts_error *err)
{
    struct top_places places;
    int r = 0;

    frame->cursor_row = SIZE_MAX;
    if (grid->rows < ROWS_MIN || grid->columns < COLUMNS_MIN) {
        top_grid_put(grid, 0, 0, grid->columns, top_ink_plain, "too small");
        return 0;
    }
    places = top_places_of(&frame->state->view, grid->rows, frame->alone);
    put_heading(frame, grid, places.heading_rows);
    if (frame->state->helps) {
        put_help(frame, grid, places.chart, places.chart_rows + places.table_rows);
    } else if (frame->answer != NULL) {
        r = put_chart(frame, grid, &places, err);
        if (r >= 0 && places.table_rows > 0)
            r = top_table_draw(frame, grid, places.table, places.table_rows, err);
    } else {
        put_middle(grid, grid->rows / 2, "waiting for profiles");
    }
    if (places.last_rows > 0)
        put_last(frame, grid, grid->rows - 1);
    return r;
}
