/* SPDX-License-Identifier: MIT */
/*
 * filter.h - which profiles, by their labels, and which functions, by their text, are counted.
 */
#ifndef STS_QUERY_FILTER_H
#define STS_QUERY_FILTER_H

#include <statslice/error.h>

struct sts_function;
struct sts_profile;
struct sts__bytes;
struct sts__regex;

#define STS__FILTERS_MAX ((size_t)64) /* of either kind */

struct sts__label_filter {
    char *key;                /* owned */
    char *value;              /* owned; NULL where regex decides */
    struct sts__regex *regex; /* owned */
    bool negated;
};

/* Regular expressions of functions, any of which may hold. Zeroed: none. */
struct sts__patterns {
    struct sts__regex **items; /* owned */
    size_t count, cap;
};

struct sts__filter {
    struct sts__label_filter *labels; /* all must hold; owned */
    size_t label_count, label_cap;
    struct sts__patterns functions;
    char **names; /* of functions, as groups are named; any may be it; owned */
    size_t name_count, name_cap;
};

void sts__filter_init(struct sts__filter *filter);
void sts__filter_deinit(struct sts__filter *filter);

/*
 * sts__filter_add_label - one more condition: key=value, key!=value, key~regex, key!~regex.
 *
 * Errors: STS_E_USAGE, STS_E_LIMIT, STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__filter_add_label(struct sts__filter *filter, const char *text,
                                         struct sts_error *err);

/* sts__filter_add_name - one more function, by the name of its group. Errors: as above. */
STS_MUST_CHECK int sts__filter_add_name(struct sts__filter *filter, const char *name,
                                        struct sts_error *err);

/* sts__filter_asks_functions - whether some functions may be left out. */
bool sts__filter_asks_functions(const struct sts__filter *filter);

/*
 * sts__filter_profile - whether a profile's labels hold; a label that it has not is empty text.
 *
 * Returns: 1, 0, or STS_E_LIMIT of a regex.
 */
STS_MUST_CHECK int sts__filter_profile(const struct sts__filter *filter,
                                       const struct sts_profile *profile, struct sts_error *err);

/*
 * sts__filter_function - whether a function is asked for: its text, "file:line(name)", holds one of
 * the regexes, and it has one of the names, where there are any.
 *
 * Returns: 1, 0, STS_E_LIMIT of a regex, STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__filter_function(const struct sts__filter *filter,
                                        const struct sts_function *function, struct sts_error *err);

/* --- patterns --- */

void sts__patterns_deinit(struct sts__patterns *patterns);

/* sts__patterns_add - one more, of an option of that name. Errors: as sts__filter_add_label. */
STS_MUST_CHECK int sts__patterns_add(struct sts__patterns *patterns, const char *option,
                                     const char *pattern, struct sts_error *err);

/*
 * sts__patterns_hold - whether any is found in a function's text, "file:line(name)".
 *
 * Returns: 1, 0, STS_E_LIMIT of a regex, STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__patterns_hold(const struct sts__patterns *patterns,
                                      const struct sts_function *function, struct sts_error *err);

#endif
