/* SPDX-License-Identifier: MIT */
/*
 * oom_post.c - lines on their way through the spool to a server.
 */
#include <stdio.h>
#include <unistd.h>

#include "oom.h"
#include "post/post.h"

#define FOLDER_BYTES 64

/* --- a server that takes all lines --- */

static int serve_begin(void *context, const struct sts__bytes *body, const char *encoding,
                       struct sts_error *err)
{
    (void)context;
    (void)encoding;
    (void)err;
    (void)body;
    return 0;
}

static bool serve_drive(void *context, struct sts__post_result *ret_result)
{
    static const char answer[] = "{\"new\":2,\"known\":0,\"expired\":0,\"refused\":[]}";

    (void)context;
    *ret_result = (struct sts__post_result){ .status = 200 };
    ret_result->body = answer;
    ret_result->body_len = sizeof(answer) - 1;
    return true;
}

static void ignore(void *context)
{
    (void)context;
}

static const struct sts__transport_kind server_kind = { serve_begin, serve_drive, ignore, ignore,
                                                        ignore };

static int send_lines(const struct sts__line_sink *sink, size_t count, struct sts_error *err)
{
    const atomic_bool give_up = false;
    int r = 0;

    for (size_t i = 0; i < count && r == 0; i++)
        r = sink->kind->write(sink->context, "a line\n", 7, &give_up, err);
    for (int i = 0; i < 10 && r == 0; i++) {
        struct sts__line_sink_news news = { 0 };

        (void)sink->kind->tend(sink->context, true, &news);
        if (news.has_failed && news.reason.status != STS_E_NOMEM)
            r = STS_E_IO;
        if (news.is_settled)
            return 0;
    }
    return r;
}

/* Two lines that are left, and two that come: the failure of one call is got over by the next. */
static int post_lines(struct sts_error *err)
{
    char folder[FOLDER_BYTES], below[FOLDER_BYTES + 8];
    const struct sts__post_options options = { { folder, "shop", 1 << 20 }, false };
    const struct sts__transport server = { &server_kind, NULL };
    const atomic_bool give_up = false;
    struct sts__line_sink sink;
    int r = 0;

    snprintf(folder, sizeof(folder), "/tmp/statslice-oom-%ld", (long)getpid());
    snprintf(below, sizeof(below), "%s/shop", folder);
    for (int turn = 0; turn < 2 && r == 0; turn++) {
        r = sts__post_open(&options, server, &sink, err);
        if (r < 0)
            break;
        if (turn == 0)
            r = sink.kind->write(sink.context, "a line\n", 7, &give_up, err);
        else
            r = send_lines(&sink, 2, err);
        sink.kind->close(sink.context);
    }
    (void)rmdir(below); /* it stays where a line does, for the next round */
    (void)rmdir(folder);
    return r;
}

const struct scenario post_scenarios[] = {
    { "lines to a server", post_lines },
    { NULL, NULL },
};
