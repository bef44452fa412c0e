/* SPDX-License-Identifier: MIT */
/*
 * store_lanes.h - the series of a store that are asked for, and which of them are summed together.
 */
#ifndef STS_QUERY_STORE_LANES_H
#define STS_QUERY_STORE_LANES_H

#include <statslice/scan.h>

#include "base/idmap.h"
#include "base/strtab.h"
#include "query/query.h"

struct sts_store_list;
struct sts_store_series;

/* Series whose labels are the same, as far as groups are made of labels. */
struct sts__store_lane {
    const char *labels[STS__BY_PARTS]; /* borrowed from the list */
    bool is_imported;                  /* of STS_ENGINE_IMPORT */
};

/* Zeroed: none. */
struct sts__store_lanes {
    struct sts_store_list *list;           /* owned */
    const struct sts_store_series *series; /* of the list, all of them */
    size_t listed_count;
    uint32_t *lane_of; /* by series id: a lane, or STS_SCAN_SKIP; owned */
    size_t series_count;
    struct sts__store_lane *items; /* owned */
    size_t count, cap;
    struct sts__strtab values; /* of labels, to tell lanes apart */
    struct sts__idmap by_labels;
    struct sts__range known; /* of the series that are asked for; empty where there are none */
};

/*
 * sts__store_lanes_open - choose the series that a filter lets through.
 *
 * by:     what lanes differ in; NULL: every series is a lane, numbered as in the list.
 * Errors: STS_E_NOMEM, STS_E_IO, STS_E_FORMAT; STS_E_LIMIT of a regex. Deinit also then.
 */
STS_MUST_CHECK int sts__store_lanes_open(struct sts__store_lanes *lanes, struct sts_store *store,
                                         const struct sts__filter *filter, const struct sts__by *by,
                                         struct sts_error *err);
void sts__store_lanes_deinit(struct sts__store_lanes *lanes);

/* sts__store_lanes_check_times - Errors: STS_E_LIMIT where a profile's time cannot be told. */
STS_MUST_CHECK int sts__store_lanes_check_times(const struct sts__store_lanes *lanes,
                                                struct sts_error *err);

/* sts__store_lanes_scan_by - which moment of a profile decides, as a scan says it. */
enum sts_scan_by sts__store_lanes_scan_by(const struct sts__plan *plan);

#endif
