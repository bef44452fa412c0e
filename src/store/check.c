/* SPDX-License-Identifier: MIT */
/*
 * check.c - look at all that a store holds, and tell what is damaged.
 *
 * How:  the pages by SQLite's own check, which reads each one past its sum; the names; each chunk
 *       with all its parts, unpacked to the last figure; and whether what the tables say of each
 *       other fits. It goes on behind what is damaged.
 */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/chunk_rows.h"
#include "store/intervals.h"
#include "store/sqlite.h"
#include "store/store.h"

#define CHUNKS_MAX    ((size_t)1 << 26)
#define ROWS_AT_ONCE  4096u
#define PROBLEMS_TEXT "100" /* of SQLite's own check */

struct checking {
    struct sts__db *db;
    sts_store_damage_fn visit;
    void *context;
    struct sts_store_check *found;
};

static int tell(struct checking *checking, struct sts_store_damage damage, struct sts_error *err)
{
    checking->found->n_damaged++;
    if (checking->visit != NULL && checking->visit(checking->context, &damage) < 0)
        return sts__fail(err, STS_E_CANCELLED, "stopped");
    return 0;
}

static int tell_text(struct checking *checking, const char *text, struct sts_error *err)
{
    return tell(checking, (struct sts_store_damage){ .text = text }, err);
}

/* Whether the check can go on behind a failure. */
static bool is_damage(int r)
{
    return r == STS_E_FORMAT || r == STS_E_IO || r == STS_E_LIMIT;
}

/* --- pages and tables --- */

/* Each row that a statement gives is a problem, in words. */
static int tell_rows(struct checking *checking, const char *sql, struct sts_error *err)
{
    struct sts_error failure = { .sys_errno = 0 };
    struct sts__stmt *stmt;
    int r = sts__db_stmt(checking->db, sql, &stmt, &failure), told = 0;

    while (r >= 0 && told == 0 && (r = sts__stmt_step(stmt, &failure)) > 0) {
        const char *text = sts__stmt_text(stmt, 0);
        if (text != NULL && strcmp(text, "ok") != 0)
            told = tell_text(checking, text, err);
    }
    if (told < 0) {
        sts__stmt_reset(stmt);
        return told;
    }
    if (is_damage(r))
        return tell_text(checking, failure.text, err);
    if (r < 0 && err != NULL)
        *err = failure;
    return r;
}

static const char *const questions[] = {
    "PRAGMA integrity_check(" PROBLEMS_TEXT ")",
    "SELECT 'part ' || id || ' is of no chunk' FROM part"
    " WHERE NOT EXISTS (SELECT 1 FROM chunk WHERE chunk.id = part.id / 32)",
    "SELECT 'the sums of service ' || t.service_id || ', level ' || t.level || ' are wrong'"
    " FROM total AS t LEFT JOIN (SELECT service_id, level, count(*) AS n, sum(row_count) AS rows,"
    " sum(profile_count) AS profiles FROM chunk GROUP BY service_id, level) AS c"
    " USING (service_id, level) WHERE t.chunk_count IS NOT c.n OR t.row_count IS NOT c.rows"
    " OR t.profile_count IS NOT c.profiles",
    /* Chunks tell of how many profiles they are; where retention let some go, nothing is known. */
    "SELECT 'the sums of service ' || service_id || ', level ' || level || ' are of ' ||"
    " sum(of_sums) || ' profiles, not of ' || sum(of_raw) FROM"
    " (SELECT service_id, level, raw_count AS of_sums, 0 AS of_raw FROM chunk WHERE level > 0"
    " UNION ALL SELECT service_id, higher.level, 0, profile_count FROM chunk"
    " JOIN (SELECT 1 AS level UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4) AS higher"
    " ON higher.level >= span_class WHERE chunk.level = 0 AND rolled = 1)"
    " WHERE NOT EXISTS (SELECT 1 FROM meta WHERE name = 'gone.' || level"
    " OR (name LIKE 'gone.raw.%' AND CAST(substr(name, 10) AS INTEGER) <= level))"
    " GROUP BY service_id, level HAVING sum(of_sums) <> sum(of_raw)",
    "SELECT 'chunk ' || id || ' is of no service' FROM chunk"
    " WHERE NOT EXISTS (SELECT 1 FROM service WHERE service.id = chunk.service_id)",
};

/* --- chunks --- */

struct chunk_place {
    int64_t id, begin_ns, end_ns;
    unsigned level;
    size_t profile_count, row_count, edge_count;
    char service[64];
};

struct places {
    struct chunk_place *items;
    size_t count, cap;
};

static int list_places(struct sts__db *db, struct places *places, struct sts_error *err)
{
    struct sts__stmt *stmt;
    int r = sts__db_stmt(db,
                         "SELECT chunk.id, level, begin_ns, end_ns, profile_count, row_count,"
                         " edge_count, service.name FROM chunk LEFT JOIN service"
                         " ON service.id = service_id ORDER BY chunk.id",
                         &stmt, err);

    while (r >= 0 && (r = sts__stmt_step(stmt, err)) > 0) {
        struct chunk_place *place;
        const char *service = sts__stmt_text(stmt, 7);
        if (sts__grow(&places->items, &places->cap, places->count + 1, sizeof(*places->items),
                      CHUNKS_MAX) < 0) {
            sts__stmt_reset(stmt);
            return sts__fail_nomem(err);
        }
        place = &places->items[places->count++];
        *place = (struct chunk_place){
            .id = sts__stmt_i64(stmt, 0),
            .level = (unsigned)sts__stmt_i64(stmt, 1),
            .begin_ns = sts__stmt_i64(stmt, 2),
            .end_ns = sts__stmt_i64(stmt, 3),
            .profile_count = (size_t)sts__stmt_i64(stmt, 4),
            .row_count = (size_t)sts__stmt_i64(stmt, 5),
            .edge_count = (size_t)sts__stmt_i64(stmt, 6),
        };
        if (service != NULL)
            strncpy(place->service, service, sizeof(place->service) - 1);
    }
    return r;
}

static int unpack_all(const struct sts__chunk_table *table, struct sts_error *err)
{
    int64_t values[ROWS_AT_ONCE];
    uint32_t count = sts__table_row_count(table);
    int r = 0;

    for (unsigned figure = 0; r == 0 && figure < STS__FIGURE_COUNT; figure++)
        for (uint32_t first = 0; r == 0 && first < count; first += ROWS_AT_ONCE)
            r = sts__table_figure(table, (enum sts__figure)figure, first,
                                  count - first < ROWS_AT_ONCE ? count - first : ROWS_AT_ONCE,
                                  values, err);
    return r;
}

static int compare_place(const struct chunk_place *place, const struct sts__chunk *chunk,
                         struct sts_error *err)
{
    int64_t begin_ns = INT64_MAX, end_ns = INT64_MIN;

    for (uint32_t i = 0; i < chunk->profile_count; i++) {
        begin_ns = chunk->begin_ns[i] < begin_ns ? chunk->begin_ns[i] : begin_ns;
        end_ns = chunk->end_ns[i] > end_ns ? chunk->end_ns[i] : end_ns;
    }
    if (chunk->profile_count != place->profile_count ||
        sts__table_row_count(&chunk->functions) != place->row_count ||
        sts__table_row_count(&chunk->edges) != place->edge_count || begin_ns != place->begin_ns ||
        end_ns != place->end_ns)
        return sts__fail(err, STS_E_FORMAT, "chunk %lld does not hold what its row tells",
                         (long long)place->id);
    return 0;
}

static int read_chunk(struct sts__db *db, const struct chunk_place *place,
                      struct sts__chunk_bytes *bytes, struct sts_error *err)
{
    struct sts__chunk chunk = { 0 };
    int r = sts__chunk_rows_read(db, place->id, place->level, bytes, &chunk, err);

    if (r == 0)
        r = compare_place(place, &chunk, err);
    if (r == 0)
        r = unpack_all(&chunk.functions, err);
    if (r == 0)
        r = unpack_all(&chunk.edges, err);
    sts__chunk_deinit(&chunk);
    return r;
}

static int check_chunks(struct checking *checking, const struct places *places,
                        sts_store_step_fn step, void *context, struct sts_error *err)
{
    struct sts__chunk_bytes bytes;
    int r = 0;

    sts__chunk_bytes_init(&bytes);
    for (size_t i = 0; r >= 0 && i < places->count; i++) {
        const struct chunk_place *place = &places->items[i];
        struct sts_error failure = { .sys_errno = 0 };
        r = read_chunk(checking->db, place, &bytes, &failure);
        checking->found->n_chunks++;
        checking->found->n_rows += place->row_count;
        if (is_damage(r))
            r = tell(checking,
                     (struct sts_store_damage){ place->id, place->service, place->level,
                                                place->begin_ns, place->end_ns, failure.text },
                     err);
        else if (r < 0 && err != NULL)
            *err = failure;
        if (r >= 0 && step != NULL && step(context, (double)(i + 1) / (double)places->count) < 0)
            r = sts__fail(err, STS_E_CANCELLED, "stopped");
    }
    sts__chunk_bytes_deinit(&bytes);
    return r < 0 ? r : 0;
}

int sts_store_check(struct sts_store *store, sts_store_damage_fn visit, sts_store_step_fn step,
                    void *context, struct sts_store_check *ret_found, struct sts_error *err)
{
    struct checking checking = { .visit = visit, .context = context, .found = ret_found };
    struct places places = { 0 };
    struct sts_error failure = { .sys_errno = 0 };
    int r = sts__store_take(store, err);

    if (r < 0)
        return r;
    checking.db = store->db;
    *ret_found = (struct sts_store_check){ 0 };
    for (size_t i = 0; r >= 0 && i < sizeof(questions) / sizeof(questions[0]); i++)
        r = tell_rows(&checking, questions[i], err);
    if (r >= 0) {
        r = list_places(store->db, &places, &failure);
        if (is_damage(r))
            r = tell_text(&checking, failure.text, err);
        else if (r < 0 && err != NULL)
            *err = failure;
    }
    if (r >= 0)
        r = check_chunks(&checking, &places, step, context, err);
    free(places.items);
    return r < 0 ? r : 0;
}
