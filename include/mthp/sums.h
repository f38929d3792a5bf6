/* SPDX-License-Identifier: GPL-2.0-only */
/* The interface between the BPF programs and the live source: its switches, and the sums. */
#ifndef MTHP_SUMS_H
#define MTHP_SUMS_H

#include <mthp/agg.h>
#include <mthp/occ.h>
#include <mthp/pair.h>
#include <mthp/range_sums.h>

/* What to do with an event now. Userspace sets it. */
enum mthp_gate {
	MTHP_GATE_CLOSED = 0, /* nothing */
	MTHP_GATE_SUMS = 1,   /* add it up */
	MTHP_GATE_STREAM = 2, /* and put it into the ring */
};

/*
 * Where the arguments of a function of the kernel are: their index (fentry), or their offset in struct
 * pt_regs (kprobe). -1: it has no such argument.
 */
struct mthp_probe_args {
	int mm;
	int vma;
	int address;
	int pmd; /* pointer to the entry */
};

/*
 * The sums of each CPU: the rows of the array map "sums", one for each possible CPU. Nearly all
 * events are of PMD order, so their outcomes are in fixed places, without hashing. Outcomes of other
 * orders are in the map "outcomes".
 */
#define MTHP_SUMS_KINDS 10

struct mthp_sums {
	__u64 events[MTHP_NR_KINDS]; /* by kind */
	__u64 unattributed;	     /* events of an unknown process */
	__u64 lost[MTHP_NR_LOSSES];
	__u64 proc_inserts;  /* rows ever put into the process table */
	__u64 creep_inserts; /* and into the table of ranges */
	__u64 scratch;	     /* 0 except in the middle of an event */
	__u64 pad[6];	     /* to whole cache lines */
	struct mthp_occ_orders occ;
	struct mthp_dur dur[MTHP_NR_ORDERS];
	struct mthp_range_sums ranges;
	struct mthp_outcome outcomes[MTHP_SUMS_KINDS][MTHP_NR_REQUESTERS][MTHP_NR_RESULTS];
};
MTHP_ASSERT_SIZE(struct mthp_sums, 64 * (sizeof(struct mthp_sums) / 64));

#endif
