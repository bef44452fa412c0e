/* SPDX-License-Identifier: MIT */
/*
 * pstats_names.c - the functions that a pstats file names, as ids.
 *
 * In:   (file, line, name), or a reference to such a tuple; texts of Python 2 and 3.
 * Why:  a text or a function is looked up when it is first met; what the file says again by
 *       reference is found in the reader's array.
 */
#include <statslice/profile.h>

#include <string.h>

#include "base/fail.h"
#include "base/num.h"
#include "base/utf8.h"
#include "format/pstats_decoder.h"
#include "model/symbols.h"

void sts__pstats_fail(struct sts__pstats_decoder *decoder, int status)
{
    if (decoder->in.status < 0)
        return;
    decoder->in.status = status;
    if (status != STS_E_NOMEM)
        sts__fail_prefix(decoder->in.err, "\"%s\" at byte %zu", decoder->in.name,
                         (size_t)(decoder->in.item_at - decoder->in.begin));
}

/* Bytes that are no UTF-8 become U+DC80..U+DCFF, as Python's "surrogateescape" has it. */
static void escape_bytes(struct sts__bytes *text, const char *at, const char *end)
{
    sts__bytes_clear(text);
    while (at < end) {
        const char *from = at;
        int32_t code_point = sts__utf8_next(&at, end);
        char bytes[4];

        if (code_point >= 0)
            sts__bytes_append(text, from, (size_t)(at - from));
        else
            sts__bytes_append(text, bytes, sts__utf8_put(bytes, 0xDC00U + (uint8_t)*from));
    }
}

static uint32_t text_id(struct sts__pstats_decoder *decoder, const struct sts__marshal_item *item);

/* Where a function is named by its code object, Python shows it so, but for its address. */
static uint32_t code_id(struct sts__pstats_decoder *decoder, const struct sts__marshal_item *item)
{
    struct sts__bytes *text = &decoder->text;
    struct sts__marshal_code code;
    char line[STS_NUM_TEXT_BYTES];
    uint32_t file_id, name_id, id = 0;
    int r;

    sts__marshal_code(&decoder->in, item, 1, &code);
    file_id = text_id(decoder, &code.file_name);
    name_id = text_id(decoder, &code.name);
    if (decoder->in.status < 0)
        return 0;
    sts__bytes_clear(text);
    sts__bytes_append_text(text, "<code object ");
    sts__bytes_append_text(text, sts__symbols_text_of(decoder->symbols, name_id));
    sts__bytes_append_text(text, ", file \"");
    sts__bytes_append_text(text, sts__symbols_text_of(decoder->symbols, file_id));
    sts__bytes_append_text(text, "\", line ");
    sts__bytes_append(text, line, sts__num_i64(line, code.line_number));
    sts__bytes_append_text(text, ">");
    r = sts__bytes_check(text, "a name", decoder->in.err);
    if (r == 0)
        r = sts__symbols_text(decoder->symbols, text->data, text->len, &id, decoder->in.err);
    if (r < 0)
        sts__pstats_fail(decoder, r);
    else
        sts__marshal_bind(&decoder->in, item, id);
    return id;
}

static uint32_t text_id(struct sts__pstats_decoder *decoder, const struct sts__marshal_item *item)
{
    struct sts__marshal *in = &decoder->in;
    const char *text;
    size_t len = item->len;
    uint32_t id = 0;
    int r;

    if (item->kind == STS__MARSHAL_TEXT_ID)
        return item->len;
    if (item->kind == STS__MARSHAL_CODE)
        return code_id(decoder, item);
    if (item->kind != STS__MARSHAL_TEXT) {
        sts__marshal_fail(in, STS_E_FORMAT, "a name that is no text");
        return 0;
    }
    text = (const char *)item->u.bytes;
    if (memchr(text, '\0', len) != NULL) {
        sts__marshal_fail(in, STS_E_FORMAT, "a name with a NUL inside");
        return 0;
    }
    if (!sts__utf8_valid(text, len)) {
        if (!item->is_bytes) {
            sts__marshal_fail(in, STS_E_FORMAT, "a name that is not UTF-8");
            return 0;
        }
        escape_bytes(&decoder->text, text, text + len);
        text = decoder->text.data;
        len = decoder->text.len;
        if (decoder->text.status < 0) {
            sts__pstats_fail(decoder, sts__bytes_check(&decoder->text, "a name", in->err));
            return 0;
        }
    }
    r = sts__symbols_text(decoder->symbols, text, len, &id, in->err);
    if (r < 0)
        sts__pstats_fail(decoder, r);
    else
        sts__marshal_bind(in, item, id);
    return id;
}

static uint32_t next_text_id(struct sts__pstats_decoder *decoder)
{
    struct sts__marshal_item item;
    uint32_t id;

    if (sts__marshal_take_id(&decoder->in, STS__MARSHAL_TEXT_ID, &id))
        return id;
    sts__marshal_next(&decoder->in, &item);
    return text_id(decoder, &item);
}

int64_t sts__pstats_next_int(struct sts__pstats_decoder *decoder, const char *what)
{
    struct sts__marshal_item item;
    int64_t value;

    if (sts__marshal_take_int(&decoder->in, &value))
        return value;
    sts__marshal_next(&decoder->in, &item);
    if (item.kind == STS__MARSHAL_INT)
        return item.u.integer;
    sts__marshal_fail(&decoder->in, STS_E_FORMAT, "%s that is no int", what);
    return 0;
}

static int32_t next_line(struct sts__pstats_decoder *decoder)
{
    int64_t line = sts__pstats_next_int(decoder, "a line number");

    if (line >= INT32_MIN && line <= INT32_MAX)
        return (int32_t)line;
    sts__marshal_fail(&decoder->in, STS_E_LIMIT, "a line number of more than 32 bits");
    return 0;
}

/* The items of a function's (file, line, name). */
static uint32_t function_items(struct sts__pstats_decoder *decoder)
{
    struct sts__function_key key = { .qualname_id = STS__NO_TEXT };
    uint32_t id = 0;
    int r;

    key.file_id = next_text_id(decoder);
    key.line_number = next_line(decoder);
    key.name_id = next_text_id(decoder);
    if (decoder->in.status < 0)
        return 0;
    r = sts__symbols_key(decoder->symbols, &key, &id, decoder->in.err);
    if (r < 0)
        sts__pstats_fail(decoder, r);
    return id;
}

/* A function, of which the tuple's beginning was read. */
uint32_t sts__pstats_function(struct sts__pstats_decoder *decoder,
                              const struct sts__marshal_item *item)
{
    const uint8_t *entered;
    uint32_t id;

    if (item->kind == STS__MARSHAL_TUPLE_ID)
        return item->len;
    if (item->kind != STS__MARSHAL_TUPLE || item->len != 3) {
        sts__marshal_fail(&decoder->in, STS_E_FORMAT, "a function that is no (file, line, name)");
        return 0;
    }
    entered = sts__marshal_enter(&decoder->in, item);
    id = function_items(decoder);
    sts__marshal_leave(&decoder->in, item, entered);
    sts__marshal_bind(&decoder->in, item, id);
    return id;
}

/* Whether the next item is a function in one of the two commonest forms, which it then gives. */
bool sts__pstats_take_function(struct sts__pstats_decoder *decoder, uint32_t *ret_id)
{
    if (sts__marshal_take_id(&decoder->in, STS__MARSHAL_TUPLE_ID, ret_id))
        return true;
    if (!sts__marshal_take_tuple_head(&decoder->in, 3))
        return false;
    *ret_id = function_items(decoder);
    return true;
}
