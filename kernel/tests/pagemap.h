/* SPDX-License-Identifier: GPL-2.0-only */
/* The page table entries of a range, and the folios that they map. */
#ifndef MTHP_PAGEMAP_H
#define MTHP_PAGEMAP_H

#include <stdbool.h>
#include <stdint.h>

#include "settings.h"

enum pte_kind {
	PTE_NONE,
	PTE_PAGE,
	PTE_ZERO,
	PTE_SWAP
};

struct pte {
	uint64_t pfn;	/* of a PTE_PAGE */
	uint64_t flags; /* KPF_* of it */
	uint8_t kind;
};

/* Values in place of an order. */
enum {
	SHAPE_NONE = -1,
	SHAPE_ZERO = -2,
	SHAPE_SWAP = -3,
	SHAPE_PART = -4
};

/*
 * One range, page by page: the order of the folio if all of it is mapped here, naturally aligned;
 * SHAPE_PART if only a part of a large folio is, or at another place.
 */
struct shape {
	int8_t order[PMD_NR];
	uint8_t joined[PMD_NR]; /* the page after its left neighbour's, of the same folio */
};

/* nr entries from addr on. 0 or -errno. */
int pagemap_read(const void *addr, unsigned int nr, struct pte *pte);

/* Dies when the page map cannot be read. */
void shape_read(const void *range, struct shape *s);

bool shape_same(const struct shape *a, const struct shape *b);

/* The first difference, as notes. */
void shape_differ(const char *what, const struct shape *got, const struct shape *want);

/* Blocks of an order, whole. */
unsigned int shape_count(const struct shape *s, int order);
struct area;
unsigned int area_blocks(const struct area *a, int order);

#endif /* MTHP_PAGEMAP_H */
