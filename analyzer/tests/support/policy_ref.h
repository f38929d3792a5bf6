/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A slow second implementation of the collapse policy, written from its description. It uses only the
 * types of policy.h. It recounts PTE by PTE at every step, and walks by recursion.
 */
#ifndef TESTS_SUPPORT_POLICY_REF_H
#define TESTS_SUPPORT_POLICY_REF_H

#include <stdbool.h>
#include <stdint.h>

#include <mthp/policy.h>

#define REF_NOT_VISITED 255

struct ref_pte {
	bool present;
	bool blocked;
	bool referenced;
	bool joined;
};

struct ref_plan {
	uint32_t nr;
	uint32_t fill;
	struct mthp_policy_block block[MTHP_POLICY_MAX_BLOCKS];
	uint32_t refused[MTHP_POLICY_MAX_ORDER + 1][MTHP_NR_WHY];
	/* The walk's verdict on the block of this order and number, or REF_NOT_VISITED. */
	uint8_t why[MTHP_POLICY_MAX_ORDER + 1][MTHP_POLICY_MAX_PTES / 2];
};

/* Parameters must be valid. */
void ref_plan(const struct mthp_policy_params *p, const struct mthp_policy_in *in,
	      struct ref_plan *out);

/*
 * Plans block i of the plan again, as mthp_policy_replan(): the last block takes its place, and the
 * new blocks are added at the end.
 */
void ref_replan(const struct mthp_policy_params *p, const struct mthp_policy_in *in,
		struct ref_plan *out, uint32_t i);

/* Is the block a candidate, the guard aside? Backed blocks are not. */
bool ref_is_candidate(const struct mthp_policy_params *p, const struct mthp_policy_in *in,
		      uint32_t offset, uint32_t order);

/* PTEs that a block of this order may leave empty. */
uint32_t ref_allowed(const struct mthp_policy_params *p, uint32_t order);

/* Empty PTEs in the block. */
uint32_t ref_none(const struct mthp_policy_in *in, uint32_t offset, uint32_t order);

/*
 * Carries a plan out: its blocks become present, unblocked, and one folio each. Returns whether
 * the range is now mapped by a PMD, so that scans skip it.
 */
bool ref_apply(const struct mthp_policy_params *p, const struct mthp_policy_block *block,
	       uint32_t nr, struct mthp_policy_in *in);

#endif
