// SPDX-License-Identifier: GPL-2.0-only
/*
 * What-if against the simulator. The same history runs under setting A, which gives the trace, and
 * under setting B, which whatif predicts from that trace. Predictions marked exact must match block
 * for block.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/support/whatif_life.h"

static uint64_t seed;
static __u64 touched; /* pages that the process uses */

static uint32_t rnd(uint32_t below)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(seed >> 33) % below;
}

enum {
	GROW = 1,
	FREE = 2,
	BLOCK = 4,
	COOL = 8
};

/*
 * The process's actions between two scans. It either grows or frees memory, because no scan can see
 * pages that were freed and touched again in between. It frees only pages that the scan before saw,
 * for the same reason.
 */
static void act(struct sim *sim, int what)
{
	uint32_t i, nr = rnd(LIFE_PTES / 4), at = rnd(LIFE_PTES), len = 1 + rnd(LIFE_PTES / 2), n;
	int frees = what & FREE && !rnd(3);

	for (i = 0; what & GROW && !frees && i < nr; i++) {
		n = 1 + rnd(3);
		at = rnd(LIFE_PTES - n + 1);
		sim_touch(sim, 0, at, n);
		mthp_bits_set(&touched, at, n);
	}
	if (what & GROW && !frees && !rnd(4))
		sim_fault(sim, 0, rnd(LIFE_PTES / 4) * 4, 2);
	if (frees && touched >> at & 1) {
		sim_release(sim, 0, at, len);
		touched &= len < LIFE_PTES - at ? ~(((1ULL << len) - 1) << at) : (1ULL << at) - 1;
	}
	if (what & BLOCK && !rnd(3))
		sim_block(sim, 0, rnd(LIFE_PTES), 1 + rnd(4), rnd(2));
	if (what & COOL && !rnd(3))
		sim_cool(sim, 0);
}

static void keep(void *ctx, const struct whatif_block *b)
{
	struct life_list *l = ctx;

	assert_int_equal(b->setting, 1);
	if (!b->order)
		return;
	assert_true(l->nr < LIFE_DONE);
	l->b[l->nr++] = (struct life_block){ b->ts_ns, (uint32_t)(b->addr - 0x40000000) / 4096,
					     b->order, b->fill,
					     b->exact, 0 };
}

static int same(const struct life_block *a, const struct life_block *b)
{
	return a->ts_ns == b->ts_ns && a->offset == b->offset && a->order == b->order &&
	       a->fill == b->fill;
}

/* One history under both settings. */
struct pair {
	struct life_list predicted, true_;
	uint64_t exact_ns[LIFE_SCANS];
	size_t nr_exact;
	struct whatif_sums sums;
	struct whatif_sums recorded;
	struct sim_stats a, b;
};

static void go(struct life *l, int what, uint64_t life)
{
	int i;

	seed = life;
	touched = 0;
	for (i = 0; i < LIFE_SCANS; i++) {
		sim_advance(l->sim, 1000);
		act(l->sim, i ? what : GROW | (what & BLOCK));
		sim_scan(l->sim, 0);
	}
}

static void run_pair(const struct mthp_policy_params *a, const struct mthp_policy_params *b,
		     int what, uint64_t life, struct pair *out)
{
	struct settings recorded = { .max_ptes_none = a->max_ptes_none,
				     .max_ptes_shared = LIFE_PTES };
	struct whatif_setting s = { b->orders, b->max_ptes_none, b->rule, WHATIF_SET, 0 };
	struct life as = { 0 }, bs = { 0 };

	memset(out, 0, sizeof(*out));
	assert_int_equal(whatif_new(LIFE_P, 4096, &recorded, &s, 1, &as.w), 0);
	whatif_watch(as.w, keep, &out->predicted);
	life_begin(&as, a);
	go(&as, what, life);
	life_tell(&as, NULL);
	memcpy(out->exact_ns, as.exact_ns, sizeof(as.exact_ns));
	out->nr_exact = as.nr_exact;
	bs.done = &out->true_;
	life_begin(&bs, b);
	go(&bs, what, life);
	out->sums = *whatif_sums(as.w, 1);
	out->recorded = *whatif_sums(as.w, 0);
	out->a = *sim_stats(as.sim);
	out->b = *sim_stats(bs.sim);
	sim_free(as.sim);
	sim_free(bs.sim);
	whatif_free(as.w);
}

/* Each exact block really collapsed, and each block that collapsed at an exact time was predicted. */
static void check_pair(struct pair *p, __u64 *exact, __u64 *all)
{
	size_t i, k;

	for (i = 0; i < p->predicted.nr; i++) {
		struct life_block *b = &p->predicted.b[i];

		for (k = 0; k < p->true_.nr; k++)
			if (same(b, &p->true_.b[k])) {
				b->found = 1;
				p->true_.b[k].found = 1;
			}
		if (b->exact)
			assert_true(b->found);
		*exact += b->exact;
		(*all)++;
	}
	for (i = 0; i < p->true_.nr; i++)
		for (k = 0; k < p->nr_exact; k++)
			assert_true(p->true_.b[i].ts_ns != p->exact_ns[k] || p->true_.b[i].found);
}

static void test_random(void **state)
{
	static const int whats[] = { 0, GROW, GROW | FREE, GROW | BLOCK, GROW | COOL, 15 };
	static const uint32_t ms[] = { 0, 1, 7, 15, 16, 31, 40, 63 };
	__u64 exact = 0, all = 0, lives = 0;
	static struct pair pair;
	uint64_t life;
	size_t w;
	for (w = 0; w < ARRAY_SIZE(whats); w++)
		for (life = 1; life <= 1500; life++) {
			struct mthp_policy_params a, b;

			seed = life * 977 + w;
			a = life_params(rnd(2) ? LIFE_ALL : (1 + rnd(31)) << 2, ms[rnd(8)], rnd(2));
			b = life_params(rnd(2) ? LIFE_ALL : (1 + rnd(31)) << 2, ms[rnd(8)], rnd(3));
			run_pair(&a, &b, whats[w], life, &pair);
			check_pair(&pair, &exact, &all);
			lives++;
		}
	print_message("%llu lives, %llu of %llu predicted blocks are exact\n",
		      (unsigned long long)lives, (unsigned long long)exact,
		      (unsigned long long)all);
	assert_true(exact * 2 > all);
}

/* The recorded setting: everything is exact, and as recorded. */
static void test_as_it_was(void **state)
{
	static struct pair pair;
	uint64_t life;
	for (life = 1; life <= 200; life++) {
		struct mthp_policy_params a = life_params(LIFE_ALL, (uint32_t)life % 64, life % 2);

		run_pair(&a, &a, 15, life, &pair);
		assert_int_equal(pair.sums.scans, pair.a.scans);
		assert_int_equal(pair.sums.scans_exact, pair.sums.scans);
		assert_int_equal(pair.sums.filled, pair.a.filled);
		assert_int_equal(pair.sums.copied, pair.a.copied);
		assert_memory_equal(pair.sums.collapses, pair.recorded.collapses,
				    sizeof(pair.sums.collapses));
		assert_memory_equal(pair.sums.collapses, pair.a.collapses,
				    MTHP_NR_ORDERS * sizeof(pair.a.collapses[0]));
		assert_int_equal(pair.sums.tlb, pair.recorded.tlb);
		assert_int_equal(pair.sums.ranges_exact, 1);
	}
}

/* A process that touches nothing: all of the future is known, so the predicted creep is the real one. */
static void test_creep(void **state)
{
	struct mthp_policy_params a = life_params(LIFE_ALL, 0, MTHP_RULE_GUARD), b;
	__u64 steps = 0, chains = 0;
	static struct pair pair;
	uint64_t life;
	for (life = 1; life <= 2000; life++) {
		b = life_params(LIFE_ALL, 1 + (uint32_t)life % 63, MTHP_RULE_SCALED);
		run_pair(&a, &b, 0, life, &pair);
		assert_int_equal(pair.sums.scans_exact, pair.sums.scans);
		assert_int_equal(pair.sums.creep_steps, pair.b.creep_steps);
		assert_int_equal(pair.sums.creep_chains, pair.b.creep_chains);
		assert_int_equal(pair.sums.creep_filled, pair.b.creep_filled);
		assert_int_equal(pair.sums.filled, pair.b.filled);
		steps += pair.sums.creep_steps;
		chains += pair.sums.creep_chains;
		b.rule = MTHP_RULE_GUARD;
		run_pair(&a, &b, 0, life, &pair);
		assert_int_equal(pair.sums.filled, pair.b.filled);
		assert_int_equal(pair.sums.creep_steps, 0);
	}
	assert_true(steps > chains && chains > 100);
}

/* Under the guard a collapse never makes a larger one possible, whatever the process does. */
static void test_guard(void **state)
{
	static struct pair pair;
	uint64_t life;
	for (life = 1; life <= 1000; life++) {
		struct mthp_policy_params a = life_params(LIFE_ALL, 63, MTHP_RULE_SCALED);
		struct mthp_policy_params b =
			life_params(LIFE_ALL, (uint32_t)life % 64, MTHP_RULE_GUARD);

		a.max_ptes_none = rnd(64);
		run_pair(&a, &b, 15, life, &pair);
		assert_int_equal(pair.sums.creep_steps, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_as_it_was),
		cmocka_unit_test(test_creep),
		cmocka_unit_test(test_guard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
