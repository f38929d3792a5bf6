/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A what-if as rows of the tables that text, JSON, CSV and HTML draw. The first row of settings is the
 * recording. Unknown numbers are NUM_UNKNOWN.
 */
#ifndef WHATIF_TABLES_H
#define WHATIF_TABLES_H

#include <stdio.h>

#include "model/field.h"
#include "whatif/simulate_priv.h"

struct whatif_top {
	const char *release;
	const char *detail;
	__u64 ranges;
	__u64 processes;
	__u64 left_out; /* scans that could not be used */
	__u64 weigh;	/* pages filled that weigh as much as a TLB entry */
};

struct whatif_row {
	__u64 setting; /* 0: the recording */
	const char *rule;
	__u64 max_ptes_none;
	char orders[64];
	__u64 best; /* 1: least cost by the weights */
	__u64 collapses;
	__u64 collapsed_bytes;
	__u64 filled_bytes;
	__u64 filled_ppm; /* of the memory as recorded, at the end */
	__u64 copied_bytes;
	__u64 scans;
	__u64 batches;
	__u64 creep_steps;
	__u64 creep_bytes;
	__u64 grown_steps;
	__u64 tlb_entries;
	__u64 exact_ppm;	/* of the scans */
	__u64 ranges_exact_ppm; /* of the ranges, up to the end of the trace */
	__u64 cost;		/* pages filled and weighted TLB entries */
};

struct whatif_size {
	__u64 setting;
	__u64 order;
	__u64 collapses;
	__u64 bytes;
};

/* A process under the best setting, and as recorded. */
struct whatif_proc_row {
	__u64 tgid;
	char comm[MTHP_COMM_LEN + 1];
	__u64 mm;
	__u64 ranges;
	__u64 filled_bytes;
	__u64 filled_recorded_bytes;
	__u64 tlb_entries;
	__u64 tlb_recorded;
};

struct whatif_line {
	char text[240];
};

struct whatif_doc {
	__u32 page_size;
	__u32 pmd_order;
	struct whatif_top top;
	struct whatif_row *rows;
	size_t nr_rows;
	struct whatif_size *sizes;
	size_t nr_sizes;
	struct whatif_proc_row *procs; /* sorted by what the best setting changes, falling */
	size_t nr_procs;
	struct whatif_line *lines; /* whatif_doc_explain() */
	size_t nr_lines;
};

extern const struct table whatif_tables[];
extern const size_t nr_whatif_tables;

/* @d and its tables, for views. */
struct doc whatif_doc_view(const struct whatif_doc *d);

/* Rows of a replay under @settings. @weigh: pages filled that a TLB entry is worth. 0 or -ENOMEM. */
int whatif_doc_make(const struct whatif *w, const struct meta *meta,
		    const struct whatif_setting *settings, size_t nr, __u32 weigh,
		    struct whatif_doc *d);
void whatif_doc_free(struct whatif_doc *d);

/* Computes cost and best from filled bytes and TLB entries. */
void whatif_doc_judge(struct whatif_doc *d, __u32 weigh);

/* Row @i: is no other setting better in filled bytes or TLB entries and at least equal in the other? */
bool whatif_doc_on_frontier(const struct whatif_doc *d, size_t i);

/*
 * Keeps the recording and the settings on the frontier, sorted by filled bytes.
 */
void whatif_doc_frontier(struct whatif_doc *d);

/* Makes the lines: gains and costs of the best setting, in words. 0 or -ENOMEM. */
int whatif_doc_explain(struct whatif_doc *d);

#endif
