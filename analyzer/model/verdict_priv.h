/* SPDX-License-Identifier: GPL-2.0-only */
/* The next step of a verdict. */
#ifndef MODEL_VERDICT_PRIV_H
#define MODEL_VERDICT_PRIV_H

#include "model/refusals.h"
#include "model/snapshot.h"
#include "model/verdict.h"

/* Are huge pages off by every known setting? */
bool verdict_is_off(const struct settings *set);

/*
 * Fills v->next for v->word. @most_vain: if it fails in vain, most of it is of this row; NULL: it fails otherwise, and
 * the outcomes that @why takes are the reasons.
 */
void verdict_next(const struct snapshot *s, const struct snap_vain *most_vain, refusals_pick why,
		  struct verdict *v);

#endif
