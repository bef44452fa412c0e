/* SPDX-License-Identifier: MIT */
/*
 * names.c - the functions of a store: their numbers, and who they are.
 *
 * A page: by function the line, then file name, name and qualname, each as the length that it
 * shares with the one of the function before, and the rest. Functions come file by file, so that
 * most file names are two bytes long.
 * Source: docs/formats/store.md.
 */
#include "store/names.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "model/symbols.h"
#include "store/checksum.h"
#include "store/load.h"
#include "store/sqlite.h"
#include "store/varint.h"

#define PAGE_BYTES     ((size_t)1 << 16) /* a page with so much in it is full */
#define PAGE_BYTES_MAX ((size_t)1 << 23) /* the longest texts that there can be still fit */
#define PAGE_COUNT_MAX 4096

/* How a qualname stands in a page. */
enum { QUALNAME_NONE, QUALNAME_IS_NAME, QUALNAME_TEXT };

int sts__names_init(struct sts__names *names, struct sts_error *err)
{
    memset(names, 0, sizeof(*names));
    sts__bytes_init(&names->page, PAGE_BYTES_MAX);
    names->symbols = sts_symbols_new();
    return names->symbols == NULL ? sts__fail_nomem(err) : 0;
}

void sts__names_deinit(struct sts__names *names)
{
    sts_symbols_free(names->symbols);
    free(names->store_ids);
    free(names->sums);
    free(names->symbol_ids);
    free(names->wanted);
    sts__bytes_deinit(&names->page);
}

/* --- in memory --- */

static uint64_t text_sum(const struct sts_function *function)
{
    uint64_t sum = sts__checksum(function->file_name, strlen(function->file_name),
                                 (uint64_t)(uint32_t)function->line_number);

    sum = sts__checksum(function->name, strlen(function->name), sum);
    if (function->qualname != NULL)
        sum = sts__checksum(function->qualname, strlen(function->qualname), ~sum);
    return sum;
}

/* The numbers by symbol reach all symbols. */
static int reach_symbols(struct sts__names *names, struct sts_error *err)
{
    size_t count = sts_symbols_function_count(names->symbols);

    if (sts__grow(&names->store_ids, &names->store_id_cap, count, sizeof(*names->store_ids),
                  STS_FUNCTIONS_MAX) < 0)
        return sts__fail_nomem(err);
    for (; names->known < count; names->known++)
        names->store_ids[names->known] = STS__NO_ID;
    return 0;
}

/* Those who only read have no use for the sums. */
static int reach_sums(struct sts__names *names, struct sts_error *err)
{
    if (sts__grow(&names->sums, &names->sum_cap, names->known, sizeof(*names->sums),
                  STS_FUNCTIONS_MAX) < 0)
        return sts__fail_nomem(err);
    for (; names->summed < names->known; names->summed++) {
        struct sts_function function =
            sts_symbols_function(names->symbols, (uint32_t)names->summed);
        names->sums[names->summed] = text_sum(&function);
    }
    return 0;
}

int sts__names_want(struct sts__names *names, uint32_t symbol_id, struct sts_error *err)
{
    int r = reach_symbols(names, err);

    if (r == 0)
        r = reach_sums(names, err);
    if (r < 0 || names->store_ids[symbol_id] != STS__NO_ID)
        return r;
    r = sts__grow(&names->wanted, &names->wanted_cap, names->wanted_count + 1,
                  sizeof(*names->wanted), STS_FUNCTIONS_MAX);
    if (r == STS_E_LIMIT)
        return sts__fail(err, r, "more than %zu new functions at once", STS_FUNCTIONS_MAX);
    if (r < 0)
        return sts__fail_nomem(err);
    names->wanted[names->wanted_count++] = symbol_id;
    return 0;
}

bool sts__names_lacking(struct sts__names *names)
{
    size_t kept = 0;

    for (size_t i = 0; i < names->wanted_count; i++)
        if (names->store_ids[names->wanted[i]] == STS__NO_ID)
            names->wanted[kept++] = names->wanted[i];
    names->wanted_count = kept;
    return kept > 0;
}

/* The arrays by number reach to count. */
static int reach_numbers(struct sts__names *names, size_t count, struct sts_error *err)
{
    size_t old_cap = names->symbol_id_cap;
    int r = sts__grow(&names->symbol_ids, &names->symbol_id_cap, count, sizeof(*names->symbol_ids),
                      STS_FUNCTIONS_MAX);

    if (r == STS_E_LIMIT)
        return sts__fail(err, r, "more than %zu functions in one store", STS_FUNCTIONS_MAX);
    if (r < 0)
        return sts__fail_nomem(err);
    if (names->symbol_id_cap > old_cap) /* all ones: STS__NO_ID */
        memset(names->symbol_ids + old_cap, 0xFF,
               (names->symbol_id_cap - old_cap) * sizeof(*names->symbol_ids));
    return 0;
}

/* --- packing --- */

static size_t shared_len(const char *a, const char *b)
{
    size_t len = 0;

    while (a[len] != '\0' && a[len] == b[len])
        len++;
    return len;
}

static void put_text(struct sts__bytes *page, const char *text, const char *before)
{
    size_t shared = shared_len(text, before), rest = strlen(text + shared);

    sts__varint_append(page, shared);
    sts__varint_append(page, rest);
    sts__bytes_append(page, text + shared, rest);
}

static void put_function(struct sts__bytes *page, const struct sts_function *function,
                         struct sts_function *before)
{
    sts__varint_append_signed(page, function->line_number);
    put_text(page, function->file_name, before->file_name);
    put_text(page, function->name, before->name);
    if (function->qualname == NULL) {
        sts__varint_append(page, QUALNAME_NONE);
    } else if (strcmp(function->qualname, function->name) == 0) {
        sts__varint_append(page, QUALNAME_IS_NAME);
    } else {
        sts__varint_append(page, QUALNAME_TEXT);
        put_text(page, function->qualname, before->qualname);
    }
    *before = *function;
    if (before->qualname == NULL)
        before->qualname = function->name;
}

static int write_page(struct sts__names *names, struct sts__db *db, uint32_t first, uint32_t count,
                      struct sts_error *err)
{
    struct sts__stmt *stmt = NULL;
    int r = sts__bytes_check(&names->page, "a page of function names", err);

    if (r == 0)
        r = sts__db_stmt(db, "INSERT INTO names VALUES(?, ?, ?, ?)", &stmt, err);
    if (r < 0)
        return r;
    sts__stmt_bind_i64(stmt, 1, first);
    sts__stmt_bind_i64(stmt, 2, count);
    sts__stmt_bind_blob(stmt, 3, names->page.data, names->page.len);
    sts__stmt_bind_i64(stmt, 4,
                       sts__as_signed(sts__checksum(names->page.data, names->page.len, first)));
    return sts__stmt_run(stmt, err);
}

/* As many of the wanted symbols as a page takes. Returns: how many, or below 0. */
static int number_page(struct sts__names *names, struct sts__db *db, struct sts_error *err)
{
    struct sts_function before = { "", "", "", 0 };
    uint32_t first = names->count, n = 0;
    int r = 0;

    sts__bytes_clear(&names->page);
    for (size_t i = 0;
         i < names->wanted_count && n < PAGE_COUNT_MAX && names->page.len < PAGE_BYTES; i++) {
        uint32_t symbol_id = names->wanted[i];
        struct sts_function function;
        if (names->store_ids[symbol_id] != STS__NO_ID)
            continue; /* it was wanted twice */
        r = reach_numbers(names, (size_t)names->count + 1, err);
        if (r < 0)
            return r;
        function = sts_symbols_function(names->symbols, symbol_id);
        put_function(&names->page, &function, &before);
        names->store_ids[symbol_id] = names->count;
        names->symbol_ids[names->count++] = symbol_id;
        n++;
    }
    if (n > 0)
        r = write_page(names, db, first, n, err);
    return r < 0 ? r : (int)n;
}

int sts__names_number(struct sts__names *names, struct sts__db *db, struct sts_error *err)
{
    int r;

    while (sts__names_lacking(names)) {
        r = number_page(names, db, err);
        if (r < 0)
            return r;
    }
    return 0;
}

void sts__names_unnumber(struct sts__names *names, uint32_t count)
{
    (void)sts__names_lacking(names); /* those with a number leave the list, to come back */
    while (names->count > count) {
        uint32_t symbol_id = names->symbol_ids[--names->count];
        names->symbol_ids[names->count] = STS__NO_ID;
        if (symbol_id == STS__NO_ID)
            continue;
        names->store_ids[symbol_id] = STS__NO_ID;
        /* there is room: the list has held all of them at once */
        names->wanted[names->wanted_count++] = symbol_id;
    }
}

/* --- unpacking --- */

/* A text in the making, and the one before it. */
struct text {
    char *data;
    size_t len, cap;
    uint32_t id; /* among the symbols' */
};

enum { FILE_NAME, NAME, QUALNAME, TEXTS };

/* A page on its way into memory. */
struct unpacking {
    struct sts__names *names;
    struct sts__varint_reader reader;
    struct text texts[TEXTS];
};

static int read_text(struct unpacking *unpacking, struct text *text, struct sts_error *err)
{
    struct sts__varint_reader *reader = &unpacking->reader;
    size_t shared = sts__varint_read_count(reader, text->len);
    size_t rest = sts__varint_read_count(reader, STS_TEXT_BYTES_MAX);
    const uint8_t *data = sts__varint_skip(reader, rest);

    if (reader->status < 0 || memchr(data, '\0', rest) != NULL)
        return STS_E_FORMAT;
    if (rest == 0 && shared == text->len && text->data != NULL)
        return 0; /* it is the one before, whose number is known */
    if (sts__grow(&text->data, &text->cap, shared + rest + 1, 1, 2 * STS_TEXT_BYTES_MAX) < 0)
        return STS_E_NOMEM;
    memcpy(text->data + shared, data, rest);
    text->len = shared + rest;
    text->data[text->len] = '\0';
    return sts__symbols_text(unpacking->names->symbols, text->data, text->len, &text->id, err);
}

/* What the next qualname shares its begin with is the name, where it has no text of its own: as
 * put_function has it. */
static int copy_name(struct text texts[TEXTS])
{
    struct text *qualname = &texts[QUALNAME];
    const struct text *name = &texts[NAME];

    if (sts__grow(&qualname->data, &qualname->cap, name->len + 1, 1, 2 * STS_TEXT_BYTES_MAX) < 0)
        return STS_E_NOMEM;
    memcpy(qualname->data, name->data, name->len + 1);
    qualname->len = name->len;
    qualname->id = name->id;
    return 0;
}

static int read_qualname(struct unpacking *unpacking, uint32_t *ret_id, struct sts_error *err)
{
    uint64_t how = sts__varint_read(&unpacking->reader);
    struct text *texts = unpacking->texts;
    int r;

    if (unpacking->reader.status < 0 || how > QUALNAME_TEXT)
        return STS_E_FORMAT;
    r = how == QUALNAME_TEXT ? read_text(unpacking, &texts[QUALNAME], err) : copy_name(texts);
    *ret_id = how == QUALNAME_NONE ? STS__NO_TEXT : texts[QUALNAME].id;
    return r;
}

static int read_function(struct unpacking *unpacking, uint32_t store_id, struct sts_error *err)
{
    struct sts__names *names = unpacking->names;
    struct text *texts = unpacking->texts;
    int64_t line = sts__varint_read_signed(&unpacking->reader);
    struct sts__function_key key = { .line_number = (int32_t)line };
    uint32_t symbol_id;
    int r = read_text(unpacking, &texts[FILE_NAME], err);

    if (r == 0)
        r = read_text(unpacking, &texts[NAME], err);
    if (r == 0)
        r = read_qualname(unpacking, &key.qualname_id, err);
    if (r == 0 && key.line_number != line)
        r = STS_E_FORMAT;
    if (r < 0)
        return r;
    key.file_id = texts[FILE_NAME].id;
    key.name_id = texts[NAME].id;
    r = sts__symbols_key(names->symbols, &key, &symbol_id, err);
    if (r == 0)
        r = reach_symbols(names, err);
    if (r < 0)
        return r;
    names->store_ids[symbol_id] = store_id;
    names->symbol_ids[store_id] = symbol_id;
    return 0;
}

static int read_functions(struct sts__names *names, const uint8_t *data, size_t len, uint32_t first,
                          uint32_t count, struct sts_error *err)
{
    struct unpacking unpacking = { .names = names };
    int r = reach_numbers(names, (size_t)first + count, err);

    sts__varint_reader_init(&unpacking.reader, data, len);
    for (uint32_t i = 0; i < count && r == 0; i++)
        r = read_function(&unpacking, first + i, err);
    if (r == 0 && unpacking.reader.at != unpacking.reader.end)
        r = STS_E_FORMAT;
    for (size_t i = 0; i < TEXTS; i++)
        free(unpacking.texts[i].data);
    return r == STS_E_NOMEM ? sts__fail_nomem(err) : r;
}

/* The page that a row of the table holds. */
static int read_page(struct sts__names *names, struct sts__stmt *stmt, struct sts_error *err)
{
    int64_t first = sts__stmt_i64(stmt, 0), count = sts__stmt_i64(stmt, 1);
    uint64_t sum = (uint64_t)sts__stmt_i64(stmt, 3);
    size_t len;
    const uint8_t *data = sts__stmt_blob(stmt, 2, &len);
    int r = STS_E_FORMAT;

    if (data == NULL)
        return sts__fail_nomem(err);
    if (first >= 0 && count > 0 && count <= (int64_t)STS_FUNCTIONS_MAX &&
        first <= (int64_t)STS_FUNCTIONS_MAX - count &&
        sts__checksum(data, len, (uint64_t)first) == sum)
        r = read_functions(names, data, len, (uint32_t)first, (uint32_t)count, err);
    if (r == STS_E_FORMAT)
        return sts__fail(err, STS_E_FORMAT,
                         "the names of functions %lld to %lld are damaged: not what was written",
                         (long long)first, (long long)(first + count - 1));
    return r;
}

int sts__names_read_new(struct sts__names *names, struct sts__db *db, struct sts_error *err)
{
    struct sts__stmt *stmt;
    uint32_t count = names->count;
    int r = sts__db_stmt(db,
                         "SELECT first_id, count, data, sum FROM names"
                         " WHERE first_id >= ? ORDER BY first_id",
                         &stmt, err);

    if (r < 0)
        return r;
    sts__stmt_bind_i64(stmt, 1, count);
    while ((r = sts__stmt_step(stmt, err)) > 0) {
        int64_t first = sts__stmt_i64(stmt, 0);
        if (first != count) { /* a page between is missing */
            r = sts__fail(err, STS_E_FORMAT, "the names of function %u are missing", count);
            break;
        }
        r = read_page(names, stmt, err);
        if (r < 0)
            break;
        count += (uint32_t)sts__stmt_i64(stmt, 1);
        names->count = count;
    }
    sts__stmt_reset(stmt);
    return r;
}

static int read_page_of(struct sts__names *names, struct sts__db *db, uint32_t store_id,
                        struct sts_error *err)
{
    struct sts__stmt *stmt;
    int r = sts__db_stmt(db,
                         "SELECT first_id, count, data, sum FROM names"
                         " WHERE first_id <= ? ORDER BY first_id DESC LIMIT 1",
                         &stmt, err);

    if (r < 0)
        return r;
    sts__stmt_bind_i64(stmt, 1, store_id);
    r = sts__stmt_step(stmt, err);
    if (r <= 0)
        return r;
    r = read_page(names, stmt, err);
    sts__stmt_reset(stmt);
    return r;
}

static uint32_t symbol_of(const struct sts__names *names, uint32_t store_id)
{
    return store_id < names->symbol_id_cap ? names->symbol_ids[store_id] : STS__NO_ID;
}

int sts__names_symbol(struct sts__names *names, struct sts__db *db, uint32_t store_id,
                      uint32_t *ret_symbol_id, struct sts_error *err)
{
    int r = 0;

    if (symbol_of(names, store_id) == STS__NO_ID)
        r = read_page_of(names, db, store_id, err);
    if (r < 0)
        return r;
    if (symbol_of(names, store_id) == STS__NO_ID)
        return sts__fail(err, STS_E_FORMAT, "\"%.100s\" is damaged: function %u has no name",
                         sts__db_path(db), store_id);
    *ret_symbol_id = symbol_of(names, store_id);
    return 0;
}
