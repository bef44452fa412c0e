/* SPDX-License-Identifier: MIT */
/*
 * budget.h - collection within a budget: the governor's hands in this process.
 */
#ifndef STS_COLLECTOR_BUDGET_H
#define STS_COLLECTOR_BUDGET_H

#include "collector/compat.h"

#include <stdbool.h>

/*
 * sts__budget_begin - recording has begun. budget_percent: 0: none.
 *
 * call_cost_ns: of sts__budget_call_cost_ns.
 */
void sts__budget_begin(double budget_percent, double call_cost_ns);

/*
 * sts__budget_call_cost_ns - what the hook adds to a call here, measured: some ms.
 *
 * The frames engine is taken and does not record. Returns: ns; -1 with an exception set.
 */
double sts__budget_call_cost_ns(void);

/* sts__budget_due_ns - when sts__budget_step has something to do, by the steady clock. Any thread.
 */
int64_t sts__budget_due_ns(void);

/* sts__budget_ask, _granted - right before the ticker asks for the interpreter's lock, and right
 * after it has it. */
void sts__budget_ask(void);
void sts__budget_granted(void);

/*
 * sts__budget_close - the ticker asks no more, before the interpreter ends. Any thread.
 *
 * Returns: false while it has asked and has not been granted the lock yet: try again, without it.
 */
bool sts__budget_close(void);

/* sts__budget_step - with the interpreter's lock: switch collection, if it is time. */
void sts__budget_step(void);

/* sts__budget_overhead_percent - what collection is reckoned to have cost since it began. */
double sts__budget_overhead_percent(void);

#endif
