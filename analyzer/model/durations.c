// SPDX-License-Identifier: GPL-2.0-only
/* Histograms of durations; see durations_priv.h. Buckets are those of mthp/hist.h. */
#include "model/durations_priv.h"
#include "model/snapshot.h"

__u64 snap_dur_quantile(const struct mthp_dur *dur, __u64 ppm)
{
	__u64 all = 0, seen = 0;
	int b;

	for (b = 0; b < MTHP_DUR_BUCKETS; b++)
		all += dur->slot[b];
	if (!all)
		return NUM_UNKNOWN;
	for (b = 0; b < MTHP_DUR_BUCKETS - 1; b++) {
		seen += dur->slot[b];
		if (seen * 1000000 >= all * ppm)
			break;
	}
	return 1ULL << (b + MTHP_DUR_SHIFT);
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
