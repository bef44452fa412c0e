/* SPDX-License-Identifier: MIT */
/*
 * each.c - the profiles of a store one by one, in order of time.
 *
 * How:  raw chunks hold profiles that begin in one hour, so the profiles of an hour are put in
 *       order, and read some at a time from each of the hour's chunks.
 * Why:  memory is that of an hour, however much the store holds.
 */
#include <stdlib.h>
#include <string.h>

#include <statslice/scan.h>

#include "base/fail.h"
#include "base/mem.h"
#include "model/profile.h"
#include "store/chunk_list.h"
#include "store/part.h"
#include "store/sqlite.h"
#include "store/store.h"
#include "store/whole.h"

#define WINDOW_LEVEL 3u  /* chunks of one hour are read together */
#define AT_ONCE      32u /* profiles of a series that are read together */
#define REFS_MAX     ((size_t)1 << 30)

/* A chunk of the hour, as far as it was read. */
struct part_of_hour {
    const struct sts__chunk_about *about;
    struct sts__bytes bytes[STS__PART_COUNT];
    struct sts__chunk chunk;
    bool is_whole;           /* all its parts are loaded */
    struct sts__whole *sets; /* by run of a series: the profiles that were read last; owned */
    uint32_t *runs;          /* [profile_count]: the run that a profile is in; owned */
    uint32_t *run_ends;      /* by run; owned */
    uint32_t run_count;
};

/* A profile of the hour. */
struct ref {
    int64_t begin_ns, end_ns;
    uint32_t part, profile;
};

struct sts_store_reader {
    struct sts_store *store;
    struct sts_each each;
    bool is_reading; /* a transaction is open */
    struct sts_store_list *list;
    const struct sts_store_series **series; /* by id; owned */
    size_t series_count;
    struct sts__chunk_list chunks;
    size_t next_chunk;          /* the first one of the next hour */
    struct part_of_hour *parts; /* of the hour; owned */
    size_t part_count;
    struct ref *refs; /* of the hour; owned */
    size_t ref_count, ref_cap;
    size_t next_ref;
    uint32_t *function_ids; /* by the store's: the profile's symbol, or STS__NO_ID; owned */
    size_t function_cap;
    struct sts_symbols *symbols; /* that these numbers are of; a reference */
    struct sts_profile *profile; /* being filled */
};

/* --- a chunk --- */

static void part_deinit(struct part_of_hour *part)
{
    sts__chunk_deinit(&part->chunk);
    for (uint32_t i = 0; part->sets != NULL && i < part->run_count; i++)
        sts__whole_deinit(&part->sets[i]);
    free(part->sets);
    free(part->runs);
    free(part->run_ends);
    for (size_t i = 0; i < STS__PART_COUNT; i++)
        sts__bytes_deinit(&part->bytes[i]);
}

static int load(struct sts_store_reader *walk, struct part_of_hour *part, uint32_t first,
                uint32_t end, struct sts_error *err)
{
    struct sts__part_bytes bytes[STS__PART_COUNT] = { { 0 } };
    int r = 0;

    sts__chunk_deinit(&part->chunk);
    memset(&part->chunk, 0, sizeof(part->chunk));
    for (unsigned i = first; r >= 0 && i < end; i++)
        r = sts__part_read(walk->store->db, part->about->id, i, &part->bytes[i], err);
    if (r < 0)
        return r;
    for (unsigned i = 0; i < end; i++)
        if (part->bytes[i].len > 0)
            bytes[i] = (struct sts__part_bytes){ (const uint8_t *)part->bytes[i].data,
                                                 part->bytes[i].len };
    r = sts__chunk_open(&part->chunk, bytes, 0, err);
    if (r == STS_E_FORMAT)
        sts__fail_prefix(err, "chunk %lld", (long long)part->about->id);
    return r;
}

/* Profiles of one series stand in a row: a run. */
static int find_runs(struct part_of_hour *part, struct sts_error *err)
{
    uint32_t count = part->chunk.profile_count;

    part->runs = sts__alloc_array((size_t)count + 1, sizeof(*part->runs));
    part->run_ends = sts__alloc_array((size_t)count + 1, sizeof(*part->run_ends));
    if (part->runs == NULL || part->run_ends == NULL)
        return sts__fail_nomem(err);
    for (uint32_t i = 0; i < count; i++) {
        if (i == 0 || part->chunk.series_ids[i] != part->chunk.series_ids[i - 1])
            part->run_count++;
        part->runs[i] = part->run_count - 1;
        part->run_ends[part->run_count - 1] = i + 1;
    }
    part->sets = sts__alloc_array((size_t)part->run_count + 1, sizeof(*part->sets));
    return part->sets == NULL ? sts__fail_nomem(err) : 0;
}

static bool is_asked_for(const struct sts_store_reader *walk, uint32_t series_id, int64_t begin_ns,
                         int64_t end_ns)
{
    const struct sts_each *each = &walk->each;

    return series_id < walk->series_count && walk->series[series_id] != NULL &&
           begin_ns < each->to_ns && end_ns >= each->from_ns;
}

static int list_profiles(struct sts_store_reader *walk, uint32_t part_number, struct sts_error *err)
{
    const struct sts__chunk *chunk = &walk->parts[part_number].chunk;

    for (uint32_t i = 0; i < chunk->profile_count; i++) {
        if (!is_asked_for(walk, chunk->series_ids[i], chunk->begin_ns[i], chunk->end_ns[i]))
            continue;
        if (sts__grow(&walk->refs, &walk->ref_cap, walk->ref_count + 1, sizeof(*walk->refs),
                      REFS_MAX) < 0)
            return sts__fail_nomem(err);
        walk->refs[walk->ref_count++] =
            (struct ref){ chunk->begin_ns[i], chunk->end_ns[i], part_number, i };
    }
    return 0;
}

/* --- a profile --- */

static int read_rows(struct sts_store_reader *walk, const struct ref *ref,
                     const struct sts__whole **ret_whole, struct sts_error *err)
{
    struct part_of_hour *part = &walk->parts[ref->part];
    struct sts__whole *whole = &part->sets[part->runs[ref->profile]];
    uint32_t left = part->run_ends[part->runs[ref->profile]] - ref->profile;
    uint32_t share = AT_ONCE / part->run_count + 1;
    int r = 0;

    *ret_whole = whole;
    if (whole->count > 0 && ref->profile >= whole->first &&
        ref->profile < whole->first + whole->count)
        return 0;
    if (!part->is_whole) {
        r = load(walk, part, STS__PART_PROFILES + 1, STS__PART_COUNT, err);
        part->is_whole = r == 0;
    }
    if (r == 0)
        r = sts__whole_read(whole, &part->chunk, ref->profile, left < share ? left : share, err);
    return r;
}

/* The profile's own number of a function of the store. */
static int own_id(struct sts_store_reader *walk, uint32_t store_id, uint32_t *ret_id,
                  struct sts_error *err)
{
    struct sts_function function;
    size_t old_cap = walk->function_cap;
    int r;

    if (store_id >= old_cap) {
        if (sts__grow(&walk->function_ids, &walk->function_cap, (size_t)store_id + 1,
                      sizeof(*walk->function_ids), UINT32_MAX) < 0)
            return sts__fail_nomem(err);
        memset(walk->function_ids + old_cap, 0xff,
               (walk->function_cap - old_cap) * sizeof(*walk->function_ids)); /* STS__NO_ID */
    }
    *ret_id = walk->function_ids[store_id];
    if (*ret_id != STS__NO_ID)
        return 0;
    r = sts__store_function(walk->store, store_id, &function, err);
    if (r == 0)
        r = sts_symbols_add_function(sts_profile_symbols(walk->profile), &function, ret_id, err);
    if (r == 0)
        walk->function_ids[store_id] = *ret_id;
    return r;
}

static int fill_functions(struct sts_store_reader *walk, const struct sts__whole_rows *from,
                          uint32_t at, struct sts_error *err)
{
    int r = 0;

    for (uint32_t i = from->first_rows[at]; r == 0 && i < from->first_rows[at + 1]; i++) {
        const struct sts__whole_row *row = &from->rows[i];
        uint32_t id;
        r = own_id(walk, row->function_id, &id, err);
        if (r == 0)
            r = sts_profile_add(walk->profile, id, &row->figures, err);
        if (r == 0 && (row->coro.n_resumes != 0 || row->coro.awaittime_ns != 0))
            r = sts_profile_add_coro(walk->profile, id, &row->coro, err);
    }
    return r;
}

static int fill_edges(struct sts_store_reader *walk, const struct sts__whole_rows *from,
                      uint32_t at, struct sts_error *err)
{
    int r = 0;

    for (uint32_t i = from->first_rows[at]; r == 0 && i < from->first_rows[at + 1]; i++) {
        const struct sts__whole_row *row = &from->rows[i];
        uint32_t caller, callee;
        r = own_id(walk, row->caller_id, &caller, err);
        if (r == 0)
            r = own_id(walk, row->function_id, &callee, err);
        if (r == 0)
            r = sts__profile_append_edge(walk->profile, caller, callee, &row->figures, err);
    }
    return r;
}

static int fill_about(struct sts_store_reader *walk, const struct ref *ref, struct sts_error *err)
{
    const struct sts__chunk *chunk = &walk->parts[ref->part].chunk;
    const struct sts_store_series *series = walk->series[chunk->series_ids[ref->profile]];
    struct sts_profile *profile = walk->profile;
    int r = 0;

    sts_profile_clear(profile);
    sts_profile_set_span(profile, ref->begin_ns, ref->end_ns);
    sts_profile_set_engine(profile, series->engine);
    sts_profile_set_clock(profile, series->clock);
    sts_profile_set_coverage(profile, chunk->coverages[ref->profile]);
    sts_profile_set_dropped(profile, chunk->n_dropped[ref->profile]);
    for (size_t i = 0; r == 0 && i < series->label_count; i++)
        r = sts_profile_set_label(profile, series->label_keys[i], series->label_values[i], err);
    return r;
}

static int fill(struct sts_store_reader *walk, const struct ref *ref, struct sts_error *err)
{
    const struct sts__whole *whole = NULL;
    int r = 0;

    if (!walk->each.spans_only)
        r = read_rows(walk, ref, &whole, err);
    if (r == 0) /* behind the rows: reading them opens the chunk anew */
        r = fill_about(walk, ref, err);
    if (r == 0 && !walk->each.spans_only)
        r = fill_functions(walk, &whole->functions, ref->profile - whole->first, err);
    if (r == 0 && !walk->each.spans_only)
        r = fill_edges(walk, &whole->edges, ref->profile - whole->first, err);
    return r;
}

/* --- an hour --- */

static int compare_refs(const void *left, const void *right)
{
    const struct ref *a = left, *b = right;

    if (a->begin_ns != b->begin_ns)
        return a->begin_ns < b->begin_ns ? -1 : 1;
    if (a->end_ns != b->end_ns)
        return a->end_ns < b->end_ns ? -1 : 1;
    if (a->part != b->part)
        return a->part < b->part ? -1 : 1;
    return a->profile < b->profile ? -1 : a->profile > b->profile;
}

static int open_hour(struct sts_store_reader *walk, const struct sts__chunk_about *chunks,
                     size_t count, struct sts_error *err)
{
    int r = 0;

    walk->ref_count = 0;
    walk->parts = sts__alloc_array(count, sizeof(*walk->parts));
    if (walk->parts == NULL)
        return sts__fail_nomem(err);
    walk->part_count = count;
    for (size_t i = 0; i < count; i++) {
        walk->parts[i].about = &chunks[i];
        for (size_t part = 0; part < STS__PART_COUNT; part++)
            sts__bytes_init(&walk->parts[i].bytes[part], STS__PART_BYTES_MAX);
    }
    for (size_t i = 0; r == 0 && i < count; i++) {
        r = load(walk, &walk->parts[i], STS__PART_PROFILES, STS__PART_PROFILES + 1, err);
        if (r == 0)
            r = find_runs(&walk->parts[i], err);
        if (r == 0)
            r = list_profiles(walk, (uint32_t)i, err);
    }
    if (r == 0 && walk->ref_count > 0)
        qsort(walk->refs, walk->ref_count, sizeof(*walk->refs), compare_refs);
    return r;
}

static void close_hour(struct sts_store_reader *walk)
{
    for (size_t i = 0; i < walk->part_count; i++)
        part_deinit(&walk->parts[i]);
    free(walk->parts);
    walk->parts = NULL;
    walk->part_count = 0;
}

/* The next hour with a profile. Returns: 1, 0 at the end. */
static int next_hour(struct sts_store_reader *walk, struct sts_error *err)
{
    const struct sts__chunk_list *chunks = &walk->chunks;
    int r = 0;

    while (r == 0 && walk->next_ref == walk->ref_count) {
        size_t first = walk->next_chunk, end = first;
        int64_t hour_ns;
        close_hour(walk);
        if (first == chunks->count)
            return 0;
        hour_ns = sts__level_bucket_ns(WINDOW_LEVEL, chunks->items[first].begin_ns);
        while (end < chunks->count &&
               sts__level_bucket_ns(WINDOW_LEVEL, chunks->items[end].begin_ns) == hour_ns)
            end++;
        walk->next_chunk = end;
        walk->next_ref = 0;
        r = open_hour(walk, chunks->items + first, end - first, err);
    }
    return r < 0 ? r : 1;
}

/* --- all of it --- */

static int find_series(struct sts_store_reader *walk, struct sts_error *err)
{
    size_t count;
    const struct sts_store_series *series = sts_store_list_series(walk->list, &count);
    const struct sts_each *each = &walk->each;

    for (size_t i = 0; i < count; i++)
        if (series[i].id >= walk->series_count)
            walk->series_count = (size_t)series[i].id + 1;
    walk->series = sts__alloc_array(walk->series_count + 1, sizeof(*walk->series));
    if (walk->series == NULL)
        return sts__fail_nomem(err);
    for (size_t i = 0; i < count; i++)
        if (each->lanes == NULL ||
            (series[i].id < each->series_count && each->lanes[series[i].id] != STS_SCAN_SKIP))
            walk->series[series[i].id] = &series[i];
    return 0;
}

static int begin(struct sts_store_reader *walk, struct sts_error *err)
{
    int r = sts_store_list_open_series(walk->store, &walk->list, err);

    if (r == 0)
        r = find_series(walk, err);
    if (r == 0)
        r = sts__store_take(walk->store, err);
    if (r == 0)
        r = sts__db_begin_read(walk->store->db, err);
    if (r < 0)
        return r;
    walk->is_reading = true;
    return sts__chunk_list_add(&walk->chunks, walk->store->db, 0, walk->each.from_ns,
                               walk->each.to_ns, err);
}

int sts_store_reader_open(struct sts_store *store, const struct sts_each *each,
                          struct sts_store_reader **ret_reader, struct sts_error *err)
{
    struct sts_store_reader *walk = calloc(1, sizeof(*walk));
    int r;

    if (walk == NULL)
        return sts__fail_nomem(err);
    walk->store = store;
    walk->each = *each;
    r = begin(walk, err);
    if (r < 0) {
        sts_store_reader_close(walk);
        return r;
    }
    *ret_reader = walk;
    return 0;
}

void sts_store_reader_close(struct sts_store_reader *reader)
{
    if (reader == NULL)
        return;
    close_hour(reader);
    if (reader->is_reading)
        sts__db_rollback(reader->store->db);
    sts__chunk_list_deinit(&reader->chunks);
    sts_store_list_close(reader->list);
    sts_symbols_free(reader->symbols);
    free(reader->series);
    free(reader->refs);
    free(reader->function_ids);
    free(reader);
}

/* Numbers of functions hold for one table of symbols. */
static void use_profile(struct sts_store_reader *walk, struct sts_profile *profile)
{
    struct sts_symbols *symbols = sts_profile_symbols(profile);

    walk->profile = profile;
    if (walk->symbols == symbols)
        return;
    sts_symbols_free(walk->symbols);
    walk->symbols = sts_symbols_ref(symbols);
    if (walk->function_cap > 0)
        memset(walk->function_ids, 0xff, walk->function_cap * sizeof(*walk->function_ids));
}

int sts_store_reader_next(struct sts_store_reader *reader, struct sts_profile *profile,
                          struct sts_error *err)
{
    int r = next_hour(reader, err);

    if (r == 0)
        r = sts__db_check_still(reader->store->db, err);
    if (r <= 0) {
        sts_profile_clear(profile);
        return r;
    }
    use_profile(reader, profile);
    r = fill(reader, &reader->refs[reader->next_ref], err);
    if (r < 0)
        return r;
    reader->next_ref++;
    return 1;
}
