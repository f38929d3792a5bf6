/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Facts about the machine that events come from. A source fills them in when it opens, a trace begins with
 * them, and every view reads them. Also the kernel's own counters (thp_* of /proc/vmstat,
 * hugepages-N kB/stats), sampled while events are taken.
 */
#ifndef MODEL_META_H
#define MODEL_META_H

#include <stddef.h>
#include <mthp/agg.h>
#include "model/capability.h"

#define META_UNKNOWN	 (-1LL) /* a number that the kernel does not report */
#define META_NAME_LEN	 48
#define META_HOST_LEN	 65 /* of utsname.nodename */
#define COUNTER_UNKNOWN	 (~0ULL)
#define COUNTERS_MAX	 512
#define COUNTER_NAME_LEN 40
#define COUNTER_NO_ORDER 0xff

/*
 * How much a kernel or a trace reports. X(number, NAME, word, what it adds to the level before)
 * Each level has all that the levels before it have.
 */
#define META_DETAILS(X)                                                                        \
	X(0, TOTALS, "totals", "scans and collapses by result, of PMD size, and their owners") \
	X(1, SIZES, "sizes", "the size of each collapse")                                      \
	X(2, RANGES, "ranges", "address and occupancy of each scan, fill of each collapse")    \
	X(3, PLANS, "plans", "plan of each scan, and how long mmap_lock was held")

enum mthp_detail {
#define X(number, name, word, what) DETAIL_##name = number,
	META_DETAILS(X)
#undef X
	NR_DETAILS
};

/* Views show these where a table needs a higher level. */
#define DETAIL_RANGES_NEEDED \
	"unknown: needs detail ranges (probes or the mthptop series; see mthptop info)"
#define DETAIL_PLANS_NEEDED \
	"unknown on this kernel: needs detail plans (Linux 6.12 with the mthptop series)"

/* X(field, sysfs file below transparent_hugepage/): numbers, META_UNKNOWN where absent */
#define META_NUMBERS(X)                                              \
	X(defrag_khugepaged, "khugepaged/defrag")                    \
	X(scan_sleep_millisecs, "khugepaged/scan_sleep_millisecs")   \
	X(alloc_sleep_millisecs, "khugepaged/alloc_sleep_millisecs") \
	X(pages_to_scan, "khugepaged/pages_to_scan")                 \
	X(max_ptes_none, "khugepaged/max_ptes_none")                 \
	X(max_ptes_swap, "khugepaged/max_ptes_swap")                 \
	X(max_ptes_shared, "khugepaged/max_ptes_shared")             \
	X(creep_guard, "khugepaged/creep_guard")                     \
	X(use_zero_page, "use_zero_page")                            \
	X(shrink_underused, "shrink_underused")

/* X(field, sysfs file): the chosen word, "" where absent */
#define META_WORDS(X)         \
	X(enabled, "enabled") \
	X(defrag, "defrag")   \
	X(shmem_enabled, "shmem_enabled")

/* X(field): words about the machine and the trace, "" where unknown */
#define META_TEXTS(X) \
	X(host)       \
	X(release)    \
	X(machine)    \
	X(made_by)    \
	X(origin)     \
	X(clock)      \
	X(filter_cgroup)

struct settings {
#define X(field, file) long long field;
	META_NUMBERS(X)
#undef X
#define X(field, file) char field[16];
	META_WORDS(X)
#undef X
	char order_enabled[MTHP_NR_ORDERS][16]; /* hugepages-N kB/enabled; "" where absent */
};

struct meta {
	char release[META_NAME_LEN]; /* uname -r */
	char machine[META_NAME_LEN]; /* uname -m */
	__u32 page_size;	     /* bytes */
	__u32 pmd_order;	     /* 0: unknown */
	__u32 nr_cpus;
	enum mthp_detail detail; /* capability_detail() of the set, if the set was said */
	struct capability_state caps[NR_CAPS]; /* read with capability_get() */
	__u32 kinds;	   /* bit n: the kernel has events of enum mthp_kind n */
	__u64 start_ns;	   /* CLOCK_MONOTONIC when events began to be taken */
	__u32 part;	   /* of a recording in several files: the number of this one; 0: whole */
	__u64 settings_ns; /* CLOCK_MONOTONIC when the settings were read last; 0: unknown */
	__u64 start_realtime_ns;  /* CLOCK_REALTIME of the same moment; 0: unknown */
	char host[META_HOST_LEN]; /* uname -n; "": unknown */
	char writer
		[META_NAME_LEN]; /* of the trace: "mthptop 0.1"; "": unknown, or not from a trace */
	char made_by[16]; /* the command that made the trace: record, survey, import; "" as above */
	/* The origin of an import; "": unknown. Recordings of mthptop have neither. */
	char origin[32];	 /* "trace-cmd trace.dat", "ftrace text" ... */
	char clock[16];		 /* of the times, as ftrace calls it: local, mono, boot ... */
	__u32 filter_tgid;	 /* only this process was observed; 0: all */
	char filter_cgroup[256]; /* only this cgroup and those below it; "": all */
	struct settings settings;
	/* Names of the results from MTHP_RESULT_FIRST_FREE on, which this build does not know. */
	char extra_results[MTHP_NR_RESULTS - MTHP_RESULT_FIRST_FREE][META_NAME_LEN];
};

struct counter {
	char name[COUNTER_NAME_LEN]; /* as the kernel calls it */
	__u8 order;		     /* of its hugepages-N kB; COUNTER_NO_ORDER: not per order */
	__u64 value;		     /* COUNTER_UNKNOWN: could not be read */
};

/* One reading of the kernel's own counters; the same kernel gives the same names in order. */
struct counters {
	__u64 ts_ns; /* CLOCK_MONOTONIC */
	size_t nr;
	struct counter c[COUNTERS_MAX];
};

/* A meta in which everything is unknown. */
void meta_init(struct meta *meta);

/* Text of a result number, for every view: never NULL. */
const char *meta_result_name(const struct meta *meta, __u8 result);

/*
 * Number of a result by the name in the kernel's enum scan_result (without SCAN_) or by the text
 * that its tracepoints print. A name that this build does not know takes the next free number and
 * is remembered in @meta; MTHP_R_UNKNOWN when those are used up.
 */
__u8 meta_result_by_enum(struct meta *meta, const char *name);
__u8 meta_result_by_text(struct meta *meta, const char *text);
/* The same without adding names: a new text is MTHP_R_UNKNOWN. */
__u8 meta_result_find(const struct meta *meta, const char *text);

/* How far a scan got that ended with @result: enum mthp_reach. */
__u32 meta_result_reach(__u8 result);

/* Did a scan that ended with @result find nothing to do: no page table, or large folios already? */
int meta_result_is_idle(__u8 result);

/*
 * The detail level of a kernel that has the events of @known (bit n: enum mthp_kind n). @sizes: its
 * collapse events report their order.
 */
enum mthp_detail meta_detail(__u32 known, bool sizes);

/* Has the source an event for each scan and attempt with its range: MTHP_K_MTHP_SCAN, _COLLAPSE? */
static inline bool meta_has_ranges(const struct meta *meta)
{
	return capability_holds(meta, CAP_OCCUPANCY);
}

/* Has the source an event for each split of a huge page: MTHP_K_SPLIT? */
static inline bool meta_has_splits(const struct meta *meta)
{
	return capability_holds(meta, CAP_SPLIT);
}

/* Do collapses below PMD size exist: do the kernel's own events have an order? */
static inline bool meta_below_pmd(const struct meta *meta)
{
	enum capability_source from = capability_get(meta, CAP_ORDER).source;

	return capability_holds(meta, CAP_ORDER) && from != FROM_PROBES;
}

/* The word for a detail level, and back: -EINVAL: no such word. */
const char *meta_detail_name(enum mthp_detail detail);
int meta_detail_by_name(const char *name);

/* Text for enum mthp_kind, mthp_requester, mthp_splitter, mthp_value, mthp_loss; "?" out of range. */
const char *meta_kind_name(__u32 kind);
const char *meta_requester_name(__u32 requester);
const char *meta_splitter_name(__u32 splitter);
const char *meta_value_name(__u32 value);
const char *meta_loss_name(__u32 loss);
const char *meta_loss_meaning(__u32 loss);

/* The kernels that have the events of a kind, in words: "Linux 6.1". */
const char *meta_kind_since(__u32 kind);
/* The kind of data that an enum mthp_loss loses: events, or less. */
enum mthp_lost meta_loss_what(__u32 loss);

#endif
