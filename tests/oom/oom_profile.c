/* SPDX-License-Identifier: MIT */
/*
 * oom_profile.c - scenarios: profiles, their arithmetic, sinks.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "oom.h"

static int add_function(struct sts_profile *profile, int n, uint32_t *ret_id, struct sts_error *err)
{
    char file_name[32], name[32];
    struct sts_function function = { file_name, name, n % 2 == 0 ? name : NULL, n };
    struct sts_figures figures = { (uint64_t)n + 1, 1, 1000 * n, 3000 * n };
    int r;

    snprintf(file_name, sizeof(file_name), "/srv/shop/file%d.py", n % 7);
    snprintf(name, sizeof(name), "function%d", n);
    r = sts_symbols_add_function(sts_profile_symbols(profile), &function, ret_id, err);
    return r < 0 ? r : sts_profile_add(profile, *ret_id, &figures, err);
}

static int fill_profile(struct sts_profile *profile, int n, struct sts_error *err)
{
    struct sts_figures figures = { 1, 1, 100, 200 };
    struct sts_coro coro = { 4, 500 };
    uint32_t id, caller_id = 0;
    int r;

    for (int i = 0; i < 40; i++) {
        r = add_function(profile, n + i, &id, err);
        if (r >= 0 && i > 0)
            r = sts_profile_add_edge(profile, caller_id, id, &figures, err);
        if (r >= 0 && i % 3 == 0)
            r = sts_profile_add_coro(profile, id, &coro, err);
        if (r < 0)
            return r;
        caller_id = id;
    }
    sts_profile_set_span(profile, n * INT64_C(1000000000), (n + 3) * INT64_C(1000000000));
    sts_profile_set_engine(profile, STS_ENGINE_EVENTS);
    sts_profile_set_clock(profile, STS_CLOCK_WALL);
    sts_profile_set_coverage(profile, 0.5);
    sts_profile_set_dropped(profile, 2);
    r = sts_profile_set_label(profile, "service", "shop", err);
    return r < 0 ? r : sts_profile_set_label(profile, "pid", n % 2 == 0 ? "1" : "2", err);
}

struct sts_profile *make_profile(int n, struct sts_error *err)
{
    struct sts_profile *profile = sts_profile_new(NULL);

    if (profile == NULL) {
        err->status = STS_E_NOMEM;
        return NULL;
    }
    if (fill_profile(profile, n, err) < 0) {
        sts_profile_free(profile);
        return NULL;
    }
    return profile;
}

/* Looks at everything that a profile tells; nothing here may allocate or fail. */
static size_t look_at(const struct sts_profile *profile)
{
    struct sts_figures totals = sts_profile_totals(profile);
    size_t sum = strlen(sts_engine_name(sts_profile_engine(profile)));

    sum += strlen(sts_clock_name(sts_profile_clock(profile)));
    sum += (size_t)(sts_profile_end_ns(profile) - sts_profile_begin_ns(profile));
    sum += (size_t)(sts_profile_coverage(profile) * 10) + totals.ncalls;
    sum += sts_profile_dropped(profile);
    for (size_t i = 0; i < sts_profile_label_count(profile); i++)
        sum +=
            strlen(sts_profile_label_key(profile, i)) + strlen(sts_profile_label_value(profile, i));
    sum += sts_profile_label(profile, "service") != NULL;
    for (size_t i = 0; i < sts_profile_function_count(profile); i++) {
        sum += strlen(sts_profile_function(profile, i).name);
        sum += sts_profile_figures(profile, i)->ncalls;
        sum += sts_profile_coro(profile, i).n_resumes;
        sum += sts_profile_find(profile, sts_profile_function_id(profile, i)) != NULL;
    }
    for (size_t i = 0; i < sts_profile_edge_count(profile); i++)
        sum += sts_profile_edge(profile, i)->figures.ncalls;
    return sum;
}

static int run_profile(struct sts_error *err)
{
    struct sts_symbols *symbols = sts_symbols_new();
    struct sts_profile *profile = NULL;
    int r = STS_E_NOMEM;

    err->status = STS_E_NOMEM;
    if (symbols == NULL)
        return r;
    profile = sts_profile_new(symbols);
    if (profile != NULL)
        r = fill_profile(profile, 3, err);
    if (r >= 0) {
        look_at(profile);
        sts_profile_clear(profile);
        r = fill_profile(profile, 5, err);
    }
    if (r >= 0)
        r = sts_profile_check(profile, err);
    sts_symbols_free(sts_symbols_ref(symbols));
    if (r >= 0 && (sts_symbols_bytes(symbols) == 0 || sts_symbols_function_count(symbols) == 0 ||
                   sts_symbols_function(symbols, 0).name == NULL))
        r = STS_E_FORMAT;
    sts_profile_free(profile);
    sts_symbols_free(symbols);
    return r;
}

static int run_arithmetic(struct sts_error *err)
{
    struct sts_profile *one = make_profile(1, err), *two = make_profile(20, err);
    int r = one == NULL || two == NULL ? STS_E_NOMEM : 0;

    if (r >= 0)
        r = sts_profile_merge(one, two, err);
    if (r >= 0)
        r = sts_profile_subtract(one, two, err);
    if (r >= 0)
        r = sts_profile_strip_dirs(one, err);
    if (r >= 0)
        r = sts_profile_drop_qualnames(one, err);
    sts_profile_free(one);
    sts_profile_free(two);
    return r;
}

static int swallow(void *context, const void *data, size_t len)
{
    (void)data;
    *(size_t *)context += len;
    return 0;
}

static int write_and_close(struct sts_sink *sink, struct sts_error *err)
{
    for (int i = 0; i < 3000; i++)
        sts_sink_write(sink, "0123456789012345678901234567890123456789", 40);
    (void)sts_sink_status(sink);
    return sts_sink_close(sink, err);
}

static int run_sink_memory(struct sts_error *err)
{
    struct sts_sink *sink;
    size_t len;
    int r = sts_sink_open_memory(1 << 20, &sink, err);

    if (r < 0)
        return r;
    sts_sink_write(sink, "abc", 3);
    (void)sts_sink_memory(sink, &len);
    return write_and_close(sink, err);
}

static int run_sink_callback(struct sts_error *err)
{
    struct sts_sink *sink;
    size_t len = 0;
    int r = sts_sink_open_callback(swallow, &len, &sink, err);

    return r < 0 ? r : write_and_close(sink, err);
}

static int run_sink_path(struct sts_error *err)
{
    char path[64];
    struct sts_sink *sink;
    int r;

    snprintf(path, sizeof(path), "/tmp/statslice-oom-%ld", (long)getpid());
    r = sts_sink_open_path(path, &sink, err);
    if (r < 0)
        return r;
    r = write_and_close(sink, err);
    if (r >= 0)
        r = sts_sink_open_path(path, &sink, err);
    if (r >= 0) {
        (void)sts_sink_part_path(sink);
        sts_sink_abandon(sink);
    }
    unlink(path);
    return r;
}

static int run_sink_fd(struct sts_error *err)
{
    struct sts_sink *sink;
    FILE *null = fopen("/dev/null", "w");
    int r = sts_sink_open_fd(fileno(null), "null", &sink, err);

    if (r >= 0)
        r = write_and_close(sink, err);
    fclose(null);
    return r;
}

static int run_sink_compressed(const char *method, struct sts_error *err)
{
    struct sts_sink *inner, *sink;
    size_t len = 0;
    int r = sts_sink_open_callback(swallow, &len, &inner, err);

    if (r >= 0)
        r = sts_sink_open_compressed(method, inner, &sink, err);
    return r < 0 ? r : write_and_close(sink, err);
}

static int run_sink_gzip(struct sts_error *err)
{
    return run_sink_compressed("gzip", err);
}

static int run_sink_zstd(struct sts_error *err)
{
    return run_sink_compressed("zstd", err);
}

const struct scenario profile_scenarios[] = {
    { "profile", run_profile },
    { "profile arithmetic", run_arithmetic },
    { "sink to memory", run_sink_memory },
    { "sink to a callback", run_sink_callback },
    { "sink to a path", run_sink_path },
    { "sink to a descriptor", run_sink_fd },
    { "sink through gzip", run_sink_gzip },
    { "sink through zstd", run_sink_zstd },
    { NULL, NULL },
};
