// SPDX-License-Identifier: GPL-2.0-only
/*
 * The plan for a range as pagemap shows it. Every mapped page counts as referenced, because the tests
 * wrote it and nothing ages it. Tests about unreferenced memory do not use this.
 */
#include <string.h>

#include "ktap.h"
#include "plan.h"

void plan_range(const struct rule *rule, const struct shape *s, const uint8_t *bad,
		struct mthp_policy_out *out)
{
	struct mthp_policy_params p = { .orders = rule->orders,
					.max_ptes_none = rule->max_ptes_none,
					.pmd_order = PMD_ORDER,
					.min_order = MIN_ORDER,
					.rule = rule->creep_guard ? MTHP_RULE_GUARD :
								    MTHP_RULE_SCALED };
	static struct mthp_policy_work work;
	static struct mthp_policy_in in;
	unsigned int i;
	int err;

	memset(&in, 0, sizeof(in));
	in.need_referenced = 1;
	in.pmd_allowed = 1;
	for (i = 0; i < PMD_NR; i++) {
		if (s->order[i] >= 0 || s->order[i] == SHAPE_PART) {
			mthp_bits_set(in.present, i, 1);
			mthp_bits_set(in.referenced, i, 1);
		}
		if (s->order[i] == SHAPE_SWAP || (bad && bad[i]))
			mthp_bits_set(in.blocked, i, 1);
		if (s->joined[i])
			mthp_bits_set(in.joined, i, 1);
	}
	if (s->order[0] == PMD_ORDER)
		p.orders = 0;
	err = mthp_policy_plan(&p, &in, &work, out);
	if (err < 0)
		ktap_die("the policy refuses orders %#x, max_ptes_none %u: %d", rule->orders,
			 rule->max_ptes_none, err);
}

void plan_apply(const struct mthp_policy_out *out, struct shape *s)
{
	unsigned int i;

	for (i = 0; i < out->nr; i++) {
		const struct mthp_policy_block *b = &out->block[i];

		memset(s->order + b->offset, b->order, 1U << b->order);
		memset(s->joined + b->offset, 1, 1U << b->order);
		s->joined[b->offset] = 0;
	}
}
