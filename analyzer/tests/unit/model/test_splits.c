// SPDX-License-Identifier: GPL-2.0-only
/*
 * Splits of huge pages and the collapses that undo them: the rule of mthp/pingpong.h, and what a snapshot says. The
 * streams are messy: two processes at one address, several splitters and requesters, other sizes, and long waits.
 */
#include <string.h>

#include <mthp/pingpong.h>

#include "model/snapshot.h"
#include "tests/support/cm.h"
#include "tests/support/events.h"

#define BASE 0x7f0012400000ULL /* 2M aligned */
#define NEXT (BASE + (2 << 20))

static struct model *m;
static struct snapshot *s;
static __u64 now_ns;

static void start(bool splits)
{
	struct meta meta;

	evs_meta(&meta);
	meta.detail = DETAIL_RANGES;
	if (splits)
		meta.kinds |= 1U << MTHP_K_SPLIT;
	now_ns = meta.start_ns;
	m = model_new(&meta, 0);
	assert_non_null(m);
}

static void stop(void)
{
	snapshot_free(s);
	model_free(m);
	s = NULL;
}

static void look(void)
{
	snapshot_free(s);
	s = snapshot_take(m);
	assert_non_null(s);
}

static void splits(__u32 who, __u64 addr, enum mthp_splitter by)
{
	struct mthp_ev ev = evs_make(MTHP_K_SPLIT, 0, now_ns += 1000, who);

	ev.order = 9;
	ev.requester = MTHP_Q_UNKNOWN;
	ev.addr = addr;
	ev.known |= MTHP_KNOWN_ADDR | MTHP_KNOWN(PAGES);
	ev.v[MTHP_V_PAGES] = 512;
	ev.by = by;
	model_event(m, &ev);
}

static void tries(__u32 who, __u64 addr, __u8 order, __u8 result, enum mthp_requester by)
{
	struct mthp_ev ev = evs_make(MTHP_K_MTHP_COLLAPSE, result, now_ns += 1000, who);

	ev.order = order;
	ev.requester = by;
	ev.addr = addr;
	ev.known |= MTHP_KNOWN_ADDR | MTHP_KNOWN(FILLED);
	ev.v[MTHP_V_FILLED] = 12;
	model_event(m, &ev);
}

static void collapses(__u32 who, __u64 addr)
{
	tries(who, addr, 9, MTHP_R_SUCCEED, MTHP_Q_KHUGEPAGED);
}

static void test_undone(void **state)
{
	start(true);
	splits(1, BASE, MTHP_S_OWNER);
	splits(1, NEXT, MTHP_S_KSWAPD);
	look();
	assert_int_equal(s->summary.splits, 2);
	assert_int_equal(s->summary.undone, 0);
	assert_int_equal(s->nr_splits, 2);
	collapses(1, BASE);
	tries(1, NEXT, 9, MTHP_R_SUCCEED, MTHP_Q_MADVISE);
	/* Nothing is left to be undone. */
	collapses(1, BASE);
	look();
	assert_int_equal(s->summary.undone, 2);
	assert_string_equal(s->splits[0].by, "its process");
	assert_int_equal(s->splits[0].khugepaged, 1);
	assert_int_equal(s->splits[0].madvise, 0);
	assert_int_equal(s->splits[0].copied_bytes, 500 * 4096);
	assert_int_equal(s->splits[0].share_ppm, 1000000);
	assert_string_equal(s->splits[1].by, "kswapd");
	assert_int_equal(s->splits[1].madvise, 1);
	assert_int_equal(s->procs[0].splits, 2);
	assert_int_equal(s->procs[0].undone, 2);
	stop();
}

static void test_two_processes(void **state)
{
	start(true);
	splits(1, BASE, MTHP_S_OWNER);
	collapses(2, BASE);
	look();
	assert_int_equal(s->summary.undone, 0);
	collapses(1, BASE);
	look();
	assert_int_equal(s->summary.undone, 1);
	stop();
}

/* What does not put the huge page together again. */
static void test_not_undone(void **state)
{
	start(true);
	splits(1, BASE, MTHP_S_DAMON);
	tries(1, BASE, 4, MTHP_R_SUCCEED, MTHP_Q_KHUGEPAGED);
	tries(1, BASE, 9, MTHP_R_EXCEED_NONE_PTE, MTHP_Q_KHUGEPAGED);
	collapses(1, NEXT);
	look();
	assert_int_equal(s->summary.undone, 0);
	/* The last splitter counts. */
	splits(1, BASE, MTHP_S_OTHER);
	collapses(1, BASE);
	look();
	assert_int_equal(s->summary.splits, 2);
	assert_int_equal(s->summary.undone, 1);
	assert_string_equal(s->splits[0].by, "another process");
	stop();
}

static void test_window(void **state)
{
	start(true);
	splits(1, BASE, MTHP_S_OWNER);
	now_ns += MTHP_PINGPONG_NS - 1000;
	collapses(1, BASE);
	splits(1, NEXT, MTHP_S_OWNER);
	now_ns += MTHP_PINGPONG_NS;
	collapses(1, NEXT);
	/* Too late once is too late for ever. */
	collapses(1, NEXT);
	look();
	assert_int_equal(s->summary.splits, 2);
	assert_int_equal(s->summary.undone, 1);
	stop();
}

static void test_unknown(void **state)
{
	struct mthp_ev ev;

	start(false);
	look();
	assert_true(s->summary.splits == NUM_UNKNOWN);
	assert_true(s->summary.undone == NUM_UNKNOWN);
	assert_int_equal(s->nr_splits, 0);
	collapses(1, BASE);
	look();
	assert_true(s->procs[0].splits == NUM_UNKNOWN);
	stop();

	/* Without an address it is a split all the same. A number beyond the table is forged. */
	start(true);
	ev = evs_make(MTHP_K_SPLIT, 0, now_ns, 1);
	ev.by = 0xff;
	model_event(m, &ev);
	collapses(1, BASE);
	look();
	assert_int_equal(s->summary.splits, 1);
	assert_int_equal(s->summary.undone, 0);
	stop();
}

static void test_filled_unknown(void **state)
{
	struct mthp_ev ev;

	start(true);
	splits(1, BASE, MTHP_S_OWNER);
	ev = evs_make(MTHP_K_MTHP_COLLAPSE, MTHP_R_SUCCEED, now_ns += 1000, 1);
	ev.order = 9;
	ev.addr = BASE;
	ev.known |= MTHP_KNOWN_ADDR;
	model_event(m, &ev);
	look();
	assert_int_equal(s->splits[0].undone, 1);
	assert_true(s->splits[0].copied_bytes == NUM_UNKNOWN);
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_undone),	   cmocka_unit_test(test_two_processes),
		cmocka_unit_test(test_not_undone), cmocka_unit_test(test_window),
		cmocka_unit_test(test_unknown),	   cmocka_unit_test(test_filled_unknown),
	};

	return cmocka_run_group_tests_name("splits", tests, NULL, NULL);
}
