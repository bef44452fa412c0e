/* SPDX-License-Identifier: MIT */
/*
 * pstats.h - the files that CPython's profilers dump: a marshalled dict of functions.
 *
 * Source: docs/formats/pstats.md.
 */
#ifndef STS_FORMAT_PSTATS_H
#define STS_FORMAT_PSTATS_H

#include <statslice/error.h>

struct sts_profile;
struct sts_sink;

/* sts__pstats_sniff - whether the first bytes of a file look like a pstats file. */
bool sts__pstats_sniff(const uint8_t *data, size_t len);

/*
 * sts__pstats_decode - add a whole file's figures to a profile.
 *
 * name:   of the file, for messages.
 * Out:    rows in the file's order behind those that the profile has; its span is left as it is.
 * Errors: STS_E_FORMAT and STS_E_LIMIT with name, offset and reason; STS_E_NOMEM. On failure the
 *         profile may hold a part of the file's figures.
 */
STS_MUST_CHECK int sts__pstats_decode(const uint8_t *data, size_t len, const char *name,
                                      struct sts_profile *profile, struct sts_error *err);

/*
 * sts__pstats_describe - what a decoded profile is about, which its file does not say.
 *
 * The span ends when the file was written and is as long as the functions' own times; the engine
 * is "import".
 */
void sts__pstats_describe(struct sts_profile *profile, int64_t modified_ns);

/*
 * sts__pstats_encode - write a profile as a file that every pstats since 3.8 loads.
 *
 * Functions that differ in their qualname alone are summed; span and labels are not written.
 * Errors: STS_E_NOMEM, STS_E_LIMIT (a line or text that the format cannot hold). A failure of the
 *         sink stays in the sink.
 */
STS_MUST_CHECK int sts__pstats_encode(const struct sts_profile *profile, struct sts_sink *sink,
                                      struct sts_error *err);

#endif
