/* SPDX-License-Identifier: GPL-2.0-only */
/* Anonymous memory with exactly the page table entries that a test needs. */
#ifndef MTHP_AREA_H
#define MTHP_AREA_H

#include <stdbool.h>
#include <stdint.h>

#include "settings.h"

/*
 * Ranges of PMD_SIZE, aligned to it, in one private anonymous mapping with a hole on each side.
 * Nothing is mapped at first, and faults give single pages until area_advise(MADV_HUGEPAGE).
 */
struct area {
	char *addr;	  /* of the first range */
	unsigned int nr;  /* ranges */
	uint64_t seed;	  /* from which the texts of its pages are computed */
	uint8_t *written; /* one byte per page: the test wrote it (else it reads as zero), or ... */
};

/* ... it is poisoned: a read of it would end the program. */
#define AREA_POISONED 0xff

/* Dies without memory. */
void area_map(struct area *a, unsigned int nr);
void area_unmap(struct area *a);

/* madvise() over all of it; dies when it fails. */
void area_advise(struct area *a, int advice);

static inline char *area_range(const struct area *a, unsigned int range)
{
	return a->addr + range * PMD_SIZE;
}

static inline char *area_page(const struct area *a, unsigned int page)
{
	return a->addr + page * PAGE_LEN;
}

/* Fill one page (counted from the area's start) with its text, which no other page has. */
void area_write(struct area *a, unsigned int page);
void area_write_pages(struct area *a, unsigned int page, unsigned int nr);

/* Map the zero page there by reading. */
void area_read(struct area *a, unsigned int page);

/* Give pages back to the kernel: they read as zero again. */
void area_drop(struct area *a, unsigned int page, unsigned int nr);

/*
 * Make one folio of an order by a fault, and fill its pages. page is a multiple of its length.
 * Changes hugepages-*kB/enabled. 0 or -errno.
 */
int area_fault_large(struct area *a, unsigned int page, unsigned int order);

/*
 * Does every page of a range have the text that the test wrote, or zeroes? Reads only pages that are
 * mapped or swapped out, so that the check maps nothing. Notes the first wrong page.
 */
bool area_intact(const struct area *a, unsigned int range);
bool area_all_intact(const struct area *a);

#endif /* MTHP_AREA_H */
