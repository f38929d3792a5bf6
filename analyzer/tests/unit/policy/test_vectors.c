// SPDX-License-Identifier: GPL-2.0-only
/*
 * The collapse policy under the sanitizers: fewer vectors than test_opt_policy_random.c, and inputs
 * that no scan would deliver. Any bitmaps and parameters give an error or a plan that keeps the
 * invariants, and the reference agrees.
 */
#include <string.h>

#include "tests/support/cm.h"
#include "tests/support/policy_check.h"
#include "tests/support/policy_vectors.h"

static struct mthp_policy_in in;
static struct mthp_policy_work work;
static struct mthp_policy_out out;

static void check(const struct mthp_policy_params *p, int nr)
{
	const char *wrong = NULL;

	if (nr < 0 || (uint32_t)nr != out.nr)
		wrong = "another number of blocks than returned";
	if (!wrong)
		wrong = check_blocks(p, &in, &out);
	if (!wrong && p->rule == MTHP_RULE_GUARD)
		wrong = check_guard(p, &in, &out);
	if (!wrong)
		wrong = check_reference(p, &in, &work, &out);
	if (wrong)
		fail_msg("%s: %s", wrong, check_case(p, &in));
}

static void test_vectors(void **state)
{
	static const uint16_t plans[14] = { 0,	 0,   600, 600, 600, 600, 600,
					    400, 200, 100, 40,	12,  4,	  2 };
	struct mthp_policy_params p;
	struct vec_rng rng;
	uint32_t order, i;
	vec_seed(&rng, 1);
	for (order = 2; order <= 13; order++) {
		for (i = 0; i < plans[order]; i++) {
			vec_make(&rng, order, 1, &p, &in);
			p.rule = i % MTHP_NR_RULES;
			check(&p, mthp_policy_plan(&p, &in, &work, &out));
		}
	}
}

static void random_bits(struct vec_rng *rng, __u64 *bits)
{
	uint32_t i, and = vec_below(rng, 4);

	for (i = 0; i < MTHP_POLICY_WORDS; i++) {
		bits[i] = vec_next(rng);
		if (and == 1)
			bits[i] &= vec_next(rng) & vec_next(rng);
		else if (and)
			bits[i] |= vec_next(rng) | (and == 2 ? 0 : vec_next(rng));
	}
}

/* Pages that are referenced and not present, joined to nothing, present and swapped out at once. */
static void test_nonsense_bitmaps(void **state)
{
	struct mthp_policy_params p;
	struct vec_rng rng;
	uint32_t i;
	vec_seed(&rng, 2);
	for (i = 0; i < 1500; i++) {
		vec_make(&rng, 2 + vec_below(&rng, 7), 1, &p, &in);
		random_bits(&rng, in.present);
		random_bits(&rng, in.referenced);
		random_bits(&rng, in.joined);
		random_bits(&rng, in.blocked);
		if (i % 3)
			memset(in.blocked, 0, sizeof(in.blocked));
		in.need_referenced = vec_next(&rng);
		in.pmd_allowed = vec_next(&rng);
		check(&p, mthp_policy_plan(&p, &in, &work, &out));
	}
}

/* Parameters of arbitrary bytes: refused, or usable for a plan. */
static void test_nonsense_parameters(void **state)
{
	uint32_t i, good = 0, errors[8] = { 0 };
	struct mthp_policy_params p;
	struct vec_rng rng;
	int nr;
	vec_seed(&rng, 3);
	for (i = 0; i < 40000; i++) {
		vec_make(&rng, 2 + vec_below(&rng, 5), 1, &p, &in);
		switch (vec_below(&rng, 6)) {
		case 0:
			p.orders ^= 1U << vec_below(&rng, 32);
			break;
		case 1:
			p.max_ptes_none = vec_next(&rng) >> vec_below(&rng, 64);
			break;
		case 2:
			p.pmd_order = vec_next(&rng) >> vec_below(&rng, 8);
			break;
		case 3:
			p.min_order = vec_next(&rng) >> vec_below(&rng, 8);
			break;
		case 4:
			p.rule = vec_next(&rng) >> vec_below(&rng, 8);
			break;
		default:
			p.orders = vec_next(&rng);
		}
		nr = mthp_policy_plan(&p, &in, &work, &out);
		if (nr < 0) {
			assert_true(nr >= MTHP_POLICY_ERULE);
			assert_int_equal(nr, mthp_policy_check(&p));
			assert_int_equal(out.nr, 0);
			errors[-nr]++;
		} else if (p.pmd_order < 8) {
			good++;
			check(&p, nr);
		}
	}
	assert_true(good > 1000);
	for (nr = -MTHP_POLICY_EPMD; nr <= -MTHP_POLICY_ERULE; nr++)
		assert_true(errors[nr] > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_nonsense_bitmaps),
		cmocka_unit_test(test_nonsense_parameters),
	};

	return cmocka_run_group_tests_name("policy vectors", tests, NULL, NULL);
}
