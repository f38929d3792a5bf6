// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters of the kernel before and after. Folios of each order, isolated pages and anonymous pages
 * have to be exactly what they were. Of page tables a few pages more are this program's and the
 * recorder's doing. Memory that is neither free nor in any of the kernel's own counts is what a lost
 * folio looks like; buffers that the kernel makes for itself come and go in it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "ktap.h"
#include "settings.h"

enum from {
	VMSTAT,
	STAT,
	UNACCOUNTED
};

struct item {
	const char *name; /* in /proc/vmstat, or below hugepages-*kB/stats */
	enum from from;
	unsigned int order;
	long tolerance; /* upwards and downwards */
	const char *unit;
};

#define PER_ORDER(name, order)                 \
	{                                      \
		name, STAT, order, 0, "folios" \
	}
#define EACH_ORDER(name)                                                                \
	PER_ORDER(name, 2), PER_ORDER(name, 3), PER_ORDER(name, 4), PER_ORDER(name, 5), \
		PER_ORDER(name, 6), PER_ORDER(name, 7), PER_ORDER(name, 8), PER_ORDER(name, 9)

static const struct item items[] = {
	EACH_ORDER("nr_anon"),
	EACH_ORDER("nr_anon_partially_mapped"),
	{ "nr_isolated_anon", VMSTAT, 0, 0, "pages" },
	{ "nr_anon_transparent_hugepages", VMSTAT, 0, 0, "huge pages" },
	{ "nr_anon_pages", VMSTAT, 0, 64, "pages" },
	{ "nr_page_table_pages", VMSTAT, 0, 16, "pages" },
	{ "nr_swapcached", VMSTAT, 0, 16, "pages" },
	{ "memory in use that nothing accounts for", UNACCOUNTED, 0, 1024, "kB" },
};

#define NR_ITEMS (sizeof(items) / sizeof(items[0]))

#define MEMINFO "/proc/meminfo"
/* Where KASAN keeps each way to an allocation that it saw: for ever. */
#define DEPOT	      "/sys/kernel/debug/stackdepot/stats"
#define DEPOT_POOL_KB 16 /* DEPOT_POOL_SIZE in linux/stackdepot.h */
#define SHADOW_SHIFT  15 /* of what one page of KASAN's shadow is about */

/* Free pages that each CPU keeps for itself. */
static long listed_pages(void)
{
	FILE *f = fopen("/proc/zoneinfo", "re");
	long sum = 0, one;
	char line[200];

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, " count: %ld", &one) == 1)
			sum += one;
	}
	if (f)
		fclose(f);
	return sum;
}

static bool has_kasan(void)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	char line[512];
	bool found = false;

	while (f && !found && fgets(line, sizeof(line), f))
		found = strstr(line, " kasan_populate_vmalloc\n");
	if (f)
		fclose(f);
	return found;
}

static int by_number(const void *a, const void *b)
{
	unsigned long x = *(const unsigned long *)a, y = *(const unsigned long *)b;

	return (x > y) - (x < y);
}

/*
 * kB of KASAN's shadow of areas that vmalloc made, stacks of processes among them. Those that were freed
 * keep theirs until many are: a page for each 8 pages that are not wholly given back.
 */
static long shadow(void)
{
	static unsigned long granules[1 << 16];
	unsigned long from, to, size, shift = SHADOW_SHIFT;
	size_t nr = 0, i, pages = 0;
	char line[512];
	FILE *f;

	/* Or addresses are no addresses. */
	(void)file_write("/proc/sys/kernel/kptr_restrict", "1");
	f = fopen("/proc/vmallocinfo", "re");
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "0x%lx-0x%lx %lu", &from, &to, &size) != 3)
			continue;
		for (from >>= shift; from <= (to - 1) >> shift; from++) {
			if (nr == sizeof(granules) / sizeof(granules[0]))
				ktap_die("too many areas in /proc/vmallocinfo");
			granules[nr++] = from;
		}
	}
	if (f)
		fclose(f);
	qsort(granules, nr, sizeof(granules[0]), by_number);
	for (i = 0; i < nr; i++)
		pages += !i || granules[i] != granules[i - 1];
	return (long)(pages * (PAGE_LEN >> 10));
}

/* kB of memory that is not free and that the kernel does not book on anything. */
static long unaccounted(void)
{
	static const char *const booked[] = { "MemFree",     "Buffers",	   "Cached",
					      "SwapCached",  "AnonPages",  "Slab",
					      "KernelStack", "PageTables", "SecPageTables",
					      "Percpu",	     "VmallocUsed" };
	long kb = file_key(MEMINFO, "MemTotal"), one;
	unsigned int i;

	for (i = 0; i < sizeof(booked) / sizeof(booked[0]); i++) {
		one = file_key(MEMINFO, booked[i]);
		kb -= one > 0 ? one : 0;
	}
	one = file_key("/proc/vmstat", "nr_zspages");
	kb -= one > 0 ? one * (long)(PAGE_LEN >> 10) : 0;
	one = file_key(DEPOT, "pools");
	kb -= one > 0 ? one * DEPOT_POOL_KB : 0;
	if (has_kasan())
		kb -= shadow();
	return kb - listed_pages() * (long)(PAGE_LEN >> 10);
}

static long item_read(const struct item *item)
{
	switch (item->from) {
	case VMSTAT:
		return file_key("/proc/vmstat", item->name);
	case STAT:
		return thp_stat(item->order, item->name);
	default:
		return unaccounted();
	}
}

void account_take(struct account *a)
{
	unsigned int i;

	/* Freed by now, but on lists of each CPU, or in caches that nobody needs. */
	(void)file_write("/proc/sys/vm/drop_caches", "3");
	(void)file_write("/proc/sys/vm/compact_memory", "1");
	(void)file_write("/proc/sys/vm/stat_refresh", "1");
	for (i = 0; i < NR_ITEMS; i++)
		a->value[i] = item_read(&items[i]);
}

/* KASAN has more of its own than could be found out: 2 MiB in half an hour. */
static long tolerance(const struct item *item)
{
	return item->from == UNACCOUNTED && has_kasan() ? 4 * item->tolerance : item->tolerance;
}

static bool item_same(unsigned int i, const struct account *a, const struct account *b)
{
	return labs(a->value[i] - b->value[i]) <= tolerance(&items[i]);
}

void account_settle(const struct account *before)
{
	struct account now;
	unsigned int i, try;
	char size[32];

	for (try = 0; try < 60; try++) {
		account_take(&now);
		for (i = 0; i < NR_ITEMS && item_same(i, before, &now); i++)
			;
		if (i == NR_ITEMS)
			break;
		sleep(1);
	}
	for (i = 0; i < NR_ITEMS; i++) {
		snprintf(size, sizeof(size), "%luK ", PAGE_LEN << items[i].order >> 10);
		ktap_ok(item_same(i, before, &now),
			"%s%s: %ld before, %ld after (at most %ld %s apart)",
			items[i].from == STAT ? size : "", items[i].name, before->value[i],
			now.value[i], tolerance(&items[i]), items[i].unit);
	}
}
