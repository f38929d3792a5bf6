// SPDX-License-Identifier: GPL-2.0-only
/*
 * Inputs for the collapse policy.
 *
 * The generator is xorshift64*, seeded through one step of splitmix64 so that seeds 0, 1, 2 ... are
 * unrelated. Joined bits are made of folios: aligned blocks of used, unblocked PTEs, now and then
 * shifted against their alignment as mremap() leaves them.
 */
#include <string.h>

#include "tests/support/policy_vectors.h"

void vec_seed(struct vec_rng *rng, uint64_t seed)
{
	uint64_t z = seed + 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	rng->state = (z ^ (z >> 31)) | 1;
}

uint64_t vec_next(struct vec_rng *rng)
{
	uint64_t x = rng->state;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	rng->state = x;
	return x * 0x2545f4914f6cdd1dULL;
}

uint32_t vec_below(struct vec_rng *rng, uint32_t n)
{
	return (vec_next(rng) >> 32) * n >> 32;
}

/* 64 bits of which each is set in about n of 256 cases. */
static uint64_t word_of_density(struct vec_rng *rng, uint32_t n)
{
	uint64_t word = 0;
	uint32_t bit;

	if (n >= 256)
		return ~0ULL;
	/* From the lowest binary digit of n up: OR halves the distance to 1, AND halves the value. */
	for (bit = 0; bit < 8; bit++)
		word = n >> bit & 1 ? word | vec_next(rng) : word & vec_next(rng);
	return word;
}

static void fill_density(struct vec_rng *rng, uint32_t pmd_order, uint32_t n, __u64 *bits)
{
	uint32_t words = pmd_order > 6 ? 1U << (pmd_order - 6) : 1, i;

	for (i = 0; i < words; i++)
		bits[i] = word_of_density(rng, n);
	if (pmd_order < 6)
		bits[0] &= (1ULL << (1U << pmd_order)) - 1;
}

static void put(__u64 *bits, uint32_t i, int value)
{
	if (value)
		bits[i / 64] |= 1ULL << (i % 64);
	else
		bits[i / 64] &= ~(1ULL << (i % 64));
}

static int get(const __u64 *bits, uint32_t i)
{
	return bits[i / 64] >> (i % 64) & 1;
}

static void few(struct vec_rng *rng, uint32_t pmd_order, __u64 *bits, int value)
{
	uint32_t n = vec_below(rng, 2 + (1U << pmd_order) / 16);

	while (n--)
		put(bits, vec_below(rng, 1U << pmd_order), value);
}

static void runs(struct vec_rng *rng, uint32_t pmd_order, __u64 *bits)
{
	uint32_t nr = 1U << pmd_order, longest = 1 + vec_below(rng, nr), i = 0;
	int value = vec_next(rng) & 1;

	while (i < nr) {
		uint32_t end = i + 1 + vec_below(rng, longest);

		for (; i < end && i < nr; i++)
			put(bits, i, value);
		value = !value;
	}
}

/* Blocks of one order have as many empty PTEs as their share of m allows, give or take one. */
static void edges(struct vec_rng *rng, const struct mthp_policy_params *p, __u64 *bits)
{
	uint32_t order = 1 + vec_below(rng, p->pmd_order), nr = 1U << order, start, n;

	for (start = 0; start < 1U << p->pmd_order; start += nr) {
		int32_t none = (int32_t)(p->max_ptes_none >> (p->pmd_order - order));

		none += (int32_t)vec_below(rng, 3) - 1;
		if (vec_below(rng, 8) == 0)
			none = vec_below(rng, nr + 1);
		if (none < 0)
			none = 0;
		for (n = 0; n < nr; n++)
			put(bits, start + n, 1);
		for (n = 0; n < (uint32_t)none && n < nr;) {
			uint32_t i = start + vec_below(rng, nr);

			n += get(bits, i);
			put(bits, i, 0);
		}
	}
}

void vec_present(struct vec_rng *rng, enum vec_style style, const struct mthp_policy_params *p,
		 struct mthp_policy_in *in)
{
	memset(in, 0, sizeof(*in));
	in->pmd_allowed = 1;
	switch (style) {
	case VEC_SPARSE:
		few(rng, p->pmd_order, in->present, 1);
		break;
	case VEC_DENSE:
		fill_density(rng, p->pmd_order, 256, in->present);
		few(rng, p->pmd_order, in->present, 0);
		break;
	case VEC_CLUSTERED:
		runs(rng, p->pmd_order, in->present);
		break;
	case VEC_EDGE:
		edges(rng, p, in->present);
		break;
	default:
		fill_density(rng, p->pmd_order, vec_below(rng, 257), in->present);
	}
}

/* Makes folios of some of the PTEs that are present and not blocked. */
static void folios(struct vec_rng *rng, uint32_t pmd_order, struct mthp_policy_in *in)
{
	uint32_t tries = 1 + vec_below(rng, 1U << (pmd_order / 2)), i;

	while (tries--) {
		uint32_t order = 1 + vec_below(rng, pmd_order), nr = 1U << order;
		uint32_t start = vec_below(rng, 1U << pmd_order) >> order << order;

		if (vec_below(rng, 8) == 0)
			start += vec_below(rng, nr);
		for (i = start; i < start + nr && i < 1U << pmd_order; i++) {
			if (vec_below(rng, 4) == 0) {
				put(in->present, i, 1);
				put(in->blocked, i, 0);
			}
			if (!get(in->present, i) || get(in->blocked, i))
				break;
			put(in->joined, i, i > start);
		}
		if (i < 1U << pmd_order)
			put(in->joined, i, 0);
	}
}

static uint32_t pick_none(struct vec_rng *rng, uint32_t pmd_order)
{
	uint32_t nr = 1U << pmd_order, m;

	switch (vec_below(rng, 4)) {
	case 0:
		return vec_below(rng, 2) ? nr - 1 : vec_below(rng, 2);
	case 1:
		m = (1U << (1 + vec_below(rng, pmd_order))) - 2 + vec_below(rng, 3);
		return m < nr ? m : nr - 1;
	default:
		return vec_below(rng, nr);
	}
}

void vec_make(struct vec_rng *rng, uint32_t pmd_order, uint32_t min_order,
	      struct mthp_policy_params *p, struct mthp_policy_in *in)
{
	uint32_t all = ((2U << pmd_order) - 1) >> min_order << min_order, words, i;

	memset(p, 0, sizeof(*p));
	p->pmd_order = pmd_order;
	p->min_order = min_order;
	p->max_ptes_none = pick_none(rng, pmd_order);
	p->orders = vec_below(rng, 2) ? all : all & (uint32_t)vec_next(rng);
	vec_present(rng, vec_below(rng, VEC_NR_STYLES), p, in);
	if (vec_below(rng, 2))
		return;
	words = pmd_order > 6 ? 1U << (pmd_order - 6) : 1;
	in->pmd_allowed = vec_below(rng, 4) != 0;
	in->need_referenced = vec_below(rng, 4) != 0;
	if (vec_below(rng, 2)) {
		few(rng, pmd_order, in->blocked, 1);
		/* Some are swapped out, the others map a page that cannot be moved. */
		for (i = 0; i < words; i++)
			in->present[i] &= ~in->blocked[i] | word_of_density(rng, 128);
	}
	if (vec_below(rng, 2))
		folios(rng, pmd_order, in);
	if (vec_below(rng, 2))
		few(rng, pmd_order, in->referenced, 1);
	else
		fill_density(rng, pmd_order, vec_below(rng, 257), in->referenced);
	for (i = 0; i < words; i++)
		in->referenced[i] &= in->present[i];
}
