/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Scan results by name.
 *
 * The kernel's enum scan_result is renumbered between versions (6.18 removed PAGE_RO, 7.2 removed
 * PMD_NONE, 7.3 renamed PTE_UFFD_WP), so a number means nothing without the kernel that it came
 * from. Here each result has one number that never changes. Each reader of a kernel's events maps
 * that kernel's numbers by the names in its own BTF or print format.
 *
 * X(number, NAME, text, reach)
 *	NAME	SCAN_NAME in the kernel, MTHP_R_NAME here
 *	text	as the kernel's tracepoints print it, and as every view shows it
 *	reach	how many PTEs a scan with this result has examined (enum mthp_reach), unless a
 *		collapse followed: mm/khugepaged.c, hpage_collapse_scan_pmd()
 *
 * A scan "fails" from 7.2 on if it examined every PTE and no block was worth an attempt: mthp_collapse().
 * The last two results are those of the kernel series. Append only: the numbers are in trace files.
 */
#ifndef MTHP_RESULT_H
#define MTHP_RESULT_H

#include <mthp/types.h>

#define MTHP_NR_RESULTS	       64 /* table size, a power of two; all numbers are below it */
#define MTHP_RESULT_FIRST_FREE 48 /* from here: results without a name in this build */

/* How much of the PTE table a scan had examined when it ended. */
enum mthp_reach {
	MTHP_REACH_NONE = 0, /* no PTE: there was no page table to scan */
	MTHP_REACH_PART = 1, /* ended early: counts are lower bounds (censored) */
	MTHP_REACH_ALL = 2,  /* every PTE */
};

#define MTHP_RESULTS(X)                                                 \
	X(1, FAIL, "failed", ALL)                                       \
	X(2, SUCCEED, "succeeded", ALL)                                 \
	X(3, PMD_NULL, "pmd_null", NONE)                                \
	X(4, PMD_NONE, "pmd_none", NONE)                                \
	X(5, PMD_MAPPED, "page_pmd_mapped", NONE)                       \
	X(6, EXCEED_NONE_PTE, "exceed_none_pte", PART)                  \
	X(7, EXCEED_SWAP_PTE, "exceed_swap_pte", PART)                  \
	X(8, EXCEED_SHARED_PTE, "exceed_shared_pte", PART)              \
	X(9, PTE_NON_PRESENT, "pte_non_present", PART)                  \
	X(10, PTE_UFFD_WP, "pte_uffd_wp", PART)                         \
	X(11, PTE_MAPPED_HUGEPAGE, "pte_mapped_hugepage", PART)         \
	X(12, PAGE_RO, "no_writable_page", ALL)                         \
	X(13, LACK_REFERENCED_PAGE, "lack_referenced_page", ALL)        \
	X(14, PAGE_NULL, "page_null", PART)                             \
	X(15, SCAN_ABORT, "scan_aborted", PART)                         \
	X(16, PAGE_COUNT, "not_suitable_page_count", PART)              \
	X(17, PAGE_LRU, "page_not_in_lru", PART)                        \
	X(18, PAGE_LOCK, "page_locked", PART)                           \
	X(19, PAGE_ANON, "page_not_anon", PART)                         \
	X(20, PAGE_COMPOUND, "page_compound", PART)                     \
	X(21, ANY_PROCESS, "no_process_for_page", NONE)                 \
	X(22, VMA_NULL, "vma_null", NONE)                               \
	X(23, VMA_CHECK, "vma_check_failed", NONE)                      \
	X(24, ADDRESS_RANGE, "not_suitable_address_range", NONE)        \
	X(25, SWAP_CACHE_PAGE, "page_swap_cache", PART)                 \
	X(26, DEL_PAGE_LRU, "could_not_delete_page_from_lru", PART)     \
	X(27, ALLOC_HUGE_PAGE_FAIL, "alloc_huge_page_failed", ALL)      \
	X(28, CGROUP_CHARGE_FAIL, "cgroup_charge_failed", ALL)          \
	X(29, TRUNCATED, "truncated", PART)                             \
	X(30, PAGE_HAS_PRIVATE, "page_has_private", PART)               \
	X(31, STORE_FAILED, "store_failed", PART)                       \
	X(32, COPY_MC, "copy_poisoned_page", ALL)                       \
	X(33, PAGE_FILLED, "page_filled", PART)                         \
	X(34, NO_PTE_TABLE, "no_pte_table", NONE)                       \
	X(35, PAGE_LAZYFREE, "page_lazyfree", PART)                     \
	X(36, PAGE_DIRTY_OR_WRITEBACK, "page_dirty_or_writeback", PART) \
	X(37, ALREADY_COLLAPSED, "already_collapsed", ALL)              \
	X(38, CREEP_GUARD, "creep_guard", ALL)

/* Other spellings of the same result: A(NAME, kernel's SCAN_ name, kernel's text). */
#define MTHP_RESULT_ALIASES(A)                 \
	A(PTE_UFFD_WP, "PTE_UFFD", "pte_uffd") \
	A(CGROUP_CHARGE_FAIL, "CGROUP_CHARGE_FAIL", "ccgroup_charge_failed")

enum mthp_result {
	MTHP_R_UNKNOWN = 0, /* the event has no status, or one that could not be read */
#define X(number, name, text, reach) MTHP_R_##name = number,
	MTHP_RESULTS(X)
#undef X
};

#define X(number, name, text, reach)                                      \
	_Static_assert((number) > 0 && (number) < MTHP_RESULT_FIRST_FREE, \
		       #name " takes a number that is not its own");
MTHP_RESULTS(X)
#undef X
MTHP_ASSERT_POWER_OF_TWO(MTHP_NR_RESULTS);

#endif
