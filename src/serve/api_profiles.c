/* SPDX-License-Identifier: MIT */
/*
 * api_profiles.c - POST /api/v1/profiles and /api/v1/pstats.
 *
 * Answer: {"new":2,"known":1,"expired":0,"passed":0,"refused":[{"line":3,"reason":"..."}],
 *          "refused_count":1}. Where all that came was refused the status is 422, and "error" says
 * so.
 */
#include <inttypes.h>

#include "base/escape.h"
#include "serve/api_ingest.h"
#include "serve/posting.h"

static void put_count(struct sts_sink *sink, const char *before, uint64_t count)
{
    sts__put_text(sink, before);
    sts__put_u64(sink, count);
}

static void put_refusals(struct sts_sink *sink, const struct sts__ingest_result *result)
{
    sts__put_text(sink, ",\"refused\":[");
    for (size_t i = 0; i < result->refusal_count; i++) {
        put_count(sink, i == 0 ? "{\"line\":" : ",{\"line\":", result->refusals[i].number);
        sts__put_text(sink, ",\"reason\":");
        sts__put_json_str(sink, result->refusals[i].reason);
        sts__put_text(sink, "}");
    }
    put_count(sink, "],\"refused_count\":", result->counts[STS__INGEST_REFUSED]);
}

static bool is_refused_whole(const struct sts__ingest_result *result)
{
    return result->counts[STS__INGEST_REFUSED] > 0 &&
           result->counts[STS__INGEST_REFUSED] == result->outcome_count;
}

static void put_error(struct sts_sink *sink, const struct sts__ingest_result *result)
{
    sts__put_text(sink, "\"error\":{\"status\":422,\"reason\":\"refused\",\"message\":");
    sts__put_json_str(sink, result->refusals[0].reason);
    sts__put_text(sink, "},");
}

static void write_answer(struct sts__exchange *exchange, const struct sts__ingest_request *request)
{
    const struct sts__ingest_result *result = &request->result;
    struct sts_sink *sink = sts__exchange_sink(exchange);
    bool is_refused = is_refused_whole(result);

    if (sink == NULL) {
        sts__exchange_fail(exchange, 503, "memory", "out of memory");
        return;
    }
    sts__put_text(sink, "{");
    if (is_refused)
        put_error(sink, result);
    put_count(sink, "\"new\":", result->counts[STS__INGEST_NEW]);
    put_count(sink, ",\"known\":", result->counts[STS__INGEST_KNOWN]);
    put_count(sink, ",\"expired\":", result->counts[STS__INGEST_EXPIRED]);
    put_count(sink, ",\"passed\":", result->counts[STS__INGEST_OTHER]);
    put_refusals(sink, result);
    sts__put_text(sink, "}\n");
    sts__exchange_answer(exchange, is_refused ? 422 : 200, "application/json");
}

int sts__api_profiles(struct sts__desk *desk, struct sts__exchange *exchange)
{
    static const struct sts__posting posting = { .kind = STS__INGEST_PROFILES,
                                                 .write = write_answer };

    return sts__post(desk, exchange, &posting);
}

int sts__api_pstats(struct sts__desk *desk, struct sts__exchange *exchange)
{
    static const struct sts__posting posting = { .kind = STS__INGEST_PSTATS,
                                                 .labels_by_name = true,
                                                 .write = write_answer };

    return sts__post(desk, exchange, &posting);
}
