/* SPDX-License-Identifier: GPL-2.0-only */
/* Sums of each scope: scope_totals.c fills them, scope_snaps.c takes snapshots of them. */
#ifndef CHECK_SCOPE_TOTALS_PRIV_H
#define CHECK_SCOPE_TOTALS_PRIV_H

#include "check/scope_totals.h"

/* One window or process of a scope. */
struct part {
	__u64 key[2]; /* window, 0; or mm, tgid */
	char comm[MTHP_COMM_LEN];
	struct totals totals;
	UT_hash_handle hh;
};

struct scope_sums {
	const struct check_scope *scope;
	__u64 from_ns, to_ns, every_ns; /* of the scope, as events have them; to_ns ~0: no end */
	bool fed;			/* by this pass */
	struct totals totals;		/* EACH_NONE */
	struct part *parts, *last;	/* uthash, and the one hit last */
	__u64 left_out;
	char comm[MTHP_COMM_LEN];   /* the latest */
	bool comm_known, comm_fits; /* does the pattern match it? */
};

struct check_sums {
	const struct check_rules *rules;
	struct model *all;
	struct scope_sums *scopes; /* [0] is not used: that is all */
	bool has_mthp;
	__u64 start_ns;
	__u64 longest_ns; /* of the traces summed up */
};

/* Sums for @rules, with no model yet. NULL: out of memory. */
struct check_sums *check_sums_alloc(const struct check_rules *rules);
/* Takes over the META of the trace that is read now. */
void check_sums_meta(struct check_sums *sums, const struct meta *meta);
/* @m has taken @ev in; now the scopes do. A model_tap_fn: @sums is a struct check_sums. */
void check_sums_event(void *sums, const struct model *m, const struct mthp_ev *ev);

/* The length in ns; of several traces that of the longest, as windows count from the start of each. */
__u64 check_sums_length(const struct check_sums *sums);

#endif
