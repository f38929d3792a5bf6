/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Traces added up for every scope of a rules file, all while the file is read once; only cgroup scopes
 * read it again.
 */
#ifndef CHECK_SCOPE_TOTALS_H
#define CHECK_SCOPE_TOTALS_H

#include "check/rules.h"
#include "source/load.h"

#define CHECK_MAX_PARTS 4096 /* windows or processes of one scope */

struct check_sums;

/*
 * Reads @path for all scopes of @rules. EXIT_OK; or the status to end with after a message, when
 * nothing could be read (data that is incomplete is in the sums). @sums is the caller's to free.
 */
int check_read(const char *path, const struct check_rules *rules, const struct load_opts *opts,
	       struct check_sums **sums);
/* Adds @other to @sums. 0; -EINVAL after a message where the two do not fit together. */
int check_sums_add(struct check_sums *sums, const struct check_sums *other, const char *name);
void check_sums_free(struct check_sums *sums);

#endif
