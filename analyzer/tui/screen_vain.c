// SPDX-License-Identifier: GPL-2.0-only
/*
 * Work in vain: how much of what khugepaged tries could not succeed, what its passes take, which failures were vain,
 * for how long attempts made memory unreachable, and which splits collapses undid.
 */
#include <stdio.h>
#include <string.h>

#include "lib/array.h"
#include "lib/fmt.h"
#include "tui/screen_parts_priv.h"
#include "tui/screen_priv.h"

static const struct list_col vain_cols[] = {
	{ "order", 5, 0 },  { "result", 20, 31 },  { "requester", 10, 0 }, { "failures", 8, 0 },
	{ "vain", 7, 0 },   { "share_ppm", 6, 0 }, { "collapsed", 9, 0 },  { "unknown", 7, 0 },
	{ "dur_ns", 7, 0 }, { "flushes", 7, 0 },   { "stall_ns", 7, 0 },
};

static const struct list vain_list = {
	.table = "vain",
	.cols = vain_cols,
	.nr_cols = ARRAY_SIZE(vain_cols),
};

static const struct list_col stall_cols[] = {
	{ "order", 5, 0 },   { "requester", 10, 0 }, { "count", 8, 0 },	 { "failures", 8, 0 },
	{ "mean_ns", 7, 0 }, { "p50_ns", 7, 0 },     { "p99_ns", 7, 0 }, { "max_ns", 7, 0 },
};

static const struct list stall_list = {
	.table = "stalls",
	.cols = stall_cols,
	.nr_cols = ARRAY_SIZE(stall_cols),
};

static const struct list_col split_cols[] = {
	{ "by", 15, 0 },	 { "splits", 8, 0 },  { "undone", 8, 0 }, { "share_ppm", 6, 0 },
	{ "khugepaged", 10, 0 }, { "madvise", 8, 0 }, { "damon", 6, 0 },  { "copied_bytes", 8, 0 },
};

static const struct list split_list = {
	.table = "splits",
	.cols = split_cols,
	.nr_cols = ARRAY_SIZE(split_cols),
};

static int verdict(struct cells *c, int y, const struct snapshot *s)
{
	const struct snap_summary *sum = &s->summary;
	char text[256], n[24], all[24], time[24], unknown[24];

	fmt_short(sum->failures, all, sizeof(all));
	fmt_short(sum->vain_unknown, unknown, sizeof(unknown));
	if (sum->vain)
		snprintf(text, sizeof(text),
			 "In vain: %s of %s failed attempts, which took %s · unknown of %s",
			 fmt_short(sum->vain, n, sizeof(n)), all,
			 fmt_ns(sum->vain_ns, time, sizeof(time)), unknown);
	else
		snprintf(text, sizeof(text), "In vain: none of %s failed attempts · unknown of %s",
			 all, unknown);
	return scr_text(c, 0, y, c->w,
			sum->vain	  ? COL_BAD :
			sum->vain_unknown ? COL_DIM :
					    COL_GOOD,
			text);
}

static int passes(struct cells *c, int y, const struct snapshot *s)
{
	const struct snap_pass *p = s->passes;
	char text[320], n[24], mean[24], max[24], ranges[24], idle[24], tried[24], vain[24],
		part[24];

	if (!s->nr_passes)
		return y;
	if (p->mean_ns == NUM_UNKNOWN) {
		snprintf(
			text, sizeof(text),
			"Full passes: %s ended; how long one takes is known when the next one ends",
			fmt_short(p->passes, n, sizeof(n)));
		return scr_text(c, 0, y, c->w, COL_TEXT, text);
	}
	snprintf(
		text, sizeof(text),
		"Full passes: %s, %s on average, at most %s · each: %s ranges (nothing to do in %s), %s attempts, %s in vain (%s of the time)",
		fmt_short(p->passes, n, sizeof(n)), fmt_ns(p->mean_ns, mean, sizeof(mean)),
		fmt_ns(p->max_ns, max, sizeof(max)), fmt_short(p->ranges, ranges, sizeof(ranges)),
		fmt_ppm(p->idle_ppm, idle, sizeof(idle)),
		fmt_short(p->attempts, tried, sizeof(tried)),
		fmt_short(p->vain, vain, sizeof(vain)), fmt_ppm(p->vain_ppm, part, sizeof(part)));
	return scr_text(c, 0, y, c->w, COL_TEXT, text);
}

void scr_vain(struct cells *c, const struct snapshot *s, const struct ui *ui)
{
	const char *why = table_unknown(table_find("vain"), capability_mask(&s->meta));
	int y = 0;

	if (why) {
		y = scr_text(c, 0, y, c->w, COL_DIM, why);
		passes(c, y, s);
		return;
	}
	y = verdict(c, y, s);
	y = passes(c, y, s);
	y = scr_title(c, 0, y + 1, c->w, "Failures");
	y = scr_list(c, 0, y, c->w, s->nr_vain, &vain_list, s, "");
	y = scr_title(c, 0, y + 1, c->w, "Stalls: how long an attempt made its memory unreachable");
	if (!s->nr_stalls && s->summary.collapses + s->summary.failures)
		y = scr_text(c, 0, y, c->w, COL_DIM, "unknown: no attempt reports it");
	else
		y = scr_list(c, 0, y, c->w, s->nr_stalls, &stall_list, s, "");
	if (!s->nr_splits)
		return;
	y = scr_title(c, 0, y + 1, c->w, "Splits of huge pages, and how many a collapse undid");
	scr_list(c, 0, y, c->w, s->nr_splits, &split_list, s, "");
}
