/* SPDX-License-Identifier: GPL-2.0-only */
/* Histogram buckets: the same functions fill BPF maps and the offline model. */
#ifndef MTHP_HIST_H
#define MTHP_HIST_H

#include <mthp/types.h>

/*
 * Occupancy of a block: bucket 0 is empty, bucket 17 is full, and buckets 1 ... 16 are the
 * sixteenths between. Bucket b holds fills f with (b - 1)/16 <= f < b/16, except empty and full, and
 * is named by its lower limit: "15/16" is the fullest but full. Blocks of fewer than 16 PTEs use
 * some of the buckets only.
 */
#define MTHP_OCC_BUCKETS 18
#define MTHP_OCC_EMPTY	 0
#define MTHP_OCC_FULL	 17

/* The bucket of @present PTEs of 2^order. Without branches, because of the BPF verifier. */
static inline __u32 mthp_occ_bucket(__u32 present, __u32 order)
{
	__u32 some = (present + (1U << order) - 1) >> order; /* 0 or 1 */

	return some + ((present << 4) >> order);
}

/*
 * log2(n), rounded down, of 1 <= n < 2^32. Without branches: each one would multiply the states that the
 * BPF verifier has to follow.
 */
MTHP_INLINE __u32 mthp_log2(__u64 n)
{
	/* Sets all bits below the highest one, then counts them in parallel: 2, 4, 8 bits at a time. */
	n |= n >> 1;
	n |= n >> 2;
	n |= n >> 4;
	n |= n >> 8;
	n |= n >> 16;
	n -= (n >> 1) & 0x55555555;
	n = (n & 0x33333333) + ((n >> 2) & 0x33333333);
	n = (n + (n >> 4)) & 0x0f0f0f0f;
	n += n >> 8;
	n += n >> 16;
	return (n & 63) - 1;
}

/* Durations: bucket 0 is below 1 us (1024 ns), each further one is twice as wide as the last. */
#define MTHP_DUR_BUCKETS 32
#define MTHP_DUR_SHIFT	 10

MTHP_INLINE __u32 mthp_dur_bucket(__u64 ns)
{
	__u64 max = (1ULL << (MTHP_DUR_BUCKETS - 1)) - 1;
	__u64 n = ns >> MTHP_DUR_SHIFT;

	n = n < max ? n : max;
	return mthp_log2(2 * n + 1) & (MTHP_DUR_BUCKETS - 1);
}

/*
 * Stalls, of 32 bits: bucket 0 is below 1 us (1024 ns), each power of two above it has four buckets of equal
 * width, so that a bound is at most a quarter off.
 */
#define MTHP_STALL_BUCKETS 89
#define MTHP_STALL_SHIFT   7 /* 1024 ns become 8: bits of log2, and two more */

MTHP_INLINE __u32 mthp_stall_bucket(__u32 ns)
{
	__u64 n = ns >> MTHP_STALL_SHIFT, least = 7;
	__u32 log;

	n = n > least ? n : least;
	log = mthp_log2(n) & 31;
	return 4 * (log - 2) + (n >> ((log - 2) & 31) & 3) - 3;
}

/* The first ns that is in this bucket. */
static inline __u64 mthp_stall_from(__u32 bucket)
{
	__u32 n = bucket + 3;

	return bucket ? (4 + n % 4ULL) << (MTHP_STALL_SHIFT + n / 4) : 0;
}

#endif
