/* SPDX-License-Identifier: MIT */
/*
 * patience.c - how long to sleep before asking for a lock again.
 *
 * Why:  SQLite's locks know no queue. Sleeps of random length keep writers from meeting again and
 *       again, and whoever has waited longer asks more often, so that nobody starves.
 */
#include "store/patience.h"

#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"

/* Who has waited for so long sleeps at most so much. */
static const struct {
    int64_t waited_ns, sleep_ns;
} sleeps[] = {
    { 0, 2000000 },
    { 20000000, 1000000 },
    { 60000000, 300000 },
    { 150000000, 60000 },
};

void sts__patience_init(struct sts__patience *patience)
{
    patience->random = sts__hash_u64((uint64_t)sts__clock_mono_ns() ^ (uint64_t)getpid() << 40 ^
                                     (uint64_t)(uintptr_t)patience);
    patience->begin_mono_ns = 0;
}

void sts__patience_begin(struct sts__patience *patience)
{
    patience->begin_mono_ns = sts__clock_mono_ns();
}

bool sts__patience_wait(struct sts__patience *patience, int64_t wait_ns)
{
    int64_t waited_ns = sts__clock_mono_ns() - patience->begin_mono_ns;
    struct timespec sleep = { 0, 0 };
    size_t i = sizeof(sleeps) / sizeof(*sleeps) - 1;

    if (waited_ns >= wait_ns)
        return false;
    while (sleeps[i].waited_ns > waited_ns)
        i--;
    patience->random = sts__hash_u64(patience->random + UINT64_C(0x9e3779b97f4a7c15));
    sleep.tv_nsec = (long)(patience->random % (uint64_t)sleeps[i].sleep_ns);
    nanosleep(&sleep, NULL);
    return true;
}
