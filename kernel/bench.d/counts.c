// SPDX-License-Identifier: GPL-2.0-only
/*
 * counts: how often khugepaged takes locks, clears PMDs, flushes, interrupts all CPUs and allocates
 * per PMD range that it collapses, and on the passes afterwards; and how long it holds mmap_lock for
 * writing. No other task uses the memory.
 *
 * Prints lines of "figure orders value": counts in thousandths per range, times in nanoseconds ("held"
 * all holds per range, "longest" the longest, "locked_ns" the mean of mm_mthp_batch).
 * A figure is not printed if this kernel lacks the function or event.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "khugepaged.h"
#include "ktap.h"
#include "probes.h"
#include "ranges.h"
#include "settings.h"
#include "trace.h"

/* Flushes of more pages than this flush everything: tlb_single_page_flush_ceiling. */
#define CEILING_FILE "/sys/kernel/debug/x86/tlb_single_page_flush_ceiling"

struct counts {
	unsigned long n[8];
	long longest; /* one hold of mmap_lock for writing, us */
	long held;    /* all of them */
	double since;
	long locked_ns; /* all of mm_mthp_batch */
	long batches;
};

/* Events that count by themselves, or depending on their fields. */
enum {
	LOCKS,
	CLEARS,
	FULL_FLUSHES,
	FLUSHES,
	IPIS,
	ALLOCS,
	NR_COUNTS
};

static const struct {
	const char *name;
	const char *event;
	const char *function; /* to probe, or NULL: a tracepoint of this name */
	const char *args;
} counted[] = {
	[LOCKS] = { "write_locks", "mmap_lock/mmap_lock_start_locking", NULL, NULL },
	[CLEARS] = { "pmd_clears", "bench/pmd_clear", "pmdp_collapse_flush", "" },
	[FULL_FLUSHES] = { "full_flushes", "bench/flush", "flush_tlb_mm_range",
			   "start=%si end=%dx shift=%cx" },
	[FLUSHES] = { "other_flushes", NULL, NULL, NULL },
	[IPIS] = { "broadcasts", "bench/sync", "tlb_remove_table_sync_one", "" },
	[ALLOCS] = { "allocations", "kmem/mm_page_alloc", NULL, NULL },
};

static bool have[NR_COUNTS];
static long ceiling = 33; /* the default; the kernel may have another */

static bool for_writing(const struct trace_event *ev)
{
	char word[8];

	trace_word(ev, "write", word, sizeof(word));
	return strcmp(word, "true") == 0 || strcmp(word, "1") == 0;
}

static void count(const struct trace_event *ev, void *arg)
{
	struct counts *c = arg;

	if (strcmp(ev->name, "mmap_lock_start_locking") == 0)
		c->n[LOCKS] += for_writing(ev);
	else if (strcmp(ev->name, "pmd_clear") == 0)
		c->n[CLEARS]++;
	else if (strcmp(ev->name, "sync") == 0)
		c->n[IPIS]++;
	else if (strcmp(ev->name, "mm_page_alloc") == 0)
		c->n[ALLOCS]++;
	else if (strcmp(ev->name, "flush") == 0 &&
		 (uint64_t)(trace_num(ev, "end") - trace_num(ev, "start")) >>
			 trace_num(ev, "shift") > (uint64_t)ceiling)
		c->n[FULL_FLUSHES]++;
	else if (strcmp(ev->name, "flush") == 0)
		c->n[FLUSHES]++;
}

/* Times: other events would be in them, so this is another run. */
static void hold(const struct trace_event *ev, void *arg)
{
	struct counts *c = arg;
	long us;

	if (strcmp(ev->name, "mmap_lock_acquire_returned") == 0 && for_writing(ev)) {
		c->since = ev->time;
	} else if (strcmp(ev->name, "mmap_lock_released") == 0 && for_writing(ev)) {
		us = (ev->time - c->since) * 1e6 + 0.5;
		c->held += us;
		if (us > c->longest)
			c->longest = us;
	} else if (strcmp(ev->name, "mm_mthp_batch") == 0) {
		c->batches++;
		c->locked_ns += trace_num(ev, "locked_ns");
	}
}

static void print_counts(const char *prefix, uint32_t orders, const struct counts *c)
{
	unsigned int i;

	for (i = 0; i < NR_COUNTS; i++) {
		if (have[i])
			printf("%s%s %s %lu\n", prefix, counted[i].name, bench_orders_name(orders),
			       c->n[i] * 1000 / RANGES);
	}
}

static void pass(void (*fn)(const struct trace_event *, void *), struct counts *c)
{
	memset(c, 0, sizeof(*c));
	trace_start();
	ranges_pass();
	trace_stop(fn, c);
}

static void counts_of(uint32_t orders)
{
	struct counts c;
	struct area a;

	ranges_full(&a);
	pass(count, &c);
	if (!ranges_are(&a, 31 - __builtin_clz(orders)))
		ktap_die("orders %s: not everything collapsed", orders_name(orders));
	print_counts("", orders, &c);
	pass(count, &c);
	print_counts("again_", orders, &c);
	area_unmap(&a);
}

static void holds_of(uint32_t orders)
{
	struct counts c;
	struct area a;

	ranges_full(&a);
	pass(hold, &c);
	area_unmap(&a);
	printf("held %s %ld\nlongest %s %ld\n", bench_orders_name(orders), c.held * 1000 / RANGES,
	       bench_orders_name(orders), c.longest * 1000);
	if (c.batches)
		printf("locked_ns %s %ld\n", bench_orders_name(orders), c.locked_ns / c.batches);
}

static void each(void (*fn)(uint32_t orders))
{
	unsigned int i;

	for (i = 0; i < nr_bench_orders; i++) {
		if (!ranges_orders(bench_orders[i]))
			continue;
		trace_only_pid(kh_pid());
		fn(bench_orders[i]);
	}
}

int main(void)
{
	unsigned int i;
	char text[32];

	setvbuf(stdout, NULL, _IOLBF, 0);
	kh_start();
	trace_open();
	trace_enable("mmap_lock/mmap_lock_acquire_returned");
	trace_enable("mmap_lock/mmap_lock_released");
	trace_enable("huge_memory/mm_mthp_batch");
	each(holds_of);
	for (i = 0; i < NR_COUNTS; i++) {
		if (!counted[i].event) {
			have[i] = have[FULL_FLUSHES];
			continue;
		}
		if (counted[i].function && probe_add(strchr(counted[i].event, '/') + 1,
						     counted[i].function, counted[i].args))
			continue;
		have[i] = trace_enable(counted[i].event) == 0;
	}
	if (file_read(CEILING_FILE, text, sizeof(text)) > 0)
		ceiling = atol(text);
	each(counts_of);
	return 0;
}
