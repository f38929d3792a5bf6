// SPDX-License-Identifier: GPL-2.0-only
/*
 * Creep: a collapse fills empty pages, which makes a larger block eligible, which is filled in turn.
 * With creep_guard 0 the kernel must creep exactly as the plain rule predicts, one step per pass; with
 * creep_guard 1, on the same memory, nothing may change after the first pass at any max_ptes_none.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "area.h"
#include "khugepaged.h"
#include "ktap.h"
#include "plan.h"

#define RANGES 12
#define PASSES 10

static const unsigned int nones[] = { 0, 1, 17, 127, 128, 255, 256, 384, 510, 511 };

/*
 * Just over the limit of one block at the smallest order, and one page in each block that doubles
 * it: every step fills what the next one lacks.
 */
static void put_chain(struct area *a, unsigned int range, unsigned int order, unsigned int m)
{
	unsigned int first = range * PMD_NR, k, used = (1U << order) - (m >> (PMD_ORDER - order));

	area_write_pages(a, first, used ? used : 1);
	for (k = order; k < PMD_ORDER; k++)
		area_write(a, first + (1U << k));
}

/* Blocks of 2^order with `used` pages each, every `skip`th without any. */
static void put_blocks(struct area *a, unsigned int range, unsigned int order, unsigned int used,
		       unsigned int skip)
{
	unsigned int i;

	for (i = 0; i < PMD_NR >> order; i++) {
		if ((i + 1) % skip)
			area_write_pages(a, range * PMD_NR + (i << order), used);
	}
}

static void build(struct area *a, const struct rule *rule)
{
	unsigned int i, order, limit;

	area_map(a, RANGES);
	for (i = 0; i < RANGES; i++) {
		order = MIN_ORDER + i % 7;
		limit = (1U << order) - (rule->max_ptes_none >> (PMD_ORDER - order));
		if (i < 7)
			put_chain(a, i, order, rule->max_ptes_none);
		else
			put_blocks(a, i, order, limit ? limit : 1, i - 5);
	}
	kh_set("max_ptes_none", rule->max_ptes_none);
	if (have_series())
		kh_set("creep_guard", rule->creep_guard);
	thp_orders(rule->orders, "madvise");
	kh_idle();
	area_advise(a, MADV_HUGEPAGE);
}

/* One pass, compared with its plan. Returns the number of planned blocks, or -1 if it differs. */
static int step(const struct area *a, const struct rule *rule, struct shape *want,
		unsigned int pass)
{
	static struct mthp_policy_out out;
	unsigned int i, due = 0, bad = 0;
	struct shape got;
	char what[48];

	for (i = 0; i < a->nr; i++) {
		plan_range(rule, &want[i], NULL, &out);
		plan_apply(&out, &want[i]);
		due += out.nr;
	}
	if (kh_scan_noted())
		return -1;
	for (i = 0; i < a->nr; i++) {
		shape_read(area_range(a, i), &got);
		if (shape_same(&got, &want[i]))
			continue;
		snprintf(what, sizeof(what), "pass %u, range %u", pass, i);
		if (bad++ < 3)
			shape_differ(what, &got, &want[i]);
	}
	return bad ? -1 : (int)due;
}

/* Returns how many blocks passes after the first collapsed, or -1. */
static int run(const struct rule *rule)
{
	static struct shape want[RANGES];
	int later = 0, got = 0;
	struct area a;
	unsigned int i;

	build(&a, rule);
	for (i = 0; i < RANGES; i++)
		shape_read(area_range(&a, i), &want[i]);
	for (i = 1; i <= PASSES && got >= 0; i++) {
		got = step(&a, rule, want, i);
		if (i > 1 && got > 0)
			later += got;
		/* Settled: one pass more than that shows it. */
		if (i > 2 && !got)
			break;
	}
	if (got >= 0 && !area_all_intact(&a))
		got = -1;
	area_unmap(&a);
	return got < 0 ? -1 : later;
}

int main(void)
{
	static const uint32_t masks[] = { ORDERS_ALL, ORDERS_ALL & ~(1 << 9),
					  1 << 4 | 1 << 6 | 1 << 9 };
	unsigned int i, k, crept = 0;
	struct rule rule;
	int later;

	ktap_start();
	kh_start();
	for (i = 0; i < sizeof(masks) / sizeof(masks[0]); i++) {
		for (k = 0; k < sizeof(nones) / sizeof(nones[0]); k++) {
			rule = (struct rule){ masks[i], nones[k], 1 };
			later = run(&rule);
			ktap_ok(later == 0, "orders %s, max_ptes_none %u: no creep",
				orders_name(masks[i]), nones[k]);
			if (!have_series()) {
				ktap_skip("no creep_guard in this kernel",
					  "orders %s, max_ptes_none %u, unguarded",
					  orders_name(masks[i]), nones[k]);
				continue;
			}
			rule.creep_guard = 0;
			later = run(&rule);
			ktap_ok(later >= 0,
				"orders %s, max_ptes_none %u, unguarded: creeps as predicted (%d blocks)",
				orders_name(masks[i]), nones[k], later);
			crept += later > 0 ? later : 0;
		}
	}
	if (have_series())
		ktap_ok(crept > 0, "without the guard memory crept at all (%u blocks)", crept);
	return ktap_done();
}
