/* SPDX-License-Identifier: GPL-2.0-only */
/* The page tables of a process, read in chunks of at most SURVEY_CHUNK entries. */
#ifndef SURVEY_PAGES_PRIV_H
#define SURVEY_PAGES_PRIV_H

#include "survey/run_priv.h"

struct survey_pages;

/* Called in rising order of addresses; another return value than 0 ends the walk. */
struct survey_found {
	/* Mapped by PMDs: whole ranges. @zero: the huge zero page, in all of them. */
	int (*pmd)(void *ctx, __u64 start, __u64 end, int zero);
	/*
	 * Entries of PMD ranges, in each of which at least one entry is not empty; the first starts a
	 * range, or the mapping. The callee may change them.
	 */
	int (*ptes)(void *ctx, __u64 start, __u64 *pte, size_t nr);
	void *ctx;
};

/* @scan: use the PAGEMAP_SCAN ioctl if the kernel has it. 0 or -ENOMEM. */
int survey_pages_new(const struct meta *meta, int scan, struct survey_pages **p);
void survey_pages_free(struct survey_pages *p);

/*
 * Walks a mapping through @fd, which is /proc/PID/pagemap. @holds gets the longest system call. 0; the
 * return value of a callback; -errno; -EFBIG: too sparse to be read without PAGEMAP_SCAN, the callbacks
 * have the pages found so far.
 */
int survey_pages_walk(struct survey_pages *p, int fd, const struct survey_vma *vma,
		      const struct survey_found *found, struct survey_holds *holds);

/* Has the kernel PAGEMAP_SCAN? Known after the first walk. */
int survey_pages_scans(const struct survey_pages *p);

#endif
