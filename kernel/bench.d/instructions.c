// SPDX-License-Identifier: GPL-2.0-only
/*
 * instructions: khugepaged's instructions per PMD range, by memory state and enabled orders.
 *
 * Prints lines of "figure orders nanoseconds". Under VM_ACCEL=icount a nanosecond is an instruction,
 * except for the error of the kernel's clock calibration; "clock" is the number of nanoseconds for a
 * million instructions. The cost of a pass that finds no range is subtracted. Each figure is the median of
 * several rounds.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "khugepaged.h"
#include "ktap.h"
#include "ranges.h"
#include "settings.h"

#define ROUNDS 3

struct figure {
	const char *name;
	unsigned int nr;
	long long ns[2 * ROUNDS];
};

/* In the order in which a round comes by them. */
enum {
	COLLAPSE, /* all of it referenced: everything collapses */
	AGAIN,	  /* later passes: nothing left to do */
	COLD,	  /* unreferenced: the bare scan */
	TOUCH,	  /* one page of it is referenced */
	TOUCHED,  /* one page of it is referenced again */
	HOLES,	  /* every second PTE empty, none allowed: a scan that ends early, or could */
	NR_FIGURES
};

static long long empty;

static void note(struct figure *f)
{
	f->ns[f->nr++] = (ranges_timed_pass() - empty) / RANGES;
}

static int compare(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return (x > y) - (x < y);
}

static void print(struct figure *f, uint32_t orders)
{
	qsort(f->ns, f->nr, sizeof(f->ns[0]), compare);
	printf("%s %s %lld\n", f->name, bench_orders_name(orders), f->ns[f->nr / 2]);
}

static void full(struct figure *f, uint32_t orders)
{
	unsigned int big = 31 - __builtin_clz(orders);
	struct area a;

	ranges_full(&a);
	note(&f[COLLAPSE]);
	if (!ranges_are(&a, big))
		ktap_die("orders %s: not everything collapsed", orders_name(orders));
	/* The first pass after the collapse costs a watching mthptop more: not measured. */
	ranges_pass();
	note(&f[AGAIN]);
	note(&f[AGAIN]);
	if (!ranges_are(&a, big) || !area_all_intact(&a))
		ktap_die("orders %s: memory changed", orders_name(orders));
	area_unmap(&a);
}

static void cold(struct figure *f, uint32_t orders)
{
	struct area a;

	ranges_full(&a);
	ranges_forget();
	note(&f[COLD]);
	if (!ranges_are(&a, 0))
		ktap_die("orders %s: cold memory collapsed", orders_name(orders));
	ranges_touch(&a);
	note(&f[TOUCH]);
	if (ranges_are(&a, 0))
		ktap_die("orders %s: a page that was used changed nothing", orders_name(orders));
	ranges_forget();
	ranges_touch(&a);
	note(&f[TOUCHED]);
	area_unmap(&a);
}

static void holes(struct figure *f)
{
	struct area a;
	unsigned int i;

	ranges_full(&a);
	for (i = 0; i < RANGES * PMD_NR; i += 2)
		area_drop(&a, i, 1);
	kh_set("max_ptes_none", 0);
	kh_idle();
	note(&f[HOLES]);
	kh_set("max_ptes_none", PMD_NR - 1);
	area_unmap(&a);
}

static void measure(uint32_t orders)
{
	struct figure f[NR_FIGURES] = { { .name = "collapse" }, { .name = "again" },
					{ .name = "cold" },	{ .name = "touch" },
					{ .name = "touched" },	{ .name = "holes" } };
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		empty = ranges_timed_pass();
		full(f, orders);
		cold(f, orders);
		holes(f);
	}
	for (i = 0; i < NR_FIGURES; i++)
		print(&f[i], orders);
	printf("empty %s %lld\n", bench_orders_name(orders), empty);
}

/* This program's time for a loop of 2 * n instructions, at its best. */
static long long loop_time(unsigned long n)
{
	long long best = LLONG_MAX, ns;
	struct timespec from, to;
	unsigned long left;
	unsigned int i;

	for (i = 0; i < 10; i++) {
		left = n;
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
		__asm__ volatile("1: dec %0; jnz 1b" : "+r"(left));
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
		ns = (to.tv_sec - from.tv_sec) * 1000000000LL + to.tv_nsec - from.tv_nsec;
		if (ns < best)
			best = ns;
	}
	return best;
}

/* Nanoseconds per million instructions: short loops, so that some meet no interrupt. */
static void clock_check(void)
{
	printf("clock 0 %lld\n", loop_time(1000000) - loop_time(500000));
}

/* With arguments: these orders only, as a mask. */
int main(int argc, char **argv)
{
	unsigned int i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	kh_start();
	clock_check();
	if (argc > 1) {
		uint32_t orders = strtoul(argv[1], NULL, 0);

		if (!ranges_orders(orders))
			ktap_die("khugepaged does not run with %s", orders_name(orders));
		measure(orders);
		return 0;
	}
	for (i = 0; i < nr_bench_orders; i++) {
		if (ranges_orders(bench_orders[i]))
			measure(bench_orders[i]);
	}
	return 0;
}
