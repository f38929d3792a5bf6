// SPDX-License-Identifier: GPL-2.0-only
/* Rules files: which ones are accepted, and for the others, the message and the place it points at. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/lex_priv.h"
#include "check/names_priv.h"
#include "tests/support/cm.h"

static void test_good(void **state)
{
	static const char *const rules[] = {
		"creep.steps == 0",
		"creep(2M).filled <= 1M",
		"lost <= 0.1%",
		"lost <= 10",
		"collapse(64K).success >= 90%",
		"collapse.success >= 90%",
		"collapse(order=4).success >= 90%",
		"orders(2M).collapses >= 3",
		"filled <= 8M",
		"filled_bytes <= 8MiB",
		"summary.filled <= 0.5G",
		"share(order >= 64K) >= 60%",
		"share(order in 16K..64K of collapsed_bytes) >= 60%",
		"share(order == order=4) <= 5%",
		"outcome(alloc_huge_page_failed) < 1%",
		"outcome(scan, exceed_none_pte, khugepaged, 2M) < 1%",
		"outcome(result = succeeded, kind = collapse) > 1%",
		"outcomes(collapse, khugepaged, 2M, succeeded).count >= 5",
		"processes(comm = redis).failures <= 5",
		"processes(1234).scans >= 5",
		"counters(thp_collapse_alloc).delta >= -5",
		"settings(\"khugepaged/defrag\").value == 1",
		"release == \"6.*\"",
		"complete == yes",
		"duration >= 10s",
		"pmd_order == 2M",
		"occupancy(2M) mode in 15/16..full",
		"occupancy(2M) mode at full",
		"occupancy(2M) p50 >= 448",
		"occupancy(2M) p99.9 >= 14/16",
		"occupancy p50 >= 90%",
		"occupancy(2M).censored mass(full) <= 10%",
		"orders monotone rising",
		"orders.collapsed_bytes monotone falling within 5%",
		"durations(2M) unimodal",
		"duration(2M) bimodal within 1%",
		"orders no mass above 256K",
		"orders no mass below 16K",
		"duration(2M) no mass above 4ms",
		"occupancy(2M) mass(empty..4/16) <= 5%",
		"occupancy(2M) mass(above 8/16) in 5%..50%",
		"orders within 3% of { 64K: 80%, 2M: 20% }",
		"orders within 3% of { 64K: 33%, 128K: 33%, 2M: 33% }",
		"orders within 3% of baseline \"good.mthp\"",
		"orders.collapses within 3% of baseline \"good.mthp\"",
		"collapses within 10% of 500",
		"filled <= 110% of baseline \"good.mthp\"",
		"emd(occupancy(2M), baseline \"good.mthp\") <= 0.05",
		"ks(duration(2M), baseline \"a \\\"b\\\".mthp\") <= 5%",
		"emd(orders, { 64K: 80%, 2M: 20% }) <= 0.05",
		"scans in 5..10",
		"for comm \"redis-*\" filled <= 8M",
		"for comm \"redis-*\": filled <= 8M",
		"for comm x and requester madvise and every 10s: scans >= 1",
		"for cgroup \"/a/b\" and pid 12: scans >= 1",
		"for time 1s..2min: scans >= 1",
		"for each process: failures == 0",
		"scans >= 1 with at least 5 samples else skip if known",
		"scans >= 1 if known # a comment",
		"scans \\\n >= \\\r\n 1",
		"\xef\xbb\xbfscans >= 1\r\n",
		"for comm a:\n\tfor every 1s:\n\t\tscans >= 1\n\tend\n\tscans >= 2\nend",
		"default at least 20 samples\nrefuse above 1% lost\naccept cut traces\nscans >= 1",
	};
	struct check_rules r;
	unsigned int bad = 0;
	size_t i;
	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		if (check_parse(&r, "r", rules[i], strlen(rules[i])) || !r.nr_rules) {
			print_error("%s: %s\n", rules[i], r.src.errors[0].msg);
			bad++;
		}
		check_rules_free(&r);
		/* Idempotent, as all of them. */
		check_rules_free(&r);
	}
	assert_int_equal(bad, 0);
}

/* The first error: line, column, length of the mark, and a part of the message. */
static const struct {
	const char *text;
	unsigned int line, col, len;
	const char *msg;
} bad_cases[] = {
	{ "", 1, 1, 1, "no rule in this file" },
	{ "# nothing\n\n", 1, 1, 1, "no rule in this file" },
	{ "scnas >= 1", 1, 1, 5, "unknown field: scnas (nearest: scans)" },
	{ "\n  fillled <= 8M", 2, 3, 7, "unknown field: fillled (nearest: filled_bytes" },
	{ "orders(2M).colapses >= 1", 1, 12, 8,
	  "orders has no field colapses (nearest: collapses, collapsed_bytes)" },
	{ "orders(64K).succes >= 1%", 1, 13, 6, "orders has no field succes (nearest: success)" },
	{ "scans >= 9999999999999999999999999999999999999999", 1, 10, 40, "number too large" },
	{ "accept cut traces always\nscans >= 1", 1, 19, 6, "expected the end of the line" },
	{ "refuse above 1% lost lost\nscans >= 1", 1, 22, 4, "expected the end of the line" },
	/* Names of schema 1 without an equivalent in schema 2. */
	{ "tier == 2", 1, 1, 4, "tier is called detail since schema 2: \"totals\"" },
	{ "tier_name == \"order\"", 1, 1, 9, "tier_name is called detail since schema 2" },
	{ "orders(2M).alone == 0", 1, 12, 5, "orders has no field alone" },
	{ "orders(2M).order >= 1", 1, 12, 5, "orders has no field order" },
	{ "losses(ring).x == 1", 1, 14, 1, "losses has no field x (fields: count, meaning)" },
	{ "outcomes(size=2M).count >= 1", 1, 10, 4, "has no key size" },
	{ "orders(frobs).collapses >= 1", 1, 8, 5, "orders has no key frobs (keys: order)" },
	{ "summary(2M).scans >= 1", 1, 9, 2, "summary has no keys" },
	{ "orders(2M, 64K).collapses >= 1", 1, 12, 3, "order is given twice" },
	{ "orders(63K).collapses >= 1", 1, 8, 3, "not a folio size (nearest: 32K, 64K)" },
	{ "orders(1K).collapses >= 1", 1, 8, 2, "not a folio size (sizes: powers" },
	{ "orders(order=14).collapses >= 1", 1, 14, 2, "not an order: 14 (0 to 13)" },
	{ "creep.stepz == 0", 1, 7, 5, "creep has no field stepz (nearest: steps)" },
	{ "filled <= 8", 1, 11, 1, "summary.filled_bytes wants a size such as 8M" },
	{ "scans >= 8M", 1, 10, 2, "summary.scans wants a plain number" },
	{ "share(order >= 64K) >= 60", 1, 24, 2, "wants a percentage such as 90%" },
	{ "collapse(2M).success >= 90", 1, 25, 2, "orders.success wants a percentage" },
	{ "scans >= 5%", 1, 10, 2, "summary.scans wants a plain number" },
	{ "duration >= 10", 1, 13, 2, "wants a time such as 3ms" },
	{ "occupancy(2M) p50 >= 3ms", 1, 22, 3, "occupancy wants a bucket" },
	{ "orders mode in 5..6", 1, 16, 1, "orders wants a size" },
	{ "release >= \"6\"", 1, 12, 3, "text has no order" },
	{ "scans mode in 1..2", 1, 7, 4, "only histograms have a shape" },
	{ "emd(scans, baseline \"x\") <= 1%", 1, 5, 5, "not a histogram" },
	{ "occupancy(2M) p100 >= 1", 1, 15, 4, "not a quantile: p100" },
	{ "occupancy(2M) mode in 3/17", 1, 23, 4, "not a bucket: 3/17" },
	{ "occupancy(2M) mode in 16/16", 1, 23, 5, "not a bucket: 16/16" },
	{ "occupancy(2M) mode in full..empty", 1, 23, 4, "range is reversed" },
	{ "occupancy(2M)", 1, 14, 1, "the line ends where a shape" },
	{ "scans", 1, 6, 1, "the line ends where a comparison" },
	{ "scans >= ", 1, 10, 1, "the line ends where a number" },
	{ "scans >= >= 1", 1, 10, 2, "expected a number" },
	{ "scans >= 1 2", 1, 12, 1, "expected the end of the line" },
	{ "scans >= 1 with at least x samples", 1, 26, 1, "a number of samples" },
	{ "scans >= 8Q", 1, 10, 2, "unknown unit: Q" },
	{ "scans >= 99999999999999999999999", 1, 10, 23, "number too large" },
	{ "scans ~ 1", 1, 7, 1, "unexpected character: ~" },
	{ "scans \x01", 1, 7, 1, "unexpected byte: \\x01" },
	{ "release == \"x\nscans >= 1", 1, 12, 2, "unterminated string" },
	{ "for comm: scans >= 1", 1, 9, 1, "a name in quotes" },
	{ "for gid 5: scans >= 1", 1, 5, 3, "comm, cgroup, pid" },
	{ "for pid 0: scans >= 1", 1, 9, 1, "a process id" },
	{ "for requester me: scans >= 1", 1, 15, 2, "a requester (unknown, khuge" },
	{ "for time 5s..2s: scans >= 1", 1, 16, 1, "time ends before it begins" },
	{ "for comm x:\nscans >= 1", 1, 1, 3, "for without end" },
	{ "scans >= 1\nend", 2, 1, 3, "end without for" },
	{ "for every 1s: scans <= baseline \"x\"", 1, 15, 21, "no baseline for each part" },
	{ "for every 1s: emd(orders, baseline \"x\") <= 1%", 1, 15, 31, "no baseline for" },
	{ "occupancy(2M) p50. >= 1", 1, 18, 1, "expected a comparison" },
	{ "release == \"x\\\nscans >= 1", 1, 12, 3, "unterminated string" },
	{ "colapse >= 1", 1, 1, 7, "colapse (nearest: collapse, collapses, collapsed_bytes)" },
	{ "orders(2M).dur_p >= 1", 1, 12, 5, "dur_p (nearest: dur_p50_ns, dur_p99_ns)" },
	{ "outcome(scan) < 1%", 1, 8, 1, "a result is missing" },
	{ "outcome < 1%", 1, 9, 1, "( and the name of a result" },
	{ "refuse above 1 lost", 1, 14, 1, "expected a percentage" },
	/* Rules without a meaning. */
	{ "collapse.success >= 101%", 1, 1, 24, "no trace can satisfy this" },
	{ "scans < 0", 1, 1, 9, "no trace can satisfy this" },
	{ "scans >= 0", 1, 1, 10, "every trace satisfies this" },
	{ "share(order >= 64K) <= 100%", 1, 1, 27, "every trace satisfies this" },
	{ "lost <= 100%", 1, 1, 12, "every trace satisfies this" },
	{ "filled >= 8M\nfilled <= 4M", 2, 1, 12, "contradicts line 1: filled >= 8M" },
	{ "scans  == 5\nlost <= 1%\nscans in 6..9", 3, 1, 13, "contradicts line 1" },
	{ "occupancy(2M) p50 >= 448\noccupancy(2M) p50 < 448", 2, 1, 23, "contradicts" },
	{ "occupancy(2M) mode in empty..2/16\noccupancy(2M) mode in 5/16..full", 2, 1, 32,
	  "contradicts line 1" },
	{ "orders unimodal\norders bimodal", 2, 1, 14, "contradicts line 1" },
	{ "orders within 3% of { 64K: 80%, 2M: 10% }", 1, 21, 1, "add up to 90%" },
	{ "orders within 3% of { 64K: 33%, 128K: 33%, 2M: 32% }", 1, 21, 1, "add up to 98%" },
	{ "orders within 3% of { 64K: 80%, 64K: 20% }", 1, 33, 3, "bucket is given twice" },
};

static void test_bad(void **state)
{
	struct check_rules r;
	unsigned int bad = 0;
	size_t i;
	for (i = 0; i < ARRAY_SIZE(bad_cases); i++) {
		const struct check_error *e = &r.src.errors[0];

		if (check_parse(&r, "r", bad_cases[i].text, strlen(bad_cases[i].text)) != -EINVAL) {
			print_error("accepted: %s\n", bad_cases[i].text);
			bad++;
		} else if (!strstr(e->msg, bad_cases[i].msg) || e->at.line != bad_cases[i].line ||
			   e->at.col != bad_cases[i].col || e->at.len != bad_cases[i].len) {
			print_error("%s: %u:%u+%u: %s\n", bad_cases[i].text, e->at.line, e->at.col,
				    e->at.len, e->msg);
			bad++;
		}
		check_rules_free(&r);
	}
	assert_int_equal(bad, 0);
}

/* Expects an error that holds @msg for @len bytes of @text. */
static void refuse(const char *text, size_t len, const char *msg)
{
	struct check_rules r;

	assert_int_equal(check_parse(&r, "r", text, len), -EINVAL);
	if (!strstr(r.src.errors[0].msg, msg))
		fail_msg("wanted %s, got %s", msg, r.src.errors[0].msg);
	check_rules_free(&r);
}

/* Every number has bounds at both ends: the last accepted value, and the first refused one. */
static void test_bounds(void **state)
{
	static const struct {
		const char *good, *bad, *msg;
	} cases[] = {
		{ "scans <= 1000000000000000000", "scans <= 1000000000000001000", "too large" },
		{ "counters(x).delta >= -1000000000000000000",
		  "counters(x).delta >= -1000000000000001000", "too large" },
		{ "filled <= 909494T", "filled <= 909495T", "number too large: 909495T" },
		{ "duration <= 277777h", "duration <= 277778h", "too large" },
		{ "for every 277777h: scans >= 1", "for every 277778h: scans >= 1", "too large" },
		{ "for every 277777h: scans >= 1", "for every 5124096h: scans >= 1", "too large" },
		{ "for every 1ms: scans >= 1", "for every 0.9ms: scans >= 1", "at least 1ms" },
		{ "for every 1ms: scans >= 1", "for every 0: scans >= 1", "at least 1ms" },
		{ "for every 1ms: scans >= 1", "for every -1s: scans >= 1", "a time such as" },
		{ "for time 0..277777h: scans >= 1", "for time 0..277778h: scans >= 1", "large" },
		{ "for time 0..1s: scans >= 1", "for time -1s..1s: scans >= 1", "a time such as" },
		{ "for pid 1: scans >= 1", "for pid 0: scans >= 1", "a process id" },
		{ "for pid 4194304: scans >= 1", "for pid 4194305: scans >= 1", "a process id" },
		{ "for pid 1: scans >= 1", "for pid 1.5: scans >= 1", "a process id" },
		{ "scans >= 1 with at least 0 samples", "scans >= 1 with at least -1 samples",
		  "a number of samples" },
		{ "default at least 1000000000000000 samples\nscans >= 1",
		  "default at least 1000000000000001 samples\nscans >= 1", "a number of samples" },
		{ "refuse above 0% lost\nscans >= 1", "refuse above -1% lost\nscans >= 1",
		  "percentage out of bounds (0% to 100%)" },
		{ "refuse above 100% lost\nscans >= 1", "refuse above 101% lost\nscans >= 1",
		  "out of bounds" },
		{ "orders within 0% of { 2M: 100% }", "orders within -1% of { 2M: 100% }",
		  "out of bounds" },
		{ "orders within 100% of { 2M: 100% }", "orders within 101% of { 2M: 100% }",
		  "out of bounds" },
		{ "orders within 1% of { 2M: 100%, 1M: 0% }",
		  "orders within 1% of { 2M: 101%, 1M: -1% }", "out of bounds" },
		{ "orders unimodal within 100%", "orders unimodal within 101%", "out of bounds" },
		{ "scans within 10000% of 5", "scans within 10001% of 5", "(0% to 10000%)" },
		{ "scans within 0% of 5", "scans within -1% of 5", "out of bounds" },
		{ "scans <= 10000% of baseline \"b\"", "scans <= 10001% of baseline \"b\"",
		  "(0% to 10000%)" },
		{ "scans <= 0% of baseline \"b\"", "scans <= -1% of baseline \"b\"", "bounds" },
		{ "occupancy mass(0..8192) <= 5%", "occupancy mass(0..8193) <= 5%",
		  "no block has so many pages (at most 8192)" },
		{ "occupancy mass(0..1) <= 5%", "occupancy mass(-1..1) <= 5%", "negative" },
		{ "occupancy mode in 0%..100%", "occupancy mode in 0%..101%", "out of bounds" },
		{ "occupancy p50 >= 0/16", "occupancy p50 >= -1/16", "not a bucket" },
		{ "occupancy p50 >= 15/16", "occupancy p50 >= 16/16", "not a bucket" },
		{ "duration no mass above 0", "duration no mass above -1ns", "negative" },
		{ "durations(from_ns = 1ms).count > 1", "durations(from_ns = -1ms).count > 1",
		  "wrong value for the key from_ns" },
		{ "occupancy p99.99 >= 1", "occupancy p100 >= 1", "not a quantile" },
		{ "occupancy p1 >= 1", "occupancy p0 >= 1", "not a quantile" },
		{ "orders mode at order=0", "orders mode at order=-1", "not an order" },
		{ "orders mode at order=13", "orders mode at order=14", "not an order" },
		{ "orders mode at order=4", "orders mode at order=4.5", "not an order" },
		{ "orders mode at 4K", "orders mode at 2K", "not a folio size" },
		{ "orders mode at 1G", "orders mode at 2G", "not a folio size" },
		{ "emd(orders, baseline \"b\") <= 0.99", "emd(orders, baseline \"b\") <= 1.1",
		  "wrong unit" },
	};
	struct check_rules r;
	size_t i;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		if (check_parse(&r, "r", cases[i].good, strlen(cases[i].good)))
			fail_msg("%s: %s", cases[i].good, r.src.errors[0].msg);
		check_rules_free(&r);
		refuse(cases[i].bad, strlen(cases[i].bad), cases[i].msg);
	}
}

/* Limits in two units: reversed on every trace, or only on some. */
static void test_reversed(void **state)
{
	static const char *const reversed[] = {
		"orders mass(2M..order=2) <= 5%",     "orders mass(order=9..64K) <= 5%",
		"share(order in 1G..order=9) <= 5%",  "occupancy(2M) mode in full..90%",
		"occupancy(2M) mode in 15/16..90%",   "occupancy(2M) mode in 10%..empty",
		"occupancy(2M) mode in 15/16..14/16", "duration(2M) mode in 3ms..2ms",
		"occupancy(2M) mode in 100%..15/16",
	};
	static const char *const open[] = {
		"orders mass(64K..order=4) <= 5%",  "orders mass(order=4..64K) <= 5%",
		"occupancy(2M) mode in 90%..14/16", "occupancy(2M) mode in 14/16..90%",
		"occupancy(2M) mode in full..100%", "occupancy(2M) mode in 15/16..15/16",
		"occupancy(2M) mode in 400..10/16",
	};
	struct check_rules r;
	size_t i;
	for (i = 0; i < ARRAY_SIZE(reversed); i++)
		refuse(reversed[i], strlen(reversed[i]), "range is reversed: it ends before");
	for (i = 0; i < ARRAY_SIZE(open); i++) {
		if (check_parse(&r, "r", open[i], strlen(open[i])))
			fail_msg("%s: %s", open[i], r.src.errors[0].msg);
		check_rules_free(&r);
	}
}

/* Rules that look alike and do not contradict each other. */
static void test_no_contradiction(void **state)
{
	static const char text[] = "for comm a: filled >= 8M\n"
				   "for comm b: filled <= 4M\n"
				   "filled >= 1M\nfilled <= 1M\n"
				   "occupancy(2M) p50 >= 448\noccupancy(2M) p99 <= 10/16\n"
				   "orders(2M).collapses >= 5\norders(64K).collapses <= 4\n";
	struct check_rules r;
	assert_int_equal(check_parse(&r, "r", text, strlen(text)), 0);
	assert_int_equal(r.nr_rules, 8);
	check_rules_free(&r);
}

static void test_all_errors(void **state)
{
	static const char text[] =
		"scnas >= 1\nscans >= 1\nfor gid 3:\n  lots <= 1\nend\nlost <= 1%\n";
	struct check_rules r;
	assert_int_equal(check_parse(&r, "r", text, strlen(text)), -EINVAL);
	/* A wrong `for` opens a block nevertheless: the block's end is not a fourth error. */
	assert_int_equal(r.src.nr_errors, 3);
	assert_int_equal(r.src.errors[1].at.line, 3);
	assert_int_equal(r.src.errors[2].at.line, 4);
	assert_int_equal(r.nr_rules, 2);
	check_rules_free(&r);
}

static void test_text(void **state)
{
	static const char text[] =
		"for comm  \"a  b\"  and every  1s :  scans   >= 1 \\\n if known # c";
	struct check_rules r;
	assert_int_equal(check_parse(&r, "r", text, strlen(text)), 0);
	assert_string_equal(r.rules[0].text, "scans >= 1 if known");
	assert_string_equal(r.scopes[r.rules[0].scope].text, "comm \"a  b\" and every 1s");
	assert_string_equal(r.scopes[r.rules[0].scope].comm, "a  b");
	check_rules_free(&r);
}

/* Every unit, each with two spellings of the same value. */
static void test_units(void **state)
{
	static const struct {
		const char *text;
		double value;
	} cases[] = {
		{ "filled <= 2B", 2 },
		{ "filled <= 2K", 2048 },
		{ "filled <= 2k", 2048 },
		{ "filled <= 2KB", 2048 },
		{ "filled <= 2KiB", 2048 },
		{ "filled <= 2kB", 2048 },
		{ "filled <= 2M", 0x1p21 },
		{ "filled <= 2m", 0x1p21 },
		{ "filled <= 2MB", 0x1p21 },
		{ "filled <= 2MiB", 0x1p21 },
		{ "filled <= 2G", 0x1p31 },
		{ "filled <= 2g", 0x1p31 },
		{ "filled <= 2GB", 0x1p31 },
		{ "filled <= 2GiB", 0x1p31 },
		{ "filled <= 2T", 0x1p41 },
		{ "filled <= 2t", 0x1p41 },
		{ "filled <= 2TB", 0x1p41 },
		{ "filled <= 2TiB", 0x1p41 },
		{ "duration <= 1.5ns", 1.5 },
		{ "duration <= 1.5us", 1500 },
		{ "duration <= 1.5ms", 1500000 },
		{ "duration <= 1.5s", 1.5e9 },
		{ "duration <= 1.5min", 90e9 },
		{ "duration <= 1.5h", 5400e9 },
		{ "collapse.success >= 90%", 0.9 },
		{ "collapse.success >= 12.5%", 0.125 },
		{ "counters(x).delta >= -5", -5 },
		{ "complete == yes", 1 },
		{ "complete != no", 0 },
		{ "scans >= 007", 7 },
	};
	struct check_rules r;
	size_t i;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		if (check_parse(&r, "r", cases[i].text, strlen(cases[i].text)))
			fail_msg("%s: %s", cases[i].text, r.src.errors[0].msg);
		if (r.rules[0].limit.v != cases[i].value)
			fail_msg("%s: %g", cases[i].text, r.rules[0].limit.v);
		check_rules_free(&r);
	}
}

/* At most three names, by distance; then in the order given. */
static void test_nearest(void **state)
{
	static const char *const names[] = { "abcx", "abxx", "abc", "zbc", "abd", "abe" };
	char buf[64];
	assert_string_equal(check_nearest("abc", names, 6, buf, sizeof(buf)),
			    " (nearest: abc, abcx, zbc)");
	assert_string_equal(check_nearest("abc", names, 2, buf, sizeof(buf)),
			    " (nearest: abcx, abxx)");
	assert_string_equal(check_nearest("qqq", names, 6, buf, sizeof(buf)), "");
	assert_string_equal(check_nearest("", names, 6, buf, sizeof(buf)), "");
	/* Part of a name, the last part of a path, without the unit. */
	assert_string_equal(check_nearest("none", (const char *[]){ "khugepaged/max_ptes_none" }, 1,
					  buf, sizeof(buf)),
			    " (nearest: khugepaged/max_ptes_none)");
	assert_string_equal(
		check_nearest("filed", (const char *[]){ "filled_bytes" }, 1, buf, sizeof(buf)),
		" (nearest: filled_bytes)");
}

/* Equal scopes become one scope. */
static void test_scopes(void **state)
{
	static const char text[] = "for comm a: scans >= 1\nfor comm \"a\": lost <= 1\n"
				   "for comm b: scans >= 1\nscans >= 1\n";
	struct check_rules r;
	assert_int_equal(check_parse(&r, "r", text, strlen(text)), 0);
	assert_int_equal(r.nr_scopes, 3);
	assert_int_equal(r.rules[0].scope, r.rules[1].scope);
	assert_int_equal(r.rules[3].scope, 0);
	check_rules_free(&r);
}

static void test_hostile(void **state)
{
	char *text = malloc(CHECK_MAX_TEXT + 8), *at = text;
	unsigned int i;
	refuse("scans >= 1\0 # x", 15, "NUL byte");
	/* An endless line, of blanks, of digits and of letters. */
	memset(text, ' ', 9000);
	strcpy(text + 9000, "scans >= 1");
	refuse(text, 9010, "line too long");
	memset(text, '7', 9000);
	text[9000] = '\0';
	refuse(text, 9000, "number too large");
	memset(text, 'x', 9000);
	refuse(text, 9000, "unknown field");
	/* A file that is too large. */
	memset(text, '\n', CHECK_MAX_TEXT + 1);
	text[CHECK_MAX_TEXT + 1] = '\0';
	refuse(text, CHECK_MAX_TEXT + 1, "file too large");
	/* Deep nesting. */
	for (i = 0; i < 1000; i++)
		at += sprintf(at, "for comm a%u:\n", i);
	refuse(text, at - text, "comm is given twice");
	for (i = 0, at = text; i < 1000; i++)
		*at++ = '(';
	*at = '\0';
	refuse(text, at - text, "expected a field, table or function");
	/* More rules and scopes than the limits allow. */
	for (i = 0, at = text; i <= CHECK_MAX_RULES; i++)
		at += sprintf(at, "scans >= 1\n");
	refuse(text, at - text, "too many rules");
	for (i = 0, at = text; i <= CHECK_MAX_SCOPES; i++)
		at += sprintf(at, "for pid %u: scans >= 1\n", i + 1);
	refuse(text, at - text, "too many different scopes");
	for (i = 0, at = text; i <= CHECK_MAX_BASES; i++)
		at += sprintf(at, "scans <= baseline \"%u\"\n", i);
	refuse(text, at - text, "too many baselines");
	for (i = 0, at = text + sprintf(text, "orders within 1%% of {"); i <= CHECK_MAX_LIST; i++)
		at += sprintf(at, " 2M: 1%%,");
	refuse(text, at - text, "too many buckets");
	free(text);
}

static char *printed(const struct check_source *src, const struct check_error *e)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	check_error_print(src, e, "", out);
	fclose(out);
	return text;
}

static void test_caret(void **state)
{
	static const struct {
		const char *rules, *shown;
	} cases[] = {
		{ "scans >= 1\n\tfilled <= 8 # x\n",
		  "r:2:12: wrong unit: summary.filled_bytes wants a "
		  "size such as 8M\n"
		  "   filled <= 8 # x\n"
		  "             ^\n" },
		/* Of a long line only the part around the error is shown. */
		{ "scans >= 1  # x\nscans                                        "
		  "                                                            "
		  "                                                            "
		  ">= 1M and so on and on and on and on and on and on and on and on and on\n",
		  "r:2:169: wrong unit: summary.scans wants a plain number\n"
		  "  ...                                                         >= 1M and so on and on and on and on and on and on and on "
		  "and on \n"
		  "                                                                 ^~\n" },
		/* Escapes do not reach the terminal, and the caret still stands below its word. */
		{ "release == \"\033[31m\xc3\xa4\" >", "r:1:12: unterminated string\n"
						       "  release == \"\\x1b[31m\xc3\xa4\" >\n"
						       "             ^\n" },
	};
	struct check_rules r;
	char *text;
	size_t i;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(check_parse(&r, "r", cases[i].rules, strlen(cases[i].rules)),
				 -EINVAL);
		text = printed(&r.src, &r.src.errors[0]);
		assert_string_equal(text, cases[i].shown);
		free(text);
		check_rules_free(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_no_contradiction),
		cmocka_unit_test(test_all_errors),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_scopes),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_reversed),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_caret),
	};

	return cmocka_run_group_tests_name("check_parse", tests, NULL, NULL);
}
