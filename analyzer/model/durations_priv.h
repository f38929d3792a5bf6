/* SPDX-License-Identifier: GPL-2.0-only */
/* Histograms of durations, as rows and quantiles of a snapshot. */
#ifndef MODEL_DURATIONS_PRIV_H
#define MODEL_DURATIONS_PRIV_H

#include <mthp/range_sums.h>

/* Upper bound of the bucket that holds the @ppm-th part of the durations; NUM_UNKNOWN: none. */
__u64 snap_dur_quantile(const struct mthp_dur *dur, __u64 ppm);

/* The same of stalls. */
__u64 snap_stall_quantile(const struct mthp_stall *stall, __u64 ppm);

/* The first and the last bucket that is not empty; *first > *last if all are empty. */
void snap_dur_span(const struct mthp_dur *dur, int *first, int *last);

/* Bounds of a bucket: from_ns <= d < to_ns; the last is open (NUM_UNKNOWN). */
__u64 snap_dur_from(int bucket);
__u64 snap_dur_to(int bucket);

#endif
