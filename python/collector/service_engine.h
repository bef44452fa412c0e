/* SPDX-License-Identifier: MIT */
/*
 * service_engine.h - who tells the always-on collector of calls: one of a table.
 */
#ifndef STS_COLLECTOR_SERVICE_ENGINE_H
#define STS_COLLECTOR_SERVICE_ENGINE_H

#include "collector/compat.h"

#include <statslice/profile.h>

/* All of it with the GIL held. The recorder is the caller's: sts__frames_take. */
struct sts__service_engine {
    const char *name; /* as start() is told it */
    enum sts_engine engine;
    bool has_budget; /* it can be switched off and on at little cost */
    /* Calls are told from here on; the recorder has begun. Also in a forked child.
     * Returns: -1 with an exception set. */
    int (*install)(void);
    void (*uninstall)(void);
    void (*look)(void); /* before a cut: what no call tells */
    void (*clock_changed)(void);
};

/* sts__service_engine_by_name - NULL: there is none of that name. */
const struct sts__service_engine *sts__service_engine_by_name(const char *name);

/* sts__service_engine_default - the one that is used when nothing is said. */
const struct sts__service_engine *sts__service_engine_default(void);

#endif
