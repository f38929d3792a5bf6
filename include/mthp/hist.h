/* SPDX-License-Identifier: GPL-2.0-only */
/* Histogram buckets: the same functions fill BPF maps and the offline model. */
#ifndef MTHP_HIST_H
#define MTHP_HIST_H

#include <mthp/types.h>

/*
 * Occupancy of a block: bucket 0 is empty, bucket 17 is full, and buckets 1 ... 16 are the
 * sixteenths between: bucket b holds fills f with (b - 1)/16 <= f < b/16, without empty and full,
 * and is called by where it begins: "15/16" is the fullest but full.
 * Blocks of fewer than 16 PTEs use some of the buckets only.
 */
#define MTHP_OCC_BUCKETS 18
#define MTHP_OCC_EMPTY	 0
#define MTHP_OCC_FULL	 17

/* Of 2^order PTEs at most so many are present. Without branches, for the BPF verifier's sake. */
static inline __u32 mthp_occ_bucket(__u32 present, __u32 order)
{
	__u32 some = (present + (1U << order) - 1) >> order; /* 0 or 1 */

	return some + ((present << 4) >> order);
}

/* Durations: bucket 0 is below 1 us (1024 ns), each further one twice as wide. */
#define MTHP_DUR_BUCKETS 32
#define MTHP_DUR_SHIFT	 10

/* Without branches, which would multiply what the BPF verifier has to look at. */
static inline __u32 mthp_dur_bucket(__u64 ns)
{
	__u64 max = (1ULL << (MTHP_DUR_BUCKETS - 1)) - 1;
	__u64 n = ns >> MTHP_DUR_SHIFT;

	n = n < max ? n : max;
	/* As many ones as the number has bits, then counted in parallel: 2, 4, 8 bits at a time. */
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
	return n & (MTHP_DUR_BUCKETS - 1);
}

#endif
