// SPDX-License-Identifier: GPL-2.0-only
/* Situations, each with the verdict and the first next step that an expert gives; and the edges of the rules. */
#include <stdio.h>
#include <string.h>

#include "lib/array.h"
#include "model/snapshot.h"
#include "tests/support/cm.h"
#include "tests/support/events.h"

#define ROWS 4

struct row {
	__u32 count; /* 0: ends the rows */
	__u8 kind, result, order;
	__u8 by;     /* requester; 0: khugepaged */
	__u32 fill;  /* pages that each filled, + 1; 0: not reported */
	__u32 vain;  /* of the count, at ranges that had not changed */
	__u32 again; /* of the count, at blocks that are one folio already */
};

struct situation {
	const char *name;
	enum mthp_detail detail;
	struct row rows[ROWS];
	struct {
		const char *enabled;
		long long max_ptes_none, creep_guard; /* + 1; 0: unknown */
		__u64 steps;
	} more;
	enum verdict_word want;
	const char *reason, *next; /* parts of the texts; next NULL: none */
};

#define SCAN(n, r)                                            \
	{                                                     \
		n, MTHP_K_SCAN_PMD, MTHP_R_##r, 9, 0, 0, 0, 0 \
	}
#define SCANS(n, r, o)                                         \
	{                                                      \
		n, MTHP_K_MTHP_SCAN, MTHP_R_##r, o, 0, 0, 0, 0 \
	}
#define DONE(n, o, fill)                                                   \
	{                                                                  \
		n, MTHP_K_COLLAPSE, MTHP_R_SUCCEED, o, 0, (fill) + 1, 0, 0 \
	}
#define FAILED(n, o, r)                                       \
	{                                                     \
		n, MTHP_K_COLLAPSE, MTHP_R_##r, o, 0, 0, 0, 0 \
	}
#define DONES(n, o, fill)                                                       \
	{                                                                       \
		n, MTHP_K_MTHP_COLLAPSE, MTHP_R_SUCCEED, o, 0, (fill) + 1, 0, 0 \
	}
#define TRIED(n, o, r, vain, again)                                       \
	{                                                                 \
		n, MTHP_K_MTHP_COLLAPSE, MTHP_R_##r, o, 0, 0, vain, again \
	}
/* Splits by @who, all undone by khugepaged. */
#define SPLITS(n, who)                              \
	{                                           \
		n, MTHP_K_SPLIT, 0, 9, who, 0, 0, 0 \
	}
#define ASKED(n, o, fill)                                                               \
	{                                                                               \
		n, MTHP_K_COLLAPSE, MTHP_R_SUCCEED, o, MTHP_Q_MADVISE, (fill) + 1, 0, 0 \
	}

static const struct situation situations[] = {
	{ "nothing happened",
	  0,
	  { { 0 } },
	  { 0 },
	  VERDICT_IDLE,
	  "Nothing was scanned",
	  "survey --all" },
	{ "switched off",
	  0,
	  { { 0 } },
	  { "never", 512, 0, 0 },
	  VERDICT_IDLE,
	  "are off",
	  "echo madvise >" },
	{ "madvise, and nobody asks",
	  0,
	  { { 0 } },
	  { "madvise", 512, 0, 0 },
	  VERDICT_IDLE,
	  "Nothing was scanned",
	  "survey --all" },
	{ "empty memory",
	  0,
	  { SCAN(50, PMD_NONE) },
	  { 0 },
	  VERDICT_IDLE,
	  "found no memory",
	  "survey --all" },
	{ "all is huge already",
	  0,
	  { SCAN(50, PMD_MAPPED) },
	  { 0 },
	  VERDICT_IDLE,
	  "only huge pages",
	  "survey --all" },
	{ "all is huge already, and addresses are known: only the older event tells",
	  DETAIL_RANGES,
	  { SCAN(50, PMD_MAPPED), SCAN(7, PMD_NONE) },
	  { "madvise", 512, 0, 0 },
	  VERDICT_IDLE,
	  "There was nothing to collapse: no memory, or only huge pages",
	  "survey --all" },
	{ "all is as large as it may be",
	  DETAIL_PLANS,
	  { SCANS(50, ALREADY_COLLAPSED, 9) },
	  { 0 },
	  VERDICT_IDLE,
	  "only huge pages",
	  "survey --all" },
	{ "sparse memory, strict setting",
	  0,
	  { SCAN(90, EXCEED_NONE_PTE) },
	  { "always", 1, 0, 0 },
	  VERDICT_FAILING,
	  "90 scans, no collapse (most often: 2M, exceed_none_pte)",
	  "max_ptes_none" },
	{ "swapped out",
	  0,
	  { SCAN(90, EXCEED_SWAP_PTE), SCAN(10, EXCEED_NONE_PTE) },
	  { 0 },
	  VERDICT_FAILING,
	  "exceed_swap_pte",
	  "max_ptes_swap" },
	{ "shared after fork",
	  0,
	  { SCAN(90, EXCEED_SHARED_PTE) },
	  { 0 },
	  VERDICT_FAILING,
	  "exceed_shared_pte",
	  "max_ptes_shared" },
	{ "pinned for RDMA",
	  0,
	  { SCAN(90, PAGE_COUNT) },
	  { 0 },
	  VERDICT_FAILING,
	  "not_suitable_page_count",
	  "who pins" },
	{ "memory that nobody uses",
	  0,
	  { SCAN(9, LACK_REFERENCED_PAGE) },
	  { 0 },
	  VERDICT_FAILING,
	  "lack_referenced_page",
	  "not used" },
	{ "fragmented",
	  0,
	  { SCAN(20, SUCCEED), FAILED(20, 9, ALLOC_HUGE_PAGE_FAIL) },
	  { 0 },
	  VERDICT_FAILING,
	  "20 of 20 attempts failed",
	  "compact_memory" },
	{ "half of it is fragmented",
	  0,
	  { SCAN(20, SUCCEED), DONE(10, 9, 0), FAILED(10, 9, ALLOC_HUGE_PAGE_FAIL) },
	  { 0 },
	  VERDICT_FAILING,
	  "10 of 20 attempts failed",
	  "compact_memory" },
	{ "a full cgroup",
	  0,
	  { FAILED(7, 9, CGROUP_CHARGE_FAIL) },
	  { 0 },
	  VERDICT_FAILING,
	  "7 of 7 attempts failed (most often: 2M, cgroup_charge_failed)",
	  "memory.max" },
	{ "refused scans are no reason of failed attempts",
	  0,
	  { SCAN(900, EXCEED_NONE_PTE), FAILED(7, 9, CGROUP_CHARGE_FAIL) },
	  { 0 },
	  VERDICT_FAILING,
	  "cgroup_charge_failed",
	  "memory.max" },
	{ "a result that nobody knows a remedy for",
	  0,
	  { SCAN(3, PAGE_LRU) },
	  { 0 },
	  VERDICT_FAILING,
	  "page_not_in_lru",
	  "table outcomes" },
	{ "full ranges",
	  0,
	  { SCAN(40, SUCCEED), DONE(40, 9, 0) },
	  { 0 },
	  VERDICT_HELPING,
	  "40 collapses made 80M of huge pages",
	  NULL },
	{ "a few failures",
	  0,
	  { DONE(40, 9, 0), FAILED(10, 9, PAGE_LOCK) },
	  { 0 },
	  VERDICT_HELPING,
	  "40 collapses",
	  NULL },
	{ "many refused scans beside collapses",
	  0,
	  { DONE(4, 9, 0), SCAN(9000, EXCEED_NONE_PTE) },
	  { 0 },
	  VERDICT_HELPING,
	  "4 collapses made 8M",
	  NULL },
	{ "a little was filled",
	  0,
	  { DONE(40, 9, 100) },
	  { "always", 512, 0, 0 },
	  VERDICT_HELPING,
	  "40 collapses",
	  NULL },
	{ "a quarter was filled",
	  0,
	  { DONE(40, 9, 128) },
	  { "always", 512, 0, 0 },
	  VERDICT_COSTLY,
	  "20M of the 80M collapsed was empty before, and was filled with zeroes (25.0%)",
	  "max_ptes_none (511): mthptop advise" },
	{ "what was filled is not reported",
	  0,
	  { { 40, MTHP_K_COLLAPSE, MTHP_R_SUCCEED, 9, 0, 0, 0, 0 } },
	  { "always", 512, 0, 0 },
	  VERDICT_HELPING,
	  "40 collapses",
	  NULL },
	{ "a part of it is reported",
	  0,
	  { DONE(20, 9, 511), { 20, MTHP_K_COLLAPSE, MTHP_R_SUCCEED, 9, 0, 0, 0, 0 } },
	  { 0 },
	  VERDICT_COSTLY,
	  "at least 39.9M of the 80M",
	  "table processes" },
	{ "a program asks for it",
	  0,
	  { ASKED(40, 9, 500), DONE(1, 9, 300) },
	  { "always", 512, 0, 0 },
	  VERDICT_COSTLY,
	  "(96.7%)",
	  "MADV_COLLAPSE" },
	{ "small sizes, filled",
	  DETAIL_PLANS,
	  { DONES(64, 4, 12) },
	  { "always", 512, 0, 0 },
	  VERDICT_COSTLY,
	  "3M of the 4M",
	  "max_ptes_none" },
	{ "creep, guard off",
	  DETAIL_PLANS,
	  { DONES(64, 4, 8), DONES(10, 9, 200) },
	  { "always", 256, 1, 12 },
	  VERDICT_CREEPING,
	  "12 of 74 collapses",
	  "echo 1 >" },
	{ "creep, no guard in this kernel",
	  DETAIL_RANGES,
	  { DONES(64, 4, 8) },
	  { "always", 256, 0, 5 },
	  VERDICT_CREEPING,
	  "5 of 64 collapses",
	  "echo 0 >" },
	{ "creep, the guard was switched on meanwhile",
	  DETAIL_PLANS,
	  { DONES(64, 4, 8) },
	  { "always", 256, 2, 5 },
	  VERDICT_CREEPING,
	  "5 of 64",
	  "is on by now" },
	{ "one step of very many",
	  DETAIL_PLANS,
	  { DONES(6400, 4, 0) },
	  { "always", 256, 1, 1 },
	  VERDICT_HELPING,
	  "6400 collapses",
	  NULL },
	{ "7.3 on collapsed memory",
	  DETAIL_RANGES,
	  { DONES(32, 4, 0), TRIED(640, 4, PTE_MAPPED_HUGEPAGE, 0, 608) },
	  { "always", 512, 0, 0 },
	  VERDICT_FAILING,
	  "works in vain: 608 of 672 attempts were at blocks that are one folio already",
	  "hugepages-64kB/enabled" },
	{ "the same range, unchanged",
	  DETAIL_RANGES,
	  { TRIED(100, 9, EXCEED_NONE_PTE, 99, 0) },
	  { "always", 512, 0, 0 },
	  VERDICT_FAILING,
	  "had not changed",
	  "scan_sleep_millisecs" },
	{ "vain wins over costly and creep",
	  DETAIL_RANGES,
	  { DONES(64, 4, 12), TRIED(640, 4, PTE_MAPPED_HUGEPAGE, 0, 608) },
	  { "always", 512, 0, 9 },
	  VERDICT_FAILING,
	  "in vain",
	  "hugepages-64kB/enabled" },
	{ "a DAMON scheme splits, khugepaged collapses",
	  DETAIL_RANGES,
	  { DONES(40, 9, 0), SPLITS(10, MTHP_S_DAMON) },
	  { "always", 512, 0, 0 },
	  VERDICT_COSTLY,
	  "10 of 40 collapses put together again what damon had split",
	  "scheme" },
	{ "a program splits what it has",
	  DETAIL_RANGES,
	  { DONES(40, 9, 0), SPLITS(39, MTHP_S_OWNER) },
	  { "always", 512, 0, 0 },
	  VERDICT_COSTLY,
	  "what its process had split",
	  "MADV_NOHUGEPAGE" },
	{ "reclaim splits, too seldom to matter",
	  DETAIL_RANGES,
	  { DONES(40, 9, 0), SPLITS(9, MTHP_S_KSWAPD) },
	  { "always", 512, 0, 0 },
	  VERDICT_HELPING,
	  "40 collapses",
	  NULL },
	{ "splits undone explain more than fill",
	  DETAIL_RANGES,
	  { DONES(40, 9, 200), SPLITS(20, MTHP_S_KSWAPD) },
	  { "always", 512, 0, 0 },
	  VERDICT_COSTLY,
	  "what kswapd had split",
	  "memory is short" },
	{ "two sorts of tasks split",
	  DETAIL_RANGES,
	  { DONES(40, 9, 0), SPLITS(12, MTHP_S_KSWAPD), SPLITS(9, MTHP_S_OTHER) },
	  { "always", 512, 0, 0 },
	  VERDICT_COSTLY,
	  "21 of 40 collapses put together again what had been split (12 by kswapd)",
	  "memory is short" },
	{ "other tasks split",
	  DETAIL_RANGES,
	  { DONES(40, 9, 0), SPLITS(12, MTHP_S_OTHER) },
	  { "always", 512, 0, 0 },
	  VERDICT_COSTLY,
	  "12 of 40 collapses put together again what another process had split",
	  "whose huge pages" },
	{ "creep wins over costly",
	  DETAIL_PLANS,
	  { DONES(64, 4, 12) },
	  { "always", 512, 1, 9 },
	  VERDICT_CREEPING,
	  "9 of 64",
	  "echo 1 >" },
};

static void feed(struct model *m, const struct row *r)
{
	struct mthp_ev ev = evs_make(r->kind, r->result, 1500000000, 1);
	struct outcome_row *row, *next;
	__u32 i;

	if (r->kind == MTHP_K_SPLIT) {
		m->meta.kinds |= 1U << MTHP_K_SPLIT;
		m->totals.ranges.split[r->by].splits = r->count;
		m->totals.ranges.split[r->by].undone[MTHP_Q_KHUGEPAGED] = r->count;
		return;
	}
	ev.order = r->order;
	ev.requester = r->by ? r->by : MTHP_Q_KHUGEPAGED;
	if (r->fill) {
		ev.known |= MTHP_KNOWN(FILLED);
		ev.v[MTHP_V_FILLED] = r->fill - 1;
	}
	for (i = 0; i < r->count; i++)
		model_event(m, &ev);
	if (!r->vain && !r->again)
		return;
	HASH_ITER(hh, m->totals.outcomes, row, next) {
		if (row->key.kind != r->kind || row->key.result != r->result)
			continue;
		row->vain.same = r->vain;
		row->vain.done = r->again;
	}
}

static struct model *make(const struct situation *is)
{
	struct meta meta;
	struct model *m;
	int i;

	evs_meta(&meta);
	meta.detail = is->detail;
	snprintf(meta.settings.enabled, sizeof(meta.settings.enabled), "%s",
		 is->more.enabled ? is->more.enabled : "");
	strcpy(meta.settings.order_enabled[4], "inherit");
	meta.settings.max_ptes_none = is->more.max_ptes_none - 1;
	meta.settings.creep_guard = is->more.creep_guard - 1;
	m = model_new(&meta, 0);
	for (i = 0; i < ROWS && is->rows[i].count; i++)
		feed(m, &is->rows[i]);
	m->totals.ranges.creep[9].steps = is->more.steps;
	m->totals.ranges.creep[9].filled = is->more.steps;
	return m;
}

/* The size that churns was switched off before the end: to switch it off is no advice. */
static void test_off_by_now(void **state)
{
	const struct situation is = {
		.detail = DETAIL_RANGES,
		.rows = { DONES(32, 4, 0), TRIED(640, 4, PTE_MAPPED_HUGEPAGE, 0, 608) },
		.more = { "always", 512, 0, 0 },
	};
	struct model *m = make(&is);
	struct snapshot *s;

	strcpy(m->meta.settings.order_enabled[4], "never");
	s = snapshot_take(m);
	assert_int_equal(s->verdict.word, VERDICT_FAILING);
	assert_non_null(strstr(s->verdict.next, "hugepages-64kB is off by now"));
	snapshot_free(s);
	model_free(m);
}

static void test_situations(void **state)
{
	size_t i;
	bool seen[NR_VERDICTS] = { false };

	for (i = 0; i < ARRAY_SIZE(situations); i++) {
		const struct situation *is = &situations[i];
		struct model *m = make(is);
		struct snapshot *s = snapshot_take(m);
		const struct verdict *v = &s->verdict;

		seen[v->word] = true;
		if (v->word != is->want || !strstr(v->reason, is->reason))
			fail_msg("%s: %s: %s", is->name, verdict_name(v->word), v->reason);
		if (is->next ? !strstr(v->next, is->next) : v->next[0] != '\0')
			fail_msg("%s: next: %s", is->name, v->next);
		assert_string_equal(s->summary.verdict, verdict_name(is->want));
		assert_string_equal(s->summary.headline, v->reason);
		assert_string_equal(s->summary.next, v->next);
		assert_string_equal(s->summary.verdict_now, "");
		snapshot_free(s);
		model_free(m);
	}
	for (i = 0; i < NR_VERDICTS; i++)
		assert_true(seen[i]);
}

/* Ticks: the last minute may differ from all of it, and both are said. */
static void test_recent(void **state)
{
	static const struct row before = DONES(640, 4, 0), after = DONES(10, 9, 300);
	struct situation is = { .detail = DETAIL_PLANS };
	struct model *m = make(&is);
	struct snapshot *s;
	struct verdict now;
	__u64 second = 1000000000;

	s = snapshot_take(m);
	assert_false(verdict_recent(s, &now));
	snapshot_free(s);
	feed(m, &before);
	model_tick(m, 2 * second);
	model_tick(m, 100 * second);
	feed(m, &after);
	model_tick(m, 130 * second);
	model_tick(m, 160 * second);
	s = snapshot_take(m);
	assert_string_equal(s->summary.verdict, "helping");
	assert_string_equal(s->summary.verdict_now, "costly");
	assert_true(verdict_recent(s, &now));
	assert_int_equal(now.word, VERDICT_COSTLY);
	assert_non_null(
		strstr(now.reason, "11.7M of the 20M collapsed in the last minute was empty"));
	snapshot_free(s);
	/* Nothing happens any more. */
	model_tick(m, 230 * second);
	model_tick(m, 290 * second);
	s = snapshot_take(m);
	assert_string_equal(s->summary.verdict, "helping");
	assert_string_equal(s->summary.verdict_now, "idle");
	snapshot_free(s);
	/* An event behind the last tick: the interval is not whole. */
	m->end_ns = 291 * second;
	s = snapshot_take(m);
	assert_string_equal(s->summary.verdict_now, "");
	snapshot_free(s);
	model_free(m);
}

/* A name from a trace does no harm, however long it is. */
static void test_hostile(void **state)
{
	struct situation is = { .rows = { SCAN(1, PAGE_LRU) } };
	struct model *m = make(&is);
	struct mthp_ev ev = evs_make(MTHP_K_COLLAPSE, 0, 1500000000, 1);
	struct snapshot *s;

	ev.result = meta_result_by_text(
		&m->meta, "\x1b[31m\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
			  "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff");
	model_event(m, &ev);
	s = snapshot_take(m);
	assert_int_equal(s->verdict.word, VERDICT_FAILING);
	assert_null(strchr(s->verdict.reason, '\x1b'));
	assert_non_null(strstr(s->verdict.reason, "\\x1b"));
	snapshot_free(s);
	model_free(m);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_situations),
		cmocka_unit_test(test_off_by_now),
		cmocka_unit_test(test_recent),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
