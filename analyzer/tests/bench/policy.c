// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench_policy ours|recount|recount-popcnt guard|scaled PMD_ORDER: plans a fixed corpus once, for
 * instruction counts by callgrind. Prints the number of plans and of blocks planned.
 *
 * The comparison is the same walk without tables: at every step it counts the bits of the block anew,
 * word by word, and for the guard those of the blocks around it. It is the obvious first version, with
 * the kernel's bitmap_weight(). recount-popcnt uses the popcnt instruction; recount counts as the
 * kernel's hweight64() does without it. The plans must be the same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/array.h"
#include "tests/support/policy_vectors.h"

#define CORPUS 250

static struct mthp_policy_params params[CORPUS];
static struct mthp_policy_in *corpus;
static struct mthp_policy_work work;
static struct mthp_policy_out out;
static __u64 filled[MTHP_POLICY_WORDS];

int plan_ours(const struct mthp_policy_params *p, const struct mthp_policy_in *in);
int plan_recount(const struct mthp_policy_params *p, const struct mthp_policy_in *in);
int plan_recount_popcnt(const struct mthp_policy_params *p, const struct mthp_policy_in *in);

static inline __attribute__((always_inline)) unsigned int weight_soft(__u64 w)
{
	w -= (w >> 1) & 0x5555555555555555ULL;
	w = (w & 0x3333333333333333ULL) + ((w >> 2) & 0x3333333333333333ULL);
	w = (w + (w >> 4)) & 0x0f0f0f0f0f0f0f0fULL;
	return (w * 0x0101010101010101ULL) >> 56;
}

static inline __attribute__((always_inline)) unsigned int weight(__u64 w, int popcnt)
{
	return popcnt ? (unsigned int)__builtin_popcountll(w) : weight_soft(w);
}

/* Bits set in a block of a | b. */
static inline __attribute__((always_inline)) unsigned int
count(const __u64 *a, const __u64 *b, unsigned int offset, unsigned int order, int popcnt)
{
	unsigned int n = 0, i = offset / 64, end;

	if (order < 6)
		return weight((a[i] | b[i]) >> (offset % 64) & ((2ULL << ((1 << order) - 1)) - 1),
			      popcnt);
	for (end = i + (1U << (order - 6)); i < end; i++)
		n += weight(a[i] | b[i], popcnt);
	return n;
}

static inline __attribute__((always_inline)) int
guard_refuses(const struct mthp_policy_params *p, const struct mthp_policy_in *in,
	      unsigned int offset, unsigned int order, int fill, int popcnt)
{
	unsigned int a, start;
	int over;

	for (a = order + 1; a <= p->pmd_order; a++) {
		if (!(p->orders >> a & 1))
			continue;
		start = offset >> a << a;
		over = (int)((1U << a) - count(in->present, in->blocked, start, a, popcnt)) -
		       (int)mthp_policy_allowed(p, a) - 1;
		if (over >= 0 && fill > over - (int)count(filled, filled, start, a, popcnt))
			return 1;
	}
	return 0;
}

static inline __attribute__((always_inline)) int
recount(const struct mthp_policy_params *p, const struct mthp_policy_in *in, int popcnt)
{
	unsigned int offset = 0, end = 1U << p->pmd_order, order = p->pmd_order, used, k, i;
	unsigned int nr = 0;

	memset(filled, 0, end / 8);
	while (offset < end) {
		k = order;
		if (p->orders >> k & 1) {
			used = count(in->present, in->blocked, offset, k, popcnt);
			if (used && (1U << k) - used <= mthp_policy_allowed(p, k) &&
			    (k == p->pmd_order ||
			     !count(in->blocked, in->blocked, offset, k, popcnt)) &&
			    (!in->need_referenced ||
			     count(in->referenced, in->referenced, offset, k, popcnt)) &&
			    (p->rule != MTHP_RULE_GUARD ||
			     !guard_refuses(p, in, offset, k, (1U << k) - used, popcnt))) {
				for (i = offset; i < offset + (1U << k); i += 64)
					filled[i / 64] |= ~in->present[i / 64] &
							  (k < 6 ? ((2ULL << ((1 << k) - 1)) - 1)
									   << (offset % 64) :
								   ~0ULL);
				nr++;
				goto next;
			}
		}
		if (k > p->min_order) {
			order--;
			continue;
		}
next:
		offset += 1U << k;
		order = (unsigned int)__builtin_ctz(offset | 1U << p->pmd_order);
	}
	return (int)nr;
}

__attribute__((noinline)) int plan_ours(const struct mthp_policy_params *p,
					const struct mthp_policy_in *in)
{
	return mthp_policy_plan(p, in, &work, &out);
}

__attribute__((noinline)) int plan_recount(const struct mthp_policy_params *p,
					   const struct mthp_policy_in *in)
{
	return recount(p, in, 0);
}

#ifdef __x86_64__
__attribute__((target("popcnt")))
#endif
__attribute__((noinline)) int
plan_recount_popcnt(const struct mthp_policy_params *p, const struct mthp_policy_in *in)
{
	return recount(p, in, 1);
}

/* All styles, at every eighth of max_ptes_none, with all orders from 2 on. */
static void make_corpus(uint32_t order, uint32_t rule)
{
	struct vec_rng rng;
	uint32_t i;

	corpus = calloc(CORPUS, sizeof(*corpus));
	if (!corpus)
		exit(1);
	vec_seed(&rng, order);
	for (i = 0; i < CORPUS; i++) {
		params[i].pmd_order = order;
		params[i].min_order = 2;
		params[i].orders = (2U << order) - 4;
		params[i].rule = rule;
		params[i].max_ptes_none = ((1U << order) - 1) * (i / VEC_NR_STYLES % 9) / 8;
		vec_present(&rng, i % VEC_NR_STYLES, &params[i], &corpus[i]);
		corpus[i].need_referenced = 1;
		memcpy(corpus[i].referenced, corpus[i].present, sizeof(corpus[i].present));
	}
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*plan)(const struct mthp_policy_params *p, const struct mthp_policy_in *in);
	} plans[] = {
		{ "ours", plan_ours },
		{ "recount", plan_recount },
		{ "recount-popcnt", plan_recount_popcnt },
	};
	uint64_t blocks = 0;
	uint32_t i, n, order;

	if (argc != 4 || (order = atoi(argv[3])) < 2 || order > MTHP_POLICY_MAX_ORDER) {
		fprintf(stderr, "usage: bench_policy ours|recount|recount-popcnt guard|scaled "
				"PMD_ORDER\n");
		return 2;
	}
	make_corpus(order, strcmp(argv[2], "guard") ? MTHP_RULE_SCALED : MTHP_RULE_GUARD);
	for (n = 0; n < ARRAY_SIZE(plans); n++)
		for (i = 0; i < CORPUS && !strcmp(argv[1], plans[n].name); i++)
			blocks += plans[n].plan(&params[i], &corpus[i]);
	printf("%d %llu\n", CORPUS, (unsigned long long)blocks);
	free(corpus);
	return 0;
}
