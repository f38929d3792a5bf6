/* SPDX-License-Identifier: GPL-2.0-only */
/* The mappings of a process, from its smaps. */
#ifndef SURVEY_VMA_PRIV_H
#define SURVEY_VMA_PRIV_H

#include <stdio.h>

#include "survey/run_priv.h"

/* Another return value than 0 ends the walk. */
typedef int (*survey_vma_fn)(void *ctx, const struct survey_vma *vma);

/*
 * Calls @fn for each mapping of /proc/PID/smaps behind @fd. @longest_ns is raised to the duration of the
 * longest read: mmap_lock is held for reading no longer. 0; the return value of @fn; or -errno.
 */
int survey_vmas(int fd, const struct survey_proc *p, const struct meta *meta, __u64 *longest_ns,
		survey_vma_fn fn, void *ctx);

/* When all else is known of a mapping: its kind, and the orders it may be collapsed to. */
void survey_vma_judge(struct survey_vma *vma, const struct survey_proc *p, const struct meta *meta);

/* The orders that settings allow in an anonymous mapping with this advice, a bit each. */
__u32 survey_orders(const struct meta *meta, int advised);

#endif
