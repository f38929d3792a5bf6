/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Scans and collapses by result, within a bound. A series that has been given a name keeps it, and one that
 * came when all names were taken is part of result="other" for good: so no counter ever falls.
 */
#ifndef EXPORT_NAMED_PRIV_H
#define EXPORT_NAMED_PRIV_H

#include "model/snapshot.h"

#define NAMED_SCANS	512 /* series of scans, without "other" */
#define NAMED_COLLAPSES 512
#define NAMED_TOP	8 /* results that --per-result top names */

struct named_by {
	size_t max_series;
	size_t nr_series;
	__u64 count[MTHP_NR_REQUESTERS][MTHP_NR_ORDERS][MTHP_NR_RESULTS];
	bool named[MTHP_NR_REQUESTERS][MTHP_NR_ORDERS][MTHP_NR_RESULTS];
};

struct named {
	size_t max_results;
	size_t nr_results;
	bool result[MTHP_NR_RESULTS];
	struct named_by scans; /* all of order 0 */
	struct named_by collapses;
};

/* @top: only the NAMED_TOP results that are most frequent when they first come get a name. */
void named_init(struct named *n, bool top);

/* Takes the counts of @s, and names what is new in it. */
void named_take(struct named *n, const struct snapshot *s);

/* The sum of what has no name at (@requester, @order). */
__u64 named_other(const struct named_by *by, __u32 requester, __u32 order);

#endif
