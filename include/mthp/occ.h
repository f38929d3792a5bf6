/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Occupancy of every naturally aligned block of a range, from its bitmap of present pages: one
 * upward pass. In a word the ones are counted in parallel, in fields of 4, 8 ... 64 bits, so that
 * all counts of an order stand in one word; above that, sums of two and two.
 *
 * Most words of real memory are full or empty: these add whole rows at once.
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

/* The blocks of one order in a word, whose counts are in fields of 2^order bits. */
static inline void mthp_occ_fields(struct mthp_occ *occ, __u64 fields, __u32 order)
{
	__u32 width = 1U << order, i, n;

	for (i = 0; i < 64; i += width) {
		n = (__u32)(fields >> i) & ((2U << order) - 1);
		occ->complete[mthp_occ_bucket(n, order)]++;
	}
}

/* All blocks up to 64 PTEs of one word; returns how many of its PTEs are present. */
MTHP_SUBPROG __u32 mthp_occ_word(struct mthp_occ_orders *occ, __u64 x)
{
	__u32 k, bucket;

	if (!occ)
		return 0;
	if (!x || !~x) {
		bucket = x ? MTHP_OCC_FULL : MTHP_OCC_EMPTY;
		for (k = MTHP_OCC_MIN_ORDER; k <= 6; k++)
			occ->of[k].complete[bucket] += 64U >> k;
		return x ? 64 : 0;
	}
	x -= (x >> 1) & 0x5555555555555555ULL;
	x = (x & 0x3333333333333333ULL) + ((x >> 2) & 0x3333333333333333ULL);
	mthp_occ_fields(&occ->of[2], x, 2);
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
	__u16 used[MTHP_OCC_WORDS];
	__u32 words, i, k;

	if (pmd_order < 6 || pmd_order >= MTHP_NR_ORDERS)
		return 0;
	words = 1U << (pmd_order - 6);
	if (words > MTHP_OCC_WORDS)
		return 0;
	for (i = 0; i < words; i++)
		used[i] = mthp_occ_word(occ, present[i]) & 127;
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
