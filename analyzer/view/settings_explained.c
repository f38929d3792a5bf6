// SPDX-License-Identifier: GPL-2.0-only
/*
 * The names of settings do not say what they do, and one setting does several things: max_ptes_none
 * decides what khugepaged may collapse at PMD order, what at smaller orders (by three different
 * rules, depending on the kernel), and what the shrinker of underused huge pages splits.
 *
 * Rules and their sources: mm/khugepaged.c (collapse_scan_pmd and its predecessors), for smaller
 * orders Documentation/admin-guide/mm/transhuge.rst of Linux 7.2; mm/huge_memory.c, thp_underused().
 * A setting that is unknown has no line.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "view/settings_explained.h"
#include "lib/fmt.h"

struct audit {
	const struct meta *meta;
	const struct settings *set;
	__u32 pages; /* of a PMD range */
	char pmd[16];
	settings_explain_fn say;
	void *ctx;
};

static void say(const struct audit *a, const char *subject, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void say(const struct audit *a, const char *subject, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	a->say(a->ctx, subject, text);
}

/* The word in force for an order: its own, or the global one that it inherits. */
static const char *order_word(const struct audit *a, __u32 order)
{
	const char *own = a->set->order_enabled[order];

	if (!own[0])
		return order == a->meta->pmd_order ? a->set->enabled : "";
	return strcmp(own, "inherit") ? own : a->set->enabled;
}

static bool is_on(const struct audit *a, __u32 order)
{
	const char *word = order_word(a, order);

	return !strcmp(word, "always") || !strcmp(word, "madvise");
}

static int smaller_on(const struct audit *a)
{
	__u32 order;
	int n = 0;

	for (order = 1; order < a->meta->pmd_order; order++)
		n += is_on(a, order);
	return n;
}

static void audit_enabled(const struct audit *a)
{
	char list[256] = "", size[16];
	size_t n = 0;
	__u32 order;

	for (order = 1; order < MTHP_NR_ORDERS; order++) {
		if (!is_on(a, order))
			continue;
		fmt_order(order, a->meta->page_size, size, sizeof(size));
		n += snprintf(list + n, sizeof(list) - n, "%s%s (%s)", n ? ", " : "", size,
			      order_word(a, order));
	}
	if (!n) {
		say(a, "sizes",
		    "no size of huge page is enabled for anonymous memory: khugepaged does "
		    "nothing, and only MADV_COLLAPSE collapses it");
		return;
	}
	say(a, "sizes",
	    "enabled for anonymous memory: %s; \"madvise\": only memory marked by MADV_HUGEPAGE",
	    list);
	if (!meta_below_pmd(a->meta) && smaller_on(a))
		say(a, "sizes",
		    "khugepaged of this kernel collapses to %s only: smaller sizes come from page "
		    "faults, and do not grow later",
		    a->pmd);
	else if (!meta_below_pmd(a->meta) && !is_on(a, a->meta->pmd_order))
		say(a, "sizes", "%s is disabled: khugepaged of this kernel has nothing to do",
		    a->pmd);
}

/* Not rounded: 2044K is not 2M. */
static void kib(__u64 bytes, char *buf, size_t len)
{
	snprintf(buf, len, "%lluK", (unsigned long long)(bytes >> 10));
}

static void audit_none(const struct audit *a)
{
	long long m = a->set->max_ptes_none;
	char most[24];

	if (m == META_UNKNOWN || m >= a->pages)
		return;
	kib((__u64)m * a->meta->page_size, most, sizeof(most));
	if (m == a->pages - 1)
		say(a, "max_ptes_none",
		    "%lld, %s: one present page is enough, so that a collapse can add %lld pages "
		    "(%s) of zeroes",
		    m, a->pmd, m, most);
	else if (m)
		say(a, "max_ptes_none",
		    "%lld, %s: collapsed when at least %lld of its %u pages are present; a "
		    "collapse adds at most %s of zeroes",
		    m, a->pmd, a->pages - m, a->pages, most);
	else
		say(a, "max_ptes_none",
		    "0, %s: collapsed only when all %u pages are present; a collapse adds no memory",
		    a->pmd, a->pages);
}

static void audit_none_scaled(const struct audit *a)
{
	long long m = a->set->max_ptes_none;
	char list[256] = "", size[16];
	size_t n = 0;
	__u32 order;

	for (order = 2; order < a->meta->pmd_order; order++) {
		if (!is_on(a, order))
			continue;
		fmt_order(order, a->meta->page_size, size, sizeof(size));
		n += snprintf(list + n, sizeof(list) - n, "%s%lld of %u at %s", n ? ", " : "",
			      m >> (a->meta->pmd_order - order), 1U << order, size);
	}
	if (n)
		say(a, "max_ptes_none",
		    "smaller sizes: scaled to the size; at most %s may be empty", list);
}

static void audit_none_smaller(const struct audit *a)
{
	long long m = a->set->max_ptes_none;

	if (m == META_UNKNOWN || m >= a->pages)
		return;
	if (!meta_below_pmd(a->meta))
		say(a, "max_ptes_none",
		    "smaller sizes: no effect, khugepaged of this kernel does not collapse to them");
	else if (!smaller_on(a))
		say(a, "max_ptes_none", "smaller sizes: none is enabled");
	else if (m == 0)
		say(a, "max_ptes_none", "smaller sizes: collapsed only when all pages are present");
	else if (m == a->pages - 1)
		say(a, "max_ptes_none",
		    "smaller sizes: one present page is enough for the largest size around it");
	else if (!capability_holds(a->meta, CAP_PLAN))
		say(a, "max_ptes_none",
		    "smaller sizes: this kernel knows 0 and %u only and takes %lld as 0: "
		    "collapsed only when all pages are present",
		    a->pages - 1, m);
	else
		audit_none_scaled(a);
}

static void audit_creep(const struct audit *a)
{
	long long m = a->set->max_ptes_none;

	if (a->set->creep_guard == 1)
		say(a, "creep_guard", "1: a collapse never makes a larger one possible");
	else if (a->set->creep_guard == 0 && m > 0 && m < a->pages - 1 && smaller_on(a))
		say(a, "creep_guard",
		    "0: pages that a collapse fills can make a larger collapse possible, step by "
		    "step; the creep screen shows it");
	else if (a->set->creep_guard == 0)
		say(a, "creep_guard", "0: without effect, as these settings do not creep");
}

static void audit_shrinker(const struct audit *a)
{
	long long m = a->set->max_ptes_none;
	char most[24];

	if (a->set->shrink_underused == META_UNKNOWN || m == META_UNKNOWN || m >= a->pages)
		return;
	kib((__u64)m * a->meta->page_size, most, sizeof(most));
	if (!a->set->shrink_underused)
		say(a, "shrink_underused", "0: huge pages full of zeroes stay as they are");
	else if (m == a->pages - 1)
		say(a, "shrink_underused",
		    "1, but without effect: max_ptes_none is the shrinker's limit, too, and at "
		    "%lld no huge page is underused",
		    m);
	else
		say(a, "shrink_underused",
		    "1: when memory is short, the kernel splits %s pages with more than %lld pages "
		    "(%s) of zeroes and frees these; max_ptes_none is this limit, too",
		    a->pmd, m, most);
}

static void audit_pace(const struct audit *a)
{
	__u64 sleep = a->set->scan_sleep_millisecs, pages = a->set->pages_to_scan;
	char each[16], gib[16];

	if (a->set->scan_sleep_millisecs == META_UNKNOWN || a->set->pages_to_scan <= 0)
		return;
	fmt_bytes(pages * a->meta->page_size, each, sizeof(each));
	if (!sleep) {
		say(a, "pace", "khugepaged does not sleep: it takes a whole CPU if it finds work");
		return;
	}
	fmt_ns((1ULL << 30) / a->meta->page_size * sleep / pages * 1000000, gib, sizeof(gib));
	say(a, "pace", "khugepaged scans %s every %llu ms: a GiB takes %s", each,
	    (unsigned long long)sleep, gib);
}

static void audit_rest(const struct audit *a)
{
	long long swap = a->set->max_ptes_swap, shared = a->set->max_ptes_shared;
	char bytes[16];

	if (swap != META_UNKNOWN)
		say(a, "max_ptes_swap",
		    "%lld: up to %s is read back from swap to collapse a %s range", swap,
		    fmt_bytes((__u64)swap * a->meta->page_size, bytes, sizeof(bytes)), a->pmd);
	if (shared != META_UNKNOWN)
		say(a, "max_ptes_shared",
		    "%lld: up to %s shared with other processes (after fork) is copied to collapse a "
		    "range",
		    shared, fmt_bytes((__u64)shared * a->meta->page_size, bytes, sizeof(bytes)));
	if (a->set->defrag_khugepaged == 0)
		say(a, "khugepaged/defrag",
		    "0: khugepaged does not compact memory: without a free huge page it gives up");
}

void settings_explain(const struct meta *meta, settings_explain_fn fn, void *ctx)
{
	struct audit a = {
		.meta = meta,
		.set = &meta->settings,
		.pages = 1U << meta->pmd_order,
		.say = fn,
		.ctx = ctx,
	};

	if (!meta->pmd_order || meta->pmd_order >= MTHP_NR_ORDERS)
		return;
	fmt_order(meta->pmd_order, meta->page_size, a.pmd, sizeof(a.pmd));
	audit_enabled(&a);
	audit_none(&a);
	audit_none_smaller(&a);
	audit_creep(&a);
	audit_shrinker(&a);
	audit_rest(&a);
	audit_pace(&a);
}
