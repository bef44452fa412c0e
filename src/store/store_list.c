/* SPDX-License-Identifier: MIT */
/*
 * store_list.c - what a store holds: series, and what there is of each service at each level.
 *
 * Why:  read from tables that writers keep in step with the chunks, so that it takes as long as the
 *       answer is, not as long as the store is.
 */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/schema.h"
#include "store/sqlite.h"
#include "store/store.h"

#define SERIES_MAX ((size_t)1 << 24)

struct sts_store_list {
    struct sts__strtab services;
    struct sts_store_series *series;
    struct sts__about *labels; /* by series */
    size_t series_count, series_cap, labels_cap;
    struct sts_store_level *levels;
    size_t level_count, level_cap;
    uint64_t n_functions, n_bytes;
};

void sts_store_list_close(struct sts_store_list *list)
{
    if (list == NULL)
        return;
    for (size_t i = 0; i < list->series_count; i++)
        sts__about_deinit(&list->labels[i]);
    sts__strtab_deinit(&list->services);
    free(list->series);
    free(list->labels);
    free(list->levels);
    free(list);
}

/* A service's name, kept by the list. */
static int keep_service(struct sts_store_list *list, struct sts__stmt *stmt, int column,
                        const char **ret_name, struct sts_error *err)
{
    const char *name = sts__stmt_text(stmt, column);
    uint32_t id;

    if (name == NULL || sts__strtab_add(&list->services, name, strlen(name), &id) < 0)
        return sts__fail_nomem(err);
    *ret_name = sts__strtab_text(&list->services, id);
    return 0;
}

static int add_series(struct sts_store_list *list, struct sts__stmt *stmt, struct sts_error *err)
{
    struct sts_store_series *series;
    struct sts__about *about;
    size_t len;
    const uint8_t *data;
    int r;

    if (sts__grow(&list->series, &list->series_cap, list->series_count + 1, sizeof(*list->series),
                  SERIES_MAX) < 0 ||
        sts__grow(&list->labels, &list->labels_cap, list->series_count + 1, sizeof(*list->labels),
                  SERIES_MAX) < 0)
        return sts__fail_nomem(err);
    series = &list->series[list->series_count];
    about = &list->labels[list->series_count++];
    sts__about_init(about);
    *series = (struct sts_store_series){
        .id = (uint32_t)sts__stmt_i64(stmt, 0),
        .n_profiles = (uint64_t)sts__stmt_i64(stmt, 3),
        .first_ns = sts__stmt_i64(stmt, 4),
        .last_ns = sts__stmt_i64(stmt, 5),
    };
    r = keep_service(list, stmt, 1, &series->service, err);
    if (r < 0)
        return r;
    data = sts__stmt_blob(stmt, 2, &len);
    if (data == NULL)
        return sts__fail_nomem(err);
    r = sts__about_unpack(about, data, len, err);
    series->engine = about->engine;
    series->clock = about->clock;
    series->label_count = about->label_count;
    return r;
}

static int add_level(struct sts_store_list *list, struct sts__stmt *stmt, struct sts_error *err)
{
    struct sts_store_level *level;

    if (sts__grow(&list->levels, &list->level_cap, list->level_count + 1, sizeof(*list->levels),
                  SERIES_MAX) < 0)
        return sts__fail_nomem(err);
    level = &list->levels[list->level_count++];
    *level = (struct sts_store_level){
        .level = (unsigned)sts__stmt_i64(stmt, 1),
        .n_chunks = (uint64_t)sts__stmt_i64(stmt, 2),
        .n_profiles = (uint64_t)sts__stmt_i64(stmt, 3),
        .n_rows = (uint64_t)sts__stmt_i64(stmt, 4),
        .n_edges = (uint64_t)sts__stmt_i64(stmt, 5),
        .n_bytes = (uint64_t)sts__stmt_i64(stmt, 6),
    };
    return keep_service(list, stmt, 0, &level->service, err);
}

static int add_functions(struct sts_store_list *list, struct sts__stmt *stmt, struct sts_error *err)
{
    (void)err;
    list->n_functions = (uint64_t)sts__stmt_i64(stmt, 0);
    return 0;
}

/* The series first. */
static const struct {
    const char *sql;
    int (*add)(struct sts_store_list *list, struct sts__stmt *stmt, struct sts_error *err);
} tables[] = {
    { "SELECT labelset.id, service.name, about, profile_count, first_ns, last_ns"
      " FROM labelset JOIN service ON service.id = service_id WHERE profile_count > 0"
      " ORDER BY service.name, labelset.id",
      add_series },
    { "SELECT service.name, level, chunk_count, profile_count, row_count, edge_count, byte_count"
      " FROM total JOIN service ON service.id = service_id ORDER BY service.name, level",
      add_level },
    { "SELECT first_id + count FROM names ORDER BY first_id DESC LIMIT 1", add_functions },
};

#define TABLES (sizeof(tables) / sizeof(*tables))

static int read_tables(struct sts_store_list *list, struct sts__db *db, size_t count,
                       struct sts_error *err)
{
    int r = 0;

    for (size_t i = 0; i < count && r == 0; i++) {
        struct sts__stmt *stmt;
        r = sts__db_stmt(db, tables[i].sql, &stmt, err);
        if (r < 0)
            break;
        while ((r = sts__stmt_step(stmt, err)) > 0) {
            r = tables[i].add(list, stmt, err);
            if (r < 0)
                break;
        }
        sts__stmt_reset(stmt);
    }
    return r;
}

/* The arrays do not move any more. */
static void point_at_labels(struct sts_store_list *list)
{
    for (size_t i = 0; i < list->series_count; i++) {
        list->series[i].label_keys = list->labels[i].keys;
        list->series[i].label_values = list->labels[i].values;
    }
}

static int open_list(struct sts_store *store, bool series_only, struct sts_store_list **ret_list,
                     struct sts_error *err)
{
    struct sts_store_list *list = NULL;
    int r = sts__store_take(store, err);

    if (r < 0)
        return r;
    list = calloc(1, sizeof(*list));
    if (list == NULL)
        return sts__fail_nomem(err);
    sts__strtab_init(&list->services);
    r = sts__db_begin_read(store->db, err);
    if (r == 0)
        r = read_tables(list, store->db, series_only ? 1 : TABLES, err);
    if (r == 0 && !series_only)
        r = sts__db_bytes(store->db, &list->n_bytes, err);
    if (r == 0)
        r = sts__db_check_still(store->db, err);
    sts__db_rollback(store->db);
    if (r < 0) {
        sts_store_list_close(list);
        return r;
    }
    point_at_labels(list);
    *ret_list = list;
    return 0;
}

int sts_store_list_open(struct sts_store *store, struct sts_store_list **ret_list,
                        struct sts_error *err)
{
    return open_list(store, false, ret_list, err);
}

int sts_store_list_open_series(struct sts_store *store, struct sts_store_list **ret_list,
                               struct sts_error *err)
{
    return open_list(store, true, ret_list, err);
}

const struct sts_store_series *sts_store_list_series(const struct sts_store_list *list,
                                                     size_t *ret_count)
{
    *ret_count = list->series_count;
    return list->series;
}

const struct sts_store_level *sts_store_list_levels(const struct sts_store_list *list,
                                                    size_t *ret_count)
{
    *ret_count = list->level_count;
    return list->levels;
}

uint64_t sts_store_list_functions(const struct sts_store_list *list)
{
    return list->n_functions;
}

uint64_t sts_store_list_bytes(const struct sts_store_list *list)
{
    return list->n_bytes;
}

int sts_store_generation(struct sts_store *store, int64_t *ret_generation, struct sts_error *err)
{
    int64_t generation = 0;
    int r = sts__store_take(store, err);

    if (r == 0)
        r = sts__meta_get(store->db, "generation", &generation, err);
    if (r < 0)
        return r;
    *ret_generation = generation; /* 0: nothing was ever stored */
    return 0;
}
