/* SPDX-License-Identifier: MIT */
/*
 * chunk_form.c - which figure stands in which part, and of which rows.
 */
#include "store/chunk_form.h"

#include "store/load.h"

static int64_t ncalls(const struct sts_figures *figures, const struct sts_coro *coro)
{
    (void)coro;
    return sts__as_signed(figures->ncalls);
}

static int64_t recursed(const struct sts_figures *figures, const struct sts_coro *coro)
{
    (void)coro;
    return sts__as_signed(figures->ncalls - figures->pcalls);
}

static int64_t tottime(const struct sts_figures *figures, const struct sts_coro *coro)
{
    (void)coro;
    return figures->tottime_ns;
}

static int64_t cumtime(const struct sts_figures *figures, const struct sts_coro *coro)
{
    (void)coro;
    return figures->cumtime_ns;
}

static int64_t resumes(const struct sts_figures *figures, const struct sts_coro *coro)
{
    (void)figures;
    return sts__as_signed(coro->n_resumes);
}

static int64_t awaittime(const struct sts_figures *figures, const struct sts_coro *coro)
{
    (void)figures;
    return coro->awaittime_ns;
}

const struct sts__figure_part sts__function_figures[STS__FUNCTION_FIGURES] = {
    { STS__PART_NCALLS, STS__ROWS_ALL, ncalls },
    { STS__PART_RECURSED, STS__ROWS_ALL, recursed },
    { STS__PART_LEAFTIME, STS__ROWS_LEAVES, tottime },
    { STS__PART_TOTTIME, STS__ROWS_OTHERS, tottime },
    { STS__PART_CUMTIME, STS__ROWS_OTHERS, cumtime },
    { STS__PART_RESUMES, STS__ROWS_ALL, resumes },
    { STS__PART_AWAITTIME, STS__ROWS_ALL, awaittime },
};

const struct sts__figure_part sts__edge_figures[STS__EDGE_FIGURES] = {
    { STS__PART_EDGE_NCALLS, STS__ROWS_ALL, ncalls },
    { STS__PART_EDGE_RECURSED, STS__ROWS_ALL, recursed },
    { STS__PART_EDGE_LEAFTIME, STS__ROWS_LEAVES, tottime },
    { STS__PART_EDGE_TOTTIME, STS__ROWS_OTHERS, tottime },
    { STS__PART_EDGE_CUMTIME, STS__ROWS_OTHERS, cumtime },
};

static uint64_t bits_of(double number)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof(bits));
    return bits;
}

int64_t sts__coverage_pack(double coverage)
{
    return sts__as_signed(bits_of(1.0) - bits_of(coverage));
}

bool sts__coverage_unpack(int64_t packed, double *ret_coverage)
{
    uint64_t bits = bits_of(1.0) - (uint64_t)packed;

    memcpy(ret_coverage, &bits, sizeof(bits));
    return *ret_coverage > 0 && *ret_coverage <= 1;
}
