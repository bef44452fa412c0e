/* SPDX-License-Identifier: MIT */
/*
 * fuzz_query.c - any lines "name=value" as options of a query over three profiles: refused with a
 * reason, or answered with slices that follow each other and columns that add up.
 */
#include <stdlib.h>
#include <string.h>

#include <statslice/profile.h>
#include <statslice/query.h>
#include <statslice/series.h>

#define NOW_S         INT64_C(1700000000)
#define NS_PER_S      INT64_C(1000000000)
#define PROFILE_COUNT 3
#define TEXT_MAX      4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static struct sts_profile *make_profile(struct sts_symbols *symbols, int64_t begin_ns,
                                        int64_t end_ns, const char *label)
{
    static const struct sts_function functions[] = {
        { .file_name = "/srv/shop/cart.py", .name = "add", .qualname = "Cart.add" },
        { .file_name = "~", .name = "<built-in method time.sleep>" },
        { .file_name = "main.py", .name = "main", .line_number = 7 },
    };
    struct sts_profile *profile = sts_profile_new(symbols);

    must(profile != NULL);
    sts_profile_set_span(profile, begin_ns, end_ns);
    must(sts_profile_set_label(profile, "service", label, NULL) == 0);
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        struct sts_figures figures = { 5 + i, 3, (int64_t)i * 1000 - 500, 7777 };
        uint32_t id;
        must(sts_symbols_add_function(symbols, &functions[i], &id, NULL) == 0);
        must(sts_profile_add(profile, id, &figures, NULL) == 0);
    }
    return profile;
}

static void set_options(struct sts_query *query, const uint8_t *data, size_t len)
{
    char text[TEXT_MAX];
    char *line = text, *next;

    len = len < TEXT_MAX - 1 ? len : TEXT_MAX - 1;
    memcpy(text, data, len);
    text[len] = '\0';
    for (; line != NULL; line = next) {
        struct sts_error err = { 0 };
        char *value = strchr(line, '=');
        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        if (value == NULL || (next != NULL && value >= next))
            continue;
        *value++ = '\0';
        must(sts_query_set(query, line, value, &err) == (int)err.status);
    }
}

static int answer(struct sts_query *query, struct sts_profile *const *profiles,
                  struct sts_series **ret_series)
{
    struct sts_error err = { 0 };
    int r = 0;

    for (size_t i = 0; r == 0 && sts_query_needs_range(query) && i < PROFILE_COUNT; i++)
        r = sts_query_scan(query, profiles[i], &err);
    for (size_t i = 0; r == 0 && i < PROFILE_COUNT; i++)
        r = sts_query_add(query, profiles[i], &err);
    if (r == 0)
        r = sts_query_finish(query, ret_series, &err);
    must(r == (int)err.status);
    return r;
}

static void check(const struct sts_series *series)
{
    for (size_t i = 0; i < sts_series_slice_count(series); i++) {
        const struct sts_slice *slice = sts_series_slice(series, i);
        int64_t sum = sts_series_sum(series, i, STS_COLUMN_OTHER);
        must(slice->begin_ns < slice->end_ns);
        must(i == 0 || sts_series_slice(series, i - 1)->end_ns == slice->begin_ns);
        must(slice->coverage >= 0.0 && slice->coverage <= 1.0);
        for (size_t column = 0; column < sts_series_column_count(series); column++)
            sum += sts_series_sum(series, i, column);
        must(sum == sts_series_sum(series, i, STS_COLUMN_TOTAL));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct sts_symbols *symbols = sts_symbols_new();
    struct sts_profile *profiles[PROFILE_COUNT];
    struct sts_series *series = NULL;
    struct sts_query *query;

    must(symbols != NULL && sts_query_new(&query, NULL) == 0);
    profiles[0] = make_profile(symbols, NOW_S * NS_PER_S, (NOW_S + 4) * NS_PER_S, "web");
    profiles[1] = make_profile(symbols, NOW_S * NS_PER_S - 5, NOW_S * NS_PER_S - 5, "api");
    profiles[2] = make_profile(symbols, (NOW_S - 9) * NS_PER_S, (NOW_S - 2) * NS_PER_S, NULL);
    sts_query_set_now_ns(query, NOW_S * NS_PER_S);
    set_options(query, data, len);
    if (answer(query, profiles, &series) == 0)
        check(series);
    sts_series_free(series);
    sts_query_free(query);
    for (size_t i = 0; i < PROFILE_COUNT; i++)
        sts_profile_free(profiles[i]);
    sts_symbols_free(symbols);
    return 0;
}
