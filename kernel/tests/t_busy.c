// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process whose mmap_lock is held for long holds up nobody else: the others are collapsed, and passes
 * end. It gets its turn when the lock is free. Holders come before and after the others in khugepaged's list.
 *
 * vm: --smp 2
 * module: mishap
 */
#include <sys/mman.h>
#include <time.h>

#include "area.h"
#include "child.h"
#include "khugepaged.h"
#include "ktap.h"
#include "mishap.h"
#include "pagemap.h"
#include "settings.h"

#define ORDER  4
#define RANGES 2
#define BLOCKS (RANGES * (PMD_NR >> ORDER)) /* of one process */
#define MAX    5

/* In a process of its own, which a fork has registered. */
static int populate(void *arg)
{
	struct area a;

	(void)arg;
	area_map(&a, RANGES);
	area_write_pages(&a, 0, RANGES * PMD_NR);
	area_advise(&a, MADV_HUGEPAGE);
	return 0;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void others_go_on(unsigned int before, unsigned int after)
{
	unsigned int i, n = before + after;
	long start, collapsed, passes;
	pid_t busy[MAX], other;
	double t0, first;
	int err;

	thp_orders(0, "madvise");
	for (i = 0; i < before; i++)
		busy[i] = child_start(populate, NULL);
	other = child_start(populate, NULL);
	for (; i < n; i++)
		busy[i] = child_start(populate, NULL);
	for (i = 0; i < n; i++)
		mishap_set("hold", busy[i]);
	start = thp_stat(ORDER, "collapse_success");
	thp_orders(1U << ORDER, "madvise");
	passes = thp_read("khugepaged/full_scans");
	t0 = now();
	err = kh_scan_noted();
	first = now() - t0;
	if (!err)
		err = kh_scan_noted();
	passes = thp_read("khugepaged/full_scans") - passes;
	collapsed = thp_stat(ORDER, "collapse_success") - start;
	ktap_note("first pass %.1f s, second %.1f s", first, now() - t0 - first);
	ktap_ok(!err && passes >= 2, "%u locks held before, %u after: passes end (%ld)", before,
		after, passes);
	ktap_ok(collapsed == BLOCKS,
		"%u locks held before, %u after: another process collapses (%ld of %u blocks)",
		before, after, collapsed, BLOCKS);
	mishap_set("hold", 0);
	kh_scan_noted();
	kh_scan_noted();
	collapsed = thp_stat(ORDER, "collapse_success") - start;
	ktap_ok(collapsed == (n + 1) * BLOCKS,
		"%u locks held before, %u after: those collapse when they are free (%ld of %u blocks)",
		before, after, collapsed, (n + 1) * BLOCKS);
	for (i = 0; i < n; i++)
		child_end(busy[i]);
	child_end(other);
}

int main(void)
{
	const char *why;

	ktap_start();
	kh_start();
	kh_set("max_ptes_none", 0);
	why = mishap_load();
	if (why) {
		ktap_skip(why, "processes whose mmap_lock is held");
		return ktap_done();
	}
	others_go_on(1, 0);
	others_go_on(0, 1);
	others_go_on(5, 0);
	others_go_on(0, 5);
	return ktap_done();
}
