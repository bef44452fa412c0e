/* SPDX-License-Identifier: MIT */
/*
 * ingest_read.c - one request's documents into the batch of a store.
 *
 * Why:  a request is a source of its own: two equal profiles in it are two, as in a file, and the
 *       same request sent again, or a part of it, adds nothing.
 */
#include "serve/ingest_read.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"
#include "serve/bulk.h"
#include "serve/documents.h"

struct reading {
    struct sts__decoder *decoder;
    struct sts_store *store;
    struct sts__ingest_request *request;
};

/* --- results --- */

void sts__ingest_result_deinit(struct sts__ingest_result *result)
{
    for (size_t i = 0; i < result->refusal_count; i++)
        free(result->refusals[i].reason);
    free(result->refusals);
    free(result->outcomes);
    memset(result, 0, sizeof(*result));
}

const char *sts__ingest_reason(const struct sts__ingest_result *result, size_t document)
{
    size_t low = 0, high = result->refusal_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (result->refusals[middle].document < document)
            low = middle + 1;
        else
            high = middle;
    }
    return low < result->refusal_count && result->refusals[low].document == document
               ? result->refusals[low].reason
               : NULL;
}

static int note(struct sts__ingest_result *result, enum sts__ingest_outcome outcome,
                struct sts_error *err)
{
    if (sts__grow(&result->outcomes, &result->outcome_cap, result->outcome_count + 1, 1,
                  SIZE_MAX / 2) < 0)
        return sts__fail_nomem(err);
    result->outcomes[result->outcome_count++] = (uint8_t)outcome;
    return 0;
}

static int refuse(struct sts__ingest_result *result, uint64_t number, const char *reason,
                  struct sts_error *err)
{
    struct sts__ingest_refusal *refusal;

    if (result->refusal_count < STS__INGEST_REASONS_MAX) {
        if (sts__grow(&result->refusals, &result->refusal_cap, result->refusal_count + 1,
                      sizeof(*result->refusals), STS__INGEST_REASONS_MAX) < 0)
            return sts__fail_nomem(err);
        refusal = &result->refusals[result->refusal_count];
        *refusal = (struct sts__ingest_refusal){ result->outcome_count, number,
                                                 sts__copy_text(reason, strlen(reason)) };
        if (refusal->reason == NULL)
            return sts__fail_nomem(err);
        result->refusal_count++;
    }
    return note(result, STS__INGEST_REFUSED, err);
}

/* --- one document --- */

/* decoded: what a decoding gave, and why. A document that is no good is no failure of the request.
 */
static int take(struct reading *reading, int decoded, uint64_t number,
                const struct sts_error *reason, struct sts_error *err)
{
    struct sts__ingest_result *result = &reading->request->result;
    struct sts_error failure;
    int r = 0;

    if (decoded == STS_E_FORMAT)
        return refuse(result, number, reason->text, err);
    if (decoded < 0) {
        if (err != NULL)
            *err = *reason;
        return decoded;
    }
    if (decoded == 0)
        return reading->request->passes_others ? note(result, STS__INGEST_OTHER, err)
                                               : refuse(result, number, "no profile in it", err);
    r = sts_store_add(reading->store, reading->decoder->profile, &failure);
    if (r == 0)
        return note(result, STS__INGEST_OPEN, err);
    if (r == STS_E_LIMIT)
        return refuse(result, number, failure.text, err);
    if (err != NULL)
        *err = failure;
    return r;
}

/* --- lines and items --- */

static int check_count(size_t count, size_t max, struct sts_error *err)
{
    if (count <= max)
        return 0;
    return sts__fail(err, STS_E_LIMIT, "more than %zu documents in one request", max);
}

static int read_profiles(struct reading *reading, size_t documents_max, struct sts_error *err)
{
    struct sts__ingest_request *request = reading->request;
    struct sts__documents documents;
    struct sts__document document;
    struct sts_error reason = { .text = "" };
    int r = check_count(sts__documents_count(request->body, request->len, documents_max),
                        documents_max, err);
    int next = 1;

    sts__documents_init(&documents, request->body, request->len);
    while (r == 0 && (next = sts__documents_next(&documents, &document, &reason)) > 0) {
        int decoded = sts__decode_document(reading->decoder, document.text, document.len,
                                           &request->about, &reason);
        r = take(reading, decoded, document.number, &reason, err);
    }
    if (r == 0 && next < 0) /* an array whose rest cannot be read */
        r = refuse(&request->result, documents.number, reason.text, err);
    return r;
}

/* --- bulk --- */

static int decode_item(struct reading *reading, const struct sts__bulk_item *item,
                       struct sts_error *reason)
{
    int r;

    if (item->action == STS__BULK_UPDATE || item->action == STS__BULK_DELETE)
        return sts__fail(reason, STS_E_FORMAT,
                         "profiles are added; %s is not one of index and create",
                         sts__bulk_action_name(item->action));
    r = sts__decode_document(reading->decoder, item->source, item->source_len,
                             &reading->request->about, reason);
    if (r == 0 && !sts__decode_is_object(item->source, item->source_len))
        return sts__fail(reason, STS_E_FORMAT, "not a JSON object");
    return r;
}

static int read_bulk(struct reading *reading, size_t documents_max, struct sts_error *err)
{
    struct sts__ingest_request *request = reading->request;
    struct sts_error reason = { .text = "" };
    struct sts__bulk_item item;
    struct sts__bulk bulk;
    size_t count = 0;
    int r = sts__bulk_check(request->body, request->len, documents_max, &count, err);

    if (r == 0)
        r = check_count(count, documents_max, err);
    sts__bulk_init(&bulk, request->body, request->len);
    while (r == 0 && sts__bulk_next(&bulk, &item, err) > 0)
        r = take(reading, decode_item(reading, &item, &reason), item.number, &reason, err);
    return r;
}

/* --- pstats --- */

static int read_pstats(struct reading *reading, struct sts_error *err)
{
    const struct sts__ingest_request *request = reading->request;
    struct sts_error reason = { .text = "" };
    int decoded = sts__decode_pstats(reading->decoder, request->body, request->len, &request->about,
                                     sts__clock_wall_ns(), &reason);

    return take(reading, decoded, 1, &reason, err);
}

/* --- a request --- */

static int check_body(const struct sts__ingest_request *request, struct sts_error *err)
{
    const char *compression;

    if (request->len == 0)
        return sts__fail(err, STS_E_FORMAT, "the body is empty");
    compression = sts__decode_compression(request->body, request->len);
    if (compression == NULL)
        return 0;
    return sts__fail(err, STS_E_FORMAT,
                     "the body is compressed: that is said by the header \"Content-Encoding: %s\"",
                     compression);
}

int sts__ingest_read(struct sts__decoder *decoder, struct sts_store *store, size_t documents_max,
                     struct sts__ingest_request *request, struct sts_error *err)
{
    struct reading reading = { decoder, store, request };
    int r = check_body(request, err);

    request->first_profile = sts_store_batch_profiles(store);
    if (r == 0)
        r = sts__decoder_renew(decoder, err);
    if (r < 0)
        return r;
    sts_store_new_source(store);
    switch (request->kind) {
    case STS__INGEST_PROFILES:
        return read_profiles(&reading, documents_max, err);
    case STS__INGEST_BULK:
        return read_bulk(&reading, documents_max, err);
    case STS__INGEST_PSTATS:
        break;
    }
    return read_pstats(&reading, err);
}

static enum sts__ingest_outcome outcome_of(enum sts_store_state state)
{
    switch (state) {
    case STS_STORE_NEW:
        return STS__INGEST_NEW;
    case STS_STORE_KNOWN:
        return STS__INGEST_KNOWN;
    case STS_STORE_EXPIRED:
        break;
    }
    return STS__INGEST_EXPIRED;
}

void sts__ingest_settle(struct sts__ingest_request *request, const struct sts_store *store)
{
    struct sts__ingest_result *result = &request->result;
    size_t count, at = request->first_profile;
    const enum sts_store_state *states = sts_store_states(store, &count);

    for (size_t i = 0; i < result->outcome_count; i++) {
        if (result->outcomes[i] == STS__INGEST_OPEN && at < count)
            result->outcomes[i] = (uint8_t)outcome_of(states[at++]);
        result->counts[result->outcomes[i]]++;
    }
}
