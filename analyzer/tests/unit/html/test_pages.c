// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whole pages against golden files: tables of the sample doc, charts, a what-if. The style sheet is left
 * out. MTHP_GOLDEN_UPDATE=1 writes the files anew.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "html/charts_priv.h"
#include "html/markup_priv.h"
#include "html/pages.h"
#include "html/svg_priv.h"
#include "tests/support/cm.h"
#include "tests/support/events.h"
#include "tests/support/golden.h"
#include "tests/support/sample_doc.h"

struct page {
	struct html h;
	char *text;
	size_t len;
};

static void page_begin(struct page *p)
{
	memset(p, 0, sizeof(*p));
	p->h.out = open_memstream(&p->text, &p->len);
	assert_non_null(p->h.out);
}

static void page_end(struct page *p, const char *name)
{
	char *style, *end;

	fclose(p->h.out);
	style = strstr(p->text, "<style>\n");
	end = style ? strstr(style, "</style>") : NULL;
	if (end)
		memmove(style + 8, end, strlen(end) + 1);
	golden_check(name, p->text);
	free(p->text);
}

static bool pick_plain(const struct doc *d, const void *row)
{
	return !strcmp(((const struct sample_thing *)row)->kind, "plain");
}

static void test_tables(void **state)
{
	static const size_t fields[] = { offsetof(struct sample_thing, kind),
					 offsetof(struct sample_thing, bytes),
					 offsetof(struct sample_thing, nothing) };
	static const struct html_table bars = { .bar = offsetof(struct sample_thing, share_ppm),
						.caption = "With bars" };
	static const struct html_table some = {
		.fields = fields, .nr_fields = ARRAY_SIZE(fields), .max = 1, .more = "mthptop --all"
	};
	static const struct html_table picked = { .pick = pick_plain, .max = 5 };
	struct doc d = sample_doc();
	struct page p;
	page_begin(&p);
	html_begin(&p.h, "tables");
	html_table(&p.h, &d, "sum", NULL);
	html_table(&p.h, &d, "things", NULL);
	html_table(&p.h, &d, "things", &bars);
	html_table(&p.h, &d, "things", &some);
	html_table(&p.h, &d, "course", &picked);
	html_table(&p.h, &d, "none", &some);
	html_table(&p.h, &d, "unknown", NULL);
	html_table(&p.h, &d, "no such table", NULL);
	html_end(&p.h);
	page_end(&p, "tables.html");
}

static int drawn;

static void draw(struct html *h, const void *data)
{
	html_put(h, "<p>%s %d</p>\n", (const char *)data, ++drawn);
}

static bool never(const void *data)
{
	return false;
}

static bool always(const void *data)
{
	return true;
}

static void test_sections(void **state)
{
	static const struct html_section list[] = { { "a", "First", draw, NULL },
						    { "b", "Second", draw, never },
						    { "c", "Third & last", draw, always } };
	struct page p;
	drawn = 0;
	page_begin(&p);
	html_sections(&p.h, list, ARRAY_SIZE(list), "<data>");
	page_end(&p, "sections.html");
	assert_int_equal(drawn, 2);
}

/* Two bars with a small difference, and an empty one; then many bars. */
static void test_bars(void **state)
{
	static const struct svg_bar few[] = { { { 40, 10 }, "a", 0, "the first" },
					      { { 0.01, 100 }, "b", 1, "" },
					      { { 0, 0 }, "", 0, "empty" } };
	/* Its highest one is of the first series. */
	static const struct svg_bar lower[] = { { { 30, 5 }, "x", 0, "" },
						{ { 7, 20 }, "y", 0, "" } };
	struct svg_bar many[48];
	struct svg_bars bars = { .title = "Few <bars>",
				 .desc = "described",
				 .bar = few,
				 .nr = ARRAY_SIZE(few),
				 .height = 100,
				 .max_label = "110" };
	struct page p;
	size_t i;
	page_begin(&p);
	svg_bars(&p.h, &bars);
	bars.style = SVG_OVERLAID;
	bars.desc = NULL;
	svg_bars(&p.h, &bars);
	bars.bar = lower;
	bars.nr = ARRAY_SIZE(lower);
	svg_bars(&p.h, &bars);
	bars.bar = few;
	bars.nr = ARRAY_SIZE(few);
	bars.style = SVG_STACKED;
	bars.second = "c";
	bars.max = 200;
	bars.max_label = NULL;
	svg_bars(&p.h, &bars);
	memset(many, 0, sizeof(many));
	for (i = 0; i < ARRAY_SIZE(many); i++) {
		many[i].v[0] = i;
		if (i % 47 == 0)
			strcpy(many[i].label, "end");
	}
	bars = (struct svg_bars){ .title = "many", .bar = many, .nr = 48, .height = 10 };
	svg_bars(&p.h, &bars);
	bars.nr = 13;
	svg_bars(&p.h, &bars);
	bars.nr = 0;
	svg_bars(&p.h, &bars);
	page_end(&p, "bars.html");
}

static void test_strip(void **state)
{
	static const double shares[] = { 0, 0.004, 0.005, 0.01, 0.049, 0.05, 0.1, 0.25, 0.5, 1 };
	static const char *const tips[] = { "a", "b", "c", "d", "e", "f", "g", "h", "<i>", "j" };
	struct page p;
	unsigned int i;
	page_begin(&p);
	svg_strip(&p.h, "strip", shares, tips, ARRAY_SIZE(shares), 24);
	for (i = 0; i <= SVG_STEPS; i++)
		html_put(&p.h, "%.2f ", svg_step_from(i));
	svg_key(&p.h, "q3", "a & b");
	page_end(&p, "strip.html");
}

static void test_lines(void **state)
{
	static const struct svg_point at[] = { { 0, 5, "low" }, { 50, 100, "" }, { 100, 0, "<" } };
	static const struct svg_point one = { 20, 20, "alone" };
	static const struct svg_tick x[] = { { 0, "0" }, { 100, "100" } }, y[] = { { 50, "half" } };
	static const struct svg_line line[] = { { "first", at, 3 }, { "second", &one, 1 } };
	struct svg_lines l = { .title = "lines",
			       .line = line,
			       .nr = 2,
			       .x_to = 100,
			       .y_to = 100,
			       .x_tick = x,
			       .nr_x = 2,
			       .y_tick = y,
			       .nr_y = 1,
			       .height = 80 };
	struct page p;
	page_begin(&p);
	svg_lines(&p.h, &l);
	/* All in one point. */
	l.x_to = l.y_to = 0;
	svg_lines(&p.h, &l);
	page_end(&p, "lines.html");
}

static struct snapshot *take(struct model *m)
{
	struct snapshot *s = snapshot_take(m);

	model_free(m);
	assert_non_null(s);
	return s;
}

/* Every chart, of one snapshot and of two. */
static void test_charts(void **state)
{
	struct mthp_ev ev = evs_make(MTHP_K_COLLAPSE, MTHP_R_SUCCEED, 3500000000, 1);
	struct model *m = evs_model();
	struct snapshot *a = take(evs_model()), *b;
	__u64 orders[MTHP_NR_ORDERS];
	struct page p;
	ev.order = 4;
	ev.known = MTHP_KNOWN(FILLED) | MTHP_KNOWN_DUR;
	ev.dur_ns = 3000000;
	model_event(m, &ev);
	ev = evs_scan(MTHP_R_SUCCEED, 3600000000, 1, 300, MTHP_SAMPLE_COMPLETE);
	model_event(m, &ev);
	b = take(m);
	page_begin(&p);
	chart_orders(&p.h, b, NULL);
	chart_orders(&p.h, a, NULL);
	chart_orders(&p.h, a, b);
	chart_heat(&p.h, b);
	chart_occupancy(&p.h, b, NULL, 9, 1);
	chart_occupancy(&p.h, a, b, 9, 0);
	chart_durations(&p.h, b, NULL, 9, 1);
	chart_durations(&p.h, a, b, 4, 0);
	chart_locks(&p.h, a, b);
	/* Five slots are enough for a golden file. */
	b->nr_timeline = 5;
	b->timeline[3].collapses = b->timeline[3].collapses_at[9] = 3;
	b->timeline[4].filled_bytes = 1 << 20;
	b->timeline[1].failures = 7;
	chart_timeline(&p.h, b);
	page_end(&p, "charts.html");
	assert_int_equal(chart_occ_orders(a, b, orders), 1);
	assert_int_equal(chart_dur_orders(a, b, orders), 2);
	assert_true(orders[0] == 4 && orders[1] == 9);
	snapshot_free(a);
	snapshot_free(b);
}

/* A what-if of four settings, one of which does not lie on the frontier. */
static void test_whatif(void **state)
{
	static const __u64 made[][2] = { { 10, 100 }, { 0, 90 }, { 8, 50 }, { 9, 60 }, { 40, 10 } };
	static struct whatif_row rows[ARRAY_SIZE(made)];
	struct whatif_line lines[] = { { "Best: <none>." }, { "Second." } };
	struct whatif_size sizes[] = { { 1, 4, 2, 2 << 16 } };
	struct whatif_doc d = { .page_size = 4096,
				.pmd_order = 9,
				.top = { "6.12.0", "plans", 3, 2, 1, 4 },
				.rows = rows,
				.nr_rows = ARRAY_SIZE(made),
				.sizes = sizes,
				.nr_sizes = 1,
				.lines = lines,
				.nr_lines = 2 };
	struct page p;
	size_t i;
	for (i = 0; i < ARRAY_SIZE(made); i++) {
		rows[i].setting = i;
		rows[i].rule = i ? "guard" : "";
		strcpy(rows[i].orders, i ? "64K" : "recorded");
		rows[i].max_ptes_none = 10 * i;
		rows[i].filled_bytes = made[i][0] * 4096;
		rows[i].tlb_entries = made[i][1];
	}
	page_begin(&p);
	assert_int_equal(html_whatif(&d, "t.mthp", NULL, p.h.out), 0);
	page_end(&p, "whatif.html");
	/* One setting makes no frontier, and unknown entries make none. */
	d.nr_rows = 2;
	d.nr_lines = 0;
	page_begin(&p);
	assert_int_equal(html_whatif(&d, "t.mthp", NULL, p.h.out), 0);
	fclose(p.h.out);
	assert_null(strstr(p.text, "id=\"frontier\""));
	assert_null(strstr(p.text, "id=\"words\""));
	free(p.text);
	page_begin(&p);
	assert_int_equal(html_whatif(&d, "t.mthp", "sizes", p.h.out), 0);
	fclose(p.h.out);
	assert_null(strstr(p.text, "<nav"));
	assert_non_null(strstr(p.text, "data-table=\"sizes\""));
	free(p.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables), cmocka_unit_test(test_sections),
		cmocka_unit_test(test_bars),   cmocka_unit_test(test_strip),
		cmocka_unit_test(test_lines),  cmocka_unit_test(test_charts),
		cmocka_unit_test(test_whatif),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests_name("html_pages", tests, NULL, NULL);
}
