// SPDX-License-Identifier: GPL-2.0-only
/* Capabilities: what was said holds, what was not said is derived, and the word for people follows. */
#include <string.h>

#include "tests/support/cm.h"
#include "lib/array.h"
#include "model/field.h"
#include "model/meta.h"

#define BIT(cap) (1U << (cap))

static struct meta make(enum mthp_detail detail, __u32 kinds)
{
	struct meta meta;

	meta_init(&meta);
	meta.detail = detail;
	meta.kinds = kinds;
	return meta;
}

/* Every set of three capabilities that decide has one word, whatever else is in it. */
static void test_word(void **state)
{
	const __u32 ranges = BIT(CAP_ADDRESS) | BIT(CAP_OCCUPANCY);

	assert_int_equal(capability_detail(0), DETAIL_TOTALS);
	assert_int_equal(capability_detail(BIT(CAP_OUTCOME)), DETAIL_TOTALS);
	assert_int_equal(capability_detail(BIT(CAP_ORDER)), DETAIL_SIZES);
	/* Events with an address and no bitmap: the coming engine. */
	assert_int_equal(capability_detail(BIT(CAP_ORDER) | BIT(CAP_ADDRESS)), DETAIL_SIZES);
	assert_int_equal(capability_detail(BIT(CAP_OCCUPANCY)), DETAIL_TOTALS);
	assert_int_equal(capability_detail(ranges), DETAIL_RANGES);
	assert_int_equal(capability_detail(ranges | BIT(CAP_ORDER)), DETAIL_RANGES);
	assert_int_equal(capability_detail(ranges | BIT(CAP_LOCK)), DETAIL_RANGES);
	assert_int_equal(capability_detail(ranges | BIT(CAP_PLAN)), DETAIL_PLANS);
	assert_int_equal(capability_detail(~0U), DETAIL_PLANS);
}

/* A trace of before has a word and kinds: the same word follows from the set derived of them. */
static void test_derived(void **state)
{
	int detail;

	for (detail = 0; detail < NR_DETAILS; detail++) {
		struct meta meta = make(detail, 0x7e);

		assert_int_equal(capability_detail(capability_mask(&meta)), detail);
		assert_true(capability_holds(&meta, CAP_NONE));
		assert_true(capability_holds(&meta, CAP_OUTCOME));
		assert_true(capability_holds(&meta, CAP_OWNER));
		strcpy(meta.origin, "ftrace text");
		assert_int_equal(capability_get(&meta, CAP_OWNER).source, FROM_UNKNOWN);
		assert_false(capability_holds(&meta, CAP_OWNER));
		assert_false(capability_holds(&meta, CAP_SPLIT));
	}
}

static void test_derived_sources(void **state)
{
	struct meta meta = make(DETAIL_TOTALS, 0);

	assert_false(capability_holds(&meta, CAP_OUTCOME));
	assert_string_equal(capability_get(&meta, CAP_OUTCOME).why,
			    "no event of this source reports it");
	meta = make(DETAIL_RANGES, 0x7e | BIT(MTHP_K_SPLIT));
	assert_int_equal(capability_get(&meta, CAP_ORDER).source, FROM_PROBES);
	assert_int_equal(capability_get(&meta, CAP_SPLIT).source, FROM_PROBES);
	assert_false(meta_below_pmd(&meta));
	meta.kinds |= BIT(MTHP_K_PASS);
	assert_int_equal(capability_get(&meta, CAP_ORDER).source, FROM_TRACEPOINTS);
	assert_true(meta_below_pmd(&meta));
	meta = make(DETAIL_PLANS, 0x7fe);
	assert_int_equal(capability_get(&meta, CAP_LOCK).source, FROM_SERIES);
	assert_true(meta_below_pmd(&meta));
}

/* What was said is not derived. */
static void test_said(void **state)
{
	struct meta meta = make(DETAIL_PLANS, 0x7fe);

	capability_set(&meta, CAP_LOCK, FROM_NONE, "why not");
	assert_false(capability_holds(&meta, CAP_LOCK));
	assert_string_equal(capability_get(&meta, CAP_LOCK).why, "why not");
	assert_true(capability_holds(&meta, CAP_PLAN));
}

static void test_names(void **state)
{
	int i;

	for (i = CAP_NONE + 1; i < NR_CAPS; i++)
		assert_int_equal(capability_by_name(capability_name(i)), i);
	assert_true(capability_by_name("") < 0);
	assert_true(capability_by_name("dreams") < 0);
	for (i = FROM_NONE; i < NR_CAPABILITY_SOURCES; i++)
		assert_int_equal(capability_source_by_name(capability_source_name(i)), i);
	/* A source of a later version holds. */
	assert_int_equal(capability_source_by_name("crystal ball"), FROM_OTHER);
	assert_string_equal(capability_name(NR_CAPS), "?");
	assert_string_equal(capability_source_name(NR_CAPABILITY_SOURCES), "?");
}

/* What is missing is named by what would bring it: stalls come with ranges, too. */
static void test_tables(void **state)
{
	static const char *const with_ranges[] = { "vain", "stalls", "creep", "chains" };
	static const char *const with_plans[] = { "blocked", "batches", "locks" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(with_ranges); i++)
		assert_string_equal(table_unknown(table_find(with_ranges[i]), 1U << CAP_NONE),
				    DETAIL_RANGES_NEEDED);
	for (i = 0; i < ARRAY_SIZE(with_plans); i++)
		assert_string_equal(table_unknown(table_find(with_plans[i]), 1U << CAP_NONE),
				    DETAIL_PLANS_NEEDED);
	assert_null(table_unknown(table_find("stalls"), 1U << CAP_NONE | 1U << CAP_STALL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_word),
		cmocka_unit_test(test_derived),
		cmocka_unit_test(test_derived_sources),
		cmocka_unit_test(test_said),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_tables),
	};

	return cmocka_run_group_tests_name("capability", tests, NULL, NULL);
}
