/* SPDX-License-Identifier: MIT */
/*
 * input.c - whatever holds profiles: told from its first bytes, read one profile at a time.
 *
 * In:   a file, standard input or memory; a pstats file, a log, plain or compressed; a store.
 * Out:  profiles, and counts of what was read and passed over.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <statslice/format.h>
#include <statslice/profile.h>
#include <statslice/scan.h>
#include <statslice/store.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/fail.h"
#include "format/compress.h"
#include "format/lines.h"
#include "format/log_read.h"
#include "format/pstats.h"
#include "format/source.h"

#define SNIFF_BYTES 64 /* enough to tell a pstats file, or text from anything else */
#define READ_BYTES  ((size_t)1 << 18)

struct input_format {
    const char *name;
    bool (*sniff)(const uint8_t *data, size_t len);
    int (*next)(struct sts_input *input, struct sts_profile *profile, struct sts_error *err);
};

struct sts_input {
    const struct input_format *format;
    const struct sts__compression *compression; /* NULL: none */
    struct sts__source *stored;                 /* the bytes as they are stored */
    struct sts__source *plain; /* what they hold; the same where nothing is compressed */
    struct sts_input_options options;
    struct sts_input_counts counts;
    struct sts__lines lines;
    struct sts__log_reader log;
    bool ended;                      /* of a pstats file: it was read */
    struct sts_store *store;         /* instead of all sources; NULL */
    struct sts_store_reader *reader; /* from the first profile on */
};

/* --- pstats --- */

static int read_all(struct sts_input *input, struct sts__bytes *bytes, struct sts_error *err)
{
    int64_t got;

    do {
        char *at = sts__bytes_reserve(
            bytes, READ_BYTES < bytes->max - bytes->len ? READ_BYTES : bytes->max - bytes->len + 1);
        if (at == NULL)
            return sts__bytes_check(bytes, sts__source_name(input->plain), err);
        got = sts__source_read(input->plain, at, READ_BYTES, err);
        if (got < 0)
            return (int)got;
        bytes->len += (size_t)got;
    } while (got > 0);
    return 0;
}

static int next_pstats(struct sts_input *input, struct sts_profile *profile, struct sts_error *err)
{
    struct sts__bytes bytes;
    int64_t modified_ns;
    int r;

    sts_profile_clear(profile);
    if (input->ended)
        return 0;
    input->ended = true;
    sts__bytes_init(&bytes, STS_PSTATS_BYTES_MAX);
    r = read_all(input, &bytes, err);
    if (r == 0)
        r = sts__pstats_decode((const uint8_t *)bytes.data, bytes.len,
                               sts__source_name(input->plain), profile, err);
    sts__bytes_deinit(&bytes);
    if (r < 0)
        return r;
    /* what comes out of a pipe was dumped just now */
    modified_ns = sts__source_modified_ns(input->stored);
    sts__pstats_describe(profile, modified_ns != 0 ? modified_ns : sts__clock_wall_ns());
    return 1;
}

/* --- logs --- */

/* Of the first bytes of a log, fewer than one in so many are those that only binary files have. */
#define STS__BYTES_PER_CONTROL 16

static bool is_control(uint8_t byte)
{
    return byte < 0x07 || (byte > 0x0D && byte < 0x1B) || (byte > 0x1B && byte < 0x20);
}

/*
 * Text in any encoding that has ASCII in it. Some programs log bytes as they come, and a log that
 * was cut while it was written has a hole of NULs: neither makes it binary.
 */
static bool sniff_text(const uint8_t *data, size_t len)
{
    size_t controls = 0, all = 0;

    for (size_t i = 0; i < len; i++) {
        if (data[i] == 0 && (i == 0 || data[i - 1] == 0))
            continue;
        controls += is_control(data[i]);
        all++;
    }
    return controls == 0 || controls < all / STS__BYTES_PER_CONTROL;
}

/* A line that looks like a profile and is not one. Returns: 0 to go on. */
static int refuse_line(struct sts_input *input, const struct sts_error *reason,
                       struct sts_error *err)
{
    struct sts_error whole = *reason;

    sts__fail_prefix(&whole, "line %" PRIu64, input->lines.number);
    input->counts.lines_broken++;
    if (input->counts.first_broken[0] == '\0')
        memcpy(input->counts.first_broken, whole.text, sizeof(input->counts.first_broken));
    if (!input->options.strict)
        return 0;
    sts__fail_prefix(&whole, "\"%s\"", sts__source_name(input->plain));
    if (err != NULL)
        *err = whole;
    return STS_E_FORMAT;
}

static int read_line(struct sts_input *input, const struct sts__line *line,
                     struct sts_profile *profile, struct sts_error *err)
{
    struct sts_error reason;
    int r;

    if (line->too_long) {
        sts__fail(&reason, STS_E_FORMAT, "longer than %zu bytes", STS_LOG_LINE_BYTES_MAX);
        return refuse_line(input, &reason, err);
    }
    r = sts__log_read_line(&input->log, line->text, line->len, profile, &reason);
    if (r == STS_E_FORMAT)
        return refuse_line(input, &reason, err);
    if (r == STS_E_NOMEM)
        return sts__fail_nomem(err);
    if (r < 0 && err != NULL) {
        *err = reason;
        sts__fail_prefix(err, "\"%s\": line %" PRIu64, sts__source_name(input->plain),
                         input->lines.number);
    }
    if (r == 0)
        input->counts.lines_passed++;
    return r;
}

static int next_in_log(struct sts_input *input, struct sts_profile *profile, struct sts_error *err)
{
    struct sts__line line;
    int r;

    for (;;) {
        r = sts__lines_next(&input->lines, &line, err);
        if (r <= 0) {
            sts_profile_clear(profile);
            return r;
        }
        input->counts.lines++;
        r = read_line(input, &line, profile, err);
        if (r != 0)
            return r;
    }
}

/* --- stores --- */

static int next_in_store(struct sts_input *input, struct sts_profile *profile,
                         struct sts_error *err)
{
    struct sts_each each = STS_EACH_INIT;
    int r = 0;

    each.spans_only = input->options.spans_only;
    if (input->reader == NULL)
        r = sts_store_reader_open(input->store, &each, &input->reader, err);
    if (r == 0)
        r = sts_store_reader_next(input->reader, profile, err);
    if (r == 0)
        input->counts.bytes = input->counts.bytes_total;
    return r;
}

static const struct input_format store_format = { "store", NULL, next_in_store };

static int open_store(const char *path, const struct sts_input_options *options,
                      struct sts_input **ret_input, struct sts_error *err)
{
    struct sts_input *input = calloc(1, sizeof(*input));
    struct stat info;
    int r;

    if (input == NULL)
        return sts__fail_nomem(err);
    if (options != NULL)
        input->options = *options;
    input->format = &store_format;
    if (stat(path, &info) == 0)
        input->counts.bytes_total = (uint64_t)info.st_size;
    r = sts_store_open(path, NULL, &input->store, err);
    if (r < 0) {
        sts_input_close(input);
        return r;
    }
    *ret_input = input;
    return 0;
}

struct sts_store *sts_input_store(const struct sts_input *input)
{
    return input->reader == NULL ? input->store : NULL;
}

/* --- all --- */

/* Asked in this order. */
static const struct input_format formats[] = {
    { "pstats", sts__pstats_sniff, next_pstats },
    { "ndjson", sniff_text, next_in_log },
};

static int open_compression(struct sts_input *input, struct sts_error *err)
{
    const uint8_t *head;
    size_t len;
    int r = sts__source_peek(input->stored, STS__SNIFF_BYTES, &head, &len, err);

    if (r < 0)
        return r;
    for (size_t i = 0; sts__compressions[i] != NULL; i++) {
        if (!sts__compressions[i]->sniff(head, len))
            continue;
        input->compression = sts__compressions[i];
        return input->compression->open_source(input->stored, &input->plain, err);
    }
    input->plain = input->stored;
    return 0;
}

static int tell_format(struct sts_input *input, struct sts_error *err)
{
    const uint8_t *head;
    size_t len;
    int r = sts__source_peek(input->plain, SNIFF_BYTES, &head, &len, err);

    if (r < 0)
        return r;
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]) && input->format == NULL; i++)
        if (formats[i].sniff(head, len))
            input->format = &formats[i];
    if (input->format == NULL)
        return sts__fail(err, STS_E_FORMAT, "\"%s\" is neither a pstats file nor a log",
                         sts__source_name(input->plain));
    return 0;
}

static int open_source(struct sts__source *take_source, const struct sts_input_options *options,
                       struct sts_input **ret_input, struct sts_error *err)
{
    struct sts_input *input = calloc(1, sizeof(*input));
    int r;

    if (input == NULL) {
        sts__source_close(take_source);
        return sts__fail_nomem(err);
    }
    if (options != NULL)
        input->options = *options;
    input->stored = take_source;
    input->counts.bytes_total = sts__source_bytes_total(take_source);
    r = open_compression(input, err);
    if (r == 0)
        r = tell_format(input, err);
    sts__lines_init(&input->lines, input->plain, STS_LOG_LINE_BYTES_MAX);
    sts__log_reader_init(&input->log, input->options.spans_only);
    if (r < 0) {
        sts_input_close(input);
        return r;
    }
    *ret_input = input;
    return 0;
}

int sts_input_open(const char *path, const struct sts_input_options *options,
                   struct sts_input **ret_input, struct sts_error *err)
{
    struct sts__source *source;
    int r;

    if (strcmp(path, "-") != 0 && sts_store_is(path))
        return open_store(path, options, ret_input, err);
    r = sts__source_open_file(path, &source, err);
    return r < 0 ? r : open_source(source, options, ret_input, err);
}

int sts_input_open_memory(const void *data, size_t len, const char *name,
                          const struct sts_input_options *options, struct sts_input **ret_input,
                          struct sts_error *err)
{
    struct sts__source *source;
    int r = sts__source_open_memory(data, len, name, &source, err);

    return r < 0 ? r : open_source(source, options, ret_input, err);
}

int sts_input_next(struct sts_input *input, struct sts_profile *profile, struct sts_error *err)
{
    int r = input->format->next(input, profile, err);

    if (input->stored != NULL)
        input->counts.bytes = sts__source_bytes_read(input->stored);
    if (r == 1)
        input->counts.profiles++;
    return r;
}

const struct sts_input_counts *sts_input_counts(const struct sts_input *input)
{
    return &input->counts;
}

const char *sts_input_format(const struct sts_input *input)
{
    return input->format->name;
}

const char *sts_input_compression(const struct sts_input *input)
{
    return input->compression == NULL ? "none" : input->compression->name;
}

void sts_input_close(struct sts_input *input)
{
    if (input == NULL)
        return;
    sts_store_reader_close(input->reader);
    sts_store_close(input->store);
    sts__log_reader_deinit(&input->log);
    sts__lines_deinit(&input->lines);
    if (input->plain != input->stored)
        sts__source_close(input->plain);
    sts__source_close(input->stored);
    free(input);
}
