/* SPDX-License-Identifier: MIT */
/*
 * api_mapping.c - GET /_mapping, /INDEX/_mapping: the fields that a search can name, for dashboards
 * that offer them.
 *
 * In:     the names of all profiles' labels.
 * Source: Elasticsearch's reference, "Get mapping API"; Grafana's data source asks for it.
 */
#include <stdlib.h>
#include <string.h>

#include <statslice/store.h>

#include "base/fail.h"
#include "base/mem.h"
#include "serve/api.h"
#include "serve/desk.h"
#include "serve/exchange.h"
#include "serve/put.h"
#include "serve/respond.h"
#include "serve/search.h"

#define KEYS_MAX ((size_t)1 << 22) /* of all series */

static const struct sts__argument own[] = {
    STS__ARGUMENT_PASSED("ignore_unavailable"),
    STS__ARGUMENT_PASSED("allow_no_indices"),
    STS__ARGUMENT_PASSED("expand_wildcards"),
    STS__ARGUMENT_PASSED("pretty"),
};

const struct sts__form sts__form_mapping = {
    .path = "/_mapping",
    .summary = "Fields of a search of Elasticsearch's: those of all profiles, and their labels",
    .gives = "Mapping",
    .own = own,
    .own_count = sizeof(own) / sizeof(*own),
};

struct keys {
    const char **names; /* borrowed from the list; sorted, each once */
    size_t count, cap;
};

static int compare_names(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static int collect(struct keys *keys, const struct sts_store_list *list, struct sts_error *err)
{
    size_t series_count, count = 0;
    const struct sts_store_series *series = sts_store_list_series(list, &series_count);

    for (size_t i = 0; i < series_count; i++) {
        int r = sts__grow(&keys->names, &keys->cap, keys->count + series[i].label_count,
                          sizeof(*keys->names), KEYS_MAX);
        if (r < 0)
            return sts__fail_nomem(err);
        for (size_t k = 0; k < series[i].label_count; k++)
            keys->names[keys->count++] = series[i].label_keys[k];
    }
    if (keys->count > 1)
        qsort(keys->names, keys->count, sizeof(*keys->names), compare_names);
    for (size_t i = 0; i < keys->count; i++)
        if (count == 0 || strcmp(keys->names[count - 1], keys->names[i]) != 0)
            keys->names[count++] = keys->names[i];
    keys->count = count;
    return 0;
}

static void put_property(struct sts__put *properties, const char *name, const char *type)
{
    struct sts__put property;

    sts__put_name(properties, name);
    sts__put_open(&property, properties->sink, "{");
    sts__put_text_member(&property, "type", type);
    sts__put_close(&property, "}");
}

/* Labels stand below one object, so that none is taken for a field of its name. */
static void put_labels(struct sts__put *properties, const struct keys *keys)
{
    struct sts__put labels, inner;

    sts__put_name(properties, "labels");
    sts__put_open(&labels, properties->sink, "{");
    sts__put_name(&labels, "properties");
    sts__put_open(&inner, labels.sink, "{");
    for (size_t i = 0; i < keys->count; i++)
        put_property(&inner, keys->names[i], "keyword");
    sts__put_close(&inner, "}");
    sts__put_close(&labels, "}");
}

static void put_document(const struct keys *keys, struct sts_sink *sink)
{
    struct sts__put document, index, mappings, properties;
    size_t count;
    const struct sts__field_name *fields = sts__search_fields(&count);

    sts__put_open(&document, sink, "{");
    sts__put_name(&document, "profiles");
    sts__put_open(&index, sink, "{");
    sts__put_name(&index, "mappings");
    sts__put_open(&mappings, sink, "{");
    sts__put_name(&mappings, "properties");
    sts__put_open(&properties, sink, "{");
    for (size_t i = 0; i < count; i++)
        put_property(&properties, fields[i].name, fields[i].type);
    put_labels(&properties, keys);
    sts__put_close(&properties, "}");
    sts__put_close(&mappings, "}");
    sts__put_close(&index, "}");
    sts__put_close(&document, "}\n");
}

static int make(struct sts__question *question, struct sts_sink *sink, struct sts_error *err)
{
    struct keys keys = { .count = 0 };
    struct sts_store_list *list = NULL;
    int r = sts_store_list_open_series(question->desk->store, &list, err);

    if (r >= 0)
        r = collect(&keys, list, err);
    if (r >= 0)
        put_document(&keys, sink);
    free(keys.names);
    sts_store_list_close(list);
    return r;
}

int sts__api_mapping(struct sts__desk *desk, struct sts__exchange *exchange)
{
    struct sts_error err;

    if (sts__exchange_set_header(exchange, "X-Elastic-Product", "Elasticsearch", &err) < 0)
        return sts__exchange_fail_error(exchange, &err);
    return sts__respond_to(desk, exchange, &sts__form_mapping, NULL, make);
}
