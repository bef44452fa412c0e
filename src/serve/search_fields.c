/* SPDX-License-Identifier: MIT */
/*
 * search_fields.c - the names that a search has beside labels.
 */
#include <string.h>

#include "serve/search.h"

static const struct sts__field_name fields[] = {
    { "@timestamp", "date", { .kind = STS__FIELD_TIME } },
    { "timestamp", "date", { .kind = STS__FIELD_TIME } },
    { "begin", "date", { .kind = STS__FIELD_TIME } },
    { "end", "date", { .kind = STS__FIELD_TIME } },
    { "tottime", "double", { STS__FIELD_METRIC, STS_METRIC_TOTTIME, NULL } },
    { "cumtime", "double", { STS__FIELD_METRIC, STS_METRIC_CUMTIME, NULL } },
    { "ncalls", "long", { STS__FIELD_METRIC, STS_METRIC_NCALLS, NULL } },
    { "pcalls", "long", { STS__FIELD_METRIC, STS_METRIC_PCALLS, NULL } },
    { "resumes", "long", { STS__FIELD_METRIC, STS_METRIC_RESUMES, NULL } },
    { "awaittime", "double", { STS__FIELD_METRIC, STS_METRIC_AWAITTIME, NULL } },
    { "function", "keyword", { .kind = STS__FIELD_FUNCTION, .text = "function" } },
    { "name", "keyword", { .kind = STS__FIELD_FUNCTION, .text = "name" } },
    { "file", "keyword", { .kind = STS__FIELD_FUNCTION, .text = "file" } },
    { "file_name", "keyword", { .kind = STS__FIELD_FUNCTION, .text = "file" } },
    { "module", "keyword", { .kind = STS__FIELD_FUNCTION, .text = "module" } },
    { "package", "keyword", { .kind = STS__FIELD_FUNCTION, .text = "package" } },
};

const struct sts__field_name *sts__search_fields(size_t *ret_count)
{
    *ret_count = sizeof(fields) / sizeof(*fields);
    return fields;
}

const struct sts__field *sts__search_field(const char *name)
{
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i].field;
    return NULL;
}
