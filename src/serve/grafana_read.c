/* SPDX-License-Identifier: MIT */
/*
 * grafana_read.c - the body of a request of Grafana's.
 *
 * Why: a data source sends much that does not matter here, and more with every version: what is
 *      not known is passed over. What a person wrote, a target and its payload, is not.
 */
#include <string.h>

#include "base/fail.h"
#include "base/num.h"
#include "serve/grafana.h"
#include "serve/search_body.h"

/* --- options --- */

static void add_option(struct sts__body *body, struct sts__grafana_options *options,
                       const char *name, const char *value)
{
    if (options->count == STS__GRAFANA_OPTIONS_MAX)
        sts__body_fail(body, STS_E_USAGE, "more than %zu options", STS__GRAFANA_OPTIONS_MAX);
    else if (!sts__body_failed(body))
        options->items[options->count++] = (struct sts__grafana_option){ name, value };
}

/* "x"; ["x", "y"] for several; null for none. */
static void read_values(struct sts__body *body, struct sts__grafana_options *options,
                        const char *name)
{
    enum sts__json_kind kind = sts__json_peek(&body->json);

    if (kind == STS__JSON_NULL) {
        sts__json_skip(&body->json);
    } else if (kind == STS__JSON_ARRAY) {
        sts__json_enter_array(&body->json);
        while (sts__json_next_item(&body->json))
            add_option(body, options, name, sts__body_text(body));
    } else {
        const char *value = sts__body_text(body);
        if (value[0] != '\0') /* a field of the form that was left empty */
            add_option(body, options, name, value);
    }
}

/* {"by": "function", "where": ["service=shop"]}; a text is what "target" is too. */
static void read_payload(struct sts__body *body, struct sts__grafana_options *options,
                         const char **text)
{
    enum sts__json_kind kind = sts__json_peek(&body->json);
    const char *key;

    if (kind == STS__JSON_TEXT) {
        *text = sts__body_text(body);
        return;
    }
    if (kind != STS__JSON_OBJECT) {
        sts__json_skip(&body->json);
        return;
    }
    sts__json_enter_object(&body->json);
    while ((key = sts__body_key(body)) != NULL)
        read_values(body, options, key);
}

/* A part of "metric=ncalls&by=name", as URLs escape it. */
static const char *keep_part(struct sts__body *body, const char *at, size_t len)
{
    struct sts__bytes *bytes = &body->scratch;

    sts__bytes_clear(bytes);
    for (size_t i = 0; i < len; i++) {
        char byte = at[i] == '+' ? ' ' : at[i];
        int high = byte == '%' && i + 2 < len ? sts__num_hex_digit(at[i + 1]) : -1;
        int low = high >= 0 ? sts__num_hex_digit(at[i + 2]) : -1;
        if (low >= 0) {
            byte = (char)(high << 4 | low);
            i += 2;
        }
        if (byte == '\0')
            sts__body_fail(body, STS_E_USAGE, "a target holds no zero byte");
        sts__bytes_append(bytes, &byte, 1);
    }
    return bytes->data == NULL || len == 0 ? "" : sts__body_keep(body, bytes->data, bytes->len);
}

static void take_target(struct sts__body *body, struct sts__grafana_target *target)
{
    const char *at = target->target == NULL ? "" : target->target;

    if (strchr(at, '=') == NULL) {
        if (*at != '\0')
            add_option(body, &target->options, "metric", at);
        return;
    }
    while (*at != '\0' && !sts__body_failed(body)) {
        size_t len = strcspn(at, "&"), name_len = strcspn(at, "=&");
        const char *name = keep_part(body, at, name_len);
        add_option(body, &target->options, name,
                   name_len < len ? keep_part(body, at + name_len + 1, len - name_len - 1) : "on");
        at += len + (at[len] == '&');
    }
}

/* --- targets --- */

static void read_target(struct sts__body *body, struct sts__grafana_target *target)
{
    const char *key;

    sts__json_enter_object(&body->json);
    while ((key = sts__body_key(body)) != NULL) {
        if (strcmp(key, "target") == 0 && sts__json_peek(&body->json) == STS__JSON_TEXT)
            target->target = sts__body_text(body);
        else if (strcmp(key, "refId") == 0 && sts__json_peek(&body->json) == STS__JSON_TEXT)
            target->ref_id = sts__body_text(body);
        else if (strcmp(key, "hide") == 0)
            target->is_hidden = strcmp(sts__body_text(body), "true") == 0;
        else if (strcmp(key, "type") == 0 && sts__json_peek(&body->json) == STS__JSON_TEXT)
            target->is_table = strcmp(sts__body_text(body), "table") == 0;
        else if (strcmp(key, "payload") == 0 || strcmp(key, "data") == 0)
            read_payload(body, &target->options, &target->target);
        else
            sts__json_skip(&body->json);
    }
    take_target(body, target);
}

static void read_targets(struct sts__body *body, struct sts__grafana *grafana)
{
    sts__json_enter_array(&body->json);
    while (sts__json_next_item(&body->json)) {
        if (grafana->target_count == STS__GRAFANA_TARGETS_MAX) {
            sts__body_fail(body, STS_E_USAGE, "more than %zu targets", STS__GRAFANA_TARGETS_MAX);
            return;
        }
        read_target(body, &grafana->targets[grafana->target_count++]);
    }
}

/* --- filters --- */

static const struct {
    const char *operator, * of_label, *of_function; /* NULL: it has none */
} operators[] = {
    { "=", "=", "function" },
    { "!=", "!=", NULL },
    { "=~", "~", "match" },
    { "!~", "!~", NULL },
};

static void add_filter(struct sts__body *body, struct sts__grafana *grafana, const char *key,
                       const char *op, const char *value)
{
    struct sts__bytes *bytes = &body->scratch;
    bool is_function = strcmp(key, "function") == 0;
    size_t i = 0;

    while (i < 4 && strcmp(operators[i].operator, op) != 0)
        i++;
    if (i == 4 || (is_function && operators[i].of_function == NULL)) {
        sts__body_fail(body, STS_E_USAGE, "a filter by \"%.60s\" cannot be \"%.10s\"", key, op);
        return;
    }
    if (is_function) {
        add_option(body, &grafana->filters, operators[i].of_function, value);
        return;
    }
    sts__bytes_clear(bytes);
    sts__bytes_append_text(bytes, key);
    sts__bytes_append_text(bytes, operators[i].of_label);
    sts__bytes_append_text(bytes, value);
    if (bytes->status >= 0)
        add_option(body, &grafana->filters, "where", sts__body_keep(body, bytes->data, bytes->len));
}

static void read_filter(struct sts__body *body, struct sts__grafana *grafana)
{
    const char *filter_key = "", *op = "=", *value = "", *key;

    sts__json_enter_object(&body->json);
    while ((key = sts__body_key(body)) != NULL) {
        if (strcmp(key, "key") == 0)
            filter_key = sts__body_text(body);
        else if (strcmp(key, "operator") == 0)
            op = sts__body_text(body);
        else if (strcmp(key, "value") == 0)
            value = sts__body_text(body);
        else
            sts__json_skip(&body->json);
    }
    if (!sts__body_failed(body))
        add_filter(body, grafana, filter_key, op, value);
}

static void read_filters(struct sts__body *body, struct sts__grafana *grafana)
{
    if (sts__json_peek(&body->json) != STS__JSON_ARRAY) {
        sts__json_skip(&body->json);
        return;
    }
    sts__json_enter_array(&body->json);
    while (sts__json_next_item(&body->json))
        read_filter(body, grafana);
}

/* --- the rest --- */

static void read_range(struct sts__body *body, struct sts__grafana *grafana)
{
    const char *key;

    sts__json_enter_object(&body->json);
    while ((key = sts__body_key(body)) != NULL) {
        if (strcmp(key, "from") == 0)
            grafana->from = sts__body_text(body);
        else if (strcmp(key, "to") == 0)
            grafana->to = sts__body_text(body);
        else
            sts__json_skip(&body->json);
    }
}

/* A figure that a client may write with a fraction. */
static uint64_t read_figure(struct sts__body *body)
{
    double value = 0;

    if (sts__json_peek(&body->json) == STS__JSON_NUMBER)
        value = sts__json_double(&body->json);
    else
        sts__json_skip(&body->json);
    return value >= 1 && value < 1e15 ? (uint64_t)value : 0;
}

static void read_named(struct sts__body *body, const char **place)
{
    if (sts__json_peek(&body->json) == STS__JSON_TEXT)
        *place = sts__body_text(body);
    else
        sts__json_skip(&body->json);
}

/* The payload of a variable: {"target": "label:service"}. */
static void read_variable(struct sts__body *body, struct sts__grafana *grafana)
{
    const char *key;

    if (sts__json_peek(&body->json) != STS__JSON_OBJECT) {
        read_named(body, &grafana->target);
        return;
    }
    sts__json_enter_object(&body->json);
    while ((key = sts__body_key(body)) != NULL) {
        if (strcmp(key, "target") == 0)
            read_named(body, &grafana->target);
        else
            sts__json_skip(&body->json);
    }
}

static void read_member(struct sts__body *body, struct sts__grafana *grafana, const char *key)
{
    if (strcmp(key, "range") == 0 && sts__json_peek(&body->json) == STS__JSON_OBJECT)
        read_range(body, grafana);
    else if (strcmp(key, "intervalMs") == 0)
        grafana->interval_ms = read_figure(body);
    else if (strcmp(key, "maxDataPoints") == 0)
        grafana->points_max = read_figure(body);
    else if (strcmp(key, "targets") == 0)
        read_targets(body, grafana);
    else if (strcmp(key, "adhocFilters") == 0)
        read_filters(body, grafana);
    else if (strcmp(key, "key") == 0)
        read_named(body, &grafana->key);
    else if (strcmp(key, "target") == 0)
        read_named(body, &grafana->target);
    else if (strcmp(key, "name") == 0)
        read_named(body, &grafana->name);
    else if (strcmp(key, "payload") == 0)
        read_variable(body, grafana);
    else
        sts__json_skip(&body->json);
}

static void read_all(struct sts__body *body, struct sts__grafana *grafana)
{
    const char *key;

    if (sts__json_peek(&body->json) == STS__JSON_NONE && body->json.at == body->json.end)
        return; /* no body */
    sts__json_enter_object(&body->json);
    while ((key = sts__body_key(body)) != NULL)
        read_member(body, grafana, key);
    if (!sts__body_failed(body) &&
        (sts__json_peek(&body->json) != STS__JSON_NONE || body->json.at != body->json.end))
        sts__json_fail(&body->json, "something behind the object");
}

int sts__grafana_read(struct sts__grafana *grafana, const char *text, size_t len,
                      struct sts_error *err)
{
    struct sts_error unused;
    struct sts__body body = { .texts = &grafana->texts, .err = err == NULL ? &unused : err };
    int r;

    memset(grafana, 0, sizeof(*grafana));
    sts__strtab_init(&grafana->texts);
    if (len > STS__GRAFANA_BYTES_MAX)
        return sts__fail(err, STS_E_LIMIT, "a request has at most %zu bytes",
                         STS__GRAFANA_BYTES_MAX);
    sts__bytes_init(&body.scratch, STS__GRAFANA_BYTES_MAX);
    sts__json_init(&body.json, text, len);
    read_all(&body, grafana);
    r = body.status;
    if (r == 0 && sts__json_failed(&body.json))
        r = sts__fail(err, STS_E_USAGE, "the body: %s at byte %zu", body.json.reason,
                      (size_t)(body.json.reason_at - body.json.begin));
    sts__bytes_deinit(&body.scratch);
    return r;
}

void sts__grafana_deinit(struct sts__grafana *grafana)
{
    sts__strtab_deinit(&grafana->texts);
    memset(grafana, 0, sizeof(*grafana));
}
