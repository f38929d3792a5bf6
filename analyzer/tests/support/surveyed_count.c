// SPDX-License-Identifier: GPL-2.0-only
/* The account of surveyed.c: counts everything page by page, by rules of its own. */
#include <stdio.h>
#include <string.h>

#include <mthp/hist.h>

#include "tests/support/surveyed.h"

/* Of the folio that page @at belongs to: how many pages are mapped in a row around it, and the first one. */
static uint32_t in_a_row(uint32_t at, uint32_t *first)
{
	uint32_t from = at, to = at;

	while (from && pages[from - 1].state == MAPPED &&
	       pages[from - 1].folio == pages[at].folio &&
	       pages[from - 1].index + 1 == pages[from].index)
		from--;
	while (to + 1 < PAGES && pages[to + 1].state == MAPPED &&
	       pages[to + 1].folio == pages[at].folio && pages[to].index + 1 == pages[to + 1].index)
		to++;
	*first = from;
	return to - from + 1;
}

/* Is a range mapped by PTEs, by one mapping only, and does it hold a page? */
static int is_range(uint32_t r)
{
	uint32_t i, any = 0;

	for (i = r * NR; i < (r + 1) * NR; i++) {
		if (pages[i].unaligned || pages[i].pmd)
			return 0;
		any += pages[i].state == MAPPED || pages[i].state == SWAPPED;
	}
	return any != 0;
}

void account_orders(void)
{
	uint64_t whole[P + 1] = { 0 }, unaligned[P + 1] = { 0 }, partial[P + 1] = { 0 };
	uint32_t i, k, first;

	for (i = 0; i < PAGES; i++) {
		k = pages[i].order;
		if (pages[i].state != MAPPED)
			continue;
		if (in_a_row(i, &first) < 1U << k)
			partial[k] += PAGE;
		else if (pages[i].unaligned)
			unaligned[k] += PAGE;
		else
			whole[k] += PAGE;
	}
	printf("\"orders\":[");
	for (k = 0; k <= P; k++)
		printf("%s[%lu,%lu,%lu]", k ? "," : "", whole[k], unaligned[k], partial[k]);
	printf("]");
}

void account_occupancy(void)
{
	uint64_t occ[P + 1][MTHP_OCC_BUCKETS] = { 0 };
	uint32_t r, k, b, i, n;

	for (r = 0; r < RANGES && !plain; r++) {
		if (!is_range(r))
			continue;
		for (k = 2; k <= P; k++) {
			for (b = 0; b < NR; b += 1U << k) {
				for (i = n = 0; i < 1U << k; i++)
					n += pages[r * NR + b + i].state == MAPPED;
				occ[k][mthp_occ_bucket(n, k)]++;
			}
		}
	}
	printf(",\"occupancy\":[");
	for (k = 2; k <= P; k++)
		for (b = 0; b < MTHP_OCC_BUCKETS; b++)
			printf("%s%lu", k == 2 && !b ? "" : ",", occ[k][b]);
	printf("]");
}

/* Plans range @r by the slow reference, and counts the effect of the plan. */
static void plan_range(uint32_t r)
{
	struct mthp_policy_params p = { .orders = advised && !plain ? orders : 0,
					.max_ptes_none = max_none,
					.pmd_order = P,
					.min_order = 2,
					.rule = MTHP_RULE_GUARD };
	uint32_t i, shared = 0, swapped = 0, guard = 0;

	memset(&in, 0, sizeof(in));
	in.need_referenced = 1;
	for (i = 0; i < NR; i++) {
		struct page *g = &pages[r * NR + i];
		uint64_t bit = 1ULL << i % 64;

		if (g->state == MAPPED) {
			in.present[i / 64] |= bit;
			in.referenced[i / 64] |= bit;
		}
		if ((g->state == MAPPED && g->shared) || g->state == SWAPPED || g->state == GUARD)
			in.blocked[i / 64] |= bit;
		shared += g->state == MAPPED && g->shared;
		swapped += g->state == SWAPPED;
		guard += g->state == GUARD;
		if (i && g->state == MAPPED && g[-1].state == MAPPED && g->folio == g[-1].folio &&
		    g->index == g[-1].index + 1)
			in.joined[i / 64] |= bit;
	}
	in.pmd_allowed = !guard && shared <= NR / 2 && swapped <= NR / 8;
	ref_plan(&p, &in, &plan);
}

/* Can one TLB entry map the block of this order around page @at? Returns the block's start, or PAGES. */
static uint32_t tlb_block(uint32_t at, uint32_t k)
{
	uint32_t b = at >> k << k, i;

	if (pages[b].index & ((1U << k) - 1))
		return PAGES;
	for (i = 0; i < 1U << k; i++)
		if (pages[b + i].state != MAPPED || pages[b + i].folio != pages[b].folio ||
		    pages[b + i].index != pages[b].index + i)
			return PAGES;
	return b;
}

static uint64_t count_tlb(void)
{
	uint64_t nr = 0;
	uint32_t i;
	int k;

	for (i = 0; i < PAGES; i++) {
		if (pages[i].state != MAPPED)
			continue;
		if (pages[i].pmd) {
			nr += i % NR == 0;
			continue;
		}
		for (k = P - 1; k > 0 && tlb_block(i, k) == PAGES; k--)
			;
		nr += i >> k << k == i;
	}
	return nr;
}

void account_sums(void)
{
	uint64_t n[GUARD + 1] = { 0 }, shared = 0, pmd = 0, huges = 0, ranges = 0, blocks = 0,
			   fill = 0;
	uint32_t r, i;

	for (i = 0; i < PAGES; i++) {
		n[pages[i].state]++;
		shared += pages[i].state == MAPPED && pages[i].shared;
		pmd += pages[i].state == MAPPED && pages[i].pmd;
		huges += pages[i].state == MAPPED && pages[i].order;
	}
	for (r = 0; r < RANGES; r++) {
		if (!is_range(r))
			continue;
		ranges++;
		if (plain)
			continue;
		plan_range(r);
		blocks += plan.nr;
		fill += plan.fill;
	}
	printf("\"sums\":[%lu,%lu,%lu,%lu,%lu,%lu,%lu,%lu,%lu,%lu,%lu]", n[MAPPED] * PAGE,
	       huges * PAGE, pmd * PAGE, n[ZERO] * PAGE, n[SWAPPED] * PAGE, n[GUARD] * PAGE,
	       shared * PAGE, ranges, blocks, fill * PAGE, count_tlb());
}
