/* SPDX-License-Identifier: GPL-2.0-only */
/* The size of a page and of a PMD range, of a trace that does not report them. */
#ifndef IMPORT_SIZES_H
#define IMPORT_SIZES_H

#include <stdbool.h>
#include <mthp/types.h>

struct imp_sizes {
	__u32 page_size; /* bytes; 0: unknown */
	__u32 pmd_order; /* 0: unknown */
	bool sure;	 /* every machine of this kind has these */
};

/*
 * Fills in what follows from @machine (uname -m, perf's arch; "": unknown) and from @entries, the PTEs that
 * one range had at least. s->page_size may be set before; nothing else.
 */
void imp_sizes(struct imp_sizes *s, const char *machine, __u32 entries);

/* The least PMD order of a range that has so many PTEs, of those that kernels have; 0: none has. */
__u32 imp_order_of(__u32 entries);

#endif
