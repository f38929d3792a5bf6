/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the BPF programs and the live source: what goes in, and what is added up. */
#ifndef MTHP_SUMS_H
#define MTHP_SUMS_H

#include <mthp/agg.h>
#include <mthp/occ.h>
#include <mthp/pair.h>
#include <mthp/range_sums.h>

/* What the programs do with an event now: set by userspace. */
enum mthp_gate {
	MTHP_GATE_CLOSED = 0, /* nothing */
	MTHP_GATE_SUMS = 1,   /* add it up */
	MTHP_GATE_STREAM = 2, /* and put it into the ring */
};

/*
 * What is added up on each CPU: the rows of the array map "sums", one for each possible CPU.
 * Nearly all events are of PMD order: their outcomes have places of their own, which takes no
 * hashing; those of other orders are in the map "outcomes".
 */
#define MTHP_SUMS_KINDS 10

struct mthp_sums {
	__u64 events[MTHP_NR_KINDS]; /* seen, by kind */
	__u64 unattributed;	     /* events of no known process */
	__u64 lost[MTHP_NR_LOSSES];
	__u64 proc_inserts;  /* rows ever put into the process table */
	__u64 creep_inserts; /* and into the table of ranges */
	__u64 scratch;	     /* 0 but in the middle of an event */
	__u64 pad[6];	     /* to whole cache lines */
	struct mthp_occ_orders occ;
	struct mthp_dur dur[MTHP_NR_ORDERS];
	struct mthp_range_sums ranges;
	struct mthp_outcome outcomes[MTHP_SUMS_KINDS][MTHP_NR_REQUESTERS][MTHP_NR_RESULTS];
};
MTHP_ASSERT_SIZE(struct mthp_sums, 64 * (sizeof(struct mthp_sums) / 64));

/*
 * Between the events of one task. A task has the slot of its number; the last one to collapse
 * something has it, and what another one had there is lost (and counted, if it was not done).
 */
#define MTHP_TASK_SLOTS 8192

struct mthp_task_slot {
	struct mthp_task task;
	__u32 tid; /* 0: free */
	__u32 pad;
};

#endif
