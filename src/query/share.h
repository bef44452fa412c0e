/* SPDX-License-Identifier: MIT */
/*
 * share.h - the part of a profile's figures that falls into a part of its span.
 */
#ifndef STS_QUERY_SHARE_H
#define STS_QUERY_SHARE_H

#include <statslice/profile.h>

struct sts__range;

/* A part of a span, as distances from the span's begin; the span is not empty. */
struct sts__share {
    uint64_t span_ns, begin_ns, end_ns;
};

/* sts__share_make - part lies within the span. */
struct sts__share sts__share_make(const struct sts__range *span, const struct sts__range *part);

/* sts__share_is_whole - whether the part is all of the span. */
bool sts__share_is_whole(const struct sts__share *share);

/*
 * sts__share_of - a figure's part, in proportion to time.
 *
 * The parts of adjacent parts add up to that of both, and those of the whole span to the figure.
 * sts__share_figures, sts__share_coro: of each figure alone.
 */
int64_t sts__share_of(const struct sts__share *share, int64_t value);
struct sts_figures sts__share_figures(const struct sts__share *share,
                                      const struct sts_figures *figures);
struct sts_coro sts__share_coro(const struct sts__share *share, const struct sts_coro *coro);

#endif
