/* SPDX-License-Identifier: MIT */
/*
 * out.h - text to a sink, outside text made safe for its place.
 */
#ifndef STS_CLI_OUT_H
#define STS_CLI_OUT_H

#include <statslice/sink.h>

#define CLI_TIME_TEXT_BYTES 48 /* room for each of the texts below, with its NUL */

/* cli_put - our own text, written as it is. */
void cli_put(struct sts_sink *sink, const char *text);

/* cli_put_format - our own text; at most 1 kB; no floating figures. */
void cli_put_format(struct sts_sink *sink, const char *format, ...) STS_PRINTF(2, 3);

/* cli_put_shown - outside text for a person: control characters are shown as "?". */
void cli_put_shown(struct sts_sink *sink, const char *text);

/* cli_put_json - outside text as a JSON string, with its quotes. */
void cli_put_json(struct sts_sink *sink, const char *text);

/*
 * cli_put_wrapped - words, wrapped behind `columns` cells.
 *
 * at: where the cursor stands.   indent: where further lines begin.   "\n\n" in the text begins a
 * new paragraph. Ends with a line feed.
 */
void cli_put_wrapped(struct sts_sink *sink, const char *text, size_t at, size_t indent,
                     size_t columns);

/* cli_put_spaces - count times a space. */
void cli_put_spaces(struct sts_sink *sink, size_t count);

/* cli_group_digits - "1,234,567". */
void cli_group_digits(char text[CLI_TIME_TEXT_BYTES], uint64_t value);

/* cli_time_text - "2026-11-22T17:39:44.5Z": RFC 3339 in UTC, shortest exact fraction. */
void cli_time_text(char text[CLI_TIME_TEXT_BYTES], int64_t time_ns);

/* cli_seconds_text - ns as decimal seconds, exact, at least one decimal: "1.5". */
void cli_seconds_text(char text[CLI_TIME_TEXT_BYTES], int64_t ns);

#endif
