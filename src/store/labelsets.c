/* SPDX-License-Identifier: MIT */
/*
 * labelsets.c - what profiles of a store are about: labels, engine and clock, each set once.
 *
 * Packed: engine, clock, count of labels, then key and value of each, with their lengths, sorted by
 * key: equal sets are equal bytes.   Source: docs/formats/store.md.
 */
#include "store/labelsets.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/checksum.h"
#include "store/sqlite.h"
#include "store/varint.h"

#define ABOUT_BYTES_MAX STS_TEXT_BYTES_MAX /* what a table of texts takes */

void sts__labelsets_init(struct sts__labelsets *labelsets)
{
    memset(labelsets, 0, sizeof(*labelsets));
    sts__strtab_init(&labelsets->abouts);
    sts__bytes_init(&labelsets->about, ABOUT_BYTES_MAX);
}

void sts__labelsets_deinit(struct sts__labelsets *labelsets)
{
    sts__strtab_deinit(&labelsets->abouts);
    sts__bytes_deinit(&labelsets->about);
    free(labelsets->sets);
}

/* --- in memory --- */

static void put_text(struct sts__bytes *about, const char *text)
{
    size_t len = strlen(text);

    sts__varint_append(about, len);
    sts__bytes_append(about, text, len);
}

static void pack(struct sts__bytes *about, const struct sts_profile *profile)
{
    size_t count = sts_profile_label_count(profile);

    sts__bytes_clear(about);
    sts__varint_append(about, sts_profile_engine(profile));
    sts__varint_append(about, sts_profile_clock(profile));
    sts__varint_append(about, count);
    for (size_t i = 0; i < count; i++) {
        put_text(about, sts_profile_label_key(profile, i));
        put_text(about, sts_profile_label_value(profile, i));
    }
}

int sts__labelsets_of(struct sts__labelsets *labelsets, const struct sts_profile *profile,
                      uint32_t *ret_set, struct sts_error *err)
{
    struct sts__bytes *about = &labelsets->about;
    size_t old_count = labelsets->abouts.entry_count;
    uint32_t set;
    int r;

    pack(about, profile);
    r = sts__bytes_check(about, "a set of labels", err);
    if (r < 0)
        return r;
    r = sts__grow(&labelsets->sets, &labelsets->cap, old_count + 1, sizeof(*labelsets->sets),
                  STS_STRTAB_ENTRIES_MAX);
    if (r == 0)
        r = sts__strtab_add(&labelsets->abouts, about->data, about->len, &set);
    if (r == STS_E_LIMIT)
        return sts__fail(err, r, "too many different sets of labels");
    if (r < 0)
        return sts__fail_nomem(err);
    if (set == old_count)
        labelsets->sets[set] = (struct sts__labelset){ STS__NO_SERIES, 0 };
    *ret_set = set;
    return 0;
}

uint64_t sts__labelsets_sum(const struct sts__labelsets *labelsets, uint32_t set)
{
    return sts__checksum(sts__strtab_text(&labelsets->abouts, set),
                         sts__strtab_len(&labelsets->abouts, set), 0);
}

void sts__labelsets_forget(struct sts__labelsets *labelsets, uint32_t set)
{
    labelsets->sets[set].series_id = STS__NO_SERIES;
}

/* --- in the database --- */

static void bind_about(struct sts__stmt *stmt, int parameter,
                       const struct sts__labelsets *labelsets, uint32_t set)
{
    sts__stmt_bind_blob(stmt, parameter, sts__strtab_text(&labelsets->abouts, set),
                        sts__strtab_len(&labelsets->abouts, set));
}

int sts__labelsets_find(struct sts__labelsets *labelsets, struct sts__db *db, uint32_t set,
                        struct sts_error *err)
{
    struct sts__labelset *known = &labelsets->sets[set];
    struct sts__stmt *stmt;
    int r;

    if (known->series_id != STS__NO_SERIES)
        return 1;
    r = sts__db_stmt(db, "SELECT id, service_id FROM labelset WHERE about = ?", &stmt, err);
    if (r < 0)
        return r;
    bind_about(stmt, 1, labelsets, set);
    r = sts__stmt_step(stmt, err);
    if (r > 0) {
        known->series_id = (uint32_t)sts__stmt_i64(stmt, 0);
        known->service_id = sts__stmt_i64(stmt, 1);
        sts__stmt_reset(stmt);
    }
    return r;
}

static int find_service(struct sts__db *db, const char *name, int64_t *ret_id,
                        struct sts_error *err)
{
    struct sts__stmt *stmt;
    int r = sts__db_stmt(db, "SELECT id FROM service WHERE name = ?", &stmt, err);

    if (r < 0)
        return r;
    sts__stmt_bind_text(stmt, 1, name);
    r = sts__stmt_step(stmt, err);
    if (r > 0) {
        *ret_id = sts__stmt_i64(stmt, 0);
        sts__stmt_reset(stmt);
    }
    return r;
}

static int make_service(struct sts__db *db, const char *name, int64_t *ret_id,
                        struct sts_error *err)
{
    struct sts__stmt *stmt;
    int r = find_service(db, name, ret_id, err);

    if (r != 0)
        return r < 0 ? r : 0;
    r = sts__db_stmt(db, "INSERT INTO service(name) VALUES(?)", &stmt, err);
    if (r < 0)
        return r;
    sts__stmt_bind_text(stmt, 1, name);
    r = sts__stmt_run(stmt, err);
    *ret_id = sts__db_last_id(db);
    return r;
}

static int make_series(struct sts__labelsets *labelsets, struct sts__db *db, uint32_t set,
                       int64_t service_id, struct sts_error *err)
{
    struct sts__labelset *known = &labelsets->sets[set];
    struct sts__stmt *stmt;
    int64_t id;
    int r = sts__db_stmt(db,
                         "INSERT INTO labelset(service_id, about, profile_count, first_ns, last_ns)"
                         " VALUES(?, ?, 0, 0, 0)",
                         &stmt, err);

    if (r < 0)
        return r;
    sts__stmt_bind_i64(stmt, 1, service_id);
    bind_about(stmt, 2, labelsets, set);
    r = sts__stmt_run(stmt, err);
    if (r < 0)
        return r;
    id = sts__db_last_id(db);
    if (id >= UINT32_MAX)
        return sts__fail(err, STS_E_LIMIT, "too many different sets of labels");
    known->series_id = (uint32_t)id;
    known->service_id = service_id;
    return 0;
}

/* The value of the label "service"; "" where there is none. */
static const char *service_of(const struct sts__about *about)
{
    for (size_t i = 0; i < about->label_count; i++)
        if (strcmp(about->keys[i], "service") == 0)
            return about->values[i];
    return "";
}

int sts__labelsets_make(struct sts__labelsets *labelsets, struct sts__db *db, uint32_t set,
                        struct sts_error *err)
{
    struct sts__about about;
    int64_t service_id = 0;
    int r = sts__labelsets_find(labelsets, db, set, err);

    if (r != 0)
        return r < 0 ? r : 0;
    sts__about_init(&about);
    r = sts__about_unpack(&about, (const uint8_t *)sts__strtab_text(&labelsets->abouts, set),
                          sts__strtab_len(&labelsets->abouts, set), err);
    if (r == 0)
        r = make_service(db, service_of(&about), &service_id, err);
    if (r == 0)
        r = make_series(labelsets, db, set, service_id, err);
    sts__about_deinit(&about);
    return r;
}

/* --- unpacking --- */

void sts__about_init(struct sts__about *about)
{
    memset(about, 0, sizeof(*about));
    sts__bytes_init(&about->text, ABOUT_BYTES_MAX + 2 * STS_LABELS_MAX);
}

void sts__about_deinit(struct sts__about *about)
{
    sts__bytes_deinit(&about->text);
}

/* The texts keep their place: there is room for all of them before the first comes. */
static const char *read_text(struct sts__about *about, struct sts__varint_reader *reader)
{
    size_t len = sts__varint_read_count(reader, STS_TEXT_BYTES_MAX);
    const uint8_t *data = sts__varint_skip(reader, len);
    const char *text = about->text.data + about->text.len;

    if (data == NULL || memchr(data, '\0', len) != NULL) {
        reader->status = STS_E_FORMAT;
        return "";
    }
    sts__bytes_append(&about->text, data, len);
    sts__bytes_append(&about->text, "", 1);
    return text;
}

int sts__about_unpack(struct sts__about *about, const uint8_t *data, size_t len,
                      struct sts_error *err)
{
    struct sts__varint_reader reader;
    uint32_t engine, clock;

    sts__varint_reader_init(&reader, data, len);
    engine = sts__varint_read_count(&reader, STS_ENGINE_IMPORT);
    clock = sts__varint_read_count(&reader, STS_CLOCK_CPU);
    about->label_count = sts__varint_read_count(&reader, STS_LABELS_MAX);
    sts__bytes_clear(&about->text);
    if (sts__bytes_reserve(&about->text, len + 2 * STS_LABELS_MAX) == NULL)
        return sts__bytes_check(&about->text, "a set of labels", err);
    for (size_t i = 0; i < about->label_count; i++) {
        about->keys[i] = read_text(about, &reader);
        about->values[i] = read_text(about, &reader);
    }
    if (reader.status < 0 || reader.at != reader.end)
        return sts__fail(err, STS_E_FORMAT, "a set of labels is damaged");
    about->engine = (enum sts_engine)engine;
    about->clock = (enum sts_clock)clock;
    return sts__bytes_check(&about->text, "a set of labels", err);
}
