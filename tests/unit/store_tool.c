/* SPDX-License-Identifier: MIT */
/*
 * store_tool.c - a writer that can be killed, and a reader that looks at every byte; for the tests
 * of crashes.
 *
 * write STORE WRITER COMMITS PROFILES FUNCTIONS: profile n of "service=WRITER" spans 10 s from
 *   10 n s on; its function i has 1 + (7 n + 3 i) mod 1000 calls and as many ns, and calls i + 1.
 *   After each commit a line: commits so far, and how many ns it took.
 * read STORE: a line a service: its name, profiles, sum of calls, sum of ns, sum of calls of edges.
 *   A part that cannot be read is a line on standard error; the others are read on. Status 3 then.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/part.h"
#include "store/sqlite.h"
#include "store/store.h"

#define SECOND INT64_C(1000000000)

static int say(const struct sts_error *err)
{
    fprintf(stderr, "error: %s\n", err->text);
    return 1;
}

/* --- writing --- */

static int fill(struct sts_profile *profile, const char *writer, uint64_t n, uint64_t functions)
{
    uint32_t before = 0;

    sts_profile_clear(profile);
    sts_profile_set_span(profile, (int64_t)n * 10 * SECOND, (int64_t)(n + 1) * 10 * SECOND);
    if (sts_profile_set_label(profile, "service", writer, NULL) < 0)
        return -1;
    for (uint64_t i = 0; i < functions; i++) {
        char name[32];
        const struct sts_function function = { "app.py", name, NULL, (int32_t)i };
        const uint64_t calls = 1 + (7 * n + 3 * i) % 1000;
        const struct sts_figures figures = { calls, calls, (int64_t)calls, (int64_t)calls };
        uint32_t id;
        snprintf(name, sizeof(name), "f%" PRIu64, i);
        if (sts_symbols_add_function(sts_profile_symbols(profile), &function, &id, NULL) < 0 ||
            sts_profile_add(profile, id, &figures, NULL) < 0 ||
            (i > 0 && sts_profile_add_edge(profile, before, id, &figures, NULL) < 0))
            return -1;
        before = id;
    }
    return 0;
}

static int write_store(const char *path, const char *writer, uint64_t commits, uint64_t profiles,
                       uint64_t functions)
{
    struct sts_store_options options = STS_STORE_OPTIONS_INIT;
    struct sts_profile *profile = sts_profile_new(NULL);
    struct sts_store *store;
    struct sts_error err;

    options.creates = true;
    if (sts_store_open(path, &options, &store, &err) < 0)
        return say(&err);
    for (uint64_t done = 0; done < commits; done++) {
        int64_t begin_ns;
        for (uint64_t n = done * profiles; n < (done + 1) * profiles; n++)
            if (fill(profile, writer, n, functions) < 0 || sts_store_add(store, profile, &err) < 0)
                return say(&err);
        begin_ns = sts__clock_mono_ns();
        if (sts_store_commit(store, &err) < 0)
            return say(&err);
        printf("%" PRIu64 " %" PRId64 "\n", done + 1, sts__clock_mono_ns() - begin_ns);
        fflush(stdout);
    }
    sts_profile_free(profile);
    sts_store_close(store);
    return 0;
}

/* --- reading --- */

struct sums {
    uint64_t profiles;
    int64_t calls, ns, edge_calls;
};

static int sum_figure(const struct sts__chunk_table *table, enum sts__figure figure, int64_t *sum,
                      struct sts_error *err)
{
    uint32_t count = sts__table_row_count(table);
    int64_t *values = malloc((size_t)count * sizeof(*values) + 1);
    int r = sts__table_figure(table, figure, 0, count, values, err);

    for (uint32_t i = 0; i < count && r == 0; i++)
        *sum += values[i];
    free(values);
    return r;
}

static int sum_chunk(const struct sts__part_bytes *parts, struct sums *sums, struct sts_error *err)
{
    struct sts__chunk chunk;
    int r = sts__chunk_open(&chunk, parts, 0, err);

    if (r < 0)
        return r;
    r = sum_figure(&chunk.functions, STS__FIGURE_NCALLS, &sums->calls, err);
    if (r == 0)
        r = sum_figure(&chunk.functions, STS__FIGURE_CUMTIME, &sums->ns, err);
    if (r == 0)
        r = sum_figure(&chunk.edges, STS__FIGURE_NCALLS, &sums->edge_calls, err);
    sums->profiles += chunk.profile_count;
    sts__chunk_deinit(&chunk);
    return r;
}

static int read_chunk(struct sts__db *db, int64_t id, struct sums *sums, struct sts_error *err)
{
    struct sts__bytes bytes[STS__PART_COUNT];
    struct sts__part_bytes parts[STS__PART_COUNT];
    struct sums more = *sums;
    int r = 0;

    for (unsigned part = 0; part < STS__PART_COUNT; part++) {
        sts__bytes_init(&bytes[part], STS__PART_BYTES_MAX);
        if (r >= 0)
            r = sts__part_read(db, id, part, &bytes[part], err);
        parts[part].data = r > 0 ? (const uint8_t *)bytes[part].data : NULL;
        parts[part].len = bytes[part].len;
    }
    if (r >= 0)
        r = sum_chunk(parts, &more, err);
    for (unsigned part = 0; part < STS__PART_COUNT; part++)
        sts__bytes_deinit(&bytes[part]);
    if (r == 0)
        *sums = more;
    return r;
}

static int read_service(struct sts__db *db, const char *name)
{
    static const char sql[] = "SELECT chunk.id FROM chunk JOIN service ON service.id = service_id"
                              " WHERE service.name = ? AND level = 0 ORDER BY chunk.id";
    struct sums sums = { 0, 0, 0, 0 };
    struct sts__stmt *stmt;
    struct sts_error err;
    int status = 0, r = sts__db_stmt(db, sql, &stmt, &err);

    if (r == 0) {
        sts__stmt_bind_text(stmt, 1, name);
        while ((r = sts__stmt_step(stmt, &err)) > 0)
            if (read_chunk(db, sts__stmt_i64(stmt, 0), &sums, &err) < 0)
                status = say(&err);
    }
    if (r < 0)
        status = say(&err);
    printf("%s %" PRIu64 " %" PRId64 " %" PRId64 " %" PRId64 "\n", name, sums.profiles, sums.calls,
           sums.ns, sums.edge_calls);
    return status;
}

static int read_store(const char *path)
{
    struct sts_store_list *list;
    struct sts_store *store;
    struct sts_error err;
    const struct sts_store_series *series;
    struct sts_function function;
    size_t count;
    int status = 0;

    if (sts_store_open(path, NULL, &store, &err) < 0)
        return say(&err);
    if (sts_store_list_open(store, &list, &err) < 0)
        return say(&err);
    for (uint64_t id = 0; id < sts_store_list_functions(list); id++)
        if (sts__store_function(store, (uint32_t)id, &function, &err) < 0)
            status = say(&err);
    series = sts_store_list_series(list, &count);
    for (size_t i = 0; i < count; i++)
        status |= read_service(store->db, series[i].service);
    sts_store_list_close(list);
    sts_store_close(store);
    return status == 0 ? 0 : 3;
}

int main(int argc, char **argv)
{
    if (argc == 7 && strcmp(argv[1], "write") == 0)
        return write_store(argv[2], argv[3], strtoull(argv[4], NULL, 10),
                           strtoull(argv[5], NULL, 10), strtoull(argv[6], NULL, 10));
    if (argc == 3 && strcmp(argv[1], "read") == 0)
        return read_store(argv[2]);
    return 2;
}
