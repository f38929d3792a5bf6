// SPDX-License-Identifier: GPL-2.0-only
/*
 * Verdicts: (rule, data, verdict, a part of the report), over histograms that satisfy a rule and over
 * near misses.
 */
#include "tests/support/check_world.h"
#include "tests/support/cm.h"
#include "tests/support/events.h"

static void world_one(struct check_sums *sums)
{
	world_add(sums, evs_scan(MTHP_R_SUCCEED, 0, 1, 0, MTHP_SAMPLE_COMPLETE), 1);
}

static const struct world_case cases[] = {
	/* Rules about totals need one event only. */
	{ "scans == 1", world_one, NULL, CHECK_PASS, "1" },
	{ "scans == 0 with at least 0 samples", world_nothing, NULL, CHECK_PASS, "0" },
	{ "scans <= 1", world_nothing, NULL, CHECK_NODATA, "needs at least 1 samples" },
	/* Numbers. */
	{ "scans >= 450", world_good, NULL, CHECK_PASS, "450" },
	{ "scans > 450", world_good, NULL, CHECK_FAIL, "450" },
	{ "scans == 450", world_good, NULL, CHECK_PASS, "450" },
	{ "scans != 450", world_good, NULL, CHECK_FAIL, "450" },
	{ "scans in 440..450", world_good, NULL, CHECK_PASS, "450" },
	{ "scans in 440..449", world_good, NULL, CHECK_FAIL, "450" },
	{ "scans within 10% of 410", world_good, NULL, CHECK_PASS, "450" },
	{ "scans within 10% of 409", world_good, NULL, CHECK_FAIL, "450" },
	{ "lost <= 0.1%", world_good, NULL, CHECK_PASS, "0%" },
	{ "lost == 0", world_lossy, NULL, CHECK_FAIL, "5" },
	{ "lost <= 0.9%", world_lossy, NULL, CHECK_FAIL, "0.9009%" },
	{ "lost <= 1%", world_lossy, NULL, CHECK_PASS, "0.9009%" },
	{ "losses(ring).count <= 4", world_lossy, NULL, CHECK_FAIL, "5" },
	{ "complete == yes", world_cut, NULL, CHECK_FAIL, "0" },
	{ "complete == yes", world_lossy, NULL, CHECK_PASS, "1" },
	/* Occupancy has a field of that name, too: it does not count losses. */
	{ "occupancy(2M) mode at full", world_lossy, NULL, CHECK_REFUSED, "were lost" },
	{ "occupancy(2M) mode at full", world_cut, NULL, CHECK_REFUSED, "truncated" },
	{ "occupancy(2M, full).complete >= 1", world_lossy, NULL, CHECK_REFUSED, "were lost" },
	{ "collapse(2M).success >= 90%", world_good, NULL, CHECK_PASS, "90%" },
	{ "collapse(2M).success >= 90.1%", world_good, NULL, CHECK_FAIL, "90%" },
	{ "collapse.success < 90%", world_good, NULL, CHECK_FAIL, "90%" },
	{ "filled <= 5760K", world_good, NULL, CHECK_PASS, "5.62M" },
	{ "filled <= 5759K", world_good, NULL, CHECK_FAIL, "5.62M" },
	{ "duration >= 549ms", world_good, NULL, CHECK_PASS, "550ms" },
	{ "pmd_order == 2M", world_good, NULL, CHECK_PASS, "2M" },
	{ "pmd_order == order=9", world_good, NULL, CHECK_PASS, "2M" },
	{ "orders(2M).dur_mean_ns <= 390us", world_good, NULL, CHECK_NODATA, "90 samples" },
	{ "orders(2M).dur_mean_ns <= 390us with at least 90 samples", world_good, NULL, CHECK_PASS,
	  "390us" },
	{ "orders(2M).dur_mean_ns <= 389us with at least 90 samples", world_good, NULL, CHECK_FAIL,
	  "390us" },
	{ "release == \"6.18*\"", world_good, NULL, CHECK_PASS, "6.18.0-test" },
	{ "release != \"6.18*\"", world_good, NULL, CHECK_FAIL, "6.18.0-test" },
	{ "settings(\"khugepaged/max_ptes_none\").value == 511", world_good, NULL, CHECK_PASS,
	  "511" },
	{ "settings(\"khugepaged/max_ptes_none\").value == 510", world_good, NULL, CHECK_FAIL,
	  "511" },
	{ "settings(\"khugepaged/max_ptes_swap\").value == 64", world_good, NULL, CHECK_UNKNOWN,
	  "not reported" },
	{ "settings(max_ptes_nine).value == 5", world_good, NULL, CHECK_UNKNOWN,
	  "khugepaged/max_ptes_none" },
	{ "counters(thp_collapse_alloc).delta >= 1", world_good, NULL, CHECK_UNKNOWN,
	  "no counter" },
	{ "losses(rong).count == 0", world_good, NULL, CHECK_ERROR, "nearest: ring" },
	{ "processes(102).failures == 10", world_good, NULL, CHECK_PASS, "10" },
	{ "processes(comm = proc1).collapses == 90", world_good, NULL, CHECK_PASS, "90" },
	/* Names of schema 1. */
	{ "processes(102).failed == 10", world_good, NULL, CHECK_PASS, "10" },
	{ "processes(comm = proc1).done == 90", world_good, NULL, CHECK_PASS, "90" },
	{ "processes(999).failures == 0", world_good, NULL, CHECK_NODATA, "no such process" },
	{ "outcomes(collapse, alloc_huge_page_failed).count == 10", world_good, NULL, CHECK_PASS,
	  "10" },
	{ "outcomes(collapse, khugepaged, 2M, succeeded).share == 90% with at least 90 samples",
	  world_good, NULL, CHECK_PASS, "90%" },
	{ "outcomes(collapse, khugepaged, 2M, succeeded).share <= 89% with at least 90 samples",
	  world_good, NULL, CHECK_FAIL, "90%" },
	{ "outcomes(collapse, truncated).count == 0", world_good, NULL, CHECK_PASS, "0" },
	/* An unknown fill is an interval, not 0. */
	{ "filled <= 9856K", world_unreported, NULL, CHECK_PASS, "2 collapses do not report it" },
	{ "filled <= 9855K", world_unreported, NULL, CHECK_UNKNOWN,
	  "2 collapses do not report it" },
	{ "filled <= 5759K", world_unreported, NULL, CHECK_FAIL, "2 collapses do not report it" },
	{ "filled >= 5760K", world_unreported, NULL, CHECK_PASS, "5.62M" },
	{ "outcomes(collapse, succeeded).filled <= 9856K", world_unreported, NULL, CHECK_PASS,
	  "2 collapses do not report it" },
	{ "outcomes(collapse, succeeded).filled <= 9855K", world_unreported, NULL, CHECK_UNKNOWN,
	  "2 collapses do not report it" },
	{ "filled <= 9855K", world_unreported, NULL, CHECK_UNKNOWN,
	  "2 collapses do not report it" },
	{ "outcomes(succeeded).filled <= 5760K", world_good, NULL, CHECK_PASS, "5.62M" },
	{ "outcomes(collapse).filled <= 5760K", world_good, NULL, CHECK_PASS, "5.62M" },
	{ "orders.filled <= 9856K", world_unreported, NULL, CHECK_PASS, "2 collapses" },
	{ "orders.filled <= 9855K", world_unreported, NULL, CHECK_UNKNOWN, "2 collapses" },
	{ "processes(101).filled <= 9856K", world_unreported, NULL, CHECK_PASS, "2 collapses" },
	{ "processes(101).filled <= 9855K", world_unreported, NULL, CHECK_UNKNOWN, "2 collapses" },
	/* Outcomes by name, also by the kernel's other names. */
	{ "outcome(alloc_huge_page_failed) <= 10%", world_good, NULL, CHECK_PASS,
	  "10% (of collapses" },
	{ "outcome(alloc_huge_page_failed) < 10%", world_good, NULL, CHECK_FAIL,
	  "10% (of collapses" },
	{ "outcome(scan, succeeded) >= 100%", world_good, NULL, CHECK_PASS, "100%" },
	{ "outcome(collapse, khugepaged, 2M, alloc_huge_page_failed) <= 9%", world_good, NULL,
	  CHECK_FAIL, "10%" },
	{ "outcome(collapse, madvise, alloc_huge_page_failed) <= 9%", world_good, NULL,
	  CHECK_NODATA, "0 samples" },
	{ "outcome(ccgroup_charge_failed) <= 9%", world_good, NULL, CHECK_PASS, "0%" },
	{ "outcome(alloc_huge_page) <= 9%", world_good, NULL, CHECK_ERROR,
	  "unknown result: alloc_huge_page (nearest: alloc_huge_page_failed)" },
	{ "outcome(mthp_scan, succeeded) >= 1%", world_good, NULL, CHECK_UNKNOWN,
	  "no such tracepoint" },
	/* Also results that this build does not know; special characters in their names are escaped. */
	{ "outcome(collapse, page_moved) >= 14%", world_newer, NULL, CHECK_PASS, "14.29%" },
	{ "outcome(collapse, page_moved) < 14%", world_newer, NULL, CHECK_FAIL, "14.29%" },
	{ "outcome(collapse, page_moved) < 14%", world_good, NULL, CHECK_ERROR, "unknown result" },
	{ "outcome(\"x[31m_scans <= 1\") < 1%", world_newer, NULL, CHECK_ERROR,
	  "nearest: x\\x1b[31m\"\\x0ascans <= 1" },
	/* Quantiles lie in a bucket: 470 pages in 14/16, 500 in 15/16. */
	{ "occupancy(2M) p50 >= 480", world_good, NULL, CHECK_PASS,
	  "480 to 511 pages (bucket 15/16)" },
	{ "occupancy(2M) p50 >= 15/16", world_good, NULL, CHECK_PASS, "15/16" },
	{ "occupancy(2M) p50 > 15/16", world_good, NULL, CHECK_FAIL, "15/16" },
	{ "occupancy(2M) p50 >= 500", world_good, NULL, CHECK_UNKNOWN, "480 to 511" },
	{ "occupancy(2M) p50 >= 512", world_good, NULL, CHECK_FAIL, "480 to 511" },
	{ "occupancy(2M) p50 >= 93%", world_good, NULL, CHECK_PASS, "480 to 511" },
	{ "occupancy(2M) p50 <= 15/16", world_good, NULL, CHECK_PASS, "480 to 511" },
	{ "occupancy(2M) p50 < 15/16", world_good, NULL, CHECK_FAIL, "480 to 511" },
	{ "occupancy(2M) p50 == 15/16", world_good, NULL, CHECK_PASS, "480 to 511" },
	{ "occupancy(2M) p50 in 14/16..full", world_good, NULL, CHECK_PASS, "480 to 511" },
	{ "occupancy(2M) p5 >= 448", world_good, NULL, CHECK_FAIL, "96 to 127" },
	{ "duration(2M) p50 <= 132us with at least 90 samples", world_good, NULL, CHECK_PASS,
	  "65.5us to 131us" },
	{ "duration(2M) p50 <= 60us with at least 90 samples", world_good, NULL, CHECK_FAIL,
	  "65.5us" },
	{ "duration(2M) p50 <= 100us with at least 90 samples", world_good, NULL, CHECK_UNKNOWN,
	  "65.5us" },
	{ "duration(2M) p99 >= 2ms with at least 90 samples", world_good, NULL, CHECK_PASS,
	  "2.10ms to 4.19ms" },
	/* The same in the table's column: the true value may be as low as half of it. */
	{ "orders(2M).dur_p50_ns <= 132us with at least 9 samples", world_good, NULL, CHECK_PASS,
	  "131us" },
	{ "orders(2M).dur_p50_ns >= 100us with at least 9 samples", world_good, NULL, CHECK_UNKNOWN,
	  "131us" },
	/* Where the mode is. */
	{ "occupancy(2M) mode in 15/16..full", world_good, NULL, CHECK_PASS,
	  "mode full (50%), next 15/16 (37.5%)" },
	{ "occupancy(2M) mode at full", world_good, NULL, CHECK_PASS, "mode full" },
	{ "occupancy(2M) mode in empty..15/16", world_good, NULL, CHECK_FAIL, "mode full" },
	{ "occupancy(2M) mode in 512..512", world_good, NULL, CHECK_PASS, "mode full" },
	{ "occupancy(2M) mode at full with at least 401 samples", world_good, NULL, CHECK_NODATA,
	  "400 samples" },
	{ "occupancy(2M) mode at full with at least 400 samples", world_good, NULL, CHECK_PASS,
	  "mode full" },
	/* Forms. */
	{ "occupancy(2M) monotone rising within 5%", world_good, NULL, CHECK_PASS,
	  "nearest rising" },
	{ "occupancy(2M) monotone rising within 1%", world_good, NULL, CHECK_FAIL,
	  "nearest rising" },
	{ "occupancy(2M) monotone rising within 5%", world_bad, NULL, CHECK_FAIL,
	  "nearest rising" },
	{ "occupancy(2M) monotone falling", world_good, NULL, CHECK_FAIL, "nearest falling" },
	{ "occupancy(2M) unimodal within 5%", world_good, NULL, CHECK_PASS,
	  "% off the nearest unimodal histogram (5% allowed)" },
	{ "occupancy(2M) unimodal within 5%", world_bad, NULL, CHECK_FAIL,
	  "% off the nearest unimodal histogram (5% allowed)" },
	{ "occupancy(2M) bimodal within 5%", world_bad, NULL, CHECK_PASS,
	  "0% off the nearest bimodal histogram" },
	{ "occupancy(2M) bimodal within 5%", world_good, NULL, CHECK_FAIL,
	  "(a second mode needs more than 5%, and G above 33.4)" },
	/* Mass. */
	{ "occupancy(2M) mass(empty..4/16) <= 5%", world_good, NULL, CHECK_PASS, "5%" },
	{ "occupancy(2M) mass(empty..4/16) < 5%", world_good, NULL, CHECK_FAIL, "5%" },
	{ "occupancy(2M) mass(empty..4/16) <= 5%", world_bad, NULL, CHECK_FAIL, "34.48%" },
	{ "occupancy(2M) mass(full) in 49%..51%", world_good, NULL, CHECK_PASS, "50%" },
	{ "occupancy(2M) mass(above 15/16) in 49%..51%", world_good, NULL, CHECK_PASS, "50%" },
	{ "occupancy(2M) mass(>= 15/16) in 87%..88%", world_good, NULL, CHECK_PASS, "87.5%" },
	{ "occupancy(2M) mass(>= 490) >= 80%", world_good, NULL, CHECK_UNKNOWN, "50% to 87.5%" },
	{ "occupancy(2M) no mass below 3/16", world_good, NULL, CHECK_PASS, "0%" },
	{ "occupancy(2M) no mass below 4/16", world_good, NULL, CHECK_FAIL, "5%" },
	{ "duration(2M) no mass above 5ms with at least 90 samples", world_good, NULL, CHECK_PASS,
	  "0%" },
	{ "duration(2M) no mass above 1ms with at least 90 samples", world_good, NULL, CHECK_FAIL,
	  "10%" },
	{ "duration(2M) no mass above 3ms with at least 90 samples", world_good, NULL,
	  CHECK_UNKNOWN, "10%" },
	{ "occupancy(2M).censored mass(0/16) >= 99%", world_good, NULL, CHECK_NODATA,
	  "50 samples" },
	/* Censored samples are left out of all of these, and counted. */
	{ "occupancy(2M) mass(0/16) <= 0.1%", world_good, NULL, CHECK_PASS, "0%" },
	/* Distances. */
	{ "emd(occupancy(2M), { full: 50%, 15/16: 37.5%, 14/16: 7.5%, 3/16: 5% }) <= 0.01",
	  world_good, NULL, CHECK_PASS, "0%" },
	{ "emd(occupancy(2M), { full: 100% }) <= 5%", world_good, NULL, CHECK_FAIL, "6.912%" },
	{ "ks(occupancy(2M), { full: 100% }) <= 0.5", world_good, NULL, CHECK_PASS, "50%" },
	{ "ks(occupancy(2M), { full: 100% }) < 0.5", world_good, NULL, CHECK_FAIL, "50%" },
	{ "occupancy(2M) within 5% of { full: 50%, 15/16: 45%, 3/16: 5% }", world_good, NULL,
	  CHECK_FAIL, "differs by 7.5%" },
	{ "occupancy(2M) within 8% of { full: 50%, 15/16: 45%, 3/16: 5% }", world_good, NULL,
	  CHECK_PASS, "differs by 7.5%" },
	/*
	 * Durations that no collapse took have the buckets that collapses have: 90 % move by 7 of 31 steps of the
	 * scale, 10 % by 2.
	 */
	{ "emd(duration(2M), { 100us: 90%, 3ms: 10% }) <= 0.01% with at least 90 samples",
	  world_good, NULL, CHECK_PASS, "0%" },
	{ "emd(duration(2M), { 9ms: 50%, 10ms: 50% }) <= 1% with at least 90 samples", world_good,
	  NULL, CHECK_FAIL, "20.97% (most at <16.8ms: -100%)" },
	{ "duration(2M) within 1% of { 100us: 90%, 10s: 5%, 1h: 5% } with at least 90 samples",
	  world_good, NULL, CHECK_FAIL, "differs by 10%, most at <4.19ms: +10%" },
	{ "duration(2M) within 1% of { 100us: 40%, 10ms: 60% } with at least 90 samples",
	  world_good, NULL, CHECK_FAIL, "differs by 60%, most at <16.8ms: -60%" },
	/* Too few samples for a verdict. */
	{ "collapse(2M).success >= 90%", world_few, NULL, CHECK_NODATA, "at least 100 samples" },
	{ "collapse(2M).success >= 90% with at least 5 samples", world_few, NULL, CHECK_PASS,
	  "100%" },
	{ "collapse(2M).success >= 90% else skip", world_few, NULL, CHECK_SKIP,
	  "at least 100 samples" },
	{ "occupancy(2M) unimodal", world_few, NULL, CHECK_NODATA, "5 samples" },
	{ "default at least 5 samples\noccupancy(2M) unimodal", world_few, NULL, CHECK_PASS,
	  "nearest unimodal" },
	{ "failures == 0", world_few, NULL, CHECK_PASS, "0" },
	{ "failures == 0", world_nothing, NULL, CHECK_NODATA, "0 samples" },
	{ "occupancy(2M) mode at full with at least 0 samples", world_nothing, NULL, CHECK_NODATA,
	  "at least 1" },
	{ "collapse.success >= 1% with at least 0 samples", world_nothing, NULL, CHECK_NODATA,
	  "at least 1" },
	/* Values that a kernel of detail totals does not report. */
	{ "creep.steps == 0", world_good, NULL, CHECK_UNKNOWN, "needs detail ranges" },
	{ "creep.steps == 0 if known", world_good, NULL, CHECK_SKIP, "needs detail ranges" },
	{ "batches.lock_max <= 1ms", world_good, NULL, CHECK_UNKNOWN, "needs detail plans" },
	{ "collapse(64K).success >= 1%", world_good, NULL, CHECK_UNKNOWN, "needs detail sizes" },
	{ "orders(64K).collapses == 0", world_good, NULL, CHECK_UNKNOWN, "needs detail sizes" },
	{ "outcome(collapse, 64K, succeeded) >= 1%", world_good, NULL, CHECK_UNKNOWN,
	  "needs detail sizes" },
	{ "share(order >= 64K) >= 60%", world_good, NULL, CHECK_UNKNOWN, "needs detail sizes" },
	{ "orders no mass above 256K if known", world_good, NULL, CHECK_SKIP,
	  "needs detail sizes" },
	{ "occupancy(64K) mode at full", world_good, NULL, CHECK_UNKNOWN, "needs detail sizes" },
	{ "orders(4M).collapses == 0", world_good, NULL, CHECK_ERROR, "nearest: 2M" },
	{ "orders(order=10).collapses == 0", world_good, NULL, CHECK_ERROR, "sizes are 4K to 2M" },
	/* Loss. */
	{ "scans >= 1", world_lossy, NULL, CHECK_REFUSED, "0.901% of the events were lost" },
	{ "refuse above 1% lost\nscans >= 1", world_lossy, NULL, CHECK_PASS, "450" },
	{ "scans >= 1", world_cut, NULL, CHECK_REFUSED, "truncated" },
	{ "accept cut traces\nscans >= 1", world_cut, NULL, CHECK_PASS, "450" },
	{ "complete == yes", world_cut, NULL, CHECK_FAIL, "0" },
	/* Scopes: process 1 has all scans and 90 collapses, process 2 the 10 that failed. */
	{ "for comm \"proc*\": failures == 10", world_good, NULL, CHECK_PASS, "10" },
	{ "for comm proc1: failures == 0", world_good, NULL, CHECK_PASS, "0" },
	{ "for comm proc2: failures == 0", world_good, NULL, CHECK_FAIL, "10" },
	{ "for comm \"redis*\": failures == 0", world_good, NULL, CHECK_NODATA, "0 samples" },
	{ "for pid 102: failures == 10", world_good, NULL, CHECK_PASS, "10" },
	{ "for requester khugepaged: collapses == 90", world_good, NULL, CHECK_PASS, "90" },
	{ "for requester madvise: collapses == 0", world_good, NULL, CHECK_NODATA, "0 samples" },
	{ "for time 0s..90ms: collapses == 89", world_good, NULL, CHECK_PASS, "89" },
	{ "for time 90ms..1s: failures == 10", world_good, NULL, CHECK_PASS, "10" },
	{ "for time 0s..90ms: collapse(2M).success >= 100% with at least 80 samples", world_good,
	  NULL, CHECK_PASS, "100%" },
	{ "for every 100ms: scans >= 1", world_good, NULL, CHECK_FAIL, "0; 1 of 5 failed" },
	{ "for every 100ms: failures <= 10", world_good, NULL, CHECK_PASS, "5 of 5 passed" },
	{ "for each process: failures == 0", world_good, NULL, CHECK_FAIL, "10; 1 of 2 failed" },
	{ "for comm nobody and each process: failures == 0", world_good, NULL, CHECK_NODATA,
	  "no such process or window" },
	{ "for comm proc1 and each process: failures == 0", world_good, NULL, CHECK_PASS, "0" },
	{ "for each process: lost == 0", world_lossy, NULL, CHECK_FAIL, "2 of 2 failed" },
};

static void test_table(void **state)
{
	assert_int_equal(world_cases(cases, ARRAY_SIZE(cases), DETAIL_TOTALS), 0);
}

static const struct world_case order_cases[] = {
	{ "collapse(64K).success >= 100%", world_orders, NULL, CHECK_PASS, "100%" },
	{ "collapse(32K).success >= 1%", world_orders, NULL, CHECK_NODATA, "0 samples" },
	{ "orders(32K).collapses == 0", world_orders, NULL, CHECK_PASS, "0" },
	{ "share(order >= 64K) >= 100%", world_orders, NULL, CHECK_PASS, "100%" },
	{ "share(order > 64K) in 19%..21%", world_orders, NULL, CHECK_PASS, "20%" },
	{ "share(order > 64K) <= 19%", world_orders, NULL, CHECK_FAIL, "20%" },
	{ "share(order == order=4) in 80%..80%", world_orders, NULL, CHECK_PASS, "80%" },
	/* 800 times 64K are 50M, 200 times 2M are 400M. */
	{ "share(order >= 2M of collapsed_bytes) in 88%..89%", world_orders, NULL, CHECK_PASS,
	  "88.89%" },
	{ "filled <= 1040K", world_unreported_small, NULL, CHECK_PASS,
	  "10 collapses do not report it" },
	{ "filled <= 1039K", world_unreported_small, NULL, CHECK_UNKNOWN,
	  "10 collapses do not report it" },
	{ "orders mode at 64K", world_orders, NULL, CHECK_PASS, "mode 64K (80%), next 2M (20%)" },
	{ "share(order >= 2M of done_bytes) in 88%..89%", world_orders, NULL, CHECK_PASS,
	  "88.89%" },
	{ "orders.collapsed_bytes mode at 2M", world_orders, NULL, CHECK_PASS, "mode 2M" },
	{ "orders mode in 128K..2M", world_orders, NULL, CHECK_FAIL, "mode 64K" },
	{ "orders p50 == 64K", world_orders, NULL, CHECK_PASS, "64K" },
	{ "orders p90 == 64K", world_orders, NULL, CHECK_FAIL, "2M" },
	{ "orders monotone falling", world_orders, NULL, CHECK_PASS, "nearest falling" },
	{ "orders monotone rising", world_orders, NULL, CHECK_FAIL, "nearest rising" },
	{ "orders no mass above 256K", world_orders, NULL, CHECK_FAIL, "20%" },
	{ "orders no mass below 64K", world_orders, NULL, CHECK_PASS, "0%" },
	{ "orders no mass above 2M", world_orders, NULL, CHECK_PASS, "0%" },
	{ "orders within 3% of { 64K: 80%, 2M: 20% }", world_orders, NULL, CHECK_PASS, "0%" },
	{ "orders within 3% of { 64K: 84%, 2M: 16% }", world_orders, NULL, CHECK_FAIL,
	  "differs by 4%" },
	{ "orders within 3% of { 64K: 80%, 2M: 16%, 1M: 4% }", world_orders, NULL, CHECK_FAIL,
	  "differs by 4%" },
	/* 20 % move from 2M to 64K: 5 of 7 steps of the scale. */
	{ "emd(orders, { 64K: 100% }) in 14.2%..14.3%", world_orders, NULL, CHECK_PASS, "14.29%" },
	{ "occupancy(2M) mode at full with at least 10 samples", world_orders, NULL, CHECK_PASS,
	  "mode full" },
	{ "occupancy(64K) mode at full", world_orders, NULL, CHECK_NODATA, "0 samples" },
	/* Limits in two units: their order depends on the size of a page, or of the block. */
	{ "orders mass(order=2..64K) >= 80%", world_orders, NULL, CHECK_PASS, "80%" },
	{ "orders mass(64K..order=2) >= 80%", world_orders, NULL, CHECK_ERROR, "is reversed: on" },
	{ "orders no mass in 64K..order=3", world_orders, NULL, CHECK_ERROR, "range is reversed" },
	{ "orders mode in 64K..order=3", world_orders, NULL, CHECK_ERROR, "range is reversed" },
	{ "orders p50 in 64K..order=3", world_orders, NULL, CHECK_ERROR, "range is reversed" },
	{ "pmd_order in 2M..order=8", world_orders, NULL, CHECK_ERROR, "range is reversed" },
	{ "pmd_order in 2M..order=9", world_orders, NULL, CHECK_PASS, "2M" },
};

static void test_orders(void **state)
{
	assert_int_equal(world_cases(order_cases, ARRAY_SIZE(order_cases), DETAIL_SIZES), 0);
}

/* Nothing of a verdict that was there before: no part, nothing found. */
static void test_no_part(void **state)
{
	struct world w;

	world_judge(&w, "for comm nobody and each process: failures == 0", world_good,
		    DETAIL_TOTALS, NULL);
	assert_int_equal(w.v.state, CHECK_NODATA);
	assert_string_equal(w.v.observed, "");
	assert_string_equal(w.v.part, "");
	world_done(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_orders),
		cmocka_unit_test(test_no_part),
	};

	return cmocka_run_group_tests_name("check_eval", tests, NULL, NULL);
}
