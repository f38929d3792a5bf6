/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * When khugepaged ended its full passes: each goes once over all processes that it knows. The kernel counts them
 * (khugepaged/full_scans), so the readings of that counter show when it grew, to the second. Traces without
 * readings may have events of passes, from 7.2 on.
 */
#ifndef MODEL_PASSES_PRIV_H
#define MODEL_PASSES_PRIV_H

#include <mthp/wire.h>

struct counters;

struct passes {
	__u64 seen;	/* passes that ended */
	__u64 whole;	/* of these, passes that began in the observation, too */
	__u64 whole_ns; /* how long these took, summed up */
	__u64 last_ns;	/* the last of them, as one of those that ended together */
	__u64 max_ns;
	__u64 end_ns;  /* when a pass last ended; 0: none did */
	__u64 counted; /* the counter at the last reading */
	bool known;    /* there was a reading, or an event of a pass */
	bool read;     /* a reading: then events are not used */
};

/* Takes a reading of the kernel's counters. */
void passes_reading(struct passes *p, const struct counters *counters);

/* Takes an event; all but those of passes are ignored. */
void passes_event(struct passes *p, const struct mthp_ev *ev);

#endif
