// SPDX-License-Identifier: GPL-2.0-only
/* Names of scan results, known and unknown, and of every row in the lists of include/. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/cm.h"
#include "model/meta.h"
#include "model/results.h"

static void test_known(void **state)
{
	struct meta meta;
	meta_init(&meta);
#define X(number, name, text, reach)                                 \
	assert_int_equal(meta_result_by_enum(&meta, #name), number); \
	assert_int_equal(meta_result_by_text(&meta, text), number);  \
	assert_string_equal(meta_result_name(&meta, number), text);  \
	assert_int_equal(meta_result_reach(number), MTHP_REACH_##reach);
	MTHP_RESULTS(X)
#undef X
	assert_string_equal(meta.extra_results[0], "");
}

static void test_aliases(void **state)
{
	struct meta meta;
	meta_init(&meta);
	assert_int_equal(meta_result_by_enum(&meta, "PTE_UFFD"), MTHP_R_PTE_UFFD_WP);
	assert_int_equal(meta_result_by_text(&meta, "pte_uffd"), MTHP_R_PTE_UFFD_WP);
	assert_int_equal(meta_result_by_text(&meta, "ccgroup_charge_failed"),
			 MTHP_R_CGROUP_CHARGE_FAIL);
	assert_string_equal(meta.extra_results[0], "");
}

/* A result of a kernel newer than this build has its own name, never a wrong one. */
static void test_unknown(void **state)
{
	struct meta meta;
	__u8 a, b;
	meta_init(&meta);
	a = meta_result_by_enum(&meta, "PAGE_IN_ORBIT");
	b = meta_result_by_text(&meta, "status 37");
	assert_int_equal(a, MTHP_RESULT_FIRST_FREE);
	assert_int_equal(b, MTHP_RESULT_FIRST_FREE + 1);
	assert_string_equal(meta_result_name(&meta, a), "page_in_orbit");
	assert_string_equal(meta_result_name(&meta, b), "status 37");
	assert_int_equal(meta_result_by_enum(&meta, "PAGE_IN_ORBIT"), a);
	assert_int_equal(meta_result_by_text(&meta, "page_in_orbit"), a);
	assert_string_equal(meta_result_name(&meta, MTHP_R_UNKNOWN), "unknown");
	assert_string_equal(meta_result_name(&meta, 47), "unknown");
	assert_string_equal(meta_result_name(&meta, 255), "unknown");
	/* A scan with an unknown status counts as censored. */
	assert_int_equal(meta_result_reach(a), MTHP_REACH_PART);
}

static void test_full(void **state)
{
	struct meta meta;
	char name[16];
	int i;
	meta_init(&meta);
	for (i = 0; i < MTHP_NR_RESULTS - MTHP_RESULT_FIRST_FREE; i++) {
		snprintf(name, sizeof(name), "odd_%d", i);
		assert_int_equal(meta_result_by_text(&meta, name), MTHP_RESULT_FIRST_FREE + i);
	}
	assert_int_equal(meta_result_by_text(&meta, "one_more"), MTHP_R_UNKNOWN);
	assert_int_equal(meta_result_by_text(&meta, "odd_3"), MTHP_RESULT_FIRST_FREE + 3);
}

static void test_names(void **state)
{
	assert_string_equal(meta_kind_name(MTHP_K_SCAN_PMD), "scan_pmd");
	assert_string_equal(meta_kind_name(0), "?");
	assert_string_equal(meta_kind_name(1000), "?");
	assert_string_equal(meta_requester_name(MTHP_Q_MADVISE), "madvise");
	assert_string_equal(meta_requester_name(200), "?");
	assert_string_equal(meta_value_name(MTHP_V_MAX_PTES_NONE), "max_ptes_none");
	assert_string_equal(meta_value_name(MTHP_NR_VALUES), "?");
	assert_string_equal(meta_loss_name(MTHP_L_RING), "ring");
}

/* Every name of a list has all texts that views show about it: a forgotten row fails here. */
static void test_lists(void **state)
{
	__u32 kind;
#define X(number, name, text, reach)                                      \
	if (!results_meaning(number))                                     \
		print_error(text " has no meaning in model/results.c\n"); \
	assert_non_null(results_meaning(number));
	MTHP_RESULTS(X)
#undef X
#define X(number, NAME, name, tracepoint, detail, since)     \
	assert_string_equal(meta_kind_name(number), #name);  \
	assert_string_equal(meta_kind_since(number), since); \
	assert_int_equal(meta_detail(1U << (number), false), DETAIL_##detail);
	MTHP_KINDS(X)
#undef X
	for (kind = 0; kind < MTHP_NR_KINDS; kind++)
		assert_non_null(meta_kind_name(kind));
	assert_string_equal(meta_kind_name(0), "?");
	assert_string_equal(meta_kind_since(15), "?");
#define X(number, name, text) assert_string_equal(meta_requester_name(number), text);
	MTHP_REQUESTERS(X)
#undef X
	assert_string_equal(meta_requester_name(MTHP_NR_REQUESTERS), "?");
#define X(number, NAME, text, what, meaning)               \
	assert_string_equal(meta_loss_name(number), text); \
	assert_int_equal(meta_loss_what(number), MTHP_LOST_##what);
	MTHP_LOSSES(X)
#undef X
}

/* The one rule for live kernels, trace.dat and text: the detail level follows from the existing events. */
static void test_detail(void **state)
{
	const __u32 old = 1U << MTHP_K_SCAN_PMD | 1U << MTHP_K_COLLAPSE;

	assert_int_equal(meta_detail(0, false), DETAIL_TOTALS);
	assert_int_equal(meta_detail(old, false), DETAIL_TOTALS);
	assert_int_equal(meta_detail(old, true), DETAIL_SIZES);
	assert_int_equal(meta_detail(old | 1U << MTHP_K_PASS, false), DETAIL_SIZES);
	assert_int_equal(meta_detail(old | 1U << MTHP_K_MTHP_SCAN, false), DETAIL_PLANS);
	assert_int_equal(meta_detail(1U << MTHP_K_MTHP_BATCH, true), DETAIL_PLANS);
	/* A kind that this build does not know changes nothing: any kernel may have it. */
	assert_int_equal(meta_detail(old | 1U << 12 | 1U << 31, false), DETAIL_TOTALS);
	assert_string_equal(meta_detail_name(DETAIL_RANGES), "ranges");
	assert_string_equal(meta_detail_name(NR_DETAILS), "?");
	assert_int_equal(meta_detail_by_name("plans"), DETAIL_PLANS);
	assert_int_equal(meta_detail_by_name("plan"), -EINVAL);
	assert_int_equal(meta_detail_by_name(""), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),	cmocka_unit_test(test_aliases),
		cmocka_unit_test(test_unknown), cmocka_unit_test(test_full),
		cmocka_unit_test(test_lists),	cmocka_unit_test(test_detail),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests_name("meta", tests, NULL, NULL);
}
