// SPDX-License-Identifier: GPL-2.0-only
/*
 * What-if against the simulator: the same life is lived under setting A, which gives the trace, and
 * under setting B, which is what whatif has to predict from it: block for block where it says exact.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <mthp/creep.h>

#include "cm.h"
#include "evs.h"
#include "sim.h"
#include "whatif.h"

#define P	 6
#define PTES	 (1U << P)
#define ALL	 0x7cU /* orders 2 ... 6 */
#define STEPS	 12
#define MAX_DONE 256

struct block {
	uint64_t ts_ns;
	uint32_t offset, order, fill;
	int exact, found;
};

struct list {
	size_t nr;
	struct block b[MAX_DONE];
};

static uint64_t seed;
static __u64 touched; /* pages that the process uses */

static uint32_t rnd(uint32_t below)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(seed >> 33) % below;
}

static struct mthp_policy_params params(uint32_t orders, uint32_t m, uint32_t rule)
{
	struct mthp_policy_params p = {
		.orders = orders, .max_ptes_none = m, .pmd_order = P, .min_order = 2, .rule = rule
	};

	return p;
}

/* One simulated life, and where it is told. */
struct life {
	struct sim *sim;
	struct mthp_policy_params p;
	struct whatif *w;  /* NULL: told to nobody */
	struct list *done; /* NULL: not kept */
	int lossy;
	uint64_t last_ns;	  /* of the latest scan that was told */
	uint64_t exact_ns[STEPS]; /* of scans that whatif called exact */
	size_t nr_exact;
};

static struct mthp_ev event(const struct life *l, uint8_t kind, uint32_t offset, uint32_t order)
{
	struct mthp_ev ev = evs_make(kind, MTHP_R_SUCCEED, sim_now(l->sim), 1);

	ev.requester = MTHP_Q_KHUGEPAGED;
	ev.order = order;
	ev.addr = 0x40000000 + offset * 4096ULL;
	ev.known |= MTHP_KNOWN_ADDR;
	return ev;
}

static void set(struct mthp_ev *ev, enum mthp_value which, uint32_t n)
{
	ev->v[which] = n;
	ev->known |= 1U << which;
}

/* The next scan, or the end, makes whatif go through the latest one. */
static void note_exact(struct life *l, const struct mthp_ev *ev)
{
	__u64 exact = whatif_sums(l->w, 1)->scans_exact;

	if (ev)
		whatif_event(l->w, ev, l->lossy);
	else
		whatif_end(l->w);
	if (whatif_sums(l->w, 1)->scans_exact > exact)
		l->exact_ns[l->nr_exact++] = l->last_ns;
	l->last_ns = sim_now(l->sim);
}

static void told_scan(void *ctx, uint32_t range, const struct mthp_policy_in *in,
		      const struct mthp_policy_out *plan)
{
	struct {
		struct mthp_ev ev;
		__u64 bits[MTHP_NR_BITMAPS];
	} e;
	const struct life *l = ctx;
	uint32_t i;

	(void)range;
	memset(&e, 0, sizeof(e));
	e.ev = event(l, MTHP_K_MTHP_SCAN, 0, P);
	e.ev.sample = MTHP_SAMPLE_COMPLETE;
	e.ev.nr_words = 1;
	set(&e.ev, MTHP_V_ORDERS, l->p.orders);
	set(&e.ev, MTHP_V_MAX_PTES_NONE, l->p.max_ptes_none);
	set(&e.ev, MTHP_V_SWAP, 0);
	/* Nothing that is blocked here rules out a PMD: as if all of it were shared. */
	set(&e.ev, MTHP_V_SHARED, mthp_popcount(in->blocked[0]));
	e.bits[MTHP_B_PRESENT] = in->present[0];
	e.bits[MTHP_B_BLOCKED] = in->blocked[0];
	e.bits[MTHP_B_REFERENCED] = in->referenced[0];
	e.bits[MTHP_B_JOINED] = in->joined[0];
	for (i = 0; i < plan->nr; i++) {
		mthp_bits_set(&e.bits[MTHP_B_PLAN], plan->block[i].offset, 1);
		mthp_bits_set(&e.bits[MTHP_B_PLAN],
			      plan->block[i].offset + (1U << plan->block[i].order) - 1, 1);
	}
	if (l->w)
		note_exact(ctx, &e.ev);
}

static void told_collapse(void *ctx, const struct sim_collapse *c)
{
	const struct life *l = ctx;
	struct mthp_ev ev = event(l, MTHP_K_MTHP_COLLAPSE, c->block.offset, c->block.order);

	set(&ev, MTHP_V_FILLED, c->block.fill);
	if (l->w)
		whatif_event(l->w, &ev, l->lossy);
	if (l->done && l->done->nr < MAX_DONE)
		l->done->b[l->done->nr++] = (struct block){
			sim_now(l->sim), c->block.offset, c->block.order, c->block.fill, 0, 0
		};
}

static void live(struct life *l, const struct mthp_policy_params *p)
{
	struct sim_watch watch = { .scan = told_scan, .collapse = told_collapse, .ctx = l };

	l->p = *p;
	assert_int_equal(sim_new(p, 1, &l->sim), 0);
	sim_watch(l->sim, &watch);
}

enum {
	GROW = 1,
	FREE = 2,
	BLOCK = 4,
	COOL = 8
};

/*
 * What the process does between two scans: it grows or it frees, because what was freed and touched
 * again in between no scan can see; and it frees something that the scan before saw, for the same
 * reason.
 */
static void act(struct sim *sim, int what)
{
	uint32_t i, nr = rnd(PTES / 4), at = rnd(PTES), len = 1 + rnd(PTES / 2), n;
	int frees = what & FREE && !rnd(3);

	for (i = 0; what & GROW && !frees && i < nr; i++) {
		n = 1 + rnd(3);
		at = rnd(PTES - n + 1);
		sim_touch(sim, 0, at, n);
		mthp_bits_set(&touched, at, n);
	}
	if (what & GROW && !frees && !rnd(4))
		sim_fault(sim, 0, rnd(PTES / 4) * 4, 2);
	if (frees && touched >> at & 1) {
		sim_release(sim, 0, at, len);
		touched &= len < PTES - at ? ~(((1ULL << len) - 1) << at) : (1ULL << at) - 1;
	}
	if (what & BLOCK && !rnd(3))
		sim_block(sim, 0, rnd(PTES), 1 + rnd(4), rnd(2));
	if (what & COOL && !rnd(3))
		sim_cool(sim, 0);
}

static void keep(void *ctx, const struct whatif_block *b)
{
	struct list *l = ctx;

	assert_int_equal(b->setting, 1);
	if (!b->order)
		return;
	assert_true(l->nr < MAX_DONE);
	l->b[l->nr++] = (struct block){ b->ts_ns, (uint32_t)(b->addr - 0x40000000) / 4096,
					b->order, b->fill,
					b->exact, 0 };
}

static int same(const struct block *a, const struct block *b)
{
	return a->ts_ns == b->ts_ns && a->offset == b->offset && a->order == b->order &&
	       a->fill == b->fill;
}

/* One life under both settings. */
struct pair {
	struct list predicted, true_;
	uint64_t exact_ns[STEPS];
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
	for (i = 0; i < STEPS; i++) {
		sim_advance(l->sim, 1000);
		act(l->sim, i ? what : GROW | (what & BLOCK));
		sim_scan(l->sim, 0);
	}
}

static void run_pair(const struct mthp_policy_params *a, const struct mthp_policy_params *b,
		     int what, uint64_t life, struct pair *out)
{
	struct settings recorded = { .max_ptes_none = a->max_ptes_none, .max_ptes_shared = PTES };
	struct whatif_setting s = { b->orders, b->max_ptes_none, b->rule };
	struct life as = { 0 }, bs = { 0 };

	memset(out, 0, sizeof(*out));
	assert_int_equal(whatif_new(P, 4096, &recorded, &s, 1, &as.w), 0);
	whatif_watch(as.w, keep, &out->predicted);
	live(&as, a);
	go(&as, what, life);
	note_exact(&as, NULL);
	memcpy(out->exact_ns, as.exact_ns, sizeof(as.exact_ns));
	out->nr_exact = as.nr_exact;
	bs.done = &out->true_;
	live(&bs, b);
	go(&bs, what, life);
	out->sums = *whatif_sums(as.w, 1);
	out->recorded = *whatif_sums(as.w, 0);
	out->a = *sim_stats(as.sim);
	out->b = *sim_stats(bs.sim);
	sim_free(as.sim);
	sim_free(bs.sim);
	whatif_free(as.w);
}

/* Exact blocks are true ones, and a true one at an exact time was predicted. */
static void check_pair(struct pair *p, __u64 *exact, __u64 *all)
{
	size_t i, k;

	for (i = 0; i < p->predicted.nr; i++) {
		struct block *b = &p->predicted.b[i];

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

	(void)state;
	for (w = 0; w < ARRAY_SIZE(whats); w++)
		for (life = 1; life <= 1500; life++) {
			struct mthp_policy_params a, b;

			seed = life * 977 + w;
			a = params(rnd(2) ? ALL : (1 + rnd(31)) << 2, ms[rnd(8)], rnd(2));
			b = params(rnd(2) ? ALL : (1 + rnd(31)) << 2, ms[rnd(8)], rnd(3));
			run_pair(&a, &b, whats[w], life, &pair);
			check_pair(&pair, &exact, &all);
			lives++;
		}
	print_message("%llu lives, %llu of %llu predicted blocks are exact\n",
		      (unsigned long long)lives, (unsigned long long)exact,
		      (unsigned long long)all);
	assert_true(exact * 2 > all);
}

/* The setting that was recorded: everything is exact, and as it was. */
static void test_as_it_was(void **state)
{
	static struct pair pair;
	uint64_t life;

	(void)state;
	for (life = 1; life <= 200; life++) {
		struct mthp_policy_params a = params(ALL, (uint32_t)life % 64, life % 2);

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

/* A process that is left alone: all of the future is known, so creep is what it would be. */
static void test_creep(void **state)
{
	struct mthp_policy_params a = params(ALL, 0, MTHP_RULE_GUARD), b;
	__u64 steps = 0, chains = 0;
	static struct pair pair;
	uint64_t life;

	(void)state;
	for (life = 1; life <= 2000; life++) {
		b = params(ALL, 1 + (uint32_t)life % 63, MTHP_RULE_SCALED);
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

/* Under the guard collapses alone never lead to a larger one, whatever the process does. */
static void test_guard(void **state)
{
	static struct pair pair;
	uint64_t life;

	(void)state;
	for (life = 1; life <= 1000; life++) {
		struct mthp_policy_params a = params(ALL, 63, MTHP_RULE_SCALED);
		struct mthp_policy_params b = params(ALL, (uint32_t)life % 64, MTHP_RULE_GUARD);

		a.max_ptes_none = rnd(64);
		run_pair(&a, &b, 15, life, &pair);
		assert_int_equal(pair.sums.creep_steps, 0);
	}
}

/* Losses end all exactness. */
static void test_lossy(void **state)
{
	struct whatif_setting s = { ALL, 15, MTHP_RULE_GUARD };
	struct settings recorded = { .max_ptes_none = 31 };
	struct mthp_policy_params a = params(ALL, 31, MTHP_RULE_GUARD);
	struct life l = { .lossy = 1 };

	(void)state;
	assert_int_equal(whatif_new(P, 4096, &recorded, &s, 1, &l.w), 0);
	live(&l, &a);
	sim_touch(l.sim, 0, 0, 60);
	sim_scan(l.sim, 0);
	whatif_end(l.w);
	assert_int_equal(whatif_sums(l.w, 1)->scans, 1);
	assert_int_equal(whatif_sums(l.w, 1)->scans_exact, 0);
	assert_int_equal(whatif_sums(l.w, 1)->ranges_exact, 0);
	sim_free(l.sim);
	whatif_free(l.w);
}

/* 15 single pages, and one folio of 16 pages; 16 left empty in the second half of a third 16. */
static void test_tlb(void **state)
{
	struct whatif_setting s[] = { { 1 << 4, 0, MTHP_RULE_GUARD },
				      { 1 << 6, 63, MTHP_RULE_GUARD } };
	struct settings recorded = { .max_ptes_none = 0 };
	struct mthp_policy_params a = params(1 << 5, 0, MTHP_RULE_GUARD);
	struct life l = { 0 };

	(void)state;
	assert_int_equal(whatif_new(P, 4096, &recorded, s, 2, &l.w), 0);
	live(&l, &a);
	sim_fault(l.sim, 0, 0, 4);
	sim_touch(l.sim, 0, 16, 15);
	sim_touch(l.sim, 0, 32, 16);
	sim_scan(l.sim, 0);
	whatif_end(l.w);
	assert_int_equal(whatif_sums(l.w, 0)->tlb, 1 + 15 + 16);
	assert_int_equal(whatif_sums(l.w, 1)->tlb, 1 + 15 + 1);
	assert_int_equal(whatif_sums(l.w, 2)->tlb, 1);
	assert_int_equal(whatif_sums(l.w, 2)->filled, 64 - 47);
	assert_int_equal(whatif_ranges(l.w), 1);
	sim_free(l.sim);
	whatif_free(l.w);
}

/* A scan of what is present (the first four pages are referenced), and maybe a collapse to order 2 at its start, told to whatif by hand. */
static void tell(struct whatif *w, uint64_t ts_ns, uint64_t present, uint64_t joined, uint32_t m,
		 int collapse)
{
	struct life l = { .p = params(ALL, m, MTHP_RULE_GUARD), .w = w };
	struct mthp_policy_params p = l.p;
	struct mthp_policy_in in = { .present = { present },
				     .referenced = { present & 15 },
				     .joined = { joined } };
	static struct mthp_policy_out plan;
	struct mthp_ev ev;

	assert_int_equal(sim_new(&p, 1, &l.sim), 0);
	sim_advance(l.sim, ts_ns);
	plan.nr = collapse != 0;
	plan.block[0].order = 2;
	told_scan(&l, 0, &in, &plan);
	if (collapse) {
		ev = event(&l, MTHP_K_MTHP_COLLAPSE, 0, 2);
		ev.result = collapse > 0 ? MTHP_R_SUCCEED : MTHP_R_ALLOC_HUGE_PAGE_FAIL;
		set(&ev, MTHP_V_FILLED, 0);
		whatif_event(w, &ev, 0);
	}
	sim_free(l.sim);
}

static struct whatif *by_hand(uint32_t orders, uint32_t m, uint32_t rule)
{
	struct whatif_setting s = { orders, m, rule };
	struct settings recorded = { .max_ptes_none = 31 };
	struct whatif *w = NULL;

	assert_int_equal(whatif_new(P, 4096, &recorded, &s, 1, &w), 0);
	return w;
}

/* Pages that the process came to use are no longer filled: what grows on them does not creep. */
static void test_used_since(void **state)
{
	struct whatif *w = by_hand(1 << 4 | 1 << 5, 31, MTHP_RULE_SCALED);
	const struct whatif_sums *sums = whatif_sums(w, 1);

	(void)state;
	tell(w, 1000, 0x1ff, 0, 31, 0);
	tell(w, 2000, 0x1ffff, 0, 31, 0);
	whatif_end(w);
	assert_int_equal(sums->collapses[4], 1);
	assert_int_equal(sums->collapses[5], 1);
	assert_int_equal(sums->filled, 7 + 15);
	assert_int_equal(sums->creep_steps + sums->grown_steps, 0);
	assert_int_equal(sums->scans_exact, 2);
	whatif_free(w);
}

/* The same without the process: the second scan is a creep step, and the first of a chain. */
static void test_not_used_since(void **state)
{
	struct whatif *w = by_hand(1 << 4 | 1 << 5, 31, MTHP_RULE_SCALED);
	const struct whatif_sums *sums = whatif_sums(w, 1);

	(void)state;
	tell(w, 1000, 0x101ff, 0, 31, 0);
	tell(w, 2000, 0x101ff, 0, 31, 0);
	whatif_end(w);
	assert_int_equal(sums->creep_steps, 1);
	assert_int_equal(sums->creep_chains, 1);
	assert_int_equal(sums->creep_filled, 15);
	whatif_free(w);
}

/* userfaultfd watches: no setting lets an empty PTE be filled. */
static void test_armed(void **state)
{
	struct whatif *w = by_hand(ALL, 63, MTHP_RULE_GUARD);

	(void)state;
	tell(w, 1000, 0x7f, 0, 0, 0);
	whatif_end(w);
	assert_int_equal(whatif_sums(w, 1)->filled, 0);
	assert_int_equal(whatif_sums(w, 1)->collapses[2], 1);
	whatif_free(w);
}

/* What failed might have failed otherwise; what was not tried is taken to succeed. */
static void test_failed(void **state)
{
	struct whatif *w = by_hand(ALL, 63, MTHP_RULE_GUARD);

	(void)state;
	tell(w, 1000, 0x7f, 0, 31, -1);
	whatif_end(w);
	assert_int_equal(whatif_sums(w, 0)->failed, 1);
	assert_int_equal(whatif_sums(w, 1)->collapses[6], 1);
	assert_int_equal(whatif_sums(w, 1)->scans_exact, 0);
	whatif_free(w);
}

/* What a real collapse joined is not joined where it was not done, */
static void test_joined(void **state)
{
	struct whatif *w = by_hand(1 << 3, 0, MTHP_RULE_GUARD);

	(void)state;
	tell(w, 1000, 0x0f, 0, 31, 1);
	tell(w, 2000, 0x0f, 0x0e, 31, 0);
	whatif_end(w);
	assert_int_equal(whatif_sums(w, 0)->tlb, 1);
	assert_int_equal(whatif_sums(w, 1)->tlb, 4);
	whatif_free(w);
}

/* and what it put into a larger folio is as referenced as it was. */
static void test_referenced(void **state)
{
	struct whatif *w = by_hand(1 << 3, 0, MTHP_RULE_GUARD);

	(void)state;
	tell(w, 1000, 0x0f, 0, 31, 1);
	tell(w, 2000, 0xff, 0x0e, 31, 0);
	whatif_end(w);
	assert_int_equal(whatif_sums(w, 1)->collapses[3], 1);
	assert_int_equal(whatif_sums(w, 1)->scans_exact, 2);
	whatif_free(w);
}

static void test_bad(void **state)
{
	struct whatif_setting s = { ALL, 64, MTHP_RULE_GUARD };
	struct settings recorded = { 0 };
	struct whatif *w;

	(void)state;
	assert_int_equal(whatif_new(P, 4096, &recorded, &s, 1, &w), -EINVAL);
	s.max_ptes_none = 63;
	s.orders = 1 << 7;
	assert_int_equal(whatif_new(P, 4096, &recorded, &s, 1, &w), -EINVAL);
	s.orders = ALL;
	s.rule = MTHP_NR_RULES;
	assert_int_equal(whatif_new(P, 4096, &recorded, &s, 1, &w), -EINVAL);
	whatif_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),	   cmocka_unit_test(test_as_it_was),
		cmocka_unit_test(test_creep),	   cmocka_unit_test(test_guard),
		cmocka_unit_test(test_lossy),	   cmocka_unit_test(test_tlb),
		cmocka_unit_test(test_used_since), cmocka_unit_test(test_not_used_since),
		cmocka_unit_test(test_armed),	   cmocka_unit_test(test_failed),
		cmocka_unit_test(test_joined),	   cmocka_unit_test(test_referenced),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
