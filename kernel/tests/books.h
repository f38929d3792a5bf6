/* SPDX-License-Identifier: GPL-2.0-only */
/* Counters in which a leak would show: read them before and after, and compare. */
#ifndef MTHP_BOOKS_H
#define MTHP_BOOKS_H

#include "settings.h"

/* In KiB; folios of each order in numbers. */
struct books {
	long free, tables, anon, huge[PMD_ORDER + 1];
	char meminfo[4096]; /* for the analysis of a difference */
};

void books_read(struct books *b);

/* Two results: counters and page tables; free memory. what: the actions in between. */
void books_ok(struct books *before, struct books *after, const char *what);

#endif /* MTHP_BOOKS_H */
