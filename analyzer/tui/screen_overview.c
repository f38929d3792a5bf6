// SPDX-License-Identifier: GPL-2.0-only
/*
 * Overview: the first questions of an operator, in their order. Does it help? What does it cost? How
 * fast does it go? Which sizes, which refusals, which processes? Under which settings? Do the kernel's
 * own counters agree (screen_counters.c)?
 *
 * Below 130 columns the sections stand one above the other, else in two columns.
 */
#include <stdlib.h>
#include <string.h>

#include "model/verdict.h"
#include "lib/array.h"
#include "lib/fmt.h"
#include "model/refusals.h"
#include "tui/screen_parts_priv.h"
#include "tui/screen_priv.h"

#define WIDE	  130
#define TOP_ROWS  5
#define RATE_SPAN 10000000000ULL /* ns that "now" covers */

static const struct list_col order_cols[] = {
	{ "order", 5, 0 },	 { "enabled", 8, 0 },	      { "collapses", 0, 0 },
	{ "failures", 0, 0 },	 { "collapsed_bytes", 0, 0 }, { "filled_bytes", 7, 0 },
	{ "dur_mean_ns", 6, 0 }, { "dur_p99_ns", 6, 0 },      { NULL, 6, 60 },
};

static const struct list order_list = {
	.table = "orders",
	.cols = order_cols,
	.nr_cols = ARRAY_SIZE(order_cols),
	.bar = "collapsed_bytes",
};

static const struct list_col proc_cols[] = {
	{ "tgid", 7, 0 },	  { "comm", 15, 24 },	{ "collapsed_bytes", 0, 0 },
	{ "collapses", 0, 0 },	  { "failures", 0, 0 }, { "filled_bytes", 7, 0 },
	{ "top_result", 18, 31 },
};

static const struct list proc_list = {
	.table = "processes",
	.cols = proc_cols,
	.nr_cols = ARRAY_SIZE(proc_cols),
};

static int cost(struct cells *c, int y, const struct snapshot *s)
{
	char text[192], bytes[24], work[24], share[24] = "";
	const struct snap_summary *sum = &s->summary;
	double part;

	if (!sum->collapses && !sum->failures)
		return y;
	if (sum->filled_bytes != NUM_UNKNOWN && sum->collapsed_bytes) {
		part = (double)sum->filled_bytes / (double)sum->collapsed_bytes;
		snprintf(share, sizeof(share), " (%.1f%%)", 100 * part);
	}
	snprintf(text, sizeof(text), "Cost: %s%s filled with zeroes%s · attempts took %s",
		 sum->filled_unknown ? "at least " : "",
		 fmt_bytes(sum->filled_bytes, bytes, sizeof(bytes)), share,
		 fmt_ns(snapshot_work_ns(s) ? snapshot_work_ns(s) : NUM_UNKNOWN, work,
			sizeof(work)));
	return scr_text(c, 0, y, c->w, COL_TEXT, text);
}

/* Detail ranges: what of that was creep, if the verdict does not say so. */
static int creep(struct cells *c, int y, const struct snapshot *s)
{
	char text[192], n[24], bytes[24];

	if (s->verdict.word == VERDICT_CREEPING || s->summary.creep_steps == NUM_UNKNOWN ||
	    !s->summary.creep_steps)
		return y;
	snprintf(
		text, sizeof(text),
		"Creep: %s collapses were possible only because of earlier ones; they filled %s (screen 6)",
		fmt_short(s->summary.creep_steps, n, sizeof(n)),
		fmt_bytes(s->summary.creep_filled_bytes, bytes, sizeof(bytes)));
	return scr_text(c, 0, y, c->w, COL_BAD, text);
}

/* Detail ranges: how much of it was in vain, if the verdict does not say so. */
static int vain(struct cells *c, int y, const struct snapshot *s)
{
	char text[192], n[24], all[24], time[24];
	const struct snap_summary *sum = &s->summary;

	if (sum->vain == NUM_UNKNOWN || !sum->vain)
		return y;
	snprintf(text, sizeof(text), "In vain: %s of %s failed attempts, which took %s (screen 7)",
		 fmt_short(sum->vain, n, sizeof(n)), fmt_short(sum->failures, all, sizeof(all)),
		 fmt_ns(sum->vain_ns, time, sizeof(time)));
	return scr_text(c, 0, y, c->w, COL_WARN, text);
}

static __u64 tick_done(const struct tick *t)
{
	__u64 n = 0;
	int o;

	for (o = 0; o < MTHP_NR_ORDERS; o++)
		n += t->collapses[o];
	return n;
}

static __u64 tick_bytes(const struct tick *t, __u64 page_size)
{
	__u64 n = 0;
	int o;

	for (o = 0; o < MTHP_NR_ORDERS; o++)
		n += t->collapses[o] * (page_size << o);
	return n;
}

static __u64 tick_failed(const struct tick *t)
{
	__u64 n = 0;
	int o;

	for (o = 0; o < MTHP_NR_ORDERS; o++)
		n += t->failures[o];
	return n;
}

static const char *rate(__u64 from, __u64 to, double seconds, char *buf, size_t len)
{
	double r = to > from ? (double)(to - from) / seconds : 0;

	if (r >= 99.95)
		return fmt_short((__u64)(r + 0.5), buf, len);
	snprintf(buf, len, r == 0 ? "0" : r < 9.995 ? "%.2f" : "%.1f", r);
	return buf;
}

static int rates(struct cells *c, int y, const struct snapshot *s)
{
	const struct tick *last, *first;
	size_t i = s->nr_series;
	char text[192], a[24], b[24], d[24], e[24];
	double seconds;

	if (s->nr_series < 2)
		return y;
	last = &s->series[--i];
	while (i && last->ts_ns - s->series[i].ts_ns < RATE_SPAN)
		i--;
	first = &s->series[i];
	seconds = (last->ts_ns - first->ts_ns) / 1e9;
	if (seconds <= 0)
		return y;
	fmt_bytes((tick_bytes(last, s->meta.page_size) - tick_bytes(first, s->meta.page_size)) /
			  seconds,
		  e, sizeof(e));
	snprintf(text, sizeof(text), "Now: %s scans/s · %s collapses/s (%s/s) · %s failures/s",
		 rate(first->scans, last->scans, seconds, a, sizeof(a)),
		 rate(tick_done(first), tick_done(last), seconds, b, sizeof(b)), e,
		 rate(tick_failed(first), tick_failed(last), seconds, d, sizeof(d)));
	return scr_text(c, 0, y, c->w, COL_TEXT, text);
}

/* One column for each tick, as many as fit, the newest at the right. */
static int history(struct cells *c, int y, int w, const struct snapshot *s)
{
	size_t room = w > 12 ? w - 12 : 0, nr, i;
	__u64 max = 0, n;

	if (s->nr_series < 2 || !room)
		return y;
	nr = s->nr_series - 1 < room ? s->nr_series - 1 : room;
	for (i = s->nr_series - nr; i < s->nr_series; i++) {
		n = tick_done(&s->series[i]) - tick_done(&s->series[i - 1]);
		max = n > max ? n : max;
	}
	cells_put(c, 0, y, -1, COL_DIM, "collapses");
	for (i = 0; i < nr; i++) {
		const struct tick *t = &s->series[s->nr_series - nr + i];

		n = tick_done(t) - tick_done(t - 1);
		if (n)
			cells_spark(c, 12 + i, y, COL_BAR, n, max);
		else
			cells_put(c, 12 + i, y, 1, COL_DIM, "·");
	}
	return y + 1;
}

static int sizes(struct cells *c, int x, int y, int w, const struct snapshot *s)
{
	y = scr_title(c, x, y, w, "Sizes");
	return scr_list(c, x, y, w, s->nr_orders, &order_list, s, "") + 1;
}

/* Results of scans that found nothing to collapse, in a line. */
static int idle_scans(struct cells *c, int x, int y, int w, const struct snapshot *s)
{
	char text[256] = "Nothing to collapse:", n[24];
	struct refusal r[REFUSALS_MAX];
	int nr = refusals_collect(s, refusals_is_idle, r), i;
	size_t at = strlen(text);

	for (i = 0; i < nr && i < REFUSALS_MAX && at < sizeof(text); i++)
		at += snprintf(text + at, sizeof(text) - at, "%s %s %s", i ? "," : "",
			       fmt_short(r[i].count, n, sizeof(n)), r[i].o->result);
	return nr ? scr_text(c, x, y, w, COL_DIM, text) : y;
}

static void refusal(struct cells *c, int x, int y, int w, const struct refusal *r, __u64 max,
		    const struct snapshot *s)
{
	char n[24], share[24], size[24];

	cells_left(c, x, y, 24, COL_TEXT, r->o->result);
	cells_right(c, x + 24, y, 6, COL_TEXT,
		    fmt_order(r->o->order, s->meta.page_size, size, sizeof(size)));
	cells_right(c, x + 30, y, 6, COL_TEXT, fmt_short(r->count, n, sizeof(n)));
	if (w < 58)
		return;
	cells_right(c, x + 36, y, 7, COL_DIM, fmt_ppm(r->share_ppm, share, sizeof(share)));
	cells_left(c, x + 44, y, 13, COL_DIM, r->o->kind);
	cells_bar(c, x + 58, y, w - 58, COL_WARN, r->count, max);
}

static int refusals(struct cells *c, int x, int y, int w, const struct snapshot *s)
{
	struct refusal r[REFUSALS_MAX];
	int nr = refusals_collect(s, refusals_is_refusal, r), i;

	y = scr_title(c, x, y, w, "Refusals");
	for (i = 0; i < nr && i < TOP_ROWS; i++)
		refusal(c, x, y++, w, &r[i], r[0].count, s);
	if (!nr)
		cells_put(c, x, y++, -1, COL_DIM, "none");
	if (nr > TOP_ROWS)
		cells_printf(c, x, y++, COL_DIM, "+%d more (screen 3)", nr - TOP_ROWS);
	return idle_scans(c, x, y, w, s) + 1;
}

static int procs(struct cells *c, int x, int y, int w, const struct snapshot *s, int rows)
{
	y = scr_title(c, x, y, w, "Processes");
	return scr_list(c, x, y, w, rows, &proc_list, s, " (screen 2)") + 1;
}

/* "name value" with dots between, broken at the edge. */
static int settings(struct cells *c, int x, int y, int w, const struct snapshot *s)
{
	char word[96];
	const char *name;
	int at = x, n;
	size_t i;

	y = scr_title(c, x, y, w, "Settings");
	for (i = 0; i < s->nr_settings; i++) {
		if (!strncmp(s->settings[i].name, "hugepages-", 10))
			continue; /* the table of sizes has it */
		name = s->settings[i].name;
		/* khugepaged/defrag is another setting than defrag. */
		if (!strncmp(name, "khugepaged/", 11) && strcmp(name, "khugepaged/defrag"))
			name += 11;
		n = snprintf(word, sizeof(word), "%s %s", name,
			     s->settings[i].value[0] ? s->settings[i].value : "-");
		if (at > x && at + 3 + n > x + w) {
			at = x;
			y++;
		}
		if (at > x)
			at = cells_put(c, at, y, -1, COL_DIM, " · ");
		at = cells_put(c, at, y, -1, COL_DIM, name);
		at = cells_put(c, at + 1, y, -1, COL_TEXT, word + strlen(name) + 1);
	}
	return y + 2;
}

static int not_reported(struct cells *c, int x, int y, int w, const struct snapshot *s)
{
	static const char *const missing[NR_DETAILS] = {
		[DETAIL_TOTALS] = "sizes below the PMD's, addresses, plans, creep",
		[DETAIL_SIZES] = "addresses, occupancy below PMD size, plans, creep",
		[DETAIL_RANGES] = "plans, lock times",
		[DETAIL_PLANS] = "nothing that mthptop knows of",
	};
	char text[128];

	y = scr_title(c, x, y, w, "Not reported by this kernel");
	snprintf(text, sizeof(text), "detail %s: %s", s->summary.detail, missing[s->meta.detail]);
	return scr_text(c, x, y, w, COL_TEXT, text) + 1;
}

void scr_overview(struct cells *c, const struct snapshot *s, const struct ui *ui)
{
	int half = c->w >= WIDE ? c->w / 2 - 1 : c->w, y, right;

	y = scr_verdict(c, 0, s, ui);
	y = cost(c, y, s);
	y = creep(c, y, s);
	y = vain(c, y, s);
	y = rates(c, y, s);
	y = history(c, y, c->w, s);
	right = y = c->w < 60 ? y : y + (c->w >= WIDE);
	y = sizes(c, 0, y, half, s);
	y = refusals(c, 0, y, half, s);
	if (half < c->w) {
		y = not_reported(c, 0, y, half, s);
		settings(c, 0, y, half, s);
		right = procs(c, half + 2, right, c->w - half - 2, s, 2 * TOP_ROWS);
		scr_counters(c, half + 2, right, c->w - half - 2, s);
		return;
	}
	y = procs(c, 0, y, c->w, s, TOP_ROWS);
	y = not_reported(c, 0, y, c->w, s);
	y = settings(c, 0, y, c->w, s);
	scr_counters(c, 0, y, c->w, s);
}
