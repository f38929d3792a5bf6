/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ping-pong: a huge page is split, and a collapse puts it together again.
 *
 * A split is the end of a PMD's mapping of a huge page of anonymous memory: from then on PTEs map the pages. A
 * successful collapse of the same range to PMD order within MTHP_PINGPONG_NS *undoes* it. What the collapse
 * copied was copied for nothing, and so was the work of who split it.
 *
 * One struct mthp_split follows one PMD range of one mm. BPF programs and userspace include this file, so that
 * live view and replay report the same.
 */
#ifndef MTHP_PINGPONG_H
#define MTHP_PINGPONG_H

#include <mthp/range_sums.h>

/* Later collapses have nothing to do with the split: khugepaged's full passes are shorter in practice. */
#define MTHP_PINGPONG_NS 600000000000ULL

/* All zeroes: no split is known, or the last one was undone. */
struct mthp_split {
	__u64 ts_ns; /* of the split; 0: none */
	__u32 outer; /* live: the task that is in the outer of the two functions that split; 0: none */
	__u8 by;     /* enum mthp_splitter */
	__u8 pad[3];
};

/* Is @ev an event of this rule about a split? */
MTHP_INLINE int mthp_is_split(const struct mthp_ev *ev)
{
	return ev->kind == MTHP_K_SPLIT && ev->known & MTHP_KNOWN_ADDR;
}

MTHP_INLINE void mthp_split_note(struct mthp_split *s, const struct mthp_ev *ev)
{
	s->ts_ns = ev->ts_ns;
	s->by = ev->by & (MTHP_NR_SPLITTERS - 1);
}

/*
 * Takes an attempt in the range. Does it undo the split? If so, s->by is who had split it. An attempt that
 * succeeded to PMD order ends the memory of the split, whatever the answer is.
 */
MTHP_INLINE int mthp_split_undone(struct mthp_split *s, const struct mthp_ev *ev, __u32 pmd_order)
{
	__u64 since = s->ts_ns;

	if (ev->result != MTHP_R_SUCCEED || ev->order != pmd_order)
		return 0;
	s->ts_ns = 0;
	return since && ev->ts_ns - since <= MTHP_PINGPONG_NS;
}

MTHP_INLINE void mthp_range_split(struct mthp_range_sums *t, const struct mthp_ev *ev)
{
	MTHP_ADD(&t->split[ev->by & (MTHP_NR_SPLITTERS - 1)].splits, 1);
}

/* @ev: the collapse that undid a split of @by. */
MTHP_INLINE void mthp_range_undone(struct mthp_range_sums *t, const struct mthp_ev *ev, __u8 by)
{
	struct mthp_split_sum *sum = &t->split[by & (MTHP_NR_SPLITTERS - 1)];

	MTHP_ADD(&sum->undone[ev->requester & (MTHP_NR_REQUESTERS - 1)], 1);
	if (!mthp_knows(ev, FILLED))
		return;
	MTHP_ADD(&sum->copied, (1U << (ev->order & 15)) - ev->v[MTHP_V_FILLED]);
	MTHP_ADD(&sum->copied_of, 1);
}

#endif
