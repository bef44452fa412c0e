/* SPDX-License-Identifier: MIT */
/*
 * store.h - months of profiles in one file.
 *
 * Many processes may write one store at once, and read it meanwhile. What was committed stays,
 * whatever happens to the process; what was damaged on disk is told, never read as if it were
 * right. A store belongs to one thread at a time, and to the process that opened it: not to a
 * forked one. Source: docs/formats/store.md; docs/architecture.md, "Store".
 */
#ifndef STATSLICE_STORE_H
#define STATSLICE_STORE_H

#include <statslice/profile.h>

struct sts_store;
struct sts_store_list;

#define STS_STORE_WAIT_NS INT64_C(10000000000) /* unless options say other */

struct sts_store_options {
    bool writes;      /* profiles will be added */
    bool creates;     /* make it where there is none; implies writes */
    unsigned threads; /* that read; 0: as many as there are cores, at most 8 */
    int64_t wait_ns;  /* for other processes, before a call fails; 0: STS_STORE_WAIT_NS */
};
#define STS_STORE_OPTIONS_INIT                                                                     \
    {                                                                                              \
        false, false, 0, 0                                                                         \
    }

/*
 * sts_store_open - open a store.
 *
 * options: may be NULL: to read.
 * Errors:  STS_E_IO (with sys_errno), STS_E_FORMAT (no store, or damaged), STS_E_UNSUPPORTED (of a
 *          newer format), STS_E_NOMEM. The text names the file.
 */
STS_API STS_MUST_CHECK int sts_store_open(const char *path, const struct sts_store_options *options,
                                          struct sts_store **ret_store, struct sts_error *err);

/* sts_store_close - what was added and not committed is dropped. NULL is fine. */
STS_API void sts_store_close(struct sts_store *store);

/* sts_store_set_threads - how many read from here on, as of the options. */
STS_API void sts_store_set_threads(struct sts_store *store, unsigned threads);

/* sts_store_is - whether a file is a store, by its first bytes. */
STS_API bool sts_store_is(const char *path);

/* --- writing --- */

/* What became of a profile that was committed. */
enum sts_store_state {
    STS_STORE_NEW,     /* stored */
    STS_STORE_KNOWN,   /* the same one is there already */
    STS_STORE_EXPIRED, /* older than profiles are kept */
};

/* Counts of profiles by state, and of functions' rows of the new ones. */
struct sts_store_tally {
    uint64_t n_new, n_known, n_expired;
    uint64_t n_rows;
};

/*
 * sts_store_add - copy a profile into the batch that the next commit stores.
 *
 * Errors: STS_E_LIMIT (commit first), STS_E_NOMEM, STS_E_USAGE (opened to read); the batch is as it
 *         was.
 */
STS_API STS_MUST_CHECK int sts_store_add(struct sts_store *store, const struct sts_profile *profile,
                                         struct sts_error *err);

/*
 * sts_store_new_source - another input begins.
 *
 * Two equal profiles of one source are two; of two sources they are one profile, given twice.
 */
STS_API void sts_store_new_source(struct sts_store *store);

/* sts_store_batch_rows - functions and edges in the batch, to commit in time; its profiles. */
STS_API size_t sts_store_batch_rows(const struct sts_store *store);
STS_API size_t sts_store_batch_profiles(const struct sts_store *store);

/*
 * sts_store_commit - store the batch, all of it or nothing.
 *
 * Returns: 0: it is on the disk. The batch is empty.
 * Errors:  STS_E_IO, STS_E_NOMEM, ...; the batch stays and may be committed again.
 */
STS_API STS_MUST_CHECK int sts_store_commit(struct sts_store *store, struct sts_error *err);

/*
 * sts_store_commit_begin - the same in a thread of its own, beside which the next batch is filled.
 *
 * Waits for the commit that was begun before, and tells its failure; that batch is tried again by
 * the next call of this or of sts_store_commit, which waits for all.
 */
STS_API STS_MUST_CHECK int sts_store_commit_begin(struct sts_store *store, struct sts_error *err);

/* sts_store_states - what became of the profiles of the last batch committed, in the order in which
 * they were added. Borrowed until the next commit. */
STS_API const enum sts_store_state *sts_store_states(const struct sts_store *store,
                                                     size_t *ret_count);

/* sts_store_tally - sums over all commits since the open. */
STS_API struct sts_store_tally sts_store_tally(const struct sts_store *store);

/* --- listing --- */

/* Profiles with the same labels, engine and clock. Texts are borrowed from the list. */
struct sts_store_series {
    uint32_t id;         /* counts from 1; some may be missing */
    const char *service; /* value of the label "service", "" where there is none */
    enum sts_engine engine;
    enum sts_clock clock;
    int64_t first_ns, last_ns; /* begin of the first profile, end of the last; since 1970 UTC */
    uint64_t n_profiles;
    size_t label_count;
    const char *const *label_keys, *const *label_values;
};

/* What is stored of one service at one level. */
struct sts_store_level {
    const char *service;
    unsigned level; /* 0: profiles as they came; 1 to 4: sums of a minute, ten, an hour, a day */
    uint64_t n_chunks, n_profiles, n_rows, n_edges;
    uint64_t n_bytes; /* packed */
};

/*
 * sts_store_list_open - what the store holds now; a snapshot. Memory: sts_store_list_close.
 * sts_store_list_open_series - its series alone, which is quicker: no levels, functions, bytes.
 */
STS_API STS_MUST_CHECK int sts_store_list_open(struct sts_store *store,
                                               struct sts_store_list **ret_list,
                                               struct sts_error *err);
STS_API STS_MUST_CHECK int sts_store_list_open_series(struct sts_store *store,
                                                      struct sts_store_list **ret_list,
                                                      struct sts_error *err);
STS_API void sts_store_list_close(struct sts_store_list *list);

/* Ordered by service, then by number; by service, then by level. */
STS_API const struct sts_store_series *sts_store_list_series(const struct sts_store_list *list,
                                                             size_t *ret_count);
STS_API const struct sts_store_level *sts_store_list_levels(const struct sts_store_list *list,
                                                            size_t *ret_count);

/* sts_store_list_functions - how many functions were ever seen. sts_store_list_bytes - of the file.
 */
STS_API uint64_t sts_store_list_functions(const struct sts_store_list *list);
STS_API uint64_t sts_store_list_bytes(const struct sts_store_list *list);

/*
 * sts_store_check_place - that the path that a store was opened by still leads to it.
 *
 * What is written to one that was removed or replaced is lost with it.   Errors: STS_E_IO.
 */
STS_API STS_MUST_CHECK int sts_store_check_place(struct sts_store *store, struct sts_error *err);

/*
 * sts_store_generation - a number that every change of what is stored raises.
 *
 * Answers of the same number are the same. It goes up by writers of any process.
 */
STS_API STS_MUST_CHECK int sts_store_generation(struct sts_store *store, int64_t *ret_generation,
                                                struct sts_error *err);

/* --- keeping --- */

#define STS_STORE_LEVELS 5 /* 0: profiles as they came; then sums of 1 min, 10 min, 1 h, 1 d */

/* Called now and then with the share that is done, 0..1. Below 0 stops: STS_E_CANCELLED. */
typedef int (*sts_store_step_fn)(void *context, double done);

/*
 * sts_store_compact - make few large chunks of many small ones, and roll raw profiles up.
 *
 * Others may write and read meanwhile. What was done before a failure, or a kill, stays done.
 * step: may be NULL.
 */
STS_API STS_MUST_CHECK int sts_store_compact(struct sts_store *store, sts_store_step_fn step,
                                             void *context, struct sts_error *err);

/* How long each level is kept behind now, 0: for ever; and how large the file may be, 0: as it is.
 */
struct sts_store_retention {
    int64_t ages_ns[STS_STORE_LEVELS];
    uint64_t bytes_max;
};

STS_API STS_MUST_CHECK int sts_store_retention(struct sts_store *store,
                                               struct sts_store_retention *ret_retention,
                                               struct sts_error *err);

/* sts_store_set_retention - kept in the store, for all who write to it. Errors: STS_E_USAGE. */
STS_API STS_MUST_CHECK int sts_store_set_retention(struct sts_store *store,
                                                   const struct sts_store_retention *retention,
                                                   struct sts_error *err);

/*
 * sts_store_retain - let go of what is older, and of more, than is to be kept; the file shrinks.
 *
 * Over bytes_max the finest level goes first, and of it the oldest. *ret_gone: chunks that went.
 */
STS_API STS_MUST_CHECK int sts_store_retain(struct sts_store *store, size_t *ret_gone,
                                            struct sts_error *err);

/*
 * sts_store_delete_service - all that was stored of one value of the label "service".
 *
 * The names of its functions stay, since other services may share them.
 * Errors: STS_E_NOTFOUND.
 */
STS_API STS_MUST_CHECK int sts_store_delete_service(struct sts_store *store, const char *service,
                                                    struct sts_error *err);

/* --- tokens: who may use a server on the store --- */

#define STS_TOKEN_NAME_BYTES 64
#define STS_TOKEN_ROLE_BYTES 16
#define STS_TOKEN_HASH_BYTES 32
#define STS_TOKENS_MAX       ((size_t)4096)

/* What is kept of one: never the token itself. */
struct sts_store_token {
    char name[STS_TOKEN_NAME_BYTES];
    char role[STS_TOKEN_ROLE_BYTES];
    uint8_t hash[STS_TOKEN_HASH_BYTES];
    int64_t created_ns; /* since 1970 UTC */
};

/* sts_store_token_add - Errors: STS_E_USAGE where there is one of that name; STS_E_LIMIT. */
STS_API STS_MUST_CHECK int sts_store_token_add(struct sts_store *store,
                                               const struct sts_store_token *token,
                                               struct sts_error *err);

/* sts_store_token_remove - by its name.   Errors: STS_E_NOTFOUND. */
STS_API STS_MUST_CHECK int sts_store_token_remove(struct sts_store *store, const char *name,
                                                  struct sts_error *err);

/* sts_store_tokens - all of them by name, in memory of malloc; NULL where there are none. */
STS_API STS_MUST_CHECK int sts_store_tokens(struct sts_store *store,
                                            struct sts_store_token **ret_tokens, size_t *ret_count,
                                            struct sts_error *err);

/* --- checking --- */

/* Something that is not as it was written. Texts are borrowed for the call. */
struct sts_store_damage {
    int64_t chunk_id;         /* 0: it is no chunk */
    const char *service;      /* of a chunk */
    unsigned level;           /* of a chunk */
    int64_t begin_ns, end_ns; /* of a chunk: the time that it holds */
    const char *text;
};
typedef int (*sts_store_damage_fn)(void *context, const struct sts_store_damage *damage);

struct sts_store_check {
    uint64_t n_damaged, n_chunks, n_rows;
};

/*
 * sts_store_check - read all of a store, and tell each thing that is damaged.
 *
 * visit, step: may be NULL; below 0 stops.   Returns: 0 also where something is damaged.
 */
STS_API STS_MUST_CHECK int sts_store_check(struct sts_store *store, sts_store_damage_fn visit,
                                           sts_store_step_fn step, void *context,
                                           struct sts_store_check *ret_found,
                                           struct sts_error *err);

#endif
