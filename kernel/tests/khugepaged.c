// SPDX-License-Identifier: GPL-2.0-only
/*
 * One pass of khugepaged at a time. With a large scan_sleep_millisecs khugepaged sleeps until a write to
 * that file. With a large pages_to_scan it then scans every registered process once, increments
 * full_scans and sleeps again. It is idle if it is in state S and makes no context switch. Within a
 * pass it runs, waits for locks and for other CPUs in state D, or sleeps because there is no memory,
 * which alloc_sleep_millisecs 0 prevents.
 *
 * Two things wake khugepaged: the registration of the first process, and its start when an order is
 * enabled. This program registers itself once, by an empty range that it keeps, so nothing later does.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "khugepaged.h"
#include "ktap.h"
#include "settings.h"

#define SLEEP_MS 100000000UL
#define WAIT_S	 240 /* an emulated guest on a loaded host takes its time */

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static int is_khugepaged(int pid)
{
	char path[64], comm[32];

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	return file_read(path, comm, sizeof(comm)) > 0 && strcmp(comm, "khugepaged") == 0;
}

int kh_pid(void)
{
	static int pid;
	struct dirent *d;
	DIR *dir;

	if (pid && is_khugepaged(pid))
		return pid;
	pid = 0;
	dir = opendir("/proc");
	while (dir && (d = readdir(dir))) {
		if (atoi(d->d_name) > 0 && is_khugepaged(atoi(d->d_name))) {
			pid = atoi(d->d_name);
			break;
		}
	}
	if (dir)
		closedir(dir);
	return pid ? pid : -ESRCH;
}

/* Context switches so far if khugepaged sleeps, -1 if it does not, -ESRCH if there is none. */
static long sleeping(void)
{
	char path[64], text[512], *p;
	int pid = kh_pid();
	long switches;

	if (pid < 0)
		return -ESRCH;
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if (file_read(path, text, sizeof(text)) < 0)
		return -1;
	p = strrchr(text, ')');
	if (!p || p[1] != ' ' || p[2] != 'S')
		return -1;
	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	switches = file_key(path, "voluntary_ctxt_switches");
	return switches < 0 ? -1 : switches;
}

int kh_idle(void)
{
	double end = now() + WAIT_S;
	long last = -1, got;
	int same = 0;

	while (now() < end) {
		got = sleeping();
		if (got == -ESRCH)
			return -ESRCH;
		same = got >= 0 && got == last ? same + 1 : 0;
		if (same == 15)
			return 0;
		last = got;
		usleep(1000);
	}
	return -ETIMEDOUT;
}

void kh_kick(void)
{
	kh_set("scan_sleep_millisecs", SLEEP_MS);
}

int kh_scan(void)
{
	double end = now() + WAIT_S, again;
	int err = kh_idle();
	long before;

	if (err)
		return err;
	before = thp_read("khugepaged/full_scans");
	while (now() < end) {
		kh_kick();
		/* A wake-up between idle and asleep is lost: wake it again after a second. */
		for (again = now() + 1; now() < again; usleep(500)) {
			if (thp_read("khugepaged/full_scans") != before)
				return kh_idle();
		}
		err = kh_idle();
		if (err)
			return err;
		if (thp_read("khugepaged/full_scans") != before)
			return 0;
	}
	return -ETIMEDOUT;
}

int kh_scan_noted(void)
{
	int err = kh_scan();

	if (err)
		ktap_note("no scan: %s", err == -ESRCH ?
						 "khugepaged does not run with these orders" :
						 strerror(-err));
	return err;
}

long long kh_runtime(void)
{
	char path[64], text[128];
	int pid = kh_pid();

	if (pid < 0)
		return pid;
	snprintf(path, sizeof(path), "/proc/%d/schedstat", pid);
	if (file_read(path, text, sizeof(text)) < 0)
		return -ENOENT;
	return strtoll(text, NULL, 10);
}

/*
 * A range that registers this process with khugepaged and has nothing to scan: no page table. A VMA
 * is eligible once a page of it was touched, here one before the range.
 */
static void register_self(void)
{
	char *p, *range;

	p = mmap(NULL, 3 * PMD_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	range = (char *)(((uintptr_t)p + PMD_SIZE) & ~(PMD_SIZE - 1));
	if (p == MAP_FAILED ||
	    mprotect(range - PAGE_LEN, PMD_SIZE + PAGE_LEN, PROT_READ | PROT_WRITE))
		ktap_die("cannot map: %s", strerror(errno));
	range[-1] = 1;
	if (madvise(range - PAGE_LEN, PMD_SIZE + PAGE_LEN, MADV_HUGEPAGE))
		ktap_die("cannot register with khugepaged: %s", strerror(errno));
}

void kh_start(void)
{
	settings_save();
	kh_kick();
	kh_set("alloc_sleep_millisecs", 0);
	kh_set("pages_to_scan", 1U << 30);
	kh_set("max_ptes_none", PMD_NR - 1);
	kh_set("max_ptes_swap", PMD_NR / 8);
	kh_set("max_ptes_shared", PMD_NR / 2);
	kh_set("defrag", 1);
	if (have_series())
		kh_set("creep_guard", 1);
	thp_write("shrink_underused", "0");
	thp_write("enabled", "madvise");
	thp_orders(1U << PMD_ORDER, "madvise");
	register_self();
	usleep(100000);
	if (kh_idle() || kh_scan())
		ktap_die("khugepaged does not come to rest");
}
