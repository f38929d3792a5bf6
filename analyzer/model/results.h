/* SPDX-License-Identifier: GPL-2.0-only */
/* Translates one kernel's numbers of scan results to those of mthp/result.h. */
#ifndef MODEL_RESULTS_H
#define MODEL_RESULTS_H

#include "model/meta.h"

struct results {
	__u8 ours[MTHP_NR_RESULTS]; /* by the kernel's number; MTHP_R_UNKNOWN */
	int nr;			    /* numbers that the kernel named */
};

/* The kernel's @number is @name in its enum scan_result ("SCAN_FAIL"). Other names are ignored. */
void results_enum(struct results *r, struct meta *meta, const char *name, long long number);

/*
 * All numbers that the print format of a tracepoint names: ... {0, "failed"}, {1, "succeeded"} ...
 * For kernels whose BTF does not have the enum.
 */
void results_format(struct results *r, struct meta *meta, const char *format);

/*
 * To be called after the last name. Numbers without a name, in gaps and just above the last one, get names
 * like "status 37", so that they are not mistaken for results with a name.
 */
void results_unnamed(struct results *r, struct meta *meta);

/* The meaning of @result, in words that continue "because ..."; NULL: this build does not know it. */
const char *results_meaning(__u8 result);

/* What can be done so that this result ends fewer attempts, or where to look. NULL: nothing in particular. */
const char *results_remedy(__u8 result);

#endif
