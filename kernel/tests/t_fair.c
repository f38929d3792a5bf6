// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every range gets its turn: beside a thread that keeps the process's mmap_lock busy, by whichever kind of
 * advice or setting large folios were requested, and if only smaller ones can be allocated.
 *
 * vm: --smp 2
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "area.h"
#include "child.h"
#include "faults.h"
#include "khugepaged.h"
#include "ktap.h"
#include "pagemap.h"
#include "settings.h"
#include "trace.h"

#define BUSY_RANGES 64

static volatile int stop;

/* mmap, touch, munmap, as many programs do all the time. */
static void *busy(void *arg)
{
	unsigned long *rounds = arg;

	while (!stop) {
		char *p = mmap(NULL, 16 * PAGE_LEN, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p == MAP_FAILED)
			break;
		*p = 1;
		munmap(p, 16 * PAGE_LEN);
		++*rounds;
	}
	return NULL;
}

static unsigned int count_ranges(const struct area *a, int order)
{
	unsigned int i, n = 0, told = 0;
	struct shape s, want;

	memset(&want, 0, sizeof(want));
	memset(want.order, order, sizeof(want.order));
	for (i = 0; i < a->nr; i++) {
		shape_read(area_range(a, i), &s);
		n += shape_same(&s, &want);
		if (!shape_same(&s, &want) && told++ < 3)
			shape_differ("a range", &s, &want);
	}
	return n;
}

/* One pass, while threads hold the lock most of the time. */
static void starvation(unsigned int order, unsigned int threads)
{
	unsigned long rounds[4] = { 0 };
	unsigned int i, n, passes;
	pthread_t thread[4];
	struct area a;
	long before;
	int err;

	area_map(&a, BUSY_RANGES);
	area_write_pages(&a, 0, BUSY_RANGES * PMD_NR);
	kh_set("max_ptes_none", 0);
	thp_orders(1U << order, "madvise");
	kh_idle();
	area_advise(&a, MADV_HUGEPAGE);
	before = thp_read("khugepaged/full_scans");
	stop = 0;
	for (i = 0; i < threads; i++) {
		if (pthread_create(&thread[i], NULL, busy, &rounds[i]))
			ktap_die("cannot start a thread");
	}
	err = kh_scan_noted();
	passes = thp_read("khugepaged/full_scans") - before;
	n = count_ranges(&a, order);
	stop = 1;
	for (i = 0; i < threads; i++)
		pthread_join(thread[i], NULL);
	if (n < BUSY_RANGES)
		ktap_note(
			"full_scans went up by %u, and %u of %u ranges were done; the threads made "
			"%lu rounds",
			passes, n, BUSY_RANGES, rounds[0]);
	ktap_ok(!err && n == BUSY_RANGES && area_all_intact(&a),
		"orders %s: one pass does all %u ranges beside %u busy threads",
		orders_name(1U << order), BUSY_RANGES, threads);
	area_unmap(&a);
}

/* Kinds of requests; the program runs itself again with the number. */
enum way {
	ADVISED_FIRST,
	READ_FIRST,
	ADVISED_AFTER,
	GLOBAL_ALWAYS,
	ORDER_ALWAYS,
	NR_WAYS
};

static const char *const ways[NR_WAYS] = {
	"MADV_HUGEPAGE before the first touch",
	"MADV_HUGEPAGE before the first touch, which reads,",
	"MADV_HUGEPAGE after the first touch",
	"the global switch on always",
	"one size on always",
};

/*
 * The process that requests large folios. A page that is first read and then written is a single page,
 * whatever is enabled, as long as PMD order is off. So there is something to collapse. A page beside the
 * range is written at once, as usual, unless the test is about a VMA without a written page.
 */
static int ask(enum way way, unsigned int order)
{
	size_t len = 3 * PMD_SIZE;
	unsigned int i, n;
	struct shape s;
	char *p, *all;

	all = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (all == MAP_FAILED)
		return 2;
	p = (char *)(((uintptr_t)all + PMD_SIZE - 1) & ~(PMD_SIZE - 1));
	if (way <= READ_FIRST && madvise(all, len, MADV_HUGEPAGE))
		return 2;
	if (way != READ_FIRST)
		*(volatile char *)(p + PMD_SIZE + PMD_SIZE / 2) = 1;
	for (i = 0; i < PMD_NR; i++) {
		(void)*(volatile char *)(p + i * PAGE_LEN);
		*(volatile char *)(p + i * PAGE_LEN) = i;
	}
	if (way == ADVISED_AFTER && madvise(all, len, MADV_HUGEPAGE))
		return 2;
	shape_read(p, &s);
	if (shape_count(&s, 0) != PMD_NR)
		return 3;
	child_ready();
	shape_read(p, &s);
	n = shape_count(&s, order);
	for (i = 0; i < PMD_NR; i++) {
		if (p[i * PAGE_LEN] != (char)i)
			return 4;
	}
	return n == PMD_NR >> order ? 0 : 1;
}

static void scan_once(void)
{
	kh_scan_noted();
}

static void asking(enum way way, unsigned int order)
{
	char arg1[16], arg2[16];
	int status;

	kh_set("max_ptes_none", 0);
	thp_write("enabled", way == GLOBAL_ALWAYS ? "always" : "madvise");
	thp_orders(1U << order, way == GLOBAL_ALWAYS ? "inherit" :
				way == ORDER_ALWAYS  ? "always" :
						       "madvise");
	kh_idle();
	snprintf(arg1, sizeof(arg1), "%d", way);
	snprintf(arg2, sizeof(arg2), "%u", order);
	status = child_exec(arg1, arg2, scan_once);
	thp_write("enabled", "madvise");
	if (status)
		ktap_note("%s", status == 1 ? "it was not collapsed" :
				status == 3 ? "the faults did not give single pages" :
				status == 4 ? "contents are lost" :
					      "the process failed");
	ktap_ok(status == 0, "only %s enabled: %s gets scanned", orders_name(1U << order),
		ways[way]);
}

/* Allocations of min_order or more fail: khugepaged must try smaller orders at once. */
static void starved(uint32_t orders, int min_order)
{
	int best = 31 - __builtin_clz(orders & ((1U << min_order) - 1));
	unsigned int i, n;
	struct timespec t0, t1;
	struct area a;
	double secs;
	int err;

	if (!faults_have()) {
		ktap_skip("no fail_page_alloc in this kernel (CONFIG_FAIL_PAGE_ALLOC)",
			  "orders %s, none above %s to be had", orders_name(orders),
			  orders_name(1U << best));
		return;
	}
	area_map(&a, 8);
	for (i = 0; i < a.nr; i++)
		area_write_pages(&a, i * PMD_NR, PMD_NR);
	kh_set("max_ptes_none", 0);
	kh_set("alloc_sleep_millisecs", 15000);
	thp_orders(orders, "madvise");
	kh_idle();
	faults_start(min_order, 1, -1);
	area_advise(&a, MADV_HUGEPAGE);
	clock_gettime(CLOCK_MONOTONIC, &t0);
	/* The first pass may have been under way when the memory was advised. */
	err = kh_scan_noted();
	if (!err)
		err = kh_scan_noted();
	clock_gettime(CLOCK_MONOTONIC, &t1);
	secs = t1.tv_sec - t0.tv_sec + (t1.tv_nsec - t0.tv_nsec) / 1e9;
	n = count_ranges(&a, best);
	/* Counted first: the next setting wakes khugepaged up, which then finds all sizes. */
	faults_stop();
	kh_set("alloc_sleep_millisecs", 0);
	if (n != a.nr || secs > 14)
		ktap_note("%u of %u ranges in %.1f s", n, a.nr, secs);
	ktap_ok(!err && n == a.nr && secs < 14 && area_all_intact(&a),
		"orders %s, none above %s to be had: everything becomes %s, without a sleep",
		orders_name(orders), orders_name(1U << best), orders_name(1U << best));
	area_unmap(&a);
}

int main(int argc, char **argv)
{
	unsigned int i;

	if (argc == 3)
		return ask(atoi(argv[1]), atoi(argv[2]));
	ktap_start();
	kh_start();
	starvation(9, 1);
	starvation(4, 1);
	starvation(6, 2);
	for (i = 0; i < NR_WAYS; i++)
		asking(i, 5);
	asking(ADVISED_FIRST, 2);
	asking(ADVISED_FIRST, 8);
	starved(1 << 4 | 1 << 9, 9);
	starved(1 << 2 | 1 << 6, 4);
	starved(1 << 3 | 1 << 5 | 1 << 7 | 1 << 9, 4);
	return ktap_done();
}
