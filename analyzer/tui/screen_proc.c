// SPDX-License-Identifier: GPL-2.0-only
/*
 * One process: its collapses and failures by size, and the results of its scans and attempts, most
 * frequent first.
 */
#include <string.h>

#include "lib/fmt.h"
#include "tui/screen_parts_priv.h"
#include "tui/screen_priv.h"

#define NAME_WIDTH 28

const struct snap_proc *scr_proc_find(const struct snapshot *s, const struct ui *ui)
{
	size_t i;

	for (i = 0; i < s->nr_procs; i++)
		if ((__u32)s->procs[i].tgid == ui->proc_tgid && s->procs[i].mm == ui->proc_mm)
			return &s->procs[i];
	return NULL;
}

/* The fields of the row as "title value" pairs, in columns. */
static int facts(struct cells *c, int y, const struct snap_proc *p, const struct snapshot *s)
{
	const struct table *t = table_find("processes");
	int cols = c->w / 40 > 0 ? c->w / 40 : 1, n = 0, x;
	char text[128];
	size_t i;

	for (i = 0; i < t->nr_fields; i++) {
		const struct field *f = &t->fields[i];

		if (!strcmp(f->id, "top_result"))
			continue; /* the ranking below has it */
		field_text(f, p, s->meta.page_size, text, sizeof(text));
		x = n % cols * 40;
		cells_left(c, x, y + n / cols, 23, COL_DIM, f->title);
		cells_left(c, x + 23, y + n / cols, 16 < c->w - x - 23 ? 16 : c->w - x - 23,
			   COL_TEXT, text);
		n++;
	}
	return y + (n + cols - 1) / cols + 1;
}

static int by_size(struct cells *c, int y, const struct snap_proc *p, const struct snapshot *s)
{
	__u64 max = 0, n;
	char text[32];
	int o, x, any = 0;

	y = scr_title(c, 0, y, c->w, "By size");
	for (o = 0; o < MTHP_NR_ORDERS; o++) {
		n = p->detail->collapses[o] + p->detail->failures[o];
		max = n > max ? n : max;
	}
	for (o = MTHP_NR_ORDERS - 1; o >= 0; o--) {
		if (!p->detail->collapses[o] && !p->detail->failures[o])
			continue;
		if (!any++) {
			cells_fill(c, 0, y, c->w, COL_HEAD);
			cells_put(c, 0, y++, -1, COL_HEAD,
				  " size collapses failures     vain collapsed");
		}
		x = cells_right(c, 0, y, 5, COL_TEXT,
				fmt_order(o, s->meta.page_size, text, sizeof(text)));
		x = cells_right(c, x + 1, y, 9, COL_TEXT,
				fmt_short(p->detail->collapses[o], text, sizeof(text)));
		x = cells_right(c, x + 1, y, 8, p->detail->failures[o] ? COL_WARN : COL_DIM,
				fmt_short(p->detail->failures[o], text, sizeof(text)));
		x = cells_right(
			c, x + 1, y, 8, p->detail->vain[o] ? COL_BAD : COL_DIM,
			fmt_short(meta_has_ranges(&s->meta) ? p->detail->vain[o] : NUM_UNKNOWN,
				  text, sizeof(text)));
		n = p->detail->collapses[o] * ((__u64)s->meta.page_size << o);
		x = cells_right(c, x + 1, y, 9, COL_TEXT, fmt_bytes(n, text, sizeof(text)));
		x = cells_bar(c, x + 2, y, (c->w - x - 4) / 2, COL_GOOD, p->detail->collapses[o],
			      max);
		cells_bar(c, x, y, (c->w - 47) / 2, COL_WARN, p->detail->failures[o], max);
		y++;
	}
	if (!any)
		cells_put(c, 0, y++, -1, COL_DIM, "no attempt");
	return y + 1;
}

/* Results that occurred, most frequent first. */
static int ranking(const __u64 *count, int *rank)
{
	int nr = 0, i, r;

	for (r = 0; r < MTHP_NR_RESULTS; r++) {
		if (!count[r])
			continue;
		for (i = nr++; i > 0 && count[rank[i - 1]] < count[r]; i--)
			rank[i] = rank[i - 1];
		rank[i] = r;
	}
	return nr;
}

static int reasons(struct cells *c, int x, int y, int w, const char *title, const __u64 *count,
		   const struct snapshot *s)
{
	int rank[MTHP_NR_RESULTS], nr = ranking(count, rank), i;
	int name = w < NAME_WIDTH + 8 ? w - 8 : NAME_WIDTH;
	char text[32];

	y = scr_title(c, x, y, w, title);
	for (i = 0; i < nr; i++, y++) {
		enum colour colour = rank[i] == MTHP_R_SUCCEED ? COL_GOOD : COL_WARN;

		cells_left(c, x, y, name, COL_TEXT, meta_result_name(&s->meta, rank[i]));
		cells_right(c, x + name, y, 7, COL_TEXT,
			    fmt_short(count[rank[i]], text, sizeof(text)));
		cells_bar(c, x + name + 8, y, w - name - 9, colour, count[rank[i]], count[rank[0]]);
	}
	if (!nr)
		cells_put(c, x, y++, -1, COL_DIM, "none");
	return y + 1;
}

void scr_proc(struct cells *c, const struct snapshot *s, const struct ui *ui)
{
	const struct snap_proc *p = scr_proc_find(s, ui);
	int half = c->w >= 100 ? c->w / 2 - 1 : c->w, y, right;

	if (!p || !p->detail) {
		cells_printf(c, 0, 0, COL_DIM, "process %u has no row, or not any more",
			     ui->proc_tgid);
		return;
	}
	y = facts(c, 0, p, s);
	y = by_size(c, y, p, s);
	right = y;
	y = reasons(c, 0, y, half, "Results of its scans", p->detail->scan_result, s);
	if (half < c->w)
		reasons(c, half + 2, right, c->w - half - 2, "Results of its attempts",
			p->detail->collapse_result, s);
	else
		reasons(c, 0, y, c->w, "Results of its attempts", p->detail->collapse_result, s);
}
