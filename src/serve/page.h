/* SPDX-License-Identifier: MIT */
/*
 * page.h - the page and its files.
 */
#ifndef STS_SERVE_PAGE_H
#define STS_SERVE_PAGE_H

struct sts__desk;
struct sts__exchange;

/* sts__page - GET / and /assets/...: out of the program itself. */
int sts__page(struct sts__desk *desk, struct sts__exchange *exchange);

#endif
