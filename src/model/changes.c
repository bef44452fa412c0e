/* SPDX-License-Identifier: MIT */
/*
 * changes.c - two spans of time compared: what is asked of the answer.
 */
#include "model/changes.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/zone.h"

#define NS_PER_S 1e9

struct sts_diff *sts__diff_new(size_t row_count, const char *by, struct sts__zone *take_zone)
{
    struct sts_diff *diff = calloc(1, sizeof(*diff));

    if (diff == NULL) {
        sts__zone_free(take_zone);
        return NULL;
    }
    diff->zone = take_zone;
    diff->by = sts__copy_text(by, strlen(by));
    diff->rows = sts__alloc_array(row_count, sizeof(*diff->rows));
    diff->other.name = diff->other.label = "other";
    diff->total.name = diff->total.label = "total";
    if (diff->by == NULL || diff->rows == NULL) {
        sts_diff_free(diff);
        return NULL;
    }
    diff->row_count = row_count;
    return diff;
}

/* Texts of rows are const to callers, and ours. */
static void free_text(const char *text)
{
    free((void *)(uintptr_t)text);
}

void sts_diff_free(struct sts_diff *diff)
{
    if (diff == NULL)
        return;
    for (size_t i = 0; i < diff->row_count; i++) {
        free_text(diff->rows[i].name);
        free_text(diff->rows[i].label);
    }
    free(diff->rows);
    free(diff->by);
    sts__zone_free(diff->zone);
    free(diff);
}

int sts__diff_set_texts(struct sts_diff *diff, size_t row, const char *name, const char *label)
{
    diff->rows[row].name = sts__copy_text(name, strlen(name));
    diff->rows[row].label = sts__copy_text(label, strlen(label));
    return diff->rows[row].name == NULL || diff->rows[row].label == NULL ? STS_E_NOMEM : 0;
}

enum sts_metric sts_diff_metric(const struct sts_diff *diff)
{
    return diff->metric;
}

enum sts_diff_per sts_diff_per(const struct sts_diff *diff)
{
    return diff->per;
}

const char *sts_diff_per_name(enum sts_diff_per per)
{
    static const char *const names[] = {
        [STS_DIFF_PER_PROFILED] = "profiled",
        [STS_DIFF_PER_SPAN] = "span",
        [STS_DIFF_PER_TOTAL] = "total",
    };
    return names[per];
}

const char *sts_diff_by(const struct sts_diff *diff)
{
    return diff->by;
}

const char *sts_diff_zone(const struct sts_diff *diff)
{
    return sts__zone_name(diff->zone);
}

int32_t sts_diff_utc_offset_s(const struct sts_diff *diff, int64_t time_ns)
{
    return sts__zone_offset_s(diff->zone, time_ns);
}

bool sts_diff_is_nested(const struct sts_diff *diff)
{
    return diff->metric == STS_METRIC_CUMTIME;
}

const struct sts_diff_span *sts_diff_span(const struct sts_diff *diff, enum sts_diff_side side)
{
    return &diff->spans[side];
}

const char *sts_diff_state_name(enum sts_diff_state state)
{
    static const char *const names[] = {
        [STS_DIFF_BOTH] = "both", [STS_DIFF_ADDED] = "new", [STS_DIFF_GONE] = "gone"
    };
    return names[state];
}

size_t sts_diff_row_count(const struct sts_diff *diff)
{
    return diff->row_count;
}

const struct sts_diff_row *sts_diff_row(const struct sts_diff *diff, size_t i)
{
    assert(i < diff->row_count);
    return &diff->rows[i];
}

const struct sts_diff_row *sts_diff_other(const struct sts_diff *diff)
{
    return &diff->other;
}

const struct sts_diff_row *sts_diff_total(const struct sts_diff *diff)
{
    return &diff->total;
}

uint64_t sts_diff_group_count(const struct sts_diff *diff)
{
    return diff->group_count;
}

bool sts_diff_per_call(const struct sts_diff_figures *figures, double *ret_ns)
{
    if (figures->calls == 0)
        return false;
    *ret_ns = (double)figures->time_ns / (double)figures->calls;
    return true;
}

double sts_diff_calls(const struct sts_diff *diff, const struct sts_diff_row *row,
                      enum sts_diff_side side)
{
    double calls = (double)row->of[side].calls;

    if (diff->per == STS_DIFF_PER_TOTAL)
        return calls;
    return calls / ((double)diff->seconds_ns[side] / NS_PER_S);
}
