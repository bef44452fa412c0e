/* SPDX-License-Identifier: MIT */
/*
 * service_engine.c - see service_engine.h.
 */
#include "collector/service_engine.h"

#include "collector/frames.h"
#include "collector/sliced_events.h"

#include <string.h>

static int install_frames(void)
{
    sts__frames_install(false);
    return 0;
}

/* It asks for the clock at each event. */
static void sliced_clock_changed(void)
{
}

static const struct sts__service_engine engines[] = {
    {
        .name = "frames",
        .engine = STS_ENGINE_FRAMES,
        .has_budget = true,
        .install = install_frames,
        .uninstall = sts__frames_uninstall,
        .look = sts__frames_look,
        .clock_changed = sts__frames_clock_changed,
    },
    {
        .name = "events",
        .engine = STS_ENGINE_EVENTS,
        .install = sts__sliced_install,
        .uninstall = sts__sliced_uninstall,
        .look = sts__sliced_look,
        .clock_changed = sliced_clock_changed,
    },
};

const struct sts__service_engine *sts__service_engine_by_name(const char *name)
{
    for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++) {
        if (strcmp(engines[i].name, name) == 0)
            return &engines[i];
    }
    return NULL;
}

const struct sts__service_engine *sts__service_engine_default(void)
{
    return &engines[0];
}
