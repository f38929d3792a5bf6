// SPDX-License-Identifier: GPL-2.0-only
/* The settings that the words of the options select. */
#include <errno.h>
#include <string.h>

#include "tests/support/cm.h"
#include "whatif/grid.h"

static struct whatif_grid grid;

static struct opt_list words(const char *a, const char *b)
{
	struct opt_list l = { .nr = (a != NULL) + (b != NULL), .word = { a, b } };

	return l;
}

static int make(const char *none, const char *orders, const char *more_orders, const char *rules,
		bool wide)
{
	struct whatif_wanted wanted = { .max_ptes_none = words(none, NULL),
					.orders = words(orders, more_orders),
					.rules = words(rules, NULL),
					.wide = wide };

	return whatif_grid_make(&wanted, 9, 4096, &grid);
}

static void is(size_t i, __u32 none, __u32 orders, __u32 rule)
{
	assert_true(i < grid.nr);
	assert_int_equal(grid.s[i].max_ptes_none, none);
	assert_int_equal(grid.s[i].orders, orders);
	assert_int_equal(grid.s[i].rule, rule);
}

/* Every combination, none varying fastest, then orders, then rules. */
static void test_combinations(void **state)
{
	assert_int_equal(make("0,64,511", "64K,2M", "16K", "guard,scaled", false), 0);
	assert_int_equal(grid.nr, 12);
	is(0, 0, 1 << 4 | 1 << 9, MTHP_RULE_GUARD);
	is(1, 64, 1 << 4 | 1 << 9, MTHP_RULE_GUARD);
	is(2, 511, 1 << 4 | 1 << 9, MTHP_RULE_GUARD);
	is(3, 0, 1 << 2, MTHP_RULE_GUARD);
	is(6, 0, 1 << 4 | 1 << 9, MTHP_RULE_SCALED);
	is(11, 511, 1 << 2, MTHP_RULE_SCALED);
	assert_int_equal(make("7", "order=2", NULL, "two-value", true), 0);
	assert_int_equal(grid.nr, 1);
	is(0, 7, 1 << 2, MTHP_RULE_TWO_VALUE);
}

/* The default settings: 0, parts of a range, all but one; the recorded sizes; the guard. */
static void test_usual(void **state)
{
	static const __u32 none[] = { 0, 15, 31, 63, 127, 191, 255, 383, 511 };
	size_t i;
	assert_int_equal(make(NULL, NULL, NULL, NULL, false), 0);
	assert_int_equal(grid.nr, ARRAY_SIZE(none));
	for (i = 0; i < ARRAY_SIZE(none); i++)
		is(i, none[i], WHATIF_AS_RECORDED, MTHP_RULE_GUARD);
	assert_int_equal(make("5", NULL, NULL, NULL, true), 0);
	assert_int_equal(grid.nr, 4);
	is(0, 5, WHATIF_AS_RECORDED, MTHP_RULE_GUARD);
	is(1, 5, 1 << 9, MTHP_RULE_GUARD);
	is(2, 5, 1 << 9 | 1 << 4, MTHP_RULE_GUARD);
	is(3, 5, 0x3fc, MTHP_RULE_GUARD);
}

/* A PMD range of eight pages has no parts of two pages, nor 16 pages of its own. */
static void test_usual_small(void **state)
{
	struct whatif_wanted wanted = { .wide = true };
	static const __u32 none[] = { 0, 1, 2, 3, 5, 7 };
	size_t i, o;
	assert_int_equal(whatif_grid_make(&wanted, 3, 4096, &grid), 0);
	assert_int_equal(grid.nr, 3 * ARRAY_SIZE(none));
	for (o = 0; o < 3; o++)
		for (i = 0; i < ARRAY_SIZE(none); i++)
			is(o * ARRAY_SIZE(none) + i, none[i],
			   (const __u32[]){ WHATIF_AS_RECORDED, 1 << 3, 0xc }[o], MTHP_RULE_GUARD);
}

/* "1,1,1": the value counts three times. */
static const char *ones(int nr)
{
	static char buf[4096];

	buf[0] = '\0';
	while (nr--)
		strcat(buf, nr ? "1," : "1");
	return buf;
}

static void test_bad(void **state)
{
	static const struct {
		const char *none, *orders, *rules;
	} bad[] = {
		{ "512", NULL, NULL },	{ "-1", NULL, NULL },	      { "", NULL, NULL },
		{ "1,,2", NULL, NULL }, { "1x", NULL, NULL },	      { "1,2,513", NULL, NULL },
		{ NULL, "8K", NULL },	{ NULL, "4M", NULL },	      { NULL, "3K", NULL },
		{ NULL, "64K,", NULL }, { NULL, "order=1", NULL },    { NULL, "order=10", NULL },
		{ NULL, NULL, "nice" }, { NULL, NULL, "guard,nice" },
	};
	size_t i;
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		if (make(bad[i].none, bad[i].orders, NULL, bad[i].rules, false) != -EINVAL)
			fail_msg("taken: row %zu", i);
	assert_int_equal(make("511", "order=2,order=9", NULL, NULL, false), 0);
}

/* The largest allowed number of values, of one kind and of all; and one more. */
static void test_many(void **state)
{
	assert_int_equal(make(ones(128), "64K", NULL, NULL, false), 0);
	assert_int_equal(make(ones(129), "64K", NULL, NULL, false), -EINVAL);
	assert_int_equal(make(ones(128), "64K", "2M", NULL, false), 0);
	assert_int_equal(grid.nr, WHATIF_MAX_SETTINGS);
	assert_int_equal(make(ones(86), "64K", NULL, "guard,scaled,two-value", false), -EINVAL);
}

static void test_orders_text(void **state)
{
	char buf[64], small[8];
	assert_string_equal(whatif_orders_text(WHATIF_AS_RECORDED, 4096, buf, sizeof(buf)),
			    "as recorded");
	assert_string_equal(whatif_orders_text(1 << 2 | 1 << 4 | 1 << 9, 4096, buf, sizeof(buf)),
			    "16K,64K,2M");
	assert_string_equal(whatif_orders_text(1, 4096, buf, sizeof(buf)), "4K");
	assert_string_equal(
		whatif_orders_text(1 << 2 | 1 << 4 | 1 << 9, 4096, small, sizeof(small)),
		"16K,64K");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_combinations), cmocka_unit_test(test_usual),
		cmocka_unit_test(test_usual_small),  cmocka_unit_test(test_bad),
		cmocka_unit_test(test_many),	     cmocka_unit_test(test_orders_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
