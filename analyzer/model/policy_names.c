// SPDX-License-Identifier: GPL-2.0-only
/*
 * The names of the policy's rules.
 *
 * policy.h has numbers only, because the kernel includes it. The command line, JSON and reports use these
 * names; they must not change.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "lib/array.h"
#include "model/policy_names.h"

static const char *const rules[] = {
	[MTHP_RULE_GUARD] = "guard",
	[MTHP_RULE_SCALED] = "scaled",
	[MTHP_RULE_TWO_VALUE] = "two-value",
};

_Static_assert(ARRAY_SIZE(rules) == MTHP_NR_RULES, "a name for each rule");

const char *policy_rule_name(unsigned int rule)
{
	return rule < ARRAY_SIZE(rules) ? rules[rule] : NULL;
}

int policy_rule_parse(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rules); i++)
		if (!strcmp(name, rules[i]))
			return i;
	return -EINVAL;
}
