/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory that all processes of a soak share. */
#ifndef MTHP_SOAK_SHARED_H
#define MTHP_SOAK_SHARED_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define MAX_COUNTS 64

struct shared {
	atomic_bool stop;		  /* all processes have to end soon */
	atomic_uint failures;		  /* found so far */
	atomic_ulong pages;		  /* compared with their text */
	atomic_ulong hot;		  /* reads of hot words that were compared */
	atomic_ulong forks;		  /* children that came to their end */
	atomic_ulong done[MAX_COUNTS];	  /* operations, in the order of their table */
	atomic_ulong refused[MAX_COUNTS]; /* of those, how many the kernel refused in part */
};

extern struct shared *shared;

void shared_map(void);

/* Prints a finding, at once and in one line, and ends the soak. Safe after fork(). */
void soak_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static inline bool soak_stops(void)
{
	return atomic_load_explicit(&shared->stop, memory_order_relaxed);
}

#endif /* MTHP_SOAK_SHARED_H */
