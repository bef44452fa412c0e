/* SPDX-License-Identifier: MIT */
/*
 * oom_store.c - a store is made, filled, listed and read.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "oom.h"

/* In memory: each run waits for the disk several times. Of this process: several may run at once.
 */
static char path[64], read_path[64]; /* the latter is made once */

static void remove_files(const char *store_path)
{
    static const char *const endings[] = { "", "-wal", "-shm", "-journal" };
    char name[80];

    for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
        snprintf(name, sizeof(name), "%s%s", store_path, endings[i]);
        unlink(name);
    }
}

static void remove_store(void)
{
    remove_files(path);
}

static void remove_read_store(void)
{
    remove_files(read_path);
}

static int add(struct sts_store *store, int first, int count, struct sts_error *err)
{
    int r = 0;

    sts_store_new_source(store);
    for (int n = first; n < first + count && r == 0; n++) {
        struct sts_profile *profile = make_profile(n, err);
        if (profile == NULL)
            return STS_E_NOMEM;
        r = sts_store_add(store, profile, err);
        sts_profile_free(profile);
    }
    return r;
}

static int list(struct sts_store *store, struct sts_error *err)
{
    struct sts_store_list *made;
    size_t series, levels;
    int r = sts_store_list_open(store, &made, err);

    if (r < 0)
        return r;
    (void)sts_store_list_series(made, &series);
    (void)sts_store_list_levels(made, &levels);
    if (series == 0 || levels != 1 || sts_store_list_functions(made) == 0 ||
        sts_store_list_bytes(made) == 0)
        r = STS_E_FORMAT;
    sts_store_list_close(made);
    return r;
}

static int list_series(struct sts_store *store, struct sts_error *err)
{
    struct sts_store_list *made;
    size_t series, levels;
    int r = sts_store_list_open_series(store, &made, err);

    if (r < 0)
        return r;
    (void)sts_store_list_series(made, &series);
    (void)sts_store_list_levels(made, &levels);
    if (series == 0 || levels != 0)
        r = STS_E_FORMAT;
    sts_store_list_close(made);
    return r;
}

static int write_store(struct sts_error *err)
{
    struct sts_store_options options = STS_STORE_OPTIONS_INIT;
    struct sts_store *store = NULL;
    size_t count;
    int r;

    options.creates = true;
    r = sts_store_open(path, &options, &store, err);
    if (r == 0)
        r = add(store, 0, 3, err);
    if (r == 0)
        r = sts_store_commit(store, err);
    if (r == 0)
        r = add(store, 2, 3, err);
    if (r == 0 && (sts_store_batch_rows(store) == 0 || sts_store_batch_profiles(store) != 3))
        r = STS_E_FORMAT;
    if (r == 0)
        r = sts_store_commit_begin(store, err);
    if (r == 0)
        r = sts_store_commit(store, err);
    if (r == 0 && (sts_store_tally(store).n_new != 5 || sts_store_states(store, &count) == NULL))
        r = STS_E_FORMAT;
    if (r == 0)
        r = list(store, err);
    if (r == 0)
        r = list_series(store, err);
    sts_store_close(store);
    if (r == 0 && !sts_store_is(path)) { /* all that it can say */
        err->status = STS_E_NOMEM;
        r = STS_E_NOMEM;
    }
    remove_store();
    return r;
}

/* --- reading --- */

/* Before main, when no allocation fails yet: the scenarios below are about reading alone. */
__attribute__((constructor)) static void make_read_store(void)
{
    struct sts_store_options options = STS_STORE_OPTIONS_INIT;
    struct sts_store *store = NULL;
    struct sts_error err = { 0 };

    snprintf(path, sizeof(path), "/dev/shm/statslice-oom-%ld.db", (long)getpid());
    snprintf(read_path, sizeof(read_path), "/dev/shm/statslice-oom-%ld-read.db", (long)getpid());
    options.creates = true;
    if (sts_store_open(read_path, &options, &store, &err) < 0 || add(store, 0, 3, &err) < 0 ||
        sts_store_commit(store, &err) < 0)
        fprintf(stderr, "%s\n", err.text); /* the scenarios will fail */
    sts_store_close(store);
    atexit(remove_read_store);
}

/* Allocations are counted in one thread. */
static int open_to_read(struct sts_store **ret_store, struct sts_error *err)
{
    struct sts_store_options options = STS_STORE_OPTIONS_INIT;

    options.threads = 1;
    return sts_store_open(read_path, &options, ret_store, err);
}

static int query_store(struct sts_error *err)
{
    struct sts_store *store = NULL;
    struct sts_query *query = NULL;
    struct sts_series *series = NULL;
    int64_t generation = 0;
    int r = open_to_read(&store, err);

    if (r == 0)
        r = sts_store_generation(store, &generation, err);
    if (r == 0)
        r = sts_store_check_place(store, err);
    if (r == 0)
        sts_store_set_threads(store, 1);
    if (r == 0 && generation == 0)
        r = STS_E_FORMAT;
    if (r == 0)
        r = sts_query_new(&query, err);
    if (r == 0)
        r = sts_query_set(query, "by", "label:service,function", err);
    if (r == 0)
        r = sts_query_set(query, "match", "a", err);
    if (r == 0)
        r = sts_query_scan_store(query, store, err);
    if (r == 0)
        r = sts_query_add_store(query, store, err);
    if (r == 0)
        r = sts_query_finish(query, &series, err);
    sts_series_free(series);
    sts_query_free(query);
    sts_store_close(store);
    return r;
}

static int merge_part(void *context, struct sts_profile *part, struct sts_error *err)
{
    return sts_profile_merge(context, part, err);
}

static bool never(void *context)
{
    (void)context;
    return false;
}

static int total_of_store(struct sts_error *err)
{
    struct sts_store *store = NULL;
    struct sts_total *total = NULL;
    struct sts_profile *sum = sts_profile_new(NULL);
    int r = STS_E_NOMEM;

    err->status = STS_E_NOMEM;
    if (sum != NULL)
        r = open_to_read(&store, err);
    if (r == 0)
        r = sts_total_new(NULL, &total, err);
    if (r == 0) {
        sts_total_set_cancel(total, never, NULL);
        r = sts_total_set(total, "from", "2.5", err);
    }
    if (r == 0)
        r = sts_total_add_store(total, store, err);
    if (r == 0)
        r = sts_total_merge_store(total, store, sum, err);
    if (r == 0)
        r = sts_total_each_store(total, store, merge_part, sum, err);
    if (r == 0 && (sts_profile_function_count(sum) == 0 || sts_store_order(store, 0) == UINT32_MAX))
        r = STS_E_FORMAT;
    sts_total_free(total);
    sts_profile_free(sum);
    sts_store_close(store);
    return r;
}

static int diff_of_store(struct sts_error *err)
{
    struct sts_store *store = NULL;
    struct sts_diff_query *query = NULL;
    struct sts_diff *diff = NULL;
    int r = open_to_read(&store, err);

    if (r == 0)
        r = sts_diff_query_new(&query, err);
    if (r == 0) {
        sts_diff_query_set_cancel(query, never, NULL);
        r = sts_diff_query_set(query, "base", "0/2.5", err);
    }
    if (r == 0)
        r = sts_diff_query_set(query, "match", "function", err);
    if (r == 0)
        r = sts_diff_query_add_store(query, STS_DIFF_SIDES, store, err);
    if (r == 0)
        r = sts_diff_query_finish(query, &diff, err);
    sts_diff_free(diff);
    sts_diff_query_free(query);
    sts_store_close(store);
    return r;
}

static int count_functions(void *context, const struct sts_scan_block *block, struct sts_error *err)
{
    size_t *count = context;

    (void)err;
    *count += block->function_count + block->edge_count;
    return 0;
}

static int scan_store(struct sts_error *err)
{
    const int64_t edges_ns[2] = { INT64_MIN, INT64_MAX };
    const uint32_t lanes[8] = { 0 };
    struct sts_scan scan = { .from_ns = INT64_MIN, .to_ns = INT64_MAX };
    struct sts_store *store = NULL;
    struct sts_scan_counts counts;
    size_t count = 0;
    int r = open_to_read(&store, err);

    scan.edges_ns = edges_ns;
    scan.edge_count = 2;
    scan.figures = STS_FIGURES_ALL;
    scan.edges = STS_SCAN_EDGES_ALL;
    scan.lanes = lanes;
    scan.series_count = 8;
    if (r == 0)
        r = sts_store_scan(store, &scan, count_functions, &count, &counts, err);
    if (r == 0 && (count == 0 || counts.profiles != 3 ||
                   sts_symbols_function_count(sts_store_symbols(store)) == 0))
        r = STS_E_FORMAT;
    sts_store_close(store);
    return r;
}

static int read_input(struct sts_error *err)
{
    struct sts_input *input = NULL;
    struct sts_profile *profile = sts_profile_new(NULL);
    int r = STS_E_NOMEM;

    err->status = STS_E_NOMEM;
    if (profile != NULL)
        r = sts_input_open(read_path, NULL, &input, err);
    if (r == STS_E_FORMAT) { /* whether it is a store: no is all that can be said without memory */
        err->status = STS_E_NOMEM;
        r = STS_E_NOMEM;
    }
    if (r == 0 && sts_input_store(input) == NULL)
        r = STS_E_FORMAT;
    while (r == 0 && (r = sts_input_next(input, profile, err)) > 0)
        r = 0;
    sts_input_close(input);
    sts_profile_free(profile);
    return r;
}

static int read_store(struct sts_error *err)
{
    struct sts_each each = STS_EACH_INIT;
    struct sts_store *store = NULL;
    struct sts_store_reader *reader = NULL;
    struct sts_profile *profile = sts_profile_new(NULL), *sum = sts_profile_new(NULL);
    int r = STS_E_NOMEM;

    err->status = STS_E_NOMEM;
    if (profile != NULL && sum != NULL)
        r = open_to_read(&store, err);
    if (r == 0)
        r = sts_store_reader_open(store, &each, &reader, err);
    while (r == 0 && (r = sts_store_reader_next(reader, profile, err)) > 0)
        r = sts_profile_merge(sum, profile, err);
    sts_store_reader_close(reader);
    if (r == 0 && sts_profile_function_count(sum) == 0)
        r = STS_E_FORMAT;
    sts_store_close(store);
    sts_profile_free(profile);
    sts_profile_free(sum);
    return r;
}

/* --- tokens --- */

static int keep_tokens(struct sts_store *store, struct sts_error *err)
{
    const struct sts_store_token token = { "reporter", "read", { 1 }, 1 };
    struct sts_store_token *tokens = NULL;
    size_t count = 0;
    int r = sts_store_token_add(store, &token, err);

    if (r == 0)
        r = sts_store_tokens(store, &tokens, &count, err);
    if (r == 0 && (count != 1 || strcmp(tokens[0].role, "read") != 0))
        r = STS_E_FORMAT;
    free(tokens);
    return r < 0 ? r : sts_store_token_remove(store, "reporter", err);
}

/* --- keeping --- */

static int keep(struct sts_store *store, const char *service, struct sts_error *err)
{
    struct sts_store_retention retention = { .ages_ns = { 1 } };
    struct sts_store_check found = { 0 };
    size_t gone = 0;
    int r = sts_store_compact(store, NULL, NULL, err);

    if (r == 0)
        r = sts_store_set_retention(store, &retention, err);
    if (r == 0)
        r = sts_store_retention(store, &retention, err);
    if (r == 0)
        r = sts_store_retain(store, &gone, err);
    if (r == 0)
        r = sts_store_check(store, NULL, NULL, NULL, &found, err);
    if (r == 0 && (gone == 0 || found.n_damaged > 0 || found.n_chunks == 0))
        r = STS_E_FORMAT;
    if (r == 0)
        r = keep_tokens(store, err);
    return r < 0 ? r : sts_store_delete_service(store, service, err);
}

static int keep_store(struct sts_error *err)
{
    struct sts_store_options options = STS_STORE_OPTIONS_INIT;
    struct sts_store *store = NULL;
    int r;

    options.creates = true;
    r = sts_store_open(path, &options, &store, err);
    if (r == 0)
        r = add(store, 0, 3, err);
    if (r == 0)
        r = sts_store_commit(store, err);
    if (r == 0)
        r = keep(store, "shop", err);
    sts_store_close(store);
    remove_store();
    return r;
}

const struct scenario store_scenarios[] = {
    { "write a store", write_store },
    { "ask a store", query_store },
    { "sum a store", scan_store },
    { "total of a store", total_of_store },
    { "comparison of spans of a store", diff_of_store },
    { "read a store", read_store },
    { "read a store as any input", read_input },
    { "keep a store", keep_store },
    { NULL, NULL },
};
