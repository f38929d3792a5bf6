/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Creep, offline: the state of every PMD range that events tell of, and what the rule of
 * mthp/creep.h makes of them. BPF does the same in a map.
 */
#ifndef MODEL_CREEP_PRIV_H
#define MODEL_CREEP_PRIV_H

#include <mthp/range_sums.h>

struct creep;
struct meta;

/* What one event is to the rule. */
struct creep_found {
	int unscanned;		   /* a collapse in a range whose scan was not seen */
	int step;		   /* a creep step: */
	struct mthp_creep_rec rec; /* this one */
};

/* For a machine with @meta's page size and PMD order. NULL when memory is out. */
struct creep *creep_new(const struct meta *meta);
void creep_free(struct creep *c);

/* Takes an event with its bitmaps behind it, in the order in which they happened. */
void creep_event(struct creep *c, const struct mthp_ev *ev, struct creep_found *found);

/* Ranges that were forgotten to make room for others. */
__u64 creep_forgotten(const struct creep *c);

#endif
