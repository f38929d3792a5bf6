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

#endif
