// SPDX-License-Identifier: GPL-2.0-only
/*
 * The invariants that every plan must hold.
 *
 * They share no code with policy.h: occupancy comes from policy_ref.c, coverage from an array of
 * bytes. The buffers are static, because plans of 2^13 PTEs are large; tests have one thread.
 */
#include <stdio.h>
#include <string.h>

#include "tests/support/policy_check.h"

static uint8_t covered[MTHP_POLICY_MAX_PTES];

/* Marks what the plan covers; false if two blocks overlap or one leaves the range. */
static bool cover(const struct mthp_policy_params *p, const struct mthp_policy_out *out)
{
	uint32_t nr = 1U << p->pmd_order, i, j;

	memset(covered, 0, nr);
	for (i = 0; i < out->nr; i++)
		for (j = 0; j < 1U << out->block[i].order; j++)
			if (out->block[i].offset + j >= nr || covered[out->block[i].offset + j]++)
				return false;
	return true;
}

const char *check_blocks(const struct mthp_policy_params *p, const struct mthp_policy_in *in,
			 const struct mthp_policy_out *out)
{
	uint32_t fill = 0, i, j;

	if (!cover(p, out))
		return "blocks overlap or leave the range";
	for (i = 0; i < out->nr; i++) {
		const struct mthp_policy_block *b = &out->block[i];

		if (!(p->orders >> b->order & 1))
			return "a block of an order that is not enabled";
		if (b->offset & ((1U << b->order) - 1))
			return "a block that is not aligned";
		for (j = b->offset; b->order < p->pmd_order && j < b->offset + (1U << b->order);
		     j++)
			if (in->blocked[j / 64] >> (j % 64) & 1)
				return "a block with a blocked PTE";
		if (!ref_is_candidate(p, in, b->offset, b->order))
			return "a block that is no candidate";
		if (b->fill != ref_none(in, b->offset, b->order))
			return "a block whose fill is not what is empty in it";
		fill += b->fill;
	}
	if (fill != out->fill)
		return "the sum of fill is wrong";
	if (fill > p->max_ptes_none)
		return "more is filled than max_ptes_none";
	return NULL;
}

static struct mthp_policy_in after;

const char *check_guard(const struct mthp_policy_params *p, const struct mthp_policy_in *in,
			const struct mthp_policy_out *out)
{
	uint32_t i, k;

	memcpy(&after, in, sizeof(after));
	ref_apply(p, out->block, out->nr, &after);
	for (i = 0; i < out->nr; i++) {
		if (!out->block[i].fill)
			continue;
		for (k = out->block[i].order + 1; k <= p->pmd_order; k++) {
			uint32_t start = out->block[i].offset >> k << k;

			if (p->orders >> k & 1 && ref_none(in, start, k) > ref_allowed(p, k) &&
			    ref_none(&after, start, k) <= ref_allowed(p, k))
				return "a larger block becomes eligible";
		}
	}
	return NULL;
}

/* Would filling the block, on top of the plan, make a larger one eligible? */
static bool tips(const struct mthp_policy_params *p, const struct mthp_policy_in *in,
		 const struct mthp_policy_out *out, uint32_t offset, uint32_t order)
{
	uint32_t k, i;

	for (k = order + 1; k <= p->pmd_order; k++) {
		uint32_t start = offset >> k << k, none = ref_none(in, start, k);
		uint32_t fill = ref_none(in, offset, order);

		if (!(p->orders >> k & 1) || none <= ref_allowed(p, k))
			continue;
		for (i = 0; i < out->nr; i++)
			if ((uint32_t)out->block[i].offset >> k == start >> k)
				fill += out->block[i].fill;
		if (none - fill <= ref_allowed(p, k))
			return true;
	}
	return false;
}

const char *check_maximal(const struct mthp_policy_params *p, const struct mthp_policy_in *in,
			  const struct mthp_policy_out *out)
{
	uint32_t k, offset, i;

	cover(p, out);
	for (k = p->min_order; k <= p->pmd_order; k++) {
		for (offset = 0; offset < 1U << p->pmd_order; offset += 1U << k) {
			if (!ref_is_candidate(p, in, offset, k))
				continue;
			for (i = offset; i < offset + (1U << k) && !covered[i]; i++)
				;
			if (i < offset + (1U << k))
				continue;
			if (p->rule != MTHP_RULE_GUARD || !tips(p, in, out, offset, k))
				return "a candidate is left out";
		}
	}
	return NULL;
}

uint32_t check_second(const struct mthp_policy_params *p, const struct mthp_policy_in *in,
		      const struct mthp_policy_out *out)
{
	static struct mthp_policy_work work;
	static struct mthp_policy_out second;

	memcpy(&after, in, sizeof(after));
	if (ref_apply(p, out->block, out->nr, &after))
		return 0;
	mthp_policy_plan(p, &after, &work, &second);
	return second.nr;
}

const char *check_same(const struct mthp_policy_params *p, const struct mthp_policy_out *out,
		       const struct ref_plan *ref)
{
	uint32_t k, r, i;

	if (out->nr != ref->nr || out->fill != ref->fill)
		return "another number of blocks or pages than the reference";
	for (i = 0; i < out->nr; i++)
		if (out->block[i].offset != ref->block[i].offset ||
		    out->block[i].order != ref->block[i].order ||
		    out->block[i].fill != ref->block[i].fill)
			return "another block than the reference";
	for (k = 0; k <= p->pmd_order; k++)
		for (r = 0; r < MTHP_NR_WHY; r++)
			if (out->refused[k][r] != ref->refused[k][r])
				return "other refusals than the reference";
	return NULL;
}

/* Is the block inside a larger planned block? */
static bool inside(const struct mthp_policy_out *out, uint32_t offset, uint32_t order)
{
	uint32_t i;

	for (i = 0; i < out->nr; i++)
		if (out->block[i].order > order && out->block[i].offset <= offset &&
		    offset < out->block[i].offset + (1U << out->block[i].order))
			return true;
	return false;
}

const char *check_reference(const struct mthp_policy_params *p, const struct mthp_policy_in *in,
			    const struct mthp_policy_work *work, const struct mthp_policy_out *out)
{
	static struct ref_plan ref;
	const char *wrong;
	uint32_t k, i;

	ref_plan(p, in, &ref);
	wrong = check_same(p, out, &ref);
	for (k = p->min_order; !wrong && k <= p->pmd_order; k++) {
		for (i = 0; i < 1U << (p->pmd_order - k); i++) {
			uint32_t want = ref.why[k][i];
			uint32_t got = mthp_policy_why(p, in, work, out, i << k, k);

			if (!(p->orders >> k & 1))
				want = MTHP_WHY_DISABLED;
			else if (want == REF_NOT_VISITED)
				want = MTHP_WHY_BACKED;
			if (inside(out, i << k, k))
				want = MTHP_WHY_COVERED;
			if (got != want)
				return "another reason than the reference";
		}
	}
	return wrong;
}

const char *check_case(const struct mthp_policy_params *p, const struct mthp_policy_in *in)
{
	static char text[256];

	snprintf(text, sizeof(text),
		 "P %u orders %x m %u rule %u need %u pmd %u present %llx blocked %llx "
		 "referenced %llx joined %llx%s",
		 p->pmd_order, p->orders, p->max_ptes_none, p->rule, in->need_referenced,
		 in->pmd_allowed, in->present[0], in->blocked[0], in->referenced[0], in->joined[0],
		 p->pmd_order > 6 ? " ..." : "");
	return text;
}
