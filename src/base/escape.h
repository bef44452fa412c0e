/* SPDX-License-Identifier: MIT */
/*
 * escape.h - outside text made safe for the place where it is written.
 *
 * Each appends to a sink. Bytes that are not UTF-8 come out as U+FFFD where the
 * place cannot hold them.
 */
#ifndef STS_BASE_ESCAPE_H
#define STS_BASE_ESCAPE_H

#include <statslice/sink.h>

void sts__put_text(struct sts_sink *sink, const char *text); /* ours: written as it is */
void sts__put_format(struct sts_sink *sink, const char *format, ...)
    STS_PRINTF(2, 3); /* ours; at most 4 kB; no %f */
void sts__put_u64(struct sts_sink *sink, uint64_t value);
void sts__put_i64(struct sts_sink *sink, int64_t value);
void sts__put_seconds(struct sts_sink *sink, int64_t ns);
void sts__put_fixed(struct sts_sink *sink, double value, unsigned decimals);

void sts__put_json_str(
    struct sts_sink *sink,
    const char *text); /* with its quotes; ASCII stays, lone surrogates as \udXXX */
void sts__put_xml_text(struct sts_sink *sink, const char *text);
void sts__put_xml_attr(struct sts_sink *sink, const char *text); /* without the quotes */
void sts__put_csv_field(struct sts_sink *sink,
                        const char *text); /* quoted where RFC 4180 asks for it */
void sts__put_terminal(struct sts_sink *sink,
                       const char *text); /* control characters shown as "?" */

#endif
