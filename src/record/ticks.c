/* SPDX-License-Identifier: MIT */
/*
 * ticks.c - see ticks.h.
 */
#include "record/ticks.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#if STS_HAS_TSC
#include <cpuid.h>
#endif

#define STS_NS_PER_S UINT64_C(1000000000)

enum {
    STS_PAIR_TRIES = 5,
    STS_CLOCKSOURCE_BYTES = 64,
};

static int64_t read_clock(clockid_t id)
{
    struct timespec now;

    (void)clock_gettime(id, &now);
    return (int64_t)now.tv_sec * (int64_t)STS_NS_PER_S + now.tv_nsec;
}

int64_t sts__ticks_mono_ns(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

int64_t sts__ticks_wall_ns(void)
{
    return read_clock(CLOCK_REALTIME);
}

#if STS_HAS_TSC
/* Kernel clocks that read the time stamp counter; with any other the kernel distrusts it. */
static const char *const tsc_clocksources[] = {
    "tsc",
    "kvm-clock",
    "xen",
    "hyperv_clocksource_tsc_page",
};

/* AMD64 Architecture Programmer's Manual, volume 3, E.4.8: Fn8000_0007 EDX bit 8, TscInvariant. */
static bool tsc_is_invariant(void)
{
    unsigned eax, ebx, ecx, edx;

    return __get_cpuid(0x80000007u, &eax, &ebx, &ecx, &edx) != 0 && (edx & (1u << 8)) != 0;
}

static bool kernel_uses_tsc(void)
{
    char name[STS_CLOCKSOURCE_BYTES] = "";
    FILE *file;
    size_t i;

    file = fopen("/sys/devices/system/clocksource/clocksource0/current_clocksource", "r");
    if (file == NULL)
        return true; /* not told: the processor's word has to do */
    if (fgets(name, (int)sizeof(name), file) != NULL)
        name[strcspn(name, "\n")] = '\0';
    (void)fclose(file);
    for (i = 0; i < sizeof(tsc_clocksources) / sizeof(tsc_clocksources[0]); i++) {
        if (strcmp(name, tsc_clocksources[i]) == 0)
            return true;
    }
    return false;
}

bool sts__ticks_from_tsc(void)
{
    return tsc_is_invariant() && kernel_uses_tsc();
}
#else
bool sts__ticks_from_tsc(void)
{
    return false;
}
#endif

struct sts__tick_pair sts__tick_pair_read(bool tsc)
{
    struct sts__tick_pair best = { 0, 0 };
    int64_t best_gap = INT64_MAX;
    int try_count;

    if (!tsc) {
        best.mono_ns = sts__ticks_mono_ns();
        best.ticks = best.mono_ns;
        return best;
    }
    for (try_count = 0; try_count < STS_PAIR_TRIES; try_count++) {
        int64_t before = sts__tsc_read();
        int64_t mono_ns = sts__ticks_mono_ns();
        int64_t gap = sts__tsc_read() - before;

        if (gap >= 0 && gap < best_gap) {
            best_gap = gap;
            best.ticks = before + gap / 2;
            best.mono_ns = mono_ns;
        }
    }
    return best;
}

bool sts__tick_scale_between(struct sts__tick_pair begin, struct sts__tick_pair end,
                             struct sts__tick_scale *ret_scale)
{
    int64_t ticks = end.ticks - begin.ticks;
    int64_t ns = end.mono_ns - begin.mono_ns;

    if (ticks <= 0 || ns <= 0)
        return false;
    ret_scale->ns_per_tick_q32 = (uint64_t)((double)ns / (double)ticks * 4294967296.0 + 0.5);
    return true;
}

int64_t sts__ticks_to_ns(int64_t ticks, struct sts__tick_scale scale)
{
    uint64_t size = ticks < 0 ? -(uint64_t)ticks : (uint64_t)ticks;
    uint64_t high = size >> 32, low = size & UINT32_MAX;
    uint64_t scale_high = scale.ns_per_tick_q32 >> 32,
             scale_low = scale.ns_per_tick_q32 & UINT32_MAX;
    uint64_t low_product = low * scale_low;
    uint64_t ns = ((high * scale_high) << 32) + high * scale_low + low * scale_high +
                  (low_product >> 32) + ((low_product >> 31) & 1);

    return ticks < 0 ? (int64_t)-ns : (int64_t)ns;
}
