/* SPDX-License-Identifier: MIT */
/*
 * marshal_take.c - the commonest items of a pstats file, taken where they stand.
 *
 * Why:  most items are one of a few, of known length: a look at their tags tells all about them,
 *       and no struct sts__marshal_item is made.
 * Not:  telling what is wrong: that is left to sts__marshal_next (marshal_read.c).
 */
#include "format/marshal_bytes.h"
#include "format/marshal_read.h"

#define INT_BYTES     5 /* a tag and 4 bytes, of an int as of a reference */
#define FLOAT_BYTES   9 /* a tag and 8 bytes */
#define FIGURES_BYTES (2 * INT_BYTES + 2 * FLOAT_BYTES)

static bool take_byte(struct sts__marshal *in, uint8_t tag)
{
    if (in->at == in->end || *in->at != tag)
        return false;
    in->at++;
    return true;
}

bool sts__marshal_take_end(struct sts__marshal *in)
{
    return take_byte(in, '0');
}

bool sts__marshal_take_dict_head(struct sts__marshal *in)
{
    return take_byte(in, '{');
}

bool sts__marshal_take_tuple_head(struct sts__marshal *in, uint8_t item_count)
{
    if (in->end - in->at < 2 || in->at[0] != ')' || in->at[1] != item_count)
        return false;
    in->at += 2;
    return true;
}

/* What the reference at a place refers to, or NULL. */
static const struct sts__marshal_slot *peek_ref(const struct sts__marshal *in, const uint8_t *at)
{
    uint32_t index = sts__load_u32(at + 1);

    return *at == 'r' && index < in->refs.count ? &in->refs.slots[index] : NULL;
}

bool sts__marshal_take_id(struct sts__marshal *in, enum sts__marshal_kind kind, uint32_t *ret_id)
{
    const struct sts__marshal_slot *slot =
        in->end - in->at < INT_BYTES ? NULL : peek_ref(in, in->at);

    if (slot == NULL || slot->kind != kind)
        return false;
    *ret_id = slot->len;
    in->at += INT_BYTES;
    return true;
}

static bool peek_int(const struct sts__marshal *in, const uint8_t *at, int64_t *ret_value)
{
    const struct sts__marshal_slot *slot;

    if (*at == 'i') {
        *ret_value = (int32_t)sts__load_u32(at + 1);
        return true;
    }
    slot = peek_ref(in, at);
    if (slot == NULL || slot->kind != STS__MARSHAL_INT)
        return false;
    *ret_value = slot->u.integer;
    return true;
}

bool sts__marshal_take_int(struct sts__marshal *in, int64_t *ret_value)
{
    if (in->end - in->at < INT_BYTES || !peek_int(in, in->at, ret_value))
        return false;
    in->item_at = in->at;
    in->at += INT_BYTES;
    return true;
}

bool sts__marshal_take_figures(struct sts__marshal *in, int64_t counts[2], double times[2])
{
    const uint8_t *at = in->at;
    const uint8_t *floats = at + 2 * INT_BYTES;

    if (in->end - at < FIGURES_BYTES || floats[0] != 'g' || floats[FLOAT_BYTES] != 'g' ||
        !peek_int(in, at, &counts[0]) || !peek_int(in, at + INT_BYTES, &counts[1]))
        return false;
    times[0] = sts__load_double(floats + 1);
    times[1] = sts__load_double(floats + FLOAT_BYTES + 1);
    in->item_at = at;
    in->at = at + FIGURES_BYTES;
    return true;
}
