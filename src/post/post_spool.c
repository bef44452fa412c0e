/* SPDX-License-Identifier: MIT */
/*
 * post_spool.c - see post_spool.h.
 *
 * How: segments, oldest first; the last one that is ours is appended to. Whole segments are dropped
 *      and removed, so that nothing is ever copied.
 */
#include "post/post_spool.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"
#include "post/random.h"
#include "post/segment.h"
#include "post/spool_folder.h"

#define SEGMENT_BYTES_MAX ((uint64_t)1 << 20)
#define SEGMENTS_MIN      8                    /* of a full spool */
#define MEASURE_BYTES     ((uint64_t)64 << 10) /* appended between two looks at the others' files */

struct sts__spool {
    char *path, *name; /* owned */
    size_t n_bytes_max;
    long pid;
    struct sts__spool_folder folder;
    struct sts__segment *first;  /* owned; in order */
    struct sts__segment *active; /* among them; NULL: none yet */
    uint64_t serial;             /* of the next segment */
    uint64_t peeked;             /* the serial of the segment that lines were peeked of; 0: none */
    int64_t name_ns;             /* of the last segment that was made */
    uint64_t n_others_bytes, n_unmeasured_bytes;
    bool is_measured;
    bool in_trouble;
    struct sts_error trouble;
    struct {
        atomic_uint_fast64_t n_lines, n_bytes, n_in_memory, n_adopted, n_dropped;
    } counts;
};

/* --- life --- */

int sts__spool_new(const struct sts__spool_options *options, struct sts__spool **ret_spool,
                   struct sts_error *err)
{
    struct sts__spool *spool = calloc(1, sizeof(*spool));

    if (spool == NULL)
        return sts__fail_nomem(err);
    sts__spool_folder_init(&spool->folder);
    spool->pid = (long)getpid();
    spool->serial = 1;
    spool->n_bytes_max = options->n_bytes_max;
    spool->name = sts__copy_text(options->name, strlen(options->name));
    if (options->path != NULL)
        spool->path = sts__copy_text(options->path, strlen(options->path));
    if (spool->name == NULL || (options->path != NULL && spool->path == NULL)) {
        sts__spool_free(spool);
        return sts__fail_nomem(err);
    }
    *ret_spool = spool;
    return 0;
}

static void remove_file(struct sts__spool *spool, const struct sts__segment *segment)
{
    if (!segment->in_memory)
        (void)unlinkat(spool->folder.own_fd, segment->name, 0);
}

/* Whether the program closed any of the descriptors. */
static bool is_lost(const struct sts__spool *spool)
{
    const struct sts__segment *segment = spool->first;

    while (segment != NULL && !sts__segment_is_lost(segment))
        segment = segment->next;
    return segment != NULL || sts__spool_folder_is_lost(&spool->folder);
}

void sts__spool_free(struct sts__spool *spool)
{
    bool is_ours, is_empty = true;

    if (spool == NULL)
        return;
    is_ours = spool->pid == (long)getpid() && !is_lost(spool);
    while (spool->first != NULL) {
        struct sts__segment *segment = spool->first;

        spool->first = segment->next;
        if (is_ours && segment->n_lines == 0)
            remove_file(spool, segment);
        else if (!segment->in_memory)
            is_empty = false;
        sts__segment_free(segment);
    }
    if (is_ours && is_empty)
        sts__spool_folder_remove_own(&spool->folder);
    sts__spool_folder_close(&spool->folder);
    free(spool->path);
    free(spool->name);
    free(spool);
}

int sts__spool_check(struct sts__spool *spool, struct sts_error *err)
{
    int r = sts__spool_folder_open(&spool->folder, spool->path, spool->name, err);

    return r < 0 ? r : sts__spool_folder_own(&spool->folder, err);
}

/* The first of what goes wrong; the lines are in memory meanwhile. */
static void note_trouble(struct sts__spool *spool, const struct sts_error *reason)
{
    if (!spool->in_trouble)
        spool->trouble = *reason;
    spool->in_trouble = true;
}

bool sts__spool_take_trouble(struct sts__spool *spool, struct sts_error *ret_reason)
{
    bool is_there = spool->in_trouble;

    if (is_there)
        *ret_reason = spool->trouble;
    spool->in_trouble = false;
    return is_there;
}

/* --- the list --- */

/* Lines that come, or (a sign below 0) go. */
static void count(struct sts__spool *spool, const struct sts__segment *segment, uint64_t n_lines,
                  uint64_t n_bytes, int sign)
{
    n_lines = sign < 0 ? 0 - n_lines : n_lines;
    atomic_fetch_add(&spool->counts.n_lines, n_lines);
    atomic_fetch_add(&spool->counts.n_bytes, sign < 0 ? 0 - n_bytes : n_bytes);
    if (segment->in_memory)
        atomic_fetch_add(&spool->counts.n_in_memory, n_lines);
}

/* Names in order are times in order. */
static void insert(struct sts__spool *spool, struct sts__segment *segment)
{
    struct sts__segment **at = &spool->first;

    while (*at != NULL && strcmp((*at)->name, segment->name) <= 0)
        at = &(*at)->next;
    segment->serial = spool->serial++;
    segment->next = *at;
    *at = segment;
}

/* Its file stays. */
static void forget(struct sts__spool *spool, struct sts__segment *segment)
{
    struct sts__segment **at = &spool->first;

    while (*at != segment)
        at = &(*at)->next;
    *at = segment->next;
    if (spool->active == segment)
        spool->active = NULL;
    if (spool->peeked == segment->serial)
        spool->peeked = 0;
    sts__segment_free(segment);
}

static void take_out(struct sts__spool *spool, struct sts__segment *segment)
{
    remove_file(spool, segment);
    forget(spool, segment);
}

static void drop(struct sts__spool *spool, struct sts__segment *segment)
{
    count(spool, segment, segment->n_lines, segment->end - segment->begin, -1);
    atomic_fetch_add(&spool->counts.n_dropped, segment->n_lines);
    take_out(spool, segment);
}

/*
 * Where the program closed descriptors of ours: another folder, which takes over the files of the
 * one that was. What was in memory is lost.
 */
static void mend(struct sts__spool *spool)
{
    struct sts__segment *segment, *next;

    if (!is_lost(spool))
        return;
    for (segment = spool->first; segment != NULL; segment = next) {
        next = segment->next;
        if (segment->in_memory && !sts__segment_is_lost(segment))
            continue;
        count(spool, segment, segment->n_lines, segment->end - segment->begin, -1);
        if (segment->in_memory)
            atomic_fetch_add(&spool->counts.n_dropped, segment->n_lines);
        forget(spool, segment);
    }
    sts__spool_folder_close(&spool->folder);
    sts__spool_folder_init(&spool->folder);
    sts__spool_adopt(spool);
}

/* --- the limit --- */

/* On the disk or in memory, as they lie there. */
static uint64_t bytes_of(const struct sts__spool *spool, bool in_memory)
{
    uint64_t sum = 0;

    for (const struct sts__segment *segment = spool->first; segment != NULL;
         segment = segment->next)
        if (segment->in_memory == in_memory)
            sum += segment->end;
    return sum;
}

/* Returns: false: there is none that can be. */
static bool drop_oldest(struct sts__spool *spool, bool in_memory)
{
    struct sts__segment *segment = spool->first;

    while (segment != NULL && (segment->serial == spool->peeked || segment->in_memory != in_memory))
        segment = segment->next;
    if (segment == NULL)
        return false;
    drop(spool, segment);
    return true;
}

/* The others' files are looked at now and then; a spool may go over its limit by as much. */
static void measure_others(struct sts__spool *spool, size_t len)
{
    spool->n_unmeasured_bytes += len;
    if (spool->is_measured && spool->n_unmeasured_bytes < MEASURE_BYTES)
        return;
    spool->n_others_bytes = sts__spool_folder_bytes_of_others(&spool->folder);
    spool->n_unmeasured_bytes = 0;
    spool->is_measured = true;
}

static int fail_full(const struct sts__spool *spool, struct sts_error *err)
{
    return sts__fail(err, STS_E_LIMIT, "the spool is full: %zu bytes", spool->n_bytes_max);
}

static int make_room_on_disk(struct sts__spool *spool, size_t len, struct sts_error *err)
{
    measure_others(spool, len);
    while (bytes_of(spool, false) + spool->n_others_bytes + len > spool->n_bytes_max) {
        if (!drop_oldest(spool, false))
            return fail_full(spool, err);
    }
    return 0;
}

static int make_room_in_memory(struct sts__spool *spool, size_t len, struct sts_error *err)
{
    size_t max = spool->n_bytes_max < STS__SPOOL_MEMORY_BYTES_MAX ? spool->n_bytes_max
                                                                  : STS__SPOOL_MEMORY_BYTES_MAX;

    while (bytes_of(spool, true) + len > max) {
        if (!drop_oldest(spool, true))
            return fail_full(spool, err);
    }
    return 0;
}

/* --- appending --- */

static bool has_room(const struct sts__spool *spool, size_t len)
{
    uint64_t max = spool->n_bytes_max / SEGMENTS_MIN;

    if (max > SEGMENT_BYTES_MAX)
        max = SEGMENT_BYTES_MAX;
    return spool->active->end == 0 || spool->active->end + len <= max;
}

static int begin_segment(struct sts__spool *spool, bool in_memory, struct sts_error *err)
{
    int64_t now_ns = sts__clock_wall_ns();
    int r;

    if (now_ns <= spool->name_ns)
        now_ns = spool->name_ns + 1; /* the clock was set back */
    r = sts__segment_create(in_memory ? -1 : spool->folder.own_fd, now_ns,
                            (uint32_t)sts__random_u64(), &spool->active, err);
    if (r < 0) {
        spool->active = NULL;
        return r;
    }
    spool->name_ns = now_ns;
    insert(spool, spool->active);
    return 0;
}

static int append_to(struct sts__spool *spool, bool in_memory, const char *line, size_t len,
                     struct sts_error *err)
{
    int r = in_memory ? make_room_in_memory(spool, len, err) : make_room_on_disk(spool, len, err);

    if (r == 0 &&
        (spool->active == NULL || !has_room(spool, len) || spool->active->in_memory != in_memory))
        r = begin_segment(spool, in_memory, err);
    if (r == 0)
        r = sts__segment_append(spool->active, line, len, err);
    if (r < 0)
        return r;
    count(spool, spool->active, 1, len, 1);
    return 0;
}

int sts__spool_append(struct sts__spool *spool, const char *line, size_t len, struct sts_error *err)
{
    struct sts_error reason = { 0 };
    int r;

    mend(spool);
    r = sts__spool_check(spool, &reason);
    if (r == 0)
        r = append_to(spool, false, line, len, &reason);
    if (r == STS_E_LIMIT && err != NULL)
        *err = reason;
    if (r == 0 || r == STS_E_LIMIT)
        return r;
    note_trouble(spool, &reason);
    return append_to(spool, true, line, len, err);
}

/* --- adopting --- */

static void adopt_file(void *context, const char *name)
{
    struct sts__spool *spool = context;
    struct sts__segment *segment;
    struct sts_error reason = { 0 };

    if (sts__segment_open(spool->folder.own_fd, name, &segment, &reason) < 0) {
        note_trouble(spool, &reason);
        return;
    }
    insert(spool, segment);
    count(spool, segment, segment->n_lines, segment->end, 1);
    atomic_fetch_add(&spool->counts.n_adopted, segment->n_lines);
    if (segment->n_lines == 0)
        take_out(spool, segment);
}

void sts__spool_adopt(struct sts__spool *spool)
{
    struct sts_error reason = { 0 };
    int r;

    mend(spool);
    r = sts__spool_folder_open(&spool->folder, spool->path, spool->name, &reason);
    if (r == 0)
        r = sts__spool_folder_adopt(&spool->folder, adopt_file, spool, &reason);
    if (r < 0)
        note_trouble(spool, &reason);
    spool->is_measured = false;
}

/* --- reading --- */

int sts__spool_peek(struct sts__spool *spool, size_t n_lines_max, size_t n_bytes_max,
                    struct sts__bytes *ret_bytes, struct sts_error *err)
{
    struct sts__segment *segment;

    mend(spool);
    for (segment = spool->first; segment != NULL; segment = spool->first) {
        struct sts_error reason = { 0 };
        int r;

        while (segment != NULL && segment->n_lines == 0)
            segment = segment->next; /* the active one, waiting for lines */
        if (segment == NULL)
            break;
        r = sts__segment_read(segment, spool->folder.own_fd, n_lines_max, n_bytes_max, ret_bytes,
                              &reason);
        if (r > 0)
            spool->peeked = segment->serial;
        if (r == STS_E_NOMEM && err != NULL)
            *err = reason;
        if (r > 0 || r == STS_E_NOMEM)
            return r;
        note_trouble(spool, &reason);
        drop(spool, segment);
    }
    return 0;
}

/* Done with all of it: it goes, or the next lines begin at its front. */
static void settle(struct sts__spool *spool, struct sts__segment *segment)
{
    struct sts_error reason = { 0 };

    if (segment->n_lines > 0)
        return;
    if (segment == spool->active && sts__segment_empty(segment, &reason) == 0)
        return;
    take_out(spool, segment);
}

void sts__spool_pass(struct sts__spool *spool, size_t n_lines, size_t n_bytes)
{
    struct sts__segment *segment;

    mend(spool);
    segment = spool->first;
    while (segment != NULL && segment->serial != spool->peeked)
        segment = segment->next;
    spool->peeked = 0;
    if (segment == NULL)
        return;
    sts__segment_pass(segment, n_lines, n_bytes);
    count(spool, segment, n_lines, n_bytes, -1);
    settle(spool, segment);
}

void sts__spool_unpeek(struct sts__spool *spool)
{
    spool->peeked = 0;
}

void sts__spool_counts(struct sts__spool *spool, struct sts__spool_counts *ret_counts)
{
    ret_counts->n_lines = atomic_load(&spool->counts.n_lines);
    ret_counts->n_bytes = atomic_load(&spool->counts.n_bytes);
    ret_counts->n_lines_in_memory = atomic_load(&spool->counts.n_in_memory);
    ret_counts->n_adopted = atomic_load(&spool->counts.n_adopted);
    ret_counts->n_dropped = atomic_load(&spool->counts.n_dropped);
}
