// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench_creep: the effect of max_ptes_none on simulated memory, under the plain rule and under the
 * guard. Prints the two tables of docs/policy.md.
 *
 * The first: ranges of 512 PTEs that are touched once (uniform, clustered, sparse and dense bitmaps
 * in equal parts), and scanned until nothing changes, all orders from 2 on enabled. The second: the
 * same, but between scans the processes go on touching and giving back pages.
 */
#include <stdio.h>
#include <string.h>

#include "lib/array.h"
#include "tests/support/policy_vectors.h"
#include "tests/support/sim.h"

#define RANGES 1200

struct figures {
	struct sim_stats stats;
	struct sim_shape shape;
	uint32_t crept; /* ranges in which a step happened */
};

static uint8_t crept[RANGES];

static void seen(void *ctx, const struct sim_collapse *c)
{
	crept[c->range] |= c->creep;
}

static void touch_bitmap(struct sim *sim, uint32_t range, const struct mthp_policy_in *in)
{
	uint32_t i;

	for (i = 0; i < 512; i++)
		if (mthp_bit_test(in->present, i))
			sim_touch(sim, range, i, 1);
}

/* Touches a run of up to 8 pages, and gives another run back, or none. */
static void live(struct sim *sim, uint32_t range, struct vec_rng *rng)
{
	sim_touch(sim, range, vec_below(rng, 512), 1 + vec_below(rng, 8));
	if (vec_below(rng, 2))
		sim_release(sim, range, vec_below(rng, 512), 1 + vec_below(rng, 8));
}

static int simulate(uint32_t m, uint32_t rule, int growing, struct figures *f)
{
	struct mthp_policy_params p = {
		.orders = 0x3fc, .max_ptes_none = m, .pmd_order = 9, .min_order = 2, .rule = rule
	};
	struct sim_watch watch = { .collapse = seen };
	static struct mthp_policy_in in;
	struct vec_rng rng;
	struct sim *sim;
	uint32_t range, i;

	memset(f, 0, sizeof(*f));
	memset(crept, 0, sizeof(crept));
	if (sim_new(&p, RANGES, &sim))
		return 1;
	sim_watch(sim, &watch);
	for (range = 0; range < RANGES; range++) {
		vec_seed(&rng, range);
		vec_present(&rng, range % VEC_EDGE, &p, &in);
		touch_bitmap(sim, range, &in);
		for (i = 0; i < 20; i++) {
			sim_scan(sim, range);
			if (growing)
				live(sim, range, &rng);
		}
		f->crept += crept[range];
	}
	f->stats = *sim_stats(sim);
	sim_shape(sim, &f->shape);
	sim_free(sim);
	return 0;
}

static uint64_t large(const struct sim_shape *s)
{
	uint64_t n = 0;
	uint32_t k;

	for (k = 2; k <= 9; k++)
		n += s->by_order[k];
	return n;
}

static void row(uint32_t m, const struct figures *plain, const struct figures *guard)
{
	printf("| %u | %.1f | %.1f | %.1f%% | %llu | %.1f | %llu | %.1f%% |\n", m,
	       (double)plain->stats.filled / RANGES, (double)plain->stats.creep_filled / RANGES,
	       100.0 * plain->crept / RANGES, (unsigned long long)plain->stats.creep_steps,
	       (double)guard->stats.filled / RANGES, (unsigned long long)guard->stats.creep_steps,
	       100.0 * large(&guard->shape) / large(&plain->shape));
}

int main(void)
{
	static const uint32_t values[] = { 0,	31,  63,  64,  127, 128, 191, 255,
					   256, 319, 383, 447, 479, 510, 511 };
	static struct figures plain, guard;
	uint32_t growing, i;

	for (growing = 0; growing < 2; growing++) {
		printf("%s\n\n", growing ? "Memory that changes between scans:" :
					   "Memory that does not change:");
		printf("| max_ptes_none | plain: filled | of it by creep | ranges that crept | steps | "
		       "guard: filled | steps | guard: in large folios, of the plain rule's |\n"
		       "|---|---|---|---|---|---|---|---|\n");
		for (i = 0; i < ARRAY_SIZE(values); i++) {
			if (simulate(values[i], MTHP_RULE_SCALED, growing, &plain) ||
			    simulate(values[i], MTHP_RULE_GUARD, growing, &guard))
				return 1;
			row(values[i], &plain, &guard);
		}
		printf("\n");
	}
	return 0;
}
