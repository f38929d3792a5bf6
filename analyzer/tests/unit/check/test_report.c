// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reports of verdicts: the same verdicts in every format, against golden texts, and the exit status of
 * each mix of verdicts. MTHP_GOLDEN_UPDATE=1 writes the texts anew.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/report.h"
#include "lib/exit.h"
#include "tests/support/cm.h"
#include "tests/support/golden.h"

/* A rule for each verdict, and one for a window. */
static const char text[] = "scans >= 1\n"
			   "failures <= 1\n"
			   "release == \"<a&b>#\\033\"\n"
			   "collapse.success >= 90%\n"
			   "creep.steps == 0\n"
			   "creep.steps == 0 if known\n"
			   "lost <= 1%\n"
			   "outcome(frobs) <= 1%\n"
			   "for every 1s: scans >= 10\n";

static void say(struct check_verdict *v, enum check_state state, const char *observed,
		const char *why)
{
	v->state = state;
	snprintf(v->observed, sizeof(v->observed), "%s", observed);
	snprintf(v->why, sizeof(v->why), "%s", why);
}

/* A histogram with a run of empty buckets, a short one and a bar that is too small to see. */
static void shape(struct check_verdict *v)
{
	static const double n[] = { 1, 0, 0, 0, 200, 0, 0, 99 };
	unsigned int i;

	v->has_shape = true;
	v->shape.nr = ARRAY_SIZE(n);
	v->shape.samples = 300;
	v->shape.censored = 7;
	for (i = 0; i < v->shape.nr; i++) {
		snprintf(v->shape.b[i].label, sizeof(v->shape.b[i].label), "%u/16", i);
		v->shape.b[i].n = n[i];
	}
}

static void fill(const struct check_rules *rules, struct check_verdict *v)
{
	assert_int_equal(rules->nr_rules, 9);
	say(&v[0], CHECK_PASS, "450", "");
	say(&v[1], CHECK_FAIL, "10", "");
	shape(&v[1]);
	say(&v[2], CHECK_PASS, "<x>", "");
	shape(&v[2]);
	say(&v[3], CHECK_NODATA, "5 samples", "needs at least 100 samples");
	say(&v[4], CHECK_UNKNOWN, "", "needs detail plans");
	say(&v[5], CHECK_SKIP, "", "needs detail <plans>");
	say(&v[6], CHECK_REFUSED, "0%", "t.mthp: 5% of the events were lost");
	say(&v[7], CHECK_ERROR, "", "unknown result: frobs");
	v[7].at = (struct check_span){ 8, 9, 5 };
	say(&v[8], CHECK_FAIL, "3; 2 of 4 failed", "");
	strcpy(v[8].part, "1s..2s");
}

static void report(const struct check_rules *rules, enum check_format format, bool histograms,
		   const char *name)
{
	struct check_verdict v[9];
	struct check_report r = {
		.format = format, .rules = rules, .histograms = histograms, .nr_sets = 2
	};
	char *out = NULL;
	size_t len = 0;

	memset(v, 0, sizeof(v));
	fill(rules, v);
	r.out = open_memstream(&out, &len);
	check_report_begin(&r);
	check_report_set(&r, "a<b>#\033.mthp", v);
	check_report_set(&r, "bad.mthp", NULL);
	assert_int_equal(check_report_end(&r), 0);
	fclose(r.out);
	golden_check(name, out);
	free(out);
}

static void test_formats(void **state)
{
	struct check_rules rules;
	if (check_parse(&rules, "r.rules", text, strlen(text)))
		fail_msg("%s", rules.src.errors[0].msg);
	report(&rules, CHECK_TEXT, false, "report.txt");
	report(&rules, CHECK_TEXT, true, "report-histograms.txt");
	report(&rules, CHECK_KTAP, false, "report.ktap");
	report(&rules, CHECK_JUNIT, false, "report.junit.xml");
	check_rules_free(&rules);
}

/* One rule, and one trace for each verdict; at -1 the trace cannot be read. */
static int status(const struct check_rules *rules, enum check_format format, const int *states,
		  size_t nr)
{
	struct check_report r = { .format = format, .rules = rules, .nr_sets = nr };
	struct check_verdict v;
	char *out = NULL;
	size_t len = 0, i;
	int ret;

	r.out = open_memstream(&out, &len);
	check_report_begin(&r);
	for (i = 0; i < nr; i++) {
		memset(&v, 0, sizeof(v));
		v.state = states[i] < 0 ? CHECK_PASS : states[i];
		v.at = (struct check_span){ 1, 1, 1 };
		check_report_set(&r, "t", states[i] < 0 ? NULL : &v);
	}
	ret = check_report_status(&r);
	assert_int_equal(check_report_end(&r), 0);
	fclose(r.out);
	free(out);
	return ret;
}

static void test_status(void **state)
{
	static const struct {
		int states[2], text, ktap;
	} cases[] = {
		{ { CHECK_PASS, CHECK_PASS }, EXIT_OK, 0 },
		{ { CHECK_PASS, CHECK_SKIP }, EXIT_OK, 0 },
		{ { CHECK_SKIP, CHECK_SKIP }, EXIT_OK, 4 },
		{ { CHECK_PASS, CHECK_FAIL }, EXIT_CHECK, 1 },
		{ { CHECK_NODATA, CHECK_PASS }, EXIT_CHECK, 1 },
		{ { CHECK_UNKNOWN, CHECK_SKIP }, EXIT_CHECK, 1 },
		{ { CHECK_FAIL, CHECK_REFUSED }, EXIT_DATA, 1 },
		{ { CHECK_PASS, -1 }, EXIT_DATA, 1 },
		{ { CHECK_ERROR, CHECK_REFUSED }, EXIT_USAGE, 1 },
		{ { CHECK_ERROR, -1 }, EXIT_USAGE, 1 },
	};
	struct check_rules rules;
	size_t i;
	assert_int_equal(check_parse(&rules, "r", "scans >= 1", 10), 0);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(status(&rules, CHECK_TEXT, cases[i].states, 2), cases[i].text);
		assert_int_equal(status(&rules, CHECK_JUNIT, cases[i].states, 2), cases[i].text);
		assert_int_equal(status(&rules, CHECK_KTAP, cases[i].states, 2), cases[i].ktap);
	}
	check_rules_free(&rules);
}

/* No more errors are printed than were kept; the rest is counted. */
static void test_errors(void **state)
{
	char many[CHECK_MAX_ERRORS * 8 + 64] = "";
	struct check_rules rules;
	char *out = NULL;
	size_t len = 0, lines = 0, i;
	FILE *f;
	for (i = 0; i < CHECK_MAX_ERRORS + 3; i++)
		strcat(many, "frobs\n");
	assert_int_equal(check_parse(&rules, "r", many, strlen(many)), -EINVAL);
	f = open_memstream(&out, &len);
	check_report_errors(&rules, "# ", f);
	fclose(f);
	for (i = 0; i < len; i++)
		lines += out[i] == '\n';
	assert_int_equal(lines, 3 * CHECK_MAX_ERRORS + 1);
	assert_non_null(strstr(out, "\n# and 3 more\n"));
	free(out);
	check_rules_free(&rules);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests_name("check_report", tests, NULL, NULL);
}
