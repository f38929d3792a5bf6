/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tier 2: bitmaps out of the records, and creep. The rule is mthp/creep.h, which userspace applies
 * to a recorded stream; what becomes of a range between its events is in the map `ranges`.
 */
#ifndef TIER2_BPF_H
#define TIER2_BPF_H

#include "owner.bpf.h"

/* Words of a bitmap; 0: this build does not take bitmaps of ranges so small or so large. */
static __always_inline __u32 bitmap_words(void)
{
	return pmd_order < 6 || pmd_order > 9 ? 0 : 1U << (pmd_order - 6);
}

/* @loc: a __data_loc member of the record at @ctx. 0 or an error. */
static __always_inline int read_bitmap(__u64 *to, __u32 words, void *ctx, __u32 loc)
{
	__u32 bytes = words * sizeof(__u64);

	if (loc >> 16 != bytes)
		return -1;
	return bpf_probe_read_kernel(to, bytes, ctx + (loc & 0xffff));
}

#define read_bitmap_of(to, which, words, ctx, field)          \
	(!bpf_core_field_exists((ctx)->__data_loc_##field) || \
	 read_bitmap((to)->word + (which) * (words), words, ctx, (ctx)->__data_loc_##field))

/*
 * The bitmaps of the scan at @ctx. NULL where one is missing, or is not of the size that it should
 * have. Those that only readers of the stream need are left as they were while there is none.
 */
static __always_inline struct bitmaps *read_bitmaps(struct trace_event_raw_mm_mthp_scan *ctx)
{
	__u32 zero = 0;
	struct bitmaps *to = bpf_map_lookup_elem(&scan_bits, &zero);
	__u32 words = bitmap_words();

	if (!to || !words || read_bitmap_of(to, MTHP_B_PRESENT, words, ctx, present) ||
	    read_bitmap_of(to, MTHP_B_BLOCKED, words, ctx, blocked) ||
	    read_bitmap_of(to, MTHP_B_JOINED, words, ctx, joined))
		return NULL;
	if (mode != MTHP_GATE_STREAM)
		return to;
	if (read_bitmap_of(to, MTHP_B_REFERENCED, words, ctx, referenced) ||
	    read_bitmap_of(to, MTHP_B_PLAN, words, ctx, plan))
		return NULL;
	return to;
}

static __always_inline struct mthp_creep *find_range(const struct mthp_ev *ev)
{
	struct mthp_creep_key key;

	mthp_creep_key(ev, page_shift + pmd_order, &key);
	return bpf_map_lookup_elem(&ranges, &key);
}

static __always_inline struct mthp_creep *new_range(const struct mthp_ev *ev, struct mthp_sums *s)
{
	struct mthp_creep_key key;
	struct mthp_creep *none;
	__u32 zero = 0;

	none = bpf_map_lookup_elem(&fresh_range, &zero);
	if (!none)
		return NULL;
	mthp_creep_key(ev, page_shift + pmd_order, &key);
	if (!bpf_map_update_elem(&ranges, &key, none, BPF_NOEXIST))
		s->creep_inserts++;
	return bpf_map_lookup_elem(&ranges, &key);
}

static __always_inline void creep_scan(const struct mthp_ev *ev, const struct bitmaps *bits,
				       struct mthp_sums *s)
{
	struct mthp_policy_params p;
	struct mthp_creep *c;

	if (!mthp_creep_is_scan(ev, MTHP_OCC_WORDS, &p))
		return;
	c = find_range(ev);
	if (!c && mthp_creep_starts(ev))
		c = new_range(ev, s);
	if (!c)
		return;
	mthp_creep_feed_scan(c, &p, bits->word, bitmap_words(), ev->ts_ns);
	c->rule = mthp_creep_rule(ev);
}

static __always_inline void tell_step(struct mthp_creep *c, const struct mthp_ev *ev,
				      const struct mthp_creep_step *step, struct task_struct *owner,
				      struct mthp_sums *s)
{
	struct mthp_creep_rec *rec;
	struct mthp_proc_key key;
	struct mthp_proc *proc;
	__u32 zero = 0;

	rec = bpf_map_lookup_elem(&step_rec, &zero);
	if (!rec)
		return;
	mthp_creep_rec(c, ev, step, page_shift, rec);
	mthp_tier2_creep(&s->t2.creep[ev->order & 15], rec);
	mthp_proc_key(ev, &key);
	proc = bpf_map_lookup_elem(&procs, &key);
	if (proc)
		mthp_proc_creep(proc, rec);
	rec->cgroup = 0;
	__builtin_memset(rec->comm, 0, sizeof(rec->comm));
	if (owner)
		describe_owner(owner, &rec->cgroup, rec->comm);
	if (bpf_ringbuf_output(&steps, rec, sizeof(*rec), BPF_RB_NO_WAKEUP))
		s->lost[MTHP_L_CHAINS]++;
}

static __always_inline void creep_collapse(const struct mthp_ev *ev, struct task_struct *owner,
					   struct mthp_sums *s)
{
	struct mthp_creep_step step = {};
	int verdict = MTHP_CREEP_UNKNOWN;
	struct mthp_creep *c;

	if (!mthp_creep_is_collapse(ev) || ev->order >= MTHP_NR_ORDERS)
		return;
	c = find_range(ev);
	if (c)
		verdict = mthp_creep_feed_collapse(c, ev, page_shift, &step);
	if (verdict == MTHP_CREEP_UNKNOWN)
		s->t2.creep[ev->order].untold++;
	if (c && verdict == MTHP_CREEP_STEP)
		tell_step(c, ev, &step, owner, s);
}

#endif
