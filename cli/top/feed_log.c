/* SPDX-License-Identifier: MIT */
/*
 * feed_log.c - a log that is appended to, truncated, or replaced by the next one.
 *
 * In:   the file, from where the last refresh ended; spans alone.
 * Out:  an index: pieces of the file, each with the time that its profiles reach over. Profiles of
 *       the pieces that the window touches are held from one answer to the next.
 * Why:  a refresh costs what was appended, an answer what the window holds, and memory does not
 *       grow with the log.
 * Not:  compressed logs (feed_file.c), since nobody can begin in the middle of them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <statslice/format.h>
#include <statslice/profile.h>

#include "cli/report.h"
#include "cli/top/feed.h"

#define READ_BYTES      ((size_t)1 << 20)
#define PIECE_BYTES_MAX ((size_t)1 << 20) /* a piece that reached it grows no more */
#define HELD_ROWS_MAX                                                                              \
    ((size_t)1 << 21)          /* functions' rows of profiles that are held; about 200 MB */
#define FILES_MAX ((size_t)16) /* a log and those that it replaced */

struct piece {
    size_t file; /* in files */
    off_t begin; /* in that file */
    size_t len;
    struct top_facts facts;
    struct sts_profile **profiles; /* held; owned */
    size_t profile_count, profile_cap;
    size_t held_len; /* bytes of it whose profiles are held */
    size_t row_count;
};

struct log {
    int files[FILES_MAX]; /* descriptors; the last one is read on */
    size_t file_count;
    off_t done; /* bytes of the last file that were read */
    struct piece *pieces;
    size_t piece_count, piece_cap;
    char *bytes; /* read last; owned */
    size_t byte_cap;
    struct sts_symbols *symbols; /* of all profiles that are held */
    struct sts_profile *scratch;
    size_t held_rows;
};

/* --- life --- */

static void let_go(struct log *log, struct piece *piece)
{
    for (size_t i = 0; i < piece->profile_count; i++)
        sts_profile_free(piece->profiles[i]);
    free(piece->profiles);
    log->held_rows -= piece->row_count;
    piece->profiles = NULL;
    piece->profile_count = piece->profile_cap = 0;
    piece->held_len = piece->row_count = 0;
}

static void forget_all(struct log *log)
{
    for (size_t i = 0; i < log->piece_count; i++)
        let_go(log, &log->pieces[i]);
    for (size_t i = 0; i < log->file_count; i++)
        close(log->files[i]);
    log->piece_count = log->file_count = 0;
    log->done = 0;
}

static void close_log(void *self)
{
    struct log *log = self;

    if (log == NULL)
        return;
    forget_all(log);
    free(log->pieces);
    free(log->bytes);
    sts_profile_free(log->scratch);
    sts_symbols_free(log->symbols);
    free(log);
}

/* Whether it is a log that may grow, by its bytes; an empty file may become one. */
static int is_growing_log(const char *path, bool *ret_is, struct sts_error *err)
{
    struct sts_input *input;
    struct stat info;
    int r;

    *ret_is = false;
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode))
        return cli_fail(err, STS_E_USAGE, "\"%.120s\" is no file: top looks at it again and again",
                        path);
    r = sts_input_open(path, NULL, &input, err);
    if (r < 0)
        return r;
    *ret_is = strcmp(sts_input_format(input), "ndjson") == 0 &&
              strcmp(sts_input_compression(input), "none") == 0;
    sts_input_close(input);
    return 0;
}

static int open_log(const char *path, void **ret_self, struct sts_error *err)
{
    struct log *log;
    bool is_log;
    int r = is_growing_log(path, &is_log, err);

    if (r < 0 || !is_log)
        return r;
    log = calloc(1, sizeof(*log));
    if (log == NULL)
        return cli_fail_nomem(err);
    log->symbols = sts_symbols_new();
    log->scratch = sts_profile_new(NULL);
    if (log->symbols == NULL || log->scratch == NULL) {
        close_log(log);
        return cli_fail_nomem(err);
    }
    *ret_self = log;
    return 0;
}

/* --- bytes --- */

static int reserve(struct log *log, size_t len, struct sts_error *err)
{
    char *bytes;

    if (len <= log->byte_cap)
        return 0;
    bytes = realloc(log->bytes, len);
    if (bytes == NULL)
        return cli_fail_nomem(err);
    log->bytes = bytes;
    log->byte_cap = len;
    return 0;
}

/* Returns: 0 with *ret_len bytes, fewer than len at the end of the file. */
static int read_at(struct log *log, size_t file, off_t offset, size_t len, size_t *ret_len,
                   const char *path, struct sts_error *err)
{
    size_t got = 0;
    int r = reserve(log, len, err);

    while (r == 0 && got < len) {
        ssize_t n = pread(log->files[file], log->bytes + got, len - got, offset + (off_t)got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return cli_fail_errno(err, errno, "could not read \"%.120s\"", path);
        if (n == 0)
            break;
        got += (size_t)n;
    }
    *ret_len = got;
    return r;
}

/* --- the index --- */

typedef int (*visit_fn)(void *context, const struct sts_profile *profile, struct sts_error *err);

/* The profiles of whole lines, into scratch one after the other. Bytes that are no log have none.
 */
static int each_profile(struct log *log, size_t len, struct top_feed_state *state, visit_fn visit,
                        void *context, struct sts_error *err)
{
    struct sts_input_options options = STS_INPUT_OPTIONS_INIT;
    struct sts_input *input;
    int r;

    options.spans_only = true;
    r = sts_input_open_memory(log->bytes, len, state->path, &options, &input, err);
    if (r == STS_E_FORMAT)
        return 0;
    if (r < 0)
        return r;
    while ((r = sts_input_next(input, log->scratch, err)) > 0) {
        r = visit(context, log->scratch, err);
        if (r < 0)
            break;
    }
    state->broken_lines += sts_input_counts(input)->lines_broken;
    sts_input_close(input);
    return r;
}

static int note(void *facts, const struct sts_profile *profile, struct sts_error *err)
{
    (void)err;
    top_facts_note(facts, profile);
    return 0;
}

/* The piece that the next bytes belong to: the last one, unless it is full or of another file. */
static int piece_for(struct log *log, struct piece **ret_piece, struct sts_error *err)
{
    struct piece *last = log->piece_count > 0 ? &log->pieces[log->piece_count - 1] : NULL;

    if (last != NULL && last->file == log->file_count - 1 && last->len < PIECE_BYTES_MAX) {
        *ret_piece = last;
        return 0;
    }
    if (log->piece_count == log->piece_cap) {
        size_t cap = log->piece_cap == 0 ? 64 : log->piece_cap * 2;
        struct piece *pieces = realloc(log->pieces, cap * sizeof(*pieces));
        if (pieces == NULL)
            return cli_fail_nomem(err);
        log->pieces = pieces;
        log->piece_cap = cap;
    }
    *ret_piece = &log->pieces[log->piece_count++];
    **ret_piece = (struct piece){ .file = log->file_count - 1, .begin = log->done };
    return 0;
}

/* Takes lines that were read: behind log->done, in log->bytes. */
static int take_lines(struct log *log, size_t len, struct top_feed_state *state,
                      struct sts_error *err)
{
    struct top_facts facts = { .any = false };
    struct piece *piece = NULL;
    int r = each_profile(log, len, state, note, &facts, err);

    if (r == 0)
        r = piece_for(log, &piece, err);
    if (r < 0)
        return r;
    if (facts.any) {
        top_facts_note_span(&piece->facts, facts.first_ns, facts.newest_ns);
        top_facts_note_span(&state->facts, facts.first_ns, facts.newest_ns);
    }
    for (size_t i = 0; i < facts.label_count; i++)
        top_facts_note_label(&state->facts, facts.labels[i]);
    piece->len += len;
    log->done += (off_t)len;
    return 0;
}

/* A line without its end may be all that comes: it is taken where it holds a whole profile. */
static int take_unended(struct log *log, size_t len, struct top_feed_state *state,
                        struct sts_error *err)
{
    struct top_feed_state trial = *state;
    struct top_facts facts = { .any = false };
    int r = each_profile(log, len, &trial, note, &facts, err);

    return r < 0 || !facts.any ? r : take_lines(log, len, state, err);
}

static size_t whole_lines(const char *bytes, size_t len)
{
    while (len > 0 && bytes[len - 1] != '\n')
        len--;
    return len;
}

static int read_on(struct log *log, struct top_feed_state *state, bool *ret_changed,
                   struct sts_error *err)
{
    size_t want = READ_BYTES, len, lines;
    off_t began = log->done;
    int r;

    for (;;) {
        r = read_at(log, log->file_count - 1, log->done, want, &len, state->path, err);
        if (r < 0 || len == 0)
            break;
        lines = whole_lines(log->bytes, len);
        if (lines == 0 && len == want && want < STS_LOG_LINE_BYTES_MAX) {
            want *= 2; /* a line longer than that */
            continue;
        }
        if (lines == 0 && len == want)
            lines = len; /* longer than any line that is read */
        if (lines > 0)
            r = take_lines(log, lines, state, err);
        else
            r = take_unended(log, len, state, err);
        if (r < 0 || lines == 0)
            break;
        want = READ_BYTES;
        if (state->progress != NULL)
            cli_progress_show(state->progress, state->path, (uint64_t)log->done);
    }
    if (log->done != began)
        *ret_changed = true;
    return r;
}

/* --- files --- */

/* A log that was replaced stays open, so that its time can be looked at; but the oldest goes. */
static void make_room(struct log *log)
{
    size_t kept = 0;

    if (log->file_count < FILES_MAX)
        return;
    for (size_t i = 0; i < log->piece_count; i++) {
        if (log->pieces[i].file == 0) {
            let_go(log, &log->pieces[i]);
            continue;
        }
        log->pieces[kept] = log->pieces[i];
        log->pieces[kept++].file--;
    }
    log->piece_count = kept;
    close(log->files[0]);
    memmove(log->files, log->files + 1, (FILES_MAX - 1) * sizeof(*log->files));
    log->file_count--;
}

static int open_next(struct log *log, const char *path, struct sts_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0)
        return cli_fail_errno(err, errno, "could not open \"%.120s\"", path);
    make_room(log);
    log->files[log->file_count++] = fd;
    log->done = 0;
    return 0;
}

/* Returns: 1 where the path is another file than the one that is read. */
static int was_replaced(const struct log *log, const char *path)
{
    struct stat at_path, opened;

    if (stat(path, &at_path) != 0 || fstat(log->files[log->file_count - 1], &opened) != 0)
        return 0;
    return S_ISREG(at_path.st_mode) &&
           (at_path.st_ino != opened.st_ino || at_path.st_dev != opened.st_dev);
}

static bool was_cut(const struct log *log)
{
    struct stat info;

    return fstat(log->files[log->file_count - 1], &info) == 0 && info.st_size < log->done;
}

static int refresh(void *self, struct top_feed_state *state, bool *ret_changed,
                   struct sts_error *err)
{
    struct log *log = self;
    int r = 0;

    if (log->file_count > 0 && was_cut(log)) {
        forget_all(log);
        state->facts = (struct top_facts){ .any = false };
        state->broken_lines = 0;
        *ret_changed = true;
    }
    if (log->file_count == 0)
        r = open_next(log, state->path, err);
    if (r == 0)
        r = read_on(log, state, ret_changed, err);
    if (r == 0 && was_replaced(log, state->path)) {
        r = open_next(log, state->path, err);
        if (r == 0)
            r = read_on(log, state, ret_changed, err);
    }
    return r;
}

/* --- answers --- */

static bool touches(const struct piece *piece, const struct top_span *span)
{
    return piece->facts.any && piece->facts.first_ns <= span->to_ns &&
           piece->facts.newest_ns >= span->from_ns;
}

static int hold(struct piece *piece, struct sts_profile *take_profile, struct sts_error *err)
{
    if (piece->profile_count == piece->profile_cap) {
        size_t cap = piece->profile_cap == 0 ? 8 : piece->profile_cap * 2;
        struct sts_profile **profiles =
            realloc(piece->profiles, cap * sizeof(struct sts_profile *));
        if (profiles == NULL) {
            sts_profile_free(take_profile);
            return cli_fail_nomem(err);
        }
        piece->profiles = profiles;
        piece->profile_cap = cap;
    }
    piece->profiles[piece->profile_count++] = take_profile;
    return 0;
}

static int hold_next(struct log *log, struct piece *piece, struct sts_input *input,
                     struct sts_error *err)
{
    struct sts_profile *profile = sts_profile_new(log->symbols);
    size_t rows;
    int r;

    if (profile == NULL)
        return cli_fail_nomem(err);
    r = sts_input_next(input, profile, err);
    if (r <= 0) {
        sts_profile_free(profile);
        return r;
    }
    rows = sts_profile_function_count(profile) + sts_profile_edge_count(profile);
    r = hold(piece, profile, err);
    if (r < 0)
        return r;
    piece->row_count += rows;
    log->held_rows += rows;
    return 1;
}

/* Reads what of a piece is not held yet. */
static int load(struct log *log, struct piece *piece, const char *path, struct sts_error *err)
{
    size_t len = piece->len - piece->held_len, got;
    struct sts_input *input;
    int r;

    if (len == 0)
        return 0;
    r = read_at(log, piece->file, piece->begin + (off_t)piece->held_len, len, &got, path, err);
    if (r < 0)
        return r;
    r = sts_input_open_memory(log->bytes, got, path, NULL, &input, err);
    if (r == 0) {
        do
            r = hold_next(log, piece, input, err);
        while (r > 0);
        sts_input_close(input);
    }
    if (r < 0 && r != STS_E_FORMAT)
        return r;
    piece->held_len = piece->len;
    return 0;
}

static int add_piece(struct log *log, struct piece *piece, const char *path,
                     const struct top_queries *queries, struct sts_error *err)
{
    int r = load(log, piece, path, err);

    for (size_t i = 0; i < piece->profile_count && r >= 0; i++)
        r = top_queries_add(queries, piece->profiles[i], err);
    if (log->held_rows > HELD_ROWS_MAX)
        let_go(log, piece);
    return r;
}

static int add(void *self, const struct top_feed_state *state, const struct top_span *span,
               const struct top_queries *queries, struct sts_error *err)
{
    struct log *log = self;
    int r = 0;

    for (size_t i = 0; i < log->piece_count; i++)
        if (!touches(&log->pieces[i], span))
            let_go(log, &log->pieces[i]);
    for (size_t i = 0; i < log->piece_count && r >= 0; i++)
        if (touches(&log->pieces[i], span))
            r = add_piece(log, &log->pieces[i], state->path, queries, err);
    return r;
}

static const struct top_feed_kind kind = { refresh, add, close_log };
const struct top_feed_opener top_feed_log = { &kind, open_log };
