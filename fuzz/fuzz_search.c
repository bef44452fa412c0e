/* SPDX-License-Identifier: MIT */
/*
 * fuzz_search.c - any bytes as the body of a search: refused with a reason, or a tree that holds
 * what search_run.c relies on; the same bytes as a time.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/zone.h"
#include "serve/date_math.h"
#include "serve/search.h"

#define NOW_NS INT64_C(1714910400000000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_agg(const struct sts__agg *agg)
{
    if (agg->name == NULL)
        abort();
    if (agg->kind == STS__AGG_SUM && (agg->field.kind != STS__FIELD_METRIC || agg->first_child))
        abort();
    if (agg->kind == STS__AGG_DATE_HISTOGRAM && (agg->interval == NULL || agg->zone == NULL))
        abort();
    if (agg->kind == STS__AGG_TERMS && (agg->field.text == NULL || agg->size == 0))
        abort();
    if (agg->order_by == STS__ORDER_SUM && agg->order == NULL)
        abort();
    for (const struct sts__agg *child = agg->first_child; child != NULL; child = child->next) {
        if (child->parent != agg)
            abort();
        check_agg(child);
    }
}

static void read_date(const struct sts__zone *zone, const uint8_t *data, size_t len)
{
    struct sts__date date;
    char text[64];

    if (len >= sizeof(text))
        return;
    memcpy(text, data, len);
    text[len] = '\0';
    if (sts__date_math_parse(text, zone, NOW_NS, &date) == 0 && date.begin_ns >= date.end_ns)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct sts__zone *zone;
    struct sts__search *search = malloc(sizeof(*search));
    struct sts_error err = { 0 };

    if (search == NULL || (zone == NULL && sts__zone_new("Europe/Berlin", &zone, NULL) < 0))
        abort();
    if (sts__search_read(search, (const char *)data, len, NOW_NS, &err) < 0) {
        if (err.text[0] == '\0')
            abort();
    } else {
        for (const struct sts__agg *agg = search->first; agg != NULL; agg = agg->next)
            check_agg(agg);
    }
    sts__search_deinit(search);
    free(search);
    read_date(zone, data, len);
    return 0;
}
