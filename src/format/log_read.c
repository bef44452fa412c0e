/* SPDX-License-Identifier: MIT */
/*
 * log_read.c - one line of a log to a profile, if it holds one.
 *
 * In:   a line as docs/formats/log.md has it: our own, or the shape of
 *       dataclasses.asdict(StatsProfile) beside a timestamp; alone, behind a prefix, inside of
 *       another JSON object, or inside of a JSON text.
 * Out:  a profile, or the reason why it is none.
 * Not:  where lines come from (input.c), where in a line to look (log_find.c), what an object
 *       holds (log_fields.c).
 */
#include "format/log_read.h"

#include <string.h>

#include <statslice/format.h>

#include "base/fail.h"
#include "format/json_read.h"
#include "format/log_fields.h"
#include "format/log_find.h"

#define TRIES_MAX    8 /* broken objects before the one that is looked for */
#define EMBEDDED_MAX 4 /* JSON texts inside each other, as docker's log around a logger's */

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

/* The span, from whichever shape it was. */
static const char *settle_span(struct sts__log_record *record)
{
    int64_t length_ns = record->total_ns > 0 ? record->total_ns : 0;

    if ((record->has & STS__HAS_SPAN) == 0) {
        if ((record->has & STS__HAS_TIME) == 0)
            return "no begin and end, and no timestamp (seconds since 1970, or RFC 3339)";
        if ((record->has & STS__HAS_TOTAL) == 0)
            return "no total_tt";
        if (record->time_ns < INT64_MIN + length_ns)
            return "a time out of range";
        record->end_ns = record->time_ns;
        record->begin_ns = record->time_ns - length_ns;
        if ((record->has & STS__HAS_VERSION) == 0)
            sts_profile_set_engine(record->profile, STS_ENGINE_IMPORT);
    } else if ((record->has & STS__HAS_SPAN) != STS__HAS_SPAN) {
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

/*
 * Whether another profile stands in the rest of a line. One inside of a JSON text is none: shippers
 * of logs keep the line that they read beside what they read from it.
 */
static bool has_another(const char *at, const char *end)
{
    struct sts__mark mark = sts__log_find_mark(at, (size_t)(end - at));

    while (mark.kind != STS__MARK_NONE && mark.embedded) {
        at = mark.quote + 1;
        mark = sts__log_find_mark(at, (size_t)(end - at));
    }
    return mark.kind != STS__MARK_NONE;
}

/* All that is asked of a line beyond its own syntax. */
static int finish(struct sts__log_record *record, const char *text, size_t len)
{
    struct sts__json *json = &record->json;
    const char *reason = NULL, *at = json->at;

    if (sts__json_failed(json))
        return 0;
    if ((record->has & STS__HAS_ROWS) == 0)
        reason = "no func_profiles";
    if (reason == NULL)
        reason = settle_span(record);
    if (reason == NULL && record->stopped && json->begin == text && !is_whole(text, len))
        reason = "the line ends early";
    if (reason == NULL && !record->stopped && has_another(at, json->end))
        reason = "two profiles in one line";
    if (reason == NULL)
        return sts__log_rows_finish(&record->reader->rows, json, record->profile, record->err);
    sts__json_fail(json, reason);
    return 0;
}

static int start_object(struct sts__log_record *record, const char *at, const char *end,
                        bool descend)
{
    sts_profile_clear(record->profile);
    sts__log_rows_begin(&record->reader->rows, sts_profile_symbols(record->profile));
    record->has = 0;
    record->total_ns = 0;
    record->stopped = false;
    sts__json_init(&record->json, at, (size_t)(end - at));
    return sts__log_read_object(record, descend);
}

/*
 * The outermost object that holds the key at a mark. An object before it (of the prefix) is passed
 * over; one that is broken before it may have been none, and the next brace is tried.
 *
 * Returns: 1, 0 for none, below 0.
 */
static int read_around(struct sts__log_record *record, const char *text, const char *end,
                       const struct sts__mark *mark)
{
    const char *at = text;
    int tries = 0;

    while (tries < TRIES_MAX && (at = sts__log_next_object(at, mark->quote)) != NULL) {
        int r = start_object(record, at, end, true);
        if (r < 0)
            return r;
        if (!sts__json_failed(&record->json) && record->json.at <= mark->quote) {
            at = record->json.at;
            continue;
        }
        if (!sts__json_failed(&record->json) || record->json.reason_at >= mark->quote)
            return 1;
        if (!sts__json_failed(&record->refused))
            record->refused = record->json;
        tries++;
        at++;
    }
    return sts__json_failed(&record->refused);
}

static int read_marked(struct sts__log_record *record, const char *text, size_t len,
                       const struct sts__mark *mark)
{
    const char *at = mark->kind == STS__MARK_VERSION ? sts__log_object_of(text, mark) : NULL;
    int r;

    if (at == NULL) {
        r = read_around(record, text, text + len, mark);
        if (r <= 0)
            return r;
    } else {
        r = start_object(record, at, text + len, false);
        if (r < 0)
            return r;
    }
    r = finish(record, text, len);
    if (sts__json_failed(&record->json) && sts__json_failed(&record->refused))
        record->json = record->refused;
    return r < 0 ? r : 1;
}

/* Replace a text by the JSON text inside of it that a mark stands in. Returns: 1, also where json
 * has failed; 0 for none; below 0. */
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
    return r < 0 && r != STS_E_FORMAT ? r : 1;
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
    struct sts__log_record record = { .reader = reader, .profile = profile, .err = err };
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
    r = read_marked(&record, text, len, &mark);
    if (r < 0)
        return r;
    return sts__json_failed(&record.json) ? fail_line(&record.json, text, level > 0, err) : r;
}
