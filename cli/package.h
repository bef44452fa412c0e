/* SPDX-License-Identifier: MIT */
/*
 * package.h - where the Python package is.
 */
#ifndef STS_CLI_PACKAGE_H
#define STS_CLI_PACKAGE_H

#include <limits.h>

#include <statslice/error.h>

#define CLI_PACKAGE_VARIABLE "STATSLICE_PACKAGE"

/*
 * cli_package_bootstrap - the folder that goes in front of PYTHONPATH so that every Python that
 * starts collects.
 *
 * Looks in the folder that STATSLICE_PACKAGE names, beside the executable (a build), and where an
 * installation has it.
 * Errors: STS_E_NOTFOUND with the places that were looked at; STS_E_LIMIT.
 */
STS_MUST_CHECK int cli_package_bootstrap(char ret_folder[PATH_MAX], struct sts_error *err);

#endif
