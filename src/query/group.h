/* SPDX-License-Identifier: MIT */
/*
 * group.h - which column a function's figures are added to.
 */
#ifndef STS_QUERY_GROUP_H
#define STS_QUERY_GROUP_H

#include <statslice/profile.h>

#include "base/bytes.h"
#include "base/idmap.h"
#include "base/strtab.h"
#include "query/symbol_maps.h"

struct sts__filter;

#define STS__GROUPS_MAX   ((size_t)1 << 24)
#define STS__BY_PARTS     2                /* "label:service,function" */
#define STS__GROUP_OUT    UINT32_MAX       /* a function that a filter leaves out */
#define STS__GROUP_UNSEEN (UINT32_MAX - 1) /* a function that was not looked at yet */
#define STS__NOBODY       "(no caller)"    /* name of the group of what has no function */

enum sts__by_kind {
    STS__BY_FUNCTION,
    STS__BY_NAME,
    STS__BY_FILE,
    STS__BY_MODULE,
    STS__BY_PACKAGE,
    STS__BY_LABEL,
};

/* What columns are: as asked for. */
struct sts__by {
    char *text; /* owned: "label:service,function" */
    size_t part_count;
    enum sts__by_kind kinds[STS__BY_PARTS];
    const char *keys[STS__BY_PARTS]; /* of labels; into key_text */
    char *key_text;                  /* owned */
};

/*
 * sts__by_parse - take it from a text. by is zeroed, or an older one, which is replaced.
 *
 * Errors: STS_E_USAGE, STS_E_NOMEM; by is unchanged then.
 */
STS_MUST_CHECK int sts__by_parse(struct sts__by *by, const char *text, struct sts_error *err);
void sts__by_deinit(struct sts__by *by);

/* One part of a group: its texts. */
struct sts__part {
    uint32_t name; /* whole */
    uint32_t bare; /* without the file */
    uint32_t file; /* STS__NO_FILE where it has none */
    int32_t line;  /* STS__NO_LINE where it does not tell functions apart */
};

#define STS__NO_FILE UINT32_MAX
#define STS__NO_LINE INT32_MIN

/* All values that one part of the groups takes. */
struct sts__parts {
    struct sts__strtab texts;
    struct sts__idmap by_name; /* text id of the whole name to part */
    struct sts__part *parts;
    size_t count, cap;
};

struct sts__groups {
    const struct sts__by *by;
    const struct sts__filter *filter;
    struct sts__parts parts[STS__BY_PARTS];
    struct sts__idmap pairs; /* (part, part) to group, where two are asked for */
    uint64_t *pair_keys;     /* by group */
    struct sts__bytes text;  /* in the making */
    size_t pair_count, pair_cap;
    struct sts__symbol_maps maps; /* by function, a group or part, or one of the values above */
    struct sts_symbols *out;      /* functions that the filter leaves out; NULL: none */
    uint32_t nobody;              /* as an entry of maps, of what has no function ... */
    uint32_t nobody_parts[STS__BY_PARTS]; /* ... and its parts, where they are no labels */
};

/* by, filter: borrowed as long as the groups are used. */
void sts__groups_init(struct sts__groups *groups, const struct sts__by *by,
                      const struct sts__filter *filter);
void sts__groups_deinit(struct sts__groups *groups);

size_t sts__groups_count(const struct sts__groups *groups);

/* sts__groups_leave_out - a function that was asked for, and that the filter leaves out. */
STS_MUST_CHECK int sts__groups_leave_out(struct sts__groups *groups,
                                         const struct sts_function *function,
                                         struct sts_error *err);

/* sts__groups_out_count - different functions that were asked for and left out by the filter. */
size_t sts__groups_out_count(const struct sts__groups *groups);

/* What is the same for all rows of one profile. */
struct sts__group_view {
    struct sts__groups *groups;
    struct sts__symbol_map *map;
    uint32_t labels[STS__BY_PARTS]; /* parts that its labels are */
};

/*
 * sts__groups_view - look at rows of one table of symbols and one set of labels.
 *
 * labels: by part of the groups, the value where the part is a label, or NULL where there is none.
 * Valid until the next view.   Errors: STS_E_NOMEM, STS_E_LIMIT.
 */
STS_MUST_CHECK int sts__groups_view(struct sts__groups *groups, struct sts_symbols *symbols,
                                    const char *const labels[STS__BY_PARTS],
                                    struct sts__group_view *ret_view, struct sts_error *err);

/* sts__groups_labels - the values of a profile that its groups are made of; borrowed from it. */
void sts__groups_labels(const struct sts__groups *groups, const struct sts_profile *profile,
                        const char *ret_labels[STS__BY_PARTS]);

/*
 * sts__group_view_find - the group of a function, or STS__GROUP_OUT.
 *
 * Errors: STS_E_NOMEM, STS_E_LIMIT.
 */
STS_MUST_CHECK int sts__group_view_find(struct sts__group_view *view, uint32_t function_id,
                                        uint32_t *ret_group, struct sts_error *err);

/*
 * sts__group_view_nobody - the group of what has no function, or STS__GROUP_OUT.
 * sts__groups_is_nobody - whether a group is one of those.
 *
 * It is STS__NOBODY, beside labels where they are a part of the groups. Errors: as above.
 */
STS_MUST_CHECK int sts__group_view_nobody(struct sts__group_view *view, uint32_t *ret_group,
                                          struct sts_error *err);
bool sts__groups_is_nobody(const struct sts__groups *groups, uint32_t group);

/* sts__groups_part - the texts of one of a group's parts. */
const struct sts__part *sts__groups_part(const struct sts__groups *groups, uint32_t group,
                                         size_t part);
const char *sts__groups_text(const struct sts__groups *groups, size_t part, uint32_t text);

/* sts__groups_compare - by name, as strcmp. */
int sts__groups_compare(const struct sts__groups *groups, uint32_t left, uint32_t right);

#endif
