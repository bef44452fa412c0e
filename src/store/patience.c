/* SPDX-License-Identifier: MIT */
/*
 * patience.c - how long to sleep before asking for a lock again.
 *
 * Why:  SQLite's locks know no queue. Sleeps of random length keep writers from meeting again and
 *       again; whoever has waited longer asks more often; and whoever held a lock that others asked
 *       for leaves it alone for a moment, or it would take it again before they wake. So nobody
 *       starves.
 */
#include "store/patience.h"

#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"

#define MET_NS INT64_C(1000000000) /* others that were met so lately are still there */
#define GAP_NS INT64_C(2000000)    /* long enough for one of them to ask again */

/* Who has waited for so long sleeps at most so much. */
static const struct {
    int64_t waited_ns, sleep_ns;
} sleeps[] = {
    { 0, 3000000 },
    { 30000000, 1500000 },
    { 100000000, 600000 },
    { 250000000, 250000 },
};

void sts__patience_init(struct sts__patience *patience)
{
    patience->random = sts__hash_u64((uint64_t)sts__clock_mono_ns() ^ (uint64_t)getpid() << 40 ^
                                     (uint64_t)(uintptr_t)patience);
    patience->begin_mono_ns = patience->met_mono_ns = patience->released_mono_ns = 0;
}

void sts__patience_begin(struct sts__patience *patience)
{
    patience->begin_mono_ns = sts__clock_mono_ns();
}

static void sleep_up_to(struct sts__patience *patience, int64_t least_ns, int64_t most_ns)
{
    struct timespec sleep = { 0, 0 };

    patience->random = sts__hash_u64(patience->random + UINT64_C(0x9e3779b97f4a7c15));
    sleep.tv_nsec = (long)(least_ns + (int64_t)(patience->random % (uint64_t)(most_ns - least_ns)));
    nanosleep(&sleep, NULL);
}

bool sts__patience_wait(struct sts__patience *patience, int64_t wait_ns)
{
    int64_t waited_ns = sts__clock_mono_ns() - patience->begin_mono_ns;
    size_t i = sizeof(sleeps) / sizeof(*sleeps) - 1;

    if (waited_ns >= wait_ns)
        return false;
    while (sleeps[i].waited_ns > waited_ns)
        i--;
    patience->met_mono_ns = sts__clock_mono_ns();
    sleep_up_to(patience, 0, sleeps[i].sleep_ns);
    return true;
}

void sts__patience_release(struct sts__patience *patience)
{
    patience->released_mono_ns = sts__clock_mono_ns();
}

void sts__patience_give_way(struct sts__patience *patience)
{
    int64_t now_mono_ns = sts__clock_mono_ns();

    if (patience->met_mono_ns != 0 && now_mono_ns - patience->met_mono_ns < MET_NS &&
        now_mono_ns - patience->released_mono_ns < GAP_NS)
        sleep_up_to(patience, GAP_NS / 2, GAP_NS);
}
