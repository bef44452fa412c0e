/* SPDX-License-Identifier: MIT */
/*
 * credentials.h - the token that a header "Authorization" shows.
 */
#ifndef STS_SERVE_CREDENTIALS_H
#define STS_SERVE_CREDENTIALS_H

#include <statslice/common.h>

#define STS__CREDENTIALS_BYTES 512

/*
 * sts__credentials_token - of "Bearer TOKEN", "ApiKey TOKEN" or "Basic BASE64(anybody:TOKEN)".
 *
 * room:    of STS__CREDENTIALS_BYTES, for what has to be unpacked.
 * Returns: within authorization or room; NULL where it shows none.
 */
const char *sts__credentials_token(const char *authorization, char *room);

#endif
