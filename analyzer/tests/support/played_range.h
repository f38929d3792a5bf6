/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One PMD range, treated as a kernel with the series would treat it, and the events that such a kernel
 * would emit. Bitmaps keep the touched pages. A pass plans with mthp/policy.h and collapses the planned
 * blocks.
 */
#ifndef TESTS_SUPPORT_PLAYED_RANGE_H
#define TESTS_SUPPORT_PLAYED_RANGE_H

#include <mthp/policy.h>

#include "tests/support/events.h"

struct t2_ev {
	struct mthp_ev ev;
	__u64 bits[MTHP_NR_BITMAPS * MTHP_MAX_WORDS];
};

struct t2 {
	struct meta meta;
	struct mthp_policy_params p;
	struct mthp_policy_in in;
	__u64 addr;
	__u64 now_ns;
	__u32 who;
	int mapped; /* by a PMD: scans skip the range */
	int (*emit)(void *ctx, const struct mthp_ev *ev);
	void *ctx;
};

/* Starts with a range on a machine of this page size (a power of two), all sizes enabled. */
void t2_init(struct t2 *t, __u32 page_size, __u32 pmd_order, __u32 max_ptes_none, __u8 rule,
	     int (*emit)(void *ctx, const struct mthp_ev *ev), void *ctx);

/* The process touches pages [first, first + nr). */
void t2_touch(struct t2 *t, __u32 first, __u32 nr);

/* Emits one scan and its collapses as events; returns the number of collapsed blocks. */
unsigned int t2_pass(struct t2 *t);

/* t2_init()'s emit for a struct model and a struct trace_writer. */
int t2_to_model(void *model, const struct mthp_ev *ev);

#endif
