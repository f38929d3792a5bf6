// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of a doc as HTML tables: heads, help and numbers come from model/field.c, as everywhere.
 *
 * A note below names what is left out: columns in which everything is unknown, idle rows, rows beyond the
 * maximum.
 */
#include <stdlib.h>
#include <string.h>

#include "html/markup_priv.h"

#define CELL 512
#define COLS 32

struct grid {
	const struct doc *d;
	const struct table *t;
	const struct html_table *how;
	const struct field *col[COLS], *idle, *bar;
	bool known[COLS];
	size_t nr_cols, shown, idle_rows, cut;
	__u64 most; /* greatest number of the bars */
};

static const struct table *find(const struct doc *d, const char *id)
{
	size_t i;

	for (i = 0; i < d->nr_tables; i++)
		if (!strcmp(d->tables[i].id, id))
			return &d->tables[i];
	return NULL;
}

static bool is_number(const struct field *f)
{
	return !field_is_text(f) && f->type != FIELD_HEX;
}

/* The unit of a number that is rounded for people, so that the exact one is its title; NULL: not rounded. */
static const char *exact_unit(const struct field *f)
{
	switch (f->type) {
	case FIELD_BYTES:
		return "bytes";
	case FIELD_NS:
		return "ns";
	case FIELD_PPM:
		return "ppm";
	default:
		return NULL;
	}
}

void html_cell(struct html *h, const struct field *f, const void *row, __u32 page_size)
{
	const char *unit = exact_unit(f);
	char cell[CELL];
	__u64 n;

	if (field_is_text(f) && strcmp(field_str(f, row), "-") && field_str(f, row)[0]) {
		html_put(h, "<td>%s</td>", html_name(field_str(f, row)).s);
		return;
	}
	field_text(f, row, page_size, cell, sizeof(cell));
	if (!is_number(f)) {
		html_put(h, f->type == FIELD_HEX ? "<td class=\"x\">%s</td>" : "<td>%s</td>", cell);
		return;
	}
	n = field_u64(f, row);
	if (unit && n != NUM_UNKNOWN)
		html_put(h, "<td class=\"n\" title=\"%llu %s\">%s</td>", (unsigned long long)n,
			 unit, cell);
	else
		html_put(h, "<td class=\"n\">%s</td>", cell);
}

static bool is_shown(struct grid *g, const void *row)
{
	if (g->how->pick && !g->how->pick(g->d, row))
		return false;
	if (g->idle && !field_u64(g->idle, row)) {
		g->idle_rows++;
		return false;
	}
	if (g->how->max && g->shown >= g->how->max) {
		g->cut++;
		return false;
	}
	g->shown++;
	return true;
}

static void look(struct grid *g)
{
	size_t rows = table_rows(g->t, g->d->data), r, i;
	char cell[CELL];

	g->shown = g->idle_rows = g->cut = 0;
	for (r = 0; r < rows; r++) {
		const void *row = table_row(g->t, g->d->data, r);

		if (!is_shown(g, row))
			continue;
		for (i = 0; i < g->nr_cols; i++)
			g->known[i] |= strcmp(field_text(g->col[i], row, g->d->page_size, cell,
							 sizeof(cell)),
					      "-") != 0;
		if (g->bar && field_u64(g->bar, row) != NUM_UNKNOWN &&
		    field_u64(g->bar, row) > g->most)
			g->most = field_u64(g->bar, row);
	}
}

static void lay_out(struct grid *g, const struct doc *d, const struct table *t,
		    const struct html_table *how)
{
	size_t i;

	memset(g, 0, sizeof(*g));
	g->d = d;
	g->t = t;
	g->how = how;
	g->idle = t->idle ? table_field(t, t->idle) : NULL;
	g->bar = how->bar ? table_field_at(t, how->bar) : NULL;
	g->nr_cols = how->fields ? how->nr_fields : t->nr_fields;
	if (g->nr_cols > COLS)
		g->nr_cols = COLS;
	for (i = 0; i < g->nr_cols; i++)
		g->col[i] = how->fields ? table_field_at(t, how->fields[i]) : &t->fields[i];
	look(g);
}

static void heads(struct html *h, const struct grid *g)
{
	size_t i;

	html_put(h, "<thead><tr>");
	for (i = 0; i < g->nr_cols; i++) {
		if (!g->known[i])
			continue;
		html_put(h,
			 is_number(g->col[i]) ?
				 "<th scope=\"col\" class=\"n\" title=\"%s\">%s</th>" :
				 "<th scope=\"col\" title=\"%s\">%s</th>",
			 g->col[i]->help, g->col[i]->title);
	}
	/* The number has a column of its own. */
	if (g->bar)
		html_put(h, "<td class=\"bar\"></td>");
	html_put(h, "</tr></thead>\n");
}

static void bar(struct html *h, const struct grid *g, const void *row)
{
	__u64 n = field_u64(g->bar, row);

	html_put(h, "<td class=\"bar\">");
	if (n && n != NUM_UNKNOWN && g->most)
		html_put(h,
			 "<svg width=\"100%%\" height=\"10\" aria-hidden=\"true\"><rect class=\"a\""
			 " width=\"%.2f%%\" height=\"10\"/></svg>",
			 100.0 * n / g->most);
	html_put(h, "</td>");
}

static void body(struct html *h, struct grid *g)
{
	size_t rows = table_rows(g->t, g->d->data), r, i;

	g->shown = g->idle_rows = g->cut = 0;
	html_put(h, "<tbody>\n");
	for (r = 0; r < rows; r++) {
		const void *row = table_row(g->t, g->d->data, r);

		if (!is_shown(g, row))
			continue;
		html_put(h, "<tr>");
		for (i = 0; i < g->nr_cols; i++)
			if (g->known[i])
				html_cell(h, g->col[i], row, g->d->page_size);
		if (g->bar)
			bar(h, g, row);
		html_put(h, "</tr>\n");
	}
	html_put(h, "</tbody>\n");
}

/* Columns that this page leaves out to be readable. */
static void not_shown(struct html *h, const struct grid *g)
{
	const char *sep = "Not shown here: ";
	size_t i, k;

	for (i = 0; g->how->fields && i < g->t->nr_fields; i++) {
		for (k = 0; k < g->nr_cols && g->col[k] != &g->t->fields[i]; k++)
			;
		if (k < g->nr_cols)
			continue;
		html_put(h, *sep == 'N' ? "<p class=\"note\">%s%s" : "%s%s", sep,
			 g->t->fields[i].title);
		sep = ", ";
	}
	if (*sep == ',')
		html_put(h, ".</p>\n");
}

static void footnotes(struct html *h, const struct grid *g)
{
	const char *sep = "Unknown: ";
	size_t i;

	if (g->cut) {
		html_put(h, "<p class=\"note left-out\">%zu more row%s left out here", g->cut,
			 g->cut == 1 ? " is" : "s are");
		if (g->how->more)
			html_put(h, "; <code>%s</code> shows all", g->how->more);
		html_put(h, ".</p>\n");
	}
	if (g->idle_rows)
		html_put(h, "<p class=\"note\">%zu more row%s without a %s %s left out.</p>\n",
			 g->idle_rows, g->idle_rows == 1 ? "" : "s", g->idle->title,
			 g->idle_rows == 1 ? "is" : "are");
	for (i = 0; i < g->nr_cols; i++) {
		if (g->known[i])
			continue;
		html_put(h, *sep == 'U' ? "<p class=\"note\">%s%s" : "%s%s", sep, g->col[i]->title);
		sep = ", ";
	}
	if (*sep == ',')
		html_put(h, ".</p>\n");
}

/* The help of the columns: few people see a title attribute, and paper has none. */
static void help(struct html *h, const struct grid *g)
{
	size_t i;

	html_put(h, "<details><summary>What the columns are</summary>\n<dl class=\"help\">\n");
	for (i = 0; i < g->nr_cols; i++)
		if (g->known[i])
			html_put(h, "<dt>%s</dt><dd>%s</dd>\n", g->col[i]->title, g->col[i]->help);
	html_put(h, "</dl></details>\n");
}

void html_table(struct html *h, const struct doc *d, const char *id, const struct html_table *how)
{
	static const struct html_table plain;
	const struct table *t = find(d, id);
	const char *caption;
	struct grid g;

	if (!t)
		return;
	if (table_unknown(t, d->has)) {
		html_put(h, "<p class=\"none unknown\">%s: %s.</p>\n", t->title,
			 table_unknown(t, d->has));
		return;
	}
	how = how ? how : &plain;
	lay_out(&g, d, t, how);
	if (!g.shown) {
		html_put(h, "<p class=\"none\">%s: %s.</p>\n",
			 how->caption ? how->caption : t->title, t->none ? t->none : "none");
		if (g.idle_rows)
			footnotes(h, &g);
		return;
	}
	caption = how->caption ? how->caption : t->title;
	html_wide(h, caption);
	html_put(h, "<table data-table=\"%s\"><caption>%s</caption>\n", t->id, caption);
	heads(h, &g);
	body(h, &g);
	html_put(h, "</table>\n");
	html_wide_end(h);
	footnotes(h, &g);
	not_shown(h, &g);
	help(h, &g);
}
