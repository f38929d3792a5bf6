// SPDX-License-Identifier: GPL-2.0-only
/*
 * The policy's names and reasons in words.
 *
 * policy.h has numbers only, because the kernel includes it. The names here are what the command
 * line, JSON and reports use for them; they are not to change.
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

static const char *const whys[] = {
	[MTHP_WHY_PLANNED] = "planned",	    [MTHP_WHY_BACKED] = "backed",
	[MTHP_WHY_EMPTY] = "empty",	    [MTHP_WHY_UNREFERENCED] = "unreferenced",
	[MTHP_WHY_BLOCKED] = "blocked",	    [MTHP_WHY_PMD] = "pmd-not-allowed",
	[MTHP_WHY_NONE] = "too-many-empty", [MTHP_WHY_GUARD] = "guard",
	[MTHP_WHY_DISABLED] = "disabled",   [MTHP_WHY_COVERED] = "covered",
};

static const char *const errs[] = {
	[-MTHP_POLICY_EPMD] = "the PMD order is not between 2 and 13",
	[-MTHP_POLICY_EMIN] = "the smallest order is 0 or above the PMD order",
	[-MTHP_POLICY_EORDERS] = "an order is below the smallest or above the PMD order",
	[-MTHP_POLICY_ENONE] = "max_ptes_none is above the PTEs of a range less one",
	[-MTHP_POLICY_ERULE] = "there is no such rule",
	[-MTHP_POLICY_EBLOCK] = "there is no such block in the plan",
};

_Static_assert(ARRAY_SIZE(rules) == MTHP_NR_RULES, "a name for each rule");
_Static_assert(ARRAY_SIZE(whys) == MTHP_WHY_COVERED + 1, "a name for each reason");

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

const char *policy_why_name(unsigned int why)
{
	return why < ARRAY_SIZE(whys) ? whys[why] : NULL;
}

const char *policy_err_text(int err)
{
	return err < 0 && (size_t)-err < ARRAY_SIZE(errs) && errs[-err] ? errs[-err] : "no error";
}
