/* SPDX-License-Identifier: MIT */
/*
 * fuzz_zone.c - any bytes as a time zone file: refused, or read as a clock that never stands still.
 */
#include <stdlib.h>

#include "base/tzif.h"

#define STEP_S INT64_C(700000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void look_at(const struct sts__tzif *tzif, int64_t time_s)
{
    int32_t offset_s = sts__tzif_offset_s(tzif, time_s);
    int64_t next_s;

    if (offset_s < -STS__TZIF_OFFSET_S_MAX || offset_s > STS__TZIF_OFFSET_S_MAX)
        abort();
    if (sts__tzif_next(tzif, time_s, &next_s) && next_s <= time_s)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct sts__tzif tzif = { 0 };

    if (sts__tzif_decode(data, len, "fuzz", &tzif, NULL) == 0)
        for (int64_t i = -13; i <= 13; i++)
            look_at(&tzif, i * STEP_S);
    sts__tzif_deinit(&tzif);
    return 0;
}
