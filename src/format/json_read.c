/* SPDX-License-Identifier: MIT */
/*
 * json_read.c - pull values out of a JSON text, one after the other, without a tree.
 *
 * Source: RFC 8259.
 * Not:    what is inside of texts (json_text.c) and numbers (json_number.c).
 */
#include "format/json_read.h"

#include <string.h>

void sts__json_init(struct sts__json *json, const char *text, size_t len)
{
    memset(json, 0, sizeof(*json));
    json->begin = text;
    json->at = text;
    json->end = text + len;
}

void sts__json_fail(struct sts__json *json, const char *reason)
{
    if (json->reason != NULL)
        return;
    json->reason = reason;
    json->reason_at = json->at;
    json->at = json->end;
}

void sts__json_fail_at(struct sts__json *json, const char *at, const char *reason)
{
    if (json->reason == NULL)
        json->at = at;
    sts__json_fail(json, reason);
}

bool sts__json_failed(const struct sts__json *json)
{
    return json->reason != NULL;
}

static void skip_space(struct sts__json *json)
{
    while (json->at < json->end &&
           (*json->at == ' ' || *json->at == '\t' || *json->at == '\n' || *json->at == '\r'))
        json->at++;
}

/* Go over one mark, or fail. */
static bool take(struct sts__json *json, char mark, const char *reason)
{
    skip_space(json);
    if (json->at < json->end && *json->at == mark) {
        json->at++;
        return true;
    }
    sts__json_fail(json, json->at == json->end ? "the line ends early" : reason);
    return false;
}

enum sts__json_kind sts__json_peek(struct sts__json *json)
{
    skip_space(json);
    if (json->at == json->end)
        return STS__JSON_NONE;
    switch (*json->at) {
    case '{':
        return STS__JSON_OBJECT;
    case '[':
        return STS__JSON_ARRAY;
    case '"':
        return STS__JSON_TEXT;
    case 't':
        return STS__JSON_TRUE;
    case 'f':
        return STS__JSON_FALSE;
    case 'n':
        return STS__JSON_NULL;
    default:
        return *json->at == '-' || (*json->at >= '0' && *json->at <= '9') ? STS__JSON_NUMBER
                                                                          : STS__JSON_NONE;
    }
}

/* --- objects and arrays --- */

static void enter(struct sts__json *json, char mark, const char *reason)
{
    if (json->depth == STS__JSON_DEPTH_MAX) {
        sts__json_fail(json, "nested too deep");
        return;
    }
    if (!take(json, mark, reason))
        return;
    json->depth++;
    json->fresh = true;
}

/* Go to the next member: false behind the closing mark, and on a failure. */
static bool next_member(struct sts__json *json, char closing)
{
    bool fresh = json->fresh;

    json->fresh = false;
    skip_space(json);
    if (json->at < json->end && *json->at == closing) {
        json->at++;
        json->depth--;
        return false;
    }
    return fresh ? json->at < json->end || take(json, closing, "") : take(json, ',', "no comma");
}

void sts__json_enter_object(struct sts__json *json)
{
    enter(json, '{', "not an object");
}

bool sts__json_next_key(struct sts__json *json, struct sts__json_text *ret_key)
{
    if (json->reason != NULL || !next_member(json, '}'))
        return false;
    *ret_key = sts__json_text(json);
    return take(json, ':', "no colon behind a key");
}

void sts__json_enter_array(struct sts__json *json)
{
    enter(json, '[', "not an array");
}

bool sts__json_next_item(struct sts__json *json)
{
    return json->reason == NULL && next_member(json, ']');
}

/* --- anything --- */

static void take_word(struct sts__json *json, const char *word)
{
    size_t len = strlen(word);

    if ((size_t)(json->end - json->at) < len || memcmp(json->at, word, len) != 0)
        sts__json_fail(json, "not a JSON value");
    else
        json->at += len;
}

void sts__json_skip(struct sts__json *json)
{
    struct sts__json_text key;

    switch (sts__json_peek(json)) {
    case STS__JSON_OBJECT:
        sts__json_enter_object(json);
        while (sts__json_next_key(json, &key))
            sts__json_skip(json);
        break;
    case STS__JSON_ARRAY:
        sts__json_enter_array(json);
        while (sts__json_next_item(json))
            sts__json_skip(json);
        break;
    case STS__JSON_TEXT:
        (void)sts__json_text(json);
        break;
    case STS__JSON_NUMBER:
        (void)sts__json_number(json);
        break;
    case STS__JSON_TRUE:
        take_word(json, "true");
        break;
    case STS__JSON_FALSE:
        take_word(json, "false");
        break;
    case STS__JSON_NULL:
        take_word(json, "null");
        break;
    case STS__JSON_NONE:
        sts__json_fail(json, json->at == json->end ? "the line ends early" : "not a JSON value");
        break;
    }
}
