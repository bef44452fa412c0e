/* SPDX-License-Identifier: MIT */
/*
 * labelsets.h - what profiles of a store are about: labels, engine and clock, each set once.
 *
 * A series is the profiles that are about the same. Its number in the database counts from 1.
 */
#ifndef STS_STORE_LABELSETS_H
#define STS_STORE_LABELSETS_H

#include <statslice/profile.h>

#include "base/bytes.h"
#include "base/strtab.h"

struct sts__db;

#define STS__NO_SERIES 0

struct sts__labelset {
    uint32_t series_id; /* STS__NO_SERIES: not known yet */
    int64_t service_id;
};

struct sts__labelsets {
    struct sts__strtab abouts; /* packed; numbers here are "sets" */
    struct sts__labelset *sets;
    size_t cap;
    struct sts__bytes about; /* being packed */
};

void sts__labelsets_init(struct sts__labelsets *labelsets);
void sts__labelsets_deinit(struct sts__labelsets *labelsets);

/* sts__labelsets_of - the set of a profile. No database. Errors: STS_E_NOMEM, STS_E_LIMIT. */
STS_MUST_CHECK int sts__labelsets_of(struct sts__labelsets *labelsets,
                                     const struct sts_profile *profile, uint32_t *ret_set,
                                     struct sts_error *err);

/* sts__labelsets_sum - of all that it is about; the same in every store. */
uint64_t sts__labelsets_sum(const struct sts__labelsets *labelsets, uint32_t set);

/* sts__labelsets_find - look for a set's series. Returns: 1; 0: the database has none yet. */
STS_MUST_CHECK int sts__labelsets_find(struct sts__labelsets *labelsets, struct sts__db *db,
                                       uint32_t set, struct sts_error *err);

/*
 * sts__labelsets_make - the same, and make it, in a transaction that writes.
 *
 * What is made holds once that is committed: sts__labelsets_forget otherwise.
 */
STS_MUST_CHECK int sts__labelsets_make(struct sts__labelsets *labelsets, struct sts__db *db,
                                       uint32_t set, struct sts_error *err);
void sts__labelsets_forget(struct sts__labelsets *labelsets, uint32_t set);

/* --- unpacking --- */

/* A packed set, unpacked into its memory. */
struct sts__about {
    enum sts_engine engine;
    enum sts_clock clock;
    size_t label_count;
    const char *keys[STS_LABELS_MAX], *values[STS_LABELS_MAX]; /* in text */
    struct sts__bytes text;
};

void sts__about_init(struct sts__about *about);
void sts__about_deinit(struct sts__about *about);

/* sts__about_unpack - Errors: STS_E_FORMAT, STS_E_NOMEM. */
STS_MUST_CHECK int sts__about_unpack(struct sts__about *about, const uint8_t *data, size_t len,
                                     struct sts_error *err);

#endif
