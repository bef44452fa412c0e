/* SPDX-License-Identifier: MIT */
/*
 * scan.c - many chunks, summed by several threads.
 *
 * In:   what is known of each chunk, and a source of their parts.
 * Out:  blocks, in any order.
 * Why:  of each chunk the profiles' directory is loaded first, since often nothing in it is asked
 *       for, and then the columns alone of the figures that are.
 */
#include "store/scan.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/reduce.h"
#include "store/scan_threads.h"

#define JOB_ROWS   ((size_t)1 << 20) /* of chunks that one thread takes at a time */
#define JOB_CHUNKS ((size_t)256)

/* Of all workers. */
struct shared {
    const struct sts__scan_chunks *chunks;
    const struct sts__scan_source *source;
    size_t *first_chunks; /* [job_count + 1]: chunks of each job */
    uint32_t parts;       /* that figures are made of */
    pthread_mutex_t lock; /* of unwanted */
    struct sts__function_bits *unwanted;
};

struct worker {
    struct shared *shared;
    void *reader;
    struct sts__reduce reduce;
};

void sts__function_bits_deinit(struct sts__function_bits *bits)
{
    free(bits->words);
    *bits = (struct sts__function_bits){ 0 };
}

/* --- workers --- */

static int open_worker(void *context, sts__block_put_fn put, void *put_context, void **ret_worker,
                       struct sts_error *err)
{
    struct shared *shared = context;
    struct worker *worker = calloc(1, sizeof(*worker));
    int r;

    if (worker == NULL)
        return sts__fail_nomem(err);
    worker->shared = shared;
    r = shared->source->open(shared->source->context, &worker->reader, err);
    if (r != 0) {
        free(worker);
        return r;
    }
    sts__reduce_init(&worker->reduce, shared->chunks->scan, shared->chunks->intervals,
                     &shared->chunks->wanted, &shared->chunks->own, put, put_context);
    if (shared->chunks->direct_sums > 0)
        worker->reduce.direct_sums = shared->chunks->direct_sums;
    *ret_worker = worker;
    return 0;
}

static void close_worker(void *context)
{
    struct worker *worker = context;

    worker->shared->source->close(worker->reader);
    sts__reduce_deinit(&worker->reduce);
    free(worker);
}

/* The profiles of a chunk, and which of them are asked for. Returns: as sts__reduce_look. */
static int look_at_chunk(struct worker *worker, const struct sts__chunk_about *about,
                         const struct sts__part_bytes *parts, struct sts__chunk *chunk,
                         struct sts_error *err)
{
    bool without_spans = worker->reduce.scan->without_spans && about->is_exact;
    int r = sts__chunk_open_profiles(chunk, parts, about->level, without_spans, err);

    return r < 0 ? r : sts__reduce_look(&worker->reduce, about, chunk, err);
}

static int sum_chunk(struct worker *worker, struct sts__chunk *chunk,
                     const struct sts__part_bytes *parts, struct sts_error *err)
{
    int r = sts__chunk_open_tables(chunk, parts, err);

    return r < 0 ? r : sts__reduce_add(&worker->reduce, chunk, err);
}

/* A failure of a chunk's own bytes is told with its number; others are the connection's. */
static int name_chunk(int r, const struct sts__chunk_about *about, struct sts_error *err)
{
    if (r == STS_E_FORMAT)
        sts__fail_prefix(err, "chunk %lld", (long long)about->id);
    return r;
}

static int run_chunk(struct worker *worker, const struct sts__chunk_about *about,
                     struct sts_error *err)
{
    const struct sts__scan_source *source = worker->shared->source;
    struct sts__part_bytes parts[STS__PART_COUNT] = { { 0 } };
    uint32_t directory = UINT32_C(1) << STS__PART_PROFILES;
    struct sts__chunk chunk = { 0 };
    int r = source->load(worker->reader, about->id, directory, parts, err);

    if (r < 0)
        return r;
    r = name_chunk(look_at_chunk(worker, about, parts, &chunk, err), about, err);
    if (r > 0) {
        r = source->load(worker->reader, about->id, worker->shared->parts & ~directory, parts, err);
        if (r >= 0)
            r = name_chunk(sum_chunk(worker, &chunk, parts, err), about, err);
    }
    sts__chunk_deinit(&chunk);
    return r;
}

static int run_job(void *context, size_t job, struct sts_error *err)
{
    struct worker *worker = context;
    const struct shared *shared = worker->shared;
    const struct sts_scan *scan = shared->chunks->scan;
    int r = 0;

    for (size_t i = shared->first_chunks[job]; r == 0 && i < shared->first_chunks[job + 1]; i++) {
        if (scan->is_cancelled != NULL && scan->is_cancelled(scan->cancel_context))
            r = sts__fail(err, STS_E_CANCELLED, "nobody waits for the answer any more");
        else
            r = run_chunk(worker, &shared->chunks->chunks[i], err);
    }
    return r < 0 ? r : sts__reduce_flush(&worker->reduce, err);
}

static int add_unwanted(struct sts__function_bits *bits, const struct sts__reduce *reduce)
{
    uint64_t *words;

    if (reduce->unwanted_cap > bits->word_count) {
        words = realloc(bits->words, reduce->unwanted_cap * sizeof(*words));
        if (words == NULL)
            return STS_E_NOMEM;
        memset(words + bits->word_count, 0,
               (reduce->unwanted_cap - bits->word_count) * sizeof(*words));
        bits->words = words;
        bits->word_count = reduce->unwanted_cap;
    }
    for (size_t i = 0; i < reduce->unwanted_cap; i++)
        bits->words[i] |= reduce->unwanted[i];
    return 0;
}

static int finish_worker(void *context, struct sts_error *err)
{
    struct worker *worker = context;
    struct shared *shared = worker->shared;
    int r;

    pthread_mutex_lock(&shared->lock);
    r = add_unwanted(shared->unwanted, &worker->reduce);
    pthread_mutex_unlock(&shared->lock);
    return r < 0 ? sts__fail_nomem(err) : 0;
}

/* --- jobs --- */

/* Chunks in a row, of about so many rows together. Returns: how many jobs. */
static size_t make_jobs(const struct sts__scan_chunks *chunks, size_t *first_chunks)
{
    size_t jobs = 0, rows = 0;

    first_chunks[0] = 0;
    for (size_t i = 0; i < chunks->chunk_count; i++) {
        rows += chunks->chunks[i].row_count;
        if (rows < JOB_ROWS && i + 1 - first_chunks[jobs] < JOB_CHUNKS &&
            i + 1 < chunks->chunk_count)
            continue;
        first_chunks[++jobs] = i + 1;
        rows = 0;
    }
    return jobs;
}

int sts__scan_chunks(const struct sts__scan_chunks *chunks, const struct sts__scan_source *source,
                     sts_scan_visit_fn visit, void *context,
                     struct sts__function_bits *ret_unwanted, struct sts_error *err)
{
    struct shared shared = { .chunks = chunks, .source = source, .unwanted = ret_unwanted };
    struct sts__scan_work work = { &shared, 0, open_worker, run_job, finish_worker, close_worker };
    int r;

    if (chunks->chunk_count == 0)
        return 0;
    shared.parts = sts__reduce_parts(chunks->scan);
    shared.first_chunks = sts__alloc_array(chunks->chunk_count + 1, sizeof(*shared.first_chunks));
    if (shared.first_chunks == NULL)
        return sts__fail_nomem(err);
    if (pthread_mutex_init(&shared.lock, NULL) != 0) {
        free(shared.first_chunks);
        return sts__fail_nomem(err);
    }
    work.job_count = make_jobs(chunks, shared.first_chunks);
    r = sts__scan_threads_run(&work, chunks->threads, visit, context, err);
    pthread_mutex_destroy(&shared.lock);
    free(shared.first_chunks);
    return r;
}
