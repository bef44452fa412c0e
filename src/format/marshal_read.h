/* SPDX-License-Identifier: MIT */
/*
 * marshal_read.h - the bytes of Python's marshal, item by item, without making any object.
 *
 * A container comes as its beginning; its items are read by further calls.
 * What an item was flagged to be referred to later stands in one array, where
 * the caller may put an id in its place: a text or a tuple that comes again as
 * a reference then comes as that id.
 * Source: docs/formats/pstats.md; CPython's Python/marshal.c, versions 0 to 5.
 */
#ifndef STS_FORMAT_MARSHAL_READ_H
#define STS_FORMAT_MARSHAL_READ_H

#include <statslice/error.h>

#define STS_MARSHAL_DEPTH_MAX 100               /* containers in each other */
#define STS_MARSHAL_REFS_MAX  ((size_t)1 << 26) /* items that may be referred to */
#define STS_MARSHAL_AGAIN_MAX                                                                      \
    16 /* bytes read again through references, in lengths of the input                             \
        */

enum sts__marshal_kind {
    STS__MARSHAL_END, /* of a dict; also whatever is read after a failure */
    STS__MARSHAL_NONE,
    STS__MARSHAL_BOOL,
    STS__MARSHAL_INT,
    STS__MARSHAL_FLOAT,
    STS__MARSHAL_TEXT,
    STS__MARSHAL_TUPLE,
    STS__MARSHAL_LIST, /* and sets */
    STS__MARSHAL_DICT,
    STS__MARSHAL_CODE,     /* read by sts__marshal_code or passed over, not entered */
    STS__MARSHAL_OTHER,    /* passed over: complex, Ellipsis, StopIteration */
    STS__MARSHAL_TEXT_ID,  /* a reference to a text that was bound to an id */
    STS__MARSHAL_TUPLE_ID, /* a reference to a tuple that was bound to an id */
};

#define STS__MARSHAL_NO_REF UINT32_MAX

union sts__marshal_content {
    int64_t integer;
    double real;
    const uint8_t *bytes; /* of a text; of a container: where its items begin */
};

struct sts__marshal_item {
    union sts__marshal_content u;
    uint32_t len;  /* of a text: bytes; of a tuple or list: items; of an id: the id */
    uint32_t ref;  /* where it stands in the array of references, or STS__MARSHAL_NO_REF */
    uint8_t kind;  /* enum sts__marshal_kind */
    bool is_bytes; /* of a text: bytes of Python 2, in no known encoding; else UTF-8 */
    bool is_open;  /* of a container: its items have not all been read yet */
    bool is_again; /* came as a reference */
};

/* An item that may be referred to: 16 bytes, since a file of 10,000 tuples has as many of them. */
struct sts__marshal_slot {
    union sts__marshal_content u;
    uint32_t len;
    uint8_t kind;
    bool is_bytes;
    bool is_open;
};

struct sts__marshal_refs {
    struct sts__marshal_slot *slots;
    size_t count, cap;
};

struct sts__marshal {
    const uint8_t *begin, *at, *end; /* borrowed */
    const uint8_t *item_at;          /* where the newest item began, for messages */
    const char *name;                /* of the input, for messages; borrowed */
    int status;                      /* first failure sticks; later reads give STS__MARSHAL_END */
    struct sts_error *err;           /* filled by the first failure */
    unsigned pass_depth;             /* over 0: inside of what is passed over */
    unsigned again_depth;            /* over 0: inside of a container that came as a reference */
    uint64_t again_bytes;            /* read so far through references */
    struct sts__marshal_refs refs;
    struct sts__marshal_refs interned; /* Python 2: what "R" refers to */
};

void sts__marshal_init(struct sts__marshal *in, const uint8_t *data, size_t len, const char *name,
                       struct sts_error *err);
void sts__marshal_deinit(struct sts__marshal *in);

/* sts__marshal_fail - refuse the newest item: '"<name>": <text> at byte <offset>'. */
void sts__marshal_fail(struct sts__marshal *in, enum sts_status status, const char *format, ...)
    STS_PRINTF(3, 4);

/*
 * sts__marshal_next - the next item.
 *
 * Returns: false with STS__MARSHAL_END, at the end of a dict and after a failure.
 * A container is followed by its items: between sts__marshal_enter and sts__marshal_leave read
 * exactly item.len of them (a dict: keys and values until STS__MARSHAL_END).
 */
bool sts__marshal_next(struct sts__marshal *in, struct sts__marshal_item *item);

/*
 * sts__marshal_take_... - the commonest items, without making a struct sts__marshal_item of them.
 *
 * Return: whether that is what stood there, not flagged and whole; it is then behind us. Else
 * nothing was read, and sts__marshal_next gives or refuses what does stand there.
 *
 * end:     of a dict.
 * head:    of a dict, or of a tuple with so many items: the items are next, without an enter.
 * id:      a reference to a text or tuple (kind) that was bound to an id.
 * int:     an int of 32 bits, or a reference to an int.
 * figures: two such ints and two floats, as all dumpers since Python 2.7 write them.
 */
bool sts__marshal_take_end(struct sts__marshal *in);
bool sts__marshal_take_dict_head(struct sts__marshal *in);
bool sts__marshal_take_tuple_head(struct sts__marshal *in, uint8_t item_count);
bool sts__marshal_take_id(struct sts__marshal *in, enum sts__marshal_kind kind, uint32_t *ret_id);
bool sts__marshal_take_int(struct sts__marshal *in, int64_t *ret_value);
bool sts__marshal_take_figures(struct sts__marshal *in, int64_t counts[2], double times[2]);

/* sts__marshal_enter - go to a container's items. Returns: what sts__marshal_leave wants back. */
const uint8_t *sts__marshal_enter(struct sts__marshal *in, const struct sts__marshal_item *item);
void sts__marshal_leave(struct sts__marshal *in, const struct sts__marshal_item *item,
                        const uint8_t *entered);

/* sts__marshal_bind - references to an item that was just read give an id from now on. */
void sts__marshal_bind(struct sts__marshal *in, const struct sts__marshal_item *item, uint32_t id);

/* sts__marshal_skip - pass over all that belongs to an item which was just read. */
void sts__marshal_skip(struct sts__marshal *in, const struct sts__marshal_item *item);
void sts__marshal_skip_nested(struct sts__marshal *in, const struct sts__marshal_item *item,
                              unsigned depth);

/* What a code object is called; both are texts, or else the file is broken. */
struct sts__marshal_code {
    struct sts__marshal_item file_name, name;
    int32_t line_number;
};

/* sts__marshal_code - pass over a code object that was just read, but for these. */
void sts__marshal_code(struct sts__marshal *in, const struct sts__marshal_item *item,
                       unsigned depth, struct sts__marshal_code *code);

#endif
