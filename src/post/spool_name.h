/* SPDX-License-Identifier: MIT */
/*
 * spool_name.h - the name of a service's folder in a spool.
 */
#ifndef STS_POST_SPOOL_NAME_H
#define STS_POST_SPOOL_NAME_H

#include <stddef.h>

#define STS__SPOOL_NAME_BYTES 64

/* sts__spool_name - of what may be read, and a number that tells services and servers apart. */
void sts__spool_name(const char *service, const char *url, char ret_name[STS__SPOOL_NAME_BYTES]);

#endif
