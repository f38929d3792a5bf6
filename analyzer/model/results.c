// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel renumbers its enum scan_result when members are added or removed, and has renamed one. So each
 * number is translated, by its name, as soon as an event is taken. All later code uses the numbers of
 * mthp/result.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/results.h"

#define SPARE 4 /* numbers above the highest named one that are kept apart */

void results_enum(struct results *r, struct meta *meta, const char *name, long long number)
{
	if (strncmp(name, "SCAN_", 5) || number < 0 || number >= MTHP_NR_RESULTS)
		return;
	r->ours[number] = meta_result_by_enum(meta, name + 5);
	r->nr++;
}

void results_format(struct results *r, struct meta *meta, const char *format)
{
	char text[META_NAME_LEN];
	const char *s, *end;
	long number;
	char *after;

	for (s = strchr(format, '{'); s; s = strchr(s + 1, '{')) {
		number = strtol(s + 1, &after, 0);
		if (after == s + 1 || strncmp(after, ", \"", 3))
			continue;
		end = strchr(after + 3, '"');
		if (!end || end - (after + 3) >= (long)sizeof(text) || number < 0 ||
		    number >= MTHP_NR_RESULTS)
			continue;
		memcpy(text, after + 3, end - (after + 3));
		text[end - (after + 3)] = '\0';
		r->ours[number] = meta_result_by_text(meta, text);
		r->nr++;
	}
}

void results_unnamed(struct results *r, struct meta *meta)
{
	char text[META_NAME_LEN];
	int last, i;

	for (last = MTHP_NR_RESULTS - 1; last >= 0 && !r->ours[last]; last--)
		;
	for (i = 0; i < MTHP_NR_RESULTS && i <= last + SPARE; i++) {
		if (r->ours[i])
			continue;
		snprintf(text, sizeof(text), "status %d", i);
		r->ours[i] = meta_result_by_text(meta, text);
	}
}

/*
 * mm/khugepaged.c of Linux 6.12 and 7.3, and of the series. Each text continues "because ...".
 */
static const char *const meanings[MTHP_NR_RESULTS] = {
	[MTHP_R_FAIL] = "something else went wrong, or changed meanwhile",
	[MTHP_R_SUCCEED] = "it was done",
	[MTHP_R_PMD_NULL] = "there is no page table",
	[MTHP_R_PMD_NONE] = "the range has no page table and no pages yet",
	[MTHP_R_PMD_MAPPED] = "a PMD maps the range already",
	[MTHP_R_EXCEED_NONE_PTE] = "more pages are empty than max_ptes_none allows",
	[MTHP_R_EXCEED_SWAP_PTE] = "more pages are swapped out than max_ptes_swap allows",
	[MTHP_R_EXCEED_SHARED_PTE] =
		"more pages are shared with other processes than max_ptes_shared allows",
	[MTHP_R_PTE_NON_PRESENT] = "a page is swapped out or being moved",
	[MTHP_R_PTE_UFFD_WP] = "userfaultfd watches the memory",
	[MTHP_R_PTE_MAPPED_HUGEPAGE] = "the huge page exists, but PTEs map it page by page",
	[MTHP_R_PAGE_RO] = "no page is mapped writable",
	[MTHP_R_LACK_REFERENCED_PAGE] = "too few of its pages are referenced",
	[MTHP_R_PAGE_NULL] = "an entry maps no ordinary page",
	[MTHP_R_SCAN_ABORT] = "its pages are on NUMA nodes too far apart",
	[MTHP_R_PAGE_COUNT] = "somebody holds on to a page, as for direct I/O",
	[MTHP_R_PAGE_LRU] = "a page is on no LRU list",
	[MTHP_R_PAGE_LOCK] = "a page is locked",
	[MTHP_R_PAGE_ANON] = "a page is not anonymous",
	[MTHP_R_PAGE_COMPOUND] = "a page belongs to a larger one",
	[MTHP_R_ANY_PROCESS] = "the process is going away",
	[MTHP_R_VMA_NULL] = "the mapping is gone",
	[MTHP_R_VMA_CHECK] = "the mapping may have no huge pages",
	[MTHP_R_ADDRESS_RANGE] = "the mapping does not cover the whole range",
	[MTHP_R_SWAP_CACHE_PAGE] = "a page is in the swap cache",
	[MTHP_R_DEL_PAGE_LRU] = "a page could not be taken off its LRU list",
	[MTHP_R_ALLOC_HUGE_PAGE_FAIL] = "no free memory of that size was found",
	[MTHP_R_CGROUP_CHARGE_FAIL] = "the cgroup's memory limit is reached",
	[MTHP_R_TRUNCATED] = "the file was truncated meanwhile",
	[MTHP_R_PAGE_HAS_PRIVATE] = "the file system did not let go of a page",
	[MTHP_R_STORE_FAILED] = "the page cache had no memory for its own entries",
	[MTHP_R_COPY_MC] = "a page could not be read: a hardware memory error",
	[MTHP_R_PAGE_FILLED] = "a hole of the file was filled meanwhile",
	[MTHP_R_NO_PTE_TABLE] = "there is no page table",
	[MTHP_R_PAGE_LAZYFREE] = "a page was given back by MADV_FREE",
	[MTHP_R_PAGE_DIRTY_OR_WRITEBACK] = "a page of the file is not written back yet",
	[MTHP_R_ALREADY_COLLAPSED] = "all of it is as large already as the settings allow",
	[MTHP_R_CREEP_GUARD] = "it would make a larger collapse possible by itself (creep)",
};

const char *results_meaning(__u8 result)
{
	return result < MTHP_NR_RESULTS ? meanings[result] : NULL;
}

static const char *const remedies[MTHP_NR_RESULTS] = {
	[MTHP_R_EXCEED_NONE_PTE] =
		"raise khugepaged/max_ptes_none, which fills more with zeroes (mthptop advise says how much)",
	[MTHP_R_EXCEED_SWAP_PTE] =
		"raise khugepaged/max_ptes_swap, or see why the memory is swapped out",
	[MTHP_R_EXCEED_SHARED_PTE] =
		"raise khugepaged/max_ptes_shared, which unshares the memory of forks",
	[MTHP_R_PTE_NON_PRESENT] =
		"see why the memory is swapped out or migrated (thp and numa counters of /proc/vmstat)",
	[MTHP_R_PTE_UFFD_WP] = "nothing: userfaultfd needs these pages as they are",
	[MTHP_R_PTE_MAPPED_HUGEPAGE] = "nothing below 2M; MADV_COLLAPSE maps such a range by a PMD",
	[MTHP_R_PAGE_RO] = "nothing: this kernel leaves memory alone that is only read",
	[MTHP_R_LACK_REFERENCED_PAGE] = "nothing: the memory is not used",
	[MTHP_R_SCAN_ABORT] =
		"bind the process to a NUMA node, or see /proc/sys/vm/zone_reclaim_mode",
	[MTHP_R_PAGE_COUNT] =
		"see who pins the pages: direct I/O, RDMA, io_uring's registered buffers",
	[MTHP_R_PAGE_LOCK] = "nothing: it passes by itself",
	[MTHP_R_VMA_CHECK] =
		"see whether the mapping may have huge pages: madvise, prctl, its size (mthptop survey -p PID)",
	[MTHP_R_ADDRESS_RANGE] = "larger or aligned mappings: none covers a whole range",
	[MTHP_R_ALLOC_HUGE_PAGE_FAIL] =
		"memory is fragmented: echo 1 > /proc/sys/vm/compact_memory, and see compact_fail of /proc/vmstat",
	[MTHP_R_CGROUP_CHARGE_FAIL] = "raise memory.max of the cgroup: it is full",
	[MTHP_R_COPY_MC] = "see dmesg for memory errors of the hardware",
	[MTHP_R_PAGE_DIRTY_OR_WRITEBACK] = "nothing: it passes when the file is written back",
	[MTHP_R_CREEP_GUARD] = "nothing: the guard did what it is there for",
};

const char *results_remedy(__u8 result)
{
	return result < MTHP_NR_RESULTS ? remedies[result] : NULL;
}
