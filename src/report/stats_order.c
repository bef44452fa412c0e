/* SPDX-License-Identifier: MIT */
/*
 * stats_order.c - the sort keys of pstats, their beginnings, and the sort.
 *
 * Source: pstats.Stats.sort_arg_dict_default and get_sort_arg_defs.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <statslice/report.h>

#include "base/fail.h"
#include "base/mem.h"
#include "report/stats.h"

typedef int (*compare_fn)(const struct sts__stats *stats, const struct sts__stats_row *left,
                          const struct sts__stats_row *right);

/* Figures: the larger one first. Texts and lines: the smaller one first. */
#define STS__COMPARE(left, right) (((left) > (right)) - ((left) < (right)))

static int by_pcalls(const struct sts__stats *stats, const struct sts__stats_row *left,
                     const struct sts__stats_row *right)
{
    (void)stats;
    return STS__COMPARE(right->figures.pcalls, left->figures.pcalls);
}

static int by_ncalls(const struct sts__stats *stats, const struct sts__stats_row *left,
                     const struct sts__stats_row *right)
{
    (void)stats;
    return STS__COMPARE(right->figures.ncalls, left->figures.ncalls);
}

static int by_tottime(const struct sts__stats *stats, const struct sts__stats_row *left,
                      const struct sts__stats_row *right)
{
    (void)stats;
    return STS__COMPARE(right->figures.tottime_s, left->figures.tottime_s);
}

static int by_cumtime(const struct sts__stats *stats, const struct sts__stats_row *left,
                      const struct sts__stats_row *right)
{
    (void)stats;
    return STS__COMPARE(right->figures.cumtime_s, left->figures.cumtime_s);
}

static int by_file(const struct sts__stats *stats, const struct sts__stats_row *left,
                   const struct sts__stats_row *right)
{
    return strcmp(stats->functions[left->function].file_name,
                  stats->functions[right->function].file_name);
}

static int by_line(const struct sts__stats *stats, const struct sts__stats_row *left,
                   const struct sts__stats_row *right)
{
    return STS__COMPARE(stats->functions[left->function].line_number,
                        stats->functions[right->function].line_number);
}

static int by_name(const struct sts__stats *stats, const struct sts__stats_row *left,
                   const struct sts__stats_row *right)
{
    return strcmp(stats->functions[left->function].name, stats->functions[right->function].name);
}

static int by_text(const struct sts__stats *stats, const struct sts__stats_row *left,
                   const struct sts__stats_row *right)
{
    return strcmp(sts__stats_text(stats, left->function), sts__stats_text(stats, right->function));
}

#define STS__COMPARES_MAX 3

struct sts__sort_key {
    const char *title;
    compare_fn compares[STS__COMPARES_MAX];
};

/* In pstats' order, on which the meaning of some beginnings depends. */
static const char *const sort_words[] = { "calls",   "ncalls", "cumtime", "cumulative", "filename",
                                          "line",    "module", "name",    "nfl",        "pcalls",
                                          "stdname", "time",   "tottime" };

static const struct sts__sort_key sort_keys[] = {
    { "call count", { by_ncalls } },
    { "call count", { by_ncalls } },
    { "cumulative time", { by_cumtime } },
    { "cumulative time", { by_cumtime } },
    { "file name", { by_file } },
    { "line number", { by_line } },
    { "file name", { by_file } },
    { "function name", { by_name } },
    { "name/file/line", { by_name, by_file, by_line } },
    { "primitive call count", { by_pcalls } },
    { "standard name", { by_text } },
    { "internal time", { by_tottime } },
    { "internal time", { by_tottime } },
};

#define SORT_KEY_COUNT (sizeof(sort_keys) / sizeof(sort_keys[0]))
static_assert(SORT_KEY_COUNT == sizeof(sort_words) / sizeof(sort_words[0]), "a title each");

/* What the numbers -1, 0, 1 and 2 meant to the profiler before pstats. */
static const char *const numbered_words[][2] = {
    { "-1", "stdname" }, { "0", "calls" }, { "1", "time" }, { "2", "cumulative" }
};

const char *const *sts_stats_sort_keys(size_t *ret_count)
{
    *ret_count = SORT_KEY_COUNT;
    return sort_words;
}

static size_t common_len(const char *left, const char *right)
{
    size_t len = 0;
    while (left[len] != '\0' && left[len] == right[len])
        len++;
    return len;
}

/*
 * pstats enters each word and then its beginnings, longest first, up to the first that an earlier
 * word has entered; that one it drops in the end, but not those shorter still. So "cum" is
 * ambiguous while "cu" is cumtime.
 */
static bool stops_at(size_t word, size_t len)
{
    size_t longest = 0;
    for (size_t i = 0; i < word; i++) {
        size_t common = common_len(sort_words[word], sort_words[i]);
        if (common > longest)
            longest = common;
    }
    return longest == len;
}

static int find_key(const char *name, const struct sts__sort_key **ret_key, struct sts_error *err)
{
    const struct sts__sort_key *key = NULL;
    size_t len = strlen(name);

    for (size_t i = 0; len > 0 && i < SORT_KEY_COUNT; i++) {
        if (strncmp(sort_words[i], name, len) != 0)
            continue;
        if (key == NULL)
            key = &sort_keys[i];
        else if (stops_at(i, len))
            return sts__fail(err, STS_E_USAGE, "sort key \"%s\" is ambiguous", name);
    }
    if (key == NULL)
        return sts__fail(err, STS_E_USAGE,
                         "unknown sort key \"%.40s\"; the keys are calls, ncalls, cumtime, "
                         "cumulative, filename, line, module, name, nfl, pcalls, stdname, time, "
                         "tottime",
                         name);
    *ret_key = key;
    return 0;
}

int sts__order_init(struct sts__order *order, const char *const *names, size_t name_count,
                    struct sts_error *err)
{
    order->key_count = 0;
    if (name_count > STS__SORT_KEYS_MAX)
        return sts__fail(err, STS_E_LIMIT, "%zu sort keys, at most %zu", name_count,
                         STS__SORT_KEYS_MAX);
    for (size_t i = 0; i < name_count; i++) {
        const char *name = names[i];
        for (size_t n = 0; name_count == 1 && n < 4; n++)
            if (strcmp(name, numbered_words[n][0]) == 0)
                name = numbered_words[n][1];
        int r = find_key(name, &order->keys[i], err);
        if (r < 0)
            return r;
    }
    order->key_count = name_count;
    return 0;
}

const char *sts__order_title(const struct sts__order *order, size_t i)
{
    return order->keys[i]->title;
}

/* qsort has no context: each entry carries it. */
struct entry {
    const struct sts__order *order;
    const struct sts__stats *stats;
    uint32_t row;
};

static int compare_entries(const void *left, const void *right)
{
    const struct entry *l = left, *r = right;
    const struct sts__stats_row *rows = l->stats->rows;

    for (size_t k = 0; k < l->order->key_count; k++) {
        const compare_fn *compares = l->order->keys[k]->compares;
        for (size_t i = 0; i < STS__COMPARES_MAX && compares[i] != NULL; i++) {
            int order = compares[i](l->stats, &rows[l->row], &rows[r->row]);
            if (order != 0)
                return order;
        }
    }
    return STS__COMPARE(l->row, r->row);
}

int sts__order_sort(const struct sts__order *order, const struct sts__stats *stats, bool reverse,
                    uint32_t *list, struct sts_error *err)
{
    size_t count = stats->row_count;
    struct entry *entries;

    for (size_t i = 0; i < count; i++)
        list[i] = (uint32_t)i;
    if (order->key_count == 0)
        return 0;
    entries = sts__alloc_array(count, sizeof(*entries));
    if (entries == NULL)
        return sts__fail_nomem(err);
    for (size_t i = 0; i < count; i++)
        entries[i] = (struct entry){ order, stats, (uint32_t)i };
    qsort(entries, count, sizeof(*entries), compare_entries);
    for (size_t i = 0; i < count; i++)
        list[i] = entries[reverse ? count - 1 - i : i].row;
    free(entries);
    return 0;
}
