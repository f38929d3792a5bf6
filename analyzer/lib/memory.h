/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Allocations that failed. Libraries and the parts of a document leave out what they have no memory for, each in
 * its own way and mostly without a word. One counter sees all of it, so that nothing is handed out as whole.
 */
#ifndef LIB_MEMORY_H
#define LIB_MEMORY_H

/* How many allocations of the program, and of the libraries that use its allocator, have failed so far. */
unsigned long memory_failures(void);

#endif
