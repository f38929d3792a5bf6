/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A trace as rules see it: a snapshot for each scope, or for each part of it (window, process).
 */
#ifndef CHECK_SCOPE_SNAPS_H
#define CHECK_SCOPE_SNAPS_H

#include "check/scope_totals.h"
#include "model/snapshot.h"

struct check_part {
	char label[64]; /* "10s..20s", "redis-server/4711"; "" for the whole scope */
	struct snapshot *snap;
};

struct check_view {
	struct check_part *parts;
	size_t nr_parts;
	__u64 left_out; /* events of parts beyond CHECK_MAX_PARTS */
};

struct check_data {
	const char *name;
	struct check_view *views; /* by scope */
	unsigned int nr_views;
	double lost; /* share of all events */
	__u64 nr_lost;
	bool cut; /* the trace is truncated: an unknown part is missing */
};

/* Snapshots of @sums. 0 or -ENOMEM. */
int check_data_take(const struct check_sums *sums, const char *name, struct check_data *data);
void check_data_free(struct check_data *data);

#endif
