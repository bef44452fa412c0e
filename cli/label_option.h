/* SPDX-License-Identifier: MIT */
/*
 * label_option.h - labels that a command line sets on every profile: --label KEY=VALUE.
 */
#ifndef STS_CLI_LABEL_OPTION_H
#define STS_CLI_LABEL_OPTION_H

#include <statslice/error.h>

#include "cli/list.h"

struct sts_profile;

/* cli_labels_check - Errors: STS_E_USAGE, with the first text that is not KEY=VALUE. */
STS_MUST_CHECK int cli_labels_check(const struct cli_list *labels, struct sts_error *err);

/* cli_labels_set - set them; an empty value removes a label. All of them have been checked. */
STS_MUST_CHECK int cli_labels_set(const struct cli_list *labels, struct sts_profile *profile,
                                  struct sts_error *err);

#endif
