/* SPDX-License-Identifier: GPL-2.0-only */
/* Which of some names was meant by a word that is none of them. */
#ifndef LIB_NEAR_H
#define LIB_NEAR_H

#include <stddef.h>

struct near {
	const char *word;
	const char *best; /* NULL: no name is near */
	size_t distance;
};

static inline struct near near_begin(const char *word)
{
	return (struct near){ .word = word };
}

/* @name is one of the names. It is kept if none before is as near: letters added, left out, changed or swapped. */
void near_try(struct near *n, const char *name);

/* "did you mean " @before NAME "? ", or "" if no name is near. Until the next call. */
const char *near_hint(const struct near *n, const char *before);

#endif
