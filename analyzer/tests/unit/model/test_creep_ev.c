// SPDX-License-Identifier: GPL-2.0-only
/* Which events of the series the creep rule gets, and which verdicts follow. */
#include <string.h>

#include <mthp/creep_ev.h>
#include <mthp/result.h>

#include "tests/support/cm.h"

#define WORDS 8
#define BASE  0x7f0012400000ULL /* 2M aligned */

static struct mthp_creep creep;
static struct mthp_creep_step step;
static struct mthp_ev ev;
static __u64 bits[MTHP_NR_BITMAPS][WORDS];

static void scan_event(uint32_t m)
{
	memset(&ev, 0, sizeof(ev));
	ev.kind = MTHP_K_MTHP_SCAN;
	ev.requester = MTHP_Q_KHUGEPAGED;
	ev.order = 9;
	ev.sample = MTHP_SAMPLE_COMPLETE;
	ev.nr_words = WORDS;
	ev.mm = 77;
	ev.tgid = 42;
	ev.addr = BASE;
	ev.known = MTHP_KNOWN_ADDR | MTHP_KNOWN(ORDERS) | MTHP_KNOWN(MAX_PTES_NONE);
	ev.v[MTHP_V_ORDERS] = 0x3fc;
	ev.v[MTHP_V_MAX_PTES_NONE] = m;
}

static void collapse_event(uint32_t offset, uint32_t order, uint32_t filled)
{
	memset(&ev, 0, sizeof(ev));
	ev.kind = MTHP_K_MTHP_COLLAPSE;
	ev.requester = MTHP_Q_KHUGEPAGED;
	ev.order = order;
	ev.result = MTHP_R_SUCCEED;
	ev.mm = 77;
	ev.tgid = 42;
	ev.addr = BASE + 4096ULL * offset;
	ev.known = MTHP_KNOWN_ADDR | MTHP_KNOWN(FILLED);
	ev.v[MTHP_V_FILLED] = filled;
}

/* The verdict for a range with these bits: the example of two siblings at 255. */
static void siblings(uint64_t present, uint64_t joined)
{
	memset(bits, 0, sizeof(bits));
	bits[MTHP_B_PRESENT][0] = present;
	bits[MTHP_B_JOINED][0] = joined;
}

static int feed_scan(uint64_t ts_ns)
{
	struct mthp_policy_params p;

	if (!mthp_creep_is_scan(&ev, WORDS, &p))
		return 0;
	mthp_creep_feed_scan(&creep, &p, bits[0], WORDS, ts_ns);
	return 1;
}

static int feed_collapse(void)
{
	return mthp_creep_is_collapse(&ev) ? mthp_creep_feed_collapse(&creep, &ev, 12, &step) : -1;
}

static void test_step(void **state)
{
	memset(&creep, 0, sizeof(creep));
	scan_event(255);
	siblings(0x7f01ff, 0);
	assert_true(feed_scan(1000));
	collapse_event(0, 4, 7);
	assert_int_equal(feed_collapse(), MTHP_CREEP_NO);
	scan_event(255);
	siblings(0x7fffff, 0xfffe);
	assert_true(feed_scan(2000000));
	collapse_event(0, 5, 9);
	assert_int_equal(feed_collapse(), MTHP_CREEP_STEP);
	assert_int_equal(step.orders, 1 << 4 | 1 << 5);
	assert_int_equal(step.filled, 16);
	assert_int_equal(step.untouched, 1);
}

/* A request that ignores max_ptes_none is no creep; an unknown fill is taken from the scan. */
static void test_madvise(void **state)
{
	memset(&creep, 0, sizeof(creep));
	scan_event(255);
	siblings(0x7f01ff, 0);
	assert_true(feed_scan(1000));
	collapse_event(0, 4, 0);
	ev.known &= ~MTHP_KNOWN(FILLED);
	assert_int_equal(feed_collapse(), MTHP_CREEP_NO);
	assert_int_equal(creep.unsure, 0);
	scan_event(255);
	ev.requester = MTHP_Q_MADVISE;
	siblings(0x7fffff, 0xfffe);
	assert_true(feed_scan(2000000));
	collapse_event(0, 9, 489);
	ev.requester = MTHP_Q_MADVISE;
	assert_int_equal(feed_collapse(), MTHP_CREEP_NO);
}

static void test_not_scans(void **state)
{
	struct mthp_policy_params p;
	uint32_t i;
	for (i = 0; i < 13; i++) {
		scan_event(255);
		switch (i) {
		case 0:
			ev.kind = MTHP_K_SCAN_PMD;
			break;
		case 1:
			ev.sample = MTHP_SAMPLE_CENSORED;
			break;
		case 2:
			ev.known &= ~MTHP_KNOWN(ORDERS);
			break;
		case 3:
			ev.known &= ~MTHP_KNOWN(MAX_PTES_NONE);
			break;
		case 4:
			ev.known &= ~MTHP_KNOWN_ADDR;
			break;
		case 5:
			ev.order = 1;
			break;
		case 6:
			ev.order = 14;
			break;
		case 7:
			ev.order = 255;
			break;
		case 8:
			ev.order = 10;
			break;
		case 9:
			ev.nr_words = 0;
			break;
		case 10:
			ev.nr_words = WORDS + 1;
			break;
		case 11:
			ev.v[MTHP_V_MAX_PTES_NONE] = 512;
			break;
		default:
			ev.nr_words = WORDS - 1;
		}
		assert_false(mthp_creep_is_scan(&ev, WORDS, &p));
	}
	/* Orders that this build does not know are ignored. */
	scan_event(255);
	ev.v[MTHP_V_ORDERS] = ~0U;
	assert_true(mthp_creep_is_scan(&ev, WORDS, &p));
	assert_int_equal(p.orders, 0x3fe);
}

static void test_not_collapses(void **state)
{
	memset(&creep, 0, sizeof(creep));
	collapse_event(0, 4, 0);
	assert_int_equal(feed_collapse(), MTHP_CREEP_UNKNOWN);
	ev.result = MTHP_R_FAIL;
	assert_int_equal(feed_collapse(), -1);
	collapse_event(0, 4, 0);
	ev.kind = MTHP_K_COLLAPSE;
	assert_int_equal(feed_collapse(), -1);
	collapse_event(0, 4, 0);
	ev.known = 0;
	assert_int_equal(feed_collapse(), -1);
	scan_event(255);
	siblings(0x7f01ff, 0);
	assert_true(feed_scan(1));
	collapse_event(0, 255, 0);
	assert_int_equal(feed_collapse(), MTHP_CREEP_NO);
	creep.pmd_order = 200; /* a damaged state is ignored */
	assert_int_equal(feed_collapse(), MTHP_CREEP_UNKNOWN);
}

static void test_key(void **state)
{
	struct mthp_creep_key a, b;
	scan_event(255);
	mthp_creep_key(&ev, 21, &a);
	assert_true(a.start == BASE && a.mm == 77 && a.tgid == 42);
	collapse_event(511, 4, 0);
	mthp_creep_key(&ev, 21, &b);
	assert_memory_equal(&a, &b, sizeof(a));
	collapse_event(512, 4, 0);
	mthp_creep_key(&ev, 21, &b);
	assert_true(b.start == BASE + (2 << 20));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_step),	  cmocka_unit_test(test_madvise),
		cmocka_unit_test(test_not_scans), cmocka_unit_test(test_not_collapses),
		cmocka_unit_test(test_key),
	};

	return cmocka_run_group_tests_name("creep events", tests, NULL, NULL);
}
