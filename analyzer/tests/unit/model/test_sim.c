// SPDX-License-Identifier: GPL-2.0-only
/* The simulator: short histories whose end can be computed by hand. */
#include <errno.h>
#include <string.h>

#include "tests/support/cm.h"
#include "tests/support/sim.h"

#define ALL9 0x3fcU /* orders 2 ... 9 */

static struct mthp_policy_params params(uint32_t orders, uint32_t m, uint32_t rule)
{
	struct mthp_policy_params p = {
		.orders = orders, .max_ptes_none = m, .pmd_order = 9, .min_order = 2, .rule = rule
	};

	return p;
}

static struct sim *born(uint32_t orders, uint32_t m, uint32_t rule, uint32_t ranges)
{
	struct mthp_policy_params p = params(orders, m, rule);
	struct sim *sim = NULL;

	assert_int_equal(sim_new(&p, ranges, &sim), 0);
	return sim;
}

static uint64_t sum(const uint64_t *orders)
{
	uint64_t n = 0;
	uint32_t k;

	for (k = 0; k <= MTHP_POLICY_MAX_ORDER; k++)
		n += orders[k];
	return n;
}

/* Ten pages at 255; khugepaged scans until it collapses nothing more. */
static const struct sim_stats *ten_pages(struct sim *sim)
{
	uint32_t k, scans;

	sim_touch(sim, 0, 0, 3);
	for (k = 2; k < 9; k++)
		sim_touch(sim, 0, 1U << k, 1);
	for (scans = 0; scans < 20; scans++) {
		sim_advance(sim, 10000000);
		sim_scan(sim, 0);
	}
	return sim_stats(sim);
}

static void test_creep(void **state)
{
	struct sim *sim = born(ALL9, 255, MTHP_RULE_SCALED, 1);
	const struct sim_stats *s = ten_pages(sim);
	struct sim_shape shape;
	uint32_t k;
	for (k = 2; k <= 9; k++)
		assert_int_equal(s->collapses[k], 1);
	assert_int_equal(s->filled, 502);
	assert_int_equal(s->creep_steps, 7);
	assert_int_equal(s->creep_chains, 1);
	assert_int_equal(s->creep_filled, 501);
	assert_int_equal(s->again, 7);
	/* Every step copies all present pages; the last one fills 255 pages and copies the rest. */
	assert_int_equal(s->copied, 3 + 5 + 9 + 17 + 33 + 65 + 129 + 257);
	assert_int_equal(s->copied - s->copied_again, 257);
	assert_int_equal(s->scans, 8);
	assert_true(sim_pmd_mapped(sim, 0));
	sim_shape(sim, &shape);
	assert_int_equal(shape.by_order[9], 512);
	assert_int_equal(shape.touched, 10);
	assert_int_equal(shape.filled, 502);
	assert_int_equal(shape.empty, 0);
	sim_free(sim);
}

static void test_guard(void **state)
{
	struct sim *sim = born(ALL9, 255, MTHP_RULE_GUARD, 1);
	const struct sim_stats *s = ten_pages(sim);
	struct sim_shape shape;
	assert_int_equal(sum(s->collapses), 0);
	assert_int_equal(s->scans, 20);
	sim_shape(sim, &shape);
	assert_int_equal(shape.by_order[0], 10);
	assert_int_equal(shape.empty, 502);
	sim_free(sim);
}

/* A process that fills a range page by page is collapsed again at each order: work, not creep. */
static void test_growth(void **state)
{
	struct sim *sim = born(ALL9, 0, MTHP_RULE_SCALED, 1);
	uint32_t i;
	for (i = 0; i < 512; i++) {
		sim_touch(sim, 0, i, 1);
		sim_scan(sim, 0);
	}
	assert_int_equal(sim_stats(sim)->collapses[2], 64);
	assert_int_equal(sim_stats(sim)->collapses[3], 32);
	assert_int_equal(sim_stats(sim)->collapses[9], 1);
	assert_int_equal(sim_stats(sim)->filled, 0);
	assert_int_equal(sim_stats(sim)->creep_steps, 0);
	assert_int_equal(sim_stats(sim)->again, 32 + 16 + 8 + 4 + 2 + 1 + 1);
	sim_free(sim);
}

/* Folios from faults are not collapsed again to their own order, but to a larger one. */
static void test_faults(void **state)
{
	struct sim *sim = born(1 << 4, 0, MTHP_RULE_GUARD, 1);
	struct mthp_policy_params p = params(1 << 5, 0, MTHP_RULE_GUARD);
	struct sim_shape shape;
	sim_fault(sim, 0, 0, 4);
	sim_fault(sim, 0, 16, 4);
	sim_fault(sim, 0, 16, 4); /* no PTE is empty there any more */
	sim_fault(sim, 0, 33, 4); /* not aligned: one page */
	sim_fault(sim, 0, 64, 9); /* a fault of PTEs gets no PMD order: one page */
	sim_shape(sim, &shape);
	assert_int_equal(shape.by_order[4], 32);
	assert_int_equal(shape.by_order[0], 2);
	assert_int_equal(sim_scan(sim, 0), 0);
	assert_int_equal(sim_set(sim, &p), 0);
	assert_int_equal(sim_scan(sim, 0), 1);
	assert_int_equal(sim_stats(sim)->copied, 32);
	assert_int_equal(sim_stats(sim)->copied_again, 0);
	/* A partly given back folio is not whole any more. */
	sim_release(sim, 0, 3, 1);
	sim_shape(sim, &shape);
	assert_int_equal(shape.by_order[5], 0);
	assert_int_equal(shape.by_order[0], 31 + 2);
	sim_free(sim);
}

static void test_release_splits(void **state)
{
	struct sim *sim = born(ALL9, 511, MTHP_RULE_GUARD, 2);
	struct sim_shape shape;
	sim_touch(sim, 1, 5, 1);
	assert_int_equal(sim_scan(sim, 0), 0);
	assert_int_equal(sim_scan(sim, 1), 1);
	assert_true(sim_pmd_mapped(sim, 1));
	assert_int_equal(sim_scan(sim, 1), 0);
	sim_release(sim, 1, 5, 1);
	assert_false(sim_pmd_mapped(sim, 1));
	sim_shape(sim, &shape);
	assert_int_equal(shape.touched, 0);
	assert_int_equal(shape.filled, 511);
	/* No page of the rest is referenced, and scans do not require that. */
	sim_cool(sim, 1);
	assert_int_equal(sim_scan(sim, 1), 0);
	sim_free(sim);
}

static void test_references_and_blocks(void **state)
{
	struct sim *sim = born(1 << 4, 0, MTHP_RULE_GUARD, 1);
	sim_touch(sim, 0, 0, 64);
	sim_cool(sim, 0);
	assert_int_equal(sim_scan(sim, 0), 0);
	sim_ask(sim, false, true);
	sim_block(sim, 0, 20, 1, true);
	assert_int_equal(sim_scan(sim, 0), 3);
	sim_block(sim, 0, 20, 1, false);
	assert_int_equal(sim_scan(sim, 0), 1);
	sim_free(sim);
}

/* Swapped-out pages count as used, and order P reads them in; they are not filled. */
static void test_swap(void **state)
{
	struct sim *sim = born(1 << 9, 0, MTHP_RULE_GUARD, 1);
	struct sim_shape shape;
	sim_touch(sim, 0, 0, 510);
	sim_block(sim, 0, 510, 2, true);
	assert_int_equal(sim_scan(sim, 0), 1);
	sim_shape(sim, &shape);
	assert_int_equal(shape.touched, 512);
	assert_int_equal(sim_stats(sim)->filled, 0);
	sim_free(sim);
}

static bool refuse_large(void *ctx, uint32_t range, const struct mthp_policy_block *block)
{
	return block->order < 4;
}

/* No memory for large folios: each block is planned again until one of an order succeeds. */
static void test_failures(void **state)
{
	struct sim *sim = born(ALL9, 0, MTHP_RULE_GUARD, 1);
	struct sim_watch watch = { .commit = refuse_large };
	sim_watch(sim, &watch);
	sim_touch(sim, 0, 0, 512);
	assert_int_equal(sim_scan(sim, 0), 64);
	assert_int_equal(sim_stats(sim)->failed, 1 + 2 + 4 + 8 + 16 + 32);
	assert_int_equal(sim_stats(sim)->collapses[3], 64);
	sim_free(sim);
}

static void test_bad_input(void **state)
{
	struct mthp_policy_params p = params(ALL9, 512, MTHP_RULE_GUARD);
	struct sim *sim = NULL;
	assert_int_equal(sim_new(&p, 1, &sim), -EINVAL);
	p.max_ptes_none = 0;
	assert_int_equal(sim_new(&p, 0, &sim), -EINVAL);
	assert_null(sim);
	assert_int_equal(sim_new(&p, 1, &sim), 0);
	p.pmd_order = 8;
	p.orders = 0;
	assert_int_equal(sim_set(sim, &p), -EINVAL);
	p.pmd_order = 9;
	p.rule = 7;
	assert_int_equal(sim_set(sim, &p), -EINVAL);
	/* Ranges and PTEs that do not exist. */
	sim_touch(sim, 1, 0, 1);
	sim_touch(sim, 0, 512, 1);
	sim_touch(sim, 0, 510, ~0U);
	sim_fault(sim, 7, 0, 4);
	sim_fault(sim, 0, 1024, 4);
	sim_release(sim, 9, 0, 1);
	sim_block(sim, 0, ~0U, ~0U, true);
	sim_cool(sim, 3);
	assert_int_equal(sim_scan(sim, 5), 0);
	assert_false(sim_pmd_mapped(sim, 5));
	sim_free(sim);
	sim_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_creep),	       cmocka_unit_test(test_guard),
		cmocka_unit_test(test_growth),	       cmocka_unit_test(test_faults),
		cmocka_unit_test(test_release_splits), cmocka_unit_test(test_references_and_blocks),
		cmocka_unit_test(test_swap),	       cmocka_unit_test(test_failures),
		cmocka_unit_test(test_bad_input),
	};

	return cmocka_run_group_tests_name("sim", tests, NULL, NULL);
}
