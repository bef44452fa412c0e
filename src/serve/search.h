/* SPDX-License-Identifier: MIT */
/*
 * search.h - a search as Elasticsearch's clients write it: conditions and aggregations.
 *
 * A document is a profile. What its functions did lies below it, as nested documents that stand
 * for their calls: a bucket of terms of functions counts calls.
 * Source: Elasticsearch's reference, "Search API", "Date histogram aggregation", "Terms
 *         aggregation", "Sum aggregation"; docs/api.md says what of it is there.
 */
#ifndef STS_SERVE_SEARCH_H
#define STS_SERVE_SEARCH_H

#include <statslice/series.h>

#include "base/strtab.h"

struct sts__zone;

#define STS__SEARCH_BYTES_MAX ((size_t)1 << 20)
#define STS__SEARCH_AGGS_MAX  ((size_t)64)
#define STS__SEARCH_TEXTS_MAX ((size_t)32) /* conditions of one kind */
#define STS__SEARCH_SIZE_MAX  ((size_t)65536)
#define STS__SEARCH_ZONES_MAX ((size_t)8)

/* What a name in a search stands for. */
enum sts__field_kind {
    STS__FIELD_TIME,     /* "@timestamp" */
    STS__FIELD_METRIC,   /* "tottime" */
    STS__FIELD_FUNCTION, /* "function", "name", "file", "module", "package" */
    STS__FIELD_LABEL,    /* any other */
};

struct sts__field {
    enum sts__field_kind kind;
    enum sts_metric metric;
    const char *text; /* of a function: as the option "by" has it; of a label: its key */
};

struct sts__field_name {
    const char *name, *type; /* "double": as a mapping has it */
    struct sts__field field;
};

/* sts__search_fields - all names but those of labels. sts__search_field - of one; NULL: a label. */
const struct sts__field_name *sts__search_fields(size_t *ret_count);
const struct sts__field *sts__search_field(const char *name);

enum sts__agg_kind { STS__AGG_DATE_HISTOGRAM, STS__AGG_TERMS, STS__AGG_SUM };

enum sts__order_by { STS__ORDER_COUNT, STS__ORDER_KEY, STS__ORDER_SUM };

struct sts__agg {
    const char *name;
    enum sts__agg_kind kind;
    struct sts__field field;
    struct sts__agg *parent, *first_child, *next; /* children in the order of the text */
    uint64_t min_doc_count;
    /* of a histogram */
    const char *interval;  /* as the option "slice" has it */
    int64_t fixed_ns;      /* 0: of the calendar */
    const char *zone_name; /* NULL: UTC */
    const struct sts__zone *zone;
    int64_t offset_ns;
    const char *format;                   /* of key_as_string; NULL: date and time */
    int64_t bounds_from_ns, bounds_to_ns; /* to be shown at least; INT64_MIN, INT64_MAX: none */
    /* of terms */
    size_t size;
    enum sts__order_by order_by;
    const char *order_name;       /* of STS__ORDER_SUM */
    const struct sts__agg *order; /* that it names */
    bool ascends;
};

struct sts__search {
    struct sts__strtab texts; /* all that is borrowed above and below */
    struct sts__zone *zones[STS__SEARCH_ZONES_MAX];
    size_t zone_count;
    int64_t now_ns;
    bool depends_on_now;
    int64_t from_ns, to_ns;                   /* INT64_MIN, INT64_MAX: open */
    bool is_empty;                            /* no document can hold */
    const char *where[STS__SEARCH_TEXTS_MAX]; /* as the option has them */
    size_t where_count;
    const char *functions[STS__SEARCH_TEXTS_MAX];
    size_t function_count;
    const char *match; /* regex, or NULL */
    bool has_function_condition;
    struct sts__agg aggs[STS__SEARCH_AGGS_MAX];
    size_t agg_count;
    struct sts__agg *first; /* of those without a parent */
    bool tracks_total;
};

/*
 * sts__search_read - take it from the body of a request; without one it is of all documents.
 *
 * Errors: STS_E_FORMAT (no JSON), STS_E_USAGE (something that is not there), STS_E_LIMIT,
 *         STS_E_NOMEM.
 * Memory: sts__search_deinit, also after a failure.
 */
STS_MUST_CHECK int sts__search_read(struct sts__search *search, const char *body, size_t len,
                                    int64_t now_ns, struct sts_error *err);
void sts__search_deinit(struct sts__search *search);

#endif
