/* SPDX-License-Identifier: GPL-2.0-only */
/* Why memory was not collapsed: outcomes of a snapshot, added up over who asked. */
#ifndef VIEW_REFUSALS_H
#define VIEW_REFUSALS_H

#include "model/snapshot.h"

#define REASONS_MAX 128

struct reason {
	const struct snap_outcome *o; /* the first of those that were added up */
	__u64 count;
	__u64 share_ppm;
};

typedef int (*reasons_pick)(const struct snapshot *s, const struct snap_outcome *o);

/* Does @o count scans that had nothing to do: no memory there, or large already? */
int reasons_is_idle(const struct snapshot *s, const struct snap_outcome *o);

/* Does @o say why memory was not collapsed? Steps on the way to a collapse and idle scans do not. */
int reasons_is_refusal(const struct snapshot *s, const struct snap_outcome *o);

/*
 * Outcomes that @pick takes, added up over requesters, most frequent first, into @r, which has room
 * for REASONS_MAX. Their number, which may be greater than that: then the rarest are not in @r.
 */
int reasons_collect(const struct snapshot *s, reasons_pick pick, struct reason *r);

#endif
