// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process with memory of every kind, for two ways to survey it: holes, the zero page, huge pages and parts of
 * them, folios of all sizes, moved folios, swap, PROT_NONE, locked, shared, file and shmem, KSM, hugetlb, guards, memory
 * shared by fork, and thousands of mappings.
 *
 *	s_memory SEED FILE [alone]
 *
 * After fork() all pages that both have are write-protected. With "alone" there is no child. Prints a line for each kind that this kernel did not give, then "ready", and stops itself (SIGSTOP) with its
 * child. Ends with its stdin.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif
#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif
#define MAPPINGS 4000

static unsigned long rnd;
static size_t page, range;

static unsigned int random_to(unsigned int n)
{
	rnd = rnd * 6364136223846793005UL + 1442695040888963407UL;
	return (rnd >> 33) % n;
}

static void lacks(const char *what)
{
	printf("lacks %s: %s\n", what, strerror(errno));
}

/* @ranges PMD ranges of anonymous memory, aligned, with a gap before and behind. */
static char *anon(size_t ranges)
{
	char *p = mmap(NULL, (ranges + 2) * range, PROT_NONE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		exit(1);
	p = (char *)(((uintptr_t)p + range) & ~(range - 1));
	if (mprotect(p, ranges * range, PROT_READ | PROT_WRITE))
		exit(1);
	return p;
}

static void touch(char *p, size_t pages, unsigned int one_of)
{
	size_t i;

	for (i = 0; i < pages; i++)
		if (!random_to(one_of))
			p[i * page] = 1 + i;
}

static void sparse(void)
{
	char *p = anon(600);
	size_t i;

	/* A hole of more than a gigabyte, and pages around it. */
	touch(p, range / page * 3, 50);
	touch(p + 597 * range, range / page * 3, 3);
	for (i = 0; i < 300; i++)
		(void)*(volatile char *)(p + 40 * range + 7 * i * page);
	for (i = 0; i < 300; i += 3)
		p[40 * range + 7 * i * page] = 1;
}

static void huge(void)
{
	char *p = anon(12), *zero = anon(2);
	size_t i, n;

	madvise(p, 12 * range, MADV_HUGEPAGE);
	for (i = 0; i < 12; i++)
		p[i * range] = 1;
	/* Parts go, a part is protected, a range is locked. */
	madvise(p + range + 3 * page, 5 * page, MADV_DONTNEED);
	madvise(p + 2 * range, range / 2, MADV_DONTNEED);
	mprotect(p + 3 * range + 8 * page, 8 * page, PROT_READ);
	mprotect(p + 4 * range, range, PROT_NONE);
	if (mlock(p + 5 * range, range + 17 * page))
		lacks("locked memory");
	for (n = 0; n < 40; n++)
		madvise(p + 7 * range + random_to(range / page) * page, page, MADV_DONTNEED);
	mremap(p + 8 * range, range, range, MREMAP_MAYMOVE | MREMAP_FIXED,
	       p + 9 * range + 33 * page);
	/* The huge zero page. */
	madvise(zero, 2 * range, MADV_HUGEPAGE);
	(void)*(volatile char *)zero;
	(void)*(volatile char *)(zero + range + page);
}

/* Folios of the sizes that the test enables, moved and cut. */
static void sizes(void)
{
	char *p = anon(16), *to = anon(4);
	size_t i, at;

	/* Pages here and there leave no room for the largest size, but for all of the others. */
	for (i = 1; i < 16; i++)
		touch(p + i * range, range / page, i * i);
	madvise(p, 16 * range, MADV_HUGEPAGE);
	for (i = 0; i < 3000; i++)
		p[random_to(16 * range / page) * page] = 1;
	for (i = 0; i < 200; i++)
		madvise(p + random_to(16 * range / page) * page, (1 + random_to(9)) * page,
			MADV_DONTNEED);
	for (i = 0; i < 20; i++) {
		at = random_to(4 * range / page - 64) * page;
		mremap(p + random_to(16 * range / page - 64) * page, 24 * page, 24 * page,
		       MREMAP_MAYMOVE | MREMAP_FIXED, to + at);
	}
}

static void protect(void)
{
	char *p = anon(3);

	touch(p, 3 * range / page, 2);
	mprotect(p + range / 2, range, PROT_NONE);
	mprotect(p + 2 * range, range / 4, PROT_READ);
	if (madvise(p + 2 * range + range / 2, 9 * page, MADV_GUARD_INSTALL))
		lacks("guards");
}

static void swapped(void)
{
	char *p = anon(4);

	madvise(p, 2 * range, MADV_HUGEPAGE);
	touch(p, 4 * range / page, 1);
	if (madvise(p + range / 2, 2 * range, MADV_PAGEOUT))
		lacks("MADV_PAGEOUT");
	/* Some come back. */
	touch(p + range, range / page, 5);
}

static void files(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600), shm = memfd_create("shmem", 0);
	char *p;

	if (ftruncate(fd, 2 * range) || ftruncate(shm, 4 * range))
		exit(1);
	p = mmap(NULL, 2 * range, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	touch(p, range / page, 3);
	/* Private: some pages are copies, anonymous in a mapping of a file. */
	p = mmap(NULL, 2 * range, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	touch(p, range / page, 7);
	p = mmap(NULL, 4 * range, PROT_READ | PROT_WRITE, MAP_SHARED, shm, 0);
	madvise(p, 4 * range, MADV_HUGEPAGE);
	touch(p, 4 * range / page, 4);
	p = mmap(NULL, range, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	touch(p, range / page, 2);
	p = mmap(NULL, 2 * range, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB,
		 -1, 0);
	if (p == MAP_FAILED)
		lacks("hugetlb");
	else
		*p = 1;
}

static void merged(void)
{
	char *p = anon(2);
	size_t i, n;

	for (i = 0; i < range / page; i++)
		memset(p + i * page, i % 5, page);
	if (madvise(p, range, MADV_MERGEABLE))
		lacks("KSM");
	/* The test lets KSM run. */
	for (n = 0; n < 30; n++)
		usleep(100000);
}

static void mappings(void)
{
	size_t i;
	char *p;

	p = mmap(NULL, 2 * MAPPINGS * 3 * page, PROT_NONE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	for (i = 0; i < MAPPINGS; i++) {
		mprotect(p + i * 6 * page, 3 * page, PROT_READ | PROT_WRITE);
		if (i % 3)
			p[i * 6 * page + i % 3 * page] = 1;
	}
}

static void child(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	char c, *shared;
	pid_t pid;

	if (argc != 3 && argc != 4)
		return 2;
	page = sysconf(_SC_PAGESIZE);
	range = page * (page / 8);
	rnd = strtoul(argv[1], NULL, 10);
	sparse();
	huge();
	sizes();
	protect();
	swapped();
	files(argv[2]);
	mappings();
	merged();
	shared = anon(6);
	madvise(shared, 4 * range, MADV_HUGEPAGE);
	touch(shared, 6 * range / page, 3);
	pid = argc == 4 ? 0 : fork();
	if (!pid && argc == 3)
		child();
	/* A part is written to again, and is shared no longer. */
	touch(shared + range, range / page, 6);
	touch(shared + 5 * range, range / page, 2);
	printf("child %d\nready\n", pid);
	fflush(stdout);
	if (pid)
		kill(pid, SIGSTOP);
	raise(SIGSTOP);
	while (read(0, &c, 1) > 0)
		;
	if (pid)
		kill(pid, SIGKILL);
	return 0;
}
