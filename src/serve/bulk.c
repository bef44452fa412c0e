/* SPDX-License-Identifier: MIT */
/*
 * bulk.c - the body of an Elasticsearch bulk request.
 *
 * In:   lines: {"index":{"_index":"logs","_id":"1"}}, and behind each the document. A delete has
 *       none. Fields of the action that are not known ("_type", "routing", "pipeline",
 *       "dynamic_templates") are passed over. The last line may lack its newline.
 * Out:  items, in order.
 * Source: Elasticsearch's reference, "Bulk API".
 */
#include "serve/bulk.h"

#include <inttypes.h>
#include <string.h>

#include "base/fail.h"

#define ACTION_BYTES_MAX ((size_t)1 << 16) /* of a line that says what to do */

struct action {
    const char *name;
    bool has_source;
};

static const struct action actions[] = {
    [STS__BULK_INDEX] = { "index", true },
    [STS__BULK_CREATE] = { "create", true },
    [STS__BULK_UPDATE] = { "update", true },
    [STS__BULK_DELETE] = { "delete", false },
};

const char *sts__bulk_action_name(enum sts__bulk_action action)
{
    return actions[action].name;
}

void sts__bulk_init(struct sts__bulk *bulk, const char *body, size_t len)
{
    *bulk = (struct sts__bulk){ .at = body, .end = body + len };
}

static bool next_line(struct sts__bulk *bulk, const char **ret_line, size_t *ret_len)
{
    const char *begin = bulk->at, *newline;

    if (begin == bulk->end)
        return false;
    newline = memchr(begin, '\n', (size_t)(bulk->end - begin));
    *ret_line = begin;
    *ret_len = (size_t)((newline == NULL ? bulk->end : newline) - begin);
    bulk->at = newline == NULL ? bulk->end : newline + 1;
    bulk->number++;
    return true;
}

static bool is_blank(const char *line, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r')
            return false;
    return true;
}

static bool find_action(const struct sts__json_text *name, enum sts__bulk_action *ret_action)
{
    for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++) {
        if (!sts__json_is(name, actions[i].name, strlen(actions[i].name)))
            continue;
        *ret_action = (enum sts__bulk_action)i;
        return true;
    }
    return false;
}

/* A text, or a number as it is written; null for none. */
static void read_text(struct sts__json *json, struct sts__json_text *ret_text)
{
    if (sts__json_peek(json) == STS__JSON_TEXT)
        *ret_text = sts__json_text(json);
    else if (sts__json_peek(json) == STS__JSON_NUMBER)
        *ret_text = sts__json_number(json);
    else if (sts__json_peek(json) == STS__JSON_NULL)
        sts__json_skip(json);
    else
        sts__json_fail(json, "\"_index\" or \"_id\" is no text");
}

static void read_action(struct sts__json *json, struct sts__bulk_item *item)
{
    struct sts__json_text key;

    sts__json_enter_object(json);
    while (sts__json_next_key(json, &key)) {
        if (sts__json_is(&key, "_index", 6))
            read_text(json, &item->index);
        else if (sts__json_is(&key, "_id", 3))
            read_text(json, &item->id);
        else
            sts__json_skip(json);
    }
}

static void read_line(struct sts__json *json, struct sts__bulk_item *item)
{
    struct sts__json_text name;
    size_t n = 0;

    sts__json_enter_object(json);
    while (sts__json_next_key(json, &name)) {
        if (n++ > 0 || !find_action(&name, &item->action)) {
            sts__json_fail_at(json, name.at, "not one of index, create, update and delete");
            return;
        }
        read_action(json, item);
    }
    if (n == 0)
        sts__json_fail(json, "nothing to do");
    if (!sts__json_failed(json) && json->at < json->end &&
        !is_blank(json->at, (size_t)(json->end - json->at)))
        sts__json_fail(json, "something stands behind the action");
}

int sts__bulk_next(struct sts__bulk *bulk, struct sts__bulk_item *ret_item, struct sts_error *err)
{
    struct sts__bulk_item item;
    struct sts__json json;
    const char *line;
    size_t len;

    memset(&item, 0, sizeof(item));
    do {
        if (!next_line(bulk, &line, &len))
            return 0;
    } while (is_blank(line, len));
    if (len > ACTION_BYTES_MAX)
        return sts__fail(err, STS_E_FORMAT, "line %" PRIu64 ": no action: longer than %zu bytes",
                         bulk->number, ACTION_BYTES_MAX);
    sts__json_init(&json, line, len);
    read_line(&json, &item);
    if (sts__json_failed(&json))
        return sts__fail(err, STS_E_FORMAT, "line %" PRIu64 ": no action: %s at byte %zu",
                         bulk->number, json.reason, (size_t)(json.reason_at - line));
    if (actions[item.action].has_source && !next_line(bulk, &item.source, &item.source_len))
        return sts__fail(err, STS_E_FORMAT, "line %" PRIu64 ": no document behind the action",
                         bulk->number);
    item.number = bulk->number;
    *ret_item = item;
    return 1;
}

int sts__bulk_check(const char *body, size_t len, size_t max, size_t *ret_count,
                    struct sts_error *err)
{
    struct sts__bulk bulk;
    struct sts__bulk_item item;
    size_t count = 0;
    int r = 1;

    sts__bulk_init(&bulk, body, len);
    while (count <= max && (r = sts__bulk_next(&bulk, &item, err)) > 0)
        count++;
    if (r < 0)
        return r;
    *ret_count = count;
    return 0;
}
