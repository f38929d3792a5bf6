// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory with known contents. The text of a page is computed from the area's seed and the page's
 * number, so that no copy has to be kept, and a misplaced page is detected.
 *
 * The whole area is one VMA from the start. Its anon_vma is made before any madvise(), because parts
 * that are advised one by one could otherwise never be merged, and khugepaged skips a range that is
 * not inside one VMA.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "area.h"
#include "ktap.h"
#include "pagemap.h"
#include "settings.h"

#define WORDS (PAGE_LEN / sizeof(uint64_t))

static uint64_t mix(uint64_t x)
{
	x ^= x >> 33;
	x *= 0xff51afd7ed558ccdULL;
	x ^= x >> 29;
	return x | 1;
}

void area_map(struct area *a, unsigned int nr)
{
	static uint64_t seed = 0x6d746870;
	size_t len = (size_t)nr * PMD_SIZE;
	char *p;

	p = mmap(NULL, len + 2 * PMD_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		ktap_die("cannot map %zu bytes: %s", len, strerror(errno));
	a->addr = (char *)(((uintptr_t)p + PMD_SIZE) & ~(PMD_SIZE - 1));
	/* The hole before the first range must not be empty. */
	if (a->addr == p)
		a->addr += PMD_SIZE;
	munmap(p, a->addr - p);
	munmap(a->addr + len, p + len + 2 * PMD_SIZE - (a->addr + len));
	/* A fresh mapping, so that it does not merge with the PROT_NONE one. */
	if (mmap(a->addr, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		 0) != a->addr)
		ktap_die("cannot map %zu bytes: %s", len, strerror(errno));
	a->nr = nr;
	a->seed = mix(++seed);
	a->written = calloc(nr, PMD_NR);
	if (!a->written)
		ktap_die("out of memory");
	area_advise(a, MADV_NOHUGEPAGE);
	*(volatile char *)a->addr = 1;
	area_drop(a, 0, 1);
}

void area_unmap(struct area *a)
{
	munmap(a->addr, (size_t)a->nr * PMD_SIZE);
	free(a->written);
	memset(a, 0, sizeof(*a));
}

void area_advise(struct area *a, int advice)
{
	if (madvise(a->addr, (size_t)a->nr * PMD_SIZE, advice))
		ktap_die("madvise(%d) fails: %s", advice, strerror(errno));
}

void area_write(struct area *a, unsigned int page)
{
	uint64_t *p = (uint64_t *)area_page(a, page), x = mix(a->seed + page);
	unsigned int i;

	for (i = 0; i < WORDS; i++)
		p[i] = x + i;
	a->written[page] = 1;
}

void area_write_pages(struct area *a, unsigned int page, unsigned int nr)
{
	while (nr--)
		area_write(a, page++);
}

void area_read(struct area *a, unsigned int page)
{
	(void)*(volatile char *)area_page(a, page);
}

void area_drop(struct area *a, unsigned int page, unsigned int nr)
{
	if (madvise(area_page(a, page), nr * PAGE_LEN, MADV_DONTNEED))
		ktap_die("MADV_DONTNEED fails: %s", strerror(errno));
	memset(a->written + page, 0, nr);
}

int area_fault_large(struct area *a, unsigned int page, unsigned int order)
{
	size_t len = PAGE_LEN << order;
	char *p = area_page(a, page);

	thp_orders(1U << order, "madvise");
	if (madvise(p, len, MADV_HUGEPAGE))
		return -errno;
	area_write_pages(a, page, 1U << order);
	return madvise(p, len, MADV_NOHUGEPAGE) ? -errno : 0;
}

static bool page_intact(const struct area *a, unsigned int page)
{
	const uint64_t *p = (const uint64_t *)area_page(a, page);
	uint64_t x = a->written[page] ? mix(a->seed + page) : 0;
	unsigned int i;

	for (i = 0; i < WORDS; i++) {
		if (p[i] != (x ? x + i : 0)) {
			ktap_note("page %u of %p: word %u is %#llx, wanted %#llx", page,
				  (void *)a->addr, i, (unsigned long long)p[i],
				  (unsigned long long)(x ? x + i : 0));
			return false;
		}
	}
	return true;
}

bool area_intact(const struct area *a, unsigned int range)
{
	struct pte pte[PMD_NR];
	unsigned int i, page;

	if (pagemap_read(area_range(a, range), PMD_NR, pte))
		ktap_die("cannot read the page map");
	for (i = 0; i < PMD_NR; i++) {
		page = range * PMD_NR + i;
		if (a->written[page] == AREA_POISONED)
			continue;
		if (pte[i].kind == PTE_NONE) {
			if (!a->written[page])
				continue;
			ktap_note("page %u of %p: lost", page, (void *)a->addr);
			return false;
		}
		if (!page_intact(a, page))
			return false;
	}
	return true;
}

bool area_all_intact(const struct area *a)
{
	unsigned int i;

	for (i = 0; i < a->nr; i++) {
		if (!area_intact(a, i))
			return false;
	}
	return true;
}
