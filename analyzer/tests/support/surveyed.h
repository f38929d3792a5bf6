/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory that surveyed.c built and surveyed_count.c counts. */
#ifndef TESTS_SUPPORT_SURVEYED_H
#define TESTS_SUPPORT_SURVEYED_H

#include "tests/support/policy_ref.h"

#define PAGE   4096UL
#define P      9
#define NR     (1U << P)
#define RANGES 16
#define PAGES  (RANGES * NR)

enum state {
	NONE,
	MAPPED,
	ZERO,
	SWAPPED,
	GUARD
};

struct page {
	uint8_t state, order, pmd, shared, unaligned; /* a moved page has a mapping of its own */
	uint16_t index;				      /* in its folio */
	uint32_t folio;
};

extern struct page pages[PAGES];
extern struct ref_plan plan; /* scratch */
extern struct mthp_policy_in in;
extern uint32_t orders; /* the settings */
extern unsigned long max_none;
extern int advised, plain; /* MADV_HUGEPAGE was given; khugepaged does not scan it */

/* Each prints a part of a JSON object. */
void account_orders(void);
void account_occupancy(void);
void account_sums(void);

#endif
