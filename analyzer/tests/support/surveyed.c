// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory for a survey, with an account of its own. The account follows page by page from the operations on
 * the memory, by a second, slow implementation of the rules.
 *
 *	surveyed SCENARIO SEED ORDERS MAX_PTES_NONE
 *
 * ORDERS (a bit each) are those enabled for memory with MADV_HUGEPAGE, for faults and for the plan.
 * It prints "ready". After a line on stdin it builds the memory and prints the account; another line ends
 * it. All memory that it needs for itself is touched before "ready", so that the difference of two surveys
 * is exactly the built memory.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/array.h"
#include "tests/support/surveyed.h"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif
#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif

struct page pages[PAGES];
struct ref_plan plan;
struct mthp_policy_in in;
uint32_t orders;
unsigned long max_none;
int advised, plain;

static char *base;
static bool zero_page; /* the kernel maps one for reads; some hosts of virtual machines have none */
static uint32_t next_folio = 1;
static unsigned long rnd;
static pid_t child;
static char out_buf[65536];

static unsigned int random_to(unsigned int n)
{
	rnd = rnd * 6364136223846793005UL + 1442695040888963407UL;
	return (rnd >> 33) % n;
}

static int all_none(uint32_t at, uint32_t n)
{
	while (n--)
		if (pages[at++].state != NONE)
			return 0;
	return 1;
}

static void map_folio(uint32_t at, uint32_t order)
{
	uint32_t i;

	for (i = 0; i < 1U << order; i++)
		pages[at + i] = (struct page){ .state = MAPPED,
					       .order = order,
					       .pmd = order == P,
					       .index = i,
					       .folio = next_folio };
	next_folio++;
}

/* A fault gets the largest enabled size whose block is empty. */
static void fault(uint32_t at)
{
	int k;

	if (pages[at].state == MAPPED)
		return;
	for (k = pages[at].state == NONE && advised ? P : 0; k > 0; k--)
		if (orders >> k & 1 && all_none(at >> k << k, 1U << k))
			break;
	map_folio(at >> k << k, k);
}

static void touch(uint32_t at)
{
	*(volatile char *)(base + at * PAGE) = 1;
	fault(at);
}

/* A read: the zero page if the PTE is empty and no huge page is possible. Where there is no zero page, as a write. */
static void look(uint32_t at)
{
	(void)*(volatile char *)(base + at * PAGE);
	if (!zero_page)
		fault(at);
	else if (pages[at].state == NONE)
		pages[at].state = ZERO;
}

/* Gives pages back. A part of a range mapped by a PMD splits that mapping. */
static void drop(uint32_t at, uint32_t n)
{
	uint32_t from = at / NR * NR, i;

	madvise(base + at * PAGE, n * PAGE, MADV_DONTNEED);
	for (i = from; i < from + NR; i++)
		pages[i].pmd = 0;
	for (i = at; i < at + n; i++)
		pages[i] = (struct page){ 0 };
}

static void huge(void)
{
	madvise(base, PAGES * PAGE, MADV_HUGEPAGE);
	advised = 1;
}

static void build_small(void)
{
	uint32_t r, i;

	/* Range r holds 32 * r pages, each one in a row, then spread. */
	for (r = 0; r < RANGES; r++)
		for (i = 0; i < 32 * r; i++)
			touch(r * NR + (r % 2 ? i : i * NR / (32 * r)));
}

static void build_random(void)
{
	uint32_t r, i, n, at;

	huge();
	for (r = 0; r < RANGES; r++) {
		n = random_to(3) ? random_to(NR) : random_to(40);
		for (i = 0; i < n; i++) {
			at = r * NR + random_to(NR);
			if (!random_to(16))
				look(at);
			else
				touch(at);
		}
		for (n = random_to(6); n; n--) {
			at = random_to(NR - 32);
			drop(r * NR + at, 1 + random_to(32));
		}
	}
}

static void build_pmd(void)
{
	uint32_t r;

	huge();
	for (r = 0; r < RANGES; r++)
		touch(r * NR + r);
	drop(NR + 100, 1);    /* a part */
	drop(2 * NR, NR / 2); /* a half */
	drop(3 * NR, NR);     /* the whole range */
	/* All pages mapped, but by PTEs. */
	mprotect(base + (4 * NR + 7) * PAGE, PAGE, PROT_READ);
	mprotect(base + (4 * NR + 7) * PAGE, PAGE, PROT_READ | PROT_WRITE);
	for (r = 4 * NR; r < 5 * NR; r++)
		pages[r].pmd = 0;
}

/* Folios of 64K moved by a page: whole but not aligned, one of them across the border of two ranges. */
static void build_moved(void)
{
	static const uint32_t to[] = { NR + 1, 3 * NR - 8, 4 * NR + 33 };
	uint32_t i, j;

	huge();
	for (i = 0; i < 3; i++) {
		touch(i * 32);
		mremap(base + i * 32 * PAGE, 16 * PAGE, 16 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
		       base + to[i] * PAGE);
		for (j = 0; j < 16; j++) {
			pages[to[i] + j] = pages[i * 32 + j];
			pages[to[i] + j].unaligned = 1;
			pages[i * 32 + j] = (struct page){ 0 };
		}
		/* The move leaves a hole inside the mapping. */
		mmap(base + i * 32 * PAGE, 16 * PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
		madvise(base + i * 32 * PAGE, 16 * PAGE, MADV_HUGEPAGE);
	}
}

static void build_zero(void)
{
	uint32_t i;

	for (i = 0; i < 700; i++)
		look(3 * i);
	for (i = 0; i < 100; i++)
		touch(3 * i);
}

/* After fork the program's own pages are shared, too: copy all of them beside the built memory. */
static void unshare(void)
{
	static char maps[65536];
	unsigned long start, end, at;
	unsigned char there;
	char *line, perms[5];
	ssize_t n, len = 0;
	int fd = open("/proc/self/maps", O_RDONLY);

	while ((n = read(fd, maps + len, sizeof(maps) - 1 - len)) > 0)
		len += n;
	close(fd);
	maps[len] = '\0';
	for (line = maps; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (sscanf(line, "%lx-%lx %4s", &start, &end, perms) != 3 || perms[1] != 'w')
			continue;
		for (at = start; at < end; at += PAGE)
			if ((at < (unsigned long)base ||
			     at >= (unsigned long)base + PAGES * PAGE) &&
			    !mincore((void *)at, PAGE, &there) && there & 1)
				*(volatile char *)at = *(volatile char *)at;
	}
}

static void build_fork(void)
{
	uint32_t i;

	huge();
	for (i = 0; i < 6 * NR; i += 1 + i % 3)
		touch(i);
	child = fork();
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	unshare();
	for (i = 0; i < PAGES; i++)
		pages[i].shared = pages[i].state == MAPPED;
	/* A page written to again is not shared. */
	for (i = 0; i < NR; i += 1 + i % 3) {
		*(volatile char *)(base + i * PAGE) = 2;
		map_folio(i, 0);
	}
}

static void build_guard(void)
{
	uint32_t i;

	huge();
	for (i = 0; i < 4 * NR; i++)
		touch(i);
	for (i = 0; i < 3; i++)
		if (madvise(base + (i * NR + 5) * PAGE, 3 * PAGE, MADV_GUARD_INSTALL))
			_exit(77);
	for (i = 0; i < 3 * NR; i++)
		if (i % NR >= 5 && i % NR < 8)
			pages[i] = (struct page){ .state = GUARD };
}

static void build_swap(void)
{
	uint32_t i;

	huge();
	for (i = 0; i < 4 * NR; i++)
		touch(i);
	madvise(base + NR * PAGE, 40 * PAGE, MADV_PAGEOUT);
	for (i = NR; i < NR + 40; i++)
		pages[i] = (struct page){ .state = SWAPPED };
}

static void build_advised(void)
{
	uint32_t i;

	madvise(base, PAGES * PAGE, MADV_NOHUGEPAGE);
	plain = 1;
	for (i = 0; i < 3 * NR; i++)
		touch(i);
}

static void build_disabled(void)
{
	uint32_t i;

	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	plain = 1;
	madvise(base, PAGES * PAGE, MADV_HUGEPAGE);
	for (i = 0; i < 3 * NR; i++)
		touch(i);
}

static const struct {
	const char *name;
	void (*build)(void);
} scenarios[] = {
	{ "small", build_small },	{ "random", build_random }, { "pmd", build_pmd },
	{ "moved", build_moved },	{ "zero", build_zero },	    { "fork", build_fork },
	{ "guard", build_guard },	{ "swap", build_swap },	    { "nohugepage", build_advised },
	{ "disabled", build_disabled },
};

/* Counts faults that did not get the wanted size: then the account does not match the memory. */
static unsigned long fallbacks(void)
{
	char path[128], buf[32];
	unsigned long all = 0;
	int k, fd;
	ssize_t n;

	for (k = 2; k <= P; k++) {
		snprintf(
			path, sizeof(path),
			"/sys/kernel/mm/transparent_hugepage/hugepages-%lukB/stats/anon_fault_fallback",
			(PAGE << k) >> 10);
		fd = open(path, O_RDONLY);
		if (fd < 0)
			continue;
		n = read(fd, buf, sizeof(buf) - 1);
		close(fd);
		buf[n > 0 ? n : 0] = '\0';
		all += strtoul(buf, NULL, 10);
	}
	return all;
}

static void account(unsigned long missed)
{
	printf("{");
	account_orders();
	account_occupancy();
	printf(",");
	account_sums();
	printf(",\"fallbacks\":%lu}\n", fallbacks() - missed);
	fflush(stdout);
}

static int next_line(void)
{
	char c;

	do {
		if (read(0, &c, 1) != 1)
			return 0;
	} while (c != '\n');
	return 1;
}

/* Two pages that were only read are one frame. */
static bool has_zero_page(void)
{
	int fd = open("/proc/self/pagemap", O_RDONLY);
	volatile char *p =
		mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t entry[2] = { 0, 1 };

	if (p == MAP_FAILED || fd < 0)
		exit(1);
	(void)(p[0] + p[PAGE]);
	if (pread(fd, entry, sizeof(entry), (uintptr_t)p / PAGE * 8) != sizeof(entry))
		exit(1);
	close(fd);
	munmap((void *)p, 2 * PAGE);
	return entry[0] == entry[1];
}

/* Touches all memory that building and counting need. */
static void warm_up(void)
{
	volatile char stack[256 * 1024];
	size_t i;

	unshare();
	for (i = 0; i < sizeof(stack); i += 64)
		stack[i] = 1;
	memset(pages, 1, sizeof(pages));
	memset(&plan, 1, sizeof(plan));
	memset(&in, 1, sizeof(in));
	memset(out_buf, 1, sizeof(out_buf));
	setvbuf(stdout, out_buf, _IOFBF, sizeof(out_buf));
	memset(pages, 0, sizeof(pages));
	dprintf(2, "%.0lu", fallbacks() * 0);
}

int main(int argc, char **argv)
{
	size_t len = (PAGES + 2 * NR) * PAGE, i;
	unsigned long missed;
	char *map;

	if (argc != 5)
		return 2;
	rnd = strtoul(argv[2], NULL, 10);
	orders = strtoul(argv[3], NULL, 0);
	max_none = strtoul(argv[4], NULL, 10);
	zero_page = has_zero_page();
	warm_up();
	/* No mapping beside it, so that it cannot be merged. */
	map = mmap(NULL, len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (map == MAP_FAILED)
		return 1;
	base = (char *)(((uintptr_t)map + 2 * NR * PAGE - 1) & ~(NR * PAGE - 1));
	mprotect(base, PAGES * PAGE, PROT_READ | PROT_WRITE);
	for (i = 0; i < ARRAY_SIZE(scenarios); i++)
		if (!strcmp(argv[1], scenarios[i].name))
			break;
	if (i == ARRAY_SIZE(scenarios))
		return 2;
	printf("ready\n");
	fflush(stdout);
	if (!next_line())
		return 1;
	missed = fallbacks();
	scenarios[i].build();
	account(missed);
	next_line();
	if (child)
		kill(child, SIGKILL);
	return 0;
}
