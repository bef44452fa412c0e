/* SPDX-License-Identifier: MIT */
/*
 * api.h - the query API: what may be asked at which address, and who answers.
 *
 * Source: docs/api.md.
 */
#ifndef STS_SERVE_API_H
#define STS_SERVE_API_H

#include <statslice/error.h>

#include "serve/asked.h"

struct sts__desk;
struct sts__exchange;
struct sts__put;
struct sts__question;
struct sts_series;
struct sts_total;

/* Handlers of routes: 0, the exchange is answered, also where it failed. */
int sts__api_series(struct sts__desk *desk, struct sts__exchange *exchange);
int sts__api_chart(struct sts__desk *desk, struct sts__exchange *exchange);
int sts__api_profile(struct sts__desk *desk, struct sts__exchange *exchange);
int sts__api_callers(struct sts__desk *desk, struct sts__exchange *exchange);
int sts__api_diff(struct sts__desk *desk, struct sts__exchange *exchange);
int sts__api_functions(struct sts__desk *desk, struct sts__exchange *exchange);
int sts__api_labels(struct sts__desk *desk, struct sts__exchange *exchange);

int sts__api_search(struct sts__desk *desk, struct sts__exchange *exchange);
int sts__api_msearch(struct sts__desk *desk, struct sts__exchange *exchange);
int sts__api_count(struct sts__desk *desk, struct sts__exchange *exchange);
int sts__api_mapping(struct sts__desk *desk, struct sts__exchange *exchange);
int sts__api_grafana(struct sts__desk *desk, struct sts__exchange *exchange);
int sts__api_grafana_root(struct sts__desk *desk, struct sts__exchange *exchange);
int sts__api_openapi(struct sts__desk *desk, struct sts__exchange *exchange);

/* What each address takes. Chart and diff have one for each picture. */
extern const struct sts__form sts__form_series;
extern const struct sts__form sts__form_profile;
extern const struct sts__form sts__form_callers;
extern const struct sts__form sts__form_functions;
extern const struct sts__form sts__form_labels;
extern const struct sts__form sts__form_search;
extern const struct sts__form sts__form_msearch;
extern const struct sts__form sts__form_count;
extern const struct sts__form sts__form_mapping;
extern const struct sts__form sts__forms_chart[];
extern const size_t sts__form_chart_count;
const struct sts__form *sts__form_grafana(size_t i); /* NULL behind the last */
extern const struct sts__form sts__forms_diff[];     /* the first is that of the text formats */
extern const size_t sts__form_diff_count;

/* sts__ask_series - the series that a question asks for, of the desk's store. */
STS_MUST_CHECK int sts__ask_series(const struct sts__question *question,
                                   struct sts_series **ret_series, struct sts_error *err);

/* sts__asked_range - from and to of a question; INT64_MIN and INT64_MAX where they are not given.
 */
STS_MUST_CHECK int sts__asked_range(const struct sts__asked *asked, int64_t *ret_from_ns,
                                    int64_t *ret_to_ns, struct sts_error *err);

/* sts__ask_total - the sum of the profiles of a span. */
STS_MUST_CHECK int sts__ask_total(const struct sts__question *question,
                                  struct sts_total **ret_total, struct sts_error *err);

/* The span that an answer is of: as asked for; where it was open, where the data begins or ends. */
struct sts__span {
    int64_t from_ns, to_ns; /* INT64_MIN, INT64_MAX: there is no data either */
};
STS_MUST_CHECK int sts__span_of(const struct sts__question *question, const struct sts_total *total,
                                struct sts__span *ret_span, struct sts_error *err);

/* sts__put_span - as the members "from" and "to". */
void sts__put_span(struct sts__put *put, const struct sts__span *span);

#endif
