/* SPDX-License-Identifier: MIT */
/*
 * statslice.h - all of the library at once, and its version.
 */
#ifndef STATSLICE_STATSLICE_H
#define STATSLICE_STATSLICE_H

#include <statslice/amount.h>
#include <statslice/chart.h>
#include <statslice/common.h>
#include <statslice/diff.h>
#include <statslice/error.h>
#include <statslice/format.h>
#include <statslice/profile.h>
#include <statslice/query.h>
#include <statslice/report.h>
#include <statslice/scan.h>
#include <statslice/series.h>
#include <statslice/sink.h>
#include <statslice/store.h>
#include <statslice/total.h>

/* sts_version - "0.1.0"; static. */
STS_API const char *sts_version(void);

#endif
