/* SPDX-License-Identifier: GPL-2.0-only */
/* Corrects values that some kernels report wrongly: the same for live events and for imports. */
#ifndef MTHP_QUIRKS_H
#define MTHP_QUIRKS_H

#include <mthp/wire.h>

/*
 * Kernels from 6.3 to October 2024 exchange the arguments addr and is_shmem of
 * mm_khugepaged_collapse_file ("fix the arguments order in khugepaged_collapse_file trace point"; in
 * 6.6.58, 6.11.5 and 6.12). Then addr is 0 or 1, which is no address of a PMD range, and is_shmem
 * is 1.
 */
static inline void mthp_fix_collapse_file(struct mthp_ev *ev)
{
	if (ev->addr > 1)
		return;
	if (mthp_knows(ev, SHMEM) && ev->v[MTHP_V_SHMEM])
		ev->v[MTHP_V_SHMEM] = (__u32)ev->addr;
	ev->addr = 0;
	ev->known &= ~MTHP_KNOWN_ADDR;
}

/*
 * A range of 2^order pages has no more pages of any kind. Who says so is damaged, or made by hand: the number is
 * unknown. For events that come from files; the kernel's own are right.
 */
static inline void mthp_drop_impossible(struct mthp_ev *ev)
{
	static const __u8 pages[] = {
		MTHP_V_NONE,   MTHP_V_PRESENT, MTHP_V_SWAP,	 MTHP_V_SHARED,
		MTHP_V_FILLED, MTHP_V_SOURCES, MTHP_V_PLAN_FILL,
	};
	__u32 i;

	for (i = 0; ev->order && i < sizeof(pages); i++)
		if (ev->v[pages[i]] > 1ULL << ev->order)
			ev->known &= ~(1U << pages[i]);
}

#endif
