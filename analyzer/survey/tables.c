// SPDX-License-Identifier: GPL-2.0-only
/* The tables of a survey: every number once, as in model/field.c. */
#include "lib/array.h"
#include "model/field_rows.h"
#include "survey/sums.h"

/* A field that the summary and the rows of processes and cgroups have. */
#define SUM(member, title, type, width, help) \
	FIELD_ROW(survey_summary, #member, all.member, title, type, width, 0, help, )
#define ROW(member, title, type, width, help) FLD(survey_row, member, title, type, width, help)

/* F(member, title, type, width, help): the fields that the lists of processes and cgroups show, */
#define SIZES(F)                                                                        \
	F(present_bytes, "anonymous", BYTES, 9, "anonymous memory that is mapped"),     \
		F(huge_bytes, "huge", BYTES, 7, "of it, in folios larger than a page"), \
		F(huge_ppm, "share", PPM, 6, "huge, as a share of anonymous"),          \
		F(pmd_bytes, "by PMD", BYTES, 7, "of it, mapped by PMDs"),              \
		F(eligible_bytes, "eligible", BYTES, 8,                                 \
		  "of it, where the settings let khugepaged collapse")

/* and the others. */
#define DETAILS(F)                                                                        \
	F(vmas, "mappings", COUNT, 8, "anonymous mappings"),                              \
		F(small_bytes, "small", BYTES, 7, "in folios of one page"),               \
		F(partial_bytes, "partial", BYTES, 7,                                     \
		  "of huge, in folios that are mapped in part"),                          \
		F(contig_bytes, "contiguous", BYTES, 10,                                  \
		  "in smaller folios that lie in memory as a larger one would"),          \
		F(blank_bytes, "blank", BYTES, 7,                                         \
		  "of huge, in pages that hold only zeroes (--zeroes)"),                  \
		F(swap_bytes, "swapped", BYTES, 7, "swapped out"),                        \
		F(shared_bytes, "shared", BYTES, 7, "mapped by other processes, too"),    \
		F(zero_bytes, "zero page", BYTES, 9, "PTEs that map the zero page"),      \
		F(guard_bytes, "guard", BYTES, 7, "guard regions (reported since 6.15)"), \
		F(unknown_bytes, "unknown", BYTES, 7, "in folios of unknown size"),       \
		F(ranges, "ranges", COUNT, 7,                                             \
		  "PMD ranges that are not empty and are mapped by PTEs"),                \
		F(planned_ranges, "planned", COUNT, 7, "of these, ranges with a plan")

#define PLANS(F)                                                                                 \
	F(plan_blocks, "blocks", COUNT, 7, "blocks that the policy would collapse now"),         \
		F(plan_bytes, "collapsed", BYTES, 9, "bytes of these blocks"),                   \
		F(fill_bytes, "filled", BYTES, 7, "zeroes that these collapses would add"),      \
		F(tlb_entries, "TLB", COUNT, 8, "TLB entries that map the memory now, at best"), \
		F(tlb_after, "TLB after", COUNT, 9, "the same after the plan")

#define CHANGES(F)                                                                                \
	F(present_change, "anonymous +-", DELTA, 12, "change since the survey before, in bytes"), \
		F(huge_change, "huge +-", DELTA, 8, "change of huge, in bytes"),                  \
		F(fill_change, "filled +-", DELTA, 9, "change of filled, in bytes")

static const struct field summary_fields[] = {
	FLD(survey_summary, release, "kernel", STR, 12, "kernel release"),
	FLD(survey_summary, machine, "machine", STR, 8, "hardware name"),
	FLD(survey_summary, page_size_bytes, "page size", BYTES, 6, "base page"),
	FLD(survey_summary, pmd_order, "PMD", ORDER, 5, "size that a PMD maps"),
	FLD(survey_summary, start_ns, "start", TIME, 23, "start of the survey"),
	FLD(survey_summary, took_ns, "took", NS, 8, "duration of the survey"),
	FLD(survey_summary, method, "page tables by", STR, 12,
	    "iter (a BPF program), PAGEMAP_SCAN or pagemap"),
	FLD(survey_summary, not_iter, "not by iter", STR, 12,
	    "why page tables were not read by BPF"),
	FLD(survey_summary, folios_known, "folios known", BOOL, 5,
	    "page frames and kpageflags can be read (CAP_SYS_ADMIN)"),
	FLD(survey_summary, max_ptes_none, "max_ptes_none", COUNT, 5, "max_ptes_none of the plan"),
	FLD(survey_summary, rule, "rule", STR, 6, "rule of the plan (docs/policy.md)"),
	FLD(survey_summary, processes_seen, "processes read", COUNT, 8, "processes that were read"),
	FIELD_ROW(survey_summary, "processes", all.processes, "processes", COUNT, 8, 0,
		  "of these, processes with anonymous memory"),
	SIZES(SUM),
	DETAILS(SUM),
	PLANS(SUM),
	CHANGES(SUM),
	FLD(survey_summary, hold_smaps_ns, "longest smaps", NS, 8,
	    "longest read of smaps: mmap_lock was held for reading no longer"),
	FLD(survey_summary, hold_pages_ns, "longest pagemap", NS, 8,
	    "longest call that read page tables: mmap_lock was held for reading no longer"),
	FLD(survey_summary, calls, "calls", COUNT, 8, "system calls that read page tables"),
	FLD(survey_summary, lost, "lost", COUNT, 6, "sum of all losses"),
};

static const struct field proc_fields[] = {
	KEY(survey_row, pid, "pid", ID, 7, "process"),
	KEY(survey_row, comm, "comm", STR, 15, "its name"),
	SIZES(ROW),
	PLANS(ROW),
	CHANGES(ROW),
};

static const struct field proc_memory_fields[] = {
	KEY(survey_row, pid, "pid", ID, 7, "process"),
	KEY(survey_row, comm, "comm", STR, 15, "its name"),
	FLD(survey_row, cgroup, "cgroup", STR, 8, "its cgroup v2 path"),
	DETAILS(ROW),
	FLD(survey_row, ended, "ended", BOOL, 5,
	    "it ended during the survey; the numbers are of before"),
};

static const struct field cgroup_fields[] = {
	KEY(survey_row, cgroup, "cgroup", STR, 8,
	    "cgroup v2 path; does not include those below it"),
	FLD(survey_row, processes, "processes", COUNT, 9, "processes with anonymous memory"),
	SIZES(ROW),
	PLANS(ROW),
	CHANGES(ROW),
};

static const struct field cgroup_memory_fields[] = {
	KEY(survey_row, cgroup, "cgroup", STR, 8,
	    "cgroup v2 path; does not include those below it"),
	DETAILS(ROW),
};

#define ORDERS                                                                                                      \
	KEY(survey_order_row, order, "size", ORDER, 5, "size of the folio"),                                        \
		FLD(survey_order_row, enabled, "enabled", STR, 8, "the size's setting"),                            \
		FLD(survey_order_row, whole_bytes, "whole", BYTES, 8,                                               \
		    "in folios of that size that are all mapped, naturally aligned"),                               \
		FLD(survey_order_row, pmd_bytes, "by PMD", BYTES, 7, "of whole, mapped by PMDs"),                   \
		FLD(survey_order_row, unaligned_bytes, "unaligned", BYTES, 9,                                       \
		    "in folios that are all mapped, but not aligned"),                                              \
		FLD(survey_order_row, partial_bytes, "partial", BYTES, 7,                                           \
		    "in folios of that size that are mapped in part"),                                              \
		FLD(survey_order_row, contig_bytes, "contiguous", BYTES, 10,                                        \
		    "in smaller folios that lie in memory as one of that size would (also counted at their size)"), \
		FLD(survey_order_row, plan_blocks, "blocks", COUNT, 7,                                              \
		    "blocks that the policy would collapse to that size now"),                                      \
		FLD(survey_order_row, plan_bytes, "collapsed", BYTES, 9, "bytes of these"),                         \
		FLD(survey_order_row, fill_bytes, "filled", BYTES, 7,                                               \
		    "zeroes that these collapses would add"),                                                       \
		FLD(survey_order_row, change, "whole +-", DELTA, 9,                                                 \
		    "change of whole since the survey before, in bytes")

#define BLOCKS                                                                        \
	KEY(survey_occ_row, order, "size", ORDER, 5, "size of the block"),            \
		KEY(survey_occ_row, bucket, "occupancy", CHARS, 9,                    \
		    "share of present PTEs; 3/16: from there to below 4/16"),         \
		FLD(survey_occ_row, blocks, "blocks", COUNT, 9,                       \
		    "naturally aligned blocks, of PMD ranges that are not empty and " \
		    "are mapped by PTEs")

static const struct field order_fields[] = { ORDERS };
static const struct field occ_fields[] = { BLOCKS };

static const struct field proc_order_fields[] = {
	KEY(survey_order_row, pid, "pid", ID, 7, "process"),
	KEY(survey_order_row, comm, "comm", STR, 15, "its name"),
	ORDERS,
};

static const struct field cgroup_order_fields[] = {
	KEY(survey_order_row, cgroup, "cgroup", STR, 8, "cgroup v2 path"),
	ORDERS,
};

static const struct field proc_occ_fields[] = {
	KEY(survey_occ_row, pid, "pid", ID, 7, "process"),
	KEY(survey_occ_row, comm, "comm", STR, 15, "its name"),
	BLOCKS,
};

static const struct field cgroup_occ_fields[] = {
	KEY(survey_occ_row, cgroup, "cgroup", STR, 8, "cgroup v2 path"),
	BLOCKS,
};

static const struct field left_fields[] = {
	KEY(survey_left_row, kind, "mappings", STR, 12, "kind of mapping"),
	FLD(survey_left_row, vmas, "count", COUNT, 8, "their number"),
	FLD(survey_left_row, rss_bytes, "resident", BYTES, 8, "their resident memory"),
	FLD(survey_left_row, bytes, "mapped", BYTES, 8, "their address space"),
	FLD(survey_left_row, meaning, "meaning", STR, 20, "explanation"),
};

static const struct field loss_fields[] = {
	KEY(snap_loss, name, "loss", STR, 8, "kind of loss"),
	FLD(snap_loss, count, "count", COUNT, 8, "their number"),
	FLD(snap_loss, meaning, "meaning", STR, 20, "explanation"),
};

static const struct field map_fields[] = {
	KEY(survey_map_line, pid, "pid", ID, 7, "process"),
	KEY(survey_map_line, address, "address", HEX, 12, "start of the PMD range"),
	FLD(survey_map_line, present_bytes, "anonymous", BYTES, 9, "present in it"),
	FLD(survey_map_line, huge_bytes, "huge", BYTES, 7, "of it, in folios larger than a page"),
	FLD(survey_map_line, swap_bytes, "swapped", BYTES, 7, "swapped out"),
	FLD(survey_map_line, cells, "map", CHARS, SURVEY_MAP_CELLS,
	    "its 32 parts: order of the largest folio there; # mapped by a PMD; = pages; - some pages; "
	    "s swapped; . empty"),
	FLD(survey_map_line, sizes, "sizes", CHARS, 8, "bytes in folios of each size"),
};

#define TABLE(name, ...) FIELD_TABLE(survey_rows, name, __VA_ARGS__)

const struct table survey_tables[] = {
	FIELD_LIST(survey_rows, "summary", "Survey", summary_fields, survey_summary, summary),
	TABLE("orders", "Folio sizes, and the plan", order_fields, survey_order_row, orders,
	      nr_orders),
	TABLE("processes", "Processes", proc_fields, survey_row, procs, nr_procs),
	TABLE("cgroups", "Cgroups", cgroup_fields, survey_row, cgroups, nr_cgroups),
	TABLE("occupancy", "Occupancy", occ_fields, survey_occ_row, occ, nr_occ, .bar = "blocks",
	      .idle = "blocks"),
	TABLE("mappings", "Mappings", left_fields, survey_left_row, left_out, nr_left_out,
	      .idle = "vmas"),
	TABLE("losses", "Not read", loss_fields, snap_loss, losses, nr_losses, .idle = "count"),
	TABLE("process_memory", "Memory of processes", proc_memory_fields, survey_row, procs,
	      nr_procs, .over_time = 1),
	TABLE("cgroup_memory", "Memory of cgroups", cgroup_memory_fields, survey_row, cgroups,
	      nr_cgroups, .over_time = 1),
	TABLE("process_orders", "Folio sizes of processes", proc_order_fields, survey_order_row,
	      proc_orders, nr_proc_orders, .over_time = 1),
	TABLE("cgroup_orders", "Folio sizes of cgroups", cgroup_order_fields, survey_order_row,
	      cgroup_orders, nr_cgroup_orders, .over_time = 1),
	TABLE("process_occupancy", "Occupancy of processes", proc_occ_fields, survey_occ_row,
	      proc_occ, nr_proc_occ, .over_time = 1),
	TABLE("cgroup_occupancy", "Occupancy of cgroups", cgroup_occ_fields, survey_occ_row,
	      cgroup_occ, nr_cgroup_occ, .over_time = 1),
	/* The last: survey_doc() leaves it out. */
	TABLE("map", "Map", map_fields, survey_map_line, map, nr_map, .over_time = 1),
};
const size_t nr_survey_tables = ARRAY_SIZE(survey_tables);

struct doc survey_doc(const struct survey_rows *r)
{
	size_t nr = nr_survey_tables - !r->nr_map;

	return (struct doc){ survey_tables, nr, r, r->page_size, ~0U };
}
