/* SPDX-License-Identifier: MIT */
/*
 * posting.h - what was posted, to the ingest; and what became of it, back to who posted it.
 */
#ifndef STS_SERVE_POSTING_H
#define STS_SERVE_POSTING_H

#include "serve/exchange.h"
#include "serve/ingest.h"

struct sts__desk;

/* One way to post profiles. */
struct sts__posting {
    enum sts__ingest_kind kind;
    bool passes_others;  /* unless the argument "others" says */
    bool labels_by_name; /* an argument that is not known is a label; else it is refused: */
    bool is_lenient;     /* or passed over */
    /* write the answer of a request that was stored */
    void (*write)(struct sts__exchange *exchange, const struct sts__ingest_request *request);
    /* the same of one that was not; NULL: as every other route */
    void (*write_failure)(struct sts__exchange *exchange, unsigned status, const char *reason,
                          const char *message);
};

/* sts__post - hand an exchange to the ingest. Returns: as a route's handler. */
int sts__post(struct sts__desk *desk, struct sts__exchange *exchange,
              const struct sts__posting *posting);

#endif
