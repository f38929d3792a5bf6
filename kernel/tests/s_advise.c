// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program of which every page is known, for s_advise.sh.
 *
 *	s_advise PATTERN
 *
 * PATTERN: dense (few holes), half (the first half of each range), sparse (a page in 16), mixed (full, half and nearly
 * empty ranges), runs (runs of 32 pages, with holes of 96). Prints "pid PID", then, now and for each line of its input,
 * "pages PRESENT LARGE": pages that are mapped, and those of them in folios larger than a page.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ktap.h"
#include "pagemap.h"
#include "settings.h"

#define RANGES 12

static bool dense(unsigned int range, unsigned int i)
{
	return (i + range * 37) % 101;
}

static bool half(unsigned int range, unsigned int i)
{
	return range < RANGES && i < PMD_NR / 2;
}

static bool sparse(unsigned int range, unsigned int i)
{
	return range < RANGES && !(i % 16);
}

static bool mixed(unsigned int range, unsigned int i)
{
	return range % 3 == 0 || (range % 3 == 1 ? i < PMD_NR / 2 : i == 5);
}

static bool runs(unsigned int range, unsigned int i)
{
	return range < RANGES && i % 128 < 32;
}

static const struct {
	const char *name;

	bool (*has)(unsigned int range, unsigned int i);
} patterns[] = {
	{ "dense", dense }, { "half", half }, { "sparse", sparse },
	{ "mixed", mixed }, { "runs", runs },
};

static char *range_at(char *area, unsigned int range)
{
	return area + range * PMD_SIZE;
}

static void account(char *area)
{
	static struct pte pte[RANGES * PMD_NR];
	unsigned int i, range, present = 0, large = 0;
	struct shape s;

	if (pagemap_read(area, RANGES * PMD_NR, pte))
		ktap_die("cannot read the page map");
	for (i = 0; i < RANGES * PMD_NR; i++)
		present += pte[i].kind == PTE_PAGE;
	for (range = 0; range < RANGES; range++) {
		shape_read(range_at(area, range), &s);
		for (i = 0; i < PMD_NR; i++)
			large += s.order[i] > 0;
	}
	printf("pages %u %u\n", present, large);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	unsigned int p, page, want;
	char line[64], *area;

	for (p = 0; p < sizeof(patterns) / sizeof(patterns[0]); p++)
		if (argc > 1 && !strcmp(argv[1], patterns[p].name))
			break;
	if (p == sizeof(patterns) / sizeof(patterns[0])) {
		fprintf(stderr, "usage: s_advise PATTERN\n");
		return 2;
	}
	area = mmap(NULL, (RANGES + 1) * PMD_SIZE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED)
		ktap_die("mmap: %s", strerror(errno));
	area = (char *)(((uintptr_t)area + PMD_SIZE - 1) & ~(PMD_SIZE - 1));
	for (page = 0; page < RANGES * PMD_NR; page++)
		if (patterns[p].has(page / PMD_NR, page % PMD_NR))
			*(unsigned int *)(area + page * PAGE_LEN) = page + 1;
	printf("pid %d\n", getpid());
	account(area);
	while (fgets(line, sizeof(line), stdin)) {
		/* A new mapping: khugepaged gets to know a process by one, or by a page fault. */
		if (line[0] == 'm') {
			if (mmap(NULL, 2 * PMD_SIZE, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
				ktap_die("mmap: %s", strerror(errno));
			continue;
		}
		account(area);
	}
	for (page = 0; page < RANGES * PMD_NR; page++) {
		want = patterns[p].has(page / PMD_NR, page % PMD_NR) ? page + 1 : 0;
		if (want && *(unsigned int *)(area + page * PAGE_LEN) != want)
			ktap_die("memory is not what it was");
	}
	return 0;
}
