/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The aggregation rules: what one event adds to which number. BPF programs apply them to maps, the
 * offline model to its tables, so that live and replay cannot differ.
 */
#ifndef MTHP_AGG_H
#define MTHP_AGG_H

#include <mthp/hist.h>
#include <mthp/result.h>
#include <mthp/wire.h>

/* Several CPUs update one process at once in BPF; userspace has one thread. */
#ifdef __bpf__
#define MTHP_ADD(p, n) ((void)__sync_fetch_and_add(p, n))
#else
#define MTHP_ADD(p, n) ((void)(*(p) += (n)))
#endif

/*
 * Losses: X(number, NAME, text, what, meaning). Every view shows each that is not 0. `what` is lost:
 *	EVENTS	 events, or parts of them: no trace has them
 *	ROWS	 rows of a table: all sums are right, and a trace has their events
 *	COUNTS	 events that are not in the sums of the live view: a trace has them
 *	CREEP	 state of ranges: a replay of the trace counts its own
 *	READING	 parts of a file: the reader of the file counts them
 */
#define MTHP_LOSSES(X)                                                                          \
	X(0, RING, "ring", EVENTS, "events not streamed: the ring buffer was full")             \
	X(1, PROCS, "procs", ROWS, "processes without a row: the process table was full")       \
	X(2, TABLES, "tables", COUNTS, "events not counted: the table of outcomes was full")    \
	X(3, PAIRS, "pairs", EVENTS, "events whose task had no slot to pair begin and end")     \
	X(4, DISK, "disk", EVENTS, "events not written: the output could not take them")        \
	X(5, FILE, "file", READING, "events or blocks of a trace file that could not be read")  \
	X(6, SOURCE, "source", EVENTS, "events that the tool which made the trace had missed")  \
	X(7, PROBES, "probes", EVENTS,                                                          \
	  "events missed: a BPF program was already running on that CPU")                       \
	X(8, CREEP, "creep", CREEP,                                                             \
	  "ranges forgotten by their full table: creep, vain attempts, undone splits not seen") \
	X(9, CHAINS, "chains", CREEP, "creep steps not listed: the list of chains was full")    \
	X(10, BITMAPS, "bitmaps", EVENTS, "scans whose bitmaps could not be taken")

enum mthp_loss {
#define X(number, NAME, text, what, meaning) MTHP_L_##NAME = number,
	MTHP_LOSSES(X)
#undef X
	MTHP_NR_LOSSES
};

enum mthp_lost {
	MTHP_LOST_EVENTS,
	MTHP_LOST_ROWS,
	MTHP_LOST_COUNTS,
	MTHP_LOST_CREEP,
	MTHP_LOST_READING,
};

/* A row of the outcome table: how often events of one kind ended one way. */
struct mthp_outcome_key {
	__u8 kind;	/* enum mthp_kind */
	__u8 requester; /* enum mthp_requester */
	__u8 order;
	__u8 result; /* as in struct mthp_ev */
};

struct mthp_outcome {
	__u64 count;
	__u64 filled;	 /* pages filled with zeroes, summed over the filled_of events */
	__u64 filled_of; /* events that report how many pages they filled */
	__u64 dur_ns;	 /* summed over the dur_of events */
	__u64 dur_of;	 /* events that report their duration */
};

/* Occupancy samples of one order. */
struct mthp_occ {
	__u64 complete[MTHP_OCC_BUCKETS]; /* every PTE was examined */
	__u64 censored
		[MTHP_OCC_BUCKETS]; /* of scans that ended early, by the PTEs examined until then */
};

/* Durations of the collapses of one order. */
struct mthp_dur {
	__u64 slot[MTHP_DUR_BUCKETS];
};

struct mthp_proc_key {
	__u64 mm;
	__u32 tgid;
	__u32 pad;
};

/* A row of the process table: one mm while one process owned it. */
struct mthp_proc {
	__u64 cgroup;
	__u64 first_ns; /* CLOCK_MONOTONIC of its first and latest mthp_is_news() event */
	__u64 last_ns;
	__u64 scans;	 /* ranges scanned */
	__u64 filled;	 /* pages, summed over the filled_of collapses */
	__u64 filled_of; /* collapses that report how many pages they filled */
	__u64 dur_ns;	 /* summed over the dur_of collapses */
	__u64 dur_of;
	__u64 creep_steps;  /* detail plans: collapses possible only because of earlier ones */
	__u64 creep_filled; /* pages that these steps filled */
	__u64 collapses[MTHP_NR_ORDERS]; /* collapses that succeeded */
	__u64 failures[MTHP_NR_ORDERS];	 /* attempts that failed */
	__u64 vain[MTHP_NR_ORDERS];	 /* detail ranges: of these, vain ones (vain.h) */
	__u64 vain_ns;			 /* the time that these took, where known */
	__u64 splits;			 /* huge pages split (pingpong.h) */
	__u64 undone;			 /* of these, splits that a collapse undid */
	__u64 scan_result[MTHP_NR_RESULTS];
	__u64 collapse_result[MTHP_NR_RESULTS];
	char comm[MTHP_COMM_LEN];
};

/*
 * If the series' events are present (detail level plans), the totals of scans and collapses come
 * from them. The older events of the same scans and collapses only add to the outcomes of their own
 * kinds.
 */
static inline int mthp_is_scan(__u32 kind, bool has_mthp)
{
	return kind == MTHP_K_SCAN_FILE || kind == (has_mthp ? MTHP_K_MTHP_SCAN : MTHP_K_SCAN_PMD);
}

static inline int mthp_is_collapse(__u32 kind, bool has_mthp)
{
	return kind == MTHP_K_COLLAPSE_FILE ||
	       kind == (has_mthp ? MTHP_K_MTHP_COLLAPSE : MTHP_K_COLLAPSE);
}

/*
 * Did the collapse succeed? MADV_COLLAPSE of a file reports a success as PTE_MAPPED_HUGEPAGE: the
 * folio exists, and only its mapping by a PMD is left to do (mm/khugepaged.c, end of
 * collapse_file()).
 */
static inline int mthp_collapsed(__u32 kind, __u32 requester, __u32 result)
{
	return result == MTHP_R_SUCCEED ||
	       (result == MTHP_R_PTE_MAPPED_HUGEPAGE && kind == MTHP_K_COLLAPSE_FILE &&
		requester == MTHP_Q_MADVISE);
}

/*
 * Does @ev add to the durations of collapses? Attempts that fail are many and short: with them nobody would see how
 * long a collapse takes.
 */
MTHP_INLINE int mthp_is_timed(const struct mthp_ev *ev, bool has_mthp)
{
	return (ev->known & MTHP_KNOWN_DUR) && mthp_is_collapse(ev->kind, has_mthp) &&
	       mthp_collapsed(ev->kind, ev->requester, ev->result);
}

/* Does @ev go into the outcome table? An event without a status does not. */
MTHP_INLINE int mthp_has_outcome(const struct mthp_ev *ev)
{
	return ev->result != MTHP_R_UNKNOWN;
}

MTHP_INLINE void mthp_outcome_key(const struct mthp_ev *ev, struct mthp_outcome_key *key)
{
	key->kind = ev->kind;
	key->requester = ev->requester;
	key->order = ev->order;
	key->result = ev->result;
}

MTHP_INLINE void mthp_outcome_add(struct mthp_outcome *o, const struct mthp_ev *ev)
{
	o->count++;
	if (mthp_knows(ev, FILLED)) {
		o->filled += ev->v[MTHP_V_FILLED];
		o->filled_of++;
	}
	if (ev->known & MTHP_KNOWN_DUR) {
		o->dur_ns += ev->dur_ns;
		o->dur_of++;
	}
}

/* Adds an event with ev->sample set to the occupancy of its order. */
MTHP_INLINE void mthp_occ_add(struct mthp_occ *occ, const struct mthp_ev *ev)
{
	__u32 nr = 1U << (ev->order & 15);
	__u32 none = ev->v[MTHP_V_NONE];
	__u64 bucket = mthp_occ_bucket(none < nr ? nr - none : 0, ev->order & 15);

	MTHP_ONE(bucket);
	if (bucket >= MTHP_OCC_BUCKETS)
		return;
	if (ev->sample == MTHP_SAMPLE_COMPLETE)
		occ->complete[bucket]++;
	else
		occ->censored[bucket]++;
}

/* Does @ev count for its owner's row in the process table? */
MTHP_INLINE int mthp_has_proc(const struct mthp_ev *ev)
{
	return ev->mm && ev->tgid;
}

/*
 * Does @ev have to be charged to its owner? The series reports mm_mthp_scan first. The older
 * mm_khugepaged_scan_pmd after it repeats it, and counts only if there was no page table: then the
 * series reports no scan, and the older event has no counts (pair.h).
 */
MTHP_INLINE int mthp_is_news(const struct mthp_ev *ev, bool has_mthp)
{
	return !has_mthp || ev->kind != MTHP_K_SCAN_PMD || !mthp_knows(ev, NONE);
}

MTHP_INLINE void mthp_proc_key(const struct mthp_ev *ev, struct mthp_proc_key *key)
{
	key->mm = ev->mm;
	key->tgid = ev->tgid;
	key->pad = 0;
}

/* @p: all zero except first_ns, cgroup and comm, which the caller sets in a new row. */
MTHP_INLINE void mthp_proc_add(struct mthp_proc *p, const struct mthp_ev *ev, bool has_mthp)
{
	__u32 result = ev->result & (MTHP_NR_RESULTS - 1);
	__u32 order = ev->order;

	if (p->last_ns < ev->ts_ns)
		p->last_ns = ev->ts_ns;
	if (ev->kind == MTHP_K_SPLIT)
		MTHP_ADD(&p->splits, 1);
	if (mthp_is_scan(ev->kind, has_mthp)) {
		MTHP_ADD(&p->scans, 1);
		MTHP_ADD(&p->scan_result[result], 1);
	}
	if (!mthp_is_collapse(ev->kind, has_mthp) || order >= MTHP_NR_ORDERS)
		return;
	MTHP_ADD(&p->collapse_result[result], 1);
	if (mthp_collapsed(ev->kind, ev->requester, result))
		MTHP_ADD(&p->collapses[order], 1);
	else
		MTHP_ADD(&p->failures[order], 1);
	if (mthp_knows(ev, FILLED)) {
		MTHP_ADD(&p->filled, ev->v[MTHP_V_FILLED]);
		MTHP_ADD(&p->filled_of, 1);
	}
	if (mthp_is_timed(ev, has_mthp)) {
		MTHP_ADD(&p->dur_ns, ev->dur_ns);
		MTHP_ADD(&p->dur_of, 1);
	}
}

#endif
