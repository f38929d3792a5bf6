// SPDX-License-Identifier: GPL-2.0-only
/*
 * The creep rule against the simulator's truth, over random histories: demand faults, folios, frees,
 * pages that are pinned, swapped out or unreferenced for a while, failing collapses, changing settings.
 * The rule gets only scans and collapses, as a reader of a trace does.
 *
 * A page that is given back and touched again between two scans leaves no trace except that its folio
 * is broken up. In histories without such pages the rule must be exact. With them it may miss steps,
 * and false steps must be rare.
 *
 * run: long
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mthp/creep.h>

#include "tests/support/cm.h"
#include "tests/support/policy_check.h"
#include "tests/support/policy_vectors.h"
#include "tests/support/sim.h"

#define RANGES	 3
#define ROUNDS	 60
#define MAX_PTES (1U << 9)

struct history {
	struct sim *sim;
	struct vec_rng rng;
	struct mthp_policy_params p;
	struct mthp_creep *creep[RANGES];
	uint8_t gone[RANGES][MAX_PTES]; /* given back since the last scan */
	bool exact;			/* such pages are not touched */
	bool steady;			/* the settings do not change, and are the guard's */
	uint64_t steps, missed, untrue, collapses, untouched;
};

static void seen_scan(void *ctx, uint32_t range, const struct mthp_policy_in *in,
		      const struct mthp_policy_out *plan)
{
	struct history *h = ctx;
	memset(h->gone[range], 0, sizeof(h->gone[range]));
	mthp_creep_scan(h->creep[range], &h->p, in->present, in->blocked, in->joined,
			sim_now(h->sim));
}

static void seen_collapse(void *ctx, const struct sim_collapse *c)
{
	struct mthp_creep_step step = { 0 };
	struct history *h = ctx;
	int verdict = mthp_creep_collapse(h->creep[c->range], c->block.offset, c->block.order,
					  c->block.fill, sim_now(h->sim), &step);

	assert_int_not_equal(verdict, MTHP_CREEP_UNKNOWN);
	h->collapses++;
	h->steps += c->creep;
	h->missed += c->creep && verdict == MTHP_CREEP_NO;
	h->untrue += !c->creep && verdict == MTHP_CREEP_STEP;
	h->untouched += verdict == MTHP_CREEP_STEP && step.untouched;
	if (!h->exact)
		return;
	if (c->creep != (verdict == MTHP_CREEP_STEP))
		fail_msg("range %u offset %u order %u: %s", c->range, c->block.offset,
			 c->block.order,
			 c->creep ? "a step is missed" : "no step is reported as one");
	if (!c->creep)
		return;
	assert_int_equal(step.steps, c->steps);
	assert_int_equal(step.orders, c->orders);
	assert_int_equal(step.since_ns, c->since_ns);
	assert_int_equal(step.filled, c->filled_before + c->block.fill);
	assert_int_equal(step.new_fill, c->block.fill);
}

/* Now and then a collapse fails. */
static bool may_commit(void *ctx, uint32_t range, const struct mthp_policy_block *block)
{
	struct history *h = ctx;
	return vec_below(&h->rng, 12) != 0;
}

static void touch(struct history *h, uint32_t range, uint32_t pte, uint32_t nr)
{
	for (; nr--; pte++)
		if (pte < 1U << h->p.pmd_order && !(h->exact && h->gone[range][pte]))
			sim_touch(h->sim, range, pte, 1);
}

static void release(struct history *h, uint32_t range, uint32_t pte, uint32_t nr)
{
	sim_release(h->sim, range, pte, nr);
	for (; nr-- && pte < 1U << h->p.pmd_order; pte++)
		h->gone[range][pte] = 1;
}

/* One random action of a process, or of the rest of the system. */
static void act(struct history *h)
{
	uint32_t range = vec_below(&h->rng, RANGES), size = 1U << h->p.pmd_order;
	uint32_t pte = vec_below(&h->rng, size), nr = 1 + vec_below(&h->rng, 4), order, i;

	switch (vec_below(&h->rng, 16)) {
	case 0:
		release(h, range, pte, nr);
		break;
	case 1:
		order = vec_below(&h->rng, h->p.pmd_order + 1);
		release(h, range, pte >> order << order, 1U << order);
		break;
	case 2:
		order = 1 + vec_below(&h->rng, h->p.pmd_order);
		pte = pte >> order << order;
		for (i = 0; i < 1U << order && !h->gone[range][pte + i]; i++)
			;
		if (i == 1U << order)
			sim_fault(h->sim, range, pte, order);
		break;
	case 3:
		sim_block(h->sim, range, pte, nr, true);
		break;
	case 4:
	case 5:
		sim_block(h->sim, range, 0, size, false);
		break;
	case 6:
		sim_cool(h->sim, range);
		touch(h, range, pte, nr);
		break;
	default:
		touch(h, range, pte, vec_below(&h->rng, 5) ? nr : 1U << vec_below(&h->rng, 6));
	}
}

static void new_settings(struct history *h, uint32_t pmd_order)
{
	uint32_t all = (2U << pmd_order) - 2;

	h->p.pmd_order = pmd_order;
	h->p.min_order = 1;
	h->p.max_ptes_none = vec_below(&h->rng, 1U << pmd_order);
	if (vec_below(&h->rng, 2))
		h->p.max_ptes_none = (1U << vec_below(&h->rng, pmd_order + 1)) - 1;
	h->p.orders = vec_below(&h->rng, 2) ? all : all & (uint32_t)vec_next(&h->rng);
	h->p.rule = vec_below(&h->rng, 4) ? MTHP_RULE_SCALED : MTHP_RULE_GUARD;
	if (h->steady)
		h->p.rule = MTHP_RULE_GUARD;
}

static void live(struct history *h, uint64_t seed, bool exact)
{
	struct sim_watch watch = {
		.scan = seen_scan, .collapse = seen_collapse, .commit = may_commit, .ctx = h
	};
	uint32_t i, n;

	vec_seed(&h->rng, seed);
	h->exact = exact;
	memset(h->gone, 0, sizeof(h->gone));
	new_settings(h, 3 + vec_below(&h->rng, 7));
	assert_int_equal(sim_new(&h->p, RANGES, &h->sim), 0);
	sim_watch(h->sim, &watch);
	for (i = 0; i < RANGES; i++) {
		h->creep[i] = calloc(1, mthp_creep_size(h->p.pmd_order));
		assert_non_null(h->creep[i]);
	}
	for (i = 0; i < ROUNDS; i++) {
		for (n = vec_below(&h->rng, 12); n; n--)
			act(h);
		if (!h->steady && vec_below(&h->rng, 20) == 0) {
			new_settings(h, h->p.pmd_order);
			assert_int_equal(sim_set(h->sim, &h->p), 0);
		}
		sim_advance(h->sim, 1000000ULL * vec_below(&h->rng, 100000));
		for (n = 0; n < RANGES; n++)
			if (vec_below(&h->rng, 3))
				sim_scan(h->sim, n);
	}
	for (i = 0; i < RANGES; i++)
		free(h->creep[i]);
	sim_free(h->sim);
}

static void test_exact(void **state)
{
	static struct history h;
	uint32_t i;
	memset(&h, 0, sizeof(h));
	for (i = 0; i < 6000; i++)
		live(&h, i, true);
	print_message("# %llu collapses, %llu of them creep steps: each was found, and no other\n",
		      (unsigned long long)h.collapses, (unsigned long long)h.steps);
	assert_true(h.steps > 10000);
	assert_int_equal(h.missed + h.untrue, 0);
	assert_true(h.untouched > 1000);
}

/* Under the guard no step is untouched: the process has a part in each. */
static void test_guard(void **state)
{
	static struct history h;
	uint32_t i;
	memset(&h, 0, sizeof(h));
	h.steady = true;
	for (i = 0; i < 6000; i++)
		live(&h, i, true);
	print_message("# guard: %llu collapses, %llu steps, none of them untouched\n",
		      (unsigned long long)h.collapses, (unsigned long long)h.steps);
	assert_true(h.collapses > 50000);
	assert_int_equal(h.missed + h.untrue, 0);
	for (i = 0; i < 2000; i++)
		live(&h, i, false);
	assert_int_equal(h.untouched, 0);
}

static void test_any(void **state)
{
	static struct history h;
	uint32_t i;
	memset(&h, 0, sizeof(h));
	for (i = 0; i < 6000; i++)
		live(&h, i, false);
	print_message(
		"# pages given back and touched unseen: %llu steps, %llu missed, %llu untrue\n",
		(unsigned long long)h.steps, (unsigned long long)h.missed,
		(unsigned long long)h.untrue);
	assert_true(h.steps > 10000);
	assert_true(100 * h.untrue <= 3 * h.steps);
	assert_true(100 * h.missed <= h.steps);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exact),
		cmocka_unit_test(test_guard),
		cmocka_unit_test(test_any),
	};

	return cmocka_run_group_tests_name("creep at random", tests, NULL, NULL);
}
