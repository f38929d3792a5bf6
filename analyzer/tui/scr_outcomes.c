// SPDX-License-Identifier: GPL-2.0-only
/* Outcomes: how often each kind of event ended which way, for whom and at which size. */
#include "tui/screen.h"

static const struct list_col cols[] = {
	{ "result", 22, 31 },	{ "kind", 13, 0 },	  { "order", 5, 0 },
	{ "requester", 10, 0 }, { "count", 7, 0 },	  { "share_ppm", 6, 0 },
	{ NULL, 5, 40 },	{ "filled_bytes", 7, 0 }, { "dur_mean_ns", 7, 0 },
};

const struct list scr_outcomes = {
	.table = "outcomes",
	.cols = cols,
	.nr_cols = sizeof(cols) / sizeof(cols[0]),
	.bar = "share_ppm",
};
