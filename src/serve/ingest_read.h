/* SPDX-License-Identifier: MIT */
/*
 * ingest_read.h - one request's documents into the batch of a store; and what is told of them.
 */
#ifndef STS_SERVE_INGEST_READ_H
#define STS_SERVE_INGEST_READ_H

#include <statslice/store.h>

#include "serve/ingest.h"

/*
 * sts__ingest_read - add a request's profiles to the store's batch, as one source.
 *
 * Out:    its outcomes, OPEN for each profile that was added.
 * Errors: STS_E_FORMAT and STS_E_LIMIT where the request as a whole is no good: nothing of it was
 *         added. STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__ingest_read(struct sts__decoder *decoder, struct sts_store *store,
                                    size_t documents_max, struct sts__ingest_request *request,
                                    struct sts_error *err);

/* sts__ingest_settle - the store has committed: what became of the open ones. */
void sts__ingest_settle(struct sts__ingest_request *request, const struct sts_store *store);

#endif
