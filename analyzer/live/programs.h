/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The BPF programs of the live source. Their life, in this order:
 *
 *	live_progs_load	    opens the object, sets its variables and loads it
 *	live_progs_attach   the programs run at each event; the gate is closed, so they do nothing
 *	live_progs_gate	    opens the gate: counting, or counting and streaming; and closes it again
 *	live_progs_detach   no program runs any more; the maps stay
 *	live_progs_free
 *
 * Nobody else knows the object: maps are handed out as descriptors.
 */
#ifndef LIVE_PROGRAMS_H
#define LIVE_PROGRAMS_H

#include <mthp/sums.h>
#include "live/features.h"
#include "model/source.h"

struct live_progs;

enum live_map {
	LIVE_MAP_SUMS,
	LIVE_MAP_OUTCOMES,
	LIVE_MAP_PROCS,
	LIVE_MAP_RING,
	LIVE_MAP_RANGES, /* this and the next two: only from DETAIL_RANGES on */
	LIVE_MAP_STEPS,
	LIVE_MAP_VAIN,
};

/*
 * Loads a program for each event of @k. Notes @filter in @meta, which has the detail level. @k and @meta have to
 * stay until the programs are attached. @stream: the ring is large enough for a recording. 0, or -errno after
 * a message; live_progs_free() in any case.
 */
int live_progs_load(struct live_progs **p, const struct kfeat *k, struct meta *meta,
		    const struct source_filter *filter, bool stream);

/* 0, or -errno after a message. */
int live_progs_attach(struct live_progs *p);

/* Sets what programs that begin from now on do. */
void live_progs_gate(struct live_progs *p, enum mthp_gate gate);

/* A descriptor, which stays the programs', and how many rows the map has at most. */
int live_progs_map(const struct live_progs *p, enum live_map map);
__u32 live_progs_map_rows(const struct live_progs *p, enum live_map map);

/* Events for which no program ran, because one was already running on that CPU. */
__u64 live_progs_missed(const struct live_progs *p);

/* CPU time of the programs; NUM_UNKNOWN while the kernel does not count it (kernel.bpf_stats_enabled). */
__u64 live_progs_cpu_ns(const struct live_progs *p);

/* Returns when no program is running any more. Both take NULL. */
void live_progs_detach(struct live_progs *p);
void live_progs_free(struct live_progs *p);

#endif
