// SPDX-License-Identifier: GPL-2.0-only
/*
 * Baselines, sums of traces, samples that are left out, buckets that a size does not have. Suggested
 * rules hold for the trace that they were made from.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/suggest.h"
#include "tests/support/check_world.h"
#include "tests/support/cm.h"
#include "tests/support/events.h"
#include "tests/support/golden.h"

static const struct world_case base_cases[] = {
	{ "emd(occupancy(2M), baseline \"b\") <= 0.05", world_good, world_good, CHECK_PASS, "0%" },
	{ "emd(occupancy(2M), baseline \"b\") <= 0.05", world_bad, world_good, CHECK_FAIL,
	  "most at 4/16: +31%" },
	{ "ks(occupancy(2M), baseline \"b\") <= 0.05", world_bad, world_good, CHECK_FAIL,
	  "29.48%" },
	{ "ks(duration(2M), baseline \"b\") <= 0.05 with at least 90 samples", world_bad,
	  world_good, CHECK_PASS, "0%" },
	{ "occupancy(2M) within 5% of baseline \"b\"", world_good, world_good, CHECK_PASS, "0%" },
	{ "occupancy(2M) within 5% of baseline \"b\"", world_bad, world_good, CHECK_FAIL,
	  "31.03%, most at 4/16" },
	{ "occupancy(2M) within 5% of baseline \"b\"", world_good, world_few, CHECK_NODATA,
	  "5 samples" },
	{ "scans <= baseline \"b\"", world_good, world_good, CHECK_PASS, "450, baseline 450" },
	{ "scans <= baseline \"b\"", world_bad, world_good, CHECK_FAIL, "630, baseline 450" },
	{ "scans <= 140% of baseline \"b\"", world_bad, world_good, CHECK_PASS,
	  "630, baseline 450" },
	{ "scans within 10% of baseline \"b\"", world_bad, world_good, CHECK_FAIL, "630" },
	{ "occupancy(2M) p3 >= baseline \"b\"", world_bad, world_good, CHECK_UNKNOWN, "96 to 127" },
	{ "for comm proc2: failures <= baseline \"b\"", world_bad, world_good, CHECK_PASS,
	  "10, baseline 10" },
	{ "scans <= baseline \"b\"", world_good, world_lossy, CHECK_REFUSED, "baseline b.mthp" },
	{ "scans <= baseline \"b\"", world_good, world_cut, CHECK_REFUSED,
	  "baseline b.mthp: truncated" },
};

static void test_baseline(void **state)
{
	assert_int_equal(world_cases(base_cases, ARRAY_SIZE(base_cases), DETAIL_TOTALS), 0);
}

static void test_other_machine(void **state)
{
	struct world w;
	world_judge(&w, "scans <= baseline \"b\"", world_good, DETAIL_TOTALS, world_good);
	check_data_free(&w.base);
	world_load(&w.rules, world_good, DETAIL_TOTALS, 13, "b.mthp", &w.base);
	check_eval(&w.rules, &w.rules.rules[0], &w.data, &w.base, &w.v);
	assert_int_equal(w.v.state, CHECK_ERROR);
	assert_non_null(strstr(w.v.why, "PMD order 13, the trace has 4096 and 9"));
	assert_int_equal(w.v.at.col, 10);
	world_done(&w);
}

static void test_censored(void **state)
{
	struct world w;
	world_judge(&w, "occupancy(2M) mode at full", world_good, DETAIL_TOTALS, NULL);
	assert_float_equal(w.v.samples, 400, 0);
	assert_float_equal(w.v.censored, 50, 0);
	assert_true(w.v.has_shape);
	assert_float_equal(w.v.shape.censored, 50, 0);
	world_done(&w);
}

/* A block of four pages cannot fall into every bucket; the buckets that it cannot reach are no valleys. */
static void test_small_blocks(void **state)
{
	static const unsigned int sizes[] = { 2, 3, 4, 5, 9 };
	static const char rule[] =
		"occupancy(order=%u) unimodal within 1%% with at least 9 samples";
	struct check_sums *sums;
	struct world w;
	struct meta meta;
	char text[120];
	unsigned int i, n;
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		memset(&w, 0, sizeof(w));
		snprintf(text, sizeof(text), rule, sizes[i]);
		assert_int_equal(check_parse(&w.rules, "r", text, strlen(text)), 0);
		evs_meta(&meta);
		meta.detail = DETAIL_SIZES;
		sums = sums_new(&w.rules, &meta);
		sums_model(sums)->complete = 1;
		/* The same number of samples in each bucket that the size has. */
		for (n = 0; n <= 1U << sizes[i]; n++) {
			struct mthp_ev ev = evs_scan(MTHP_R_SUCCEED, 2000000000, 1,
						     (1U << sizes[i]) - n, MTHP_SAMPLE_COMPLETE);

			ev.order = sizes[i];
			if (n <= 1 || n == 1U << sizes[i] || sizes[i] < 4 ||
			    !(n & ((1U << (sizes[i] - 4)) - 1)))
				world_add(sums, ev, 1000);
		}
		assert_int_equal(check_data_take(sums, "t", &w.data), 0);
		check_sums_free(sums);
		check_eval(&w.rules, &w.rules.rules[0], &w.data, NULL, &w.v);
		assert_int_equal(w.v.state, CHECK_PASS);
		assert_int_equal(w.v.shape.nr, sizes[i] == 2 ? 5 :
					       sizes[i] == 3 ? 9 :
					       sizes[i] == 4 ? 17 :
							       18);
		world_done(&w);
	}
}

/* The sum of two traces: scopes and parts add up, and traces that do not fit are refused. */
static void test_sum(void **state)
{
	static const char text[] =
		"for comm proc2: failures == 20\nfor every 100ms: failures <= 17\n"
		"scans == 900\nduration == 1100ms\nfor every 100ms: scans >= 1\n";
	struct check_sums *a, *b;
	struct world w;
	struct meta meta;
	unsigned int i;
	memset(&w, 0, sizeof(w));
	assert_int_equal(check_parse(&w.rules, "r", text, strlen(text)), 0);
	evs_meta(&meta);
	a = sums_new(&w.rules, &meta);
	b = sums_new(&w.rules, &meta);
	sums_model(a)->complete = sums_model(b)->complete = 1;
	world_rewind(&meta);
	world_good(a);
	world_rewind(&meta);
	world_good(b);
	assert_int_equal(check_sums_add(a, b, "b"), 0);
	assert_int_equal(check_data_take(a, "sum", &w.data), 0);
	for (i = 0; i < w.rules.nr_rules; i++) {
		check_eval(&w.rules, &w.rules.rules[i], &w.data, NULL, &w.v);
		assert_int_equal(w.v.state, i == 1 || i == 4 ? CHECK_FAIL : CHECK_PASS);
	}
	/* Windows lie over each other: no more of them than in the longest trace. */
	assert_non_null(strstr(w.v.observed, "1 of 5 failed"));
	check_sums_free(b);
	meta.pmd_order = 13;
	b = sums_new(&w.rules, &meta);
	assert_int_equal(check_sums_add(a, b, "b"), -EINVAL);
	check_sums_free(a);
	check_sums_free(b);
	world_done(&w);
}

/* What --suggest writes about a trace, the trace satisfies; and another shape does not. */
/* The suggestions themselves, of traces that differ in all that decides them. */
static void test_suggested_text(void **state)
{
	static const struct {
		build_fn trace;
		int detail;
	} traces[] = {
		{ world_bad, DETAIL_TOTALS },	{ world_orders, DETAIL_SIZES },
		{ world_lossy, DETAIL_TOTALS }, { world_cut, DETAIL_TOTALS },
		{ world_newer, DETAIL_TOTALS }, { world_nothing, DETAIL_SIZES },
	};
	char *text = NULL;
	struct world w;
	size_t len = 0, i;
	FILE *out = open_memstream(&text, &len);
	for (i = 0; i < ARRAY_SIZE(traces); i++) {
		world_judge(&w, "scans >= 1", traces[i].trace, traces[i].detail, NULL);
		check_suggest_rules(w.data.views[0].parts[0].snap, "t.mthp", 0.05, out);
		fputs("---\n", out);
		world_done(&w);
	}
	fclose(out);
	golden_check("suggested.rules", text);
	free(text);
}

/* The part of a window, and of a process, as verdicts name them. */
static void test_parts(void **state)
{
	static const struct {
		const char *rule, *part;
	} cases[] = {
		{ "for every 100ms: failures >= 5", "100ms..200ms" },
		{ "for every 100ms: failures <= 5", "0..100ms" },
		{ "for time 200ms..550ms and every 100ms: scans <= 1", "200ms..300ms" },
		{ "for each process: failures == 0", "proc2/102" },
	};
	struct world w;
	size_t i;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		world_judge(&w, cases[i].rule, world_good, DETAIL_TOTALS, NULL);
		assert_int_equal(w.v.state, CHECK_FAIL);
		assert_string_equal(w.v.part, cases[i].part);
		world_done(&w);
	}
}

/* More processes than there may be parts, in both traces. */
static void test_left_out(void **state)
{
	static const char rule[] = "for each process: scans >= 1";
	struct check_sums *sums[2];
	struct check_rules rules;
	struct check_data data;
	struct check_verdict v;
	struct mthp_ev ev;
	struct meta meta;
	unsigned int i, k;
	assert_int_equal(check_parse(&rules, "r", rule, strlen(rule)), 0);
	evs_meta(&meta);
	for (k = 0; k < 2; k++) {
		sums[k] = sums_new(&rules, &meta);
		sums_model(sums[k])->complete = 1;
		for (i = 1; i <= CHECK_MAX_PARTS + 3; i++) {
			ev = evs_scan(MTHP_R_SUCCEED, meta.start_ns + i, i, 0,
				      MTHP_SAMPLE_COMPLETE);
			sums_event(sums[k], &ev);
		}
	}
	assert_int_equal(check_sums_add(sums[0], sums[1], "b"), 0);
	assert_int_equal(check_data_take(sums[0], "a", &data), 0);
	check_eval(&rules, &rules.rules[0], &data, NULL, &v);
	assert_int_equal(v.state, CHECK_UNKNOWN);
	assert_string_equal(v.why, "more than 4096 windows or processes: 6 left out");
	check_data_free(&data);
	check_sums_free(sums[0]);
	check_sums_free(sums[1]);
	check_rules_free(&rules);
}

static void test_suggest(void **state)
{
	static const build_fn traces[] = { world_good,	     world_bad, world_orders,
					   world_unreported, world_few, world_nothing,
					   world_lossy,	     world_cut, world_newer };
	static const int details[] = { DETAIL_TOTALS, DETAIL_SIZES };
	struct check_data seen;
	struct world w;
	unsigned int i, t, r, failed;
	char *text;
	size_t len;
	FILE *out;
	for (i = 0; i < ARRAY_SIZE(traces) * ARRAY_SIZE(details); i++) {
		t = i % ARRAY_SIZE(traces);
		/* Kernels of detail totals collapse to the PMD size only. */
		if (traces[t] == world_orders && i < ARRAY_SIZE(traces))
			continue;
		world_judge(&w, "scans >= 1", traces[t], details[i / ARRAY_SIZE(traces)], NULL);
		seen = w.data;
		out = open_memstream(&text, &len);
		check_suggest_rules(seen.views[0].parts[0].snap, "t\n.mthp", 0.05, out);
		fclose(out);
		check_data_free(&w.data);
		check_rules_free(&w.rules);
		/* An empty trace satisfies no rule, so none can be suggested. */
		if (traces[t] == world_nothing) {
			free(text);
			continue;
		}
		world_judge(&w, text, traces[t], details[i / ARRAY_SIZE(traces)], NULL);
		assert_true(w.rules.nr_rules >= 3);
		for (r = 0; r < w.rules.nr_rules; r++) {
			check_eval(&w.rules, &w.rules.rules[r], &w.data, NULL, &w.v);
			if (w.v.state != CHECK_PASS)
				fail_msg("%u: %s: %s %s", t, w.rules.rules[r].text, w.v.observed,
					 w.v.why);
		}
		if (traces[t] == world_good) {
			check_data_free(&w.data);
			world_load(&w.rules, world_bad, DETAIL_TOTALS, 9, "bad", &w.data);
			for (r = failed = 0; r < w.rules.nr_rules; r++) {
				check_eval(&w.rules, &w.rules.rules[r], &w.data, NULL, &w.v);
				failed += w.v.state == CHECK_FAIL;
			}
			assert_true(failed >= 1);
		}
		world_done(&w);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_baseline), cmocka_unit_test(test_other_machine),
		cmocka_unit_test(test_censored), cmocka_unit_test(test_small_blocks),
		cmocka_unit_test(test_sum),	 cmocka_unit_test(test_suggest),
		cmocka_unit_test(test_left_out), cmocka_unit_test(test_suggested_text),
		cmocka_unit_test(test_parts),
	};

	return cmocka_run_group_tests_name("check_data", tests, NULL, NULL);
}
