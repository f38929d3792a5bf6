/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Occupancy of every naturally aligned block of a range, from its bitmap of present pages: one
 * upward pass. In a word the ones are counted in parallel, in fields of 4, 8 ... 64 bits, so that
 * all counts of an order stand in one word; above that, sums of two and two.
 *
 * Most words of real memory are full or empty, and most ranges wholly so: these add whole rows at once.
 */
#ifndef MTHP_OCC_H
#define MTHP_OCC_H

#include <mthp/agg.h>

#define MTHP_OCC_MIN_ORDER 2 /* the smallest that anonymous memory can have */

/* Longest bitmap, in words. BPF programs have a limit of their own: see maps.bpf.h. */
#ifndef MTHP_OCC_WORDS
#define MTHP_OCC_WORDS MTHP_MAX_WORDS
#endif

/* Orders of blocks; a struct of its own for the sake of the BPF verifier. */
struct mthp_occ_orders {
	struct mthp_occ of[MTHP_NR_ORDERS];
};

#define MTHP_OCC_ONES(width) \
	(~0ULL / ((1ULL << (width)) - 1)) /* 1 in every field of so many bits */

/* How many fields of four bits are not 0; each is 0 or 1. */
static inline __u32 mthp_occ_sum(__u64 x)
{
	x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fULL;
	return (x * MTHP_OCC_ONES(8)) >> 56;
}

/* The blocks of four PTEs in a word, whose counts are in fields of four bits: 0 to 4. */
static inline void mthp_occ_quads(struct mthp_occ *occ, __u64 fields)
{
	__u64 bit0 = fields & MTHP_OCC_ONES(4), bit1 = fields >> 1 & MTHP_OCC_ONES(4);
	__u32 three = mthp_occ_sum(bit0 & bit1);
	__u32 one = mthp_occ_sum(bit0) - three, two = mthp_occ_sum(bit1) - three;
	__u32 four = mthp_occ_sum(fields >> 2 & MTHP_OCC_ONES(4));

	occ->complete[mthp_occ_bucket(0, 2)] += 16 - one - two - three - four;
	occ->complete[mthp_occ_bucket(1, 2)] += one;
	occ->complete[mthp_occ_bucket(2, 2)] += two;
	occ->complete[mthp_occ_bucket(3, 2)] += three;
	occ->complete[mthp_occ_bucket(4, 2)] += four;
}

/*
 * The blocks of an order from 3 to 5 in a word, whose counts are in fields of 2^order bits. The
 * buckets are worked out in the fields, as mthp_occ_bucket() does for one.
 */
static inline void mthp_occ_fields(struct mthp_occ *occ, __u64 fields, __u32 order)
{
	__u32 width = 1U << order, i;
	__u64 ones = MTHP_OCC_ONES(width), some;

	some = (fields + ones * (width - 1)) >> order & ones;
	fields = (fields << 4 >> order & ones * 31) + some;
	for (i = 0; i < 64; i += width)
		occ->complete[fields >> i & 31]++;
}

/* Adds 2^order PTEs, @times of them, that are all present or all not: to all orders up to theirs. */
static inline void mthp_occ_even(struct mthp_occ_orders *occ, __u32 bucket, __u32 order,
				 __u32 times)
{
	__u32 k;

	for (k = MTHP_OCC_MIN_ORDER; k <= order && k < MTHP_NR_ORDERS; k++)
		occ->of[k].complete[bucket] += (__u64)times << (order - k);
}

/* All blocks up to 64 PTEs of one word; returns how many of its PTEs are present. */
MTHP_SUBPROG __u32 mthp_occ_word(struct mthp_occ_orders *occ, __u64 x)
{
	if (!occ)
		return 0;
	x -= (x >> 1) & 0x5555555555555555ULL;
	x = (x & 0x3333333333333333ULL) + ((x >> 2) & 0x3333333333333333ULL);
	mthp_occ_quads(&occ->of[2], x);
	x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fULL;
	mthp_occ_fields(&occ->of[3], x, 3);
	x = (x + (x >> 8)) & 0x00ff00ff00ff00ffULL;
	mthp_occ_fields(&occ->of[4], x, 4);
	x = (x + (x >> 16)) & 0x0000ffff0000ffffULL;
	mthp_occ_fields(&occ->of[5], x, 5);
	x = (x + (x >> 32)) & 0x7f;
	occ->of[6].complete[mthp_occ_bucket(x, 6)]++;
	return x;
}

/*
 * Adds a range of 2^pmd_order PTEs, 64 at least: present has that many bits. Ranges that are smaller
 * or longer than MTHP_OCC_WORDS words are not added: returns whether this one was.
 */
static inline int mthp_occ_bits(struct mthp_occ_orders *occ, const __u64 *present, __u32 pmd_order)
{
	__u32 words, full = 0, empty = 0, i, k;
	__u16 used[MTHP_OCC_WORDS];

	if (pmd_order < 6 || pmd_order >= MTHP_NR_ORDERS)
		return 0;
	words = 1U << (pmd_order - 6);
	if (words > MTHP_OCC_WORDS)
		return 0;
	for (i = 0; i < words; i++) {
		full += !~present[i];
		empty += !present[i];
	}
	if (full == words || empty == words) {
		mthp_occ_even(occ, full ? MTHP_OCC_FULL : MTHP_OCC_EMPTY, pmd_order, 1);
		return 1;
	}
	mthp_occ_even(occ, MTHP_OCC_FULL, 6, full);
	mthp_occ_even(occ, MTHP_OCC_EMPTY, 6, empty);
	for (i = 0; i < words; i++) {
		if (!present[i] || !~present[i])
			used[i] = present[i] & 64;
		else
			used[i] = mthp_occ_word(occ, present[i]) & 127;
	}
	for (k = 7; k <= pmd_order; k++) {
		words >>= 1;
		for (i = 0; i < words; i++) {
			used[i] = (used[2 * i] + used[2 * i + 1]) & ((2U << k) - 1);
			occ->of[k].complete[mthp_occ_bucket(used[i], k)]++;
		}
	}
	return 1;
}

#endif
