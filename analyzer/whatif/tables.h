/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What came of a what-if as rows: the tables that text, JSON, CSV and HTML draw. Rows that say what
 * was recorded stand first; a number that the trace cannot tell is NUM_UNKNOWN.
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
	__u64 left_out; /* scans that are of no use */
	__u64 weigh;	/* pages filled that weigh as much as a TLB entry */
};

struct whatif_row {
	__u64 setting; /* 0: what was recorded */
	const char *rule;
	__u64 max_ptes_none;
	char orders[64];
	__u64 best; /* 1: least cost by the weights */
	__u64 collapses;
	__u64 collapsed_bytes;
	__u64 filled_bytes;
	__u64 copied_bytes;
	__u64 scans;
	__u64 batches;
	__u64 creep_steps;
	__u64 creep_bytes;
	__u64 grown_steps;
	__u64 tlb_entries;
	__u64 exact_ppm;	/* of the scans */
	__u64 ranges_exact_ppm; /* of the ranges, to the end of the record */
	__u64 cost;		/* pages filled and weighted TLB entries */
};

struct whatif_size {
	__u64 setting;
	__u64 order;
	__u64 collapses;
	__u64 bytes;
};

/* A process under the best setting, and as it was recorded. */
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
	struct whatif_proc_row *procs; /* those that the best setting changes most, first */
	size_t nr_procs;
	struct whatif_line *lines; /* the answer in words; none: not asked for */
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

/* Works out cost and best from filled bytes and TLB entries; used where rows were made elsewhere. */
void whatif_doc_judge(struct whatif_doc *d, __u32 weigh);

/* Is row @i a setting that no other is as good as in both, and better than in one? */
bool whatif_doc_on_frontier(const struct whatif_doc *d, size_t i);

/*
 * Keeps what is recorded and the settings that no other is better than in both filled bytes and TLB
 * entries, by filled bytes.
 */
void whatif_doc_frontier(struct whatif_doc *d);

/* Says in words what the best setting gains and costs. 0 or -ENOMEM. */
int whatif_doc_explain(struct whatif_doc *d);

#endif
