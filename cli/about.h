/* SPDX-License-Identifier: MIT */
/*
 * about.h - what help and the manual say of the program as a whole.
 */
#ifndef STS_CLI_ABOUT_H
#define STS_CLI_ABOUT_H

#include <statslice/common.h>

struct cli_term_text {
    const char *term;
    const char *text;
};

extern const char cli_about_summary[];
extern const char cli_about_description[];
extern const char cli_about_inputs[];

/* Both end with an entry whose term is NULL. */
extern const struct cli_term_text cli_about_environment[];
extern const struct cli_term_text cli_about_exit[];

#endif
