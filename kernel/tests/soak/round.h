/* SPDX-License-Identifier: GPL-2.0-only */
/* One round of the soak: processes that use memory, and changes of settings beside them. */
#ifndef MTHP_SOAK_ROUND_H
#define MTHP_SOAK_ROUND_H

#include <stdbool.h>
#include <stdint.h>

struct round {
	const char *cgroup; /* for its processes, or NULL */
	unsigned int seconds;
	uint64_t seed;
	unsigned int owners;
	bool every_order; /* takes up to twice as long until each was collapsed to */
};

/* To its end: exit status 0, or 1 when anything was found. Prints notes only. */
int round_run(const struct round *round);

#endif /* MTHP_SOAK_ROUND_H */
