// SPDX-License-Identifier: GPL-2.0-only
/*
 * A memory cgroup at its limit, without swap, and every size below 2M enabled: khugepaged is refused at most
 * once a size and range, does not try to reclaim for it (events `max`), and gets nobody killed.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "area.h"
#include "child.h"
#include "khugepaged.h"
#include "ktap.h"
#include "settings.h"

#define CGROUP "/sys/fs/cgroup/limit"
#define RANGES 4
#define ORDERS (ORDERS_ALL & ~(1U << PMD_ORDER))
#define SIZES  (PMD_ORDER - MIN_ORDER)
#define ROOM   40960 /* bytes below the limit */

static int populate(void *arg)
{
	char text[16];
	struct area a;

	(void)arg;
	snprintf(text, sizeof(text), "%d", getpid());
	if (file_write(CGROUP "/cgroup.procs", text))
		return 1;
	area_map(&a, RANGES);
	area_write_pages(&a, 0, RANGES * PMD_NR);
	area_advise(&a, MADV_HUGEPAGE);
	return 0;
}

static long number(const char *file)
{
	char text[32];

	return file_read(file, text, sizeof(text)) < 0 ? -1 : atol(text);
}

static long sum(const char *stat)
{
	unsigned int k;
	long n = 0;

	for (k = MIN_ORDER; k < PMD_ORDER; k++)
		n += thp_stat(k, stat);
	return n;
}

int main(void)
{
	long max, refused, alloc, success;
	char text[32];
	pid_t child;
	int err;

	ktap_start();
	kh_start();
	file_write("/sys/fs/cgroup/cgroup.subtree_control", "+memory");
	if (mkdir(CGROUP, 0755) && errno != EEXIST)
		ktap_die("no cgroup: %s", strerror(errno));
	thp_orders(0, "madvise");
	kh_set("max_ptes_none", PMD_NR - 1);
	child = child_start(populate, NULL);
	kh_idle();
	snprintf(text, sizeof(text), "%ld", number(CGROUP "/memory.current") + ROOM);
	file_write(CGROUP "/memory.max", text);
	thp_orders(ORDERS, "madvise");
	max = file_key(CGROUP "/memory.events", "max");
	refused = sum("collapse_alloc_failed");
	alloc = sum("collapse_alloc");
	success = sum("collapse_success");
	err = kh_scan_noted();
	max = file_key(CGROUP "/memory.events", "max") - max;
	refused = sum("collapse_alloc_failed") - refused;
	alloc = sum("collapse_alloc") - alloc;
	success = sum("collapse_success") - success;
	ktap_ok(!err && refused > 0 && refused <= RANGES * SIZES,
		"refused at most once a size and range (%ld of %u)", refused, RANGES * SIZES);
	ktap_ok(alloc == success,
		"a refused charge counts as failed (%ld allocated, %ld collapsed)", alloc, success);
	ktap_ok(max <= RANGES * SIZES, "memory.events: max +%ld, at most %u", max, RANGES * SIZES);
	ktap_ok(file_key(CGROUP "/memory.events", "oom_kill") == 0 && kill(child, 0) == 0 &&
			waitpid(child, NULL, WNOHANG) == 0,
		"nobody is killed");
	child_end(child);
	rmdir(CGROUP);
	return ktap_done();
}
