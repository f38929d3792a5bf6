// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events by time; see timeline_priv.h.
 *
 * Every event of a trace is added here. Nearly each falls into the slot of the event before it; this slot is
 * tried first, without a division. A time before the start (a damaged trace) counts for the first slot. A
 * time far after the others costs at most 40 doublings, once.
 */
#include <string.h>

#include "model/timeline_priv.h"

_Static_assert(sizeof(struct timeline_slot) % sizeof(__u64) == 0,
	       "slots are added up word by word");
_Static_assert(TIMELINE_SLOTS % 2 == 0, "slots are halved in pairs");

void timeline_init(struct timeline *t, __u64 start_ns)
{
	memset(t, 0, sizeof(*t));
	t->start_ns = start_ns;
	t->width_ns = TIMELINE_FIRST_NS;
}

static void add_slot(struct timeline_slot *to, const struct timeline_slot *from)
{
	__u64 *a = (__u64 *)to;
	const __u64 *b = (const __u64 *)from;
	size_t i;

	for (i = 0; i < sizeof(*to) / sizeof(*a); i++)
		a[i] += b[i];
}

static void widen(struct timeline *t)
{
	__u32 i;

	for (i = 0; i < TIMELINE_SLOTS / 2; i++) {
		t->slot[i] = t->slot[2 * i];
		add_slot(&t->slot[i], &t->slot[2 * i + 1]);
	}
	memset(&t->slot[i], 0, sizeof(t->slot) / 2);
	t->width_ns *= 2;
}

__u32 timeline_cover(struct timeline *t, __u64 ts_ns)
{
	__u64 at = ts_ns > t->start_ns ? ts_ns - t->start_ns : 0;

	if (at - t->at * t->width_ns < t->width_ns)
		return t->at;
	while (at / t->width_ns >= TIMELINE_SLOTS)
		widen(t);
	t->at = at / t->width_ns;
	return t->at;
}

void timeline_event(struct timeline *t, const struct mthp_ev *ev, bool has_mthp)
{
	struct timeline_slot *s;
	int scan = mthp_is_scan(ev->kind, has_mthp),
	    collapse = mthp_is_collapse(ev->kind, has_mthp);

	if (!scan && !collapse)
		return;
	s = &t->slot[timeline_cover(t, ev->ts_ns)];
	s->scans += scan && mthp_has_outcome(ev);
	if (!collapse || ev->order >= MTHP_NR_ORDERS || !mthp_has_outcome(ev))
		return;
	if (!mthp_collapsed(ev->kind, ev->requester, ev->result)) {
		s->failures[ev->order]++;
		return;
	}
	s->collapses[ev->order]++;
	if (mthp_knows(ev, FILLED)) {
		s->filled += ev->v[MTHP_V_FILLED];
		s->filled_of++;
	}
}

void timeline_sums(struct timeline *t, __u64 ts_ns, const struct timeline_slot *sums)
{
	__u64 *slot = (__u64 *)&t->slot[timeline_cover(t, ts_ns)],
	      *reported = (__u64 *)&t->reported;
	const __u64 *now = (const __u64 *)sums;
	size_t i;

	/* Sums fall when a full table drops a row; the slots keep their numbers. */
	for (i = 0; i < sizeof(*sums) / sizeof(*now); i++) {
		if (now[i] <= reported[i])
			continue;
		slot[i] += now[i] - reported[i];
		reported[i] = now[i];
	}
}
