/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sums of a trace for every scope of a rules file. The trace is read once, and once more for each cgroup.
 */
#ifndef CHECK_SCOPE_TOTALS_H
#define CHECK_SCOPE_TOTALS_H

#include "check/rules.h"
#include "source/load.h"

#define CHECK_MAX_PARTS	     4096	/* windows or processes of one scope */
#define CHECK_MAX_JUDGEMENTS (1U << 20) /* of all rules in all parts of a trace: about a second */

struct check_sums;

/*
 * Reads @path for all scopes of @rules into new sums, which the caller frees. 0, also for incomplete data;
 * after a message -EINVAL (the rules need another way to read it), -EBADMSG or -errno.
 */
int check_read(const char *path, const struct check_rules *rules, const struct load_opts *opts,
	       struct check_sums **sums);
/* Adds @other to @sums. 0; -EINVAL after a message: of different machines. */
int check_sums_add(struct check_sums *sums, const struct check_sums *other, const char *name);
void check_sums_free(struct check_sums *sums);

#endif
