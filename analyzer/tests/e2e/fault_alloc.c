// SPDX-License-Identifier: GPL-2.0-only
/*
 * Preloaded: allocation number $FAULT_ALLOC and all later ones fail; with $FAULT_ONCE only that one. With
 * $FAULT_COUNT=FILE the process says there at its end how many it made.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t nr, size_t size);
void *__libc_realloc(void *old, size_t size);

static long at = -1, nr;
static int once;

/* Not before the program: the dynamic linker and the start of libraries have allocations of their own. */
static void __attribute__((constructor)) begin(void)
{
	const char *s = getenv("FAULT_ALLOC");

	once = !!getenv("FAULT_ONCE");
	nr = 0;
	at = s ? atol(s) : -1;
}

static void __attribute__((destructor)) end(void)
{
	const char *file = getenv("FAULT_COUNT");
	FILE *f;

	at = -1;
	f = file ? fopen(file, "w") : NULL;
	if (f) {
		fprintf(f, "%ld\n", nr);
		fclose(f);
	}
}

static int fails(void)
{
	long n = __atomic_fetch_add(&nr, 1, __ATOMIC_RELAXED);

	if (at < 0 || (once ? n != at : n < at))
		return 0;
	errno = ENOMEM;
	return 1;
}

void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	return fails() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
	return fails() ? NULL : __libc_realloc(old, size);
}
