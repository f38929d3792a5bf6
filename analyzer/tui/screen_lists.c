// SPDX-License-Identifier: GPL-2.0-only
/* The screens that are one list each: processes, and outcomes. */
#include "lib/array.h"
#include "tui/screen_priv.h"

/* Who is scanned and collapsed. Enter opens one of them (screen_proc.c). */
static const struct list_col proc_cols[] = {
	{ "tgid", 7, 0 },	  { "comm", 15, 24 },	{ "collapsed_bytes", 7, 0 },
	{ "collapses", 5, 0 },	  { "failures", 6, 0 }, { "filled_bytes", 7, 0 },
	{ "top_result", 14, 31 }, { "scans", 6, 0 },	{ "dur_mean_ns", 7, 0 },
	{ "vain", 6, 0 },	  { "last_ns", 7, 0 },	{ "cgroup", 8, 0 },
	{ "mm", 0, 0 },
};

const struct list scr_procs = {
	.table = "processes",
	.cols = proc_cols,
	.nr_cols = ARRAY_SIZE(proc_cols),
	.by_order = 1,
};

/* How often each kind of event ended which way, for whom and at which size. */
static const struct list_col outcome_cols[] = {
	{ "result", 22, 31 },	{ "kind", 13, 0 },	  { "order", 5, 0 },
	{ "requester", 10, 0 }, { "count", 7, 0 },	  { "share_ppm", 6, 0 },
	{ NULL, 5, 40 },	{ "filled_bytes", 7, 0 }, { "dur_mean_ns", 7, 0 },
};

const struct list scr_outcomes = {
	.table = "outcomes",
	.cols = outcome_cols,
	.nr_cols = ARRAY_SIZE(outcome_cols),
	.bar = "share_ppm",
};
