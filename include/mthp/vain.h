/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Attempts in vain: khugepaged tries again what has just failed, though nothing has changed.
 *
 * An attempt that failed is *vain* if the scan before it could have shown that it would fail:
 *
 *	same	the last attempt at the same block, for a requester of the same sort, failed with the same
 *		result, and all scans since found the range as it was
 *	done	it failed with pte_mapped_hugepage, and the scan found that one folio maps the whole block
 *
 * Linux 7.2 and 7.3 make attempts of the second sort at every pass, for each block that they collapsed
 * before (mm/khugepaged.c, mthp_collapse(): the bitmap has no folio sizes). Each allocates a folio, takes
 * mmap_lock for writing, clears the PMD and flushes the TLB.
 *
 * "As it was": the bitmaps present, blocked and joined are equal, by a hash of 64 bits. Pages that were
 * given back and touched again between two scans, and accessed bits, are not seen. Any change in the range
 * clears the memory of all its blocks, so the rule rather misses a vain attempt than invents one. For the same
 * reason an attempt counts as unknown if
 *
 *	- no scan of its range was seen before it, or none since the last attempt at its block (an event was
 *	  lost in between);
 *	- its range was first seen at the scan just before it: nobody knows what happened before then.
 *
 * One struct mthp_vain follows one PMD range of one mm, by the scans and attempts in it in their order.
 * BPF programs and userspace include this file, so that live view and replay report the same attempts.
 */
#ifndef MTHP_VAIN_H
#define MTHP_VAIN_H

#include <mthp/creep.h>
#include <mthp/range_sums.h>

#define MTHP_VAIN_MIN_ORDER 2 /* the smallest block that can be collapsed */

/* One byte for each block, eight in a word: block i of order k is byte (1 << (P - k)) + i. */
#define MTHP_VAIN_MARKS(ptes) ((ptes) >> MTHP_VAIN_MIN_ORDER << 1)
#define MTHP_VAIN_ROOM	      (MTHP_POLICY_WORDS + MTHP_VAIN_MARKS(MTHP_POLICY_MAX_PTES) / 8)

/* How the last attempt at a block ended. 0: it succeeded, or there was none since the range changed. */
#define MTHP_VAIN_RESULT (MTHP_NR_RESULTS - 1)
#define MTHP_VAIN_ASKED	 0x40 /* it was requested, by MADV_COLLAPSE or DAMON */
#define MTHP_VAIN_FRESH	 0x80 /* no scan of the range came after it */
_Static_assert(MTHP_VAIN_RESULT < MTHP_VAIN_ASKED, "results and flags share a byte");

/*
 * All zeroes: nothing is known about the range yet. Userspace may allocate mthp_vain_size() bytes instead
 * of the whole struct.
 */
struct mthp_vain {
	__u64 found;	/* hash of the last scan; 0: none, or its bitmaps are unknown */
	__u32 first;	/* 1: the scan before that one is unknown */
	__u8 pmd_order; /* of that scan */
	__u8 pad[3];
	__u64 w[MTHP_VAIN_ROOM]; /* the bitmap joined of that scan, and the blocks' bytes behind it */
};

/* Bytes of the state of a range of this PMD order. */
static inline __u32 mthp_vain_size(__u32 pmd_order)
{
	__u32 words = mthp_creep_words(pmd_order) + MTHP_VAIN_MARKS(1U << pmd_order) / 8;

	return sizeof(struct mthp_vain) - (MTHP_VAIN_ROOM - words) * sizeof(__u64);
}

static inline __u64 mthp_vain_mix(__u64 hash, __u64 word)
{
	hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
	return hash ^ hash >> 29;
}

/*
 * Adds a scan of the range: bitmaps of 2^pmd_order bits, at least one word. The bounds are constant, for
 * BPF.
 */
MTHP_INLINE void mthp_vain_scan(struct mthp_vain *v, __u32 pmd_order, const __u64 *present,
				const __u64 *blocked, const __u64 *joined)
{
	__u32 words = mthp_creep_words(pmd_order), marks = MTHP_VAIN_MARKS(1U << pmd_order) / 8, i;
	__u64 hash = pmd_order, keep = ~(0x0101010101010101ULL * MTHP_VAIN_FRESH);

	for (i = 0; i < MTHP_POLICY_WORDS && i < words; i++) {
		hash = mthp_vain_mix(hash, present[i]);
		hash = mthp_vain_mix(hash, blocked[i]);
		hash = mthp_vain_mix(hash, joined[i]);
		v->w[i] = joined[i];
	}
	hash |= 1;
	if (hash != v->found)
		keep = 0;
	for (i = words; i < MTHP_VAIN_ROOM && i < words + marks; i++)
		v->w[i] &= keep;
	v->first = !v->found;
	v->pmd_order = (__u8)pmd_order;
	v->found = hash;
}

/* A scan whose bitmaps are unknown: what attempts after it are about is unknown, too. */
static inline void mthp_vain_forget(struct mthp_vain *v)
{
	v->found = 0;
}

/* Does one folio map the whole block, as far as the bitmap joined says? */
MTHP_INLINE int mthp_vain_is_one(const struct mthp_vain *v, __u32 offset, __u32 order)
{
	__u64 mask = mthp_creep_mask(offset, order), all = ~0ULL;
	__u32 words = order > 6 ? 1U << (order - 6) : 1, i;

	for (i = 0; i < MTHP_POLICY_WORDS && i < words; i++) {
		__u64 at = (offset >> 6) + i, w;

		MTHP_ONE(at);
		w = v->w[at & (MTHP_POLICY_WORDS - 1)] | ~mask;
		/* The first PTE of a block has no left neighbour in it. */
		if (!i)
			w |= 1ULL << (offset & 63);
		all &= w;
	}
	return !~all;
}

/*
 * Adds an attempt at the block of this order at this offset (PTEs from the start of the range). @asked: its
 * requester is not khugepaged. Returns enum mthp_vain_verdict.
 */
MTHP_INLINE int mthp_vain_attempt(struct mthp_vain *v, __u32 pmd_order, __u32 offset, __u32 order,
				  __u32 result, int asked)
{
	__u32 failed = result != MTHP_R_SUCCEED;
	__u64 node;
	__u8 *mark, old, new;

	if (result == MTHP_R_UNKNOWN || result > MTHP_VAIN_RESULT)
		return MTHP_VAIN_UNKNOWN;
	if (v->pmd_order != pmd_order || order < MTHP_VAIN_MIN_ORDER || order > pmd_order ||
	    offset >> pmd_order || offset & ((1U << order) - 1))
		return failed ? MTHP_VAIN_UNKNOWN : MTHP_VAIN_NO;
	node = (1U << (pmd_order - order)) + (offset >> order);
	MTHP_ONE(node);
	if (node >= MTHP_VAIN_MARKS(MTHP_POLICY_MAX_PTES))
		return MTHP_VAIN_UNKNOWN;
	mark = (__u8 *)&v->w[mthp_creep_words(pmd_order)] + node;
	old = *mark;
	new = (__u8)(result | (asked ? MTHP_VAIN_ASKED : 0));
	*mark = failed ? new | MTHP_VAIN_FRESH : 0;
	if (!failed)
		return MTHP_VAIN_NO;
	if (!v->found || old & MTHP_VAIN_FRESH)
		return MTHP_VAIN_UNKNOWN;
	if (result == MTHP_R_PTE_MAPPED_HUGEPAGE && mthp_vain_is_one(v, offset, order))
		return MTHP_VAIN_DONE;
	if (old == new)
		return MTHP_VAIN_SAME;
	return v->first ? MTHP_VAIN_UNKNOWN : MTHP_VAIN_NO;
}

/* Can the rule use the bitmaps of this scan? words: as in mthp_creep_is_scan(). */
MTHP_INLINE int mthp_vain_is_scan(const struct mthp_ev *ev, __u32 words)
{
	__u32 order = ev->order;

	if (ev->kind != MTHP_K_MTHP_SCAN || ev->sample != MTHP_SAMPLE_COMPLETE ||
	    !(ev->known & MTHP_KNOWN_ADDR))
		return 0;
	if (order < 2 || order > MTHP_POLICY_MAX_ORDER || 1U << order > MTHP_POLICY_MAX_PTES)
		return 0;
	return ev->nr_words && ev->nr_words <= words && (__u32)ev->nr_words * 64 >= 1U << order;
}

#endif
