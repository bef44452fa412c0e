/* SPDX-License-Identifier: MIT */
/*
 * ingest.h - profiles that came over HTTP, into the store.
 *
 * One thread owns the store that is written. Requests wait in a queue of limited size; those that
 * wait together are stored in one transaction, and each is answered when that is on the disk.
 * Knows nothing of HTTP.
 */
#ifndef STS_SERVE_INGEST_H
#define STS_SERVE_INGEST_H

#include "serve/decode.h"

struct sts__ingest;

enum sts__ingest_kind {
    STS__INGEST_PROFILES, /* lines of a log, or an array of such */
    STS__INGEST_BULK,     /* as Elasticsearch takes them */
    STS__INGEST_PSTATS,   /* one pstats file */
};

struct sts__ingest_limits {
    size_t queue_bytes;    /* of bodies that wait or are under way */
    size_t queue_requests; /* the same */
    size_t documents;      /* of one request */
    struct sts__decode_limits document;
};
#define STS__INGEST_LIMITS_INIT                                                                    \
    {                                                                                              \
        (size_t)64 << 20, 4096, 100000,                                                            \
        {                                                                                          \
            (size_t)32 << 20, 50000, 500000, 64                                                    \
        }                                                                                          \
    }

/* What became of a document. */
enum sts__ingest_outcome {
    STS__INGEST_OPEN, /* a profile that is not committed */
    STS__INGEST_NEW,
    STS__INGEST_KNOWN,
    STS__INGEST_EXPIRED,
    STS__INGEST_OTHER, /* no profile, passed over */
    STS__INGEST_REFUSED,
    STS__INGEST_OUTCOMES
};

#define STS__INGEST_REASONS_MAX 100 /* of one request: documents whose reason is told */

struct sts__ingest_refusal {
    size_t document; /* counts from 0, as the outcomes do */
    uint64_t number; /* of its line; of its item in an array */
    char *reason;
};

/* What became of a request. */
struct sts__ingest_result {
    int status;  /* 0: all that is taken of it is on the disk; else why nothing is */
    bool is_bad; /* the request is at fault: STS_E_FORMAT, STS_E_LIMIT; else we are */
    struct sts_error failure;
    uint8_t *outcomes; /* enum sts__ingest_outcome, in the order of the documents */
    size_t outcome_count, outcome_cap;
    uint64_t counts[STS__INGEST_OUTCOMES];
    struct sts__ingest_refusal *refusals; /* the first of them */
    size_t refusal_count, refusal_cap;
    int64_t took_ns; /* since it was submitted */
};

struct sts__ingest_request {
    enum sts__ingest_kind kind;
    const char *body; /* borrowed until the answer */
    size_t len;
    /* where the body has to be made first: by a thread of the ingest's, body and len are set; NULL:
     * they are there. A failure is that of the request, but for STS_E_NOMEM. */
    int (*prepare)(struct sts__ingest_request *request, struct sts_error *err);
    bool passes_others; /* what holds no profile is passed over; else it is refused */
    struct sts__decode_about about;
    uint64_t asker; /* who sends it: nobody gets more of the queue than what is left for others */
    /* called once, by a thread of the ingest's, with the result; the request is the caller's again
     */
    void (*answer)(struct sts__ingest_request *request);
    void *context;
    struct sts__ingest_result result;
    /* the ingest's own */
    struct sts__ingest_request *next;
    int64_t submitted_mono_ns;
    size_t first_profile; /* in the store's batch */
};

/* Since the start, and now. */
struct sts__ingest_counts {
    uint64_t n_requests, n_full,
        n_failed;     /* answered; not taken in; answered with a failure of ours */
    uint64_t n_bytes; /* of bodies that were answered */
    uint64_t documents[STS__INGEST_OUTCOMES];
    uint64_t n_commits, n_commit_failures;
    int64_t commit_ns; /* time spent in commits */
    size_t queued_requests, queued_bytes;
};

/*
 * sts__ingest_new - open a store, or make it, and begin to wait for requests.
 *
 * limits: NULL for those above.   Errors: as sts_store_open.
 */
STS_MUST_CHECK int sts__ingest_new(const char *path, const struct sts__ingest_limits *limits,
                                   struct sts__ingest **ret_ingest, struct sts_error *err);

/* sts__ingest_free - all that was taken in is committed and answered first. NULL is fine. */
void sts__ingest_free(struct sts__ingest *ingest);

/* sts__ingest_stop - take no more in; what is in is committed and answered when this returns. By
 * one thread. */
void sts__ingest_stop(struct sts__ingest *ingest);

/*
 * sts__ingest_submit - from any thread.
 *
 * Errors: STS_E_LIMIT: the queue is full. STS_E_CANCELLED: it was stopped. There is then no answer.
 */
STS_MUST_CHECK int sts__ingest_submit(struct sts__ingest *ingest,
                                      struct sts__ingest_request *request, struct sts_error *err);

/* sts__ingest_counts - from any thread. */
struct sts__ingest_counts sts__ingest_counts(struct sts__ingest *ingest);

void sts__ingest_result_deinit(struct sts__ingest_result *result);

/* sts__ingest_reason - why a document was refused; NULL where it was not, or is not told. */
const char *sts__ingest_reason(const struct sts__ingest_result *result, size_t document);

#endif
