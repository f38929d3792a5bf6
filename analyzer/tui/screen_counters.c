// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's own counters beside ours: thp_* of /proc/vmstat and khugepaged's counters as a list,
 * hugepages-N kB/stats as a grid with a column for each size. Counters that are zero in every column
 * are only counted.
 *
 * Three counters count the same as our events. Each attempt allocates a folio once, and the allocation
 * failed if the result says so (mm/khugepaged.c, alloc_charge_folio()); thp_collapse_alloc counts the
 * allocations of PMD size that did not fail.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/fmt.h"
#include "tui/screen_parts_priv.h"

#define NAME_WIDTH 27
#define COL_WIDTH  8

enum ours {
	OURS_NONE,
	OURS_ALLOC,
	OURS_ALLOC_FAILED,
	OURS_BY_KHUGEPAGED
};

static enum ours ours_of(const char *name)
{
	const char *slash = strrchr(name, '/');

	name = slash ? slash + 1 : name;
	if (!strcmp(name, "thp_collapse_alloc"))
		return OURS_ALLOC;
	if (!strcmp(name, "thp_collapse_alloc_failed"))
		return OURS_ALLOC_FAILED;
	if (!strcmp(name, "pages_collapsed") || !strcmp(name, "khugepaged_pages_collapsed"))
		return OURS_BY_KHUGEPAGED;
	return OURS_NONE;
}

static int counts_for(enum ours ours, const struct snapshot *s, const struct snap_outcome *o)
{
	int failed = o->key.result == MTHP_R_ALLOC_HUGE_PAGE_FAIL;

	if (!mthp_is_collapse(o->key.kind, meta_has_ranges(&s->meta)) ||
	    o->order != s->meta.pmd_order)
		return 0;
	switch (ours) {
	case OURS_ALLOC:
		return !failed;
	case OURS_ALLOC_FAILED:
		return failed;
	case OURS_BY_KHUGEPAGED:
		return o->key.requester == MTHP_Q_KHUGEPAGED &&
		       mthp_collapsed(o->key.kind, o->key.requester, o->key.result);
	default:
		return 0;
	}
}

/* Our number for the kernel's counter @name; NUM_UNKNOWN: there is none. */
static __u64 our_count(const char *name, const struct snapshot *s)
{
	enum ours ours = ours_of(name);
	__u64 n = 0;
	size_t i;

	if (ours == OURS_NONE)
		return NUM_UNKNOWN;
	for (i = 0; i < s->nr_outcomes; i++)
		if (counts_for(ours, s, &s->outcomes[i]))
			n += s->outcomes[i].count;
	return n;
}

static const char *change(const struct snap_counter *n, char *buf, size_t len)
{
	__s64 d = (__s64)n->delta;
	char digits[24];

	if (n->delta == SNAP_NO_DELTA)
		return fmt_count(NUM_UNKNOWN, buf, len);
	snprintf(buf, len, "%s%s",
		 d < 0 ? "-" :
		 d     ? "+" :
			 "",
		 fmt_short(d < 0 ? -d : d, digits, sizeof(digits)));
	return buf;
}

static enum colour number_colour(const char *text)
{
	return !strcmp(text, "0") || !strcmp(text, "-") ? COL_DIM : COL_TEXT;
}

static void vmstat_row(struct cells *c, int x, int y, int w, const struct snap_counter *n,
		       const struct snapshot *s)
{
	char text[32];

	cells_left(c, x, y, NAME_WIDTH, COL_TEXT, n->name);
	x += NAME_WIDTH;
	fmt_short(n->value, text, sizeof(text));
	cells_right(c, x, y, COL_WIDTH, number_colour(text), text);
	change(n, text, sizeof(text));
	cells_right(c, x + COL_WIDTH, y, COL_WIDTH, number_colour(text), text);
	if (w < NAME_WIDTH + 3 * COL_WIDTH)
		return;
	fmt_short(our_count(n->name, s), text, sizeof(text));
	cells_right(c, x + 2 * COL_WIDTH, y, COL_WIDTH, number_colour(text), text);
}

static int is_idle(const struct snap_counter *n)
{
	return !n->value && (!n->delta || n->delta == SNAP_NO_DELTA) &&
	       ours_of(n->name) == OURS_NONE;
}

static int vmstat(struct cells *c, int x, int y, int w, const struct snapshot *s)
{
	int idle = 0, shown = 0;
	size_t i;

	y = scr_title(c, x, y, w, "The kernel's counters");
	for (i = 0; i < s->nr_counters; i++) {
		if (s->counters[i].order != NUM_UNKNOWN)
			continue;
		if (is_idle(&s->counters[i])) {
			idle++;
			continue;
		}
		if (!shown++) {
			cells_fill(c, x, y, w, COL_HEAD);
			cells_right(c, x + NAME_WIDTH, y, COL_WIDTH, COL_HEAD, "value");
			cells_right(c, x + NAME_WIDTH + COL_WIDTH, y, COL_WIDTH, COL_HEAD,
				    "change");
			if (w >= NAME_WIDTH + 3 * COL_WIDTH)
				cells_right(c, x + NAME_WIDTH + 2 * COL_WIDTH, y, COL_WIDTH,
					    COL_HEAD, "ours");
			y++;
		}
		vmstat_row(c, x, y++, w, &s->counters[i], s);
	}
	if (!shown && !idle)
		cells_put(c, x, y++, -1, COL_DIM, "unknown");
	if (idle)
		cells_printf(c, x, y++, COL_DIM, "+%d more, all 0", idle);
	return y;
}

#define MAX_NAMES 64

/* The counters kept per size, by name and order. */
struct by_size {
	const char *name[MAX_NAMES];
	const struct snap_counter *at[MAX_NAMES][MTHP_NR_ORDERS];
	int nr;
	int more;		      /* names without room */
	__u64 orders[MTHP_NR_ORDERS]; /* that have counters, largest first */
	int nr_orders;
};

static void collect(struct by_size *b, const struct snapshot *s)
{
	int seen[MTHP_NR_ORDERS] = { 0 }, k, o;
	size_t i;

	memset(b, 0, sizeof(*b));
	for (i = 0; i < s->nr_counters; i++) {
		const struct snap_counter *n = &s->counters[i];

		if (n->order >= MTHP_NR_ORDERS)
			continue;
		seen[n->order] = 1;
		for (k = 0; k < b->nr && strcmp(b->name[k], n->name); k++)
			;
		if (k == MAX_NAMES) {
			b->more++;
			continue;
		}
		b->name[k] = n->name;
		b->at[k][n->order] = n;
		b->nr = k == b->nr ? k + 1 : b->nr;
	}
	for (o = MTHP_NR_ORDERS - 1; o >= 0; o--)
		if (seen[o])
			b->orders[b->nr_orders++] = o;
}

/* nr_anon and the like rise and fall: their value says more than their change. */
static int is_gauge(const char *name)
{
	return !strncmp(name, "nr_", 3);
}

/* Counter @k at sizes @from ... @to - 1; 0 where it is zero at all of them. */
static int grid_row(struct cells *c, int x, int y, const struct by_size *b, int k, int from, int to)
{
	int gauge = is_gauge(b->name[k]), any = 0, i;
	const struct snap_counter *n;
	char text[32];

	for (i = from; i < to; i++) {
		n = b->at[k][b->orders[i]];
		any |= n && (gauge ? n->value != 0 : n->delta && n->delta != SNAP_NO_DELTA);
	}
	if (!any)
		return 0;
	x = cells_left(c, x, y, NAME_WIDTH, COL_TEXT, b->name[k]);
	for (i = from; i < to; i++) {
		n = b->at[k][b->orders[i]];
		if (!n)
			fmt_count(NUM_UNKNOWN, text, sizeof(text));
		else if (gauge)
			fmt_short(n->value, text, sizeof(text));
		else
			change(n, text, sizeof(text));
		x = cells_right(c, x, y, COL_WIDTH, number_colour(text), text);
	}
	return 1;
}

/* Our own counts, above the kernel's. A size without a row was never collapsed. */
static int our_rows(struct cells *c, int x, int y, const struct snapshot *s, const __u64 *orders,
		    int nr)
{
	__u64 done, failed;
	char text[32];
	size_t k;
	int i;

	cells_left(c, x, y, NAME_WIDTH, COL_STRONG, "ours: collapses");
	x = cells_left(c, x, y + 1, NAME_WIDTH, COL_STRONG, "ours: failures");
	for (i = 0; i < nr; i++, x += COL_WIDTH) {
		done = failed = 0;
		for (k = 0; k < s->nr_orders; k++) {
			if (s->orders[k].order == orders[i]) {
				done = s->orders[k].collapses;
				failed = s->orders[k].failures;
			}
		}
		fmt_short(done, text, sizeof(text));
		cells_right(c, x, y, COL_WIDTH, number_colour(text), text);
		fmt_short(failed, text, sizeof(text));
		cells_right(c, x, y + 1, COL_WIDTH, number_colour(text), text);
	}
	return y + 2;
}

static int grid(struct cells *c, int x, int y, int w, const struct snapshot *s,
		const struct by_size *b, int from, int to)
{
	int idle = 0, at, i;
	char size[24];

	cells_fill(c, x, y, w, COL_HEAD);
	at = cells_left(c, x, y, NAME_WIDTH, COL_HEAD, "change (nr_*: value)");
	for (i = from; i < to; i++)
		at = cells_right(c, at, y, COL_WIDTH, COL_HEAD,
				 fmt_order(b->orders[i], s->meta.page_size, size, sizeof(size)));
	y = our_rows(c, x, y + 1, s, b->orders + from, to - from);
	for (i = 0; i < b->nr; i++) {
		if (grid_row(c, x, y, b, i, from, to))
			y++;
		else
			idle++;
	}
	if (idle)
		cells_printf(c, x, y++, COL_DIM, "+%d more, all 0 at these sizes", idle);
	if (b->more)
		cells_printf(c, x, y++, COL_WARN, "+%d more that are not shown", b->more);
	return y + 1;
}

int scr_counters(struct cells *c, int x, int y, int w, const struct snapshot *s)
{
	int per_grid = (w - NAME_WIDTH) / COL_WIDTH, from, to;
	struct by_size b;

	y = vmstat(c, x, y, w, s) + 1;
	collect(&b, s);
	if (!b.nr_orders)
		return y;
	if (per_grid < 1)
		per_grid = 1;
	y = scr_title(c, x, y, w, "The kernel's counters by size");
	/* Sizes without room follow below. */
	for (from = 0; from < b.nr_orders; from = to) {
		to = from + per_grid < b.nr_orders ? from + per_grid : b.nr_orders;
		y = grid(c, x, y, w, s, &b, from, to);
	}
	return y;
}
