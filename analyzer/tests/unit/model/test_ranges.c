// SPDX-License-Identifier: GPL-2.0-only
/*
 * Vain attempts, stalls and passes of whole event streams: the table of ranges around the rule of mthp/vain.h, and what
 * a snapshot says of it. The streams are messy: two processes at the same addresses, exec, memory mapped anew, lost
 * events, a full table, several requesters and sizes at once.
 */
#include <stdlib.h>
#include <string.h>

#include "model/snapshot.h"
#include "tests/support/cm.h"
#include "tests/support/events.h"

#define WORDS 8
#define BASE  0x7f0012400000ULL /* 2M aligned */
#define HUGE  MTHP_R_PTE_MAPPED_HUGEPAGE
#define NONE  MTHP_R_EXCEED_NONE_PTE

static struct model *m;
static struct snapshot *s;
static __u64 now_ns;

static struct {
	struct mthp_ev ev;
	__u64 bits[MTHP_NR_BITMAPS][WORDS];
} scan;

static void start(enum mthp_detail detail)
{
	struct meta meta;

	evs_meta(&meta);
	meta.detail = detail;
	now_ns = meta.start_ns;
	m = model_new(&meta, 0);
	assert_non_null(m);
	memset(&scan, 0, sizeof(scan));
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

/* The next scan, of process @who. */
static void scans(__u32 who, __u64 addr)
{
	struct mthp_ev ev =
		evs_scan(MTHP_R_SUCCEED, now_ns += 1000000, who, 0, MTHP_SAMPLE_COMPLETE);

	scan.ev = ev;
	scan.ev.kind = MTHP_K_MTHP_SCAN;
	scan.ev.nr_words = WORDS;
	scan.ev.addr = addr;
	scan.ev.known |= MTHP_KNOWN_ADDR;
	model_event(m, &scan.ev);
}

static struct mthp_ev attempt(__u32 who, __u64 addr, __u8 order, __u8 result)
{
	struct mthp_ev ev = evs_make(MTHP_K_MTHP_COLLAPSE, result, now_ns += 1000, who);

	ev.order = order;
	ev.addr = addr;
	ev.known |= MTHP_KNOWN_ADDR | MTHP_KNOWN_DUR | MTHP_KNOWN(STALL);
	ev.dur_ns = 50000;
	ev.v[MTHP_V_STALL] = 20000;
	return ev;
}

static void tries(__u32 who, __u64 addr, __u8 order, __u8 result)
{
	struct mthp_ev ev = attempt(who, addr, order, result);

	model_event(m, &ev);
}

/* A scan, and a failed attempt at its first 64K. */
static void pass(__u32 who)
{
	scans(who, BASE);
	tries(who, BASE, 4, NONE);
}

static __u64 vain(void)
{
	look();
	return s->summary.vain;
}

static __u64 unknown(void)
{
	look();
	return s->summary.vain_unknown;
}

static void test_two_processes(void **state)
{
	start(DETAIL_RANGES);
	scan.bits[MTHP_B_PRESENT][0] = 1;
	pass(1);
	pass(2);
	assert_int_equal(vain(), 0);
	assert_int_equal(s->summary.vain_unknown, 2);
	pass(1);
	assert_int_equal(vain(), 1);
	/* Only the memory of process 2 changes. */
	scan.bits[MTHP_B_PRESENT][0] = 3;
	pass(2);
	scan.bits[MTHP_B_PRESENT][0] = 1;
	pass(1);
	assert_int_equal(vain(), 2);
	assert_int_equal(s->nr_procs, 2);
	assert_int_equal(s->procs[0].vain, 2);
	assert_int_equal(s->procs[0].vain_ns, 100000);
	assert_int_equal(s->procs[1].vain, 0);
	stop();
}

/* exec gives the process another mm, fork gives another process an equal one; both have memory of their own. */
static void test_exec(void **state)
{
	struct mthp_ev ev;

	start(DETAIL_RANGES);
	pass(1);
	pass(1);
	assert_int_equal(vain(), 1);
	scans(1, BASE);
	scan.ev.mm++;
	model_event(m, &scan.ev);
	ev = attempt(1, BASE, 4, NONE);
	ev.mm++;
	model_event(m, &ev);
	assert_int_equal(vain(), 1);
	/* A later process got the mm of the first one. */
	scan.ev.mm--;
	scan.ev.tgid++;
	model_event(m, &scan.ev);
	ev.mm--;
	ev.tgid++;
	model_event(m, &ev);
	assert_int_equal(vain(), 1);
	stop();
}

/* munmap, and another mapping at the same place: at the scan it holds other pages. */
static void test_mapped_anew(void **state)
{
	start(DETAIL_RANGES);
	scan.bits[MTHP_B_PRESENT][0] = 0xffff;
	scan.bits[MTHP_B_JOINED][0] = 0xfffe;
	scans(1, BASE);
	tries(1, BASE, 4, HUGE);
	assert_int_equal(vain(), 1);
	scan.bits[MTHP_B_JOINED][0] = 0;
	scans(1, BASE);
	tries(1, BASE, 4, HUGE);
	assert_int_equal(vain(), 1);
	look();
	assert_int_equal(s->vain[0].collapsed, 1);
	stop();
}

/* Nobody may say of an attempt without its scan that it was in vain. */
static void test_lost(void **state)
{
	struct mthp_ev ev;

	start(DETAIL_RANGES);
	/* The recording begins in the middle of a range. */
	tries(1, BASE, 4, NONE);
	tries(1, BASE + 0x10000, 4, MTHP_R_SUCCEED);
	assert_int_equal(unknown(), 1);
	pass(1);
	pass(1);
	assert_int_equal(vain(), 1);
	/* A scan is lost. */
	tries(1, BASE, 4, NONE);
	assert_int_equal(vain(), 1);
	/* Its bitmaps are. */
	scans(1, BASE);
	scan.ev.nr_words = 0;
	scan.ev.sample = MTHP_SAMPLE_NO;
	model_event(m, &scan.ev);
	tries(1, BASE, 4, NONE);
	assert_int_equal(vain(), 1);
	pass(1);
	assert_int_equal(vain(), 1);
	pass(1);
	assert_int_equal(vain(), 2);
	/* An attempt without address, between others. */
	ev = attempt(1, 0, 4, NONE);
	ev.known &= ~MTHP_KNOWN_ADDR;
	model_event(m, &ev);
	assert_int_equal(vain(), 2);
	assert_int_equal(s->summary.vain_unknown, 6);
	assert_int_equal(s->summary.failures, 8);
	stop();
}

/* The table drops the range that was seen least lately, and counts it. */
static void test_full_table(void **state)
{
	const __u32 nr = 70000;
	__u32 i;

	start(DETAIL_RANGES);
	pass(1);
	for (i = 1; i < nr; i++)
		scans(1, BASE + ((__u64)i << 21));
	look();
	assert_true(m->totals.lost[MTHP_L_CREEP] > 0);
	pass(1);
	assert_int_equal(vain(), 0);
	assert_int_equal(s->summary.vain_unknown, 2);
	pass(1);
	assert_int_equal(vain(), 1);
	/* The latest ones are still there. */
	tries(1, BASE + ((__u64)(nr - 1) << 21), 4, NONE);
	scans(1, BASE + ((__u64)(nr - 1) << 21));
	tries(1, BASE + ((__u64)(nr - 1) << 21), 4, NONE);
	assert_int_equal(vain(), 2);
	stop();
}

/* Of MADV_COLLAPSE, of a kernel thread that nobody knows, and of khugepaged, at two sizes of one range. */
static void test_requesters_and_sizes(void **state)
{
	static const __u8 by[] = { MTHP_Q_KHUGEPAGED, MTHP_Q_MADVISE, MTHP_Q_UNKNOWN };
	struct mthp_ev ev;
	int round;
	size_t i;

	start(DETAIL_RANGES);
	scan.bits[MTHP_B_PRESENT][3] = 0xff;
	for (round = 0; round < 4; round++) {
		for (i = 0; i < ARRAY_SIZE(by); i++) {
			scans(1, BASE);
			ev = attempt(1, BASE, 9, NONE);
			ev.requester = by[i];
			model_event(m, &ev);
			ev = attempt(1, BASE + 0x20000, 5, MTHP_R_LACK_REFERENCED_PAGE);
			ev.requester = by[i];
			model_event(m, &ev);
		}
	}
	look();
	/* Between khugepaged's attempts are others, and what was asked for comes twice in a row. */
	assert_int_equal(s->summary.failures, 24);
	for (i = 0; i < s->nr_vain; i++)
		assert_int_equal(s->vain[i].vain,
				 s->vain[i].key.requester == MTHP_Q_UNKNOWN ? 4 : 0);
	assert_int_equal(s->nr_vain, 6);
	assert_int_equal(s->vain[0].share_ppm, 1000000);
	/* It is not khugepaged that works in vain. */
	assert_null(strstr(s->summary.headline, "vain"));
	stop();
}

static void test_headline(void **state)
{
	start(DETAIL_RANGES);
	memset(scan.bits[MTHP_B_PRESENT], 0xff, sizeof(scan.bits[0]));
	scan.bits[MTHP_B_JOINED][0] = 0xfffefffefffefffeULL;
	scans(1, BASE);
	tries(1, BASE, 4, HUGE);
	tries(1, BASE + 0x10000, 4, HUGE);
	look();
	assert_string_equal(
		s->summary.headline,
		"khugepaged works in vain: 2 of 2 attempts were at blocks that are one folio already (64K, pte_mapped_hugepage)");
	tries(1, BASE + 0x80000, 5, NONE);
	scans(1, BASE);
	tries(1, BASE + 0x80000, 5, NONE);
	look();
	assert_string_equal(
		s->summary.headline,
		"khugepaged works in vain: 3 of 4 attempts were at ranges that had not changed, or blocks that are one folio already (most: 64K, pte_mapped_hugepage)");
	/* It gets somewhere. */
	tries(1, BASE + 0x40000, 5, MTHP_R_SUCCEED);
	tries(1, BASE + 0x60000, 5, MTHP_R_SUCCEED);
	tries(1, BASE + 0xa0000, 5, MTHP_R_SUCCEED);
	look();
	assert_string_equal(s->summary.headline,
			    "4 of 7 attempts failed (most often: 64K, pte_mapped_hugepage)");
	stop();
	start(DETAIL_RANGES);
	pass(1);
	pass(1);
	look();
	assert_string_equal(
		s->summary.headline,
		"khugepaged works in vain: 1 of 2 attempts were at ranges that had not changed (64K, exceed_none_pte)");
	stop();
}

/* Without addresses it is unknown, not 0. */
static void test_unknown(void **state)
{
	struct mthp_ev ev;

	start(DETAIL_SIZES);
	ev = evs_make(MTHP_K_COLLAPSE, NONE, now_ns + 1, 1);
	model_event(m, &ev);
	look();
	assert_true(s->summary.vain == NUM_UNKNOWN);
	assert_true(s->procs[0].vain == NUM_UNKNOWN);
	assert_int_equal(s->nr_vain, 0);
	stop();
	/* The series reports no stalls, and an attempt may lack its duration. */
	start(DETAIL_PLANS);
	scans(1, BASE);
	ev = attempt(1, BASE, 4, NONE);
	ev.known &= ~(MTHP_KNOWN_DUR | MTHP_KNOWN(STALL));
	model_event(m, &ev);
	scans(1, BASE);
	model_event(m, &ev);
	look();
	assert_int_equal(s->vain[0].vain, 1);
	assert_true(s->vain[0].flushes == NUM_UNKNOWN);
	assert_true(s->vain[0].stall_ns == NUM_UNKNOWN);
	assert_true(s->vain[0].dur_ns == NUM_UNKNOWN);
	assert_true(s->summary.vain_ns == NUM_UNKNOWN);
	assert_true(s->procs[0].vain_ns == NUM_UNKNOWN);
	assert_int_equal(s->nr_stalls, 0);
	stop();
}

/* Quick failures do not make collapses look quick: not in the rows of their size, nor in their process's. */
static void test_durations(void **state)
{
	const struct snap_order *of;
	struct mthp_ev ev;
	__u64 timed = 0;
	size_t i;

	start(DETAIL_RANGES);
	scans(1, BASE);
	for (i = 0; i < 1000; i++)
		tries(1, BASE, 4, NONE);
	look();
	assert_int_equal(s->nr_dur, 0);
	assert_true(s->procs[0].dur_mean_ns == NUM_UNKNOWN);
	ev = attempt(1, BASE, 4, MTHP_R_SUCCEED);
	ev.dur_ns = 4000000;
	model_event(m, &ev);
	look();
	for (i = 0; i < s->nr_dur; i++)
		timed += s->dur[i].count;
	assert_int_equal(timed, 1);
	for (of = s->orders; of->order != 4; of++)
		;
	assert_int_equal(of->failures, 1000);
	assert_int_equal(of->dur_mean_ns, 4000000);
	assert_true(of->dur_p50_ns > 4000000 && of->dur_p50_ns == of->dur_p99_ns);
	assert_int_equal(s->procs[0].dur_mean_ns, 4000000);
	stop();
}

static void test_stalls(void **state)
{
	struct mthp_ev ev;
	int i;

	start(DETAIL_RANGES);
	for (i = 0; i < 100; i++) {
		ev = attempt(1, BASE, 4, i % 10 ? MTHP_R_SUCCEED : NONE);
		ev.v[MTHP_V_STALL] = i < 98 ? 10000 + i : 5000000;
		model_event(m, &ev);
	}
	ev.requester = MTHP_Q_MADVISE;
	ev.order = 9;
	ev.v[MTHP_V_STALL] = mthp_stall(1ULL << 40);
	model_event(m, &ev);
	ev.v[MTHP_V_STALL] = 0;
	model_event(m, &ev);
	ev.known &= ~MTHP_KNOWN(STALL);
	model_event(m, &ev);
	look();
	assert_int_equal(s->nr_stalls, 2);
	assert_int_equal(s->stalls[0].order, 4);
	assert_int_equal(s->stalls[0].count, 100);
	assert_int_equal(s->stalls[0].failures, 10);
	assert_int_equal(s->stalls[0].p50_ns, 10240);
	assert_int_equal(s->stalls[0].p99_ns, 5 << 20);
	assert_int_equal(s->stalls[0].max_ns, 5000000);
	assert_string_equal(s->stalls[1].requester, "madvise");
	assert_int_equal(s->stalls[1].count, 2);
	assert_int_equal(s->stalls[1].max_ns, ~0U);
	assert_true(s->stalls[1].p99_ns == 1ULL << 32);
	stop();
}

static void reading(__u64 ts_ns, __u64 value)
{
	struct counters c = { .ts_ns = ts_ns, .nr = 2 };

	strcpy(c.c[0].name, "full_scans");
	c.c[0].order = 4; /* another counter of that name */
	strcpy(c.c[1].name, "full_scans");
	c.c[1].order = COUNTER_NO_ORDER;
	c.c[1].value = value;
	model_counters(m, &c);
}

#define SEC 1000000000ULL

static void test_passes(void **state)
{
	__u64 t;

	start(DETAIL_RANGES);
	look();
	assert_int_equal(s->nr_passes, 0);
	t = now_ns;
	reading(t, 7);
	reading(t + 1 * SEC, 7);
	look();
	assert_int_equal(s->passes[0].passes, 0);
	assert_true(s->passes[0].mean_ns == NUM_UNKNOWN);
	reading(t + 2 * SEC, 8);
	look();
	/* When it began was not seen. */
	assert_int_equal(s->passes[0].passes, 1);
	assert_true(s->passes[0].mean_ns == NUM_UNKNOWN);
	reading(t + 3 * SEC, 8);
	reading(t + 6 * SEC, 9);
	reading(t + 10 * SEC, 11);
	for (t = 0; t < 10; t++)
		pass(1);
	m->end_ns = m->meta.start_ns + 10 * SEC;
	look();
	assert_int_equal(s->passes[0].passes, 4);
	assert_true(s->passes[0].mean_ns == 8 * SEC / 3);
	assert_true(s->passes[0].last_ns == 2 * SEC);
	assert_true(s->passes[0].max_ns == 4 * SEC);
	assert_int_equal(s->passes[0].ranges, 3); /* 10 in 10 s */
	assert_int_equal(s->passes[0].idle_ppm, 0);
	assert_int_equal(s->passes[0].attempts, 3);
	assert_int_equal(s->passes[0].vain, 2);
	assert_int_equal(s->passes[0].vain_ns, 120000);
	assert_int_equal(s->passes[0].vain_ppm, 45);
	/* Another boot's trace behind this one. */
	reading(m->meta.start_ns + 20 * SEC, 1);
	reading(m->meta.start_ns + 21 * SEC, 2);
	look();
	assert_int_equal(s->passes[0].passes, 5);
	assert_true(s->passes[0].mean_ns == 8 * SEC / 3);
	stop();
}

/* Traces of other tools have no readings, but events of passes. */
static void test_pass_events(void **state)
{
	struct mthp_ev ev;
	int i;

	start(DETAIL_SIZES);
	for (i = 0; i < 6; i++) {
		ev = evs_make(MTHP_K_PASS, 0, now_ns + i * SEC, 1);
		ev.known |= MTHP_KNOWN(FULL_SCAN);
		ev.v[MTHP_V_FULL_SCAN] = i % 2;
		model_event(m, &ev);
	}
	look();
	assert_int_equal(s->passes[0].passes, 3);
	assert_true(s->passes[0].mean_ns == 2 * SEC);
	assert_true(s->passes[0].vain == NUM_UNKNOWN);
	/* A reading is better: it misses nothing. */
	reading(now_ns + 7 * SEC, 70);
	reading(now_ns + 8 * SEC, 72);
	model_event(m, &ev);
	look();
	assert_int_equal(s->passes[0].passes, 2);
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_processes), cmocka_unit_test(test_exec),
		cmocka_unit_test(test_mapped_anew),   cmocka_unit_test(test_lost),
		cmocka_unit_test(test_full_table),    cmocka_unit_test(test_requesters_and_sizes),
		cmocka_unit_test(test_headline),      cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_stalls),	      cmocka_unit_test(test_passes),
		cmocka_unit_test(test_pass_events),   cmocka_unit_test(test_durations),
	};

	return cmocka_run_group_tests_name("ranges", tests, NULL, NULL);
}
