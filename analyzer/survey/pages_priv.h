/* SPDX-License-Identifier: GPL-2.0-only */
/* The page tables of a process, read in chunks of at most SURVEY_CHUNK entries. */
#ifndef SURVEY_PAGES_PRIV_H
#define SURVEY_PAGES_PRIV_H

#include "survey/run_priv.h"

struct survey_pages;

/* What is found, in rising order of addresses; each returns other than 0 to end the walk. */
struct survey_found {
	/* Mapped by PMDs: whole ranges. @zero: the huge zero page, in all of them. */
	int (*pmd)(void *ctx, __u64 start, __u64 end, int zero);
	/*
	 * Entries of PMD ranges of which at least one holds something; the first starts a range, or
	 * the mapping. The callee may change them.
	 */
	int (*ptes)(void *ctx, __u64 start, __u64 *pte, size_t nr);
	void *ctx;
};

/* @scan: use the PAGEMAP_SCAN ioctl where the kernel has it. 0 or -ENOMEM. */
int survey_pages_new(const struct meta *meta, int scan, struct survey_pages **p);
void survey_pages_free(struct survey_pages *p);

/*
 * Walks a mapping through @fd, which is /proc/PID/pagemap. @longest_ns is raised to what the longest
 * system call took. 0; what a callback returned; -errno; -EFBIG: too sparse to be read without
 * PAGEMAP_SCAN, what was found so far was told.
 */
int survey_pages_walk(struct survey_pages *p, int fd, const struct survey_vma *vma,
		      const struct survey_found *found, struct survey_holds *holds);

/* Is PAGEMAP_SCAN there? Known after the first walk. */
int survey_pages_scans(const struct survey_pages *p);

#endif
