/* SPDX-License-Identifier: MIT */
/*
 * stats_restrict.c - shorten the list of functions as pstats' eval_print_amount does.
 *
 * In:   "20" lines, "0.1" of the lines, else a regex for "file:line(name)".
 * Source: pstats.Stats.eval_print_amount; the reading of the text as its ProfileBrowser does.
 */
#include <string.h>

#include "base/escape.h"
#include "base/fail.h"
#include "base/num.h"
#include "base/regex.h"
#include "report/python_repr.h"
#include "report/stats.h"

/* A decimal as Python writes it, which may begin or end in its point: ".5", "1.". */
static bool is_decimal(const char *text)
{
    return text[strspn(text, "+-0123456789.eE")] == '\0' && strpbrk(text, "0123456789") != NULL;
}

int sts__restriction_init(struct sts__restriction *restriction, const char *text,
                          struct sts_error *err)
{
    size_t len = strlen(text);
    int r;

    memset(restriction, 0, sizeof(*restriction));
    r = sts__num_parse_i64(text, len, &restriction->count);
    if (r == 0) {
        restriction->kind = STS__RESTRICT_COUNT;
        return 0;
    }
    if (is_decimal(text) && sts__num_parse_double(text, len, &restriction->share) == 0) {
        restriction->kind = STS__RESTRICT_SHARE;
        if (restriction->share < 0.0 || restriction->share > 1.0)
            return sts__fail(err, STS_E_USAGE, "a share of the lines is 0 to 1, not \"%.40s\"",
                             text);
        return 0;
    }
    restriction->kind = STS__RESTRICT_REGEX;
    restriction->pattern = text;
    r = sts__regex_new(text, &restriction->regex, err);
    return r == STS_E_USAGE ? 0 : r; /* pstats tells of it in the heading, and goes on */
}

void sts__restriction_deinit(struct sts__restriction *restriction)
{
    sts__regex_free(restriction->regex);
    restriction->regex = NULL;
}

static int keep_matching(const struct sts__regex *regex, const struct sts__stats *stats,
                         uint32_t *list, size_t *list_count, struct sts_error *err)
{
    size_t kept = 0;

    for (size_t i = 0; i < *list_count; i++) {
        uint32_t function = stats->rows[list[i]].function;
        int r = sts__regex_search(regex, sts__stats_text(stats, function),
                                  stats->functions[function].text_len, err);
        if (r < 0)
            return r;
        if (r > 0)
            list[kept++] = list[i];
    }
    *list_count = kept;
    return 0;
}

int sts__restriction_apply(struct sts__restriction *restriction, const struct sts__stats *stats,
                           uint32_t *list, size_t *list_count, struct sts_error *err)
{
    size_t count = *list_count;
    int r = 0;

    restriction->before = count;
    switch (restriction->kind) {
    case STS__RESTRICT_COUNT:
        if (restriction->count >= 0 && (uint64_t)restriction->count < count)
            *list_count = (size_t)restriction->count;
        break;
    case STS__RESTRICT_SHARE:
        if (restriction->share < 1.0)
            *list_count = (size_t)((double)count * restriction->share + .5);
        break;
    case STS__RESTRICT_REGEX:
        if (restriction->regex != NULL)
            r = keep_matching(restriction->regex, stats, list, list_count, err);
        break;
    }
    restriction->after = *list_count;
    return r;
}

static int put_value(const struct sts__restriction *restriction, struct sts_sink *sink,
                     struct sts_error *err)
{
    if (restriction->kind == STS__RESTRICT_REGEX)
        return sts__put_python_str(sink, restriction->pattern, err);
    if (restriction->kind == STS__RESTRICT_COUNT)
        sts__put_i64(sink, restriction->count);
    else
        sts__put_python_float(sink, restriction->share);
    return 0;
}

int sts__restriction_put(const struct sts__restriction *restriction, struct sts_sink *sink,
                         struct sts_error *err)
{
    int r;

    if (restriction->kind == STS__RESTRICT_REGEX && restriction->regex == NULL) {
        sts__put_text(sink, "   <Invalid regular expression ");
    } else if (restriction->before != restriction->after) {
        sts__put_text(sink, "   List reduced from ");
        sts__put_u64(sink, restriction->before);
        sts__put_text(sink, " to ");
        sts__put_u64(sink, restriction->after);
        sts__put_text(sink, " due to restriction <");
    } else {
        return 0;
    }
    r = put_value(restriction, sink, err);
    sts__put_text(sink, ">\n");
    return r;
}
