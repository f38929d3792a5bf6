// SPDX-License-Identifier: GPL-2.0-only
/* Slots that widen lose and misplace nothing, from events and from sums. */
#include <stdio.h>
#include <string.h>

#include "tests/support/cm.h"
#include "tests/support/events.h"
#include "model/field.h"
#include "model/snapshot.h"

#define SEC 1000000000ULL

static struct mthp_ev collapse(__u64 ts_ns, __u8 order, __u32 filled)
{
	struct mthp_ev ev = evs_make(MTHP_K_COLLAPSE, MTHP_R_SUCCEED, ts_ns, 1);

	ev.order = order;
	ev.known = MTHP_KNOWN(FILLED);
	ev.v[MTHP_V_FILLED] = filled;
	return ev;
}

static void test_widens(void **state)
{
	struct timeline t;
	struct mthp_ev ev;
	__u64 i, n, done = 0, filled = 0;
	timeline_init(&t, 5 * SEC);
	/* One each second for an hour: the slots end up 32 s wide, with 32 of them in each. */
	for (i = 0; i < 3600; i++) {
		ev = collapse(5 * SEC + i * SEC, 4, 3);
		timeline_event(&t, &ev, 0);
	}
	assert_int_equal(t.width_ns, 32 * SEC);
	for (i = 0; i < TIMELINE_SLOTS; i++) {
		n = i < 3600 / 32 ? 32 : i == 3600 / 32 ? 3600 % 32 : 0;
		assert_int_equal(t.slot[i].collapses[4], n);
		assert_int_equal(t.slot[i].filled, 3 * n);
		assert_int_equal(t.slot[i].filled_of, n);
		done += t.slot[i].collapses[4];
		filled += t.slot[i].filled;
	}
	assert_int_equal(done, 3600);
	assert_int_equal(filled, 3 * 3600);
}

/* Events of several CPUs arrive in any order; a damaged trace has arbitrary times. */
static void test_any_order(void **state)
{
	static const __u64 at[] = { 9 * SEC, 5 * SEC, 5 * SEC + TIMELINE_FIRST_NS, 5 * SEC - 1, 0 };
	struct timeline t;
	struct mthp_ev ev;
	__u64 all = 0;
	size_t i;
	timeline_init(&t, 5 * SEC);
	for (i = 0; i < ARRAY_SIZE(at); i++) {
		ev = collapse(at[i], 9, 0);
		timeline_event(&t, &ev, 0);
	}
	assert_int_equal(t.width_ns, 4 * TIMELINE_FIRST_NS);
	assert_int_equal(t.slot[0].collapses[9], 4);
	assert_int_equal(t.slot[4 * SEC / t.width_ns].collapses[9], 1);
	ev = collapse(~0ULL, 9, 0);
	timeline_event(&t, &ev, 0);
	assert_true((~0ULL - 5 * SEC) / t.width_ns < TIMELINE_SLOTS);
	for (i = 0; i < TIMELINE_SLOTS; i++)
		all += t.slot[i].collapses[9];
	assert_int_equal(all, 6);
	assert_int_equal(t.slot[0].collapses[9], 5);
}

/* Events other than scans and collapses of this kernel are not counted; failures are no collapses. */
static void test_which(void **state)
{
	struct timeline t;
	struct mthp_ev ev = evs_scan(MTHP_R_SUCCEED, SEC, 1, 0, MTHP_SAMPLE_COMPLETE);
	timeline_init(&t, SEC);
	timeline_event(&t, &ev, 0);
	timeline_event(&t, &ev, 1); /* counted: the series' scans */
	ev = evs_make(MTHP_K_ISOLATE, MTHP_R_SUCCEED, SEC, 1);
	timeline_event(&t, &ev, 0);
	ev = evs_make(MTHP_K_COLLAPSE, MTHP_R_PAGE_LOCK, SEC, 1);
	timeline_event(&t, &ev, 0);
	assert_int_equal(t.slot[0].scans, 1);
	assert_int_equal(t.slot[0].failures[9], 1);
	assert_int_equal(t.slot[0].collapses[9], 0);
}

/* The rows of a snapshot add up to its summary, and end at the same time. */
static void add_up(const struct snapshot *s)
{
	const struct table *t = table_find("timeline");
	__u64 scans = 0, done = 0, failed = 0, bytes = 0, at = 0;
	size_t i;

	assert_int_equal(table_rows(t, s), s->nr_timeline);
	assert_in_range(s->nr_timeline, 1, TIMELINE_SLOTS);
	for (i = 0; i < s->nr_timeline; i++) {
		const struct snap_slot *row = &s->timeline[i];

		assert_int_equal(row->from_ns, at);
		at = row->to_ns;
		scans += row->scans;
		done += row->collapses;
		failed += row->failures;
		bytes += row->collapsed_bytes;
	}
	assert_int_equal(at, s->summary.duration_ns);
	assert_int_equal(scans, s->summary.scans);
	assert_int_equal(done, s->summary.collapses);
	assert_int_equal(failed, s->summary.failures);
	assert_int_equal(bytes, s->summary.collapsed_bytes);
}

static void test_snapshot(void **state)
{
	struct model *m = evs_model();
	struct snapshot *s = snapshot_take(m);
	add_up(s);
	/* 3 s in slots of 31.25 ms: no slot remains at the end. */
	assert_int_equal(s->nr_timeline, 96);
	assert_int_equal(s->timeline[3].collapses, 3);
	assert_int_equal(s->timeline[3].filled_bytes, (128 + 256) * 4096);
	assert_true(s->timeline[6].filled_bytes == NUM_UNKNOWN);
	assert_int_equal(s->timeline[6].failures, 1);
	snapshot_free(s);
	model_free(m);
}

/* A live model gets running sums at each tick; the tick's slot gets their growth. */
static void test_sums(void **state)
{
	struct mthp_outcome_key key = { MTHP_K_COLLAPSE, MTHP_Q_KHUGEPAGED, 9, MTHP_R_SUCCEED };
	struct mthp_outcome *val;
	struct snapshot *s;
	struct model *m;
	struct meta meta;
	struct mthp_ev ev;
	int i;
	evs_meta(&meta);
	m = model_new(&meta, 1);
	model_tick(m, SEC);
	val = &totals_outcome(&m->totals, &key)->val;
	for (i = 1; i <= 10; i++) {
		val->count += 2;
		val->filled += 5;
		val->filled_of += 2;
		/* Events of a live source are for the stream only. */
		ev = collapse(SEC + i * SEC, 9, 1);
		model_event(m, &ev);
		model_tick(m, SEC + i * SEC);
	}
	s = snapshot_take(m);
	add_up(s);
	assert_int_equal(s->summary.collapses, 20);
	assert_int_equal(s->timeline[0].collapses, 0);
	assert_int_equal(s->timeline[SEC / m->timeline.width_ns].collapses, 2);
	assert_int_equal(s->timeline[SEC / m->timeline.width_ns].filled_bytes, 5 * 4096);
	snapshot_free(s);
	/* A removed row subtracts nothing. */
	val->count -= 15;
	model_tick(m, 12 * SEC);
	s = snapshot_take(m);
	for (i = 0, key.order = 0; i < (int)s->nr_timeline; i++)
		key.order += s->timeline[i].collapses;
	assert_int_equal(key.order, 20);
	snapshot_free(s);
	model_free(m);
}

/* While recording, the timeline comes from the events, not from the sums: as the file then gives it. */
static void test_streamed(void **state)
{
	struct model *m, *file = evs_model();
	struct snapshot *s, *want = snapshot_take(file);
	struct mthp_outcome_key key = { MTHP_K_COLLAPSE, MTHP_Q_KHUGEPAGED, 9, MTHP_R_SUCCEED };
	struct meta meta;
	__u64 i;
	evs_meta(&meta);
	m = model_new(&meta, 1);
	m->streamed = 1;
	for (i = 0; i < file->nr_recent; i++)
		model_event(m, &file->recent[i]);
	totals_outcome(&m->totals, &key)->val.count = 99;
	model_tick(m, 4 * SEC);
	s = snapshot_take(m);
	assert_int_equal(s->nr_timeline, want->nr_timeline);
	assert_memory_equal(s->timeline, want->timeline, s->nr_timeline * sizeof(*s->timeline));
	snapshot_free(s);
	snapshot_free(want);
	model_free(m);
	model_free(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_widens), cmocka_unit_test(test_any_order),
		cmocka_unit_test(test_which),  cmocka_unit_test(test_snapshot),
		cmocka_unit_test(test_sums),   cmocka_unit_test(test_streamed),
	};

	return cmocka_run_group_tests_name("timeline", tests, NULL, NULL);
}
