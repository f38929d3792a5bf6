/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state of every PMD range that has events, offline: creep, vain attempts and splits, by the rules of mthp/creep.h,
 * mthp/vain.h and mthp/pingpong.h. BPF keeps the same state in a map.
 */
#ifndef MODEL_RANGES_PRIV_H
#define MODEL_RANGES_PRIV_H

#include <mthp/range_sums.h>

struct ranges;
struct meta;

/* The verdicts of the rules on one event. All zero: they say nothing. */
struct ranges_found {
	int unscanned;		   /* a collapse in a range without a recorded scan */
	int step;		   /* a creep step */
	int vain;		   /* enum mthp_vain_verdict on an attempt */
	int undone;		   /* 1: the attempt undid a split */
	__u8 by;		   /* by whom: enum mthp_splitter */
	struct mthp_creep_rec rec; /* of the step, if @step */
};

/* For a machine with @meta's page size and PMD order. NULL when memory is out. */
struct ranges *ranges_new(const struct meta *meta);
void ranges_free(struct ranges *t);

/* Takes the next event, in order of time, followed by its bitmaps. */
void ranges_event(struct ranges *t, const struct mthp_ev *ev, struct ranges_found *found);

/* How many ranges were dropped because the table was full. */
__u64 ranges_forgotten(const struct ranges *t);

#endif
