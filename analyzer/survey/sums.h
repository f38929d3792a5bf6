/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A survey as rows for views: in bytes, with NUM_UNKNOWN for unknown numbers. tables.c has the tables;
 * docs/survey.md describes the JSON keys.
 */
#ifndef SURVEY_SUMS_H
#define SURVEY_SUMS_H

#include "model/field.h"
#include "survey/run_priv.h"

/* A process, a cgroup, or all. */
struct survey_row {
	__u64 pid;	    /* NUM_UNKNOWN: not of one process */
	const char *comm;   /* "" */
	const char *cgroup; /* path; "" unknown */
	__u64 processes;
	__u64 ended; /* 1: ended during the survey */
	__u64 vmas;
	__u64 present_bytes;
	__u64 huge_bytes;
	__u64 huge_ppm;
	__u64 pmd_bytes;
	__u64 small_bytes;
	__u64 partial_bytes;
	__u64 contig_bytes;
	__u64 blank_bytes;
	__u64 swap_bytes;
	__u64 shared_bytes;
	__u64 zero_bytes;
	__u64 guard_bytes;
	__u64 unknown_bytes;
	__u64 eligible_bytes;
	__u64 ranges;
	__u64 planned_ranges;
	__u64 plan_blocks;
	__u64 plan_bytes;
	__u64 fill_bytes;
	__u64 tlb_entries;
	__u64 tlb_after;
	__u64 present_change; /* since the survey before; SNAP_NO_DELTA */
	__u64 huge_change;
	__u64 fill_change; /* of fill_bytes */
};

/* One order, of a process, a cgroup, or all. */
struct survey_order_row {
	__u64 pid;
	const char *comm;
	const char *cgroup;
	__u64 order;
	const char *enabled; /* "" unknown */
	__u64 pmd_bytes;     /* of whole_bytes */
	__u64 whole_bytes;
	__u64 unaligned_bytes;
	__u64 partial_bytes;
	__u64 contig_bytes;
	__u64 plan_blocks;
	__u64 plan_bytes;
	__u64 fill_bytes;
	__u64 change; /* of whole_bytes, since the survey before; SNAP_NO_DELTA */
};

struct survey_occ_row {
	__u64 pid;
	const char *comm;
	const char *cgroup;
	__u64 order;
	char bucket[SNAP_LABEL];
	__u64 blocks;
};

struct survey_map_line {
	__u64 pid;
	__u64 address;
	__u64 present_bytes;
	__u64 huge_bytes;
	__u64 swap_bytes;
	char cells[SURVEY_MAP_CELLS + 1];
	char sizes[64];
};

struct survey_left_row {
	const char *kind;
	__u64 vmas;
	__u64 rss_bytes;
	__u64 bytes;
	const char *meaning;
};

struct survey_summary {
	const char *release;
	const char *machine;
	__u64 page_size_bytes;
	__u64 pmd_order;
	__u64 start_ns;
	__u64 took_ns;
	const char *method;
	const char *not_iter; /* "" */
	__u64 folios_known;
	__u64 max_ptes_none; /* NUM_UNKNOWN */
	const char *rule;
	__u64 processes_seen;
	__u64 hold_smaps_ns;
	__u64 hold_pages_ns;
	__u64 calls;
	__u64 lost;
	struct survey_row all;
};

struct survey_rows {
	struct survey_summary summary;
	struct survey_row *procs, *cgroups;
	struct survey_order_row *orders, *proc_orders, *cgroup_orders;
	struct survey_occ_row *occ, *proc_occ, *cgroup_occ;
	struct survey_left_row left[SURVEY_NR_KINDS], *left_out;
	struct survey_map_line *map;
	struct snap_loss lost[SURVEY_NR_LOSSES], *losses;
	size_t nr_procs, nr_cgroups, nr_orders, nr_proc_orders, nr_cgroup_orders;
	size_t nr_occ, nr_proc_occ, nr_cgroup_occ, nr_left_out, nr_losses, nr_map;
	__u32 page_size;
	void *cgroup_sums; /* ours */
};

/*
 * The rows of @s; they point into it. @before: the survey before, or NULL. NULL when memory is out.
 */
struct survey_rows *survey_rows_make(const struct survey *s, const struct survey *before);
void survey_rows_free(struct survey_rows *r);

/* Its tables: doc_text(), doc_json(), ... */
struct doc survey_doc(const struct survey_rows *r);
extern const struct table survey_tables[];
extern const size_t nr_survey_tables;

#endif
