/* SPDX-License-Identifier: MIT */
/*
 * strtab.h - texts stored once, each with a small number.
 */
#ifndef STS_BASE_STRTAB_H
#define STS_BASE_STRTAB_H

#include <statslice/common.h>

struct sts__strtab {
    struct sts__strtab_entry *entries; /* by id */
    size_t entry_count, entry_cap;
    uint64_t *slots; /* open addressing: hash << 32 | id + 1, 0 is free */
    size_t slot_count;
    struct sts__strtab_block *blocks; /* the texts' bytes; never move */
    size_t bytes;                     /* memory held */
};

#define STS_STRTAB_ENTRIES_MAX ((size_t)1 << 26)

void sts__strtab_init(struct sts__strtab *tab);
void sts__strtab_deinit(struct sts__strtab *tab);

/*
 * sts__strtab_add - the id of a text, which is stored if it is new. Ids count up from 0.
 *
 * Returns: 0, STS_E_NOMEM, STS_E_LIMIT (more than STS_STRTAB_ENTRIES_MAX texts, a longer
 *          text than STS_TEXT_BYTES_MAX, or texts made so that their hashes fall together).
 */
STS_MUST_CHECK int sts__strtab_add(struct sts__strtab *tab, const char *text, size_t len,
                                   uint32_t *ret_id);

/* sts__strtab_text - the text, NUL-ended, at the same address as long as the table lives. */
const char *sts__strtab_text(const struct sts__strtab *tab, uint32_t id);
size_t sts__strtab_len(const struct sts__strtab *tab, uint32_t id);

#endif
