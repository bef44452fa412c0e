/* SPDX-License-Identifier: MIT */
/*
 * span.c - see span.h.
 */
#include "record/span.h"

#include <stdlib.h>

struct sts__slice *sts__slice_new(uint64_t serial)
{
    struct sts__slice *slice = calloc(1, sizeof(*slice));

    if (slice != NULL)
        slice->serial = serial;
    return slice;
}

static void free_cuts(struct sts__slice *slice)
{
    struct sts__cut *cut;

    while ((cut = slice->cuts) != NULL) {
        slice->cuts = cut->next;
        free(cut);
    }
}

void sts__slice_empty(struct sts__slice *slice)
{
    free_cuts(slice);
    slice->paused_ticks = slice->end_ticks - slice->begin_ticks - slice->jump_ticks;
}

void sts__slice_free(struct sts__slice *slice)
{
    if (slice == NULL)
        return;
    free_cuts(slice);
    free(slice);
}

struct sts__cut *sts__cut_new(size_t n_rows)
{
    struct sts__cut *cut;

    if (n_rows > (SIZE_MAX - sizeof(*cut)) / sizeof(cut->rows[0]))
        return NULL;
    cut = malloc(sizeof(*cut) + n_rows * sizeof(cut->rows[0]));
    if (cut == NULL)
        return NULL;
    cut->next = NULL;
    cut->labels = NULL;
    cut->thread_id = 0;
    cut->n_rows = 0;
    return cut;
}
