// SPDX-License-Identifier: GPL-2.0-only
/*
 * Survey: the anonymous memory of processes now, and what the policy would collapse. Sizes, occupancy of
 * PMD ranges, cgroups and processes, one below the other; every number by its field.
 */
#include <string.h>

#include "lib/fmt.h"
#include "tui/screen_parts_priv.h"
#include "tui/screen_priv.h"
#include "survey/tables.h"

#define GAP  2
#define CELL 64

static const char *const order_cols[] = { "order",
					  "enabled",
					  "whole_bytes",
					  "pmd_bytes",
					  "unaligned_bytes",
					  "partial_bytes",
					  "contig_bytes",
					  "plan_blocks",
					  "fill_bytes",
					  "change",
					  NULL };
static const char *const proc_cols[] = { "pid",		"comm",		  "present_bytes",
					 "huge_ppm",	"eligible_bytes", "plan_blocks",
					 "fill_bytes",	"tlb_entries",	  "tlb_after",
					 "huge_change", "present_change", NULL };
static const char *const cgroup_cols[] = { "cgroup",	  "processes",	 "present_bytes",
					   "huge_ppm",	  "plan_blocks", "fill_bytes",
					   "tlb_entries", "tlb_after",	 "huge_change",
					   NULL };
static const char *const map_cols[] = { "address",    "cells", "present_bytes",
					"huge_bytes", "sizes", "swap_bytes",
					NULL };
static const char *const loss_cols[] = { "name", "count", "meaning", NULL };

/* Is this row of @t shown? Idle ones are not. */
static int is_shown(const struct table *t, const void *row)
{
	return !t->idle || field_u64(table_field(t, t->idle), row);
}

static int width_of(const struct cells *c, const struct doc *d, const struct table *t,
		    const struct field *f)
{
	int width = cells_width(c, f->title), w;
	size_t rows = table_rows(t, d->data), i;
	char cell[CELL];

	for (i = 0; i < rows; i++) {
		w = cells_width(c, field_text(f, table_row(t, d->data, i), d->page_size, cell,
					      sizeof(cell)));
		width = w > width ? w : width;
	}
	return width;
}

/* A row of the map: huge pages, smaller folios, full and holed pages, and what is swapped out, in colours of their own. */
static void put_map(struct cells *c, int x, int y, const char *text)
{
	char one[2] = "";
	enum colour colour;

	for (; *text; text++, x++) {
		one[0] = *text;
		colour = *text == SURVEY_MAP_PMD   ? COL_GOOD :
			 *text == SURVEY_MAP_FULL  ? COL_TEXT :
			 *text == SURVEY_MAP_SMALL ? COL_WARN :
			 *text == SURVEY_MAP_SWAP  ? COL_BAD :
			 *text == SURVEY_MAP_EMPTY ? COL_DIM :
						     COL_BAR;
		cells_put(c, x, y, 1, colour, one);
	}
}

static void put(struct cells *c, int x, int y, int w, const struct field *f, enum colour colour,
		const char *text)
{
	if (f->type == FIELD_CHARS && !strcmp(f->id, "cells") && colour == COL_TEXT)
		put_map(c, x, y, text);
	else if (field_is_text(f))
		cells_left(c, x, y, w, colour, text);
	else
		cells_right(c, x, y, w, colour, text);
}

/* Columns of a table, as many as fit; the others are named. */
static int draw_table(struct cells *c, int y, const struct doc *d, const char *id,
		      const char *const *cols)
{
	const struct table *t = table_in(survey_tables, nr_survey_tables, id);
	size_t rows = table_rows(t, d->data), i;
	char cell[CELL];
	int x = 1, top = y, w;

	for (; *cols; cols++, x += w + GAP) {
		const struct field *f = table_field(t, *cols);

		w = width_of(c, d, t, f);
		if (x + w > c->w)
			break;
		y = top;
		put(c, x, y++, w, f, COL_HEAD, f->title);
		for (i = 0; i < rows; i++) {
			const void *row = table_row(t, d->data, i);

			if (is_shown(t, row))
				put(c, x, y++, w, f, COL_TEXT,
				    field_text(f, row, d->page_size, cell, sizeof(cell)));
		}
	}
	if (!*cols)
		return y;
	for (x = 1; *cols; cols++)
		x = cells_printf(c, x, y, COL_DIM, "%s%s", x == 1 ? "no room for: " : ", ",
				 table_field(t, *cols)->title);
	return y + 1;
}

static int draw_head(struct cells *c, const struct survey_summary *s)
{
	char text[256], a[24], b[24], d[24], e[24], f[24];
	int y;

	snprintf(
		text, sizeof(text),
		"Anonymous memory of %llu processes: %s · %s in folios larger than a page (%s) · %s mapped by PMDs",
		(unsigned long long)s->all.processes, fmt_bytes(s->all.present_bytes, a, sizeof(a)),
		fmt_bytes(s->all.huge_bytes, b, sizeof(b)), fmt_ppm(s->all.huge_ppm, d, sizeof(d)),
		fmt_bytes(s->all.pmd_bytes, e, sizeof(e)));
	y = scr_text(c, 0, 0, c->w, COL_TEXT, text);
	snprintf(
		text, sizeof(text),
		"Plan (rule %s, max_ptes_none %s): %s blocks, %s filled · TLB entries %s, after the plan %s",
		s->rule, fmt_count(s->max_ptes_none, a, sizeof(a)),
		fmt_count(s->all.plan_blocks, b, sizeof(b)),
		fmt_bytes(s->all.fill_bytes, d, sizeof(d)),
		fmt_short(s->all.tlb_entries, e, sizeof(e)),
		fmt_short(s->all.tlb_after, f, sizeof(f)));
	y = scr_text(c, 0, y, c->w, COL_TEXT, text);
	if (!s->folios_known)
		y = scr_text(c, 0, y, c->w, COL_WARN,
			     "Folio sizes are unknown: reading them needs CAP_SYS_ADMIN");
	return y;
}

/* Occupancy of PMD ranges: a bar for each bucket that has some. */
static int draw_fill(struct cells *c, int y, const struct survey_rows *r)
{
	__u64 most = 0;
	char text[24];
	size_t i;

	for (i = 0; i < r->nr_occ; i++)
		if (r->occ[i].order == r->summary.pmd_order && r->occ[i].blocks > most)
			most = r->occ[i].blocks;
	for (i = r->nr_occ; most && i-- > 0;) {
		const struct survey_occ_row *o = &r->occ[i];

		if (o->order != r->summary.pmd_order || !o->blocks)
			continue;
		cells_left(c, 1, y, 7, COL_TEXT, o->bucket);
		cells_right(c, 8, y, 6, COL_TEXT, fmt_short(o->blocks, text, sizeof(text)));
		cells_bar(c, 16, y, c->w - 17, COL_BAR, o->blocks, most);
		y++;
	}
	if (!most)
		cells_put(c, 1, y++, -1, COL_DIM, "no range is mapped by PTEs");
	return y;
}

void scr_survey(struct cells *c, const struct snapshot *s, const struct ui *ui)
{
	const struct survey_view *v = (const struct survey_view *)s->extra;
	const struct survey_rows *r;
	struct doc d;
	char text[96], a[24], b[24];
	int y;

	if (!v) {
		scr_text(c, 0, 0, c->w, COL_DIM,
			 "No survey (mthptop survey --all --watch SECS shows one here)");
		return;
	}
	r = v->rows;
	d = survey_doc(r);
	y = draw_head(c, &r->summary);
	y = scr_title(c, 0, y, c->w, "Sizes");
	y = draw_table(c, y, &d, "orders", order_cols);
	y = scr_title(c, 0, y + 1, c->w, "PMD ranges by occupancy");
	y = draw_fill(c, y, r);
	if (r->summary.lost) {
		y = scr_title(c, 0, y + 1, c->w, "Not read");
		y = draw_table(c, y, &d, "losses", loss_cols);
	}
	if (r->nr_cgroups > 1) {
		y = scr_title(c, 0, y + 1, c->w, "Cgroups");
		y = draw_table(c, y, &d, "cgroups", cgroup_cols);
	}
	y = scr_title(c, 0, y + 1, c->w, "Processes");
	y = draw_table(c, y, &d, "processes", proc_cols);
	if (r->nr_map) {
		y = scr_title(c, 0, y + 1, c->w, "PMD ranges");
		y = draw_table(c, y, &d, "map", map_cols);
	}
	snprintf(text, sizeof(text), "The survey took %s; the longest read of page tables took %s",
		 fmt_ns(r->summary.took_ns, a, sizeof(a)),
		 fmt_ns(r->summary.hold_pages_ns, b, sizeof(b)));
	cells_put(c, 1, y + 1, -1, COL_DIM, text);
}
