/* SPDX-License-Identifier: GPL-2.0-only */
/* The plan for a range by include/mthp/policy.h, the same file as in the kernel. */
#ifndef MTHP_PLAN_H
#define MTHP_PLAN_H

#include <stdint.h>

#include "mthp/policy.h"
#include "pagemap.h"

struct rule {
	uint32_t orders; /* bit mask */
	unsigned int max_ptes_none;
	unsigned int creep_guard; /* 0 or 1 */
};

/*
 * Plan one range. bad marks entries that cannot be collapsed below PMD order, or is NULL; swapped
 * out ones always are. A range that one PMD maps has nothing to plan.
 */
void plan_range(const struct rule *rule, const struct shape *s, const uint8_t *bad,
		struct mthp_policy_out *out);

/* The range after the plan was carried out. */
void plan_apply(const struct mthp_policy_out *out, struct shape *s);

#endif /* MTHP_PLAN_H */
