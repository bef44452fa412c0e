/* SPDX-License-Identifier: MIT */
/*
 * oom_writer.c - what the collector's writer does on its way from a slice to a line.
 */
#include <string.h>

#include "oom.h"
#include "writer/encode.h"
#include "writer/log_file.h"
#include "writer/writer.h"

static struct sts__code codes[2] = {
    { .names = { "shop.py", "main", "main", 1 } },
    { .names = { "shop.py", "add", "Cart.add", 7 } },
};

/* A slice of one thread under two label sets, in memory that is nobody's to free. */
union fixed_cut {
    max_align_t aligned;
    char bytes[sizeof(struct sts__cut) + 2 * sizeof(struct sts__cut_row)];
};

static void fill(struct sts__slice *slice, union fixed_cut room[2], struct sts__labels *labels)
{
    struct sts__cut *cuts[2] = { (struct sts__cut *)&room[0], (struct sts__cut *)&room[1] };

    const struct sts__cut_row rows[2] = {
        { NULL, &codes[0], 1, 0, 0, 0, 40, 60, 60, 0 },
        { &codes[0], &codes[1], 3, 1, 1, 2, 20, 20, 20, 9 },
    };

    memset(slice, 0, sizeof(*slice));
    memset(room, 0, 2 * sizeof(room[0]));
    slice->end_ticks = slice->end_ns = 100;
    slice->cuts = cuts[0];
    cuts[0]->next = cuts[1];
    for (int i = 0; i < 2; i++) {
        cuts[i]->thread_id = 1;
        cuts[i]->n_rows = 2;
        memcpy(cuts[i]->rows, rows, sizeof(rows));
    }
    cuts[1]->labels = labels;
}

static int encode_slice(struct sts_error *err)
{
    const struct sts__label process[] = { { "service", "shop" } };
    const struct sts__gather_options options = { .labels = process, .n_labels = 1 };
    static struct sts__labels none = { .n_labels = 0 };
    union fixed_cut cuts[2];
    struct sts__slice slice;
    struct sts__encoder encoder;
    int r;

    fill(&slice, cuts, &none);
    sts__encoder_init(&encoder, &options);
    r = sts__encoder_put(&encoder, &slice, 3, err);
    if (r == 0) /* again, with what is kept from slice to slice */
        r = sts__encoder_put(&encoder, &slice, 0, err);
    sts__encoder_deinit(&encoder);
    return r;
}

static int write_to_log(struct sts_error *err)
{
    const struct sts__log_file_options log_options = { 10, 0, 2 };
    const struct sts__label process[] = { { "service", "shop" } };
    const struct sts__writer_options options = {
        .gather = { .labels = process, .n_labels = 1 },
        .n_profiles_max = 10,
        .n_bytes_max = 10000,
    };
    const atomic_bool give_up = false;
    struct sts__writer *writer;
    struct sts__line_sink sink;
    int r = sts__log_file_open("/tmp/statslice-oom.log", &log_options, &sink, err);

    if (r == 0) {
        r = sink.kind->write(sink.context, "a line\n", 7, &give_up, err);
        if (r == 1) /* it was written, and only the rotation failed */
            r = STS_E_NOMEM;
        if (r < 0)
            sink.kind->close(sink.context);
    }
    if (r < 0)
        return r;
    r = sts__writer_new(&options, sink, &writer, err);
    if (r == 0)
        sts__writer_free(writer);
    return r;
}

const struct scenario writer_scenarios[] = {
    { "encode a slice", encode_slice },
    { "write to a log", write_to_log },
    { NULL, NULL },
};
