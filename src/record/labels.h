/* SPDX-License-Identifier: MIT */
/*
 * labels.h - label sets: sorted key=value pairs, each set stored once.
 *
 * Why:  a thread that changes its labels compares pointers, and one set is one table of figures.
 */
#ifndef STS_RECORD_LABELS_H
#define STS_RECORD_LABELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STS__LABELS_OF_SET_MAX   ((size_t)32)
#define STS__LABEL_BYTES_MAX     ((size_t)1024) /* a key or a value; what is longer is cut off */
#define STS__LABEL_SETS_MAX      ((size_t)256)  /* by default */
#define STS__LABEL_OVERFLOW_KEY  "labels" /* the one label of the set of those over the limit */
#define STS__LABEL_OVERFLOW_TEXT "overflow"

struct sts__label {
    const char *key, *value; /* UTF-8, NUL-ended */
};

struct sts__labels {
    struct sts__labels *next; /* in its table */
    uint64_t hash;
    uint64_t last_serial; /* the newest slice that may name it */
    size_t n_uses;        /* holders: tables of figures, contexts of the program */
    size_t n_labels;
    struct sts__label labels[]; /* sorted by key; the texts stand behind them */
};

struct sts__label_sets {
    struct sts__labels *first; /* owned */
    size_t n_sets, n_sets_max;
    uint64_t n_overflows; /* sets that were asked for and found no room */
};

void sts__label_sets_init(struct sts__label_sets *sets, size_t n_sets_max);
void sts__label_sets_deinit(struct sts__label_sets *sets);

/*
 * sts__labels_of - the set of these labels, made if it is new; the caller holds it (n_uses).
 *
 * labels: in any order; of a key that stands twice the later one counts.
 * Returns: the overflow set where there are too many sets; NULL when out of memory.
 */
struct sts__labels *sts__labels_of(struct sts__label_sets *sets, const struct sts__label *labels,
                                   size_t n_labels);

/* sts__labels_drop - one holder less. It is freed by sts__label_sets_sweep. */
void sts__labels_drop(struct sts__labels *labels);

/* sts__label_sets_sweep - free sets that nobody holds and no unwritten slice names. */
void sts__label_sets_sweep(struct sts__label_sets *sets, uint64_t written_serial);

#endif
