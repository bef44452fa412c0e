/* SPDX-License-Identifier: MIT */
/*
 * row_keys.c - a readable name for each function of a profile, unique in it.
 *
 * "file:line(name)" as the tables of pstats have it, with the qualname where it
 * is known. Where another function has that key already, "#" and the function's number in the
 * symbols stand behind it; no other key ends so.
 */
#include "format/row_keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/num.h"
#include "model/profile.h"

#define KEY_BYTES_MAX ((size_t)4096) /* a longer one is the function's number alone */

void sts__row_keys_init(struct sts__row_keys *keys)
{
    memset(keys, 0, sizeof(*keys));
    sts__strtab_init(&keys->texts);
    sts__idmap_init(&keys->numbers);
    sts__bytes_init(&keys->scratch, 2 * KEY_BYTES_MAX);
}

void sts__row_keys_deinit(struct sts__row_keys *keys)
{
    sts__strtab_deinit(&keys->texts);
    sts__idmap_deinit(&keys->numbers);
    free(keys->callers);
    free(keys->first_edges);
    free(keys->next_edges);
    sts__bytes_deinit(&keys->scratch);
}

/* --- keys --- */

static void append_number(struct sts__bytes *bytes, const char *before, int64_t value)
{
    char text[STS_NUM_TEXT_BYTES];

    sts__num_i64(text, value);
    sts__bytes_append_text(bytes, before);
    sts__bytes_append_text(bytes, text);
}

static void append_key(struct sts__bytes *bytes, const struct sts_function *function,
                       uint32_t function_id)
{
    const char *name = function->qualname != NULL ? function->qualname : function->name;

    if (strlen(function->file_name) + strlen(name) > KEY_BYTES_MAX) {
        append_number(bytes, "#", function_id);
        return;
    }
    sts__bytes_append_text(bytes, function->file_name);
    append_number(bytes, ":", function->line_number);
    sts__bytes_append_text(bytes, "(");
    sts__bytes_append_text(bytes, name);
    sts__bytes_append_text(bytes, ")");
}

static int add_text(struct sts__row_keys *keys, uint32_t *ret_number)
{
    int r = keys->scratch.status;

    return r < 0 ? r
                 : sts__strtab_add(&keys->texts, keys->scratch.data, keys->scratch.len, ret_number);
}

/* Give a function its key and number. Returns: 1, 0 where it has them already, below 0. */
static int add_function(struct sts__row_keys *keys, const struct sts_profile *profile,
                        uint32_t function_id, struct sts_error *err)
{
    struct sts_function function = sts_symbols_function(sts_profile_symbols(profile), function_id);
    size_t number = keys->texts.entry_count;
    uint32_t *place = sts__idmap_at(&keys->numbers, function_id), found;
    int r;

    if (place == NULL)
        return sts__fail_nomem(err);
    if (*place != STS_IDMAP_NONE)
        return 0;
    *place = (uint32_t)number;
    sts__bytes_clear(&keys->scratch);
    append_key(&keys->scratch, &function, function_id);
    r = add_text(keys, &found);
    if (r == 0 && found != number) {
        append_number(&keys->scratch, "#", function_id);
        r = add_text(keys, &found);
    }
    return r < 0 ? sts__fail_nomem(err) : 1;
}

static int add_caller(struct sts__row_keys *keys, const struct sts_profile *profile,
                      uint32_t function_id, struct sts_error *err)
{
    int r = add_function(keys, profile, function_id, err);

    if (r <= 0)
        return r;
    r = sts__grow(&keys->callers, &keys->caller_cap, keys->caller_count + 1, sizeof(*keys->callers),
                  STS_FUNCTIONS_MAX);
    if (r < 0)
        return sts__fail_nomem(err);
    keys->callers[keys->caller_count++] = function_id;
    return 0;
}

/* --- edges by row --- */

static int list_edges(struct sts__row_keys *keys, const struct sts_edge *edges, size_t edge_count,
                      size_t row_count, struct sts_error *err)
{
    if (sts__grow(&keys->first_edges, &keys->row_cap, row_count, sizeof(*keys->first_edges),
                  STS_FUNCTIONS_MAX) < 0 ||
        sts__grow(&keys->next_edges, &keys->edge_cap, edge_count, sizeof(*keys->next_edges),
                  STS_EDGES_MAX) < 0)
        return sts__fail_nomem(err);
    for (size_t row = 0; row < row_count; row++)
        keys->first_edges[row] = STS__NO_EDGE;
    /* from behind, so that each list keeps the order of the edges */
    for (size_t i = edge_count; i-- > 0;) {
        uint32_t row = sts__idmap_get(&keys->numbers, edges[i].callee_id);
        if (row >= row_count)
            continue;
        keys->next_edges[i] = keys->first_edges[row];
        keys->first_edges[row] = (uint32_t)i;
    }
    return 0;
}

int sts__row_keys_set(struct sts__row_keys *keys, const struct sts_profile *profile,
                      struct sts_error *err)
{
    size_t row_count, edge_count;
    const struct sts__row *rows = sts__profile_rows(profile, &row_count);
    const struct sts_edge *edges = sts__profile_edges(profile, &edge_count);
    int r = 0;

    sts__strtab_deinit(&keys->texts);
    sts__idmap_clear(&keys->numbers);
    keys->caller_count = 0;
    for (size_t i = 0; i < row_count && r >= 0; i++)
        r = add_function(keys, profile, rows[i].function_id, err);
    for (size_t i = 0; i < edge_count && r >= 0; i++)
        if (sts_profile_find(profile, edges[i].callee_id) != NULL)
            r = add_caller(keys, profile, edges[i].caller_id, err);
    return r < 0 ? r : list_edges(keys, edges, edge_count, row_count, err);
}

const char *sts__row_keys_of(const struct sts__row_keys *keys, uint32_t function_id)
{
    return sts__strtab_text(&keys->texts, sts__idmap_get(&keys->numbers, function_id));
}
