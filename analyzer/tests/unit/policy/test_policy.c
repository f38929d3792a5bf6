// SPDX-License-Identifier: GPL-2.0-only
/* The collapse policy: examples computed by hand, and parameters that it refuses. */
#include <string.h>

#include "tests/support/cm.h"
#include "tests/support/policy_check.h"

static struct mthp_policy_in in;
static struct mthp_policy_work work;
static struct mthp_policy_out out;

#define ALL9 0x3fcU /* orders 2 ... 9 */

static struct mthp_policy_params params(uint32_t pmd_order, uint32_t orders, uint32_t m)
{
	struct mthp_policy_params p = { .orders = orders,
					.max_ptes_none = m,
					.pmd_order = pmd_order,
					.min_order = 2,
					.rule = MTHP_RULE_GUARD };

	return p;
}

static void nothing(void)
{
	memset(&in, 0, sizeof(in));
	in.pmd_allowed = 1;
}

static void use(uint32_t start, uint32_t nr)
{
	mthp_bits_set(in.present, start, nr);
}

static int plan(const struct mthp_policy_params *p)
{
	int nr = mthp_policy_plan(p, &in, &work, &out);
	const char *wrong;

	assert_int_equal(nr, out.nr);
	wrong = check_blocks(p, &in, &out);
	if (!wrong)
		wrong = check_reference(p, &in, &work, &out);
	if (wrong)
		fail_msg("%s: %s", wrong, check_case(p, &in));
	return nr;
}

static void assert_block(uint32_t i, uint32_t offset, uint32_t order, uint32_t fill)
{
	assert_true(i < out.nr);
	assert_int_equal(out.block[i].offset, offset);
	assert_int_equal(out.block[i].order, order);
	assert_int_equal(out.block[i].fill, fill);
}

/* Carries the plan out and plans again, until no block is planned; returns the number of plans. */
static uint32_t settle(const struct mthp_policy_params *p)
{
	uint32_t rounds = 0;

	while (plan(p)) {
		rounds++;
		assert_true(rounds < 20);
		if (ref_apply(p, out.block, out.nr, &in))
			break;
	}
	return rounds;
}

/*
 * At 255 a 64K block may have 7 empty PTEs and a 128K block 15. One sibling has 7 and the other 9:
 * 16 is one too many for 128K. Filling the first leaves 9, and the plain rule creeps.
 */
static void test_siblings_at_255(void **state)
{
	struct mthp_policy_params p = params(9, 1 << 4 | 1 << 5, 255);
	nothing();
	use(0, 9);
	use(16, 7);
	assert_int_equal(plan(&p), 0);
	assert_int_equal(mthp_policy_why(&p, &in, &work, &out, 0, 4), MTHP_WHY_GUARD);
	assert_int_equal(mthp_policy_why(&p, &in, &work, &out, 16, 4), MTHP_WHY_NONE);
	assert_int_equal(mthp_policy_why(&p, &in, &work, &out, 0, 5), MTHP_WHY_NONE);
	assert_int_equal(mthp_policy_why(&p, &in, &work, &out, 0, 3), MTHP_WHY_DISABLED);
	assert_int_equal(mthp_policy_why(&p, &in, &work, &out, 32, 5), MTHP_WHY_EMPTY);
	assert_int_equal(out.refused[4][MTHP_WHY_GUARD], 1);
	assert_int_equal(out.refused[4][MTHP_WHY_NONE], 1);
	assert_int_equal(out.refused[5][MTHP_WHY_NONE], 1);
	assert_int_equal(out.refused[5][MTHP_WHY_EMPTY], 15);
	assert_int_equal(out.refused[4][MTHP_WHY_EMPTY], 0);

	p.rule = MTHP_RULE_SCALED;
	assert_int_equal(plan(&p), 1);
	assert_block(0, 0, 4, 7);
	ref_apply(&p, out.block, out.nr, &in);
	assert_int_equal(plan(&p), 1);
	assert_block(0, 0, 5, 9);
}

/* With one page more in the second sibling the guard does nothing: 128K is eligible at once. */
static void test_siblings_at_256(void **state)
{
	struct mthp_policy_params p = params(9, 1 << 4 | 1 << 5, 256);
	nothing();
	use(0, 9);
	use(16, 7);
	assert_int_equal(plan(&p), 1);
	assert_block(0, 0, 5, 16);
	p.max_ptes_none = 255;
	use(23, 1);
	assert_int_equal(plan(&p), 1);
	assert_block(0, 0, 5, 15);
}

/* A page less, and the first sibling may be filled: 128K stays one too far away. */
static void test_guard_leaves_room(void **state)
{
	struct mthp_policy_params p = params(9, 1 << 4 | 1 << 5, 255);
	nothing();
	use(0, 9);
	use(16, 0);
	assert_int_equal(plan(&p), 1);
	assert_block(0, 0, 4, 7);
	assert_int_equal(out.fill, 7);
	ref_apply(&p, out.block, out.nr, &in);
	assert_int_equal(plan(&p), 0);
	assert_int_equal(mthp_policy_why(&p, &in, &work, &out, 0, 4), MTHP_WHY_BACKED);
}

/* F(A): the guard allows each of two blocks by itself, but not both, which would make A eligible. */
static void test_guard_adds_up(void **state)
{
	struct mthp_policy_params p = params(9, 1 << 3 | 1 << 5, 255);
	nothing();
	use(0, 5);  /* 3 empty of 3 allowed */
	use(8, 5);  /* the same */
	use(16, 2); /* 6 empty: too many */
	assert_int_equal(ref_none(&in, 0, 5), 20);
	/* 20 - 3 = 17 and 20 - 6 = 14, with 15 allowed: the first fits, the second does not. */
	assert_int_equal(plan(&p), 1);
	assert_block(0, 0, 3, 3);
	assert_int_equal(mthp_policy_why(&p, &in, &work, &out, 8, 3), MTHP_WHY_GUARD);
	p.rule = MTHP_RULE_SCALED;
	assert_int_equal(plan(&p), 2);
}

/* Ten pages at 255: the plain rule makes 2M of them, one order per scan; the guard prevents that. */
static void test_ten_pages(void **state)
{
	struct mthp_policy_params p = params(9, ALL9, 255);
	uint32_t k;
	nothing();
	use(0, 3);
	for (k = 2; k < 9; k++)
		use(1 << k, 1);
	assert_int_equal(settle(&p), 0);
	assert_int_equal(out.refused[2][MTHP_WHY_GUARD], 1);
	p.rule = MTHP_RULE_SCALED;
	assert_int_equal(settle(&p), 8);
	assert_block(0, 0, 9, 255);
}

/* Each order by itself: a block at its limit is planned, one beyond it is not. */
static void test_every_order(void **state)
{
	static const uint32_t values[] = { 0, 1, 63, 64, 127, 128, 255, 256, 300, 383, 510, 511 };
	uint32_t k, i;
	for (k = 2; k <= 9; k++) {
		for (i = 0; i < ARRAY_SIZE(values); i++) {
			struct mthp_policy_params p = params(9, 1U << k, values[i]);
			uint32_t allowed = ref_allowed(&p, k), at = 512 - (1U << k);

			assert_int_equal(mthp_policy_allowed(&p, k), allowed);
			nothing();
			use(at, (1U << k) - allowed);
			assert_int_equal(plan(&p), 1);
			assert_block(0, at, k, allowed);
			if (allowed == (1U << k) - 1)
				continue;
			nothing();
			use(at, (1U << k) - allowed - 1);
			assert_int_equal(plan(&p), 0);
			assert_int_equal(mthp_policy_why(&p, &in, &work, &out, at, k),
					 MTHP_WHY_NONE);
		}
	}
}

/* allowed(k) at the values in the documentation. */
static void test_allowed(void **state)
{
	struct mthp_policy_params p = params(9, ALL9, 511);
	static const uint16_t at_255[] = { 0, 0, 1, 3, 7, 15, 31, 63, 127, 255 };
	static const uint16_t at_256[] = { 0, 1, 2, 4, 8, 16, 32, 64, 128, 256 };
	uint32_t k;
	for (k = 1; k <= 9; k++) {
		p.max_ptes_none = 511;
		assert_int_equal(mthp_policy_allowed(&p, k), (1U << k) - 1);
		p.max_ptes_none = 510;
		assert_int_equal(mthp_policy_allowed(&p, k), k == 9 ? 510 : (1U << k) - 1);
		p.max_ptes_none = 255;
		assert_int_equal(mthp_policy_allowed(&p, k), at_255[k]);
		p.max_ptes_none = 256;
		assert_int_equal(mthp_policy_allowed(&p, k), at_256[k]);
		p.rule = MTHP_RULE_TWO_VALUE;
		assert_int_equal(mthp_policy_allowed(&p, k), k == 9 ? 256 : 0);
		p.max_ptes_none = 511;
		assert_int_equal(mthp_policy_allowed(&p, k), (1U << k) - 1);
		p.rule = MTHP_RULE_GUARD;
	}
}

/* 64K base pages: 8192 PTEs, 512M; and a range smaller than a word. */
static void test_other_pmd_orders(void **state)
{
	struct mthp_policy_params p = params(13, 0x3ffc, 8191);
	nothing();
	use(8191, 1);
	assert_int_equal(plan(&p), 1);
	assert_block(0, 0, 13, 8191);
	p.max_ptes_none = 4095;
	nothing();
	use(0, 8192 - 4095);
	assert_int_equal(plan(&p), 1);
	assert_block(0, 0, 13, 4095);
	p.orders = 0x1ffc;
	use(4097, 2);
	assert_int_equal(plan(&p), 2);
	assert_block(0, 0, 12, 0);
	assert_block(1, 4096, 2, 1);
	nothing();
	use(0, 8192);
	p.orders = 1 << 2;
	assert_int_equal(plan(&p), 2048);
	assert_block(2047, 8188, 2, 0);

	p = params(2, 1 << 2, 1);
	nothing();
	use(0, 3);
	assert_int_equal(plan(&p), 1);
	assert_block(0, 0, 2, 1);
	in.present[0] = ~0xfULL;
	assert_int_equal(plan(&p), 0);
}

/* One blocked page prevents its own smallest block, and no other. */
static void test_blocked(void **state)
{
	struct mthp_policy_params p = params(9, ALL9, 0);
	nothing();
	use(0, 512);
	mthp_bits_set(in.blocked, 100, 1);
	in.pmd_allowed = 0;
	assert_int_equal(plan(&p), 7);
	assert_int_equal(mthp_policy_why(&p, &in, &work, &out, 100, 2), MTHP_WHY_BLOCKED);
	assert_int_equal(mthp_policy_why(&p, &in, &work, &out, 0, 9), MTHP_WHY_PMD);
	assert_int_equal(mthp_policy_why(&p, &in, &work, &out, 104, 2), MTHP_WHY_COVERED);
	in.pmd_allowed = 1;
	assert_int_equal(plan(&p), 1);
	assert_block(0, 0, 9, 0);
}

static void test_referenced(void **state)
{
	struct mthp_policy_params p = params(9, 1 << 4, 0);
	nothing();
	use(0, 512);
	in.need_referenced = 1;
	assert_int_equal(plan(&p), 0);
	assert_int_equal(out.refused[4][MTHP_WHY_UNREFERENCED], 32);
	mthp_bits_set(in.referenced, 77, 1);
	assert_int_equal(plan(&p), 1);
	assert_block(0, 64, 4, 0);
	in.need_referenced = 0;
	assert_int_equal(plan(&p), 32);
}

/* A block of one folio is left as it is, also if the folio is larger or not aligned. */
static void test_backed(void **state)
{
	struct mthp_policy_params p = params(9, 1 << 4 | 1 << 3, 0);
	nothing();
	use(0, 512);
	mthp_bits_set(in.joined, 1, 31);      /* order 5 at 0 */
	mthp_bits_set(in.joined, 32 + 9, 15); /* order 4 at 40 */
	plan(&p);
	assert_int_equal(mthp_policy_why(&p, &in, &work, &out, 0, 4), MTHP_WHY_BACKED);
	assert_int_equal(mthp_policy_why(&p, &in, &work, &out, 16, 3), MTHP_WHY_BACKED);
	assert_int_equal(mthp_policy_why(&p, &in, &work, &out, 32, 4), MTHP_WHY_PLANNED);
	assert_int_equal(mthp_policy_why(&p, &in, &work, &out, 48, 4), MTHP_WHY_PLANNED);
	p.orders = 1 << 3;
	plan(&p);
	assert_int_equal(mthp_policy_why(&p, &in, &work, &out, 40, 3), MTHP_WHY_BACKED);
	assert_int_equal(mthp_policy_why(&p, &in, &work, &out, 32, 3), MTHP_WHY_PLANNED);
	/* Order P is collapsed as long as the range is mapped by PTEs. */
	mthp_bits_set(in.joined, 1, 511);
	p.orders = 1 << 9;
	assert_int_equal(plan(&p), 1);
	p.orders = 1 << 8;
	assert_int_equal(plan(&p), 0);
	in.joined[4] &= ~1ULL; /* two folios of order 8 */
	assert_int_equal(plan(&p), 0);
	in.joined[3] &= ~1ULL;
	assert_int_equal(plan(&p), 1);
	assert_block(0, 0, 8, 0);
}

/* Swapped-out PTEs are read in by order P: blocked, and not empty. */
static void test_swapped(void **state)
{
	struct mthp_policy_params p = params(9, ALL9, 0);
	nothing();
	use(0, 500);
	mthp_bits_set(in.blocked, 500, 12);
	assert_int_equal(plan(&p), 1);
	assert_block(0, 0, 9, 0);
}

/* A block fails because of one page: the rest of it still collapses, to smaller orders. */
static void test_plan_again(void **state)
{
	struct mthp_policy_params p = params(9, ALL9 & ~(1U << 9), 0);
	nothing();
	use(0, 512);
	assert_int_equal(plan(&p), 2);
	mthp_bits_set(in.blocked, 3, 1);
	mthp_policy_count(&p, &in, &work);
	assert_int_equal(mthp_policy_replan(&p, &in, &work, &out, 0), 6);
	assert_int_equal(out.nr, 7);
	assert_block(0, 256, 8, 0);
	assert_block(1, 4, 2, 0);
	assert_block(2, 8, 3, 0);
	assert_block(6, 128, 7, 0);
	assert_int_equal(mthp_policy_why(&p, &in, &work, &out, 0, 2), MTHP_WHY_BLOCKED);
	/* The smallest order fails, too: no smaller one remains. */
	assert_int_equal(mthp_policy_replan(&p, &in, &work, &out, 1), 0);
	assert_int_equal(out.nr, 6);
	assert_block(1, 128, 7, 0);
	assert_int_equal(mthp_policy_replan(&p, &in, &work, &out, 6), MTHP_POLICY_EBLOCK);
}

/* F(A) still counts the pages that the rest of the plan fills, also if the range changed meanwhile. */
static void test_plan_again_guarded(void **state)
{
	struct mthp_policy_params p = params(9, 1 << 3 | 1 << 4 | 1 << 6, 255);
	static struct mthp_policy_out first;
	nothing();
	use(0, 9);  /* order 4: 7 empty of 7 */
	use(16, 9); /* the same */
	use(32, 2);
	assert_int_equal(ref_none(&in, 0, 6), 44); /* 31 allowed: 12 may be filled */
	assert_int_equal(plan(&p), 2);
	assert_block(0, 0, 4, 7);
	assert_block(1, 16, 3, 0);
	assert_int_equal(mthp_policy_why(&p, &in, &work, &out, 16, 4), MTHP_WHY_GUARD);
	first = out;
	/* The first fails: two of its pages are gone, and four others were added elsewhere. 10 may be filled. */
	in.present[0] &= ~0x3ULL;
	use(36, 4);
	mthp_policy_count(&p, &in, &work);
	assert_int_equal(mthp_policy_replan(&p, &in, &work, &out, 0), 1);
	assert_block(0, 16, 3, 0);
	assert_block(1, 0, 3, 2);
	assert_int_equal(out.fill, 2);
	/* The same with fourteen: none may be filled. */
	out = first;
	use(36, 14);
	mthp_policy_count(&p, &in, &work);
	assert_int_equal(mthp_policy_replan(&p, &in, &work, &out, 0), 0);
	assert_int_equal(out.nr, 1);
	assert_int_equal(out.refused[3][MTHP_WHY_GUARD], 1);
}

/* The same, if the rest of the plan has used up the pages that may be filled. */
static void test_plan_again_adds_up(void **state)
{
	struct mthp_policy_params p = params(9, 1 << 2 | 1 << 3 | 1 << 6, 255);
	nothing();
	use(0, 3); /* order 3: 3 empty of 3; order 2 in it: 1 empty of 1 */
	use(4, 2);
	use(8, 5);
	use(16, 16);
	assert_int_equal(ref_none(&in, 0, 6), 38); /* 31 allowed: 6 may be filled */
	assert_int_equal(plan(&p), 4);
	assert_block(0, 0, 3, 3);
	assert_block(1, 8, 3, 3);
	/* Three pages were added: 3 may be filled, and the second block fills them. */
	use(40, 3);
	mthp_policy_count(&p, &in, &work);
	assert_int_equal(mthp_policy_replan(&p, &in, &work, &out, 0), 0);
	assert_int_equal(out.nr, 3);
	assert_int_equal(out.fill, 3);
	assert_int_equal(out.refused[2][MTHP_WHY_GUARD], 1);
}

static void test_bad_parameters(void **state)
{
	static const struct {
		struct mthp_policy_params p;
		int err;
	} rows[] = {
		{ { .pmd_order = 1, .min_order = 1 }, MTHP_POLICY_EPMD },
		{ { .pmd_order = 0, .min_order = 0 }, MTHP_POLICY_EPMD },
		{ { .pmd_order = 14, .min_order = 2 }, MTHP_POLICY_EPMD },
		{ { .pmd_order = 255, .min_order = 2 }, MTHP_POLICY_EPMD },
		{ { .pmd_order = 9, .min_order = 0 }, MTHP_POLICY_EMIN },
		{ { .pmd_order = 9, .min_order = 10 }, MTHP_POLICY_EMIN },
		{ { .pmd_order = 9, .min_order = 255 }, MTHP_POLICY_EMIN },
		{ { .pmd_order = 9, .min_order = 2, .orders = 1 << 1 }, MTHP_POLICY_EORDERS },
		{ { .pmd_order = 9, .min_order = 2, .orders = 1 << 10 }, MTHP_POLICY_EORDERS },
		{ { .pmd_order = 9, .min_order = 2, .orders = ~0U }, MTHP_POLICY_EORDERS },
		{ { .pmd_order = 13, .min_order = 2, .orders = 1U << 31 }, MTHP_POLICY_EORDERS },
		{ { .pmd_order = 9, .min_order = 2, .max_ptes_none = 512 }, MTHP_POLICY_ENONE },
		{ { .pmd_order = 9, .min_order = 2, .max_ptes_none = ~0U }, MTHP_POLICY_ENONE },
		{ { .pmd_order = 9, .min_order = 2, .rule = MTHP_NR_RULES }, MTHP_POLICY_ERULE },
		{ { .pmd_order = 9, .min_order = 2, .rule = 255 }, MTHP_POLICY_ERULE },
		{ { .pmd_order = 9, .min_order = 9, .max_ptes_none = 511 }, 0 },
		{ { .pmd_order = 2, .min_order = 1, .orders = 6, .max_ptes_none = 3 }, 0 },
	};
	size_t i;
	nothing();
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		memset(&out, 0xff, sizeof(out));
		assert_int_equal(mthp_policy_check(&rows[i].p), rows[i].err);
		assert_int_equal(mthp_policy_plan(&rows[i].p, &in, &work, &out), rows[i].err);
		assert_int_equal(out.nr, 0);
		assert_int_equal(out.fill, 0);
	}
	assert_int_equal(mthp_policy_replan(&rows[16].p, &in, &work, &out, 0), MTHP_POLICY_EBLOCK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_siblings_at_255),
		cmocka_unit_test(test_siblings_at_256),
		cmocka_unit_test(test_guard_leaves_room),
		cmocka_unit_test(test_guard_adds_up),
		cmocka_unit_test(test_ten_pages),
		cmocka_unit_test(test_every_order),
		cmocka_unit_test(test_allowed),
		cmocka_unit_test(test_other_pmd_orders),
		cmocka_unit_test(test_blocked),
		cmocka_unit_test(test_referenced),
		cmocka_unit_test(test_backed),
		cmocka_unit_test(test_swapped),
		cmocka_unit_test(test_plan_again),
		cmocka_unit_test(test_plan_again_guarded),
		cmocka_unit_test(test_plan_again_adds_up),
		cmocka_unit_test(test_bad_parameters),
	};

	return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
