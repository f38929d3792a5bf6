// SPDX-License-Identifier: GPL-2.0-only
/* Runs of pages of one folio, cut into naturally aligned blocks: the fewest TLB entries that map them. */
#include <mthp/policy.h>

#include "model/tlb.h"

/* The largest block that begins at PTE @i and ends before @end. */
static __u32 block_order(const struct tlb_pages *p, __u32 i, __u32 end)
{
	__u64 frame = p->pte ? p->pte[i - p->first] : i;
	__u32 k = mthp_offset_order(i);

	k = k < p->pmd_order ? k : p->pmd_order - 1;
	while (k && (1U << k > end - i || frame & ((1ULL << k) - 1)))
		k--;
	return k;
}

__u64 tlb_entries(const struct tlb_pages *p, __u32 from, __u32 to)
{
	__u32 i = from, end;
	__u64 nr = 0;

	while (i < to) {
		if (!mthp_bit_test(p->present, i)) {
			i++;
			continue;
		}
		for (end = i + 1; end < to && mthp_bit_test(p->joined, end); end++)
			;
		for (; i < end; nr++)
			i += 1U << block_order(p, i, end);
	}
	return nr;
}

__u64 tlb_frames(const __u64 *joined, __u64 pfn, __u32 first, __u32 nr, __u32 pmd_order)
{
	__u32 i = first, last = first + nr, end, k;
	__u64 n = 0;

	while (i < last) {
		for (end = i + 1; end < last && mthp_bit_test(joined, end); end++)
			;
		for (; i < end; n++) {
			k = mthp_offset_order(i);
			k = k < pmd_order ? k : pmd_order - 1;
			while (k && (1U << k > end - i || (pfn + (i - first)) & ((1ULL << k) - 1)))
				k--;
			i += 1U << k;
		}
	}
	return n;
}
