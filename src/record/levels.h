/* SPDX-License-Identifier: MIT */
/*
 * levels.h - how often each function is running in one thread, under whatever labels.
 */
#ifndef STS_RECORD_LEVELS_H
#define STS_RECORD_LEVELS_H

#include "record/arcs.h"

struct sts__levels {
    struct sts__level **slots; /* owned, and what they lead to; a power of two */
    size_t n_slots, n_levels;
};

/* sts__levels_of - made if it is new. NULL when out of memory. */
struct sts__level *sts__levels_of(struct sts__levels *levels, const struct sts__code *code);

/* sts__levels_sweep - free those that no arc has. */
void sts__levels_sweep(struct sts__levels *levels);

void sts__levels_deinit(struct sts__levels *levels);

#endif
