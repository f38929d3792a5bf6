// SPDX-License-Identifier: GPL-2.0-only
/* Why memory was not collapsed; see refusals.h. */
#include "model/refusals.h"

/* A range without a page table has no mthp_scan: of a look at it only the older event tells (agg.h, mthp_is_news()). */
static bool is_idle(const struct mthp_outcome_key *key, bool has_mthp)
{
	if (!meta_result_is_idle(key->result))
		return false;
	return mthp_is_scan(key->kind, has_mthp) ||
	       (key->kind == MTHP_K_SCAN_PMD && key->result != MTHP_R_ALREADY_COLLAPSED);
}

bool refusals_is(const struct mthp_outcome_key *key, bool has_mthp)
{
	return !mthp_collapsed(key->kind, key->requester, key->result) && !is_idle(key, has_mthp) &&
	       (mthp_is_scan(key->kind, has_mthp) || mthp_is_collapse(key->kind, has_mthp));
}

bool refusals_is_idle(const struct snapshot *s, const struct snap_outcome *o)
{
	return is_idle(&o->key, meta_has_ranges(&s->meta));
}

bool refusals_is_refusal(const struct snapshot *s, const struct snap_outcome *o)
{
	return refusals_is(&o->key, meta_has_ranges(&s->meta));
}

bool refusals_is_failure(const struct snapshot *s, const struct snap_outcome *o)
{
	return refusals_is_refusal(s, o) &&
	       mthp_is_collapse(o->key.kind, meta_has_ranges(&s->meta));
}

int refusals_collect(const struct snapshot *s, refusals_pick pick, struct refusal *r)
{
	struct refusal one;
	int nr = 0, all, i;
	size_t k;

	for (k = 0, all = 0; k < s->nr_outcomes; k++) {
		const struct snap_outcome *o = &s->outcomes[k];

		if (!pick(s, o))
			continue;
		for (i = 0; i < nr; i++)
			if (r[i].o->key.result == o->key.result && r[i].o->order == o->order &&
			    r[i].o->key.kind == o->key.kind)
				break;
		if (i == nr) {
			all++;
			if (nr == REFUSALS_MAX)
				continue;
			r[nr++] = (struct refusal){ o, 0, 0 };
		}
		r[i].count += o->count;
		r[i].share_ppm += o->share_ppm;
		for (; i > 0 && r[i].count > r[i - 1].count; i--) {
			one = r[i];
			r[i] = r[i - 1];
			r[i - 1] = one;
		}
	}
	return all;
}
