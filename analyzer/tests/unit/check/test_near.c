// SPDX-License-Identifier: GPL-2.0-only
/*
 * Predicates about histograms at their limits. For each generated histogram: the limit that just holds,
 * the one half a sample further that does not, and the first limit with one sample more on the wrong
 * side. The expected value of a predicate is computed here a second time, from its definition in
 * docs/check-language.md.
 */
#include <stdio.h>
#include <string.h>

#include "tests/support/check_world.h"
#include "tests/support/cm.h"
#include "tests/support/events.h"

#define NR     MTHP_OCC_BUCKETS
#define ROUNDS 25

static __u32 now[NR], before[NR]; /* samples by bucket, of the trace and of the baseline */
static __u64 seed;

static __u32 rnd(__u32 n)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (seed >> 33) % n;
}

static void build(struct check_sums *sums, const __u32 *n)
{
	__u32 b, present;

	for (b = 0; b < NR; b++) {
		present = b == 0 ? 0 : b == NR - 1 ? 512 : (b - 1) * 32 + 1 + rnd(31);
		world_add(sums, evs_scan(MTHP_R_SUCCEED, 0, 1, 512 - present, MTHP_SAMPLE_COMPLETE),
			  n[b]);
	}
}

static void build_now(struct check_sums *sums)
{
	build(sums, now);
}

static void build_before(struct check_sums *sums)
{
	build(sums, before);
}

static const char *label(__u32 b)
{
	static char text[4][16];
	static int at;
	char *s = text[at++ % 4];

	if (b == 0 || b == NR - 1)
		snprintf(s, 16, b ? "full" : "empty");
	else
		snprintf(s, 16, "%u/16", b - 1);
	return s;
}

/* Judges the rule on the samples in now[] and before[]; prints it if the verdict is not the expected one. */
static void expect(enum check_state state, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void expect(enum check_state state, const char *fmt, ...)
{
	char rule[256];
	struct world w;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(rule, sizeof(rule), fmt, ap);
	va_end(ap);
	world_judge(&w, rule, build_now, DETAIL_TOTALS,
		    strstr(rule, "baseline") ? build_before : NULL);
	if (w.v.state != state)
		fail_msg("%s: %s: %s %s", rule, check_state_name(w.v.state), w.v.observed, w.v.why);
	world_done(&w);
}

static __u32 total(void)
{
	__u32 all = 0, b;

	for (b = 0; b < NR; b++)
		all += now[b];
	return all;
}

static void generate(void)
{
	__u32 b;

	for (b = 0; b < NR; b++)
		now[b] = rnd(3) ? 3 + rnd(60) : 0;
	now[1] += 100; /* enough for a verdict */
	memcpy(before, now, sizeof(now));
}

static void test_mode(void **state)
{
	__u32 i, m, other;
	for (i = 0, seed = 1; i < ROUNDS; i++) {
		generate();
		m = 2 + rnd(NR - 4);
		other = m + 2 > NR - 2 ? 0 : m + 2;
		now[m] = 500;
		now[other] = 499;
		expect(CHECK_PASS, "occupancy(2M) mode at %s", label(m));
		expect(CHECK_PASS, "occupancy(2M) mode in %s..%s", label(m), label(m + 1));
		expect(CHECK_FAIL, "occupancy(2M) mode in %s..%s", label(m + 1), label(NR - 1));
		expect(CHECK_FAIL, "occupancy(2M) mode at %s", label(other));
		/* Two modes of equal weight: both must lie there. */
		now[other] = 500;
		expect(CHECK_FAIL, "occupancy(2M) mode at %s", label(m));
		now[other] = 501;
		expect(CHECK_FAIL, "occupancy(2M) mode at %s", label(m));
	}
}

static void test_quantile(void **state)
{
	static const __u32 percents[] = { 1, 10, 50, 90, 99 };
	__u32 i, k, b, p, all, sum;
	for (i = 0, seed = 2; i < ROUNDS; i++) {
		generate();
		all = total();
		for (k = 0; k < ARRAY_SIZE(percents); k++) {
			p = percents[k];
			for (b = 0, sum = 0; b < NR; b++) {
				sum += now[b];
				if (sum * 100 >= p * all)
					break;
			}
			expect(CHECK_PASS, "occupancy(2M) p%u in %s..%s", p, label(b), label(b));
			if (b + 1 < NR)
				expect(CHECK_FAIL, "occupancy(2M) p%u in %s..%s", p, label(b + 1),
				       label(NR - 1));
			if (b)
				expect(CHECK_FAIL, "occupancy(2M) p%u in %s..%s", p, label(0),
				       label(b - 1));
		}
	}
}

/* One sample over the edge: of 1000, the 500th decides. */
static void test_quantile_edge(void **state)
{
	memset(now, 0, sizeof(now));
	now[4] = 500;
	now[9] = 500;
	expect(CHECK_PASS, "occupancy(2M) p50 in 3/16..3/16");
	now[4] = 499;
	now[9] = 501;
	expect(CHECK_FAIL, "occupancy(2M) p50 in 3/16..3/16");
	expect(CHECK_PASS, "occupancy(2M) p50 in 8/16..8/16");
}

static void test_mass(void **state)
{
	__u32 i, b, from, to, n, all;
	for (i = 0, seed = 3; i < ROUNDS; i++) {
		generate();
		from = 1 + rnd(NR - 2);
		to = from + rnd(NR - from);
		now[from] += 5;
		for (b = from, n = 0; b <= to; b++)
			n += now[b];
		all = total();
		expect(CHECK_PASS, "occupancy(2M) mass(%s..%s) <= %.6f%%", label(from), label(to),
		       100 * (n + 0.5) / all);
		expect(CHECK_FAIL, "occupancy(2M) mass(%s..%s) <= %.6f%%", label(from), label(to),
		       100 * (n - 0.5) / all);
		expect(CHECK_PASS, "occupancy(2M) mass(%s..%s) > %.6f%%", label(from), label(to),
		       100 * (n - 0.5) / all);
		/* No mass: not one sample. */
		for (b = from; b <= to; b++)
			now[b] = 0;
		now[0] += 100;
		expect(CHECK_PASS, "occupancy(2M) no mass in %s..%s", label(from), label(to));
		now[from + rnd(to - from + 1)] = 1;
		expect(CHECK_FAIL, "occupancy(2M) no mass in %s..%s", label(from), label(to));
	}
}

/* @d samples moved by @k buckets: the value of each of the three distances. */
static void test_distances(void **state)
{
	__u32 i, from, k, d, all;
	for (i = 0, seed = 4; i < ROUNDS; i++) {
		generate();
		from = rnd(NR - 5);
		k = 1 + rnd(4);
		d = 1 + rnd(30);
		now[from] += 40;
		memcpy(before, now, sizeof(now));
		now[from] -= d;
		now[from + k] += d;
		all = total();
		expect(CHECK_PASS, "occupancy(2M) within %.6f%% of baseline \"b\"",
		       100 * (d + 0.5) / all);
		expect(CHECK_FAIL, "occupancy(2M) within %.6f%% of baseline \"b\"",
		       100 * (d - 0.5) / all);
		expect(CHECK_PASS, "ks(occupancy(2M), baseline \"b\") <= %.6f%%",
		       100 * (d + 0.5) / all);
		expect(CHECK_FAIL, "ks(occupancy(2M), baseline \"b\") <= %.6f%%",
		       100 * (d - 0.5) / all);
		/* The scale has 17 steps from empty to full. */
		expect(CHECK_PASS, "emd(occupancy(2M), baseline \"b\") <= %.6f%%",
		       100 * (k * d + 0.5) / all / 17);
		expect(CHECK_FAIL, "emd(occupancy(2M), baseline \"b\") <= %.6f%%",
		       100 * (k * d - 0.5) / all / 17);
	}
}

/*
 * Forms: with many samples, so that noise excuses nothing. A step of one bucket's height is taken out
 * of a form and added where it breaks the form: a little below the tolerance holds, a little above fails.
 */
static void test_forms(void **state)
{
	__u32 i, b, at, d, all;
	double moved;
	for (i = 0, seed = 5; i < ROUNDS; i++) {
		/* Flat but for a bump of d: pooled with all that follows, or all before. */
		at = 4 + rnd(NR - 8);
		d = 3000 + rnd(3000);
		for (b = 0; b < NR; b++)
			now[b] = 2000;
		now[at] += d;
		all = total();
		/* Rising: the bump and the flat behind it become their mean; the samples that it loses move. */
		moved = d - (double)d / (NR - at);
		expect(CHECK_PASS, "occupancy(2M) monotone rising within %.6f%%",
		       100 * (moved + 5) / all);
		expect(CHECK_FAIL, "occupancy(2M) monotone rising within %.6f%%",
		       100 * (moved - 5) / all);
		moved = d - (double)d / (at + 1);
		expect(CHECK_PASS, "occupancy(2M) monotone falling within %.6f%%",
		       100 * (moved + 5) / all);
		expect(CHECK_FAIL, "occupancy(2M) monotone falling within %.6f%%",
		       100 * (moved - 5) / all);
		expect(CHECK_PASS, "occupancy(2M) unimodal within 0.1%%");
		/* A second bump as high, and a valley between: two modes, and not one. */
		now[at > NR / 2 ? at - 4 : at + 4] += d;
		expect(CHECK_FAIL, "occupancy(2M) unimodal within 2%%");
		expect(CHECK_PASS, "occupancy(2M) bimodal within 0.1%%");
		/* A third one that matters. */
		now[at > NR / 2 ? 0 : NR - 1] += 2 * d;
		expect(CHECK_FAIL, "occupancy(2M) bimodal within 1%%");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mode),	      cmocka_unit_test(test_quantile),
		cmocka_unit_test(test_quantile_edge), cmocka_unit_test(test_mass),
		cmocka_unit_test(test_distances),     cmocka_unit_test(test_forms),
	};

	return cmocka_run_group_tests_name("check_near", tests, NULL, NULL);
}
