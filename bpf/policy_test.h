/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by the policy's test programs and their loader: the arguments and results of one call. */
#ifndef POLICY_TEST_H
#define POLICY_TEST_H

#include <mthp/creep.h>

struct policy_slot {
	struct mthp_policy_params p;
	struct mthp_policy_in in;
	struct mthp_policy_work work;
	struct mthp_policy_out out;
	struct mthp_policy_walk walk;
	struct mthp_creep creep;
	struct mthp_creep_step step;
	__u64 now_ns;
	__u32 offset; /* of a collapse, PTEs */
	__u32 order;
	__u32 fill;
	__s32 ret; /* what the function under test returned */
};

#endif
