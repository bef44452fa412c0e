/* SPDX-License-Identifier: MIT */
/*
 * symbol_maps.c - what was found out of functions, by the tables of symbols that number them.
 *
 * Why:  profiles of one log share a table, so that what a function's texts say is found out once;
 *       a few tables are remembered, for inputs that take turns.
 */
#include "query/symbol_maps.h"

#include <stdlib.h>
#include <string.h>

#include <statslice/profile.h>

#include "base/mem.h"

void sts__symbol_maps_deinit(struct sts__symbol_maps *maps)
{
    for (size_t i = 0; i < maps->count; i++) {
        sts_symbols_free(maps->items[i].symbols);
        free(maps->items[i].entries);
    }
    memset(maps, 0, sizeof(*maps));
}

static struct sts__symbol_map *find(struct sts__symbol_maps *maps, struct sts_symbols *symbols)
{
    struct sts__symbol_map *map;

    for (size_t i = 0; i < maps->count; i++)
        if (maps->items[i].symbols == symbols)
            return &maps->items[i];
    if (maps->count < STS__SYMBOL_MAPS) {
        map = &maps->items[maps->count++];
    } else {
        map = &maps->items[maps->next];
        maps->next = (maps->next + 1) % STS__SYMBOL_MAPS;
        sts_symbols_free(map->symbols);
    }
    map->symbols = sts_symbols_ref(symbols);
    map->count = 0;
    return map;
}

int sts__symbol_maps_find(struct sts__symbol_maps *maps, struct sts_symbols *symbols,
                          uint32_t unseen, struct sts__symbol_map **ret_map)
{
    struct sts__symbol_map *map = find(maps, symbols);
    size_t need = sts_symbols_function_count(symbols);
    int r = sts__grow(&map->entries, &map->cap, need, sizeof(*map->entries), STS_FUNCTIONS_MAX);

    if (r < 0)
        return r;
    for (; map->count < need; map->count++)
        map->entries[map->count] = unseen;
    *ret_map = map;
    return 0;
}
