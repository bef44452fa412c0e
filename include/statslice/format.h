/* SPDX-License-Identifier: MIT */
/*
 * format.h - bytes to profiles and profiles to bytes.
 *
 * An input is opened by path and gives profile after profile; what it is (a
 * pstats file, a log with profile lines, either compressed) is read from its
 * bytes. An output takes profile after profile in one format.
 * Source: docs/formats.md.
 */
#ifndef STATSLICE_FORMAT_H
#define STATSLICE_FORMAT_H

#include <statslice/error.h>

struct sts_input;
struct sts_output;
struct sts_profile;
struct sts_sink;
struct sts_store;

#define STS_PSTATS_BYTES_MAX ((size_t)1 << 30) /* one pstats file, uncompressed */
#define STS_LOG_LINE_BYTES_MAX                                                                     \
    ((size_t)1 << 28) /* one line of a log; a longer one is passed over */

/* --- reading --- */

struct sts_input_options {
    bool spans_only; /* spans and labels are enough: rows may be skipped unread */
    bool strict; /* a profile line that is broken is an error; else it is counted and passed over */
};
#define STS_INPUT_OPTIONS_INIT                                                                     \
    {                                                                                              \
        false, false                                                                               \
    }

struct sts_input_counts {
    uint64_t bytes;         /* read so far, as stored (compressed) */
    uint64_t bytes_total;   /* size of the file; 0 where it is not known (a pipe) */
    uint64_t lines;         /* of a log */
    uint64_t profiles;      /* handed out */
    uint64_t lines_passed;  /* lines that are something else */
    uint64_t lines_broken;  /* lines that look like a profile and are not one */
    char first_broken[240]; /* why the first of them was refused, with its line; "" for none */
};

/*
 * sts_input_open - open a file, "-" for standard input.
 *
 * options: may be NULL.
 * Errors:  STS_E_IO (with sys_errno), STS_E_FORMAT for bytes of no known kind,
 *          STS_E_NOMEM. The text names the file.
 */
STS_API STS_MUST_CHECK int sts_input_open(const char *path, const struct sts_input_options *options,
                                          struct sts_input **ret_input, struct sts_error *err);

/* sts_input_open_memory - the same over bytes, which are borrowed until the close. */
STS_API STS_MUST_CHECK int sts_input_open_memory(const void *data, size_t len, const char *name,
                                                 const struct sts_input_options *options,
                                                 struct sts_input **ret_input,
                                                 struct sts_error *err);

/*
 * sts_input_next - the next profile, into one of the caller's, which is cleared first.
 *
 * Returns: 1 with a profile, 0 at the end.
 * Errors:  STS_E_FORMAT with file, line or offset, and reason; STS_E_LIMIT;
 *          STS_E_IO; STS_E_NOMEM. A pstats file carries no time: its span ends
 *          at the file's modification time and is as long as its total time.
 */
STS_API STS_MUST_CHECK int sts_input_next(struct sts_input *input, struct sts_profile *profile,
                                          struct sts_error *err);

STS_API const struct sts_input_counts *sts_input_counts(const struct sts_input *input);

/*
 * sts_input_store - the store that an input is, for those who can ask it as a whole.
 *
 * Returns: NULL where it is none, or where a profile was read of it already. Borrowed until the
 * close; no profile may be read of the input any more.
 */
STS_API struct sts_store *sts_input_store(const struct sts_input *input);

/* sts_input_format - "pstats", "ndjson", "store"; static. sts_input_compression - "none", "gzip",
 * "zstd". */
STS_API const char *sts_input_format(const struct sts_input *input);
STS_API const char *sts_input_compression(const struct sts_input *input);

STS_API void sts_input_close(struct sts_input *input);

/*
 * sts_pstats_merge_file - add a pstats file's figures straight to a profile.
 *
 * The same result as sts_input_next into an empty profile and sts_profile_merge, without the
 * profile between. The profile's span grows to hold the file's. On failure the profile may hold
 * a part of the file's figures: throw it away.
 */
STS_API STS_MUST_CHECK int sts_pstats_merge_file(const char *path, struct sts_profile *profile,
                                                 struct sts_error *err);

/* --- writing --- */

struct sts_format_info {
    const char *name;       /* "pstats" */
    const char *extensions; /* ".prof .pstats", space between */
    const char *help;       /* one line */
    bool one_profile;       /* a file holds one profile: several are merged before */
};

/* sts_output_formats - the table of what can be written. */
STS_API const struct sts_format_info *sts_output_formats(size_t *ret_count);

/*
 * sts_output_format_of - the format that a path's ending asks for, or NULL.
 *
 * ".gz" and ".zst" behind the ending ask for compression and are skipped here.
 */
STS_API const struct sts_format_info *sts_output_format_of(const char *path);

/*
 * sts_output_open - begin to write profiles in one format.
 *
 * sink: borrowed until the close.   Errors: STS_E_NOTFOUND for a format that is not in the table.
 */
STS_API STS_MUST_CHECK int sts_output_open(const char *format, struct sts_sink *sink,
                                           struct sts_output **ret_output, struct sts_error *err);

STS_API STS_MUST_CHECK int sts_output_write(struct sts_output *output,
                                            const struct sts_profile *profile,
                                            struct sts_error *err);

/* sts_output_close - write what ends the format, and free. output may be NULL. */
STS_API int sts_output_close(struct sts_output *output, struct sts_error *err);

/*
 * sts_sink_open_compressed - a sink that compresses into another, which it takes.
 *
 * method: "gzip" or "zstd".   take_sink: closed by this one's close, also on failure.
 */
STS_API STS_MUST_CHECK int sts_sink_open_compressed(const char *method, struct sts_sink *take_sink,
                                                    struct sts_sink **ret_sink,
                                                    struct sts_error *err);

#endif
