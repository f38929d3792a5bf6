/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a filled-in event to the maps and the ring: find the owner, pair, filter, add, stream. The
 * rules of adding are in mthp/agg.h, and userspace applies them to a recorded stream. An event that a
 * map has no room for is counted in the sums of this CPU.
 *
 * Programs of tracepoints run with preemption off (tracepoints and perf do that), so per-CPU values need no atomics.
 */
#ifndef EMIT_BPF_H
#define EMIT_BPF_H

#include "owner.bpf.h"
#include "ranges.bpf.h"

/*
 * The return value of the programs. 0 would hide the event from every perf user of the tracepoint
 * (kernel/trace/bpf_trace.c: trace_call_bpf(); perf_trace_run_bpf_submit()).
 */
#define TAKEN 1

/* The verifier allows no arithmetic on a typed pointer; a value read from a map is a number. */
static __always_inline struct mm_struct *untyped(struct mm_struct *mm, struct mthp_sums *s)
{
	volatile __u64 *slot = &s->scratch;
	__u64 number;

	*slot = (__u64)mm;
	number = *slot;
	*slot = 0;
	return (void *)number;
}

/* @mm, @typed: see take_any(). */
static __always_inline void name_mm(struct mthp_ev *ev, struct mm_struct *mm, int typed,
				    struct mthp_sums *s)
{
	if (mm && !ev->mm)
		ev->mm = mm_name(typed ? untyped(mm, s) : mm);
}

static __always_inline void pair(struct mthp_ev *ev, struct mm_struct *mm, int typed,
				 struct mthp_sums *s)
{
	__u32 reach = reach_of[ev->result & (MTHP_NR_RESULTS - 1)];
	__u32 i = ev->tid & (MTHP_TASK_SLOTS - 1);
	struct mthp_task_slot *slot = bpf_map_lookup_elem(&tasks, &i);

	if (!slot)
		return;
	/* Only the state of this task has the name of an mm to compare with. */
	if (slot->tid == ev->tid)
		name_mm(ev, mm, typed, s);
	if (mthp_pair_slot(slot, ev, reach, has_mthp))
		s->lost[MTHP_L_PAIRS]++;
}

static __always_inline struct mthp_outcome *other_outcome(const struct mthp_ev *ev)
{
	struct mthp_outcome_key key;
	struct mthp_outcome none = {};
	struct mthp_outcome *o;

	mthp_outcome_key(ev, &key);
	o = bpf_map_lookup_elem(&outcomes, &key);
	if (o)
		return o;
	bpf_map_update_elem(&outcomes, &key, &none, BPF_NOEXIST);
	return bpf_map_lookup_elem(&outcomes, &key);
}

static __always_inline void add_outcome(const struct mthp_ev *ev, struct mthp_sums *s)
{
	__u32 result = ev->result & (MTHP_NR_RESULTS - 1);
	__u32 by = ev->requester & (MTHP_NR_REQUESTERS - 1);
	struct mthp_outcome *o;

	if (ev->order == pmd_order && ev->kind < MTHP_SUMS_KINDS)
		o = &s->outcomes[ev->kind][by][result];
	else
		o = other_outcome(ev);
	if (o)
		mthp_outcome_add(o, ev);
	else
		s->lost[MTHP_L_TABLES]++;
}

static __always_inline struct mthp_proc *new_proc(const struct mthp_proc_key *key, __u64 now_ns,
						  struct task_struct *owner, struct mthp_sums *s)
{
	__u32 zero = 0;
	struct mthp_proc *p = bpf_map_lookup_elem(&fresh_proc, &zero);

	if (!p)
		return NULL;
	p->first_ns = now_ns;
	describe_owner(owner, &p->cgroup, p->comm);
	if (!bpf_map_update_elem(&procs, key, p, BPF_NOEXIST))
		MTHP_ADD(&s->proc_inserts, 1);
	return bpf_map_lookup_elem(&procs, key);
}

/* Returns the row of the event's owner, or NULL. */
static __always_inline struct mthp_proc *add_proc(const struct mthp_ev *ev,
						  struct task_struct *owner, struct mthp_sums *s)
{
	struct mthp_proc_key key;
	struct mthp_proc *p;

	mthp_proc_key(ev, &key);
	p = bpf_map_lookup_elem(&procs, &key);
	if (!p)
		p = new_proc(&key, ev->ts_ns, owner, s);
	if (p)
		mthp_proc_add(p, ev, has_mthp);
	else
		MTHP_ADD(&s->lost[MTHP_L_TABLES], 1);
	return p;
}

/* @scan: NULL, or the event's bitmaps. */
static __always_inline void add(const struct mthp_ev *ev, struct scan *scan,
				struct task_struct *owner, struct mthp_sums *s)
{
	struct mthp_proc *proc = NULL;

	if (ev->kind == MTHP_K_SPLIT)
		MTHP_ADD(&s->events[MTHP_K_SPLIT], 1);
	else
		s->events[ev->kind & (MTHP_NR_KINDS - 1)]++;
	if (mthp_has_outcome(ev))
		add_outcome(ev, s);
	if (ev->kind == MTHP_K_MTHP_SCAN)
		mthp_range_scan(&s->ranges, ev);
	if (ev->kind == MTHP_K_MTHP_BATCH)
		mthp_range_batch(&s->ranges, ev);
	if (ev->order < MTHP_NR_ORDERS) {
		if (ev->sample && scan)
			add_occupancy(&s->occ, scan);
		else if (ev->sample)
			mthp_occ_add(&s->occ.of[ev->order], ev);
		if (mthp_is_timed(ev, has_mthp))
			s->dur[ev->order].slot[mthp_dur_bucket(ev->dur_ns)]++;
	}
	if (mthp_is_news(ev, has_mthp)) {
		if (mthp_has_proc(ev))
			proc = add_proc(ev, owner, s);
		else
			MTHP_ADD(&s->unattributed, 1);
	}
	if (ev->kind == MTHP_K_MTHP_SCAN)
		range_scan(ev, scan ? &scan->bits : NULL, s);
	if (ev->kind == MTHP_K_MTHP_COLLAPSE)
		range_attempt(ev, owner, proc, s);
	if (ev->kind == MTHP_K_SPLIT)
		range_split(ev, s);
}

static __always_inline void submit(void *slot)
{
	__u64 full = bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA);

	bpf_ringbuf_submit(slot, full >= wake_bytes ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP);
}

static __always_inline void put(const struct mthp_ev *ev, struct task_struct *owner,
				struct mthp_sums *s)
{
	struct mthp_ev *slot = bpf_ringbuf_reserve(&ring, sizeof(*slot), 0);

	if (!slot) {
		MTHP_ADD(&s->lost[MTHP_L_RING], 1);
		return;
	}
	*slot = *ev;
	slot->nr_words = 0;
	if (owner)
		describe_owner(owner, &slot->cgroup, slot->comm);
	submit(slot);
}

/* An event with its bitmaps behind it. */
static __always_inline void put_wide(const struct mthp_ev *ev, const struct bitmaps *bits,
				     struct task_struct *owner, struct mthp_sums *s)
{
	struct {
		struct mthp_ev ev;
		struct bitmaps bits;
	} *slot = bpf_ringbuf_reserve(&ring, sizeof(*slot), 0);

	if (!slot) {
		s->lost[MTHP_L_RING]++;
		return;
	}
	slot->ev = *ev;
	slot->bits = *bits;
	if (owner)
		describe_owner(owner, &slot->ev.cgroup, slot->ev.comm);
	submit(slot);
}

/* Fills in the time and the owner of @ev. Returns a task of the owner, or NULL. */
static __always_inline struct task_struct *when_and_whose(struct mthp_ev *ev, struct mm_struct *mm,
							  int typed, struct mthp_sums *s)
{
	struct task_struct *owner;

	ev->ts_ns = bpf_ktime_get_ns() & -(__u64)MTHP_TIME_NS;
	if (!mm)
		return NULL;
	name_mm(ev, mm, typed, s);
	/* A split has no requester, but mostly the task that made it has the memory. */
	owner = owner_of(mm, typed, ev->kind == MTHP_K_SPLIT ? MTHP_Q_MADVISE : ev->requester);
	if (owner)
		ev->tgid = member_of(typed, owner, tgid);
	return owner;
}

/*
 * Adds @ev, in which the program has filled in the values of the kernel's event. @mm: NULL if the event
 * has none; @typed: see member_of(). @scan: NULL if the event has no bitmaps.
 *
 * No helper may get a pointer into @ev. As long as none does, the compiler keeps the members of @ev in
 * registers and knows its kind, so that each program contains only the code that its kind needs.
 */
static __always_inline int take_any(struct mthp_ev *ev, struct scan *scan, struct mm_struct *mm,
				    int typed)
{
	/* With the series most of these are only counted (mthp_is_news()): no time or owner needed. */
	const int may_be_old = typed && ev->kind == MTHP_K_SCAN_PMD;
	struct task_struct *owner = NULL;
	const __u32 gate = mode;
	struct mthp_sums *s;
	__u32 cpu;

	if (gate == MTHP_GATE_CLOSED)
		return TAKEN;
	cpu = bpf_get_smp_processor_id();
	s = bpf_map_lookup_elem(&sums, &cpu);
	if (!s)
		return TAKEN;
	if (mthp_is_paired(ev->kind) || gate == MTHP_GATE_STREAM)
		ev->tid = (__u32)bpf_get_current_pid_tgid();
	/* Nobody requests a split: ev->by says who made it. */
	if (ev->requester == MTHP_Q_UNKNOWN && ev->kind != MTHP_K_SPLIT)
		ev->requester = requester();
	if (!may_be_old)
		owner = when_and_whose(ev, mm, typed, s);
	/* Before the filter: an isolation has no owner, but the collapse that it belongs to has one. */
	if (mthp_is_paired(ev->kind))
		pair(ev, mm, typed, s);
	if (may_be_old && (gate == MTHP_GATE_STREAM || filters() || mthp_is_news(ev, has_mthp)))
		owner = when_and_whose(ev, mm, typed, s);
	if (!is_watched(ev->tgid, owner))
		return TAKEN;
	if (ev->kind == MTHP_K_MTHP_SCAN && !scan)
		s->lost[MTHP_L_BITMAPS]++;
	add(ev, scan, owner, s);
	if (gate != MTHP_GATE_STREAM)
		return TAKEN;
	/* Typed programs run only without a recording, and only recordings need single PTEs. */
	if (scan && !typed)
		put_wide(ev, &scan->bits, owner, s);
	else
		put(ev, owner, s);
	return TAKEN;
}

static __always_inline int take(struct mthp_ev *ev, struct mm_struct *mm)
{
	return take_any(ev, NULL, mm, 0);
}

#endif
