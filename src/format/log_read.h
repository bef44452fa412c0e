/* SPDX-License-Identifier: MIT */
/*
 * log_read.h - one line of a log to a profile, if it holds one.
 *
 * Source: docs/formats/log.md.
 */
#ifndef STS_FORMAT_LOG_READ_H
#define STS_FORMAT_LOG_READ_H

#include <statslice/profile.h>

#include "base/bytes.h"
#include "format/log_rows.h"

struct sts__log_reader {
    bool spans_only; /* rows may be left unread */
    struct sts__log_rows rows;
    struct sts__bytes embedded[2]; /* texts taken out of texts */
    struct sts__bytes scratch;
};

void sts__log_reader_init(struct sts__log_reader *reader, bool spans_only);
void sts__log_reader_deinit(struct sts__log_reader *reader);

/*
 * sts__log_read_line - look for a profile in one line, which is given without its newline.
 *
 * profile: cleared first; whatever it holds after anything but a 1 is of no use.
 * Returns: 1 with a profile, 0 for a line that is something else.
 * Errors:  STS_E_FORMAT for a line that looks like a profile and is not one, with the reason and
 *          its byte in the line; STS_E_NOMEM; STS_E_LIMIT of the symbols.
 */
STS_MUST_CHECK int sts__log_read_line(struct sts__log_reader *reader, const char *line, size_t len,
                                      struct sts_profile *profile, struct sts_error *err);

#endif
