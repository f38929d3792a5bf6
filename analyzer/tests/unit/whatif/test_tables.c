// SPDX-License-Identifier: GPL-2.0-only
/* Rows of a what-if: the best setting, the settings that no other beats, and the sentences about them. */
#include <stdlib.h>
#include <string.h>

#include "tests/support/cm.h"
#include "tests/support/events.h"
#include "tests/support/whatif_life.h"
#include "whatif/tables.h"

#define PAGE 4096ULL

/* A doc of rows made by hand: filled pages and TLB entries. Row 0 is the recorded setting. */
static const __u64 made[][2] = {
	{ 10, 100 }, { 0, 90 }, { 8, 50 }, { 8, 60 }, { 0, 90 }, { 40, 10 }, { 50, 10 },
};

static void make(struct whatif_doc *d)
{
	size_t i;

	memset(d, 0, sizeof(*d));
	d->page_size = PAGE;
	d->nr_rows = ARRAY_SIZE(made);
	d->rows = calloc(d->nr_rows, sizeof(*d->rows));
	d->sizes = calloc(d->nr_rows, sizeof(*d->sizes));
	assert_true(d->rows && d->sizes);
	for (i = 0; i < d->nr_rows; i++) {
		d->rows[i].setting = i;
		d->rows[i].filled_bytes = made[i][0] * PAGE;
		d->rows[i].tlb_entries = made[i][1];
		d->rows[i].rule = "guard";
		d->sizes[d->nr_sizes++].setting = i;
	}
}

static size_t best(const struct whatif_doc *d)
{
	size_t i, found = 0;

	for (i = 0; i < d->nr_rows; i++) {
		if (!d->rows[i].best)
			continue;
		assert_int_equal(found, 0);
		found = i;
	}
	return found;
}

static void test_best(void **state)
{
	static const struct {
		__u32 weigh;
		size_t best;
		__u64 cost;
	} want[] = {
		/* Of two settings with the same cost the first one is best; the recorded one is never best. */
		{ 0, 1, 0 },
		{ 1, 5, 40 + 10 },
		{ 4, 5, 40 + 40 },
	};
	struct whatif_doc d;
	size_t i;
	for (i = 0; i < ARRAY_SIZE(want); i++) {
		make(&d);
		whatif_doc_judge(&d, want[i].weigh);
		assert_int_equal(d.top.weigh, want[i].weigh);
		assert_int_equal(best(&d), want[i].best);
		assert_int_equal(d.rows[want[i].best].cost, want[i].cost);
		assert_int_equal(d.rows[0].cost, 10 + 100 * want[i].weigh);
		whatif_doc_free(&d);
	}
	make(&d);
	for (i = 0; i < d.nr_rows; i++)
		d.rows[i].tlb_entries = NUM_UNKNOWN;
	whatif_doc_judge(&d, 4);
	assert_int_equal(best(&d), 0);
	assert_true(d.rows[1].cost == NUM_UNKNOWN);
	whatif_doc_free(&d);
}

static void test_frontier(void **state)
{
	static const size_t want[] = { 0, 1, 2, 5 };
	struct whatif_doc d;
	size_t i;
	make(&d);
	whatif_doc_frontier(&d);
	assert_int_equal(d.nr_rows, ARRAY_SIZE(want));
	assert_int_equal(d.nr_sizes, ARRAY_SIZE(want));
	for (i = 0; i < ARRAY_SIZE(want); i++) {
		assert_int_equal(d.rows[i].setting, want[i]);
		assert_int_equal(d.sizes[i].setting, want[i]);
	}
	whatif_doc_free(&d);
	/* The recording is no setting: it stays first, and beats nobody. */
	make(&d);
	d.rows[0].filled_bytes = d.rows[0].tlb_entries = 0;
	whatif_doc_frontier(&d);
	assert_int_equal(d.nr_rows, ARRAY_SIZE(want));
	for (i = 0; i < ARRAY_SIZE(want); i++)
		assert_int_equal(d.rows[i].setting, want[i]);
	whatif_doc_free(&d);
}

/* A scan of @present pages in range @range of process @who, and optionally a collapse to 64K after it. */
static void tell(struct whatif *w, __u32 who, __u32 range, __u64 present, bool collapsed)
{
	struct {
		struct mthp_ev ev;
		__u64 bits[MTHP_NR_BITMAPS];
	} e = { .ev = evs_make(MTHP_K_MTHP_SCAN, MTHP_R_SUCCEED, 1000 + range, who) };

	e.ev.requester = MTHP_Q_KHUGEPAGED;
	e.ev.order = LIFE_P;
	e.ev.addr = 0x40000000 + range * LIFE_PTES * PAGE;
	e.ev.known |= MTHP_KNOWN_ADDR;
	e.ev.sample = MTHP_SAMPLE_COMPLETE;
	e.ev.nr_words = 1;
	life_set(&e.ev, MTHP_V_ORDERS, LIFE_ALL);
	life_set(&e.ev, MTHP_V_MAX_PTES_NONE, 0);
	e.bits[MTHP_B_PRESENT] = e.bits[MTHP_B_REFERENCED] = present;
	if (collapsed)
		e.bits[MTHP_B_PLAN] = 1 << 0 | 1 << 15;
	whatif_event(w, &e.ev, 0);
	if (!collapsed)
		return;
	e.ev.kind = MTHP_K_MTHP_COLLAPSE;
	e.ev.order = 4;
	life_set(&e.ev, MTHP_V_FILLED, 1);
	whatif_event(w, &e.ev, 0);
	e.ev.kind = MTHP_K_MTHP_BATCH;
	whatif_event(w, &e.ev, 0);
}

static const struct whatif_setting settings[] = {
	{ 1 << 4, 0, MTHP_RULE_SCALED, WHATIF_SET, 0 },
	{ LIFE_ALL, 63, MTHP_RULE_GUARD, WHATIF_SET, 0 },
};

/* Two ranges of one process, one of another, and a scan that whatif cannot use. */
static void replay(const struct meta *meta, __u32 weigh, struct whatif_doc *d)
{
	struct mthp_ev useless = evs_scan(MTHP_R_SUCCEED, 900, 1, 0, MTHP_SAMPLE_COMPLETE);
	struct whatif *w = NULL;

	useless.kind = MTHP_K_MTHP_SCAN;
	assert_int_equal(whatif_new(LIFE_P, PAGE, &meta->settings, settings, 2, &w), 0);
	whatif_event(w, &useless, 0);
	tell(w, 1, 0, 0x7fff, true);
	tell(w, 1, 1, 0xffff, false);
	tell(w, 2, 2, 0xffffffff, false);
	whatif_end(w);
	assert_int_equal(whatif_doc_make(w, meta, settings, 2, weigh, d), 0);
	whatif_free(w);
}

static void meta_make(struct meta *meta)
{
	evs_meta(meta);
	meta->detail = DETAIL_PLANS;
	meta->pmd_order = LIFE_P;
	meta->settings.max_ptes_none = 0;
	meta->settings.creep_guard = 1;
}

static void test_rows(void **state)
{
	static const struct whatif_row want[] = {
		{ 0, "guard", 0, "recorded", 0, 1, 16 * PAGE, PAGE, 15625, 15 * PAGE, 3, 1, 0, 0, 0,
		  1 + 16 + 32, 1000000, 1000000, 1 + 49 * 4 },
		{ 1, "scaled", 0, "64K", 1, 3, 48 * PAGE, 0, 0, 48 * PAGE, 3, 2, 0, 0, 0,
		  15 + 1 + 2, 1000000, 1000000, 18 * 4 },
		{ 2, "guard", 63, "16K,32K,64K,128K,256K", 0, 3, 3 * 64 * PAGE,
		  (49 + 48 + 32) * PAGE, 2015625, (15 + 16 + 32) * PAGE, 3, 3, 0, 0, 0, 3, 1000000,
		  1000000, 129 + 3 * 4 },
	};
	static const __u64 sizes[][3] = { { 0, 4, 1 }, { 1, 4, 3 }, { 2, 6, 3 } };
	struct whatif_doc d;
	struct meta meta;
	size_t i;
	meta_make(&meta);
	replay(&meta, 4, &d);
	assert_string_equal(d.top.release, meta.release);
	assert_int_equal(d.top.ranges, 3);
	assert_int_equal(d.top.processes, 2);
	assert_int_equal(d.top.left_out, 1);
	assert_int_equal(d.nr_rows, 3);
	for (i = 0; i < 3; i++) {
		struct whatif_row row = d.rows[i];

		assert_string_equal(row.rule, want[i].rule);
		assert_string_equal(row.orders, want[i].orders);
		row.rule = want[i].rule;
		memset(row.orders + strlen(row.orders), 0, sizeof(row.orders) - strlen(row.orders));
		assert_memory_equal(&row, &want[i], sizeof(row));
	}
	assert_int_equal(d.nr_sizes, ARRAY_SIZE(sizes));
	for (i = 0; i < d.nr_sizes; i++) {
		assert_int_equal(d.sizes[i].setting, sizes[i][0]);
		assert_int_equal(d.sizes[i].order, sizes[i][1]);
		assert_int_equal(d.sizes[i].collapses, sizes[i][2]);
		assert_int_equal(d.sizes[i].bytes, sizes[i][2] * PAGE << sizes[i][1]);
	}
	whatif_doc_free(&d);
}

/* Processes under the best setting: the one with the largest change first. */
static void test_procs(void **state)
{
	static const struct whatif_proc_row want[] = {
		{ 101, "proc1", 1001, 2, (49 + 48) * PAGE, PAGE, 2, 1 + 16 },
		{ 102, "proc2", 1002, 1, 32 * PAGE, 0, 1, 32 },
	};
	struct whatif_doc d;
	struct meta meta;
	size_t i;
	meta_make(&meta);
	replay(&meta, 100, &d);
	assert_int_equal(best(&d), 2);
	assert_int_equal(d.nr_procs, 2);
	for (i = 0; i < 2; i++) {
		const struct whatif_proc_row *p = &d.procs[i], *w = &want[1 - i];

		assert_int_equal(p->tgid, w->tgid);
		assert_string_equal(p->comm, w->comm);
		assert_int_equal(p->mm, w->mm);
		assert_int_equal(p->ranges, w->ranges);
		assert_int_equal(p->filled_bytes, w->filled_bytes);
		assert_int_equal(p->filled_recorded_bytes, w->filled_recorded_bytes);
		assert_int_equal(p->tlb_entries, w->tlb_entries);
		assert_int_equal(p->tlb_recorded, w->tlb_recorded);
	}
	whatif_doc_free(&d);
}

static void test_explain(void **state)
{
	static const char *const want[] = {
		"Best of those tried: max_ptes_none 63, sizes 16K,32K,64K,128K,256K, rule guard.",
		"Its cost is the least: filled pages plus TLB entries, one entry counted as 100 pages (--weigh).",
		"Gain: the ranges need 3 TLB entries at the end, 49 as recorded.",
		"Memory: collapses fill 516K with zeroes, 4K as recorded.",
		"Work: 3 collapses in 3 commits, 252K copied. As recorded: 1 collapse in 1 commit, 60K copied.",
		"Creep: none.",
		"Confidence: 100.0% of the scans can be decided from the trace, and 100.0% of the ranges up to its end; the rest is an estimate.",
		"Left out: 1 scan that ended early, or of ranges that did not fit into memory.",
		"Largest change: proc2 (102): 1 TLB entry instead of 32, 128K filled.",
		"Next: proc1 (101): 2 TLB entries instead of 17, 388K filled.",
	};
	struct whatif_doc d;
	struct meta meta;
	size_t i;
	meta_make(&meta);
	replay(&meta, 100, &d);
	assert_int_equal(whatif_doc_explain(&d), 0);
	assert_int_equal(d.nr_lines, ARRAY_SIZE(want));
	for (i = 0; i < ARRAY_SIZE(want); i++)
		assert_string_equal(d.lines[i].text, want[i]);
	whatif_doc_free(&d);
	/* A best setting that creeps gets a sentence about that. */
	make(&d);
	d.rows[5].best = 1;
	d.rows[5].creep_steps = 2;
	d.rows[5].creep_bytes = 8192;
	assert_int_equal(whatif_doc_explain(&d), 0);
	assert_int_equal(d.nr_lines, 7);
	assert_string_equal(d.lines[5].text,
			    "Creep: 2 collapses possible only because of earlier ones, 8K filled.");
	whatif_doc_free(&d);
	make(&d);
	assert_int_equal(whatif_doc_explain(&d), 0);
	assert_int_equal(d.nr_lines, 1);
	assert_non_null(strstr(d.lines[0].text, "The best setting is unknown"));
	whatif_doc_free(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_best),	cmocka_unit_test(test_frontier),
		cmocka_unit_test(test_rows),	cmocka_unit_test(test_procs),
		cmocka_unit_test(test_explain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
