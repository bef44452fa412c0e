/* SPDX-License-Identifier: MIT */
/*
 * log_fields.h - the fields of one object of a log that may be a profile.
 */
#ifndef STS_FORMAT_LOG_FIELDS_H
#define STS_FORMAT_LOG_FIELDS_H

#include "format/json_read.h"
#include "format/log_read.h"

/* What a line has told so far. */
enum sts__has {
    STS__HAS_VERSION = 1 << 0,
    STS__HAS_BEGIN = 1 << 1,
    STS__HAS_END = 1 << 2,
    STS__HAS_TIME = 1 << 3,
    STS__HAS_TOTAL = 1 << 4,
    STS__HAS_LABELS = 1 << 5,
    STS__HAS_ROWS = 1 << 6,
};

#define STS__HAS_SPAN (STS__HAS_BEGIN | STS__HAS_END)

struct sts__log_record {
    struct sts__log_reader *reader;
    struct sts__json json;
    struct sts__json
        refused; /* the first object that was tried in vain; its reason is NULL: none */
    struct sts_profile *profile;
    struct sts_error *err; /* the caller's, for failures that are not the line's */
    unsigned has;
    int64_t begin_ns, end_ns;  /* our own shape */
    int64_t time_ns, total_ns; /* the article's */
    unsigned time_depth;       /* of the object that the time stands in */
    bool time_is_shippers;     /* it stood under the name that shippers of logs give */
    bool stopped;              /* all that was asked for is known; the rest is unread */
};

/*
 * sts__log_read_object - one object, with the profile's rows and what is told about it.
 *
 * descend: look for the rows in objects of fields that are not known, too.
 * A broken object is a failure of record->json and not of the call.   Errors: as
 * sts__log_rows_read.
 */
STS_MUST_CHECK int sts__log_read_object(struct sts__log_record *record, bool descend);

#endif
