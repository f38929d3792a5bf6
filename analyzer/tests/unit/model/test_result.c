// SPDX-License-Identifier: GPL-2.0-only
/*
 * A status has the same name on every kernel, though its number differs: the enum scan_result of four
 * kernels, in their order, and the texts that the tracepoints of 6.18 print.
 */
#include <string.h>

#include "lib/array.h"
#include "tests/support/cm.h"
#include "model/results.h"

static const char *const linux_6_1[] = {
	"SCAN_FAIL",
	"SCAN_SUCCEED",
	"SCAN_PMD_NULL",
	"SCAN_PMD_NONE",
	"SCAN_PMD_MAPPED",
	"SCAN_EXCEED_NONE_PTE",
	"SCAN_EXCEED_SWAP_PTE",
	"SCAN_EXCEED_SHARED_PTE",
	"SCAN_PTE_NON_PRESENT",
	"SCAN_PTE_UFFD_WP",
	"SCAN_PTE_MAPPED_HUGEPAGE",
	"SCAN_PAGE_RO",
	"SCAN_LACK_REFERENCED_PAGE",
	"SCAN_PAGE_NULL",
	"SCAN_SCAN_ABORT",
	"SCAN_PAGE_COUNT",
	"SCAN_PAGE_LRU",
	"SCAN_PAGE_LOCK",
	"SCAN_PAGE_ANON",
	"SCAN_PAGE_COMPOUND",
	"SCAN_ANY_PROCESS",
	"SCAN_VMA_NULL",
	"SCAN_VMA_CHECK",
	"SCAN_ADDRESS_RANGE",
	"SCAN_DEL_PAGE_LRU",
	"SCAN_ALLOC_HUGE_PAGE_FAIL",
	"SCAN_CGROUP_CHARGE_FAIL",
	"SCAN_TRUNCATED",
	"SCAN_PAGE_HAS_PRIVATE",
	"SCAN_STORE_FAILED",
	NULL,
};

static const char *const linux_6_12[] = {
	"SCAN_FAIL",
	"SCAN_SUCCEED",
	"SCAN_PMD_NULL",
	"SCAN_PMD_NONE",
	"SCAN_PMD_MAPPED",
	"SCAN_EXCEED_NONE_PTE",
	"SCAN_EXCEED_SWAP_PTE",
	"SCAN_EXCEED_SHARED_PTE",
	"SCAN_PTE_NON_PRESENT",
	"SCAN_PTE_UFFD_WP",
	"SCAN_PTE_MAPPED_HUGEPAGE",
	"SCAN_PAGE_RO",
	"SCAN_LACK_REFERENCED_PAGE",
	"SCAN_PAGE_NULL",
	"SCAN_SCAN_ABORT",
	"SCAN_PAGE_COUNT",
	"SCAN_PAGE_LRU",
	"SCAN_PAGE_LOCK",
	"SCAN_PAGE_ANON",
	"SCAN_PAGE_COMPOUND",
	"SCAN_ANY_PROCESS",
	"SCAN_VMA_NULL",
	"SCAN_VMA_CHECK",
	"SCAN_ADDRESS_RANGE",
	"SCAN_DEL_PAGE_LRU",
	"SCAN_ALLOC_HUGE_PAGE_FAIL",
	"SCAN_CGROUP_CHARGE_FAIL",
	"SCAN_TRUNCATED",
	"SCAN_PAGE_HAS_PRIVATE",
	"SCAN_STORE_FAILED",
	"SCAN_COPY_MC",
	"SCAN_PAGE_FILLED",
	NULL,
};

static const char *const linux_6_18[] = {
	"SCAN_FAIL",
	"SCAN_SUCCEED",
	"SCAN_PMD_NULL",
	"SCAN_PMD_NONE",
	"SCAN_PMD_MAPPED",
	"SCAN_EXCEED_NONE_PTE",
	"SCAN_EXCEED_SWAP_PTE",
	"SCAN_EXCEED_SHARED_PTE",
	"SCAN_PTE_NON_PRESENT",
	"SCAN_PTE_UFFD_WP",
	"SCAN_PTE_MAPPED_HUGEPAGE",
	"SCAN_LACK_REFERENCED_PAGE",
	"SCAN_PAGE_NULL",
	"SCAN_SCAN_ABORT",
	"SCAN_PAGE_COUNT",
	"SCAN_PAGE_LRU",
	"SCAN_PAGE_LOCK",
	"SCAN_PAGE_ANON",
	"SCAN_PAGE_COMPOUND",
	"SCAN_ANY_PROCESS",
	"SCAN_VMA_NULL",
	"SCAN_VMA_CHECK",
	"SCAN_ADDRESS_RANGE",
	"SCAN_DEL_PAGE_LRU",
	"SCAN_ALLOC_HUGE_PAGE_FAIL",
	"SCAN_CGROUP_CHARGE_FAIL",
	"SCAN_TRUNCATED",
	"SCAN_PAGE_HAS_PRIVATE",
	"SCAN_STORE_FAILED",
	"SCAN_COPY_MC",
	"SCAN_PAGE_FILLED",
	NULL,
};

/* 7.2, whose numbers are known to differ; 7.3 has SCAN_PTE_UFFD instead of SCAN_PTE_UFFD_WP. */
static const char *const linux_7_3[] = {
	"SCAN_FAIL",
	"SCAN_SUCCEED",
	"SCAN_NO_PTE_TABLE",
	"SCAN_PMD_MAPPED",
	"SCAN_EXCEED_NONE_PTE",
	"SCAN_EXCEED_SWAP_PTE",
	"SCAN_EXCEED_SHARED_PTE",
	"SCAN_PTE_NON_PRESENT",
	"SCAN_PTE_UFFD",
	"SCAN_PTE_MAPPED_HUGEPAGE",
	"SCAN_LACK_REFERENCED_PAGE",
	"SCAN_PAGE_NULL",
	"SCAN_SCAN_ABORT",
	"SCAN_PAGE_COUNT",
	"SCAN_PAGE_LRU",
	"SCAN_PAGE_LOCK",
	"SCAN_PAGE_ANON",
	"SCAN_PAGE_LAZYFREE",
	"SCAN_PAGE_COMPOUND",
	"SCAN_ANY_PROCESS",
	"SCAN_VMA_NULL",
	"SCAN_VMA_CHECK",
	"SCAN_ADDRESS_RANGE",
	"SCAN_DEL_PAGE_LRU",
	"SCAN_ALLOC_HUGE_PAGE_FAIL",
	"SCAN_CGROUP_CHARGE_FAIL",
	"SCAN_TRUNCATED",
	"SCAN_PAGE_HAS_PRIVATE",
	"SCAN_STORE_FAILED",
	"SCAN_COPY_MC",
	"SCAN_PAGE_FILLED",
	"SCAN_PAGE_DIRTY_OR_WRITEBACK",
	NULL,
};

static struct results read_enum(const char *const *names, struct meta *meta)
{
	struct results r = { { 0 }, 0 };
	int i;

	meta_init(meta);
	for (i = 0; names[i]; i++)
		results_enum(&r, meta, names[i], i);
	assert_int_equal(r.nr, i);
	results_unnamed(&r, meta);
	return r;
}

static const char *name_of(const char *const *names, int number)
{
	static struct meta meta;
	struct results r = read_enum(names, &meta);

	return meta_result_name(&meta, r.ours[number]);
}

/* Every member of every kernel has a name and a number here: none is taken for a new one. */
static void test_all_known(void **state)
{
	const char *const *const kernels[] = { linux_6_1, linux_6_12, linux_6_18, linux_7_3 };
	struct results r;
	struct meta meta;
	size_t k;
	int i;
	for (k = 0; k < ARRAY_SIZE(kernels); k++) {
		r = read_enum(kernels[k], &meta);
		for (i = 0; kernels[k][i]; i++)
			assert_in_range(r.ours[i], 1, MTHP_RESULT_FIRST_FREE - 1);
	}
}

static void test_same_number(void **state)
{
	assert_string_equal(name_of(linux_6_1, 3), "pmd_none");
	assert_string_equal(name_of(linux_6_18, 3), "pmd_none");
	assert_string_equal(name_of(linux_7_3, 3), "page_pmd_mapped");
	assert_string_equal(name_of(linux_6_12, 11), "no_writable_page");
	assert_string_equal(name_of(linux_6_18, 11), "lack_referenced_page");
	assert_string_equal(name_of(linux_7_3, 11), "page_null");
	assert_string_equal(name_of(linux_6_12, 17), "page_locked");
	assert_string_equal(name_of(linux_6_18, 17), "page_not_anon");
	assert_string_equal(name_of(linux_7_3, 17), "page_lazyfree");
	assert_string_equal(name_of(linux_7_3, 2), "no_pte_table");
	assert_string_equal(name_of(linux_7_3, 31), "page_dirty_or_writeback");
}

/* A name that two kernels have is one result, whatever their numbers are. */
static void test_same_name(void **state)
{
	const char *const *const kernels[] = { linux_6_1, linux_6_12, linux_6_18, linux_7_3 };
	struct meta meta[2];
	struct results r[2];
	size_t a, b;
	int i, j, same = 0;
	for (a = 0; a < 4; a++) {
		for (b = a + 1; b < 4; b++) {
			r[0] = read_enum(kernels[a], &meta[0]);
			r[1] = read_enum(kernels[b], &meta[1]);
			for (i = 0; kernels[a][i]; i++) {
				for (j = 0; kernels[b][j]; j++) {
					int names = !strcmp(kernels[a][i], kernels[b][j]);

					same += names;
					if (!strcmp(kernels[b][j], "SCAN_PTE_UFFD") &&
					    !strcmp(kernels[a][i], "SCAN_PTE_UFFD_WP"))
						names = 1;
					assert_int_equal(names, r[0].ours[i] == r[1].ours[j]);
				}
			}
		}
	}
	assert_true(same > 150);
	assert_string_equal(name_of(linux_6_18, 9), name_of(linux_7_3, 8));
}

static void test_unnamed(void **state)
{
	static const char *const gap[] = { "SCAN_FAIL", "SCAN_SUCCEED", "SCAN_PMD_NULL", NULL };
	struct results r = { { 0 }, 0 };
	struct meta meta;
	assert_string_equal(name_of(gap, 2), "pmd_null");
	assert_string_equal(name_of(gap, 3), "status 3");
	assert_string_equal(name_of(linux_6_18, 31), "status 31");
	assert_string_equal(name_of(linux_6_18, 60), "unknown");

	meta_init(&meta);
	results_enum(&r, &meta, "SCAN_FAIL", 0);
	results_enum(&r, &meta, "SCAN_SUCCEED", 38);
	results_enum(&r, &meta, "OTHER_FAIL", 5);
	results_enum(&r, &meta, "SCAN_PMD_NULL", 64);
	results_enum(&r, &meta, "SCAN_PMD_NULL", -1);
	assert_int_equal(r.nr, 2);
	assert_int_equal(r.ours[5], MTHP_R_UNKNOWN);
	r.ours[5] = MTHP_R_PMD_NULL;
	memset(r.ours + 6, MTHP_R_FAIL, 37 - 6);
	results_unnamed(&r, &meta);
	assert_string_equal(meta_result_name(&meta, r.ours[37]), "status 37");
	assert_int_equal(meta_result_reach(r.ours[37]), MTHP_REACH_PART);
}

/* A new member is shown by its own name. */
static void test_new(void **state)
{
	static const char *const newer[] = { "SCAN_FAIL", "SCAN_SUCCEED", "SCAN_NOT_TODAY", NULL };
	assert_string_equal(name_of(newer, 2), "not_today");
}

static void test_format(void **state)
{
	static const char format[] =
		"print fmt: \"mm=%p, status=%s, unmapped=%d\", REC->mm, "
		"__print_symbolic(REC->status, {0, \"failed\"}, { 1, \"succeeded\"}, "
		"{2, \"pmd_null\"}, {9, \"pte_uffd\"}, {25, \"ccgroup_charge_failed\"}, "
		"{64, \"page_null\"}, {26, \"trunc}), REC->unmapped, {";
	struct results r = { { 0 }, 0 };
	struct meta meta;
	meta_init(&meta);
	results_format(&r, &meta, format);
	assert_int_equal(r.nr, 5);
	assert_int_equal(r.ours[0], MTHP_R_FAIL);
	assert_int_equal(r.ours[1], MTHP_R_SUCCEED);
	assert_int_equal(r.ours[2], MTHP_R_PMD_NULL);
	assert_int_equal(r.ours[9], MTHP_R_PTE_UFFD_WP);
	assert_int_equal(r.ours[25], MTHP_R_CGROUP_CHARGE_FAIL);
	assert_int_equal(r.ours[26], MTHP_R_UNKNOWN);
	results_format(&r, &meta, "");
	assert_int_equal(r.nr, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_known), cmocka_unit_test(test_same_number),
		cmocka_unit_test(test_same_name), cmocka_unit_test(test_unnamed),
		cmocka_unit_test(test_new),	  cmocka_unit_test(test_format),
	};

	return cmocka_run_group_tests_name("result", tests, NULL, NULL);
}
