/* SPDX-License-Identifier: GPL-2.0-only */
/* Sums for rules, from events that a test makes, without a trace. */
#ifndef TESTS_SUPPORT_CHECK_SUMS_H
#define TESTS_SUPPORT_CHECK_SUMS_H

#include "check/scope_totals.h"

/* Sums of events from a machine like @meta. NULL: out of memory. */
struct check_sums *sums_new(const struct check_rules *rules, const struct meta *meta);
void sums_event(struct check_sums *sums, const struct mthp_ev *ev);
/* The model of all scopes. */
struct model *sums_model(struct check_sums *sums);

#endif
