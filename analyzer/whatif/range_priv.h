/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One PMD range of a trace: as recorded (what scans found, what collapses did), and as it would be under
 * another setting (an alt). See simulate_priv.h.
 */
#ifndef WHATIF_RANGE_PRIV_H
#define WHATIF_RANGE_PRIV_H

#include <mthp/creep_ev.h>

#include "whatif/simulate_priv.h"

/* Bitmaps of the recording, a bit per PTE. */
enum {
	SEEN_PRESENT, /* the latest scan, before the collapses after it */
	SEEN_BLOCKED,
	SEEN_REFERENCED,
	SEEN_JOINED,
	SEEN_PLAN,   /* its plan: first and last PTE of each block */
	SEEN_DONE,   /* blocks collapsed after it: first and last PTE of each */
	SEEN_FILLED, /* filled by earlier collapses, and not known to have been freed since */
	SEEN_COVER,  /* in a folio that an earlier collapse made */
	SEEN_FREED,  /* in use after the scan before, empty now */
	/* Without any collapse, as far as is known. */
	SEEN_OWN_JOINED,
	SEEN_OWN_REFERENCED,
	/* Now, with the collapses since the scan. */
	SEEN_NOW_USED,
	SEEN_NOW_COVER,
	SEEN_NOW_JOINED,
	NR_SEEN
};

/* Bitmaps of an alt. */
enum {
	ALT_FILLED, /* filled by its collapses */
	ALT_COVER,  /* in a folio that one of them made */
	ALT_JOINED, /* in such a folio, behind the left neighbour */
	ALT_BEFORE, /* in use at its latest scan */
	ALT_AFTER,  /* and after its collapses then */
	/* Now, as a scan would see it. */
	ALT_NOW_PRESENT,
	ALT_NOW_JOINED,
	NR_ALT
};

struct whatif_alt {
	bool differs; /* from the recording */
	bool pmd;     /* mapped by a PMD: khugepaged does not scan it */
	bool exact;   /* every scan so far is exact */
	bool scanned; /* ALT_BEFORE and ALT_AFTER are filled */
	__u32 orders; /* of its latest scan, */
	__u32 max_ptes_none;
	__u64 *bits; /* [NR_ALT][words] */
	__u8 *steps; /* creep steps in the chain, for each smallest block */
};

struct whatif_range {
	__u64 addr;
	__u64 ts_ns; /* of the latest scan */
	__u32 words; /* of a bitmap */
	__u32 orders, max_ptes_none;
	bool scanned; /* that the alts have not replayed yet */
	bool madvise; /* requested by MADV_COLLAPSE */
	bool pmd_allowed;
	bool failed; /* a collapse after it failed */
	bool blind;  /* the latest scan does not tell what is blocked, */
	bool cold; /* or whether the kernel takes what its PTEs do not show as accessed for referenced */
	bool pmd; /* mapped by a PMD since */
	struct mthp_creep *creep;
	__u64 *bits; /* [NR_SEEN][words] */
	struct whatif_alt *alt;
};

/* Of a whole replay. */
struct whatif_rules {
	__u32 pmd_order;
	__u32 page_shift;
	const struct settings *recorded;
	/* First and latest scan that allowed empty PTEs; 0: none so far. */
	__u64 some_first_ns, some_last_ns;
};

/* Scratch space for planning, one for all. */
struct whatif_scratch {
	struct mthp_policy_in in;
	struct mthp_policy_work work;
	struct mthp_policy_out out;
	__u64 plan[MTHP_POLICY_WORDS];	  /* its blocks, as in SEEN_PLAN */
	__u64 changed[MTHP_POLICY_WORDS]; /* PTEs that changed, but not by the alt */
};

/* Counts and reports the scans and collapses of an alt. */
struct whatif_sink {
	struct whatif_sums *sums;
	struct whatif_block block; /* setting, mm and tgid are filled in by the caller */
	whatif_block_fn fn;	   /* NULL: only counted */
	void *ctx;
};

/* Bytes of a range with @nr alts; @r is the start of so many bytes, all zero. */
size_t whatif_range_size(__u32 pmd_order, size_t nr);
void whatif_range_init(struct whatif_range *r, __u32 pmd_order, size_t nr);

/* A scan with bitmaps; @p: from mthp_creep_is_scan(). */
void whatif_range_scan(struct whatif_range *r, const struct whatif_rules *rules,
		       const struct mthp_policy_params *p, const struct mthp_ev *ev);
/* A collapse or a failed attempt; adds it to @sums, those of the recording. */
void whatif_range_collapse(struct whatif_range *r, const struct whatif_rules *rules,
			   const struct mthp_ev *ev, struct whatif_sums *sums);

/* Replays the latest scan for alt @i under the setting @s. Returns the pages filled. */
__u64 whatif_alt_scan(struct whatif_range *r, size_t i, const struct whatif_rules *rules,
		      const struct whatif_setting *s, bool lossy, struct whatif_scratch *scratch,
		      struct whatif_sink *sink);

/* TLB entries that map the range now: as recorded, and under an alt (after its scan). */
__u64 whatif_range_tlb(const struct whatif_range *r, __u32 pmd_order);
__u64 whatif_alt_tlb(const struct whatif_range *r, size_t i, __u32 pmd_order);
/* Adds the present pages by the order of their folio: as recorded, and under an alt (after its scan). */
void whatif_range_pages(const struct whatif_range *r, __u32 pmd_order, __u64 *pages);
void whatif_alt_pages(const struct whatif_range *r, size_t i, __u32 pmd_order, __u64 *pages);
/*
 * Empty pages in those blocks of the largest size that only @s enables which hold a page: page faults that find this
 * size enabled fill them.
 */
__u64 whatif_range_faults(const struct whatif_range *r, const struct whatif_setting *s);
/* The orders under a setting: of khugepaged at the latest scan. */
__u32 whatif_range_orders(const struct whatif_range *r, const struct whatif_setting *s);
/* Is the alt exact up to the end of the trace? */
bool whatif_alt_exact(const struct whatif_range *r, size_t i);

#endif
