/* SPDX-License-Identifier: MIT */
/*
 * error.h - how a call says that it failed, and why.
 *
 * A call that can fail returns an int: 0 or more is success, below 0 is one of
 * enum sts_status. Its last parameter, where the caller wants the reason, is a
 * struct sts_error; it may be NULL and is left untouched on success.
 */
#ifndef STATSLICE_ERROR_H
#define STATSLICE_ERROR_H

#include <statslice/common.h>

/* code, name, what it means in general */
#define STS_STATUS_MAP(X)                                                                          \
    X(STS_E_NOMEM, -1, "out of memory")                                                            \
    X(STS_E_IO, -2, "a file, pipe or device failed")                                               \
    X(STS_E_FORMAT, -3, "input is not what it should be")                                          \
    X(STS_E_LIMIT, -4, "input is larger than a named limit")                                       \
    X(STS_E_USAGE, -5, "an option or its value is wrong")                                          \
    X(STS_E_NOTFOUND, -6, "there is no such thing")                                                \
    X(STS_E_UNSUPPORTED, -7, "this build or this input cannot do that")                            \
    X(STS_E_CANCELLED, -8, "the caller's callback asked to stop")

enum sts_status {
    STS_OK = 0,
#define STS_STATUS_ENUM(name, value, text) name = value,
    STS_STATUS_MAP(STS_STATUS_ENUM)
#undef STS_STATUS_ENUM
};

struct sts_error {
    enum sts_status status;
    int sys_errno;  /* errno at the failing call, else 0 */
    char text[240]; /* lower case, no full stop; no allocation: out-of-memory can be told too */
};

/*
 * sts_status_text - what a status means in general, for a caller without a struct sts_error.
 *
 * Returns: a static text; "success" for 0 and above, "unknown status" for a value not listed.
 */
STS_API const char *sts_status_text(int status);

#endif
