/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Creep, offline: the state of every PMD range that has events, by the rule of mthp/creep.h. BPF keeps the
 * same state in a map.
 */
#ifndef MODEL_CREEP_PRIV_H
#define MODEL_CREEP_PRIV_H

#include <mthp/range_sums.h>

struct creep;
struct meta;

/* The verdict of the rule on one event. */
struct creep_found {
	int unscanned;		   /* a collapse in a range without a recorded scan */
	int step;		   /* a creep step */
	struct mthp_creep_rec rec; /* its record, if @step */
};

/* For a machine with @meta's page size and PMD order. NULL when memory is out. */
struct creep *creep_new(const struct meta *meta);
void creep_free(struct creep *c);

/* Takes the next event, in order of time, followed by its bitmaps. */
void creep_event(struct creep *c, const struct mthp_ev *ev, struct creep_found *found);

/* How many ranges were dropped because the table was full. */
__u64 creep_forgotten(const struct creep *c);

#endif
