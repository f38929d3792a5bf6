/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the BPF programs and the live source: what goes in, and what is added up. */
#ifndef MTHP_SUMS_H
#define MTHP_SUMS_H

#include <mthp/agg.h>

/* What the programs do with an event now: set by userspace. */
enum mthp_gate {
	MTHP_GATE_CLOSED = 0, /* nothing */
	MTHP_GATE_SUMS = 1,   /* add it up */
	MTHP_GATE_STREAM = 2, /* and put it into the ring */
};

/* What is added up on each CPU: the one value of the per-CPU map "sums". */
struct mthp_sums {
	__u64 events[MTHP_NR_KINDS]; /* seen, by kind */
	__u64 unattributed;	     /* events of no known process */
	__u64 lost[MTHP_NR_LOSSES];
	__u64 proc_inserts; /* rows ever put into the process table */
	struct mthp_occ occ[MTHP_NR_ORDERS];
	struct mthp_dur dur[MTHP_NR_ORDERS];
};

#endif
