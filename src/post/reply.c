/* SPDX-License-Identifier: MIT */
/*
 * reply.c - see reply.h.
 *
 * Source: docs/serve.md: {"new":n,"known":n,"expired":n,"refused":[{"line":n,"reason":text}]}, or
 *         {"error":{"status":n,"reason":word,"message":text}}.
 */
#include "post/reply.h"

#include <string.h>

#include "base/bytes.h"
#include "format/json_read.h"

#define REASON_BYTES_MAX ((size_t)4096)

#define IS(key, word) sts__json_is(key, word, sizeof(word) - 1)

/* The text, as far as it fits; marks of a terminal's are not passed on. */
static void keep_reason(struct sts__reply *answer, struct sts__json *json)
{
    struct sts__json_text text = sts__json_text(json);
    struct sts__bytes scratch;
    const char *reason;
    size_t len, room = sizeof(answer->reason) - 1;

    sts__bytes_init(&scratch, REASON_BYTES_MAX);
    if (answer->reason[0] == '\0' && sts__json_decode(json, &text, &scratch, &reason, &len) == 0) {
        if (len > room)
            len = room;
        for (size_t i = 0; i < len; i++)
            answer->reason[i] = (unsigned char)reason[i] < 0x20 ? ' ' : reason[i];
        answer->reason[len] = '\0';
    }
    sts__bytes_deinit(&scratch);
}

/* The value of one key of an object is a text to keep; the others are gone over. */
static void read_reason(struct sts__reply *answer, struct sts__json *json, const char *word)
{
    struct sts__json_text key;

    sts__json_enter_object(json);
    while (sts__json_next_key(json, &key)) {
        if (sts__json_is(&key, word, strlen(word)) && sts__json_peek(json) == STS__JSON_TEXT)
            keep_reason(answer, json);
        else
            sts__json_skip(json);
    }
}

static void read_refused(struct sts__reply *answer, struct sts__json *json)
{
    sts__json_enter_array(json);
    while (sts__json_next_item(json)) {
        answer->n_refused++;
        read_reason(answer, json, "reason");
    }
}

void sts__reply_read(const char *body, size_t len, struct sts__reply *ret_reply)
{
    struct sts__reply *answer = ret_reply;
    struct sts__json json;
    struct sts__json_text key;
    bool has_error = false, has_new = false, has_known = false;

    memset(answer, 0, sizeof(*answer));
    sts__json_init(&json, body, len);
    if (sts__json_peek(&json) != STS__JSON_OBJECT)
        return;
    sts__json_enter_object(&json);
    while (sts__json_next_key(&json, &key)) {
        if (IS(&key, "new")) {
            answer->n_new = sts__json_u64(&json);
            has_new = true;
        } else if (IS(&key, "known")) {
            answer->n_known = sts__json_u64(&json);
            has_known = true;
        } else if (IS(&key, "expired")) {
            answer->n_expired = sts__json_u64(&json);
        } else if (IS(&key, "refused") && sts__json_peek(&json) == STS__JSON_ARRAY) {
            read_refused(answer, &json);
        } else if (IS(&key, "error") && sts__json_peek(&json) == STS__JSON_OBJECT) {
            has_error = true;
            read_reason(answer, &json, "message");
        } else {
            sts__json_skip(&json);
        }
    }
    answer->has_counts = has_new && has_known && !sts__json_failed(&json);
    answer->is_ours = answer->has_counts || (has_error && !sts__json_failed(&json));
}
