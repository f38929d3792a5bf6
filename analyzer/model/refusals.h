/* SPDX-License-Identifier: GPL-2.0-only */
/* Why memory was not collapsed: outcomes of a snapshot, added up over requesters. */
#ifndef MODEL_REFUSALS_H
#define MODEL_REFUSALS_H

#include "model/snapshot.h"

#define REFUSALS_MAX 128

struct refusal {
	const struct snap_outcome *o; /* the first of those added up */
	__u64 count;
	__u64 share_ppm;
};

typedef bool (*refusals_pick)(const struct snapshot *s, const struct snap_outcome *o);

/* Does @o count scans with nothing to do: no memory, or huge pages already? */
bool refusals_is_idle(const struct snapshot *s, const struct snap_outcome *o);

/* Is an outcome a refusal? @has_mthp: the kernel reports scans of every size. */
bool refusals_is(const struct mthp_outcome_key *key, bool has_mthp);

/* Is @o a refusal? Steps of a collapse and scans with nothing to do are none. */
bool refusals_is_refusal(const struct snapshot *s, const struct snap_outcome *o);

/* Is @o one of a failed attempt? Scans are none. */
bool refusals_is_failure(const struct snapshot *s, const struct snap_outcome *o);

/*
 * Outcomes that @pick takes, added up over requesters, most frequent first, into @r, which has room for
 * REFUSALS_MAX. Returns their number; if that is greater, the rarest are not in @r.
 */
int refusals_collect(const struct snapshot *s, refusals_pick pick, struct refusal *r);

#endif
