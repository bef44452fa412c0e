/* SPDX-License-Identifier: MIT */
/*
 * zone.h - IANA time zones, read from the system's TZif files.
 */
#ifndef STS_BASE_ZONE_H
#define STS_BASE_ZONE_H

#include <statslice/error.h>

struct sts__zone;
struct sts__civil;

/*
 * sts__zone_new - open a zone by its name: "UTC", "Europe/Berlin", "local" for the system's own.
 *
 * Errors: STS_E_USAGE for a name that is no zone, STS_E_FORMAT for a file that is
 *         broken, STS_E_IO, STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__zone_new(const char *name, struct sts__zone **ret_zone,
                                 struct sts_error *err);
void sts__zone_free(struct sts__zone *zone);
const char *sts__zone_name(const struct sts__zone *zone);

/* sts__zone_offset_s - seconds east of UTC at a time. */
int32_t sts__zone_offset_s(const struct sts__zone *zone, int64_t time_ns);

/*
 * sts__zone_midnight_ns - when a date begins: 00:00, or the first moment after it
 * where a change of the clock skips that hour; the earlier one where it comes twice.
 *
 * Returns: 0, STS_E_LIMIT for a date outside of int64 ns.
 */
STS_MUST_CHECK int sts__zone_midnight_ns(const struct sts__zone *zone, int64_t year, unsigned month,
                                         unsigned day, int64_t *ret_ns);

#endif
