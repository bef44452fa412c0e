/* SPDX-License-Identifier: MIT */
/*
 * documents.c - the documents of a body: its lines, or the items of the one JSON array that it is.
 *
 * Why:  programs that send JSON over HTTP put what they have on lines, or in an array; people send
 *       what `convert --to json` wrote. An array is told by an object behind its bracket: a line of
 *       a log may well begin with a bracket.
 */
#include "serve/documents.h"

#include <string.h>

#include "base/fail.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static const char *pass_blanks(const char *at, const char *end)
{
    while (at < end && is_blank(*at))
        at++;
    return at;
}

void sts__documents_init(struct sts__documents *documents, const char *body, size_t len)
{
    const char *end = body + len, *at = pass_blanks(body, end);

    *documents = (struct sts__documents){ .at = body, .end = end };
    if (at == end || *at != '[')
        return;
    at = pass_blanks(at + 1, end);
    if (at == end || (*at != '{' && *at != ']'))
        return;
    documents->is_array = true;
    sts__json_init(&documents->json, body, len);
    sts__json_enter_array(&documents->json);
}

/* Whether nothing stands behind the array; else that is why it is broken. */
static int end_array(struct sts__documents *documents, struct sts_error *err)
{
    struct sts__json *json = &documents->json;

    if (!sts__json_failed(json) && pass_blanks(json->at, json->end) != json->end)
        sts__json_fail(json, "something stands behind the array");
    if (!sts__json_failed(json))
        return 0;
    documents->number++;
    return sts__fail(err, STS_E_FORMAT, "%s at byte %zu of the body", json->reason,
                     (size_t)(json->reason_at - json->begin));
}

static int next_item(struct sts__documents *documents, struct sts__document *ret_document,
                     struct sts_error *err)
{
    struct sts__json *json = &documents->json;
    const char *begin;

    if (!sts__json_next_item(json))
        return end_array(documents, err);
    (void)sts__json_peek(json);
    begin = json->at;
    sts__json_skip(json);
    if (sts__json_failed(json))
        return end_array(documents, err);
    *ret_document =
        (struct sts__document){ begin, (size_t)(json->at - begin), ++documents->number };
    return 1;
}

static int next_line(struct sts__documents *documents, struct sts__document *ret_document)
{
    while (documents->at < documents->end) {
        const char *begin = documents->at;
        const char *newline = memchr(begin, '\n', (size_t)(documents->end - begin));
        const char *end = newline == NULL ? documents->end : newline;
        documents->at = newline == NULL ? documents->end : newline + 1;
        documents->number++;
        if (pass_blanks(begin, end) == end)
            continue;
        *ret_document = (struct sts__document){ begin, (size_t)(end - begin), documents->number };
        return 1;
    }
    return 0;
}

int sts__documents_next(struct sts__documents *documents, struct sts__document *ret_document,
                        struct sts_error *err)
{
    return documents->is_array ? next_item(documents, ret_document, err)
                               : next_line(documents, ret_document);
}

size_t sts__documents_count(const char *body, size_t len, size_t max)
{
    struct sts__documents documents;
    struct sts__document document;
    size_t count = 0;

    sts__documents_init(&documents, body, len);
    while (count <= max && sts__documents_next(&documents, &document, NULL) > 0)
        count++;
    return count;
}
