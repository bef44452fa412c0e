/* SPDX-License-Identifier: MIT */
/*
 * api_grafana.c - /grafana/...: the answers that Grafana's JSON data sources ask for.
 *
 * Source: the README of simpod-json-datasource and of grafana-simple-json-datasource; docs/api.md.
 */
#include <stdlib.h>
#include <string.h>

#include <statslice/series.h>
#include <statslice/store.h>

#include "base/fail.h"
#include "base/num.h"
#include "base/timetext.h"
#include "serve/api.h"
#include "serve/desk.h"
#include "serve/exchange.h"
#include "serve/grafana.h"
#include "serve/put.h"
#include "serve/respond.h"

#define NS_PER_MS      INT64_C(1000000)
#define POINTS_DEFAULT 500

/* --- series --- */

static const struct sts__form form_target = {
    .path = "/grafana/query",
    .options = sts_query_options,
};

/* As many slices as there is room for, none shorter than the panel's interval. */
static uint64_t slice_count(const struct sts__grafana *grafana)
{
    uint64_t count = grafana->points_max == 0 ? POINTS_DEFAULT : grafana->points_max;
    int64_t from_ns, to_ns;

    if (grafana->interval_ms > 0 && grafana->from != NULL && grafana->to != NULL &&
        sts__time_parse_rfc3339(grafana->from, strlen(grafana->from), &from_ns) == 0 &&
        sts__time_parse_rfc3339(grafana->to, strlen(grafana->to), &to_ns) == 0 && to_ns > from_ns) {
        uint64_t fitting =
            ((uint64_t)to_ns - (uint64_t)from_ns) / (uint64_t)NS_PER_MS / grafana->interval_ms;
        count = fitting < count ? fitting : count;
    }
    return count < 1 ? 1 : count > STS__GRAFANA_POINTS_MAX ? STS__GRAFANA_POINTS_MAX : count;
}

static int add_options(struct sts__asked *asked, const struct sts__grafana_options *options,
                       struct sts_error *err)
{
    int r = 0;

    for (size_t i = 0; r >= 0 && i < options->count; i++)
        r = sts__asked_add(asked, options->items[i].name, options->items[i].value, err);
    return r;
}

/* The panel's range and width; what the target says itself counts more. */
static int set_panel(struct sts__asked *asked, const struct sts__grafana *grafana,
                     char count[STS_NUM_TEXT_BYTES], struct sts_error *err)
{
    int r = 0;

    count[sts__num_u64(count, slice_count(grafana))] = '\0';
    r = sts__asked_add(asked, "slices", count, err);
    if (r >= 0 && grafana->from != NULL)
        r = sts__asked_add(asked, "from", grafana->from, err);
    if (r >= 0 && grafana->to != NULL)
        r = sts__asked_add(asked, "to", grafana->to, err);
    return r < 0 ? r : add_options(asked, &grafana->filters, err);
}

static int ask_target(const struct sts__question *question, const struct sts__grafana *grafana,
                      const struct sts__grafana_target *target, struct sts_series **ret_series,
                      struct sts_error *err)
{
    struct sts__question of_target = *question;
    struct sts__asked asked = { .form = &form_target, .now_ns = question->asked->now_ns };
    char count[STS_NUM_TEXT_BYTES];
    int r = set_panel(&asked, grafana, count, err);

    of_target.asked = &asked;
    if (r >= 0)
        r = add_options(&asked, &target->options, err);
    if (r >= 0)
        r = sts__ask_series(&of_target, ret_series, err);
    sts__asked_deinit(&asked);
    return r;
}

/* Times in seconds. */
static void put_value(struct sts_sink *sink, const struct sts_series *series, size_t slice,
                      size_t column)
{
    double value;

    if (!sts_series_value(series, slice, column, &value))
        sts__put_text(sink, "null");
    else if (sts_series_unit(series) == STS_UNIT_NS && value == (double)(int64_t)value)
        sts__put_seconds(sink, (int64_t)value);
    else
        sts__put_double(sink, sts_series_unit(series) == STS_UNIT_NS ? value / 1e9 : value);
}

static void put_time(struct sts_sink *sink, const struct sts_series *series, size_t slice)
{
    sts__put_i64(sink, sts_series_slice(series, slice)->begin_ns / NS_PER_MS);
}

/* Columns, then other where there is any. */
static size_t column_count(const struct sts_series *series)
{
    return sts_series_column_count(series) + sts_series_has_other(series);
}

static size_t column_at(const struct sts_series *series, size_t i)
{
    return i < sts_series_column_count(series) ? i : STS_COLUMN_OTHER;
}

static void put_ref_id(const struct sts__grafana_target *target, struct sts__put *put)
{
    if (target->ref_id != NULL)
        sts__put_text_member(put, "refId", target->ref_id);
}

static void put_columns(const struct sts_series *series, const struct sts__grafana_target *target,
                        struct sts__put *rows)
{
    for (size_t i = 0; i < column_count(series); i++) {
        size_t column = column_at(series, i);
        struct sts__put put, points;
        sts__put_item(rows);
        sts__put_open(&put, rows->sink, "{");
        sts__put_text_member(&put, "target", sts_series_column_label(series, column));
        put_ref_id(target, &put);
        sts__put_name(&put, "datapoints");
        sts__put_open(&points, rows->sink, "[");
        for (size_t slice = 0; slice < sts_series_slice_count(series); slice++) {
            sts__put_item(&points);
            sts__put_text(rows->sink, "[");
            put_value(rows->sink, series, slice, column);
            sts__put_text(rows->sink, ",");
            put_time(rows->sink, series, slice);
            sts__put_text(rows->sink, "]");
        }
        sts__put_close(&points, "]");
        sts__put_close(&put, "}");
    }
}

static void put_heading(struct sts__put *headings, const char *text, const char *type)
{
    struct sts__put put;

    sts__put_item(headings);
    sts__put_open(&put, headings->sink, "{");
    sts__put_text_member(&put, "text", text);
    sts__put_text_member(&put, "type", type);
    sts__put_close(&put, "}");
}

static void put_table(const struct sts_series *series, const struct sts__grafana_target *target,
                      struct sts__put *tables)
{
    struct sts__put put, headings, rows;

    sts__put_item(tables);
    sts__put_open(&put, tables->sink, "{");
    sts__put_text_member(&put, "type", "table");
    put_ref_id(target, &put);
    sts__put_name(&put, "columns");
    sts__put_open(&headings, put.sink, "[");
    put_heading(&headings, "Time", "time");
    for (size_t i = 0; i < column_count(series); i++)
        put_heading(&headings, sts_series_column_label(series, column_at(series, i)), "number");
    sts__put_close(&headings, "]");
    sts__put_name(&put, "rows");
    sts__put_open(&rows, put.sink, "[");
    for (size_t slice = 0; slice < sts_series_slice_count(series); slice++) {
        sts__put_item(&rows);
        sts__put_text(put.sink, "[");
        put_time(put.sink, series, slice);
        for (size_t i = 0; i < column_count(series); i++) {
            sts__put_text(put.sink, ",");
            put_value(put.sink, series, slice, column_at(series, i));
        }
        sts__put_text(put.sink, "]");
    }
    sts__put_close(&rows, "]");
    sts__put_close(&put, "}");
}

static int put_query(const struct sts__question *question, const struct sts__grafana *grafana,
                     struct sts_sink *sink, struct sts_error *err)
{
    struct sts__put rows;
    int r = 0;

    sts__put_open(&rows, sink, "[");
    for (size_t i = 0; r >= 0 && i < grafana->target_count; i++) {
        const struct sts__grafana_target *target = &grafana->targets[i];
        struct sts_series *series = NULL;
        if (target->is_hidden)
            continue;
        r = ask_target(question, grafana, target, &series, err);
        if (r >= 0 && target->is_table)
            put_table(series, target, &rows);
        else if (r >= 0)
            put_columns(series, target, &rows);
        sts_series_free(series);
    }
    sts__put_close(&rows, "]\n");
    return r;
}

/* --- names --- */

/* Words of "a b c", each as an item. */
static void put_words(struct sts__put *items, const char *words,
                      void (*put)(struct sts__put *items, const char *word))
{
    char word[64];

    while (*words != '\0') {
        size_t len = strcspn(words, " ");
        if (len < sizeof(word)) {
            memcpy(word, words, len);
            word[len] = '\0';
            put(items, word);
        }
        words += len;
        words += strspn(words, " ");
    }
}

static const struct sts_query_option *option_of(const char *name)
{
    return sts__form_option(&form_target, name);
}

static void put_word(struct sts__put *items, const char *word)
{
    sts__put_item(items);
    sts__put_json_str(items->sink, word);
}

/* "label" and "value" of a choice. */
static void put_choice(struct sts__put *items, const char *word)
{
    struct sts__put put;

    sts__put_item(items);
    sts__put_open(&put, items->sink, "{");
    sts__put_text_member(&put, "label", word);
    sts__put_text_member(&put, "value", word);
    sts__put_close(&put, "}");
}

/* An option as a field of the editor's form. */
static void put_payload(struct sts__put *payloads, const struct sts_query_option *option)
{
    struct sts__put put, choices;
    bool is_switch = option->argument == NULL;

    sts__put_item(payloads);
    sts__put_open(&put, payloads->sink, "{");
    sts__put_text_member(&put, "name", option->name);
    sts__put_text_member(&put, "label", option->name);
    sts__put_text_member(&put, "type", is_switch || option->values != NULL ? "select" : "input");
    sts__put_text_member(&put, "placeholder", option->help);
    if (is_switch || option->values != NULL) {
        sts__put_name(&put, "options");
        sts__put_open(&choices, put.sink, "[");
        put_words(&choices, is_switch ? "off on" : option->values, put_choice);
        sts__put_close(&choices, "]");
    }
    sts__put_close(&put, "}");
}

static void put_metric(struct sts__put *metrics, const char *word)
{
    static const char panels[] = "metric from to slices"; /* the panel says those */
    size_t count;
    const struct sts_query_option *options = sts_query_options(&count);
    struct sts__put put, payloads;

    sts__put_item(metrics);
    sts__put_open(&put, metrics->sink, "{");
    sts__put_text_member(&put, "label", word);
    sts__put_text_member(&put, "value", word);
    sts__put_name(&put, "payloads");
    sts__put_open(&payloads, put.sink, "[");
    for (size_t i = 0; i < count; i++)
        if (!sts__word_is(panels, options[i].name))
            put_payload(&payloads, &options[i]);
    sts__put_close(&payloads, "]");
    sts__put_close(&put, "}");
}

/* --- labels --- */

struct words {
    const char **items; /* borrowed from the list */
    size_t count;
};

static int compare_words(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* All keys, or all values of one. */
static int list_words(const struct sts_store_list *list, const char *key, struct words *words,
                      struct sts_error *err)
{
    size_t series_count, room = 1;
    const struct sts_store_series *series = sts_store_list_series(list, &series_count);

    for (size_t i = 0; i < series_count; i++)
        room += series[i].label_count;
    words->items = calloc(room, sizeof(*words->items));
    if (words->items == NULL)
        return sts__fail_nomem(err);
    for (size_t i = 0; i < series_count; i++)
        for (size_t k = 0; k < series[i].label_count; k++)
            if (key == NULL)
                words->items[words->count++] = series[i].label_keys[k];
            else if (strcmp(series[i].label_keys[k], key) == 0)
                words->items[words->count++] = series[i].label_values[k];
    if (words->count > 1)
        qsort(words->items, words->count, sizeof(*words->items), compare_words);
    return 0;
}

static void put_tag_key(struct sts__put *items, const char *word)
{
    struct sts__put put;

    sts__put_item(items);
    sts__put_open(&put, items->sink, "{");
    sts__put_text_member(&put, "type", "string");
    sts__put_text_member(&put, "text", word);
    sts__put_close(&put, "}");
}

static void put_tag_value(struct sts__put *items, const char *word)
{
    struct sts__put put;

    sts__put_item(items);
    sts__put_open(&put, items->sink, "{");
    sts__put_text_member(&put, "text", word);
    sts__put_close(&put, "}");
}

static void put_variable(struct sts__put *items, const char *word)
{
    struct sts__put put;

    sts__put_item(items);
    sts__put_open(&put, items->sink, "{");
    sts__put_text_member(&put, "__text", word);
    sts__put_text_member(&put, "__value", word);
    sts__put_close(&put, "}");
}

static int put_labels(const struct sts__question *question, const char *key,
                      void (*put)(struct sts__put *items, const char *word), struct sts_sink *sink,
                      struct sts_error *err)
{
    struct sts_store_list *list = NULL;
    struct words words = { NULL, 0 };
    struct sts__put items;
    int r = sts_store_list_open_series(question->desk->store, &list, err);

    if (r >= 0)
        r = list_words(list, key, &words, err);
    if (r >= 0) {
        sts__put_open(&items, sink, "[");
        for (size_t i = 0; i < words.count; i++)
            if (i == 0 || strcmp(words.items[i - 1], words.items[i]) != 0)
                put(&items, words.items[i]);
        sts__put_close(&items, "]\n");
    }
    free(words.items);
    sts_store_list_close(list);
    return r;
}

/* "label:service", or the key alone. */
static const char *key_of(const char *target)
{
    return strncmp(target, "label:", 6) == 0 ? target + 6 : target;
}

/* --- addresses --- */

static int answer_words(const struct sts__question *question, const struct sts__grafana *grafana,
                        struct sts_sink *sink, struct sts_error *err)
{
    struct sts__put items;

    if (grafana->target != NULL && grafana->target[0] != '\0' &&
        !sts__word_is(option_of("metric")->values, grafana->target))
        return put_labels(question, key_of(grafana->target), put_word, sink, err);
    sts__put_open(&items, sink, "[");
    put_words(&items, option_of("metric")->values, put_word);
    sts__put_close(&items, "]\n");
    return 0;
}

static int answer_metrics(const struct sts__question *question, const struct sts__grafana *grafana,
                          struct sts_sink *sink, struct sts_error *err)
{
    struct sts__put items;

    (void)question;
    (void)grafana;
    (void)err;
    sts__put_open(&items, sink, "[");
    put_words(&items, option_of("metric")->values, put_metric);
    sts__put_close(&items, "]\n");
    return 0;
}

static int answer_options(const struct sts__question *question, const struct sts__grafana *grafana,
                          struct sts_sink *sink, struct sts_error *err)
{
    const struct sts_query_option *option = grafana->name == NULL ? NULL : option_of(grafana->name);
    struct sts__put items;

    (void)question;
    if (option == NULL)
        return sts__fail(err, STS_E_USAGE, "there is no option \"%.60s\"",
                         grafana->name == NULL ? "" : grafana->name);
    sts__put_open(&items, sink, "[");
    put_words(&items,
              option->argument == NULL ? "off on"
              : option->values == NULL ? ""
                                       : option->values,
              put_choice);
    sts__put_close(&items, "]\n");
    return 0;
}

static int answer_variable(const struct sts__question *question, const struct sts__grafana *grafana,
                           struct sts_sink *sink, struct sts_error *err)
{
    return put_labels(question, grafana->target == NULL ? NULL : key_of(grafana->target),
                      put_variable, sink, err);
}

static int answer_tag_keys(const struct sts__question *question, const struct sts__grafana *grafana,
                           struct sts_sink *sink, struct sts_error *err)
{
    (void)grafana;
    return put_labels(question, NULL, put_tag_key, sink, err);
}

static int answer_tag_values(const struct sts__question *question,
                             const struct sts__grafana *grafana, struct sts_sink *sink,
                             struct sts_error *err)
{
    if (grafana->key == NULL)
        return sts__fail(err, STS_E_USAGE, "the body has no key");
    return put_labels(question, grafana->key, put_tag_value, sink, err);
}

/* Profiles tell of no events. */
static int answer_annotations(const struct sts__question *question,
                              const struct sts__grafana *grafana, struct sts_sink *sink,
                              struct sts_error *err)
{
    (void)question;
    (void)grafana;
    (void)err;
    sts__put_text(sink, "[]\n");
    return 0;
}

static const struct address {
    struct sts__form form;
    int (*answer)(const struct sts__question *question, const struct sts__grafana *grafana,
                  struct sts_sink *sink, struct sts_error *err);
} addresses[] = {
    { { .path = "/grafana/query",
        .summary = "Series of a panel's targets",
        .gives = "GrafanaQuery",
        .body = "GrafanaQueryBody" },
      put_query },
    { { .path = "/grafana/search",
        .summary = "Metrics, or values of a label",
        .gives = "Texts",
        .body = "GrafanaBody" },
      answer_words },
    { { .path = "/grafana/metrics",
        .summary = "Metrics and their options",
        .gives = "Objects",
        .body = "GrafanaBody" },
      answer_metrics },
    { { .path = "/grafana/metric-payload-options",
        .summary = "Values of an option",
        .gives = "Objects",
        .body = "GrafanaBody" },
      answer_options },
    { { .path = "/grafana/variable",
        .summary = "Values of a label, for a variable",
        .gives = "Objects",
        .body = "GrafanaBody" },
      answer_variable },
    { { .path = "/grafana/tag-keys",
        .summary = "Keys of labels",
        .gives = "Objects",
        .body = "GrafanaBody" },
      answer_tag_keys },
    { { .path = "/grafana/tag-values",
        .summary = "Values of a label",
        .gives = "Objects",
        .body = "GrafanaBody" },
      answer_tag_values },
    { { .path = "/grafana/annotations",
        .summary = "None: profiles tell of no events",
        .gives = "Objects",
        .body = "GrafanaBody" },
      answer_annotations },
};

const struct sts__form *sts__form_grafana(size_t i)
{
    return i < sizeof(addresses) / sizeof(*addresses) ? &addresses[i].form : NULL;
}

/* --- handlers --- */

static int make(struct sts__question *question, struct sts_sink *sink, struct sts_error *err)
{
    const struct address *address = question->context;
    struct sts__grafana *grafana = malloc(sizeof(*grafana));
    int r = grafana == NULL ? sts__fail_nomem(err)
                            : sts__grafana_read(grafana, question->body, question->body_len, err);

    if (r >= 0)
        r = address->answer(question, grafana, sink, err);
    if (grafana != NULL)
        sts__grafana_deinit(grafana);
    free(grafana);
    return r;
}

static const struct address *find_address(const char *path)
{
    for (size_t i = 0; i < sizeof(addresses) / sizeof(*addresses); i++)
        if (strcmp(addresses[i].form.path, path) == 0)
            return &addresses[i];
    return NULL;
}

static int respond(const struct address *address, struct sts__desk *desk,
                   struct sts__exchange *exchange, struct sts_error *err)
{
    struct sts__asked asked;
    struct sts__question question = {
        .desk = desk, .exchange = exchange, .asked = &asked, .format = "json", .make = make
    };
    int r = sts__asked_init(&asked, &address->form, exchange, err);

    if (r >= 0)
        r = sts__question_read_body(&question, err);
    if (r >= 0) {
        question.context = (void *)(uintptr_t)address;
        asked.depends_on_now = true; /* a target may say so */
        r = sts__respond(&question, err);
    }
    sts__asked_deinit(&asked);
    return r;
}

int sts__api_grafana(struct sts__desk *desk, struct sts__exchange *exchange)
{
    const char *path = sts__exchange_path(exchange);
    const struct address *address = find_address(path);
    struct sts_error err = { 0 };
    int r;

    if (address == NULL)
        return sts__exchange_fail(exchange, 404, "not-found", "there is no \"%.200s\"", path);
    r = respond(address, desk, exchange, &err);
    return r < 0 ? sts__exchange_fail_error(exchange, &err) : r;
}

/* What a data source looks for to know that it is there. */
int sts__api_grafana_root(struct sts__desk *desk, struct sts__exchange *exchange)
{
    static const char text[] = "{\"message\":\"statslice\"}\n";

    (void)desk;
    sts__exchange_answer_bytes(exchange, 200, "application/json", text, sizeof(text) - 1);
    return 0;
}
