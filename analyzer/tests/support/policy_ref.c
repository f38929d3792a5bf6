// SPDX-License-Identifier: GPL-2.0-only
/*
 * A slow second implementation of the collapse policy.
 *
 * A check of a block examines each of its PTEs; the pages that a plan has filled so far are added up from
 * the planned blocks; the walk is a recursion over the halves of the range. The halves of an unreferenced
 * block, or of one with too few pages for any candidate, are visited, too, but do not count as refused:
 * policy.h does not try them.
 */
#include <string.h>

#include "tests/support/policy_ref.h"

struct walk {
	const struct mthp_policy_params *p;
	const struct mthp_policy_in *in;
	struct ref_plan *out;
};

static struct ref_pte pte(const struct mthp_policy_in *in, uint32_t i)
{
	struct ref_pte t = {
		.present = in->present[i / 64] >> (i % 64) & 1,
		.blocked = in->blocked[i / 64] >> (i % 64) & 1,
		.referenced = in->referenced[i / 64] >> (i % 64) & 1,
		.joined = in->joined[i / 64] >> (i % 64) & 1,
	};

	return t;
}

static bool enabled(const struct mthp_policy_params *p, uint32_t order)
{
	return p->orders & (1U << order);
}

uint32_t ref_allowed(const struct mthp_policy_params *p, uint32_t order)
{
	uint32_t all = 1U << p->pmd_order, m = p->max_ptes_none;

	if (order == p->pmd_order)
		return m;
	if (m == all - 1)
		return (1U << order) - 1;
	if (p->rule == MTHP_RULE_TWO_VALUE)
		return 0;
	/* The same share of the block that m is of the range, rounded down. */
	return (uint32_t)((uint64_t)m * (1U << order) / all);
}

uint32_t ref_none(const struct mthp_policy_in *in, uint32_t offset, uint32_t order)
{
	uint32_t none = 0, i;

	for (i = offset; i < offset + (1U << order); i++) {
		struct ref_pte t = pte(in, i);

		if (!t.present && !t.blocked)
			none++;
	}
	return none;
}

static bool backed(const struct mthp_policy_params *p, const struct mthp_policy_in *in,
		   uint32_t offset, uint32_t order)
{
	uint32_t i;

	if (order == p->pmd_order || ref_none(in, offset, order))
		return false;
	for (i = offset + 1; i < offset + (1U << order); i++)
		if (!pte(in, i).joined)
			return false;
	return true;
}

/* Why the block is no candidate, or MTHP_WHY_PLANNED. */
static uint32_t candidate(const struct mthp_policy_params *p, const struct mthp_policy_in *in,
			  uint32_t offset, uint32_t order)
{
	uint32_t nr = 1U << order, used = 0, blocked = 0, referenced = 0, i;

	for (i = offset; i < offset + nr; i++) {
		struct ref_pte t = pte(in, i);

		used += t.present || t.blocked;
		blocked += t.blocked;
		referenced += t.referenced;
	}
	if (!used)
		return MTHP_WHY_EMPTY;
	if (backed(p, in, offset, order))
		return MTHP_WHY_BACKED;
	if (in->need_referenced && !referenced)
		return MTHP_WHY_UNREFERENCED;
	if (ref_none(in, offset, order) > ref_allowed(p, order))
		return MTHP_WHY_NONE;
	if (order < p->pmd_order && blocked)
		return MTHP_WHY_BLOCKED;
	if (order == p->pmd_order && !in->pmd_allowed)
		return MTHP_WHY_PMD;
	return MTHP_WHY_PLANNED;
}

bool ref_is_candidate(const struct mthp_policy_params *p, const struct mthp_policy_in *in,
		      uint32_t offset, uint32_t order)
{
	return enabled(p, order) && candidate(p, in, offset, order) == MTHP_WHY_PLANNED;
}

/* F(A): the pages that the plan fills in the block so far. */
static uint32_t filled(const struct ref_plan *out, uint32_t offset, uint32_t order)
{
	uint32_t fill = 0, i;

	for (i = 0; i < out->nr; i++)
		if (out->block[i].offset >= offset && out->block[i].offset < offset + (1U << order))
			fill += out->block[i].fill;
	return fill;
}

/* Would filling n PTEs of the block make an enabled block around it eligible that is not now? */
static bool guard_refuses(const struct walk *walk, uint32_t offset, uint32_t order, int64_t n)
{
	uint32_t a;

	if (walk->p->rule != MTHP_RULE_GUARD)
		return false;
	for (a = order + 1; a <= walk->p->pmd_order; a++) {
		uint32_t start = offset / (1U << a) * (1U << a);
		int64_t none, allowed;

		if (!enabled(walk->p, a))
			continue;
		none = ref_none(walk->in, start, a);
		allowed = ref_allowed(walk->p, a);
		if (none > allowed && n > none - allowed - 1 - filled(walk->out, start, a))
			return true;
	}
	return false;
}

/* Used PTEs that a candidate of the smallest enabled order needs; larger ones need no fewer. */
static uint32_t least(const struct mthp_policy_params *p)
{
	uint32_t k = 1;

	while (!enabled(p, k))
		k++;
	return (1U << k) - ref_allowed(p, k);
}

static void visit(struct walk *walk, uint32_t offset, uint32_t order, bool silent)
{
	struct ref_plan *out = walk->out;
	uint32_t why, none;

	if (enabled(walk->p, order)) {
		why = candidate(walk->p, walk->in, offset, order);
		none = ref_none(walk->in, offset, order);
		if (why == MTHP_WHY_PLANNED && guard_refuses(walk, offset, order, none))
			why = MTHP_WHY_GUARD;
		out->why[order][offset >> order] = why;
		if (why == MTHP_WHY_PLANNED) {
			out->block[out->nr].offset = offset;
			out->block[out->nr].order = order;
			out->block[out->nr].fill = none;
			out->nr++;
			out->fill += none;
			return;
		}
		if (!silent)
			out->refused[order][why]++;
		if (why == MTHP_WHY_BACKED)
			return;
		silent |= why == MTHP_WHY_UNREFERENCED || (1U << order) - none < least(walk->p);
	}
	/* No order below the smallest enabled one has to be tried. */
	if (!(walk->p->orders & ((1U << order) - 1)))
		return;
	visit(walk, offset, order - 1, silent);
	visit(walk, offset + (1U << (order - 1)), order - 1, silent);
}

void ref_plan(const struct mthp_policy_params *p, const struct mthp_policy_in *in,
	      struct ref_plan *out)
{
	struct walk walk = { .p = p, .in = in, .out = out };
	uint32_t k;

	out->nr = 0;
	out->fill = 0;
	memset(out->refused, 0, sizeof(out->refused));
	for (k = 1; k <= p->pmd_order; k++)
		memset(out->why[k], REF_NOT_VISITED, 1U << (p->pmd_order - k));
	visit(&walk, 0, p->pmd_order, false);
}

void ref_replan(const struct mthp_policy_params *p, const struct mthp_policy_in *in,
		struct ref_plan *out, uint32_t i)
{
	struct walk walk = { .p = p, .in = in, .out = out };
	struct mthp_policy_block failed = out->block[i];
	uint32_t half = 1U << (failed.order - 1);

	out->fill -= failed.fill;
	out->block[i] = out->block[--out->nr];
	if (!(p->orders & ((1U << failed.order) - 1)))
		return;
	visit(&walk, failed.offset, failed.order - 1, false);
	visit(&walk, failed.offset + half, failed.order - 1, false);
}

bool ref_apply(const struct mthp_policy_params *p, const struct mthp_policy_block *block,
	       uint32_t nr, struct mthp_policy_in *in)
{
	bool pmd = false;
	uint32_t b, i;

	for (b = 0; b < nr; b++) {
		uint32_t start = block[b].offset, end = start + (1U << block[b].order);

		for (i = start; i < end; i++) {
			uint64_t bit = 1ULL << (i % 64);

			in->present[i / 64] |= bit;
			in->blocked[i / 64] &= ~bit;
			if (i > start)
				in->joined[i / 64] |= bit;
			else
				in->joined[i / 64] &= ~bit;
		}
		if (end < 1U << p->pmd_order)
			in->joined[end / 64] &= ~(1ULL << (end % 64));
		pmd |= block[b].order == p->pmd_order;
	}
	return pmd;
}
