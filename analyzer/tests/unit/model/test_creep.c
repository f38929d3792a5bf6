// SPDX-License-Identifier: GPL-2.0-only
/* The creep rule: which collapses are steps, and which steps form a chain. */
#include <stdlib.h>
#include <string.h>

#include <mthp/creep.h>

#include "tests/support/cm.h"

#define MS 1000000ULL

static struct mthp_creep creep;
static struct mthp_policy_in in;
static struct mthp_policy_params p;
static struct mthp_creep_step step;

static void start(uint32_t pmd_order, uint32_t m)
{
	memset(&creep, 0, sizeof(creep));
	memset(&in, 0, sizeof(in));
	memset(&p, 0, sizeof(p));
	memset(&step, 0xff, sizeof(step));
	p.pmd_order = pmd_order;
	p.min_order = 1;
	p.orders = (2U << pmd_order) - 2;
	p.max_ptes_none = m;
}

static void use(uint32_t first, uint32_t nr)
{
	mthp_bits_set(in.present, first, nr);
}

static void drop(uint32_t first, uint32_t nr)
{
	uint32_t i;

	for (i = first; i < first + nr; i++)
		in.present[i / 64] &= ~(1ULL << (i % 64));
	for (i = first; i <= first + nr && i < 1U << p.pmd_order; i++)
		in.joined[i / 64] &= ~(1ULL << (i % 64));
}

static void scan(uint64_t ms)
{
	mthp_creep_scan(&creep, &p, in.present, in.blocked, in.joined, ms * MS);
}

static uint32_t empty_in(uint32_t first, uint32_t nr)
{
	uint32_t empty = 0, i;

	for (i = first; i < first + nr; i++)
		empty += !mthp_bit_test(in.present, i) && !mthp_bit_test(in.blocked, i);
	return empty;
}

/* A collapse, and its effect on the range; the number of filled pages follows from the range as it is now. */
static int collapse(uint32_t offset, uint32_t order, uint64_t ms)
{
	uint32_t nr = 1U << order, fill = empty_in(offset, nr);

	use(offset, nr);
	mthp_bits_set(in.joined, offset + 1, nr - 1);
	in.joined[offset / 64] &= ~(1ULL << (offset % 64));
	return mthp_creep_collapse(&creep, offset, order, fill, ms * MS, &step);
}

/* Two half-filled siblings: the second collapse is possible only because of the first. */
static void test_one_step(void **state)
{
	start(9, 255);
	use(0, 9);
	use(16, 7);
	scan(100);
	assert_int_equal(collapse(0, 4, 150), MTHP_CREEP_NO);
	scan(1000);
	assert_int_equal(collapse(0, 5, 1100), MTHP_CREEP_STEP);
	assert_int_equal(step.steps, 1);
	assert_int_equal(step.orders, 1 << 4 | 1 << 5);
	assert_int_equal(step.filled, 7 + 9);
	assert_int_equal(step.new_fill, 9);
	assert_true(step.since_ns == 150 * MS);
}

/* Ten pages become 2M, in seven steps that are one chain. */
static void test_chain(void **state)
{
	uint32_t k;
	start(9, 255);
	use(0, 3);
	for (k = 2; k < 9; k++)
		use(1U << k, 1);
	scan(10);
	assert_int_equal(collapse(0, 2, 20), MTHP_CREEP_NO);
	for (k = 3; k <= 9; k++) {
		scan(100 * k);
		assert_int_equal(collapse(0, k, 100 * k + 1), MTHP_CREEP_STEP);
		assert_int_equal(step.steps, k - 2);
		assert_int_equal(step.orders, ((2U << k) - 1) & ~3U);
		assert_int_equal(step.filled, (1U << k) - 3 - (k - 2));
		assert_true(step.since_ns == 20 * MS);
		assert_int_equal(step.untouched, 1);
	}
	assert_int_equal(step.filled, 502);
}

/* The process touched more pages itself: the block is a candidate without the filled ones. */
static void test_organic(void **state)
{
	start(9, 255);
	use(0, 9);
	use(16, 7);
	scan(1);
	collapse(0, 4, 2);
	/* 16 + 7 used, 7 of them filled. 128K may have 15 empty: 17 unfilled ones must be used. */
	use(23, 1);
	scan(3);
	assert_int_equal(collapse(0, 5, 4), MTHP_CREEP_NO);

	start(9, 255);
	use(0, 9);
	use(16, 6);
	scan(1);
	collapse(0, 4, 2);
	use(22, 1); /* some growth, and not enough */
	scan(3);
	assert_int_equal(collapse(0, 5, 4), MTHP_CREEP_STEP);
	assert_int_equal(step.untouched, 0);
	/* A late collapse is a step, but not an untouched one: its cause is unknown. */
	start(9, 255);
	use(0, 9);
	use(16, 7);
	scan(1);
	collapse(0, 4, 2);
	scan(3);
	scan(4);
	assert_int_equal(collapse(0, 5, 5), MTHP_CREEP_STEP);
	assert_int_equal(step.untouched, 0);
	/* The same after a change of the settings. */
	start(9, 255);
	use(0, 9);
	use(16, 7);
	p.orders &= ~(1U << 5);
	scan(1);
	collapse(0, 4, 2);
	p.orders |= 1U << 5;
	scan(3);
	assert_int_equal(collapse(0, 5, 4), MTHP_CREEP_STEP);
	assert_int_equal(step.untouched, 0);
}

/* Growth beside creep in one range: each block is judged by its own pages. */
static void test_apart(void **state)
{
	start(9, 255);
	use(0, 9);
	use(16, 7);
	use(64, 20);
	scan(1);
	assert_int_equal(collapse(0, 4, 2), MTHP_CREEP_NO);
	assert_int_equal(collapse(64, 5, 2), MTHP_CREEP_NO);
	use(96, 20);
	scan(3);
	assert_int_equal(collapse(96, 5, 4), MTHP_CREEP_NO);
	assert_int_equal(collapse(0, 5, 4), MTHP_CREEP_STEP);
	assert_int_equal(step.orders, 1 << 4 | 1 << 5);
}

/* Filled pages that were given back, and touched again after a scan found them empty, are the process's. */
static void test_given_back(void **state)
{
	start(9, 255);
	use(0, 9);
	use(16, 7);
	scan(1);
	collapse(0, 4, 2);
	drop(9, 7);
	scan(3);
	use(9, 7);
	scan(4);
	assert_int_equal(collapse(0, 5, 5), MTHP_CREEP_NO);
}

/* The same without a scan between: the next scan finds the folio broken up. */
static void test_given_back_unseen(void **state)
{
	start(9, 255);
	use(0, 9);
	use(16, 7);
	scan(1);
	collapse(0, 4, 2);
	in.joined[0] = 0;
	scan(4);
	assert_int_equal(collapse(0, 5, 5), MTHP_CREEP_NO);
	/* Across a word, too. */
	start(9, 255);
	use(0, 65);
	scan(1);
	collapse(0, 7, 2);
	assert_int_equal(creep.w[1].filled, ~1ULL);
	in.joined[1] &= ~1ULL; /* PTE 63 or 64 is new: 64 is still joined to its right neighbour */
	scan(3);
	assert_int_equal(creep.w[1].filled, ~1ULL);
	in.joined[1] &= ~2ULL;
	scan(4);
	assert_int_equal(creep.w[1].filled, ~1ULL); /* 64 was not filled */
	in.joined[1] &= ~4ULL;			    /* 65 is joined to no neighbour now */
	scan(5);
	assert_int_equal(creep.w[1].filled, ~3ULL);
}

static void apart(uint32_t i)
{
	in.joined[i / 64] &= ~(1ULL << (i % 64));
}

/* 62 to 65 are filled, and one folio maps all: the state of 63 and 64 is decided across words. */
static void start_across(void)
{
	start(9, 255);
	use(0, 62);
	use(66, 10);
	scan(1);
	collapse(0, 7, 2);
	assert_int_equal(creep.w[0].filled, 3ULL << 62);
	assert_int_equal(creep.w[1].filled & 0xff, 3);
}

static void test_across_words(void **state)
{
	/* 63 is still joined to 64. */
	start_across();
	apart(63);
	scan(3);
	assert_int_equal(creep.w[0].filled, 3ULL << 62);
	start_across();
	apart(65);
	scan(3);
	assert_int_equal(creep.w[1].filled & 0xff, 3);
	/* 63 is joined to no neighbour. */
	start_across();
	drop(62, 1);
	scan(3);
	assert_int_equal(creep.w[0].filled, 1ULL << 63);
	apart(64);
	scan(4);
	assert_int_equal(creep.w[0].filled, 0);
	assert_int_equal(creep.w[1].filled & 0xff, 3);
	/* 64 is joined to no neighbour. */
	start_across();
	drop(65, 1);
	scan(3);
	assert_int_equal(creep.w[1].filled & 0xff, 1);
	apart(64);
	scan(4);
	assert_int_equal(creep.w[1].filled & 0xff, 0);
	assert_int_equal(creep.w[0].filled, 3ULL << 62);
}

/* Only the part that is still filled counts. */
static void test_partly_given_back(void **state)
{
	start(9, 255);
	use(0, 9);
	use(16, 7);
	scan(1);
	collapse(0, 4, 2);
	drop(9, 4);
	scan(3);
	use(9, 4);
	scan(4);
	/* 16 + 7 used, 3 of them filled: 20 of 32 unfilled, 12 empty of 15 allowed. */
	assert_int_equal(collapse(0, 5, 5), MTHP_CREEP_NO);
}

/* A changed setting explains a larger collapse; pages filled before the change do not matter. */
static void test_settings(void **state)
{
	start(9, 255);
	use(0, 9);
	use(16, 7);
	scan(1);
	collapse(0, 4, 2);
	p.max_ptes_none = 511;
	scan(3);
	assert_int_equal(collapse(0, 9, 4), MTHP_CREEP_NO);
	/* A collapse that no setting explains is no creep either. */
	start(9, 255);
	use(0, 9);
	scan(1);
	collapse(0, 4, 2);
	scan(3);
	assert_int_equal(collapse(0, 5, 4), MTHP_CREEP_NO);
	/* MADV_COLLAPSE takes any range that holds a page. */
	start(9, 511);
	use(0, 1);
	scan(1);
	assert_int_equal(collapse(0, 9, 2), MTHP_CREEP_NO);
}

/* The process gave back all pages that it had touched: the rest was filled. */
static void test_only_filled(void **state)
{
	start(9, 511);
	use(0, 2);
	scan(1);
	collapse(0, 4, 2);
	drop(0, 2);
	scan(3);
	assert_int_equal(collapse(0, 5, 4), MTHP_CREEP_STEP);
	assert_int_equal(step.filled, 14 + 18);
}

/* The kernel filled fewer pages than the scan found empty: it is unknown which ones. */
static void test_unsure(void **state)
{
	start(9, 255);
	use(0, 9);
	use(16, 7);
	scan(1);
	use(0, 16);
	mthp_bits_set(in.joined, 1, 15);
	assert_int_equal(mthp_creep_collapse(&creep, 0, 4, 0, 2 * MS, &step), MTHP_CREEP_NO);
	assert_int_equal(creep.unsure, 7);
	scan(3);
	assert_int_equal(collapse(0, 5, 4), MTHP_CREEP_NO);
	/* If the number of filled pages is unknown, all empty ones count as filled. */
	start(9, 255);
	use(0, 9);
	use(16, 7);
	scan(1);
	use(0, 16);
	mthp_bits_set(in.joined, 1, 15);
	mthp_creep_collapse(&creep, 0, 4, MTHP_CREEP_FILL_UNKNOWN, 2 * MS, &step);
	scan(3);
	assert_int_equal(collapse(0, 5, 4), MTHP_CREEP_STEP);
	/* Once no page counts as filled any more, none is unsure. */
	creep.unsure = 5;
	memset(in.present, 0, sizeof(in.present));
	scan(5);
	assert_int_equal(creep.unsure, 0);
}

static void test_unknown(void **state)
{
	start(9, 255);
	use(0, 16);
	assert_int_equal(collapse(0, 4, 1), MTHP_CREEP_UNKNOWN);
	scan(2);
	assert_int_equal(mthp_creep_collapse(&creep, 1, 4, 0, 3, &step), MTHP_CREEP_NO);
	assert_int_equal(mthp_creep_collapse(&creep, 512, 4, 0, 3, &step), MTHP_CREEP_NO);
	assert_int_equal(mthp_creep_collapse(&creep, ~0U, 4, 0, 3, &step), MTHP_CREEP_NO);
	assert_int_equal(mthp_creep_collapse(&creep, 0, 10, 0, 3, &step), MTHP_CREEP_NO);
	assert_int_equal(mthp_creep_collapse(&creep, 0, 0, 0, 3, &step), MTHP_CREEP_NO);
	assert_int_equal(mthp_creep_collapse(&creep, 0, ~0U, 0, 3, &step), MTHP_CREEP_NO);
}

/* Every PMD order stays within mthp_creep_size() bytes; ASan checks this. */
static void test_sizes(void **state)
{
	struct mthp_creep *c;
	uint32_t order;
	for (order = 2; order <= 13; order++) {
		start(order, (1U << order) / 2 - 1);
		c = calloc(1, mthp_creep_size(order));
		assert_non_null(c);
		use(0, 1U << order);
		mthp_creep_scan(c, &p, in.present, in.blocked, in.joined, 0);
		mthp_creep_collapse(c, (1U << order) - 2, 1, 0, 1, &step);
		mthp_creep_collapse(c, 0, order, 0, 1, &step);
		mthp_bits_set(in.joined, 1, (1U << order) - 1);
		mthp_creep_scan(c, &p, in.present, in.blocked, in.joined, 2);
		free(c);
	}
	assert_int_equal(mthp_creep_size(13), sizeof(struct mthp_creep));
	assert_int_equal(mthp_creep_size(6), mthp_creep_size(2));
}

static uint32_t draw(uint32_t below)
{
	static uint64_t x = 7;

	x = x * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(x >> 33) % below;
}

/* A small random change of a range of 2^8 PTEs between two scans, most often in the middle. */
static void happen(void)
{
	uint32_t i = draw(3) ? 120 + draw(16) : draw(256), nr = 1 + draw(4) * draw(8);

	if (i + nr > 256)
		nr = 256 - i;
	switch (draw(4)) {
	case 0:
		use(i, nr);
		break;
	case 1:
		drop(i, nr);
		break;
	case 2: /* used PTEs are swapped out */
		while (nr-- && mthp_bit_test(in.present, i + nr)) {
			drop(i + nr, 1);
			mthp_bits_set(in.blocked, i + nr, 1);
		}
		break;
	default: /* swapped-out PTEs come back, in other pages */
		while (nr--) {
			if (mthp_bit_test(in.blocked, i + nr))
				use(i + nr, 1);
			in.blocked[(i + nr) / 64] &= ~(1ULL << ((i + nr) % 64));
			in.joined[(i + nr) / 64] &= ~(1ULL << ((i + nr) % 64));
		}
	}
}

/* Skipping a calm range does not change its state, whatever happens to the range. */
static void test_calm(void **state)
{
	uint32_t i, at, order, fill, passed = 0, woken = 0;
	struct mthp_creep plain;
	int was, same;
	start(8, 96);
	plain = creep;
	for (i = 0; i < 20000; i++) {
		same = mthp_creep_finds_same(&creep, in.present, in.blocked, in.joined, 4);
		passed += creep.calm && same;
		woken += creep.calm && !same;
		scan(i);
		plain.calm = 0;
		mthp_creep_scan(&plain, &p, in.present, in.blocked, in.joined, i * MS);
		plain.calm = creep.calm;
		assert_memory_equal(&plain, &creep, sizeof(creep));
		if (!draw(4))
			happen();
		if (!draw(9)) {
			order = 1 + draw(2) * draw(8);
			at = (draw(3) ? 120 + draw(16) : draw(256)) >> order << order;
			fill = empty_in(at, 1U << order);
			was = mthp_creep_collapse(&plain, at, order, fill, i * MS, &step);
			assert_int_equal(collapse(at, order, i), was);
		}
		if (!draw(200))
			start(8, draw(256));
		if (!creep.pmd_order)
			plain = creep;
	}
	assert_true(passed > 1000);
	assert_true(woken > 1000);
}

static void test_popcount(void **state)
{
	uint64_t x = 1;
	uint32_t i;
	assert_int_equal(mthp_popcount(0), 0);
	assert_int_equal(mthp_popcount(~0ULL), 64);
	for (i = 0; i < 10000; i++) {
		x = x * 6364136223846793005ULL + 1442695040888963407ULL;
		assert_int_equal(mthp_popcount(x), __builtin_popcountll(x));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_step),     cmocka_unit_test(test_chain),
		cmocka_unit_test(test_organic),	     cmocka_unit_test(test_apart),
		cmocka_unit_test(test_given_back),   cmocka_unit_test(test_given_back_unseen),
		cmocka_unit_test(test_across_words), cmocka_unit_test(test_partly_given_back),
		cmocka_unit_test(test_settings),     cmocka_unit_test(test_only_filled),
		cmocka_unit_test(test_unsure),	     cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_sizes),	     cmocka_unit_test(test_popcount),
		cmocka_unit_test(test_calm),
	};

	return cmocka_run_group_tests_name("creep", tests, NULL, NULL);
}
