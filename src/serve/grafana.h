/* SPDX-License-Identifier: MIT */
/*
 * grafana.h - what Grafana's JSON data sources ask.
 *
 * Source: the README of simpod-json-datasource and of grafana-simple-json-datasource; docs/api.md.
 */
#ifndef STS_SERVE_GRAFANA_H
#define STS_SERVE_GRAFANA_H

#include <statslice/error.h>

#include "base/strtab.h"

#define STS__GRAFANA_BYTES_MAX   ((size_t)1 << 20)
#define STS__GRAFANA_TARGETS_MAX ((size_t)26) /* Grafana names them A to Z */
#define STS__GRAFANA_OPTIONS_MAX ((size_t)64) /* of one target */
#define STS__GRAFANA_POINTS_MAX  UINT64_C(5000)

struct sts__grafana_option {
    const char *name, *value;
};

struct sts__grafana_options {
    struct sts__grafana_option items[STS__GRAFANA_OPTIONS_MAX];
    size_t count;
};

/* One query of a panel. */
struct sts__grafana_target {
    const char *ref_id; /* "A", or NULL */
    const char *target; /* "tottime"; "metric=ncalls&by=name" */
    bool is_table, is_hidden;
    struct sts__grafana_options options; /* of its payload */
};

/* The members that matter of any request. */
struct sts__grafana {
    struct sts__strtab texts; /* all that is borrowed here */
    const char *from, *to;    /* RFC 3339, or NULL */
    uint64_t interval_ms, points_max; /* 0: not told */
    struct sts__grafana_target targets[STS__GRAFANA_TARGETS_MAX];
    size_t target_count;
    struct sts__grafana_options filters; /* options where, function and match */
    const char *key;    /* of tag-values */
    const char *target; /* of search and variable */
    const char *name;   /* of metric-payload-options */
};

/*
 * sts__grafana_read - take it from the body of a request.
 *
 * Errors: STS_E_USAGE (also for what is no JSON), STS_E_LIMIT, STS_E_NOMEM.
 * Memory: sts__grafana_deinit, also after a failure.
 */
STS_MUST_CHECK int sts__grafana_read(struct sts__grafana *grafana, const char *body, size_t len,
                                     struct sts_error *err);
void sts__grafana_deinit(struct sts__grafana *grafana);

#endif
