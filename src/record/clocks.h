/* SPDX-License-Identifier: MIT */
/*
 * clocks.h - slices when the clocks do not go on as they did.
 *
 * The wall clock was set:    the slice in progress ends; the next edges follow the new time.
 * The system was suspended:  the same; the time asleep is in no slice and nobody's time.
 * The counter cannot be trusted: from the next slice on ticks are the steady clock's.
 */
#ifndef STS_RECORD_CLOCKS_H
#define STS_RECORD_CLOCKS_H

#include "record/recorder.h"

/*
 * sts__recorder_follow_clocks - look at them; the slice in progress is planned anew, or broken off.
 *
 * Returns: whether it was broken off.
 */
bool sts__recorder_follow_clocks(struct sts__recorder *recorder);

/*
 * sts__recorder_drop_counter - if the counter is not to be trusted any more, ticks change their
 * meaning. No thread may be between reading the clock and booking it.
 */
void sts__recorder_drop_counter(struct sts__recorder *recorder);

#endif
