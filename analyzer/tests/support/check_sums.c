// SPDX-License-Identifier: GPL-2.0-only
/* As check_read() does it, with events instead of a trace. */
#include "check/scope_totals_priv.h"
#include "tests/support/check_sums.h"

struct check_sums *sums_new(const struct check_rules *rules, const struct meta *meta)
{
	struct check_sums *sums = check_sums_alloc(rules);

	if (!sums)
		return NULL;
	sums->all = model_new(meta, 0);
	if (!sums->all) {
		check_sums_free(sums);
		return NULL;
	}
	check_sums_meta(sums, meta);
	return sums;
}

void sums_event(struct check_sums *sums, const struct mthp_ev *ev)
{
	model_event(sums->all, ev);
	check_sums_event(sums, sums->all, ev);
}

struct model *sums_model(struct check_sums *sums)
{
	return sums->all;
}
