// SPDX-License-Identifier: GPL-2.0-only
/*
 * The linker puts these in front of the allocator for all of our objects (--wrap, see the Makefile). Jansson is
 * told to use them (view/json.c). What libc allocates for itself fails with an error of its own.
 */
#include <stddef.h>

#include "lib/memory.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t nr, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_reallocarray(void *old, size_t nr, size_t size);
char *__real_strdup(const char *s);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t nr, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_reallocarray(void *old, size_t nr, size_t size);
char *__wrap_strdup(const char *s);

static unsigned long failures;

static void *noted(void *p, size_t asked)
{
	if (!p && asked)
		failures++;
	return p;
}

void *__wrap_malloc(size_t size)
{
	return noted(__real_malloc(size), size);
}

void *__wrap_calloc(size_t nr, size_t size)
{
	return noted(__real_calloc(nr, size), nr && size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return noted(__real_realloc(old, size), size);
}

void *__wrap_reallocarray(void *old, size_t nr, size_t size)
{
	return noted(__real_reallocarray(old, nr, size), nr && size);
}

char *__wrap_strdup(const char *s)
{
	return noted(__real_strdup(s), 1);
}

unsigned long memory_failures(void)
{
	return failures;
}
