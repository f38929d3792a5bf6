// SPDX-License-Identifier: GPL-2.0-only
/* The page of a survey: the numbers of its rows, names that stay text, unknown values marked as such. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/cm.h"
#include "html/pages.h"

static struct survey_order_row orders[2];
static struct survey_occ_row occ[MTHP_OCC_BUCKETS];
static struct survey_row procs[60], cgroups[1];

static void make(struct survey_rows *r)
{
	struct survey_row *all = &r->summary.all;
	size_t i;

	memset(r, 0, sizeof(*r));
	memset(orders, 0, sizeof(orders));
	memset(occ, 0, sizeof(occ));
	memset(procs, 0, sizeof(procs));
	memset(cgroups, 0, sizeof(cgroups));
	r->page_size = 4096;
	r->summary.release = "6.18\"><i>";
	r->summary.machine = "x86_64";
	r->summary.method = "pagemap";
	r->summary.not_iter = "not <here>";
	r->summary.rule = "guard";
	r->summary.max_ptes_none = 255;
	r->summary.folios_known = 1;
	r->summary.processes_seen = 70;
	all->comm = all->cgroup = "";
	all->processes = 60;
	all->present_bytes = 3 << 20;
	all->huge_ppm = 250000;
	all->plan_blocks = 2;
	all->plan_bytes = 4 << 20;
	all->fill_bytes = 1 << 20;
	all->tlb_entries = 700;
	all->tlb_after = 20;
	orders[0].comm = orders[1].comm = orders[0].cgroup = orders[1].cgroup = "";
	orders[0].enabled = orders[1].enabled = "always";
	orders[0].whole_bytes = 2 << 20;
	orders[0].partial_bytes = NUM_UNKNOWN;
	orders[1].order = 4;
	orders[1].whole_bytes = 1 << 20;
	orders[1].partial_bytes = 65536;
	r->orders = orders;
	r->nr_orders = 2;
	for (i = 0; i < MTHP_OCC_BUCKETS; i++) {
		occ[i].order = 9;
		occ[i].comm = occ[i].cgroup = "";
		snprintf(occ[i].bucket, sizeof(occ[i].bucket), "b%zu", i);
		occ[i].blocks = i == MTHP_OCC_FULL ? 3 : i == 4 ? 1 : 0;
	}
	r->occ = occ;
	r->nr_occ = MTHP_OCC_BUCKETS;
	for (i = 0; i < 60; i++) {
		procs[i].pid = 100 + i;
		procs[i].comm = i ? "worker" : "<b>\033[1m&\"";
		procs[i].cgroup = "/";
		procs[i].present_bytes = 4096 * (60 - i);
	}
	r->procs = procs;
	r->nr_procs = 60;
	cgroups[0].comm = "";
	cgroups[0].cgroup = "/a</td><script>";
	r->cgroups = cgroups;
	r->nr_cgroups = 1;
}

static char *page(const struct survey_rows *r, const char *table)
{
	const char *dir = getenv("MTHP_HTML_DIR");
	char *text = NULL, path[512];
	size_t len = 0;
	FILE *out = open_memstream(&text, &len), *f;

	assert_int_equal(html_survey(r, table, out), 0);
	fclose(out);
	assert_null(strstr(text, "<b>\033"));
	assert_null(strstr(text, "<script"));
	assert_null(strstr(text, "<i>"));
	if (dir && !table) {
		snprintf(path, sizeof(path), "%s/survey-made.html", dir);
		f = fopen(path, "w");
		assert_non_null(f);
		fputs(text, f);
		fclose(f);
	}
	return text;
}

static void test_page(void **state)
{
	struct survey_rows r;
	char *text;
	make(&r);
	text = page(&r, NULL);
	assert_non_null(strstr(text, "<h1>3M of anonymous memory, 25.0% of it huge</h1>"));
	assert_non_null(strstr(text, "(rule guard, max_ptes_none 255) 2 blocks would be "
				     "collapsed now, to 4M; 1M of zeroes would be added. Instead "
				     "of 700 TLB entries, 20 would map it."));
	assert_non_null(strstr(text, "full: 3 (75.0%)"));
	assert_non_null(strstr(text, "64K: 1M whole and aligned, 64K not"));
	assert_non_null(strstr(text, ">10 more rows are left out here; <code>mthptop survey "
				     "--table processes</code>"));
	assert_non_null(strstr(text, "/a&lt;/td&gt;&lt;script&gt;"));
	assert_non_null(strstr(text, "&lt;b&gt;\\x1b[1m&amp;&quot;"));
	free(text);
	text = page(&r, "orders");
	assert_null(strstr(text, "<nav"));
	assert_non_null(strstr(text, "data-table=\"orders\""));
	free(text);
	text = page(&r, "summary");
	assert_non_null(strstr(text, "<th scope=\"row\">kernel</th>"));
	free(text);
}

static void test_unknown(void **state)
{
	struct survey_rows r;
	char *text;
	make(&r);
	r.summary.folios_known = 0;
	r.summary.all.huge_ppm = NUM_UNKNOWN;
	r.summary.all.plan_blocks = NUM_UNKNOWN;
	r.summary.lost = 2;
	r.nr_occ = 0;
	text = page(&r, NULL);
	assert_non_null(strstr(text, "<h1>3M of anonymous memory</h1>"));
	assert_non_null(strstr(text, "The settings are unknown"));
	assert_non_null(strstr(text, "Sizes of folios are unknown:"));
	assert_non_null(strstr(text, "<b>2 left out</b>"));
	assert_non_null(strstr(text, "No range has memory"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_page),
		cmocka_unit_test(test_unknown),
	};

	return cmocka_run_group_tests_name("html_survey", tests, NULL, NULL);
}
