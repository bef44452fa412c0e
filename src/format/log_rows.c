/* SPDX-License-Identifier: MIT */
/*
 * log_rows.c - the rows of one profile in a log: the value of "func_profiles".
 *
 * In:   {key: {"ncalls": .., "tottime": .., "file_name": .., "callers": {key: [..]}}}, fields in
 *       any order; unknown ones are passed over.
 * Out:  rows and edges of a profile.
 * Why:  a caller's key may stand before the row that says who it is, so edges
 *       wait until all rows are read.
 * Not:  times, labels and the other fields of a line (log_fields.c).
 */
#include "format/log_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/num.h"
#include "model/profile.h"

/* An edge whose caller is known by its key alone. */
struct sts__log_edge {
    uint32_t caller_key, callee_id;
    struct sts_figures figures;
    const char *at; /* where the key stands, for messages */
};

/* A row as it was read. */
struct row {
    struct sts__log_function function;
    struct sts_figures figures;
    struct sts_coro coro;
    unsigned seen; /* a bit for each enum field */
    size_t first_edge;
};

enum field {
    FIELD_NCALLS,
    FIELD_PCALLS,
    FIELD_TOTTIME,
    FIELD_PERCALL_TOTTIME,
    FIELD_CUMTIME,
    FIELD_PERCALL_CUMTIME,
    FIELD_FILE_NAME,
    FIELD_LINE_NUMBER,
    FIELD_NAME,
    FIELD_QUALNAME,
    FIELD_CALLERS,
    FIELD_RESUMES, /* these two behind the others: few rows have them, and in those that do not
                      they must not stand where the next field is guessed */
    FIELD_AWAITTIME,
    FIELD_COUNT, /* also: a field that is not known */
};

#define WORD(text)                                                                                 \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }

/* In the order in which they are written, but for the last two. */
static const struct {
    const char *word;
    size_t len;
} field_words[FIELD_COUNT] = {
    [FIELD_NCALLS] = WORD("ncalls"),       [FIELD_PCALLS] = WORD("pcalls"),
    [FIELD_TOTTIME] = WORD("tottime"),     [FIELD_PERCALL_TOTTIME] = WORD("percall_tottime"),
    [FIELD_CUMTIME] = WORD("cumtime"),     [FIELD_PERCALL_CUMTIME] = WORD("percall_cumtime"),
    [FIELD_FILE_NAME] = WORD("file_name"), [FIELD_LINE_NUMBER] = WORD("line_number"),
    [FIELD_NAME] = WORD("name"),           [FIELD_QUALNAME] = WORD("qualname"),
    [FIELD_CALLERS] = WORD("callers"),     [FIELD_RESUMES] = WORD("resumes"),
    [FIELD_AWAITTIME] = WORD("awaittime"),
};

/* Fields that a row must have; a caller without a row has the first ones alone. */
static const struct {
    enum field field;
    const char *reason;
} required[] = {
    { FIELD_FILE_NAME, "a function without file_name" },
    { FIELD_LINE_NUMBER, "a function without line_number" },
    { FIELD_NCALLS, "a function without ncalls" },
    { FIELD_TOTTIME, "a function without tottime" },
    { FIELD_CUMTIME, "a function without cumtime" },
};

#define IDENTITY_COUNT 2
#define REQUIRED_COUNT (sizeof(required) / sizeof(required[0]))

void sts__log_rows_init(struct sts__log_rows *rows)
{
    memset(rows, 0, sizeof(*rows));
    sts__log_keys_init(&rows->keys);
}

void sts__log_rows_deinit(struct sts__log_rows *rows)
{
    sts__log_keys_deinit(&rows->keys);
    free(rows->edges);
}

void sts__log_rows_begin(struct sts__log_rows *rows, struct sts_symbols *symbols)
{
    sts__log_keys_begin(&rows->keys, symbols);
    rows->edge_count = 0;
    rows->has_twins = false;
}

/* --- figures --- */

static int64_t read_time(struct sts__json *json)
{
    const char *start;
    int64_t ns;

    (void)sts__json_peek(json);
    start = json->at;
    ns = sts__json_ns(json);
    if (ns >= 0)
        return ns;
    sts__json_fail_at(json, start, "a negative time");
    return 0;
}

/* A number, or the article's text "all/primitive". */
static void read_calls(struct sts__json *json, struct row *row)
{
    struct sts__json_text text;
    const char *start, *slash;
    uint64_t calls, primitive;
    int r;

    if (sts__json_peek(json) != STS__JSON_TEXT) {
        row->figures.ncalls = sts__json_u64(json);
        return;
    }
    start = json->at;
    text = sts__json_text(json);
    slash = memchr(text.at, '/', text.len);
    r = sts__num_parse_u64(text.at, slash == NULL ? text.len : (size_t)(slash - text.at), &calls);
    primitive = calls;
    if (r == 0 && slash != NULL)
        r = sts__num_parse_u64(slash + 1, text.len - (size_t)(slash + 1 - text.at), &primitive);
    if (r < 0 || calls > (uint64_t)INT64_MAX) {
        sts__json_fail_at(json, start, "ncalls is not \"calls\" or \"calls/primitive\"");
        return;
    }
    row->figures.ncalls = calls;
    if (slash != NULL && (row->seen & 1u << FIELD_PCALLS) == 0) {
        row->figures.pcalls = primitive;
        row->seen |= 1u << FIELD_PCALLS;
    }
}

/* [ncalls, pcalls, tottime, cumtime] */
static void read_edge_figures(struct sts__json *json, struct sts_figures *figures)
{
    size_t n = 0;

    sts__json_enter_array(json);
    for (; sts__json_next_item(json); n++) {
        if (n == 0)
            figures->ncalls = sts__json_u64(json);
        else if (n == 1)
            figures->pcalls = sts__json_u64(json);
        else if (n == 2)
            figures->tottime_ns = read_time(json);
        else if (n == 3)
            figures->cumtime_ns = read_time(json);
        else
            sts__json_fail(json, "more than four figures of a caller");
    }
    if (n != 4)
        sts__json_fail(json, "less than four figures of a caller");
}

static int read_callers(struct sts__log_rows *rows, struct sts__json *json, struct sts_error *err)
{
    struct sts__json_text key;
    int r;

    sts__json_enter_object(json);
    while (sts__json_next_key(json, &key)) {
        struct sts__log_edge *edge;
        uint32_t key_id;

        r = sts__log_keys_id(&rows->keys, json, &key, &key_id, err);
        if (r < 0)
            return r;
        if (!sts__log_keys_once(&rows->keys, key_id, rows->row_number))
            sts__json_fail(json, "one caller twice");
        r = sts__grow(&rows->edges, &rows->edge_cap, rows->edge_count + 1, sizeof(*rows->edges),
                      STS_EDGES_MAX);
        if (r < 0)
            return sts__fail(err, (enum sts_status)r, "could not keep %zu callers",
                             rows->edge_count);
        edge = &rows->edges[rows->edge_count++];
        *edge = (struct sts__log_edge){ .caller_key = key_id, .at = key.at };
        read_edge_figures(json, &edge->figures);
    }
    return 0;
}

/* --- rows --- */

static enum field field_of(const struct sts__json_text *key, enum field expected)
{
    if (expected < FIELD_COUNT &&
        sts__json_is(key, field_words[expected].word, field_words[expected].len))
        return expected;
    for (enum field field = 0; field < FIELD_COUNT; field++)
        if (sts__json_is(key, field_words[field].word, field_words[field].len))
            return field;
    return FIELD_COUNT;
}

static int read_field(struct sts__log_rows *rows, struct sts__json *json, struct row *row,
                      enum field field, struct sts_error *err)
{
    switch (field) {
    case FIELD_NCALLS:
        read_calls(json, row);
        return 0;
    case FIELD_PCALLS:
        row->figures.pcalls = sts__json_u64(json);
        return 0;
    case FIELD_TOTTIME:
        row->figures.tottime_ns = read_time(json);
        return 0;
    case FIELD_CUMTIME:
        row->figures.cumtime_ns = read_time(json);
        return 0;
    case FIELD_RESUMES:
        row->coro.n_resumes = sts__json_u64(json);
        return 0;
    case FIELD_AWAITTIME:
        row->coro.awaittime_ns = read_time(json);
        return 0;
    case FIELD_FILE_NAME:
        row->function.file_name = sts__json_text(json);
        return 0;
    case FIELD_LINE_NUMBER:
        row->function.line_number = sts__json_i32(json);
        return 0;
    case FIELD_NAME:
        row->function.name = sts__json_text(json);
        return 0;
    case FIELD_QUALNAME:
        row->function.qualname = sts__json_text(json);
        return 0;
    case FIELD_CALLERS:
        if (row->seen & 1u << FIELD_CALLERS)
            sts__json_fail(json, "callers twice");
        return read_callers(rows, json, err);
    case FIELD_PERCALL_TOTTIME:
    case FIELD_PERCALL_CUMTIME:
    case FIELD_COUNT:
        sts__json_skip(json);
        return 0;
    }
    return 0;
}

/* The fields of one function. A qualname that is null is not known. */
static int read_fields(struct sts__log_rows *rows, struct sts__json *json, struct row *row,
                       struct sts_error *err)
{
    enum field expected = FIELD_NCALLS;
    struct sts__json_text key;

    (void)sts__json_peek(json);
    row->function.at = json->at;
    row->first_edge = rows->edge_count;
    rows->row_number++;
    sts__json_enter_object(json);
    while (sts__json_next_key(json, &key)) {
        enum field field = field_of(&key, expected);
        int r;

        expected = field + 1;
        if (field == FIELD_QUALNAME && sts__json_peek(json) == STS__JSON_NULL)
            field = FIELD_COUNT;
        r = read_field(rows, json, row, field, err);
        if (r < 0)
            return r;
        row->seen |= 1u << field;
    }
    row->function.has_qualname = (row->seen & 1u << FIELD_QUALNAME) != 0;
    if ((row->seen & 1u << FIELD_NAME) == 0)
        row->function.name = row->function.key; /* the article's way */
    return 0;
}

static void check_row(struct sts__json *json, struct row *row, size_t required_count)
{
    for (size_t i = 0; i < required_count; i++)
        if ((row->seen & 1u << required[i].field) == 0)
            sts__json_fail_at(json, row->function.at, required[i].reason);
    if ((row->seen & 1u << FIELD_PCALLS) == 0)
        row->figures.pcalls = row->figures.ncalls;
    if (row->figures.pcalls > row->figures.ncalls)
        sts__json_fail_at(json, row->function.at, "more primitive calls than calls");
}

static int add_row(struct sts__log_rows *rows, struct sts__json *json, struct row *row,
                   struct sts_profile *profile, struct sts_error *err)
{
    uint32_t function_id;
    int r;

    check_row(json, row, REQUIRED_COUNT);
    if (json->reason != NULL)
        return STS_E_FORMAT;
    r = sts__log_keys_bind(&rows->keys, json, &row->function, &function_id, err);
    if (r < 0)
        return r;
    for (size_t i = row->first_edge; i < rows->edge_count; i++)
        rows->edges[i].callee_id = function_id;
    if (sts_profile_find(profile, function_id) != NULL)
        rows->has_twins = true;
    r = sts_profile_add(profile, function_id, &row->figures, err);
    if (r == 0 && (row->coro.n_resumes > 0 || row->coro.awaittime_ns > 0))
        r = sts_profile_add_coro(profile, function_id, &row->coro, err);
    if (r == STS_E_LIMIT)
        sts__json_fail_at(json, row->function.at, "a sum of more than 2^63 - 1");
    return r;
}

/* What json has refused is told by json: for the caller it is no failure of its own. */
static int settle(const struct sts__json *json, int r)
{
    return sts__json_failed(json) ? 0 : r;
}

int sts__log_rows_read(struct sts__log_rows *rows, struct sts__json *json,
                       struct sts_profile *profile, struct sts_error *err)
{
    struct sts__json_text key;
    int r = 0;

    sts__json_enter_object(json);
    while (r == 0 && sts__json_next_key(json, &key)) {
        struct row row = { .function = { .key = key } };
        r = read_fields(rows, json, &row, err);
        if (r == 0)
            r = add_row(rows, json, &row, profile, err);
    }
    return settle(json, r);
}

int sts__log_rows_read_callers(struct sts__log_rows *rows, struct sts__json *json,
                               struct sts_error *err)
{
    struct sts__json_text key;
    uint32_t function_id;
    int r = 0;

    rows->has_twins = true;
    sts__json_enter_object(json);
    while (r == 0 && sts__json_next_key(json, &key)) {
        struct row row = { .function = { .key = key } };
        r = read_fields(rows, json, &row, err);
        check_row(json, &row, IDENTITY_COUNT);
        if (rows->edge_count > row.first_edge)
            sts__json_fail(json, "a caller without a row has callers");
        if (r == 0 && !sts__json_failed(json)) /* its identity is whole */
            r = sts__log_keys_bind(&rows->keys, json, &row.function, &function_id, err);
    }
    return settle(json, r);
}

int sts__log_rows_finish(struct sts__log_rows *rows, struct sts__json *json,
                         struct sts_profile *profile, struct sts_error *err)
{
    int r = 0;

    for (size_t i = 0; i < rows->edge_count && r == 0; i++) {
        const struct sts__log_edge *edge = &rows->edges[i];
        uint32_t caller_id;

        if (!sts__log_keys_function(&rows->keys, edge->caller_key, &caller_id)) {
            sts__json_fail_at(json, edge->at, "a caller that the line does not name");
            return 0;
        }
        r = (rows->has_twins ? sts_profile_add_edge : sts__profile_append_edge)(
            profile, caller_id, edge->callee_id, &edge->figures, err);
        if (r == STS_E_LIMIT)
            sts__json_fail_at(json, edge->at, "a sum of more than 2^63 - 1");
    }
    return settle(json, r);
}
