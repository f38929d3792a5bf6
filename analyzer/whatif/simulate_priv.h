/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Replays the scans of a trace of detail plans, range by range, under each of several settings
 * (docs/whatif.md).
 *
 * The process uses the pages that a scan found present, less those that real collapses filled. Pages
 * that collapses under the other setting filled are added. If that is not certain, the scan counts, but
 * not as exact.
 */
#ifndef WHATIF_SIMULATE_PRIV_H
#define WHATIF_SIMULATE_PRIV_H

#include <stdbool.h>

#include <mthp/policy.h>

#include "model/state.h"

#define WHATIF_AS_RECORDED 0		/* for orders: those that were enabled at each scan */
#define WHATIF_MAX_BYTES   (1ULL << 30) /* memory for ranges; scans of further ones are left out */

enum whatif_how {
	WHATIF_SET,	   /* the orders of the setting, everywhere */
	WHATIF_ADD,	   /* in addition to those that were enabled at each scan */
	WHATIF_ADD_ADVISED /* the same, but only where some order was enabled */
};

struct whatif_setting {
	__u32 orders; /* bit k: order k is enabled; WHATIF_AS_RECORDED */
	__u32 max_ptes_none;
	__u32 rule; /* enum mthp_policy_rule */
	__u32 how;  /* enum whatif_how */
	__u32 able; /* to add to: bit k: khugepaged collapses to order k, if it is enabled */
};

/* Sums of one setting, or of the recording. Pages, blocks and entries, not bytes. */
struct whatif_sums {
	__u64 collapses[MTHP_NR_ORDERS]; /* blocks by order */
	__u64 exact;			 /* of these, blocks of exact scans */
	__u64 failed;			 /* failed attempts; of the recording only */
	__u64 filled;
	__u64 copied;
	__u64 scans;
	__u64 scans_exact;
	__u64 batches;	    /* commits: one per plan that is not empty */
	__u64 creep_steps;  /* CREEP_STEP */
	__u64 creep_chains; /* of these, the first of a chain */
	__u64 creep_filled; /* pages that they filled */
	__u64 grown_steps;  /* CREEP_GROWN */
	__u64 ranges_exact; /* ranges of which every scan is exact, up to the end of the trace */
	__u64 tlb;	    /* entries that map the ranges at the end */
	/* Present pages at the end, by the order of the folio that they are mapped of in a row. */
	__u64 pages[MTHP_NR_ORDERS];
	/* Empty pages that page faults would fill if the same pages were touched anew. */
	__u64 faults;
};

enum whatif_creep {
	CREEP_NONE,
	CREEP_STEP, /* only possible because of what earlier collapses filled */
	CREEP_GROWN /* possible because of that and of what the process did */
};

/* One collapse under a setting; or, before those of a scan, the scan (order 0). */
struct whatif_block {
	size_t setting; /* as in whatif_sums() */
	__u64 ts_ns;	/* of the scan */
	__u64 mm;
	__u64 addr;
	__u32 tgid;
	__u32 order;
	__u32 fill; /* pages; of a scan: of all its blocks */
	bool exact;
	enum whatif_creep creep;
};

typedef void (*whatif_block_fn)(void *ctx, const struct whatif_block *b);

struct whatif_proc_sums {
	__u64 filled; /* pages */
	__u64 tlb;    /* entries */
};

/* One process, for every setting; index 0 is what was recorded. */
struct whatif_proc {
	__u64 mm;
	__u32 tgid;
	char comm[MTHP_COMM_LEN];
	__u64 ranges;
	const struct whatif_proc_sums *sums;
};

typedef void (*whatif_proc_fn)(void *ctx, const struct whatif_proc *p);

struct whatif;

/* -EINVAL: the settings are not valid for @pmd_order; -ENOMEM. */
int whatif_new(__u32 pmd_order, __u32 page_size, const struct settings *recorded,
	       const struct whatif_setting *settings, size_t nr, struct whatif **w);
void whatif_free(struct whatif *w);

/* Calls @fn for each scan and each collapse under a setting. */
void whatif_watch(struct whatif *w, whatif_block_fn fn, void *ctx);

/* Takes the next event, with its bitmaps. @lossy: events before it were lost. */
void whatif_event(struct whatif *w, const struct mthp_ev *ev, bool lossy);
/* The trace has ended: replays the last scan of each range, and counts TLB entries. */
void whatif_end(struct whatif *w);

/* Sums of setting @i, counted from 1; 0: of the recording. */
const struct whatif_sums *whatif_sums(const struct whatif *w, size_t i);
__u64 whatif_ranges(const struct whatif *w);
/* Further ranges, which a PMD mapped at each of their scans. */
__u64 whatif_mapped(const struct whatif *w);
/* Scans that cannot be used: without bitmaps or settings, or of ranges beyond WHATIF_MAX_BYTES. */
__u64 whatif_left_out(const struct whatif *w);
/* Of these, scans of ranges beyond WHATIF_MAX_BYTES. */
__u64 whatif_no_room(const struct whatif *w);
size_t whatif_procs(const struct whatif *w);
/* Calls @fn for every process, in no order. */
void whatif_each_proc(const struct whatif *w, whatif_proc_fn fn, void *ctx);

#endif
