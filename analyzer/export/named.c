// SPDX-License-Identifier: GPL-2.0-only
/* See named_priv.h. */
#include <string.h>

#include "export/named_priv.h"

void named_init(struct named *n, bool top)
{
	memset(n, 0, sizeof(*n));
	n->max_results = top ? NAMED_TOP : MTHP_NR_RESULTS;
	/* Nothing says more than how much succeeded. */
	n->result[MTHP_R_SUCCEED] = true;
	n->nr_results = 1;
	n->scans.max_series = NAMED_SCANS;
	n->collapses.max_series = NAMED_COLLAPSES;
}

/* Names the most frequent result of @s that has none, while there are names. */
static void name_results(struct named *n, const __u64 *of_result)
{
	__u32 r, most;

	while (n->nr_results < n->max_results) {
		most = MTHP_NR_RESULTS;
		for (r = 0; r < MTHP_NR_RESULTS; r++)
			if (of_result[r] && !n->result[r] &&
			    (most == MTHP_NR_RESULTS || of_result[r] > of_result[most]))
				most = r;
		if (most == MTHP_NR_RESULTS)
			return;
		n->result[most] = true;
		n->nr_results++;
	}
}

static void name_series(const struct named *n, struct named_by *by)
{
	__u32 q, o, r;

	for (q = 0; q < MTHP_NR_REQUESTERS; q++) {
		for (o = 0; o < MTHP_NR_ORDERS; o++) {
			for (r = 0; r < MTHP_NR_RESULTS; r++) {
				if (!by->count[q][o][r] || by->named[q][o][r] || !n->result[r] ||
				    by->nr_series == by->max_series)
					continue;
				by->named[q][o][r] = true;
				by->nr_series++;
			}
		}
	}
}

void named_take(struct named *n, const struct snapshot *s)
{
	bool ranges = meta_has_ranges(&s->meta);
	__u64 of_result[MTHP_NR_RESULTS] = { 0 };
	const struct mthp_outcome_key *k;
	size_t i;

	memset(n->scans.count, 0, sizeof(n->scans.count));
	memset(n->collapses.count, 0, sizeof(n->collapses.count));
	for (i = 0; i < s->nr_outcomes; i++) {
		__u32 q, r;

		k = &s->outcomes[i].key;
		q = k->requester & (MTHP_NR_REQUESTERS - 1);
		r = k->result & (MTHP_NR_RESULTS - 1);
		if (mthp_is_scan(k->kind, ranges))
			n->scans.count[q][0][r] += s->outcomes[i].count;
		else if (mthp_is_collapse(k->kind, ranges) && k->order < MTHP_NR_ORDERS)
			n->collapses.count[q][k->order][r] += s->outcomes[i].count;
		else
			continue;
		of_result[r] += s->outcomes[i].count;
	}
	name_results(n, of_result);
	name_series(n, &n->scans);
	name_series(n, &n->collapses);
}

__u64 named_other(const struct named_by *by, __u32 requester, __u32 order)
{
	__u64 sum = 0;
	__u32 r;

	for (r = 0; r < MTHP_NR_RESULTS; r++)
		if (!by->named[requester][order][r])
			sum += by->count[requester][order][r];
	return sum;
}
