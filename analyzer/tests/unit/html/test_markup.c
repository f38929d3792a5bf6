// SPDX-License-Identifier: GPL-2.0-only
/*
 * HTML pages: text from outside is never markup, numbers are those of the snapshot, omissions are
 * announced, and a page loads nothing. html.t checks that browsers and validators accept the pages: with
 * MTHP_HTML_DIR set, this test leaves its pages there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view/answers.h"
#include "tests/support/busy_model.h"
#include "tests/support/cm.h"
#include "tests/support/events.h"
#include "html/markup_priv.h"
#include "lib/xml.h"
#include "html/svg_priv.h"
#include "model/results.h"
#include "tests/support/played_range.h"
#include "html/pages.h"

#define EVIL \
	"<img src=x onerror=alert(1)>\"'&amp;\033[31m\xff</title></style><script>alert(2)</script>"

static void keep(const char *name, const char *text)
{
	const char *dir = getenv("MTHP_HTML_DIR");
	char path[512];
	FILE *f;

	if (!dir)
		return;
	snprintf(path, sizeof(path), "%s/%s.html", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static char *report(const struct snapshot *s, const char *name, const char *table)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_int_equal(html_report(s, name, table, out), 0);
	fclose(out);
	return text;
}

static struct snapshot *take(struct model *m)
{
	struct snapshot *s = snapshot_take(m);

	model_free(m);
	assert_non_null(s);
	return s;
}

static char *put(const char *s)
{
	struct html h;
	char *text = NULL;
	size_t len = 0;

	memset(&h, 0, sizeof(h));
	h.out = open_memstream(&text, &len);
	html_put(&h, "<p title=\"%s\">%s %5.1f%% %u %llu %zu %d</p>", s, s, 12.34, 7u, 1ULL << 40,
		 (size_t)9, -3);
	fclose(h.out);
	return text;
}

static void test_put(void **state)
{
	char *text = put("<a href='x'>&\"");
	assert_string_equal(
		text, "<p title=\"&lt;a href=&#39;x&#39;&gt;&amp;&quot;\">"
		      "&lt;a href=&#39;x&#39;&gt;&amp;&quot;  12.3% 7 1099511627776 9 -3</p>");
	free(text);
	/* Escapes of terminals, broken UTF-8, and code points that are no characters (XML forbids them). */
	text = put("\033[0m\xc3\x28\xef\xbf\xbe");
	assert_non_null(strstr(text, ">\\x1b[0m\\xc3(\\xef\\xbf\\xbe "));
	free(text);
}

/* Text from outside is no markup: no tag and no attribute but the page's own, no control character. */
static void harmless(const char *text)
{
	size_t i;

	assert_null(strstr(text, "<img"));
	assert_null(strstr(text, "<script"));
	assert_null(strstr(text, "http://x"));
	for (i = 0; text[i]; i++)
		assert_true((unsigned char)text[i] >= 0x20 || text[i] == '\n');
	assert_null(strchr(text, '\xff'));
}

/* A byte, and the four letters that it is shown as: of a process, a result, a kernel, a file. */
static void test_distinct(void **state)
{
	static const char *const names[] = { "\xff", "\\xff" };
	char *text[ARRAY_SIZE(names)];
	unsigned int which;
	struct snapshot *s;
	struct mthp_ev ev;
	struct model *m;
	size_t i;

	for (which = 0; which < 4; which++) {
		for (i = 0; i < ARRAY_SIZE(names); i++) {
			m = evs_model();
			ev = evs_make(MTHP_K_COLLAPSE, MTHP_RESULT_FIRST_FREE, 2000000000, 10);
			strcpy(ev.comm, which == 0 ? names[i] : "a");
			strcpy(m->meta.extra_results[0], which == 1 ? names[i] : "a");
			strcpy(m->meta.release, which == 2 ? names[i] : "a");
			model_event(m, &ev);
			s = take(m);
			text[i] = report(s, which == 3 ? names[i] : "a", NULL);
			snapshot_free(s);
		}
		assert_string_not_equal(text[0], text[1]);
		free(text[0]);
		free(text[1]);
	}
}

static void test_hostile(void **state)
{
	static const char *const comms[] = {
		"<script>a</scri", "\" onload=\"x", "a\033[2J\xff\xfe",
		"</style><b>",	   "&lt;&#0;]]>",   "'\"><svg/onload"
	};
	struct model *m = evs_model();
	struct snapshot *s;
	struct mthp_ev ev;
	struct diff d;
	char *text = NULL;
	size_t i, len = 0;
	FILE *out;
	for (i = 0; i < ARRAY_SIZE(comms); i++) {
		ev = evs_make(MTHP_K_COLLAPSE, MTHP_R_SUCCEED, 2000000000, 10 + i);
		snprintf(ev.comm, sizeof(ev.comm), "%s", comms[i]);
		ev.known = MTHP_KNOWN(FILLED);
		ev.v[MTHP_V_FILLED] = 100 + i;
		model_event(m, &ev);
	}
	/* Names of results and the description of the machine come from a trace, too. */
	ev.result = meta_result_by_enum(&m->meta, "<i>EVIL\"&");
	model_event(m, &ev);
	snprintf(m->meta.release, sizeof(m->meta.release), "6\"><script>x()");
	snprintf(m->meta.machine, sizeof(m->meta.machine), "\033]0;x\007\xff");
	snprintf(m->meta.filter_cgroup, sizeof(m->meta.filter_cgroup), "/" EVIL);
	snprintf(m->meta.settings.enabled, sizeof(m->meta.settings.enabled), "<b>&\"'");
	strcpy(m->last.c[1].name, "<u>&");
	strcpy(m->first.c[1].name, "<u>&");
	s = take(m);
	text = report(s, EVIL, NULL);
	harmless(text);
	assert_non_null(strstr(text, "<td>&lt;script&gt;a&lt;/scri</td>"));
	assert_non_null(strstr(text, "a\\x1b[2J\\xff\\xfe"));
	assert_non_null(strstr(text, "&lt;i&gt;evil"));
	keep("hostile", text);
	free(text);

	assert_int_equal(diff_make(s, s, &d), 0);
	out = open_memstream(&text, &len);
	assert_int_equal(html_diff(&d, EVIL, "b", out), 0);
	fclose(out);
	harmless(text);
	keep("hostile-diff", text);
	free(text);
	diff_free(&d);
	snapshot_free(s);
}

static size_t times(const char *text, const char *what)
{
	size_t n = 0;

	for (; (text = strstr(text, what)); text += strlen(what))
		n++;
	return n;
}

static int is_known(const struct table *t, const struct field *f, const struct snapshot *s)
{
	char cell[256];
	size_t r;

	for (r = 0; r < table_rows(t, s); r++)
		if (strcmp(field_text(f, table_row(t, s, r), 4096, cell, sizeof(cell)), "-"))
			return 1;
	return 0;
}

/* The page has each row of @t, in order, with each cell as model/field.c formats it. */
static void check_table(const char *text, const struct table *t, const struct snapshot *s)
{
	char cell[256], want[512];
	const char *at, *end;
	size_t r, f;

	snprintf(want, sizeof(want), "<table data-table=\"%s\">", t->id);
	at = strstr(text, want);
	assert_non_null(at);
	end = strstr(at, "</table>");
	assert_non_null(end);
	for (r = 0; r < table_rows(t, s); r++) {
		at = strstr(at, "<tr><td");
		assert_true(at && at < end);
		for (f = 0; f < t->nr_fields; f++) {
			if (!is_known(t, &t->fields[f], s))
				continue;
			field_text(&t->fields[f], table_row(t, s, r), 4096, cell, sizeof(cell));
			at = strchr(strstr(at, "<td"), '>') + 1;
			assert_int_equal(strncmp(at, cell, strlen(cell)), 0);
			assert_int_equal(strncmp(at + strlen(cell), "</td>", 5), 0);
		}
	}
}

static void test_numbers(void **state)
{
	static const char *const whole[] = { "orders",	 "occupancy", "durations",
					     "timeline", "losses",    "settings" };
	struct snapshot *s = take(busy_model());
	char *text = report(s, "busy.mthp", NULL);
	size_t i;
	for (i = 0; i < ARRAY_SIZE(whole); i++)
		check_table(text, table_find(whole[i]), s);
	assert_non_null(strstr(text, "<b>1234 lost.</b>"));
	assert_int_equal(times(text, "class=\"heat\""), 1);
	keep("busy", text);
	free(text);
	snapshot_free(s);
}

/* More rows than a page shows: the page cuts them and says so. */
static void test_cut(void **state)
{
	struct model *m = evs_model();
	struct mthp_ev ev;
	struct snapshot *s;
	char *text;
	int i;
	for (i = 0; i < 70; i++) {
		ev = evs_make(MTHP_K_COLLAPSE, MTHP_R_SUCCEED, 2000000000, 10 + i);
		model_event(m, &ev);
	}
	s = take(m);
	text = report(s, "many", NULL);
	assert_non_null(strstr(text, ">22 more rows are left out here; <code>mthptop report FILE "
				     "--table processes</code> shows all.<"));
	free(text);
	/* A page with one table has all its rows. */
	text = report(s, "many", "processes");
	assert_int_equal(times(text, "<tr><td"), 72);
	assert_null(strstr(text, "<nav"));
	free(text);
	snapshot_free(s);
}

static void test_empty(void **state)
{
	struct meta meta;
	struct snapshot *s;
	struct answer a[ANSWERS_NR];
	char *text;
	int i;
	meta_init(&meta);
	s = take(model_new(&meta, 0));
	text = report(s, "empty", NULL);
	assert_non_null(
		strstr(text, "<h1><span class=\"idle\">Idle</span>: Nothing was scanned</h1>"));
	assert_non_null(strstr(text, "Incomplete."));
	assert_null(strstr(text, "nan"));
	keep("empty", text);
	free(text);
	answers_make(s, a);
	for (i = 0; i < ANSWERS_NR; i++) {
		assert_true(a[i].brief[0] && a[i].text[0]);
		assert_true(a[i].known || !strcmp(a[i].brief, "Unknown"));
	}
	snapshot_free(s);
}

/* An unknown value is shown as unknown, with the detail level that reports it; a known one is not. */
static void test_answers(void **state)
{
	struct model *m = evs_model();
	struct snapshot *s;
	struct answer a[ANSWERS_NR];
	s = take(m);
	answers_make(s, a);
	assert_string_equal(a[0].question, "Does memory grow because of khugepaged?");
	assert_string_equal(a[0].brief, "By 1.50M");
	assert_non_null(
		strstr(a[0].text, "made 6M of huge pages. Of that, 1.50M (25.0%) was empty"));
	assert_non_null(strstr(a[0].text, "proc1/101, 1.50M in 3 collapses."));
	assert_string_equal(a[1].brief, "2 processes");
	assert_string_equal(a[2].brief, "1.50M filled");
	assert_non_null(strstr(a[2].text,
			       "Of 2 ranges of 2M with a complete sample, 50.0% were full "
			       "and 50.0% less than half full."));
	assert_false(a[3].known);
	assert_non_null(strstr(a[3].text, "detail level ranges"));
	assert_string_equal(a[4].brief, "not_suitable_page_count");
	assert_non_null(strstr(a[4].text, ": somebody holds on to a page, as for direct I/O."));
	/* Vain attempts, too, need addresses. */
	assert_false(a[5].known);
	assert_string_equal(a[7].brief, "4 of 6 attempts made a collapse");
	assert_string_equal(a[8].brief, "khugepaged, 75.0%");
	assert_false(a[9].known);
	/* The trace lacks the counter: the answer is not "no". */
	assert_false(a[11].known);
	snapshot_free(s);
}

static void test_diff(void **state)
{
	struct snapshot *a = take(busy_model()), *b = take(evs_model());
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	struct diff d;
	assert_int_equal(diff_make(a, b, &d), 0);
	assert_int_equal(html_diff(&d, "a.mthp", "b.mthp", out), 0);
	fclose(out);
	assert_non_null(strstr(text, "class=\"over\""));
	assert_true(d.nr_rows > 250);
	assert_non_null(
		strstr(text, " more rows are left out here; <code>mthptop diff A B</code>"));
	assert_non_null(strstr(text, "full: A "));
	keep("diff", text);
	free(text);
	diff_free(&d);
	snapshot_free(a);
	snapshot_free(b);
}

/* Twenty four ranges of a kernel of detail plans, sparse and full, with four passes over each. */
static struct snapshot *plans(__u8 rule)
{
	static struct t2 t;
	struct model *m = NULL;
	__u64 seed = 1, now = 0;
	unsigned int i, k;

	for (i = 0; i < 24; i++) {
		t2_init(&t, 4096, 9, 255, rule, t2_to_model, m);
		if (!m)
			m = t.ctx = model_new(&t.meta, 0);
		t.now_ns = now ? now : t.now_ns;
		t.addr += (__u64)i << 21;
		t.who = 1 + i % 5;
		t2_touch(&t, 0, 3);
		for (k = 2; k < 9 && i % 3; k++)
			t2_touch(&t, 1U << k, 1);
		for (k = 0; k < 8 * i; k++) {
			seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
			t2_touch(&t, seed >> 55, 1);
		}
		for (k = 0; k < 8; k++)
			t2_pass(&t);
		now = t.now_ns;
	}
	m->complete = 1;
	return take(m);
}

static void test_plans(void **state)
{
	static const char *const whole[] = { "occupancy", "creep",   "plans",
					     "blocked",	  "batches", "locks" };
	struct snapshot *s = plans(MTHP_RULE_SCALED), *guard = plans(MTHP_RULE_GUARD);
	char *text = report(s, "scaled.mthp", NULL), want[64];
	struct answer a[ANSWERS_NR];
	struct diff d;
	size_t i, len = 0;
	FILE *out;
	for (i = 0; i < ARRAY_SIZE(whole); i++)
		if (table_rows(table_find(whole[i]), s))
			check_table(text, table_find(whole[i]), s);
	assert_true(s->nr_chains > 0);
	for (i = 0; i < s->nr_chains && i < 50; i++) {
		snprintf(want, sizeof(want), "<td class=\"x\">%llx</td>",
			 (unsigned long long)s->chains[i].addr);
		assert_non_null(strstr(text, want));
	}
	assert_non_null(strstr(text, "<td>16K → 32K → 64K → 128K"));
	assert_null(strstr(text, "class=\"none unknown\""));
	answers_make(s, a);
	snprintf(want, sizeof(want), "Yes, %llu steps", (unsigned long long)s->summary.creep_steps);
	assert_string_equal(a[3].brief, want);
	assert_non_null(strstr(a[6].text, "while mmap_lock is held for writing: "));
	answers_make(guard, a);
	assert_string_equal(a[3].brief, "No");
	keep("plans", text);
	free(text);

	assert_int_equal(diff_make(s, guard, &d), 0);
	out = open_memstream(&text, &len);
	assert_int_equal(html_diff(&d, "scaled.mthp", "guard.mthp", out), 0);
	fclose(out);
	assert_non_null(strstr(text, "<figure class=\"locks\">"));
	keep("plans-diff", text);
	free(text);
	diff_free(&d);
	snapshot_free(s);
	snapshot_free(guard);
}

/* Below detail plans each part that needs them says so, and no part says "none". */
static void test_unknown(void **state)
{
	struct snapshot *s = take(evs_model());
	char *text = report(s, "a", NULL);
	assert_int_equal(times(text, "class=\"none unknown\""), 7);
	free(text);
	snapshot_free(s);
}

/* Each result with a name in this build has a meaning, and the page has each result of a trace. */
static void test_meanings(void **state)
{
	char *text, want[512];
	struct snapshot *s;
	struct meta meta;
	const char *name;
	size_t i;
	__u8 r;

	meta_init(&meta);
	for (r = 1; r < MTHP_RESULT_FIRST_FREE; r++) {
		name = meta_result_name(&meta, r);
		if (!results_meaning(r) == !!strcmp(name, "unknown"))
			fail_msg(
				"result %u (%s): a name or a sentence (model/results.c) is missing",
				r, name);
	}
	s = take(busy_model());
	text = report(s, "a", NULL);
	for (i = 0; i < s->nr_outcomes; i++) {
		const char *remedy = results_remedy(s->outcomes[i].key.result);
		FILE *f = fmemopen(want, sizeof(want), "w");

		assert_non_null(f);
		fprintf(f, "<dt>%s</dt><dd>%s", s->outcomes[i].result,
			results_meaning(s->outcomes[i].key.result));
		if (remedy) {
			fprintf(f, ". <b>To do:</b> ");
			xml_put(remedy, f);
		}
		fprintf(f, "</dd>");
		fclose(f);
		assert_non_null(strstr(text, want));
	}
	free(text);
	snapshot_free(s);
}

static void test_lines(void **state)
{
	static const struct svg_point at[] = { { 0, 0, "none" }, { 511, 100, "<all>" } };
	static const struct svg_tick tick[] = { { 0, "0" }, { 511, "511" } };
	struct svg_line line = { "guard", at, 2 };
	struct svg_lines l = { .title = "A & B",
			       .desc = "d",
			       .line = &line,
			       .nr = 1,
			       .x_to = 511,
			       .y_to = 100,
			       .x_tick = tick,
			       .nr_x = 2,
			       .height = 100 };
	struct html h;
	char *text = NULL;
	size_t len = 0;
	memset(&h, 0, sizeof(h));
	h.out = open_memstream(&text, &len);
	svg_lines(&h, &l);
	fclose(h.out);
	assert_non_null(strstr(text, "<title>A &amp; B</title><desc>d</desc>"));
	assert_non_null(strstr(text,
			       "<line class=\"line a\" x1=\"2.00%\" y1=\"116.0\" x2=\"98.00%\""
			       " y2=\"16.0\"/>"));
	assert_non_null(strstr(text, "<title>&lt;all&gt;</title>"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_put),	 cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_distinct), cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_cut),	 cmocka_unit_test(test_empty),
		cmocka_unit_test(test_answers),	 cmocka_unit_test(test_diff),
		cmocka_unit_test(test_plans),	 cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_meanings), cmocka_unit_test(test_lines),
	};

	return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}
