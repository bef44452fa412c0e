/* SPDX-License-Identifier: MIT */
/*
 * info_store.h - what a store holds, as text or JSON.
 */
#ifndef STS_CLI_INFO_STORE_H
#define STS_CLI_INFO_STORE_H

#include <statslice/error.h>

struct cli_tally;
struct sts_sink;
struct sts_store_list;

/* cli_info_tally_store - how many profiles have which label. */
STS_MUST_CHECK int cli_info_tally_store(const struct sts_store_list *list, struct cli_tally *labels,
                                        struct sts_error *err);

/* Behind the path: lines of text; further members of a JSON object. */
void cli_info_store_text(const struct sts_store_list *list, const struct cli_tally *labels,
                         struct sts_sink *sink);
void cli_info_store_json(const struct sts_store_list *list, const struct cli_tally *labels,
                         struct sts_sink *sink);

#endif
