/* SPDX-License-Identifier: MIT */
/*
 * profile.h - the first noun: what happened in one span of time of one process.
 *
 * A profile holds a span, labels, one row of figures per function, and one row
 * per edge (caller, callee). Functions and texts live in a table of symbols
 * that several profiles may share; a reader that fills one profile after the
 * other shares it, so that a name is stored once.
 *
 * A profile and its symbols belong to one thread at a time.
 * Source: docs/architecture.md, "Profile".
 */
#ifndef STATSLICE_PROFILE_H
#define STATSLICE_PROFILE_H

#include <statslice/error.h>

struct sts_symbols;
struct sts_profile;

/* Who a function is. Texts are UTF-8 (lone surrogates allowed, as Python's are), NUL-ended,
 * borrowed. */
struct sts_function {
    const char *file_name; /* "~" for a built-in */
    const char *name;
    const char *qualname; /* NULL where the interpreter did not tell it */
    int32_t line_number;  /* 0 for a built-in */
};

/* What a function, or an edge, did. */
struct sts_figures {
    uint64_t ncalls;    /* all calls */
    uint64_t pcalls;    /* primitive calls: those that were not recursive */
    int64_t tottime_ns; /* own time */
    int64_t cumtime_ns; /* own time and callees', once for a recursive activation */
};

/*
 * What a generator or a coroutine did besides; zeros for every other function, and where the
 * engine does not tell it. Edges do not have it.
 */
struct sts_coro {
    uint64_t n_resumes; /* how often it went on after a yield or an await; not in ncalls */
    int64_t
        awaittime_ns; /* of a coroutine: wall time from its start to its end, waiting included */
};

/*
 * Calls of one function made from one other, both by their id in the symbols.
 * A caller need not have a row of its own: pstats files exist that name callers
 * which they hold no figures of.
 */
struct sts_edge {
    uint32_t caller_id;
    uint32_t callee_id;
    struct sts_figures figures;
};

enum sts_engine { STS_ENGINE_UNKNOWN, STS_ENGINE_FRAMES, STS_ENGINE_EVENTS, STS_ENGINE_IMPORT };
enum sts_clock { STS_CLOCK_WALL, STS_CLOCK_CPU };

/* Limits: what one table of symbols or one profile may hold at most. */
#define STS_TEXT_BYTES_MAX ((size_t)1 << 20) /* one file name, name or label value */
#define STS_FUNCTIONS_MAX  ((size_t)1 << 24) /* functions in one table of symbols */
#define STS_EDGES_MAX      ((size_t)1 << 26) /* edges in one profile */
#define STS_LABELS_MAX     ((size_t)64)      /* labels of one profile */

/* --- symbols --- */

/* sts_symbols_new - an empty table, with one reference. Returns: NULL when out of memory. */
STS_API struct sts_symbols *sts_symbols_new(void);

/* sts_symbols_ref - one more holder. Returns: symbols. */
STS_API struct sts_symbols *sts_symbols_ref(struct sts_symbols *symbols);

/* sts_symbols_free - one holder less; the last one frees it. NULL is fine. */
STS_API void sts_symbols_free(struct sts_symbols *symbols);

/*
 * sts_symbols_add_function - the id of an identity, which is made if it is new.
 *
 * Ids count up from 0 and stay as long as the table does. The identity is all
 * four fields; a qualname that is not known differs from any that is.
 * Errors: STS_E_NOMEM, STS_E_LIMIT.
 */
STS_API STS_MUST_CHECK int sts_symbols_add_function(struct sts_symbols *symbols,
                                                    const struct sts_function *function,
                                                    uint32_t *ret_function_id,
                                                    struct sts_error *err);

STS_API size_t sts_symbols_function_count(const struct sts_symbols *symbols);

/* sts_symbols_function - who an id is. Texts are borrowed from the symbols. */
STS_API struct sts_function sts_symbols_function(const struct sts_symbols *symbols,
                                                 uint32_t function_id);

/* sts_symbols_bytes - memory that the table holds, for limits and for `info`. */
STS_API size_t sts_symbols_bytes(const struct sts_symbols *symbols);

/* --- life --- */

/*
 * sts_profile_new - an empty profile over the span [0, 0), coverage 1, wall clock.
 *
 * symbols: shared table (a reference is taken), or NULL for one of its own.
 * Returns: NULL when out of memory.
 */
STS_API struct sts_profile *sts_profile_new(struct sts_symbols *symbols);
STS_API void sts_profile_free(struct sts_profile *profile);

/* sts_profile_clear - empty again (span, labels, rows); keeps its symbols and its memory. */
STS_API void sts_profile_clear(struct sts_profile *profile);

/* sts_profile_symbols - the table it uses, borrowed. */
STS_API struct sts_symbols *sts_profile_symbols(const struct sts_profile *profile);

/* --- what it is about --- */

STS_API int64_t sts_profile_begin_ns(const struct sts_profile *profile); /* since 1970 UTC */
STS_API int64_t sts_profile_end_ns(const struct sts_profile *profile);

/* sts_profile_set_span - [begin_ns, end_ns). Asserts begin_ns <= end_ns. */
STS_API void sts_profile_set_span(struct sts_profile *profile, int64_t begin_ns, int64_t end_ns);

STS_API enum sts_engine sts_profile_engine(const struct sts_profile *profile);
STS_API void sts_profile_set_engine(struct sts_profile *profile, enum sts_engine engine);
STS_API const char *sts_engine_name(enum sts_engine engine);

STS_API enum sts_clock sts_profile_clock(const struct sts_profile *profile);
STS_API void sts_profile_set_clock(struct sts_profile *profile, enum sts_clock clock);
STS_API const char *sts_clock_name(enum sts_clock clock);

/* Share of the span that was really profiled, 0 < coverage <= 1 (asserted). */
STS_API double sts_profile_coverage(const struct sts_profile *profile);
STS_API void sts_profile_set_coverage(struct sts_profile *profile, double coverage);

/* Profiles that were lost before this one, 0 unless it was told. Asserts n_dropped < 2^63. */
STS_API uint64_t sts_profile_dropped(const struct sts_profile *profile);
STS_API void sts_profile_set_dropped(struct sts_profile *profile, uint64_t n_dropped);

/* Labels, sorted by key. A value set again replaces the older one; NULL removes the label. */
STS_API STS_MUST_CHECK int sts_profile_set_label(struct sts_profile *profile, const char *key,
                                                 const char *value, struct sts_error *err);
STS_API size_t sts_profile_label_count(const struct sts_profile *profile);
STS_API const char *sts_profile_label_key(const struct sts_profile *profile, size_t i);
STS_API const char *sts_profile_label_value(const struct sts_profile *profile, size_t i);

/* sts_profile_label - the value of one label, borrowed; NULL where it has none. */
STS_API const char *sts_profile_label(const struct sts_profile *profile, const char *key);

/* --- rows --- */

/* Rows stand in the order in which their functions were first added. */
STS_API size_t sts_profile_function_count(const struct sts_profile *profile);
STS_API uint32_t sts_profile_function_id(const struct sts_profile *profile, size_t i);

/* sts_profile_function - who row i is: sts_symbols_function of its id. */
STS_API struct sts_function sts_profile_function(const struct sts_profile *profile, size_t i);

/* sts_profile_figures - figures of row i, borrowed until the next call that changes the profile. */
STS_API const struct sts_figures *sts_profile_figures(const struct sts_profile *profile, size_t i);

/* sts_profile_find - figures of a function, borrowed as above; NULL where it has no row. */
STS_API const struct sts_figures *sts_profile_find(const struct sts_profile *profile,
                                                   uint32_t function_id);

/* sts_profile_coro - what the generator or coroutine of row i did besides. */
STS_API struct sts_coro sts_profile_coro(const struct sts_profile *profile, size_t i);

STS_API size_t sts_profile_edge_count(const struct sts_profile *profile);
STS_API const struct sts_edge *sts_profile_edge(const struct sts_profile *profile, size_t i);

/*
 * sts_profile_add - add figures to a function's row, which is made if it is new.
 *
 * Errors: STS_E_NOMEM, STS_E_LIMIT (a sum that does not fit 63 bits; the row is unchanged).
 */
STS_API STS_MUST_CHECK int sts_profile_add(struct sts_profile *profile, uint32_t function_id,
                                           const struct sts_figures *figures,
                                           struct sts_error *err);

/*
 * sts_profile_add_coro - add to what the function's generators or coroutines did besides.
 *
 * Its row is made if it is new, with figures of zero. Errors: as sts_profile_add; the sums are
 * unchanged.
 */
STS_API STS_MUST_CHECK int sts_profile_add_coro(struct sts_profile *profile, uint32_t function_id,
                                                const struct sts_coro *coro, struct sts_error *err);

/* sts_profile_add_edge - the same for the row of calls from caller to callee. */
STS_API STS_MUST_CHECK int sts_profile_add_edge(struct sts_profile *profile, uint32_t caller_id,
                                                uint32_t callee_id,
                                                const struct sts_figures *figures,
                                                struct sts_error *err);

/* Sums over the functions: own time, all calls, primitive calls. */
STS_API struct sts_figures sts_profile_totals(const struct sts_profile *profile);

/* --- arithmetic --- */

/*
 * sts_profile_merge - add all of other: the sums of both, the span that holds both spans.
 *
 * The order in which profiles are merged does not change the sums. Labels on
 * which both do not agree are dropped. Coverage becomes the share of the new
 * span that the two profiled (at most 1). An empty, cleared profile takes over other's span.
 * Profiles that either has lost are summed. Of different engines it is an import, of different
 * clocks of the wall's.
 */
STS_API STS_MUST_CHECK int sts_profile_merge(struct sts_profile *profile,
                                             const struct sts_profile *other,
                                             struct sts_error *err);

/*
 * sts_profile_subtract - take other's figures away; rows that become all zero go.
 *
 * Span, labels and what was lost stay as they are.
 * Errors: STS_E_USAGE where other holds more than profile (profile is unchanged).
 */
STS_API STS_MUST_CHECK int sts_profile_subtract(struct sts_profile *profile,
                                                const struct sts_profile *other,
                                                struct sts_error *err);

/* sts_profile_strip_dirs - file names lose their folders; functions that become equal are summed.
 */
STS_API STS_MUST_CHECK int sts_profile_strip_dirs(struct sts_profile *profile,
                                                  struct sts_error *err);

/* sts_profile_drop_qualnames - identities as pstats knows them; what becomes equal is summed. */
STS_API STS_MUST_CHECK int sts_profile_drop_qualnames(struct sts_profile *profile,
                                                      struct sts_error *err);

/*
 * sts_profile_check - what must hold of any profile from an exact engine.
 *
 * pcalls <= ncalls, no negative time, tottime <= cumtime of a function (the
 * awaittime is no part of either: it passes while others run), and the edges into a function hold
 * no more calls than the function has. Errors: STS_E_FORMAT, with the first function at fault.
 */
STS_API STS_MUST_CHECK int sts_profile_check(const struct sts_profile *profile,
                                             struct sts_error *err);

#endif
