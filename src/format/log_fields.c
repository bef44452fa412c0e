/* SPDX-License-Identifier: MIT */
/*
 * log_fields.c - the fields of one object of a log that may be a profile.
 *
 * Source: docs/formats/log.md.
 * Why:    one table of fields reads our own shape and the article's, in any order.
 * Not:    the rows (log_rows.c); what must be there (log_read.c).
 */
#include "format/log_fields.h"

#include <string.h>

#include "base/timetext.h"

static int read_version(struct sts__log_record *record)
{
    const char *start = record->json.at;

    if (sts__json_u64(&record->json) != 1)
        sts__json_fail_at(&record->json, start,
                          "a version of the log that is not known (known: 1)");
    record->has |= STS__HAS_VERSION;
    return 0;
}

/* A text as RFC 3339 has it. Returns: 1, 0 for another text, STS_E_NOMEM. */
static int read_time_text(struct sts__log_record *record, int64_t *ret_ns)
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

static int read_edge_of_span(struct sts__log_record *record, int64_t *ret_ns)
{
    const char *start = record->json.at;
    int r = read_time_text(record, ret_ns);

    if (r != 0)
        return r < 0 ? r : 0;
    sts__json_fail_at(&record->json, start, "not a time as RFC 3339 has it, with its offset");
    return 0;
}

static int read_begin(struct sts__log_record *record)
{
    record->has |= STS__HAS_BEGIN;
    return read_edge_of_span(record, &record->begin_ns);
}

static int read_end(struct sts__log_record *record)
{
    record->has |= STS__HAS_END;
    return read_edge_of_span(record, &record->end_ns);
}

/*
 * Whether a time counts in place of the one that was found before. The nearest to the rows holds:
 * all objects that are gone into are inside each other, and the innermost one is deepest. Of one
 * object a time under the logger's own names goes before "@timestamp", which shippers of logs add
 * for when they read the line; then the last before the rows, and the first one behind them.
 */
static bool is_nearer(const struct sts__log_record *record, bool is_shippers)
{
    if ((record->has & STS__HAS_TIME) == 0)
        return true;
    if (record->json.depth != record->time_depth)
        return record->json.depth > record->time_depth;
    if (is_shippers != record->time_is_shippers)
        return record->time_is_shippers;
    return (record->has & STS__HAS_ROWS) == 0;
}

/* Seconds since 1970, or RFC 3339; anything else tells no time. */
static int read_time(struct sts__log_record *record, bool is_shippers)
{
    enum sts__json_kind kind = sts__json_peek(&record->json);
    int64_t time_ns = 0;
    int r = 1;

    if (kind == STS__JSON_TEXT)
        r = read_time_text(record, &time_ns);
    else if (kind == STS__JSON_NUMBER)
        time_ns = sts__json_ns(&record->json);
    else
        sts__json_skip(&record->json);
    if (r < 0)
        return r;
    if (r == 0 || (kind != STS__JSON_TEXT && kind != STS__JSON_NUMBER) ||
        !is_nearer(record, is_shippers))
        return 0;
    record->time_ns = time_ns;
    record->time_depth = record->json.depth;
    record->time_is_shippers = is_shippers;
    record->has |= STS__HAS_TIME;
    return 0;
}

static int read_timestamp(struct sts__log_record *record)
{
    return read_time(record, false);
}

static int read_shippers_timestamp(struct sts__log_record *record)
{
    return read_time(record, true);
}

static int read_total(struct sts__log_record *record)
{
    record->total_ns = sts__json_ns(&record->json);
    record->has |= STS__HAS_TOTAL;
    return 0;
}

static int read_engine(struct sts__log_record *record)
{
    static const enum sts_engine engines[] = { STS_ENGINE_FRAMES, STS_ENGINE_EVENTS,
                                               STS_ENGINE_IMPORT };
    struct sts__json_text text = sts__json_text(&record->json);

    for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++) {
        const char *name = sts_engine_name(engines[i]);
        if (sts__json_is(&text, name, strlen(name)))
            sts_profile_set_engine(record->profile, engines[i]);
    }
    return 0;
}

static int read_clock(struct sts__log_record *record)
{
    static const enum sts_clock clocks[] = { STS_CLOCK_WALL, STS_CLOCK_CPU };
    const char *start = record->json.at;
    struct sts__json_text text = sts__json_text(&record->json);

    for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++) {
        const char *name = sts_clock_name(clocks[i]);
        if (sts__json_is(&text, name, strlen(name))) {
            sts_profile_set_clock(record->profile, clocks[i]);
            return 0;
        }
    }
    sts__json_fail_at(&record->json, start, "a clock that is not known (known: wall, cpu)");
    return 0;
}

static int read_coverage(struct sts__log_record *record)
{
    const char *start = record->json.at;
    double coverage = sts__json_double(&record->json);

    if (coverage > 0.0 && coverage <= 1.0)
        sts_profile_set_coverage(record->profile, coverage);
    else
        sts__json_fail_at(&record->json, start, "coverage is not over 0 and at most 1");
    return 0;
}

static int read_dropped(struct sts__log_record *record)
{
    uint64_t n_dropped = sts__json_u64(&record->json);

    if (!sts__json_failed(&record->json))
        sts_profile_set_dropped(record->profile, n_dropped);
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
static int append_decoded(struct sts__log_record *record, const struct sts__json_text *written,
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

static int set_label(struct sts__log_record *record, const struct sts__json_text *key,
                     const struct sts__json_text *value)
{
    struct sts__bytes texts;
    int r;

    sts__bytes_init(&texts, 2 * (STS_TEXT_BYTES_MAX + 1));
    r = append_decoded(record, key, &texts);
    if (r == 0)
        r = append_decoded(record, value, &texts);
    if (r == 0)
        r = sts_profile_set_label(record->profile, texts.data, texts.data + strlen(texts.data) + 1,
                                  record->err);
    if (r == STS_E_LIMIT)
        sts__json_fail(&record->json, "too many labels");
    sts__bytes_deinit(&texts);
    return sts__json_failed(&record->json) ? 0 : r;
}

static int read_labels(struct sts__log_record *record)
{
    struct sts__json_text key, value;
    int r = 0;

    sts__json_enter_object(&record->json);
    while (r == 0 && sts__json_next_key(&record->json, &key)) {
        value = label_value(&record->json);
        if (value.at != NULL && !sts__json_failed(&record->json))
            r = set_label(record, &key, &value);
    }
    record->has |= STS__HAS_LABELS;
    return r;
}

static int read_rows(struct sts__log_record *record)
{
    const unsigned enough = STS__HAS_SPAN | STS__HAS_LABELS;

    if (record->has & STS__HAS_ROWS)
        sts__json_fail(&record->json, "func_profiles twice");
    record->has |= STS__HAS_ROWS;
    if (!record->reader->spans_only)
        return sts__log_rows_read(&record->reader->rows, &record->json, record->profile,
                                  record->err);
    record->stopped = (record->has & enough) == enough;
    if (!record->stopped)
        sts__json_skip(&record->json);
    return 0;
}

static int read_other_callers(struct sts__log_record *record)
{
    if (!record->reader->spans_only)
        return sts__log_rows_read_callers(&record->reader->rows, &record->json, record->err);
    sts__json_skip(&record->json);
    return 0;
}

#define WORD(text) text, sizeof(text) - 1

/* In the order in which they are written; those of the article behind. */
static const struct field {
    const char *word;
    size_t len;
    int (*read)(struct sts__log_record *record);
    enum sts__json_kind kind; /* another kind is somebody else's field; NONE: any kind */
} fields[] = {
    { WORD("statslice"), read_version, STS__JSON_NUMBER },
    { WORD("begin"), read_begin, STS__JSON_TEXT },
    { WORD("end"), read_end, STS__JSON_TEXT },
    { WORD("engine"), read_engine, STS__JSON_TEXT },
    { WORD("clock"), read_clock, STS__JSON_TEXT },
    { WORD("coverage"), read_coverage, STS__JSON_NUMBER },
    { WORD("dropped"), read_dropped, STS__JSON_NUMBER },
    { WORD("labels"), read_labels, STS__JSON_OBJECT },
    { WORD("total_tt"), read_total, STS__JSON_NONE },
    { WORD("other_callers"), read_other_callers, STS__JSON_OBJECT },
    { WORD("func_profiles"), read_rows, STS__JSON_NONE },
    { WORD("timestamp"), read_timestamp, STS__JSON_NONE },
    { WORD("@timestamp"), read_shippers_timestamp, STS__JSON_NONE },
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

/*
 * An object of somebody else's: what it tells counts only if the rows are in it.
 * Labels that it may have set stay: they are named "labels", and nothing else is lost by them.
 */
static int read_inner(struct sts__log_record *record)
{
    struct sts__log_record before = *record;
    int r = sts__log_read_object(record, true);

    if ((record->has & STS__HAS_ROWS) == 0) {
        before.json = record->json;
        *record = before;
    }
    return r;
}

int sts__log_read_object(struct sts__log_record *record, bool descend)
{
    struct sts__json *json = &record->json;
    struct sts__json_text key;
    int r = 0;

    sts__json_enter_object(json);
    while (r == 0 && !record->stopped && sts__json_next_key(json, &key)) {
        const struct field *field = field_of(json, &key);
        if (field != NULL)
            r = field->read(record);
        else if (descend && (record->has & STS__HAS_ROWS) == 0 &&
                 sts__json_peek(json) == STS__JSON_OBJECT)
            r = read_inner(record);
        else
            sts__json_skip(json);
    }
    return r;
}
