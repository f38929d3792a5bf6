// SPDX-License-Identifier: GPL-2.0-only
/* Which failed attempts are vain: the rule by itself. test_ranges.c has the table of ranges around it. */
#include <string.h>

#include <mthp/vain.h>

#include "tests/support/cm.h"

#define P     9
#define WORDS 8

#define HUGE MTHP_R_PTE_MAPPED_HUGEPAGE
#define NONE MTHP_R_EXCEED_NONE_PTE

static struct mthp_vain vain;
static __u64 present[WORDS], blocked[WORDS], joined[WORDS];

static void start(void)
{
	memset(&vain, 0, sizeof(vain));
	memset(present, 0, sizeof(present));
	memset(blocked, 0, sizeof(blocked));
	memset(joined, 0, sizeof(joined));
}

static void scan(void)
{
	mthp_vain_scan(&vain, P, present, blocked, joined);
}

static int attempt(uint32_t offset, uint32_t order, uint32_t result)
{
	return mthp_vain_attempt(&vain, P, offset, order, result, 0);
}

static int asked(uint32_t offset, uint32_t order, uint32_t result)
{
	return mthp_vain_attempt(&vain, P, offset, order, result, 1);
}

/* The block becomes one folio: all of its PTEs are present, and all but the first joined. */
static void make_folio(uint32_t offset, uint32_t order)
{
	mthp_bits_set(present, offset, 1U << order);
	mthp_bits_set(joined, offset + 1, (1U << order) - 1);
	joined[offset / 64] &= ~(1ULL << (offset % 64));
}

static void test_same(void **state)
{
	start();
	mthp_bits_set(present, 0, 5);
	scan();
	/* What happened before the first scan that was seen is unknown. */
	assert_int_equal(attempt(0, 4, NONE), MTHP_VAIN_UNKNOWN);
	scan();
	assert_int_equal(attempt(0, 4, NONE), MTHP_VAIN_SAME);
	scan();
	scan();
	assert_int_equal(attempt(0, 4, NONE), MTHP_VAIN_SAME);
	scan();
	assert_int_equal(attempt(0, 4, MTHP_R_ALLOC_HUGE_PAGE_FAIL), MTHP_VAIN_NO);
	scan();
	assert_int_equal(attempt(0, 4, NONE), MTHP_VAIN_NO);
	scan();
	assert_int_equal(attempt(0, 4, NONE), MTHP_VAIN_SAME);
}

/* A change anywhere in the range, of any of the three bitmaps. */
static void test_changed(void **state)
{
	__u64 *maps[] = { present, blocked, joined };
	size_t i;

	start();
	mthp_bits_set(present, 0, 5);
	scan();
	attempt(0, 4, NONE);
	for (i = 0; i < ARRAY_SIZE(maps); i++) {
		scan();
		assert_int_equal(attempt(0, 4, NONE), MTHP_VAIN_SAME);
		maps[i][7] ^= 1ULL << 63;
		scan();
		assert_int_equal(attempt(0, 4, NONE), MTHP_VAIN_NO);
		/* There and back again between two attempts is a change, too. */
		maps[i][7] ^= 1ULL << 63;
		scan();
		maps[i][7] ^= 1ULL << 63;
		scan();
		assert_int_equal(attempt(0, 4, NONE), MTHP_VAIN_NO);
	}
}

/* The same bits in other words, or in another bitmap, are another range. */
static void test_hash(void **state)
{
	start();
	present[0] = 1;
	scan();
	attempt(0, 4, NONE);
	present[0] = 0;
	present[1] = 1;
	scan();
	assert_int_equal(attempt(0, 4, NONE), MTHP_VAIN_NO);
	present[1] = 0;
	blocked[1] = 1;
	scan();
	assert_int_equal(attempt(0, 4, NONE), MTHP_VAIN_NO);
	/* An empty range has a hash, too. */
	start();
	scan();
	attempt(0, 4, NONE);
	scan();
	assert_int_equal(attempt(0, 4, NONE), MTHP_VAIN_SAME);
}

/* Each block of each size has a memory of its own. */
static void test_blocks(void **state)
{
	uint32_t order, offset, pass;

	start();
	mthp_bits_set(present, 3, 400);
	for (pass = 0; pass < 3; pass++) {
		scan();
		for (order = 2; order <= P; order++) {
			for (offset = 0; offset < 1U << P; offset += 1U << order) {
				uint32_t result = 6 + (offset >> order) % 7 + order;

				assert_int_equal(attempt(offset, order, result),
						 pass ? MTHP_VAIN_SAME : MTHP_VAIN_UNKNOWN);
			}
		}
	}
}

/* A folio of the block's size is seen at the first scan; it need not have been tried before. */
static void test_done(void **state)
{
	start();
	make_folio(0, 4);
	make_folio(16, 5);
	make_folio(64, 8); /* not aligned: it ends at 320 */
	mthp_bits_set(present, 500, 1);
	scan();
	assert_int_equal(attempt(0, 4, HUGE), MTHP_VAIN_DONE);
	/* Another result has another cause. */
	assert_int_equal(attempt(16, 4, NONE), MTHP_VAIN_UNKNOWN);
	assert_int_equal(attempt(64, 6, HUGE), MTHP_VAIN_DONE);
	assert_int_equal(attempt(256, 6, HUGE), MTHP_VAIN_DONE);
	/* Half of it is another folio: the result was not foreseeable from the bitmaps. */
	assert_int_equal(attempt(256, 7, HUGE), MTHP_VAIN_UNKNOWN);
	assert_int_equal(attempt(0, 5, HUGE), MTHP_VAIN_UNKNOWN);
	scan();
	assert_int_equal(attempt(0, 4, HUGE), MTHP_VAIN_DONE);
	assert_int_equal(attempt(256, 7, HUGE), MTHP_VAIN_SAME);
	make_folio(0, 9);
	scan();
	assert_int_equal(attempt(0, 9, HUGE), MTHP_VAIN_DONE);
	/* One page of it was given back. */
	present[0] &= ~(1ULL << 7);
	joined[0] &= ~(3ULL << 7);
	scan();
	assert_int_equal(attempt(0, 4, HUGE), MTHP_VAIN_NO);
	assert_int_equal(attempt(16, 4, HUGE), MTHP_VAIN_DONE);
}

static void test_success(void **state)
{
	start();
	mthp_bits_set(present, 0, 16);
	scan();
	attempt(0, 4, NONE);
	scan();
	assert_int_equal(attempt(0, 4, MTHP_R_SUCCEED), MTHP_VAIN_NO);
	/* The kernel may change nothing that a scan sees: a folio of pages that were joined before. */
	scan();
	assert_int_equal(attempt(0, 4, NONE), MTHP_VAIN_NO);
}

/* MADV_COLLAPSE has other rules than khugepaged: what fails for the one may succeed for the other. */
static void test_requesters(void **state)
{
	start();
	mthp_bits_set(present, 0, 100);
	scan();
	attempt(0, 9, NONE);
	scan();
	assert_int_equal(asked(0, 9, NONE), MTHP_VAIN_NO);
	scan();
	assert_int_equal(asked(0, 9, NONE), MTHP_VAIN_SAME);
	scan();
	assert_int_equal(attempt(0, 9, NONE), MTHP_VAIN_NO);
	scan();
	assert_int_equal(attempt(0, 9, NONE), MTHP_VAIN_SAME);
}

/* Lost events: a scan between two attempts, or its bitmaps. */
static void test_lost(void **state)
{
	start();
	assert_int_equal(attempt(0, 4, HUGE), MTHP_VAIN_UNKNOWN);
	assert_int_equal(attempt(0, 4, MTHP_R_SUCCEED), MTHP_VAIN_NO);
	make_folio(0, 4);
	scan();
	assert_int_equal(attempt(0, 4, HUGE), MTHP_VAIN_DONE);
	assert_int_equal(attempt(0, 4, HUGE), MTHP_VAIN_UNKNOWN);
	assert_int_equal(attempt(16, 4, NONE), MTHP_VAIN_UNKNOWN);
	scan();
	assert_int_equal(attempt(16, 4, NONE), MTHP_VAIN_SAME);
	mthp_vain_forget(&vain);
	assert_int_equal(attempt(16, 4, NONE), MTHP_VAIN_UNKNOWN);
	scan();
	/* The range may have changed meanwhile, and back. */
	assert_int_equal(attempt(16, 4, NONE), MTHP_VAIN_UNKNOWN);
	scan();
	assert_int_equal(attempt(16, 4, NONE), MTHP_VAIN_SAME);
}

/* Values that no kernel sends. */
static void test_nonsense(void **state)
{
	start();
	scan();
	assert_int_equal(attempt(0, 0, NONE), MTHP_VAIN_UNKNOWN);
	assert_int_equal(attempt(0, 1, NONE), MTHP_VAIN_UNKNOWN);
	assert_int_equal(attempt(0, 10, NONE), MTHP_VAIN_UNKNOWN);
	assert_int_equal(attempt(0, 13, NONE), MTHP_VAIN_UNKNOWN);
	assert_int_equal(attempt(8, 4, NONE), MTHP_VAIN_UNKNOWN);
	assert_int_equal(attempt(512, 4, NONE), MTHP_VAIN_UNKNOWN);
	assert_int_equal(attempt(~0U & ~15U, 4, NONE), MTHP_VAIN_UNKNOWN);
	assert_int_equal(attempt(0, 4, 64), MTHP_VAIN_UNKNOWN);
	assert_int_equal(attempt(0, 4, 255), MTHP_VAIN_UNKNOWN);
	assert_int_equal(attempt(0, 4, 0), MTHP_VAIN_UNKNOWN);
	assert_int_equal(attempt(0, 4, 63), MTHP_VAIN_UNKNOWN);
	scan();
	assert_int_equal(attempt(0, 4, 63), MTHP_VAIN_SAME);
	/* A state of tables of another size: damaged traces have both. */
	assert_int_equal(mthp_vain_attempt(&vain, 8, 0, 4, NONE, 0), MTHP_VAIN_UNKNOWN);
}

static void test_sums(void **state)
{
	struct mthp_vain_sum sum = { 0 };
	struct mthp_proc proc = { 0 };
	struct mthp_ev ev = { .order = 4 };

	mthp_vain_add(&sum, &ev, MTHP_VAIN_NO);
	mthp_vain_add(&sum, &ev, MTHP_VAIN_UNKNOWN);
	mthp_vain_add(&sum, &ev, MTHP_VAIN_SAME);
	ev.known = MTHP_KNOWN_DUR | MTHP_KNOWN(STALL);
	ev.dur_ns = 100;
	ev.v[MTHP_V_STALL] = 60;
	mthp_vain_add(&sum, &ev, MTHP_VAIN_UNKNOWN);
	mthp_vain_add(&sum, &ev, MTHP_VAIN_DONE);
	assert_int_equal(sum.same, 1);
	assert_int_equal(sum.done, 1);
	assert_int_equal(sum.unknown, 2);
	assert_int_equal(sum.dur_ns, 100);
	assert_int_equal(sum.dur_of, 1);
	assert_int_equal(sum.stall_ns, 60);
	assert_int_equal(sum.flushes, 1);
	mthp_proc_vain(&proc, &ev);
	ev.order = 200;
	mthp_proc_vain(&proc, &ev);
	assert_int_equal(proc.vain[4], 1);
	assert_int_equal(proc.vain_ns, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),	   cmocka_unit_test(test_changed),
		cmocka_unit_test(test_hash),	   cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_done),	   cmocka_unit_test(test_success),
		cmocka_unit_test(test_requesters), cmocka_unit_test(test_lost),
		cmocka_unit_test(test_nonsense),   cmocka_unit_test(test_sums),
	};

	return cmocka_run_group_tests_name("vain", tests, NULL, NULL);
}
