/* SPDX-License-Identifier: GPL-2.0-only */
/* The next step of a verdict. */
#ifndef MODEL_VERDICT_PRIV_H
#define MODEL_VERDICT_PRIV_H

#include "model/refusals.h"
#include "model/snapshot.h"
#include "model/verdict.h"

/* Are huge pages off by every known setting? */
bool verdict_is_off(const struct settings *set);

/* What the rule that held rests on. NULL: it was another rule. */
struct verdict_cause {
	const struct snap_vain *vain; /* it fails in vain: most of it is of this row */
	const struct snap_split
		*undone;   /* it costs because it undoes splits: most are of this row */
	refusals_pick why; /* it fails otherwise: the outcomes that this takes are the reasons */
};

/* Fills v->next for v->word. */
void verdict_next(const struct snapshot *s, const struct verdict_cause *cause, struct verdict *v);

#endif
