// SPDX-License-Identifier: GPL-2.0-only
/* Scan results by name: stable numbers, aliases, and names that this build does not know. */
#include <stdio.h>
#include <string.h>

#include "tests/support/cm.h"
#include "model/meta.h"

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

/* A kernel newer than this build: shown by its own name, never by a wrong one. */
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
	/* What an unknown status says about the scan is taken with caution. */
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
	assert_string_equal(meta_value_name(23), "?");
	assert_string_equal(meta_loss_name(MTHP_L_RING), "ring");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),	cmocka_unit_test(test_aliases),
		cmocka_unit_test(test_unknown), cmocka_unit_test(test_full),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests_name("meta", tests, NULL, NULL);
}
