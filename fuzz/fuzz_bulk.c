/* SPDX-License-Identifier: MIT */
/*
 * fuzz_bulk.c - any bytes as a body that was posted: each document is handed out once, in order and
 * from within the body, and is a profile, something else, or refused with a reason.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "serve/bulk.h"
#include "serve/decode.h"
#include "serve/documents.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static bool is_within(const char *body, size_t len, const char *text, size_t text_len)
{
    return text >= body && text + text_len <= body + len;
}

static void decode(struct sts__decoder *decoder, const char *text, size_t len)
{
    struct sts_error reason = { .text = "" };
    int r = sts__decode_document(decoder, text, len, NULL, &reason);

    must(r >= 0 || r == STS_E_FORMAT);
    must(r >= 0 || reason.text[0] != '\0');
    must(r != 1 || sts_profile_function_count(decoder->profile) <= decoder->limits.functions);
    if (r == 1)
        must(memchr(text, '{', len) != NULL);
}

static void read_bulk(struct sts__decoder *decoder, const char *body, size_t len)
{
    struct sts__bulk bulk;
    struct sts__bulk_item item;
    struct sts_error err = { .text = "" };
    const char *before = body;
    size_t n = 0, count = 0;
    int checked = sts__bulk_check(body, len, SIZE_MAX - 1, &count, &err), r;

    sts__bulk_init(&bulk, body, len);
    while ((r = sts__bulk_next(&bulk, &item, NULL)) > 0) {
        n++;
        must(item.index.at == NULL || is_within(body, len, item.index.at, item.index.len));
        must(item.id.at == NULL || is_within(body, len, item.id.at, item.id.len));
        must((item.source == NULL) == (item.action == STS__BULK_DELETE));
        if (item.source == NULL)
            continue;
        must(item.source >= before && is_within(body, len, item.source, item.source_len));
        must(memchr(item.source, '\n', item.source_len) == NULL);
        before = item.source + item.source_len;
        decode(decoder, item.source, item.source_len);
    }
    must(checked == r && (r < 0 || n == count) && (r == 0 || err.text[0] != '\0'));
}

static void read_documents(struct sts__decoder *decoder, const char *body, size_t len)
{
    struct sts__documents documents;
    struct sts__document document;
    const char *before = body;
    uint64_t number = 0;
    size_t n = 0;

    sts__documents_init(&documents, body, len);
    while (sts__documents_next(&documents, &document, NULL) > 0) {
        n++;
        must(document.len > 0 && document.number > number && document.text >= before);
        must(is_within(body, len, document.text, document.len));
        number = document.number;
        before = document.text + document.len;
        decode(decoder, document.text, document.len);
    }
    must(n == sts__documents_count(body, len, SIZE_MAX - 1));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const struct sts__decode_limits limits = { 4096, 3, 5, 2 };
    struct sts__decoder decoder;
    /* as it comes: not NUL-ended */
    char *body = malloc(len == 0 ? 1 : len);

    must(body != NULL && sts__decoder_init(&decoder, &limits, NULL) == 0);
    if (len > 0)
        memcpy(body, data, len);
    read_bulk(&decoder, body, len);
    read_documents(&decoder, body, len);
    sts__decoder_deinit(&decoder);
    free(body);
    return 0;
}
