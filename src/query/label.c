/* SPDX-License-Identifier: MIT */
/*
 * label.c - the texts of a series' columns.
 *
 * In:   groups that were chosen.
 * Out:  whole names, and labels: "cart.py:Cart.add", with "shop/" before it, or the line behind
 *       the file, only where another column would have the same.
 */
#include "query/label.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fail.h"
#include "base/mem.h"
#include "base/num.h"
#include "model/series.h"
#include "query/naming.h"
#include "query/query.h"
#include "query/rank.h"

/* Ways to write a label, shortest first; behind them the whole name. */
static const struct detail {
    size_t folders;
    bool with_line;
} details[] = {
    { 0, false }, { 1, false }, { 2, false }, { 3, false },
    { 0, true },  { 1, true },  { 2, true },  { 3, true },
};

#define DETAIL_COUNT (sizeof(details) / sizeof(details[0]))

/* The groups that get texts, all of one query. */
struct chosen {
    const struct sts__groups *groups;
    const uint32_t *ids;
    size_t count;
};

static void append_part(const struct sts__groups *groups, const struct sts__part *part, size_t i,
                        const struct detail *detail, struct sts__bytes *bytes)
{
    const char *bare = sts__groups_text(groups, i, part->bare);
    char line[STS_NUM_TEXT_BYTES];

    if (part->file == STS__NO_FILE) {
        sts__bytes_append_text(bytes, bare);
        return;
    }
    sts__name_tail(sts__groups_text(groups, i, part->file), detail->folders, bytes);
    if (groups->by->kinds[i] == STS__BY_FILE)
        return;
    sts__bytes_append_text(bytes, ":");
    if (!detail->with_line || part->line == STS__NO_LINE) {
        sts__bytes_append_text(bytes, bare);
        return;
    }
    sts__bytes_append(bytes, line, sts__num_i64(line, part->line));
    sts__bytes_append_text(bytes, "(");
    sts__bytes_append_text(bytes, bare);
    sts__bytes_append_text(bytes, ")");
}

/* A label, or the whole name where level is behind the last detail. */
static void compose(const struct sts__groups *groups, uint32_t group, size_t level,
                    struct sts__bytes *bytes)
{
    sts__bytes_clear(bytes);
    for (size_t i = 0; i < groups->by->part_count; i++) {
        const struct sts__part *part = sts__groups_part(groups, group, i);
        if (i > 0)
            sts__bytes_append_text(bytes, ", ");
        if (level < DETAIL_COUNT)
            append_part(groups, part, i, &details[level], bytes);
        else
            sts__bytes_append_text(bytes, sts__groups_text(groups, i, part->name));
    }
}

/* Number the texts that the columns have at their levels: equal texts have equal numbers. */
static int number_texts(const struct chosen *chosen, const uint8_t *levels,
                        struct sts__bytes *bytes, uint32_t *ret_ids)
{
    struct sts__strtab texts;
    int r = 0;

    sts__strtab_init(&texts);
    for (size_t i = 0; r == 0 && i < chosen->count; i++) {
        compose(chosen->groups, chosen->ids[i], levels[i], bytes);
        r = bytes->status;
        if (r == 0)
            r = sts__strtab_add(&texts, bytes->data == NULL ? "" : bytes->data, bytes->len,
                                &ret_ids[i]);
    }
    sts__strtab_deinit(&texts);
    return r;
}

/* Where columns have the same text, all of them go on to the next level, until none have. */
static int choose_levels(const struct chosen *chosen, uint8_t *levels, struct sts__bytes *bytes)
{
    uint32_t *ids = sts__alloc_array(chosen->count, sizeof(*ids));
    uint32_t *uses = sts__alloc_array(chosen->count, sizeof(*uses));
    bool changed = true;
    int r = ids == NULL || uses == NULL ? STS_E_NOMEM : 0;

    while (r == 0 && changed) {
        changed = false;
        r = number_texts(chosen, levels, bytes, ids);
        for (size_t i = 0; r == 0 && i < chosen->count; i++)
            uses[i] = 0;
        for (size_t i = 0; r == 0 && i < chosen->count; i++)
            uses[ids[i]]++;
        for (size_t i = 0; r == 0 && i < chosen->count; i++) {
            if (uses[ids[i]] > 1 && levels[i] < DETAIL_COUNT) {
                levels[i]++;
                changed = true;
            }
        }
    }
    free(ids);
    free(uses);
    return r;
}

static const char *text_of(const struct sts__bytes *bytes)
{
    return bytes->data == NULL ? "" : bytes->data;
}

/* Two pairs can read alike ("a, b" with "c", "a" with "b, c"): the later one is numbered. */
static int make_unique(struct sts__strtab *names, struct sts__bytes *name)
{
    char number[STS_NUM_TEXT_BYTES];
    size_t count = names->entry_count, len = name->len;
    uint32_t id = 0;

    for (uint64_t n = 2;; n++) {
        int r = name->status;
        if (r == 0)
            r = sts__strtab_add(names, text_of(name), name->len, &id);
        if (r < 0 || id == count)
            return r;
        name->len = len;
        sts__bytes_append_text(name, " #");
        sts__bytes_append(name, number, sts__num_u64(number, n));
    }
}

static int set_texts(const struct chosen *chosen, const uint8_t *levels, struct sts__bytes *name,
                     sts__label_set_fn set, void *context)
{
    struct sts__strtab names;
    struct sts__bytes label;
    int r = 0;

    sts__strtab_init(&names);
    sts__bytes_init(&label, name->max);
    for (size_t i = 0; r == 0 && i < chosen->count; i++) {
        compose(chosen->groups, chosen->ids[i], DETAIL_COUNT, name);
        r = make_unique(&names, name);
        if (r == 0 && levels[i] < DETAIL_COUNT) {
            compose(chosen->groups, chosen->ids[i], levels[i], &label);
            r = label.status;
        }
        if (r == 0)
            r = set(context, i, text_of(name),
                    levels[i] < DETAIL_COUNT ? text_of(&label) : text_of(name));
    }
    sts__strtab_deinit(&names);
    sts__bytes_deinit(&label);
    return r;
}

int sts__label_groups(const struct sts__groups *groups, const uint32_t *ids, size_t count,
                      sts__label_set_fn set, void *context, struct sts_error *err)
{
    const struct chosen chosen = { groups, ids, count };
    uint8_t *levels = sts__alloc_array(count, sizeof(*levels));
    struct sts__bytes bytes;
    int r;

    if (levels == NULL)
        return sts__fail_nomem(err);
    sts__bytes_init(&bytes, STS__NAME_BYTES_MAX);
    r = choose_levels(&chosen, levels, &bytes);
    if (r == 0)
        r = set_texts(&chosen, levels, &bytes, set, context);
    sts__bytes_deinit(&bytes);
    free(levels);
    if (r == STS_E_LIMIT)
        return sts__fail(err, STS_E_LIMIT, "the name of a group is longer than %zu bytes",
                         STS_TEXT_BYTES_MAX);
    return r < 0 ? sts__fail_nomem(err) : 0;
}

static int set_column(void *series, size_t i, const char *name, const char *label)
{
    return sts__series_set_column(series, i, name, label);
}

int sts__label_columns(struct sts_series *series, const struct sts_query *query,
                       const struct sts__ranking *ranking, struct sts_error *err)
{
    return sts__label_groups(&query->groups, ranking->groups, ranking->count, set_column, series,
                             err);
}
