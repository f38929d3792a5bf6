// SPDX-License-Identifier: GPL-2.0-only
/* Processes: who is scanned and collapsed. Enter opens one of them (scr_proc.c). */
#include "tui/screen.h"

static const struct list_col cols[] = {
	{ "tgid", 7, 0 },	  { "comm", 15, 24 }, { "done_bytes", 7, 0 },
	{ "done", 5, 0 },	  { "failed", 6, 0 }, { "filled_bytes", 7, 0 },
	{ "top_result", 14, 31 }, { "scans", 6, 0 },  { "dur_mean_ns", 7, 0 },
	{ "last_ns", 7, 0 },	  { "cgroup", 8, 0 }, { "mm", 0, 0 },
};

const struct list scr_procs = {
	.table = "processes",
	.cols = cols,
	.nr_cols = sizeof(cols) / sizeof(cols[0]),
	.by_order = 1,
};
