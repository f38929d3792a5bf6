/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Occupancy of every naturally aligned block of a range, from its bitmap of present pages, in one
 * upward pass. The ones of two words are counted in parallel, in fields of 4, 8, 16 bits, so that
 * one word holds all counts of an order. Above that order, counts are sums of two counts.
 *
 * Most words of real memory are full or empty, and most ranges are wholly so. These are only
 * counted, and become blocks of all orders when a reader calls mthp_occ_settle().
 */
#ifndef MTHP_OCC_H
#define MTHP_OCC_H

#include <mthp/agg.h>

#define MTHP_OCC_MIN_ORDER 2 /* the smallest order of anonymous memory */

/* Longest bitmap, in words. BPF programs have a lower limit: see maps.bpf.h. */
#ifndef MTHP_OCC_WORDS
#define MTHP_OCC_WORDS MTHP_MAX_WORDS
#endif

#define MTHP_OCC_ONES(width) (~0ULL / ((1ULL << (width)) - 1)) /* 1 in every field of @width bits */

#define MTHP_OCC_GROUP 8 /* words */

/*
 * Blocks of 4 and of 8 PTEs are too many to examine one by one. Each bit of their counts, and each
 * product of bits, is summed over a group of words, in the fields of four bits where it stands. The
 * number of blocks with a given count follows from these sums: the blocks of 4 with three PTEs are
 * those with bits 0 and 1.
 */
struct mthp_occ_small {
	__u64 words;	       /* added */
	__u64 q0, q1, q2, q01; /* bits of counts from 0 to 4 */
	__u64 o0, o1, o2, o3;  /* bits of counts from 0 to 8 */
	__u64 o01, o02, o12, o012;
};

/*
 * Blocks of each order. Memory that is wholly empty or full is counted once, and is not part of the
 * orders until mthp_occ_settle() adds it to them.
 */
struct mthp_occ_orders {
	struct mthp_occ of[MTHP_NR_ORDERS];
	__u64 even_ranges[2]; /* even PMD ranges: wholly empty, wholly full */
	__u64 even_words[2];  /* 64 PTEs of other ranges, if the 64 beside them are even, too */
};

static inline void mthp_occ_quads(struct mthp_occ_small *t, __u64 fields)
{
	__u64 bit0 = fields & MTHP_OCC_ONES(4), bit1 = fields >> 1 & MTHP_OCC_ONES(4);

	t->q0 += bit0;
	t->q1 += bit1;
	t->q01 += bit0 & bit1;
	t->q2 += fields >> 2 & MTHP_OCC_ONES(4);
}

static inline void mthp_occ_octets(struct mthp_occ_small *t, __u64 fields)
{
	__u64 bit0 = fields & MTHP_OCC_ONES(4), bit1 = fields >> 1 & MTHP_OCC_ONES(4);
	__u64 bit2 = fields >> 2 & MTHP_OCC_ONES(4);

	t->o0 += bit0;
	t->o1 += bit1;
	t->o2 += bit2;
	t->o3 += fields >> 3 & MTHP_OCC_ONES(4);
	t->o01 += bit0 & bit1;
	t->o02 += bit0 & bit2;
	t->o12 += bit1 & bit2;
	t->o012 += bit0 & bit1 & bit2;
}

/* The sum of all fields of four bits. */
static inline __u32 mthp_occ_sum4(__u64 fields)
{
	const __u64 low = MTHP_OCC_ONES(8) * 15;

	return ((fields & low) + (fields >> 4 & low)) * MTHP_OCC_ONES(8) >> 56;
}

static inline void mthp_occ_add_quads(struct mthp_occ *occ, const struct mthp_occ_small *t)
{
	__u32 three = mthp_occ_sum4(t->q01), four = mthp_occ_sum4(t->q2);
	__u32 one = mthp_occ_sum4(t->q0) - three, two = mthp_occ_sum4(t->q1) - three;

	occ->complete[mthp_occ_bucket(0, 2)] += t->words * 16 - one - two - three - four;
	occ->complete[mthp_occ_bucket(1, 2)] += one;
	occ->complete[mthp_occ_bucket(2, 2)] += two;
	occ->complete[mthp_occ_bucket(3, 2)] += three;
	occ->complete[mthp_occ_bucket(4, 2)] += four;
}

static inline void mthp_occ_add_octets(struct mthp_occ *occ, const struct mthp_occ_small *t)
{
	__u32 seven = mthp_occ_sum4(t->o012), eight = mthp_occ_sum4(t->o3);
	__u32 three = mthp_occ_sum4(t->o01) - seven, five = mthp_occ_sum4(t->o02) - seven;
	__u32 six = mthp_occ_sum4(t->o12) - seven;
	__u32 one = mthp_occ_sum4(t->o0) - three - five - seven;
	__u32 two = mthp_occ_sum4(t->o1) - three - six - seven;
	__u32 four = mthp_occ_sum4(t->o2) - five - six - seven;

	occ->complete[mthp_occ_bucket(0, 3)] +=
		t->words * 8 - one - two - three - four - five - six - seven - eight;
	occ->complete[mthp_occ_bucket(1, 3)] += one;
	occ->complete[mthp_occ_bucket(2, 3)] += two;
	occ->complete[mthp_occ_bucket(3, 3)] += three;
	occ->complete[mthp_occ_bucket(4, 3)] += four;
	occ->complete[mthp_occ_bucket(5, 3)] += five;
	occ->complete[mthp_occ_bucket(6, 3)] += six;
	occ->complete[mthp_occ_bucket(7, 3)] += seven;
	occ->complete[mthp_occ_bucket(8, 3)] += eight;
}

/*
 * Adds the blocks of an order from 4 on, whose counts are in fields of so many bits. The buckets are
 * computed in the fields, as mthp_occ_bucket() does for one block.
 */
static inline void mthp_occ_fields(struct mthp_occ *occ, __u64 fields, __u32 order, __u32 width)
{
	__u64 ones = MTHP_OCC_ONES(width), some;
	__u32 i;

	some = (fields + ones * ((1U << order) - 1)) >> order & ones;
	fields = (fields >> (order - 4) & ones * 31) + some;
	for (i = 0; i < 64; i += width)
		occ->complete[fields >> i & 31]++;
}

/* Are all PTEs of a word present, or none? */
static inline int mthp_occ_is_even(__u64 word)
{
	return word + 1 <= 1;
}

/*
 * Adds all blocks up to 64 PTEs of two words. As soon as the fields have room for both words, these
 * are counted together. Returns how many of their PTEs are present.
 */
static inline __u32 mthp_occ_words(struct mthp_occ_orders *occ, struct mthp_occ_small *t, __u64 x,
				   __u64 y)
{
	if (mthp_occ_is_even(x) && mthp_occ_is_even(y)) {
		occ->even_words[x & 1]++;
		occ->even_words[y & 1]++;
		return (x & 64) + (y & 64);
	}
	t->words += 2;
	x -= (x >> 1) & 0x5555555555555555ULL;
	y -= (y >> 1) & 0x5555555555555555ULL;
	x = (x & 0x3333333333333333ULL) + ((x >> 2) & 0x3333333333333333ULL);
	y = (y & 0x3333333333333333ULL) + ((y >> 2) & 0x3333333333333333ULL);
	mthp_occ_quads(t, x);
	mthp_occ_quads(t, y);
	x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fULL;
	y = (y + (y >> 4)) & 0x0f0f0f0f0f0f0f0fULL;
	mthp_occ_octets(t, x | y << 4);
	x = (x + (x >> 8)) & 0x00ff00ff00ff00ffULL;
	y = (y + (y >> 8)) & 0x00ff00ff00ff00ffULL;
	mthp_occ_fields(&occ->of[4], x | y << 8, 4, 8);
	x = (x + (x >> 16)) & 0x0000ffff0000ffffULL;
	y = (y + (y >> 16)) & 0x0000ffff0000ffffULL;
	x |= y << 16;
	mthp_occ_fields(&occ->of[5], x, 5, 16);
	x += x >> 32;
	y = x >> 16 & 127;
	x &= 127;
	occ->of[6].complete[mthp_occ_bucket(x, 6)]++;
	occ->of[6].complete[mthp_occ_bucket(y, 6)]++;
	return x + y;
}

/* Adds all blocks up to 64 PTEs of a group of words; used[] gets the present PTEs of each two words. */
MTHP_INLINE void mthp_occ_group(struct mthp_occ_orders *occ, struct mthp_occ_small *small,
				const __u64 *present, __u32 words, __u16 *used)
{
	const struct mthp_occ_small none = { 0 };
	__u32 i;

	*small = none;
	MTHP_UNROLL
	for (i = 0; i < words; i += 2)
		used[i / 2] = mthp_occ_words(occ, small, present[i], present[i + 1]);
	mthp_occ_add_quads(&occ->of[2], small);
	mthp_occ_add_octets(&occ->of[3], small);
}

/*
 * Adds a range of 2^pmd_order PTEs, at least 128; present has that many bits. Returns whether the
 * range was added: smaller ranges, and those longer than MTHP_OCC_WORDS words, are not. @small is
 * scratch space: the stack of BPF programs has no room for it.
 */
MTHP_INLINE int mthp_occ_bits(struct mthp_occ_orders *occ, struct mthp_occ_small *small,
			      const __u64 *present, __u32 pmd_order)
{
	__u64 all = ~0ULL, any = 0;
	__u16 used[MTHP_OCC_WORDS / 2];
	__u32 words, i, k;

	if (pmd_order < 7 || pmd_order >= MTHP_NR_ORDERS)
		return 0;
	words = 1U << (pmd_order - 6);
	if (words > MTHP_OCC_WORDS)
		return 0;
	for (i = 0; i < words; i++) {
		all &= present[i];
		any |= present[i];
	}
	if (!any || !~all) {
		occ->even_ranges[any & 1]++;
		return 1;
	}
	for (i = 0; i < words; i += MTHP_OCC_GROUP)
		mthp_occ_group(occ, small, present + i,
			       words < MTHP_OCC_GROUP ? words : MTHP_OCC_GROUP, used + i / 2);
	for (k = 7; k <= pmd_order; k++) {
		words >>= 1;
		for (i = 0; i < words; i++) {
			if (k > 7)
				used[i] = used[2 * i] + used[2 * i + 1];
			used[i] &= (2U << k) - 1;
			occ->of[k].complete[mthp_occ_bucket(used[i], k)]++;
		}
	}
	return 1;
}

/* Adds @times 2^order PTEs, all present or all not present, to the orders up to theirs. */
static inline void mthp_occ_even(struct mthp_occ_orders *occ, __u32 bucket, __u32 order,
				 __u64 times)
{
	__u32 k;

	for (k = MTHP_OCC_MIN_ORDER; times && k <= order && k < MTHP_NR_ORDERS; k++)
		occ->of[k].complete[bucket] += times << (order - k);
}

/* Adds the memory that was counted as a whole to the orders, once: read them only afterwards. */
static inline void mthp_occ_settle(struct mthp_occ_orders *occ, __u32 pmd_order)
{
	static const __u32 bucket[2] = { MTHP_OCC_EMPTY, MTHP_OCC_FULL };
	__u32 i;

	for (i = 0; i < 2; i++) {
		mthp_occ_even(occ, bucket[i], pmd_order, occ->even_ranges[i]);
		mthp_occ_even(occ, bucket[i], 6, occ->even_words[i]);
		occ->even_ranges[i] = 0;
		occ->even_words[i] = 0;
	}
}

#endif
