/* SPDX-License-Identifier: GPL-2.0-only */
/* The policy's names and reasons in words. */
#ifndef MODEL_POLICY_NAMES_H
#define MODEL_POLICY_NAMES_H

#include <mthp/policy.h>

/* "guard", "scaled", "two-value"; NULL for a number that is no rule. */
const char *policy_rule_name(unsigned int rule);

/* The enum mthp_policy_rule of this name, or -EINVAL. */
int policy_rule_parse(const char *name);

/* A word for an enum mthp_policy_why ("guard", "too-many-empty"); NULL for any other number. */
const char *policy_why_name(unsigned int why);

/* What is wrong with parameters that mthp_policy_check() refused with this enum mthp_policy_err. */
const char *policy_err_text(int err);

#endif
