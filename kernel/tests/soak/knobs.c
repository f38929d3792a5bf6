// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "faults.h"
#include "khugepaged.h"
#include "knobs.h"
#include "settings.h"

#define MAX_VALUES 16

struct knob {
	const char *name;
	unsigned int weight;
	void (*turn)(struct rng *r); /* or: one of the values goes to the file */
	const char *file;	     /* whole path */
	const char *values[MAX_VALUES];
};

static const char *cgroup;

static void write_quietly(const char *path, const char *value)
{
	/* Some kernels lack some files, and refuse some values: neither is an error. */
	(void)file_write(path, value);
}

/*
 * One order, each in turn, so that even a short soak covers all; several; all; rarely none, which ends
 * khugepaged until later.
 */
static void turn_orders(struct rng *r)
{
	static const char *const how[] = { "madvise", "madvise", "always", "inherit" };
	static unsigned int alone;
	uint32_t mask;

	switch (rng_below(r, 16)) {
	case 0 ... 8:
		mask = 1U << (PMD_ORDER - alone++ % (PMD_ORDER - MIN_ORDER + 1));
		break;
	case 9 ... 11:
		mask = rng_next(r) & ORDERS_ALL;
		break;
	case 12:
		mask = 0;
		break;
	default:
		mask = ORDERS_ALL;
	}
	thp_orders(mask, how[rng_below(r, 4)]);
	/* `inherit` may mean that nothing is enabled. */
	thp_write("enabled", rng_below(r, 8) ? "madvise" : "never");
}

static void turn_none(struct rng *r)
{
	static const unsigned short often[] = {
		0, 1, 8, 64, 128, 255, 256, 257, 510, 511, 511, 511
	};
	unsigned int n = rng_below(r, 24);

	thp_write_num("khugepaged/max_ptes_none", n < 12 ? often[n] : rng_below(r, PMD_NR));
}

static void turn_faults(struct rng *r)
{
	if (!faults_have())
		return;
	if (kh_pid() > 0 && rng_below(r, 2))
		faults_start(MIN_ORDER, rng_range(r, 2, 40), -1);
	else
		faults_stop();
}

static void cgroup_write(const char *file, const char *value)
{
	char path[160];

	if (!cgroup)
		return;
	snprintf(path, sizeof(path), "%s/%s", cgroup, file);
	write_quietly(path, value);
}

static long cgroup_usage(void)
{
	char path[160], text[32];

	snprintf(path, sizeof(path), "%s/memory.current", cgroup ? cgroup : "");
	return file_read(path, text, sizeof(text)) > 0 ? strtol(text, NULL, 10) : 0;
}

/* Of less than this, most is the kernel's: there is nothing to swap out, and a limit would end in the OOM killer. */
#define LIMIT_FROM (16L << 20)

/* A limit at the current use: a task that needs more swaps out first. Then no limit again. */
static void turn_limit(struct rng *r)
{
	char text[32];
	long usage = cgroup_usage();

	snprintf(text, sizeof(text), "%ld", usage + (long)rng_below(r, 4 << 20));
	cgroup_write("memory.max", usage >= LIMIT_FROM && rng_below(r, 2) ? text : "max");
}

static void turn_reclaim(struct rng *r)
{
	char text[32];

	snprintf(text, sizeof(text), "%u", rng_range(r, 4096, 8 << 20));
	cgroup_write("memory.reclaim", text);
}

#define KH(name)  THP_DIR "khugepaged/" name
#define KSM(name) "/sys/kernel/mm/ksm/" name

static const struct knob knobs[] = {
	{ "orders", 20, turn_orders, NULL, { 0 } },
	{ "max_ptes_none", 12, turn_none, NULL, { 0 } },
	{ "creep_guard", 3, NULL, KH("creep_guard"), { "0", "1" } },
	{ "max_ptes_swap", 2, NULL, KH("max_ptes_swap"), { "0", "1", "64", "511" } },
	{ "max_ptes_shared", 2, NULL, KH("max_ptes_shared"), { "0", "1", "256", "511" } },
	{ "scan_sleep", 1, NULL, KH("scan_sleep_millisecs"), { "0", "0", "0", "1", "20" } },
	{ "pages_to_scan", 1, NULL, KH("pages_to_scan"), { "512", "4096", "1000000" } },
	{ "defrag", 1, NULL, KH("defrag"), { "0", "1" } },
	{ "enabled", 2, NULL, THP_DIR "enabled", { "always", "madvise", "madvise", "never" } },
	{ "use_zero_page", 1, NULL, THP_DIR "use_zero_page", { "0", "1" } },
	{ "shrink_underused", 1, NULL, THP_DIR "shrink_underused", { "0", "1" } },
	{ "ksm run", 2, NULL, KSM("run"), { "1", "1", "1", "0" } },
	{ "ksm zero", 1, NULL, KSM("use_zero_pages"), { "0", "1" } },
	{ "faults", 2, turn_faults, NULL, { 0 } },
	{ "limit", 2, turn_limit, NULL, { 0 } },
	{ "reclaim", 2, turn_reclaim, NULL, { 0 } },
	{ "compact", 1, NULL, "/proc/sys/vm/compact_memory", { "1" } },
	{ "drop_caches", 1, NULL, "/proc/sys/vm/drop_caches", { "2", "3" } },
};

#define NR_KNOBS (sizeof(knobs) / sizeof(knobs[0]))

static unsigned int turned[NR_KNOBS];

/* By default it has the lowest priority, and would never scan beside busy threads. */
static void hurry(void)
{
	int pid = kh_pid();

	if (pid > 0)
		setpriority(PRIO_PROCESS, pid, -5);
}

const char *knobs_turn(struct rng *r)
{
	const unsigned int i = rng_pick(r, knobs, NR_KNOBS);
	const struct knob *k = &knobs[i];
	unsigned int nr = 0;

	turned[i]++;
	if (k->turn) {
		k->turn(r);
	} else {
		while (nr < MAX_VALUES && k->values[nr])
			nr++;
		write_quietly(k->file, k->values[rng_below(r, nr)]);
	}
	hurry();
	return k->name;
}

void knobs_cgroup(const char *path)
{
	cgroup = path;
}

void knobs_start(void)
{
	kh_set("scan_sleep_millisecs", 0);
	kh_set("alloc_sleep_millisecs", 0);
	kh_set("pages_to_scan", 1000000);
	kh_set("max_ptes_none", PMD_NR - 1);
	thp_write("enabled", "madvise");
	thp_orders(ORDERS_ALL, "madvise");
	write_quietly(KSM("pages_to_scan"), "100");
	write_quietly(KSM("sleep_millisecs"), "20");
	write_quietly(KSM("run"), "1");
	hurry();
}

void knobs_stop(void)
{
	if (faults_have())
		faults_stop();
	cgroup_write("memory.max", "max");
	thp_orders(0, "never");
	write_quietly(KSM("run"), "2");
	write_quietly(KSM("run"), "0");
}

void knobs_summary(char *buf, unsigned int size)
{
	unsigned int i, len = 0;

	buf[0] = '\0';
	for (i = 0; i < NR_KNOBS && len < size; i++)
		len += snprintf(buf + len, size - len, "%s%s %u", i ? ", " : "", knobs[i].name,
				turned[i]);
}
