/* SPDX-License-Identifier: MIT */
/*
 * slice_helper.h - slices made by hand.
 */
#ifndef STS_TESTS_SLICE_HELPER_H
#define STS_TESTS_SLICE_HELPER_H

#include <string.h>

#include "record/span.h"

/* A slice [begin_ns, end_ns) of so many ticks, without cuts. */
static struct sts__slice *make_slice(uint64_t serial, int64_t begin_ns, int64_t end_ns,
                                     int64_t n_ticks)
{
    struct sts__slice *slice = sts__slice_new(serial);

    assert_non_null(slice);
    slice->begin_ns = begin_ns;
    slice->end_ns = end_ns;
    slice->begin_ticks = 1000;
    slice->end_ticks = 1000 + n_ticks;
    return slice;
}

/* A cut behind those that the slice has. */
static struct sts__cut *add_cut(struct sts__slice *slice, int64_t thread_id,
                                const struct sts__labels *labels, size_t n_rows,
                                const struct sts__cut_row *rows)
{
    struct sts__cut *cut = sts__cut_new(n_rows), **link = &slice->cuts;

    assert_non_null(cut);
    cut->thread_id = thread_id;
    cut->labels = (struct sts__labels *)(uintptr_t)labels;
    cut->n_rows = n_rows;
    if (n_rows > 0)
        memcpy(cut->rows, rows, n_rows * sizeof(rows[0]));
    while (*link != NULL)
        link = &(*link)->next;
    *link = cut;
    return cut;
}

#endif
