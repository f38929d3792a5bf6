/* SPDX-License-Identifier: GPL-2.0-only */
/* The invariants that every plan must hold, checked PTE by PTE. Each returns NULL or the violation. */
#ifndef TESTS_SUPPORT_POLICY_CHECK_H
#define TESTS_SUPPORT_POLICY_CHECK_H

#include "tests/support/policy_ref.h"

/* I2 and I4: disjoint aligned candidates of enabled orders that fill at most m pages in all. */
const char *check_blocks(const struct mthp_policy_params *p, const struct mthp_policy_in *in,
			 const struct mthp_policy_out *out);

/* The guard: carrying out the plan makes no enabled block eligible that was not. */
const char *check_guard(const struct mthp_policy_params *p, const struct mthp_policy_in *in,
			const struct mthp_policy_out *out);

/* I5: any other candidate overlaps the plan or would break the guard. */
const char *check_maximal(const struct mthp_policy_params *p, const struct mthp_policy_in *in,
			  const struct mthp_policy_out *out);

/* I1: how many blocks a second plan has after the first one was carried out; must be 0. */
uint32_t check_second(const struct mthp_policy_params *p, const struct mthp_policy_in *in,
		      const struct mthp_policy_out *out);

/* The plan, counters and reasons equal the reference's. */
const char *check_reference(const struct mthp_policy_params *p, const struct mthp_policy_in *in,
			    const struct mthp_policy_work *work, const struct mthp_policy_out *out);

/* Compares blocks and counters only: for plans of which some blocks were planned again. */
const char *check_same(const struct mthp_policy_params *p, const struct mthp_policy_out *out,
		       const struct ref_plan *ref);

/* The case in one line, for a message from which it can be repeated. */
const char *check_case(const struct mthp_policy_params *p, const struct mthp_policy_in *in);

#endif
