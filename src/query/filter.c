/* SPDX-License-Identifier: MIT */
/*
 * filter.c - which profiles, by their labels, and which functions, by their text, are counted.
 */
#include "query/filter.h"

#include <stdlib.h>
#include <string.h>

#include <statslice/profile.h>

#include "base/bytes.h"
#include "base/fail.h"
#include "base/mem.h"
#include "base/regex.h"
#include "query/naming.h"

void sts__filter_init(struct sts__filter *filter)
{
    memset(filter, 0, sizeof(*filter));
}

static void label_deinit(struct sts__label_filter *label)
{
    free(label->key);
    free(label->value);
    sts__regex_free(label->regex);
}

void sts__filter_deinit(struct sts__filter *filter)
{
    for (size_t i = 0; i < filter->label_count; i++)
        label_deinit(&filter->labels[i]);
    for (size_t i = 0; i < filter->name_count; i++)
        free(filter->names[i]);
    free(filter->labels);
    free(filter->names);
    sts__patterns_deinit(&filter->functions);
    sts__filter_init(filter);
}

static int too_many(int r, const char *option, struct sts_error *err)
{
    if (r == STS_E_LIMIT)
        return sts__fail(err, STS_E_LIMIT, "more than %zu times %s", STS__FILTERS_MAX, option);
    return sts__fail_nomem(err);
}

/* The option's name goes before what is wrong with its regex. */
static int new_regex(const char *option, const char *pattern, struct sts__regex **ret_regex,
                     struct sts_error *err)
{
    int r = sts__regex_new(pattern, ret_regex, err);

    if (r == STS_E_USAGE)
        sts__fail_prefix(err, "%s", option);
    return r;
}

/* key, then "=", "!=", "~" or "!~", then the rest */
static int parse_label(const char *text, struct sts__label_filter *label, struct sts_error *err)
{
    size_t key_len = strcspn(text, "=~!");
    const char *at = text + key_len;
    char kind;

    label->negated = *at == '!';
    at += label->negated;
    kind = *at;
    if (key_len == 0 || (kind != '=' && kind != '~'))
        return sts__fail(err, STS_E_USAGE,
                         "where must be label=value, label!=value, label~regex or label!~regex, "
                         "not \"%s\"",
                         text);
    label->key = sts__copy_text(text, key_len);
    if (label->key == NULL)
        return sts__fail_nomem(err);
    if (kind == '~')
        return new_regex("where", at + 1, &label->regex, err);
    label->value = sts__copy_text(at + 1, strlen(at + 1));
    return label->value == NULL ? sts__fail_nomem(err) : 0;
}

int sts__filter_add_label(struct sts__filter *filter, const char *text, struct sts_error *err)
{
    struct sts__label_filter label = { 0 };
    int r = sts__grow(&filter->labels, &filter->label_cap, filter->label_count + 1,
                      sizeof(*filter->labels), STS__FILTERS_MAX);

    if (r < 0)
        return too_many(r, "where", err);
    r = parse_label(text, &label, err);
    if (r < 0) {
        label_deinit(&label);
        return r;
    }
    filter->labels[filter->label_count++] = label;
    return 0;
}

int sts__filter_add_name(struct sts__filter *filter, const char *name, struct sts_error *err)
{
    int r = sts__grow(&filter->names, &filter->name_cap, filter->name_count + 1,
                      sizeof(*filter->names), STS__FILTERS_MAX);

    if (r < 0)
        return too_many(r, "function", err);
    filter->names[filter->name_count] = sts__copy_text(name, strlen(name));
    if (filter->names[filter->name_count] == NULL)
        return sts__fail_nomem(err);
    filter->name_count++;
    return 0;
}

bool sts__filter_asks_functions(const struct sts__filter *filter)
{
    return filter->functions.count > 0 || filter->name_count > 0;
}

int sts__filter_profile(const struct sts__filter *filter, const struct sts_profile *profile,
                        struct sts_error *err)
{
    for (size_t i = 0; i < filter->label_count; i++) {
        const struct sts__label_filter *label = &filter->labels[i];
        const char *value = sts_profile_label(profile, label->key);
        int holds;

        if (value == NULL)
            value = "";
        if (label->regex == NULL)
            holds = strcmp(value, label->value) == 0;
        else
            holds = sts__regex_search(label->regex, value, strlen(value), err);
        if (holds < 0)
            return holds;
        if ((holds > 0) == label->negated)
            return 0;
    }
    return 1;
}

static int is_named(const struct sts__filter *filter, const struct sts_function *function,
                    struct sts_error *err)
{
    struct sts__bytes text;
    int r;

    sts__bytes_init(&text, STS__NAME_BYTES_MAX);
    sts__name_function(function, &text);
    r = sts__bytes_check(&text, "the name of a function", err);
    for (size_t i = 0; r == 0 && i < filter->name_count; i++)
        r = strcmp(filter->names[i], text.data == NULL ? "" : text.data) == 0;
    sts__bytes_deinit(&text);
    return r;
}

int sts__filter_function(const struct sts__filter *filter, const struct sts_function *function,
                         struct sts_error *err)
{
    int r = filter->name_count == 0 ? 1 : is_named(filter, function, err);

    if (r > 0 && filter->functions.count > 0)
        r = sts__patterns_hold(&filter->functions, function, err);
    return r;
}

/* --- patterns --- */

void sts__patterns_deinit(struct sts__patterns *patterns)
{
    for (size_t i = 0; i < patterns->count; i++)
        sts__regex_free(patterns->items[i]);
    free(patterns->items);
    memset(patterns, 0, sizeof(*patterns));
}

int sts__patterns_add(struct sts__patterns *patterns, const char *option, const char *pattern,
                      struct sts_error *err)
{
    int r = sts__grow(&patterns->items, &patterns->cap, patterns->count + 1,
                      sizeof(*patterns->items), STS__FILTERS_MAX);

    if (r < 0)
        return too_many(r, option, err);
    r = new_regex(option, pattern, &patterns->items[patterns->count], err);
    if (r < 0)
        return r;
    patterns->count++;
    return 0;
}

int sts__patterns_hold(const struct sts__patterns *patterns, const struct sts_function *function,
                       struct sts_error *err)
{
    struct sts__bytes text;
    int r;

    sts__bytes_init(&text, STS__NAME_BYTES_MAX);
    sts__name_pstats(function, &text);
    r = sts__bytes_check(&text, "the text of a function", err);
    for (size_t i = 0; r == 0 && i < patterns->count; i++)
        r = sts__regex_search(patterns->items[i], text.data, text.len, err);
    sts__bytes_deinit(&text);
    return r;
}
