/* SPDX-License-Identifier: MIT */
/*
 * put.c - the members of JSON answers.
 */
#include "serve/put.h"

#include "base/num.h"
#include "base/timetext.h"

void sts__put_open(struct sts__put *put, struct sts_sink *sink, const char *mark)
{
    sts__put_text(sink, mark);
    *put = (struct sts__put){ sink, false };
}

void sts__put_close(struct sts__put *put, const char *mark)
{
    sts__put_text(put->sink, mark);
}

void sts__put_item(struct sts__put *put)
{
    if (put->has_any)
        sts__put_text(put->sink, ",");
    put->has_any = true;
}

void sts__put_name(struct sts__put *put, const char *name)
{
    sts__put_item(put);
    sts__put_json_str(put->sink, name);
    sts__put_text(put->sink, ":");
}

void sts__put_text_member(struct sts__put *put, const char *name, const char *value)
{
    sts__put_name(put, name);
    if (value == NULL)
        sts__put_text(put->sink, "null");
    else
        sts__put_json_str(put->sink, value);
}

void sts__put_u64_member(struct sts__put *put, const char *name, uint64_t value)
{
    sts__put_name(put, name);
    sts__put_u64(put->sink, value);
}

void sts__put_i64_member(struct sts__put *put, const char *name, int64_t value)
{
    sts__put_name(put, name);
    sts__put_i64(put->sink, value);
}

void sts__put_bool_member(struct sts__put *put, const char *name, bool value)
{
    sts__put_name(put, name);
    sts__put_text(put->sink, value ? "true" : "false");
}

void sts__put_seconds_member(struct sts__put *put, const char *name, int64_t ns)
{
    sts__put_name(put, name);
    sts__put_seconds(put->sink, ns);
}

void sts__put_time_member(struct sts__put *put, const char *name, int64_t time_ns)
{
    char text[STS_TIME_TEXT_BYTES];

    sts__time_rfc3339(text, time_ns, 0);
    sts__put_text_member(put, name, text);
}

void sts__put_double(struct sts_sink *sink, double value)
{
    char text[STS_NUM_TEXT_BYTES];

    sts_sink_write(sink, text, sts__num_double(text, value));
}

void sts__put_double_member(struct sts__put *put, const char *name, double value)
{
    sts__put_name(put, name);
    sts__put_double(put->sink, value);
}
