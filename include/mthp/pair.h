/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Values that no single event reports, but the order of one task's events shows.
 *
 * Below detail level plans a scan reports itself after the collapses that it caused, and no event
 * marks the start of a collapse. A task emits its events in this order:
 *
 *	[swapin] isolate collapse ... scan_pmd
 *
 * So the isolation gives the collapse its empty PTEs (which it filled) and the time at which its
 * duration starts. A scan after a collapse has examined every PTE, whatever its status is.
 * mm/khugepaged.c: collapse_huge_page(), hpage_collapse_scan_pmd().
 *
 * From detail level ranges on, events of their own report occupancy: those of the series, which report
 * the fill themselves, or those of probes. The older events of the same scans and collapses are left as
 * they are, so that nothing counts twice:
 *
 *	mthp_scan  { [swapin] isolate collapse mthp_collapse } ...  mthp_batch  scan_pmd
 *
 * There, too, the isolation gives the collapse the start of its duration and its fill, if its event does
 * not report them.
 */
#ifndef MTHP_PAIR_H
#define MTHP_PAIR_H

#include <mthp/result.h>
#include <mthp/wire.h>

/* State of one task between its events; all zero at the start. */
struct mthp_task {
	__u64 isolated_ns; /* when its last isolation succeeded; 0: no collapse follows one */
	__u64 mm;	   /* mm in which it collapsed a range since its last scan event; 0: none */
	__u32 none;	   /* empty PTEs that this isolation found */
	__u32 order;	   /* order of this isolation */
};

MTHP_INLINE void mthp_pair_collapse(struct mthp_task *task, struct mthp_ev *ev)
{
	if (task->isolated_ns && task->order == ev->order && ev->ts_ns >= task->isolated_ns) {
		if (!(ev->known & MTHP_KNOWN_DUR))
			ev->dur_ns = ev->ts_ns - task->isolated_ns;
		ev->known |= MTHP_KNOWN_DUR;
		if (ev->result == MTHP_R_SUCCEED && !mthp_knows(ev, FILLED)) {
			ev->v[MTHP_V_FILLED] = task->none;
			ev->known |= MTHP_KNOWN(FILLED);
		}
	}
	task->isolated_ns = 0;
	task->mm = ev->mm;
}

MTHP_INLINE void mthp_pair_scan(struct mthp_task *task, struct mthp_ev *ev, __u32 reach,
				bool has_mthp)
{
	if ((task->mm && task->mm == ev->mm) || reach == MTHP_REACH_ALL)
		ev->sample = has_mthp ? MTHP_SAMPLE_NO : MTHP_SAMPLE_COMPLETE;
	else if (reach == MTHP_REACH_PART)
		ev->sample = has_mthp ? MTHP_SAMPLE_NO : MTHP_SAMPLE_CENSORED;
	else /* no PTE was examined: the kernel's zeroes are not counts */
		ev->known &= ~(MTHP_KNOWN(NONE) | MTHP_KNOWN(SWAP) | MTHP_KNOWN(REFERENCED) |
			       MTHP_KNOWN(WRITABLE));
	task->isolated_ns = 0;
	task->mm = 0;
}

/*
 * Completes @ev from the earlier events of @task. @reach: enum mthp_reach of ev->result. @has_mthp:
 * does the source have the series' events beside the older ones?
 */
MTHP_INLINE void mthp_pair(struct mthp_task *task, struct mthp_ev *ev, __u32 reach, bool has_mthp)
{
	switch (ev->kind) {
	case MTHP_K_ISOLATE:
		task->isolated_ns = ev->result == MTHP_R_SUCCEED ? ev->ts_ns : 0;
		task->none = ev->v[MTHP_V_NONE];
		task->order = ev->order;
		break;
	case MTHP_K_COLLAPSE:
		if (has_mthp)
			task->mm = ev->mm;
		else
			mthp_pair_collapse(task, ev);
		break;
	case MTHP_K_MTHP_COLLAPSE:
		mthp_pair_collapse(task, ev);
		break;
	case MTHP_K_SCAN_PMD:
		mthp_pair_scan(task, ev, reach, has_mthp);
		break;
	}
}

/*
 * The state of a task between its events. The slot follows from the task's number. Several tasks may
 * have the same slot: the last one that began a collapse has it, and the state of the other one is
 * lost (and counted as a loss if its collapse was not done).
 */
#define MTHP_TASK_SLOTS 8192
MTHP_ASSERT_POWER_OF_TWO(MTHP_TASK_SLOTS);

struct mthp_task_slot {
	struct mthp_task task;
	__u32 tid; /* 0: free */
	__u32 pad;
};

/* Do the events of this kind pass on state from one to the next? */
static inline bool mthp_is_paired(__u32 kind)
{
	return kind == MTHP_K_SCAN_PMD || kind == MTHP_K_ISOLATE || kind == MTHP_K_COLLAPSE ||
	       kind == MTHP_K_MTHP_COLLAPSE;
}

/* As mthp_pair(), with the task in its slot. Was the unfinished state of another task lost? */
MTHP_INLINE bool mthp_pair_slot(struct mthp_task_slot *slot, struct mthp_ev *ev, __u32 reach,
				bool has_mthp)
{
	struct mthp_task none = {};
	bool lost = false;

	if (slot->tid != ev->tid) {
		/* A scan without collapses: nothing has to be passed on to it, or after it. */
		if (ev->kind == MTHP_K_SCAN_PMD) {
			mthp_pair(&none, ev, reach, has_mthp);
			return false;
		}
		lost = slot->tid;
		slot->tid = ev->tid;
		slot->task = none;
	}
	mthp_pair(&slot->task, ev, reach, has_mthp);
	if (ev->kind == MTHP_K_SCAN_PMD)
		slot->tid = 0;
	return lost;
}

#endif
