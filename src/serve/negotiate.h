/* SPDX-License-Identifier: MIT */
/*
 * negotiate.h - how an answer is compressed, and whether the client has it already.
 *
 * Source: RFC 9110, 8.8.3, 12.5.3 and 13.1.2.
 */
#ifndef STS_SERVE_NEGOTIATE_H
#define STS_SERVE_NEGOTIATE_H

#include <statslice/common.h>

/*
 * sts__negotiate_encoding - "zstd", "gzip", or NULL for neither, by Accept-Encoding.
 *
 * accept: the header's value, or NULL. What the client prefers; zstd of two that it likes the same.
 */
const char *sts__negotiate_encoding(const char *accept);

/* sts__negotiate_takes - whether a coding may be sent at all. accept: as above. */
bool sts__negotiate_takes(const char *accept, const char *coding);

/* sts__etag_matches - whether If-None-Match names an entity tag, weak or not. */
bool sts__etag_matches(const char *if_none_match, const char *etag);

#endif
