/* SPDX-License-Identifier: GPL-2.0-only */
/* Rules × what was observed → verdicts, each with the value that was found. */
#ifndef CHECK_EVAL_H
#define CHECK_EVAL_H

#include "check/rules.h"
#include "check/scope_snaps.h"
#include "check/shape_priv.h"

/* X(NAME, the verdict in reports). From the best to the worst. */
#define CHECK_STATES(X)                                                             \
	X(SKIP, "skipped") /* the rule says so */                                   \
	X(PASS, "passed")                                                           \
	X(NODATA, "not enough data") /* fewer samples than the rule needs */        \
	X(UNKNOWN, "unknown")	     /* the value, or on which side of the limit */ \
	X(FAIL, "failed")                                                           \
	X(REFUSED, "refused")  /* too much was lost for a verdict */                \
	X(ERROR, "wrong rule") /* this trace has no such name or size */

enum check_state {
#define X(name, text) CHECK_##name,
	CHECK_STATES(X)
#undef X
	CHECK_NR_STATES
};

struct check_verdict {
	enum check_state state;
	char observed[240];
	char why[320]; /* all but PASS */
	char part[64]; /* window or process that it was found in; "": there are no parts */
	struct check_span at;
	double samples, censored;
	bool has_shape;
	struct shape shape;
};

/* "passed", "not enough data", ... */
const char *check_state_name(enum check_state state);

/*
 * Judges one rule on @data. @bases: one for each of rules->bases.
 */
void check_eval(const struct check_rules *rules, const struct check_rule *rule,
		const struct check_data *data, const struct check_data *bases,
		struct check_verdict *verdict);

#endif
