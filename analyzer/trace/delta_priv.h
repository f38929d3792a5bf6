/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Members of an event as differences to the values that earlier events predict, so that most bytes of a
 * block are 0 (docs/trace-format.md). Inline, because it runs for every event.
 */
#ifndef TRACE_DELTA_PRIV_H
#define TRACE_DELTA_PRIV_H

#include <mthp/wire.h>

#define TRACE_DELTA_TASKS 64 /* the last isolation is kept for each thread id modulo this */

/* What the events of a block so far predict. At its beginning all zero but ts. */
struct trace_delta {
	__u64 ts;
	__u64 addr;
	__u64 pfn;
	struct {
		__u64 ts;
		__u32 none;
	} isolated[TRACE_DELTA_TASKS];
};

static inline __u64 zigzag(__u64 d)
{
	return (d << 1) ^ (0 - (d >> 63));
}

static inline __u64 unzigzag(__u64 z)
{
	return (z >> 1) ^ (0 - (z & 1));
}

/*
 * Below detail ranges, a collapse lasts from its isolation to its own event, and fills the PTEs that the
 * isolation found empty: mthp/pair.h. @ts: time of the collapse event.
 */
static inline __u64 trace_delta_dur(const struct trace_delta *d, const struct mthp_ev *ev, __u64 ts)
{
	return ts - d->isolated[ev->tid % TRACE_DELTA_TASKS].ts;
}

static inline __u32 trace_delta_filled(const struct trace_delta *d, const struct mthp_ev *ev)
{
	return d->isolated[ev->tid % TRACE_DELTA_TASKS].none;
}

static inline void trace_delta_isolated(struct trace_delta *d, const struct mthp_ev *ev, __u64 ts)
{
	d->isolated[ev->tid % TRACE_DELTA_TASKS].ts = ts;
	d->isolated[ev->tid % TRACE_DELTA_TASKS].none = ev->v[MTHP_V_NONE];
}

/* From members of @ev to differences, */
static inline void trace_delta_make(struct trace_delta *d, struct mthp_ev *ev)
{
	__u64 ts = ev->ts_ns, addr = ev->addr, pfn = ev->pfn;

	ev->ts_ns = zigzag(ts - d->ts);
	d->ts = ts;
	if (ev->known & MTHP_KNOWN_ADDR) {
		ev->addr = zigzag(addr - d->addr);
		d->addr = addr;
	}
	if (ev->known & MTHP_KNOWN_PFN) {
		ev->pfn = zigzag(pfn - d->pfn);
		d->pfn = pfn;
	}
	if (ev->kind == MTHP_K_ISOLATE) {
		trace_delta_isolated(d, ev, ts);
	} else if (ev->kind == MTHP_K_COLLAPSE) {
		if (ev->known & MTHP_KNOWN_DUR)
			ev->dur_ns = zigzag(ev->dur_ns - trace_delta_dur(d, ev, ts));
		if (mthp_knows(ev, FILLED))
			ev->v[MTHP_V_FILLED] -= trace_delta_filled(d, ev);
	}
}

/* and back. */
static inline void trace_delta_undo(struct trace_delta *d, struct mthp_ev *ev)
{
	d->ts += unzigzag(ev->ts_ns);
	ev->ts_ns = d->ts;
	if (ev->known & MTHP_KNOWN_ADDR) {
		d->addr += unzigzag(ev->addr);
		ev->addr = d->addr;
	}
	if (ev->known & MTHP_KNOWN_PFN) {
		d->pfn += unzigzag(ev->pfn);
		ev->pfn = d->pfn;
	}
	if (ev->kind == MTHP_K_ISOLATE) {
		trace_delta_isolated(d, ev, d->ts);
	} else if (ev->kind == MTHP_K_COLLAPSE) {
		if (ev->known & MTHP_KNOWN_DUR)
			ev->dur_ns = unzigzag(ev->dur_ns) + trace_delta_dur(d, ev, d->ts);
		if (mthp_knows(ev, FILLED))
			ev->v[MTHP_V_FILLED] += trace_delta_filled(d, ev);
	}
}

#endif
