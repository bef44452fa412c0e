/* SPDX-License-Identifier: MIT */
/*
 * stats.c - rows, callers and functions as pstats.Stats holds them, and what it calls a function.
 *
 * Why:  functions of one (file, line, name) are one, whatever their qualname; sums are sums of
 *       floats in the order in which they are added.
 */
#include "report/stats.h"

#include <stdlib.h>
#include <string.h>

#include <statslice/profile.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/utf8.h"

void sts__stats_init(struct sts__stats *stats)
{
    memset(stats, 0, sizeof(*stats));
    sts__strtab_init(&stats->texts);
    sts__idmap_init(&stats->file_name_pairs);
    sts__idmap_init(&stats->function_ids);
    sts__idmap_init(&stats->edge_ids);
    sts__bytes_init(&stats->function_texts, STS__STATS_TEXT_BYTES_MAX);
}

void sts__stats_deinit(struct sts__stats *stats)
{
    sts__strtab_deinit(&stats->texts);
    sts__idmap_deinit(&stats->file_name_pairs);
    sts__idmap_deinit(&stats->function_ids);
    sts__idmap_deinit(&stats->edge_ids);
    sts__bytes_deinit(&stats->function_texts);
    free(stats->functions);
    free(stats->rows);
    free(stats->edges);
    memset(stats, 0, sizeof(*stats));
}

void sts__stats_figures_add(struct sts__stats_figures *sum, const struct sts__stats_figures *more)
{
    sum->ncalls += more->ncalls;
    sum->pcalls += more->pcalls;
    sum->tottime_s += more->tottime_s;
    sum->cumtime_s += more->cumtime_s;
}

uint64_t sts__stats_pair_key(uint32_t high, uint32_t low)
{
    return (uint64_t)high << 32 | low;
}

static int fail_grow(int status, const char *what, struct sts_error *err)
{
    if (status == STS_E_NOMEM)
        return sts__fail_nomem(err);
    return sts__fail(err, STS_E_LIMIT, "too many %s for one table", what);
}

static int add_text(struct sts__stats *stats, const char *text, uint32_t *ret_id,
                    struct sts_error *err)
{
    int r = sts__strtab_add(&stats->texts, text, strlen(text), ret_id);
    return r < 0 ? fail_grow(r, "names", err) : 0;
}

static int append_function(struct sts__stats *stats, uint32_t file_id, uint32_t name_id,
                           int32_t line_number, struct sts_error *err)
{
    int r = sts__grow(&stats->functions, &stats->function_cap, stats->function_count + 1,
                      sizeof(*stats->functions), STS_FUNCTIONS_MAX);
    if (r < 0)
        return fail_grow(r, "functions", err);
    stats->functions[stats->function_count++] = (struct sts__stats_function){
        .file_name = sts__strtab_text(&stats->texts, file_id),
        .name = sts__strtab_text(&stats->texts, name_id),
        .line_number = line_number,
        .row = STS__STATS_NO_ROW,
    };
    return 0;
}

/* The number of a function, which is made if it is new. */
int sts__stats_find_function(struct sts__stats *stats, const char *file_name, const char *name,
                             int32_t line_number, uint32_t *ret_function, struct sts_error *err)
{
    uint32_t file_id = 0, name_id = 0, *slot;
    int r;

    r = add_text(stats, file_name, &file_id, err);
    if (r == 0)
        r = add_text(stats, name, &name_id, err);
    if (r < 0)
        return r;
    slot = sts__idmap_at(&stats->file_name_pairs, sts__stats_pair_key(file_id, name_id));
    if (slot == NULL)
        return sts__fail_nomem(err);
    if (*slot == STS_IDMAP_NONE)
        *slot = (uint32_t)stats->file_name_pairs.count;
    slot = sts__idmap_at(&stats->function_ids, sts__stats_pair_key(*slot, (uint32_t)line_number));
    if (slot == NULL)
        return sts__fail_nomem(err);
    if (*slot == STS_IDMAP_NONE) {
        r = append_function(stats, file_id, name_id, line_number, err);
        if (r < 0)
            return r;
        *slot = (uint32_t)(stats->function_count - 1);
    }
    *ret_function = *slot;
    return 0;
}

int sts__stats_add_row(struct sts__stats *stats, uint32_t function,
                       const struct sts__stats_figures *figures, struct sts_error *err)
{
    uint32_t *row = &stats->functions[function].row;
    int r;

    if (*row != STS__STATS_NO_ROW) {
        sts__stats_figures_add(&stats->rows[*row].figures, figures);
        return 0;
    }
    r = sts__grow(&stats->rows, &stats->row_cap, stats->row_count + 1, sizeof(*stats->rows),
                  STS_FUNCTIONS_MAX);
    if (r < 0)
        return fail_grow(r, "functions", err);
    *row = (uint32_t)stats->row_count;
    stats->rows[stats->row_count++] = (struct sts__stats_row){ function, *figures };
    return 0;
}

int sts__stats_add_edge(struct sts__stats *stats, uint32_t caller, uint32_t callee,
                        const struct sts__stats_figures *figures, struct sts_error *err)
{
    uint32_t *slot = sts__idmap_at(&stats->edge_ids, sts__stats_pair_key(callee, caller));
    int r;

    if (slot == NULL)
        return sts__fail_nomem(err);
    if (*slot != STS_IDMAP_NONE) {
        sts__stats_figures_add(&stats->edges[*slot].figures, figures);
        return 0;
    }
    r = sts__grow(&stats->edges, &stats->edge_cap, stats->edge_count + 1, sizeof(*stats->edges),
                  STS_EDGES_MAX);
    if (r < 0)
        return fail_grow(r, "callers", err);
    *slot = (uint32_t)stats->edge_count;
    stats->edges[stats->edge_count++] = (struct sts__stats_edge){ caller, callee, *figures };
    return 0;
}

/* --- what functions are called --- */

static size_t count_points(const char *text, size_t len)
{
    const char *at = text, *end = text + len;
    size_t points = 0;

    for (; at < end; points++)
        (void)sts__utf8_next(&at, end);
    return points;
}

static void append_function_text(struct sts__bytes *texts,
                                 const struct sts__stats_function *function)
{
    size_t name_len = strlen(function->name);
    char number[STS_NUM_TEXT_BYTES];

    if (strcmp(function->file_name, "~") != 0 || function->line_number != 0) {
        sts__bytes_append_text(texts, function->file_name);
        sts__bytes_append_text(texts, ":");
        sts__bytes_append(texts, number, sts__num_i64(number, function->line_number));
        sts__bytes_append_text(texts, "(");
        sts__bytes_append(texts, function->name, name_len);
        sts__bytes_append_text(texts, ")");
    } else if (name_len >= 2 && function->name[0] == '<' && function->name[name_len - 1] == '>') {
        sts__bytes_append_text(texts, "{");
        sts__bytes_append(texts, function->name + 1, name_len - 2);
        sts__bytes_append_text(texts, "}");
    } else {
        sts__bytes_append(texts, function->name, name_len);
    }
}

int sts__stats_name_functions(struct sts__stats *stats, struct sts_error *err)
{
    struct sts__bytes *texts = &stats->function_texts;

    for (size_t i = 0; i < stats->function_count; i++) {
        struct sts__stats_function *function = &stats->functions[i];
        function->text_at = texts->len;
        append_function_text(texts, function);
        if (texts->status < 0)
            return sts__bytes_check(texts, "the list of functions", err);
        function->text_len = texts->len - function->text_at;
        function->text_points = count_points(texts->data + function->text_at, function->text_len);
        sts__bytes_append(texts, "", 1);
    }
    return sts__bytes_check(texts, "the list of functions", err);
}

const char *sts__stats_text(const struct sts__stats *stats, uint32_t function)
{
    return stats->function_texts.data + stats->functions[function].text_at;
}

int sts__stats_compare_functions(const struct sts__stats *stats, uint32_t left, uint32_t right)
{
    const struct sts__stats_function *l = &stats->functions[left];
    const struct sts__stats_function *r = &stats->functions[right];
    int order = strcmp(l->file_name, r->file_name);

    if (order == 0)
        order = (l->line_number > r->line_number) - (l->line_number < r->line_number);
    return order != 0 ? order : strcmp(l->name, r->name);
}
