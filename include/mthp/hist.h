/* SPDX-License-Identifier: GPL-2.0-only */
/* Histogram buckets: the same functions fill BPF maps and the offline model. */
#ifndef MTHP_HIST_H
#define MTHP_HIST_H

#include <mthp/types.h>

/*
 * Occupancy of a block: bucket 0 is empty, bucket 17 is full, and buckets 1 ... 16 are the
 * sixteenths between: bucket b holds fills f with (b - 1)/16 <= f < b/16, without empty and full.
 * Blocks of fewer than 16 PTEs use some of the buckets only.
 */
#define MTHP_OCC_BUCKETS 18
#define MTHP_OCC_EMPTY	 0
#define MTHP_OCC_FULL	 17

static inline __u32 mthp_occ_bucket(__u32 present, __u32 order)
{
	if (!present)
		return MTHP_OCC_EMPTY;
	if (present >= 1U << order)
		return MTHP_OCC_FULL;
	return 1 + ((present << 4) >> order);
}

/* Durations: bucket 0 is below 1 us (1024 ns), each further one twice as wide. */
#define MTHP_DUR_BUCKETS 32
#define MTHP_DUR_SHIFT	 10

static inline __u32 mthp_dur_bucket(__u64 ns)
{
	__u32 b = 0;

	for (ns >>= MTHP_DUR_SHIFT; ns && b < MTHP_DUR_BUCKETS - 1; ns >>= 1)
		b++;
	return b;
}

#endif
