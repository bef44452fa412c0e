/* SPDX-License-Identifier: MIT */
/*
 * ingest_group.c - requests that waited together, into the store in one transaction, and answered.
 *
 * Failures: a commit that fails for want of disk or memory fails all that were in it, and leaves
 *       nothing behind: the store is closed, and opened again for the next one. One that fails for
 *       what it holds is tried again request by request, so that one harms no other. What went
 *       to a file that its path no longer leads to is not acknowledged.
 */
#include "serve/ingest_own.h"

#include "base/clock.h"
#include "serve/ingest_read.h"

#define GROUP_ROWS     ((size_t)1 << 20) /* a transaction with so many is committed */
#define GROUP_PROFILES ((size_t)1 << 15)
#define GROUP_NS       INT64_C(200000000) /* the first of a group waits no longer for others */

/* --- the store --- */

int sts__ingest_open_store(struct sts__ingest *ingest, bool creates, struct sts_error *err)
{
    const struct sts_store_options options = { .writes = true, .creates = creates };

    return sts_store_open(ingest->path, &options, &ingest->store, err);
}

/* What is in the batch is forgotten. */
static void drop_store(struct sts__ingest *ingest)
{
    sts_store_close(ingest->store);
    ingest->store = NULL;
}

static int commit(struct sts__ingest *ingest, struct sts_error *err)
{
    int64_t begin_ns = sts__clock_mono_ns();
    bool empty = sts_store_batch_profiles(ingest->store) == 0;
    int r = sts_store_commit(ingest->store, err);

    if (r == 0 && !empty)
        ingest->out_of_order = true;
    pthread_mutex_lock(&ingest->lock);
    ingest->counts.n_commits += r == 0 && !empty;
    ingest->counts.n_commit_failures += r < 0;
    ingest->counts.commit_ns += sts__clock_mono_ns() - begin_ns;
    pthread_mutex_unlock(&ingest->lock);
    if (r < 0)
        drop_store(ingest);
    return r;
}

/* --- requests --- */

static void answer_all(struct sts__ingest *ingest, struct sts__ingest_list *group)
{
    struct sts__ingest_request *request = group->first, *next;

    for (; request != NULL; request = next) {
        next = request->next;
        sts__ingest_answer(ingest, request);
    }
}

static void read_request(struct sts__ingest *ingest, struct sts__ingest_request *request)
{
    struct sts_error failure = { .text = "" };
    int r = ingest->store == NULL ? sts__ingest_open_store(ingest, false, &failure) : 0;

    if (r < 0) {
        sts__ingest_fail(request, r, &failure);
        return;
    }
    r = sts__ingest_read(&ingest->decoder, ingest->store, ingest->limits.documents, request,
                         &failure);
    if (r < 0)
        sts__ingest_fail(request, r, &failure);
    request->result.is_bad = r == STS_E_FORMAT || r == STS_E_LIMIT;
}

/* --- groups --- */

static bool is_large(const struct sts__ingest *ingest)
{
    return ingest->store != NULL && (sts_store_batch_rows(ingest->store) >= GROUP_ROWS ||
                                     sts_store_batch_profiles(ingest->store) >= GROUP_PROFILES);
}

static void settle_all(struct sts__ingest *ingest, struct sts__ingest_list *group)
{
    for (struct sts__ingest_request *request = group->first; request != NULL;
         request = request->next)
        if (request->result.status == 0)
            sts__ingest_settle(request, ingest->store);
}

static void fail_all(struct sts__ingest_list *group, int status, const struct sts_error *failure)
{
    for (struct sts__ingest_request *request = group->first; request != NULL;
         request = request->next)
        if (request->result.status == 0)
            sts__ingest_fail(request, status, failure);
}

/* Each by itself, from its beginning. */
static void store_one_by_one(struct sts__ingest *ingest, struct sts__ingest_list *group)
{
    for (struct sts__ingest_request *request = group->first; request != NULL;
         request = request->next) {
        struct sts_error failure = { .text = "" };
        int r;
        if (request->result.status < 0)
            continue;
        sts__ingest_result_deinit(&request->result);
        read_request(ingest, request);
        if (request->result.status < 0)
            continue;
        r = commit(ingest, &failure);
        if (r < 0)
            sts__ingest_fail(request, r, &failure);
        else
            sts__ingest_settle(request, ingest->store);
    }
}

static void store_group(struct sts__ingest *ingest, struct sts__ingest_list *group)
{
    struct sts_error failure = { .text = "" };
    int r = ingest->store == NULL ? 0 : commit(ingest, &failure);

    if (r == 0 && ingest->store != NULL)
        r = sts_store_check_place(ingest->store, &failure);
    if (r == 0)
        settle_all(ingest, group);
    else if (r == STS_E_IO || r == STS_E_NOMEM || group->first->next == NULL)
        fail_all(group, r, &failure);
    else
        store_one_by_one(ingest, group);
    answer_all(ingest, group);
}

/* All that wait now, and those that come while they are read. */
void sts__ingest_run_group(struct sts__ingest *ingest)
{
    int64_t until_ns = sts__clock_mono_ns() + GROUP_NS;
    struct sts__ingest_request *request;
    struct sts__ingest_list group = { NULL, NULL };

    while (!is_large(ingest) && (group.first == NULL || sts__clock_mono_ns() < until_ns) &&
           (request = sts__ingest_take(ingest)) != NULL) {
        sts__ingest_append(&group, request);
        read_request(ingest, request);
    }
    if (group.first != NULL)
        store_group(ingest, &group);
}

/* --- order --- */

static int on_step(void *context, double done)
{
    (void)done;
    return sts__ingest_has_work(context) ? STS_E_CANCELLED : 0;
}

/* Merge and sum what came last, and let go of what is too old. What fails is tried another time. */
void sts__ingest_put_in_order(struct sts__ingest *ingest)
{
    size_t gone;

    ingest->out_of_order = false;
    if (ingest->store == NULL)
        return;
    if (sts_store_compact(ingest->store, on_step, ingest, NULL) < 0)
        ingest->out_of_order = true;
    else if (sts_store_retain(ingest->store, &gone, NULL) < 0)
        ingest->out_of_order = true;
}
