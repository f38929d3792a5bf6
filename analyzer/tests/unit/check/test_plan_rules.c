// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules about values that only kernels of detail plans report, for the whole trace and by scope. The events
 * come from ranges played by tests/support/played_range.c.
 */
#include "tests/support/check_world.h"
#include "tests/support/cm.h"
#include "tests/support/events.h"
#include "tests/support/played_range.h"

static int feed(void *sums, const struct mthp_ev *ev)
{
	sums_event(sums, ev);
	return 0;
}

/* A range of process @who, in which ten pages grow to the whole range under the scaled rule. */
static __u64 range(struct check_sums *sums, __u8 rule, __u32 who, __u64 now_ns)
{
	static struct t2 t;
	__u32 k;

	t2_init(&t, 4096, 9, 255, rule, feed, sums);
	t.who = who;
	t.addr += (__u64)who << 30;
	t.now_ns = now_ns ? now_ns : t.now_ns;
	t2_touch(&t, 0, 3);
	for (k = 2; k < 9; k++)
		t2_touch(&t, 1U << k, 1);
	for (k = 0; k < 12; k++)
		t2_pass(&t);
	return t.now_ns;
}

static void creeping(struct check_sums *sums)
{
	range(sums, MTHP_RULE_SCALED, 1, 0);
}

static void guarded(struct check_sums *sums)
{
	range(sums, MTHP_RULE_GUARD, 1, 0);
}

/* One process creeps and another one does not, one after the other. */
static void both(struct check_sums *sums)
{
	range(sums, MTHP_RULE_GUARD, 2, range(sums, MTHP_RULE_SCALED, 1, 0));
}

/* Four scans: the first blocked PTE is a swapped one in three of them, a shared one in the fourth. */
static void blocked(struct check_sums *sums)
{
	struct {
		struct mthp_ev ev;
		__u64 bits[MTHP_NR_BITMAPS][8];
	} e = { .ev = evs_make(MTHP_K_MTHP_SCAN, MTHP_R_SUCCEED, 0, 1) };
	int i;

	e.ev.requester = MTHP_Q_KHUGEPAGED;
	e.ev.order = 9;
	e.ev.sample = MTHP_SAMPLE_COMPLETE;
	e.ev.nr_words = 8;
	e.ev.known = MTHP_KNOWN_ADDR | MTHP_KNOWN(BLOCKED_BY);
	for (i = 0; i < 4; i++) {
		e.ev.ts_ns += 1000000000;
		e.ev.v[MTHP_V_BLOCKED_BY] =
			i < 3 ? MTHP_R_EXCEED_SWAP_PTE : MTHP_R_EXCEED_SHARED_PTE;
		sums_event(sums, &e.ev);
	}
}

static const struct world_case cases[] = {
	{ "creep.steps == 0", guarded, NULL, CHECK_PASS, "0" },
	{ "creep.steps == 0", creeping, NULL, CHECK_FAIL, "7" },
	{ "creep.steps == 0 if known", creeping, NULL, CHECK_FAIL, "7" },
	{ "creep.steps == 7", creeping, NULL, CHECK_PASS, "7" },
	{ "creep_steps == 7", creeping, NULL, CHECK_PASS, "7" },
	{ "creep.chains == 1", creeping, NULL, CHECK_PASS, "1" },
	{ "creep(64K).steps == 1", creeping, NULL, CHECK_PASS, "1" },
	{ "creep(16K).steps == 0", creeping, NULL, CHECK_PASS, "0" },
	/* 512 pages less the ten that were present and the one that 16K filled first. */
	{ "creep.filled in 2004K..2004K", creeping, NULL, CHECK_PASS, "1.96M" },
	{ "creep.filled <= 2000K", creeping, NULL, CHECK_FAIL, "1.96M" },
	{ "for comm proc1: creep.steps == 7", both, NULL, CHECK_PASS, "7" },
	{ "for comm proc2: creep.steps == 0", both, NULL, CHECK_PASS, "0" },
	{ "creep.untold <= 0", both, NULL, CHECK_PASS, "" },
	{ "creep.alone >= 1", both, NULL, CHECK_PASS, "" },
	{ "batches.done >= 1", both, NULL, CHECK_PASS, "" },
	{ "for each process: creep.steps == 0", both, NULL, CHECK_FAIL, "7; 1 of 2 failed" },
	{ "for time 14s..100s: creep.steps == 0", both, NULL, CHECK_PASS, "0" },
	{ "collapse(64K).success >= 100% with at least 1 samples", creeping, NULL, CHECK_PASS,
	  "100%" },
	/* Under the guard none of these collapses. */
	{ "share(order >= 2M) == 0% with at least 1 samples", guarded, NULL, CHECK_NODATA, "0 s" },
	{ "share(order >= 2M) == 0% with at least 1 samples", creeping, NULL, CHECK_FAIL, "12.5%" },
	{ "orders no mass above 1M with at least 1 samples", creeping, NULL, CHECK_FAIL, "12.5%" },
	{ "orders no mass below 16K with at least 1 samples", creeping, NULL, CHECK_PASS, "0%" },
	/* Blocks of every size are samples: eight scans of 128 of 16K each. */
	{ "occupancy(16K) mode at empty", creeping, NULL, CHECK_PASS, "mode empty" },
	{ "occupancy(16K) mode at full", creeping, NULL, CHECK_FAIL, "mode empty" },
	{ "occupancy(64K) no mass in 4/16..15/16", guarded, NULL, CHECK_FAIL, "%" },
	{ "emd(occupancy(16K), baseline \"b\") <= 0.1%", creeping, creeping, CHECK_PASS, "0%" },
	{ "emd(occupancy(16K), baseline \"b\") <= 0.1%", creeping, guarded, CHECK_FAIL, "%" },
	{ "batches.count == 8", creeping, NULL, CHECK_PASS, "8" },
	{ "batches.lock_max <= 5us with at least 8 samples", creeping, NULL, CHECK_PASS, "5.00us" },
	{ "batches.lock_max < 5us with at least 8 samples", creeping, NULL, CHECK_FAIL, "5.00us" },
	{ "blocked(result = not_suitable_page_count).scans == 0", creeping, NULL, CHECK_PASS, "0" },
	{ "blocked(result = exceed_swap_pte).scans == 3", blocked, NULL, CHECK_PASS, "3" },
	{ "blocked(result = exceed_shared_pte).scans == 1", blocked, NULL, CHECK_PASS, "1" },
	{ "blocked(khugepaged, result = exceed_swap_pte).scans == 3", blocked, NULL, CHECK_PASS,
	  "3" },
	{ "blocked(madvise, result = exceed_swap_pte).scans == 0", blocked, NULL, CHECK_PASS, "0" },
	{ "blocked(result = exceed_swop_pte).scans == 0", blocked, NULL, CHECK_ERROR,
	  "exceed_swap" },
	{ "blocked(result = exceed_swap_pte).share <= 80%", blocked, NULL, CHECK_NODATA,
	  "3 samples" },
	{ "blocked(result = exceed_swap_pte).share in 75%..75% with at least 3 samples", blocked,
	  NULL, CHECK_PASS, "75%" },
	{ "blocked(result = exceed_swap_pte).share <= 74% with at least 3 samples", blocked, NULL,
	  CHECK_FAIL, "75%" },
	{ "plans(khugepaged).blocks == 8", creeping, NULL, CHECK_PASS, "8" },
	{ "plans(khugepaged).scans == 12", guarded, NULL, CHECK_PASS, "12" },
};

static void test_rules(void **state)
{
	assert_int_equal(world_cases(cases, ARRAY_SIZE(cases), DETAIL_PLANS), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
	};

	return cmocka_run_group_tests_name("check_plan_rules", tests, NULL, NULL);
}
