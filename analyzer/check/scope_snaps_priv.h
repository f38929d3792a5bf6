/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Traces as rules see them: one snapshot for each scope, or one for each part of it (window,
 * process), all made while the file is read once; only cgroup scopes read it again.
 */
#ifndef CHECK_SCOPE_SNAPS_PRIV_H
#define CHECK_SCOPE_SNAPS_PRIV_H

#include "check/rules_priv.h"
#include "source/load.h"

#define CHECK_MAX_PARTS 4096 /* windows or processes of one scope */

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
	int cut; /* the trace ends early: how much is missing is not known */
};

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

/* For tests: sums of events from a machine like @meta, added one by one. */
struct check_sums *check_sums_new(const struct check_rules *rules, const struct meta *meta);
void check_sums_event(struct check_sums *sums, const struct mthp_ev *ev);
/* What is summed up over all scopes. */
struct model *check_sums_model(struct check_sums *sums);

/* Snapshots of @sums. 0 or -ENOMEM. */
int check_data_take(const struct check_sums *sums, const char *name, struct check_data *data);
void check_data_free(struct check_data *data);

#endif
