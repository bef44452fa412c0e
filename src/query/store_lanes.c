/* SPDX-License-Identifier: MIT */
/*
 * store_lanes.c - the series of a store that are asked for, and which of them are summed together.
 *
 * Why:  a filter of labels, and groups that are made of labels, are settled once a series: a scan
 *       needs no labels.
 */
#include "query/store_lanes.h"

#include <stdlib.h>
#include <string.h>

#include <statslice/profile.h>
#include <statslice/store.h>

#include "base/fail.h"
#include "base/mem.h"

void sts__store_lanes_deinit(struct sts__store_lanes *lanes)
{
    sts_store_list_close(lanes->list);
    free(lanes->lane_of);
    free(lanes->items);
    sts__strtab_deinit(&lanes->values);
    sts__idmap_deinit(&lanes->by_labels);
    memset(lanes, 0, sizeof(*lanes));
}

/* One number for all labels that matter; no value and an empty one differ. */
static int key_of(struct sts__store_lanes *lanes, const struct sts__store_lane *lane,
                  uint64_t *ret_key)
{
    uint32_t ids[STS__BY_PARTS] = { INT32_MAX, INT32_MAX };

    for (size_t i = 0; i < STS__BY_PARTS; i++) {
        const char *label = lane->labels[i];
        if (label != NULL && sts__strtab_add(&lanes->values, label, strlen(label), &ids[i]) < 0)
            return STS_E_NOMEM;
    }
    *ret_key = (uint64_t)lane->is_imported << 63 | (uint64_t)ids[0] << 32 | ids[1];
    return 0;
}

static int find_lane(struct sts__store_lanes *lanes, const struct sts__store_lane *lane,
                     uint32_t *ret_lane)
{
    uint64_t key;
    uint32_t *place;

    if (key_of(lanes, lane, &key) < 0)
        return STS_E_NOMEM;
    place = sts__idmap_at(&lanes->by_labels, key);
    if (place == NULL)
        return STS_E_NOMEM;
    if (*place == STS_IDMAP_NONE) {
        if (sts__grow(&lanes->items, &lanes->cap, lanes->count + 1, sizeof(*lanes->items),
                      UINT32_MAX - 1) < 0)
            return STS_E_NOMEM;
        lanes->items[lanes->count] = *lane;
        *place = (uint32_t)lanes->count++;
    }
    *ret_lane = *place;
    return 0;
}

int sts__store_lanes_check_times(const struct sts__store_lanes *lanes, struct sts_error *err)
{
    const struct sts__range *known = &lanes->known;

    if (known->begin_ns > known->end_ns ||
        (known->begin_ns >= STS__TIME_MIN_NS && known->end_ns <= STS__TIME_MAX_NS))
        return 0;
    return sts__fail(err, STS_E_LIMIT, "a profile's time is not within the years that can be told");
}

/* The labels as a profile has them, so that a filter can look at them. */
static int set_labels(struct sts_profile *profile, const struct sts_store_series *series,
                      struct sts_error *err)
{
    int r = 0;

    sts_profile_clear(profile);
    for (size_t i = 0; r == 0 && i < series->label_count; i++)
        r = sts_profile_set_label(profile, series->label_keys[i], series->label_values[i], err);
    return r;
}

static void choose_one(struct sts__store_lanes *lanes, const struct sts_store_series *series,
                       uint32_t lane)
{
    bool is_first = lanes->known.begin_ns > lanes->known.end_ns;

    lanes->lane_of[series->id] = lane;
    if (is_first || series->first_ns < lanes->known.begin_ns)
        lanes->known.begin_ns = series->first_ns;
    if (is_first || series->last_ns > lanes->known.end_ns)
        lanes->known.end_ns = series->last_ns;
}

/* The value of a label, borrowed from the list. */
static const char *label_of(const struct sts_store_series *series, const char *key)
{
    for (size_t i = 0; key != NULL && i < series->label_count; i++)
        if (strcmp(series->label_keys[i], key) == 0)
            return series->label_values[i];
    return NULL;
}

static int choose_lane(struct sts__store_lanes *lanes, const struct sts_store_series *series,
                       const struct sts__by *by, struct sts_error *err)
{
    struct sts__store_lane lane = { { NULL }, series->engine == STS_ENGINE_IMPORT };
    uint32_t number = (uint32_t)(series - lanes->series);

    for (size_t i = 0; by != NULL && i < by->part_count; i++)
        if (by->kinds[i] == STS__BY_LABEL)
            lane.labels[i] = label_of(series, by->keys[i]);
    if (by != NULL && find_lane(lanes, &lane, &number) < 0)
        return sts__fail_nomem(err);
    choose_one(lanes, series, number);
    return 0;
}

static int make_room(struct sts__store_lanes *lanes, struct sts_error *err)
{
    for (size_t i = 0; i < lanes->listed_count; i++)
        if (lanes->series[i].id >= lanes->series_count)
            lanes->series_count = (size_t)lanes->series[i].id + 1;
    lanes->lane_of = sts__alloc_array(lanes->series_count, sizeof(*lanes->lane_of));
    if (lanes->lane_of == NULL)
        return sts__fail_nomem(err);
    for (size_t i = 0; i < lanes->series_count; i++)
        lanes->lane_of[i] = STS_SCAN_SKIP;
    return 0;
}

static int choose_series(struct sts__store_lanes *lanes, const struct sts__filter *filter,
                         const struct sts__by *by, struct sts_error *err)
{
    struct sts_profile *profile = sts_profile_new(NULL);
    int r = profile == NULL ? sts__fail_nomem(err) : make_room(lanes, err);

    for (size_t i = 0; r == 0 && i < lanes->listed_count; i++) {
        r = set_labels(profile, &lanes->series[i], err);
        if (r == 0)
            r = sts__filter_profile(filter, profile, err);
        if (r > 0)
            r = choose_lane(lanes, &lanes->series[i], by, err);
    }
    sts_profile_free(profile);
    return r;
}

int sts__store_lanes_open(struct sts__store_lanes *lanes, struct sts_store *store,
                          const struct sts__filter *filter, const struct sts__by *by,
                          struct sts_error *err)
{
    int r;

    memset(lanes, 0, sizeof(*lanes));
    lanes->known = (struct sts__range){ 1, 0 };
    sts__strtab_init(&lanes->values);
    sts__idmap_init(&lanes->by_labels);
    r = sts_store_list_open_series(store, &lanes->list, err);
    if (r < 0)
        return r;
    lanes->series = sts_store_list_series(lanes->list, &lanes->listed_count);
    return choose_series(lanes, filter, by, err);
}

enum sts_scan_by sts__store_lanes_scan_by(const struct sts__plan *plan)
{
    static const enum sts_scan_by ways[] = {
        [STS__ATTRIBUTION_SPREAD] = STS_SCAN_BY_SPAN,
        [STS__ATTRIBUTION_END] = STS_SCAN_BY_END,
        [STS__ATTRIBUTION_START] = STS_SCAN_BY_BEGIN,
    };

    return ways[plan->attribution];
}
