// SPDX-License-Identifier: GPL-2.0-only
/*
 * collapse ACTION COUNT...: makes a known number of collapse events with known results, all by
 * MADV_COLLAPSE, so that nothing depends on khugepaged's schedule.
 *
 *	full N      N ranges, every page touched: scan, isolate, collapse, all succeeded
 *	half N      N ranges, every second page touched: the same, 256 pages filled in each
 *	again N     one collapsed range, collapsed N times more: scans that end with page_pmd_mapped
 *	empty N     N ranges never touched: scans that find no page table or no page
 *	pinned N    N ranges, each with a page that a pipe holds: scans end with not_suitable_page_count
 *	charge N    in a cgroup with room for 3 ranges: 2 are full, and N calls find no room for
 *		    a third one
 *	shmem N     N ranges of shared memory: scan_file and collapse_file, succeeded
 *	storm MS    as many rounds of cheap and expensive calls as fit into MS milliseconds
 *
 * Each action prints `ACTION COUNT succeeded failed`. Exit status 0 if every madvise() call did as
 * described above, 1 if not, 3 if this kernel has no MADV_COLLAPSE.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

static size_t range, page;

static void die(const char *what)
{
	fprintf(stderr, "collapse: %s: %s\n", what, strerror(errno));
	exit(1);
}

static size_t read_range(void)
{
	FILE *f = fopen("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", "r");
	size_t bytes = 0;

	if (!f || fscanf(f, "%zu", &bytes) != 1)
		die("hpage_pmd_size");
	fclose(f);
	return bytes;
}

/* @nr aligned ranges without any page. @fd: -1 for anonymous memory. */
static char *map(size_t nr, int fd)
{
	char *p = mmap(NULL, (nr + 1) * range, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		die("mmap");
	p = (char *)(((size_t)p + range - 1) & -range);
	p = mmap(p, nr * range, PROT_READ | PROT_WRITE,
		 MAP_FIXED | (fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED), fd, 0);
	if (p == MAP_FAILED)
		die("mmap");
	return p;
}

/* Touches every @step-th page, as base pages, whatever the settings are. */
static void touch(char *p, size_t nr, size_t step)
{
	size_t i;

	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	for (i = 0; i < nr * range / page; i += step)
		p[i * page] = 1;
	prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
}

static int collapse(char *p)
{
	return madvise(p, range, MADV_COLLAPSE) ? errno : 0;
}

/* Collapses each of @nr ranges; returns how many calls succeeded. */
static size_t collapse_all(char *p, size_t nr)
{
	size_t i, good = 0;

	for (i = 0; i < nr; i++)
		good += !collapse(p + i * range);
	return good;
}

static size_t anon(size_t nr, size_t step)
{
	char *p = map(nr, -1);

	if (step)
		touch(p, nr, step);
	return collapse_all(p, nr);
}

static size_t again(size_t nr)
{
	char *p = map(1, -1);
	size_t i, good = 0;

	touch(p, 1, 1);
	if (collapse(p))
		return 0;
	for (i = 0; i < nr; i++)
		good += !collapse(p);
	return good;
}

static size_t pinned(size_t nr)
{
	char *p = map(nr, -1);
	size_t i, good = 0;
	struct iovec iov;
	int fds[2];

	touch(p, nr, 1);
	for (i = 0; i < nr; i++) {
		iov.iov_base = p + i * range;
		iov.iov_len = page;
		if (pipe(fds) || vmsplice(fds[1], &iov, 1, SPLICE_F_GIFT) < 0)
			die("vmsplice");
		good += !collapse(p + i * range);
		close(fds[0]);
		close(fds[1]);
	}
	return good;
}

static size_t charge(size_t nr)
{
	char *p = map(2, -1);
	size_t i, good = 0;

	touch(p, 2, 1);
	/* The limit has no room for a new huge page beside two ranges and the process's own memory. */
	for (i = 0; i < nr; i++)
		good += !collapse(p);
	return good;
}

static size_t shmem(size_t nr)
{
	int fd = memfd_create("collapse", 0);
	char *p;

	if (fd < 0 || ftruncate(fd, nr * range))
		die("memfd_create");
	p = map(nr, fd);
	touch(p, nr, 1);
	return collapse_all(p, nr);
}

static size_t storm(size_t ms)
{
	struct timespec from, now;
	size_t rounds = 0, i;
	char *p;

	clock_gettime(CLOCK_MONOTONIC, &from);
	do {
		p = map(1, -1);
		touch(p, 1, rounds % 2 ? 1 : 64);
		/* Another user may hold a page at that moment (EAGAIN). */
		collapse(p);
		for (i = 0; i < 8; i++)
			collapse(p);
		munmap(p, range);
		rounds++;
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while ((now.tv_sec - from.tv_sec) * 1000 + (now.tv_nsec - from.tv_nsec) / 1000000 <
		 (long)ms);
	return rounds;
}

int main(int argc, char **argv)
{
	int i, bad = 0;

	range = read_range();
	page = sysconf(_SC_PAGESIZE);
	/* Length 0: fails only on a kernel that does not know this advice. */
	if (madvise(NULL, 0, MADV_COLLAPSE) && errno == EINVAL)
		return 3;
	for (i = 1; i + 1 < argc; i += 2) {
		size_t nr = strtoul(argv[i + 1], NULL, 0), good = 0, want = nr;
		const char *what = argv[i];

		if (!strcmp(what, "full"))
			good = anon(nr, 1);
		else if (!strcmp(what, "half"))
			good = anon(nr, 2);
		else if (!strcmp(what, "again"))
			good = again(nr);
		else if (!strcmp(what, "empty"))
			good = anon(nr, want = 0);
		else if (!strcmp(what, "pinned"))
			good = pinned(nr), want = 0;
		else if (!strcmp(what, "charge"))
			good = charge(nr), want = 0;
		else if (!strcmp(what, "shmem"))
			good = shmem(nr);
		else if (!strcmp(what, "storm"))
			want = good = storm(nr);
		else
			return 2;
		printf("%s %zu %zu %zu\n", what, nr, good, nr - good);
		bad |= good != want;
	}
	return bad;
}
