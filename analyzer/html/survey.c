// SPDX-License-Identifier: GPL-2.0-only
/* A survey as a page: a few sentences, folio sizes, occupancy, tables. */
#include <string.h>

#include "lib/array.h"
#include "lib/fmt.h"
#include "html/markup_priv.h"
#include "html/charts_priv.h"
#include "html/pages.h"
#include "html/svg_priv.h"
#include "view/formats.h"

#define MAX_ROWS   50
#define BAR_HEIGHT 150

struct page {
	const struct survey_rows *r;
	struct doc doc;
};

static const char *bytes(__u64 n, char *buf, size_t len)
{
	return fmt_bytes(n, buf, len);
}

/* Memory in folios of each size: whole and aligned, and others. */
static void draw_sizes(struct html *h, const void *data)
{
	static const struct html_table how = { .bar = offsetof(struct survey_order_row,
							       whole_bytes) };
	const struct page *p = data;
	struct svg_bar bar[MTHP_NR_ORDERS];
	struct svg_bars bars = { .bar = bar,
				 .height = BAR_HEIGHT,
				 .title = "Memory by folio size" };
	char most[24], whole[24], other[24], size[16];
	double max = 0;
	size_t i;

	memset(bar, 0, sizeof(bar));
	for (i = 0; i < p->r->nr_orders && i < MTHP_NR_ORDERS; i++) {
		const struct survey_order_row *o = &p->r->orders[i];
		struct svg_bar *b = &bar[bars.nr++];

		if (o->whole_bytes != NUM_UNKNOWN)
			b->v[0] = o->whole_bytes;
		if (o->unaligned_bytes != NUM_UNKNOWN)
			b->v[1] = o->unaligned_bytes;
		if (o->partial_bytes != NUM_UNKNOWN)
			b->v[1] += o->partial_bytes;
		max = b->v[0] + b->v[1] > max ? b->v[0] + b->v[1] : max;
		fmt_order(o->order, p->r->page_size, size, sizeof(size));
		memcpy(b->label, size, sizeof(size));
		snprintf(b->tip, sizeof(b->tip), "%s: %s whole and aligned, %s not", size,
			 bytes(o->whole_bytes, whole, sizeof(whole)),
			 bytes(b->v[1], other, sizeof(other)));
	}
	if (max > 0) {
		bars.max_label = bytes(max, most, sizeof(most));
		html_put(
			h,
			"<figure><figcaption><b>Anonymous memory by folio size</b>, in bytes that are "
			"mapped</figcaption>\n");
		svg_bars(h, &bars);
		html_put(h, "</figure>\n<p class=\"legend\">");
		svg_key(h, "a", "whole and naturally aligned");
		svg_key(h, "b", "mapped in part, or not aligned");
		html_put(h, "</p>\n");
	}
	html_table(h, &p->doc, "orders", &how);
}

static void draw_occupancy(struct html *h, const void *data)
{
	const struct page *p = data;
	const struct survey_occ_row *rows = p->r->occ;
	size_t nr = p->r->nr_occ / MTHP_OCC_BUCKETS, b;
	__u64 n[MTHP_OCC_BUCKETS];
	char size[16];

	if (!nr) {
		html_put(h, "<p class=\"none\">No range has memory that is mapped by PTEs.</p>\n");
		return;
	}
	chart_heat_begin(h);
	while (nr--) {
		for (b = 0; b < MTHP_OCC_BUCKETS; b++)
			n[b] = rows[nr * MTHP_OCC_BUCKETS + b].blocks;
		chart_heat_row(h,
			       fmt_order(rows[nr * MTHP_OCC_BUCKETS].order, p->r->page_size, size,
					 sizeof(size)),
			       n);
	}
	chart_heat_end(h);
	html_put(h, "<details><summary>The numbers</summary>\n");
	html_table(h, &p->doc, "occupancy", NULL);
	html_put(h, "</details>\n");
}

static void draw_procs(struct html *h, const void *data)
{
	static const struct html_table how = { .bar = offsetof(struct survey_row, present_bytes),
					       .max = MAX_ROWS,
					       .more = "mthptop survey --table processes" };
	const struct page *p = data;

	html_table(h, &p->doc, "processes", &how);
}

static void draw_cgroups(struct html *h, const void *data)
{
	static const struct html_table how = { .bar = offsetof(struct survey_row, present_bytes),
					       .max = MAX_ROWS,
					       .more = "mthptop survey --table cgroups" };
	const struct page *p = data;

	html_table(h, &p->doc, "cgroups", &how);
}

static void draw_rest(struct html *h, const void *data)
{
	const struct page *p = data;

	html_table(h, &p->doc, "mappings", NULL);
	html_table(h, &p->doc, "losses", NULL);
}

/* The summary as two columns: it is one row of many fields. */
static void draw_summary(struct html *h, const void *data)
{
	const struct page *p = data;
	const struct table *t = &survey_tables[0];
	const void *row = table_row(t, p->r, 0);
	size_t i;

	html_wide(h, t->title);
	html_put(h, "<table data-table=\"%s\"><caption>%s</caption>\n<tbody>\n", t->id, t->title);
	for (i = 0; i < t->nr_fields; i++) {
		html_put(h, "<tr><th scope=\"row\">%s</th>", t->fields[i].title);
		html_cell(h, &t->fields[i], row, p->r->page_size);
		html_put(h, "<td class=\"more\">%s</td></tr>\n", t->fields[i].help);
	}
	html_put(h, "</tbody></table>\n");
	html_wide_end(h);
}

static const struct html_section sections[] = {
	{ "sizes", "Sizes", draw_sizes, NULL },
	{ "occupancy", "Occupancy", draw_occupancy, NULL },
	{ "processes", "Processes", draw_procs, NULL },
	{ "cgroups", "Cgroups", draw_cgroups, NULL },
	{ "rest", "Other mappings, and what was left out", draw_rest, NULL },
	{ "summary", "All in numbers", draw_summary, NULL },
};

static void plan(struct html *h, const struct survey_summary *s)
{
	const struct survey_row *all = &s->all;
	char made[24], filled[24];

	if (all->plan_blocks == NUM_UNKNOWN) {
		html_put(
			h,
			"<p class=\"lede\">The settings are unknown, and with them what the policy would do."
			"</p>\n");
		return;
	}
	if (!all->plan_blocks) {
		html_put(
			h,
			"<p class=\"lede\">Under the settings in force nothing would be collapsed now.</p>\n");
		return;
	}
	html_put(h, "<p class=\"lede\">Under the settings in force (rule %s", s->rule);
	if (s->max_ptes_none != NUM_UNKNOWN)
		html_put(h, ", max_ptes_none %llu", (unsigned long long)s->max_ptes_none);
	html_put(h, ") %llu block%s would be collapsed now, to %s; %s of zeroes would be added.",
		 (unsigned long long)all->plan_blocks, all->plan_blocks == 1 ? "" : "s",
		 bytes(all->plan_bytes, made, sizeof(made)),
		 bytes(all->fill_bytes, filled, sizeof(filled)));
	if (all->tlb_entries != NUM_UNKNOWN && all->tlb_after != NUM_UNKNOWN)
		html_put(h, " Instead of %llu TLB entries, %llu would map it.",
			 (unsigned long long)all->tlb_entries, (unsigned long long)all->tlb_after);
	html_put(h, "</p>\n");
}

static void head(struct html *h, const struct survey_rows *r)
{
	const struct survey_summary *s = &r->summary;
	char present[24], share[24], start[64], took[24];

	html_put(
		h,
		"<header>\n<p class=\"of\">Linux %s %s · %s · took %s</p>\n<h1>%s of anonymous memory",
		html_name(s->release).s, html_name(s->machine).s,
		fmt_time(s->start_ns, start, sizeof(start)), fmt_ns(s->took_ns, took, sizeof(took)),
		bytes(s->all.present_bytes, present, sizeof(present)));
	if (s->all.huge_ppm != NUM_UNKNOWN)
		html_put(h, ", %s of it huge", fmt_ppm(s->all.huge_ppm, share, sizeof(share)));
	html_put(h, "</h1>\n<p class=\"lede\">In %llu of %llu processes looked at.</p>\n",
		 (unsigned long long)s->all.processes, (unsigned long long)s->processes_seen);
	plan(h, s);
	if (!s->folios_known)
		html_put(h,
			 "<p class=\"warn\"><b>Sizes of folios are unknown:</b> reading them needs "
			 "CAP_SYS_ADMIN.</p>\n");
	if (s->lost)
		html_put(h,
			 "<p class=\"warn\"><b>%llu left out</b>, in part or as a whole: <a "
			 "href=\"#rest\">see below</a>.</p>\n",
			 (unsigned long long)s->lost);
	html_put(h, "</header>\n");
}

int html_survey(const struct survey_rows *r, const char *table, FILE *out)
{
	struct page p = { .r = r, .doc = survey_doc(r) };
	struct html h = { .out = out };

	html_begin(&h, "mthptop: a survey of memory");
	head(&h, r);
	if (table && strcmp(table, "summary"))
		html_table(&h, &p.doc, table, NULL);
	else if (table)
		draw_summary(&h, &p);
	else
		html_sections(&h, sections, ARRAY_SIZE(sections), &p);
	html_put(&h, "<footer><p class=\"note\">Made by mthptop. All numbers, exact: "
		     "<code>mthptop survey --format json</code>.</p></footer>\n");
	html_end(&h);
	return view_end(out);
}
