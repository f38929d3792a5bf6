/* SPDX-License-Identifier: GPL-2.0-only */
/* The names of the policy's rules. */
#ifndef MODEL_POLICY_NAMES_H
#define MODEL_POLICY_NAMES_H

#include <mthp/policy.h>

/* "guard", "scaled", "two-value"; NULL for a number that is no rule. */
const char *policy_rule_name(unsigned int rule);

/* The enum mthp_policy_rule of this name, or -EINVAL. */
int policy_rule_parse(const char *name);

#endif
