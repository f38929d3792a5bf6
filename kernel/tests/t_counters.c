// SPDX-License-Identifier: GPL-2.0-only
/*
 * The counters of each order equal the tracepoints exactly: collapses, allocations, failed allocations,
 * and blocks with too many empty pages, each counted at its own order. With PMD order only, the old
 * counters and events match the plan, on every kernel.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "area.h"
#include "faults.h"
#include "khugepaged.h"
#include "ktap.h"
#include "plan.h"
#include "trace.h"

#define RANGES 16
#define NR     (PMD_ORDER + 1)

/* Per order, since some point in time. */
struct tally {
	long success[NR], alloc[NR], alloc_failed[NR], none[NR], nr_anon[NR];
};

/* The same from events. */
struct told {
	long success[NR], alloc[NR], alloc_failed[NR], failed[NR];
	long old_success[NR]; /* by mm_collapse_huge_page */
	long filled;
	long tried, batches, batch_tried, batch_done;
	bool bad_order;
};

static void read_tally(struct tally *t)
{
	unsigned int k;

	memset(t, 0, sizeof(*t));
	for (k = MIN_ORDER; k < NR; k++) {
		t->success[k] = thp_stat(k, "collapse_success");
		t->alloc[k] = thp_stat(k, "collapse_alloc");
		t->alloc_failed[k] = thp_stat(k, "collapse_alloc_failed");
		t->none[k] = thp_stat(k, "collapse_exceed_none_pte");
		t->nr_anon[k] = thp_stat(k, "nr_anon");
	}
}

static void since(struct tally *now, const struct tally *then)
{
	long *a = (long *)now;
	const long *b = (const long *)then;
	unsigned int i;

	for (i = 0; i < sizeof(*now) / sizeof(long); i++)
		a[i] -= b[i];
}

static void hear(const struct trace_event *ev, void *arg)
{
	struct told *told = arg;
	int64_t order = trace_num(ev, "order");
	bool good;
	char status[32];

	trace_word(ev, "status", status, sizeof(status));
	good = strcmp(status, "succeeded") == 0;
	if (strcmp(ev->name, "mm_mthp_batch") == 0) {
		told->batches++;
		told->batch_tried += trace_num(ev, "tried");
		told->batch_done += trace_num(ev, "done");
		return;
	}
	if (strcmp(ev->name, "mm_khugepaged_scan_pmd") == 0)
		return;
	if (order < 0 || order >= NR) {
		told->bad_order = true;
		return;
	}
	if (strcmp(ev->name, "mm_mthp_collapse") == 0) {
		told->tried++;
		told->success[order] += good;
		told->alloc_failed[order] += strcmp(status, "alloc_huge_page_failed") == 0 ||
					     strcmp(status, "cgroup_charge_failed") == 0;
		told->failed[order] += !good;
		told->filled += good ? trace_num(ev, "filled") : 0;
	} else if (strcmp(ev->name, "mm_collapse_huge_page") == 0) {
		told->old_success[order] += good;
	} else if (strcmp(ev->name, "mm_page_alloc") == 0) {
		told->alloc[order] += order >= MIN_ORDER;
	}
}

static bool same(const char *what, const long *got, const long *want)
{
	bool good = true;
	unsigned int k;

	for (k = MIN_ORDER; k < NR; k++) {
		if (got[k] == want[k])
			continue;
		ktap_note("%s of %s: the counter says %ld, wanted %ld", what, orders_name(1U << k),
			  got[k], want[k]);
		good = false;
	}
	return good;
}

static void build(struct area *a, const struct rule *rule)
{
	unsigned int i, k;

	area_map(a, RANGES);
	srand(rule->max_ptes_none + 1);
	for (i = 0; i < RANGES; i++) {
		for (k = 0; k < PMD_NR; k++) {
			if ((unsigned int)rand() % (RANGES - 1) < (i + k / 64) % RANGES)
				area_write(a, i * PMD_NR + k);
		}
	}
	kh_set("max_ptes_none", rule->max_ptes_none);
	thp_orders(rule->orders, "madvise");
	kh_idle();
	area_advise(a, MADV_HUGEPAGE);
}

static void trace_all(void)
{
	static const char *const events[] = { "huge_memory/mm_mthp_collapse",
					      "huge_memory/mm_collapse_huge_page",
					      "huge_memory/mm_mthp_batch", "kmem/mm_page_alloc" };
	unsigned int i;

	for (i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		trace_enable(events[i]);
	if (kh_pid() > 0)
		trace_only_pid(kh_pid());
	trace_start();
}

/* The counts that the plans for an area predict. */
static long expect(const struct area *a, const struct rule *rule, long *success, long *none)
{
	static struct mthp_policy_out out;
	struct shape s;
	unsigned int i, k;
	long filled = 0;

	memset(success, 0, NR * sizeof(long));
	memset(none, 0, NR * sizeof(long));
	for (i = 0; i < a->nr; i++) {
		shape_read(area_range(a, i), &s);
		plan_range(rule, &s, NULL, &out);
		for (k = 0; k < out.nr; k++)
			success[out.block[k].order]++;
		for (k = MIN_ORDER; k < NR; k++)
			none[k] += out.refused[k][MTHP_WHY_NONE];
		filled += out.fill;
	}
	return filled;
}

static void plain(uint32_t orders, unsigned int m)
{
	struct rule rule = { orders, m, 1 };
	char name[64];
	long success[NR], none[NR], filled;
	struct told told = { .batches = 0 };
	struct tally before, after;
	struct area a;
	int err;

	snprintf(name, sizeof(name), "%s", orders_name(orders));
	build(&a, &rule);
	filled = expect(&a, &rule, success, none);
	read_tally(&before);
	trace_all();
	err = kh_scan_noted();
	trace_stop(hear, &told);
	read_tally(&after);
	since(&after, &before);
	ktap_ok(!err && same("successes", after.success, success) &&
			same("successes by event", told.success, success) &&
			same("successes by the old event", told.old_success, success),
		"orders %s, max_ptes_none %u: successes", name, m);
	ktap_ok(!err && same("allocations", after.alloc, told.alloc) &&
			same("allocations", after.alloc, success) &&
			same("failed allocations", after.alloc_failed, told.alloc_failed),
		"orders %s, max_ptes_none %u: allocations", name, m);
	ktap_ok(!err && same("blocks with too many empty pages", after.none, none),
		"orders %s, max_ptes_none %u: too many empty pages", name, m);
	ktap_ok(!err && same("folios", after.nr_anon, success),
		"orders %s, max_ptes_none %u: nr_anon", name, m);
	ktap_ok(!err && told.tried && told.filled == filled && !told.bad_order &&
			told.batch_tried == told.tried && told.batch_done == told.tried,
		"orders %s, max_ptes_none %u: %ld blocks in %ld batches fill %ld pages", name, m,
		told.tried, told.batches, told.filled);
	area_unmap(&a);
	read_tally(&after);
	since(&after, &before);
	memset(success, 0, sizeof(success));
	ktap_ok(same("folios left", after.nr_anon, success),
		"orders %s, max_ptes_none %u: nr_anon returns to what it was", name, m);
}

/* Some allocations fail. Events and counters agree about each of them. */
static void failing(uint32_t orders, int min_order, unsigned int interval)
{
	struct rule rule = { orders, 100, 1 };
	char name[64];
	struct told told = { .batches = 0 };
	struct tally before, after;
	struct area a;
	unsigned int k;
	long failed = 0;
	int err;

	snprintf(name, sizeof(name), "%s", orders_name(orders));
	if (!faults_have()) {
		ktap_skip("no fail_page_alloc in this kernel", "orders %s, failing", name);
		return;
	}
	build(&a, &rule);
	read_tally(&before);
	trace_all();
	faults_start(min_order, interval, -1);
	err = kh_scan_noted();
	faults_stop();
	trace_stop(hear, &told);
	read_tally(&after);
	since(&after, &before);
	for (k = MIN_ORDER; k < NR; k++)
		failed += told.alloc_failed[k];
	ktap_ok(!err && failed && same("successes", after.success, told.success) &&
			same("allocations", after.alloc, told.alloc) &&
			same("failed allocations", after.alloc_failed, told.alloc_failed),
		"orders %s, each %u. allocation from %s on fails: %ld failures, all booked", name,
		interval, orders_name(1U << min_order), failed);
	ktap_ok(!err && area_all_intact(&a), "orders %s, each %u. allocation fails: contents", name,
		interval);
	area_unmap(&a);
}

struct old {
	long succeeded, exceed_none, other;
};

static void hear_old(const struct trace_event *ev, void *arg)
{
	struct old *old = arg;
	char status[32];

	if (strcmp(ev->name, "mm_khugepaged_scan_pmd"))
		return;
	trace_word(ev, "status", status, sizeof(status));
	if (strcmp(status, "succeeded") == 0)
		old->succeeded++;
	else if (strcmp(status, "exceed_none_pte") == 0)
		old->exceed_none++;
	else
		old->other++;
}

/* PMD order only: no counter and no event may differ from a kernel without the series. */
static void pmd_only(unsigned int m)
{
	struct rule rule = { 1U << PMD_ORDER, m, 1 };
	long success[NR], none[NR], alloc, exceed, collapsed;
	struct old old = { 0 };
	struct area a;
	int err;

	build(&a, &rule);
	expect(&a, &rule, success, none);
	alloc = file_key("/proc/vmstat", "thp_collapse_alloc");
	exceed = file_key("/proc/vmstat", "thp_scan_exceed_none_pte");
	collapsed = thp_read("khugepaged/pages_collapsed");
	trace_enable("huge_memory/mm_khugepaged_scan_pmd");
	trace_all();
	err = kh_scan_noted();
	trace_stop(hear_old, &old);
	alloc = file_key("/proc/vmstat", "thp_collapse_alloc") - alloc;
	exceed = file_key("/proc/vmstat", "thp_scan_exceed_none_pte") - exceed;
	collapsed = thp_read("khugepaged/pages_collapsed") - collapsed;
	if (old.succeeded != success[PMD_ORDER] || old.exceed_none != none[PMD_ORDER])
		ktap_note("events: %ld succeeded, %ld exceed_none_pte, %ld other", old.succeeded,
			  old.exceed_none, old.other);
	ktap_ok(!err && old.succeeded == success[PMD_ORDER] && old.exceed_none == none[PMD_ORDER],
		"2M alone, max_ptes_none %u: one scan event per range, %ld of %ld succeeded", m,
		success[PMD_ORDER], success[PMD_ORDER] + none[PMD_ORDER]);
	if (alloc != success[PMD_ORDER] || exceed != none[PMD_ORDER])
		ktap_note("vmstat: thp_collapse_alloc %ld, thp_scan_exceed_none_pte %ld, "
			  "pages_collapsed %ld",
			  alloc, exceed, collapsed);
	ktap_ok(!err && alloc == success[PMD_ORDER] && exceed == none[PMD_ORDER] &&
			collapsed == success[PMD_ORDER],
		"2M alone, max_ptes_none %u: vmstat and pages_collapsed", m);
	area_unmap(&a);
}

int main(void)
{
	ktap_start();
	kh_start();
	trace_open();
	pmd_only(0);
	pmd_only(100);
	pmd_only(255);
	pmd_only(511);
	plain(1 << 4, 0);
	plain(1 << 4, 255);
	plain(1 << 2 | 1 << 4 | 1 << 6, 128);
	plain(ORDERS_ALL & ~(1 << 9), 200);
	plain(ORDERS_ALL, 255);
	plain(1 << 2, 511);
	failing(1 << 4, 4, 3);
	failing(1 << 2 | 1 << 4 | 1 << 6, 3, 5);
	failing(ORDERS_ALL, 2, 2);
	return ktap_done();
}
