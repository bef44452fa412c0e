/* SPDX-License-Identifier: MIT */
/*
 * share.c - the part of a profile's figures that falls into a part of its span.
 *
 * In:   a part of a span, a figure.
 * Out:  the figure's part.
 * Why:  what a figure has come to by a moment is rounded once, half up, and a part is the
 *       difference of two such figures. So parts that touch add up, wherever they are cut. Across
 *       one edge that is the largest remainder, as slices are cut (slice.c). Largest remainders
 *       of a part inside of the span would depend on what lies before and behind it, and
 *       parts that touch would not add up.
 */
#include "query/share.h"

#include "base/num.h"
#include "query/query.h"

struct sts__share sts__share_make(const struct sts__range *span, const struct sts__range *part)
{
    uint64_t begin_ns = (uint64_t)span->begin_ns;

    return (struct sts__share){
        .span_ns = (uint64_t)span->end_ns - begin_ns,
        .begin_ns = (uint64_t)part->begin_ns - begin_ns,
        .end_ns = (uint64_t)part->end_ns - begin_ns,
    };
}

bool sts__share_is_whole(const struct sts__share *share)
{
    return share->begin_ns == 0 && share->end_ns == share->span_ns;
}

/* What a figure has come to so far into its span. */
static uint64_t by_then(uint64_t whole, uint64_t then_ns, uint64_t span_ns)
{
    uint64_t rest, part = sts__num_muldiv(whole, then_ns, span_ns, &rest);

    return part + (rest > 0 && rest >= span_ns - rest);
}

int64_t sts__share_of(const struct sts__share *share, int64_t value)
{
    uint64_t whole = value < 0 ? UINT64_C(0) - (uint64_t)value : (uint64_t)value;
    uint64_t part = by_then(whole, share->end_ns, share->span_ns) -
                    by_then(whole, share->begin_ns, share->span_ns);

    return value < 0 ? (int64_t)(UINT64_C(0) - part) : (int64_t)part;
}

struct sts_figures sts__share_figures(const struct sts__share *share,
                                      const struct sts_figures *figures)
{
    struct sts_figures part = {
        .ncalls = (uint64_t)sts__share_of(share, (int64_t)figures->ncalls),
        .pcalls = (uint64_t)sts__share_of(share, (int64_t)figures->pcalls),
        .tottime_ns = sts__share_of(share, figures->tottime_ns),
        .cumtime_ns = sts__share_of(share, figures->cumtime_ns),
    };

    /* At one end of a span the smaller figure rounds to no more than the larger one. Inside of it a
     * recursive function's one call more could be called back into a part without any call. */
    if (part.pcalls > part.ncalls && figures->pcalls <= figures->ncalls)
        part.pcalls = part.ncalls;
    return part;
}

struct sts_coro sts__share_coro(const struct sts__share *share, const struct sts_coro *coro)
{
    return (struct sts_coro){
        .n_resumes = (uint64_t)sts__share_of(share, (int64_t)coro->n_resumes),
        .awaittime_ns = sts__share_of(share, coro->awaittime_ns),
    };
}
