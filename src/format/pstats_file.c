/* SPDX-License-Identifier: MIT */
/*
 * pstats_file.c - pstats files by path, summed straight into one profile.
 *
 * Why:  three hundred files of one service name the same functions; decoded
 *       into the sum itself, each of them costs its look-ups and nothing else.
 * Not:  compressed files and logs (sts_input_open).
 */
#include <statslice/format.h>

#include <statslice/profile.h>

#include "base/bytes.h"
#include "base/fail.h"
#include "base/file.h"
#include "format/pstats.h"
#include "model/profile.h"

static void set_span(struct sts_profile *profile, int64_t end_ns, int64_t length_ns)
{
    if (length_ns < 0)
        length_ns = 0;
    if (end_ns < INT64_MIN + length_ns)
        end_ns = INT64_MIN + length_ns;
    sts_profile_set_span(profile, end_ns - length_ns, end_ns);
    sts_profile_set_engine(profile, STS_ENGINE_IMPORT);
}

void sts__pstats_describe(struct sts_profile *profile, int64_t modified_ns)
{
    set_span(profile, modified_ns, sts_profile_totals(profile).tottime_ns);
}

/* How much a sum grew, within 63 bits. */
static int64_t growth_ns(int64_t before_ns, int64_t after_ns)
{
    if (after_ns <= before_ns)
        return 0;
    return before_ns < 0 && after_ns > INT64_MAX + before_ns ? INT64_MAX : after_ns - before_ns;
}

/* Adds the figures, and joins what the profile and the file are about. */
static int merge_bytes(const struct sts__bytes *bytes, const struct sts__file *file,
                       struct sts_profile *profile, struct sts_error *err)
{
    bool was_blank = sts__profile_is_blank(profile);
    int64_t before_ns = sts_profile_totals(profile).tottime_ns;
    struct sts_profile *about = sts_profile_new(sts_profile_symbols(profile));
    int r;

    if (about == NULL)
        return sts__fail_nomem(err);
    r = sts__pstats_decode((const uint8_t *)bytes->data, bytes->len, file->name, profile, err);
    if (r >= 0) {
        set_span(about, file->modified_ns,
                 growth_ns(before_ns, sts_profile_totals(profile).tottime_ns));
        r = sts__profile_merge_about(profile, about, was_blank, err);
    }
    sts_profile_free(about);
    return r;
}

int sts_pstats_merge_file(const char *path, struct sts_profile *profile, struct sts_error *err)
{
    struct sts__file file;
    struct sts__bytes bytes;
    int r;

    r = sts__file_open(&file, path, err);
    if (r < 0)
        return r;
    sts__bytes_init(&bytes, STS_PSTATS_BYTES_MAX);
    r = sts__file_read_all(&file, &bytes, err);
    if (r >= 0)
        r = merge_bytes(&bytes, &file, profile, err);
    sts__bytes_deinit(&bytes);
    sts__file_close(&file);
    return r;
}
