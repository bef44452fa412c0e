/* SPDX-License-Identifier: MIT */
/*
 * info_write.h - what was found out of one input, as text or JSON.
 */
#ifndef STS_CLI_INFO_WRITE_H
#define STS_CLI_INFO_WRITE_H

#include "cli/inputs.h"
#include "cli/tally.h"

struct sts_sink;
struct sts_store_list;

/* All that is known of one input. */
struct cli_finding {
    const char *path;
    const struct cli_input *input; /* borrowed */
    struct sts_profile *sum;       /* of all its profiles */
    struct cli_tally labels;
    const struct sts_store_list *store; /* a store: input and sum are not set; NULL: it is none */
    const char *failure; /* why it could not be read; NULL: it was, and the fields above are set */
};

struct cli_info_format {
    const char *name;                  /* value of --output-format */
    const char *begin, *between, *end; /* around the inputs */
    void (*write)(const struct cli_finding *finding, struct sts_sink *sink);
};

/* cli_info_formats - text, json; ends with an entry whose name is NULL. */
extern const struct cli_info_format cli_info_formats[];

/* cli_info_labels_text - a line a label: how many profiles have which value. */
void cli_info_labels_text(const struct cli_tally *labels, struct sts_sink *sink);
void cli_info_labels_json(const struct cli_tally *labels, struct sts_sink *sink);

#endif
