// SPDX-License-Identifier: GPL-2.0-only
/* What-if on events without addresses: which results follow for another max_ptes_none, and which do not. */
#include <string.h>

#include "tests/support/cm.h"
#include "tests/support/events.h"
#include "whatif/without_ranges.h"

#define PAGE 4096ULL

static void collapse(struct whatif_legacy *l, __u32 filled, unsigned int times)
{
	struct mthp_ev ev = evs_make(MTHP_K_COLLAPSE, MTHP_R_SUCCEED, 2000, 1);

	ev.requester = MTHP_Q_KHUGEPAGED;
	ev.order = 9;
	if (filled != ~0U) {
		ev.known |= MTHP_KNOWN(FILLED);
		ev.v[MTHP_V_FILLED] = filled;
	}
	while (times--)
		whatif_legacy_event(l, &ev);
}

static void scan(struct whatif_legacy *l, __u8 result, __u32 none, unsigned int times)
{
	struct mthp_ev ev = evs_scan(result, 1000, 1, none, MTHP_SAMPLE_CENSORED);

	ev.requester = MTHP_Q_KHUGEPAGED;
	while (times--)
		whatif_legacy_event(l, &ev);
}

/* None of these is a collapse to a PMD by khugepaged. */
static void others(struct whatif_legacy *l)
{
	struct mthp_ev ev = evs_make(MTHP_K_COLLAPSE, MTHP_R_SUCCEED, 3000, 1);

	ev.known = MTHP_KNOWN(FILLED);
	ev.order = 9;
	ev.requester = MTHP_Q_MADVISE;
	whatif_legacy_event(l, &ev);
	ev.requester = MTHP_Q_KHUGEPAGED;
	ev.order = 4;
	whatif_legacy_event(l, &ev);
	ev.order = 9;
	ev.result = MTHP_R_ALLOC_HUGE_PAGE_FAIL;
	whatif_legacy_event(l, &ev);
	ev.result = MTHP_R_SUCCEED;
	ev.kind = MTHP_K_ISOLATE;
	whatif_legacy_event(l, &ev);
}

static void test_rows(void **state)
{
	static const struct whatif_setting s[] = { { 0, 0, MTHP_RULE_GUARD, WHATIF_SET, 0 },
						   { 0, 99, MTHP_RULE_GUARD, WHATIF_SET, 0 },
						   { 0, 100, MTHP_RULE_GUARD, WHATIF_SET, 0 },
						   { 0, 511, MTHP_RULE_GUARD, WHATIF_SET, 0 } };
	static const struct {
		__u64 none, collapses, filled_pages, exact_ppm;
	} want[] = {
		/* The recorded setting also has the collapses of unknown fill. */
		{ 255, 3 + 2 + 1 + 1, 2 * 100 + 511, 1000000 },
		/* The collapse of unknown fill is not exact: one of 20 scans. */
		{ 0, 3, 0, 950000 },
		{ 99, 3, 0, 950000 },
		/* Four scans ended at 100 empty PTEs, two at 200. */
		{ 100, 3 + 2, 2 * 100, 750000 },
		{ 511, 3 + 2 + 1, 2 * 100 + 511, 650000 },
	};
	struct whatif_legacy l;
	struct whatif_doc d;
	struct meta meta;
	size_t i;
	evs_meta(&meta);
	meta.settings.max_ptes_none = 255;
	assert_int_equal(whatif_legacy_init(&l, 9), 0);
	collapse(&l, 0, 3);
	collapse(&l, 100, 2);
	collapse(&l, 511, 1);
	collapse(&l, ~0U, 1);
	scan(&l, MTHP_R_SUCCEED, 0, 14);
	scan(&l, MTHP_R_EXCEED_NONE_PTE, 100, 4);
	scan(&l, MTHP_R_EXCEED_NONE_PTE, 200, 2);
	others(&l);
	assert_int_equal(whatif_legacy_doc(&l, &meta, s, ARRAY_SIZE(s), &d), 0);
	assert_int_equal(d.nr_rows, ARRAY_SIZE(want));
	assert_int_equal(d.nr_sizes, ARRAY_SIZE(want));
	assert_int_equal(d.top.left_out, 1);
	for (i = 0; i < ARRAY_SIZE(want); i++) {
		const struct whatif_row *row = &d.rows[i];
		__u64 known = want[i].collapses - !i;

		assert_int_equal(row->setting, i);
		assert_int_equal(row->max_ptes_none, want[i].none);
		assert_int_equal(row->collapses, want[i].collapses);
		assert_int_equal(row->batches, known);
		assert_int_equal(row->collapsed_bytes, known * 512 * PAGE);
		assert_int_equal(row->filled_bytes, want[i].filled_pages * PAGE);
		assert_int_equal(row->copied_bytes, (known * 512 - want[i].filled_pages) * PAGE);
		assert_int_equal(row->scans, 20);
		assert_int_equal(row->exact_ppm, want[i].exact_ppm);
		assert_string_equal(row->orders, i ? "2M" : "recorded");
		assert_true(row->tlb_entries == NUM_UNKNOWN && row->cost == NUM_UNKNOWN);
		assert_true(row->creep_steps == NUM_UNKNOWN && row->grown_steps == NUM_UNKNOWN);
		assert_int_equal(row->best, 0);
		assert_int_equal(d.sizes[i].setting, i);
		assert_int_equal(d.sizes[i].order, 9);
		assert_int_equal(d.sizes[i].collapses, want[i].collapses);
		assert_int_equal(d.sizes[i].bytes, known * 512 * PAGE);
	}
	whatif_doc_free(&d);
	whatif_legacy_free(&l);
}

/* Nothing was recorded, not even the setting. */
static void test_nothing(void **state)
{
	static const struct whatif_setting s = { 0, 511, MTHP_RULE_GUARD, WHATIF_SET, 0 };
	struct whatif_legacy l;
	struct whatif_doc d;
	struct meta meta;
	size_t i;
	evs_meta(&meta);
	meta.settings.max_ptes_none = META_UNKNOWN;
	assert_int_equal(whatif_legacy_init(&l, 9), 0);
	assert_int_equal(whatif_legacy_doc(&l, &meta, &s, 1, &d), 0);
	assert_int_equal(d.nr_rows, 2);
	assert_int_equal(d.nr_sizes, 0);
	assert_true(d.rows[0].max_ptes_none == NUM_UNKNOWN);
	for (i = 0; i < 2; i++)
		assert_true(d.rows[i].exact_ppm == NUM_UNKNOWN);
	whatif_doc_free(&d);
	whatif_legacy_free(&l);
}

/* More unknown values than scans, and values that no range of 512 PTEs can have. */
static void test_bounds(void **state)
{
	static const struct whatif_setting s = { 0, 511, MTHP_RULE_GUARD, WHATIF_SET, 0 };
	struct whatif_legacy l;
	struct whatif_doc d;
	struct meta meta;
	evs_meta(&meta);
	assert_int_equal(whatif_legacy_init(&l, 9), 0);
	collapse(&l, ~0U, 3);
	collapse(&l, 512, 1);
	scan(&l, MTHP_R_SUCCEED, 0, 2);
	scan(&l, MTHP_R_EXCEED_NONE_PTE, 512, 1);
	assert_int_equal(whatif_legacy_doc(&l, &meta, &s, 1, &d), 0);
	assert_int_equal(d.top.left_out, 4);
	assert_int_equal(d.rows[1].collapses, 0);
	assert_int_equal(d.rows[1].exact_ppm, 0);
	whatif_doc_free(&d);
	whatif_legacy_free(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
