/* SPDX-License-Identifier: MIT */
/*
 * log_read.c - one line of a log to a profile, if it holds one.
 *
 * In:   a line as docs/formats/log.md has it: our own, or the shape of
 *       dataclasses.asdict(StatsProfile) beside a timestamp; alone, behind a prefix, inside of
 *       another JSON object, or inside of a JSON text.
 * Out:  span, labels, engine, clock, coverage, and the rows by log_rows.c.
 * Why:  one table of fields reads both shapes, in any order of fields.
 * Not:  where lines come from (input.c), where in a line to look (log_find.c).
 */
#include "format/log_read.h"

#include <stdio.h>
#include <string.h>

#include <statslice/format.h>

#include "base/fail.h"
#include "base/timetext.h"
#include "format/json_read.h"
#include "format/log_find.h"

#define EMBEDDED_MAX                                                                               \
    4 /* JSON texts inside each other: docker's log around a logger's around ours */

/* What a line has told so far. */
enum has {
    HAS_VERSION = 1 << 0,
    HAS_BEGIN = 1 << 1,
    HAS_END = 1 << 2,
    HAS_TIME = 1 << 3,
    HAS_TOTAL = 1 << 4,
    HAS_LABELS = 1 << 5,
    HAS_ROWS = 1 << 6,
};

#define HAS_SPAN (HAS_BEGIN | HAS_END)

struct record {
    struct sts__log_reader *reader;
    struct sts__json json;
    struct sts_profile *profile;
    unsigned has;
    int64_t begin_ns, end_ns;  /* our own shape */
    int64_t time_ns, total_ns; /* the article's */
    bool stopped;              /* all that was asked for is known; the rest is unread */
};

void sts__log_reader_init(struct sts__log_reader *reader, bool spans_only)
{
    memset(reader, 0, sizeof(*reader));
    reader->spans_only = spans_only;
    sts__log_rows_init(&reader->rows);
    sts__bytes_init(&reader->embedded[0], STS_LOG_LINE_BYTES_MAX);
    sts__bytes_init(&reader->embedded[1], STS_LOG_LINE_BYTES_MAX);
    sts__bytes_init(&reader->scratch, STS_LOG_LINE_BYTES_MAX);
}

void sts__log_reader_deinit(struct sts__log_reader *reader)
{
    sts__log_rows_deinit(&reader->rows);
    sts__bytes_deinit(&reader->embedded[0]);
    sts__bytes_deinit(&reader->embedded[1]);
    sts__bytes_deinit(&reader->scratch);
}

/* --- fields; each reads one value --- */

static int read_version(struct record *record, struct sts_error *err)
{
    (void)err;
    if (sts__json_u64(&record->json) != 1)
        sts__json_fail(&record->json, "a version of the log that is not known (known: 1)");
    record->has |= HAS_VERSION;
    return 0;
}

/* A text as RFC 3339 has it. Returns: 1, 0 for another text, STS_E_NOMEM. */
static int read_time_text(struct record *record, int64_t *ret_ns)
{
    struct sts__json *json = &record->json;
    struct sts__json_text written = sts__json_text(json);
    const char *text;
    size_t len;
    int r = sts__json_decode(json, &written, &record->reader->scratch, &text, &len);

    if (r == STS_E_NOMEM)
        return r;
    return r == 0 && sts__time_parse_rfc3339(text, len, ret_ns) == 0;
}

static int read_edge_of_span(struct record *record, int64_t *ret_ns)
{
    const char *start = record->json.at;
    int r = read_time_text(record, ret_ns);

    if (r != 0)
        return r < 0 ? r : 0;
    if (!sts__json_failed(&record->json))
        record->json.at = start;
    sts__json_fail(&record->json, "not a time as RFC 3339 has it, with its offset");
    return 0;
}

static int read_begin(struct record *record, struct sts_error *err)
{
    (void)err;
    record->has |= HAS_BEGIN;
    return read_edge_of_span(record, &record->begin_ns);
}

static int read_end(struct record *record, struct sts_error *err)
{
    (void)err;
    record->has |= HAS_END;
    return read_edge_of_span(record, &record->end_ns);
}

/*
 * Seconds since 1970, or RFC 3339; anything else tells no time. The time nearest to the rows holds:
 * what comes before them is told by ever deeper objects, what comes behind by ever higher ones.
 */
static int read_timestamp(struct record *record, struct sts_error *err)
{
    enum sts__json_kind kind = sts__json_peek(&record->json);
    int64_t time_ns = 0;
    int r = 1;

    (void)err;
    if (kind == STS__JSON_TEXT)
        r = read_time_text(record, &time_ns);
    else if (kind == STS__JSON_NUMBER)
        time_ns = sts__json_ns(&record->json);
    else
        sts__json_skip(&record->json);
    if (r < 0)
        return r;
    if (r == 0 || (kind != STS__JSON_TEXT && kind != STS__JSON_NUMBER) ||
        (record->has & HAS_ROWS && record->has & HAS_TIME))
        return 0;
    record->time_ns = time_ns;
    record->has |= HAS_TIME;
    return 0;
}

static int read_total(struct record *record, struct sts_error *err)
{
    (void)err;
    record->total_ns = sts__json_ns(&record->json);
    record->has |= HAS_TOTAL;
    return 0;
}

static int read_engine(struct record *record, struct sts_error *err)
{
    static const enum sts_engine engines[] = { STS_ENGINE_FRAMES, STS_ENGINE_EVENTS,
                                               STS_ENGINE_IMPORT };
    struct sts__json_text text = sts__json_text(&record->json);

    (void)err;
    for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++) {
        const char *name = sts_engine_name(engines[i]);
        if (sts__json_is(&text, name, strlen(name)))
            sts_profile_set_engine(record->profile, engines[i]);
    }
    return 0;
}

static int read_clock(struct record *record, struct sts_error *err)
{
    static const enum sts_clock clocks[] = { STS_CLOCK_WALL, STS_CLOCK_CPU };
    struct sts__json_text text = sts__json_text(&record->json);

    (void)err;
    for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++) {
        const char *name = sts_clock_name(clocks[i]);
        if (sts__json_is(&text, name, strlen(name))) {
            sts_profile_set_clock(record->profile, clocks[i]);
            return 0;
        }
    }
    sts__json_fail(&record->json, "a clock that is not known (known: wall, cpu)");
    return 0;
}

static int read_coverage(struct record *record, struct sts_error *err)
{
    double coverage = sts__json_double(&record->json);

    (void)err;
    if (coverage > 0.0 && coverage <= 1.0)
        sts_profile_set_coverage(record->profile, coverage);
    else
        sts__json_fail(&record->json, "coverage is not over 0 and at most 1");
    return 0;
}

/* A label's value: a text, or a number or truth value as it is written; null for no label. */
static struct sts__json_text label_value(struct sts__json *json)
{
    struct sts__json_text value = { .at = NULL };

    switch (sts__json_peek(json)) {
    case STS__JSON_TEXT:
        return sts__json_text(json);
    case STS__JSON_NUMBER:
        return sts__json_number(json);
    case STS__JSON_TRUE:
    case STS__JSON_FALSE:
        value.at = json->at;
        sts__json_skip(json);
        value.len = (size_t)(json->at - value.at);
        break;
    case STS__JSON_NULL:
        sts__json_skip(json);
        break;
    case STS__JSON_OBJECT:
    case STS__JSON_ARRAY:
    case STS__JSON_NONE:
        sts__json_fail(json, "a label that is not a text");
        break;
    }
    return value;
}

/* Decode onto the end of bytes, with a NUL behind it. Returns: where it begins there, or below 0.
 */
static int append_decoded(struct record *record, const struct sts__json_text *written,
                          struct sts__bytes *bytes)
{
    const char *text;
    size_t len;
    int r = sts__json_decode(&record->json, written, &record->reader->scratch, &text, &len);

    if (r < 0)
        return r;
    if (len > STS_TEXT_BYTES_MAX) {
        sts__json_fail(&record->json, "a label of more than 1 MiB");
        return STS_E_FORMAT;
    }
    sts__bytes_append(bytes, text, len);
    sts__bytes_append(bytes, "", 1);
    return bytes->status;
}

static int set_label(struct record *record, const struct sts__json_text *key,
                     const struct sts__json_text *value, struct sts_error *err)
{
    struct sts__bytes texts;
    int r;

    sts__bytes_init(&texts, 2 * (STS_TEXT_BYTES_MAX + 1));
    r = append_decoded(record, key, &texts);
    if (r == 0)
        r = append_decoded(record, value, &texts);
    if (r == 0)
        r = sts_profile_set_label(record->profile, texts.data, texts.data + strlen(texts.data) + 1,
                                  err);
    if (r == STS_E_LIMIT)
        sts__json_fail(&record->json, "too many labels");
    sts__bytes_deinit(&texts);
    return sts__json_failed(&record->json) ? 0 : r;
}

static int read_labels(struct record *record, struct sts_error *err)
{
    struct sts__json_text key, value;
    int r = 0;

    sts__json_enter_object(&record->json);
    while (r == 0 && sts__json_next_key(&record->json, &key)) {
        value = label_value(&record->json);
        if (value.at != NULL && !sts__json_failed(&record->json))
            r = set_label(record, &key, &value, err);
    }
    record->has |= HAS_LABELS;
    return r;
}

static int read_rows(struct record *record, struct sts_error *err)
{
    const unsigned enough = HAS_SPAN | HAS_LABELS;

    if (record->has & HAS_ROWS)
        sts__json_fail(&record->json, "func_profiles twice");
    record->has |= HAS_ROWS;
    if (!record->reader->spans_only)
        return sts__log_rows_read(&record->reader->rows, &record->json, record->profile, err);
    record->stopped = (record->has & enough) == enough;
    if (!record->stopped)
        sts__json_skip(&record->json);
    return 0;
}

static int read_other_callers(struct record *record, struct sts_error *err)
{
    if (!record->reader->spans_only)
        return sts__log_rows_read_callers(&record->reader->rows, &record->json, err);
    sts__json_skip(&record->json);
    return 0;
}

#define WORD(text) text, sizeof(text) - 1

/* In the order in which they are written; those of the article behind. */
static const struct field {
    const char *word;
    size_t len;
    int (*read)(struct record *record, struct sts_error *err);
    enum sts__json_kind kind; /* another kind is somebody else's field; NONE: any kind */
} fields[] = {
    { WORD("statslice"), read_version, STS__JSON_NUMBER },
    { WORD("begin"), read_begin, STS__JSON_TEXT },
    { WORD("end"), read_end, STS__JSON_TEXT },
    { WORD("engine"), read_engine, STS__JSON_TEXT },
    { WORD("clock"), read_clock, STS__JSON_TEXT },
    { WORD("coverage"), read_coverage, STS__JSON_NUMBER },
    { WORD("labels"), read_labels, STS__JSON_OBJECT },
    { WORD("total_tt"), read_total, STS__JSON_NONE },
    { WORD("other_callers"), read_other_callers, STS__JSON_OBJECT },
    { WORD("func_profiles"), read_rows, STS__JSON_NONE },
    { WORD("timestamp"), read_timestamp, STS__JSON_NONE },
    { WORD("@timestamp"), read_timestamp, STS__JSON_NONE },
    { WORD("time"), read_timestamp, STS__JSON_NONE },
    { WORD("ts"), read_timestamp, STS__JSON_NONE },
};

static const struct field *field_of(struct sts__json *json, const struct sts__json_text *key)
{
    enum sts__json_kind kind = sts__json_peek(json);

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        if (sts__json_is(key, fields[i].word, fields[i].len) &&
            (fields[i].kind == STS__JSON_NONE || fields[i].kind == kind))
            return &fields[i];
    return NULL;
}

static int read_object(struct record *record, bool descend, struct sts_error *err);

/*
 * An object of somebody else's: what it tells counts only if the rows are in it.
 * Labels that it may have set stay: they are named "labels", and nothing else is lost by them.
 */
static int read_inner(struct record *record, struct sts_error *err)
{
    struct record before = *record;
    int r = read_object(record, true, err);

    if ((record->has & HAS_ROWS) == 0) {
        before.json = record->json;
        *record = before;
    }
    return r;
}

static int read_object(struct record *record, bool descend, struct sts_error *err)
{
    struct sts__json *json = &record->json;
    struct sts__json_text key;
    int r = 0;

    sts__json_enter_object(json);
    while (r == 0 && !record->stopped && sts__json_next_key(json, &key)) {
        const struct field *field = field_of(json, &key);
        if (field != NULL)
            r = field->read(record, err);
        else if (descend && (record->has & HAS_ROWS) == 0 &&
                 sts__json_peek(json) == STS__JSON_OBJECT)
            r = read_inner(record, err);
        else
            sts__json_skip(json);
    }
    return r;
}

/* --- a line --- */

/* The span, from whichever shape it was. */
static const char *settle_span(struct record *record)
{
    int64_t length_ns = record->total_ns > 0 ? record->total_ns : 0;

    if ((record->has & HAS_SPAN) == 0) {
        if ((record->has & HAS_TIME) == 0)
            return "no begin and end, and no timestamp (seconds since 1970, or RFC 3339)";
        if ((record->has & HAS_TOTAL) == 0)
            return "no total_tt";
        if (record->time_ns < INT64_MIN + length_ns)
            return "a time out of range";
        record->end_ns = record->time_ns;
        record->begin_ns = record->time_ns - length_ns;
        if ((record->has & HAS_VERSION) == 0)
            sts_profile_set_engine(record->profile, STS_ENGINE_IMPORT);
    } else if ((record->has & HAS_SPAN) != HAS_SPAN) {
        return "a begin without an end, or an end without a begin";
    }
    if (record->begin_ns > record->end_ns)
        return "begins after its end";
    sts_profile_set_span(record->profile, record->begin_ns, record->end_ns);
    return NULL;
}

/* A line that was not read to its end: whether it seems to have one. */
static bool is_whole(const char *line, size_t len)
{
    while (len > 0 && (line[len - 1] == ' ' || line[len - 1] == '\r' || line[len - 1] == '\n'))
        len--;
    return len > 0 && line[len - 1] == '}';
}

/* All that is asked of a line beyond its own syntax. */
static int finish(struct record *record, const char *text, size_t len, struct sts_error *err)
{
    struct sts__json *json = &record->json;
    const char *reason = NULL, *at = json->at;

    if (sts__json_failed(json))
        return 0;
    if ((record->has & HAS_ROWS) == 0)
        reason = "no func_profiles";
    if (reason == NULL)
        reason = settle_span(record);
    if (reason == NULL && record->stopped && json->begin == text && !is_whole(text, len))
        reason = "the line ends early";
    if (reason == NULL && !record->stopped &&
        sts__log_find_mark(at, (size_t)(json->end - at)).kind != STS__MARK_NONE)
        reason = "two profiles in one line";
    if (reason == NULL)
        return sts__log_rows_finish(&record->reader->rows, json, record->profile, err);
    sts__json_fail(json, reason);
    return 0;
}

static int start_object(struct record *record, const char *at, const char *end, bool descend,
                        struct sts_error *err)
{
    sts_profile_clear(record->profile);
    sts__log_rows_begin(&record->reader->rows, sts_profile_symbols(record->profile));
    record->has = 0;
    record->total_ns = 0;
    record->stopped = false;
    sts__json_init(&record->json, at, (size_t)(end - at));
    return read_object(record, descend, err);
}

/*
 * The outermost object that holds the key at a mark. An object before it (of the prefix) is passed
 * over; one that is broken before it was none, and the next brace is tried.
 *
 * Returns: 1, 0 for none, below 0.
 */
static int read_around(struct record *record, const char *text, const char *end,
                       const struct sts__mark *mark, struct sts_error *err)
{
    const char *at = text;

    while ((at = sts__log_next_object(at, mark->quote)) != NULL) {
        int r = start_object(record, at, end, true, err);
        if (r < 0)
            return r;
        if (sts__json_failed(&record->json) && record->json.reason_at < mark->quote)
            at++;
        else if (!sts__json_failed(&record->json) && record->json.at <= mark->quote)
            at = record->json.at;
        else
            return 1;
    }
    return 0;
}

static int read_marked(struct record *record, const char *text, size_t len,
                       const struct sts__mark *mark, struct sts_error *err)
{
    const char *at = mark->kind == STS__MARK_VERSION ? sts__log_object_of(text, mark) : NULL;
    int r;

    if (at == NULL) {
        r = read_around(record, text, text + len, mark, err);
        if (r <= 0)
            return r;
    } else {
        r = start_object(record, at, text + len, false, err);
        if (r < 0)
            return r;
    }
    r = finish(record, text, len, err);
    return r < 0 ? r : 1;
}

/* Replace a text by the JSON text inside of it that a mark stands in. Returns: 1, 0 for none. */
static int unwrap(struct sts__json *json, struct sts__bytes *bytes, const struct sts__mark *mark,
                  const char **text, size_t *len)
{
    const char *start = sts__log_text_of(*text, mark);
    struct sts__json_text written;
    int r;

    if (start == NULL)
        return 0;
    sts__json_init(json, start, (size_t)(*text + *len - start));
    written = sts__json_text(json);
    r = sts__json_decode(json, &written, bytes, text, len);
    if (r == STS_E_FORMAT)
        return 1;
    return r < 0 ? r : 1;
}

static int fail_line(const struct sts__json *json, const char *text, bool embedded,
                     struct sts_error *err)
{
    return sts__fail(err, STS_E_FORMAT, "%s at byte %zu%s", json->reason,
                     (size_t)(json->reason_at - text),
                     embedded ? " of the JSON text inside it" : "");
}

int sts__log_read_line(struct sts__log_reader *reader, const char *line, size_t len,
                       struct sts_profile *profile, struct sts_error *err)
{
    struct record record = { .reader = reader, .profile = profile };
    const char *text = line;
    size_t level = 0;
    struct sts__mark mark;
    int r;

    sts_profile_clear(profile);
    mark = sts__log_find_mark(text, len);
    for (; mark.embedded && level < EMBEDDED_MAX; level++) {
        const char *outer = text;
        r = unwrap(&record.json, &reader->embedded[level % 2], &mark, &text, &len);
        if (r < 0)
            return r;
        if (sts__json_failed(&record.json))
            return fail_line(&record.json, outer, level > 0, err);
        if (r == 0)
            return 0;
        mark = sts__log_find_mark(text, len);
    }
    if (mark.kind == STS__MARK_NONE || mark.embedded)
        return 0;
    r = read_marked(&record, text, len, &mark, err);
    if (r < 0)
        return r;
    return sts__json_failed(&record.json) ? fail_line(&record.json, text, level > 0, err) : r;
}
