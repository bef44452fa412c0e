/* SPDX-License-Identifier: MIT */
/*
 * store_rows.c - the figures of a fleet (fleet.h), in the forms that bench_store.py needs.
 *
 *   store_rows FORM FILE [NAME=NUMBER...]
 *
 * Form: rows      packed: u32 begin in s, u32 process, u32 function, i64 ncalls, pcalls,
 * tottime_ns, cumtime_ns; little-endian, 44 bytes, no head csv       the same as text ndjson    a
 * profile log, as the collector writes it store     a store, from profiles in memory: what that
 * takes is timed, without making them Name: processes, functions (of a service), services, slices
 * (of 10 s), seed, hard (0 or 1), batch (profiles of a transaction) Out:  a line on the standard
 * output: profiles and rows; before them, of a store, the seconds and the longest that one call had
 * to wait.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <statslice/statslice.h>

#include "base/clock.h"
#include "base/timetext.h"
#include "fleet.h"

/* Where profiles go. Calls return 0, or -1 once they have said why not. */
struct form {
    const char *name;
    int (*open)(const char *path);
    int (*write)(const struct fleet_profile *profile);
    int (*close)(void);
};

struct setting {
    const char *name;
    uint32_t *value;
};

static struct fleet_options options = { 1, 1, 2410, 1, 8640, false };
static uint32_t seed = 1, hard, batch = 60;

static const struct setting settings[] = {
    { "processes", &options.process_count },
    { "functions", &options.function_count },
    { "services", &options.service_count },
    { "slices", &options.slice_count },
    { "seed", &seed },
    { "hard", &hard },
    { "batch", &batch },
};

static FILE *file;
static struct sts_error error;

/* --- rows, csv --- */

static int tell_errno(const char *path)
{
    fprintf(stderr, "store_rows: could not write \"%s\": %s\n", path, strerror(errno));
    return -1;
}

static int open_file(const char *path)
{
    file = fopen(path, "wb");
    return file == NULL ? tell_errno(path) : 0;
}

static int close_file(void)
{
    bool failed = ferror(file) != 0;

    return fclose(file) != 0 || failed ? tell_errno("it") : 0;
}

static uint8_t *put(uint8_t *at, uint64_t word, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        at[i] = (uint8_t)(word >> (8 * i));
    return at + bytes;
}

static int write_rows(const struct fleet_profile *profile)
{
    uint8_t bytes[44];

    for (uint32_t i = 0; i < profile->row_count; i++) {
        const struct fleet_row *row = &profile->rows[i];
        uint8_t *at = put(bytes, (uint64_t)profile->begin_s, 4);
        at = put(at, profile->process, 4);
        at = put(at, row->function, 4);
        at = put(at, row->ncalls, 8);
        at = put(at, row->pcalls, 8);
        at = put(at, (uint64_t)row->tottime_ns, 8);
        put(at, (uint64_t)row->cumtime_ns, 8);
        fwrite(bytes, sizeof(bytes), 1, file);
    }
    return 0;
}

static char *put_number(char *at, uint64_t number, char behind)
{
    char digits[20];
    int count = 0;

    do
        digits[count++] = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    while (count > 0)
        *at++ = digits[--count];
    *at++ = behind;
    return at;
}

static int write_csv(const struct fleet_profile *profile)
{
    char line[160];

    for (uint32_t i = 0; i < profile->row_count; i++) {
        const struct fleet_row *row = &profile->rows[i];
        char *at = put_number(line, (uint64_t)profile->begin_s, ',');
        at = put_number(at, profile->process, ',');
        at = put_number(at, row->function, ',');
        at = put_number(at, row->ncalls, ',');
        at = put_number(at, row->pcalls, ',');
        at = put_number(at, (uint64_t)row->tottime_ns, ',');
        at = put_number(at, (uint64_t)row->cumtime_ns, '\n');
        fwrite(line, (size_t)(at - line), 1, file);
    }
    return 0;
}

/* --- as profiles --- */

static struct sts_symbols *symbols;
static uint32_t *symbol_ids; /* by function */
static struct sts_profile *one;
static struct sts_sink *sink;
static struct sts_output *output;

static int tell_error(void)
{
    fprintf(stderr, "store_rows: %s\n", error.text);
    return -1;
}

/* Its number stands in the name: so the answers of all sides are compared. */
static int add_symbol(uint32_t function)
{
    static const char *const modules[] = { "cart",   "views", "db",   "auth",  "models",
                                           "render", "cache", "http", "queue", "util" };
    const char *module = modules[function / 7 % 10];
    char path[64], name[32], qualname[64];
    struct sts_function made = { path, name, qualname, (int32_t)(10 + function % 977) };

    snprintf(path, sizeof(path), "/srv/shop%" PRIu32 "/%s.py", function / options.function_count,
             module);
    snprintf(name, sizeof(name), "handle_%" PRIu32, function);
    snprintf(qualname, sizeof(qualname), "Handler%" PRIu32 ".handle_%" PRIu32, function / 70 % 9,
             function);
    return sts_symbols_add_function(symbols, &made, &symbol_ids[function], &error);
}

static int make_symbols(void)
{
    uint32_t count = options.service_count * options.function_count;

    symbols = sts_symbols_new();
    symbol_ids = calloc(count, sizeof(*symbol_ids));
    if (symbols == NULL || symbol_ids == NULL)
        return -1;
    for (uint32_t i = 0; i < count; i++) {
        if (add_symbol(i) < 0)
            return tell_error();
    }
    return 0;
}

static int set_label(struct sts_profile *profile, const char *key, const char *prefix,
                     uint32_t number)
{
    char value[32];

    snprintf(value, sizeof(value), "%s%" PRIu32, prefix, number);
    return sts_profile_set_label(profile, key, value, &error);
}

static int fill(struct sts_profile *profile, const struct fleet_profile *from)
{
    sts_profile_clear(profile);
    sts_profile_set_span(profile, from->begin_s * STS_NS_PER_S,
                         (from->begin_s + FLEET_SLICE_S) * STS_NS_PER_S);
    sts_profile_set_engine(profile, STS_ENGINE_FRAMES);
    if (set_label(profile, "service", "shop", from->process % options.service_count) < 0 ||
        set_label(profile, "host", "web", from->process / 8) < 0 ||
        set_label(profile, "pid", "", 1000 + from->process * 17) < 0)
        return tell_error();
    for (uint32_t i = 0; i < from->row_count; i++) {
        const struct fleet_row *row = &from->rows[i];
        struct sts_figures figures = { row->ncalls, row->pcalls, row->tottime_ns, row->cumtime_ns };
        if (sts_profile_add(profile, symbol_ids[row->function], &figures, &error) < 0)
            return tell_error();
    }
    return 0;
}

static int open_ndjson(const char *path)
{
    if (make_symbols() < 0 || (one = sts_profile_new(symbols)) == NULL)
        return -1;
    if (sts_sink_open_path(path, &sink, &error) < 0 ||
        sts_output_open("ndjson", sink, &output, &error) < 0)
        return tell_error();
    return 0;
}

static int write_ndjson(const struct fleet_profile *profile)
{
    if (fill(one, profile) < 0)
        return -1;
    return sts_output_write(output, one, &error) < 0 ? tell_error() : 0;
}

static int close_ndjson(void)
{
    int r = sts_output_close(output, &error);

    if (r >= 0)
        r = sts_sink_close(sink, &error);
    return r < 0 ? tell_error() : 0;
}

/* --- a store --- */

#define POOL 360 /* profiles that are made before the clock runs */

static struct sts_store *store;
static struct sts_profile *pool[POOL];
static size_t pool_count;
static int64_t spent_ns, longest_ns;

static int open_store(const char *path)
{
    struct sts_store_options to_write = STS_STORE_OPTIONS_INIT;
    int r = make_symbols();

    to_write.creates = true;
    for (size_t i = 0; r == 0 && i < POOL; i++) {
        pool[i] = sts_profile_new(symbols);
        if (pool[i] == NULL)
            r = -1;
    }
    if (r == 0 && sts_store_open(path, &to_write, &store, &error) < 0)
        r = tell_error();
    return r;
}

static int commit(int (*way)(struct sts_store *, struct sts_error *))
{
    int64_t begin_ns = sts__clock_mono_ns();
    int r = way(store, &error);
    int64_t waited_ns = sts__clock_mono_ns() - begin_ns;

    longest_ns = waited_ns > longest_ns ? waited_ns : longest_ns;
    return r;
}

/* While one batch is written, the next one is filled; at the end all of them are on the disk. */
static int store_pool(void)
{
    int64_t begin_ns = sts__clock_mono_ns();
    int r = 0;

    for (size_t i = 0; r >= 0 && i < pool_count; i++) {
        r = sts_store_add(store, pool[i], &error);
        if (r >= 0 && (i + 1) % batch == 0)
            r = commit(sts_store_commit_begin);
    }
    if (r >= 0)
        r = commit(sts_store_commit);
    spent_ns += sts__clock_mono_ns() - begin_ns;
    pool_count = 0;
    return r < 0 ? tell_error() : 0;
}

static int write_store(const struct fleet_profile *profile)
{
    int r = fill(pool[pool_count++], profile);

    return r == 0 && pool_count == POOL ? store_pool() : r;
}

static int close_store(void)
{
    int r = store_pool();

    sts_store_close(store);
    printf("%.6f %.6f ", (double)spent_ns / 1e9, (double)longest_ns / 1e9);
    return r;
}

/* --- */

static const struct form forms[] = {
    { "rows", open_file, write_rows, close_file },
    { "csv", open_file, write_csv, close_file },
    { "ndjson", open_ndjson, write_ndjson, close_ndjson },
    { "store", open_store, write_store, close_store },
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static bool set(const char *word)
{
    for (size_t i = 0; i < COUNT_OF(settings); i++) {
        size_t len = strlen(settings[i].name);
        if (strncmp(word, settings[i].name, len) == 0 && word[len] == '=') {
            *settings[i].value = (uint32_t)strtoul(word + len + 1, NULL, 10);
            return true;
        }
    }
    fprintf(stderr, "store_rows: what is \"%s\"?\n", word);
    return false;
}

static int run(const struct form *form, const char *path)
{
    struct fleet *fleet = fleet_new(&options);
    struct fleet_profile profile = { 0 };
    uint64_t profile_count = 0, row_count = 0;
    int r = -1;

    profile.rows = calloc(options.function_count, sizeof(*profile.rows));
    if (fleet != NULL && profile.rows != NULL)
        r = form->open(path);
    while (r == 0 && fleet_next(fleet, &profile)) {
        r = form->write(&profile);
        profile_count++;
        row_count += profile.row_count;
    }
    if (r == 0)
        r = form->close();
    if (r == 0)
        printf("%" PRIu64 " %" PRIu64 "\n", profile_count, row_count);
    free(profile.rows);
    fleet_free(fleet);
    return r;
}

int main(int argc, char **argv)
{
    for (int i = 3; i < argc; i++) {
        if (!set(argv[i]))
            return 2;
    }
    options.seed = seed;
    options.hard = hard != 0;
    for (size_t i = 0; argc >= 3 && i < COUNT_OF(forms); i++) {
        if (strcmp(argv[1], forms[i].name) == 0)
            return run(&forms[i], argv[2]) < 0 ? 1 : 0;
    }
    fprintf(stderr, "usage: store_rows rows|csv|ndjson|store FILE [NAME=NUMBER...]\n");
    return 2;
}
