/* SPDX-License-Identifier: MIT */
/*
 * tzif.h - time zone files: the changes of a zone's clock, as zic(8) compiles them.
 *
 * Source: RFC 8536, "The Time Zone Information Format (TZif)".
 */
#ifndef STS_BASE_TZIF_H
#define STS_BASE_TZIF_H

#include <statslice/error.h>

#include "base/tzrule.h"

#define STS__TZIF_OFFSET_S_MAX (26 * 3600) /* of UTC, to either side */

struct sts__tzif {
    int64_t *changes_s; /* seconds since 1970 UTC, ascending; owned */
    int32_t *offsets_s; /* east of UTC, from the change of the same index on; owned */
    size_t change_count;
    int32_t first_offset_s; /* before the first change */
    bool has_rule;          /* for times after the last change */
    struct sts__tzrule rule;
};

/*
 * sts__tzif_decode - fill a zeroed tzif from a whole file.
 *
 * name:   of the file, for messages.
 * Errors: STS_E_FORMAT with name and reason, STS_E_UNSUPPORTED for a file that counts leap
 *         seconds, STS_E_NOMEM. tzif is to be deinited also then.
 */
STS_MUST_CHECK int sts__tzif_decode(const uint8_t *data, size_t len, const char *name,
                                    struct sts__tzif *tzif, struct sts_error *err);
void sts__tzif_deinit(struct sts__tzif *tzif);

/* sts__tzif_offset_s - seconds east of UTC, at seconds since 1970 UTC. A zeroed tzif is UTC. */
int32_t sts__tzif_offset_s(const struct sts__tzif *tzif, int64_t time_s);

/* sts__tzif_next - the first change after a time. Returns: false where none follows. */
bool sts__tzif_next(const struct sts__tzif *tzif, int64_t time_s, int64_t *ret_next_s);

#endif
