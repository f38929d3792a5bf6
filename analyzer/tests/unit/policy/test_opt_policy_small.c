// SPDX-License-Identifier: GPL-2.0-only
/*
 * The collapse policy, exhaustively: every bitmap of 2^4 PTEs at every max_ptes_none under every
 * mask of orders, and every state of 2^3 PTEs with blocked and referenced ones.
 *
 * This test computes the published figures: cases, and cases in which the plain rule creeps.
 *
 * run: long
 */
#include <string.h>

#include "tests/support/cm.h"
#include "tests/support/policy_check.h"

static struct mthp_policy_in in;
static struct mthp_policy_work work;
static struct mthp_policy_out out;

struct count {
	uint64_t cases;
	uint64_t creep;
};

static void fail_case(const struct mthp_policy_params *p, const char *wrong)
{
	fail_msg("%s: %s", wrong, check_case(p, &in));
}

/* Checks the invariants that hold under every rule; then the promises of each rule. */
static void check(const struct mthp_policy_params *p, struct count *count)
{
	const char *wrong = check_blocks(p, &in, &out);
	uint32_t second = check_second(p, &in, &out);

	if (!wrong)
		wrong = check_reference(p, &in, &work, &out);
	if (!wrong)
		wrong = check_maximal(p, &in, &out);
	if (!wrong && p->rule == MTHP_RULE_GUARD)
		wrong = check_guard(p, &in, &out);
	if (wrong)
		fail_case(p, wrong);
	count->cases++;
	count->creep += second != 0;
}

/* Every bitmap of 16 PTEs x every m x every mask of orders from 1 on, and of these from 2 on. */
static void all_of_16(uint32_t rule, struct count *from_1, struct count *from_2)
{
	struct mthp_policy_params p = { .pmd_order = 4, .min_order = 1, .rule = rule };
	uint32_t bits;

	memset(&in, 0, sizeof(in));
	in.pmd_allowed = 1;
	for (p.orders = 2; p.orders < 32; p.orders += 2) {
		struct count count = { 0 };

		for (p.max_ptes_none = 0; p.max_ptes_none < 16; p.max_ptes_none++) {
			for (bits = 0; bits < 65536; bits++) {
				in.present[0] = bits;
				mthp_policy_plan(&p, &in, &work, &out);
				check(&p, &count);
			}
		}
		from_1->cases += count.cases;
		from_1->creep += count.creep;
		if (!(p.orders & 2)) {
			from_2->cases += count.cases;
			from_2->creep += count.creep;
		}
	}
}

static void test_16_guard(void **state)
{
	struct count from_1 = { 0 }, from_2 = { 0 };
	all_of_16(MTHP_RULE_GUARD, &from_1, &from_2);
	assert_int_equal(from_1.cases, 15728640);
	assert_int_equal(from_1.creep, 0);
	assert_int_equal(from_2.cases, 7340032);
	assert_int_equal(from_2.creep, 0);
}

/* I6: the published counts. */
static void test_16_scaled(void **state)
{
	struct count from_1 = { 0 }, from_2 = { 0 };
	all_of_16(MTHP_RULE_SCALED, &from_1, &from_2);
	assert_int_equal(from_1.cases, 15728640);
	assert_int_equal(from_1.creep, 1362576);
	assert_int_equal(from_2.cases, 7340032);
	assert_int_equal(from_2.creep, 481584);
}

static bool same_plan(const struct mthp_policy_out *a, const struct mthp_policy_out *b)
{
	return a->nr == b->nr && a->fill == b->fill &&
	       !memcmp(a->block, b->block, a->nr * sizeof(a->block[0]));
}

/* I3: 0 fills nothing, 15 collapses every block that holds a page, and all rules agree on both. */
static void test_16_two_values(void **state)
{
	struct mthp_policy_params p = { .pmd_order = 4, .min_order = 1 };
	static struct mthp_policy_out guard;
	uint32_t bits, largest, nr, start;
	memset(&in, 0, sizeof(in));
	in.pmd_allowed = 1;
	for (p.orders = 2; p.orders < 32; p.orders += 2) {
		largest = 31 - __builtin_clz(p.orders);
		for (bits = 0; bits < 65536; bits++) {
			in.present[0] = bits;
			for (p.max_ptes_none = 0; p.max_ptes_none < 16; p.max_ptes_none += 15) {
				p.rule = MTHP_RULE_GUARD;
				mthp_policy_plan(&p, &in, &work, &guard);
				for (p.rule = 1; p.rule < MTHP_NR_RULES; p.rule++) {
					mthp_policy_plan(&p, &in, &work, &out);
					if (!same_plan(&out, &guard))
						fail_case(&p, "the rules differ");
				}
				if (!p.max_ptes_none && guard.fill)
					fail_case(&p, "0 fills");
			}
			nr = 0;
			for (start = 0; start < 16; start += 1U << largest)
				nr += (bits >> start & ((1U << (1U << largest)) - 1)) != 0;
			if (guard.nr != nr || (nr && guard.block[0].order != largest))
				fail_case(&p, "15 does not take the largest order");
		}
	}
}

/*
 * Five kinds of PTE: empty, swapped out, cold, referenced, pinned. All checks except the comparison
 * with the reference, which would take too long here; test_opt_policy_random.c makes it.
 */
static struct count all_of_8(uint32_t rule, bool pmd_allowed)
{
	static const uint8_t present[5] = { 0, 0, 1, 1, 1 }, blocked[5] = { 0, 1, 0, 0, 1 },
			     referenced[5] = { 0, 0, 0, 1, 0 };
	struct mthp_policy_params p = { .pmd_order = 3, .min_order = 1, .rule = rule };
	struct count count = { 0 };
	uint32_t n, i, x;

	for (n = 0; n < 390625; n++) {
		memset(&in, 0, sizeof(in));
		in.need_referenced = 1;
		in.pmd_allowed = pmd_allowed;
		for (i = 0, x = n; i < 8; i++, x /= 5) {
			in.present[0] |= (uint64_t)present[x % 5] << i;
			in.blocked[0] |= (uint64_t)blocked[x % 5] << i;
			in.referenced[0] |= (uint64_t)referenced[x % 5] << i;
		}
		for (p.orders = 2; p.orders < 16; p.orders += 2) {
			for (p.max_ptes_none = 0; p.max_ptes_none < 8; p.max_ptes_none++) {
				const char *wrong;

				mthp_policy_plan(&p, &in, &work, &out);
				count.cases++;
				if (!out.nr)
					continue;
				wrong = check_blocks(&p, &in, &out);
				if (!wrong && rule == MTHP_RULE_GUARD)
					wrong = check_guard(&p, &in, &out);
				if (wrong)
					fail_case(&p, wrong);
				count.creep += check_second(&p, &in, &out) != 0;
			}
		}
	}
	return count;
}

static void test_8_guard(void **state)
{
	struct count yes = all_of_8(MTHP_RULE_GUARD, true);
	struct count no = all_of_8(MTHP_RULE_GUARD, false);
	assert_int_equal(yes.cases + no.cases, 43750000);
	assert_int_equal(yes.creep + no.creep, 0);
}

static void test_8_scaled(void **state)
{
	struct count yes = all_of_8(MTHP_RULE_SCALED, true);
	struct count no = all_of_8(MTHP_RULE_SCALED, false);
	assert_int_equal(yes.cases + no.cases, 43750000);
	assert_int_equal(yes.creep + no.creep, 47016);
}

/* Any block of any plan fails: its parts are planned again as the reference does. */
static void test_16_again(void **state)
{
	struct mthp_policy_params p = { .pmd_order = 4, .min_order = 1, .orders = 0x1e };
	static struct mthp_policy_out again;
	static struct ref_plan ref;
	const char *wrong;
	uint32_t bits, i;
	memset(&in, 0, sizeof(in));
	in.pmd_allowed = 1;
	for (p.max_ptes_none = 0; p.max_ptes_none < 16; p.max_ptes_none++) {
		for (bits = 0; bits < 65536; bits++) {
			in.present[0] = bits;
			p.rule = bits * 7 % 5 ? MTHP_RULE_GUARD : MTHP_RULE_SCALED;
			mthp_policy_plan(&p, &in, &work, &out);
			for (i = 0; i < out.nr; i++) {
				memcpy(&again, &out, offsetof(struct mthp_policy_out, block[16]));
				ref_plan(&p, &in, &ref);
				mthp_policy_replan(&p, &in, &work, &again, i);
				ref_replan(&p, &in, &ref, i);
				wrong = check_same(&p, &again, &ref);
				if (!wrong)
					wrong = check_blocks(&p, &in, &again);
				if (!wrong && p.rule == MTHP_RULE_GUARD)
					wrong = check_guard(&p, &in, &again);
				if (wrong)
					fail_case(&p, wrong);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_16_guard),      cmocka_unit_test(test_16_scaled),
		cmocka_unit_test(test_16_two_values), cmocka_unit_test(test_16_again),
		cmocka_unit_test(test_8_guard),	      cmocka_unit_test(test_8_scaled),
	};

	return cmocka_run_group_tests_name("policy_small", tests, NULL, NULL);
}
