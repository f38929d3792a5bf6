/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two snapshots side by side: every number that differs, of every table whose rows can be matched. Rows
 * are matched by their keys; a row that only one side has is unknown on the other. Processes are not
 * compared: pids and address spaces of two runs are unrelated.
 */
#ifndef VIEW_DIFF_H
#define VIEW_DIFF_H

#include <stdio.h>
#include "model/field.h"

struct diff_row {
	const struct table *table;
	const struct field *field;
	const void *a, *b; /* rows; NULL where a side has none */
	__u64 share_a_ppm; /* of the column's sum, for counts and bytes; NUM_UNKNOWN */
	__u64 share_b_ppm;
};

struct diff {
	const struct snapshot *a, *b;
	struct diff_row *rows;
	size_t nr_rows;
};

/*
 * 0; -EINVAL: page size or PMD order differ, so orders and buckets mean different things; -ENOMEM. The
 * snapshots must outlive the diff.
 */
int diff_make(const struct snapshot *a, const struct snapshot *b, struct diff *d);
void diff_free(struct diff *d);

/* "scan_pmd khugepaged 2M": the row's keys. */
void diff_key(const struct diff *d, const struct diff_row *r, char *buf, size_t len);

/* Each writes to @out; 0 or -errno. */
int diff_text(const struct diff *d, const char *name_a, const char *name_b, FILE *out);
int diff_json(const struct diff *d, const char *name_a, const char *name_b, FILE *out);

#endif
