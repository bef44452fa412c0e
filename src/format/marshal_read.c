/* SPDX-License-Identifier: MIT */
/*
 * marshal_read.c - the bytes of Python's marshal, item by item.
 *
 * In:   a whole dump of version 0 to 5, written by any Python from 2.7 on.
 * Out:  items; texts and containers as places in the input.
 * Why:  a pstats file is some ten thousand small tuples: nothing is allocated
 *       for any of them but one slot for each item that is flagged for reference.
 * Not:  what the items mean (pstats_read.c); what a code object holds (marshal_code.c).
 */
#include "format/marshal_read.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/num.h"
#include "format/marshal_bytes.h"

#define FLAG_REF 0x80

/* Room is made for as many references as cProfile's files have, so that it need not grow. */
#define BYTES_PER_REF    32
#define GUESSED_REFS_MAX ((size_t)1 << 16)

void sts__marshal_init(struct sts__marshal *in, const uint8_t *data, size_t len, const char *name,
                       struct sts_error *err)
{
    static const uint8_t none[1];

    memset(in, 0, sizeof(*in));
    in->begin = len > 0 ? data : none; /* data may be NULL where there is none */
    in->at = in->begin;
    in->end = in->begin + len;
    in->item_at = in->begin;
    in->name = name;
    in->err = err;
}

void sts__marshal_deinit(struct sts__marshal *in)
{
    free(in->refs.slots);
    free(in->interned.slots);
    memset(&in->refs, 0, sizeof(in->refs));
    memset(&in->interned, 0, sizeof(in->interned));
}

void sts__marshal_fail(struct sts__marshal *in, enum sts_status status, const char *format, ...)
{
    char text[160];
    va_list args;

    if (in->status < 0)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    in->status = sts__fail(in->err, status, "\"%s\": %s at byte %zu", in->name, text,
                           (size_t)(in->item_at - in->begin));
    in->at = in->end;
}

/* len bytes of the input, or NULL after telling that it ends before them. */
static const uint8_t *take(struct sts__marshal *in, size_t len)
{
    const uint8_t *at = in->at;

    if ((size_t)(in->end - at) < len) {
        sts__marshal_fail(in, STS_E_FORMAT, "the input ends inside of an item");
        return NULL;
    }
    in->at = at + len;
    return at;
}

static uint32_t take_u32(struct sts__marshal *in)
{
    const uint8_t *at = take(in, 4);

    return at == NULL ? 0 : sts__load_u32(at);
}

/* A count of bytes or items, each of which takes at least one byte of what is left. */
static uint32_t take_count(struct sts__marshal *in)
{
    uint32_t count = take_u32(in);

    if (count > (size_t)(in->end - in->at)) {
        sts__marshal_fail(in, STS_E_FORMAT, "a count of %u, more than the input can hold,",
                          (unsigned)count);
        return 0;
    }
    return count;
}

/* --- references --- */

static uint32_t keep(struct sts__marshal *in, struct sts__marshal_refs *refs,
                     const struct sts__marshal_item *item)
{
    size_t guess = (size_t)(in->end - in->begin) / BYTES_PER_REF;
    int r = 0;

    if (refs->cap == 0 && guess < GUESSED_REFS_MAX)
        r = sts__grow(&refs->slots, &refs->cap, guess + 1, sizeof(*refs->slots), GUESSED_REFS_MAX);
    if (r >= 0 && refs->count == refs->cap)
        r = sts__grow(&refs->slots, &refs->cap, refs->count + 1, sizeof(*refs->slots),
                      STS_MARSHAL_REFS_MAX);
    if (r == STS_E_LIMIT)
        sts__marshal_fail(in, STS_E_LIMIT, "more than %zu references", STS_MARSHAL_REFS_MAX);
    else if (r < 0)
        in->status = sts__fail_nomem(in->err);
    if (r < 0)
        return STS__MARSHAL_NO_REF;
    refs->slots[refs->count] =
        (struct sts__marshal_slot){ item->u, item->len, item->kind, item->is_bytes, item->is_open };
    return (uint32_t)refs->count++;
}

static bool refer(struct sts__marshal *in, const struct sts__marshal_refs *refs,
                  struct sts__marshal_item *item)
{
    const uint8_t *at = take(in, 4);
    uint32_t index = at == NULL ? 0 : sts__load_u32(at);
    const struct sts__marshal_slot *slot;

    if (at == NULL)
        return false;
    if (index >= refs->count) {
        sts__marshal_fail(in, STS_E_FORMAT, "a reference to item %u of %zu", (unsigned)index,
                          refs->count);
        return false;
    }
    slot = &refs->slots[index];
    if (slot->is_open) {
        sts__marshal_fail(in, STS_E_FORMAT, "a container that holds itself");
        return false;
    }
    *item = (struct sts__marshal_item){
        .u = slot->u,
        .len = slot->len,
        .ref = refs == &in->refs ? index : STS__MARSHAL_NO_REF, /* "R" keeps no id */
        .kind = slot->kind,
        .is_bytes = slot->is_bytes,
        .is_again = true,
    };
    return true;
}

void sts__marshal_bind(struct sts__marshal *in, const struct sts__marshal_item *item, uint32_t id)
{
    struct sts__marshal_slot *slot;

    if (item->ref == STS__MARSHAL_NO_REF || in->status < 0)
        return;
    slot = &in->refs.slots[item->ref];
    slot->kind = item->kind == STS__MARSHAL_TUPLE ? STS__MARSHAL_TUPLE_ID : STS__MARSHAL_TEXT_ID;
    slot->len = id;
}

const uint8_t *sts__marshal_enter(struct sts__marshal *in, const struct sts__marshal_item *item)
{
    const uint8_t *entered = in->at;

    if (in->status >= 0 && item->is_again) {
        in->again_depth++;
        in->at = item->u.bytes;
    }
    return entered;
}

void sts__marshal_leave(struct sts__marshal *in, const struct sts__marshal_item *item,
                        const uint8_t *entered)
{
    if (in->status < 0)
        return;
    if (!item->is_again) {
        if (item->ref != STS__MARSHAL_NO_REF)
            in->refs.slots[item->ref].is_open = false;
        return;
    }
    in->again_bytes += (uint64_t)(in->at - item->u.bytes);
    in->again_depth--;
    in->at = entered;
    if (in->again_bytes / STS_MARSHAL_AGAIN_MAX > (uint64_t)(in->end - in->begin))
        sts__marshal_fail(in, STS_E_LIMIT, "too much that is said again by reference");
}

/* --- items --- */

/* Digits of 15 bits, lowest first; a negative count is a negative number. */
static int64_t take_long(struct sts__marshal *in)
{
    int32_t count = (int32_t)take_u32(in);
    size_t digit_count = count < 0 ? (size_t) - (int64_t)count : (size_t)count;
    uint64_t size = 0;
    const uint8_t *digits;

    if (in->pass_depth > 0) { /* constants of a code object are of any size */
        take(in, digit_count * 2);
        return 0;
    }
    digits = digit_count > 5 ? NULL : take(in, digit_count * 2);
    if (digit_count > 5)
        sts__marshal_fail(in, STS_E_LIMIT, "an int of more than 64 bits");
    for (size_t i = 0; digits != NULL && i < digit_count; i++) {
        uint64_t digit = (uint64_t)digits[2 * i] | (uint64_t)digits[2 * i + 1] << 8;
        if (digit > 0x7FFF || (i == 4 && digit > 7)) {
            sts__marshal_fail(in, digit > 0x7FFF ? STS_E_FORMAT : STS_E_LIMIT,
                              digit > 0x7FFF ? "an int with a digit of more than 15 bits"
                                             : "an int of more than 64 bits");
            return 0;
        }
        size |= digit << 15 * i;
    }
    return count < 0 ? -(int64_t)size : (int64_t)size; /* size is below 2^63 */
}

/* Versions 0 and 1 write a float as its text. */
static double take_float_text(struct sts__marshal *in)
{
    const uint8_t *len = take(in, 1);
    const uint8_t *text = len == NULL ? NULL : take(in, *len);
    double value;

    if (text == NULL)
        return 0.0;
    if (sts__num_parse_double((const char *)text, *len, &value) < 0) {
        sts__marshal_fail(in, STS_E_FORMAT, "a float that is no finite number");
        return 0.0;
    }
    return value;
}

static void take_text(struct sts__marshal *in, struct sts__marshal_item *item, uint32_t len)
{
    item->kind = STS__MARSHAL_TEXT;
    item->len = len;
    item->u.bytes = take(in, len);
}

static void take_short_text(struct sts__marshal *in, struct sts__marshal_item *item)
{
    const uint8_t *len = take(in, 1);

    if (len != NULL)
        take_text(in, item, *len);
}

static void open_container(struct sts__marshal *in, struct sts__marshal_item *item,
                           enum sts__marshal_kind kind, uint32_t len)
{
    item->kind = (uint8_t)kind;
    item->is_open = true;
    item->len = len;
    item->u.bytes = in->at;
}

static void take_complex(struct sts__marshal *in, struct sts__marshal_item *item, bool is_text)
{
    item->kind = STS__MARSHAL_OTHER;
    if (is_text) {
        take_float_text(in);
        take_float_text(in);
    } else {
        take(in, 16);
    }
}

/* What stands behind a tag. Returns: whether the item may be flagged for reference. */
static bool read_tagged(struct sts__marshal *in, uint8_t tag, struct sts__marshal_item *item)
{
    const uint8_t *at;

    switch (tag) {
    case 'i':
        at = take(in, 4);
        item->kind = STS__MARSHAL_INT;
        item->u.integer = at == NULL ? 0 : (int32_t)sts__load_u32(at);
        return true;
    case 'g':
        at = take(in, 8);
        item->kind = STS__MARSHAL_FLOAT;
        item->u.real = at == NULL ? 0.0 : sts__load_double(at);
        return true;
    case 'z':
    case 'Z':
        take_short_text(in, item);
        return true;
    case ')':
        at = take(in, 1);
        open_container(in, item, STS__MARSHAL_TUPLE, at == NULL ? 0 : *at);
        return true;
    case '{':
        open_container(in, item, STS__MARSHAL_DICT, 0);
        return true;
    case 's':
    case 't':
        item->is_bytes = true;
        take_text(in, item, take_count(in));
        if (tag == 't' && in->status >= 0 && in->again_depth == 0)
            keep(in, &in->interned, item);
        return true;
    case 'a':
    case 'A':
    case 'u':
        take_text(in, item, take_count(in));
        return true;
    case '(':
    case '[':
    case '<':
    case '>': {
        uint32_t count = take_count(in);
        open_container(in, item, tag == '(' ? STS__MARSHAL_TUPLE : STS__MARSHAL_LIST, count);
        return true;
    }
    case ':':
        open_container(in, item, STS__MARSHAL_LIST, 3);
        return true;
    case 'c':
        open_container(in, item, STS__MARSHAL_CODE, 0);
        return true;
    case 'I':
        at = take(in, 8);
        item->kind = STS__MARSHAL_INT;
        item->u.integer = at == NULL ? 0 : (int64_t)sts__load_u64(at);
        return true;
    case 'l':
        item->kind = STS__MARSHAL_INT;
        item->u.integer = take_long(in);
        return true;
    case 'f':
        item->kind = STS__MARSHAL_FLOAT;
        item->u.real = take_float_text(in);
        return true;
    case 'x':
    case 'y':
        take_complex(in, item, tag == 'x');
        return true;
    case 'N':
        item->kind = STS__MARSHAL_NONE;
        return false;
    case 'T':
    case 'F':
        item->kind = STS__MARSHAL_BOOL;
        item->u.integer = tag == 'T';
        return false;
    case 'S':
    case '.':
        item->kind = STS__MARSHAL_OTHER;
        return false;
    case '0':
        return false;
    default:
        sts__marshal_fail(in, STS_E_FORMAT, "bad tag 0x%02x", (unsigned)tag);
        return false;
    }
}

bool sts__marshal_next(struct sts__marshal *in, struct sts__marshal_item *item)
{
    const uint8_t *tag;
    bool may_refer;

    *item = (struct sts__marshal_item){ .kind = STS__MARSHAL_END, .ref = STS__MARSHAL_NO_REF };
    in->item_at = in->at;
    tag = in->status < 0 ? NULL : take(in, 1);
    if (tag == NULL)
        return false;
    if (*tag == 'r' || *tag == 'R')
        return refer(in, *tag == 'r' ? &in->refs : &in->interned, item);
    may_refer = read_tagged(in, *tag & (uint8_t)~FLAG_REF, item);
    /* A container that is read again has given its items their places the first time. */
    if (may_refer && (*tag & FLAG_REF) != 0 && in->again_depth == 0 && in->status >= 0)
        item->ref = keep(in, &in->refs, item);
    if (in->status < 0)
        item->kind = STS__MARSHAL_END;
    return item->kind != STS__MARSHAL_END;
}

/* --- skipping --- */

static void skip_items(struct sts__marshal *in, const struct sts__marshal_item *item,
                       unsigned depth)
{
    const uint8_t *entered = sts__marshal_enter(in, item);
    struct sts__marshal_item inner;

    in->pass_depth++;
    for (uint32_t i = 0; in->status >= 0 && (item->kind == STS__MARSHAL_DICT || i < item->len);
         i++) {
        if (!sts__marshal_next(in, &inner) && item->kind == STS__MARSHAL_DICT)
            break;
        if (inner.kind == STS__MARSHAL_END)
            sts__marshal_fail(in, STS_E_FORMAT, "nothing where an item should be");
        sts__marshal_skip_nested(in, &inner, depth + 1);
    }
    in->pass_depth--;
    sts__marshal_leave(in, item, entered);
}

void sts__marshal_skip_nested(struct sts__marshal *in, const struct sts__marshal_item *item,
                              unsigned depth)
{
    struct sts__marshal_code code;

    if (item->is_again)
        return;
    switch (item->kind) {
    case STS__MARSHAL_TUPLE:
    case STS__MARSHAL_LIST:
    case STS__MARSHAL_DICT:
    case STS__MARSHAL_CODE:
        if (depth > STS_MARSHAL_DEPTH_MAX)
            sts__marshal_fail(in, STS_E_LIMIT, "more than %d containers in each other",
                              STS_MARSHAL_DEPTH_MAX);
        else if (item->kind == STS__MARSHAL_CODE)
            sts__marshal_code(in, item, depth, &code);
        else
            skip_items(in, item, depth);
        break;
    default:
        break;
    }
}

void sts__marshal_skip(struct sts__marshal *in, const struct sts__marshal_item *item)
{
    sts__marshal_skip_nested(in, item, 1);
}
