/* SPDX-License-Identifier: MIT */
/*
 * marshal_code.c - what a code object is called, in the layouts of all Pythons.
 *
 * In:   a code object of Python 2.7 to 3.14. marshal does not say which; its parts do.
 * Why:  "python -m profile SCRIPT" names the first function of its file by the code object of the
 *       script.
 * Source: w_complex_object of CPython's Python/marshal.c.
 *
 *   2.7            4 ints  code consts names varnames  freevars cellvars  file name  line  lnotab
 *   3.0 to 3.7     5 ints  the same
 *   3.8 to 3.10    6 ints  the same
 *   3.11 and newer 5 ints  code consts names localnames localkinds  file name qualname  line
 *                          linetable exceptiontable
 */
#include "format/marshal_bytes.h"
#include "format/marshal_read.h"

#define INTS_MIN    4
#define INTS_MAX    6
#define PARTS_MAX   8 /* between the ints and the line */
#define PART_KINDS  4 /* where 3.11 has bytes, and older ones a tuple */
#define TAG_NO_FLAG 0x7F

/* Whether the instructions of a code object, which are bytes, may stand there. */
static bool may_be_instructions(const struct sts__marshal *in, const uint8_t *at)
{
    uint32_t number = sts__load_u32(at + 1);

    switch (*at & TAG_NO_FLAG) {
    case 's':
    case 't':
        return number <= (size_t)(in->end - at) - 5;
    case 'r':
        return number < in->refs.count;
    case 'R':
        return number < in->interned.count;
    default:
        return false;
    }
}

static void pass_ints(struct sts__marshal *in)
{
    for (size_t count = INTS_MIN; count <= INTS_MAX; count++) {
        if ((size_t)(in->end - in->at) < 4 * count + 5)
            break;
        if (may_be_instructions(in, in->at + 4 * count)) {
            in->at += 4 * count;
            return;
        }
    }
    sts__marshal_fail(in, STS_E_FORMAT, "a code object of no known layout");
}

static void next_part(struct sts__marshal *in, struct sts__marshal_item *part, unsigned depth)
{
    if (!sts__marshal_next(in, part))
        sts__marshal_fail(in, STS_E_FORMAT, "nothing where an item should be");
    sts__marshal_skip_nested(in, part, depth + 1);
}

static bool is_text(const struct sts__marshal_item *part)
{
    return part->kind == STS__MARSHAL_TEXT || part->kind == STS__MARSHAL_TEXT_ID;
}

static void pass_line(struct sts__marshal *in, struct sts__marshal_code *code)
{
    in->item_at = in->at;
    if (in->end - in->at < 4) {
        sts__marshal_fail(in, STS_E_FORMAT, "the input ends inside of an item");
        return;
    }
    code->line_number = (int32_t)sts__load_u32(in->at);
    in->at += 4;
}

void sts__marshal_code(struct sts__marshal *in, const struct sts__marshal_item *item,
                       unsigned depth, struct sts__marshal_code *code)
{
    const uint8_t *entered = sts__marshal_enter(in, item);
    struct sts__marshal_item parts[PARTS_MAX], table;
    bool is_new;

    *code = (struct sts__marshal_code){ .line_number = 0 };
    in->pass_depth++;
    if (in->status >= 0)
        pass_ints(in);
    for (size_t i = 0; i < PARTS_MAX; i++)
        next_part(in, &parts[i], depth);
    if (in->status >= 0) {
        is_new = parts[PART_KINDS].kind != STS__MARSHAL_TUPLE;
        code->file_name = parts[is_new ? 5 : 6];
        code->name = parts[is_new ? 6 : 7];
        if (!is_text(&code->file_name) || !is_text(&code->name))
            sts__marshal_fail(in, STS_E_FORMAT, "a code object without a name");
        pass_line(in, code);
        next_part(in, &table, depth);
        if (is_new)
            next_part(in, &table, depth);
    }
    in->pass_depth--;
    sts__marshal_leave(in, item, entered);
}
