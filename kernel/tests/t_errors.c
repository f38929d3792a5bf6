// SPDX-License-Identifier: GPL-2.0-only
/*
 * Errors lose nothing. A failed allocation prevents only its own block, at any place of the batch, and the
 * next pass collapses that block. No task of a memory cgroup at its limit is killed for a collapse. At the
 * end memory, page tables and counters are as at the start.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "area.h"
#include "books.h"
#include "child.h"
#include "faults.h"
#include "khugepaged.h"
#include "ktap.h"
#include "pagemap.h"
#include "settings.h"

#define RANGES 4
#define CGROUP "/sys/fs/cgroup/test-errors"

static void build(struct area *a, unsigned int ranges, uint32_t orders)
{
	area_map(a, ranges);
	area_write_pages(a, 0, ranges * PMD_NR);
	kh_set("max_ptes_none", 0);
	thp_orders(orders, "madvise");
	kh_idle();
	area_advise(a, MADV_HUGEPAGE);
}

/*
 * One allocation of a pass fails, the one after `interval` - 1 that do not. What was not to be had is not asked for again in
 * that range: its other blocks are collapsed later, and those of other ranges now.
 */
static void one_failure(unsigned int order, unsigned int interval)
{
	unsigned int want = RANGES * (PMD_NR >> order), least = want - (PMD_NR >> order);
	unsigned int first, second, passes = 0;
	struct area a;
	int err;

	build(&a, RANGES, 1U << order);
	faults_start(order, interval, 1);
	err = kh_scan_noted();
	faults_stop();
	first = area_blocks(&a, order);
	do {
		kh_scan();
		second = area_blocks(&a, order);
	} while (second < want && ++passes < 3);
	if (first < least || first >= want || second != want)
		ktap_note("%u blocks on the first pass, %u in the end", first, second);
	ktap_ok(!err && first >= least && first < want && second == want && area_all_intact(&a),
		"%s: one allocation in %u fails: %u or more of %u blocks, the others later",
		orders_name(1U << order), interval, least, want);
	area_unmap(&a);
}

/* A block that gets no folio becomes two smaller ones, in the same pass, and so do those after it in the range. */
static void smaller(unsigned int order, unsigned int interval)
{
	unsigned int want = RANGES * (PMD_NR >> order), least = want - (PMD_NR >> order), big,
		     small;
	struct area a;
	int err;

	build(&a, RANGES, 3U << (order - 1));
	faults_start(order, interval, 1);
	err = kh_scan_noted();
	faults_stop();
	big = area_blocks(&a, order);
	small = area_blocks(&a, order - 1);
	if (big < least || big >= want || small != 2 * (want - big))
		ktap_note("%u large blocks, %u small ones", big, small);
	ktap_ok(!err && big >= least && big < want && small == 2 * (want - big) &&
			area_all_intact(&a),
		"%s: one allocation in %u fails: two blocks of %s each instead",
		orders_name(1U << order), interval, orders_name(1U << (order - 1)));
	area_unmap(&a);
}

static int cgroup_write(const char *name, const char *text)
{
	char path[96];

	snprintf(path, sizeof(path), CGROUP "/%s", name);
	return file_write(path, text);
}

static long cgroup_read(const char *name)
{
	char path[96], text[32];

	snprintf(path, sizeof(path), CGROUP "/%s", name);
	return file_read(path, text, sizeof(text)) < 0 ? -1 : atol(text);
}

/*
 * The program, run again in the cgroup. It waits while the limit is on, because any allocation of its own,
 * in the kernel, too, could rightly get it killed.
 */
static int limited(unsigned int order)
{
	struct area a;

	if (cgroup_write("cgroup.procs", "0"))
		return 2;
	area_map(&a, RANGES);
	area_write_pages(&a, 0, RANGES * PMD_NR);
	area_advise(&a, MADV_HUGEPAGE);
	child_ready();
	if (!area_all_intact(&a))
		return 3;
	return area_blocks(&a, order) == RANGES * (PMD_NR >> order) ? 0 : 4;
}

/* Passes with room for a few blocks only, and one without limit. */
static void squeeze(void)
{
	char text[24];
	int i, err = 0;

	snprintf(text, sizeof(text), "%ld", cgroup_read("memory.current") + 300000);
	err = cgroup_write("memory.max", text);
	for (i = 0; i < 12 && !err; i++)
		err = kh_scan();
	if (err)
		ktap_note("no pass with a limit: %s", strerror(-err));
	cgroup_write("memory.max", "max");
	kh_scan();
}

static void memcg(unsigned int order)
{
	static const char *const why[] = { "", "", "cannot enter the cgroup", "contents lost",
					   "blocks left" };
	char arg[16];
	long kills;
	int status;

	if (file_write("/sys/fs/cgroup/cgroup.subtree_control", "+memory") ||
	    (mkdir(CGROUP, 0755) && errno != EEXIST)) {
		ktap_skip("no memory cgroups here", "%s: a cgroup at its limit",
			  orders_name(1U << order));
		return;
	}
	kh_set("max_ptes_none", 0);
	thp_orders(1U << order, "madvise");
	kh_idle();
	snprintf(arg, sizeof(arg), "%u", order);
	status = child_exec("limited", arg, squeeze);
	kills = file_key(CGROUP "/memory.events", "oom_kill");
	if (status)
		ktap_note("exit status %d: %s", status, status < 5 ? why[status] : "died");
	ktap_ok(status == 0 && kills == 0, "%s: a cgroup at its limit loses nothing (%ld kills)",
		orders_name(1U << order), kills);
	usleep(100000);
	rmdir(CGROUP);
}

/* Many rounds with failures everywhere: one lost folio a round would be detected. */
static void balance(uint32_t orders, unsigned int rounds, bool fail)
{
	struct books before, after;
	unsigned int i;
	struct area a;
	bool good = true;
	char what[80];

	for (i = 0; i < rounds + 2; i++) {
		/* The first two fill caches that stay full. */
		if (i == 2)
			books_read(&before);
		build(&a, RANGES, orders);
		if (fail)
			faults_start(MIN_ORDER, 2 + i % 5, -1);
		good &= kh_scan() == 0;
		faults_stop();
		good &= kh_scan() == 0 && area_all_intact(&a);
		area_unmap(&a);
	}
	books_read(&after);
	ktap_ok(good, "orders %s: contents in %u rounds of failing allocations",
		orders_name(orders), rounds);
	snprintf(what, sizeof(what), "orders %s", orders_name(orders));
	books_ok(&before, &after, what);
}

int main(int argc, char **argv)
{
	static const unsigned int places[] = { 1, 2, 5, 16, 31 };
	unsigned int i, order;

	if (argc == 3 && strcmp(argv[1], "limited") == 0) {
		return limited(atoi(argv[2]));
	}
	ktap_start();
	kh_start();
	if (!faults_have()) {
		ktap_skip("no fail_page_alloc in this kernel", "failing allocations");
	} else {
		for (order = MIN_ORDER; order < PMD_ORDER; order++) {
			for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
				if (places[i] <= RANGES * (PMD_NR >> order) / 2)
					one_failure(order, places[i]);
			}
			if (order > MIN_ORDER)
				smaller(order, 3);
		}
		balance(1 << 4, 40, false);
		balance(1 << 4, 40, true);
		balance(1 << 4, 40, true);
		balance(ORDERS_ALL, 40, true);
	}
	memcg(4);
	memcg(2);
	memcg(6);
	return ktap_done();
}
