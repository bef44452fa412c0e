/* SPDX-License-Identifier: MIT */
/*
 * code.h - the functions that were called: one record a live code object.
 *
 * In:   a code object's address, its names; word of its death.
 * Out:  a record that holds a copy of the names, and no reference to the code object.
 * Why:  a program that makes functions all the time (exec, reloading) must not grow. A
 *       record whose code object has died is taken again by the next code object of the
 *       same names; else it goes when no figures and no unwritten slice name it.
 */
#ifndef STS_RECORD_CODE_H
#define STS_RECORD_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STS__CODES_MAX ((size_t)1 << 17) /* those over it share one record */

struct sts__arc;

enum sts__code_kind { STS__CODE_PLAIN, STS__CODE_GENERATOR, STS__CODE_COROUTINE };

struct sts__code_names {
    const char *file_name, *name; /* UTF-8, NUL-ended */
    const char *qualname;         /* NULL: the interpreter does not tell it */
    int32_t line_number;
};

struct sts__code {
    const void *key; /* the code object; NULL: it has died; of the shared one: itself */
    struct sts__code_names names;
    enum sts__code_kind kind;
    struct sts__arc *arcs;  /* those to it, of every thread */
    size_t n_arcs;          /* those to it and from it */
    struct sts__code *next; /* in the bucket or the queue it is in */
    uint64_t hash;          /* of the names */
    uint64_t last_serial;   /* in the queue: the newest slice that may name it */
};

struct sts__codes {
    struct sts__code **buckets; /* dead ones with arcs, by their names; n_buckets of them */
    size_t n_buckets, n_dead;
    struct sts__code *oldest_waiting, *newest_waiting; /* dead ones without: wait for slices */
    struct sts__code overflow;
    size_t n_codes;
    uint64_t newest_serial; /* of the slice that is being filled */
};

void sts__codes_init(struct sts__codes *codes);

/* sts__codes_deinit - free the dead ones. Live ones go by sts__code_die. */
void sts__codes_deinit(struct sts__codes *codes);

/*
 * sts__code_born - the record of a code object that was not seen before.
 *
 * Returns: the record for all functions over STS__CODES_MAX, or when out of memory; never NULL.
 * It is not the code object's own then (its key is NULL), and need not be told of its death.
 */
struct sts__code *sts__code_born(struct sts__codes *codes, const void *key,
                                 enum sts__code_kind kind, const struct sts__code_names *names);

/* sts__code_die - its code object is gone. */
void sts__code_die(struct sts__codes *codes, struct sts__code *code);

/* sts__code_hold, sts__code_drop - one arc more, or less, names it. */
void sts__code_hold(struct sts__code *code);
void sts__code_drop(struct sts__codes *codes, struct sts__code *code);

/* sts__codes_sweep - free those that wait for slices up to this one. */
void sts__codes_sweep(struct sts__codes *codes, uint64_t written_serial);

#endif
