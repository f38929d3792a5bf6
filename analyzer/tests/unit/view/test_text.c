// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whole texts against golden ones: tables in every format, a diff, the answers, events with their
 * bitmaps. MTHP_GOLDEN_UPDATE=1 writes them anew.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/churn_model.h"
#include "tests/support/cm.h"
#include "tests/support/events.h"
#include "tests/support/golden.h"
#include "tests/support/played_range.h"
#include "tests/support/sample_doc.h"
#include "view/answers.h"
#include "view/diff.h"
#include "view/formats.h"

/* A text written to a stream is compared when the stream ends. */
struct page {
	char *text;
	size_t len;
	FILE *out;
};

static void page_begin(struct page *p)
{
	p->out = open_memstream(&p->text, &p->len);
	assert_non_null(p->out);
}

static void page_end(struct page *p, const char *name)
{
	fclose(p->out);
	golden_check(name, p->text);
	free(p->text);
}

static struct snapshot *take(struct model *m)
{
	struct snapshot *s = snapshot_take(m);

	model_free(m);
	assert_non_null(s);
	return s;
}

static struct snapshot *mixed(void)
{
	return take(evs_model());
}

/* A range that creeps from 16K to 2M. */
static struct snapshot *creeping(void)
{
	static struct t2 t;
	struct model *m;
	unsigned int i;

	t2_init(&t, 4096, 9, 255, MTHP_RULE_SCALED, t2_to_model, NULL);
	m = t.ctx = model_new(&t.meta, 0);
	assert_non_null(m);
	t.who = 1;
	t2_touch(&t, 0, 3);
	for (i = 2; i < 9; i++)
		t2_touch(&t, 1U << i, 1);
	for (i = 0; i < 10; i++)
		t2_pass(&t);
	m->complete = 1;
	return take(m);
}

/* The sample doc in each format, as a whole and on one line, and one table of it. */
static void test_formats(void **state)
{
	struct doc d = sample_doc();
	struct page p;
	page_begin(&p);
	assert_int_equal(doc_text(&d, NULL, p.out), 0);
	fputs("\n--- one table\n", p.out);
	assert_int_equal(doc_text(&d, "course", p.out), 0);
	page_end(&p, "doc.txt");
	page_begin(&p);
	assert_int_equal(doc_csv(&d, NULL, p.out), 0);
	fputs("--- one table\n", p.out);
	assert_int_equal(doc_csv(&d, "things", p.out), 0);
	page_end(&p, "doc.csv");
	page_begin(&p);
	assert_int_equal(doc_json(&d, NULL, p.out), 0);
	fputs("--- one table\n", p.out);
	assert_int_equal(doc_json(&d, "sum", p.out), 0);
	fputs("--- one line\n", p.out);
	assert_int_equal(doc_json_line(&d, p.out), 0);
	page_end(&p, "doc.json.txt");
}

static void test_diffs(void **state)
{
	struct mthp_ev ev = evs_make(MTHP_K_COLLAPSE, MTHP_R_SUCCEED, 3500000000, 1);
	struct model *more = evs_model();
	struct snapshot *m = mixed(), *c;
	struct diff d;
	struct page p;
	ev.known = MTHP_KNOWN(FILLED) | MTHP_KNOWN_DUR;
	ev.v[MTHP_V_FILLED] = 100;
	ev.dur_ns = 3000000;
	model_event(more, &ev);
	strcpy(more->meta.release, "7.2.0");
	c = take(more);
	assert_int_equal(diff_make(m, c, &d), 0);
	page_begin(&p);
	assert_int_equal(diff_text(&d, "a.mthp", "b.mthp", p.out), 0);
	page_end(&p, "diff.txt");
	page_begin(&p);
	assert_int_equal(diff_json(&d, "a.mthp", "b.mthp", p.out), 0);
	page_end(&p, "diff.json");
	diff_free(&d);
	snapshot_free(m);
	snapshot_free(c);
}

static void say_answers(const char *of, const struct snapshot *s, FILE *out)
{
	struct answer a[ANSWERS_NR];
	size_t i;

	fprintf(out, "%s: %s\n", of, s->summary.headline);
	answers_make(s, a);
	for (i = 0; i < ANSWERS_NR; i++)
		fprintf(out, "  %s\n    %s. %s\n", a[i].question, a[i].brief, a[i].text);
}

/* Counters that an answer reads, at the start and at the end. */
static void count(struct model *m, const char *name, long long first, long long last)
{
	struct counters *c[] = { &m->first, &m->last };
	long long v[] = { first, last };
	size_t i;

	for (i = 0; i < 2; i++) {
		snprintf(c[i]->c[c[i]->nr].name, sizeof(c[i]->c[0].name), "%s", name);
		c[i]->c[c[i]->nr].order = -1;
		c[i]->c[c[i]->nr++].value = v[i];
	}
}

static void test_answers(void **state)
{
	struct snapshot *s[7];
	struct model *m[7];
	struct mthp_ev ev;
	struct meta meta;
	struct page p;
	size_t i;
	evs_meta(&meta);
	for (i = 2; i < 7; i++)
		m[i] = model_new(&meta, 0);
	m[1] = evs_model();
	/* Only scans; only failures; only collapses of files; a collapse that filled nothing; the shrinker. */
	ev = evs_scan(MTHP_R_EXCEED_NONE_PTE, 1500000000, 1, 512, MTHP_SAMPLE_CENSORED);
	model_event(m[3], &ev);
	ev = evs_make(MTHP_K_COLLAPSE, MTHP_R_ALLOC_HUGE_PAGE_FAIL, 1500000000, 1);
	model_event(m[4], &ev);
	ev = evs_make(MTHP_K_COLLAPSE_FILE, MTHP_R_SUCCEED, 1500000000, 1);
	model_event(m[5], &ev);
	ev = evs_make(MTHP_K_COLLAPSE, MTHP_R_SUCCEED, 1500000000, 1);
	ev.known = MTHP_KNOWN(FILLED);
	model_event(m[6], &ev);
	m[6]->meta.settings.shrink_underused = 1;
	m[5]->meta.settings.shrink_underused = 0;
	count(m[6], "thp_underused_split_page", 5, 5);
	count(m[5], "thp_underused_split_page", 5, 8);
	count(m[5], "thp_split_page", 1, 2);
	s[0] = creeping();
	for (i = 1; i < 7; i++)
		s[i] = take(m[i]);
	page_begin(&p);
	say_answers("a range that creeps", s[0], p.out);
	say_answers("mixed", s[1], p.out);
	say_answers("nothing", s[2], p.out);
	say_answers("a scan", s[3], p.out);
	say_answers("a failure", s[4], p.out);
	say_answers("a collapse of a file", s[5], p.out);
	say_answers("a collapse that filled nothing", s[6], p.out);
	page_end(&p, "answers.txt");
	for (i = 0; i < 7; i++)
		snapshot_free(s[i]);
}

struct lines {
	struct t2 t;
	FILE *out;
};

static int write_event(void *ctx, const struct mthp_ev *ev)
{
	struct lines *l = ctx;
	char line[512];

	fputs(view_event(&l->t.meta, ev, line, sizeof(line)), l->out);
	view_bitmaps(&l->t.meta, ev, l->out);
	fputc('\n', l->out);
	return 0;
}

static void test_events(void **state)
{
	static struct lines l;
	struct page p;
	unsigned int i;
	page_begin(&p);
	l.out = p.out;
	t2_init(&l.t, 4096, 5, 15, MTHP_RULE_SCALED, write_event, &l);
	l.t.who = 3;
	t2_touch(&l.t, 0, 3);
	t2_touch(&l.t, 8, 8);
	t2_touch(&l.t, 30, 1);
	for (i = 0; i < 3; i++)
		t2_pass(&l.t);
	t2_init(&l.t, 4096, 9, 0, MTHP_RULE_GUARD, write_event, &l);
	t2_touch(&l.t, 60, 8);
	t2_touch(&l.t, 128, 128);
	t2_pass(&l.t);
	page_end(&p, "events.txt");
}

/* A kernel that works in vain: its scans succeed, and the answer still agrees with the verdict. */
static void test_answer_agrees(void **state)
{
	struct model *m = churn_model();
	struct snapshot *s = m ? snapshot_take(m) : NULL;
	struct answer a[ANSWERS_NR];
	size_t i, found = 0;

	model_free(m);
	assert_non_null(s);
	assert_int_equal(s->verdict.word, VERDICT_FAILING);
	answers_make(s, a);
	for (i = 0; i < ANSWERS_NR; i++) {
		if (strcmp(a[i].question, "Is khugepaged getting anywhere?"))
			continue;
		found++;
		if (strncmp(a[i].brief, "Hardly, ", 8) && strncmp(a[i].brief, "No, ", 4))
			fail_msg("the verdict is failing, the answer: %s", a[i].brief);
	}
	assert_int_equal(found, 1);
	snapshot_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats),	      cmocka_unit_test(test_diffs),
		cmocka_unit_test(test_answers),	      cmocka_unit_test(test_events),
		cmocka_unit_test(test_answer_agrees),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests_name("view_text", tests, NULL, NULL);
}
