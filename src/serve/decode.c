/* SPDX-License-Identifier: MIT */
/*
 * decode.c - documents that came over HTTP, each to a profile, within limits.
 *
 * In:   lines of a log and JSON objects, in all forms of docs/formats/log.md: what a shipper of
 *       logs has put around a line is passed over by the reader of logs. pstats files.
 * Out:  a profile, or the reason why a document is refused: of one document, never of its request.
 */
#include "serve/decode.h"

#include <string.h>

#include "base/fail.h"
#include "format/compress.h"
#include "format/json_read.h"
#include "format/pstats.h"

#define SYMBOLS_BYTES_MAX                                                                          \
    ((size_t)1 << 26) /* names of functions that are kept between requests                         \
                       */

static int new_symbols(struct sts__decoder *decoder, struct sts_error *err)
{
    struct sts_symbols *symbols = sts_symbols_new();
    struct sts_profile *profile = symbols == NULL ? NULL : sts_profile_new(symbols);

    if (profile == NULL) {
        sts_symbols_free(symbols);
        return sts__fail_nomem(err);
    }
    sts_profile_free(decoder->profile);
    sts_symbols_free(decoder->symbols);
    decoder->symbols = symbols;
    decoder->profile = profile;
    return 0;
}

int sts__decoder_init(struct sts__decoder *decoder, const struct sts__decode_limits *limits,
                      struct sts_error *err)
{
    memset(decoder, 0, sizeof(*decoder));
    decoder->limits = *limits;
    sts__log_reader_init(&decoder->log, false);
    return new_symbols(decoder, err);
}

void sts__decoder_deinit(struct sts__decoder *decoder)
{
    sts__log_reader_deinit(&decoder->log);
    sts_profile_free(decoder->profile);
    sts_symbols_free(decoder->symbols);
    memset(decoder, 0, sizeof(*decoder));
}

int sts__decoder_renew(struct sts__decoder *decoder, struct sts_error *err)
{
    return sts_symbols_bytes(decoder->symbols) > SYMBOLS_BYTES_MAX ? new_symbols(decoder, err) : 0;
}

/* --- what holds of every profile --- */

static int check_count(const char *what, size_t count, size_t max, struct sts_error *err)
{
    if (count <= max)
        return 0;
    return sts__fail(err, STS_E_FORMAT, "%zu %s; at most %zu are taken", count, what, max);
}

static int check_limits(const struct sts__decoder *decoder, struct sts_error *err)
{
    const struct sts__decode_limits *limits = &decoder->limits;
    const struct sts_profile *profile = decoder->profile;
    int r = check_count("functions", sts_profile_function_count(profile), limits->functions, err);

    if (r == 0)
        r = check_count("callers", sts_profile_edge_count(profile), limits->callers, err);
    if (r == 0)
        r = check_count("labels", sts_profile_label_count(profile), limits->labels, err);
    return r;
}

static int set_labels(struct sts_profile *profile, const struct sts__decode_about *about,
                      struct sts_error *err)
{
    int r = 0;

    for (size_t i = 0; about != NULL && i < about->label_count && r == 0; i++)
        r = sts_profile_set_label(profile, about->label_keys[i], about->label_values[i], err);
    return r;
}

/* A profile that is too large for its limits is refused as one that is broken. */
static int finish(struct sts__decoder *decoder, const struct sts__decode_about *about,
                  struct sts_error *err)
{
    int r = set_labels(decoder->profile, about, err);

    if (r == 0)
        r = check_limits(decoder, err);
    if (r == STS_E_LIMIT && err != NULL)
        err->status = STS_E_FORMAT;
    return r == STS_E_LIMIT ? STS_E_FORMAT : r < 0 ? r : 1;
}

static int check_bytes(const struct sts__decoder *decoder, size_t len, struct sts_error *err)
{
    if (len <= decoder->limits.document_bytes)
        return 0;
    return sts__fail(err, STS_E_FORMAT, "longer than %zu bytes", decoder->limits.document_bytes);
}

/* --- documents --- */

int sts__decode_document(struct sts__decoder *decoder, const char *text, size_t len,
                         const struct sts__decode_about *about, struct sts_error *err)
{
    int r = check_bytes(decoder, len, err);

    if (r < 0)
        return r;
    r = sts__log_read_line(&decoder->log, text, len, decoder->profile, err);
    if (r == STS_E_LIMIT) { /* the names of all requests together, not this one's */
        r = new_symbols(decoder, err);
        if (r == 0)
            r = sts__log_read_line(&decoder->log, text, len, decoder->profile, err);
    }
    if (r == 1)
        r = finish(decoder, about, err);
    return r == STS_E_LIMIT ? STS_E_FORMAT : r;
}

/* --- pstats files --- */

/* Which of begin and end are told decides; the other one is as far away as the functions ran. */
static int set_span(struct sts_profile *profile, const struct sts__decode_about *about,
                    int64_t now_ns, struct sts_error *err)
{
    int64_t end_ns = about->has_end ? about->end_ns : now_ns, begin_ns, length_ns;

    sts__pstats_describe(profile, end_ns);
    begin_ns = sts_profile_begin_ns(profile);
    length_ns = sts_profile_end_ns(profile) - begin_ns;
    if (about->has_begin && !about->has_end) {
        if (about->begin_ns > INT64_MAX - length_ns)
            return sts__fail(err, STS_E_FORMAT, "a time out of range");
        end_ns = about->begin_ns + length_ns;
    }
    if (about->has_begin)
        begin_ns = about->begin_ns;
    if (begin_ns > end_ns)
        return sts__fail(err, STS_E_FORMAT, "begins after its end");
    sts_profile_set_span(profile, begin_ns, end_ns);
    return 0;
}

int sts__decode_pstats(struct sts__decoder *decoder, const char *data, size_t len,
                       const struct sts__decode_about *about, int64_t now_ns, struct sts_error *err)
{
    int r = check_bytes(decoder, len, err);

    if (r < 0)
        return r;
    sts_profile_clear(decoder->profile);
    r = sts__pstats_decode((const uint8_t *)data, len, "the body", decoder->profile, err);
    if (r == STS_E_LIMIT) {
        r = new_symbols(decoder, err);
        if (r == 0)
            r = sts__pstats_decode((const uint8_t *)data, len, "the body", decoder->profile, err);
    }
    if (r == 0)
        r = set_span(decoder->profile, about, now_ns, err);
    if (r == 0)
        r = finish(decoder, about, err);
    return r == STS_E_LIMIT ? STS_E_FORMAT : r;
}

/* --- what it may be instead --- */

bool sts__decode_is_object(const char *text, size_t len)
{
    struct sts__json json;

    sts__json_init(&json, text, len);
    if (sts__json_peek(&json) != STS__JSON_OBJECT)
        return false;
    sts__json_skip(&json);
    (void)sts__json_peek(&json); /* over what is blank */
    return !sts__json_failed(&json) && json.at == json.end;
}

const char *sts__decode_compression(const char *data, size_t len)
{
    for (size_t i = 0; sts__compressions[i] != NULL; i++)
        if (sts__compressions[i]->sniff((const uint8_t *)data, len))
            return sts__compressions[i]->name;
    return NULL;
}
