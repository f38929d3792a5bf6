/* SPDX-License-Identifier: GPL-2.0-only */
/* One kernel's numbers of scan results, to ours. */
#ifndef MODEL_RESULTS_H
#define MODEL_RESULTS_H

#include "model/meta.h"

struct results {
	__u8 ours[MTHP_NR_RESULTS]; /* by the kernel's number; MTHP_R_UNKNOWN */
	int nr;			    /* numbers that the kernel named */
};

/* The kernel's @number is @name in its enum scan_result ("SCAN_FAIL"). Others are passed over. */
void results_enum(struct results *r, struct meta *meta, const char *name, long long number);

/*
 * All numbers that the print format of a tracepoint names: ... {0, "failed"}, {1, "succeeded"} ...
 * For kernels whose BTF does not have the enum.
 */
void results_format(struct results *r, struct meta *meta, const char *format);

/*
 * To be called after the last name. Numbers that nothing has named, in gaps and just above, are
 * called "status 37", so that a kernel that says more than it told is not taken for another.
 */
void results_unnamed(struct results *r, struct meta *meta);

/* What @result means, in words that read on after "because"; NULL: this build does not know it. */
const char *results_meaning(__u8 result);

#endif
