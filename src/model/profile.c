/* SPDX-License-Identifier: MIT */
/*
 * profile.c - what happened in one span of time of one process: rows and edges of figures.
 *
 * Rows are found by function id through an array (ids are dense). Edges are
 * found through a hash that is only built when an edge is looked up: a reader
 * that knows its edges to be new never pays for it.
 * Not:  sums over several profiles (arithmetic.c).
 */
#include "model/profile.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/idmap.h"
#include "base/mem.h"
#include "model/coros.h"

struct label {
    char *key, *value;
};

struct sts_profile {
    struct sts_symbols *symbols;
    int64_t begin_ns, end_ns;
    enum sts_engine engine;
    enum sts_clock clock;
    double coverage;
    uint64_t n_dropped;
    struct label *labels; /* sorted by key */
    size_t label_count, label_cap;
    struct sts__row *rows;
    size_t row_count, row_cap;
    struct sts__coros coros;
    uint32_t *row_of; /* by function id: index in rows + 1, 0 for none */
    size_t row_of_cap;
    struct sts_edge *edges;
    size_t edge_count, edge_cap;
    struct sts__idmap edge_of; /* caller id << 32 | callee id: index in edges */
    size_t edges_indexed;      /* the first so many edges are in edge_of */
};

struct sts_profile *sts_profile_new(struct sts_symbols *symbols)
{
    struct sts_profile *profile = calloc(1, sizeof(*profile));

    if (profile == NULL)
        return NULL;
    profile->symbols = symbols != NULL ? sts_symbols_ref(symbols) : sts_symbols_new();
    if (profile->symbols == NULL) {
        free(profile);
        return NULL;
    }
    profile->coverage = 1.0;
    sts__idmap_init(&profile->edge_of);
    sts__coros_init(&profile->coros);
    return profile;
}

static void clear_labels(struct sts_profile *profile)
{
    for (size_t i = 0; i < profile->label_count; i++) {
        free(profile->labels[i].key);
        free(profile->labels[i].value);
    }
    profile->label_count = 0;
}

void sts_profile_free(struct sts_profile *profile)
{
    if (profile == NULL)
        return;
    clear_labels(profile);
    free(profile->labels);
    free(profile->rows);
    free(profile->row_of);
    free(profile->edges);
    sts__coros_deinit(&profile->coros);
    sts__idmap_deinit(&profile->edge_of);
    sts_symbols_free(profile->symbols);
    free(profile);
}

void sts_profile_clear(struct sts_profile *profile)
{
    clear_labels(profile);
    for (size_t i = 0; i < profile->row_count; i++)
        profile->row_of[profile->rows[i].function_id] = 0;
    profile->row_count = 0;
    sts__coros_clear(&profile->coros);
    profile->edge_count = 0;
    if (profile->edges_indexed > 0)
        sts__idmap_clear(&profile->edge_of);
    profile->edges_indexed = 0;
    profile->begin_ns = 0;
    profile->end_ns = 0;
    profile->engine = STS_ENGINE_UNKNOWN;
    profile->clock = STS_CLOCK_WALL;
    profile->coverage = 1.0;
    profile->n_dropped = 0;
}

struct sts_symbols *sts_profile_symbols(const struct sts_profile *profile)
{
    return profile->symbols;
}

/* --- what it is about --- */

int64_t sts_profile_begin_ns(const struct sts_profile *profile)
{
    return profile->begin_ns;
}

int64_t sts_profile_end_ns(const struct sts_profile *profile)
{
    return profile->end_ns;
}

void sts_profile_set_span(struct sts_profile *profile, int64_t begin_ns, int64_t end_ns)
{
    assert(begin_ns <= end_ns);
    profile->begin_ns = begin_ns;
    profile->end_ns = end_ns;
}

enum sts_engine sts_profile_engine(const struct sts_profile *profile)
{
    return profile->engine;
}

void sts_profile_set_engine(struct sts_profile *profile, enum sts_engine engine)
{
    profile->engine = engine;
}

const char *sts_engine_name(enum sts_engine engine)
{
    static const char *const names[] = {
        [STS_ENGINE_UNKNOWN] = "unknown",
        [STS_ENGINE_FRAMES] = "frames",
        [STS_ENGINE_EVENTS] = "events",
        [STS_ENGINE_IMPORT] = "import",
    };
    return names[engine];
}

enum sts_clock sts_profile_clock(const struct sts_profile *profile)
{
    return profile->clock;
}

void sts_profile_set_clock(struct sts_profile *profile, enum sts_clock clock)
{
    profile->clock = clock;
}

const char *sts_clock_name(enum sts_clock clock)
{
    return clock == STS_CLOCK_CPU ? "cpu" : "wall";
}

double sts_profile_coverage(const struct sts_profile *profile)
{
    return profile->coverage;
}

void sts_profile_set_coverage(struct sts_profile *profile, double coverage)
{
    assert(coverage > 0.0 && coverage <= 1.0);
    profile->coverage = coverage;
}

uint64_t sts_profile_dropped(const struct sts_profile *profile)
{
    return profile->n_dropped;
}

void sts_profile_set_dropped(struct sts_profile *profile, uint64_t n_dropped)
{
    assert(n_dropped <= (uint64_t)INT64_MAX);
    profile->n_dropped = n_dropped;
}

/* Where a key is, or where it belongs. */
static size_t label_place(const struct sts_profile *profile, const char *key, bool *ret_found)
{
    size_t i = 0;
    int order = 1;

    while (i < profile->label_count && (order = strcmp(key, profile->labels[i].key)) > 0)
        i++;
    *ret_found = i < profile->label_count && order == 0;
    return i;
}

void sts__profile_remove_label(struct sts_profile *profile, size_t i)
{
    free(profile->labels[i].key);
    free(profile->labels[i].value);
    profile->label_count--;
    memmove(&profile->labels[i], &profile->labels[i + 1],
            (profile->label_count - i) * sizeof(profile->labels[0]));
}

static int insert_label(struct sts_profile *profile, size_t i, const char *key, char *take_value,
                        struct sts_error *err)
{
    char *key_copy;
    int r;

    r = sts__grow(&profile->labels, &profile->label_cap, profile->label_count + 1,
                  sizeof(*profile->labels), STS_LABELS_MAX);
    key_copy = r < 0 ? NULL : sts__copy_text(key, strlen(key));
    if (key_copy == NULL) {
        free(take_value);
        if (r == STS_E_LIMIT)
            return sts__fail(err, STS_E_LIMIT, "more than %zu labels on one profile",
                             STS_LABELS_MAX);
        return sts__fail_nomem(err);
    }
    memmove(&profile->labels[i + 1], &profile->labels[i],
            (profile->label_count - i) * sizeof(profile->labels[0]));
    profile->labels[i] = (struct label){ key_copy, take_value };
    profile->label_count++;
    return 0;
}

int sts_profile_set_label(struct sts_profile *profile, const char *key, const char *value,
                          struct sts_error *err)
{
    bool found;
    size_t i = label_place(profile, key, &found);
    char *copy;

    if (value == NULL) {
        if (found)
            sts__profile_remove_label(profile, i);
        return 0;
    }
    if (strlen(key) > STS_TEXT_BYTES_MAX || strlen(value) > STS_TEXT_BYTES_MAX)
        return sts__fail(err, STS_E_LIMIT, "a label of more than %zu bytes", STS_TEXT_BYTES_MAX);
    copy = sts__copy_text(value, strlen(value));
    if (copy == NULL)
        return sts__fail_nomem(err);
    if (!found)
        return insert_label(profile, i, key, copy, err);
    free(profile->labels[i].value);
    profile->labels[i].value = copy;
    return 0;
}

size_t sts_profile_label_count(const struct sts_profile *profile)
{
    return profile->label_count;
}

const char *sts_profile_label_key(const struct sts_profile *profile, size_t i)
{
    assert(i < profile->label_count);
    return profile->labels[i].key;
}

const char *sts_profile_label_value(const struct sts_profile *profile, size_t i)
{
    assert(i < profile->label_count);
    return profile->labels[i].value;
}

const char *sts_profile_label(const struct sts_profile *profile, const char *key)
{
    bool found;
    size_t i = label_place(profile, key, &found);

    return found ? profile->labels[i].value : NULL;
}

/* --- rows --- */

size_t sts_profile_function_count(const struct sts_profile *profile)
{
    return profile->row_count;
}

uint32_t sts_profile_function_id(const struct sts_profile *profile, size_t i)
{
    assert(i < profile->row_count);
    return profile->rows[i].function_id;
}

struct sts_function sts_profile_function(const struct sts_profile *profile, size_t i)
{
    return sts_symbols_function(profile->symbols, sts_profile_function_id(profile, i));
}

const struct sts_figures *sts_profile_figures(const struct sts_profile *profile, size_t i)
{
    assert(i < profile->row_count);
    return &profile->rows[i].figures;
}

const struct sts_figures *sts_profile_find(const struct sts_profile *profile, uint32_t function_id)
{
    if (function_id >= profile->row_of_cap || profile->row_of[function_id] == 0)
        return NULL;
    return &profile->rows[profile->row_of[function_id] - 1].figures;
}

struct sts_coro sts_profile_coro(const struct sts_profile *profile, size_t i)
{
    assert(i < profile->row_count);
    return sts__coros_at(&profile->coros, i);
}

struct sts_coro sts__profile_find_coro(const struct sts_profile *profile, uint32_t function_id)
{
    if (function_id >= profile->row_of_cap || profile->row_of[function_id] == 0)
        return (struct sts_coro){ 0, 0 };
    return sts__coros_at(&profile->coros, profile->row_of[function_id] - 1);
}

bool sts__profile_has_coros(const struct sts_profile *profile)
{
    return profile->coros.row_count > 0;
}

size_t sts_profile_edge_count(const struct sts_profile *profile)
{
    return profile->edge_count;
}

const struct sts_edge *sts_profile_edge(const struct sts_profile *profile, size_t i)
{
    assert(i < profile->edge_count);
    return &profile->edges[i];
}

const struct sts__row *sts__profile_rows(const struct sts_profile *profile, size_t *ret_count)
{
    *ret_count = profile->row_count;
    return profile->rows;
}

const struct sts_edge *sts__profile_edges(const struct sts_profile *profile, size_t *ret_count)
{
    *ret_count = profile->edge_count;
    return profile->edges;
}

bool sts__profile_edges_are_counts(const struct sts_profile *profile)
{
    for (size_t i = 0; i < profile->edge_count; i++) {
        const struct sts_figures *figures = &profile->edges[i].figures;
        if (figures->pcalls != 0 || figures->tottime_ns != 0 || figures->cumtime_ns != 0)
            return false;
    }
    return profile->edge_count > 0;
}

/* Sums stay within 63 bits, so that no later arithmetic on them can wrap. */
int sts__figures_add(struct sts_figures *sum, const struct sts_figures *more)
{
    if (more->ncalls > (uint64_t)INT64_MAX - sum->ncalls ||
        more->pcalls > (uint64_t)INT64_MAX - sum->pcalls)
        return STS_E_LIMIT;
    if ((more->tottime_ns > 0 && sum->tottime_ns > INT64_MAX - more->tottime_ns) ||
        (more->cumtime_ns > 0 && sum->cumtime_ns > INT64_MAX - more->cumtime_ns))
        return STS_E_LIMIT;
    if ((more->tottime_ns < 0 && sum->tottime_ns < INT64_MIN - more->tottime_ns) ||
        (more->cumtime_ns < 0 && sum->cumtime_ns < INT64_MIN - more->cumtime_ns))
        return STS_E_LIMIT;
    sum->ncalls += more->ncalls;
    sum->pcalls += more->pcalls;
    sum->tottime_ns += more->tottime_ns;
    sum->cumtime_ns += more->cumtime_ns;
    return 0;
}

static int fail_sum(struct sts_error *err)
{
    return sts__fail(err, STS_E_LIMIT, "a sum of calls or nanoseconds does not fit 63 bits");
}

static bool figures_fit(const struct sts_figures *figures)
{
    return figures->ncalls <= (uint64_t)INT64_MAX && figures->pcalls <= (uint64_t)INT64_MAX;
}

/* row_of must reach every id of the symbols; it grows with them, zeroed. */
static int reach_function(struct sts_profile *profile, uint32_t function_id, struct sts_error *err)
{
    size_t old_cap = profile->row_of_cap;
    int r;

    assert(function_id < sts_symbols_function_count(profile->symbols));
    if (function_id < old_cap)
        return 0;
    r = sts__grow(&profile->row_of, &profile->row_of_cap, (size_t)function_id + 1,
                  sizeof(*profile->row_of), STS_FUNCTIONS_MAX);
    if (r < 0)
        return sts__fail_nomem(err);
    memset(profile->row_of + old_cap, 0,
           (profile->row_of_cap - old_cap) * sizeof(*profile->row_of));
    return 0;
}

int sts__profile_reserve(struct sts_profile *profile, size_t rows, size_t edges,
                         struct sts_error *err)
{
    if (sts__grow(&profile->rows, &profile->row_cap, profile->row_count + rows,
                  sizeof(*profile->rows), STS_FUNCTIONS_MAX) < 0 ||
        sts__grow(&profile->edges, &profile->edge_cap, profile->edge_count + edges,
                  sizeof(*profile->edges), STS_EDGES_MAX) < 0)
        return sts__fail_nomem(err);
    return 0;
}

int sts_profile_add(struct sts_profile *profile, uint32_t function_id,
                    const struct sts_figures *figures, struct sts_error *err)
{
    uint32_t place;
    int r = reach_function(profile, function_id, err);

    if (r < 0)
        return r;
    place = profile->row_of[function_id];
    if (place > 0) {
        r = sts__figures_add(&profile->rows[place - 1].figures, figures);
        return r < 0 ? fail_sum(err) : 0;
    }
    if (!figures_fit(figures))
        return fail_sum(err);
    r = sts__grow(&profile->rows, &profile->row_cap, profile->row_count + 1, sizeof(*profile->rows),
                  STS_FUNCTIONS_MAX);
    if (r < 0)
        return sts__fail_nomem(err);
    profile->rows[profile->row_count] = (struct sts__row){ function_id, *figures };
    profile->row_of[function_id] = (uint32_t)++profile->row_count;
    return 0;
}

int sts_profile_add_coro(struct sts_profile *profile, uint32_t function_id,
                         const struct sts_coro *coro, struct sts_error *err)
{
    const struct sts_figures none = { 0, 0, 0, 0 };
    int r = sts_profile_add(profile, function_id, &none, err);

    if (r < 0)
        return r;
    r = sts__coros_add(&profile->coros, profile->row_of[function_id] - 1, coro);
    if (r == STS_E_LIMIT)
        return fail_sum(err);
    return r < 0 ? sts__fail_nomem(err) : 0;
}

int sts__profile_append_edge(struct sts_profile *profile, uint32_t caller_id, uint32_t callee_id,
                             const struct sts_figures *figures, struct sts_error *err)
{
    int r = 0;

    if (!figures_fit(figures))
        return fail_sum(err);
    if (profile->edge_count == profile->edge_cap)
        r = sts__grow(&profile->edges, &profile->edge_cap, profile->edge_count + 1,
                      sizeof(*profile->edges), STS_EDGES_MAX);
    if (r == STS_E_LIMIT)
        return sts__fail(err, STS_E_LIMIT, "more than %zu edges in one profile", STS_EDGES_MAX);
    if (r < 0)
        return sts__fail_nomem(err);
    profile->edges[profile->edge_count++] = (struct sts_edge){ caller_id, callee_id, *figures };
    return 0;
}

int sts__profile_add_to_edge(struct sts_profile *profile, size_t i,
                             const struct sts_figures *figures, struct sts_error *err)
{
    assert(i < profile->edge_count);
    return sts__figures_add(&profile->edges[i].figures, figures) < 0 ? fail_sum(err) : 0;
}

static uint64_t edge_key(uint32_t caller_id, uint32_t callee_id)
{
    return (uint64_t)caller_id << 32 | callee_id;
}

static int index_edges(struct sts_profile *profile, struct sts_error *err)
{
    for (; profile->edges_indexed < profile->edge_count; profile->edges_indexed++) {
        const struct sts_edge *edge = &profile->edges[profile->edges_indexed];
        uint32_t *place =
            sts__idmap_at(&profile->edge_of, edge_key(edge->caller_id, edge->callee_id));
        if (place == NULL)
            return sts__fail_nomem(err);
        *place = (uint32_t)profile->edges_indexed;
    }
    return 0;
}

int sts_profile_add_edge(struct sts_profile *profile, uint32_t caller_id, uint32_t callee_id,
                         const struct sts_figures *figures, struct sts_error *err)
{
    uint32_t place;
    int r = index_edges(profile, err);

    if (r < 0)
        return r;
    place = sts__idmap_get(&profile->edge_of, edge_key(caller_id, callee_id));
    if (place == STS_IDMAP_NONE)
        return sts__profile_append_edge(profile, caller_id, callee_id, figures, err);
    return sts__profile_add_to_edge(profile, place, figures, err);
}

const struct sts_edge *sts__profile_find_edge(struct sts_profile *profile, uint32_t caller_id,
                                              uint32_t callee_id)
{
    uint32_t place;

    if (index_edges(profile, NULL) < 0)
        return NULL;
    place = sts__idmap_get(&profile->edge_of, edge_key(caller_id, callee_id));
    return place == STS_IDMAP_NONE ? NULL : &profile->edges[place];
}

void sts__profile_take_rows(struct sts_profile *profile, struct sts_profile *other)
{
    struct sts_profile old = *profile;

    assert(profile->symbols == other->symbols);
    profile->rows = other->rows;
    profile->row_count = other->row_count;
    profile->row_cap = other->row_cap;
    profile->row_of = other->row_of;
    profile->row_of_cap = other->row_of_cap;
    profile->coros = other->coros;
    profile->edges = other->edges;
    profile->edge_count = other->edge_count;
    profile->edge_cap = other->edge_cap;
    profile->edge_of = other->edge_of;
    profile->edges_indexed = other->edges_indexed;
    free(old.rows);
    free(old.row_of);
    free(old.edges);
    sts__coros_deinit(&old.coros);
    sts__idmap_deinit(&old.edge_of);
    other->rows = NULL;
    other->row_of = NULL;
    other->edges = NULL;
    sts__coros_init(&other->coros);
    other->row_count = other->row_cap = other->row_of_cap = 0;
    other->edge_count = other->edge_cap = other->edges_indexed = 0;
    sts__idmap_init(&other->edge_of);
}

struct sts_figures sts_profile_totals(const struct sts_profile *profile)
{
    struct sts_figures totals = { 0 };

    for (size_t i = 0; i < profile->row_count; i++) {
        const struct sts_figures *figures = &profile->rows[i].figures;
        struct sts_figures own = { figures->ncalls, figures->pcalls, figures->tottime_ns, 0 };
        if (sts__figures_add(&totals, &own) < 0)
            break;
    }
    return totals;
}
