/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by survey_range.c and survey_event.c, and by nobody else. */
#ifndef SURVEY_LOOK_H
#define SURVEY_LOOK_H

#include "survey/survey_range.h"

/* Part of a folio, mapped in a row. */
struct survey_run {
	__u64 addr, pfn; /* where it goes on */
	__u64 pages;
	__u32 order;
	int head; /* it began with the folio's first page */
	int aligned;
};

struct survey_look {
	const struct survey *s;
	struct survey_folios *folios;
	struct survey_proc *proc;
	const struct survey_vma *vma;
	survey_event_fn each;
	void *each_ctx;
	survey_huge_fn huge;
	void *huge_ctx;
	__u32 order, nr; /* of a PMD range, and its entries */
	__u64 page, range;
	__u64 moved;
	struct survey_run run;
	struct mthp_policy_in in;
	struct mthp_policy_work work;
	struct mthp_policy_out out;
	__u8 folio[SURVEY_CHUNK];
	/* An event and its bitmaps, in a row. */
	struct {
		struct mthp_ev ev;
		__u64 bits[MTHP_NR_BITMAPS * MTHP_MAX_WORDS];
	} event;
};

/* What one range has, counted as the bitmaps are made. */
struct survey_scan {
	__u32 present, swap, shared;
	int never; /* something that no collapse takes */
};

/* Tells of the scan in l->in and l->out. 0, or what the tap returned. */
int survey_tell_scan(struct survey_look *l, __u64 addr, const struct survey_scan *f);
/* Tells that the range is mapped by a PMD. */
int survey_tell_pmd(struct survey_look *l, __u64 addr);

#endif
