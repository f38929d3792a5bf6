// SPDX-License-Identifier: GPL-2.0-only
/* Histograms of durations; see durations_priv.h. Buckets are those of mthp/hist.h. */
#include "model/durations_priv.h"
#include "model/snapshot.h"

/* The bucket of @nr that holds the @ppm-th part of the sum; -1: all are empty. */
static int quantile(const __u64 *slot, int nr, __u64 ppm)
{
	__u64 all = 0, seen = 0;
	int b;

	for (b = 0; b < nr; b++)
		all += slot[b];
	if (!all)
		return -1;
	for (b = 0; b < nr - 1; b++) {
		seen += slot[b];
		if (seen * 1000000 >= all * ppm)
			break;
	}
	return b;
}

__u64 snap_dur_quantile(const struct mthp_dur *dur, __u64 ppm)
{
	int b = quantile(dur->slot, MTHP_DUR_BUCKETS, ppm);

	return b < 0 ? NUM_UNKNOWN : 1ULL << (b + MTHP_DUR_SHIFT);
}

__u64 snap_stall_quantile(const struct mthp_stall *stall, __u64 ppm)
{
	int b = quantile(stall->slot, MTHP_STALL_BUCKETS, ppm);

	return b < 0 ? NUM_UNKNOWN : mthp_stall_from(b + 1);
}

void snap_dur_span(const struct mthp_dur *dur, int *first, int *last)
{
	*first = 0;
	*last = MTHP_DUR_BUCKETS - 1;
	while (*last >= 0 && !dur->slot[*last])
		--*last;
	while (*first < *last && !dur->slot[*first])
		++*first;
}

__u64 snap_dur_from(int bucket)
{
	return bucket ? 1ULL << (bucket + MTHP_DUR_SHIFT - 1) : 0;
}

__u64 snap_dur_to(int bucket)
{
	return bucket < MTHP_DUR_BUCKETS - 1 ? 1ULL << (bucket + MTHP_DUR_SHIFT) : NUM_UNKNOWN;
}
