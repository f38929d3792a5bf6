/* SPDX-License-Identifier: GPL-2.0-only */
/* The pages of one mapping of a process: sums, PMD ranges, plans, events. */
#ifndef SURVEY_RANGE_PRIV_H
#define SURVEY_RANGE_PRIV_H

#include <mthp/wire.h>

#include "survey/run_priv.h"

struct survey_folios;
struct survey_look;

/* @folios NULL: folios are unknown. 0 or -ENOMEM. */
int survey_look_new(const struct survey *s, struct survey_folios *folios, struct survey_look **l);
void survey_look_free(struct survey_look *l);

/* The next pages are of this mapping of this process, and add to its sums. */
void survey_look_at(struct survey_look *l, struct survey_proc *p, const struct survey_vma *vma);
/* From now on @s gets a row for each range. 0 or -ENOMEM. */
int survey_look_map(struct survey_look *l, struct survey *s);
/* Events from now on go there. */
void survey_look_tap(struct survey_look *l, survey_event_fn each, void *ctx);

/*
 * PTEs in a row inside of one PMD range that say the same, and whose frames follow each other. Of several pages
 * of a large folio, all are of the same folio.
 */
struct survey_stretch {
	__u64 addr;
	__u64 pfn; /* of the first page */
	__u32 nr;
	__u32 is;    /* SURVEY_IS_* */
	__u32 order; /* of the folio; SURVEY_FOLIO_UNKNOWN */
	__u32 tail;  /* the first page is not the first of its folio */
};

#define SURVEY_IS_PRESENT    0x01
#define SURVEY_IS_ZERO	     0x02 /* the zero page */
#define SURVEY_IS_SWAP	     0x04 /* not present, and not empty */
#define SURVEY_IS_GUARD	     0x08
#define SURVEY_IS_SHARED     0x10 /* mapped by other processes, too */
#define SURVEY_IS_BLOCKED    0x20 /* KSM, not anonymous, or poisoned */
#define SURVEY_IS_REFERENCED 0x40

/* The next stretch, of a higher address than the last one. 0, or what the tap returned. */
int survey_look_stretch(struct survey_look *l, const struct survey_stretch *s);
/* The end of the mapping. 0, or what the tap returned. */
int survey_look_end(struct survey_look *l);

/* As in struct survey_found, with the struct survey_look as its ctx. */
int survey_look_pmd(void *look, __u64 start, __u64 end, int zero);
int survey_look_ptes(void *look, __u64 start, __u64 *pte, size_t nr);

/* Pages whose folio changed while it was read. */
__u64 survey_look_moved(const struct survey_look *l);

/*
 * Calls @fn for stretches mapped by folios larger than a page: they may hold pages that nobody wrote to.
 */
typedef void (*survey_huge_fn)(void *ctx, __u64 start, __u64 end);
void survey_look_huge(struct survey_look *l, survey_huge_fn fn, void *ctx);

/* Shared by range.c, entries.c, map.c and event.c, and by nobody else. */

#define SURVEY_NO_ADDR (~0ULL)

/* Present pages of a range whose frames follow each other. */
struct survey_frames {
	__u64 pfn;
	__u32 first, nr; /* entries of the range */
};

/* What a plan was made from: the next range often is the same. */
struct survey_planned {
	__u64 bits[4 * MTHP_POLICY_WORDS];
	__u32 orders;
	__u8 pmd_allowed;
	__u8 made;
};

/* Counts of one range, made with its bitmaps. */
struct survey_scan {
	__u32 present, swap, shared;
	int never; /* a PTE that no collapse takes */
	int large; /* pages of folios larger than a page */
};

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
	__u32 order, nr;   /* of a PMD range, and its entries */
	__u64 page, range; /* bytes */
	__u32 page_shift;
	__u64 moved;
	struct survey_run run;
	__u64 at;		 /* start of the range that is being put together; SURVEY_NO_ADDR */
	struct survey_scan scan; /* counts of it, */
	struct mthp_policy_in in;     /* its bitmaps, */
	struct survey_frames *frames; /* and where its present pages are, */
	__u32 nr_frames;	      /* so many */
	struct mthp_policy_work work;
	struct mthp_policy_out out;
	struct survey_planned planned; /* what out was made from */
	__u64 *frame_of;	       /* of each entry of a range: scratch space */
	struct survey *map;	       /* gets a row for each range; NULL: no map is wanted */
	__u8 *order_of; /* 1 + the order of each page of the range, for the map; 0: none */
	__u8 folio[SURVEY_CHUNK];
	/* An event and its bitmaps, in a row. */
	struct {
		struct mthp_ev ev;
		__u64 bits[MTHP_NR_BITMAPS * MTHP_MAX_WORDS];
	} event;
};

/* A row for the range that was put together, and for one that is mapped by a PMD. */
void survey_map_range(struct survey_look *l, __u64 addr);
void survey_map_pmd(struct survey_look *l, __u64 addr);

/* Hands the tap an event of the scan in l->in and l->out. 0, or what the tap returned. */
int survey_give_scan(struct survey_look *l, __u64 addr, const struct survey_scan *f);
/* The same for a range that is mapped by a PMD. */
int survey_give_pmd(struct survey_look *l, __u64 addr);

#endif
