/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events by time, in bounded memory: a fixed number of slots of one width. When an event is later than the
 * last slot, the width doubles and neighbours are added up. So a second and a month both use between half of
 * the slots and all of them.
 */
#ifndef MODEL_TIMELINE_PRIV_H
#define MODEL_TIMELINE_PRIV_H

#include <mthp/agg.h>

#define TIMELINE_SLOTS	  120
#define TIMELINE_FIRST_NS 15625000ULL /* 1/64 s: whole seconds after six doublings */

struct timeline_slot {
	__u64 scans;
	__u64 collapses[MTHP_NR_ORDERS];
	__u64 failures[MTHP_NR_ORDERS];
	__u64 filled;	 /* pages, by the filled_of collapses that report it */
	__u64 filled_of; /* collapses that report what they filled */
};

struct timeline {
	__u64 start_ns; /* of slot 0, CLOCK_MONOTONIC */
	__u64 width_ns;
	__u32 at; /* the slot of the latest event: often that of the next one, too */
	struct timeline_slot slot[TIMELINE_SLOTS];
	struct timeline_slot reported; /* the sums at the last timeline_sums() */
};

void timeline_init(struct timeline *t, __u64 start_ns);

/* Widens the slots until one of them has @ts_ns. Returns its number. */
__u32 timeline_cover(struct timeline *t, __u64 ts_ns);

/* Adds one event. @has_mthp as in mthp_is_scan(). */
void timeline_event(struct timeline *t, const struct mthp_ev *ev, bool has_mthp);

/* Adds the growth of running sums since the last call to the slot of @ts_ns. */
void timeline_sums(struct timeline *t, __u64 ts_ns, const struct timeline_slot *sums);

#endif
