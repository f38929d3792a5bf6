// SPDX-License-Identifier: GPL-2.0-only
/*
 * What-if on ranges of 512 PTEs, whose bitmaps are several words, with scans made by hand: the limits of
 * a whole PMD range, blocks larger than a word, and their counts.
 */
#include <string.h>

#include "tests/support/cm.h"
#include "tests/support/events.h"
#include "whatif/simulate_priv.h"

#define ORDER 9
#define PTES  512
#define WORDS (PTES / 64)
#define ALL   0x3fcU /* orders 2 ... 9 */

struct scan {
	struct mthp_ev ev;
	__u64 bits[MTHP_NR_BITMAPS][WORDS];
};

static void set(struct mthp_ev *ev, enum mthp_value which, __u32 n)
{
	ev->v[which] = n;
	ev->known |= 1U << which;
}

static struct mthp_ev event(__u8 kind, __u64 ts_ns, __u32 offset, __u32 order)
{
	struct mthp_ev ev = evs_make(kind, MTHP_R_SUCCEED, ts_ns, 1);

	ev.requester = MTHP_Q_KHUGEPAGED;
	ev.order = order;
	ev.addr = 0x40000000 + offset * 4096ULL;
	ev.known |= MTHP_KNOWN_ADDR;
	return ev;
}

/* A scan that was allowed no empty PTE, and planned nothing. */
static void scan_init(struct scan *s, __u64 ts_ns)
{
	memset(s, 0, sizeof(*s));
	s->ev = event(MTHP_K_MTHP_SCAN, ts_ns, 0, ORDER);
	s->ev.sample = MTHP_SAMPLE_COMPLETE;
	s->ev.nr_words = WORDS;
	set(&s->ev, MTHP_V_ORDERS, ALL);
	set(&s->ev, MTHP_V_MAX_PTES_NONE, 0);
	set(&s->ev, MTHP_V_SWAP, 0);
	set(&s->ev, MTHP_V_SHARED, 0);
}

/* Pages that are present and referenced. */
static void pages(struct scan *s, __u32 offset, __u32 nr)
{
	mthp_bits_set(s->bits[MTHP_B_PRESENT], offset, nr);
	mthp_bits_set(s->bits[MTHP_B_REFERENCED], offset, nr);
}

static void plan(struct scan *s, __u32 offset, __u32 order)
{
	mthp_bits_set(s->bits[MTHP_B_PLAN], offset, 1);
	mthp_bits_set(s->bits[MTHP_B_PLAN], offset + (1U << order) - 1, 1);
}

static struct whatif *start(const struct whatif_setting *s, size_t nr)
{
	static const struct settings recorded = { .max_ptes_swap = 64, .max_ptes_shared = 256 };
	struct whatif *w = NULL;

	assert_int_equal(whatif_new(ORDER, 4096, &recorded, s, nr, &w), 0);
	return w;
}

struct pmd_case {
	const char *name;
	__u32 swap, shared, blocked, referenced;
	int known; /* the numbers of swapped and shared PTEs are known */
	int allowed;
};

static const struct pmd_case pmd_cases[] = {
	{ "nothing swapped or shared", 0, 0, 0, 1, 1, 1 },
	{ "as many swapped as may be", 64, 0, 64, 256, 1, 1 },
	{ "one more", 65, 0, 65, 256, 1, 0 },
	{ "swapped, and one too few referenced", 64, 0, 64, 255, 1, 0 },
	{ "one swapped, half referenced", 1, 0, 1, 256, 1, 1 },
	{ "as many shared as may be", 0, 256, 256, 1, 1, 1 },
	{ "one more", 0, 257, 257, 1, 1, 0 },
	{ "too many swapped, shared in bounds", 65, 1, 66, 256, 1, 0 },
	{ "too many shared, swapped in bounds", 1, 257, 258, 250, 1, 0 },
	{ "one blocked by something else", 1, 1, 3, 256, 1, 0 },
	{ "unknown, nothing blocked", 0, 0, 0, 1, 0, 1 },
	{ "unknown, one blocked", 0, 0, 1, 1, 0, 0 },
};

/* Collapses to a PMD, of @blocked swapped or shared PTEs and @present others. */
static __u64 pmd_collapses(const struct pmd_case *c)
{
	struct whatif_setting s = { 1U << ORDER, PTES - 1, MTHP_RULE_GUARD, WHATIF_SET, 0 };
	struct whatif *w = start(&s, 1);
	__u64 collapses;
	struct scan e;

	scan_init(&e, 1000);
	set(&e.ev, MTHP_V_SWAP, c->swap);
	set(&e.ev, MTHP_V_SHARED, c->shared);
	if (!c->known)
		e.ev.known &= ~(1U << MTHP_V_SWAP);
	mthp_bits_set(e.bits[MTHP_B_PRESENT], 0, PTES - c->blocked);
	mthp_bits_set(e.bits[MTHP_B_REFERENCED], 0, c->referenced);
	mthp_bits_set(e.bits[MTHP_B_BLOCKED], PTES - c->blocked, c->blocked);
	whatif_event(w, &e.ev, 0);
	whatif_end(w);
	collapses = whatif_sums(w, 1)->collapses[ORDER];
	assert_int_equal(whatif_sums(w, 1)->copied, collapses * (PTES - c->blocked));
	whatif_free(w);
	return collapses;
}

static void test_pmd_limits(void **state)
{
	size_t i;
	for (i = 0; i < ARRAY_SIZE(pmd_cases); i++)
		if (pmd_collapses(&pmd_cases[i]) != (__u64)pmd_cases[i].allowed)
			fail_msg("%s: collapsed, or not", pmd_cases[i].name);
}

/*
 * A plan for the PMD range shows that swapped and shared PTEs were in bounds, whatever else is known; a plan
 * for its two ends does not.
 */
static void test_pmd_planned(void **state)
{
	struct whatif_setting s = { 1U << ORDER, PTES - 1, MTHP_RULE_GUARD, WHATIF_SET, 0 };
	struct mthp_ev done = event(MTHP_K_MTHP_COLLAPSE, 1100, 0, ORDER);
	struct whatif *w = start(&s, 1);
	struct scan e;
	set(&done, MTHP_V_FILLED, 0);
	scan_init(&e, 1000);
	set(&e.ev, MTHP_V_SWAP, 65);
	pages(&e, 0, PTES - 65);
	mthp_bits_set(e.bits[MTHP_B_BLOCKED], PTES - 65, 65);
	plan(&e, 0, ORDER);
	whatif_event(w, &e.ev, 0);
	whatif_event(w, &done, 0);
	whatif_end(w);
	assert_int_equal(whatif_sums(w, 1)->collapses[ORDER], 1);
	assert_int_equal(whatif_sums(w, 0)->collapses[ORDER], 1);
	assert_int_equal(whatif_sums(w, 0)->tlb, 1);
	whatif_free(w);

	w = start(&s, 1);
	memset(e.bits[MTHP_B_PLAN], 0, sizeof(e.bits[MTHP_B_PLAN]));
	plan(&e, 0, 2);
	plan(&e, PTES - 4, 2);
	whatif_event(w, &e.ev, 0);
	whatif_end(w);
	assert_int_equal(whatif_sums(w, 1)->collapses[ORDER], 0);
	whatif_free(w);
}

/* 200 pages in the upper half, and four in the last word of the lower one. */
static void sparse(struct scan *e, __u64 ts_ns)
{
	scan_init(e, ts_ns);
	pages(e, 192, 4);
	pages(e, 256, 192);
	pages(e, 448, 8);
}

/* Blocks larger than a word: copied pages, filled pages, and the entries that map them. */
static void test_large_blocks(void **state)
{
	static const struct whatif_setting s[] = {
		{ 1 << 8, PTES - 1, MTHP_RULE_GUARD, WHATIF_SET, 0 },
		{ 1 << 7, PTES - 1, MTHP_RULE_GUARD, WHATIF_SET, 0 },
		{ 1 << 6, 255, MTHP_RULE_GUARD, WHATIF_SET, 0 },
		{ 1 << 9, PTES - 1, MTHP_RULE_GUARD, WHATIF_SET, 0 }
	};
	static const struct {
		__u64 order, collapses, filled, copied, tlb, exact;
	} want[] = {
		{ 8, 2, 252 + 56, 204, 2, 2 },
		{ 7, 3, 124 + 56, 204, 3, 3 },
		{ 6, 3, 0, 192, 4 + 3 + 8, 3 },
		{ 9, 1, 512 - 204, 204, 1, 1 },
	};
	struct mthp_ev done = event(MTHP_K_MTHP_COLLAPSE, 1100, 256, 8);
	struct whatif *w = start(s, ARRAY_SIZE(s));
	struct scan e;
	size_t i;
	sparse(&e, 1000);
	whatif_event(w, &e.ev, 0);
	set(&done, MTHP_V_FILLED, 56);
	whatif_event(w, &done, 0);
	whatif_end(w);
	assert_int_equal(whatif_sums(w, 0)->collapses[8], 1);
	assert_int_equal(whatif_sums(w, 0)->copied, 200);
	assert_int_equal(whatif_sums(w, 0)->filled, 56);
	assert_int_equal(whatif_sums(w, 0)->tlb, 4 + 1);
	for (i = 0; i < ARRAY_SIZE(s); i++) {
		const struct whatif_sums *sums = whatif_sums(w, i + 1);

		assert_int_equal(sums->collapses[want[i].order], want[i].collapses);
		assert_int_equal(sums->filled, want[i].filled);
		assert_int_equal(sums->copied, want[i].copied);
		assert_int_equal(sums->tlb, want[i].tlb);
		assert_int_equal(sums->exact, want[i].exact);
		assert_int_equal(sums->batches, 1);
		assert_int_equal(sums->scans, 1);
	}
	whatif_free(w);
}

/*
 * Nothing was collapsed, and the process touches nothing. At 300 the upper half is filled first, and the
 * next scan finds it full enough for a PMD. The guard fills none of it.
 */
static void test_large_creep(void **state)
{
	static const struct whatif_setting s[] = {
		{ 1 << 8 | 1 << 9, 300, MTHP_RULE_SCALED, WHATIF_SET, 0 },
		{ 1 << 8 | 1 << 9, 300, MTHP_RULE_GUARD, WHATIF_SET, 0 }
	};
	struct whatif *w = start(s, ARRAY_SIZE(s));
	const struct whatif_sums *sums = whatif_sums(w, 1);
	struct scan e;
	sparse(&e, 1000);
	whatif_event(w, &e.ev, 0);
	sparse(&e, 2000);
	whatif_event(w, &e.ev, 0);
	whatif_end(w);
	assert_int_equal(sums->collapses[8], 1);
	assert_int_equal(sums->collapses[9], 1);
	assert_int_equal(sums->filled, 512 - 204);
	assert_int_equal(sums->creep_steps, 1);
	assert_int_equal(sums->creep_chains, 1);
	assert_int_equal(sums->creep_filled, 252);
	assert_int_equal(sums->copied, 200 + 260);
	assert_int_equal(sums->scans_exact, 2);
	sums = whatif_sums(w, 2);
	assert_int_equal(sums->filled, 0);
	assert_int_equal(sums->creep_steps, 0);
	whatif_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pmd_limits),
		cmocka_unit_test(test_pmd_planned),
		cmocka_unit_test(test_large_blocks),
		cmocka_unit_test(test_large_creep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
