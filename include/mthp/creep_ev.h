/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Feeds the creep rule from events of detail level plans, in BPF and in replay alike: selects the
 * events and the values of them that the rule needs.
 *
 * A struct mthp_creep_key finds the state of one PMD range. The key holds the owner, because another
 * process may get the same mm later, and its ranges are different ranges.
 */
#ifndef MTHP_CREEP_EV_H
#define MTHP_CREEP_EV_H

#include <mthp/creep.h>
#include <mthp/result.h>
#include <mthp/range_sums.h>
#include <mthp/wire.h>

struct mthp_creep_key {
	__u64 mm;
	__u64 start; /* of the range, bytes */
	__u32 tgid;
	__u32 pad;
};
MTHP_ASSERT_SIZE(struct mthp_creep_key, 24);

/* The range that an event with MTHP_KNOWN_ADDR is about; shifts are of bytes. */
MTHP_INLINE void mthp_creep_key(const struct mthp_ev *ev, __u32 pmd_shift,
				struct mthp_creep_key *key)
{
	key->mm = ev->mm;
	key->start = ev->addr >> pmd_shift << pmd_shift;
	key->tgid = ev->tgid;
	key->pad = 0;
}

/*
 * Can the rule use the bitmaps of this scan? If so, fills p; its rule and smallest order have no
 * meaning. A scan that ended early has examined too few PTEs, and one without settings cannot be
 * judged. words: 64-bit words of a bitmap that the caller has room for.
 */
MTHP_INLINE int mthp_creep_is_scan(const struct mthp_ev *ev, __u32 words,
				   struct mthp_policy_params *p)
{
	__u32 all, order = ev->order;

	if (ev->kind != MTHP_K_MTHP_SCAN || ev->sample != MTHP_SAMPLE_COMPLETE ||
	    !(ev->known & MTHP_KNOWN_ADDR) || !mthp_knows(ev, ORDERS) ||
	    !mthp_knows(ev, MAX_PTES_NONE))
		return 0;
	if (order < 2 || order > MTHP_POLICY_MAX_ORDER || 1U << order > MTHP_POLICY_MAX_PTES)
		return 0;
	all = 1U << order;
	if (!ev->nr_words || ev->nr_words > words || (__u32)ev->nr_words * 64 < all)
		return 0;
	p->pmd_order = order;
	p->min_order = MTHP_POLICY_MIN_ORDER;
	p->orders = ev->v[MTHP_V_ORDERS] & ((all << 1) - 1);
	p->orders = p->orders >> MTHP_POLICY_MIN_ORDER << MTHP_POLICY_MIN_ORDER;
	p->rule = MTHP_RULE_GUARD;
	p->pad = 0;
	/* MADV_COLLAPSE obeys no setting. */
	p->max_ptes_none =
		ev->requester == MTHP_Q_KHUGEPAGED ? ev->v[MTHP_V_MAX_PTES_NONE] : all - 1;
	/* The only remaining error that mthp_policy_check() could return. */
	return p->max_ptes_none < all;
}

/*
 * Should the caller begin to follow a range at this scan? Without a planned block nothing will be
 * collapsed, and a range without collapses does not creep. Where plans are unknown, a scan that did not
 * succeed has no collapses.
 */
MTHP_INLINE int mthp_creep_starts(const struct mthp_ev *ev)
{
	return mthp_knows(ev, PLANNED) ? ev->v[MTHP_V_PLANNED] != 0 : ev->result == MTHP_R_SUCCEED;
}

/* The rule of the scan, for the records of the steps that follow. */
MTHP_INLINE __u8 mthp_creep_rule(const struct mthp_ev *ev)
{
	__u32 rule = ev->v[MTHP_V_RULE];

	return mthp_knows(ev, RULE) && rule < MTHP_NR_RULES ? rule : MTHP_RULE_UNKNOWN;
}

/* Does the rule need this collapse? */
MTHP_INLINE int mthp_creep_is_collapse(const struct mthp_ev *ev)
{
	return ev->kind == MTHP_K_MTHP_COLLAPSE && ev->result == MTHP_R_SUCCEED &&
	       ev->known & MTHP_KNOWN_ADDR;
}

/* Feeds a scan for which mthp_creep_is_scan() filled p; bits: its bitmaps, stride words apart. */
MTHP_INLINE void mthp_creep_feed_scan(struct mthp_creep *c, const struct mthp_policy_params *p,
				      const __u64 *bits, __u32 stride, __u64 ts_ns)
{
	mthp_creep_scan(c, p, bits + MTHP_B_PRESENT * stride, bits + MTHP_B_BLOCKED * stride,
			bits + MTHP_B_JOINED * stride, ts_ns);
}

/* Feeds a collapse; returns enum mthp_creep_verdict and fills step as mthp_creep_collapse(). */
MTHP_INLINE int mthp_creep_feed_collapse(struct mthp_creep *c, const struct mthp_ev *ev,
					 __u32 page_shift, struct mthp_creep_step *step)
{
	__u32 offset = (__u32)(ev->addr >> page_shift);
	__u32 fill = mthp_knows(ev, FILLED) ? ev->v[MTHP_V_FILLED] : MTHP_CREEP_FILL_UNKNOWN;

	if (!c->pmd_order || c->pmd_order > MTHP_POLICY_MAX_ORDER)
		return MTHP_CREEP_UNKNOWN;
	offset &= (1U << c->pmd_order) - 1;
	return mthp_creep_collapse(c, offset, ev->order, fill, ev->ts_ns, step);
}

/* The record of a step that mthp_creep_feed_collapse() found; the caller adds the owner's name. */
MTHP_INLINE void mthp_creep_rec(struct mthp_creep *c, const struct mthp_ev *ev,
				const struct mthp_creep_step *step, __u32 page_shift,
				struct mthp_creep_rec *rec)
{
	rec->ts_ns = ev->ts_ns;
	rec->since_ns = step->since_ns;
	rec->mm = ev->mm;
	rec->addr = ev->addr;
	rec->tgid = ev->tgid;
	rec->steps = step->steps;
	rec->orders = step->orders;
	rec->filled = step->filled;
	rec->new_fill = step->new_fill;
	rec->max_ptes_none = c->max_ptes_none;
	rec->enabled = c->orders;
	rec->rule = c->rule;
	rec->requester = ev->requester;
	rec->order = ev->order;
	rec->untouched = step->untouched;
	rec->page_shift = page_shift;
	rec->first = !c->crept;
	c->crept = 1;
}

#endif
