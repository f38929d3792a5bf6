/* SPDX-License-Identifier: GPL-2.0-only */
/* The line with which every view begins: what an operator should know first. */
#ifndef MODEL_HEADLINE_H
#define MODEL_HEADLINE_H

#include <stddef.h>
#include <mthp/types.h>

struct snapshot;

#define HEADLINE_MAX 384 /* a result may have a long name, of a trace */

/* "100 collapses made 200M of huge pages", or that khugepaged works in vain. */
void headline_make(const struct snapshot *s, char *buf, size_t len);

/*
 * That khugepaged works in vain: @vain of its @attempts were, in the time that @when names ("" or " in the last
 * minute"). False, and nothing written, if fewer than half of them were.
 */
bool headline_vain(const struct snapshot *s, __u64 vain, __u64 attempts, const char *when,
		   char *buf, size_t len);

/* The same of the whole observation. */
bool headline_all_vain(const struct snapshot *s, char *buf, size_t len);

#endif
