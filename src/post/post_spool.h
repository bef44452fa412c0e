/* SPDX-License-Identifier: MIT */
/*
 * post_spool.h - lines that wait for a server, on the disk, in order, within a limit.
 *
 * In:   lines, appended; those that other processes of the service have left.
 * Out:  the oldest lines, until they are passed.
 * Why:  a line is on the disk before it is sent, so that the end of the process costs none,
 *       whatever it dies of. One that was sent is sent again when nobody could note it: the other
 *       side stores it once.
 * Not:  what becomes of them (post.h). One thread uses a spool, but for its counts.
 */
#ifndef STS_POST_POST_SPOOL_H
#define STS_POST_POST_SPOOL_H

#include <stdatomic.h>

#include <statslice/error.h>

#define STS__SPOOL_BYTES_MIN        ((size_t)64 << 10)
#define STS__SPOOL_BYTES_MAX        ((size_t)64 << 20) /* by default */
#define STS__SPOOL_MEMORY_BYTES_MAX ((size_t)8 << 20)  /* where there is no disk to write */

struct sts__bytes;

struct sts__spool_options {
    const char *path;   /* of a folder; NULL: below /var/tmp */
    const char *name;   /* of the service's folder in it */
    size_t n_bytes_max; /* of all processes of the service */
};

struct sts__spool_counts {
    uint64_t n_lines, n_bytes; /* that wait */
    uint64_t n_lines_in_memory;
    uint64_t n_adopted, n_dropped;
};

struct sts__spool;

/* sts__spool_new - nothing is made on the disk yet; texts are copied. Errors: STS_E_NOMEM. */
STS_MUST_CHECK int sts__spool_new(const struct sts__spool_options *options,
                                  struct sts__spool **ret_spool, struct sts_error *err);

/*
 * sts__spool_free - what waits on the disk stays there. NULL is fine.
 *
 * In a forked child it is let go: the files are the parent's.
 */
void sts__spool_free(struct sts__spool *spool);

/* sts__spool_check - whether the folder can be written. Errors: STS_E_IO. */
STS_MUST_CHECK int sts__spool_check(struct sts__spool *spool, struct sts_error *err);

/*
 * sts__spool_append - a line. The oldest ones make room where the limit is reached.
 *
 * Errors: STS_E_IO, STS_E_NOMEM; STS_E_LIMIT: it is longer than the limit.
 */
STS_MUST_CHECK int sts__spool_append(struct sts__spool *spool, const char *line, size_t len,
                                     struct sts_error *err);

/* sts__spool_adopt - the lines of processes that have ended, in their order. */
void sts__spool_adopt(struct sts__spool *spool);

/*
 * sts__spool_peek - the oldest lines, at least one; they are not dropped until they are passed or
 *                   sts__spool_unpeek.
 *
 * Returns: how many; 0: there is none; STS_E_NOMEM. Lines that cannot be read are dropped.
 */
STS_MUST_CHECK int sts__spool_peek(struct sts__spool *spool, size_t n_lines_max, size_t n_bytes_max,
                                   struct sts__bytes *ret_bytes, struct sts_error *err);
void sts__spool_pass(struct sts__spool *spool, size_t n_lines, size_t n_bytes);
void sts__spool_unpeek(struct sts__spool *spool);

/* sts__spool_take_trouble - what went wrong with the disk since the last call. False: nothing. */
bool sts__spool_take_trouble(struct sts__spool *spool, struct sts_error *ret_reason);

/* sts__spool_counts - any thread. */
void sts__spool_counts(struct sts__spool *spool, struct sts__spool_counts *ret_counts);

#endif
