// SPDX-License-Identifier: GPL-2.0-only
/*
 * Full passes of khugepaged; see passes_priv.h.
 *
 * A pass is whole if the end of the pass before it was seen. If several ended between two readings, each
 * counts as an equal part of the time since.
 */
#include <string.h>

#include "model/meta.h"
#include "model/passes_priv.h"

/* @nr passes have ended by @ts_ns. */
static void ended(struct passes *p, __u64 nr, __u64 ts_ns)
{
	__u64 span = ts_ns > p->end_ns ? ts_ns - p->end_ns : 0;

	p->seen += nr;
	if (p->end_ns) {
		p->whole += nr;
		p->whole_ns += span;
		p->last_ns = span / nr;
		if (p->last_ns > p->max_ns)
			p->max_ns = p->last_ns;
	}
	p->end_ns = ts_ns;
}

static const struct counter *find(const struct counters *counters)
{
	size_t i;

	for (i = 0; i < counters->nr; i++)
		if (counters->c[i].order == COUNTER_NO_ORDER &&
		    !strcmp(counters->c[i].name, "full_scans"))
			return &counters->c[i];
	return NULL;
}

void passes_reading(struct passes *p, const struct counters *counters)
{
	const struct counter *c = find(counters);

	if (!c || c->value == COUNTER_UNKNOWN)
		return;
	if (!p->read)
		memset(p, 0, sizeof(*p));
	/* A counter that falls is that of another boot: traces can be joined. */
	else if (c->value < p->counted)
		p->end_ns = 0;
	else if (c->value > p->counted)
		ended(p, c->value - p->counted, counters->ts_ns);
	p->counted = c->value;
	p->known = p->read = true;
}

void passes_event(struct passes *p, const struct mthp_ev *ev)
{
	if (ev->kind != MTHP_K_PASS || p->read)
		return;
	p->known = true;
	if (mthp_knows(ev, FULL_SCAN) && ev->v[MTHP_V_FULL_SCAN])
		ended(p, 1, ev->ts_ns);
}
