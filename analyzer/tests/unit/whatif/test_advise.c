// SPDX-License-Identifier: GPL-2.0-only
/* Advice on a few ranges of known pages: what is best for which budget, and when it is not known. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/cm.h"
#include "lib/array.h"
#include "tests/support/events.h"
#include "whatif/advise.h"

#define P    6 /* PMD order: one word of bits */
#define FULL (~0ULL)

struct bench {
	struct meta meta;
	struct counters counters;
	struct advise_kernel kernel;
	struct whatif_grid grid;
	size_t own;
	struct whatif *w;
	struct advice a;
	__u32 nr; /* ranges given */
};

/* A kernel with the words of `enabled` for the PMD, and for all smaller sizes. @below: it collapses to these. */
static void begin(struct bench *b, __u32 page_size, const char *pmd, const char *small, bool below,
		  long long none)
{
	__u32 k;

	memset(b, 0, sizeof(*b));
	meta_init(&b->meta);
	b->meta.page_size = page_size;
	b->meta.pmd_order = P;
	b->meta.detail = DETAIL_PLANS;
	b->meta.settings.max_ptes_none = none;
	b->meta.settings.creep_guard = META_UNKNOWN;
	b->meta.settings.max_ptes_swap = b->meta.settings.max_ptes_shared = 0;
	strcpy(b->meta.settings.enabled, "madvise");
	for (k = 2; k <= P; k++)
		strcpy(b->meta.settings.order_enabled[k], k == P ? pmd : small);
	b->counters.nr = 1;
	strcpy(b->counters.c[0].name, below ? "collapse_alloc" : "swpout");
	b->counters.c[0].order = 4;
	advise_kernel(&b->meta, &b->counters, &b->kernel);
	assert_int_equal(advise_settings(&b->meta, &b->kernel, &b->grid, &b->own), 0);
	assert_int_equal(whatif_new(P, page_size, &b->meta.settings, b->grid.s, b->grid.nr, &b->w),
			 0);
}

/* A scan of one more range. @orders: enabled there. */
static void range(struct bench *b, __u64 present, __u32 orders, bool lossy)
{
	struct {
		struct mthp_ev ev;
		__u64 bits[MTHP_NR_BITMAPS];
	} e;

	memset(&e, 0, sizeof(e));
	e.ev = evs_make(MTHP_K_MTHP_SCAN, MTHP_R_SUCCEED, 1000 + b->nr, 1);
	e.ev.requester = MTHP_Q_KHUGEPAGED;
	e.ev.order = P;
	e.ev.addr = (0x40000000ULL + b->nr++ * (64ULL * b->meta.page_size));
	e.ev.known = MTHP_KNOWN_ADDR | MTHP_KNOWN(ORDERS) | MTHP_KNOWN(MAX_PTES_NONE) |
		     MTHP_KNOWN(SWAP) | MTHP_KNOWN(SHARED) | MTHP_KNOWN(PLANNED);
	e.ev.v[MTHP_V_ORDERS] = orders;
	e.ev.v[MTHP_V_MAX_PTES_NONE] = b->meta.settings.max_ptes_none;
	e.ev.sample = MTHP_SAMPLE_COMPLETE;
	e.ev.nr_words = 1;
	e.bits[MTHP_B_PRESENT] = e.bits[MTHP_B_REFERENCED] = present;
	whatif_event(b->w, &e.ev, lossy);
}

static void mapped(struct bench *b)
{
	struct mthp_ev ev = evs_make(MTHP_K_MTHP_SCAN, MTHP_R_PMD_MAPPED, 1000 + b->nr, 1);

	ev.requester = MTHP_Q_KHUGEPAGED;
	ev.order = P;
	ev.addr = 0x40000000ULL + b->nr++ * (64ULL * b->meta.page_size);
	ev.known = MTHP_KNOWN_ADDR;
	whatif_event(b->w, &ev, false);
	whatif_event(b->w, &ev, false);
}

static const struct advise_row *advise(struct bench *b, const char *budget)
{
	__u64 ppm;

	assert_int_equal(advise_parse_budget(budget, &ppm), 0);
	whatif_end(b->w);
	advise_make(&b->a, &b->meta, &b->kernel, &b->grid, b->own, b->w, ppm);
	advise_explain(&b->a);
	return &b->a.rows[b->a.chosen];
}

static void test_budgets(void **state)
{
	static const char *const bad[] = { "",	    "%",       "-1%", "5%%",	   "x",
					   "nan",   "inf",     "0x5", "5 %",	   "1e3",
					   "1.2.3", "100001%", " 5",  "Unlimited", "5,5" };
	__u64 ppm;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		if (!advise_parse_budget(bad[i], &ppm))
			fail_msg("taken: %s", bad[i]);
	assert_int_equal(advise_parse_budget("0", &ppm), 0);
	assert_int_equal(ppm, 0);
	assert_int_equal(advise_parse_budget("0.5%", &ppm), 0);
	assert_int_equal(ppm, 5000);
	assert_int_equal(advise_parse_budget("1000%", &ppm), 0);
	assert_int_equal(ppm, 10000000);
	assert_int_equal(advise_parse_budget("unlimited", &ppm), 0);
	assert_true(ppm == ADVISE_UNLIMITED);
}

/* 60 full ranges, one with 60 of 64 pages, one with 8; the PMD size only. */
static void test_within_budget(void **state)
{
	static const struct {
		const char *budget;
		__u64 none_at_least, filled, tlb;
	} want[] = {
		{ "0%", 0, 0, 60 + 60 + 8 },	 { "1%", 4, 4, 60 + 1 + 8 },
		{ "5%", 56, 4 + 56, 62 },	 { "1000%", 56, 4 + 56, 62 },
		{ "unlimited", 56, 4 + 56, 62 },
	};
	size_t i, k;

	for (i = 0; i < ARRAY_SIZE(want); i++) {
		const struct advise_row *r;
		struct bench b;

		begin(&b, i % 2 ? 65536 : 4096, "madvise", "never", false, 63);
		for (k = 0; k < 60; k++)
			range(&b, FULL, 0, false);
		range(&b, FULL << 4, 0, false);
		range(&b, 0xf0f, 0, false);
		r = advise(&b, want[i].budget);
		assert_string_equal(r->verdict, "set");
		assert_int_equal(r->filled_bytes, want[i].filled * b.meta.page_size);
		assert_true(r->max_ptes_none >= want[i].none_at_least);
		assert_int_equal(r->tlb_entries, want[i].tlb);
		assert_int_equal(r->exact_ppm, 1000000);
		assert_true(b.a.nr_commands > 0);
		whatif_free(b.w);
	}
}

/* The commands set and undo each other; max_ptes_none comes first. */
static void test_commands(void **state)
{
	struct bench b;
	size_t i;

	begin(&b, 16384, "inherit", "never", true, 63);
	range(&b, FULL, 0, false);
	range(&b, 0xffff, 0, false);
	advise(&b, "0%");
	assert_int_equal(b.a.nr_commands, 2 + 1);
	assert_non_null(strstr(b.a.commands[0].set, "echo 0 > "));
	assert_non_null(strstr(b.a.commands[0].undo, "echo 63 > "));
	assert_non_null(strstr(
		b.a.commands[1].set,
		"echo always > /sys/kernel/mm/transparent_hugepage/hugepages-256kB/enabled"));
	assert_non_null(strstr(b.a.commands[1].undo, "echo never > "));
	assert_non_null(strstr(b.a.commands[2].set, "hugepages-1024kB/enabled"));
	assert_non_null(strstr(b.a.commands[2].undo, "echo inherit > "));
	for (i = 0; i < b.a.nr_commands; i++)
		assert_null(strstr(b.a.commands[i].set, "hugepages-128kB"));
	whatif_free(b.w);
}

/* A kernel that collapses to the PMD only gets no smaller size; what others would bring is apart. */
static void test_other_kernels(void **state)
{
	const struct advise_row *r;
	struct bench b;
	size_t i;

	begin(&b, 4096, "madvise", "never", false, 63);
	for (i = 0; i < 4; i++)
		range(&b, 0xffff, 0, false);
	r = advise(&b, "5%");
	assert_string_equal(r->verdict, "no difference");
	assert_int_equal(b.a.nr_commands, 0);
	assert_int_equal(b.a.nr_others, 2);
	assert_int_equal(b.a.others[0].tlb_entries, 4);
	assert_int_equal(b.a.others[0].filled_bytes, 0);
	assert_int_equal(b.a.others[1].tlb_entries, 4);
	whatif_free(b.w);
}

/* With the word madvise a size can be added for advised memory, or be enabled everywhere. */
static void test_advised(void **state)
{
	const struct advise_row *r;
	struct bench b;

	begin(&b, 4096, "madvise", "never", true, 0);
	range(&b, 0xffff, 1 << P, false);
	r = advise(&b, "0%");
	assert_string_equal(r->verdict, "set");
	assert_non_null(strstr(r->sizes, "madvise"));
	assert_non_null(strstr(b.a.commands[0].set, "echo madvise > "));
	whatif_free(b.w);
	/* It is nothing for memory that is not advised. */
	begin(&b, 4096, "madvise", "never", true, 0);
	range(&b, 0xffff, 0, false);
	r = advise(&b, "0%");
	assert_non_null(strstr(r->sizes, "always"));
	assert_non_null(strstr(b.a.commands[0].set, "echo always > "));
	whatif_free(b.w);
}

static void test_present_competes(void **state)
{
	const struct advise_row *r;
	struct bench b;

	/* Already the best for any budget that allows it, and beyond the smaller one. */
	begin(&b, 4096, "always", "never", false, 63);
	range(&b, 0xff, 1 << P, false);
	r = advise(&b, "unlimited");
	assert_string_equal(r->verdict, "no difference");
	assert_int_equal(r->setting, 0);
	assert_string_equal(b.a.rows[2].budget, "0%");
	assert_string_equal(b.a.rows[2].verdict, "set");
	assert_int_equal(b.a.rows[2].filled_bytes, 0);
	assert_int_equal(b.a.rows[1].filled_bytes, 56 * 4096);
	whatif_free(b.w);
}

static void test_cannot_tell(void **state)
{
	const struct advise_row *r;
	struct bench b;

	/* No memory at all. */
	begin(&b, 4096, "madvise", "never", true, 63);
	r = advise(&b, "5%");
	assert_string_equal(r->verdict, "cannot tell");
	assert_true(r->filled_bytes == NUM_UNKNOWN);
	assert_int_equal(b.a.nr_commands, 0);
	whatif_free(b.w);
	/* Nothing is settled: events were lost. */
	begin(&b, 4096, "madvise", "never", true, 63);
	range(&b, FULL, 0, true);
	range(&b, 0xffff, 0, true);
	r = advise(&b, "unlimited");
	assert_string_equal(r->verdict, "cannot tell");
	assert_int_equal(b.a.nr_commands, 0);
	assert_int_equal(b.a.nr_others, 0);
	whatif_free(b.w);
	/* A PMD maps all of it, and each range counts once. */
	begin(&b, 4096, "madvise", "never", true, 63);
	mapped(&b);
	mapped(&b);
	r = advise(&b, "5%");
	assert_string_equal(r->verdict, "no difference");
	assert_int_equal(r->tlb_entries, 2);
	assert_int_equal(r->huge_ppm, 1000000);
	assert_int_equal(b.a.top.memory_bytes, 2 * 64 * 4096);
	whatif_free(b.w);
}

/* A range that a PMD mapped at first is one of pages later. */
static void test_split(void **state)
{
	struct bench b;

	begin(&b, 4096, "madvise", "never", true, 63);
	mapped(&b);
	b.nr = 0;
	range(&b, 0xff, 0, false);
	advise(&b, "0%");
	assert_int_equal(b.a.top.ranges, 1);
	assert_int_equal(b.a.top.memory_bytes, 8 * 4096);
	whatif_free(b.w);
}

static void test_unknown_settings(void **state)
{
	struct whatif_grid g;
	struct advise_kernel k;
	struct bench b;
	size_t own;

	begin(&b, 4096, "madvise", "never", true, 63);
	b.meta.settings.max_ptes_none = META_UNKNOWN;
	assert_int_equal(advise_settings(&b.meta, &b.kernel, &g, &own), -EINVAL);
	b.meta.settings.max_ptes_none = 64;
	assert_int_equal(advise_settings(&b.meta, &b.kernel, &g, &own), -EINVAL);
	advise_kernel(&b.meta, NULL, &k);
	assert_false(k.known);
	assert_int_equal(k.able, 1 << P);
	b.meta.settings.creep_guard = 1;
	advise_kernel(&b.meta, NULL, &k);
	assert_true(k.known);
	assert_int_equal(k.rule, MTHP_RULE_GUARD);
	assert_int_equal(k.able, 0x7c);
	whatif_free(b.w);
}

/* The commoner reason for stalls. */
static void test_beside(void **state)
{
	struct bench b;
	size_t i, found = 0;

	begin(&b, 4096, "madvise", "never", false, 63);
	range(&b, FULL, 0, false);
	whatif_end(b.w);
	advise_make(&b.a, &b.meta, &b.kernel, &b.grid, b.own, b.w, 0);
	b.counters.nr = 4;
	strcpy(b.counters.c[0].name, "compact_stall");
	strcpy(b.counters.c[1].name, "thp_collapse_alloc");
	strcpy(b.counters.c[2].name, "allocstall_normal");
	strcpy(b.counters.c[3].name, "allocstall_movable");
	for (i = 0; i < 4; i++) {
		b.counters.c[i].order = COUNTER_NO_ORDER;
		b.counters.c[i].value = 10 - i;
	}
	advise_beside(&b.a, &b.counters);
	assert_int_equal(b.a.top.allocstall, 8 + 7);
	assert_true(b.a.top.compact_fail == NUM_UNKNOWN);
	advise_explain(&b.a);
	for (i = 0; i < b.a.nr_lines; i++)
		found += strstr(b.a.lines[i].text, "waited for compaction") != NULL;
	assert_int_equal(found, 1);
	whatif_free(b.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_budgets),		 cmocka_unit_test(test_within_budget),
		cmocka_unit_test(test_commands),	 cmocka_unit_test(test_other_kernels),
		cmocka_unit_test(test_advised),		 cmocka_unit_test(test_present_competes),
		cmocka_unit_test(test_cannot_tell),	 cmocka_unit_test(test_split),
		cmocka_unit_test(test_unknown_settings), cmocka_unit_test(test_beside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
