/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory of a demo scenario: whole PMD ranges of one kind, filled page by page, so that only a
 * collapse can make a large folio in it.
 */
#ifndef DEMO_MEMORY_PRIV_H
#define DEMO_MEMORY_PRIV_H

#include <stddef.h>

enum demo_kind {
	DEMO_ANON,
	DEMO_SHMEM,
	DEMO_FILE
};

struct demo_memory {
	enum demo_kind kind;
	char *base;   /* aligned to a PMD range */
	size_t len;   /* bytes, whole ranges */
	size_t range; /* bytes that a PMD maps */
	size_t page;  /* bytes */
	int plain;    /* no advice was given on it */
	char *map;    /* the whole mapping, of which base is the aligned part */
	size_t map_len;
	int fd; /* of shmem and file; else -1 */
};

struct demo_usage {
	size_t rss;  /* bytes resident */
	size_t huge; /* bytes mapped by PMDs */
	size_t swap; /* bytes swapped out */
};

/* Bytes that a PMD maps; 0: this kernel has no transparent huge pages. */
size_t demo_memory_range(void);

/*
 * Maps @nr_ranges ranges that page faults fill with base pages only. @plain: without advice, on machines
 * whose settings need advice for large folios. 0 or -errno; -EMEDIUMTYPE: the file of DEMO_FILE would
 * not be on a disk.
 */
int demo_memory_map(struct demo_memory *m, enum demo_kind kind, size_t nr_ranges, int plain);
void demo_memory_unmap(struct demo_memory *m);

/* Touches @count pages of each range: @from, @from + @step, ... */
void demo_memory_touch(const struct demo_memory *m, size_t from, size_t step, size_t count);

/* Advises large folios, unless it is plain. 0 or -errno. */
int demo_memory_allow(const struct demo_memory *m);

#define DEMO_COLLAPSE_TRIES 20

/*
 * MADV_COLLAPSE of all of it, up to @tries times: another reference to a page (DAMON, compaction) makes
 * it fail with EAGAIN, and a moment without free memory with ENOMEM or EBUSY. 0 or -errno.
 */
int demo_memory_collapse(const struct demo_memory *m, int tries);

/* From /proc/self/smaps. 0 or -errno. */
int demo_memory_usage(const struct demo_memory *m, struct demo_usage *usage);

#endif
