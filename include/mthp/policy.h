/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which naturally aligned blocks of one PMD range to collapse, and to which orders.
 *
 * Pure functions without locks, allocation, recursion, floating point or 64-bit division: the same
 * bytes are compiled into the kernel, into BPF programs and into userspace.
 *
 * Terms. P is the PMD order; a range holds 2^P PTEs; an offset counts PTEs from its start. A block
 * of order k is 2^k PTEs at an offset that is a multiple of 2^k. An *empty* PTE maps nothing, or
 * the zero page. With m = max_ptes_none, a block of order k may have at most
 *
 *	allowed(k) = m			when k == P
 *		   = 2^k - 1		when m == 2^P - 1
 *		   = m >> (P - k)	otherwise
 *
 * empty PTEs. It is a *candidate* when its order is enabled, it is not empty, no PTE in it is
 * blocked (orders below P), one is referenced (where that is asked for), and it has no more empty
 * PTEs than allowed. The walk goes from left to right and from the largest enabled order down: a
 * candidate is planned, a block that one folio maps already is left alone, and both are stepped
 * over; anything else is tried at the next smaller enabled order. The planned blocks are disjoint.
 *
 * The guard. Collapsing a block fills its empty PTEs with zeroed pages. The next scan takes them
 * for used, a larger block around them may then be within its limit, is collapsed and filled too,
 * and so on: memory creeps up although the process touched nothing. So a candidate with n empty
 * PTEs is refused while an enabled larger block A around it has more empty PTEs than allowed now,
 * and would not have once this plan is carried out:
 *
 *	none(A) > allowed(A)  and  none(A) - F(A) - n <= allowed(A)
 *
 * where F(A) counts the empty PTEs which the plan fills in A already. Whether A holds blocked or
 * unreferenced PTEs does not matter here: both may have changed by the next scan. Planning again
 * after the plan was carried out therefore plans nothing.
 *
 * Cost. One pass upwards counts the used PTEs of every aligned block: orders below 6 as 2^k bit
 * wide fields of one word per 64 PTEs, orders from 6 on as a heap (node 1 is the whole range, the
 * halves of node i are nodes 2i and 2i + 1). The walk only looks up. Stack: below 256 bytes; the
 * structures belong to the caller.
 */
#ifndef MTHP_POLICY_H
#define MTHP_POLICY_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

/*
 * The smallest order there may ever be: anonymous memory has none of order 1, simulations may.
 * Like the size, it may be set before this file is included.
 */
#ifndef MTHP_POLICY_MIN_ORDER
#if defined(__KERNEL__) || defined(__bpf__)
#define MTHP_POLICY_MIN_ORDER 2
#else
#define MTHP_POLICY_MIN_ORDER 1
#endif
#endif
/* PTEs of the largest range. */
#ifndef MTHP_POLICY_MAX_PTES
#define MTHP_POLICY_MAX_PTES (MTHP_POLICY_MIN_ORDER == 2 ? 512 : 8192)
#endif

#define MTHP_POLICY_MAX_ORDER  13
#define MTHP_POLICY_WORDS      (MTHP_POLICY_MAX_PTES / 64)
#define MTHP_POLICY_MAX_BLOCKS (MTHP_POLICY_MAX_PTES >> MTHP_POLICY_MIN_ORDER)

_Static_assert(MTHP_POLICY_MAX_PTES >= 64 && !(MTHP_POLICY_MAX_PTES & (MTHP_POLICY_MAX_PTES - 1)),
	       "bitmaps have whole words, and indexes are masked");

enum mthp_policy_rule {
	MTHP_RULE_GUARD = 0,	 /* allowed(k) as above, with the guard */
	MTHP_RULE_SCALED = 1,	 /* allowed(k) as above, without the guard: creeps */
	MTHP_RULE_TWO_VALUE = 2, /* Linux 7.2: below P, any m but 2^P - 1 acts as 0 */
	MTHP_NR_RULES
};

/* What became of a block. Where several apply: empty, backed, unreferenced, none, then the rest. */
enum mthp_policy_why {
	MTHP_WHY_PLANNED = 0,
	MTHP_WHY_BACKED = 1,	   /* one folio maps all of it already */
	MTHP_WHY_EMPTY = 2,	   /* holds no page; nor does any part of it */
	MTHP_WHY_UNREFERENCED = 3, /* nothing in it was used lately; nor any part of it */
	MTHP_WHY_BLOCKED = 4,	   /* holds a PTE that cannot be collapsed now */
	MTHP_WHY_PMD = 5,	   /* order P, and the caller does not allow it for this range */
	MTHP_WHY_NONE = 6,	   /* too many empty PTEs */
	MTHP_WHY_GUARD = 7,	   /* filling it would make a larger block eligible */
	MTHP_NR_WHY,
	MTHP_WHY_DISABLED = 8, /* order not enabled */
	MTHP_WHY_COVERED = 9   /* inside a larger planned block */
};

/* What mthp_policy_check() objects to. */
enum mthp_policy_err {
	MTHP_POLICY_EPMD = -1,	  /* pmd_order: not 2 ... 13, or more than MTHP_POLICY_MAX_PTES */
	MTHP_POLICY_EMIN = -2,	  /* min_order: below MTHP_POLICY_MIN_ORDER or above pmd_order */
	MTHP_POLICY_EORDERS = -3, /* orders: a bit below min_order or above pmd_order */
	MTHP_POLICY_ENONE = -4,	  /* max_ptes_none: above 2^pmd_order - 1 */
	MTHP_POLICY_ERULE = -5,
	MTHP_POLICY_EBLOCK = -6 /* no such block to plan again */
};

/* The settings in force. */
struct mthp_policy_params {
	__u32 orders;	     /* bit k: collapses to order k are enabled */
	__u32 max_ptes_none; /* m, in PTEs per PMD range: 0 ... 2^pmd_order - 1 */
	__u8 pmd_order;	     /* P */
	__u8 min_order;	     /* smallest order that may be enabled: 2 for anonymous memory */
	__u8 rule;	     /* enum mthp_policy_rule */
	__u8 pad;
};

/*
 * What one scan of a PMD range found: bitmaps with a bit per PTE, PTE i being bit i % 64 of word
 * i / 64. Bits from 2^P on are ignored. A swapped-out PTE is blocked, not present, and not empty:
 * order P reads it in. Blocked, too, is what is shared, write-protected by userfaultfd, locked,
 * pinned, off the LRU, or not anonymous. A block is backed when all its bits of joined but the
 * first are set.
 */
struct mthp_policy_in {
	__u64 present[MTHP_POLICY_WORDS];    /* maps a page other than the zero page */
	__u64 blocked[MTHP_POLICY_WORDS];    /* cannot be collapsed below order P now */
	__u64 referenced[MTHP_POLICY_WORDS]; /* young, or its folio was referenced */
	__u64 joined[MTHP_POLICY_WORDS];     /* the page after its left neighbour's, same folio */
	__u8 need_referenced; /* leave blocks without a referenced PTE alone (khugepaged) */
	__u8 pmd_allowed;     /* order P may be planned: swapped and shared PTEs are in bounds */
	__u8 pad[6];
};

struct mthp_policy_block {
	__u16 offset; /* first PTE, a multiple of 2^order */
	__u16 fill;   /* empty PTEs in it: collapsing fills them with zeroed pages */
	__u16 order;  /* log2 of its PTEs */
};

/* Words that the counters of a plan take. */
#define MTHP_POLICY_COUNTS ((MTHP_POLICY_MAX_ORDER + 1) * MTHP_NR_WHY / 4)

/*
 * The plan. refused[] counts the blocks of an order that the walk tried and refused, by reason. A
 * block that is unreferenced, or uses fewer PTEs than one of the smallest order must, counts once:
 * its parts are not tried.
 */
struct mthp_policy_out {
	__u32 nr;   /* blocks planned */
	__u32 fill; /* sum of their fill, in PTEs */
	union {
		__u16 refused[MTHP_POLICY_MAX_ORDER + 1][MTHP_NR_WHY];
		__u64 zero[MTHP_POLICY_COUNTS];
	};
	struct mthp_policy_block
		block[MTHP_POLICY_MAX_BLOCKS]; /* left to right, until planned again */
};

#define MTHP_POLICY_LANES 5 /* orders 1 ... 5 are counted in fields of a word */

#define MTHP_NODE_BLOCKED    1 /* some PTE is blocked */
#define MTHP_NODE_REFERENCED 2 /* some PTE is referenced */
#define MTHP_NODE_SPLIT	     4 /* more than one folio, or none */

/* Scratch space: filled by mthp_policy_count(), used by all that follow. */
struct mthp_policy_work {
	__u64 lane[MTHP_POLICY_WORDS][MTHP_POLICY_LANES]; /* used PTEs in blocks of order 1 ... 5 */
	__u16 used[2 * MTHP_POLICY_WORDS]; /* used PTEs in blocks of order 6 ... P, a heap */
	__u8 node[2 * MTHP_POLICY_WORDS];  /* MTHP_NODE_* of the same blocks */
	__s32 room[16];	   /* PTEs that may still be filled in the current block of an order */
	__u16 allowed[16]; /* allowed(k) */
	__u8 first[16];	   /* largest enabled order up to k, or 0 */
	__u8 above[16];	   /* smallest enabled order above k, for k enabled or 0 */
	__u64 ones[16];	   /* 2^k bits, at most 64 */
	__u32 least;	   /* PTEs that a block of the smallest enabled order must use */
};

#define MTHP_POLICY_NO_LIMIT 0x100000

/* Set nr bits from bit start on: how a scan notes a run of PTEs that one folio maps. */
static inline void mthp_bits_set(__u64 *bits, __u32 start, __u32 nr)
{
	__u32 end = start + nr;

	while (start < end) {
		__u32 bit = start & 63;
		__u32 len = end - start < 64 - bit ? end - start : 64 - bit;

		bits[(start >> 6) & (MTHP_POLICY_WORDS - 1)] |= (~0ULL >> (64 - len)) << bit;
		start += len;
	}
}

static inline int mthp_bit_test(const __u64 *bits, __u32 i)
{
	return (bits[(i >> 6) & (MTHP_POLICY_WORDS - 1)] >> (i & 63)) & 1;
}

/* Trailing zero bits of an offset below 2^14; 13 for offset 0. BPF has no instruction for it. */
static inline __u32 mthp_offset_order(__u32 offset)
{
#ifdef __bpf__
	__u32 x = offset | 1U << MTHP_POLICY_MAX_ORDER;

	x = (x ^ (x - 1)) >> 1;
	x -= (x >> 1) & 0x5555;
	x = (x & 0x3333) + ((x >> 2) & 0x3333);
	x = (x + (x >> 4)) & 0x0f0f;
	return (x + (x >> 8)) & 0x1f;
#else
	return (__u32)__builtin_ctz(offset | 1U << MTHP_POLICY_MAX_ORDER);
#endif
}

/* Are the parameters usable? 0 or enum mthp_policy_err. */
static inline int mthp_policy_check(const struct mthp_policy_params *p)
{
	if (p->pmd_order < 2 || p->pmd_order > MTHP_POLICY_MAX_ORDER ||
	    (1U << p->pmd_order) > MTHP_POLICY_MAX_PTES)
		return MTHP_POLICY_EPMD;
	if (p->min_order < MTHP_POLICY_MIN_ORDER || p->min_order > p->pmd_order)
		return MTHP_POLICY_EMIN;
	if (p->orders >> p->min_order << p->min_order != p->orders ||
	    p->orders >> (p->pmd_order + 1))
		return MTHP_POLICY_EORDERS;
	if (p->max_ptes_none >= 1U << p->pmd_order)
		return MTHP_POLICY_ENONE;
	if (p->rule >= MTHP_NR_RULES)
		return MTHP_POLICY_ERULE;
	return 0;
}

/* allowed(order) in PTEs, for checked parameters and an order up to P. */
static inline __u32 mthp_policy_allowed(const struct mthp_policy_params *p, __u32 order)
{
	if (order >= p->pmd_order)
		return p->max_ptes_none;
	if (p->rule == MTHP_RULE_TWO_VALUE && p->max_ptes_none + 1 != 1U << p->pmd_order)
		return 0;
	/* For m = 2^P - 1 this is 2^k - 1. */
	return p->max_ptes_none >> (p->pmd_order - order);
}

static inline void mthp_policy_settings(const struct mthp_policy_params *p,
					struct mthp_policy_work *w)
{
	__u32 scaled = p->max_ptes_none, last = 0, k;

	if (p->rule == MTHP_RULE_TWO_VALUE && scaled + 1 != 1U << p->pmd_order)
		scaled = 0;
	for (k = 0; k < 16; k++)
		w->room[k] = MTHP_POLICY_NO_LIMIT;
	for (k = 0; k <= MTHP_POLICY_MAX_ORDER && k <= p->pmd_order; k++) {
		w->allowed[k] = scaled >> (p->pmd_order - k);
		w->ones[k] = (2ULL << (((1U << k) - 1) & 63)) - 1;
		w->first[k] = last;
		if (p->orders >> k & 1) {
			w->above[last] = k;
			w->first[k] = k;
			w->least = last ? w->least : (1U << k) - w->allowed[k];
			last = k;
		}
	}
	w->allowed[p->pmd_order & 15] = p->max_ptes_none;
	w->above[last] = MTHP_POLICY_MAX_ORDER + 1;
}

/* The fields of one word of used PTEs; returns their sum. */
static inline __u32 mthp_policy_lanes(__u64 x, __u64 *lane)
{
	x -= (x >> 1) & 0x5555555555555555ULL;
	lane[0] = x;
	x = (x & 0x3333333333333333ULL) + ((x >> 2) & 0x3333333333333333ULL);
	lane[1] = x;
	x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fULL;
	lane[2] = x;
	x = (x + (x >> 8)) & 0x00ff00ff00ff00ffULL;
	lane[3] = x;
	x = (x + (x >> 16)) & 0x0000ffff0000ffffULL;
	lane[4] = x;
	return (__u32)x + (__u32)(x >> 32);
}

/*
 * The upward pass, for checked parameters. A caller that changes what the scan found before it
 * plans a block again calls this again first.
 */
static inline void mthp_policy_count(const struct mthp_policy_params *p,
				     const struct mthp_policy_in *in, struct mthp_policy_work *w)
{
	__u32 words = p->pmd_order > 6 ? 1U << (p->pmd_order - 6) : 1, i, k, n, right;

	mthp_policy_settings(p, w);
	for (i = 0; i < MTHP_POLICY_WORDS && i < words; i++) {
		n = (words + i) & (2 * MTHP_POLICY_WORDS - 1);
		w->used[n] = mthp_policy_lanes(in->present[i] | in->blocked[i], w->lane[i]);
		w->node[n] = (in->blocked[i] ? MTHP_NODE_BLOCKED : 0) |
			     (in->referenced[i] ? MTHP_NODE_REFERENCED : 0) |
			     (~in->joined[i] >> 1 ? MTHP_NODE_SPLIT : 0);
	}
	for (k = 7; k <= MTHP_POLICY_MAX_ORDER && k <= p->pmd_order; k++) {
		words >>= 1;
		for (i = 0; i < MTHP_POLICY_WORDS && i < words; i++) {
			n = (words + i) & (MTHP_POLICY_WORDS - 1);
			right = (2 * i + 1) << (k - 7) & (MTHP_POLICY_WORDS - 1);
			w->used[n] = w->used[2 * n] + w->used[2 * n + 1];
			w->node[n] = w->node[2 * n] | w->node[2 * n + 1] |
				     (in->joined[right] & 1 ? 0 : MTHP_NODE_SPLIT);
		}
	}
}

/* Node of the heap for a block of order 6 or more. */
static inline __u32 mthp_policy_node(const struct mthp_policy_params *p, __u32 offset, __u32 order)
{
	return ((1U << ((p->pmd_order - order) & 15)) + (offset >> order)) &
	       (2 * MTHP_POLICY_WORDS - 1);
}

/* PTEs of a block that are not empty. */
static inline __u32 mthp_policy_used(const struct mthp_policy_params *p,
				     const struct mthp_policy_work *w, __u32 offset, __u32 order)
{
	const __u64 *lane = w->lane[(offset >> 6) & (MTHP_POLICY_WORDS - 1)];

	if (order >= 6)
		return w->used[mthp_policy_node(p, offset, order)];
	return lane[order ? order - 1 : 0] >> (offset & 63) & w->ones[order];
}

/* Is a bit set in the block? Above order 5, node is what says so in the heap. */
static inline int mthp_policy_any(const struct mthp_policy_params *p,
				  const struct mthp_policy_work *w, const __u64 *bits, __u32 node,
				  __u32 offset, __u32 order)
{
	if (order >= 6)
		return w->node[mthp_policy_node(p, offset, order)] & node;
	return (bits[(offset >> 6) & (MTHP_POLICY_WORDS - 1)] >> (offset & 63) & w->ones[order]) !=
	       0;
}

/* Does one folio map the whole block? Its first PTE need not be joined to what is before it. */
static inline int mthp_policy_backed(const struct mthp_policy_params *p,
				     const struct mthp_policy_in *in,
				     const struct mthp_policy_work *w, __u32 offset, __u32 order)
{
	__u64 apart = ~in->joined[(offset >> 6) & (MTHP_POLICY_WORDS - 1)];

	if (order >= 6)
		return !(w->node[mthp_policy_node(p, offset, order)] & MTHP_NODE_SPLIT);
	return !(apart >> (offset & 63) & w->ones[order] & ~1ULL);
}

/* Is the block a candidate? MTHP_WHY_PLANNED if so, otherwise why not. The guard is not asked. */
static inline __u32 mthp_policy_candidate(const struct mthp_policy_params *p,
					  const struct mthp_policy_in *in,
					  const struct mthp_policy_work *w, __u32 offset,
					  __u32 order, __u32 none)
{
	if (none == 1U << order)
		return MTHP_WHY_EMPTY;
	if (!none && order != p->pmd_order && mthp_policy_backed(p, in, w, offset, order))
		return MTHP_WHY_BACKED;
	if (in->need_referenced &&
	    !mthp_policy_any(p, w, in->referenced, MTHP_NODE_REFERENCED, offset, order))
		return MTHP_WHY_UNREFERENCED;
	if (none > w->allowed[order & 15])
		return MTHP_WHY_NONE;
	if (order == p->pmd_order)
		return in->pmd_allowed ? MTHP_WHY_PLANNED : MTHP_WHY_PMD;
	if (mthp_policy_any(p, w, in->blocked, MTHP_NODE_BLOCKED, offset, order))
		return MTHP_WHY_BLOCKED;
	return MTHP_WHY_PLANNED;
}

/* Where the walk is. */
struct mthp_policy_walk {
	__u32 pos, end; /* in PTEs */
	__u32 order;	/* to try at pos; 0: the walk is over */
	__u32 top;	/* the largest to try anywhere */
	__s32 room;	/* PTEs that may be filled at pos, for all that the guard has to say */
};

static inline void mthp_policy_go(const struct mthp_policy_work *w, struct mthp_policy_walk *at,
				  __u32 pos)
{
	__u32 k = mthp_offset_order(pos);

	at->pos = pos;
	at->order = pos < at->end ? w->first[(k < at->top ? k : at->top) & 15] : 0;
	at->room = w->room[w->above[at->order & 15] & 15];
}

static inline void mthp_policy_start(const struct mthp_policy_work *w, struct mthp_policy_walk *at,
				     __u32 pos, __u32 end, __u32 top)
{
	at->end = end;
	at->top = top;
	mthp_policy_go(w, at, pos);
}

static inline void mthp_policy_add(struct mthp_policy_work *w, struct mthp_policy_out *out,
				   const struct mthp_policy_walk *at, __u32 fill)
{
	struct mthp_policy_block *b = &out->block[out->nr & (MTHP_POLICY_MAX_BLOCKS - 1)];
	__u32 k;

	b->offset = at->pos;
	b->fill = fill;
	b->order = at->order;
	out->nr++;
	out->fill += fill;
	for (k = MTHP_POLICY_MAX_ORDER; fill && k > at->order; k--)
		w->room[k] -= fill;
}

/*
 * One step of the walk: try one order at one offset. Returns whether there is more to do.
 * Split off the loop so that a BPF program can verify it once, as a function of its own.
 */
static inline int mthp_policy_step(const struct mthp_policy_params *p,
				   const struct mthp_policy_in *in, struct mthp_policy_work *w,
				   struct mthp_policy_out *out, struct mthp_policy_walk *at)
{
	__u32 k = at->order & 15, none, why;
	__s32 over;

	if (k - 1 >= MTHP_POLICY_MAX_ORDER)
		return 0;
	none = (1U << k) - mthp_policy_used(p, w, at->pos, k);
	why = mthp_policy_candidate(p, in, w, at->pos, k, none);
	if (why == MTHP_WHY_PLANNED) {
		if ((__s32)none <= at->room) {
			mthp_policy_add(w, out, at, none);
			mthp_policy_go(w, at, at->pos + (1U << k));
			return 1;
		}
		why = MTHP_WHY_GUARD;
	}
	out->refused[k][why & (MTHP_NR_WHY - 1)]++;
	if (why < MTHP_WHY_BLOCKED || !w->first[k - 1] || (1U << k) - none < w->least) {
		mthp_policy_go(w, at, at->pos + (1U << k));
		return 1;
	}
	over = (__s32)none - w->allowed[k] - 1;
	if (over >= 0 && over < at->room && p->rule == MTHP_RULE_GUARD)
		at->room = over;
	w->room[k] = at->room;
	at->order = w->first[k - 1];
	return 1;
}

static inline void mthp_policy_clear(struct mthp_policy_out *out)
{
	__u32 i;

	out->nr = 0;
	out->fill = 0;
	for (i = 0; i < MTHP_POLICY_COUNTS; i++)
		out->zero[i] = 0;
}

/*
 * Plan one PMD range. Returns the number of blocks planned, also in out->nr, or enum
 * mthp_policy_err when the parameters are unusable; out is then an empty plan.
 */
static inline int mthp_policy_plan(const struct mthp_policy_params *p,
				   const struct mthp_policy_in *in, struct mthp_policy_work *w,
				   struct mthp_policy_out *out)
{
	struct mthp_policy_walk at;
	int err = mthp_policy_check(p);

	mthp_policy_clear(out);
	if (err)
		return err;
	mthp_policy_count(p, in, w);
	mthp_policy_start(w, &at, 0, 1U << p->pmd_order, p->pmd_order);
	while (mthp_policy_step(p, in, w, out, &at))
		;
	return out->nr;
}

/*
 * Block i of a plan could not be collapsed: plan its PTEs again at smaller orders. The last block
 * takes its place, and the blocks that are found (maybe none) are added at the end; the others,
 * carried out or not, stay and count in F(A). in and w are what the plan was made from; a caller
 * that learned more from the failure updates in and calls mthp_policy_count() first. Returns the
 * number of blocks added, or MTHP_POLICY_EBLOCK.
 */
static inline int mthp_policy_replan(const struct mthp_policy_params *p,
				     const struct mthp_policy_in *in, struct mthp_policy_work *w,
				     struct mthp_policy_out *out, __u32 i)
{
	__s32 room = MTHP_POLICY_NO_LIMIT, over;
	struct mthp_policy_block failed;
	struct mthp_policy_walk at;
	__u32 k, n;

	if (i >= out->nr)
		return MTHP_POLICY_EBLOCK;
	failed = out->block[i];
	out->fill -= failed.fill;
	out->block[i] = out->block[--out->nr];
	for (k = p->pmd_order; k > failed.order; k--) {
		over = (1 << k) - mthp_policy_used(p, w, failed.offset >> k << k, k);
		over -= w->allowed[k] + 1;
		if (over >= 0 && p->rule == MTHP_RULE_GUARD && p->orders >> k & 1) {
			for (n = 0; n < out->nr; n++)
				if ((out->block[n].offset ^ failed.offset) >> k == 0)
					over -= out->block[n].fill;
			room = over > room ? room : over > 0 ? over : 0;
		}
		w->room[k] = room;
	}
	w->room[k] = room;
	n = out->nr;
	mthp_policy_start(w, &at, failed.offset, failed.offset + (1U << failed.order),
			  failed.order - 1);
	while (mthp_policy_step(p, in, w, out, &at))
		;
	return out->nr - n;
}

/*
 * What became of one block, for the out, w and in of a plan: enum mthp_policy_why. A candidate
 * that was not planned was refused by the guard: what it may fill only shrinks as a plan grows.
 */
static inline __u32 mthp_policy_why(const struct mthp_policy_params *p,
				    const struct mthp_policy_in *in,
				    const struct mthp_policy_work *w,
				    const struct mthp_policy_out *out, __u32 offset, __u32 order)
{
	__u32 why, i;

	for (i = 0; i < out->nr; i++) {
		const struct mthp_policy_block *b = &out->block[i];

		if (b->order >= order && (b->offset ^ offset) >> b->order == 0)
			return b->order == order ? MTHP_WHY_PLANNED : MTHP_WHY_COVERED;
	}
	if (!(p->orders >> order & 1))
		return MTHP_WHY_DISABLED;
	i = (1U << order) - mthp_policy_used(p, w, offset, order);
	why = mthp_policy_candidate(p, in, w, offset, order, i);
	return why == MTHP_WHY_PLANNED ? MTHP_WHY_GUARD : why;
}

#endif /* MTHP_POLICY_H */
