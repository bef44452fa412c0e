/* SPDX-License-Identifier: MIT */
/*
 * cut.h - a thread's figures, taken out at the edge of a slice.
 */
#ifndef STS_RECORD_CUT_H
#define STS_RECORD_CUT_H

#include "record/track.h"

/* sts__track_charge - book what has passed of running activations, as if they began anew now. */
void sts__track_charge(struct sts__track *track, int64_t now_ticks);

/*
 * sts__track_cut - charge up to the edge, and move all figures into the track's slice.
 *
 * Afterwards what only the dead needed is gone.
 */
void sts__track_cut(struct sts__track *track, int64_t edge_ticks);

#endif
