/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Creep: collapses that are possible only because of earlier collapses.
 *
 * A collapse fills the empty PTEs of its block with zeroed pages. A later collapse of a block B is
 * a *creep step* if B was a candidate under the settings of the scan before it, and would not have
 * been one if the pages in it that earlier collapses filled had counted as empty. Steps that build
 * on one another are a *chain*: 64K, then 128K, then 2M.
 *
 * One struct mthp_creep follows one PMD range of one mm. It receives each scan of the range and
 * each successful collapse in it, in the order in which they happened, and keeps per PTE:
 *
 *	filled	filled by a collapse and not given back since, as far as scans show
 *	joined	mapped together with its left neighbour by the folio of one collapse
 *	used	not empty at the last scan, or collapsed since
 *	before	not empty at the scan before the last one; and seen, at the last one
 *	changed	became used or empty, or got another page, between these two scans, other than by a
 *		collapse
 *
 * A step is *untouched* if its block had too many empty PTEs at the scan before the last one, under
 * the same settings, and only collapses changed it since: the process touched nothing there. Under
 * the guard of policy.h no such step exists: its plans leave larger blocks out of reach until the
 * process touches them. Other steps are creep and growth together, or come late.
 *
 * The next scan detects a page that the process gave back: its PTE is empty, or, if it was touched
 * again, no longer joined to its neighbours. The rule rather misses a step than invents one: if two
 * neighbours of one folio are found apart, one of them is new, and neither counts as filled unless
 * its other neighbour proves it. One case is invisible to scans: a page without neighbours of its
 * folio that was given back and touched again between two scans. It still counts as filled.
 *
 * BPF programs and userspace include this file, so that live view and replay report the same steps.
 */
#ifndef MTHP_CREEP_H
#define MTHP_CREEP_H

#include <mthp/policy.h>
#include <mthp/types.h>

#define MTHP_CREEP_CELLS (64 >> MTHP_POLICY_MIN_ORDER) /* smallest blocks in a word */

/* The state of 64 PTEs. A chain is steps << 48 | orders << 32 | milliseconds since base_ns. */
struct mthp_creep_word {
	__u64 filled;
	__u64 joined;
	__u64 used;
	__u64 before;
	__u64 seen;
	__u64 changed;
	__u64 chain[MTHP_CREEP_CELLS];
};

/*
 * The state of one PMD range. All zeroes: nothing is known about the range yet. Userspace may
 * allocate mthp_creep_size() bytes instead of the whole struct.
 */
struct mthp_creep {
	__u64 base_ns;	     /* of the first scan */
	__u32 max_ptes_none; /* of the last scan, in PTEs per range */
	__u32 unsure;	     /* pages counted as filled that the process touched just before */
	__u16 orders;	     /* of the last scan */
	__u8 pmd_order;	     /* of the last scan; 0: none seen */
	__u8 steady;	     /* the last two scans had the same settings */
	__u8 calm;  /* the last scan changed nothing; nor does the next one if it finds the same */
	__u8 rule;  /* the rule of the last scan: the caller sets it */
	__u8 crept; /* for the caller: a step in this range was reported */
	__u8 pad;
	struct mthp_creep_word w[MTHP_POLICY_WORDS];
};

/* The report of a creep step: the chain that it ends, part of which earlier steps have reported. */
struct mthp_creep_step {
	__u64 since_ns;	 /* when the chain's first collapse happened */
	__u32 steps;	 /* creep steps in the chain, this one included; 1: a new chain */
	__u32 orders;	 /* bit k: a collapse to order k is part of the chain */
	__u32 filled;	 /* pages in this block that its collapse and earlier ones filled */
	__u32 new_fill;	 /* of these, by its own collapse */
	__u32 untouched; /* 1: as defined above */
	__u32 pad;
};

enum mthp_creep_verdict {
	MTHP_CREEP_NO = 0,
	MTHP_CREEP_STEP = 1,
	MTHP_CREEP_UNKNOWN = 2 /* no scan of the range was seen before the collapse */
};

#define MTHP_CREEP_FILL_UNKNOWN ~0U

static inline __u32 mthp_creep_words(__u32 pmd_order)
{
	return pmd_order > 6 ? 1U << (pmd_order - 6) : 1;
}

/* Bytes of the state of a range of this PMD order. */
static inline __u32 mthp_creep_size(__u32 pmd_order)
{
	return sizeof(struct mthp_creep) -
	       (MTHP_POLICY_WORDS - mthp_creep_words(pmd_order)) * sizeof(struct mthp_creep_word);
}

static inline __u32 mthp_popcount(__u64 x)
{
	x -= (x >> 1) & 0x5555555555555555ULL;
	x = (x & 0x3333333333333333ULL) + ((x >> 2) & 0x3333333333333333ULL);
	x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fULL;
	x += x >> 8;
	x += x >> 16;
	return (__u32)(x + (x >> 32)) & 0x7f;
}

/* The PTEs of word i that a block covers. */
static inline __u64 mthp_creep_mask(__u32 offset, __u32 order)
{
	return order >= 6 ? ~0ULL : ((1ULL << (1U << order)) - 1) << (offset & 63);
}

/* The PTEs of word i that should still be joined to their left neighbours. */
MTHP_INLINE __u64 mthp_creep_pairs(const struct mthp_creep *c, const __u64 *present, __u32 i,
				   __u32 words)
{
	__u64 left;

	if (i >= words || i >= MTHP_POLICY_WORDS)
		return 0;
	left = present[i] << 1 | (i ? present[(i - 1) & (MTHP_POLICY_WORDS - 1)] >> 63 : 0);
	return c->w[i].joined & present[i] & left;
}

/* One word of a scan, compared with the state. */
struct mthp_creep_found {
	__u64 present;
	__u64 blocked;
	__u64 held;  /* still joined to a neighbour */
	__u64 apart; /* no longer joined to one */
};

/* Applies one word of a scan to the state; returns the PTEs that still count as filled. */
MTHP_INLINE __u64 mthp_creep_scan_word(struct mthp_creep_word *w, const struct mthp_creep_found *l)
{
	__u64 used = l->present | l->blocked;

	w->filled &= l->present & ~(l->apart & ~l->held);
	w->changed = (used ^ w->used) | l->apart;
	w->before = w->seen;
	w->seen = used;
	w->used = used;
	return w->filled;
}

/*
 * Did this scan find the same state as the last one? Valid only if c->calm, the common case. In a
 * calm range `before`, `seen` and `used` are equal, and `joined` holds only PTEs that the last scan
 * found joined. A PTE that a scan reports as joined is present, and so is the PTE on its left. So a
 * page that is no longer present shows as one of these differences, also if its PTE is blocked now.
 */
MTHP_INLINE int mthp_creep_finds_same(const struct mthp_creep *c, const __u64 *present,
				      const __u64 *blocked, const __u64 *joined, __u32 words)
{
	__u64 other = 0;
	__u32 i;

	for (i = 0; i < MTHP_POLICY_WORDS && i < words; i++) {
		other |= (present[i] | blocked[i]) ^ c->w[i].seen;
		other |= c->w[i].filled & ~present[i];
		other |= c->w[i].joined & ~joined[i];
	}
	return !other;
}

/*
 * Adds a scan of the range: the bitmaps of struct mthp_policy_in, of 2^pmd_order bits (at least one
 * word), and the settings in force; p must be valid. A request that ignores max_ptes_none
 * (MADV_COLLAPSE) passes 2^pmd_order - 1.
 */
MTHP_INLINE void mthp_creep_scan(struct mthp_creep *c, const struct mthp_policy_params *p,
				 const __u64 *present, const __u64 *blocked, const __u64 *joined,
				 __u64 now_ns)
{
	__u32 words = mthp_creep_words(p->pmd_order), i;
	__u64 pairs, held, apart, next_held = 0, next_apart = 0;
	struct mthp_creep_found l;
	__u64 any = 0, news = 0;

	if (!c->pmd_order)
		c->base_ns = now_ns;
	c->steady = c->pmd_order && c->max_ptes_none == p->max_ptes_none && c->orders == p->orders;
	c->pmd_order = p->pmd_order;
	c->max_ptes_none = p->max_ptes_none;
	c->orders = (__u16)p->orders;
	if (c->calm && mthp_creep_finds_same(c, present, blocked, joined, words))
		return;
	/* Downwards: the upper end of a word depends on the next word. The bound is constant, for BPF. */
	for (i = MTHP_POLICY_WORDS - 1; i < MTHP_POLICY_WORDS; i--) {
		if (i >= words)
			continue;
		pairs = mthp_creep_pairs(c, present, i, words);
		l.present = present[i];
		l.blocked = blocked[i];
		l.held = pairs & joined[i];
		l.apart = pairs & ~joined[i];
		c->w[i].joined = l.held;
		held = l.held << 63;
		apart = l.apart << 63;
		l.apart |= l.apart >> 1 | next_apart;
		l.held |= l.held >> 1 | next_held;
		next_held = held;
		next_apart = apart;
		any |= mthp_creep_scan_word(&c->w[i], &l);
		news |= c->w[i].changed | (c->w[i].seen ^ c->w[i].before);
	}
	if (!any)
		c->unsure = 0;
	c->calm = !news;
}

/* The state of a block before its collapse. */
struct mthp_creep_block {
	__u64 chain;   /* the longest chain whose filled pages it holds; leftmost of equals */
	__u32 used;    /* PTEs not empty */
	__u32 filled;  /* of these, PTEs filled by earlier collapses */
	__u32 before;  /* PTEs not empty at the scan before the last one */
	__u32 changed; /* since then, other than by a collapse */
};

/* Adds the part of the block that lies in one word. */
MTHP_SUBPROG __u32 mthp_creep_look_word(const struct mthp_creep_word *w, __u64 mask,
					struct mthp_creep_block *b)
{
	__u64 filled, cell;
	__u32 j;

	if (!w || !b)
		return 0;
	b->used += mthp_popcount(w->used & mask);
	b->before += mthp_popcount(w->before & mask);
	b->changed += mthp_popcount(w->changed & mask);
	filled = w->filled & mask;
	if (!filled)
		return 0;
	b->filled += mthp_popcount(filled);
	for (j = 0; j < MTHP_CREEP_CELLS; j++) {
		cell = filled >> (j << MTHP_POLICY_MIN_ORDER);
		cell &= (1ULL << (1U << MTHP_POLICY_MIN_ORDER)) - 1;
		if (cell && (!b->chain || w->chain[j] >> 48 > b->chain >> 48))
			b->chain = w->chain[j];
	}
	return 0;
}

MTHP_INLINE void mthp_creep_look(const struct mthp_creep *c, __u32 offset, __u32 order,
				 struct mthp_creep_block *b)
{
	__u64 mask = mthp_creep_mask(offset, order);
	__u32 words = order > 6 ? 1U << (order - 6) : 1, i;

	b->chain = 0;
	b->used = 0;
	b->filled = 0;
	b->before = 0;
	b->changed = 0;
	for (i = 0; i < MTHP_POLICY_WORDS && i < words; i++)
		mthp_creep_look_word(&c->w[((offset >> 6) + i) & (MTHP_POLICY_WORDS - 1)], mask, b);
}

/* Applies a collapse to one word; returns how many empty PTEs it filled there. */
MTHP_SUBPROG __u32 mthp_creep_apply_word(struct mthp_creep_word *w, __u64 mask, __u64 chain)
{
	__u64 fresh;
	__u32 j;

	if (!w)
		return 0;
	fresh = mask & ~w->used;
	w->filled |= fresh;
	w->used |= mask;
	w->joined |= mask;
	for (j = 0; j < MTHP_CREEP_CELLS; j++)
		if (mask >> (j << MTHP_POLICY_MIN_ORDER) & 1)
			w->chain[j] = chain;
	return mthp_popcount(fresh);
}

/* Applies a collapse; returns how many empty PTEs it filled, according to the last scan. */
MTHP_INLINE __u32 mthp_creep_apply(struct mthp_creep *c, __u32 offset, __u32 order, __u64 chain)
{
	__u64 mask = mthp_creep_mask(offset, order);
	__u32 words = order > 6 ? 1U << (order - 6) : 1, i, fill = 0;
	__u64 end = (offset + (1U << order)) >> 6;

	c->calm = 0;
	for (i = 0; i < MTHP_POLICY_WORDS && i < words; i++)
		fill += mthp_creep_apply_word(&c->w[((offset >> 6) + i) & (MTHP_POLICY_WORDS - 1)],
					      mask, chain);
	/* The block's first PTE is not joined to its left neighbour, nor the PTE after the block to it. */
	c->w[(offset >> 6) & (MTHP_POLICY_WORDS - 1)].joined &= ~(1ULL << (offset & 63));
	MTHP_ONE(end);
	if (end < mthp_creep_words(c->pmd_order) && end < MTHP_POLICY_WORDS)
		c->w[end].joined &= ~(1ULL << ((offset + (1U << order)) & 63));
	return fill;
}

/*
 * Adds a successful collapse of the block of this order at this offset (PTEs from the start of the
 * range); fill is the number of filled pages that the kernel reported, or MTHP_CREEP_FILL_UNKNOWN.
 * Returns enum mthp_creep_verdict and, for MTHP_CREEP_STEP, fills step.
 */
MTHP_INLINE int mthp_creep_collapse(struct mthp_creep *c, __u32 offset, __u32 order, __u32 fill,
				    __u64 now_ns, struct mthp_creep_step *step)
{
	struct mthp_policy_params p = { .max_ptes_none = c->max_ptes_none,
					.pmd_order = c->pmd_order,
					/* The guard and the scaled rule allow the same. */
					.rule = c->rule == MTHP_RULE_TWO_VALUE ? c->rule :
										 MTHP_RULE_GUARD };
	struct mthp_creep_block b;
	__u32 allowed, filled, size, steps = 0;
	__u64 chain;

	if (!c->pmd_order)
		return MTHP_CREEP_UNKNOWN;
	if (order < MTHP_POLICY_MIN_ORDER || order > c->pmd_order || offset >> c->pmd_order ||
	    offset & ((1U << order) - 1))
		return MTHP_CREEP_NO;
	size = 1U << order;
	allowed = mthp_policy_allowed(&p, order);
	mthp_creep_look(c, offset, order, &b);
	filled = b.filled > c->unsure ? b.filled - c->unsure : 0;
	chain = (now_ns - c->base_ns) / 1000000;
	if (chain > ~0U)
		chain = ~0U;
	chain |= 1ULL << (order + 32);
	/* The conditions of a candidate, with the filled pages as used and as empty. */
	if (filled && size - b.used <= allowed && size - b.used + filled > allowed) {
		steps = (__u32)(b.chain >> 48) + 1;
		chain = (b.chain & 0xffffffffffffULL) | 1ULL << (order + 32);
		chain |= (__u64)(steps < 0xffff ? steps : 0xffff) << 48;
	}
	b.used = mthp_creep_apply(c, offset, order, chain);
	if (fill < b.used)
		c->unsure += b.used - fill;
	if (!steps)
		return MTHP_CREEP_NO;
	step->since_ns = c->base_ns + (chain & 0xffffffff) * 1000000;
	step->steps = steps;
	step->orders = chain >> 32 & 0xffff;
	step->filled = b.filled + b.used;
	step->new_fill = b.used;
	step->untouched = c->steady && !b.changed && size - b.before > allowed;
	step->pad = 0;
	return MTHP_CREEP_STEP;
}

#endif /* MTHP_CREEP_H */
