// SPDX-License-Identifier: GPL-2.0-only
/*
 * A workload for stock kernels that keeps an account of every PTE:
 *
 *	s_pattern SEED FILL ORDERS [PASSES]	e.g. s_pattern 7 511 0x210 2; an odd SEED moves the memory
 *
 * Makes ranges of hostile patterns, and clears and sets the accessed bits of some pages. Then khugepaged passes over
 * them, with max_ptes_none FILL and these orders enabled. Prints, in the form of `mthptop script`:
 *
 *	pid NUMBER
 *	scan ADDRESS none=N present=N swap=N referenced=N present_bits=... referenced_bits=... joined_bits=...
 *		each range as it is before the first pass
 *	made ADDRESS ORDER FILLED	each folio that the first pass has made, and its pages of zeroes
 *	left ADDRESS ORDER		each block that is such a folio before the last pass, and so tried in vain
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "area.h"
#include "khugepaged.h"
#include "ktap.h"
#include "pagemap.h"
#include "settings.h"

#define RANGES 208

static uint64_t seed, first;

static unsigned int some(unsigned int below)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (seed >> 33) % below;
}

/* Folios smaller than 2M, from 6.8 on. */
static bool have_sizes(void)
{
	return access(THP_DIR "hugepages-64kB", F_OK) == 0;
}

static void holes(struct area *a, unsigned int page)
{
	unsigned int i, share = 1 + some(15);

	for (i = 0; i < PMD_NR; i++)
		if (some(16) < share)
			area_write(a, page + i);
}

/* Pages, zero pages and holes, one after the other or in runs. */
static void zeroes(struct area *a, unsigned int page)
{
	unsigned int i, what = 0, left = 0;

	for (i = 0; i < PMD_NR; i++, left--) {
		if (!left) {
			what = some(3);
			left = 1 + some(9);
		}
		if (what == 1)
			area_write(a, page + i);
		else if (what == 2)
			area_read(a, page + i);
	}
}

/* Folios of several sizes, with single pages between, and holes torn into some. */
static void folios(struct area *a, unsigned int page)
{
	unsigned int i, order;

	for (i = 0; i < PMD_NR; i += 1U << order) {
		order = MIN_ORDER + some(5);
		while (i & ((1U << order) - 1))
			order--;
		if (order < MIN_ORDER || !some(4) || !have_sizes() ||
		    area_fault_large(a, page + i, order))
			area_write_pages(a, page + i, 1U << order);
		if (!some(6))
			area_drop(a, page + i, 1);
	}
}

static void one(struct area *a, unsigned int page)
{
	area_write(a, page + some(PMD_NR));
}

static void full(struct area *a, unsigned int page)
{
	area_write_pages(a, page, PMD_NR);
}

/* The kernel leaves the TLB as it is: what is in it would not be marked as accessed again. */
static void clear_accessed(const struct area *a)
{
	size_t bytes = a->nr * PMD_SIZE;

	if (file_write("/proc/self/clear_refs", "1") || mprotect(a->addr, bytes, PROT_READ) ||
	    mprotect(a->addr, bytes, PROT_READ | PROT_WRITE))
		ktap_die("cannot clear accessed bits");
}

/* @touched: pages whose accessed bit the program sets again. */
static void touch_some(struct area *a, const struct pte *pte, uint8_t *touched)
{
	unsigned int i, share = 1 + some(16);

	for (i = 0; i < a->nr * PMD_NR; i++) {
		if (i % PMD_NR == 0)
			share = 1 + some(16);
		if (pte[i].kind == PTE_PAGE && some(16) < share) {
			(void)*(volatile char *)area_page(a, i);
			touched[i] = 1;
		}
	}
}

/* "0-2,4", or "-". */
static void print_bits(const char *name, const uint8_t *set)
{
	unsigned int i, from;
	const char *before = "";

	printf(" %s=", name);
	for (i = 0; i < PMD_NR; i++) {
		if (!set[i])
			continue;
		for (from = i; i + 1 < PMD_NR && set[i + 1]; i++)
			;
		if (from == i)
			printf("%s%u", before, i);
		else
			printf("%s%u-%u", before, from, i);
		before = ",";
	}
	printf("%s", *before ? "" : "-");
}

static void print_scan(const struct area *a, unsigned int range, const struct pte *pte,
		       const uint8_t *touched)
{
	uint8_t present[PMD_NR];
	unsigned int i, nr = 0, used = 0;
	struct shape s;

	shape_read(area_range(a, range), &s);
	for (i = 0; i < PMD_NR; i++) {
		present[i] = pte[i].kind == PTE_PAGE;
		nr += present[i];
		used += touched[i];
	}
	printf("scan %p none=%u present=%u swap=0 referenced=%u", (void *)area_range(a, range),
	       PMD_NR - nr, nr, used);
	print_bits("present_bits", present);
	print_bits("referenced_bits", touched);
	print_bits("joined_bits", s.joined);
	printf("\n");
}

static void pass(void)
{
	if (kh_scan_noted())
		ktap_die("khugepaged did not pass");
}

/* The folios that are there now and were not before: @was. */
static void print_made(const struct area *a, const struct pte *was, const struct shape *old)
{
	unsigned int range, i, k, filled, order;
	struct shape s;

	for (range = 0; range < a->nr; range++) {
		shape_read(area_range(a, range), &s);
		for (i = 0; i < PMD_NR; i += 1U << order) {
			order = s.order[i] > 0 ? s.order[i] : 0;
			if (!order || old[range].order[i] >= (int)order)
				continue;
			for (k = 0, filled = 0; k < 1U << order; k++)
				filled += was[range * PMD_NR + i + k].kind != PTE_PAGE;
			printf("made %p %u %u\n", (void *)(area_range(a, range) + i * PAGE_LEN),
			       order, filled);
		}
	}
}

static void print_left(const struct area *a, uint32_t orders)
{
	unsigned int range, i, order;
	struct shape s;

	for (range = 0; range < a->nr; range++) {
		shape_read(area_range(a, range), &s);
		for (i = 0; i < PMD_NR; i += 1U << order) {
			order = s.order[i] > 0 ? s.order[i] : 0;
			if (order && order < PMD_ORDER && orders >> order & 1)
				printf("left %p %u\n",
				       (void *)(area_range(a, range) + i * PAGE_LEN), order);
		}
	}
}

static void (*const patterns[])(struct area *a, unsigned int page) = { holes, zeroes, folios, one,
								       full };

/* Moves all of it by an odd number of pages: no folio is at a place that its frames have in a block. */
static void move(struct area *a)
{
	size_t bytes = a->nr * PMD_SIZE;
	char *at = mmap(NULL, bytes + 2 * PMD_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		ktap_die("no room to move to");
	at = (char *)(((uintptr_t)at + PMD_SIZE - 1) & ~(PMD_SIZE - 1));
	if (mremap(a->addr, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, at + 3 * PAGE_LEN) ==
	    MAP_FAILED)
		ktap_die("mremap: %s", strerror(errno));
	a->addr = at + PMD_SIZE;
	a->nr--;
}

static void make(struct area *a)
{
	unsigned int i;

	area_map(a, RANGES);
	/* One anon_vma for all, so that what is split now is one VMA again later. */
	area_write(a, 0);
	area_drop(a, 0, 1);
	for (i = 0; i < RANGES; i++)
		patterns[some(sizeof(patterns) / sizeof(patterns[0]))](a, i * PMD_NR);
	if (first & 1)
		move(a);
}

int main(int argc, char **argv)
{
	static uint8_t touched[RANGES * PMD_NR];
	static struct pte pte[RANGES * PMD_NR];
	static struct shape old[RANGES];
	unsigned int i, passes;
	uint32_t orders;
	struct area a;

	if (argc < 4) {
		fprintf(stderr, "usage: s_pattern SEED FILL ORDERS [PASSES]\n");
		return 2;
	}
	first = strtoul(argv[1], NULL, 0);
	seed = first;
	orders = strtoul(argv[3], NULL, 0);
	passes = argc > 4 ? atoi(argv[4]) : 1;
	kh_start();
	printf("pid %d\n", getpid());
	make(&a);
	if (have_sizes())
		thp_orders(orders, "madvise");
	kh_set("max_ptes_none", strtoul(argv[2], NULL, 0));
	if (pagemap_read(a.addr, a.nr * PMD_NR, pte))
		ktap_die("cannot read the page map");
	clear_accessed(&a);
	touch_some(&a, pte, touched);
	for (i = 0; i < a.nr; i++) {
		print_scan(&a, i, pte + i * PMD_NR, touched + i * PMD_NR);
		shape_read(area_range(&a, i), &old[i]);
	}
	area_advise(&a, MADV_HUGEPAGE);
	pass();
	print_made(&a, pte, old);
	for (i = 1; i < passes; i++) {
		if (i + 1 == passes)
			print_left(&a, orders);
		pass();
	}
	/* The settings come back at the exit, and khugepaged would go on with them. */
	area_advise(&a, MADV_NOHUGEPAGE);
	return 0;
}
