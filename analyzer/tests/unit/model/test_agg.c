// SPDX-License-Identifier: GPL-2.0-only
/* The rules shared by BPF and userspace: buckets, pairing, sums. */
#include <string.h>

#include <mthp/pair.h>

#include "tests/support/cm.h"
#include "tests/support/events.h"

/* Every fill of every order lands in the bucket of its fraction. */
static void test_occ_bucket(void **state)
{
	__u32 order, n, b;
	for (order = 0; order < MTHP_NR_ORDERS; order++) {
		assert_int_equal(mthp_occ_bucket(0, order), MTHP_OCC_EMPTY);
		assert_int_equal(mthp_occ_bucket(1U << order, order), MTHP_OCC_FULL);
		for (n = 1; n < 1U << order; n++) {
			b = mthp_occ_bucket(n, order);
			assert_in_range(b, 1, 16);
			assert_true(16 * n >= (b - 1) << order);
			assert_true(16 * n < b << order);
		}
	}
}

static void test_dur_bucket(void **state)
{
	__u32 b;
	assert_int_equal(mthp_dur_bucket(0), 0);
	assert_int_equal(mthp_dur_bucket(1023), 0);
	for (b = 1; b < MTHP_DUR_BUCKETS - 1; b++) {
		assert_int_equal(mthp_dur_bucket(512ULL << b), b);
		assert_int_equal(mthp_dur_bucket((1024ULL << b) - 1), b);
	}
	assert_int_equal(mthp_dur_bucket(~0ULL), MTHP_DUR_BUCKETS - 1);
}

static void isolate(struct mthp_task *task, __u8 result, __u64 ts_ns, __u32 none)
{
	struct mthp_ev ev = evs_make(MTHP_K_ISOLATE, result, ts_ns, 0);

	ev.known = MTHP_KNOWN(NONE);
	ev.v[MTHP_V_NONE] = none;
	mthp_pair(task, &ev, MTHP_REACH_ALL, 0);
}

static void test_pair_success(void **state)
{
	struct mthp_task task = { 0 };
	struct mthp_ev ev;
	isolate(&task, MTHP_R_SUCCEED, 1000, 17);
	ev = evs_make(MTHP_K_COLLAPSE, MTHP_R_SUCCEED, 5000, 1);
	mthp_pair(&task, &ev, MTHP_REACH_ALL, 0);
	assert_int_equal(ev.dur_ns, 4000);
	assert_true(ev.known & MTHP_KNOWN_DUR);
	assert_true(mthp_knows(&ev, FILLED));
	assert_int_equal(ev.v[MTHP_V_FILLED], 17);

	/* The scan after a collapse has examined every PTE, whatever its status is. */
	ev = evs_scan(MTHP_R_PAGE_COUNT, 6000, 1, 17, MTHP_SAMPLE_NO);
	mthp_pair(&task, &ev, MTHP_REACH_PART, 0);
	assert_int_equal(ev.sample, MTHP_SAMPLE_COMPLETE);

	/* The scan after that one is censored. */
	ev = evs_scan(MTHP_R_PAGE_COUNT, 7000, 1, 3, MTHP_SAMPLE_NO);
	mthp_pair(&task, &ev, MTHP_REACH_PART, 0);
	assert_int_equal(ev.sample, MTHP_SAMPLE_CENSORED);
}

static void test_pair_failure(void **state)
{
	struct mthp_task task = { 0 };
	struct mthp_ev ev;
	/* A failed copy took time but filled nothing. */
	isolate(&task, MTHP_R_SUCCEED, 1000, 17);
	ev = evs_make(MTHP_K_COLLAPSE, MTHP_R_COPY_MC, 5000, 1);
	mthp_pair(&task, &ev, MTHP_REACH_ALL, 0);
	assert_true(ev.known & MTHP_KNOWN_DUR);
	assert_false(mthp_knows(&ev, FILLED));

	/* Without a successful isolation the duration has no start. */
	isolate(&task, MTHP_R_PAGE_LOCK, 6000, 17);
	ev = evs_make(MTHP_K_COLLAPSE, MTHP_R_PAGE_LOCK, 7000, 1);
	mthp_pair(&task, &ev, MTHP_REACH_PART, 0);
	assert_false(ev.known & MTHP_KNOWN_DUR);

	/* An isolation is used once. */
	isolate(&task, MTHP_R_SUCCEED, 8000, 1);
	ev = evs_make(MTHP_K_COLLAPSE, MTHP_R_SUCCEED, 9000, 1);
	mthp_pair(&task, &ev, MTHP_REACH_ALL, 0);
	ev = evs_make(MTHP_K_COLLAPSE, MTHP_R_SUCCEED, 9500, 1);
	mthp_pair(&task, &ev, MTHP_REACH_ALL, 0);
	assert_false(mthp_knows(&ev, FILLED));
}

/* An event that reports its duration keeps it; its fill is what the isolation found. */
static void test_pair_probed(void **state)
{
	struct mthp_task task = { 0 };
	struct mthp_ev isolate = {
		.kind = MTHP_K_ISOLATE, .result = MTHP_R_SUCCEED, .order = 4, .ts_ns = 100
	};
	struct mthp_ev ev = { .kind = MTHP_K_MTHP_COLLAPSE,
			      .result = MTHP_R_SUCCEED,
			      .order = 4,
			      .ts_ns = 150,
			      .dur_ns = 90,
			      .known = MTHP_KNOWN_DUR };
	struct mthp_ev own = ev;

	isolate.v[MTHP_V_NONE] = 3;
	mthp_pair(&task, &isolate, MTHP_REACH_ALL, 1);
	mthp_pair(&task, &ev, MTHP_REACH_ALL, 1);
	assert_int_equal(ev.dur_ns, 90);
	assert_true(mthp_knows(&ev, FILLED));
	assert_int_equal(ev.v[MTHP_V_FILLED], 3);

	/* The event of the series reports its fill itself. */
	own.v[MTHP_V_FILLED] = 2;
	own.known = MTHP_KNOWN(FILLED);
	mthp_pair(&task, &isolate, MTHP_REACH_ALL, 1);
	mthp_pair(&task, &own, MTHP_REACH_ALL, 1);
	assert_int_equal(own.v[MTHP_V_FILLED], 2);
	assert_int_equal(own.dur_ns, 50);

	/* A failure filled nothing. */
	ev.result = MTHP_R_PAGE_COUNT;
	ev.known = 0;
	mthp_pair(&task, &isolate, MTHP_REACH_ALL, 1);
	mthp_pair(&task, &ev, MTHP_REACH_ALL, 1);
	assert_false(mthp_knows(&ev, FILLED));
}

static void test_pair_scan(void **state)
{
	struct mthp_task task = { 0 };
	struct mthp_ev ev;
	/* A collapse of another mm does not make this scan complete. */
	ev = evs_make(MTHP_K_COLLAPSE, MTHP_R_ALLOC_HUGE_PAGE_FAIL, 1000, 2);
	mthp_pair(&task, &ev, MTHP_REACH_ALL, 0);
	ev = evs_scan(MTHP_R_PAGE_LRU, 2000, 1, 9, MTHP_SAMPLE_NO);
	mthp_pair(&task, &ev, MTHP_REACH_PART, 0);
	assert_int_equal(ev.sample, MTHP_SAMPLE_CENSORED);

	ev = evs_scan(MTHP_R_PMD_NULL, 3000, 1, 0, MTHP_SAMPLE_NO);
	mthp_pair(&task, &ev, MTHP_REACH_NONE, 0);
	assert_int_equal(ev.sample, MTHP_SAMPLE_NO);
	ev = evs_scan(MTHP_R_LACK_REFERENCED_PAGE, 4000, 1, 9, MTHP_SAMPLE_NO);
	mthp_pair(&task, &ev, MTHP_REACH_ALL, 0);
	assert_int_equal(ev.sample, MTHP_SAMPLE_COMPLETE);
}

static void test_totals(void **state)
{
	struct mthp_outcome_key key = { MTHP_K_COLLAPSE, MTHP_Q_KHUGEPAGED, 9, MTHP_R_SUCCEED };
	struct mthp_proc_key proc = { 1001, 101, 0 };
	struct model *m = evs_model();
	struct totals *t = &m->totals;
	struct outcome_row *o;
	struct proc_row *p;
	HASH_FIND(hh, t->outcomes, &key, sizeof(key), o);
	assert_non_null(o);
	assert_int_equal(o->val.count, 3);
	assert_int_equal(o->val.filled, 0 + 128 + 256);
	assert_int_equal(o->val.filled_of, 3);
	assert_int_equal(o->val.dur_ns, 100000 + 200000 + 400000);
	assert_int_equal(t->occ.of[9].complete[MTHP_OCC_FULL], 1);
	assert_int_equal(t->occ.of[9].complete[mthp_occ_bucket(32, 9)], 1);
	assert_int_equal(t->occ.of[9].censored[mthp_occ_bucket(412, 9)], 2);
	assert_int_equal(t->dur[9].slot[mthp_dur_bucket(200000)], 1);
	assert_int_equal(t->unattributed, 1);
	assert_int_equal(t->events[MTHP_K_SCAN_PMD], 5);
	HASH_FIND(hh, t->procs, &proc, sizeof(proc), p);
	assert_non_null(p);
	assert_int_equal(p->val.scans, 2);
	assert_int_equal(p->val.collapses[9], 3);
	assert_int_equal(p->val.first_ns, 1101000000);
	assert_int_equal(p->val.last_ns, 1500000000);
	assert_string_equal(p->val.comm, "proc1");
	model_free(m);
}

/* If the series reports a scan, its older event does not count for the owner; if it is the only one, it does. */
static void test_news(void **state)
{
	struct mthp_ev ev = evs_make(MTHP_K_SCAN_PMD, MTHP_R_EXCEED_NONE_PTE, 1000, 1);
	ev.known |= MTHP_KNOWN(NONE);
	assert_true(mthp_is_news(&ev, 0));
	assert_false(mthp_is_news(&ev, 1));
	ev.kind = MTHP_K_MTHP_SCAN;
	assert_true(mthp_is_news(&ev, 1));
	ev.kind = MTHP_K_SCAN_PMD;
	ev.known &= ~MTHP_KNOWN(NONE);
	assert_true(mthp_is_news(&ev, 1));
}

/* MADV_COLLAPSE of a file succeeds also if the folio is not mapped by a PMD yet. */
static void test_file_by_madvise(void **state)
{
	struct mthp_ev ev = evs_make(MTHP_K_COLLAPSE_FILE, MTHP_R_PTE_MAPPED_HUGEPAGE, 1000, 1);
	struct mthp_proc p = { 0 };
	ev.order = 9;
	ev.requester = MTHP_Q_MADVISE;
	mthp_proc_add(&p, &ev, 0);
	assert_int_equal(p.collapses[9], 1);
	assert_int_equal(p.failures[9], 0);
	ev.requester = MTHP_Q_KHUGEPAGED;
	mthp_proc_add(&p, &ev, 0);
	assert_int_equal(p.collapses[9], 1);
	assert_int_equal(p.failures[9], 1);
	ev = evs_make(MTHP_K_COLLAPSE, MTHP_R_PTE_MAPPED_HUGEPAGE, 2000, 1);
	ev.requester = MTHP_Q_MADVISE;
	mthp_proc_add(&p, &ev, 0);
	assert_int_equal(p.failures[9], 2);
}

/* The series' events are counted per scan and collapse; the older events beside them are not. */
static void test_plans(void **state)
{
	struct mthp_ev old = evs_make(MTHP_K_COLLAPSE, MTHP_R_SUCCEED, 2000000000, 1);
	struct mthp_ev new = evs_make(MTHP_K_MTHP_COLLAPSE, MTHP_R_SUCCEED, 2000000001, 1);
	struct totals t;
	totals_init(&t, 1);
	new.order = 4;
	totals_event(&t, &old, NULL);
	totals_event(&t, &new, NULL);
	assert_int_equal(HASH_COUNT(t.outcomes), 2);
	assert_int_equal(t.procs->val.collapses[4], 1);
	assert_int_equal(t.procs->val.collapses[9], 0);
	totals_free(&t);
}

/* The sum of two halves is the whole, and the order of the halves does not matter. */
static void test_merge(void **state)
{
	struct model *a = evs_model(), *b = evs_model();
	struct mthp_proc_key proc = { 1002, 102, 0 };
	struct mthp_ev ev = evs_make(MTHP_K_COLLAPSE, MTHP_R_SUCCEED, 500, 2);
	struct proc_row *p;
	totals_event(&b->totals, &ev, NULL);
	totals_merge(&a->totals, &b->totals);
	assert_int_equal(a->totals.events[MTHP_K_SCAN_PMD], 10);
	assert_int_equal(a->totals.lost[MTHP_L_RING], 10);
	assert_int_equal(a->totals.occ.of[9].censored[mthp_occ_bucket(412, 9)], 4);
	HASH_FIND(hh, a->totals.procs, &proc, sizeof(proc), p);
	assert_int_equal(p->val.collapses[9], 3);
	assert_int_equal(p->val.first_ns, 1200000000);
	assert_int_equal(p->val.scans, 6);
	model_free(a);
	model_free(b);
}

static void test_bounded(void **state)
{
	struct mthp_ev ev = evs_make(MTHP_K_COLLAPSE, MTHP_R_SUCCEED, 500, 2);
	struct totals t;
	__u32 i;
	totals_init(&t, 0);
	for (i = 0; i < TOTALS_MAX_PROCS + 10; i++) {
		ev.mm = 1 + i;
		totals_event(&t, &ev, NULL);
	}
	assert_int_equal(HASH_COUNT(t.procs), TOTALS_MAX_PROCS);
	assert_int_equal(t.lost[MTHP_L_PROCS], 10);
	totals_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_occ_bucket),   cmocka_unit_test(test_dur_bucket),
		cmocka_unit_test(test_pair_success), cmocka_unit_test(test_pair_failure),
		cmocka_unit_test(test_pair_probed),  cmocka_unit_test(test_pair_scan),
		cmocka_unit_test(test_totals),	     cmocka_unit_test(test_plans),
		cmocka_unit_test(test_merge),	     cmocka_unit_test(test_bounded),
		cmocka_unit_test(test_news),	     cmocka_unit_test(test_file_by_madvise),
	};

	return cmocka_run_group_tests_name("agg", tests, NULL, NULL);
}
