/* SPDX-License-Identifier: MIT */
/*
 * flat_write.c - one line for each function of a profile, for log platforms.
 *
 * Source: docs/formats/log.md, "The flat shape".
 * Why:    platforms count and sum top-level fields of one line. They charge a
 *         line whole to the bucket that its @timestamp is in; a profile that
 *         fills a slice begins at that slice's edge and ends at the next one's,
 *         so the timestamp is the begin.
 * Not:    callers.
 */
#include <statslice/profile.h>
#include <statslice/sink.h>

#include "base/bytes.h"
#include "base/escape.h"
#include "base/fail.h"
#include "format/output.h"

static void put_span(struct sts_sink *sink, const struct sts_profile *profile)
{
    sts__put_text(sink, "{\"@timestamp\":\"");
    sts__put_time(sink, sts_profile_begin_ns(profile));
    sts__put_text(sink, "\",\"begin\":\"");
    sts__put_time(sink, sts_profile_begin_ns(profile));
    sts__put_text(sink, "\",\"end\":\"");
    sts__put_time(sink, sts_profile_end_ns(profile));
    sts__put_text(sink, "\",\"engine\":\"");
    sts__put_text(sink, sts_engine_name(sts_profile_engine(profile)));
    sts__put_text(sink, "\",\"clock\":\"");
    sts__put_text(sink, sts_clock_name(sts_profile_clock(profile)));
    sts__put_text(sink, "\"");
}

/* "label.service":"shop" */
static int put_flat_labels(struct sts_sink *sink, const struct sts_profile *profile,
                           struct sts__bytes *name, struct sts_error *err)
{
    for (size_t i = 0; i < sts_profile_label_count(profile); i++) {
        sts__bytes_clear(name);
        sts__bytes_append_text(name, "label.");
        sts__bytes_append_text(name, sts_profile_label_key(profile, i));
        if (name->status < 0)
            return sts__bytes_check(name, "a label", err);
        sts__put_text(sink, ",");
        sts__put_json_str(sink, name->data);
        sts__put_text(sink, ":");
        sts__put_json_str(sink, sts_profile_label_value(profile, i));
    }
    return 0;
}

static int write_flat(struct sts_output *output, const struct sts_profile *profile,
                      struct sts_error *err)
{
    struct sts_sink *sink = output->sink;
    struct sts__bytes name;
    int r = sts__row_keys_set(&output->keys, profile, err);

    sts__bytes_init(&name, STS_TEXT_BYTES_MAX + sizeof("label."));
    for (size_t row = 0; r == 0 && row < sts_profile_function_count(profile); row++) {
        struct sts_function function = sts_profile_function(profile, row);
        struct sts_coro coro = sts_profile_coro(profile, row);
        uint32_t function_id = sts_profile_function_id(profile, row);

        put_span(sink, profile);
        r = put_flat_labels(sink, profile, &name, err);
        sts__put_text(sink, ",\"function\":");
        sts__put_json_str(sink, sts__row_keys_of(&output->keys, function_id));
        sts__put_text(sink, ",");
        sts__put_function(sink, &function);
        sts__put_text(sink, ",");
        sts__put_figures(sink, sts_profile_figures(profile, row));
        sts__put_coro(sink, &coro);
        sts__put_text(sink, "}\n");
    }
    sts__bytes_deinit(&name);
    return r;
}

const struct sts__output_format sts__output_ndjson_flat = {
    .write = write_flat,
};
