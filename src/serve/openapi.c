/* SPDX-License-Identifier: MIT */
/*
 * openapi.c - GET /api/v1/openapi.json: what may be asked, for programs.
 *
 * How: from the forms that requests are checked against, and the library's tables of options, so
 *      that what is said is what is so. Shapes of answers stand in openapi_schemas.c.
 * Source: OpenAPI 3.1.0.
 */
#include "serve/openapi.h"

#include <string.h>

#include <statslice/sink.h>
#include <statslice/statslice.h>

#include "serve/api.h"
#include "serve/exchange.h"
#include "serve/media.h"
#include "serve/picture.h"
#include "serve/put.h"
#include "serve/respond.h"

const struct sts__form sts__form_openapi = {
    .path = "/api/v1/openapi.json",
    .summary = "This description",
    .gives = "Object",
};

/* --- parameters --- */

static void put_words(struct sts__put *put, const char *name, const char *words)
{
    struct sts__put items;

    sts__put_name(put, name);
    sts__put_open(&items, put->sink, "[");
    while (*words != '\0') {
        char word[64];
        size_t len = strcspn(words, " ");
        size_t kept = len < sizeof(word) ? len : sizeof(word) - 1;
        memcpy(word, words, kept);
        word[kept] = '\0';
        sts__put_item(&items);
        sts__put_json_str(put->sink, word);
        words += len;
        words += strspn(words, " ");
    }
    sts__put_close(&items, "]");
}

/* A text, one of some words, or a number. */
static void put_schema(struct sts__put *put, const char *words, const struct sts__argument *number)
{
    struct sts__put schema;

    sts__put_name(put, "schema");
    sts__put_open(&schema, put->sink, "{");
    sts__put_text_member(&schema, "type", number == NULL ? "string" : "integer");
    if (words != NULL)
        put_words(&schema, "enum", words);
    if (number != NULL) {
        sts__put_u64_member(&schema, "minimum", number->min);
        sts__put_u64_member(&schema, "maximum", number->max);
    }
    sts__put_close(&schema, "}");
}

static void put_list_schema(struct sts__put *put)
{
    sts__put_name(put, "schema");
    sts__put_text(put->sink, "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}");
}

static void open_parameter(struct sts__put *parameters, struct sts__put *put, const char *name,
                           const char *help)
{
    sts__put_item(parameters);
    sts__put_open(put, parameters->sink, "{");
    sts__put_text_member(put, "name", name);
    sts__put_text_member(put, "in", "query");
    sts__put_text_member(put, "description", help);
}

static void put_option(struct sts__put *parameters, const struct sts_query_option *option)
{
    struct sts__put put;

    open_parameter(parameters, &put, option->name, option->help);
    if (option->repeatable)
        put_list_schema(&put);
    else
        put_schema(&put, option->argument == NULL ? "on off" : option->values, NULL);
    sts__put_close(&put, "}");
}

static void put_argument(struct sts__put *parameters, const struct sts__argument *argument)
{
    struct sts__put put;

    open_parameter(parameters, &put, argument->name, argument->help);
    if (argument->is_required)
        sts__put_bool_member(&put, "required", true);
    put_schema(&put, argument->words, argument->kind == STS__ARGUMENT_NUMBER ? argument : NULL);
    sts__put_close(&put, "}");
}

static void put_parameters(struct sts__put *operation, const struct sts__form *form)
{
    size_t count = 0;
    const struct sts_query_option *options = form->options == NULL ? NULL : form->options(&count);
    struct sts__put parameters;

    sts__put_name(operation, "parameters");
    sts__put_open(&parameters, operation->sink, "[");
    for (size_t i = 0; i < form->own_count; i++)
        put_argument(&parameters, &form->own[i]);
    for (size_t i = 0; i < count; i++)
        if (sts__form_option(form, options[i].name) != NULL)
            put_option(&parameters, &options[i]);
    sts__put_close(&parameters, "]");
}

/* --- answers --- */

static void put_reference(struct sts__put *put, const char *schema)
{
    sts__put_name(put, "schema");
    sts__put_text(put->sink, "{\"$ref\":\"#/components/schemas/");
    sts__put_text(put->sink, schema);
    sts__put_text(put->sink, "\"}");
}

static void put_medium(struct sts__put *media, const char *type, const char *schema)
{
    struct sts__put put;

    sts__put_name(media, type);
    sts__put_open(&put, media->sink, "{");
    if (schema != NULL)
        put_reference(&put, schema);
    sts__put_close(&put, "}");
}

/* The formats of the argument "format": each type once. */
static void put_formats(struct sts__put *media, const struct sts__form *form, const char *words)
{
    const char *known[16];
    size_t known_count = 0;

    while (*words != '\0') {
        char word[32] = "";
        size_t len = strcspn(words, " "), i = 0;
        const char *type;
        memcpy(word, words, len < sizeof(word) ? len : sizeof(word) - 1);
        type = sts__medium_of(word)->type;
        while (i < known_count && strcmp(known[i], type) != 0)
            i++;
        if (i == known_count && known_count < sizeof(known) / sizeof(*known)) {
            known[known_count++] = type;
            put_medium(media, type, strcmp(word, "json") == 0 ? form->gives : NULL);
        }
        words += len;
        words += strspn(words, " ");
    }
}

static void put_content(struct sts__put *answer, const struct sts__form *form)
{
    const char *formats = NULL;
    struct sts__put media;

    for (size_t i = 0; i < form->own_count; i++)
        if (strcmp(form->own[i].name, "format") == 0)
            formats = form->own[i].words;
    sts__put_name(answer, "content");
    sts__put_open(&media, answer->sink, "{");
    if (formats != NULL)
        put_formats(&media, form, formats);
    else if (form->gives != NULL)
        put_medium(&media, "application/json", form->gives);
    else
        put_medium(&media, sts__medium_of(sts__picture_format(form->path))->type, NULL);
    sts__put_close(&media, "}");
}

static void put_answer(struct sts__put *answers, const char *status, const char *text,
                       const struct sts__form *form)
{
    struct sts__put put, media;

    sts__put_name(answers, status);
    sts__put_open(&put, answers->sink, "{");
    sts__put_text_member(&put, "description", text);
    if (form != NULL) {
        put_content(&put, form);
    } else if (strcmp(status, "304") != 0) {
        sts__put_name(&put, "content");
        sts__put_open(&media, put.sink, "{");
        put_medium(&media, "application/json", "Error");
        sts__put_close(&media, "}");
    }
    sts__put_close(&put, "}");
}

static void put_answers(struct sts__put *operation, const struct sts__form *form)
{
    struct sts__put answers;

    sts__put_name(operation, "responses");
    sts__put_open(&answers, operation->sink, "{");
    put_answer(&answers, "200", "The answer", form);
    if (form->body == NULL)
        put_answer(&answers, "304", "Not changed since the entity tag of If-None-Match", NULL);
    put_answer(&answers, "400", "An argument is wrong; the message names it", NULL);
    put_answer(&answers, "401", "A token is needed", NULL);
    put_answer(&answers, "403", "The token is not for this", NULL);
    put_answer(&answers, "404", "There is nothing of that kind", NULL);
    put_answer(&answers, "422", "It would be too much: fewer slices, or less time", NULL);
    put_answer(&answers, "503", "Busy, or it took too long", NULL);
    sts__put_close(&answers, "}");
}

/* --- addresses --- */

static void put_body(struct sts__put *operation, const char *schema)
{
    struct sts__put put, media;

    sts__put_name(operation, "requestBody");
    sts__put_open(&put, operation->sink, "{");
    sts__put_name(&put, "content");
    sts__put_open(&media, put.sink, "{");
    if (schema[0] == '\0')
        put_medium(&media, "application/x-ndjson", NULL);
    else
        put_medium(&media, "application/json", schema);
    sts__put_close(&media, "}");
    sts__put_close(&put, "}");
}

/* "/api/v1/chart.svg" as "api_v1_chart_svg": unique, as paths are. */
static void put_operation_id(struct sts__put *operation, const char *path)
{
    char text[128];
    size_t len = 0;

    for (const char *at = path; *at != '\0' && len + 1 < sizeof(text); at++)
        if (len > 0 || *at != '/')
            text[len++] = strchr("/.-", *at) != NULL ? '_' : *at;
    text[len] = '\0';
    sts__put_text_member(operation, "operationId", text);
}

static void put_form(struct sts__put *paths, const struct sts__form *form)
{
    struct sts__put path, operation;

    sts__put_name(paths, form->path);
    sts__put_open(&path, paths->sink, "{");
    sts__put_name(&path, form->body == NULL ? "get" : "post");
    sts__put_open(&operation, path.sink, "{");
    put_operation_id(&operation, form->path);
    sts__put_text_member(&operation, "summary", form->summary);
    put_parameters(&operation, form);
    if (form->body != NULL)
        put_body(&operation, form->body);
    put_answers(&operation, form);
    sts__put_close(&operation, "}");
    sts__put_close(&path, "}");
}

static void put_paths(struct sts__put *document)
{
    static const struct sts__form *const forms[] = {
        &sts__form_series, &sts__form_profile, &sts__form_callers, &sts__form_functions,
        &sts__form_labels, &sts__form_openapi, &sts__form_search,  &sts__form_msearch,
        &sts__form_count,  &sts__form_mapping,
    };
    struct sts__put paths;

    sts__put_name(document, "paths");
    sts__put_open(&paths, document->sink, "{");
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
        put_form(&paths, forms[i]);
    for (size_t i = 0; i < sts__form_chart_count; i++)
        put_form(&paths, &sts__forms_chart[i]);
    for (size_t i = 0; i < sts__form_diff_count; i++)
        put_form(&paths, &sts__forms_diff[i]);
    for (size_t i = 0; sts__form_grafana(i) != NULL; i++)
        put_form(&paths, sts__form_grafana(i));
    for (size_t i = 0; sts__openapi_other_paths[i] != NULL; i++)
        sts__put_text(paths.sink, sts__openapi_other_paths[i]);
    sts__put_close(&paths, "}");
}

static void put_components(struct sts__put *document)
{
    struct sts__put components, schemas;

    sts__put_name(document, "components");
    sts__put_open(&components, document->sink, "{");
    sts__put_name(&components, "securitySchemes");
    sts__put_text(document->sink, "{\"token\":{\"type\":\"http\",\"scheme\":\"bearer\"}}");
    sts__put_name(&components, "schemas");
    sts__put_open(&schemas, document->sink, "{");
    for (size_t i = 0; i < sts__openapi_schema_count; i++) {
        sts__put_name(&schemas, sts__openapi_schemas[i].name);
        sts__put_text(document->sink, sts__openapi_schemas[i].shape);
    }
    sts__put_close(&schemas, "}");
    sts__put_close(&components, "}");
}

static int make(struct sts__question *question, struct sts_sink *sink, struct sts_error *err)
{
    struct sts__put put, info;

    (void)question;
    (void)err;
    sts__put_open(&put, sink, "{");
    sts__put_text_member(&put, "openapi", "3.1.0");
    sts__put_name(&put, "info");
    sts__put_open(&info, sink, "{");
    sts__put_text_member(&info, "title", "statslice");
    sts__put_text_member(&info, "version", sts_version());
    sts__put_text_member(&info, "summary", "Function profiles, slice by slice of time");
    sts__put_close(&info, "}");
    sts__put_name(&put, "security");
    sts__put_text(sink, "[{\"token\":[]},{}]");
    put_paths(&put);
    put_components(&put);
    sts__put_close(&put, "}\n");
    return 0;
}

int sts__api_openapi(struct sts__desk *desk, struct sts__exchange *exchange)
{
    return sts__respond_to(desk, exchange, &sts__form_openapi, NULL, make);
}
