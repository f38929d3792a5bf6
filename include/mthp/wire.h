/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * struct mthp_ev: the record from BPF to userspace, and from every source to the model.
 *
 * One fixed struct serves all kinds of events. A kernel that does not report a field leaves its bit
 * in ev->known clear; readers check the bit before they use the field. The scans of detail level
 * plans are followed by bitmaps, MTHP_NR_BITMAPS of nr_words 64-bit words each, in the order of enum
 * mthp_bitmap.
 */
#ifndef MTHP_WIRE_H
#define MTHP_WIRE_H

#include <mthp/types.h>

#define MTHP_NR_ORDERS 14   /* 0 ... 13: the PMD order of 64K base pages is 13 */
#define MTHP_MAX_PTES  8192 /* PTEs of one table, at most: 2^13 */
#define MTHP_MAX_WORDS (MTHP_MAX_PTES / 64)
#define MTHP_COMM_LEN  16 /* bytes, with the final NUL */
#define MTHP_NR_KINDS  16 /* table size, a power of two; all kinds are below it */

/*
 * X(number, NAME, name, tracepoint, detail, since): append only, the numbers are in trace files.
 *	name	of the kind in every view, and of its program in bpf/mthptop.bpf.c
 *	detail	the detail level of kernels that have it: META_DETAILS
 *	since	the kernels that have it
 */
#define MTHP_TRACED_KINDS(X)                                                                     \
	X(1, SCAN_PMD, scan_pmd, mm_khugepaged_scan_pmd, TOTALS, "any kernel with huge pages")   \
	X(2, COLLAPSE, collapse, mm_collapse_huge_page, TOTALS, "any kernel with huge pages")    \
	X(3, ISOLATE, isolate, mm_collapse_huge_page_isolate, TOTALS,                            \
	  "any kernel with huge pages")                                                          \
	X(4, SWAPIN, swapin, mm_collapse_huge_page_swapin, TOTALS, "any kernel with huge pages") \
	X(5, SCAN_FILE, scan_file, mm_khugepaged_scan_file, TOTALS, "Linux 6.1")                 \
	X(6, COLLAPSE_FILE, collapse_file, mm_khugepaged_collapse_file, TOTALS, "Linux 6.3")     \
	X(7, PASS, pass, mm_khugepaged_scan, SIZES, "Linux 7.2")                                 \
	X(8, MTHP_SCAN, mthp_scan, mm_mthp_scan, PLANS, "the kernel series in kernel/")          \
	X(9, MTHP_COLLAPSE, mthp_collapse, mm_mthp_collapse, PLANS,                              \
	  "the kernel series in kernel/")                                                        \
	X(10, MTHP_BATCH, mthp_batch, mm_mthp_batch, PLANS, "the kernel series in kernel/")

/* And kinds without a tracepoint: programs on functions of the kernel make their events. */
#define MTHP_KINDS(X)        \
	MTHP_TRACED_KINDS(X) \
	X(11, SPLIT, split, , RANGES, "a kernel whose functions can be probed")

enum mthp_kind {
#define X(number, NAME, name, tracepoint, detail, since) MTHP_K_##NAME = number,
	MTHP_KINDS(X)
#undef X
};

#define X(number, NAME, name, tracepoint, detail, since) \
	_Static_assert((number) < MTHP_NR_KINDS, #NAME " is beyond the tables of kinds");
MTHP_KINDS(X)
#undef X
MTHP_ASSERT_POWER_OF_TWO(MTHP_NR_KINDS);

#define MTHP_NR_REQUESTERS 4 /* table size, a power of two; all requesters are below it */

/* The requester of a scan or a collapse. X(number, NAME, text) */
#define MTHP_REQUESTERS(X)             \
	X(0, UNKNOWN, "unknown")       \
	X(1, KHUGEPAGED, "khugepaged") \
	X(2, MADVISE, "madvise")       \
	X(3, DAMON, "damon")

enum mthp_requester {
#define X(number, name, text) MTHP_Q_##name = number,
	MTHP_REQUESTERS(X)
#undef X
};

#define X(number, name, text) \
	_Static_assert((number) < MTHP_NR_REQUESTERS, #name " is beyond the tables of requesters");
MTHP_REQUESTERS(X)
#undef X
MTHP_ASSERT_POWER_OF_TWO(MTHP_NR_REQUESTERS);

#define MTHP_NR_SPLITTERS 8 /* table size, a power of two; all splitters are below it */

/* Who split a huge page, by the task that did. X(number, NAME, text, what it is) */
#define MTHP_SPLITTERS(X)                                                               \
	X(0, UNKNOWN, "unknown", "the owner of the memory is unknown")                  \
	X(1, OWNER, "its process", "a task of the process: a system call or a fault")   \
	X(2, OTHER, "another process", "a task of another process: reclaim, migration") \
	X(3, KSWAPD, "kswapd", "reclaim")                                               \
	X(4, KSMD, "ksmd", "merging of equal pages")                                    \
	X(5, KHUGEPAGED, "khugepaged", "collapse of other memory")                      \
	X(6, DAMON, "damon", "a DAMON scheme")                                          \
	X(7, KERNEL, "kernel thread", "another kernel thread: migration, writeback")

enum mthp_splitter {
#define X(number, NAME, text, what) MTHP_S_##NAME = number,
	MTHP_SPLITTERS(X)
#undef X
};

#define X(number, NAME, text, what) \
	_Static_assert((number) < MTHP_NR_SPLITTERS, #NAME " is beyond the tables of splitters");
MTHP_SPLITTERS(X)
#undef X
MTHP_ASSERT_POWER_OF_TWO(MTHP_NR_SPLITTERS);

/*
 * Numbers that an event may carry, in ev->v[]. X(number, NAME, text, what it counts)
 * Append only; at most MTHP_NR_VALUES.
 */
#define MTHP_NR_VALUES 24
#define MTHP_VALUES(X)                                                                          \
	X(0, NONE, "none", "PTEs or slots that hold nothing, or the zero page")                 \
	X(1, PRESENT, "present", "PTEs or page cache slots that hold a page")                   \
	X(2, SWAP, "swap", "PTEs or slots that are swapped out")                                \
	X(3, SHARED, "shared", "PTEs whose folio other processes map too")                      \
	X(4, REFERENCED, "referenced", "PTEs found young, or the kernel's flag that some were") \
	X(5, ISOLATED, "isolated", "1 if the pages were isolated")                              \
	X(6, WRITABLE, "writable", "1 if some PTE was writable (up to 6.12)")                   \
	X(7, SHMEM, "shmem", "1 for shmem, 0 for a file")                                       \
	X(8, PAGES, "pages", "pages that the call was about")                                   \
	X(9, FILLED, "filled", "pages that the collapse filled with zeroes")                    \
	X(10, SOURCES, "sources", "folios that the collapse replaced")                          \
	X(11, PLANNED, "planned", "blocks planned")                                             \
	X(12, TRIED, "tried", "blocks tried")                                                   \
	X(13, DONE, "done", "blocks collapsed")                                                 \
	X(14, ORDERS, "orders", "enabled orders, a bit each")                                   \
	X(15, MAX_PTES_NONE, "max_ptes_none", "the setting in force")                           \
	X(16, PROGRESS, "progress", "PTEs that khugepaged went over")                           \
	X(17, FULL_SCAN, "full_scan", "1 if a full scan was completed")                         \
	X(18, NODE, "node", "NUMA node of the new folio")                                       \
	X(19, RET, "ret", "1 if the swap-in did all that was asked")                            \
	X(20, PLAN_FILL, "plan_fill", "pages that the plan would fill with zeroes")             \
	X(21, RULE, "rule", "the policy's rule in force: enum mthp_policy_rule")                \
	X(22, BLOCKED_BY, "blocked_by", "why the first blocked PTE is: enum mthp_result")       \
	X(23, STALL, "stall_ns", "for how long a collapse made its memory unreachable")

enum mthp_value {
#define X(number, name, text, what) MTHP_V_##name = number,
	MTHP_VALUES(X)
#undef X
};

#define X(number, name, text, what) \
	_Static_assert((number) < MTHP_NR_VALUES, #name " is beyond ev->v[]");
MTHP_VALUES(X)
#undef X

/* A duration in a 32-bit value: the longest that fits stands for all longer ones. */
static inline __u32 mthp_stall(__u64 ns)
{
	return ns > ~0U ? ~0U : (__u32)ns;
}

/* Bits of ev->known: bit n for ev->v[n], then the 64-bit members. */
#define MTHP_KNOWN(value) (1U << MTHP_V_##value)
#define MTHP_KNOWN_ADDR	  (1U << 24)
#define MTHP_KNOWN_PFN	  (1U << 25)
#define MTHP_KNOWN_DUR	  (1U << 26)
#define MTHP_KNOWN_LOCK	  (1U << 27)

/*
 * The bitmaps of a scan at detail level plans: bit i % 64 of word i / 64 is PTE i of the table. The
 * first four are those of struct mthp_policy_in. PLAN holds blocks: the first and the last PTE of
 * each have their bit set, so bits come in pairs.
 */
enum mthp_bitmap {
	MTHP_B_PRESENT = 0,    /* maps a page: not none, not the zero page */
	MTHP_B_BLOCKED = 1,    /* cannot be collapsed below PMD order now */
	MTHP_B_REFERENCED = 2, /* young, or its folio referenced */
	MTHP_B_JOINED = 3,     /* maps the page after its left neighbour's, of the same folio */
	MTHP_B_PLAN = 4,       /* blocks planned */
	MTHP_NR_BITMAPS
};

/*
 * PMD order of the page tables whose bitmaps the BPF programs take: 512 PTEs, as on nearly all
 * machines with 4K pages. Recordings of other tables have no bitmaps; traces of other tools do.
 */
#define MTHP_BITMAP_ORDER 9

/* What an event reports about the occupancy of its range (see pair.h). */
enum mthp_sample {
	MTHP_SAMPLE_NO = 0,	  /* nothing */
	MTHP_SAMPLE_COMPLETE = 1, /* every PTE was examined */
	MTHP_SAMPLE_CENSORED = 2, /* the scan ended early: its counts are lower bounds */
};

/*
 * Time stamps of live events are multiples of so many ns (a power of two). The lower bits of a clock
 * reading are noise, since the reading takes that long, and noise does not compress: it was half of
 * a trace file.
 */
#define MTHP_TIME_NS 64

struct mthp_ev {
	__u64 ts_ns;  /* CLOCK_MONOTONIC when the event happened; live: to MTHP_TIME_NS */
	__u64 mm;     /* names the mm within one recording, is not an address; 0: unknown */
	__u64 cgroup; /* cgroup v2 id of the owner; 0: unknown */
	__u64 addr;   /* start of the range or block, bytes */
	__u64 pfn;    /* page frame that the event is about */
	__u64 dur_ns; /* COLLAPSE: isolation done to collapse done; detail plans: the whole attempt */
	__u64 lock_ns;	/* MTHP_BATCH: how long mmap_lock was held for writing */
	__u32 known;	/* MTHP_KNOWN*: members above and in v[] that were reported */
	__u32 tgid;	/* process that owns the memory; 0: unknown */
	__u32 tid;	/* task that did the work */
	__u8 kind;	/* enum mthp_kind */
	__u8 requester; /* enum mthp_requester */
	__u8 order;	/* of the requested folio; PMD order if a scan covers the range */
	__u8 result;	/* enum mthp_result, or a number from MTHP_RESULT_FIRST_FREE on */
	__u8 sample;	/* enum mthp_sample */
	__u8 by;	/* SPLIT: enum mthp_splitter */
	__u8 pad[4];
	__u16 nr_words; /* 64-bit words of each bitmap that follows; 0: no bitmaps */
	__u32 v[MTHP_NR_VALUES];
	char comm[MTHP_COMM_LEN]; /* of the process that owns the memory; empty: unknown */
				  /* __u64 bitmaps[MTHP_NR_BITMAPS][nr_words] */
};
MTHP_ASSERT_SIZE(struct mthp_ev, 192);

#define mthp_knows(ev, value) (((ev)->known & MTHP_KNOWN(value)) != 0)

/* Bytes of an event with its bitmaps. */
static inline __u32 mthp_ev_size(__u16 nr_words)
{
	return sizeof(struct mthp_ev) + MTHP_NR_BITMAPS * nr_words * sizeof(__u64);
}

#endif
