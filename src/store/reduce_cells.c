/* SPDX-License-Identifier: MIT */
/*
 * reduce_cells.c - sums by place and function, and the blocks that they become.
 *
 * Why:  functions are numbered as they come, so that a cell has room for those alone that were
 *       seen; a block lists those alone that have a row in its profiles, as a log's rows do.
 */
#include "store/reduce_cells.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

#define CELLS_MAX   ((size_t)1 << 30)
#define NUMBERS_MAX ((size_t)1 << 28)
#define WORD_BITS   64u

/* --- numbers --- */

/* The pool's key is the largest that there is: the first place is its. */
static size_t place_at(uint64_t key)
{
    return (uint32_t)(key + 1);
}

static uint32_t *place_of(struct sts__reduce_table *table, bool of_edges, uint64_t key)
{
    size_t old_cap = table->number_cap, at = place_at(key);

    if (of_edges)
        return sts__idmap_at(&table->by_key, key);
    if (at >= old_cap) {
        if (sts__grow(&table->numbers, &table->number_cap, at + 1, sizeof(*table->numbers),
                      NUMBERS_MAX) < 0)
            return NULL;
        memset(table->numbers + old_cap, 0xff,
               (table->number_cap - old_cap) * sizeof(*table->numbers)); /* STS_IDMAP_NONE */
    }
    return &table->numbers[at];
}

uint32_t sts__reduce_number_of(const struct sts__reduce_table *table, bool of_edges, uint64_t key)
{
    return of_edges ? sts__idmap_get(&table->by_key, key) : table->numbers[place_at(key)];
}

int sts__reduce_number(struct sts__reduce_table *table, bool of_edges, uint64_t key,
                       uint32_t *ret_number)
{
    uint32_t *place = place_of(table, of_edges, key);

    if (place == NULL)
        return STS_E_NOMEM;
    if (*place == STS_IDMAP_NONE) {
        if (sts__grow(&table->keys, &table->cap, table->count + 1, sizeof(*table->keys),
                      NUMBERS_MAX) < 0)
            return STS_E_NOMEM;
        table->keys[table->count] = key;
        *place = (uint32_t)table->count++;
    }
    *ret_number = *place;
    return 0;
}

static void forget_numbers(struct sts__reduce_table *table)
{
    for (size_t i = 0; table->numbers != NULL && i < table->count; i++)
        table->numbers[place_at(table->keys[i])] = STS_IDMAP_NONE;
    sts__idmap_clear(&table->by_key);
    table->count = 0;
}

void sts__reduce_table_deinit(struct sts__reduce_table *table)
{
    free(table->keys);
    free(table->numbers);
    sts__idmap_deinit(&table->by_key);
    memset(table, 0, sizeof(*table));
}

/* --- cells --- */

int sts__reduce_cell(struct sts__reduce *reduce, const struct sts__pick_place *place,
                     uint32_t *ret_cell)
{
    uint32_t none = STS_IDMAP_NONE, *at = &none;

    if (place->slice != STS_SCAN_ALONE)
        at = sts__idmap_at(&reduce->by_place, (uint64_t)place->lane << 32 | place->slice);
    if (at == NULL)
        return STS_E_NOMEM;
    if (*at == STS_IDMAP_NONE) {
        if (sts__grow(&reduce->cells, &reduce->cell_cap, reduce->cell_count + 1,
                      sizeof(*reduce->cells), CELLS_MAX) < 0)
            return STS_E_NOMEM;
        reduce->cells[reduce->cell_count] = (struct sts__reduce_cell){ .place = *place };
        *at = (uint32_t)reduce->cell_count++;
    }
    *ret_cell = *at;
    return 0;
}

static void sums_deinit(struct sts__reduce_sums *sums)
{
    free(sums->values);
    free(sums->present);
}

void sts__reduce_forget(struct sts__reduce *reduce)
{
    for (size_t i = 0; i < reduce->cell_count; i++) {
        free(reduce->cells[i].spans);
        sums_deinit(&reduce->cells[i].functions);
        sums_deinit(&reduce->cells[i].edges);
    }
    reduce->cell_count = 0;
    reduce->value_count = 0;
    sts__idmap_clear(&reduce->by_place);
    forget_numbers(&reduce->functions);
    forget_numbers(&reduce->edges);
}

size_t sts__reduce_figures(const struct sts_scan *scan, unsigned ret_figures[STS_FIGURE_COUNT])
{
    size_t count = 0;

    for (unsigned figure = 0; figure < STS_FIGURE_COUNT; figure++)
        if (scan->figures & 1U << figure)
            ret_figures[count++] = figure;
    return count;
}

int sts__reduce_room(struct sts__reduce *reduce, struct sts__reduce_sums *sums, size_t count)
{
    unsigned figures[STS_FIGURE_COUNT];
    size_t figure_count = sts__reduce_figures(reduce->scan, figures);
    size_t cap = (count + WORD_BITS - 1) / WORD_BITS * WORD_BITS;
    int64_t *values;
    uint64_t *present;

    if (count <= sums->cap)
        return 0;
    if (sums->cap > 0 && cap < sums->cap * 2)
        cap = sums->cap * 2;
    values = realloc(sums->values, cap * figure_count * sizeof(*values));
    if (values == NULL)
        return STS_E_NOMEM;
    sums->values = values;
    present = realloc(sums->present, cap / WORD_BITS * sizeof(*present));
    if (present == NULL)
        return STS_E_NOMEM;
    sums->present = present;
    memset(values + sums->cap * figure_count, 0,
           (cap - sums->cap) * figure_count * sizeof(*values));
    memset(present + sums->cap / WORD_BITS, 0, (cap - sums->cap) / WORD_BITS * sizeof(*present));
    reduce->value_count += (cap - sums->cap) * figure_count;
    sums->cap = cap;
    return 0;
}

/* --- blocks --- */

void sts__block_free(struct sts__block *take_block)
{
    free(take_block);
}

static size_t count_present(const struct sts__reduce_sums *sums)
{
    size_t count = 0;

    for (size_t i = 0; i < sums->cap / WORD_BITS; i++)
        count += (size_t)__builtin_popcountll(sums->present[i]);
    return count;
}

/* Memory of a block is one piece: sizes are added up, and then handed out in the same order. */
struct piece {
    char *at;
};

static void *cut_off(struct piece *piece, size_t bytes)
{
    void *part = piece->at;

    piece->at += (bytes + 7) / 8 * 8;
    return part;
}

static size_t bytes_of(const struct sts__reduce_cell *cell, size_t functions, size_t edges,
                       size_t figure_count)
{
    size_t values = (functions + edges) * figure_count * sizeof(int64_t);
    size_t ids = (functions + 2 * edges) * sizeof(uint32_t) + 3 * 8;

    return (sizeof(struct sts__block) + 7) / 8 * 8 +
           cell->span_count * sizeof(struct sts_scan_span) + values + ids;
}

/* Every bit that is set, in order: its number, and where it stands among them. */
#define EACH_PRESENT(sums, number, i)                                                              \
    for (size_t word_ = 0, number = 0, i = 0; word_ < (sums)->cap / WORD_BITS; word_++)            \
        for (uint64_t bits_ = (sums)->present[word_];                                              \
             bits_ != 0 && (number = word_ * WORD_BITS + (size_t)__builtin_ctzll(bits_), true);    \
             bits_ &= bits_ - 1, i++)

static void fill_values(const struct sts__reduce *reduce, const struct sts__reduce_sums *sums,
                        size_t count, struct piece *piece,
                        const int64_t *ret_values[STS_FIGURE_COUNT])
{
    unsigned figures[STS_FIGURE_COUNT];
    size_t figure_count = sts__reduce_figures(reduce->scan, figures);

    for (size_t f = 0; f < figure_count; f++) {
        int64_t *values = cut_off(piece, count * sizeof(*values));
        EACH_PRESENT(sums, number, i)
        values[i] = sums->values[number * figure_count + f];
        ret_values[figures[f]] = values;
    }
}

static void fill_functions(const struct sts__reduce *reduce, const struct sts__reduce_sums *sums,
                           struct sts_scan_block *view, struct piece *piece)
{
    uint32_t *ids = cut_off(piece, view->function_count * sizeof(*ids));

    EACH_PRESENT(sums, number, i)
    ids[i] = (uint32_t)reduce->functions.keys[number];
    view->function_ids = ids;
    fill_values(reduce, sums, view->function_count, piece, view->values);
}

static void fill_edges(const struct sts__reduce *reduce, const struct sts__reduce_sums *sums,
                       struct sts_scan_block *view, struct piece *piece)
{
    uint32_t *callers = cut_off(piece, view->edge_count * sizeof(*callers));
    uint32_t *callees = cut_off(piece, view->edge_count * sizeof(*callees));

    EACH_PRESENT(sums, number, i)
    {
        callers[i] = (uint32_t)(reduce->edges.keys[number] >> 32);
        callees[i] = (uint32_t)reduce->edges.keys[number];
    }
    view->caller_ids = callers;
    view->callee_ids = callees;
    fill_values(reduce, sums, view->edge_count, piece, view->edge_values);
}

static struct sts__block *new_block(const struct sts__reduce *reduce,
                                    const struct sts__reduce_cell *cell)
{
    unsigned figures[STS_FIGURE_COUNT];
    size_t figure_count = sts__reduce_figures(reduce->scan, figures);
    size_t functions = count_present(&cell->functions), edges = count_present(&cell->edges);
    size_t bytes = bytes_of(cell, functions, edges, figure_count);
    struct sts__block *block = malloc(bytes);
    struct piece piece = { (char *)block };
    struct sts_scan_span *spans;

    if (block == NULL)
        return NULL;
    *block = (struct sts__block){ .bytes = bytes };
    cut_off(&piece, sizeof(*block));
    spans = cut_off(&piece, cell->span_count * sizeof(*spans));
    if (cell->span_count > 0)
        memcpy(spans, cell->spans, cell->span_count * sizeof(*spans));
    block->view.lane = cell->place.lane;
    block->view.slice = cell->place.slice;
    block->view.alone = cell->alone;
    block->view.stands_in = cell->stands_in && cell->place.slice == STS_SCAN_ALONE;
    block->view.spans = spans;
    block->view.span_count = cell->span_count;
    block->view.n_dropped = cell->n_dropped;
    block->view.function_count = functions;
    block->view.edge_count = edges;
    fill_functions(reduce, &cell->functions, &block->view, &piece);
    fill_edges(reduce, &cell->edges, &block->view, &piece);
    return block;
}

int sts__reduce_flush(struct sts__reduce *reduce, struct sts_error *err)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < reduce->cell_count; i++) {
        struct sts__block *block = new_block(reduce, &reduce->cells[i]);
        r = block == NULL ? sts__fail_nomem(err) : reduce->put(reduce->put_context, block, err);
    }
    sts__reduce_forget(reduce);
    return r;
}
