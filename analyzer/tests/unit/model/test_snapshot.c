// SPDX-License-Identifier: GPL-2.0-only
/* Snapshots: sums, shares, percentiles, the order of rows, and unknown values. */
#include <string.h>

#include "tests/support/cm.h"
#include "tests/support/events.h"
#include "model/field.h"

static struct model *model;
static struct snapshot *snap;

static int setup(void **state)
{
	model = evs_model();
	snap = snapshot_take(model);
	return !model || !snap;
}

static int teardown(void **state)
{
	snapshot_free(snap);
	model_free(model);
	return 0;
}

static void test_summary(void **state)
{
	assert_int_equal(snap->summary.duration_ns, 3000000000);
	assert_int_equal(snap->summary.events, 12);
	assert_int_equal(snap->summary.scans, 5);
	assert_int_equal(snap->summary.collapses, 4);
	assert_int_equal(snap->summary.failures, 2);
	assert_int_equal(snap->summary.collapsed_bytes, 4 * (2 << 20));
	assert_int_equal(snap->summary.filled_bytes, (128 + 256) * 4096);
	assert_int_equal(snap->summary.filled_unknown, 1);
	assert_int_equal(snap->summary.processes, 2);
	assert_int_equal(snap->summary.unattributed, 1);
	assert_int_equal(snap->summary.lost, 5);
	assert_int_equal(snap->summary.complete, 1);
	assert_string_equal(snap->summary.detail, "totals");
}

static void test_orders(void **state)
{
	/* Order 4 is "never" and has no events; only the PMD order has a row. */
	assert_int_equal(snap->nr_orders, 1);
	assert_int_equal(snap->orders[0].order, 9);
	assert_int_equal(snap->orders[0].collapses, 4);
	assert_int_equal(snap->orders[0].failures, 2);
	assert_int_equal(snap->orders[0].dur_mean_ns, 700000 / 3);
	/* 100, 200 and 400 us: buckets end at 131072, 262144 and 524288 ns. */
	assert_int_equal(snap->orders[0].dur_p50_ns, 262144);
	assert_int_equal(snap->orders[0].dur_p99_ns, 524288);
	assert_int_equal(snap->orders[0].samples, 2);
	assert_int_equal(snap->orders[0].censored, 2);
}

static void test_outcomes(void **state)
{
	__u64 share = 0;
	size_t i;
	assert_int_equal(snap->nr_outcomes, 9);
	for (i = 1; i < snap->nr_outcomes; i++)
		assert_true(snap->outcomes[i - 1].count >= snap->outcomes[i].count);
	for (i = 0; i < snap->nr_outcomes; i++)
		if (!strcmp(snap->outcomes[i].kind, "scan_pmd"))
			share += snap->outcomes[i].share_ppm;
	assert_int_equal(share, 1000000);
	assert_string_equal(snap->outcomes[0].result, "succeeded");
	assert_string_equal(snap->outcomes[0].kind, "collapse");
	/* No event reported how much the collapse on request filled: unknown, not zero. */
	for (i = 0; i < snap->nr_outcomes; i++)
		if (snap->outcomes[i].key.requester == MTHP_Q_MADVISE)
			assert_true(snap->outcomes[i].filled_bytes == NUM_UNKNOWN);
}

static void test_procs(void **state)
{
	const struct snap_proc *p = snap->procs;
	assert_int_equal(snap->nr_procs, 2);
	assert_string_equal(p[0].comm, "proc1");
	assert_int_equal(p[0].collapses, 3);
	assert_int_equal(p[0].filled_bytes, 384 * 4096);
	assert_string_equal(p[0].top_result, "lack_referenced_page");
	assert_string_equal(p[1].comm, "proc2");
	assert_int_equal(p[1].collapses, 1);
	assert_int_equal(p[1].failures, 2);
	assert_true(p[1].filled_bytes == NUM_UNKNOWN);
	assert_int_equal(p[1].filled_unknown, 1);
	assert_string_equal(p[1].top_result, "not_suitable_page_count");
	assert_int_equal(p[1].detail->scan_result[MTHP_R_PMD_NULL], 1);
}

static void test_histograms(void **state)
{
	__u64 complete = 0, censored = 0, count = 0;
	size_t i;
	assert_int_equal(snap->nr_occ, MTHP_OCC_BUCKETS);
	assert_string_equal(snap->occ[0].bucket, "empty");
	assert_string_equal(snap->occ[1].bucket, "0/16");
	assert_string_equal(snap->occ[17].bucket, "full");
	for (i = 0; i < snap->nr_occ; i++) {
		complete += snap->occ[i].complete;
		censored += snap->occ[i].censored;
	}
	assert_int_equal(complete, 2);
	assert_int_equal(censored, 2);
	assert_int_equal(snap->nr_dur, 3);
	for (i = 0; i < snap->nr_dur; i++) {
		count += snap->dur[i].count;
		assert_true(i == 0 || snap->dur[i].from_ns == snap->dur[i - 1].to_ns);
	}
	assert_int_equal(count, 3);
}

static void test_counters(void **state)
{
	char buf[32];
	assert_int_equal(snap->nr_counters, 3);
	assert_int_equal(snap->counters[0].delta, 4);
	assert_true(snap->counters[0].order == NUM_UNKNOWN);
	/* A gauge that fell by one stays known. */
	assert_true((__s64)snap->counters[1].delta == -1);
	field_text(table_field(table_find("counters"), "delta"), &snap->counters[1], 4096, buf,
		   sizeof(buf));
	assert_string_equal(buf, "-1");
	assert_true(snap->counters[2].value == NUM_UNKNOWN);
	assert_true(snap->counters[2].delta == SNAP_NO_DELTA);
}

/* The same sums give the same rows, in whichever order the events arrive. */
static void test_stable(void **state)
{
	struct model *other = evs_model();
	struct snapshot *again;
	struct totals t;
	size_t i;
	/* Rebuild its tables back to front. */
	totals_init(&t, 0);
	for (i = snap->nr_procs; i--;) {
		struct mthp_proc_key key = { snap->procs[i].mm, snap->procs[i].tgid, 0 };

		totals_proc(&t, &key)->val = *snap->procs[i].detail;
	}
	for (i = snap->nr_outcomes; i--;) {
		struct outcome_row *row, *from;

		row = totals_outcome(&t, &snap->outcomes[i].key);
		HASH_FIND(hh, model->totals.outcomes, &row->key, sizeof(row->key), from);
		row->val = from->val;
	}
	totals_free(&other->totals);
	other->totals.procs = t.procs;
	other->totals.outcomes = t.outcomes;
	again = snapshot_take(other);
	assert_int_equal(again->nr_outcomes, snap->nr_outcomes);
	for (i = 0; i < snap->nr_outcomes; i++)
		assert_memory_equal(&again->outcomes[i].key, &snap->outcomes[i].key,
				    sizeof(snap->outcomes[i].key));
	for (i = 0; i < snap->nr_procs; i++)
		assert_int_equal(again->procs[i].mm, snap->procs[i].mm);
	snapshot_free(again);
	model_free(other);
}

/* The events of a source that adds up by itself are only for the stream. */
static void test_sums_given(void **state)
{
	struct mthp_ev ev = evs_make(MTHP_K_COLLAPSE, MTHP_R_SUCCEED, 2000000000, 1);
	struct snapshot *s;
	struct meta meta;
	struct model *m;
	evs_meta(&meta);
	m = model_new(&meta, 1);
	model_event(m, &ev);
	s = snapshot_take(m);
	assert_int_equal(s->summary.events, 0);
	assert_int_equal(s->nr_recent, 1);
	snapshot_free(s);
	model_free(m);
}

/* The rings keep the newest, oldest first. */
static void test_rings(void **state)
{
	struct mthp_ev ev = evs_make(MTHP_K_COLLAPSE, MTHP_R_SUCCEED, 2000000000, 1);
	struct model *m = evs_model();
	struct snapshot *s;
	int i;
	for (i = 0; i < MODEL_RECENT + 7; i++, ev.ts_ns++)
		model_event(m, &ev);
	for (i = 0; i < MODEL_SERIES + 7; i++)
		model_tick(m, 5000000000 + i);
	s = snapshot_take(m);
	assert_int_equal(s->nr_recent, MODEL_RECENT);
	assert_int_equal(s->recent[0].ts_ns, 2000000007);
	assert_int_equal(s->recent[MODEL_RECENT - 1].ts_ns, 2000000000 + MODEL_RECENT + 6);
	assert_int_equal(s->nr_series, MODEL_SERIES);
	assert_int_equal(s->series[0].ts_ns, 5000000007);
	assert_int_equal(s->series[0].collapses[9], 4 + MODEL_RECENT + 7);
	assert_int_equal(s->series[0].scans, 5);
	snapshot_free(s);
	model_free(m);
}

/* After a failed reading of the BPF maps the rows have no numbers. */
static void test_no_counts(void **state)
{
	struct model *m = evs_model();
	struct outcome_row *row, *next;
	struct snapshot *s;
	size_t i;

	HASH_ITER(hh, m->totals.outcomes, row, next)
		memset(&row->val, 0, sizeof(row->val));
	m->totals.has_mthp = true;
	m->totals.ranges.blocked[MTHP_Q_KHUGEPAGED][MTHP_R_PAGE_LOCK] = 1;
	s = snapshot_take(m);
	assert_true(s->nr_outcomes > 1);
	for (i = 0; i < s->nr_outcomes; i++)
		assert_int_equal(s->outcomes[i].share_ppm, NUM_UNKNOWN);
	assert_int_equal(s->nr_blocked, 1);
	assert_int_equal(s->blocked[0].share_ppm, NUM_UNKNOWN);
	snapshot_free(s);
	model_free(m);
}

/* BPF may add an event between two reads of one sum. */
static void test_fill_ahead(void **state)
{
	struct model *m = evs_model();
	struct outcome_row *row, *next;
	struct snapshot *s;

	HASH_ITER(hh, m->totals.outcomes, row, next)
		if (row->key.kind == MTHP_K_COLLAPSE && row->key.result == MTHP_R_SUCCEED)
			row->val.filled_of = row->val.count + 100;
	s = snapshot_take(m);
	assert_int_equal(s->orders[0].filled_unknown, 0);
	snapshot_free(s);
	model_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_summary),	   cmocka_unit_test(test_orders),
		cmocka_unit_test(test_outcomes),   cmocka_unit_test(test_procs),
		cmocka_unit_test(test_histograms), cmocka_unit_test(test_counters),
		cmocka_unit_test(test_stable),	   cmocka_unit_test(test_sums_given),
		cmocka_unit_test(test_rings),	   cmocka_unit_test(test_no_counts),
		cmocka_unit_test(test_fill_ahead),
	};

	return cmocka_run_group_tests_name("snapshot", tests, setup, teardown);
}
