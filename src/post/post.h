/* SPDX-License-Identifier: MIT */
/*
 * post.h - a line sink that sends to a server, batch by batch, and spools meanwhile.
 *
 * In:   lines.
 * Out:  requests with the oldest lines, one at a time; a line is done with when the server says
 *       what became of it.
 * Why:  no wait for the server in write, and none without an end in tend: the thread that has both
 *       is the writer's, and slices go on coming.
 */
#ifndef STS_POST_POST_H
#define STS_POST_POST_H

#include "post/post_spool.h"
#include "post/transport.h"
#include "writer/line_sink.h"

struct sts__post_options {
    struct sts__spool_options spool;
    bool checks_spool; /* now: a folder that was asked for and cannot be written is a failure */
};

/*
 * sts__post_open - a sink.
 *
 * take_transport: closed by the sink, also on failure.   Errors: STS_E_NOMEM, STS_E_IO.
 */
STS_MUST_CHECK int sts__post_open(const struct sts__post_options *options,
                                  struct sts__transport take_transport,
                                  struct sts__line_sink *ret_sink, struct sts_error *err);

#endif
