/* SPDX-License-Identifier: MIT */
/*
 * sink.h - a sink that changes the bytes on their way to another one.
 */
#ifndef STS_BASE_SINK_H
#define STS_BASE_SINK_H

#include <statslice/sink.h>

struct sts__sink_layer {
    /* bytes in order; below 0 stops the writing, with the reason in err */
    int (*write)(void *context, const void *data, size_t len, struct sts_error *err);
    /* the end: write the rest, close what is below, and free context. status below 0: something
     * has failed before or the sink is abandoned, so nothing may come out whole. */
    int (*finish)(void *context, int status, struct sts_error *err);
};

/*
 * sts__sink_open_layer - a sink over a layer.
 *
 * layer:        static.
 * take_context: finished by the sink's close, also on failure.   Errors: STS_E_NOMEM.
 */
STS_MUST_CHECK int sts__sink_open_layer(const struct sts__sink_layer *layer, void *take_context,
                                        struct sts_sink **ret_sink, struct sts_error *err);

#endif
