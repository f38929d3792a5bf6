// SPDX-License-Identifier: GPL-2.0-only
/*
 * The collapse policy on random inputs, from 2^6 to 2^13 PTEs: over a million plans of all styles of
 * bitmaps, and bitmaps found by search, on which the plain rule creeps as far as it can.
 *
 * As many plans as time allows are compared with the reference; the others only have to keep the
 * invariants.
 *
 * run: long
 */
#include <stdlib.h>
#include <string.h>

#include "tests/support/cm.h"
#include "tests/support/policy_check.h"
#include "tests/support/policy_vectors.h"

static struct mthp_policy_in in;
static struct mthp_policy_work work;
static struct mthp_policy_out out;

/* The number of plans of each PMD order, and the share that is compared with the reference. */
static const struct {
	uint32_t plans;
	uint32_t every; /* one in so many is compared */
} share[14] = {
	[6] = { 360000, 20 },  [7] = { 260000, 40 },  [8] = { 160000, 60 },   [9] = { 160000, 200 },
	[10] = { 50000, 400 }, [11] = { 25000, 800 }, [12] = { 12000, 1500 }, [13] = { 8000, 2000 },
};

static void fail_case(const struct mthp_policy_params *p, const char *wrong)
{
	fail_msg("%s: %s", wrong, check_case(p, &in));
}

/* The cheap invariants of every plan. Returns whether planning again would plan something. */
static bool check(const struct mthp_policy_params *p)
{
	const char *wrong;
	bool creeps;

	if (mthp_policy_plan(p, &in, &work, &out) < 0)
		fail_case(p, "parameters are refused");
	wrong = check_blocks(p, &in, &out);
	if (!wrong && p->rule == MTHP_RULE_GUARD)
		wrong = check_guard(p, &in, &out);
	creeps = check_second(p, &in, &out);
	if (!wrong && creeps && p->rule != MTHP_RULE_SCALED)
		wrong = "a second plan is not empty";
	if (wrong)
		fail_case(p, wrong);
	return creeps;
}

static void check_slowly(const struct mthp_policy_params *p)
{
	const char *wrong = check_reference(p, &in, &work, &out);

	if (!wrong)
		wrong = check_maximal(p, &in, &out);
	if (wrong)
		fail_case(p, wrong);
}

static void test_random(void **state)
{
	struct mthp_policy_params p;
	uint32_t order, i, creeps, total = 0;
	struct vec_rng rng;
	for (order = 6; order <= 13; order++) {
		vec_seed(&rng, order);
		creeps = 0;
		for (i = 0; i < share[order].plans; i++) {
			vec_make(&rng, order, 1 + vec_below(&rng, 2), &p, &in);
			p.rule = MTHP_RULE_GUARD;
			check(&p);
			if (i % share[order].every == 0)
				check_slowly(&p);
			/* Every eighth also under the rules that the series does not use. */
			if (i % 8)
				continue;
			p.rule = MTHP_RULE_TWO_VALUE;
			check(&p);
			if (i % share[order].every == 0)
				check_slowly(&p);
			p.rule = MTHP_RULE_SCALED;
			creeps += check(&p);
			if (i % share[order].every == 0)
				check_slowly(&p);
		}
		total += share[order].plans;
		print_message("# PMD order %u: %u plans, the plain rule crept in %u of %u\n", order,
			      share[order].plans, creeps, share[order].plans / 8);
		assert_true(creeps > 0);
	}
	assert_true(total >= 1000000);
}

/* Blocks fail at random and are planned again: the result is the reference's, and never creeps. */
static void test_again(void **state)
{
	static struct ref_plan ref;
	struct mthp_policy_params p;
	struct vec_rng rng;
	const char *wrong;
	uint32_t i, n, tries;
	vec_seed(&rng, 99);
	for (i = 0; i < 20000; i++) {
		vec_make(&rng, 6 + vec_below(&rng, 2), 1, &p, &in);
		mthp_policy_plan(&p, &in, &work, &out);
		ref_plan(&p, &in, &ref);
		for (tries = vec_below(&rng, 6); tries && out.nr; tries--) {
			n = vec_below(&rng, out.nr);
			mthp_policy_replan(&p, &in, &work, &out, n);
			ref_replan(&p, &in, &ref, n);
		}
		wrong = check_same(&p, &out, &ref);
		if (!wrong)
			wrong = check_blocks(&p, &in, &out);
		if (!wrong)
			wrong = check_guard(&p, &in, &out);
		if (wrong)
			fail_case(&p, wrong);
	}
}

/* I3 for large ranges. */
static void test_two_values(void **state)
{
	static struct mthp_policy_out first;
	struct mthp_policy_params p;
	struct vec_rng rng;
	uint32_t i;
	vec_seed(&rng, 3);
	for (i = 0; i < 20000; i++) {
		vec_make(&rng, 6 + vec_below(&rng, 8), 1, &p, &in);
		p.max_ptes_none = i % 2 ? (1U << p.pmd_order) - 1 : 0;
		mthp_policy_plan(&p, &in, &work, &first);
		if (!p.max_ptes_none)
			assert_int_equal(first.fill, 0);
		for (p.rule = 1; p.rule < MTHP_NR_RULES; p.rule++) {
			mthp_policy_plan(&p, &in, &work, &out);
			if (out.nr != first.nr ||
			    memcmp(out.block, first.block, out.nr * sizeof(out.block[0])))
				fail_case(&p, "the rules differ");
		}
	}
}

/* The number of pages that the plain rule fills in all scans; *scans gets the number of scans. */
static uint32_t plain_fill(const struct mthp_policy_params *p, uint32_t *scans)
{
	static struct mthp_policy_in range;
	static struct mthp_policy_work w;
	static struct mthp_policy_out o;
	struct mthp_policy_params plain = *p;
	uint32_t fill = 0;

	plain.rule = MTHP_RULE_SCALED;
	memcpy(&range, &in, sizeof(range));
	*scans = 0;
	while (mthp_policy_plan(&plain, &range, &w, &o) > 0) {
		fill += o.fill;
		++*scans;
		if (ref_apply(&plain, o.block, o.nr, &range))
			break;
	}
	return fill;
}

/*
 * Climbs towards bitmaps that creep in many steps and fill much, by moving and flipping single PTEs.
 * The guard must hold on the way. Random inputs rarely reach bitmaps near the limits of many orders
 * at once.
 */
static uint32_t climb(struct vec_rng *rng, const struct mthp_policy_params *p, uint32_t moves,
		      uint32_t *longest)
{
	uint32_t nr = 1U << p->pmd_order, best, scans, score, i, a, b;
	uint64_t old_a, old_b;

	best = plain_fill(p, longest) + *longest * nr / 4;
	for (i = 0; i < moves; i++) {
		a = vec_below(rng, nr);
		b = vec_below(rng, nr);
		old_a = in.present[a / 64];
		in.present[a / 64] ^= 1ULL << (a % 64);
		old_b = in.present[b / 64];
		if (vec_below(rng, 2))
			in.present[b / 64] ^= 1ULL << (b % 64);
		check(p);
		score = plain_fill(p, &scans);
		score += scans * nr / 4;
		if (score >= best) {
			best = score;
			*longest = scans > *longest ? scans : *longest;
			continue;
		}
		in.present[b / 64] = old_b;
		in.present[a / 64] = old_a;
	}
	return best;
}

/* Two pages, one beside them, one in the next two, in the next four ... : creeps to order P. */
static void staircase(const struct mthp_policy_params *p)
{
	uint32_t k;

	memset(&in, 0, sizeof(in));
	in.pmd_allowed = 1;
	mthp_bits_set(in.present, 0, 3);
	for (k = 2; k < p->pmd_order; k++)
		mthp_bits_set(in.present, 1U << k, 1);
}

static void test_adversarial(void **state)
{
	static const uint32_t moves[14] = { [6] = 3000,	 [7] = 3000, [8] = 2500, [9] = 2000,
					    [10] = 1000, [11] = 600, [12] = 300, [13] = 200 };
	struct mthp_policy_params p = { .min_order = 1 };
	uint32_t order, round, longest, most;
	struct vec_rng rng;
	vec_seed(&rng, 12345);
	for (order = 6; order <= 13; order++) {
		p.pmd_order = order;
		p.orders = (2U << order) - 2;
		most = 0;
		for (round = 0; round < 12; round++) {
			p.max_ptes_none = round % 3 == 0 ? (1U << (order - 1)) - 1 :
							   vec_below(&rng, (1U << order) - 1);
			if (round % 3)
				vec_present(&rng, VEC_EDGE, &p, &in);
			else
				staircase(&p);
			climb(&rng, &p, moves[order], &longest);
			check(&p);
			check_slowly(&p);
			most = longest > most ? longest : most;
		}
		print_message("# PMD order %u: the search made the plain rule creep for %u scans\n",
			      order, most);
		assert_true(most >= order - 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_two_values),
		cmocka_unit_test(test_adversarial),
	};

	return cmocka_run_group_tests_name("policy_random", tests, NULL, NULL);
}
