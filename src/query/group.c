/* SPDX-License-Identifier: MIT */
/*
 * group.c - which column a function's figures are added to.
 *
 * In:   profiles, whose functions are numbered by their tables of symbols.
 * Out:  numbers of groups, 0 and up, and the texts behind them.
 * Why:  texts are made once for a function of a table; a row then costs one look into an array,
 *       and one into a hash where labels are a part of the group.
 */
#include "query/group.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fail.h"
#include "base/mem.h"
#include "query/filter.h"
#include "query/naming.h"

void sts__groups_init(struct sts__groups *groups, const struct sts__by *by,
                      const struct sts__filter *filter)
{
    memset(groups, 0, sizeof(*groups));
    groups->by = by;
    groups->filter = filter;
    for (size_t i = 0; i < STS__BY_PARTS; i++) {
        sts__strtab_init(&groups->parts[i].texts);
        sts__idmap_init(&groups->parts[i].by_name);
    }
    sts__idmap_init(&groups->pairs);
    sts__bytes_init(&groups->text, STS__NAME_BYTES_MAX);
    groups->nobody = STS__GROUP_UNSEEN;
}

void sts__groups_deinit(struct sts__groups *groups)
{
    for (size_t i = 0; i < STS__BY_PARTS; i++) {
        sts__strtab_deinit(&groups->parts[i].texts);
        sts__idmap_deinit(&groups->parts[i].by_name);
        free(groups->parts[i].parts);
    }
    sts__idmap_deinit(&groups->pairs);
    free(groups->pair_keys);
    sts__bytes_deinit(&groups->text);
    sts__symbol_maps_deinit(&groups->maps);
    sts_symbols_free(groups->out);
    memset(groups, 0, sizeof(*groups));
}

size_t sts__groups_count(const struct sts__groups *groups)
{
    return groups->by->part_count == STS__BY_PARTS ? groups->pair_count : groups->parts[0].count;
}

static int fail_status(int r, struct sts_error *err)
{
    if (r == STS_E_LIMIT)
        return sts__fail(err, STS_E_LIMIT, "more than %zu groups, or a name of more than %zu bytes",
                         STS__GROUPS_MAX, STS_TEXT_BYTES_MAX);
    return r < 0 ? sts__fail_nomem(err) : 0;
}

/* --- parts --- */

static int add_text(struct sts__parts *parts, const struct sts__bytes *bytes, uint32_t *ret_text)
{
    if (bytes->status < 0)
        return bytes->status;
    return sts__strtab_add(&parts->texts, bytes->data == NULL ? "" : bytes->data, bytes->len,
                           ret_text);
}

/* The part with that whole name, made of the rest where it is new. */
static int add_part(struct sts__parts *parts, const struct sts__part *part, uint32_t *ret_part)
{
    uint32_t *place = sts__idmap_at(&parts->by_name, part->name);
    int r;

    if (place == NULL)
        return STS_E_NOMEM;
    if (*place == STS_IDMAP_NONE) {
        r = sts__grow(&parts->parts, &parts->cap, parts->count + 1, sizeof(*parts->parts),
                      STS__GROUPS_MAX);
        if (r < 0)
            return r;
        parts->parts[parts->count] = *part;
        *place = (uint32_t)parts->count++;
    }
    *ret_part = *place;
    return 0;
}

/* The first component: "json" of "json.decoder". */
static void cut_package(struct sts__bytes *bytes)
{
    char *dot = bytes->len == 0 ? NULL : memchr(bytes->data, '.', bytes->len);

    if (dot != NULL && dot > bytes->data) {
        bytes->len = (size_t)(dot - bytes->data);
        *dot = '\0';
    }
}

static void name_part(enum sts__by_kind kind, const struct sts_function *function,
                      struct sts__bytes *bytes)
{
    switch (kind) {
    case STS__BY_NAME:
        sts__name_without_address(function->name, bytes);
        break;
    case STS__BY_FILE:
        sts__bytes_append_text(bytes,
                               sts__name_is_builtin(function) ? "(built-in)" : function->file_name);
        break;
    case STS__BY_MODULE:
        sts__name_module(function, bytes);
        break;
    case STS__BY_PACKAGE:
        sts__name_module(function, bytes);
        cut_package(bytes);
        break;
    case STS__BY_FUNCTION:
    case STS__BY_LABEL:
    default:
        sts__name_function(function, bytes);
        break;
    }
}

/* As the names of built-ins are: of others the name is all that is left without the file. */
static bool is_in_angles(const struct sts_function *function)
{
    return function->name[0] == '<';
}

/* The texts of which a legend's label is made later on. */
static int fill_part(struct sts__parts *parts, enum sts__by_kind kind,
                     const struct sts_function *function, struct sts__bytes *bytes,
                     struct sts__part *part)
{
    bool has_file =
        (kind == STS__BY_FUNCTION || kind == STS__BY_FILE) && !sts__name_is_builtin(function);
    int r;

    part->bare = part->name;
    part->file = STS__NO_FILE;
    part->line = STS__NO_LINE;
    if (kind == STS__BY_FUNCTION || (kind == STS__BY_NAME && is_in_angles(function))) {
        struct sts_function bare = *function;
        if (kind == STS__BY_NAME)
            bare.qualname = NULL;
        sts__bytes_clear(bytes);
        sts__name_bare(&bare, bytes);
        r = add_text(parts, bytes, &part->bare);
        if (r < 0)
            return r;
    }
    if (!has_file)
        return 0;
    if (kind == STS__BY_FUNCTION && function->qualname == NULL)
        part->line = function->line_number;
    return sts__strtab_add(&parts->texts, function->file_name, strlen(function->file_name),
                           &part->file);
}

static int function_part(struct sts__parts *parts, enum sts__by_kind kind,
                         const struct sts_function *function, struct sts__bytes *bytes,
                         uint32_t *ret_part)
{
    struct sts__part part;
    int r;

    sts__bytes_clear(bytes);
    name_part(kind, function, bytes);
    r = add_text(parts, bytes, &part.name);
    if (r == 0)
        r = fill_part(parts, kind, function, bytes, &part);
    return r == 0 ? add_part(parts, &part, ret_part) : r;
}

static int label_part(struct sts__parts *parts, const char *value, uint32_t *ret_part)
{
    struct sts__part part = { .file = STS__NO_FILE, .line = STS__NO_LINE };
    int r;

    if (value == NULL)
        value = "(none)";
    r = sts__strtab_add(&parts->texts, value, strlen(value), &part.name);
    if (r < 0)
        return r;
    part.bare = part.name;
    return add_part(parts, &part, ret_part);
}

static int pair_group(struct sts__groups *groups, uint32_t first, uint32_t second,
                      uint32_t *ret_group)
{
    uint64_t key = (uint64_t)first << 32 | second;
    uint32_t *place = sts__idmap_at(&groups->pairs, key);
    int r;

    if (place == NULL)
        return STS_E_NOMEM;
    if (*place == STS_IDMAP_NONE) {
        r = sts__grow(&groups->pair_keys, &groups->pair_cap, groups->pair_count + 1,
                      sizeof(*groups->pair_keys), STS__GROUPS_MAX);
        if (r < 0)
            return r;
        groups->pair_keys[groups->pair_count] = key;
        *place = (uint32_t)groups->pair_count++;
    }
    *ret_group = *place;
    return 0;
}

/* --- maps --- */

int sts__groups_view(struct sts__groups *groups, struct sts_symbols *symbols,
                     const char *const labels[STS__BY_PARTS], struct sts__group_view *ret_view,
                     struct sts_error *err)
{
    int r;

    *ret_view = (struct sts__group_view){ .groups = groups };
    r = sts__symbol_maps_find(&groups->maps, symbols, STS__GROUP_UNSEEN, &ret_view->map);
    for (size_t i = 0; r == 0 && i < groups->by->part_count; i++)
        if (groups->by->kinds[i] == STS__BY_LABEL)
            r = label_part(&groups->parts[i], labels[i], &ret_view->labels[i]);
    return fail_status(r, err);
}

void sts__groups_labels(const struct sts__groups *groups, const struct sts_profile *profile,
                        const char *ret_labels[STS__BY_PARTS])
{
    for (size_t i = 0; i < STS__BY_PARTS; i++)
        ret_labels[i] = i < groups->by->part_count && groups->by->kinds[i] == STS__BY_LABEL
                            ? sts_profile_label(profile, groups->by->keys[i])
                            : NULL;
}

/* The identity is kept, so that a function of several tables counts once. */
int sts__groups_leave_out(struct sts__groups *groups, const struct sts_function *function,
                          struct sts_error *err)
{
    uint32_t id;

    if (groups->out == NULL)
        groups->out = sts_symbols_new();
    if (groups->out == NULL)
        return sts__fail_nomem(err);
    return sts_symbols_add_function(groups->out, function, &id, err);
}

size_t sts__groups_out_count(const struct sts__groups *groups)
{
    return groups->out == NULL ? 0 : sts_symbols_function_count(groups->out);
}

/*
 * An entry of a map: the group itself where no label is a part of it, else the part that the
 * function is. function: NULL for nobody, whose text is the same in all parts.
 */
static int make_entry(struct sts__groups *groups, const struct sts_function *function,
                      uint32_t parts[STS__BY_PARTS], uint32_t *ret_entry)
{
    const struct sts__by *by = groups->by;
    bool labelled = false;
    int r = 0;

    *ret_entry = 0;
    for (size_t i = 0; r == 0 && i < by->part_count; i++) {
        if (by->kinds[i] == STS__BY_LABEL) {
            labelled = true;
            continue;
        }
        r = function == NULL ? label_part(&groups->parts[i], STS__NOBODY, &parts[i])
                             : function_part(&groups->parts[i], by->kinds[i], function,
                                             &groups->text, &parts[i]);
        *ret_entry = parts[i];
    }
    if (r == 0 && by->part_count == STS__BY_PARTS && !labelled)
        r = pair_group(groups, parts[0], parts[1], ret_entry);
    return r;
}

/* Look at a function for the first time. */
static int map_function(struct sts__groups *groups, struct sts__symbol_map *map,
                        uint32_t function_id, struct sts_error *err)
{
    struct sts_function function = sts_symbols_function(map->symbols, function_id);
    uint32_t parts[STS__BY_PARTS] = { 0 };
    int r = sts__filter_function(groups->filter, &function, err);

    if (r < 0)
        return r;
    if (r == 0) {
        map->entries[function_id] = STS__GROUP_OUT;
        return sts__groups_leave_out(groups, &function, err);
    }
    return fail_status(make_entry(groups, &function, parts, &map->entries[function_id]), err);
}

/* The group of what a function's entry is, with the labels of the view. */
static int find_group(struct sts__group_view *view, uint32_t entry, uint32_t *ret_group,
                      struct sts_error *err)
{
    const struct sts__by *by = view->groups->by;
    bool first_is_label = by->kinds[0] == STS__BY_LABEL;
    bool second_is_label = by->part_count == STS__BY_PARTS && by->kinds[1] == STS__BY_LABEL;
    int r;

    *ret_group = entry;
    if (entry == STS__GROUP_OUT || (!first_is_label && !second_is_label))
        return 0;
    if (by->part_count < STS__BY_PARTS) {
        *ret_group = view->labels[0];
        return 0;
    }
    r = pair_group(view->groups, first_is_label ? view->labels[0] : entry,
                   second_is_label ? view->labels[1] : entry, ret_group);
    return fail_status(r, err);
}

int sts__group_view_find(struct sts__group_view *view, uint32_t function_id, uint32_t *ret_group,
                         struct sts_error *err)
{
    if (view->map->entries[function_id] == STS__GROUP_UNSEEN) {
        int r = map_function(view->groups, view->map, function_id, err);
        if (r < 0)
            return r;
    }
    return find_group(view, view->map->entries[function_id], ret_group, err);
}

/* --- no function --- */

static int map_nobody(struct sts__groups *groups, struct sts_error *err)
{
    static const struct sts_function nobody = { "~", STS__NOBODY, NULL, 0 };
    uint32_t entry;
    int r = sts__filter_function(groups->filter, &nobody, err);

    if (r < 0)
        return r;
    if (r == 0) {
        groups->nobody = STS__GROUP_OUT;
        return 0;
    }
    r = make_entry(groups, NULL, groups->nobody_parts, &entry);
    if (r == 0)
        groups->nobody = entry;
    return fail_status(r, err);
}

int sts__group_view_nobody(struct sts__group_view *view, uint32_t *ret_group, struct sts_error *err)
{
    if (view->groups->nobody == STS__GROUP_UNSEEN) {
        int r = map_nobody(view->groups, err);
        if (r < 0)
            return r;
    }
    return find_group(view, view->groups->nobody, ret_group, err);
}

static bool is_nobody_part(const struct sts__groups *groups, size_t i, uint64_t part)
{
    return groups->by->kinds[i] != STS__BY_LABEL && groups->nobody_parts[i] == part;
}

bool sts__groups_is_nobody(const struct sts__groups *groups, uint32_t group)
{
    if (groups->nobody == STS__GROUP_UNSEEN || groups->nobody == STS__GROUP_OUT)
        return false;
    if (groups->by->part_count < STS__BY_PARTS)
        return is_nobody_part(groups, 0, group);
    return is_nobody_part(groups, 0, groups->pair_keys[group] >> 32) ||
           is_nobody_part(groups, 1, groups->pair_keys[group] & UINT32_MAX);
}

/* --- texts --- */

const struct sts__part *sts__groups_part(const struct sts__groups *groups, uint32_t group,
                                         size_t part)
{
    if (groups->by->part_count < STS__BY_PARTS)
        return &groups->parts[0].parts[group];
    return &groups->parts[part].parts[part == 0 ? groups->pair_keys[group] >> 32
                                                : groups->pair_keys[group] & UINT32_MAX];
}

const char *sts__groups_text(const struct sts__groups *groups, size_t part, uint32_t text)
{
    return sts__strtab_text(&groups->parts[part].texts, text);
}

int sts__groups_compare(const struct sts__groups *groups, uint32_t left, uint32_t right)
{
    for (size_t i = 0; i < groups->by->part_count; i++) {
        int order = strcmp(sts__groups_text(groups, i, sts__groups_part(groups, left, i)->name),
                           sts__groups_text(groups, i, sts__groups_part(groups, right, i)->name));
        if (order != 0)
            return order;
    }
    return 0;
}
