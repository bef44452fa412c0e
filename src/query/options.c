/* SPDX-License-Identifier: MIT */
/*
 * options.c - the options of a query, by name and as text.
 *
 * In:   "slice", "10s".   Out: the plan.
 * Why:  the command line, Python and HTTP speak of options in the same words: this table.
 * Not:  what depends on several options, such as a date in the zone (query.c).
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/timetext.h"
#include "base/zone.h"
#include "query/moment.h"
#include "query/option_rows.h"
#include "query/query.h"

#define WORDS_BYTES_MAX 128 /* of all values of one option in a message */

enum option {
    OPTION_SLICE,
    OPTION_SLICES,
    OPTION_ZONE,
    OPTION_ORIGIN,
    OPTION_OFFSET,
    OPTION_ATTRIBUTION,
    OPTION_FILL,
    OPTION_METRIC,
    OPTION_RATE,
    OPTION_SHARE,
    OPTION_ESTIMATE,
    OPTION_BY,
    OPTION_WHERE,
    OPTION_MATCH,
    OPTION_FUNCTION,
    OPTION_CALLERS_OF,
    OPTION_CALLEES_OF,
    OPTION_FROM,
    OPTION_TO,
    OPTION_TOP,
    OPTION_TOP_PER_SLICE,
    OPTION_LEVEL,
    OPTION_COUNT,
};

static const struct sts_query_option options[OPTION_COUNT] = {
    [OPTION_SLICE] = { "slice", "WIDTH", NULL,
                       "width of a slice: 250ms, 10s, 1h30m, or a calendar unit: day, week, "
                       "month, quarter, year, 3month",
                       false },
    [OPTION_SLICES] = { "slices", "N", NULL,
                        "at most N slices, of the smallest pleasant width (default: 60)", false },
    [OPTION_ZONE] = STS__OPTION_ZONE,
    [OPTION_ORIGIN] = { "origin", "TIME", NULL,
                        "a slice begins at: epoch, first (the first profile), or a time "
                        "(default: epoch)",
                        false },
    [OPTION_OFFSET] = { "offset", "DURATION", NULL,
                        "move all edges by that much, such as 6h or -30m", false },
    [OPTION_ATTRIBUTION] = STS__OPTION_ATTRIBUTION,
    [OPTION_FILL] = { "fill", "HOW", "zero null previous",
                      "what a slice without any profile shows (default: zero)", false },
    [OPTION_METRIC] = { "metric", "NAME",
                        "tottime cumtime ncalls pcalls percall percall-cum resumes awaittime",
                        "figure that is summed (default: tottime)", false },
    [OPTION_RATE] = { "rate", NULL, NULL, "show the figure per second of the slice", false },
    [OPTION_SHARE] = { "share", NULL, NULL, "show the figure as a share of the slice's total",
                       false },
    [OPTION_ESTIMATE] = { "estimate", NULL, NULL,
                          "scale profiles of which only a part was profiled to their whole span, "
                          "and mark what is estimated",
                          false },
    [OPTION_BY] = STS__OPTION_BY,
    [OPTION_WHERE] = STS__OPTION_WHERE,
    [OPTION_MATCH] = STS__OPTION_MATCH,
    [OPTION_FUNCTION] = STS__OPTION_FUNCTION,
    [OPTION_CALLERS_OF] = { "callers-of", "REGEX", NULL,
                            "instead of functions the callers of those whose \"file:line(name)\" "
                            "holds it, each with what it made them do",
                            true },
    [OPTION_CALLEES_OF] = { "callees-of", "REGEX", NULL,
                            "instead of functions those that are called by such ones", true },
    [OPTION_FROM] = STS__OPTION_FROM,
    [OPTION_TO] = STS__OPTION_TO,
    [OPTION_TOP] = STS__OPTION_TOP,
    [OPTION_TOP_PER_SLICE] = { "top-per-slice", NULL, NULL, "choose the N largest in every slice",
                               false },
    [OPTION_LEVEL] = { "level", "LEVEL", "auto raw",
                       "of a store: sums of minutes, hours or days where they answer exactly "
                       "(auto), or profile by profile (raw) (default: auto)",
                       false },
};

const struct sts_query_option *sts_query_options(size_t *ret_count)
{
    *ret_count = OPTION_COUNT;
    return options;
}

/* --- the plan's life --- */

int sts__plan_init(struct sts__plan *plan, struct sts_error *err)
{
    int r;

    memset(plan, 0, sizeof(*plan));
    plan->slices = STS__SLICES_DEFAULT;
    plan->top = STS__TOP_DEFAULT;
    plan->slice_max = STS_SLICES_MAX;
    plan->cell_max = STS_CELLS_MAX;
    sts__filter_init(&plan->filter);
    r = sts__by_parse(&plan->by, "function", err);
    return r < 0 ? r : sts__zone_new("UTC", &plan->zone, err);
}

void sts__plan_deinit(struct sts__plan *plan)
{
    sts__zone_free(plan->zone);
    free(plan->origin_text);
    free(plan->from_text);
    free(plan->to_text);
    sts__by_deinit(&plan->by);
    sts__filter_deinit(&plan->filter);
    sts__relation_deinit(&plan->relation);
}

/* --- values --- */

/* "a b c" as "a, b, c" */
static int fail_word(enum option option, const char *value, struct sts_error *err)
{
    char words[WORDS_BYTES_MAX];
    size_t len = 0;

    for (const char *at = options[option].values; *at != '\0'; at++) {
        assert(len + 2 < sizeof(words));
        if (*at == ' ')
            words[len++] = ',';
        words[len++] = *at;
    }
    words[len] = '\0';
    return sts__fail(err, STS_E_USAGE, "%s must be one of %s, not \"%s\"", options[option].name,
                     words, value);
}

/* The number of the word that a value is, among the option's values. */
static int parse_word(enum option option, const char *value, int *ret_word, struct sts_error *err)
{
    size_t value_len = strlen(value);
    int word = 0;

    for (const char *at = options[option].values; *at != '\0'; word++) {
        size_t len = strcspn(at, " ");
        if (len == value_len && memcmp(at, value, len) == 0) {
            *ret_word = word;
            return 0;
        }
        at += len;
        at += strspn(at, " ");
    }
    return fail_word(option, value, err);
}

static int parse_switch(enum option option, const char *value, bool *ret_on, struct sts_error *err)
{
    if (strcmp(value, "on") != 0 && strcmp(value, "off") != 0)
        return sts__fail(err, STS_E_USAGE, "%s must be on or off, not \"%s\"", options[option].name,
                         value);
    *ret_on = value[1] == 'n';
    return 0;
}

static int parse_count(enum option option, const char *value, uint64_t min, uint64_t max,
                       size_t *ret_count, struct sts_error *err)
{
    uint64_t count;
    int r = sts__num_parse_u64(value, strlen(value), &count);

    if (r < 0 || count < min || count > max)
        return sts__fail(err, STS_E_USAGE, "%s must be a number from %llu to %llu, not \"%s\"",
                         options[option].name, (unsigned long long)min, (unsigned long long)max,
                         value);
    *ret_count = (size_t)count;
    return 0;
}

/* A text that is read again when the zone and "now" are known; here it is only looked at. */
static int keep_moment(enum option option, const struct sts__plan *plan, const char *value,
                       char **text, struct sts_error *err)
{
    int64_t time_ns;
    char *copy;
    int r = sts__moment_parse(value, plan->zone, 0, &time_ns);

    if (r < 0)
        return sts__fail(err, STS_E_USAGE,
                         "%s must be a time such as 2024-05-05, \"2024-05-05 12:00\", "
                         "2024-05-05T12:00:00Z, \"yesterday 14:00\", -1h, now, or seconds since "
                         "1970%s, not \"%s\"",
                         options[option].name,
                         option == OPTION_ORIGIN ? ", or epoch, or first" : "", value);
    copy = sts__copy_text(value, strlen(value));
    if (copy == NULL)
        return sts__fail_nomem(err);
    free(*text);
    *text = copy;
    return 0;
}

/* --- setters --- */

static int set_slice(struct sts__plan *plan, const char *value, struct sts_error *err)
{
    int r = sts__width_parse(value, &plan->width);

    if (r == STS_E_LIMIT)
        return sts__fail(err, STS_E_USAGE,
                         "slice must be wider than 0 and at most 10 years, not "
                         "\"%s\"",
                         value);
    if (r < 0)
        return sts__fail(err, STS_E_USAGE,
                         "slice must be a width such as 250ms, 10s, 1h30m, day, week, month, "
                         "quarter, year or 3month, not \"%s\"",
                         value);
    plan->slices = 0;
    return 0;
}

static int set_slices(struct sts__plan *plan, const char *value, struct sts_error *err)
{
    return parse_count(OPTION_SLICES, value, 1, STS_SLICES_MAX, &plan->slices, err);
}

static int set_zone(struct sts__plan *plan, const char *value, struct sts_error *err)
{
    struct sts__zone *zone;
    int r = sts__zone_new(value, &zone, err);

    if (r < 0)
        return r;
    sts__zone_free(plan->zone);
    plan->zone = zone;
    return 0;
}

static int set_origin(struct sts__plan *plan, const char *value, struct sts_error *err)
{
    int r = 0;

    if (strcmp(value, "epoch") == 0) {
        plan->origin = STS__ORIGIN_EPOCH;
    } else if (strcmp(value, "first") == 0) {
        plan->origin = STS__ORIGIN_FIRST;
    } else {
        r = keep_moment(OPTION_ORIGIN, plan, value, &plan->origin_text, err);
        if (r == 0)
            plan->origin = STS__ORIGIN_TIME;
    }
    return r;
}

static int set_offset(struct sts__plan *plan, const char *value, struct sts_error *err)
{
    int64_t offset_ns;
    int r = sts__duration_parse(value, strlen(value), &offset_ns);

    if (r < 0 || offset_ns > STS__OFFSET_MAX_NS || offset_ns < -STS__OFFSET_MAX_NS)
        return sts__fail(err, STS_E_USAGE,
                         "offset must be a duration such as 6h or -30m, at most 366d, not \"%s\"",
                         value);
    plan->offset_ns = offset_ns;
    return 0;
}

static int set_attribution(struct sts__plan *plan, const char *value, struct sts_error *err)
{
    int word = 0, r = parse_word(OPTION_ATTRIBUTION, value, &word, err);

    if (r == 0)
        plan->attribution = (enum sts__attribution)word;
    return r;
}

static int set_fill(struct sts__plan *plan, const char *value, struct sts_error *err)
{
    int word = 0, r = parse_word(OPTION_FILL, value, &word, err);

    if (r == 0)
        plan->fill = (enum sts__fill)word;
    return r;
}

static int set_metric(struct sts__plan *plan, const char *value, struct sts_error *err)
{
    int word = 0, r = parse_word(OPTION_METRIC, value, &word, err);

    if (r == 0)
        plan->metric = (enum sts_metric)word;
    return r;
}

static int set_rate(struct sts__plan *plan, const char *value, struct sts_error *err)
{
    return parse_switch(OPTION_RATE, value, &plan->rate, err);
}

static int set_share(struct sts__plan *plan, const char *value, struct sts_error *err)
{
    return parse_switch(OPTION_SHARE, value, &plan->share, err);
}

static int set_estimate(struct sts__plan *plan, const char *value, struct sts_error *err)
{
    return parse_switch(OPTION_ESTIMATE, value, &plan->estimate, err);
}

static int set_by(struct sts__plan *plan, const char *value, struct sts_error *err)
{
    return sts__by_parse(&plan->by, value, err);
}

static int add_where(struct sts__plan *plan, const char *value, struct sts_error *err)
{
    return sts__filter_add_label(&plan->filter, value, err);
}

static int add_match(struct sts__plan *plan, const char *value, struct sts_error *err)
{
    return sts__patterns_add(&plan->filter.functions, "match", value, err);
}

static int add_callers_of(struct sts__plan *plan, const char *value, struct sts_error *err)
{
    return sts__relation_add(&plan->relation, STS__RELATION_CALLERS, value, err);
}

static int add_callees_of(struct sts__plan *plan, const char *value, struct sts_error *err)
{
    return sts__relation_add(&plan->relation, STS__RELATION_CALLEES, value, err);
}

static int add_function(struct sts__plan *plan, const char *value, struct sts_error *err)
{
    return sts__filter_add_name(&plan->filter, value, err);
}

static int set_from(struct sts__plan *plan, const char *value, struct sts_error *err)
{
    return keep_moment(OPTION_FROM, plan, value, &plan->from_text, err);
}

static int set_to(struct sts__plan *plan, const char *value, struct sts_error *err)
{
    return keep_moment(OPTION_TO, plan, value, &plan->to_text, err);
}

static int set_top(struct sts__plan *plan, const char *value, struct sts_error *err)
{
    return parse_count(OPTION_TOP, value, 0, STS__GROUPS_MAX, &plan->top, err);
}

static int set_top_per_slice(struct sts__plan *plan, const char *value, struct sts_error *err)
{
    return parse_switch(OPTION_TOP_PER_SLICE, value, &plan->top_per_slice, err);
}

static int set_level(struct sts__plan *plan, const char *value, struct sts_error *err)
{
    int word = 0, r = parse_word(OPTION_LEVEL, value, &word, err);

    if (r == 0)
        plan->raw_only = word == 1;
    return r;
}

static int (*const setters[OPTION_COUNT])(struct sts__plan *, const char *, struct sts_error *) = {
    [OPTION_SLICE] = set_slice,
    [OPTION_SLICES] = set_slices,
    [OPTION_ZONE] = set_zone,
    [OPTION_ORIGIN] = set_origin,
    [OPTION_OFFSET] = set_offset,
    [OPTION_ATTRIBUTION] = set_attribution,
    [OPTION_FILL] = set_fill,
    [OPTION_METRIC] = set_metric,
    [OPTION_RATE] = set_rate,
    [OPTION_SHARE] = set_share,
    [OPTION_ESTIMATE] = set_estimate,
    [OPTION_BY] = set_by,
    [OPTION_WHERE] = add_where,
    [OPTION_MATCH] = add_match,
    [OPTION_FUNCTION] = add_function,
    [OPTION_CALLERS_OF] = add_callers_of,
    [OPTION_CALLEES_OF] = add_callees_of,
    [OPTION_FROM] = set_from,
    [OPTION_TO] = set_to,
    [OPTION_TOP] = set_top,
    [OPTION_TOP_PER_SLICE] = set_top_per_slice,
    [OPTION_LEVEL] = set_level,
};

int sts_query_set(struct sts_query *query, const char *name, const char *value,
                  struct sts_error *err)
{
    if (query->is_ready)
        return sts__fail(err, STS_E_USAGE, "options are set before the first profile is looked at");
    if (strlen(value) > STS_QUERY_TEXT_MAX)
        return sts__fail(err, STS_E_USAGE, "%.40s must have at most %zu bytes", name,
                         STS_QUERY_TEXT_MAX);
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (strcmp(options[i].name, name) == 0)
            return setters[i](&query->plan, value, err);
    return sts__fail(err, STS_E_NOTFOUND, "no option \"%s\"", name);
}
