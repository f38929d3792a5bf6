// SPDX-License-Identifier: GPL-2.0-only
/* /proc/meminfo, /proc/zoneinfo and the counters of folios. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "books.h"
#include "ktap.h"

/* Pages that wait on the per-CPU lists are free, but not in MemFree. In KiB. */
static long on_cpu_lists(void)
{
	long pages = 0, n;
	char line[256];
	FILE *f;

	f = fopen("/proc/zoneinfo", "re");
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, " count: %ld", &n) == 1)
			pages += n;
	}
	if (f)
		fclose(f);
	return pages * (PAGE_LEN / 1024);
}

void books_read(struct books *b)
{
	unsigned int k, tries;
	long lists;

	file_write("/proc/sys/vm/drop_caches", "3");
	/* Pages go from the lists to MemFree by themselves: read both at one moment. */
	for (tries = 0; tries < 100; tries++) {
		lists = on_cpu_lists();
		b->free = file_key("/proc/meminfo", "MemFree") + lists;
		if (lists == on_cpu_lists())
			break;
	}
	b->tables = file_key("/proc/meminfo", "PageTables");
	b->anon = file_key("/proc/meminfo", "AnonPages");
	for (k = MIN_ORDER; k <= PMD_ORDER; k++)
		b->huge[k] = thp_stat(k, "nr_anon");
	file_read("/proc/meminfo", b->meminfo, sizeof(b->meminfo));
}

/* The lines of /proc/meminfo that differ. */
static void note_meminfo(struct books *before, struct books *after)
{
	char *a, *b, *save_a, *save_b;

	a = strtok_r(before->meminfo, "\n", &save_a);
	b = strtok_r(after->meminfo, "\n", &save_b);
	while (a && b) {
		if (strcmp(a, b))
			ktap_note("was %s, is %s", a, b);
		a = strtok_r(NULL, "\n", &save_a);
		b = strtok_r(NULL, "\n", &save_b);
	}
}

void books_ok(struct books *before, struct books *after, const char *what)
{
	unsigned int k, huge = 0;

	for (k = MIN_ORDER; k <= PMD_ORDER; k++)
		huge += before->huge[k] != after->huge[k];
	ktap_note("before and after: free %ld, %ld; page tables %ld, %ld; anonymous %ld, %ld KiB",
		  before->free, after->free, before->tables, after->tables, before->anon,
		  after->anon);
	ktap_ok(!huge && labs(after->tables - before->tables) < 32 &&
			labs(after->anon - before->anon) < 512,
		"%s: nr_anon, page tables and anonymous memory return to where they began", what);
	if (labs(before->free - after->free) >= 1024)
		note_meminfo(before, after);
	ktap_ok(labs(before->free - after->free) < 1024, "%s: free memory returns, too", what);
}
