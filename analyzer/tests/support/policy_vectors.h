/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inputs for the collapse policy. A seed gives the same input on every machine, so that plans made in
 * userspace and in BPF can be compared.
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

/* The distribution of present bits. */
enum vec_style {
	VEC_UNIFORM = 0,   /* every PTE with the same probability */
	VEC_SPARSE = 1,	   /* few present */
	VEC_DENSE = 2,	   /* few empty */
	VEC_CLUSTERED = 3, /* runs of used and of empty PTEs */
	VEC_EDGE = 4,	   /* every block of some order within one PTE of its limit */
	VEC_NR_STYLES
};

/*
 * Valid parameters and an input for this PMD order. rule is MTHP_RULE_GUARD; a caller sets others.
 * About half have blocked, referenced and joined bits.
 */
void vec_make(struct vec_rng *rng, uint32_t pmd_order, uint32_t min_order,
	      struct mthp_policy_params *p, struct mthp_policy_in *in);

/* Only present bits, in this style, for these parameters; other bitmaps become 0. */
void vec_present(struct vec_rng *rng, enum vec_style style, const struct mthp_policy_params *p,
		 struct mthp_policy_in *in);

#endif
