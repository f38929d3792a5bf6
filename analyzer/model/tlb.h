/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MODEL_TLB_H
#define MODEL_TLB_H

#include <mthp/types.h>

/* Pages of a PMD range, a bit per PTE: present, and part of the same folio as the page before it. */
struct tlb_pages {
	const __u64 *present, *joined;
	/* Page table entries from entry @first on, or frame numbers. NULL: frames are aligned as addresses. */
	const __u64 *pte;
	__u32 first;
	__u32 pmd_order;
};

/*
 * The fewest TLB entries that map PTEs [from, to): one entry maps a naturally aligned block of one folio,
 * below PMD order.
 */
__u64 tlb_entries(const struct tlb_pages *p, __u32 from, __u32 to);

/* The same for @nr present PTEs from @first on whose frames follow each other, the first being @pfn. */
__u64 tlb_frames(const __u64 *joined, __u64 pfn, __u32 first, __u32 nr, __u32 pmd_order);

#endif
