/* SPDX-License-Identifier: MIT */
/*
 * search_conditions.c - the query part of a search: what of it profiles are chosen by.
 *
 * Out:  options of a query: from, to, where, function, match, all of which must hold.
 * Why:  whatever cannot be told by them is an error: an answer to less than was asked would be
 *       wrong without a sign.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/num.h"
#include "base/zone.h"
#include "serve/search_body.h"

#define VALUES_MAX  ((size_t)1024)
#define REGEX_BYTES ((size_t)16000) /* an option's value has at most a little more */

/* Values of one field, of which any may be it. */
struct choice {
    const char *name; /* of the field, as it was written */
    const char *values[VALUES_MAX];
    size_t count;
};

static void fail_unsupported(struct sts__body *body, const char *what, const char *name)
{
    sts__body_fail(body, STS_E_USAGE, "[%s] is not supported on field [%.80s]", what, name);
}

/* --- options --- */

static void add_where(struct sts__body *body, const struct sts__bytes *text)
{
    struct sts__search *search = body->search;

    if (text->status < 0)
        sts__body_fail(body, STS_E_USAGE, "a condition is too long");
    else if (search->where_count == STS__SEARCH_TEXTS_MAX)
        sts__body_fail(body, STS_E_USAGE, "more than %zu conditions", STS__SEARCH_TEXTS_MAX);
    else
        search->where[search->where_count++] = sts__body_keep(body, text->data, text->len);
}

/* Functions can be chosen once: by names, or by a pattern. */
static bool take_function_condition(struct sts__body *body, const char *name, bool negated)
{
    if (negated)
        fail_unsupported(body, "must_not", name);
    else if (body->search->has_function_condition)
        sts__body_fail(body, STS_E_USAGE, "functions can be chosen by one condition alone");
    body->search->has_function_condition = true;
    return !sts__body_failed(body);
}

static void set_match(struct sts__body *body, const struct sts__bytes *regex)
{
    if (regex->status < 0)
        sts__body_fail(body, STS_E_USAGE, "a condition is too long");
    else
        body->search->match = sts__body_keep(body, regex->data, regex->len);
}

static void append_escaped(struct sts__bytes *regex, const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (strchr("\\^$.|?*+()[]{}", *at) != NULL)
            sts__bytes_append_text(regex, "\\");
        sts__bytes_append(regex, at, 1);
    }
}

static void append_any_of(struct sts__bytes *regex, const struct choice *choice)
{
    sts__bytes_append_text(regex, "(?:");
    for (size_t i = 0; i < choice->count; i++) {
        if (i > 0)
            sts__bytes_append_text(regex, "|");
        append_escaped(regex, choice->values[i]);
    }
    sts__bytes_append_text(regex, ")");
}

/* --- a field is one of some values --- */

static void choose_label(struct sts__body *body, const char *key, const struct choice *choice,
                         bool negated)
{
    struct sts__bytes text;

    sts__bytes_init(&text, REGEX_BYTES);
    sts__bytes_append_text(&text, key);
    sts__bytes_append_text(&text, negated ? "!" : "");
    if (choice->count == 1) {
        sts__bytes_append_text(&text, "=");
        sts__bytes_append_text(&text, choice->values[0]);
    } else {
        sts__bytes_append_text(&text, "~^");
        append_any_of(&text, choice);
        sts__bytes_append_text(&text, "\\z");
    }
    add_where(body, &text);
    sts__bytes_deinit(&text);
}

static void choose_functions(struct sts__body *body, const struct choice *choice)
{
    struct sts__search *search = body->search;

    for (size_t i = 0; i < choice->count; i++) {
        if (search->function_count == STS__SEARCH_TEXTS_MAX) {
            sts__body_fail(body, STS_E_USAGE, "more than %zu functions", STS__SEARCH_TEXTS_MAX);
            return;
        }
        search->functions[search->function_count++] = choice->values[i];
    }
}

/* "file:line(name)" begins with one of them. */
static void choose_files(struct sts__body *body, const struct choice *choice)
{
    struct sts__bytes regex;

    sts__bytes_init(&regex, REGEX_BYTES);
    sts__bytes_append_text(&regex, "^");
    append_any_of(&regex, choice);
    sts__bytes_append_text(&regex, ":\\d+\\(");
    set_match(body, &regex);
    sts__bytes_deinit(&regex);
}

static void choose(struct sts__body *body, const struct choice *choice, bool negated)
{
    struct sts__field field = sts__body_field(body, choice->name);

    if (sts__body_failed(body))
        return;
    if (choice->count == 0) {
        body->search->is_empty |= !negated;
    } else if (field.kind == STS__FIELD_LABEL) {
        choose_label(body, field.text, choice, negated);
    } else if (field.kind == STS__FIELD_FUNCTION && strcmp(field.text, "function") == 0) {
        if (take_function_condition(body, choice->name, negated))
            choose_functions(body, choice);
    } else if (field.kind == STS__FIELD_FUNCTION && strcmp(field.text, "file") == 0) {
        if (take_function_condition(body, choice->name, negated))
            choose_files(body, choice);
    } else {
        fail_unsupported(body, "term", choice->name);
    }
}

/* --- a field matches a pattern --- */

static void match_label(struct sts__body *body, const char *key, const char *regex, bool negated)
{
    struct sts__bytes text;

    sts__bytes_init(&text, REGEX_BYTES);
    sts__bytes_append_text(&text, key);
    sts__bytes_append_text(&text, negated ? "!~^(?:" : "~^(?:");
    sts__bytes_append_text(&text, regex);
    sts__bytes_append_text(&text, ")\\z");
    add_where(body, &text);
    sts__bytes_deinit(&text);
}

static void match_functions(struct sts__body *body, const char *by, const char *regex)
{
    struct sts__bytes text;

    sts__bytes_init(&text, REGEX_BYTES);
    sts__bytes_append_text(&text, "^(?:");
    sts__bytes_append_text(&text, regex);
    sts__bytes_append_text(&text, strcmp(by, "file") == 0 ? "):\\d+\\(" : ")\\z");
    set_match(body, &text);
    sts__bytes_deinit(&text);
}

static void match(struct sts__body *body, const char *name, const char *regex, bool negated)
{
    struct sts__field field = sts__body_field(body, name);
    bool is_text = field.kind == STS__FIELD_FUNCTION &&
                   (strcmp(field.text, "function") == 0 || strcmp(field.text, "file") == 0);

    if (sts__body_failed(body))
        return;
    if (field.kind == STS__FIELD_LABEL)
        match_label(body, field.text, regex, negated);
    else if (!is_text)
        fail_unsupported(body, "regexp", name);
    else if (take_function_condition(body, name, negated))
        match_functions(body, field.text, regex);
}

static void match_wildcard(struct sts__body *body, const char *name, const char *pattern,
                           bool negated)
{
    struct sts__bytes regex;

    sts__bytes_init(&regex, REGEX_BYTES);
    sts__bytes_append_text(&regex, "(?s)");
    for (const char *at = pattern; *at != '\0'; at++) {
        char one[2] = { *at, '\0' };
        if (*at == '*')
            sts__bytes_append_text(&regex, ".*");
        else if (*at == '?')
            sts__bytes_append_text(&regex, ".");
        else
            append_escaped(&regex, one);
    }
    if (regex.status < 0)
        sts__body_fail(body, STS_E_USAGE, "a condition is too long");
    else
        match(body, name, regex.data, negated);
    sts__bytes_deinit(&regex);
}

/* There is a label at all; whatever else has a name here, every profile has. */
static void match_existing(struct sts__body *body, const char *name, bool negated)
{
    struct sts__field field = sts__body_field(body, name);
    struct sts__bytes text;

    if (sts__body_failed(body))
        return;
    if (field.kind != STS__FIELD_LABEL) {
        body->search->is_empty |= negated;
        return;
    }
    sts__bytes_init(&text, REGEX_BYTES);
    sts__bytes_append_text(&text, field.text);
    sts__bytes_append_text(&text, negated ? "=" : "!=");
    add_where(body, &text);
    sts__bytes_deinit(&text);
}

/* --- leaves --- */

/* "x", or {"value": "x", "boost": 1}; "query" of a match. */
static const char *read_value(struct sts__body *body)
{
    const char *value = NULL, *key;

    if (sts__json_peek(&body->json) != STS__JSON_OBJECT)
        return sts__body_text(body);
    sts__json_enter_object(&body->json);
    while ((key = sts__body_key(body)) != NULL) {
        if (strcmp(key, "value") == 0 || strcmp(key, "query") == 0 || strcmp(key, "wildcard") == 0)
            value = sts__body_text(body);
        else if (strcmp(key, "boost") == 0 || strcmp(key, "flags") == 0 ||
                 strcmp(key, "rewrite") == 0 || strcmp(key, "max_determinized_states") == 0)
            sts__json_skip(&body->json);
        else
            sts__body_fail(body, STS_E_USAGE, "[%.60s] is not supported here", key);
    }
    if (value == NULL)
        sts__body_fail(body, STS_E_USAGE, "a condition has no value");
    return value == NULL ? "" : value;
}

/* The member that is the field; "boost" may stand beside it. Returns: NULL at the end. */
static const char *read_field(struct sts__body *body)
{
    const char *key;

    while ((key = sts__body_key(body)) != NULL && strcmp(key, "boost") == 0)
        sts__json_skip(&body->json);
    return key;
}

static void read_choice(struct sts__body *body, struct choice *choice)
{
    bool is_list = sts__json_peek(&body->json) == STS__JSON_ARRAY;

    if (is_list)
        sts__json_enter_array(&body->json);
    while (!sts__body_failed(body) && (!is_list || sts__json_next_item(&body->json))) {
        const char *value = is_list ? sts__body_text(body) : read_value(body);
        if (choice->count == VALUES_MAX)
            sts__body_fail(body, STS_E_USAGE, "more than %zu values", VALUES_MAX);
        else
            choice->values[choice->count++] = value;
        if (!is_list)
            return;
    }
}

static void read_term(struct sts__body *body, bool negated)
{
    struct choice choice;
    const char *name;

    sts__json_enter_object(&body->json);
    while ((name = read_field(body)) != NULL) {
        choice.name = name;
        choice.count = 0;
        read_choice(body, &choice);
        choose(body, &choice, negated);
    }
}

typedef void (*pattern_fn)(struct sts__body *body, const char *name, const char *pattern,
                           bool negated);

static void read_pattern(struct sts__body *body, bool negated, pattern_fn take)
{
    const char *name;

    sts__json_enter_object(&body->json);
    while ((name = read_field(body)) != NULL) {
        const char *value = read_value(body);
        if (!sts__body_failed(body))
            take(body, name, value, negated);
    }
}

static void read_regexp(struct sts__body *body, bool negated)
{
    read_pattern(body, negated, match);
}

static void read_wildcard(struct sts__body *body, bool negated)
{
    read_pattern(body, negated, match_wildcard);
}

static void match_prefix(struct sts__body *body, const char *name, const char *prefix, bool negated)
{
    struct sts__bytes regex;

    sts__bytes_init(&regex, REGEX_BYTES);
    append_escaped(&regex, prefix);
    sts__bytes_append_text(&regex, "(?s:.*)");
    if (regex.status < 0)
        sts__body_fail(body, STS_E_USAGE, "a condition is too long");
    else
        match(body, name, regex.data, negated);
    sts__bytes_deinit(&regex);
}

static void read_prefix(struct sts__body *body, bool negated)
{
    read_pattern(body, negated, match_prefix);
}

static void read_exists(struct sts__body *body, bool negated)
{
    const char *key;

    sts__json_enter_object(&body->json);
    while ((key = read_field(body)) != NULL) {
        const char *name = sts__body_text(body);
        if (strcmp(key, "field") != 0)
            sts__body_fail(body, STS_E_USAGE, "[%.60s] is not supported in [exists]", key);
        else
            match_existing(body, name, negated);
    }
}

static void read_all(struct sts__body *body, bool negated)
{
    sts__json_skip(&body->json);
    body->search->is_empty |= negated;
}

static void read_none(struct sts__body *body, bool negated)
{
    sts__json_skip(&body->json);
    body->search->is_empty |= !negated;
}

/* --- ranges --- */

/* What a range says, before the zone is known that its dates are in. */
struct range {
    const char *bounds[4]; /* gte, gt, lt, lte; NULL: none */
    const char *zone;
    bool counts_seconds;
};

static const char *const bound_names[4] = { "gte", "gt", "lt", "lte" };

static void read_format(struct sts__body *body, struct range *range)
{
    const char *text = sts__body_text(body);

    for (const char *at = text; *at != '\0';) {
        size_t len = strcspn(at, "|");
        if (len == strlen("epoch_second") && memcmp(at, "epoch_second", len) == 0)
            range->counts_seconds = true;
        else if (!(len == strlen("epoch_millis") && memcmp(at, "epoch_millis", len) == 0) &&
                 !(len == strlen("date_optional_time") &&
                   memcmp(at, "date_optional_time", len) == 0) &&
                 !(len == strlen("strict_date_optional_time") &&
                   memcmp(at, "strict_date_optional_time", len) == 0))
            sts__body_fail(body, STS_E_USAGE, "the date format [%.60s] is not supported", text);
        at += len;
        at += strspn(at, "|");
    }
}

static void read_bounds(struct sts__body *body, struct range *range)
{
    const char *key;

    sts__json_enter_object(&body->json);
    while ((key = sts__body_key(body)) != NULL) {
        size_t bound = 0;
        while (bound < 4 && strcmp(bound_names[bound], key) != 0)
            bound++;
        if (bound < 4 && sts__json_peek(&body->json) == STS__JSON_NULL)
            sts__json_skip(&body->json);
        else if (bound < 4)
            range->bounds[bound] = sts__body_text(body);
        else if (strcmp(key, "time_zone") == 0)
            range->zone = sts__body_text(body);
        else if (strcmp(key, "format") == 0)
            read_format(body, range);
        else if (strcmp(key, "boost") == 0)
            sts__json_skip(&body->json);
        else
            sts__body_fail(body, STS_E_USAGE, "[%.60s] is not supported in [range]", key);
    }
}

static struct sts__date date_of(struct sts__body *body, const struct range *range, const char *text,
                                const struct sts__zone *zone)
{
    struct sts__date date = { 0, 0 };
    int64_t seconds;

    if (!range->counts_seconds || sts__num_parse_i64(text, strlen(text), &seconds) < 0)
        return sts__body_date_of(body, text, zone);
    if (seconds > INT64_C(1) << 40 || seconds < -(INT64_C(1) << 40) ||
        sts__date_of_millis(seconds * 1000, &date) < 0)
        sts__body_fail(body, STS_E_USAGE, "failed to parse date [%.60s]", text);
    date.end_ns = date.begin_ns + INT64_C(1000000000);
    return date;
}

static void narrow(struct sts__body *body, const struct range *range, const struct sts__zone *zone)
{
    struct sts__search *search = body->search;

    for (size_t i = 0; i < 4 && !sts__body_failed(body); i++) {
        struct sts__date date;
        int64_t bound_ns;
        if (range->bounds[i] == NULL)
            continue;
        date = date_of(body, range, range->bounds[i], zone);
        bound_ns = i == 0 || i == 2 ? date.begin_ns : date.end_ns;
        if (i < 2 && bound_ns > search->from_ns)
            search->from_ns = bound_ns;
        if (i >= 2 && bound_ns < search->to_ns)
            search->to_ns = bound_ns;
    }
}

static void read_range(struct sts__body *body, bool negated)
{
    const char *name;

    sts__json_enter_object(&body->json);
    while ((name = read_field(body)) != NULL) {
        struct range range = { .zone = "UTC" };
        const struct sts__zone *zone;
        read_bounds(body, &range);
        if (negated || sts__body_field(body, name).kind != STS__FIELD_TIME) {
            fail_unsupported(body, negated ? "must_not range" : "range", name);
            return;
        }
        zone = sts__body_zone(body, range.zone);
        if (zone != NULL)
            narrow(body, &range, zone);
    }
}

/* --- a query string --- */

/* A word or a text in quotes, up to white space. Returns: NULL where there is none. */
static const char *take_word(struct sts__body *body, const char **at, const char *stops)
{
    bool quoted = **at == '"';
    const char *begin = *at + quoted;
    size_t len = strcspn(begin, quoted ? "\"" : stops);

    if (len == 0 || (quoted && begin[len] != '"'))
        return NULL;
    *at = begin + len + quoted;
    return sts__body_keep(body, begin, len);
}

/* field:value, with "-" or "NOT " before it. */
static bool take_clause(struct sts__body *body, const char **at, bool negated)
{
    struct choice choice = { .count = 1 };
    bool quoted;

    if (**at == '-' || strncmp(*at, "NOT ", 4) == 0) {
        *at += **at == '-' ? 1 : 4;
        negated = !negated;
    }
    choice.name = take_word(body, at, ": \t()");
    if (choice.name == NULL || **at != ':')
        return false;
    (*at)++;
    quoted = **at == '"';
    choice.values[0] = take_word(body, at, " \t()");
    if (choice.values[0] == NULL || strpbrk(choice.name, "*?\\") != NULL ||
        (!quoted && strpbrk(choice.values[0], "\\[{<>/~^") != NULL))
        return false;
    if (!quoted && strcmp(choice.values[0], "*") == 0)
        match_existing(body, choice.name, negated);
    else if (!quoted && strpbrk(choice.values[0], "*?") != NULL)
        match_wildcard(body, choice.name, choice.values[0], negated);
    else
        choose(body, &choice, negated);
    return true;
}

static bool is_and(const char *at)
{
    return strncmp(at, "AND ", 4) == 0;
}

/* Lucene's: of clauses that no AND is beside, one has to hold and not each; but those with a minus
 * always count. joins: as if AND stood everywhere. */
static bool take_clauses(struct sts__body *body, const char *at, bool joins, bool negated)
{
    size_t clauses = 0, positive = 0, alone = 0;

    while (*at != '\0' && !sts__body_failed(body)) {
        bool is_joined = is_and(at), is_negative;
        if (is_joined && clauses == 0)
            return false;
        at += is_joined ? 4 + strspn(at + 4, " \t") : 0;
        is_negative = *at == '-' || strncmp(at, "NOT ", 4) == 0;
        if (!take_clause(body, &at, negated) || (negated && clauses > 0))
            return false;
        at += strspn(at, " \t");
        clauses++;
        positive += !is_negative;
        alone += !is_negative && !is_joined && !is_and(at);
    }
    return joins || positive <= 1 || alone == 0;
}

static void take_query_string(struct sts__body *body, const char *text, bool joins, bool negated)
{
    const char *at = text + strspn(text, " \t");

    if (*at == '\0' || strcmp(at, "*") == 0 || strcmp(at, "*:*") == 0)
        body->search->is_empty |= negated;
    else if (!take_clauses(body, at, joins, negated) && !sts__body_failed(body))
        sts__body_fail(body, STS_E_USAGE,
                       "the query [%.80s] is not supported: field:value, joined by AND", text);
}

static void read_query_string(struct sts__body *body, bool negated)
{
    const char *text = NULL, *key;
    bool joins = false;

    sts__json_enter_object(&body->json);
    while ((key = sts__body_key(body)) != NULL) {
        if (strcmp(key, "query") == 0)
            text = sts__body_text(body);
        else if (strcmp(key, "default_operator") == 0)
            joins = strcasecmp(sts__body_text(body), "and") == 0;
        else if (strcmp(key, "analyze_wildcard") == 0 || strcmp(key, "time_zone") == 0 ||
                 strcmp(key, "lenient") == 0 || strcmp(key, "boost") == 0)
            sts__json_skip(&body->json);
        else
            sts__body_fail(body, STS_E_USAGE, "[%.60s] is not supported in [query_string]", key);
    }
    if (text == NULL)
        sts__body_fail(body, STS_E_USAGE, "[query_string] has no [query]");
    else if (!sts__body_failed(body))
        take_query_string(body, text, joins, negated);
}

/* --- bool --- */

/* One of the clauses of a should: its values join the choice. */
static void join_clause(struct sts__body *body, struct choice *choice)
{
    const char *kind, *name;

    sts__json_enter_object(&body->json);
    while ((kind = sts__body_key(body)) != NULL) {
        if (strcmp(kind, "term") != 0 && strcmp(kind, "terms") != 0 &&
            strcmp(kind, "match_phrase") != 0 && strcmp(kind, "match") != 0) {
            sts__body_fail(body, STS_E_USAGE, "[should] can hold terms of one field alone");
            return;
        }
        sts__json_enter_object(&body->json);
        while ((name = read_field(body)) != NULL) {
            if (choice->name != NULL && strcmp(choice->name, name) != 0)
                sts__body_fail(body, STS_E_USAGE, "[should] can hold terms of one field alone");
            choice->name = name;
            read_choice(body, choice);
        }
    }
}

static void read_should(struct sts__body *body, struct choice *choice)
{
    if (sts__json_peek(&body->json) != STS__JSON_ARRAY) {
        join_clause(body, choice);
        return;
    }
    sts__json_enter_array(&body->json);
    while (sts__json_next_item(&body->json))
        join_clause(body, choice);
}

static void read_clauses(struct sts__body *body, bool negated)
{
    if (sts__json_peek(&body->json) != STS__JSON_ARRAY) {
        sts__search_conditions(body, negated);
        return;
    }
    sts__json_enter_array(&body->json);
    while (sts__json_next_item(&body->json))
        sts__search_conditions(body, negated);
}

/* Of a bool that must not hold only one that is a should can be told: none of its terms holds. */
static void read_bool(struct sts__body *body, bool negated)
{
    struct choice should = { .name = NULL };
    bool has_must = false, is_optional = true;
    const char *key;

    sts__json_enter_object(&body->json);
    while ((key = sts__body_key(body)) != NULL) {
        bool is_must = strcmp(key, "must") == 0 || strcmp(key, "filter") == 0;
        if ((is_must || strcmp(key, "must_not") == 0) && negated &&
            sts__json_peek(&body->json) != STS__JSON_ARRAY)
            sts__body_fail(body, STS_E_USAGE, "[must_not] of [bool] can hold [should] alone");
        if (is_must || strcmp(key, "must_not") == 0) {
            const char *before = body->json.at;
            read_clauses(body, !is_must);
            has_must |= is_must && body->json.at - before > 2; /* "[]" */
            if (negated && body->json.at - before > 2)
                sts__body_fail(body, STS_E_USAGE, "[must_not] of [bool] can hold [should] alone");
        } else if (strcmp(key, "should") == 0) {
            read_should(body, &should);
        } else if (strcmp(key, "minimum_should_match") == 0) {
            is_optional = sts__body_u64(body, 1, key) == 0;
        } else if (strcmp(key, "boost") == 0) {
            sts__json_skip(&body->json);
        } else {
            sts__body_fail(body, STS_E_USAGE, "[bool] query does not support [%.60s]", key);
        }
    }
    if (should.name != NULL && !(has_must && is_optional))
        choose(body, &should, negated);
}

static void read_constant_score(struct sts__body *body, bool negated)
{
    const char *key;

    sts__json_enter_object(&body->json);
    while ((key = sts__body_key(body)) != NULL) {
        if (strcmp(key, "filter") == 0)
            sts__search_conditions(body, negated);
        else
            sts__json_skip(&body->json);
    }
}

static const struct {
    const char *name;
    void (*read)(struct sts__body *body, bool negated);
} kinds[] = {
    { "bool", read_bool },
    { "match_all", read_all },
    { "match_none", read_none },
    { "range", read_range },
    { "term", read_term },
    { "terms", read_term },
    { "match", read_term },
    { "match_phrase", read_term },
    { "regexp", read_regexp },
    { "prefix", read_prefix },
    { "wildcard", read_wildcard },
    { "exists", read_exists },
    { "query_string", read_query_string },
    { "constant_score", read_constant_score },
};

void sts__search_conditions(struct sts__body *body, bool negated)
{
    const char *key;

    sts__json_enter_object(&body->json);
    while ((key = sts__body_key(body)) != NULL) {
        size_t i = 0;
        while (i < sizeof(kinds) / sizeof(*kinds) && strcmp(kinds[i].name, key) != 0)
            i++;
        if (i == sizeof(kinds) / sizeof(*kinds)) {
            sts__body_fail(body, STS_E_USAGE, "unknown query [%.80s]", key);
            return;
        }
        kinds[i].read(body, negated);
    }
}
