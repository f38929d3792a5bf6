// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two runs as a page: their summaries side by side, their shapes over each other in shares, and every
 * number that differs.
 */
#include <string.h>

#include "model/verdict.h"
#include "lib/array.h"
#include "view/answers.h"
#include "lib/fmt.h"
#include "html/markup_priv.h"
#include "html/charts_priv.h"
#include "html/svg_priv.h"
#include "view/formats.h"
#include "html/pages.h"

#define MAX_ROWS 250
#define CELL	 128

struct page {
	const struct diff *d;
	const char *name_a, *name_b;
};

static void legend(struct html *h)
{
	html_put(h, "<p class=\"legend\">");
	svg_key(h, "under", "A");
	svg_key(h, "over", "B");
	html_put(h, "</p>\n");
}

/* By how much B has more: "+12.0%"; "": not a number that grows, or unknown. */
static void change(const struct field *f, const void *a, const void *b, char *buf, size_t len)
{
	__u64 x = field_u64(f, a), y = field_u64(f, b);

	buf[0] = '\0';
	if ((f->type != FIELD_COUNT && f->type != FIELD_BYTES && f->type != FIELD_NS) ||
	    x == NUM_UNKNOWN || y == NUM_UNKNOWN || x == y)
		return;
	if (!x)
		snprintf(buf, len, "new");
	else
		snprintf(buf, len, "%+.1f%%", 100.0 * ((double)y - (double)x) / (double)x);
}

static void draw_summary(struct html *h, const void *data)
{
	const struct page *p = data;
	const struct table *t = &tables[TABLE_SUMMARY];
	const struct snap_summary *a = &p->d->a->summary, *b = &p->d->b->summary;
	char more[32];
	size_t i;

	html_wide(h, "Both summaries");
	html_put(h,
		 "<table data-table=\"summary\"><caption>Both summaries side by side</caption>\n"
		 "<thead><tr><th scope=\"col\">what</th><th scope=\"col\" class=\"n\">A</th>"
		 "<th scope=\"col\" class=\"n\">B</th><th scope=\"col\" class=\"n\">B is</th></tr>"
		 "</thead>\n<tbody>\n");
	for (i = 0; i < t->nr_fields; i++) {
		const struct field *f = &t->fields[i];

		change(f, a, b, more, sizeof(more));
		html_put(h, "<tr><th scope=\"row\" title=\"%s\">%s</th>", f->help, f->title);
		html_cell(h, f, a, p->d->a->meta.page_size);
		html_cell(h, f, b, p->d->b->meta.page_size);
		html_put(h, "<td class=\"n more\">%s</td></tr>\n", more);
	}
	html_put(h, "</tbody></table>\n");
	html_wide_end(h);
}

static void draw_orders(struct html *h, const void *data)
{
	const struct page *p = data;

	chart_orders(h, p->d->a, p->d->b);
	legend(h);
}

static void draw_shapes(struct html *h, const struct page *p, const __u64 *orders, size_t nr,
			void (*draw)(struct html *, const struct snapshot *,
				     const struct snapshot *, __u64, bool))
{
	size_t i;

	if (!nr) {
		html_put(h, "<p class=\"none\">Unknown in both traces.</p>\n");
		return;
	}
	if (nr > 1)
		html_put(h, "<div class=\"multiples\">\n");
	for (i = nr; i; i--)
		draw(h, p->d->a, p->d->b, orders[i - 1], nr == 1);
	if (nr > 1)
		html_put(h, "</div>\n");
	legend(h);
}

static void draw_occupancy(struct html *h, const void *data)
{
	const struct page *p = data;
	__u64 orders[MTHP_NR_ORDERS];
	size_t nr = chart_occ_orders(p->d->a, p->d->b, orders);

	draw_shapes(h, p, orders, nr, chart_occupancy);
}

static void draw_durations(struct html *h, const void *data)
{
	const struct page *p = data;
	__u64 orders[MTHP_NR_ORDERS];
	size_t nr = chart_dur_orders(p->d->a, p->d->b, orders);

	draw_shapes(h, p, orders, nr, chart_durations);
}

static bool has_locks(const void *data)
{
	const struct page *p = data;

	return p->d->a->nr_locks || p->d->b->nr_locks;
}

static void draw_locks(struct html *h, const void *data)
{
	const struct page *p = data;

	chart_locks(h, p->d->a, p->d->b);
	legend(h);
}

static void side(struct html *h, const struct diff_row *r, const struct snapshot *s,
		 const void *row, __u64 ppm)
{
	char share[24] = "";

	if (!row) {
		html_put(h, "<td class=\"n\">-</td><td class=\"n more\"></td>");
		return;
	}
	html_cell(h, r->field, row, s->meta.page_size);
	if (ppm != NUM_UNKNOWN)
		fmt_ppm(ppm, share, sizeof(share));
	html_put(h, "<td class=\"n more\">%s</td>", share);
}

static void draw_differences(struct html *h, const void *data)
{
	const struct page *p = data;
	const struct diff *d = p->d;
	const struct table *t = NULL;
	char key[CELL];
	size_t i;

	if (!d->nr_rows) {
		html_put(h, "<p class=\"none\">No number differs.</p>\n");
		return;
	}
	html_wide(h, "Every number that differs");
	html_put(h,
		 "<table data-table=\"differences\"><caption>Every number that differs; shares are "
		 "of the sum of its column</caption>\n<thead><tr><th scope=\"col\">row</th>"
		 "<th scope=\"col\">number</th><th scope=\"col\" class=\"n\">A</th>"
		 "<th scope=\"col\" class=\"n\">share</th><th scope=\"col\" class=\"n\">B</th>"
		 "<th scope=\"col\" class=\"n\">share</th></tr></thead>\n<tbody>\n");
	for (i = 0; i < d->nr_rows && i < MAX_ROWS; i++) {
		const struct diff_row *r = &d->rows[i];

		if (r->table != t) {
			t = r->table;
			html_put(
				h,
				"<tr class=\"group\"><th colspan=\"6\" scope=\"rowgroup\">%s</th></tr>\n",
				t->title);
		}
		diff_key(d, r, key, sizeof(key));
		html_put(h, "<tr><th scope=\"row\">%s</th><td title=\"%s\">%s</td>", key,
			 r->field->help, r->field->title);
		side(h, r, d->a, r->a, r->share_a_ppm);
		side(h, r, d->b, r->b, r->share_b_ppm);
		html_put(h, "</tr>\n");
	}
	html_put(h, "</tbody></table>\n");
	html_wide_end(h);
	if (i < d->nr_rows)
		html_put(h,
			 "<p class=\"note left-out\">%zu more rows are left out here; "
			 "<code>mthptop diff A B</code> shows all.</p>\n",
			 d->nr_rows - i);
	html_put(
		h,
		"<p class=\"note\">Processes and timelines are not compared: those of two runs are "
		"unrelated.</p>\n");
}

static const struct html_section sections[] = {
	{ "summary", "Summary", draw_summary, NULL },
	{ "sizes", "Sizes", draw_orders, NULL },
	{ "occupancy", "Occupancy", draw_occupancy, NULL },
	{ "durations", "Durations", draw_durations, NULL },
	{ "locks", "Lock", draw_locks, has_locks },
	{ "differences", "Differences", draw_differences, NULL },
};

static void one_run(struct html *h, const char *letter, const char *name, const struct snapshot *s)
{
	char took[24];

	html_put(h, "<p><b>%s</b> is %s. %s: %s in %s, on Linux %s.", letter, html_name(name).s,
		 verdict_title(s->verdict.word), s->summary.headline,
		 fmt_ns(s->summary.duration_ns, took, sizeof(took)),
		 html_name(s->summary.release).s);
	if (!s->summary.complete)
		html_put(h, " <b>It is truncated.</b>");
	if (s->summary.lost)
		html_put(h, " <b>%llu of its events and rows were lost.</b>",
			 (unsigned long long)s->summary.lost);
	html_put(h, "</p>\n");
}

int html_diff(const struct diff *d, const char *name_a, const char *name_b, FILE *out)
{
	struct page p = { d, name_a, name_b };
	struct html h = { .out = out };

	html_begin(&h, "mthptop: two runs compared");
	html_put(&h, "<header>\n<p class=\"of\">%s · %s</p>\n<h1>Two runs over each other</h1>\n",
		 html_name(name_a).s, html_name(name_b).s);
	one_run(&h, "A", name_a, d->a);
	one_run(&h, "B", name_b, d->b);
	html_put(
		&h,
		"<p class=\"note\">Histograms are in percent of each run, because two runs rarely have "
		"the same length.</p>\n</header>\n");
	html_sections(&h, sections, ARRAY_SIZE(sections), &p);
	html_put(&h, "<footer><p class=\"note\">Made by mthptop. The same, exact: "
		     "<code>mthptop diff A B --format json</code>.</p></footer>\n");
	html_end(&h);
	return view_end(out);
}
