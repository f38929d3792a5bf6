/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The best setting for so much more memory, on the kernel that a survey or a trace is from, and how sure that is
 * (docs/advise.md). A setting never disables a size: it enables further ones, and sets max_ptes_none.
 */
#ifndef WHATIF_ADVISE_H
#define WHATIF_ADVISE_H

#include <stdio.h>

#include "model/field.h"
#include "whatif/grid.h"

#define ADVISE_UNLIMITED NUM_UNKNOWN /* as a budget */
#define ADVISE_BUDGETS	 8	     /* rows, at most */

/* What khugepaged of a kernel can do. */
struct advise_kernel {
	__u32 able; /* bit k: it collapses to order k, if that is enabled */
	__u32 rule; /* enum mthp_policy_rule */
	bool known; /* false: nothing reports whether it collapses below PMD size */
};

/* @counters: of that kernel. NULL: none are known. */
void advise_kernel(const struct meta *meta, const struct counters *counters,
		   struct advise_kernel *k);

/*
 * Settings to try: the present one first, then others for this kernel (*own of them, with the present one), then
 * those of other kernels. -EINVAL: the present settings are unknown.
 */
int advise_settings(const struct meta *meta, const struct advise_kernel *k, struct whatif_grid *g,
		    size_t *own);

/* "5%", "0.5", "unlimited" as parts per million. -EINVAL: none of these. */
int advise_parse_budget(const char *word, __u64 *ppm);

struct advise_top {
	const char *release;
	const char *rule; /* below PMD size; "" */
	char sizes[64];	  /* that khugepaged can collapse to */
	__u64 memory_bytes;
	__u64 ranges;
	__u64 no_room; /* scans that were left out */
	/* Beside it; NUM_UNKNOWN. */
	__u64 file_bytes;     /* of processes: mappings of files, and shared memory */
	__u64 disabled_bytes; /* of processes with PR_SET_THP_DISABLE */
	__u64 compact_stall;
	__u64 compact_fail;
	__u64 allocstall;
	__u64 collapse_alloc;
};

struct advise_row {
	char budget[16]; /* "now", "present": without a change, before and after khugepaged */
	const char *verdict;
	__u64 setting; /* number; NUM_UNKNOWN: none */
	__u64 max_ptes_none;
	char sizes[96]; /* that are enabled in addition, and where */
	__u64 filled_bytes;
	__u64 filled_ppm; /* of the memory */
	__u64 faults_bytes;
	__u64 faults_ppm;
	__u64 huge_ppm; /* of the memory, in folios larger than a page */
	__u64 tlb_entries;
	__u64 collapses;
	__u64 copied_bytes;
	__u64 exact_ppm; /* of the ranges */
};

struct advise_size {
	__u64 setting; /* NUM_UNKNOWN: now */
	__u64 order;
	__u64 bytes;
	__u64 ppm;
};

struct advise_command {
	char set[160];
	char undo[160];
};

struct advise_other {
	const char *kernel;
	__u64 max_ptes_none;
	char sizes[64];
	__u64 filled_bytes;
	__u64 filled_ppm;
	__u64 huge_ppm;
	__u64 tlb_entries;
	__u64 exact_ppm;
};

struct advise_line {
	char text[320];
};

#define ADVISE_LINES 16

struct advice {
	const struct meta *meta;
	const struct advise_kernel *kernel;
	const struct whatif_grid *grid;
	const struct whatif *w;
	size_t own;
	__u32 page_size, pmd_order;
	__u64 pages;   /* of the memory */
	__u64 budget;  /* that was asked for, */
	size_t chosen; /* and its row */

	struct advise_top top;
	/* These point into the arrays below. */
	struct advise_row *rows;
	struct advise_size *sizes;
	struct advise_command *commands;
	struct advise_other *others;
	struct advise_line *lines;
	struct {
		struct advise_row rows[ADVISE_BUDGETS + 2];
		struct advise_size sizes[(ADVISE_BUDGETS + 2) * MTHP_NR_ORDERS];
		struct advise_command commands[MTHP_NR_ORDERS + 1];
		struct advise_other others[2];
		struct advise_line lines[ADVISE_LINES];
	} room;
	size_t nr_rows, nr_sizes, nr_commands, nr_others, nr_lines;
};

/*
 * The advice after whatif_end(), for @budget and the usual ones. Points into all of its arguments. @counters: NULL, or
 * of that machine. @top: what is known beside it.
 */
void advise_make(struct advice *a, const struct meta *meta, const struct advise_kernel *k,
		 const struct whatif_grid *g, size_t own, const struct whatif *w, __u64 budget);
/* Counters of the machine, and what stalls page faults there. NULL: unknown. */
void advise_beside(struct advice *a, const struct counters *counters);

/* Fills in commands and lines. */
void advise_explain(struct advice *a);

/* Rules for mthptop check: a recording under the advised setting satisfies them. */
void advise_rules(const struct advice *a, FILE *out);

extern const struct table advise_tables[];
extern const size_t nr_advise_tables;
struct doc advise_view(const struct advice *a);

#endif
