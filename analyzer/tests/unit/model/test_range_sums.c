// SPDX-License-Identifier: GPL-2.0-only
/* The sums of the series' events: occupancy of every size, plans, commits, creep and its chains. */
#include <stdlib.h>
#include <string.h>

#include <mthp/occ.h>

#include "model/chains_priv.h"
#include "tests/support/cm.h"
#include "tests/support/events.h"
#include "source/load.h"
#include "model/snapshot.h"
#include "tests/support/played_range.h"
#include "tests/support/trace_open.h"
#include "tests/support/trace_sample.h"
#include "view/formats.h"

static __u32 present_in(const __u64 *bits, __u32 from, __u32 nr)
{
	__u32 n = 0;

	while (nr--) {
		n += bits[from / 64] >> from % 64 & 1;
		from++;
	}
	return n;
}

/* Counts block by block, bit by bit. */
static void occ_slowly(struct mthp_occ_orders *occ, const __u64 *bits, __u32 pmd_order)
{
	__u32 k, at;

	for (k = 2; k <= pmd_order; k++)
		for (at = 0; at < 1U << pmd_order; at += 1U << k)
			occ->of[k].complete[mthp_occ_bucket(present_in(bits, at, 1U << k), k)]++;
}

/* Words that are empty, full, sparse, dense or random. */
static __u64 some_word(__u64 *seed)
{
	__u64 x = sample_random(seed);

	switch (sample_random(seed) % 6) {
	case 0:
		return 0;
	case 1:
		return ~0ULL;
	case 2:
		return x & sample_random(seed) & sample_random(seed);
	case 3:
		return x | sample_random(seed) | sample_random(seed);
	case 4:
		return x % 3 ? 0x00ff0000ffff000fULL : 1ULL << x % 64;
	default:
		return x;
	}
}

static void test_occupancy(void **state)
{
	static struct mthp_occ_orders fast, slow;
	struct mthp_occ_small small;
	__u64 bits[MTHP_MAX_WORDS], seed = 3;
	__u32 order, run, i;
	for (order = 7; order <= 13; order++) {
		memset(&fast, 0, sizeof(fast));
		memset(&slow, 0, sizeof(slow));
		for (run = 0; run < 200; run++) {
			for (i = 0; i < 1U << (order - 6); i++)
				bits[i] = run < 2 ? -(__u64)run : some_word(&seed);
			assert_true(mthp_occ_bits(&fast, &small, bits, order));
			occ_slowly(&slow, bits, order);
		}
		mthp_occ_settle(&fast, order);
		assert_memory_equal(&fast, &slow, sizeof(fast));
	}
	assert_false(mthp_occ_bits(&fast, &small, bits, 6));
	assert_false(mthp_occ_bits(&fast, &small, bits, 14));
}

/* 64K half full and one page in the 64K beside it and so on: docs/policy.md has the example. */
static void touch_chain(struct t2 *t)
{
	__u32 k;

	t2_touch(t, 0, 3);
	for (k = 2; k < t->p.pmd_order; k++)
		t2_touch(t, 1U << k, 1);
}

static struct model *run(struct t2 *t, __u32 page_size, __u32 pmd_order, __u32 m, __u8 rule)
{
	static struct t2 tmp;
	struct model *model;
	int i;

	t2_init(&tmp, page_size, pmd_order, m, rule, t2_to_model, NULL);
	model = model_new(&tmp.meta, 0);
	assert_non_null(model);
	tmp.ctx = model;
	*t = tmp;
	touch_chain(t);
	for (i = 0; i < 16; i++)
		t2_pass(t);
	return model;
}

static const struct snap_creep *creep_of(const struct snapshot *s, __u64 order)
{
	size_t i;

	for (i = 0; i < s->nr_creep; i++)
		if (s->creep[i].order == order)
			return &s->creep[i];
	return NULL;
}

/* Ten pages become 2M in eight scans: one chain of seven steps, 502 pages filled. */
static void test_chain(void **state)
{
	struct snapshot *s;
	struct model *m;
	struct t2 t;
	m = run(&t, 4096, 9, 255, MTHP_RULE_SCALED);
	s = snapshot_take(m);
	assert_int_equal(s->nr_chains, 1);
	assert_string_equal(s->chains[0].path, "16K → 32K → 64K → 128K → 256K → 512K → 1M → 2M");
	assert_int_equal(s->chains[0].steps, 7);
	assert_int_equal(s->chains[0].filled_bytes, 502 * 4096);
	assert_int_equal(s->chains[0].addr, t.addr);
	assert_int_equal(s->chains[0].order, 9);
	assert_int_equal(s->chains[0].tgid, 101);
	assert_string_equal(s->chains[0].comm, "proc1");
	assert_int_equal(s->chains[0].untouched, 1);
	assert_int_equal(s->chains[0].max_ptes_none, 255);
	assert_int_equal(s->chains[0].creep_guard, 0);
	assert_string_equal(s->chains[0].sizes, "16K 32K 64K 128K 256K 512K 1M 2M");
	assert_in_range(s->chains[0].since_ns, 2000000000, 2002000000);
	assert_int_equal(s->chains[0].last_ns / 1000000000, 9);
	assert_int_equal(s->summary.creep_steps, 7);
	assert_int_equal(s->summary.creep_filled_bytes, 501 * 4096);
	assert_int_equal(creep_of(s, 3)->chains, 1);
	assert_int_equal(creep_of(s, 3)->ranges, 1);
	assert_int_equal(creep_of(s, 9)->steps, 1);
	assert_int_equal(creep_of(s, 9)->untouched, 1);
	assert_int_equal(creep_of(s, 9)->filled_bytes, 255 * 4096);
	assert_int_equal(s->procs[0].creep_steps, 7);
	assert_int_equal(s->procs[0].creep_filled_bytes, 501 * 4096);
	snapshot_free(s);
	model_free(m);
}

static void test_guard(void **state)
{
	static const __u32 nones[] = { 0, 1, 17, 127, 128, 255, 256, 384, 510, 511 };
	struct snapshot *s;
	struct model *m;
	struct t2 t;
	size_t i;
	for (i = 0; i < ARRAY_SIZE(nones); i++) {
		m = run(&t, 4096, 9, nones[i], MTHP_RULE_GUARD);
		s = snapshot_take(m);
		assert_int_equal(s->summary.creep_steps, 0);
		assert_int_equal(s->nr_chains, 0);
		assert_non_null(creep_of(s, 9));
		snapshot_free(s);
		model_free(m);
	}
}

/* A process that touches more memory by itself: the same collapses, no creep. */
static void test_growth(void **state)
{
	struct snapshot *s;
	struct model *m;
	__u32 k;
	struct t2 t;
	t2_init(&t, 4096, 9, 0, MTHP_RULE_SCALED, t2_to_model, NULL);
	m = model_new(&t.meta, 0);
	t.ctx = m;
	t2_touch(&t, 0, 4);
	for (k = 2; k < 9; k++) {
		t2_pass(&t);
		t2_touch(&t, 1U << k, 1U << k);
	}
	t2_pass(&t);
	s = snapshot_take(m);
	assert_int_equal(s->summary.collapses, 8);
	assert_int_equal(s->summary.creep_steps, 0);
	assert_int_equal(s->nr_chains, 0);
	snapshot_free(s);
	model_free(m);
}

/* A step whose block contains two chains of one range makes them one; other chains stay. */
static void test_chains_merge(void **state)
{
	struct mthp_creep_rec rec = {
		.mm = 1, .tgid = 2, .page_shift = 12, .steps = 1, .order = 5
	};
	struct chains c = { 0 };
	rec.addr = 0x200000;
	assert_int_equal(chains_add(&c, &rec), 0);
	rec.addr = 0x220000;
	assert_int_equal(chains_add(&c, &rec), 0);
	rec.addr = 0x240000;
	assert_int_equal(chains_add(&c, &rec), 0);
	rec.mm = 3;
	assert_int_equal(chains_add(&c, &rec), 0);
	assert_int_equal(c.nr, 4);
	rec.mm = 1;
	rec.steps = 2;
	rec.order = 6;
	rec.ts_ns = 1;
	rec.addr = 0x200000;
	assert_int_equal(chains_add(&c, &rec), 0);
	assert_int_equal(c.nr, 3);
	/* A new chain on pages that were given back leaves the old chain listed. */
	rec.steps = 1;
	rec.order = 9;
	rec.addr = 0x200000;
	rec.ts_ns = 2;
	assert_int_equal(chains_add(&c, &rec), 0);
	assert_int_equal(c.nr, 4);
	chains_free(&c);
}

static void test_chains_bounded(void **state)
{
	struct mthp_creep_rec rec = {
		.mm = 1, .tgid = 2, .page_shift = 12, .steps = 1, .order = 5
	};
	struct chains c = { 0 };
	unsigned int dropped = 0;
	__u64 i;
	for (i = 0; i < CHAINS_MAX + 5; i++) {
		rec.ts_ns = rec.addr = i << 21;
		dropped += chains_add(&c, &rec);
	}
	assert_int_equal(dropped, 5);
	assert_int_equal(c.nr, CHAINS_MAX);
	for (i = 0; i < c.nr; i++)
		assert_true(c.rec[i].ts_ns >= 5 << 21);
	chains_free(&c);
}

/* A full table forgets the oldest range, and views show that as a loss. */
static void test_ranges_bounded(void **state)
{
	struct model *m;
	struct t2 t;
	int i;
	t2_init(&t, 65536, 13, 255, MTHP_RULE_GUARD, t2_to_model, NULL);
	m = model_new(&t.meta, 0);
	t.ctx = m;
	for (i = 0; i < 6000 && !m->totals.lost[MTHP_L_CREEP]; i++) {
		t.addr += 512ULL << 20;
		memset(t.in.joined, 0, sizeof(t.in.joined));
		t2_touch(&t, 0, 4);
		t2_pass(&t);
	}
	assert_in_range(i, 1000, 5999);
	assert_int_equal(m->totals.lost[MTHP_L_CREEP], 1);
	model_free(m);
}

static void test_sums(void **state)
{
	struct snapshot *s;
	struct model *m;
	struct t2 t;
	t2_init(&t, 4096, 9, 0, MTHP_RULE_GUARD, t2_to_model, NULL);
	m = model_new(&t.meta, 0);
	t.ctx = m;
	t2_touch(&t, 16, 16);
	t2_touch(&t, 64, 4);
	mthp_bits_set(t.in.blocked, 64, 1);
	t2_pass(&t);
	t2_pass(&t);
	s = snapshot_take(m);
	assert_int_equal(s->summary.scans, 2);
	assert_int_equal(s->nr_plans, 1);
	assert_string_equal(s->plans[0].requester, "khugepaged");
	assert_int_equal(s->plans[0].scans, 2);
	assert_int_equal(s->plans[0].planned, 1);
	assert_int_equal(s->plans[0].blocks, 1);
	assert_int_equal(s->plans[0].plan_fill_bytes, 0);
	assert_int_equal(s->plans[0].present_bytes, 2 * 20 * 4096);
	assert_int_equal(s->nr_blocked, 1);
	assert_string_equal(s->blocked[0].result, "not_suitable_page_count");
	assert_int_equal(s->blocked[0].share_ppm, 1000000);
	assert_int_equal(s->batches[0].count, 1);
	assert_int_equal(s->batches[0].collapsed, 1);
	assert_int_equal(s->batches[0].lock_max_ns, 5000);
	assert_int_equal(s->nr_locks, 1);
	assert_int_equal(s->locks[0].count, 1);
	assert_in_range(5000, s->locks[0].from_ns, s->locks[0].to_ns);
	assert_int_equal(m->totals.occ.of[4].complete[MTHP_OCC_FULL], 2);
	assert_int_equal(m->totals.occ.of[4].complete[MTHP_OCC_EMPTY], 2 * 30);
	assert_int_equal(m->totals.occ.of[2].complete[MTHP_OCC_FULL], 2 * 5);
	assert_int_equal(m->totals.occ.of[9].complete[mthp_occ_bucket(20, 9)], 2);
	snapshot_free(s);
	/* An event with an unknown number does not count as zero. */
	t2_init(&t, 4096, 9, 0, MTHP_RULE_GUARD, t2_to_model, NULL);
	model_free(m);
	m = model_new(&t.meta, 0);
	{
		struct mthp_ev ev = evs_make(MTHP_K_MTHP_SCAN, MTHP_R_SUCCEED, 2000000000, 1);

		model_event(m, &ev);
	}
	s = snapshot_take(m);
	assert_int_equal(s->plans[0].scans, 1);
	assert_true(s->plans[0].present_bytes == NUM_UNKNOWN);
	assert_true(s->plans[0].blocks == NUM_UNKNOWN);
	assert_true(s->batches[0].lock_max_ns == NUM_UNKNOWN);
	snapshot_free(s);
	model_free(m);
}

static void same_ranges(const struct model *a, const struct model *b)
{
	assert_memory_equal(&a->totals.occ, &b->totals.occ, sizeof(a->totals.occ));
	assert_memory_equal(&a->totals.ranges, &b->totals.ranges, sizeof(a->totals.ranges));
	assert_int_equal(a->totals.chains.nr, b->totals.chains.nr);
	assert_memory_equal(a->totals.chains.rec, b->totals.chains.rec,
			    a->totals.chains.nr * sizeof(*a->totals.chains.rec));
}

/* Written, read, and the same; with base pages of 4K, 16K and 64K. */
static void test_page_sizes(void **state)
{
	static const struct {
		__u32 page_size, pmd_order;
		const char *path;
	} of[] = {
		{ 4096, 9, "16K → 32K → 64K → 128K → 256K → 512K → 1M → 2M" },
		{ 16384, 11, "64K → 128K → 256K → 512K → 1M → 2M → 4M → 8M → 16M → 32M" },
		{ 65536, 13,
		  "256K → 512K → 1M → 2M → 4M → 8M → 16M → 32M → 64M → 128M → 256M → 512M" },
	};
	struct load_opts opts = { 0 };
	struct trace_writer *w;
	struct model *m, *read;
	struct snapshot *s;
	char path[256];
	struct t2 t;
	size_t i;
	int pass;
	for (i = 0; i < ARRAY_SIZE(of); i++) {
		m = run(&t, of[i].page_size, of[i].pmd_order, (1U << (of[i].pmd_order - 1)) - 1,
			MTHP_RULE_SCALED);
		sample_path(path, sizeof(path));
		t2_init(&t, of[i].page_size, of[i].pmd_order, t.p.max_ptes_none, MTHP_RULE_SCALED,
			trace_write_event, NULL);
		trace_fresh(path);
		assert_int_equal(trace_write_open(&w, path, OUTPUT_GROWING, &t.meta), 0);
		t.ctx = w;
		touch_chain(&t);
		for (pass = 0; pass < 16; pass++)
			t2_pass(&t);
		assert_int_equal(trace_write_close(w, t.now_ns, 1), 0);
		assert_int_equal(load_trace(path, &opts, &read, NULL, NULL), 0);
		same_ranges(m, read);
		s = snapshot_take(read);
		assert_string_equal(s->chains[0].path, of[i].path);
		assert_int_equal(s->chains[0].order, of[i].pmd_order);
		assert_int_equal(s->chains[0].filled_bytes,
				 ((1ULL << of[i].pmd_order) - of[i].pmd_order - 1) *
					 of[i].page_size);
		assert_int_equal(s->nr_occ, (of[i].pmd_order - 1) * MTHP_OCC_BUCKETS);
		snapshot_free(s);
		model_free(read);
		model_free(m);
		trace_fresh(path);
	}
}

/* Bitmaps as `script` prints them. */
static void test_bits(void **state)
{
	struct t2_ev s;
	char *text = NULL;
	struct meta meta;
	size_t len = 0;
	FILE *out;
	evs_meta(&meta);
	memset(&s, 0, sizeof(s));
	s.ev.order = 9;
	s.ev.nr_words = 8;
	s.bits[0] = 0xffffffffULL | 1ULL << 63;
	s.bits[1] = 1 | 1ULL << 5;
	s.bits[7] = 1ULL << 63;
	s.bits[8 * MTHP_B_BLOCKED] = 1ULL << 37;
	s.bits[8 * MTHP_B_PLAN] = 1 | 1 << 15 | 1ULL << 32 | 1ULL << 63;
	s.bits[8 * MTHP_B_PLAN + 1] = 1 | 1 << 3;
	out = open_memstream(&text, &len);
	view_bitmaps(&meta, &s.ev, out);
	fclose(out);
	assert_string_equal(text,
			    " present_bits=0-31,63-64,69,511 blocked_bits=37 referenced_bits=-"
			    " joined_bits=- plan_blocks=0:64K,32:128K,64:16K");
	free(text);
	s.ev.nr_words = 0;
	out = open_memstream(&text, &len);
	view_bitmaps(&meta, &s.ev, out);
	fclose(out);
	assert_string_equal(text, "");
	free(text);
}

/* The merge of two traces is their sum; no scan counts twice because of its older event. */
static void test_merge(void **state)
{
	struct mthp_ev old;
	struct model *a, *b;
	struct t2 t;
	a = run(&t, 4096, 9, 255, MTHP_RULE_SCALED);
	b = run(&t, 4096, 9, 255, MTHP_RULE_SCALED);
	b->totals.chains.rec[0].mm++; /* mm numbers of two observations differ */
	totals_merge(&a->totals, &b->totals);
	assert_int_equal(a->totals.ranges.creep[9].steps, 2);
	assert_int_equal(a->totals.ranges.lock_max_ns, 5000);
	assert_int_equal(a->totals.chains.nr, 2);
	old = evs_scan(MTHP_R_SUCCEED, t.now_ns, 1, 3, MTHP_SAMPLE_NO);
	model_event(b, &old);
	assert_int_equal(b->totals.ranges.scan[MTHP_Q_KHUGEPAGED].scans, 8);
	model_free(a);
	model_free(b);
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(test_occupancy),      cmocka_unit_test(test_chain),
		cmocka_unit_test(test_guard),	       cmocka_unit_test(test_growth),
		cmocka_unit_test(test_chains_merge),   cmocka_unit_test(test_chains_bounded),
		cmocka_unit_test(test_ranges_bounded), cmocka_unit_test(test_sums),
		cmocka_unit_test(test_page_sizes),     cmocka_unit_test(test_merge),
		cmocka_unit_test(test_bits),
	};

	return cmocka_run_group_tests(all, NULL, NULL);
}
