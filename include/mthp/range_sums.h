/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sums of the values that only the events of the kernel series report: present and planned PTEs of
 * scans, reasons of blocked PTEs, the time for which commits held mmap_lock, stalls, creep, vain attempts, and splits. Shared by
 * BPF and userspace, as agg.h.
 */
#ifndef MTHP_RANGE_SUMS_H
#define MTHP_RANGE_SUMS_H

#include <mthp/agg.h>

/* Scans for one requester. All but the first three are sums of PTEs over the scans that report them. */
struct mthp_scan_sum {
	__u64 scans;
	__u64 planned; /* scans that planned a block */
	__u64 blocks;  /* blocks planned */
	__u64 plan_fill;
	__u64 present;
	__u64 none;
	__u64 swap;
	__u64 shared;
	__u64 referenced;
};

/* Commits: each takes mmap_lock for writing once. */
struct mthp_batch_sum {
	__u64 count;
	__u64 tried; /* blocks */
	__u64 collapsed;
	__u64 lock_ns; /* summed over the lock_of commits */
	__u64 lock_of;
};

/* Creep at one order: see creep.h. */
struct mthp_creep_sum {
	__u64 steps;	 /* collapses to this order possible only because of earlier ones */
	__u64 untouched; /* of these, untouched: see creep.h */
	__u64 chains;	 /* steps that began a chain */
	__u64 ranges;	 /* PMD ranges that had their first step */
	__u64 filled;	 /* pages that the steps filled */
	__u64 unscanned; /* collapses in ranges without a seen scan: unknown whether they are steps */
};

/* Attempts that made their memory unreachable, for one requester at one order. */
struct mthp_stall {
	__u64 failed; /* of them */
	__u64 sum_ns;
	__u64 slot[MTHP_STALL_BUCKETS];
};

/* What the rule of vain.h says of an attempt. */
enum mthp_vain_verdict {
	MTHP_VAIN_NO = 0, /* it succeeded, or failed in another way than before, or first */
	MTHP_VAIN_SAME = 1,
	MTHP_VAIN_DONE = 2,
	MTHP_VAIN_UNKNOWN = 3 /* it failed, and whether it was vain is unknown */
};

/* Attempts that failed for one requester, at one order, with one result. */
struct mthp_vain_sum {
	__u64 same;
	__u64 done;
	__u64 unknown;
	/* Of those that were vain: */
	__u64 dur_ns; /* summed over the dur_of attempts that report it */
	__u64 dur_of;
	__u64 stall_ns; /* summed over the flushes */
	__u64 flushes; /* attempts that made their memory unreachable: a PMD clear and a TLB flush */
};

/* Huge pages that one sort of task split: see pingpong.h. */
struct mthp_split_sum {
	__u64 splits;
	__u64 undone[MTHP_NR_REQUESTERS]; /* of them, by the requester of the collapse */
	__u64 copied; /* pages, summed over the copied_of collapses that report it */
	__u64 copied_of;
	__u64 pad;
};

struct mthp_range_sums {
	struct mthp_scan_sum scan[MTHP_NR_REQUESTERS];
	struct mthp_batch_sum batch;
	struct mthp_dur lock;
	struct mthp_creep_sum creep[MTHP_NR_ORDERS];
	/* Scans that met a blocked PTE, by the reason of the first one. */
	__u64 blocked[MTHP_NR_REQUESTERS][MTHP_NR_RESULTS];
	struct mthp_stall stall[MTHP_NR_REQUESTERS][MTHP_NR_ORDERS];
	struct mthp_split_sum split[MTHP_NR_SPLITTERS]; /* by enum mthp_splitter */
	/* The members from here on are not sums. */
	__u64 lock_max_ns;
	__u64 stall_max_ns[MTHP_NR_REQUESTERS][MTHP_NR_ORDERS];
	__u64 scan_known; /* MTHP_KNOWN*: values that at least one scan reported */
};

/* One creep step as reported and listed: the block that it made, and the chain that it ends. */
struct mthp_creep_rec {
	__u64 ts_ns;	/* of the collapse */
	__u64 since_ns; /* of the chain's first collapse */
	__u64 mm;
	__u64 cgroup;
	__u64 addr; /* of the block, bytes */
	__u32 tgid;
	__u32 steps;	     /* in the chain, this one included; 1: it begins one */
	__u32 orders;	     /* bit k: a collapse to order k is part of the chain */
	__u32 filled;	     /* pages in the block that the chain's collapses filled */
	__u32 new_fill;	     /* of these, pages filled by this step */
	__u32 max_ptes_none; /* in force at the scan before, like the next two members */
	__u32 enabled;	     /* bit k: order k */
	__u8 rule;	     /* enum mthp_policy_rule; MTHP_RULE_UNKNOWN */
	__u8 requester;
	__u8 order;	 /* of the block */
	__u8 untouched;	 /* 1: only collapses changed the block since the scan before */
	__u8 first;	 /* 1: the first step in its range */
	__u8 page_shift; /* addr is in bytes, order in pages of 1 << page_shift bytes */
	__u8 pad[6];
	char comm[MTHP_COMM_LEN];
};
MTHP_ASSERT_SIZE(struct mthp_creep_rec, 96);

#define MTHP_RULE_UNKNOWN 0xff

MTHP_INLINE void mthp_range_scan(struct mthp_range_sums *t, const struct mthp_ev *ev)
{
	__u32 by = ev->requester & (MTHP_NR_REQUESTERS - 1);
	struct mthp_scan_sum *s = &t->scan[by];
	__u32 why = ev->v[MTHP_V_BLOCKED_BY] & (MTHP_NR_RESULTS - 1);

	t->scan_known |= ev->known;
	s->scans++;
	s->planned += mthp_knows(ev, PLANNED) && ev->v[MTHP_V_PLANNED];
	s->blocks += mthp_knows(ev, PLANNED) ? ev->v[MTHP_V_PLANNED] : 0;
	s->plan_fill += mthp_knows(ev, PLAN_FILL) ? ev->v[MTHP_V_PLAN_FILL] : 0;
	s->present += mthp_knows(ev, PRESENT) ? ev->v[MTHP_V_PRESENT] : 0;
	s->none += mthp_knows(ev, NONE) ? ev->v[MTHP_V_NONE] : 0;
	s->swap += mthp_knows(ev, SWAP) ? ev->v[MTHP_V_SWAP] : 0;
	s->shared += mthp_knows(ev, SHARED) ? ev->v[MTHP_V_SHARED] : 0;
	s->referenced += mthp_knows(ev, REFERENCED) ? ev->v[MTHP_V_REFERENCED] : 0;
	/* SUCCEED: nothing is blocked. */
	if (mthp_knows(ev, BLOCKED_BY) && why != MTHP_R_SUCCEED)
		t->blocked[by][why]++;
}

MTHP_INLINE void mthp_range_batch(struct mthp_range_sums *t, const struct mthp_ev *ev)
{
	t->batch.count++;
	t->batch.tried += mthp_knows(ev, TRIED) ? ev->v[MTHP_V_TRIED] : 0;
	t->batch.collapsed += mthp_knows(ev, DONE) ? ev->v[MTHP_V_DONE] : 0;
	if (!(ev->known & MTHP_KNOWN_LOCK))
		return;
	t->batch.lock_ns += ev->lock_ns;
	t->batch.lock_of++;
	t->lock.slot[mthp_dur_bucket(ev->lock_ns)]++;
	if (ev->lock_ns > t->lock_max_ns)
		t->lock_max_ns = ev->lock_ns;
}

/* @ev: an attempt. */
MTHP_INLINE void mthp_range_stall(struct mthp_range_sums *t, const struct mthp_ev *ev)
{
	__u64 by = ev->requester & (MTHP_NR_REQUESTERS - 1), order = ev->order, ns;
	__u64 bucket = mthp_stall_bucket(ev->v[MTHP_V_STALL]);
	struct mthp_stall *s;

	MTHP_ONE(order);
	MTHP_ONE(bucket);
	if (!mthp_knows(ev, STALL) || order >= MTHP_NR_ORDERS || bucket >= MTHP_STALL_BUCKETS)
		return;
	ns = ev->v[MTHP_V_STALL];
	s = &t->stall[by][order];
	s->failed += ev->result != MTHP_R_SUCCEED;
	s->sum_ns += ns;
	s->slot[bucket]++;
	if (ns > t->stall_max_ns[by][order])
		t->stall_max_ns[by][order] = ns;
}

/* Adds the members that are not sums. */
static inline void mthp_range_max(struct mthp_range_sums *to, const struct mthp_range_sums *from)
{
	__u32 by, order;

	if (from->lock_max_ns > to->lock_max_ns)
		to->lock_max_ns = from->lock_max_ns;
	for (by = 0; by < MTHP_NR_REQUESTERS; by++)
		for (order = 0; order < MTHP_NR_ORDERS; order++)
			if (from->stall_max_ns[by][order] > to->stall_max_ns[by][order])
				to->stall_max_ns[by][order] = from->stall_max_ns[by][order];
	to->scan_known |= from->scan_known;
}

static inline void mthp_range_creep(struct mthp_creep_sum *c, const struct mthp_creep_rec *rec)
{
	c->steps++;
	c->untouched += rec->untouched;
	c->chains += rec->steps == 1;
	c->ranges += rec->first;
	c->filled += rec->new_fill;
}

static inline void mthp_proc_creep(struct mthp_proc *p, const struct mthp_creep_rec *rec)
{
	MTHP_ADD(&p->creep_steps, 1);
	MTHP_ADD(&p->creep_filled, rec->new_fill);
}

/* An attempt that the rule judges: those at files have no occupancy. */
MTHP_INLINE int mthp_vain_is_attempt(const struct mthp_ev *ev)
{
	return ev->kind == MTHP_K_MTHP_COLLAPSE && mthp_has_outcome(ev) &&
	       ev->order < MTHP_NR_ORDERS;
}

/* Adds the verdict on an attempt. BPF does so on several CPUs at once. */
MTHP_INLINE void mthp_vain_add(struct mthp_vain_sum *sum, const struct mthp_ev *ev, int verdict)
{
	if (verdict == MTHP_VAIN_UNKNOWN)
		MTHP_ADD(&sum->unknown, 1);
	if (verdict != MTHP_VAIN_SAME && verdict != MTHP_VAIN_DONE)
		return;
	if (verdict == MTHP_VAIN_SAME)
		MTHP_ADD(&sum->same, 1);
	else
		MTHP_ADD(&sum->done, 1);
	if (ev->known & MTHP_KNOWN_DUR) {
		MTHP_ADD(&sum->dur_ns, ev->dur_ns);
		MTHP_ADD(&sum->dur_of, 1);
	}
	if (mthp_knows(ev, STALL)) {
		MTHP_ADD(&sum->stall_ns, ev->v[MTHP_V_STALL]);
		MTHP_ADD(&sum->flushes, 1);
	}
}

MTHP_INLINE void mthp_proc_vain(struct mthp_proc *p, const struct mthp_ev *ev)
{
	__u64 order = ev->order;

	MTHP_ONE(order);
	if (order >= MTHP_NR_ORDERS)
		return;
	MTHP_ADD(&p->vain[order], 1);
	if (ev->known & MTHP_KNOWN_DUR)
		MTHP_ADD(&p->vain_ns, ev->dur_ns);
}

#endif
