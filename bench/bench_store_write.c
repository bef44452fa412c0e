/* SPDX-License-Identifier: MIT */
/*
 * bench_store_write.c - how fast profiles in memory become durable rows of a store.
 *
 * bench_store_write STORE [PROFILES [FUNCTIONS [ROWS_A_COMMIT]]]: PROFILES of 10 s, one after the
 * other, each with a row for each of FUNCTIONS, values over six decimal orders. One line a way of
 * committing: rows a second from the first add to the last commit's return, each commit durable.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <statslice/store.h>

#include "base/clock.h"
#include "base/hash.h"

#define SECOND   INT64_C(1000000000)
#define PREPARED 64 /* profiles that are made before; they come again and again, later in time */

static uint64_t any(uint64_t *seed, uint64_t max)
{
    return sts__hash_u64((*seed)++) % max;
}

/* 1 .. 10^6, each decade as often. */
static uint64_t spread(uint64_t *seed)
{
    uint64_t value = 1;

    for (uint64_t decades = any(seed, 6); decades > 0; decades--)
        value *= 10;
    return value + any(seed, 9 * value);
}

static struct sts_profile *make(struct sts_symbols *symbols, size_t functions, uint64_t *seed)
{
    struct sts_profile *profile = sts_profile_new(symbols);

    if (profile == NULL)
        return NULL;
    for (size_t i = 0; i < functions; i++) {
        char file_name[40], name[40];
        struct sts_function function = { file_name, name, name, (int32_t)i };
        struct sts_figures figures;
        uint32_t id;
        snprintf(file_name, sizeof(file_name), "/srv/shop/file%zu.py", i / 15);
        snprintf(name, sizeof(name), "function%zu", i);
        figures.ncalls = figures.pcalls = spread(seed);
        figures.tottime_ns = (int64_t)(figures.ncalls * (50 + any(seed, 1000)));
        figures.cumtime_ns = i % 2 == 0 ? figures.tottime_ns : figures.tottime_ns * 3;
        if (sts_symbols_add_function(symbols, &function, &id, NULL) < 0 ||
            sts_profile_add(profile, id, &figures, NULL) < 0)
            return NULL;
    }
    return profile;
}

static int run(const char *path, struct sts_profile **prepared, size_t profiles, size_t batch_rows,
               bool beside)
{
    struct sts_store_options options = STS_STORE_OPTIONS_INIT;
    struct sts_store *store;
    struct sts_error err;
    struct sts_store_tally tally;
    int64_t begin_ns, took_ns;
    int r;

    options.creates = true;
    if (sts_store_open(path, &options, &store, &err) < 0)
        goto failed;
    begin_ns = sts__clock_mono_ns();
    for (size_t n = 0; n < profiles; n++) {
        struct sts_profile *profile = prepared[n % PREPARED];
        sts_profile_set_span(profile, (int64_t)n * 10 * SECOND, (int64_t)(n + 1) * 10 * SECOND);
        r = sts_store_add(store, profile, &err);
        if (r == 0 && sts_store_batch_rows(store) >= batch_rows)
            r = beside ? sts_store_commit_begin(store, &err) : sts_store_commit(store, &err);
        if (r < 0)
            goto failed;
    }
    if (sts_store_commit(store, &err) < 0)
        goto failed;
    took_ns = sts__clock_mono_ns() - begin_ns;
    tally = sts_store_tally(store);
    printf("%s: %" PRIu64 " rows in %.3f s: %.2f million rows a second\n",
           beside ? "packed beside" : "one thread  ", tally.n_rows, (double)took_ns / 1e9,
           (double)tally.n_rows * 1e3 / (double)took_ns);
    sts_store_close(store);
    return 0;
failed:
    fprintf(stderr, "error: %s\n", err.text);
    return 1;
}

int main(int argc, char **argv)
{
    size_t profiles = argc > 2 ? strtoul(argv[2], NULL, 10) : 1000;
    size_t functions = argc > 3 ? strtoul(argv[3], NULL, 10) : 2300;
    size_t batch_rows = argc > 4 ? strtoul(argv[4], NULL, 10) : (size_t)1 << 18;
    struct sts_profile *prepared[PREPARED];
    struct sts_symbols *symbols = sts_symbols_new();
    uint64_t seed = 1;

    if (argc < 2 || symbols == NULL)
        return 2;
    for (size_t i = 0; i < PREPARED; i++) {
        prepared[i] = make(symbols, functions, &seed);
        if (prepared[i] == NULL)
            return 1;
    }
    for (int beside = 0; beside < 2; beside++) {
        if (access(argv[1], F_OK) == 0) {
            fprintf(stderr, "\"%s\" is there already\n", argv[1]);
            return 2;
        }
        if (run(argv[1], prepared, profiles, batch_rows, beside == 1) != 0)
            return 1;
        if (beside == 0)
            unlink(argv[1]);
    }
    for (size_t i = 0; i < PREPARED; i++)
        sts_profile_free(prepared[i]);
    sts_symbols_free(symbols);
    return 0;
}
