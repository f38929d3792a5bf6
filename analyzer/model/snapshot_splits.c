// SPDX-License-Identifier: GPL-2.0-only
/* Huge pages that were split, by whom, and how many collapses undid. */
#include <errno.h>
#include <stdlib.h>

#include "model/snapshot.h"
#include "model/snapshot_splits_priv.h"

/* By the splits that were undone, then by splits: the pairs that play ping-pong come first. */
static int cmp_split(const void *pa, const void *pb)
{
	const struct snap_split *a = pa, *b = pb;

	if (a->undone != b->undone)
		return a->undone < b->undone ? 1 : -1;
	if (a->splits != b->splits)
		return a->splits < b->splits ? 1 : -1;
	return (a->splitter > b->splitter) - (a->splitter < b->splitter);
}

static void take_splitter(struct snapshot *s, const struct mthp_split_sum *sum, __u32 by)
{
	struct snap_split *row = &s->splits[s->nr_splits];
	__u32 q;

	for (q = 0; q < MTHP_NR_REQUESTERS; q++)
		row->undone += sum->undone[q];
	if (!sum->splits && !row->undone)
		return;
	row->splitter = (enum mthp_splitter)by;
	row->by = meta_splitter_name(by);
	row->splits = sum->splits;
	/* BPF adds while its sums are read: one may be undone that is not in them yet. */
	row->share_ppm = sum->splits ? row->undone * 1000000 / sum->splits : NUM_UNKNOWN;
	row->khugepaged = sum->undone[MTHP_Q_KHUGEPAGED];
	row->madvise = sum->undone[MTHP_Q_MADVISE];
	row->damon = sum->undone[MTHP_Q_DAMON];
	row->copied_bytes =
		sum->copied_of || !row->undone ? sum->copied * s->meta.page_size : NUM_UNKNOWN;
	s->summary.splits += row->splits;
	s->summary.undone += row->undone;
	s->nr_splits++;
}

int snap_splits_take(struct snapshot *s, const struct model *m)
{
	__u32 by;

	s->summary.splits = s->summary.undone = NUM_UNKNOWN;
	if (!meta_has_splits(&s->meta))
		return 0;
	s->splits = calloc(MTHP_NR_SPLITTERS, sizeof(*s->splits));
	if (!s->splits)
		return -ENOMEM;
	s->summary.splits = s->summary.undone = 0;
	for (by = 0; by < MTHP_NR_SPLITTERS; by++)
		take_splitter(s, &m->totals.ranges.split[by], by);
	qsort(s->splits, s->nr_splits, sizeof(*s->splits), cmp_split);
	return 0;
}

void snap_splits_free(struct snapshot *s)
{
	free(s->splits);
}
