// SPDX-License-Identifier: GPL-2.0-only
/* What-if on records of a few scans, whose outcome can be computed by hand. */
#include <errno.h>
#include <string.h>

#include "tests/support/whatif_life.h"

/* After a loss no result is exact. */
static void test_lossy(void **state)
{
	struct whatif_setting s = { LIFE_ALL, 15, MTHP_RULE_GUARD, WHATIF_SET, 0 };
	struct settings recorded = { .max_ptes_none = 31 };
	struct mthp_policy_params a = life_params(LIFE_ALL, 31, MTHP_RULE_GUARD);
	struct life l = { .lossy = 1 };
	assert_int_equal(whatif_new(LIFE_P, 4096, &recorded, &s, 1, &l.w), 0);
	life_begin(&l, &a);
	sim_touch(l.sim, 0, 0, 60);
	sim_scan(l.sim, 0);
	whatif_end(l.w);
	assert_int_equal(whatif_sums(l.w, 1)->scans, 1);
	assert_int_equal(whatif_sums(l.w, 1)->scans_exact, 0);
	assert_int_equal(whatif_sums(l.w, 1)->ranges_exact, 0);
	sim_free(l.sim);
	whatif_free(l.w);
}

/* 15 single pages, and one folio of 16 pages; 16 left empty in the second half of a third 16. */
static void test_tlb(void **state)
{
	struct whatif_setting s[] = { { 1 << 4, 0, MTHP_RULE_GUARD, WHATIF_SET, 0 },
				      { 1 << 6, 63, MTHP_RULE_GUARD, WHATIF_SET, 0 } };
	struct settings recorded = { .max_ptes_none = 0 };
	struct mthp_policy_params a = life_params(1 << 5, 0, MTHP_RULE_GUARD);
	struct life l = { 0 };
	assert_int_equal(whatif_new(LIFE_P, 4096, &recorded, s, 2, &l.w), 0);
	life_begin(&l, &a);
	sim_fault(l.sim, 0, 0, 4);
	sim_touch(l.sim, 0, 16, 15);
	sim_touch(l.sim, 0, 32, 16);
	sim_scan(l.sim, 0);
	whatif_end(l.w);
	assert_int_equal(whatif_sums(l.w, 0)->tlb, 1 + 15 + 16);
	assert_int_equal(whatif_sums(l.w, 1)->tlb, 1 + 15 + 1);
	assert_int_equal(whatif_sums(l.w, 2)->tlb, 1);
	assert_int_equal(whatif_sums(l.w, 2)->filled, 64 - 47);
	assert_int_equal(whatif_ranges(l.w), 1);
	sim_free(l.sim);
	whatif_free(l.w);
}

/*
 * Gives whatif a scan of the present pages (the first four are referenced), and optionally a collapse to
 * order 2 at the start of the range.
 */
static void tell(struct whatif *w, uint64_t ts_ns, uint64_t present, uint64_t joined, uint32_t m,
		 int collapse)
{
	struct life l = { .p = life_params(LIFE_ALL, m, MTHP_RULE_GUARD), .w = w };
	struct mthp_policy_params p = l.p;
	struct mthp_policy_in in = { .present = { present },
				     .referenced = { present & 15 },
				     .joined = { joined } };
	static struct mthp_policy_out plan;
	struct mthp_ev ev;

	assert_int_equal(sim_new(&p, 1, &l.sim), 0);
	sim_advance(l.sim, ts_ns);
	plan.nr = collapse != 0;
	plan.block[0].order = 2;
	life_scan(&l, 0, &in, &plan);
	if (collapse) {
		ev = life_event(&l, MTHP_K_MTHP_COLLAPSE, 0, 2);
		ev.result = collapse > 0 ? MTHP_R_SUCCEED : MTHP_R_ALLOC_HUGE_PAGE_FAIL;
		life_set(&ev, MTHP_V_FILLED, 0);
		whatif_event(w, &ev, 0);
	}
	sim_free(l.sim);
}

static struct whatif *by_hand(uint32_t orders, uint32_t m, uint32_t rule)
{
	struct whatif_setting s = { orders, m, rule, WHATIF_SET, 0 };
	struct settings recorded = { .max_ptes_none = 31 };
	struct whatif *w = NULL;

	assert_int_equal(whatif_new(LIFE_P, 4096, &recorded, &s, 1, &w), 0);
	return w;
}

/* Pages that the process touched later do not count as filled: a collapse that needs them is no creep. */
static void test_used_since(void **state)
{
	struct whatif *w = by_hand(1 << 4 | 1 << 5, 31, MTHP_RULE_SCALED);
	const struct whatif_sums *sums = whatif_sums(w, 1);
	tell(w, 1000, 0x1ff, 0, 31, 0);
	tell(w, 2000, 0x1ffff, 0, 31, 0);
	whatif_end(w);
	assert_int_equal(sums->collapses[4], 1);
	assert_int_equal(sums->collapses[5], 1);
	assert_int_equal(sums->filled, 7 + 15);
	assert_int_equal(sums->creep_steps + sums->grown_steps, 0);
	assert_int_equal(sums->scans_exact, 2);
	whatif_free(w);
}

/* The same without the process: the second scan is a creep step, and the first of a chain. */
static void test_not_used_since(void **state)
{
	struct whatif *w = by_hand(1 << 4 | 1 << 5, 31, MTHP_RULE_SCALED);
	const struct whatif_sums *sums = whatif_sums(w, 1);
	tell(w, 1000, 0x101ff, 0, 31, 0);
	tell(w, 2000, 0x101ff, 0, 31, 0);
	whatif_end(w);
	assert_int_equal(sums->creep_steps, 1);
	assert_int_equal(sums->creep_chains, 1);
	assert_int_equal(sums->creep_filled, 15);
	whatif_free(w);
}

/*
 * While userfaultfd watches, no setting may fill an empty PTE. A scan with max_ptes_none 0 shows either
 * that or a changed setting. userfaultfd is certain only if the scans around it allowed empty PTEs.
 */
static void test_armed(void **state)
{
	struct whatif *w = by_hand(LIFE_ALL, 63, MTHP_RULE_GUARD);
	tell(w, 1000, 0x7f, 0, 0, 0);
	whatif_end(w);
	assert_int_equal(whatif_sums(w, 1)->filled, 0);
	assert_int_equal(whatif_sums(w, 1)->collapses[2], 1);
	assert_int_equal(whatif_sums(w, 1)->scans_exact, 0);
	whatif_free(w);

	w = by_hand(1 << 2, 63, MTHP_RULE_GUARD);
	tell(w, 1000, 0x0f, 0x0e, 31, 0);
	tell(w, 2000, 0x7f, 0x0e, 0, 0);
	tell(w, 3000, 0x0f, 0x0e, 31, 0);
	whatif_end(w);
	assert_int_equal(whatif_sums(w, 1)->filled, 0);
	assert_int_equal(whatif_sums(w, 1)->scans_exact, 3);
	whatif_free(w);
}

/* A failed attempt might have had another result; an attempt that was not made counts as a success. */
static void test_failed(void **state)
{
	struct whatif *w = by_hand(LIFE_ALL, 63, MTHP_RULE_GUARD);
	tell(w, 1000, 0x7f, 0, 31, -1);
	whatif_end(w);
	assert_int_equal(whatif_sums(w, 0)->failed, 1);
	assert_int_equal(whatif_sums(w, 1)->collapses[6], 1);
	assert_int_equal(whatif_sums(w, 1)->scans_exact, 0);
	whatif_free(w);
}

/* PTEs that a recorded collapse joined are not joined if the setting does not make that collapse, */
static void test_joined(void **state)
{
	struct whatif *w = by_hand(1 << 3, 0, MTHP_RULE_GUARD);
	tell(w, 1000, 0x0f, 0, 31, 1);
	tell(w, 2000, 0x0f, 0x0e, 31, 0);
	whatif_end(w);
	assert_int_equal(whatif_sums(w, 0)->tlb, 1);
	assert_int_equal(whatif_sums(w, 1)->tlb, 4);
	whatif_free(w);
}

/* and a folio that it split is whole: page 4 stays joined to page 3. */
static void test_split(void **state)
{
	struct whatif *w = by_hand(1 << 3, 0, MTHP_RULE_GUARD);
	tell(w, 1000, 0xff, 0xfe, 31, 1);
	tell(w, 2000, 0xff, 0xee, 31, 0);
	whatif_end(w);
	assert_int_equal(whatif_sums(w, 0)->tlb, 2);
	assert_int_equal(whatif_sums(w, 1)->collapses[3], 0);
	assert_int_equal(whatif_sums(w, 1)->tlb, 1);
	whatif_free(w);
}

/* and pages that it put into a larger folio are as referenced as they were before. */
static void test_referenced(void **state)
{
	struct whatif *w = by_hand(1 << 3, 0, MTHP_RULE_GUARD);
	tell(w, 1000, 0x0f, 0, 31, 1);
	tell(w, 2000, 0xff, 0x0e, 31, 0);
	whatif_end(w);
	assert_int_equal(whatif_sums(w, 1)->collapses[3], 1);
	assert_int_equal(whatif_sums(w, 1)->scans_exact, 2);
	whatif_free(w);
}

/* A range mapped by a PMD is not scanned until the process frees some of it: then nothing is exact. */
static void test_pmd(void **state)
{
	struct whatif *w = by_hand(1 << 6, 63, MTHP_RULE_GUARD);
	tell(w, 1000, ~0ULL, 0, 31, 0);
	tell(w, 2000, ~0ULL, 0, 31, 0);
	whatif_end(w);
	assert_int_equal(whatif_sums(w, 1)->collapses[6], 1);
	assert_int_equal(whatif_sums(w, 1)->scans, 1);
	assert_int_equal(whatif_sums(w, 1)->tlb, 1);
	assert_int_equal(whatif_sums(w, 1)->ranges_exact, 1);
	whatif_free(w);

	w = by_hand(1 << 6, 63, MTHP_RULE_GUARD);
	tell(w, 1000, ~0ULL, 0, 31, 0);
	tell(w, 2000, ~1ULL, 0, 31, 0);
	tell(w, 3000, ~1ULL, 0, 31, 0);
	whatif_end(w);
	assert_int_equal(whatif_sums(w, 1)->scans, 2);
	assert_int_equal(whatif_sums(w, 1)->scans_exact, 1);
	assert_int_equal(whatif_sums(w, 1)->ranges_exact, 0);
	assert_int_equal(whatif_sums(w, 1)->filled, 1);
	whatif_free(w);
}

/* Exact scans of two, one of @present and all of it accessed but @cold, that ended with @result. */
static unsigned long long probed(uint64_t present, uint64_t cold, uint8_t result)
{
	struct whatif *w = by_hand(1 << 2 | 1 << 4, 0, MTHP_RULE_GUARD);
	struct life l = { .p = life_params(LIFE_ALL, 31, MTHP_RULE_GUARD),
			  .w = w,
			  .probed = true,
			  .result = result };
	struct mthp_policy_in in = { .present = { present }, .referenced = { present & ~cold } };
	static const struct mthp_policy_out nothing;
	unsigned long long exact;

	assert_int_equal(sim_new(&l.p, 1, &l.sim), 0);
	life_scan(&l, 0, &in, &nothing);
	whatif_end(w);
	exact = whatif_sums(w, 1)->scans_exact;
	sim_free(l.sim);
	whatif_free(w);
	return exact;
}

/* Probes see page tables. What they do not tell is known only from a scan that succeeded. */
static void test_probed(void **state)
{
	assert_int_equal(probed(0xff, 0, MTHP_R_SUCCEED), 1);
	assert_int_equal(probed(0xff, 0, MTHP_R_EXCEED_SHARED_PTE), 0);
	assert_int_equal(probed(0xff, 0, MTHP_R_FAIL), 0);
	/* A block without accessed PTEs: the kernel may know better. One accessed PTE is enough. */
	assert_int_equal(probed(0xff, 0xf0, MTHP_R_SUCCEED), 0);
	assert_int_equal(probed(0xff, 0x50, MTHP_R_SUCCEED), 1);
}

static void test_bad(void **state)
{
	struct whatif_setting s = { LIFE_ALL, 64, MTHP_RULE_GUARD, WHATIF_SET, 0 };
	struct settings recorded = { 0 };
	struct whatif *w;
	assert_int_equal(whatif_new(LIFE_P, 4096, &recorded, &s, 1, &w), -EINVAL);
	s.max_ptes_none = 63;
	s.orders = 1 << 7;
	assert_int_equal(whatif_new(LIFE_P, 4096, &recorded, &s, 1, &w), -EINVAL);
	s.orders = LIFE_ALL;
	s.rule = MTHP_NR_RULES;
	assert_int_equal(whatif_new(LIFE_P, 4096, &recorded, &s, 1, &w), -EINVAL);
	whatif_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lossy),	   cmocka_unit_test(test_tlb),
		cmocka_unit_test(test_used_since), cmocka_unit_test(test_not_used_since),
		cmocka_unit_test(test_armed),	   cmocka_unit_test(test_failed),
		cmocka_unit_test(test_joined),	   cmocka_unit_test(test_split),
		cmocka_unit_test(test_referenced), cmocka_unit_test(test_pmd),
		cmocka_unit_test(test_probed),	   cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
