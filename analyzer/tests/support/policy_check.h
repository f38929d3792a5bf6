/* SPDX-License-Identifier: GPL-2.0-only */
/* The invariants that every plan must hold, asked PTE by PTE. Each returns NULL or what is wrong. */
#ifndef TESTS_SUPPORT_POLICY_CHECK_H
#define TESTS_SUPPORT_POLICY_CHECK_H

#include "tests/support/policy_ref.h"

/* I2 and I4: disjoint aligned candidates of enabled orders that fill at most m pages in all. */
const char *check_blocks(const struct mthp_policy_params *p, const struct mthp_policy_in *in,
			 const struct mthp_policy_out *out);

/* The guard: no enabled block that was not eligible becomes so when the plan is carried out. */
const char *check_guard(const struct mthp_policy_params *p, const struct mthp_policy_in *in,
			const struct mthp_policy_out *out);

/* I5: any other candidate overlaps the plan or would break the guard. */
const char *check_maximal(const struct mthp_policy_params *p, const struct mthp_policy_in *in,
			  const struct mthp_policy_out *out);

/* I1: what the second plan plans after the first was carried out; 0 blocks is as it should be. */
uint32_t check_second(const struct mthp_policy_params *p, const struct mthp_policy_in *in,
		      const struct mthp_policy_out *out);

/* The same plan, counters and reasons as the reference. */
const char *check_reference(const struct mthp_policy_params *p, const struct mthp_policy_in *in,
			    const struct mthp_policy_work *work, const struct mthp_policy_out *out);

/* Blocks and counters only: for plans some of whose blocks were planned again. */
const char *check_same(const struct mthp_policy_params *p, const struct mthp_policy_out *out,
		       const struct ref_plan *ref);

/* The case in one line, for a message that lets somebody repeat it. */
const char *check_case(const struct mthp_policy_params *p, const struct mthp_policy_in *in);

#endif
