// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters of the kernel before and after. Folios of each order, isolated pages and anonymous pages have
 * to be exactly as before. A few more pages of page tables belong to this program and to the recorder. A
 * lost folio appears as memory that is neither free nor in any counter of the kernel; so do buffers of
 * the kernel, which come and go.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
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

#define MEMINFO	      "/proc/meminfo"
#define DEPOT_STATS   "/sys/kernel/debug/stackdepot/stats"
#define DEPOT_POOL_KB 16 /* DEPOT_POOL_SIZE in linux/stackdepot.h */
#define PAGE_TABLES   "/sys/kernel/debug/page_tables/kernel"

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

/* kB of stacks, which the depot keeps for ever, in pages that it allocates when needed. */
static long depot(void)
{
	long pools = file_key(DEPOT_STATS, "pools");

	return pools > 0 ? pools * DEPOT_POOL_KB : 0;
}

/*
 * kB of KASAN's shadow in single pages. The shadow of vmalloc areas, with the stacks of processes, is
 * allocated with them. When an area is freed, a page at its end stays for the next one, and
 * /proc/vmallocinfo does not report it. The shadow of other memory has a fixed size.
 */
static long shadow(void)
{
	unsigned long from, to, bytes = 0;
	FILE *f = fopen(PAGE_TABLES, "re");
	bool within = false;
	char line[200];

	while (f && fgets(line, sizeof(line), f)) {
		if (line[0] == '-')
			within = strstr(line, "[ KASAN shadow ]");
		else if (within && sscanf(line, "0x%lx-0x%lx", &from, &to) == 2 &&
			 strstr(line, " RW ") && strstr(line, " pte"))
			bytes += to - from;
	}
	if (f)
		fclose(f);
	return (long)(bytes >> 10);
}

/* kB of memory that is not free and in no counter of the kernel. */
static long unaccounted(const struct account *a)
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
	return kb - a->depot_kb - a->shadow_kb - listed_pages() * (long)(PAGE_LEN >> 10);
}

static long item_read(const struct item *item, const struct account *a)
{
	switch (item->from) {
	case VMSTAT:
		return file_key("/proc/vmstat", item->name);
	case STAT:
		return thp_stat(item->order, item->name);
	default:
		return unaccounted(a);
	}
}

void account_take(struct account *a)
{
	unsigned int i;

	/* Freed by now, but on per-CPU lists, or in unused caches. */
	(void)file_write("/proc/sys/vm/drop_caches", "3");
	(void)file_write("/proc/sys/vm/compact_memory", "1");
	a->depot_kb = depot();
	a->shadow_kb = shadow();
	(void)file_write("/proc/sys/vm/stat_refresh", "1");
	for (i = 0; i < NR_ITEMS; i++)
		a->value[i] = item_read(&items[i], a);
}

static bool item_same(unsigned int i, const struct account *a, const struct account *b)
{
	return labs(a->value[i] - b->value[i]) <= items[i].tolerance;
}

void account_settle(const struct account *before)
{
	struct account now;
	time_t end = time(NULL) + 60;
	unsigned int i;
	char size[32];

	do {
		/* With KASAN, the kernel takes seconds to write its page tables. */
		account_take(&now);
		for (i = 0; i < NR_ITEMS && item_same(i, before, &now); i++)
			;
		if (i == NR_ITEMS)
			break;
		sleep(1);
	} while (time(NULL) < end);
	ktap_note("stack depot: %ld kB before, %ld after; KASAN's shadow: %ld kB before, %ld after",
		  before->depot_kb, now.depot_kb, before->shadow_kb, now.shadow_kb);
	for (i = 0; i < NR_ITEMS; i++) {
		snprintf(size, sizeof(size), "%luK ", PAGE_LEN << items[i].order >> 10);
		ktap_ok(item_same(i, before, &now),
			"%s%s: %ld before, %ld after (at most %ld %s apart)",
			items[i].from == STAT ? size : "", items[i].name, before->value[i],
			now.value[i], items[i].tolerance, items[i].unit);
	}
}
