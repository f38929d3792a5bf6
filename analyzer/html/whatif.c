// SPDX-License-Identifier: GPL-2.0-only
/* A what-if as a page: the explanation, the frontier as a plot, the tables. */
#include <stdlib.h>

#include "lib/array.h"
#include "lib/fmt.h"
#include "html/markup_priv.h"
#include "html/svg_priv.h"
#include "html/pages.h"
#include "view/formats.h"

#define HEIGHT 220 /* of the plot, pixels */
#define TICKS  5

struct page {
	const struct whatif_doc *d;
	struct doc doc;
	const char *name;
};

static bool has_words(const void *data)
{
	return ((const struct page *)data)->d->nr_lines != 0;
}

static void draw_words(struct html *h, const void *data)
{
	const struct whatif_doc *d = ((const struct page *)data)->d;
	size_t i;

	html_put(h, "<ul>\n");
	for (i = 0; i < d->nr_lines; i++)
		html_put(h, "<li>%s</li>\n", d->lines[i].text);
	html_put(h, "</ul>\n");
}

static void point(const struct whatif_row *r, struct svg_point *p)
{
	char filled[16];

	p->x = (double)r->filled_bytes;
	p->y = (double)r->tlb_entries;
	snprintf(p->tip, sizeof(p->tip), "%s %llu: max_ptes_none %lld, %s: %s filled, %llu entries",
		 r->setting ? "setting" : "recorded", (unsigned long long)r->setting,
		 (long long)r->max_ptes_none, r->orders,
		 fmt_bytes(r->filled_bytes, filled, sizeof(filled)),
		 (unsigned long long)r->tlb_entries);
}

static int by_x(const void *a, const void *b)
{
	const struct svg_point *p = a, *q = b;

	return p->x < q->x ? -1 : p->x > q->x;
}

static bool has_frontier(const void *data)
{
	const struct whatif_doc *d = ((const struct page *)data)->d;

	return d->nr_rows > 2 && d->rows[0].tlb_entries != NUM_UNKNOWN;
}

/* Marks at fifths of both axes; the lower ends are 0. */
static void ticks(double most, int bytes, struct svg_tick *t)
{
	int i;

	for (i = 0; i < TICKS; i++) {
		t[i].at = most * i / (TICKS - 1);
		if (bytes)
			fmt_bytes((__u64)t[i].at, t[i].label, sizeof(t[i].label));
		else
			fmt_short((__u64)t[i].at, t[i].label, sizeof(t[i].label));
	}
}

static void draw_frontier(struct html *h, const void *data)
{
	const struct whatif_doc *d = ((const struct page *)data)->d;
	struct svg_point *at = calloc(d->nr_rows, sizeof(*at)), then;
	struct svg_tick x[TICKS], y[TICKS];
	struct svg_lines l = { .title = "Filled memory against TLB entries",
			       .desc = "Each point is a setting that no other beats in both",
			       .height = HEIGHT };
	struct svg_line line[2];
	size_t i, nr = 0;

	if (!at)
		return;
	for (i = 0; i < d->nr_rows; i++) {
		if (d->rows[i].filled_bytes > l.x_to)
			l.x_to = (double)d->rows[i].filled_bytes;
		if (d->rows[i].tlb_entries > l.y_to)
			l.y_to = (double)d->rows[i].tlb_entries;
		if (i && whatif_doc_on_frontier(d, i))
			point(&d->rows[i], &at[nr++]);
	}
	qsort(at, nr, sizeof(*at), by_x);
	point(&d->rows[0], &then);
	line[0] = (struct svg_line){ "frontier", at, nr };
	line[1] = (struct svg_line){ "as recorded", &then, 1 };
	ticks(l.x_to, 1, x);
	ticks(l.y_to, 0, y);
	l.line = line;
	l.nr = 2;
	l.x_tick = x;
	l.y_tick = y;
	l.nr_x = l.nr_y = TICKS;
	html_put(h,
		 "<p>Memory filled with zeroes (to the right) against TLB entries that the ranges "
		 "need at the end (upwards). Bottom left is best. Settings that another one beats "
		 "in both are not drawn. Point at a setting to see its values.</p>\n<p>");
	svg_key(h, "a", "settings of the frontier");
	svg_key(h, "b", "as recorded");
	html_put(h, "</p>\n");
	svg_lines(h, &l);
	free(at);
}

static void draw_settings(struct html *h, const void *data)
{
	const struct page *p = data;
	struct html_table how = { .caption = "Setting 0 is the recording" };

	html_table(h, &p->doc, "settings", &how);
}

static void draw_sizes(struct html *h, const void *data)
{
	const struct page *p = data;
	struct html_table how = { .bar = offsetof(struct whatif_size, bytes),
				  .max = 60,
				  .more = "mthptop whatif FILE --table sizes" };

	html_table(h, &p->doc, "sizes", &how);
}

static void draw_procs(struct html *h, const void *data)
{
	const struct page *p = data;
	struct html_table how = { .max = 50, .more = "mthptop whatif FILE --table processes" };

	html_table(h, &p->doc, "processes", &how);
}

static const struct html_section sections[] = {
	{ "words", "In words", draw_words, has_words },
	{ "frontier", "Frontier", draw_frontier, has_frontier },
	{ "settings", "Settings", draw_settings, NULL },
	{ "sizes", "Sizes", draw_sizes, NULL },
	{ "processes", "Processes", draw_procs, NULL },
};

int html_whatif(const struct whatif_doc *d, const char *name, const char *table, FILE *out)
{
	struct page p = { .d = d, .doc = whatif_doc_view(d), .name = name };
	struct html h = { .out = out };
	char ranges[24], procs[24];

	html_begin(&h, "mthptop: what if");
	html_put(&h,
		 "<header>\n<p class=\"of\">%s · Linux %s · detail %s</p>\n<h1>What if: %zu "
		 "settings tried</h1>\n<p class=\"lede\">%s PMD ranges of %s address spaces, "
		 "replayed under each setting.</p>\n</header>\n",
		 html_name(name).s, html_name(d->top.release).s, d->top.detail, d->nr_rows - 1,
		 fmt_count(d->top.ranges, ranges, sizeof(ranges)),
		 fmt_count(d->top.processes, procs, sizeof(procs)));
	if (table)
		html_table(&h, &p.doc, table, NULL);
	else
		html_sections(&h, sections, ARRAY_SIZE(sections), &p);
	html_end(&h);
	return view_end(out);
}
