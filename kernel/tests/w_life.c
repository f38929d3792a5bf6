// SPDX-License-Identifier: GPL-2.0-only
/*
 * w_life SEED ORDERS MAX_PTES_NONE GUARD: a process that uses its memory in the same way at every setting.
 * Each range has a pattern of its own; between passes of khugepaged some grow and some shrink. Prints
 * the addresses of its memory and the start of each pass (CLOCK_REALTIME), so that runs under different
 * settings can be compared.
 *
 * Its faults give single pages at every setting, because khugepaged does not control the sizes of faults.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include "area.h"
#include "khugepaged.h"
#include "ktap.h"
#include "settings.h"

#define RANGES 24
#define PASSES 4

static uint64_t seed;

static unsigned int rnd(unsigned int below)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned int)(seed >> 33) % below;
}

/* Runs of pages with holes between them, denser from range to range. */
static void build(struct area *a)
{
	unsigned int i, page, len;

	for (i = 0; i < RANGES; i++)
		for (page = 0; page < PMD_NR; page += len) {
			len = 1 + rnd(4 + rnd(40));
			if (len > PMD_NR - page)
				len = PMD_NR - page;
			if (rnd(RANGES) < i)
				area_write_pages(a, i * PMD_NR + page, len);
			else if (!rnd(6))
				area_write(a, i * PMD_NR + page);
		}
}

/* A third of the ranges grows, and a sixth gives part of itself back; the others stay. */
static void act(struct area *a)
{
	unsigned int i, k, page;

	for (i = 0; i < RANGES; i++)
		switch (rnd(6)) {
		case 0:
		case 1:
			for (k = rnd(60); k; k--)
				area_write(a, i * PMD_NR + rnd(PMD_NR));
			break;
		case 2:
			page = rnd(PMD_NR / 2);
			area_drop(a, i * PMD_NR + page, 1 + rnd(PMD_NR / 2));
			break;
		default:
			break;
		}
}

static void say_time(const char *what)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	printf("%s %lld\n", what, ts.tv_sec * 1000000000LL + ts.tv_nsec);
}

static unsigned long number(const char *word)
{
	char *end;
	unsigned long n = strtoul(word, &end, 0);

	if (end == word || *end)
		ktap_die("not a number: %s", word);
	return n;
}

int main(int argc, char **argv)
{
	struct area a;
	int i;

	if (argc != 5) {
		fprintf(stderr, "usage: w_life SEED ORDERS MAX_PTES_NONE GUARD\n");
		return 2;
	}
	seed = number(argv[1]);
	kh_start();
	area_map(&a, RANGES);
	build(&a);
	kh_set("max_ptes_none", number(argv[3]));
	kh_set("creep_guard", number(argv[4]));
	thp_orders(number(argv[2]), "madvise");
	if (kh_idle())
		ktap_die("khugepaged does not run");
	printf("area %llx\n", (unsigned long long)(uintptr_t)a.addr);
	for (i = 0; i < PASSES; i++) {
		if (i) {
			area_advise(&a, MADV_NOHUGEPAGE);
			act(&a);
		}
		area_advise(&a, MADV_HUGEPAGE);
		say_time("pass");
		if (kh_scan_noted() || !area_all_intact(&a))
			return 1;
	}
	/* While settings are restored khugepaged wakes up once more. */
	say_time("end");
	return 0;
}
