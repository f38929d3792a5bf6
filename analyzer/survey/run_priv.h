/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A survey: the anonymous memory of processes now, read without a change to any process or setting
 * (docs/survey.md).
 *
 *	proc.c	the processes, and /proc/PID of each
 *	range.c	one PMD range: occupancy and plan
 *	event.c	the same as an event of a trace
 *	sums.c	sums, and the rows of views
 *
 * There are two ways to page tables. Through /proc:
 *
 *	vma.c	mappings, from smaps
 *	pages.c	the entries of a mapping, in chunks
 *	folio.c	the folio of each page
 *	entries.c stretches of them, for range.c
 *
 * By BPF, where it is permitted:
 *
 *	iter.c	the programs, which copy page tables
 *	iter_folio.c the folios behind them
 *	iter_read.c mappings, and stretches for range.c
 *
 * Memory: SURVEY_CHUNK page table entries and their folios, and one struct survey_proc for each process
 * that has anonymous memory.
 */
#ifndef SURVEY_RUN_PRIV_H
#define SURVEY_RUN_PRIV_H

#include <mthp/hist.h>
#include <mthp/policy.h>

#include "model/meta.h"

#define SURVEY_CHUNK 32768 /* page table entries read at once */

/* Kinds of mappings; khugepaged collapses the first only. X(number, NAME, text, meaning) */
#define SURVEY_KINDS(X)                                                                   \
	X(0, ANON, "anonymous", "private anonymous memory")                               \
	X(1, FILE, "file", "mappings of files, and shared memory")                        \
	X(2, HUGETLB, "hugetlb", "pages of hugetlbfs: reserved, not transparent")         \
	X(3, SPECIAL, "special", "devices, PFN maps, mappings of the kernel")             \
	X(4, ADVISED, "nohugepage", "anonymous, with MADV_NOHUGEPAGE")                    \
	X(5, DISABLED, "thp disabled", "anonymous, of a process with PR_SET_THP_DISABLE") \
	X(6, REFUSED, "not eligible", "anonymous, but the kernel reports THPeligible: 0")

enum survey_kind {
#define X(number, name, text, meaning) SURVEY_##name = number,
	SURVEY_KINDS(X)
#undef X
	SURVEY_NR_KINDS
};

/* Losses of a survey. X(number, NAME, text, meaning) */
#define SURVEY_LOSSES(X)                                                              \
	X(0, GONE, "gone", "processes that ended while they were read")               \
	X(1, DENIED, "denied", "processes that may not be read")                      \
	X(2, FAILED, "failed", "mappings that could not be read to their end")        \
	X(3, MOVED, "moved", "pages whose folio changed while it was read")           \
	X(4, SPARSE, "sparse", "mappings too sparse to be read without PAGEMAP_SCAN") \
	X(5, MAP, "map", "PMD ranges that the map has no room for")

enum survey_loss {
#define X(number, name, text, meaning) SURVEY_L_##name = number,
	SURVEY_LOSSES(X)
#undef X
	SURVEY_NR_LOSSES
};

/*
 * A page table entry in the format of /proc/PID/pagemap (Documentation/admin-guide/mm/pagemap.rst), with
 * one bit of our own that it does not use.
 */
#define SURVEY_PTE_PFN	     ((1ULL << 55) - 1)
#define SURVEY_PTE_EXCLUSIVE (1ULL << 56) /* mapped by nobody else */
#define SURVEY_PTE_GUARD     (1ULL << 58) /* since 6.15 */
#define SURVEY_PTE_ZERO	     (1ULL << 59) /* ours: the zero page */
#define SURVEY_PTE_FILE	     (1ULL << 61) /* a page of a file, or of shared memory */
#define SURVEY_PTE_SWAP	     (1ULL << 62)
#define SURVEY_PTE_PRESENT   (1ULL << 63)

/* The page of an entry: the order of its folio, and flags. */
#define SURVEY_FOLIO_ORDER   0x1f /* of its folio; SURVEY_FOLIO_UNKNOWN */
#define SURVEY_FOLIO_UNKNOWN 0x1f
#define SURVEY_FOLIO_TAIL    0x20 /* not the first page of its folio */
#define SURVEY_FOLIO_BLOCKED 0x40 /* KSM, not anonymous, or poisoned */

/* Pages of one order; `plan` and `occ` count blocks. */
struct survey_order {
	__u64 whole;	 /* of folios of this order that are all mapped here, naturally aligned */
	__u64 unaligned; /* of folios that are all mapped, but not at a multiple of their size */
	__u64 partial;	 /* of folios of this order that are mapped here in part */
	__u64 contig;	 /* of smaller folios that lie in memory as one of this order would */
	__u64 plan;
	__u64 plan_fill; /* pages that the plan would fill with zeroes */
	__u64 occ[MTHP_OCC_BUCKETS];
};

/* Pages of all mappings, eligible or not; plans are of eligible ones only. */
struct survey_sums {
	__u64 vmas;
	__u64 present; /* mapped: by PTEs and by PMDs */
	__u64 pmd;     /* of these, mapped by PMDs */
	__u64 huge;    /* of these, in folios larger than a page */
	__u64 zero;    /* PTEs that map the zero page */
	__u64 swap;
	__u64 shared; /* mapped by other processes, too */
	__u64 guard;
	__u64 unknown;	/* their folio is unknown */
	__u64 eligible; /* present, in ranges that khugepaged may collapse under the settings */
	__u64 ranges;	/* PMD ranges that hold something, mapped by PTEs and inside one mapping */
	__u64 edges;	/* pages outside of these: no whole range fits the mapping there */
	__u64 planned;	/* ranges with a plan */
	__u64 tlb;	/* TLB entries that map the memory now */
	__u64 tlb_after;
	__u64 blank;	/* pages of folios larger than a page that hold only zeroes */
	__u64 blank_of; /* pages of such folios that were read for it */
	struct survey_order order[MTHP_NR_ORDERS];
};

/* One process. */
struct survey_proc {
	__u32 pid;
	__u64 start; /* clock ticks since boot: differs for a later process with the same pid */
	char comm[MTHP_COMM_LEN];
	char *cgroup; /* path; NULL: unknown */
	__u64 cgroup_id;
	int thp_disabled;
	int ended; /* the sums are of what was read before its end */
	struct survey_sums sums;
};

/* Mappings that khugepaged does not collapse, by kind. */
struct survey_left_out {
	__u64 vmas;
	__u64 rss;   /* bytes resident */
	__u64 bytes; /* of address space */
};

/* One mapping. */
struct survey_vma {
	__u64 start, end; /* bytes */
	enum survey_kind kind;
	int shared; /* MAP_SHARED */
	int advised;
	__u64 rss, swap, pmd_mapped; /* bytes, from smaps */
	__u64 referenced;
	int eligible; /* the kernel's THPeligible; -1: unknown */
	__u32 orders; /* that khugepaged may collapse it to, a bit each */
};

/* How page tables are read. */
enum survey_by {
	SURVEY_BY_BEST, /* by BPF where it is permitted */
	SURVEY_BY_ITER,
	SURVEY_BY_PROC,
};

/* The BPF programs, which surveys that follow each other share. All zero at first. */
struct survey_reader;
struct survey_kept {
	struct survey_reader *reader;
	int tried;
	char not_iter[160]; /* why there is none; "" */
};

struct survey_wanted {
	const __u32 *pids; /* NULL: all */
	size_t nr_pids;
	const char *cgroup; /* NULL: any */
	const char *comm;   /* glob; NULL: any */
	int blank;	    /* read large folios and count pages that hold only zeroes */
	int by;		    /* enum survey_by */
	int map;	    /* a row for each PMD range */
	struct survey_kept *kept;
};

/* The longest system calls: so long mmap_lock of a process was held for reading, at most. */
struct survey_holds {
	__u64 smaps_ns;
	__u64 pages_ns;
	__u64 calls;
};

/* One PMD range, or its part inside a mapping, for people. */
#define SURVEY_MAP_CELLS 32
#define SURVEY_MAP_ROWS	 8192
struct survey_map_row {
	__u32 pid;
	__u32 present, huge, swap; /* pages */
	__u64 addr;
	__u32 pages[MTHP_NR_ORDERS];	  /* present, by the order of their folio; 0: or unknown */
	char cells[SURVEY_MAP_CELLS + 1]; /* what is in each part of it: SURVEY_MAP_* */
};

/* Digits and letters: the order of the largest folio there. */
#define SURVEY_MAP_PMD	 '#' /* mapped by a PMD */
#define SURVEY_MAP_FULL	 '=' /* pages only, and everywhere */
#define SURVEY_MAP_SMALL '-' /* pages only, and not everywhere */
#define SURVEY_MAP_SWAP	 's' /* swapped out, nothing else */
#define SURVEY_MAP_EMPTY '.'

struct survey {
	struct meta meta;
	struct mthp_policy_params policy;
	int plans;	      /* the policy's settings are known */
	int orders;	      /* folios are known: PFNs and kpageflags can be read */
	int scans;	      /* the kernel has PAGEMAP_SCAN */
	int iter;	      /* page tables were read by BPF */
	const char *not_iter; /* why not, where it was tried; "". As long as survey_kept */
	int blank;	      /* as wanted */
	__u64 took_ns;
	struct survey_holds holds;
	struct survey_sums all;
	struct survey_left_out left_out[SURVEY_NR_KINDS];
	__u64 lost[SURVEY_NR_LOSSES];
	struct survey_proc *procs; /* with anonymous memory; by present pages, falling */
	size_t nr_procs, max_procs;
	struct survey_map_row *map;
	size_t nr_map, max_map;
	__u64 seen; /* processes read, also those without anonymous memory */
};

/* Called for each PMD range that is not empty and that khugepaged could collapse. */
struct mthp_ev;
typedef int (*survey_event_fn)(void *ctx, const struct mthp_ev *ev, const struct survey_proc *p);

/*
 * Reads all processes that are wanted. 0, or -errno after a message. @each may be NULL;
 * another return value of it than 0 ends the survey. The caller frees *s, also after a failure.
 */
int survey_run(const struct survey_wanted *wanted, survey_event_fn each, void *ctx,
	       struct survey **s);
void survey_free(struct survey *s);
void survey_kept_free(struct survey_kept *kept);

/* The meta of a trace of such a survey. 0, or -errno after a message. */
int survey_meta(const struct survey_wanted *wanted, struct meta *meta);

/* Adds @from to @to. */
void survey_add(struct survey_sums *to, const struct survey_sums *from);

#endif
