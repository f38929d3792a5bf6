// SPDX-License-Identifier: GPL-2.0-only
/*
 * Occupancy: how full ranges were when they were scanned. One histogram for each size, the largest size
 * first, as many side by side as fit.
 *
 *	2M   1234 samples, 56 censored
 *	full   ██████████▏                1000
 *	15/16  ██░░░                       200+56
 *
 * Censored samples (the scan ended early and examined a part only) stand apart: another texture, and a
 * number behind a plus. They mean "at most that full".
 */
#include <string.h>

#include "lib/fmt.h"
#include "tui/screen_parts_priv.h"
#include "tui/screen_priv.h"

#define CHART_MIN 38
#define CHART_MAX 96
#define GAP	  2
#define LABEL	  7
#define NUMBERS	  12

struct chart {
	const struct snap_occ *rows; /* MTHP_OCC_BUCKETS of one order */
	__u64 complete, censored, max;
};

static struct chart chart_of(const struct snapshot *s, size_t n)
{
	struct chart ch = { &s->occ[n * MTHP_OCC_BUCKETS], 0, 0, 0 };
	int b;

	for (b = 0; b < MTHP_OCC_BUCKETS; b++) {
		ch.complete += ch.rows[b].complete;
		ch.censored += ch.rows[b].censored;
		if (ch.rows[b].complete + ch.rows[b].censored > ch.max)
			ch.max = ch.rows[b].complete + ch.rows[b].censored;
	}
	return ch;
}

static void draw_bucket(struct cells *c, int x, int y, int w, const struct chart *ch, int b)
{
	const struct snap_occ *row = &ch->rows[b];
	int room = w - LABEL - NUMBERS, at;
	char a[24], n[64], d[24];

	cells_left(c, x, y, LABEL, row->complete || row->censored ? COL_TEXT : COL_DIM,
		   row->bucket);
	if (!row->complete && !row->censored) {
		cells_right(c, x + w - NUMBERS, y, NUMBERS, COL_DIM, "0");
		return;
	}
	/* Both parts are rounded up; one column stays free for a sliver of the second. */
	at = cells_bar(c, x + LABEL, y, room - 1, COL_BAR, row->complete, ch->max);
	cells_bar_cut(c, at, y, x + LABEL + room - at, row->censored * (room - 1) / ch->max,
		      x + LABEL + room - at);
	if (row->censored)
		snprintf(n, sizeof(n), "%s+%s", fmt_short(row->complete, a, sizeof(a)),
			 fmt_short(row->censored, d, sizeof(d)));
	else
		fmt_short(row->complete, n, sizeof(n));
	cells_right(c, x + w - NUMBERS, y, NUMBERS, COL_TEXT, n);
}

static int draw_chart(struct cells *c, int x, int y, int w, const struct chart *ch,
		      const struct snapshot *s)
{
	char text[96], size[24], a[24], d[24];
	int b;

	snprintf(text, sizeof(text), "%s: %s samples, %s censored",
		 fmt_order(ch->rows[0].order, s->meta.page_size, size, sizeof(size)),
		 fmt_short(ch->complete, a, sizeof(a)), fmt_short(ch->censored, d, sizeof(d)));
	y = scr_title(c, x, y, w, text);
	for (b = MTHP_OCC_BUCKETS - 1; b >= 0; b--)
		draw_bucket(c, x, y++, w, ch, b);
	return y;
}

void scr_occupancy(struct cells *c, const struct snapshot *s, const struct ui *ui)
{
	size_t nr = s->nr_occ / MTHP_OCC_BUCKETS, i;
	int side, w, y, bottom, x;

	if (!nr) {
		cells_put(c, 0, 0, -1, COL_DIM, "no range was scanned yet");
		return;
	}
	side = (c->w + GAP) / (CHART_MIN + GAP);
	if (side < 1)
		side = 1;
	if ((size_t)side > nr)
		side = nr;
	w = (c->w - GAP * (side - 1)) / side;
	w = w > CHART_MAX ? CHART_MAX : w;
	y = bottom = 0;
	for (i = 0; i < nr; i++) {
		struct chart ch = chart_of(s, nr - 1 - i);

		if (i && i % side == 0)
			y = bottom + 1;
		x = (int)(i % side) * (w + GAP);
		bottom = draw_chart(c, x, y, w, &ch, s);
	}
	if (!meta_has_ranges(&s->meta))
		bottom = scr_text(c, 0, bottom + 1, c->w, COL_DIM,
				  "Sizes below the PMD's: " DETAIL_RANGES_NEEDED) -
			 1;
	cells_put(
		c, 0, bottom + 1, -1, COL_DIM,
		"A bucket is the share of PTEs that are present: 3/16 is from there to below 4/16.");
	x = cells_put(c, 0, bottom + 2, -1, COL_BAR, "█");
	x = cells_put(c, x, bottom + 2, -1, COL_DIM, " all PTEs were examined  ");
	x = cells_put(c, x, bottom + 2, -1, COL_BAR_CUT, "░");
	cells_put(c, x, bottom + 2, -1, COL_DIM,
		  " +n censored: the scan ended early, the range is at most that full");
}
