/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Detail level ranges: the bitmaps of the records, creep, vain attempts, and splits. The rules are in mthp/creep.h,
 * mthp/vain.h and mthp/pingpong.h, and userspace applies them to a recorded stream. The map `ranges` keeps the state of each range.
 */
#ifndef RANGES_BPF_H
#define RANGES_BPF_H

#include "owner.bpf.h"

/* @loc: a __data_loc member of the record at @ctx. 0 or a negative error. */
static __always_inline int read_bitmap(__u64 *to, void *ctx, __u32 loc)
{
	const __u32 bytes = MTHP_OCC_WORDS * sizeof(__u64);

	return loc >> 16 != bytes ? -1 : bpf_probe_read_kernel(to, bytes, ctx + (loc & 0xffff));
}

#define read_bitmap_of(to, which, ctx, field)                 \
	(!bpf_core_field_exists((ctx)->__data_loc_##field) || \
	 read_bitmap((to)->bits.word + (which)*MTHP_OCC_WORDS, ctx, (ctx)->__data_loc_##field))

/*
 * The bitmaps of the scan at @ctx. NULL if one is missing or has another size than expected. While
 * events are not streamed, the bitmaps that only readers of the stream need keep their old contents.
 */
static __always_inline struct scan *read_bitmaps(struct trace_event_raw_mm_mthp_scan *ctx)
{
	__u32 zero = 0;
	struct scan *to = bpf_map_lookup_elem(&this_scan, &zero);

	if (!to || pmd_order != MTHP_BITMAP_ORDER ||
	    read_bitmap_of(to, MTHP_B_PRESENT, ctx, present) ||
	    read_bitmap_of(to, MTHP_B_BLOCKED, ctx, blocked) ||
	    read_bitmap_of(to, MTHP_B_JOINED, ctx, joined))
		return NULL;
	if (mode != MTHP_GATE_STREAM)
		return to;
	if (read_bitmap_of(to, MTHP_B_REFERENCED, ctx, referenced) ||
	    read_bitmap_of(to, MTHP_B_PLAN, ctx, plan))
		return NULL;
	return to;
}

/* No loop: @from is a struct of the kernel, and the verifier has to know each address in it. */
static __always_inline void copy_bitmap(__u64 *to, const __u64 *from)
{
	__u32 i;

	MTHP_UNROLL
	for (i = 0; i < MTHP_OCC_WORDS; i++)
		to[i] = from[i];
}

/* The same bitmaps, from the range that was scanned. */
static __always_inline struct scan *copy_bitmaps(struct collapse_range *range)
{
	__u32 zero = 0;
	struct scan *to = bpf_map_lookup_elem(&this_scan, &zero);

	if (!to)
		return NULL;
	copy_bitmap(to->bits.word + MTHP_B_PRESENT * MTHP_OCC_WORDS, range->in.present);
	copy_bitmap(to->bits.word + MTHP_B_BLOCKED * MTHP_OCC_WORDS, range->in.blocked);
	copy_bitmap(to->bits.word + MTHP_B_JOINED * MTHP_OCC_WORDS, range->in.joined);
	return to;
}

/* Not static: verified once by itself, and not once for each path that leads to it. */
__noinline int add_occupancy(struct mthp_occ_orders *occ, struct scan *scan)
{
	return occ && scan ? mthp_occ_bits(occ, &scan->small, scan->bits.word, MTHP_BITMAP_ORDER) :
			     0;
}

static __always_inline struct range *find_range(const struct mthp_ev *ev)
{
	struct mthp_creep_key key;

	mthp_creep_key(ev, page_shift + pmd_order, &key);
	return bpf_map_lookup_elem(&ranges, &key);
}

static __always_inline struct range *new_range(const struct mthp_ev *ev, struct mthp_sums *s)
{
	struct mthp_creep_key key;
	struct range *none;
	__u32 zero = 0;

	none = bpf_map_lookup_elem(&fresh_range, &zero);
	if (!none)
		return NULL;
	mthp_creep_key(ev, page_shift + pmd_order, &key);
	if (!bpf_map_update_elem(&ranges, &key, none, BPF_NOEXIST))
		MTHP_ADD(&s->creep_inserts, 1);
	return bpf_map_lookup_elem(&ranges, &key);
}

/* As add_occupancy(); @orders and @max_ptes_none as in struct mthp_policy_params. */
__noinline int add_scan(struct mthp_creep *c, const struct bitmaps *bits, __u32 orders,
			__u32 max_ptes_none, __u64 ts_ns)
{
	struct mthp_policy_params p = {
		.orders = orders,
		.max_ptes_none = max_ptes_none,
		.pmd_order = MTHP_BITMAP_ORDER,
	};

	if (c && bits)
		mthp_creep_feed_scan(c, &p, bits->word, MTHP_OCC_WORDS, ts_ns);
	return 0;
}

__noinline int add_vain_scan(struct mthp_vain *v, const struct bitmaps *bits)
{
	if (v && bits)
		mthp_vain_scan(v, MTHP_BITMAP_ORDER, bits->word + MTHP_B_PRESENT * MTHP_OCC_WORDS,
			       bits->word + MTHP_B_BLOCKED * MTHP_OCC_WORDS,
			       bits->word + MTHP_B_JOINED * MTHP_OCC_WORDS);
	return 0;
}

/* @bits: NULL if they are unknown. */
static __always_inline void range_scan(const struct mthp_ev *ev, const struct bitmaps *bits,
				       struct mthp_sums *s)
{
	struct mthp_policy_params p;
	struct range *r;

	/* Without these events there is no map of ranges: the verifier must not get to it. */
	if (!has_mthp || !(ev->known & MTHP_KNOWN_ADDR))
		return;
	r = find_range(ev);
	if (!bits || !mthp_vain_is_scan(ev, MTHP_OCC_WORDS)) {
		if (r)
			mthp_vain_forget(&r->vain);
		return;
	}
	if (!r && mthp_creep_starts(ev))
		r = new_range(ev, s);
	if (!r)
		return;
	add_vain_scan(&r->vain, bits);
	if (!mthp_creep_is_scan(ev, MTHP_OCC_WORDS, &p))
		return;
	add_scan(&r->creep, bits, p.orders, p.max_ptes_none, ev->ts_ns);
	r->creep.rule = mthp_creep_rule(ev);
}

static __always_inline void tell_step(struct mthp_creep *c, const struct mthp_ev *ev,
				      const struct mthp_creep_step *step, struct task_struct *owner,
				      struct mthp_proc *proc, struct mthp_sums *s)
{
	struct mthp_creep_rec *rec;
	__u32 zero = 0;

	rec = bpf_map_lookup_elem(&step_rec, &zero);
	if (!rec)
		return;
	mthp_creep_rec(c, ev, step, page_shift, rec);
	mthp_range_creep(&s->ranges.creep[ev->order & 15], rec);
	if (proc)
		mthp_proc_creep(proc, rec);
	rec->cgroup = 0;
	__builtin_memset(rec->comm, 0, sizeof(rec->comm));
	if (owner)
		describe_owner(owner, &rec->cgroup, rec->comm);
	if (bpf_ringbuf_output(&steps, rec, sizeof(*rec), BPF_RB_NO_WAKEUP))
		s->lost[MTHP_L_CHAINS]++;
}

static __always_inline void creep_collapse(struct range *r, const struct mthp_ev *ev,
					   struct task_struct *owner, struct mthp_proc *proc,
					   struct mthp_sums *s)
{
	struct mthp_creep_step step = {};
	int verdict = MTHP_CREEP_UNKNOWN;

	if (!mthp_creep_is_collapse(ev) || ev->order >= MTHP_NR_ORDERS)
		return;
	if (r)
		verdict = mthp_creep_feed_collapse(&r->creep, ev, page_shift, &step);
	if (verdict == MTHP_CREEP_UNKNOWN)
		s->ranges.creep[ev->order].unscanned++;
	if (r && verdict == MTHP_CREEP_STEP)
		tell_step(&r->creep, ev, &step, owner, proc, s);
}

/* As add_occupancy(). Returns enum mthp_vain_verdict. */
__noinline int judge(struct mthp_vain *v, __u32 offset, __u32 order, __u32 result, __u32 asked)
{
	if (!v)
		return MTHP_VAIN_UNKNOWN;
	return mthp_vain_attempt(v, MTHP_BITMAP_ORDER, offset, order, result, asked);
}

static __always_inline void add_vain(const struct mthp_ev *ev, int verdict, struct mthp_proc *proc,
				     struct mthp_sums *s)
{
	struct mthp_outcome_key key;
	struct mthp_vain_sum none = {};
	struct mthp_vain_sum *sum;

	mthp_outcome_key(ev, &key);
	sum = bpf_map_lookup_elem(&vain, &key);
	if (!sum) {
		bpf_map_update_elem(&vain, &key, &none, BPF_NOEXIST);
		sum = bpf_map_lookup_elem(&vain, &key);
	}
	if (sum)
		mthp_vain_add(sum, ev, verdict);
	else
		s->lost[MTHP_L_TABLES]++;
	if (proc && verdict != MTHP_VAIN_UNKNOWN)
		mthp_proc_vain(proc, ev);
}

/* Does this attempt undo a split? */
static __always_inline void undo_split(struct range *r, const struct mthp_ev *ev,
				       struct mthp_proc *proc, struct mthp_sums *s)
{
	__u8 by = r->split.by;

	if (!mthp_split_undone(&r->split, ev, MTHP_BITMAP_ORDER))
		return;
	mthp_range_undone(&s->ranges, ev, by);
	if (proc)
		MTHP_ADD(&proc->undone, 1);
}

/*
 * A split. Its program may run on fentry, so that another task takes the CPU in the middle: every sum that it adds to is
 * added to atomically.
 */
static __always_inline void range_split(const struct mthp_ev *ev, struct mthp_sums *s)
{
	struct range *r;

	if (!has_mthp || !has_splits)
		return;
	mthp_range_split(&s->ranges, ev);
	r = find_range(ev);
	if (!r)
		r = new_range(ev, s);
	if (r)
		mthp_split_note(&r->split, ev);
}

/* An attempt. @proc: the row of its owner, or NULL. */
static __always_inline void range_attempt(const struct mthp_ev *ev, struct task_struct *owner,
					  struct mthp_proc *proc, struct mthp_sums *s)
{
	__u32 offset = (__u32)(ev->addr >> page_shift) & ((1U << MTHP_BITMAP_ORDER) - 1);
	struct range *r = NULL;
	int verdict;

	if (!has_mthp || !mthp_vain_is_attempt(ev))
		return;
	mthp_range_stall(&s->ranges, ev);
	if (ev->known & MTHP_KNOWN_ADDR)
		r = find_range(ev);
	creep_collapse(r, ev, owner, proc, s);
	if (r && has_splits)
		undo_split(r, ev, proc, s);
	if (r)
		verdict = judge(&r->vain, offset, ev->order, ev->result,
				ev->requester != MTHP_Q_KHUGEPAGED);
	else
		verdict = ev->result == MTHP_R_SUCCEED ? MTHP_VAIN_NO : MTHP_VAIN_UNKNOWN;
	if (verdict != MTHP_VAIN_NO)
		add_vain(ev, verdict, proc, s);
}

#endif
