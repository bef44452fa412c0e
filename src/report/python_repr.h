/* SPDX-License-Identifier: MIT */
/*
 * python_repr.h - values as Python's repr spells them.
 */
#ifndef STS_REPORT_PYTHON_REPR_H
#define STS_REPORT_PYTHON_REPR_H

#include <statslice/sink.h>

/* sts__put_python_str - with its quotes; a byte that is no UTF-8 as the surrogate that stands for
 * it in sys.argv. Errors: STS_E_NOMEM. */
STS_MUST_CHECK int sts__put_python_str(struct sts_sink *sink, const char *text,
                                       struct sts_error *err);

void sts__put_python_float(struct sts_sink *sink, double value);

#endif
