/* SPDX-License-Identifier: MIT */
/*
 * zone.h - IANA time zones, read from the system's TZif files.
 */
#ifndef STS_BASE_ZONE_H
#define STS_BASE_ZONE_H

#include <statslice/error.h>

struct sts__zone;

#define STS_ZONE_BYTES_MAX      ((size_t)1 << 20) /* of a zone's file */
#define STS_ZONE_NAME_BYTES_MAX ((size_t)255)

/*
 * sts__zone_new - open a zone by its name: "UTC", "Europe/Berlin", "local" for the system's own.
 *
 * Files are looked for in $TZDIR, or in /usr/share/zoneinfo; "UTC" needs none. "local" is what
 * $TZ says (a name, a path, or a POSIX rule), else /etc/localtime, else UTC.
 * Errors: STS_E_USAGE for a name that is no zone, STS_E_FORMAT for a file that is
 *         broken, STS_E_UNSUPPORTED for one that counts leap seconds, STS_E_IO, STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__zone_new(const char *name, struct sts__zone **ret_zone,
                                 struct sts_error *err);
void sts__zone_free(struct sts__zone *zone);

/* sts__zone_name - as it was asked for; of "local" the name behind it where that can be told. */
const char *sts__zone_name(const struct sts__zone *zone);

/* sts__zone_offset_s - seconds east of UTC at a time. */
int32_t sts__zone_offset_s(const struct sts__zone *zone, int64_t time_ns);

/*
 * sts__zone_wall_ns - the first moment at which the zone's clock shows wall_s or later.
 *
 * wall_s:  seconds since 1970-01-01 00:00 as that clock shows it. Where the clock skips it: the
 *          moment of the change; where it comes twice: the earlier one.
 * Returns: 0, STS_E_LIMIT for a time outside of int64 ns.
 */
STS_MUST_CHECK int sts__zone_wall_ns(const struct sts__zone *zone, int64_t wall_s, int64_t *ret_ns);

/* sts__zone_midnight_ns - when a date begins: sts__zone_wall_ns of its 00:00. */
STS_MUST_CHECK int sts__zone_midnight_ns(const struct sts__zone *zone, int64_t year, unsigned month,
                                         unsigned day, int64_t *ret_ns);

#endif
