/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A const copy of the model at one moment, with all numbers that views show already computed. Views get
 * nothing else. Rows are plain structs that field.c describes, so that a text column, a JSON key and a
 * screen column are one table row.
 *
 * An unknown number is NUM_UNKNOWN; views print it as "-" and JSON null.
 */
#ifndef MODEL_SNAPSHOT_H
#define MODEL_SNAPSHOT_H

#include "lib/fmt.h"
#include "model/verdict.h"
#include "model/state.h"

#define SNAP_NO_DELTA (1ULL << 63) /* an unknown difference: ~0 is a true -1 */
#define SNAP_LABEL    16

struct snap_summary {
	const char *verdict;		   /* the word */
	char headline[VERDICT_REASON_MAX]; /* its reason */
	char next[VERDICT_NEXT_MAX];	   /* the next step; "": none */
	const char *verdict_now;	   /* the word for the last minute; "": there is none */
	const char *host;
	const char *release;
	const char *machine;
	const char *made_by; /* the command that made the trace; "": unknown, or no trace */
	const char *writer;  /* and its program, as made_by */
	const char *detail;  /* the word for meta.detail */
	__u64 page_size_bytes;
	__u64 pmd_order; /* NUM_UNKNOWN */
	__u64 start_ns;	 /* CLOCK_REALTIME; NUM_UNKNOWN */
	__u64 duration_ns;
	__u64 complete; /* 0: the end is cut off (a killed recording) */
	__u64 events;
	__u64 scans;
	__u64 collapses; /* succeeded */
	__u64 failures;	 /* attempts that failed */
	__u64 collapsed_bytes;
	__u64 filled_bytes;   /* by collapses that report it; NUM_UNKNOWN: none does */
	__u64 filled_unknown; /* collapses that do not report what they filled */
	__u64 creep_steps;    /* NUM_UNKNOWN below detail plans, as the next */
	__u64 creep_filled_bytes;
	__u64 vain;	    /* failed attempts that in vain; NUM_UNKNOWN below detail ranges */
	__u64 vain_unknown; /* failed attempts of which that is unknown */
	__u64 vain_ns;
	__u64 splits; /* huge pages split; NUM_UNKNOWN: nothing reports them */
	__u64 undone; /* of these, splits that a collapse undid */
	__u64 processes;
	__u64 unattributed;
	__u64 lost; /* sum of all losses */
	__u64 lost_rows;
};

struct snap_order {
	__u64 order;
	__u64 collapses;
	__u64 failures;
	__u64 collapsed_bytes;
	__u64 filled_bytes;
	__u64 filled_unknown;
	__u64 dur_mean_ns;
	__u64 dur_p50_ns; /* upper bounds of log2 buckets */
	__u64 dur_p99_ns;
	__u64 samples;
	__u64 censored;
	const char *enabled; /* the order's setting; "" unknown */
};

struct snap_outcome {
	const char *kind;
	const char *requester;
	const char *result;
	__u64 order;
	__u64 count;
	__u64 share_ppm; /* of all events of its kind, parts per million */
	__u64 filled_bytes;
	__u64 dur_mean_ns;
	__u64 reported; /* of count: events that report what they filled */
	__u64 dur_ns;	/* summed over the events that report it */
	struct mthp_outcome_key key;
};

struct snap_proc {
	__u64 tgid;
	const char *comm; /* as the kernel had it: may hold any byte but NUL; escape when shown */
	__u64 cgroup;	  /* id; NUM_UNKNOWN */
	__u64 mm;
	__u64 scans;
	__u64 collapses;
	__u64 failures;
	__u64 collapsed_bytes;
	__u64 filled_bytes;
	__u64 filled_unknown;
	__u64 dur_mean_ns;
	__u64 creep_steps; /* NUM_UNKNOWN below detail plans, as the next */
	__u64 creep_filled_bytes;
	__u64 vain; /* as in the summary */
	__u64 vain_ns;
	__u64 splits; /* as in the summary */
	__u64 undone;
	__u64 last_ns;			/* since the start of the observation */
	const char *top_result;		/* the failure seen most often; "" none */
	const struct mthp_proc *detail; /* by order and by result */
};

/* One bucket of an occupancy histogram. */
struct snap_occ {
	__u64 order;
	char bucket[SNAP_LABEL]; /* "empty", "3/16" (3/16 <= fill < 4/16), "full" */
	__u64 complete;
	__u64 censored;
};

/* One bucket of a duration histogram: from_ns <= d < to_ns. */
struct snap_dur {
	__u64 order;
	__u64 from_ns;
	__u64 to_ns;
	__u64 count;
};

struct snap_counter {
	char name[COUNTER_NAME_LEN];
	__u64 order; /* NUM_UNKNOWN: not per order */
	__u64 value; /* at the end; NUM_UNKNOWN */
	__u64 delta; /* since the start, two's complement; SNAP_NO_DELTA */
};

struct snap_capability {
	const char *name;
	__u64 holds;
	const char *source; /* "none": nothing has it */
	const char *meaning;
	char why[CAPABILITY_WHY_LEN];
};

struct snap_loss {
	const char *name;
	const char *meaning;
	__u64 count;
};

struct snap_setting {
	char name[META_NAME_LEN];
	char value[SETTING_VALUE_LEN]; /* the last one; "" unknown */
	char first[SETTING_VALUE_LEN]; /* when the observation began */
	__u64 changes;
};

/* A change of a setting. */
struct snap_change {
	__u64 at_ns; /* since the start */
	char name[META_NAME_LEN];
	char from[SETTING_VALUE_LEN], to[SETTING_VALUE_LEN];
};

/* A slot of time. All have one width, except the last one: it ends with the observation. */
struct snap_slot {
	__u64 from_ns; /* since the start of the observation */
	__u64 to_ns;
	__u64 scans;
	__u64 collapses;
	__u64 failures;
	__u64 collapsed_bytes;
	__u64 filled_bytes; /* by collapses that report it; NUM_UNKNOWN: none does */
	__u64 collapses_at[MTHP_NR_ORDERS];
};

/* Detail plans: the PTEs that scans for one requester found, and their plans. */
struct snap_plan {
	const char *requester;
	__u64 scans;
	__u64 planned; /* scans that planned a block */
	__u64 blocks;  /* planned */
	__u64 plan_fill_bytes;
	__u64 present_bytes;
	__u64 none_bytes;
	__u64 swap_bytes;
	__u64 shared_bytes;
	__u64 referenced_bytes;
};

/* Detail plans: the result of the first blocked PTE of each scan. */
struct snap_blocked {
	const char *requester;
	const char *result;
	__u64 scans;
	__u64 share_ppm; /* of the scans for this requester */
};

/* Detail plans: commits, each of which takes mmap_lock for writing once. */
struct snap_batch {
	__u64 count;
	__u64 tried; /* blocks */
	__u64 collapsed;
	__u64 lock_mean_ns;
	__u64 lock_p50_ns; /* upper bounds of log2 buckets */
	__u64 lock_p99_ns;
	__u64 lock_max_ns;
};

/* One bucket of the lock-held histogram. */
struct snap_lock {
	__u64 from_ns;
	__u64 to_ns;
	__u64 count;
};

/* Detail plans: creep at one order, see mthp/creep.h. */
struct snap_creep {
	__u64 order;
	__u64 steps;
	__u64 untouched;
	__u64 chains;
	__u64 ranges;
	__u64 filled_bytes;
	__u64 unscanned;
};

/* Detail plans: a chain of creep steps. */
struct snap_chain {
	__u64 tgid;
	const char *comm; /* as in snap_proc */
	__u64 mm;
	__u64 addr;
	__u64 order;   /* of the latest block */
	char path[96]; /* "64K → 128K → 2M": orders of the chain's collapses */
	__u64 steps;
	__u64 filled_bytes; /* by the chain's collapses, in the block */
	__u64 since_ns;	    /* its first collapse, since the start */
	__u64 last_ns;	    /* its latest collapse, since the start */
	__u64 untouched;    /* 1: the process did not touch the block before the latest step */
	const char *requester;
	__u64 max_ptes_none; /* in force at the latest step */
	__u64 creep_guard;   /* 1 or 0; NUM_UNKNOWN */
	char sizes[96];	     /* enabled: "16K 64K 2M" */
};

/* Detail ranges: attempts that failed for one requester, at one size, with one result. See mthp/vain.h. */
struct snap_vain {
	const char *requester;
	__u64 order;
	const char *result;
	__u64 failures;
	__u64 vain;
	__u64 share_ppm;
	__u64 collapsed; /* of the vain ones: at blocks that were one folio already */
	__u64 unknown;	 /* of the failures: unknown whether vain */
	__u64 dur_ns;	 /* of the vain ones, as the next */
	__u64 flushes;	 /* that made their memory unreachable */
	__u64 stall_ns;	 /* for how long, summed up */
	struct mthp_outcome_key key;
};

/* Detail ranges: attempts that made their memory unreachable, of one size, for one requester. */
struct snap_stall {
	__u64 order;
	const char *requester;
	__u64 count;
	__u64 failures; /* of them */
	__u64 mean_ns;
	__u64 p50_ns; /* upper bounds of buckets that begin at 4/5 of them, or above */
	__u64 p99_ns;
	__u64 max_ns;
	struct mthp_stall all; /* their buckets */
};

/* Huge pages that one sort of task split. See mthp/pingpong.h. */
struct snap_split {
	const char *by;
	__u64 splits;
	__u64 undone;			  /* by a collapse */
	__u64 share_ppm;		  /* of the splits */
	__u64 khugepaged, madvise, damon; /* of the undone ones: the collapse's requester */
	__u64 copied_bytes; /* by these collapses, for nothing; NUM_UNKNOWN: none reports it */
	enum mthp_splitter splitter;
};

/* Full passes of khugepaged over all processes. What is per pass is an average. */
struct snap_pass {
	__u64 passes; /* ended */
	__u64 mean_ns;
	__u64 last_ns;
	__u64 max_ns;
	__u64 ranges; /* per pass: PMD ranges that it looked at */
	__u64 idle_ppm;
	__u64 attempts; /* per pass, as the next two; NUM_UNKNOWN below detail ranges, as all after it */
	__u64 vain;
	__u64 vain_ns;
	__u64 vain_ppm; /* of all the time */
};

struct snap_event_kind {
	const char *kind;
	__u64 available; /* 1: this kernel has the tracepoint */
	__u64 count;
};

struct snapshot {
	struct meta meta;
	struct snap_summary summary;
	struct snap_order *orders; /* rising; orders that are enabled or were seen */
	size_t nr_orders;
	struct snap_outcome *outcomes; /* by count, falling; then by key */
	size_t nr_outcomes;
	struct snap_proc *procs; /* by collapsed bytes, then scans, falling; then tgid, mm */
	size_t nr_procs;
	struct snap_occ *occ; /* MTHP_OCC_BUCKETS rows for each order with samples */
	size_t nr_occ;
	struct snap_dur *dur; /* buckets from the first to the last that is not empty, per order */
	size_t nr_dur;
	struct snap_counter *counters;
	size_t nr_counters;
	struct snap_loss *losses; /* all kinds, also those with count 0 */
	size_t nr_losses;
	struct snap_setting *settings;
	size_t nr_settings;
	struct snap_change *changes; /* the first SETTING_CHANGES_MAX */
	size_t nr_changes;
	struct snap_capability *capabilities; /* all, whether they hold or not */
	size_t nr_capabilities;
	struct snap_event_kind *kinds;
	size_t nr_kinds;
	struct snap_slot *timeline; /* oldest first, up to the end */
	size_t nr_timeline;
	struct snap_pass *passes; /* one row; none if no source reports passes */
	size_t nr_passes;
	/* These are empty below detail ranges. */
	struct snap_vain *vain; /* by vain attempts, falling; then failures; then key */
	size_t nr_vain;
	struct snap_stall *stalls; /* by size, rising; then requester */
	size_t nr_stalls;
	struct snap_split *splits; /* by splits undone, then splits, falling; then by */
	size_t nr_splits;
	/* These are empty below detail plans. */
	struct snap_plan *plans; /* by requester */
	size_t nr_plans;
	struct snap_blocked *blocked; /* by scans, falling; then requester, result */
	size_t nr_blocked;
	struct snap_batch *batches; /* one row */
	size_t nr_batches;
	struct snap_lock *locks; /* buckets from the first to the last that is not empty */
	size_t nr_locks;
	struct snap_creep *creep; /* rising; orders of the orders table from 2 on */
	size_t nr_creep;
	struct snap_chain *chains; /* by filled bytes, falling; then tgid, mm, addr, time */
	size_t nr_chains;
	struct mthp_creep_rec *chain_recs; /* chains[].comm points into it */
	struct verdict verdict;		   /* of the whole observation */
	struct tick *series;		   /* oldest first */
	size_t nr_series;
	struct mthp_ev *recent; /* oldest first, without bitmaps */
	size_t nr_recent;
	struct extra *extra;		/* of a source that has other data beside events; or NULL */
	struct mthp_proc *proc_details; /* procs[].detail points into it */
};

/* NULL when memory is out. The snapshot owns all it points to. */
struct snapshot *snapshot_take(const struct model *m);
void snapshot_free(struct snapshot *s);

/* The sum of the durations of attempts that are known; 0: none is. */
__u64 snapshot_work_ns(const struct snapshot *s);

#endif
