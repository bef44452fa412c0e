/* SPDX-License-Identifier: MIT */
/*
 * chunk_list.c - which chunks a store has, before any of them is opened.
 */
#include "store/chunk_list.h"

#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/schema.h"
#include "store/sqlite.h"

#define CHUNKS_MAX ((size_t)1 << 28)

void sts__chunk_list_deinit(struct sts__chunk_list *list)
{
    free(list->items);
    *list = (struct sts__chunk_list){ 0 };
}

static int64_t less(int64_t a_ns, int64_t b_ns)
{
    int64_t difference;

    return __builtin_sub_overflow(a_ns, b_ns, &difference) ? INT64_MIN : difference;
}

static int add_row(struct sts__chunk_list *list, struct sts__stmt *stmt, unsigned level)
{
    int r = sts__grow(&list->items, &list->cap, list->count + 1, sizeof(*list->items), CHUNKS_MAX);

    if (r == 0)
        list->items[list->count++] = (struct sts__chunk_about){
            .id = sts__stmt_i64(stmt, 0),
            .service_id = sts__stmt_i64(stmt, 1),
            .level = level,
            .span_class = (unsigned)sts__stmt_i64(stmt, 2),
            .is_rolled = sts__stmt_i64(stmt, 3) != 0,
            .is_exact = sts__stmt_i64(stmt, 4) != 0,
            .begin_ns = sts__stmt_i64(stmt, 5),
            .end_ns = sts__stmt_i64(stmt, 6),
            .row_count = (size_t)sts__stmt_i64(stmt, 7),
        };
    return r;
}

int sts__chunk_list_add(struct sts__chunk_list *list, struct sts__db *db, unsigned level,
                        int64_t from_ns, int64_t to_ns, struct sts_error *err)
{
    static const char *const longest_names[STS__LEVELS] = { "longest.0", "longest.1", "longest.2",
                                                            "longest.3", "longest.4" };
    struct sts__stmt *stmt;
    int64_t longest_ns = 0;
    int r = sts__meta_get(db, longest_names[level], &longest_ns, err);

    if (r <= 0)
        return r; /* where nothing was told of, there is no chunk */
    r = sts__db_stmt(db,
                     "SELECT id, service_id, span_class, rolled, exact, begin_ns, end_ns, row_count"
                     " FROM chunk WHERE level = ? AND begin_ns < ? AND begin_ns >= ?"
                     " AND end_ns >= ? ORDER BY begin_ns",
                     &stmt, err);
    if (r < 0)
        return r;
    sts__stmt_bind_i64(stmt, 1, level);
    sts__stmt_bind_i64(stmt, 2, to_ns);
    sts__stmt_bind_i64(stmt, 3, less(from_ns, longest_ns));
    sts__stmt_bind_i64(stmt, 4, from_ns);
    while ((r = sts__stmt_step(stmt, err)) > 0) {
        if (add_row(list, stmt, level) < 0) {
            sts__stmt_reset(stmt);
            return sts__fail_nomem(err);
        }
    }
    return r;
}
