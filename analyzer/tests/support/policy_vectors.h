/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inputs for the collapse policy: the same for the same seed on every machine, so that one plan
 * can be made in userspace and in BPF and compared.
 */
#ifndef TESTS_SUPPORT_POLICY_VECTORS_H
#define TESTS_SUPPORT_POLICY_VECTORS_H

#include <stdint.h>

#include <mthp/policy.h>

struct vec_rng {
	uint64_t state;
};

void vec_seed(struct vec_rng *rng, uint64_t seed);
uint64_t vec_next(struct vec_rng *rng);
/* 0 ... n - 1 */
uint32_t vec_below(struct vec_rng *rng, uint32_t n);

/* How present bits are laid out. */
enum vec_style {
	VEC_UNIFORM = 0,   /* each PTE alike, at some density */
	VEC_SPARSE = 1,	   /* a few in all */
	VEC_DENSE = 2,	   /* a few missing */
	VEC_CLUSTERED = 3, /* runs of used and of empty PTEs */
	VEC_EDGE = 4,	   /* every block of some order within one PTE of what is allowed */
	VEC_NR_STYLES
};

/*
 * Valid parameters and an input for this PMD order. rule is MTHP_RULE_GUARD; a caller sets others.
 * About half have blocked, referenced and joined bits.
 */
void vec_make(struct vec_rng *rng, uint32_t pmd_order, uint32_t min_order,
	      struct mthp_policy_params *p, struct mthp_policy_in *in);

/* Present bits alone, in this style, for these parameters; other bitmaps become 0. */
void vec_present(struct vec_rng *rng, enum vec_style style, const struct mthp_policy_params *p,
		 struct mthp_policy_in *in);

#endif
