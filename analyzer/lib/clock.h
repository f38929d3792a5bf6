/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIB_CLOCK_H
#define LIB_CLOCK_H

#include <time.h>
#include <mthp/types.h>

#define NSEC_PER_SEC 1000000000ULL

static inline __u64 clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

/* CLOCK_MONOTONIC: events, intervals and everything that is compared. */
static inline __u64 now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

/* CLOCK_REALTIME, since 1970: dates for people. */
static inline __u64 realtime_ns(void)
{
	return clock_ns(CLOCK_REALTIME);
}

#endif
